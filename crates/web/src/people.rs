//! Who did what.

use std::collections::BTreeMap;

use git_plan_core::Timestamp;
use git_plan_core::export::Export;
use git_plan_core::text::line;
use maud::{Markup, html};

#[derive(Default)]
struct Deeds<'a> {
    events: usize,
    first: Option<Timestamp>,
    last: Option<Timestamp>,
    types: BTreeMap<&'a str, usize>,
}

/// A table of those who made events, with the agents that acted for them.
pub fn table(export: &Export<'_>) -> Markup {
    let mut all: BTreeMap<(&str, &str, &str), Deeds<'_>> = BTreeMap::new();
    for event in export.rows.iter().map(|row| row.event) {
        let agent = event.context.agent.as_ref().map_or("", |agent| agent.name.as_str());
        let deeds = all.entry((&event.by.name, &event.by.email, agent)).or_default();
        deeds.events += 1;
        deeds.first = Some(deeds.first.map_or(event.at, |first| first.min(event.at)));
        deeds.last = deeds.last.max(Some(event.at));
        *deeds.types.entry(&event.type_name).or_default() += 1;
    }
    let time = |at: Option<Timestamp>| at.map(|at| at.to_string()).unwrap_or_default();
    html! {
        div .wide { table {
            thead { tr { th { "Who" } th { "Agent" } th .number { "Events" } th { "First" } th { "Last" } th { "What" } } }
            tbody { @for ((name, email, agent), deeds) in &all { tr {
                td { bdi { (line(name)) } @if !email.is_empty() { " " span .meta { "<" bdi { (line(email)) } ">" } } }
                td { bdi { (line(agent)) } }
                td .number { (deeds.events) }
                td { (time(deeds.first)) }
                td { (time(deeds.last)) }
                td .types { @for (at, (name, count)) in deeds.types.iter().enumerate() {
                    @if at > 0 { ", " } (line(name)) " " (count)
                } }
            } } }
        } }
    }
}
