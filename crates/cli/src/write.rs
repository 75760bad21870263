//! Writing: one command's events, recorded once however often the command is tried.
//!
//! What may be relied on: when this returns `Ok`, the events are in the plan. With `--key`, a command that was recorded
//! before is not recorded again: its events are found and shown. A key that was used for something else is refused,
//! because neither of the two would then be what its author meant. With `--base`, the events are computed from the version
//! that is named and joined with what came after it; what is then in conflict that was not before is told.

use std::collections::BTreeMap;

use git_plan_core::author::{Refusal, cause};
use git_plan_core::{Batch, Change, Context, Event, EventId, Plan, Slug};
use git_plan_store::{AppendError, Appended, Joining, Writer};
use serde_json::Value;

use crate::args::Why;
use crate::exit::{Failure, Status};
use crate::session::Session;
use crate::{conflicts, seen};

/// What a command wrote.
#[derive(Debug)]
pub struct Written {
    /// The plan's name.
    pub slug: Slug,
    /// The events, and the plan with them.
    pub done: Appended,
    /// Whether they were there already, under the same key.
    pub repeated: bool,
    /// What is in conflict now that was not before.
    pub conflicts: Vec<Value>,
    /// Whether it was only tried.
    pub dry_run: bool,
    /// The items that were given a name while they were written.
    pub names: BTreeMap<String, EventId>,
    /// What was to be undone and stands, each with the reason.
    pub kept: Vec<String>,
}

impl Written {
    /// What was written into a plan, and nothing special about it.
    pub fn of(slug: Slug, done: Appended) -> Self {
        let (repeated, dry_run) = (false, false);
        Self { slug, done, repeated, conflicts: Vec::new(), dry_run, names: BTreeMap::new(), kept: Vec::new() }
    }
}

/// Why recording stopped.
enum Stop {
    Refused(Refusal),
    Failed(Failure),
    Repeated,
}

impl From<Stop> for Failure {
    fn from(stop: Stop) -> Self {
        match stop {
            Stop::Refused(refusal) => refusal.into(),
            Stop::Failed(failure) => failure,
            Stop::Repeated => Self::new(Status::Busy, "busy", "the plan moved while its history was read; try again"),
        }
    }
}

/// What recording may return: a refusal of the plan, or a failure around it.
pub enum Denied {
    /// The plan does not allow it.
    Refused(Refusal),
    /// Something else went wrong.
    Failed(Failure),
}

impl From<Refusal> for Denied {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<Failure> for Denied {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

impl From<Denied> for Failure {
    fn from(denied: Denied) -> Self {
        Stop::from(denied).into()
    }
}

impl From<Denied> for Stop {
    fn from(denied: Denied) -> Self {
        match denied {
            Denied::Refused(refusal) => Self::Refused(refusal),
            Denied::Failed(failure) => Self::Failed(failure),
        }
    }
}

/// Records what a command does into a batch, with what caused it.
pub fn record(
    batch: &mut Batch,
    why: &Why,
    make: &mut dyn FnMut(&mut Batch) -> Result<(), Denied>,
) -> Result<(), Denied> {
    let (since, causes) = (batch.events().count(), cause::causes(batch.plan(), &why.caused_by)?);
    if !causes.is_empty() {
        batch.group();
    }
    make(batch)?;
    Ok(cause::link(batch, since, &causes)?)
}

/// Records into a plan that exists.
pub fn append(
    session: &Session,
    why: &Why,
    mut make: impl FnMut(&mut Batch) -> Result<(), Denied>,
) -> Result<Written, Failure> {
    let (slug, writer) = (session.plan()?, session.writer(&why.reason)?);
    let (base, key) = (session.base(&slug, &why.seen)?, why.reason.key.as_deref());
    let mut make = |batch: &mut Batch| record(batch, why, &mut make);
    let repeats = |plan: &Plan| key.is_some_and(|key| !plan.keyed(&writer.by, key).is_empty());
    let mut record = |batch: &mut Batch| {
        if repeats(batch.plan()) {
            return Err(Stop::Repeated);
        }
        seen::unmoved(batch.plan(), &why.seen).map_err(Stop::Failed)?;
        Ok(make(batch)?)
    };
    let mut conflicts = Vec::new();
    let agree = |sides: &Joining<'_>| {
        conflicts = conflicts::arisen(sides);
        if repeats(sides.tip) { Err(Stop::Repeated) } else { Ok(()) }
    };
    let appended = match &base {
        None => session.repo.append(&slug, &writer, &mut record),
        Some(base) => session.repo.append_at(&slug, &writer, base, &mut record, agree),
    };
    match (appended, key) {
        (Ok(done), _) => Ok(Written { conflicts, dry_run: why.reason.dry_run, ..Written::of(slug, done) }),
        (Err(AppendError::Refused(Stop::Repeated)), Some(key)) => repeated(session, slug, &writer, key, make),
        (Err(error), _) => Err(error.into()),
    }
}

/// Finds what was recorded under a key, and holds it against what this command would have recorded then.
pub fn repeated(
    session: &Session,
    slug: Slug,
    writer: &Writer,
    key: &str,
    mut make: impl FnMut(&mut Batch) -> Result<(), Denied>,
) -> Result<Written, Failure> {
    let history = session.repo.history(&slug, None)?;
    let keyed =
        |event: &&Event| event.by == writer.by && event.context.key.as_ref().is_some_and(|other| other.as_str() == key);
    let recorded: Vec<&Event> = history.entries.iter().map(|entry| &entry.event).filter(keyed).collect();
    let Some(first) = recorded.first() else { return Err(Stop::Repeated.into()) };
    // As it was then: the same plan, time and words around it make the same events, ids included.
    let before = Plan::replay(&history.below(&first.parents.iter().copied().collect()));
    let context = Context { batch: None, undoes: None, ..(*first.context).clone() };
    let mut batch = Batch::new(before, writer.by.clone(), first.at, context);
    let again = make(&mut batch);
    let changes = |events: &mut dyn Iterator<Item = &Event>| -> Vec<Option<Change>> {
        events.map(|event| event.change.clone().ok()).collect()
    };
    let same = again.is_ok() && changes(&mut batch.events()) == changes(&mut recorded.iter().copied());
    if !same {
        let message = format!("the key {key:?} was used for something else");
        return Err(Failure::new(Status::Refused, "key-reused", message).hinted("use a new key for each command"));
    }
    let events = recorded.into_iter().cloned().collect();
    Ok(Written { repeated: true, ..Written::of(slug, Appended::earlier(history, events)) })
}
