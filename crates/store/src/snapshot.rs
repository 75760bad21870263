//! Snapshots: the state of a plan at one commit, kept so that it need not be replayed.
//!
//! What may be relied on: a snapshot serves a tip only where every event between them descends from it, which the walk
//! finds out; it is bound to its commit, to the format and to its own checksum, and anything else about it makes it
//! as good as absent. It may be deleted at any moment. With and without it every output is the same.
//!
//! There is one file per plan, `<common>/git-plan/snapshots/<slug>`, replaced whole by renaming. It is never synced:
//! one that a power failure tears has a wrong checksum.

use std::fs;
use std::path::PathBuf;

use git_plan_core::{EventId, Plan, Slug};
use gix::hash::ObjectId;

use crate::object::random;
use crate::repository::Repository;

/// Changed with every change of [`Plan`]'s own form; the crate's version is part of it.
const FORMAT: &str = concat!("git-plan state 1 ", env!("CARGO_PKG_VERSION"), "\n");

/// The bytes of a checksum: BLAKE3 of all that follows it.
const CHECKSUM: usize = 32;

/// After how many events on top of a snapshot a new one is made.
pub(crate) const EVERY: usize = 16;

/// A state read back, with the commit and the event that it is the state at.
#[derive(Debug)]
pub(crate) struct Snapshot {
    pub(crate) commit: ObjectId,
    pub(crate) event: EventId,
    pub(crate) plan: Plan,
}

impl Repository {
    fn snapshot_path(&self, slug: &Slug) -> PathBuf {
        self.common_dir().join("git-plan").join("snapshots").join(slug.as_str())
    }

    /// The snapshot of a plan, if there is one that can be trusted.
    pub(crate) fn snapshot(&self, slug: &Slug) -> Option<Snapshot> {
        let bytes = fs::read(self.snapshot_path(slug)).ok()?;
        let sealed = bytes.strip_prefix(FORMAT.as_bytes())?;
        let (checksum, body) = sealed.split_at_checked(CHECKSUM)?;
        if *blake3::hash(body).as_bytes() != *checksum {
            return None;
        }
        let (id, state) = body.split_at_checked(self.hash().len_in_bytes())?;
        let plan: Plan = postcard::from_bytes(state).ok()?;
        let event = *plan.heads().first().filter(|_| plan.heads().len() == 1)?;
        Some(Snapshot { commit: ObjectId::try_from(id).ok()?, event, plan: plan.reindexed() })
    }

    /// Keeps the state at a commit, and settles it. A failure is no concern of the caller's: there is then no snapshot.
    pub(crate) fn keep_snapshot(&self, slug: &Slug, commit: ObjectId, plan: &mut Plan) {
        if plan.heads().len() != 1 {
            return;
        }
        plan.settle();
        let mut bytes = FORMAT.as_bytes().to_vec();
        bytes.extend_from_slice(&[0; CHECKSUM]);
        bytes.extend_from_slice(commit.as_slice());
        let Ok(mut bytes) = postcard::to_extend(&*plan, bytes) else { return };
        let checksum = blake3::hash(&bytes[FORMAT.len() + CHECKSUM..]);
        bytes[FORMAT.len()..][..CHECKSUM].copy_from_slice(checksum.as_bytes());
        let path = self.snapshot_path(slug);
        self.replace_cache(&path, &bytes);
    }

    /// Puts a file of the cache into place, whole or not at all.
    pub(crate) fn replace_cache(&self, path: &std::path::Path, bytes: &[u8]) {
        let temporary = path.with_extension(format!("tmp{:08x}", random() >> 32));
        let write = || {
            path.parent().map_or(Ok(()), fs::create_dir_all)?;
            fs::write(&temporary, bytes)?;
            fs::rename(&temporary, path)
        };
        if write().is_err() {
            let _ = fs::remove_file(&temporary);
        }
    }
}
