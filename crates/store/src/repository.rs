//! An open repository.
//!
//! After [`Repository::open`] it is settled, and does not change: where the repository lies, that git would trust it,
//! that nothing in its format is unknown to us, its hash and the way it keeps refs, and its configuration. Opening
//! reads a handful of small files and starts no process; the object database is opened when it is first needed. A
//! repository that cannot be handled is refused before anything is written.
//!
//! gix's own `Repository` is not used: it reads the environment of the process behind one's back, follows replace
//! refs unless told otherwise, opens reftable repositories as if they were not, and scans the time zones.

mod discovery;
mod format;
mod trust;

use std::cell::OnceCell;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use gix::hash::{Kind, ObjectId};

use crate::config::{Config, Place};
use crate::env::Environment;
use crate::error::{At, Error, Result};
use crate::object::Database;
use crate::refs::{self, Target};

pub use format::RefStorage;

/// A git repository, opened for plans. It belongs to one thread; another thread opens its own, which is cheap.
#[derive(Debug)]
pub struct Repository {
    env: Environment,
    git_dir: PathBuf,
    common_dir: PathBuf,
    work_dir: Option<PathBuf>,
    hash: Kind,
    ref_storage: RefStorage,
    config: Config,
    pub(crate) database: OnceCell<Database>,
}

impl Repository {
    /// Opens the repository that git would use in this directory and environment.
    ///
    /// `GIT_DIR`, `GIT_COMMON_DIR`, `GIT_WORK_TREE`, `GIT_CEILING_DIRECTORIES` and
    /// `GIT_DISCOVERY_ACROSS_FILESYSTEM` mean what they mean to git.
    ///
    /// # Errors
    /// Where there is no repository, git would not trust it, its format has something unknown, or its configuration
    /// does not parse.
    pub fn open(directory: &Path, env: &Environment) -> Result<Self> {
        let found = discovery::find(directory, env)?;
        refuse_quarantine(&found.git_dir, env)?;
        Self::open_found(found, env)
    }

    /// The same inside a receiving hook, where the objects that are pushed lie in quarantine. Refs are not to be moved
    /// there.
    ///
    /// # Errors
    /// As [`Repository::open`].
    pub fn open_receiving(directory: &Path, env: &Environment) -> Result<Self> {
        Self::open_found(discovery::find(directory, env)?, env)
    }

    fn open_found(found: discovery::Found, env: &Environment) -> Result<Self> {
        let own = Config::of_repository(&found.common_dir)?;
        let format = format::check(&own, &found.common_dir)?;
        let head = refs::head_target(&found.git_dir)?;
        let branch = match &head {
            Some(Target::Symbolic(name)) => Some(name.as_str()),
            _ => None,
        };
        let place = Place { git_dir: &found.git_dir, branch };
        let config = Config::load(own, &place, env)?;
        let work_dir = discovery::work_dir(&found, &config, env)?;
        trust::check(&found, work_dir.as_deref(), &config)?;
        Ok(Self {
            env: env.clone(),
            git_dir: found.git_dir,
            common_dir: found.common_dir,
            work_dir,
            hash: format.hash,
            ref_storage: format.ref_storage,
            config,
            database: OnceCell::new(),
        })
    }

    /// The git directory of this work tree, absolute.
    #[must_use]
    pub fn git_dir(&self) -> &Path {
        &self.git_dir
    }

    /// The git directory that all work trees share, absolute; objects and plans lie there.
    #[must_use]
    pub fn common_dir(&self) -> &Path {
        &self.common_dir
    }

    /// The top of the work tree; `None` in a bare repository.
    #[must_use]
    pub fn work_dir(&self) -> Option<&Path> {
        self.work_dir.as_deref()
    }

    /// The hash that names objects.
    #[must_use]
    pub fn hash(&self) -> Kind {
        self.hash
    }

    /// The way the repository keeps its refs.
    #[must_use]
    pub fn ref_storage(&self) -> RefStorage {
        self.ref_storage
    }

    /// The configuration that applies here.
    #[must_use]
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// The environment that the repository was opened with.
    #[must_use]
    pub fn environment(&self) -> &Environment {
        &self.env
    }

    /// The commit that the work tree is at; `None` on a branch without commits.
    ///
    /// # Errors
    /// Where `HEAD` or the branch cannot be read.
    pub fn head_commit(&self) -> Result<Option<ObjectId>> {
        match self.ref_storage {
            RefStorage::Files => refs::files::resolve(self, "HEAD"),
            RefStorage::Reftable => self.rev_parse("HEAD"),
        }
    }

    /// The short name of the branch that the work tree is on; `None` where `HEAD` is detached.
    ///
    /// # Errors
    /// Where `HEAD` cannot be read.
    pub fn head_branch(&self) -> Result<Option<String>> {
        let full = match self.ref_storage {
            RefStorage::Files => match refs::head_target(&self.git_dir)? {
                Some(Target::Symbolic(name)) => Some(name),
                _ => None,
            },
            RefStorage::Reftable => refs::reftable::head(self)?,
        };
        Ok(full.map(|name| name.strip_prefix("refs/heads/").map_or(name.clone(), str::to_owned)))
    }

    /// The commits at which a shallow clone was cut off: their parents are named but absent. Empty elsewhere.
    ///
    /// # Errors
    /// Where the list cannot be read.
    pub fn shallow(&self) -> Result<BTreeSet<ObjectId>> {
        let path = match self.env.non_empty("GIT_SHALLOW_FILE") {
            Some(file) => PathBuf::from(file),
            None => self.common_dir.join("shallow"),
        };
        match std::fs::read(&path) {
            Ok(list) => Ok(list.split(|&b| b == b'\n').filter_map(|id| ObjectId::from_hex(id).ok()).collect()),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(BTreeSet::new()),
            Err(e) => Err(e).at("read", &path),
        }
    }
}

/// Inside a receiving hook new objects are not in the repository yet, and refs may not be moved to them.
fn refuse_quarantine(git_dir: &Path, env: &Environment) -> Result<()> {
    for name in ["GIT_QUARANTINE_PATH", "GIT_ALTERNATE_OBJECT_DIRECTORIES"] {
        if env.non_empty(name).is_some() {
            return Err(Error::Unsupported { git_dir: git_dir.to_owned(), feature: format!("the variable {name}") });
        }
    }
    Ok(())
}
