//! Conflicts that a write brings about, and how they are told.
//!
//! What may be relied on: a conflict is new where neither side of a join had it with the same events. Each is told with
//! all its sides, by whom and in which event.

use std::collections::BTreeSet;

use git_plan_core::author::find;
use git_plan_core::text::clipped;
use git_plan_core::{EventId, Plan};
use git_plan_store::Joining;
use serde_json::Value;

/// The conflicts that a join brings about, as `show --json` has them.
pub fn arisen(sides: &Joining<'_>) -> Vec<Value> {
    let known: BTreeSet<String> = of(sides.tip).iter().chain(&of(sides.own)).map(name).collect();
    of(sides.joined).into_iter().filter(|conflict| !known.contains(&name(conflict))).collect()
}

fn of(plan: &Plan) -> Vec<Value> {
    match plan.to_json()["conflicts"].take() {
        Value::Array(conflicts) => conflicts,
        _ => Vec::new(),
    }
}

/// What tells a conflict from others: what it is about, and the events that disagree.
fn name(conflict: &Value) -> String {
    let mut events: Vec<&str> = sides(conflict).map(|side| side["event"].as_str().unwrap_or_default()).collect();
    events.sort_unstable();
    format!("{} {} {} {}", conflict["kind"], conflict["target"], conflict["field"], events.join(" "))
}

fn sides(conflict: &Value) -> impl Iterator<Item = &Value> {
    conflict["sides"].as_array().into_iter().flatten()
}

/// A conflict in one line: `the text of step 1 (3f9c2a1): "Uno" (Ada, 5d1f0aa) against "Eins" (Grace, 90c1e77)`.
pub fn line(plan: &Plan, conflict: &Value) -> String {
    let word = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let target = word(&conflict["target"]);
    let item = target.parse::<EventId>().ok().and_then(|id| plan.item(id));
    let target = item.map_or(target, |item| find::label(plan, item));
    let side = |side: &Value| {
        let by = [&side["agent"], &side["by"]["name"]].map(word).into_iter().find(|name| !name.is_empty());
        let event: String = word(&side["event"]).chars().take(EventId::SHORTEST).collect();
        format!("{:?} ({}, {event})", clipped(&word(&side["value"]), 60), by.unwrap_or_default())
    };
    let sides: Vec<String> = sides(conflict).map(side).collect();
    format!("the {} of {target}: {}", word(&conflict["field"]), sides.join(" against "))
}
