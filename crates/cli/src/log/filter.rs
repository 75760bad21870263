//! Which events of a log are shown.

use std::collections::BTreeSet;

use git_plan_core::author::find;
use git_plan_core::{Event, EventId, Item, ItemId, Plan, Timestamp};
use git_plan_store::{Entry, Repository};
use serde_json::Value;

use crate::exit::Failure;
use crate::when;

/// What an event must be like to be shown; every condition must hold.
#[derive(Debug, clap::Args)]
pub struct Filter {
    /// Show only events of this type, such as `step.completed`, or of a group of types, such as `step`
    #[arg(long = "type", value_name = "TYPE")]
    of_type: Option<String>,
    /// Show only events that concern this item: a step's number, `question 2` and the like, or an id
    #[arg(long, value_name = "ITEM")]
    item: Option<String>,
    /// Show only events by somebody whose name, address or agent contains this, or that are said to be
    #[arg(long, value_name = "TEXT")]
    actor: Option<String>,
    /// Show only events through an agent whose name, model or run contains this
    #[arg(long, value_name = "TEXT")]
    agent: Option<String>,
    /// Show only events that say this in their texts or reason, in capitals or not
    #[arg(long, value_name = "TEXT")]
    grep: Option<String>,
    /// Show only events that are a side of a conflict that is open
    #[arg(long)]
    conflicts: bool,
    /// Show only events from this time or day on
    #[arg(long, value_name = "TIME")]
    since: Option<String>,
    /// Show only events up to this time or day
    #[arg(long, value_name = "TIME")]
    until: Option<String>,
}

/// The conditions, looked up.
pub struct Wanted {
    of_type: Option<String>,
    item: Option<ItemId>,
    actor: Option<String>,
    agent: Option<String>,
    grep: Option<String>,
    sides: Option<BTreeSet<EventId>>,
    since: Option<Timestamp>,
    until: Option<Timestamp>,
}

impl Filter {
    /// Looks up what the conditions name.
    pub fn wanted(&self, plan: &Plan, repo: &Repository, now: Timestamp) -> Result<Wanted, Failure> {
        let time = |text: Option<&str>, end: bool| -> Result<Option<Timestamp>, Failure> {
            let Some(text) = text else { return Ok(None) };
            match when::point(text, end) {
                Ok(time) => Ok(Some(time)),
                Err(unfit) => repo.time_in_words(text, now)?.ok_or(unfit).map(Some),
            }
        };
        let item = self.item.as_deref().map(|named| find::whatever(plan, named).map(Item::id)).transpose()?;
        let lower = |text: &Option<String>| text.as_ref().map(|text| text.to_lowercase());
        let conflicts = self.conflicts.then(|| plan.conflicts());
        let sides = |conflicts: Vec<git_plan_core::state::Conflict>| {
            conflicts.into_iter().flat_map(|conflict| conflict.sides).map(|side| side.stamp.id).collect()
        };
        Ok(Wanted {
            of_type: self.of_type.clone(),
            item,
            actor: lower(&self.actor),
            agent: lower(&self.agent),
            grep: lower(&self.grep),
            sides: conflicts.map(sides),
            since: time(self.since.as_deref(), false)?,
            until: time(self.until.as_deref(), true)?,
        })
    }
}

impl Wanted {
    /// Whether all conditions hold.
    pub fn fits(&self, entry: &Entry) -> bool {
        let event = &entry.event;
        self.of_type.as_ref().is_none_or(|wanted| is_of_type(&event.type_name, wanted))
            && self.item.is_none_or(|item| concerns(event, item))
            && self.actor.as_ref().is_none_or(|actor| is_by(event, actor))
            && self.agent.as_ref().is_none_or(|agent| is_through(event, agent))
            && self.grep.as_ref().is_none_or(|text| says(entry, text))
            && self.sides.as_ref().is_none_or(|sides| sides.contains(&event.id))
            && self.since.is_none_or(|since| event.at >= since)
            && self.until.is_none_or(|until| event.at <= until)
    }
}

fn is_of_type(type_name: &str, wanted: &str) -> bool {
    type_name == wanted || type_name.strip_prefix(wanted).is_some_and(|rest| rest.starts_with('.'))
}

fn concerns(event: &Event, item: ItemId) -> bool {
    event.id == item || event.change.as_ref().is_ok_and(|change| change.mentions().contains(&item))
}

fn has<'a>(mut texts: impl Iterator<Item = &'a str>, wanted: &str) -> bool {
    texts.any(|text| text.to_lowercase().contains(wanted))
}

fn is_by(event: &Event, actor: &str) -> bool {
    let agent = event.context.agent.as_ref().map_or("", |agent| agent.name.as_str());
    let claimed = event.context.attributed.iter().flat_map(|by| [by.name.as_str(), &by.email]);
    has([event.by.name.as_str(), &event.by.email, agent].into_iter().chain(claimed), actor)
}

fn is_through(event: &Event, wanted: &str) -> bool {
    event.context.agent.as_ref().is_some_and(|agent| {
        let more = [&agent.model, &agent.run].into_iter().flatten().map(|text| text.as_str());
        has(std::iter::once(agent.name.as_str()).chain(more), wanted)
    })
}

/// Whether a text of the event's own data, or its reason, says this.
fn says(entry: &Entry, wanted: &str) -> bool {
    let Ok(event) = serde_json::from_slice::<Value>(&entry.bytes) else { return false };
    let mut ahead = vec![&event["data"], &event["why"]];
    while let Some(value) = ahead.pop() {
        match value {
            Value::String(text) if text.to_lowercase().contains(wanted) => return true,
            Value::Array(values) => ahead.extend(values),
            Value::Object(members) => ahead.extend(members.values()),
            _ => {}
        }
    }
    false
}
