//! Appending: the one way in which a plan changes.
//!
//! What may be relied on: when an append returns `Ok`, its events are in the ref, in one move of it, and on the disk
//! as durably as `plan.fsync` asks; when it returns an error, the ref is as it was. Events are computed from the tip
//! that they follow: if another program moves the ref first, they are computed anew from the new tip. Events of an author
//! who names the version that was seen are computed from that version, and joined with the tip (`fork.rs`). A plan with
//! damage is not written to.
//!
//! The order: lock the plan, read the tip, apply in memory, write the commits, compare-and-swap the ref, let go.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use git_plan_core::event::Sealed;
use git_plan_core::{Actor, Batch, Context, Event, EventId, Plan, RecordError, Slug, Timestamp, subject};
use gix::hash::ObjectId;

use crate::error::{Error, Result};
use crate::fork::{Fork, Joining};
use crate::load::History;
use crate::press::{Press, Pressed};
use crate::refs::{Expected, PlanLock};
use crate::repository::Repository;
use crate::snapshot::{self, Snapshot};

/// How long a writer waits for its turn.
const PATIENCE: Duration = Duration::from_secs(30);
/// Every how many events a plan's repository is tidied, in the background.
const TIDY_EVERY: u32 = 200;

/// Who writes, when, and what is said in every event.
#[derive(Debug, Clone)]
pub struct Writer {
    /// The author.
    pub by: Actor,
    /// The time.
    pub at: Timestamp,
    /// What goes into every event.
    pub context: Context,
    /// Whether it is only tried: everything is done but writing.
    pub rehearse: bool,
}

