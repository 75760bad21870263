//! Undo: new events that bring back what was before an event, and name it in `undoes`.
//!
//! What may be relied on: nothing is ever deleted; an undo that would take a later change with it is refused, as is one
//! of an event that is undone already. An undo can itself be undone.
//!
//! How: the state before the event is the fold of its ancestors, and `inverse.rs` says which changes lead from the plan
//! as it stands back to it.

use super::inverse::inverse;
use super::{Refusal, open};
use crate::prelude::*;
use crate::trail::undone;
use crate::{Batch, Change, Event, EventId, Plan};

/// A plan's events, by id and in order, with what was undone.
pub(super) struct Past<'a> {
    events: BTreeMap<EventId, (usize, &'a Event)>,
    /// Each undone event, with the event that undid it.
    undone: BTreeMap<EventId, EventId>,
}

impl<'a> Past<'a> {
    /// `events` are all events of the plan, in its order.
    pub(super) fn new(events: impl DoubleEndedIterator<Item = &'a Event> + Clone) -> Self {
        let undone = undone(events.clone());
        Self { events: events.enumerate().map(|(at, event)| (event.id, (at, event))).collect(), undone }
    }

    pub(super) fn get(&self, id: EventId) -> Option<&'a Event> {
        self.events.get(&id).map(|&(_, event)| event)
    }

    /// What a message calls an event.
    pub(super) fn label(&self, id: EventId) -> String {
        let type_name = self.get(id).map_or("event", |event| &event.type_name);
        format!("{} ({type_name})", id.short())
    }

    /// Whether an event stands: it was not undone, and is not itself an undo.
    fn stands(&self, event: &Event) -> bool {
        event.context.undoes.is_none() && !self.undone.contains_key(&event.id)
    }

    /// The events that stand and that one had not seen, in order: it is not among them.
    pub(super) fn standing_since(&self, event: &Event) -> Vec<&'a Event> {
        let seen = self.ancestors(event);
        let unseen = |&&(_, other): &&(usize, &Event)| other.id != event.id && !seen.contains_key(&other.id);
        let mut since: Vec<_> = self.events.values().filter(unseen).filter(|(_, other)| self.stands(other)).collect();
        since.sort_by_key(|(at, _)| *at);
        since.into_iter().map(|&(_, event)| event).collect()
    }

    /// The state before an event: the fold of its ancestors.
    fn before(&self, event: &Event) -> Plan {
        Plan::replay(&self.ancestors(event).into_values().cloned().collect::<Vec<_>>())
    }

    fn ancestors(&self, event: &Event) -> BTreeMap<EventId, &'a Event> {
        let mut ancestors: BTreeMap<EventId, &'a Event> = BTreeMap::new();
        let mut ahead = event.parents.clone();
        while let Some(id) = ahead.pop() {
            if let Some(event) = self.get(id)
                && ancestors.insert(id, event).is_none()
            {
                ahead.extend(&event.parents);
            }
        }
        ancestors
    }
}

/// What an undo that names nothing takes back: the last event that stands, with the others of its command, last
/// first. `events` are all events of the plan, in its order.
#[must_use]
pub fn undoable(events: &[Event]) -> Vec<EventId> {
    let past = Past::new(events.iter());
    let mut standing = events.iter().rev().filter(|event| past.stands(event) && event.change.is_ok());
    let Some(last) = standing.next() else { return Vec::new() };
    let same = |event: &&Event| event.context.batch.is_some() && event.context.batch == last.context.batch;
    core::iter::once(last).chain(standing.take_while(same)).map(|event| event.id).collect()
}

/// What becomes of what was written since to the same thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Later {
    /// An undo that would lose it is refused.
    #[default]
    Refuse,
    /// It is lost with the rest; the log has it.
    Lose,
    /// It stays, and of several events only the others are undone.
    Keep,
}

/// What an undo did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Undone {
    /// The new events.
    pub ids: Vec<EventId>,
    /// Why others of those to be undone stand: each because of a later change that was to be kept.
    pub kept: Vec<Refusal>,
}

/// Undoes events one after the other.
///
/// `events` are all events of the plan that the batch stands on, in its order.
///
/// # Errors
/// Where an event is not there, cannot be undone, is undone already, or a later change would be lost that is not to be;
/// and where of several none is left to undo.
pub fn undo(batch: &mut Batch, events: &[Event], targets: &[EventId], later: Later) -> Result<Undone, Refusal> {
    let is_one = targets.len() == 1;
    if !is_one {
        batch.group();
    }
    let (mut ids, mut kept) = (Vec::new(), Vec::new());
    for &target in targets {
        let changes = match changes(batch, events, target, later == Later::Lose) {
            Err(refusal @ Refusal::LaterWrite { .. }) if later == Later::Keep => {
                kept.push(refusal);
                continue;
            }
            changes => changes?,
        };
        if is_one && changes.len() > 1 {
            batch.group();
        }
        for change in changes {
            ids.push(batch.record_with(change, |context| context.undoes = Some(target))?);
        }
    }
    if ids.is_empty() && !kept.is_empty() { Err(kept.swap_remove(0)) } else { Ok(Undone { ids, kept }) }
}

/// What undoes an event.
fn changes(batch: &Batch, events: &[Event], target: EventId, force: bool) -> Result<Vec<Change>, Refusal> {
    let past = Past::new(events.iter().chain(batch.events()).collect::<Vec<_>>().into_iter());
    let Some(event) = past.get(target) else {
        return Err(Refusal::NotFound { what: "event", named: target.short(), known: events.len() });
    };
    if !matches!(event.change, Ok(Change::PlanArchived(_))) {
        open(batch)?;
    }
    if let Some(&by) = past.undone.get(&target) {
        return Err(Refusal::Undone { event: past.label(target), by: past.label(by) });
    }
    if batch.plan().inert.iter().any(|inert| inert.stamp.id == target) {
        let (event, reason) = (past.label(target), "it has no effect".to_owned());
        return Err(Refusal::CannotUndo { event, reason, instead: None });
    }
    inverse(event, &past.before(event), batch.plan(), &past, force)
}
