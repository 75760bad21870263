//! Appending: the one way in which a plan changes.
//!
//! What may be relied on: when an append returns `Ok`, its events are in the ref, in one move of it, and on the disk
//! as durably as `plan.fsync` asks; when it returns an error, the ref is as it was. Events are computed from the tip
//! that they follow: if another program moves the ref first, they are computed anew from the new tip. A plan with
//! damage is not written to.
//!
//! The order: lock the plan, read the tip, apply in memory, write the commits, compare-and-swap the ref, let go.

use std::time::{Duration, Instant};

use git_plan_core::event::Sealed;
use git_plan_core::{Actor, Batch, Context, Event, Plan, RecordError, Slug, Timestamp, subject};
use gix::hash::ObjectId;

use crate::error::{Error, Result};
use crate::identity::Identity;
use crate::load::History;
use crate::object::Durability;
use crate::record;
use crate::refs::{Expected, PlanLock};
use crate::repository::Repository;
use crate::snapshot::{self, Snapshot};

/// How long a writer waits for its turn.
const PATIENCE: Duration = Duration::from_secs(30);
/// Every how many events a plan's repository is tidied, in the background.
const TIDY_EVERY: u32 = 200;
/// From how many events on objects are written first and synced together.
const BULK: usize = 16;

/// Who writes, when, and what is said in every event.
#[derive(Debug, Clone)]
pub struct Writer {
    /// The author.
    pub by: Actor,
    /// The time.
    pub at: Timestamp,
    /// What goes into every event.
    pub context: Context,
}

/// What an append did.
#[derive(Debug)]
pub struct Appended {
    /// The plan with the events, of which only that was read which was looked at.
    plan: Plan,
    /// The events, in the order in which they were recorded; empty where there was nothing to record.
    pub events: Vec<Event>,
    /// The newest commit.
    pub tip: ObjectId,
}

/// Why nothing was appended.
#[derive(Debug, thiserror::Error)]
pub enum AppendError<E> {
    /// The caller decided against it when it saw the plan.
    #[error(transparent)]
    Refused(E),
    /// The repository did not take it.
    #[error(transparent)]
    Store(#[from] Error),
}

impl Appended {
    /// What an append did that is long past.
    #[must_use]
    pub fn earlier(history: History, events: Vec<Event>) -> Self {
        Self { plan: history.plan, events, tip: history.tip }
    }

    /// Looks at the plan with the events. Only what is looked at is read; `look` may run twice, and what it says the
    /// second time counts.
    ///
    /// # Errors
    /// Where the plan has to be read anew, and cannot be.
    pub fn look<R>(&self, repository: &Repository, mut look: impl FnMut(&Plan) -> R) -> Result<R> {
        let seen = look(&self.plan);
        if self.plan.is_whole() {
            return Ok(seen);
        }
        let (anew, _) = repository.load_counting(self.tip, None)?;
        Ok(look(&anew.plan))
    }

    /// The plan with the events, all of it read, and the events.
    ///
    /// # Errors
    /// Where the plan has to be read anew, and cannot be.
    pub fn into_whole(mut self, repository: &Repository) -> Result<(Plan, Vec<Event>)> {
        let plan = match self.plan.fetch_all() {
            true => self.plan,
            false => repository.load_counting(self.tip, None)?.0.plan,
        };
        Ok((plan, self.events))
    }
}

impl<E: From<RecordError>> From<RecordError> for AppendError<E> {
    fn from(error: RecordError) -> Self {
        Self::Refused(error.into())
    }
}

impl Repository {
    /// Appends what `make` records to a plan that exists.
    ///
    /// `make` sees the plan at its tip and may run more than once, each time from the newest tip.
    ///
    /// # Errors
    /// Where `make` refuses, the plan does not exist or is damaged, or the repository does not take the events.
    pub fn append<E>(
        &self,
        slug: &Slug,
        writer: &Writer,
        make: impl FnMut(&mut Batch) -> std::result::Result<(), E>,
    ) -> std::result::Result<Appended, AppendError<E>> {
        self.existing_tip(slug)?;
        self.append_to(slug, writer, make, false)
    }

    /// Begins a plan with what `make` records, which starts with its `plan.created`.
    ///
    /// # Errors
    /// As for [`Repository::append`], and where a plan of this name exists.
    pub fn create<E>(
        &self,
        slug: &Slug,
        writer: &Writer,
        make: impl FnMut(&mut Batch) -> std::result::Result<(), E>,
    ) -> std::result::Result<Appended, AppendError<E>> {
        self.append_to(slug, writer, make, true)
    }

