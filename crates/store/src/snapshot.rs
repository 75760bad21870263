//! Snapshots: the state of a plan at one commit, kept so that it need not be replayed, and read only where it is
//! looked at.
//!
//! What may be relied on: a snapshot serves a tip only where every event between them descends from it, which the walk
//! finds out; it is bound to its commit and to the format, and each of its parts to a checksum; anything else about it
//! makes it as good as absent. It may be deleted at any moment. With and without it every output is the same.
//!
//! There is one file per plan, `<common>/git-plan/snapshots/<slug>`. It grows at its end: first the pages that have
//! changed, then the *head*, which says where all pages are, then the *tail*, which says how long the head is. What is
//! in it never changes, so whoever has it open goes on reading. When most of it is of no more use, a new one is renamed
//! into its place. It is never synced: one that a power failure tears does not end with a tail that fits.

use std::fs::{self, File, OpenOptions};
use std::os::unix::fs::{FileExt, MetadataExt};
use std::path::{Path, PathBuf};

use git_plan_core::state::{Pages, Shelf};
use git_plan_core::{EventId, Plan, Slug};
use gix::hash::ObjectId;

use crate::object::random;
use crate::repository::Repository;

/// Changed with every change of [`Plan`]'s own form; the crate's version is part of it.
const FORMAT: &str = concat!("git-plan state 5 ", env!("CARGO_PKG_VERSION"));

/// The bytes of the tail: the length of the head, and the BLAKE3 of the format and the head.
const TAIL: usize = 4 + 32;

/// How much of the end of the file is read at once, in the hope that the head is in it.
const END: u64 = 16 << 10;

/// After how many events on top of a snapshot a new one is made.
pub(crate) const EVERY: usize = 16;

/// How much of no more use a snapshot may carry along beside as much as is of use.
const SPARE: u64 = 256 << 10;

/// A state read back, with the commit and the event that it is the state at.
#[derive(Debug)]
pub(crate) struct Snapshot {
    pub(crate) commit: ObjectId,
    pub(crate) event: EventId,
    pub(crate) plan: Plan,
}

/// A file that pages are read from.
#[derive(Debug)]
struct Kept(File);

impl Pages for Kept {
    fn read(&self, at: u64, bytes: &mut [u8]) -> bool {
        self.0.read_exact_at(bytes, at).is_ok()
    }
}

impl Repository {
    fn snapshot_path(&self, slug: &Slug) -> PathBuf {
        self.common_dir().join("git-plan").join("snapshots").join(slug.as_str())
    }

    /// The snapshot of a plan, if there is one whose head can be trusted. What of its pages can be, shows when they are
    /// looked at.
    pub(crate) fn snapshot(&self, slug: &Slug) -> Option<Snapshot> {
        let file = File::open(self.snapshot_path(slug)).ok()?;
        let head = read_head(&file)?;
        let (id, state) = head.split_at_checked(self.hash().len_in_bytes())?;
        let plan = Plan::open(state, Shelf::new(Kept(file)))?;
        let event = *plan.heads().first().filter(|_| plan.heads().len() == 1)?;
        Some(Snapshot { commit: ObjectId::try_from(id).ok()?, event, plan })
    }

    /// The same with all its pages, if all of them can be trusted.
    pub(crate) fn whole_snapshot(&self, slug: &Slug) -> Option<Snapshot> {
        let mut snapshot = self.snapshot(slug)?;
        snapshot.plan.fetch_all().then_some(snapshot)
    }

    /// Keeps the state at a commit, and settles it. A failure is no concern of the caller's: there is then no snapshot.
    pub(crate) fn keep_snapshot(&self, slug: &Slug, commit: ObjectId, plan: &mut Plan) {
        if plan.heads().len() != 1 || !plan.is_whole() {
            return;
        }
        plan.settle();
        let path = self.snapshot_path(slug);
        match plan.shelf().pages::<Kept>() {
            None => self.replace_snapshot(&path, commit, plan),
            Some(Kept(file)) => match to_extend(&path, file) {
                Some((file, end)) if end <= 2 * plan.stored_bytes() + SPARE => {
                    if let Some(bytes) = record(plan, commit, end, false) {
                        // One that is written by halves ends with no tail that fits.
                        let _ = file.write_all_at(&bytes, end);
                    }
                }
                // The plan at hand goes on reading where it did.
                _ => self.replace_snapshot(&path, commit, &mut plan.clone()),
            },
        }
    }

    fn replace_snapshot(&self, path: &Path, commit: ObjectId, plan: &mut Plan) {
        if let Some(bytes) = record(plan, commit, 0, true) {
            self.replace_cache(path, &bytes);
        }
    }

    /// Puts a file of the cache into place, whole or not at all.
    pub(crate) fn replace_cache(&self, path: &Path, bytes: &[u8]) {
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

/// The head that the file's tail names.
fn read_head(file: &File) -> Option<Vec<u8>> {
    let end = file.metadata().ok()?.len();
    let mut bytes = vec![0; usize::try_from(end.min(END)).ok()?];
    file.read_exact_at(&mut bytes, end - end.min(END)).ok()?;
    let (_, &tail) = bytes.split_last_chunk::<TAIL>()?;
    let (&len, _) = tail.split_first_chunk::<4>()?;
    let len = u32::from_le_bytes(len);
    let start = end.checked_sub(TAIL as u64)?.checked_sub(len.into())?;
    let mut head = match bytes.len().checked_sub(TAIL + len as usize) {
        Some(at) => bytes.split_off(at),
        None => {
            let mut head = vec![0; len as usize + TAIL];
            file.read_exact_at(&mut head, start).ok()?;
            head
        }
    };
    head.truncate(len as usize);
    (tail_of(&head)? == tail).then_some(head)
}

fn tail_of(head: &[u8]) -> Option<[u8; TAIL]> {
    let mut hasher = blake3::Hasher::new();
    hasher.update(FORMAT.as_bytes()).update(head);
    let mut tail = [0; TAIL];
    let (len, sum) = tail.split_at_mut(4);
    len.copy_from_slice(&u32::try_from(head.len()).ok()?.to_le_bytes());
    sum.copy_from_slice(hasher.finalize().as_bytes());
    Some(tail)
}

/// What goes to the end of a snapshot of this length, so that it is the state at this commit.
fn record(plan: &mut Plan, commit: ObjectId, end: u64, anew: bool) -> Option<Vec<u8>> {
    let mut bytes = plan.stow(end, anew)?;
    let mut head = commit.as_slice().to_vec();
    head.extend_from_slice(&plan.head()?);
    bytes.extend_from_slice(&head);
    bytes.extend_from_slice(&tail_of(&head)?);
    Some(bytes)
}

/// The snapshot at a path to be written at its end, and where that is, if it is the one that is being read and nobody
/// else is at it.
fn to_extend(path: &Path, read: &File) -> Option<(File, u64)> {
    let file = OpenOptions::new().write(true).open(path).ok()?;
    file.try_lock().ok()?;
    let (read, file_now) = (read.metadata().ok()?, file.metadata().ok()?);
    let same = (read.dev(), read.ino()) == (file_now.dev(), file_now.ino());
    same.then_some((file, file_now.len()))
}
