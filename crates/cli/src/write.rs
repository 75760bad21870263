//! Writing: one command's events, recorded once however often the command is tried.
//!
//! What may be relied on: when this returns `Ok`, the events are in the plan. With `--key`, a command that was recorded
//! before is not recorded again: its events are found and shown. A key that was used for something else is refused,
//! because neither of the two would then be what its author meant.

use git_plan_core::author::Refusal;
use git_plan_core::{Batch, Change, Context, Event, EventId, Plan, Slug};
use git_plan_store::{Appended, History, Writer};
use std::collections::{BTreeMap, BTreeSet};

use crate::args::Why;
use crate::exit::{Failure, Status};
use crate::session::Session;

/// What a command wrote.
#[derive(Debug)]
pub struct Written {
    /// The plan's name.
    pub slug: Slug,
    /// The events, and the plan with them.
    pub done: Appended,
    /// Whether they were there already, under the same key.
    pub repeated: bool,
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

impl From<Denied> for Stop {
    fn from(denied: Denied) -> Self {
        match denied {
            Denied::Refused(refusal) => Self::Refused(refusal),
            Denied::Failed(failure) => Self::Failed(failure),
        }
    }
}

/// Records into a plan that exists.
pub fn append(
    session: &Session,
    why: &Why,
    mut make: impl FnMut(&mut Batch) -> Result<(), Denied>,
) -> Result<Written, Failure> {
    let (slug, writer) = (session.plan()?, session.writer(why)?);
    let key = why.key.as_deref();
    let appended = session.repo.append(&slug, &writer, |batch| {
        if key.is_some_and(|key| !batch.plan().keyed(&writer.by, key).is_empty()) {
            return Err(Stop::Repeated);
        }
        Ok(make(batch)?)
    });
    match (appended, key) {
        (Ok(done), _) => Ok(Written { slug, done, repeated: false }),
        (Err(git_plan_store::AppendError::Refused(Stop::Repeated)), Some(key)) => {
            repeated(session, slug, &writer, key, make)
        }
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
    let before = Plan::replay(&below(&history, &first.parents.iter().copied().collect()));
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
    Ok(Written { slug, done: Appended::earlier(history, events), repeated: true })
}

/// These events of a history and all their ancestors, in the plan's order.
pub fn below(history: &History, heads: &BTreeSet<EventId>) -> Vec<Event> {
    let events: BTreeMap<EventId, &Event> =
        history.entries.iter().map(|entry| (entry.event.id, &entry.event)).collect();
    let mut kept: BTreeSet<EventId> = BTreeSet::new();
    let mut ahead: Vec<EventId> = heads.iter().copied().collect();
    while let Some(id) = ahead.pop() {
        if let Some(event) = events.get(&id)
            && kept.insert(id)
        {
            ahead.extend(&event.parents);
        }
    }
    history.entries.iter().filter(|entry| kept.contains(&entry.event.id)).map(|entry| entry.event.clone()).collect()
}
