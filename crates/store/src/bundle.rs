//! Commits outside any repository: as a bundle that proves itself has them.
//!
//! What may be relied on: a commit that was opened is the one that its id names, whatever else is true of it.

use std::collections::BTreeSet;

use gix::hash::ObjectId;
use gix::objs::Kind;

use crate::error::Result;
use crate::object::RawCommit;
use crate::record::{self, Role};
use crate::repository::Repository;

/// A commit that was opened.
#[derive(Debug)]
pub struct Opened<'r> {
    /// The event's bytes; none of a join.
    pub event: Option<&'r [u8]>,
    /// Its parents.
    pub parents: Vec<String>,
}

/// Opens the bytes of a commit that this id should name.
///
/// # Errors
/// Says in what the bytes are not that commit.
pub fn open_commit<'r>(id: &str, raw: &'r [u8]) -> std::result::Result<Opened<'r>, String> {
    let named = ObjectId::from_hex(id.as_bytes()).map_err(|_| format!("{id:?} is no commit's id"))?;
    let found = gix::objs::compute_hash(named.kind(), Kind::Commit, raw).map_err(|e| e.to_string())?;
    if found != named {
        return Err(format!("the bytes are those of {found}"));
    }
    let commit = RawCommit::parse(raw).map_err(|e| e.to_string())?;
    let parents = commit.parents.iter().map(ToString::to_string).collect();
    let event = match record::role(&commit) {
        Role::Event(bytes) => Some(bytes),
        Role::Join => None,
        Role::Neither => return Err("it carries no event and joins nothing".to_owned()),
    };
    Ok(Opened { event, parents })
}

impl Repository {
    /// All commits from a tip down, each with its bytes, by their ids.
    ///
    /// # Errors
    /// Where one cannot be read.
    pub fn commits_below(&self, tip: ObjectId) -> Result<Vec<(ObjectId, Vec<u8>)>> {
        let mut reader = self.commit_reader()?;
        let (mut ahead, mut seen, mut found) = (vec![tip], BTreeSet::from([tip]), Vec::new());
        while let Some(id) = ahead.pop() {
            let raw = reader.read(id)?.to_vec();
            if let Ok(commit) = RawCommit::parse(&raw) {
                ahead.extend(commit.parents.iter().filter(|&&parent| seen.insert(parent)));
            }
            found.push((id, raw));
        }
        found.sort_by_key(|(id, _)| *id);
        Ok(found)
    }
}
