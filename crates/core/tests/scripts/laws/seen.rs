//! Who saw whom, from the parents alone.

use std::collections::{BTreeMap, BTreeSet};

use git_plan_core::{Event, EventId, Plan};

/// The events that take effect, with their places in the list.
pub fn valid<'a>(events: &'a [Event], plan: &Plan) -> Vec<(usize, &'a Event)> {
    let inert: BTreeSet<EventId> = plan.inert.iter().map(|event| event.stamp.id).collect();
    events.iter().enumerate().filter(|(_, event)| !inert.contains(&event.id)).collect()
}

/// For each event, itself and its ancestors, as bits.
pub fn below(events: &[Event]) -> Vec<u128> {
    let places: BTreeMap<EventId, usize> = events.iter().enumerate().map(|(at, event)| (event.id, at)).collect();
    let mut below: Vec<u128> = Vec::with_capacity(events.len());
    for (at, event) in events.iter().enumerate() {
        let parents = event.parents.iter().filter_map(|parent| places.get(parent));
        below.push(parents.fold(1 << at, |seen, &parent| seen | below[parent]));
    }
    below
}

pub fn within(events: &[Event], chosen: u128) -> impl Iterator<Item = &Event> {
    events.iter().enumerate().filter(move |(at, _)| chosen >> at & 1 == 1).map(|(_, event)| event)
}
