//! *No lost edit*, as a reader of the plan sees it.
//!
//! What is asked here is asked of what is shown and of the lists of conflicts and notices alone, not of what the library
//! keeps: nothing that somebody wrote is out of sight unless somebody who had it before their eyes wrote over it.

use std::collections::{BTreeMap, BTreeSet};

use git_plan_core::state::{Conflict, ConflictKind, Detail, Target};
use git_plan_core::{Change, Event, EventId, ItemId, Plan};

use super::writes::{Thing, written};
use super::{below, valid};

/// Under which target and field a conflict about a thing is listed.
pub fn listed(thing: Thing) -> (Target, &'static str) {
    match thing {
        Thing::Field(field) => (Target::Plan, field.as_str()),
        Thing::Prose(role) => (Target::Section(role), "prose"),
        Thing::Heading(role) => (Target::Section(role), "heading"),
        Thing::Text(id) => (Target::Item(id), "text"),
        Thing::Body(id) => (Target::Item(id), "body"),
        Thing::State(id) => (Target::Item(id), "state"),
        Thing::Place(id) => (Target::Item(id), "place"),
        Thing::Answer(id) => (Target::Item(id), "answer"),
        Thing::AsA(id) => (Target::Item(id), "as_a"),
        Thing::SoThat(id) => (Target::Item(id), "so_that"),
    }
}

/// What is shown of a thing; of a place, the event that put the item there.
fn shown(plan: &Plan, thing: Thing) -> Option<String> {
    let item = |id: ItemId| plan.item(id);
    match thing {
        Thing::Field(field) => Some(plan.field(field).to_owned()),
        Thing::Prose(role) => plan.prose(role).map(|prose| prose.value().clone()),
        Thing::Heading(role) => plan.heading(role).map(|heading| heading.value().clone()),
        Thing::Text(id) => item(id).map(|item| item.text().to_owned()),
        Thing::Body(id) => Some(item(id)?.body.as_ref()?.value().clone()),
        Thing::State(id) => item(id)?.state().map(|state| state.to_string()),
        Thing::Place(id) => item(id).map(|item| item.place.slot.to_string()),
        Thing::Answer(id) => match &item(id)?.detail {
            Detail::Question { answer, .. } => Some(answer.value().clone().unwrap_or_default()),
            _ => None,
        },
        Thing::AsA(id) | Thing::SoThat(id) => match (&item(id)?.detail, thing) {
            (Detail::Story { as_a, .. }, Thing::AsA(_)) => Some(as_a.value().clone()),
            (Detail::Story { so_that, .. }, _) => so_that.as_ref().map(|end| end.value().clone()),
            _ => None,
        },
    }
}

/// The item that a thing is of.
fn item_of(thing: Thing) -> Option<ItemId> {
    match listed(thing).0 {
        Target::Item(id) => Some(id),
        _ => None,
    }
}

fn disputes(plan: &Plan) -> Vec<Conflict> {
    plan.conflicts().into_iter().chain(plan.notices()).collect()
}

/// *No lost edit*: each valid write is visible, or was seen by a later write of the same thing, or is a side of a conflict
/// or notice about it; or the whole item is gone, by somebody who saw it or before its eyes.
pub fn nothing_is_lost_from_sight(events: &[Event], plan: &Plan) {
    let saw = below(events);
    let mut sides: BTreeSet<(Target, &str, EventId)> = BTreeSet::new();
    for conflict in disputes(plan) {
        sides.extend(conflict.sides.iter().map(|side| (conflict.target, conflict.field, side.stamp.id)));
    }
    let mut writes: BTreeMap<Thing, BTreeMap<usize, String>> = BTreeMap::new();
    let mut removals: BTreeMap<ItemId, Vec<usize>> = BTreeMap::new();
    for (at, event) in valid(events, plan) {
        for (thing, value) in written(event, plan) {
            writes.entry(thing).or_default().insert(at, value);
        }
        if let Ok(Change::ItemRemoved(removed)) = &event.change {
            let named = removed.items.iter().filter_map(|&id| plan.item(id));
            named.for_each(|item| removals.entry(item.id()).or_default().push(at));
        }
    }
    let sees = |later: usize, earlier: usize| saw[later] >> earlier & 1 == 1;
    for (&thing, told) in &writes {
        let (target, field) = listed(thing);
        let shown = shown(plan, thing);
        for (&at, value) in told {
            let event = &events[at];
            let is_shown = match thing {
                Thing::Place(_) => shown.as_deref() == Some(&event.id.to_string()),
                _ => shown.as_ref() == Some(value),
            };
            let was_seen = told.keys().any(|&later| later != at && sees(later, at));
            let is_side = sides.contains(&(target, field, event.id));
            let gone = item_of(thing).and_then(|id| plan.item(id)).filter(|item| !item.is_visible());
            let removed = gone.and_then(|item| removals.get(&item.id()));
            let is_gone = removed.is_some_and(|by| by.iter().any(|&by| sees(by, at) || sees(at, by)));
            assert!(
                is_shown || was_seen || is_side || is_gone,
                "event {at}, {}, wrote {value:?} to {thing:?}, of which {shown:?} is shown: it is neither seen, nor \
                 written over, nor a side of a conflict",
                event.type_name
            );
        }
    }
    for item in plan.items().filter(|item| !item.is_visible()) {
        assert!(removals.contains_key(&item.id()), "the {} {:?} is gone by somebody's hand", item.kind(), item.id());
    }
}

/// A conflict is a real one: its sides are events that took effect, in order, at least two; sides of one value neither
/// saw each other, and they differ.
pub fn disputes_are_real(events: &[Event], plan: &Plan) {
    let saw = below(events);
    let places: BTreeMap<EventId, usize> = valid(events, plan).into_iter().map(|(at, e)| (e.id, at)).collect();
    for conflict in disputes(plan) {
        let (kind, of) = (conflict.kind, (conflict.target, conflict.field));
        let at: Vec<usize> = conflict.sides.iter().filter_map(|side| places.get(&side.stamp.id).copied()).collect();
        assert_eq!(at.len(), conflict.sides.len(), "{kind:?} of {of:?}: its sides took effect");
        assert!(conflict.sides.is_sorted_by_key(|side| side.stamp.seq), "{kind:?} of {of:?}: its sides are in order");
        let concurrent = |&one: &usize, &other: &usize| saw[one] >> other & 1 == 0 && saw[other] >> one & 1 == 0;
        let all =
            |pairs: &[usize]| pairs.iter().enumerate().all(|(n, one)| pairs[..n].iter().all(|o| concurrent(one, o)));
        let has_rival = |one: &usize| at.iter().any(|other| concurrent(one, other));
        use ConflictKind::{Child, Choice, Claim, Cycle, Existence, Key, Reworded, Twin};
        match kind {
            Cycle => {}
            Existence | Claim | Choice | Child | Reworded | Twin | Key => {
                assert!(at.len() > 1 && at.iter().all(has_rival), "{kind:?} of {of:?}: each side has a rival");
            }
            _ => assert!(at.len() > 1 && all(&at), "{kind:?} of {of:?}: no side saw another"),
        }
        let told: BTreeSet<&str> = conflict.sides.iter().map(|side| side.value.as_str()).collect();
        // That there is no answer is told as an answer of nothing is.
        let differ = told.len() > 1 || of.1 == "answer";
        if matches!(kind, ConflictKind::Value | ConflictKind::Text | ConflictKind::Status | ConflictKind::Place) {
            assert!(differ, "{kind:?} of {of:?}: its sides differ");
        }
    }
}
