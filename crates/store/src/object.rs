//! Objects: written so that they stay, read without following replacements.
//!
//! A write that returns has its object under its final name, whole, with the mode git gives it, and with
//! [`Durability::Synced`] on the disk together with the directory entries that lead to it. A writer killed at any point
//! leaves at most a `tmp_obj_*` file, which `git gc` clears. Reads look packs up anew when something is not found, so
//! a repack by another process goes unnoticed.
//!
//! Bytes are compressed at level 1, as git compresses loose objects. An object that is already loose is not written
//! again but touched, as git does, so that a `gc` that is under way does not take it for old. An object that is only
//! in a pack is written all the same: it may be unreachable and about to be pruned with its pack. The exception is the
//! empty tree.

mod commit;
mod read;

use std::collections::BTreeSet;
use std::collections::hash_map::RandomState;
use std::fs::{self, File, OpenOptions};
use std::hash::{BuildHasher, Hasher};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use gix::hash::ObjectId;
use gix::objs::Kind;
use gix::zlib::{Compression, stream::deflate};

use crate::error::{At, Error, Result};
use crate::repository::Repository;
use crate::sharing::Sharing;

pub use commit::{Malformed, RawCommit};
pub use read::CommitReader;
pub(crate) use read::Database;

/// Whether a write waits until the disk has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Durability {
    /// The object and its directory are synced before the write returns.
    Synced,
    /// It is left to the system; a power failure may take it back.
    Unsynced,
}

impl Repository {
    /// What `plan.fsync` asks for; synced unless it is false.
    ///
    /// # Errors
    /// Where its value is no boolean.
    pub fn durability(&self) -> Result<Durability> {
        let synced = self.config().boolean("plan.fsync")?.unwrap_or(true);
        Ok(if synced { Durability::Synced } else { Durability::Unsynced })
    }

    /// Writes a commit, given as git stores it.
    ///
    /// # Errors
    /// Where it cannot be written; then nothing but perhaps a temporary file is left.
    pub fn write_commit(&self, raw: &[u8], durability: Durability) -> Result<ObjectId> {
        self.write_object(Kind::Commit, raw, durability)
    }

    /// Writes an object of any kind.
    pub(crate) fn write_object(&self, kind: Kind, data: &[u8], durability: Durability) -> Result<ObjectId> {
        let id = self.id_of(kind, data)?;
        self.write(id, kind, data, durability)?;
        Ok(id)
    }

