//! What a name means to `why`, and what an event is mostly about.

use super::{Subject, subject_of};
use crate::author::{Refusal, find};
use crate::change::*;
use crate::prelude::*;
use crate::state::{Item, Plan};
use crate::text::clipped;
use crate::{Change, Event, Field, Kind};

/// What an event is mostly about: the item that it added, the first that it names, a section, a field, or the plan.
#[must_use]
pub fn about(plan: &Plan, event: &Event) -> Subject {
    if let Some(added) = plan.item(event.id) {
        return Subject::Item(added.id());
    }
    match &event.change {
        Ok(Change::FieldSet(FieldSet { field, .. })) => Subject::Field(*field),
        Ok(Change::ProseSet(ProseSet { of, .. })) => subject_of(plan, *of),
        Ok(Change::SectionRetitled(SectionRetitled { section, .. })) => subject_of(plan, *section),
        Ok(change) => match change.mentions().first() {
            Some(&id) => Subject::Item(plan.item(id).map_or(id, Item::id)),
            None => Subject::Plan,
        },
        Err(_) => Subject::Plan,
    }
}

/// What is named: an item by number or id, removed ones included; a section by role, heading or id; a field of the plan;
/// an event, which means what it is about; an item by the beginning of its text, decisions first.
///
/// # Errors
/// Where nothing or more than one thing goes by the name.
pub fn named(events: &[&Event], plan: &Plan, named: &str) -> Result<Subject, Refusal> {
    let unknown = match find::whatever(plan, named) {
        Ok(item) => return Ok(Subject::Item(item.id())),
        Err(refusal @ Refusal::NotFound { .. }) => refusal,
        Err(refusal) => return Err(refusal),
    };
    match find::section(plan, named) {
        Ok(section) => return Ok(subject_of(plan, section)),
        Err(refusal @ Refusal::Ambiguous { .. }) => return Err(refusal),
        Err(_) => {}
    }
    if named.trim() == "plan" {
        return Ok(Subject::Plan);
    }
    if let Ok(field) = named.trim().parse::<Field>() {
        return Ok(Subject::Field(field));
    }
    let ids: find::Ids = events.iter().map(|event| event.id).collect();
    match ids.matching(named.trim()).as_slice() {
        [] => {}
        [one] => {
            let event = events.iter().find(|event| event.id == *one);
            return event.map(|event| about(plan, event)).ok_or(unknown);
        }
        several => {
            let candidates = several.iter().map(|id| format!("event {}", ids.short(*id))).collect();
            return Err(Refusal::Ambiguous { named: clipped(named, 80), candidates });
        }
    }
    by_text(plan, named).map_err(|several| {
        several.unwrap_or(if named.trim().starts_with(|c: char| c.is_ascii_digit()) {
            unknown
        } else {
            let known = plan.items().filter(|item| item.is_visible()).count();
            Refusal::NotFound { what: "item, section, field or event", named: clipped(named, 80), known }
        })
    })
}

/// The item whose text begins so: a decision rather than anything else, one that is there rather than one that was removed.
fn by_text(plan: &Plan, named: &str) -> Result<Subject, Option<Refusal>> {
    let start = named.trim().to_lowercase();
    if start.chars().count() < 3 {
        return Err(None);
    }
    let worded = |item: &&Item| item.text().trim_start().to_lowercase().starts_with(&start);
    let mut found: Vec<&Item> = plan.items().filter(|item| item.kind() != Kind::Prose).filter(worded).collect();
    for preferred in [|item: &Item| item.is_visible(), |item: &Item| item.kind() == Kind::Decision] {
        if found.iter().any(|item| preferred(item)) {
            found.retain(|item| preferred(item));
        }
    }
    match found.as_slice() {
        [] => Err(None),
        [one] => Ok(Subject::Item(one.id())),
        several => {
            let said = |item: &&Item| format!("{}, {}", find::label(plan, item), clipped(item.text(), 40));
            let candidates = several.iter().map(said).collect();
            Err(Some(Refusal::Ambiguous { named: clipped(named, 80), candidates }))
        }
    }
}
