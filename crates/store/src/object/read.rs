//! Reading commits by id.

use std::ops::Range;
use std::path::Path;

use gix::hash::ObjectId;
use gix::objs::{Find, Kind};
use gix::odb::store::{Handle, init};
use gix::parallel::OwnShared;

use crate::error::{At, Error, Result};
use crate::repository::Repository;

/// How many bytes of delta bases are kept while reading.
const DELTA_BASES: usize = 16 * 1024 * 1024;

type Opened = gix::odb::Cache<Handle<OwnShared<gix::odb::Store>>>;

/// The object database of a repository, alternates included, without replacements; in a receiving hook, that of the
/// repository and behind it what is in quarantine.
pub(crate) struct Database(Opened, Option<Opened>);

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
    repository: &'r Repository,
    database: &'r Database,
    buffer: Vec<u8>,
}

impl Repository {
    fn database(&self) -> Result<&Database> {
        if let Some(database) = self.database.get() {
            return Ok(database);
        }
        let opened = self.open_database()?;
        Ok(self.database.get_or_init(|| opened))
    }

    fn open_database(&self) -> Result<Database> {
        let own = self.objects_dir();
        if self.environment().non_empty("GIT_QUARANTINE_PATH").is_some() {
            return Ok(Database(
                self.open_objects(&self.common_dir().join("objects"))?,
                Some(self.open_objects(&own)?),
            ));
        }
        Ok(Database(self.open_objects(&own)?, None))
    }

    fn open_objects(&self, directory: &Path) -> Result<Opened> {
        let options = init::Options { current_dir: Some(self.git_dir().to_owned()), ..Default::default() };
        let store = gix::odb::Store::at_opts(directory.to_owned(), self.hash(), &mut std::iter::empty(), options)
            .at("open", directory)?;
        let mut handle = OwnShared::new(store).to_cache();
        handle.ignore_replacements = true;
        // Neighbouring events are alike, so git packs them as long chains of deltas.
        handle.set_pack_cache(|| Box::new(gix::odb::pack::cache::lru::MemoryCappedHashmap::new(DELTA_BASES)));
        Ok(handle)
    }

    /// A reader of commits.
    ///
    /// # Errors
    /// Where there is no object database.
    pub fn commit_reader(&self) -> Result<CommitReader<'_>> {
        Ok(CommitReader { repository: self, database: self.database()?, buffer: Vec::with_capacity(1024) })
    }

    /// Whether an object is in the repository, packed or loose.
    ///
    /// # Errors
    /// Where there is no object database.
    pub fn has_object(&self, id: &ObjectId) -> Result<bool> {
        use gix::objs::Exists;
        let Database(main, quarantine) = self.database()?;
        Ok(main.exists(id) || quarantine.as_ref().is_some_and(|quarantine| quarantine.exists(id)))
    }
}

impl CommitReader<'_> {
    /// The bytes of a commit, as git stores them; they are in the way of the next call.
    ///
    /// # Errors
    /// Where the commit is missing, cannot be read, or is something else.
    pub fn read(&mut self, id: ObjectId) -> Result<&[u8]> {
        let found = match self.find(self.database, id) {
            // While git repacks, an object can be between two packs of which one was known; a look at what is there
            // now finds it.
            Ok(None) | Err(_) => self.find(&self.repository.open_database()?, id),
            found => found,
        };
        match found? {
            Some((Kind::Commit, data)) => Ok(&self.buffer[data]),
            Some((kind, _)) => Err(Error::ObjectDamaged { id, reason: format!("expected a commit, found a {kind}") }),
            None => Err(Error::ObjectMissing { id }),
        }
    }

    /// Puts an object into the buffer; says what it is, and where it is there.
    fn find(&mut self, database: &Database, id: ObjectId) -> Result<Option<(Kind, Range<usize>)>> {
        let Database(main, quarantine) = database;
        let mut found = main.try_find(&id, &mut self.buffer).map_err(|e| Error::damaged(id, &e))?;
        if let (None, Some(quarantine)) = (&found, quarantine) {
            found = quarantine.try_find(&id, &mut self.buffer).map_err(|e| Error::damaged(id, &e))?;
        }
        let Some((kind, at, length)) = found.map(|found| (found.kind, found.data.as_ptr() as usize, found.data.len()))
        else {
            return Ok(None);
        };
        let start = at.saturating_sub(self.buffer.as_ptr() as usize);
        let data = start..start.saturating_add(length);
        if data.end > self.buffer.len() {
            return Err(Error::ObjectDamaged { id, reason: "its data is not where it was put".to_owned() });
        }
        Ok(Some((kind, data)))
    }
}
