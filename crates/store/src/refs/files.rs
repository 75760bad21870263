//! Reading refs from files: loose first, then `packed-refs` as it is at that moment.
//!
//! The order matters. `git pack-refs` puts `packed-refs` into place before it deletes a loose file, so that whoever
//! misses the loose file finds at least its value in a `packed-refs` that is opened afterwards.

use std::collections::BTreeMap;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use gix::hash::ObjectId;

use super::{Listed, Target, packed::Packed, parse_id};
use crate::error::{At, Error, Result};
use crate::repository::Repository;

const SYMBOLIC_DEPTH: usize = 5;

/// Where a ref points; a symbolic one is refused.
pub(super) fn find(repository: &Repository, name: &str) -> Result<Option<ObjectId>> {
    match target(repository, name)? {
        None => Ok(None),
        Some(Target::Id(id)) => Ok(Some(id)),
        Some(Target::Symbolic(other)) => Err(symbolic(name, &other)),
    }
}

/// Where a ref points, symbolic refs followed as git follows them.
pub(crate) fn resolve(repository: &Repository, name: &str) -> Result<Option<ObjectId>> {
    let mut name = name.to_owned();
    for _ in 0..=SYMBOLIC_DEPTH {
        match target(repository, &name)? {
            None => return Ok(None),
            Some(Target::Id(id)) => return Ok(Some(id)),
            Some(Target::Symbolic(other)) => name = other,
        }
    }
    Err(Error::RefDamaged { name, reason: format!("more than {SYMBOLIC_DEPTH} symbolic refs lead to it") })
}

/// All refs below a prefix, sorted.
pub(super) fn list(repository: &Repository, prefix: &str) -> Result<Vec<Listed>> {
    let mut refs = BTreeMap::new();
    let mut directories = vec![prefix.trim_end_matches('/').to_owned()];
    while let Some(directory) = directories.pop() {
        let path = repository.common_dir().join(&directory);
        let entries = match fs::read_dir(&path) {
            Ok(entries) => entries,
            Err(e) if matches!(e.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => continue,
            Err(e) => return Err(e).at("list", &path),
        };
        for entry in entries {
            let entry = entry.at("list", &path)?;
            let file = entry.file_name();
            let Some(file) = file.to_str().filter(|file| !file.ends_with(".lock")) else { continue };
            let name = format!("{directory}/{file}");
            if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                directories.push(name);
                continue;
            }
            match loose_in(repository, &entry.path(), &name) {
                Ok(None) => {}
                Ok(Some(Target::Id(id))) => drop(refs.insert(name, Ok(id))),
                Ok(Some(Target::Symbolic(other))) => drop(refs.insert(name.clone(), Err(symbolic(&name, &other)))),
                Err(e) => drop(refs.insert(name, Err(e))),
            }
        }
    }
    if let Some(mut packed) = Packed::open(repository.common_dir())? {
        packed.below(prefix, |name, hex| {
            refs.entry(name.to_owned()).or_insert_with(|| packed_id(repository, name, hex));
        })?;
    }
    Ok(refs.into_iter().map(|(name, tip)| Listed { name, tip }).collect())
}

/// Refs that stand in the way of a new one: `refs/plans/x` and `refs/plans/x/y` cannot both exist.
pub(super) fn obstacle(repository: &Repository, name: &str) -> Result<Option<String>> {
    if let Some(below) = list(repository, &format!("{name}/"))?.pop() {
        return Ok(Some(below.name));
    }
    let parents = name.match_indices('/').map(|(at, _)| &name[..at]).skip(1);
    for parent in parents {
        if target(repository, parent)?.is_some() {
            return Ok(Some(parent.to_owned()));
        }
    }
    Ok(None)
}

fn target(repository: &Repository, name: &str) -> Result<Option<Target>> {
    if let Some(target) = loose_in(repository, &place(repository, name).join(name), name)? {
        return Ok(Some(target));
    }
    let Some(mut packed) = Packed::open(repository.common_dir())? else { return Ok(None) };
    match packed.find(name)? {
        None => Ok(None),
        Some(hex) => packed_id(repository, name, &hex).map(|id| Some(Target::Id(id))),
    }
}

/// `HEAD` and a few namespaces belong to one work tree; all other refs are shared.
fn place<'r>(repository: &'r Repository, name: &str) -> &'r Path {
    let own = ["refs/bisect/", "refs/worktree/", "refs/rewritten/"];
    if name.starts_with("refs/") && !own.iter().any(|prefix| name.starts_with(prefix)) {
        repository.common_dir()
    } else {
        repository.git_dir()
    }
}

fn loose_in(repository: &Repository, path: &Path, name: &str) -> Result<Option<Target>> {
    match loose(path, name)? {
        Some(Target::Id(id)) if id.kind() != repository.hash() => {
            Err(damaged(name, path, &format!("expected a {} id, found {id}", repository.hash())))
        }
        target => Ok(target),
    }
}

/// What a loose ref's file holds; `None` where there is no such file.
pub(crate) fn loose(path: &Path, name: &str) -> Result<Option<Target>> {
    use ErrorKind::{IsADirectory, NotADirectory, NotFound};
    let content = match fs::read(path) {
        Ok(content) => content,
        Err(e) if matches!(e.kind(), NotFound | IsADirectory | NotADirectory) => return Ok(None),
        Err(e) => return Err(e).at("read", path),
    };
    if let Some(other) = content.strip_prefix(b"ref:") {
        let other = String::from_utf8_lossy(other.trim_ascii()).into_owned();
        return Ok(Some(Target::Symbolic(other)));
    }
    let hex = content.split(u8::is_ascii_whitespace).next().unwrap_or_default();
    match ObjectId::from_hex(hex) {
        Ok(id) if !id.is_null() => Ok(Some(Target::Id(id))),
        _ if content.is_empty() => Err(damaged(name, path, "the file is empty, as after a power failure")),
        _ => Err(damaged(name, path, "expected an object id")),
    }
}

fn packed_id(repository: &Repository, name: &str, hex: &[u8]) -> Result<ObjectId> {
    parse_id(repository, hex)
        .ok_or_else(|| damaged(name, &PathBuf::from("packed-refs"), "expected an object id of this repository's hash"))
}

fn symbolic(name: &str, other: &str) -> Error {
    Error::RefDamaged {
        name: name.to_owned(),
        reason: format!("it is a symbolic ref to {other}, which a plan may not be"),
    }
}

fn damaged(name: &str, path: &Path, reason: &str) -> Error {
    let reason = format!("{reason} in {}; `git reflog show {name}` may tell the last good value", path.display());
    Error::RefDamaged { name: name.to_owned(), reason }
}
