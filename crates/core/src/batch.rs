//! Batches: the events of one command, made one after the other and published together or not at all.
//!
//! What may be relied on: each event is applied to the plan in memory before it counts, so a batch never holds an event
//! that its own replay would leave without effect; each event's parents are the heads of the plan as it stood,
//! so later events of the batch may name what earlier ones added.
//!
//! A batch does no I/O. A store publishes it by moving one ref once.

use crate::event::{Actor, Context, Draft, SealError, Sealed};
use crate::prelude::*;
use crate::{Change, Event, EventId, Plan, Tag, Text, Timestamp};

/// Events in the making, on top of a plan.
#[derive(Debug, Clone)]
#[must_use = "a batch is not in the plan until a store publishes it"]
pub struct Batch {
    plan: Plan,
    by: Actor,
    at: Timestamp,
    context: Context,
    sealed: Vec<Sealed>,
}

/// An event that cannot be recorded: it would have no effect.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RecordError {
    /// It has no form that a reader would take.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// The plan as it stands does not allow it.
    #[error("the event would have no effect: it {reason}")]
    NoEffect {
        /// A stable word for the reason.
        code: String,
        /// The reason.
        reason: String,
    },
}

impl Batch {
    /// A batch on top of a plan, by this author at this time. `context` goes into every event.
    pub fn new(plan: Plan, by: Actor, at: Timestamp, context: Context) -> Self {
        Self { plan, by, at, context, sealed: Vec::new() }
    }

    /// The plan with everything recorded so far.
    #[must_use]
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// The author of the events.
    #[must_use]
    pub fn by(&self) -> &Actor {
        &self.by
    }

    /// The time of the events.
    #[must_use]
    pub fn at(&self) -> Timestamp {
        self.at
    }

    /// A batch that goes on from here without the events so far, to be [taken over](Self::take_over) or dropped.
    pub(crate) fn trial(&self) -> Self {
        let Self { plan, by, at, context, .. } = self;
        Self { plan: plan.clone(), by: by.clone(), at: *at, context: context.clone(), sealed: Vec::new() }
    }

    /// Goes on from where a trial ended, with its events.
    pub(crate) fn take_over(&mut self, trial: Self) {
        (self.plan, self.context) = (trial.plan, trial.context);
        self.sealed.extend(trial.sealed);
    }

    /// Marks the events to come as one group, which the log folds; where they are in one already, it stays that.
    pub fn group(&mut self) {
        if self.context.batch.is_some() {
            return;
        }
        let mut seed = format!("{} {} {}", self.at, self.by.email, self.by.name);
        self.plan.heads().iter().for_each(|head| seed.push_str(&head.to_string()));
        self.context.batch = Tag::new(EventId::of(seed.as_bytes()).prefix(16)).ok();
    }

    /// Says something else beside the events to come: in an import of several versions, each has its own.
    pub fn say(&mut self, say: impl FnOnce(&mut Context)) {
        say(&mut self.context);
    }

    /// Records with a reason of its own, where there is one; what comes after has that of before again.
    pub fn because<R>(&mut self, why: Option<&Text>, record: impl FnOnce(&mut Self) -> R) -> R {
        let before = self.context.why.clone();
        if why.is_some() {
            self.context.why = why.cloned();
        }
        let done = record(self);
        self.context.why = before;
        done
    }

    /// Records a change, and says the id of its event.
    ///
    /// An event that repeats another one under the same idempotency key is not recorded again: the id is that of the
    /// first one.
    ///
    /// # Errors
    /// Where the event would have no effect; the batch is then as it was before.
    pub fn record(&mut self, change: impl Into<Change>) -> Result<EventId, RecordError> {
        self.record_with(change, |_| {})
    }

    /// The same, saying more beside the change than the batch as a whole does.
    ///
    /// # Errors
    /// As for [`Batch::record`].
    pub fn record_with(
        &mut self,
        change: impl Into<Change>,
        say: impl FnOnce(&mut Context),
    ) -> Result<EventId, RecordError> {
        let mut draft = Draft { change: change.into(), context: self.context.clone() };
        say(&mut draft.context);
        if let Some(key) = &draft.context.key
            && let Some(first) = self.plan.recorded(&self.by, key, &draft.change)
        {
            return Ok(first);
        }
        let sealed = draft.seal(&self.by, self.at, self.plan.heads())?;
        if let Some(rejected) = self.plan.try_extend(&sealed.event) {
            return Err(RecordError::NoEffect { code: rejected.code, reason: rejected.reason });
        }
        let id = sealed.event.id;
        self.sealed.push(sealed);
        Ok(id)
    }

    /// The events recorded so far.
    pub fn events(&self) -> impl Iterator<Item = &Event> {
        self.sealed.iter().map(|sealed| &sealed.event)
    }

    /// Whether nothing was recorded.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.sealed.is_empty()
    }

    /// The plan and the sealed events, for a store to publish.
    #[must_use]
    pub fn into_parts(self) -> (Plan, Vec<Sealed>) {
        (self.plan, self.sealed)
    }
}
