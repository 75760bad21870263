//! The views at every event, as what each event changed.
//!
//! What may be relied on: applying the changes in order to no lines at all gives the view after each event, line by line.

use git_plan_core::export::Export;
use git_plan_core::state::versions;
use git_plan_core::text::neutral;
use git_plan_core::{Event, view};
use serde_json::{Value, json};
use similar::{Algorithm, DiffOp, capture_diff_slices};

/// For each event, a list of changes from the last to the first: at which line, how many lines go, which lines come.
pub fn changes(export: &Export<'_>) -> Vec<Value> {
    let events: Vec<Event> = export.rows.iter().map(|row| row.event.clone()).collect();
    let mut before: Vec<String> = Vec::new();
    let mut out = Vec::with_capacity(events.len());
    versions(&events, 1, &mut |_, plan| {
        let view = view::render(plan, plan.layout());
        let now: Vec<String> = neutral(&view).lines().map(str::to_owned).collect();
        out.push(between(&before, &now));
        before = now;
    });
    out
}

fn between(before: &[String], now: &[String]) -> Value {
    let same = before.iter().zip(now).take_while(|(a, b)| a == b).count();
    let (before, now) = (&before[same..], &now[same..]);
    let ops = capture_diff_slices(Algorithm::Myers, before, now);
    let changed = ops.iter().rev().filter_map(|op| {
        let (old, new) = (op.old_range(), op.new_range());
        let is_change = !matches!(op, DiffOp::Equal { .. });
        is_change.then(|| json!([old.start + same, old.len(), &now[new]]))
    });
    changed.collect()
}
