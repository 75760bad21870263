//! The one order of events, for the state and for the log.
//!
//! What may be relied on: an event comes after all its ancestors, whatever the clocks say; the order of two events
//! never changes when others arrive; the work is linear but for one sort, and nothing recurses.
//!
//! How: an event's *effective time* is its own `at`, or one millisecond after the latest effective time among its
//! parents if that is later. Events are sorted by effective time, ties by id. Spec: spec/3-order.md.

use crate::prelude::*;
use crate::{Event, EventId};

/// Where an arrangement of events begins: after nothing, or after a settled past that every one of them has seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Floor {
    /// How many events lie below.
    pub events: u32,
    /// The effective time of the latest of them, in milliseconds since 1970.
    pub time: i64,
}

impl Floor {
    /// Nothing lies below.
    pub const NONE: Self = Self { events: 0, time: i64::MIN };
}

/// One event's place in the order.
#[derive(Debug, Clone)]
pub struct Placed {
    /// Where the event stands in the list that was arranged.
    pub index: usize,
    /// Its effective time, in milliseconds since 1970.
    pub time: i64,
    /// Its parents' positions in the order, counted from the floor; parents below the floor are left out.
    pub parents: Vec<u32>,
}

/// Puts events in order; of events with one id only the first counts.
#[must_use]
pub fn arrange(events: &[Event], floor: Floor) -> Vec<Placed> {
    let mut index: Vec<(EventId, usize)> = events.iter().enumerate().map(|(i, event)| (event.id, i)).collect();
    index.sort();
    index.dedup_by_key(|entry| entry.0);
    let find = |id: &EventId| index.binary_search_by_key(id, |entry| entry.0).ok().map(|at| index[at].1);

    let parents: Vec<Vec<usize>> = events.iter().map(|e| e.parents.iter().filter_map(find).collect()).collect();
    let times = effective_times(events, &parents, floor);

    let mut order: Vec<(i64, EventId, usize)> = index.iter().map(|&(id, i)| (times[i], id, i)).collect();
    order.sort();
    let mut position = vec![0_u32; events.len()];
    for (at, &(_, _, i)) in order.iter().enumerate() {
        position[i] = u32::try_from(at).unwrap_or(u32::MAX);
    }
    let placed = |(time, _, index): (i64, EventId, usize)| {
        let parents = parents[index].iter().map(|&parent| position[parent]).collect();
        Placed { index, time, parents }
    };
    order.into_iter().map(placed).collect()
}

/// Effective times, parents first. Iterative: a chain of any length takes no stack.
fn effective_times(events: &[Event], parents: &[Vec<usize>], floor: Floor) -> Vec<i64> {
    let mut waiting: Vec<usize> = parents.iter().map(Vec::len).collect();
    let mut children: Vec<Vec<usize>> = vec![Vec::new(); events.len()];
    for (child, parents) in parents.iter().enumerate() {
        for &parent in parents {
            children[parent].push(child);
        }
    }
    let mut times: Vec<i64> = events.iter().map(|event| event.at.millis().max(floor.time.saturating_add(1))).collect();
    let mut ready: Vec<usize> = (0..events.len()).filter(|&i| waiting[i] == 0).collect();
    while let Some(event) = ready.pop() {
        for &child in &children[event] {
            times[child] = times[child].max(times[event].saturating_add(1));
            waiting[child] -= 1;
            if waiting[child] == 0 {
                ready.push(child);
            }
        }
    }
    times
}
