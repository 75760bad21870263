//! Exports: a plan's history in forms that other tools read.
//!
//! What may be relied on: each form is a pure function of the events, the state that they make and the commits that carry
//! them; the same plan gives the same bytes. Only `jsonl` is the plan itself, whose lines are exactly the events' bytes;
//! every other form is derived, leaves something out, and can be held against `jsonl` by the events' ids.
//!
//! How: one file a form. What goes to JSON is made with `serde_json`; nothing here writes a file. Spec: spec/10-exports.md.

pub mod cloudevents;
pub mod csv;
pub mod intoto;
pub mod jsonl;
pub mod prov;

use serde_json::Value;

use crate::prelude::*;
use crate::{Event, ItemId, Plan, Slug, subject};

/// A plan's history on its way out.
#[derive(Debug)]
pub struct Export<'a> {
    /// The plan's name.
    pub slug: &'a Slug,
    /// The state that the events make.
    pub plan: &'a Plan,
    /// The events in the plan's order.
    pub rows: Vec<Row<'a>>,
}

/// An event with what carries it.
#[derive(Debug)]
pub struct Row<'a> {
    /// The event.
    pub event: &'a Event,
    /// Its canonical bytes.
    pub bytes: &'a [u8],
    /// The commit that carries it, as hex digits.
    pub commit: String,
}

impl Row<'_> {
    /// The event as JSON: the very value that its bytes are.
    fn json(&self) -> Value {
        serde_json::from_slice(self.bytes).unwrap_or_default()
    }
}

/// What an event did, in a line for people.
fn summary(plan: &Plan, event: &Event) -> String {
    match &event.change {
        Ok(change) => subject(change, plan),
        Err(reason) => format!("No effect: {reason}"),
    }
}

/// What an event is about, as a path: `step/ID`, `section/objective`, `field/title`.
fn about(plan: &Plan, event: &Event) -> Option<String> {
    let named = |id: ItemId| format!("{}/{id}", plan.item(id).map_or("item", |item| item.kind().as_str()));
    let change = event.change.as_ref().ok()?;
    if plan.item(event.id).is_some() {
        return Some(named(event.id));
    }
    if let Some(&first) = change.mentions().first() {
        return Some(named(first));
    }
    let data = change.data();
    let word = |member: &str| data.get(member).and_then(Value::as_str).map(str::to_owned);
    let section = || ["of", "section", "under"].into_iter().find_map(word);
    word("field").map(|field| format!("field/{field}")).or_else(|| section().map(|role| format!("section/{role}")))
}

/// Why each event that has no effect has none, by a stable word.
fn inert(plan: &Plan) -> BTreeMap<crate::EventId, &str> {
    plan.inert.iter().map(|event| (event.stamp.id, event.code.as_str())).collect()
}
