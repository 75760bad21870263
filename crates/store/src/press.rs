//! The press: sealed events become commits.
//!
//! What may be relied on: the commits of one write are a chain, written as durably as `plan.fsync` asks, signed where the
//! configuration asks for it; none of them is in any ref yet.

use git_plan_core::event::Sealed;
use gix::hash::ObjectId;

use crate::append::Writer;
use crate::error::Result;
use crate::identity::Identity;
use crate::object::Durability;
use crate::record;
use crate::repository::Repository;
use crate::sign::Signer;

/// From how many events on objects are written first and synced together.
const BULK: usize = 16;

/// Makes commits of sealed events.
pub(crate) struct Press<'r> {
    repository: &'r Repository,
    author: Identity,
    pub(crate) committer: Identity,
    signer: Option<Signer>,
    pub(crate) durability: Durability,
}

/// The last commit that was made.
pub(crate) struct Pressed {
    pub(crate) commit: ObjectId,
    pub(crate) subject: String,
}

impl<'r> Press<'r> {
    pub(crate) fn new(repository: &'r Repository, writer: &Writer) -> Result<Self> {
        let committer = repository.committer()?;
        Ok(Self {
            repository,
            author: Identity::new(&writer.by.name, &writer.by.email)?,
            signer: repository.signer(&committer)?,
            committer,
            durability: repository.durability()?,
        })
    }

    /// Writes one commit for each event, each on top of the one before, and says which is the last.
    pub(crate) fn write(
        &self,
        subjects: Vec<String>,
        sealed: &[Sealed],
        tip: Option<ObjectId>,
    ) -> Result<Option<Pressed>> {
        let bulk = sealed.len() > BULK && self.durability == Durability::Synced;
        let durability = if bulk { Durability::Unsynced } else { self.durability };
        let tree = match tip {
            None => self.repository.write_empty_tree(self.durability)?,
            Some(_) => self.repository.empty_tree(),
        };
        let mut written = Vec::with_capacity(sealed.len());
        let mut last = None;
        for (sealed, subject) in sealed.iter().zip(subjects) {
            let parents: Vec<ObjectId> = written.last().copied().or(tip).into_iter().collect();
            let mut raw = record::commit(sealed, &subject, tree, &parents, [&self.author, &self.committer]);
            if let Some(signer) = &self.signer {
                raw = signer.sign(&raw)?;
            }
            let commit = self.repository.write_commit(&raw, durability)?;
            written.push(commit);
            last = Some(Pressed { commit, subject });
        }
        if bulk {
            self.repository.sync_objects(&written)?;
        }
        Ok(last)
    }
}
