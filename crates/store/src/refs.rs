//! Refs: read and moved beside stock git, without losing an update.
//!
//! What may be relied on:
//! * a tip that was read was the tip at some moment during the call, and for one reader tips never go back, whatever
//!   `git pack-refs` and `git gc` do meanwhile;
//! * [`PlanLock::publish`] that returns `Ok` has put the value into the ref, and it took the place of exactly what was
//!   expected; one that returns an error has not;
//! * writers of one plan in one repository queue for its [`PlanLock`] instead of racing; a writer that dies, dies
//!   without standing in anyone's way; git itself and other programs keep out by their own rule, the `.lock` file.
//!
//! The files backend is read and written here (`files`, `packed`, `lock`), because gix's own compare-and-swap was seen
//! to lose updates beside `git pack-refs`. Any other backend goes through `git update-ref`.

pub(crate) mod files;
mod lock;
mod packed;
mod reflog;
pub(crate) mod reftable;

use std::path::Path;

use git_plan_core::Slug;
use gix::hash::ObjectId;

use crate::error::{Error, Result};
use crate::repository::{RefStorage, Repository};

pub use lock::PlanLock;

/// What a ref holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Target {
    /// An object.
    Id(ObjectId),
    /// The full name of another ref.
    Symbolic(String),
}

/// What a writer believes a ref to be at when it moves it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expected {
    /// There is no such ref yet.
    Absent,
    /// It points here.
    At(ObjectId),
}

impl Expected {
    /// The same as an option.
    #[must_use]
    pub fn tip(self) -> Option<ObjectId> {
        match self {
            Self::Absent => None,
            Self::At(id) => Some(id),
        }
    }
}

impl From<Option<ObjectId>> for Expected {
    fn from(tip: Option<ObjectId>) -> Self {
        tip.map_or(Self::Absent, Self::At)
    }
}

/// A ref in a listing: its full name and its tip, or what is wrong with it.
#[derive(Debug)]
pub struct Listed {
    /// The full name.
    pub name: String,
    /// Where it points. One damaged ref does not hide the others.
    pub tip: Result<ObjectId>,
}

impl Repository {
    /// The newest commit of a plan; `None` where there is no such plan.
    ///
    /// # Errors
    /// Where the ref is damaged, or symbolic, which plans may not be.
    pub fn tip(&self, slug: &Slug) -> Result<Option<ObjectId>> {
        self.find_ref(&plan_ref(slug))
    }

    /// Where a ref points, by its full name; `None` where there is none.
    ///
    /// # Errors
    /// Where the name is no ref name, or the ref is damaged or symbolic.
    pub fn find_ref(&self, name: &str) -> Result<Option<ObjectId>> {
        check_name(name)?;
        match self.ref_storage() {
            RefStorage::Files => files::find(self, name),
            RefStorage::Reftable => reftable::find(self, name),
        }
    }

    /// All refs below a prefix such as `refs/plans/`, by name.
    ///
    /// # Errors
    /// Where the prefix is none, or the refs cannot be listed at all.
    pub fn list_refs(&self, prefix: &str) -> Result<Vec<Listed>> {
        check_name(prefix.strip_suffix('/').unwrap_or(""))?;
        match self.ref_storage() {
            RefStorage::Files => files::list(self, prefix),
            RefStorage::Reftable => reftable::list(self, prefix),
        }
    }
}

pub(crate) fn plan_ref(slug: &Slug) -> String {
    format!("refs/plans/{slug}")
}

/// What `HEAD` holds, read from the file, as it is needed before anything else is known.
pub(crate) fn head_target(git_dir: &Path) -> Result<Option<Target>> {
    files::loose(&git_dir.join("HEAD"), "HEAD")
}

/// Keeps names that would lead out of the refs directory away from the file system.
pub(crate) fn check_name(name: &str) -> Result<()> {
    let component = |part: &str| !part.is_empty() && !part.starts_with('.') && !part.ends_with(".lock");
    let plain = |c: char| c > ' ' && !matches!(c, '~' | '^' | ':' | '?' | '*' | '[' | '\\' | '\x7f');
    if name.starts_with("refs/") && name.split('/').all(component) && name.chars().all(plain) {
        return Ok(());
    }
    let reason = "expected a full ref name such as refs/plans/dark-mode".to_owned();
    Err(Error::RefDamaged { name: name.to_owned(), reason })
}

/// Reads an id of this repository's hash.
fn parse_id(repository: &Repository, hex: &[u8]) -> Option<ObjectId> {
    ObjectId::from_hex(hex).ok().filter(|id| id.kind() == repository.hash())
}
