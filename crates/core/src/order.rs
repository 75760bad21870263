//! The one order of events, for the state and for the log.
//!
//! What may be relied on: an event comes after all its ancestors, whatever the clocks say; the order of two events
//! never changes when others arrive; the work is linear but for one sort, and nothing recurses.
//!
//! How: an event's *effective time* is its own `at`, or one millisecond after the latest effective time among its
//! parents if that is later. Events are sorted by effective time, ties by id. Spec: spec/3-order.md.

use core::ops::Range;

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
    parents: Range<u32>,
}

/// Events in their order.
#[derive(Debug, Clone)]
pub struct Arrangement {
    placed: Vec<Placed>,
    /// The parents of all events, as positions in the order.
    parents: Vec<u32>,
}

impl Arrangement {
    /// The events in their order.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Placed> + ExactSizeIterator {
        self.placed.iter()
    }

    /// The positions of an event's parents; parents below the floor are left out.
    #[must_use]
    pub fn parents(&self, placed: &Placed) -> &[u32] {
        &self.parents[placed.parents.start as usize..placed.parents.end as usize]
    }
}

/// Puts events in order; of events with one id only the first counts.
#[must_use]
pub fn arrange(events: &[Event], floor: Floor) -> Arrangement {
    let mut by_id: Vec<(EventId, u32)> = events.iter().zip(0..).map(|(event, i)| (event.id, i)).collect();
    by_id.sort_unstable();
    by_id.dedup_by_key(|entry| entry.0);
    let find = |id: &EventId| by_id.binary_search_by_key(id, |entry| entry.0).ok().map(|at| by_id[at].1);

    let mut graph = Graph { parents: Vec::with_capacity(events.len()), starts: vec![0] };
    for event in events {
        graph.parents.extend(event.parents.iter().filter_map(find));
        graph.starts.push(graph.parents.len() as u32);
    }
    let times = graph.effective_times(events, floor);

    let mut order: Vec<(i64, EventId, u32)> = by_id.iter().map(|&(id, i)| (times[i as usize], id, i)).collect();
    order.sort_unstable();
    let mut position = vec![0_u32; events.len()];
    for (&(_, _, i), at) in order.iter().zip(0..) {
        position[i as usize] = at;
    }
    let placed = order
        .iter()
        .map(|&(time, _, i)| Placed { index: i as usize, time, parents: graph.range(i as usize) })
        .collect();
    for parent in &mut graph.parents {
        *parent = position[*parent as usize];
    }
    Arrangement { placed, parents: graph.parents }
}

/// Who has which parents, all in one list.
struct Graph {
    parents: Vec<u32>,
    starts: Vec<u32>,
}

impl Graph {
    fn range(&self, event: usize) -> Range<u32> {
        self.starts[event]..self.starts[event + 1]
    }

    fn of(&self, event: usize) -> &[u32] {
        &self.parents[self.starts[event] as usize..self.starts[event + 1] as usize]
    }

    /// Effective times, parents first. Iterative: a chain of any length takes no stack.
    fn effective_times(&self, events: &[Event], floor: Floor) -> Vec<i64> {
        const NONE: u32 = u32::MAX;
        // The edges to the children of an event, as a list threaded through all edges.
        let mut first = vec![NONE; events.len()];
        let mut next = vec![NONE; self.parents.len()];
        let mut child_of = vec![0_u32; self.parents.len()];
        for child in 0..events.len() {
            for edge in self.range(child) {
                let parent = self.parents[edge as usize] as usize;
                child_of[edge as usize] = child as u32;
                next[edge as usize] = core::mem::replace(&mut first[parent], edge);
            }
        }
        let lowest = floor.time.saturating_add(1);
        let mut times: Vec<i64> = events.iter().map(|event| event.at.millis().max(lowest)).collect();
        let mut waiting: Vec<u32> = (0..events.len()).map(|event| self.of(event).len() as u32).collect();
        let mut ready: Vec<u32> = (0..events.len() as u32).filter(|&event| waiting[event as usize] == 0).collect();
        while let Some(event) = ready.pop() {
            let after = times[event as usize].saturating_add(1);
            let mut edge = first[event as usize];
            while edge != NONE {
                let child = child_of[edge as usize] as usize;
                times[child] = times[child].max(after);
                waiting[child] -= 1;
                if waiting[child] == 0 {
                    ready.push(child as u32);
                }
                edge = next[edge as usize];
            }
        }
        times
    }
}