    /// Makes sure that the empty tree is in the repository and returns its id.
    ///
    /// Needed once for each plan, before its first commit: `git fsck --strict` misses it otherwise.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn write_empty_tree(&self, durability: Durability) -> Result<ObjectId> {
        let id = self.empty_tree();
        if self.loose_path(&id).exists() || !self.has_object(&id)? {
            self.write(id, Kind::Tree, b"", durability)?;
        }
        Ok(id)
    }

    /// The id of the empty tree, which depends on the hash.
    #[must_use]
    pub fn empty_tree(&self) -> ObjectId {
        ObjectId::empty_tree(self.hash())
    }

    /// Syncs objects that were written [`Durability::Unsynced`], as a bulk import does before it moves its ref.
    ///
    /// # Errors
    /// Where one cannot be synced. An object that is not loose is taken for packed, and git syncs packs.
    pub fn sync_objects(&self, ids: &[ObjectId]) -> Result<()> {
        let mut directories = BTreeSet::new();
        for path in ids.iter().map(|id| self.loose_path(id)) {
            match File::open(&path) {
                Ok(file) => {
                    file.sync_all().at("sync", &path)?;
                    directories.extend(path.ancestors().skip(1).take(2).map(Path::to_owned));
                }
                Err(e) if e.kind() == ErrorKind::NotFound => {}
                Err(e) => return Err(e).at("open", &path),
            }
        }
        directories.iter().try_for_each(|directory| match sync_directory(directory) {
            // A repack took the last object out of it.
            Err(_) if !directory.exists() => Ok(()),
            synced => synced,
        })
    }

    /// The id that these bytes have as a commit.
    ///
    /// # Errors
    /// Where the hash refuses them: SHA-1 collision attacks are detected.
    pub fn commit_id(&self, raw: &[u8]) -> Result<ObjectId> {
        self.id_of(Kind::Commit, raw)
    }

    fn id_of(&self, kind: Kind, data: &[u8]) -> Result<ObjectId> {
        gix::objs::compute_hash(self.hash(), kind, data).map_err(|e| Error::hashing(self.common_dir(), &e))
    }

    pub(crate) fn objects_dir(&self) -> PathBuf {
        match self.environment().non_empty("GIT_OBJECT_DIRECTORY") {
            Some(directory) => self.git_dir().join(directory),
            None => self.common_dir().join("objects"),
        }
    }

    fn loose_path(&self, id: &ObjectId) -> PathBuf {
        let hex = id.to_string();
        let (fan_out, rest) = hex.split_at(2);
        self.objects_dir().join(fan_out).join(rest)
    }

    fn write(&self, id: ObjectId, kind: Kind, data: &[u8], durability: Durability) -> Result<()> {
        let path = self.loose_path(&id);
        if let Ok(file) = File::open(&path) {
            // Not being its owner is no obstacle: git does not insist on touching either.
            let now = std::time::SystemTime::now();
            let _ = file.set_modified(now);
            return if durability == Durability::Synced { self.sync_objects(&[id]) } else { Ok(()) };
        }
        let sharing = Sharing::of(self.config())?;
        let fan_out = path.parent().unwrap_or(&path);
        let created = match fs::create_dir(fan_out) {
            Ok(()) => {
                sharing.directory(fan_out)?;
                true
            }
            Err(e) if e.kind() == ErrorKind::AlreadyExists => false,
            Err(e) => return Err(e).at("create", fan_out),
        };
        let (temporary, file) = create_temporary(fan_out)?;
        let written = compress(file, kind, data, durability)
            .at("write", &temporary)
            .and_then(|()| sharing.file(&temporary))
            .and_then(|()| fs::rename(&temporary, &path).at("rename to", &path));
        if let Err(e) = written {
            let _ = fs::remove_file(&temporary);
            return Err(e);
        }
        match durability {
            Durability::Unsynced => Ok(()),
            Durability::Synced if created => sync_parents(&path),
            Durability::Synced => sync_directory(fan_out),
        }
    }
}

fn compress(file: File, kind: Kind, data: &[u8], durability: Durability) -> std::io::Result<()> {
    let mut stream = deflate::Write::new(Vec::with_capacity(data.len() / 2 + 64), Compression::BEST_SPEED);
    write!(stream, "{} {}\0", kind, data.len())?;
    stream.write_all(data)?;
    stream.flush()?;
    let mut file = file;
    file.write_all(&stream.into_inner())?;
    if durability == Durability::Synced { file.sync_all() } else { Ok(()) }
}

fn create_temporary(directory: &Path) -> Result<(PathBuf, File)> {
    loop {
        let path = directory.join(format!("tmp_obj_{:012x}", random() >> 16));
        match OpenOptions::new().write(true).create_new(true).mode(0o444).open(&path) {
            Ok(file) => return Ok((path, file)),
            Err(e) if e.kind() == ErrorKind::AlreadyExists => {}
            // Another process's gc took the fan-out directory while it was empty.
            Err(e) if e.kind() == ErrorKind::NotFound => match fs::create_dir(directory) {
                Err(e) if e.kind() != ErrorKind::AlreadyExists => return Err(e).at("create", directory),
                _ => {}
            },
            Err(e) => return Err(e).at("create", &path),
        }
    }
}

/// Syncs a fan-out directory and the directory that names it.
fn sync_parents(object: &Path) -> Result<()> {
    object.ancestors().skip(1).take(2).try_for_each(sync_directory)
}

/// Makes the entries of a directory durable.
pub(crate) fn sync_directory(directory: &Path) -> Result<()> {
    File::open(directory).and_then(|file| file.sync_all()).at("sync", directory)
}

/// A number that no other process is likely to draw at the same time; no more than that is asked of it.
pub(crate) fn random() -> u64 {
    RandomState::new().build_hasher().finish()
}
