//! The versions of a file that become the beginning and the edits of its plan.
//!
//! What may be relied on: the last version is what the work tree has; each earlier one is what a commit had, with that
//! commit as the code, its author and its date as what is claimed. A version that says what the one before it said is
//! left out, and so is the absence of the file between two versions.

use git_plan_core::event::Context;
use git_plan_core::{Actor, Tag, Timestamp, bytes};
use std::os::unix::ffi::OsStrExt;

use super::sources::Source;
use super::{Failure, Work};

/// A version of a file.
#[derive(Debug)]
pub(super) struct Version {
    /// Its text.
    pub text: String,
    /// The commit that has it, with its author and date; none for what the work tree has.
    pub commit: Option<(Tag, Actor, Timestamp)>,
}

impl Version {
    /// Makes the context of a version's events from that of the command.
    pub fn say(&self, own: &Context, is_first: bool) -> Context {
        let mut context = own.clone();
        if let Some((commit, author, at)) = &self.commit {
            context.code = Some(commit.clone());
            context.attributed = Some(author.clone());
            context.occurred = Some(*at);
        }
        if !is_first {
            // A key makes a repeated event one with the first; what two versions both do is done twice.
            context.key = None;
        }
        context
    }
}

/// The versions of a file, oldest first: one where no history is wanted.
pub(super) fn of(work: &Work<'_>, source: &Source, history: bool) -> Result<Vec<Version>, Failure> {
    let mut versions: Vec<Version> = Vec::new();
    let mut add = |bytes: &[u8], commit| {
        let text = bytes::text(bytes).into_owned();
        if versions.last().is_none_or(|last| last.text != text) {
            versions.push(Version { text, commit });
        }
    };
    if history && let Some(path) = &source.inside {
        for version in work.session.repo.file_history(path.as_os_str().as_bytes())? {
            let commit = Tag::new(version.commit.to_string()).ok();
            if let Some(bytes) = &version.bytes {
                add(bytes, commit.map(|commit| (commit, version.author, version.at)));
            }
        }
    }
    if let Some(bytes) = &source.bytes {
        add(bytes, None);
    }
    Ok(versions)
}