    fn append_to<E>(
        &self,
        slug: &Slug,
        writer: &Writer,
        mut make: impl FnMut(&mut Batch) -> std::result::Result<(), E>,
        anew: bool,
    ) -> std::result::Result<Appended, AppendError<E>> {
        let press = Press::new(self, writer)?;
        let deadline = Instant::now() + PATIENCE;
        let mut trusting = true;
        loop {
            let lock = self.lock_plan(slug, deadline.saturating_duration_since(Instant::now()))?;
            let snapshot = if trusting { self.snapshot(slug) } else { None };
            let before = self.before(slug, &lock, anew, snapshot)?;
            let mut batch = Batch::new(before.plan, writer.by.clone(), writer.at, writer.context.clone());
            let made = make(&mut batch);
            let (mut plan, sealed) = batch.into_parts();
            let subjects = subjects(&plan, &sealed);
            if !plan.is_whole() {
                // What was made of a damaged snapshot, a refusal included, is not to be relied on.
                trusting = false;
                continue;
            }
            made.map_err(AppendError::Refused)?;
            let Some(last) = press.write(subjects, &sealed, before.tip)? else {
                let tip = before.tip.ok_or_else(|| Error::NoSuchPlan { slug: slug.to_string() })?;
                return Ok(Appended { plan, events: Vec::new(), tip });
            };
            let message = last.subject;
            let committer = press.committer.line(writer.at);
            match lock.publish(Expected::from(before.tip), last.commit, &committer, &format!("plan: {message}")) {
                Ok(()) => {}
                Err(Error::RefMoved { .. }) if Instant::now() < deadline => continue,
                Err(e) => return Err(e.into()),
            }
            let events: Vec<Event> = sealed.into_iter().map(|sealed| sealed.event).collect();
            if before.since_snapshot + events.len() >= snapshot::EVERY {
                self.keep_snapshot(slug, last.commit, &mut plan);
            }
            drop(lock);
            self.tidy(&plan, events.len());
            return Ok(Appended { plan, events, tip: last.commit });
        }
    }

    /// The plan as its lock's holder finds it.
    fn before(&self, slug: &Slug, lock: &PlanLock<'_>, anew: bool, snapshot: Option<Snapshot>) -> Result<Before> {
        match (lock.tip()?, anew) {
            (Some(_), true) => Err(Error::PlanExists { slug: slug.to_string() }),
            (None, false) => Err(Error::NoSuchPlan { slug: slug.to_string() }),
            (None, true) => Ok(Before { plan: Plan::replay(&[]), tip: None, since_snapshot: 0 }),
            (Some(tip), false) => {
                let (loaded, replayed) = self.load_counting(tip, snapshot)?;
                if let Some(damage) = loaded.damage.first() {
                    let (slug, commit) = (slug.to_string(), damage.commit);
                    return Err(Error::PlanDamaged { slug, commit, reason: damage.reason.clone() });
                }
                Ok(Before { plan: loaded.plan, tip: Some(tip), since_snapshot: replayed })
            }
        }
    }

    /// Now and then starts what keeps the repository small; never waits for it, and never fails because of it.
    fn tidy(&self, plan: &Plan, appended: usize) {
        let appended = u32::try_from(appended).unwrap_or(u32::MAX);
        let before = plan.count().saturating_sub(appended);
        if before / TIDY_EVERY != plan.count() / TIDY_EVERY {
            let _ = self.maintenance_auto();
            let _ = self.pack_plan_refs();
        }
    }
}

/// What the commits of these events are headed.
fn subjects(plan: &Plan, sealed: &[Sealed]) -> Vec<String> {
    let changes = sealed.iter().map(|sealed| sealed.event.change.as_ref());
    changes.map(|change| change.map_or_else(ToString::to_string, |change| subject(change, plan))).collect()
}

struct Before {
    plan: Plan,
    tip: Option<ObjectId>,
    since_snapshot: usize,
}

/// Makes commits of sealed events.
struct Press<'r> {
    repository: &'r Repository,
    author: Identity,
    committer: Identity,
    signer: Option<crate::sign::Signer>,
    durability: Durability,
}

struct Pressed {
    commit: ObjectId,
    subject: String,
}

impl<'r> Press<'r> {
    fn new(repository: &'r Repository, writer: &Writer) -> Result<Self> {
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
    fn write(&self, subjects: Vec<String>, sealed: &[Sealed], tip: Option<ObjectId>) -> Result<Option<Pressed>> {
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
