//! Currency: the plan says how things are now.

use super::finding::{Code, Found};
use super::reading::Reading;
use crate::prelude::*;
use crate::state::Detail;
use crate::trail::Subject;
use crate::{Field, Item, Kind, Timestamp};

/// The words by which a status says that all was done.
const DONE: [&str; 5] = ["done", "complete", "completed", "finished", "shipped"];

pub fn check(reading: &Reading<'_>, found: &mut Found) {
    nested(reading, found);
    let open = reading.open_steps().count();
    let status = reading.plan.field(Field::Status).trim().to_lowercase();
    if open > 0 && DONE.contains(&status.as_str()) {
        let reason = format!("the status says {status:?}, and {open} steps are open");
        found.add(Code::StatusDisagrees, Subject::Field(Field::Status), reason, "git plan set status living");
    }
    if open == 0 || reading.is_ended() {
        return;
    }
    let days = reading.days_since(reading.plan.updated());
    if days >= reading.days {
        let reason = format!("{open} steps are open, and nothing was recorded for {days} days");
        let fix = "git plan next, or git plan archive where it was given up";
        found.add(Code::Abandoned, Subject::Plan, reason, fix);
        return;
    }
    let spoken = spoken(reading);
    for step in reading.steps.iter().filter(|step| step.item.is_doing() && !step.has_children) {
        let (place, name) = (Subject::Item(step.item.id()), &step.number);
        let last = spoken.get(&step.item.id()).copied().max(last(step.item));
        let days = last.map_or(0, |last| reading.days_since(last));
        let owners = step.item.owners();
        if days >= reading.days {
            let reason = format!("it has been in progress for {days} days in which nothing was said of it");
            let fix = format!("git plan note \"…\" --on {name}, or git plan step done {name}");
            found.add(Code::StepStalled, place, reason, fix);
        } else if !owners.is_empty() && !owners.iter().any(|owner| owner.is_good(reading.now)) {
            let reason = "it is in progress, and every claim on it has run out";
            found.add(Code::ClaimExpired, place, reason, format!("git plan step claim {name}"));
        }
    }
}

/// Steps that stand otherwise than those below them.
fn nested(reading: &Reading<'_>, found: &mut Found) {
    for (at, step) in reading.steps.iter().enumerate().filter(|(_, step)| step.has_children) {
        let below = || reading.steps[at + 1..].iter().take_while(|other| other.depth > step.depth);
        let open = below().filter(|other| Reading::is_open(other.item)).count();
        let (place, name) = (Subject::Item(step.item.id()), &step.number);
        if step.item.is_ticked() && open > 0 {
            let reason = format!("it is done, and {open} of the steps below it are open");
            found.add(Code::DoneTooEarly, place, reason, format!("git plan step reopen {name}"));
        }
        // What has no box of its own in its Markdown only holds others.
        let source = step.item.source.as_ref().map_or("[", |source| source.value().lines().next().unwrap_or("["));
        if Reading::is_open(step.item)
            && source.contains('[')
            && open == 0
            && below().any(|other| other.item.is_ticked())
        {
            let reason = "it is open, and all steps below it are done";
            found.add(Code::DoneBelow, place, reason, format!("git plan step done {name}"));
        }
    }
}

/// When something was last recorded on each item.
fn spoken(reading: &Reading<'_>) -> BTreeMap<crate::ItemId, Timestamp> {
    let mut spoken: BTreeMap<crate::ItemId, Timestamp> = BTreeMap::new();
    for item in reading.plan.items_of(Kind::Note).chain(reading.plan.items_of(Kind::Blocker)) {
        if let Detail::Note { on: Some(on), .. } | Detail::Blocker { on: Some(on), .. } = item.detail {
            let last = spoken.entry(on).or_default();
            *last = (*last).max(item.added.at);
        }
    }
    spoken
}

/// When something was last said by a step itself.
fn last(item: &Item) -> Option<Timestamp> {
    let written = item.text.latest().stamp.at;
    let state = item.state.as_ref().map(|state| state.latest().stamp.at);
    let body = item.body.as_ref().map(|body| body.latest().stamp.at);
    let told = item.unspelled.iter().map(|(stamp, _)| stamp.at).max();
    let Detail::Step(step) = &item.detail else { return Some(written) };
    let claimed = step.owners.entries().flat_map(|(_, adds)| adds).map(|add| add.at).max();
    let linked = item.links.entries().flat_map(|(_, adds)| adds).map(|add| add.at).max();
    [Some(written), state, body, told, claimed, linked].into_iter().flatten().max()
}
