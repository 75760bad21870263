//! The plan after each of its events, in order.
//!
//! What may be relied on: the plan that is looked at after so many events is the fold of these, which have all their
//! ancestors among them; a line of events is folded once.
//!
//! How: where everything that follows descends from everything so far, the fold goes on from there. Between two such
//! places, where lines lie beside each other, each version is folded from the last one.

use super::Plan;
use crate::prelude::*;
use crate::{Event, EventId};

/// Looks at the plan after each number of events from `first` on. The events are in the plan's order.
pub fn versions(events: &[Event], first: usize, look: &mut dyn FnMut(usize, &Plan)) {
    let settled = settled(events);
    let mut base = Plan::replay(&[]);
    let mut folded = 0;
    if first == 0 {
        look(0, &base);
    }
    for count in 1..=events.len() {
        if settled[count - 1] {
            base.extend(&events[folded..count]);
            folded = count;
            if count >= first {
                look(count, &base);
            }
        } else if count >= first {
            let mut plan = base.clone();
            plan.extend(&events[folded..count]);
            look(count, &plan);
        }
    }
}

/// For each event, whether all up to it have been seen by all after it.
fn settled(events: &[Event]) -> Vec<bool> {
    let at: BTreeMap<EventId, usize> = events.iter().enumerate().map(|(at, event)| (event.id, at)).collect();
    let parents = |event: &Event| -> Vec<usize> { event.parents.iter().filter_map(|id| at.get(id).copied()).collect() };
    // The lowest place that any later event follows.
    let mut lowest = vec![usize::MAX; events.len()];
    for place in (1..events.len()).rev() {
        let own = parents(&events[place]).into_iter().min();
        // An event that follows nothing has seen nothing.
        lowest[place - 1] = lowest[place].min(own.map_or(0, |own| own + 1));
    }
    let mut heads: BTreeSet<usize> = BTreeSet::new();
    let alone = events.iter().enumerate().map(|(place, event)| {
        for parent in parents(event) {
            heads.remove(&parent);
        }
        heads.insert(place);
        heads.len() == 1 && lowest[place] > place
    });
    alone.collect()
}
