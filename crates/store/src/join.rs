//! Joins: commits that bring several heads of a plan below one tip, and say nothing else.
//!
//! What may be relied on: a join is a pure function of its parents, so whoever joins the same commits makes the same
//! commit. It is no event, is never signed, and names nobody. Spec: spec/6-git.md, G9 and G10.

use std::collections::BTreeSet;

use gix::hash::ObjectId;

use crate::error::{Error, Result};
use crate::object::{Durability, RawCommit};
use crate::repository::Repository;

impl Repository {
    /// Writes the join of these commits.
    ///
    /// # Errors
    /// Where one of them cannot be read, or the join cannot be written.
    pub(crate) fn write_join(&self, parents: &BTreeSet<ObjectId>, durability: Durability) -> Result<ObjectId> {
        let mut reader = self.commit_reader()?;
        let mut latest = 0;
        for &parent in parents {
            let commit = RawCommit::parse(reader.read(parent)?)
                .map_err(|e| Error::ObjectDamaged { id: parent, reason: e.to_string() })?;
            latest = latest.max(seconds(commit.committer).unwrap_or(0));
        }
        self.write_commit(&raw(self.empty_tree(), parents, latest), durability)
    }
}

/// The bytes of the join of these commits, the latest of which was committed then.
pub(crate) fn raw(tree: ObjectId, parents: &BTreeSet<ObjectId>, latest: u64) -> Vec<u8> {
    let mut raw = format!("tree {tree}\n");
    for parent in parents {
        raw.push_str(&format!("parent {parent}\n"));
    }
    let nobody = format!("git-plan <git-plan@localhost> {latest} +0000");
    raw.push_str(&format!("author {nobody}\ncommitter {nobody}\n\nJoin\n"));
    raw.into_bytes()
}

/// The seconds of `Name <email> seconds zone`.
pub(crate) fn seconds(line: &[u8]) -> Option<u64> {
    let end = line.iter().rposition(|&byte| byte == b'>')?;
    std::str::from_utf8(&line[end + 1..]).ok()?.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_seconds_of_a_commit_are_found_behind_any_name() {
        assert_eq!(seconds(b"A 7 > B <a@x> 1700000000 +0100"), Some(1_700_000_000), "a name may hold anything");
        assert_eq!(seconds(b"A <a@x> soon +0000"), None, "what is no number is no time");
        assert_eq!(seconds(b""), None, "nothing has no time");
    }
}
