//! What a command asks of the repository before it reads or writes a plan.

use git_plan_core::{Actor, Slug};

use crate::error::Result;
use crate::identity::Identity;
use crate::repository::Repository;

impl Repository {
    /// The names of the plans, sorted. Refs below `refs/plans/` that no plan can have are left out.
    ///
    /// # Errors
    /// Where the refs cannot be listed.
    pub fn plans(&self) -> Result<Vec<Slug>> {
        let refs = self.list_refs("refs/plans/")?;
        Ok(refs.iter().filter_map(|listed| listed.name.strip_prefix("refs/plans/")?.parse().ok()).collect())
    }
}

impl From<Identity> for Actor {
    fn from(identity: Identity) -> Self {
        Self { email: identity.email().to_owned(), name: identity.name().to_owned() }
    }
}
