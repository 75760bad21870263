//! Moving a plan's ref: one writer at a time, and compare-and-swap against everybody else.
//!
//! * `<common>/git-plan/locks/<slug>` is held with `flock` from reading the tip to moving it. The kernel lets go of it
//!   when its holder dies. It makes our own writers queue, and its holder the only one who touches the next file.
//! * `<common>/git-plan/locks/<slug>.new` is the value to be published, whole and synced before it has any other name.
//! * `<ref>.lock` is git's own lock. It is made by hard-linking `.new` to it, which fails where it exists, so it never
//!   is seen half-written, and its inode tells whose it is: the same as that of a left-over `.new`, and a predecessor
//!   of ours died here; any other, and it is another program's and is never touched.
//!
//! Under git's lock the ref is compared, loose and then packed, and the lock is renamed over it. This is the only file
//! that knows these paths.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use git_plan_core::Slug;
use gix::hash::ObjectId;

use super::{Expected, files, plan_ref, reflog, reftable};
use crate::backoff::Backoff;
use crate::error::{At, Error, Result};
use crate::object::{Durability, sync_directory};
use crate::repository::{RefStorage, Repository};
use crate::sharing::Sharing;

/// How often a step is tried again that another program may have undone, such as making a directory.
pub(super) const ATTEMPTS: usize = 16;

/// How old another program's `<ref>.lock` may get before it is taken for stale: git holds one for milliseconds.
const FOREIGN: Duration = Duration::from_secs(3);

/// The right to move one plan's ref, held until it is dropped or its holder dies.
#[must_use = "the plan is unlocked as soon as its lock is dropped"]
#[derive(Debug)]
pub struct PlanLock<'r> {
    repository: &'r Repository,
    name: String,
    new: PathBuf,
    sharing: Sharing,
    durability: Durability,
    deadline: Instant,
    held: File,
}

impl Repository {
    /// Waits for the right to move a plan's ref, for no longer than `patience`.
    ///
    /// # Errors
    /// [`Error::Busy`] where the time is up; otherwise where the lock's file cannot be made.
    pub fn lock_plan(&self, slug: &Slug, patience: Duration) -> Result<PlanLock<'_>> {
        let sharing = Sharing::of(self.config())?;
        let path = self.common_dir().join("git-plan").join("locks").join(slug.as_str());
        let began = Instant::now();
        let deadline = began + patience;
        let held = open(&path, sharing)?;
        let mut pause = pause();
        loop {
            match held.try_lock() {
                Ok(()) => break,
                Err(TryLockError::WouldBlock) if Instant::now() < deadline => pause.once(deadline),
                Err(TryLockError::WouldBlock) => {
                    return Err(Error::Busy { slug: slug.to_string(), waited: began.elapsed() });
                }
                Err(TryLockError::Error(e)) => return Err(e).at("lock", &path),
            }
        }
        let lock = PlanLock {
            repository: self,
            name: plan_ref(slug),
            new: path.with_extension("new"),
            sharing,
            durability: self.durability()?,
            deadline,
            held,
        };
        if self.ref_storage() == RefStorage::Files {
            lock.clear()?;
        }
        Ok(lock)
    }
}

impl Drop for PlanLock<'_> {
    /// Unlocks, since closing does not: a process that another thread starts meanwhile has the file open until it execs.
    fn drop(&mut self) {
        drop(self.held.unlock());
    }
}

