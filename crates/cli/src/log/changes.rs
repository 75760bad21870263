//! What each event changed in the view.
//!
//! What may be relied on: the view after an event is that of all events up to it in the log, so the changes of a whole log,
//! one after the other, lead from nothing to the view.

use std::collections::{BTreeMap, BTreeSet};

use git_plan_core::{Event, EventId, diff, state, view};
use git_plan_store::Entry;

/// What an event changed in the view.
#[derive(Debug, Default)]
pub struct Changed {
    /// As a patch; empty where none was asked for.
    pub patch: String,
    /// How many lines it added, and how many it took away.
    pub lines: (usize, usize),
}

/// What these of all events changed.
pub fn changes(all: &[Entry], shown: &BTreeSet<EventId>, with_patch: bool) -> BTreeMap<EventId, Changed> {
    let events: Vec<Event> = all.iter().map(|entry| entry.event.clone()).collect();
    let Some(first) = events.iter().position(|event| shown.contains(&event.id)) else { return BTreeMap::new() };
    let is_shown = |at: usize| events.get(at).is_some_and(|event| shown.contains(&event.id));
    let mut changes = BTreeMap::new();
    let mut before: Option<String> = None;
    state::versions(&events, first, &mut |count, plan| {
        let ends = count > first && is_shown(count - 1);
        let after = (ends || is_shown(count))
            .then(|| if count == 0 { String::new() } else { view::render(plan, plan.layout()) });
        if let (true, Some(before), Some(after)) = (ends, &before, &after) {
            let patch = if with_patch { diff::patch(before, after, ["a/view.md", "b/view.md"]) } else { String::new() };
            changes.insert(events[count - 1].id, Changed { patch, lines: diff::counts(before, after) });
        }
        before = after;
    });
    changes
}
