//! Views: which file of the work tree was which version of a plan.
//!
//! What may be relied on: what was noted is read back whole or not at all, each line with a checksum of its own; a file
//! that is damaged or deleted is as good as one in which less was noted, and nothing that is written depends on it alone.
//!
//! There is one file per plan, `<common>/git-plan/views/<slug>`, which all work trees share: one line for each time a file
//! was known to be the view of a version, at its end. It is never synced.

use std::collections::BTreeSet;
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};

use git_plan_core::{EventId, Slug};

use crate::error::{At, Result};
use crate::repository::Repository;

/// From how many bytes on the older half of what was noted is left behind.
const LARGE: usize = 512 << 10;

/// A file that was the view of a version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Noted {
    /// The file, from the top of the work tree.
    pub path: PathBuf,
    /// The BLAKE3 of its bytes.
    pub digest: EventId,
    /// The version: its heads.
    pub heads: BTreeSet<EventId>,
    /// Whether it is a copy beside the plan's own file.
    pub copy: bool,
}

/// What is known of the files of a repository's plans.
#[derive(Debug, Clone, Copy)]
pub struct Views<'r> {
    repository: &'r Repository,
}

impl Repository {
    /// What is known of the files of the plans.
    #[must_use]
    pub fn views(&self) -> Views<'_> {
        Views { repository: self }
    }
}

impl Views<'_> {
    /// Notes that the plan's own file, a path from the top of the work tree, is the view of a version.
    ///
    /// # Errors
    /// Where it cannot be written down.
    pub fn note(&self, slug: &Slug, path: &Path, digest: EventId, heads: &BTreeSet<EventId>) -> Result<()> {
        self.add(slug, &Noted { path: path.to_owned(), digest, heads: heads.clone(), copy: false })
    }

    /// Notes that a file beside the plan's own is the view of a version.
    ///
    /// # Errors
    /// Where it cannot be written down.
    pub fn note_copy(&self, slug: &Slug, path: &Path, digest: EventId, heads: &BTreeSet<EventId>) -> Result<()> {
        self.add(slug, &Noted { path: path.to_owned(), digest, heads: heads.clone(), copy: true })
    }

    /// What was noted of a plan, oldest first. What cannot be read is left out.
    #[must_use]
    pub fn of(&self, slug: &Slug) -> Vec<Noted> {
        let bytes = fs::read(self.path(slug)).unwrap_or_default();
        bytes.split(|&byte| byte == b'\n').filter_map(read).collect()
    }

    /// The plan's own file, from the top of the work tree, as it was noted last.
    #[must_use]
    pub fn home(&self, slug: &Slug) -> Option<PathBuf> {
        self.of(slug).into_iter().rfind(|noted| !noted.copy).map(|noted| noted.path)
    }

    fn add(&self, slug: &Slug, noted: &Noted) -> Result<()> {
        let path = self.path(slug);
        let known = fs::read(&path).unwrap_or_default();
        let lines: Vec<&[u8]> = known.split(|&byte| byte == b'\n').filter(|line| !line.is_empty()).collect();
        let of_path = lines.iter().rev().filter_map(|line| read(line)).find(|other| other.path == noted.path);
        if of_path.as_ref() == Some(noted) {
            return Ok(());
        }
        if known.len() > LARGE {
            let newer = lines[lines.len() / 2..].join(&b'\n');
            self.repository.replace_cache(&path, &[newer.as_slice(), b"\n"].concat());
        }
        if let Some(directory) = path.parent() {
            fs::create_dir_all(directory).at("create", directory)?;
        }
        let mut file = OpenOptions::new().append(true).create(true).open(&path).at("open", &path)?;
        // A line that was cut off before it ended must not take this one with it.
        let mut line = if known.is_empty() || known.ends_with(b"\n") { Vec::new() } else { vec![b'\n'] };
        line.extend(write(noted));
        file.write_all(&line).at("write", &path)
    }

    fn path(&self, slug: &Slug) -> PathBuf {
        self.repository.common_dir().join("git-plan").join("views").join(slug.as_str())
    }
}

/// A line: its checksum, the digest, the heads, what the file is, and its path.
fn write(noted: &Noted) -> Vec<u8> {
    let heads: Vec<String> = noted.heads.iter().map(ToString::to_string).collect();
    let what = if noted.copy { "copy" } else { "own" };
    let mut body = format!("{} {} {what} ", noted.digest, heads.join(",")).into_bytes();
    for &byte in noted.path.as_os_str().as_bytes() {
        match byte {
            b'%' | 0..=b' ' => body.extend_from_slice(format!("%{byte:02x}").as_bytes()),
            _ => body.push(byte),
        }
    }
    let mut line = EventId::of(&body).prefix(16).into_bytes();
    line.push(b' ');
    line.append(&mut body);
    line.push(b'\n');
    line
}

fn read(line: &[u8]) -> Option<Noted> {
    let (checksum, rest) = line.split_at_checked(16)?;
    let body = rest.strip_prefix(b" ")?;
    if EventId::of(body).prefix(16).as_bytes() != checksum {
        return None;
    }
    let mut parts = body.splitn(4, |&byte| byte == b' ');
    let mut word = || std::str::from_utf8(parts.next()?).ok();
    let digest = word()?.parse().ok()?;
    let heads = word()?.split(',').map(|head| head.parse().ok()).collect::<Option<_>>()?;
    let copy = word()? == "copy";
    let path = std::ffi::OsString::from_vec(unescaped(parts.next()?)?).into();
    Some(Noted { path, digest, heads, copy })
}

fn unescaped(mut escaped: &[u8]) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(escaped.len());
    while let Some((&byte, rest)) = escaped.split_first() {
        escaped = rest;
        if byte == b'%' {
            let (digits, rest) = escaped.split_at_checked(2)?;
            bytes.push(u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?);
            escaped = rest;
        } else {
            bytes.push(byte);
        }
    }
    Some(bytes)
}
