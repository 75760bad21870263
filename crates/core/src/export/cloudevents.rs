//! CloudEvents 1.0: one for each event, for pipelines and logs of other systems.
//!
//! What may be relied on: `id` is the event's id and `data` the event itself, so the canonical form (RFC 8785) of `data`
//! hashes to `id`. `source` and `id` together are unique. Spec: spec/10-exports.md, X10 to X12.

use serde_json::{Map, Value, json};

use super::{Export, Row, about, inert};
use crate::prelude::*;

/// The CloudEvents in the plan's order: the members of a JSON batch.
#[must_use]
pub fn events(export: &Export<'_>) -> Vec<Value> {
    let plan = export.plan.id().map_or_else(|| export.slug.to_string(), |id| id.to_string());
    let inert = inert(export.plan);
    let one = |(row, sequence): (&Row<'_>, u64)| {
        let mut event = one(export, row, &plan);
        event.insert("sequence".into(), format!("{sequence:010}").into());
        if let Some(code) = inert.get(&row.event.id) {
            event.insert("plannoeffect".into(), (*code).into());
        }
        Value::Object(event)
    };
    export.rows.iter().zip(1..).map(one).collect()
}

fn one(export: &Export<'_>, row: &Row<'_>, plan: &str) -> Map<String, Value> {
    let event = row.event;
    let mut out = Map::new();
    let mut put = |name: &str, value: Value| drop(out.insert(name.to_owned(), value));
    // A type that cannot be read is still some type.
    let name = if event.type_name.is_empty() { "unknown" } else { &*event.type_name };
    put("specversion", "1.0".into());
    put("id", event.id.to_string().into());
    put("source", format!("urn:git-plan:{plan}").into());
    put("type", format!("dev.git-plan.{name}.v1").into());
    put("time", event.occurred().to_string().into());
    put("recordedtime", event.at.to_string().into());
    put("datacontenttype", "application/json".into());
    if let Some(about) = about(export.plan, event) {
        put("subject", about.into());
    }
    put("correlationid", plan.into());
    if let Some(first) = event.parents.first() {
        put("causationid", first.to_string().into());
    }
    put("authtype", if event.context.agent.is_some() { "service_account" } else { "user" }.into());
    let who = if event.by.email.is_empty() { &event.by.name } else { &event.by.email };
    if !who.is_empty() {
        put("authid", json!(crate::text::line(who)));
    }
    put("plan", export.slug.as_str().into());
    put("plancommit", row.commit.as_str().into());
    put("data", row.json());
    out
}