/// What an append did.
#[derive(Debug)]
pub struct Appended {
    /// The plan with the events, of which only that was read which was looked at.
    plan: Plan,
    /// The events, in the order in which they were recorded; empty where there was nothing to record.
    pub events: Vec<Event>,
    /// The newest commit; of what was only tried, the one that it would follow, or none of all.
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
        self.append_to(slug, writer, &Start::Tip, make, |_| Ok(()))
    }

    /// Appends what `make` records to a plan as it was when these events were its heads, and joins it with what has been
    /// written since.
    ///
    /// `make` sees the plan as it was then. Where there is something to join, `agree` sees both sides and the whole, and
    /// may still refuse; then nothing is written. Where the base is the tip, this is an append like any other.
    ///
    /// # Errors
    /// As for [`Repository::append`], and where the plan has no such events, or `agree` refuses.
    pub fn append_at<E>(
        &self,
        slug: &Slug,
        writer: &Writer,
        base: &BTreeSet<EventId>,
        make: impl FnMut(&mut Batch) -> std::result::Result<(), E>,
        agree: impl FnMut(&Joining<'_>) -> std::result::Result<(), E>,
    ) -> std::result::Result<Appended, AppendError<E>> {
        self.existing_tip(slug)?;
        self.append_to(slug, writer, &Start::Base(base), make, agree)
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
        self.append_to(slug, writer, &Start::Anew, make, |_| Ok(()))
    }

    fn append_to<E>(
        &self,
        slug: &Slug,
        writer: &Writer,
        start: &Start<'_>,
        mut make: impl FnMut(&mut Batch) -> std::result::Result<(), E>,
        mut agree: impl FnMut(&Joining<'_>) -> std::result::Result<(), E>,
    ) -> std::result::Result<Appended, AppendError<E>> {
        let press = Press::new(self, writer)?;
        let deadline = Instant::now() + PATIENCE;
        // What is tried is looked at afterwards, and can be read from nowhere.
        let mut trusting = !writer.rehearse;
        loop {
            let lock = self.lock_plan(slug, deadline.saturating_duration_since(Instant::now()))?;
            let snapshot = if trusting { self.snapshot(slug) } else { None };
            let before = self.before(slug, &lock, start, snapshot)?;
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
            if let Some(fork) = &before.fork {
                let joined = fork.joined(&sealed);
                let sides = Joining { tip: &fork.history.plan, own: &plan, joined: &joined, new: &sealed };
                agree(&sides).map_err(AppendError::Refused)?;
                plan = joined;
            }
            if writer.rehearse {
                let tip = before.tip.unwrap_or_else(|| ObjectId::null(self.hash()));
                let events = sealed.into_iter().map(|sealed| sealed.event).collect();
                return Ok(Appended { plan, events, tip });
            }
            let on = before.fork.as_ref().map_or(before.tip, |fork| Some(fork.on));
            let held = before.fork.as_ref().is_some_and(|fork| fork.holds(&sealed));
            let last = if held { None } else { press.write(subjects, &sealed, on)? };
            let events: Vec<Event> = sealed.into_iter().map(|sealed| sealed.event).collect();
            let Some(Pressed { commit, subject }) = last else {
                let tip = before.tip.ok_or_else(|| Error::NoSuchPlan { slug: slug.to_string() })?;
                return Ok(Appended { plan, events, tip });
            };
            let new = match &before.fork {
                Some(fork) => self.join(fork, commit, &plan, press.durability)?,
                None => commit,
            };
            let committer = press.committer.line(writer.at);
            match lock.publish(Expected::from(before.tip), new, &committer, &format!("plan: {subject}")) {
                Ok(()) => {}
                Err(Error::RefMoved { .. }) if Instant::now() < deadline => continue,
                Err(e) => return Err(e.into()),
            }
            if before.since_snapshot + events.len() >= snapshot::EVERY {
                self.keep_snapshot(slug, new, &mut plan);
            }
            drop(lock);
            self.tidy(&plan, events.len());
            return Ok(Appended { plan, events, tip: new });
        }
    }

    /// The plan as its lock's holder finds it.
    fn before(
        &self,
        slug: &Slug,
        lock: &PlanLock<'_>,
        start: &Start<'_>,
        snapshot: Option<Snapshot>,
    ) -> Result<Before> {
        match (lock.tip()?, start) {
            (Some(_), Start::Anew) => Err(Error::PlanExists { slug: slug.to_string() }),
            (None, Start::Tip | Start::Base(_)) => Err(Error::NoSuchPlan { slug: slug.to_string() }),
            (None, Start::Anew) => Ok(Before { plan: Plan::replay(&[]), tip: None, since_snapshot: 0, fork: None }),
            (Some(tip), _) => {
                let (loaded, replayed) = self.load_counting(tip, snapshot)?;
                if let Some(damage) = loaded.damage.first() {
                    let (slug, commit) = (slug.to_string(), damage.commit);
                    return Err(Error::PlanDamaged { slug, commit, reason: damage.reason.clone() });
                }
                if let Start::Base(base) = start
                    && *loaded.plan.heads() != **base
                {
                    let (plan, fork) = self.fork(slug, tip, base)?;
                    return Ok(Before { plan, tip: Some(tip), since_snapshot: 0, fork });
                }
                Ok(Before { plan: loaded.plan, tip: Some(tip), since_snapshot: replayed, fork: None })
            }
        }
    }

    /// Now and then starts what keeps the repository small; never waits for it, and never fails because of it.
    pub(crate) fn tidy(&self, plan: &Plan, appended: usize) {
        let appended = u32::try_from(appended).unwrap_or(u32::MAX);
        let before = plan.count().saturating_sub(appended);
        // Who told git not to tidy up by itself means us too.
        let wanted = !matches!(self.config().boolean("maintenance.auto"), Ok(Some(false)));
        if wanted && before / TIDY_EVERY != plan.count() / TIDY_EVERY {
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

/// Where new events are computed from.
enum Start<'b> {
    /// From nothing: they begin a plan.
    Anew,
    /// From the plan as it is.
    Tip,
    /// From the plan as it was when these were its heads.
    Base(&'b BTreeSet<EventId>),
}

struct Before {
    plan: Plan,
    tip: Option<ObjectId>,
    since_snapshot: usize,
    fork: Option<Fork>,
}
