//! Reading commits by id.

use gix::hash::ObjectId;
use gix::objs::{Find, Kind};
use gix::odb::store::{Handle, init};
use gix::parallel::OwnShared;

use crate::error::{At, Error, Result};
use crate::repository::Repository;

/// How many bytes of delta bases are kept while reading.
const DELTA_BASES: usize = 16 * 1024 * 1024;

/// The object database of a repository, alternates included, without replacements.
pub(crate) struct Database(gix::odb::Cache<Handle<OwnShared<gix::odb::Store>>>);

impl std::fmt::Debug for Database {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Database")
    }
}

/// Finds commits by id, one after the other, with one buffer for all of them.
///
/// Replace refs are not followed because none are loaded, and grafts because gix does not know them.
#[derive(Debug)]
pub struct CommitReader<'r> {
    database: &'r Database,
    buffer: Vec<u8>,
}

impl Repository {
    fn database(&self) -> Result<&Database> {
        if let Some(database) = self.database.get() {
            return Ok(database);
        }
        let directory = self.objects_dir();
        let options = init::Options { current_dir: Some(self.git_dir().to_owned()), ..Default::default() };
        let store = gix::odb::Store::at_opts(directory.clone(), self.hash(), &mut std::iter::empty(), options)
            .at("open", &directory)?;
        let mut handle = OwnShared::new(store).to_cache();
        handle.ignore_replacements = true;
        // Neighbouring events are alike, so git packs them as long chains of deltas.
        handle.set_pack_cache(|| Box::new(gix::odb::pack::cache::lru::MemoryCappedHashmap::new(DELTA_BASES)));
        Ok(self.database.get_or_init(|| Database(handle)))
    }

    /// A reader of commits.
    ///
    /// # Errors
    /// Where there is no object database.
    pub fn commit_reader(&self) -> Result<CommitReader<'_>> {
        Ok(CommitReader { database: self.database()?, buffer: Vec::with_capacity(1024) })
    }

    /// Whether an object is in the repository, packed or loose.
    ///
    /// # Errors
    /// Where there is no object database.
    pub fn has_object(&self, id: &ObjectId) -> Result<bool> {
        use gix::objs::Exists;
        Ok(self.database()?.0.exists(id))
    }
}

impl CommitReader<'_> {
    /// The bytes of a commit, as git stores them; they are in the way of the next call.
    ///
    /// # Errors
    /// Where the commit is missing, cannot be read, or is something else.
    pub fn read(&mut self, id: ObjectId) -> Result<&[u8]> {
        match self.database.0.try_find(&id, &mut self.buffer) {
            Ok(Some(object)) if object.kind == Kind::Commit => Ok(object.data),
            Ok(Some(object)) => {
                let reason = format!("expected a commit, found a {}", object.kind);
                Err(Error::ObjectDamaged { id, reason })
            }
            Ok(None) => Err(Error::ObjectMissing { id }),
            Err(e) => Err(Error::damaged(id, &e)),
        }
    }
}