impl PlanLock<'_> {
    /// The newest commit of the plan. Only other programs can move it while the lock is held.
    ///
    /// # Errors
    /// Where the ref is damaged or symbolic.
    pub fn tip(&self) -> Result<Option<ObjectId>> {
        self.repository.find_ref(&self.name)
    }

    /// Moves the plan's ref from `expected` to `new`, with a line in its reflog.
    ///
    /// `committer` is the line that [`Identity::line`](crate::Identity::line) makes. The commit must have been written
    /// before, and as durably as the ref will be.
    ///
    /// # Errors
    /// [`Error::RefMoved`] where the ref is elsewhere, [`Error::ForeignLock`] where another program's lock stays in the
    /// way, or another; in every case the ref has been read again and does not hold `new`. What goes wrong after the
    /// ref took the value, such as syncing its directory, is therefore no error.
    pub fn publish(&self, expected: Expected, new: ObjectId, committer: &str, message: &str) -> Result<()> {
        let entry = reflog::Entry { old: expected.tip(), new, committer, message };
        let moved = match self.repository.ref_storage() {
            RefStorage::Files => self.swap(&entry),
            RefStorage::Reftable => reftable::update(self.repository, &self.name, &entry),
        };
        let Err(failure) = moved else { return Ok(()) };
        match self.tip() {
            Ok(Some(tip)) if tip == new => Ok(()),
            Ok(found) if found != entry.old => {
                Err(Error::RefMoved { name: self.name.clone(), expected: entry.old, found })
            }
            _ => Err(failure),
        }
    }

    fn swap(&self, entry: &reflog::Entry<'_>) -> Result<()> {
        let swapped = self.claim(entry.new).and_then(|()| self.swap_claimed(entry));
        // After a success only `.new` is left, after a failure perhaps git's lock as well.
        let cleared = self.clear();
        swapped.and(cleared)
    }

    fn swap_claimed(&self, entry: &reflog::Entry<'_>) -> Result<()> {
        let found = self.tip()?;
        if found != entry.old {
            return Err(Error::RefMoved { name: self.name.clone(), expected: entry.old, found });
        }
        if found.is_none()
            && let Some(other) = files::obstacle(self.repository, &self.name)?
        {
            let reason = format!("it cannot be made while {other} exists; delete or rename that ref");
            return Err(Error::RefDamaged { name: self.name.clone(), reason });
        }
        reflog::append(self.repository, &self.name, entry)?;
        let path = self.path();
        let mut renamed = fs::rename(self.git_lock(), &path);
        if renamed.as_ref().is_err_and(|e| e.kind() == ErrorKind::IsADirectory) {
            remove_empty(&path)?;
            renamed = fs::rename(self.git_lock(), &path);
        }
        renamed.at("move the lock over", &path)?;
        match (self.durability, path.parent()) {
            (Durability::Synced, Some(directory)) => sync_directory(directory),
            _ => Ok(()),
        }
    }

    /// Takes git's lock, with the new value in it.
    fn claim(&self, new: ObjectId) -> Result<()> {
        self.write_new(new)?;
        let lock = self.git_lock();
        let began = Instant::now();
        let until = self.deadline.min(began + FOREIGN).max(began + Duration::from_millis(100));
        let mut pause = pause();
        let mut attempts = 0;
        loop {
            match fs::hard_link(&self.new, &lock) {
                Ok(()) => return Ok(()),
                Err(e) if e.kind() == ErrorKind::AlreadyExists => {
                    let age = fs::metadata(&lock).and_then(|meta| meta.modified()).ok();
                    let age = age.and_then(|time| time.elapsed().ok());
                    if Instant::now() >= until || age.is_some_and(|age| age >= FOREIGN) {
                        return Err(Error::ForeignLock { name: self.name.clone(), path: lock, age });
                    }
                    pause.once(until);
                }
                // git pack-refs and git branch -d remove directories of refs that have become empty.
                Err(e) if e.kind() == ErrorKind::NotFound && attempts < ATTEMPTS => {
                    attempts += 1;
                    make_parent(&lock, self.sharing)?;
                }
                Err(e) => return Err(e).at("create", &lock),
            }
        }
    }

    fn write_new(&self, new: ObjectId) -> Result<()> {
        let mut file = OpenOptions::new().write(true).create_new(true).open(&self.new).at("create", &self.new)?;
        file.write_all(format!("{new}\n").as_bytes()).at("write", &self.new)?;
        self.sharing.file(&self.new)?;
        if self.durability == Durability::Synced {
            file.sync_all().at("sync", &self.new)?;
        }
        Ok(())
    }

    /// Removes what a writer of ours left: a predecessor that died, or this one after it is done.
    fn clear(&self) -> Result<()> {
        let Some(ours) = metadata(&self.new)? else { return Ok(()) };
        let lock = self.git_lock();
        if metadata(&lock)?.is_some_and(|meta| (meta.dev(), meta.ino()) == (ours.dev(), ours.ino())) {
            remove(&lock)?;
        }
        remove(&self.new)
    }

    fn path(&self) -> PathBuf {
        self.repository.common_dir().join(&self.name)
    }

    fn git_lock(&self) -> PathBuf {
        self.repository.common_dir().join(format!("{}.lock", self.name))
    }
}

/// The waits of a writer for its turn: a write takes milliseconds.
fn pause() -> Backoff {
    Backoff::new(Duration::from_micros(200), Duration::from_millis(10))
}

fn open(path: &Path, sharing: Sharing) -> Result<File> {
    for _ in 0..ATTEMPTS {
        match OpenOptions::new().write(true).create(true).truncate(false).open(path) {
            Ok(file) => {
                // Only its owner may change a mode; another member of the group finds it right already.
                let _ = sharing.file(path);
                return Ok(file);
            }
            Err(e) if e.kind() == ErrorKind::NotFound => make_parent(path, sharing)?,
            Err(e) => return Err(e).at("open", path),
        }
    }
    Err(std::io::Error::from(ErrorKind::NotFound)).at("create", path)
}

/// Makes the directories that a file needs.
pub(super) fn make_parent(path: &Path, sharing: Sharing) -> Result<()> {
    let Some(directory) = path.parent() else { return Ok(()) };
    match fs::create_dir(directory) {
        Ok(()) => {
            sharing.directory(directory)?;
            directory.parent().map_or(Ok(()), |parent| match sync_directory(parent) {
                // It may be gone again already; the caller tries once more.
                Err(Error::Io { source, .. }) if source.kind() == ErrorKind::NotFound => Ok(()),
                synced => synced,
            })
        }
        Err(e) if e.kind() == ErrorKind::AlreadyExists => Ok(()),
        Err(e) if e.kind() == ErrorKind::NotFound => {
            make_parent(directory, sharing)?;
            make_parent(path, sharing)
        }
        Err(e) => Err(e).at("create", directory),
    }
}

/// Removes a directory that holds nothing but empty directories: refs were deleted there.
pub(super) fn remove_empty(directory: &Path) -> Result<()> {
    for entry in fs::read_dir(directory).at("list", directory)?.flatten() {
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            remove_empty(&entry.path())?;
        }
    }
    fs::remove_dir(directory).at("remove", directory)
}

fn metadata(path: &Path) -> Result<Option<fs::Metadata>> {
    match fs::symlink_metadata(path) {
        Ok(metadata) => Ok(Some(metadata)),
        Err(e) if matches!(e.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => Ok(None),
        Err(e) => Err(e).at("inspect", path),
    }
}

fn remove(path: &Path) -> Result<()> {
    match fs::remove_file(path) {
        Err(e) if e.kind() != ErrorKind::NotFound => Err(e).at("remove", path),
        _ => Ok(()),
    }
}
