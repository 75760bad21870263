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

/// The conflicts that a join brings about, as `show --json` has them; the sides that are being written are `own`.
pub fn arisen(joining: &Joining<'_>) -> Vec<Value> {
    let known: BTreeSet<String> = of(joining.tip).iter().chain(&of(joining.own)).map(name).collect();
    let new: BTreeSet<String> = joining.new.iter().map(|sealed| sealed.event.id.to_string()).collect();
    let mut arisen = of(joining.joined);
    arisen.retain(|conflict| !known.contains(&name(conflict)));
    for side in arisen.iter_mut().filter_map(|conflict| conflict["sides"].as_array_mut()).flatten() {
        side["own"] = side["event"].as_str().is_some_and(|id| new.contains(id)).into();
    }
    arisen
}

fn of(plan: &Plan) -> Vec<Value> {
    plan.conflicts().iter().map(|conflict| plan.conflict_json(conflict)).collect()
}

/// What tells a conflict from others: its id is made of what it is about, and of the events that disagree.
fn name(conflict: &Value) -> String {
    conflict["id"].as_str().unwrap_or_default().to_owned()
}

fn sides(conflict: &Value) -> impl Iterator<Item = &Value> {
    conflict["sides"].as_array().into_iter().flatten()
}

/// A conflict in one line: `c-7f3a1b20: the text of step 1 (3f9c2a1): "Uno" (Ada, 5d1f0aa) against "Eins" (Grace,
/// 90c1e77)`. An event that is not written has no id to go by, and so has its conflict.
pub fn line(plan: &Plan, conflict: &Value, written: bool) -> String {
    let word = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let target = word(&conflict["target"]);
    let item = target.parse::<EventId>().ok().and_then(|id| plan.item(id));
    let target = item.map_or(target, |item| find::label(plan, item));
    let side = |side: &Value| {
        if side["own"] == true && !written {
            return format!("{:?} (this edit)", clipped(&word(&side["value"]), 60));
        }
        let by = [&side["agent"], &side["by"]["name"]].map(word).into_iter().find(|name| !name.is_empty());
        let event: String = word(&side["event"]).chars().take(EventId::SHORTEST).collect();
        format!("{:?} ({}, {event})", clipped(&word(&side["value"]), 60), by.unwrap_or_default())
    };
    let sides: Vec<String> = sides(conflict).map(side).collect();
    let id = if written { format!("{}: ", name(conflict)) } else { String::new() };
    format!("{id}the {} of {target}: {}", word(&conflict["field"]).replace('_', " "), sides.join(" against "))
}
