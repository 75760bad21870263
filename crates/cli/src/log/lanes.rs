//! Which of the shown events come next below each, for the graph.

use std::collections::{BTreeMap, BTreeSet};

use git_plan_core::{Event, EventId};
use git_plan_store::Entry;

/// The events of a log, and which of them are shown.
#[derive(Debug, Default)]
pub struct Lanes {
    parents: BTreeMap<EventId, Vec<EventId>>,
    shown: BTreeSet<EventId>,
}

impl Lanes {
    /// The lanes between some of these events.
    pub fn new(all: &[Entry], shown: &[Entry]) -> Self {
        Self {
            parents: all.iter().map(|entry| (entry.event.id, entry.event.parents.clone())).collect(),
            shown: shown.iter().map(|entry| entry.event.id).collect(),
        }
    }

    /// The nearest ancestors that are shown.
    pub fn below(&self, event: &Event) -> Vec<EventId> {
        let (mut below, mut seen) = (Vec::new(), BTreeSet::new());
        let mut ahead: Vec<EventId> = event.parents.iter().rev().copied().collect();
        while let Some(id) = ahead.pop() {
            match self.parents.get(&id) {
                _ if !seen.insert(id) => {}
                _ if self.shown.contains(&id) => below.push(id),
                Some(parents) => ahead.extend(parents.iter().rev()),
                None => {}
            }
        }
        below
    }
}
