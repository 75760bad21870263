//! Traceability: how it came to this can be told, and nothing changed without a word.

use super::finding::{Code, Found};
use super::reading::Reading;
use crate::prelude::*;
use crate::state::{Detail, Stamp, What};
use crate::trail::Subject;
use crate::{Item, ItemId, Kind, State};

pub fn check(reading: &Reading<'_>, found: &mut Found) {
    let explained = explained(reading);
    let noted = reading.noted();
    for step in reading.steps.iter().filter(|step| !step.has_children && step.item.is_ticked()) {
        let item = step.item;
        let Detail::Step(detail) = &item.detail else { continue };
        let told = explained.contains(&item.id()) || noted.contains(&item.id()) || !detail.evidence.is_empty();
        if !told && !was_born_so(item) && !reading.says_more(item) {
            let reason = "it was completed with neither a reason nor evidence";
            let fix = format!("git plan note \"…\" --on {}, and next time git plan step done -m \"…\"", step.number);
            found.add(Code::DoneSilently, Subject::Item(item.id()), reason, fix);
        }
    }
    let Some(begun) = begun(reading) else { return };
    for item in reading.plan.items() {
        match item.kind() {
            Kind::Step => course(reading, item, &explained, found),
            Kind::Criterion => criterion(reading, item, begun, found),
            _ => {}
        }
    }
}

/// The items of which the log has a reason.
fn explained(reading: &Reading<'_>) -> BTreeSet<ItemId> {
    let told = reading.plan.log.iter().filter(|entry| entry.why.is_some() && entry.what != What::Recorded);
    told.map(|entry| entry.item).collect()
}

/// Whether an item got its state when it was added, as from an import: nobody has completed it here.
fn was_born_so(item: &Item) -> bool {
    item.state.as_ref().is_none_or(|state| state.latest().stamp.at == item.added.at)
}

/// When the first step was begun or completed.
fn begun(reading: &Reading<'_>) -> Option<Stamp> {
    let states = reading.plan.items().filter(|item| item.kind() == Kind::Step && !was_born_so(item));
    let states = states.filter_map(|item| item.state.as_ref()).map(|state| state.latest().stamp);
    let log = reading.plan.log.iter().filter(|entry| entry.what == What::Completed).map(|entry| entry.stamp);
    states.chain(log).min()
}

/// A step that was given up, or removed after it had been begun.
fn course(reading: &Reading<'_>, item: &Item, explained: &BTreeSet<ItemId>, found: &mut Found) {
    let (stamp, what) = if item.is_visible() {
        let dropped = item.state.as_ref().filter(|_| item.state() == Some(State::Dropped));
        let Some(state) = dropped.filter(|_| !was_born_so(item)) else { return };
        (state.latest().stamp, "given up")
    } else {
        let begun = !matches!(item.state(), Some(State::Todo)) && !was_born_so(item);
        let Some(stamp) = item.existence.removals().max().filter(|_| begun) else { return };
        (stamp, "removed after it had been begun")
    };
    if !explained.contains(&item.id()) && !reading.is_decided(stamp) {
        let reason = format!("it was {what}, and neither a reason nor a decision says why");
        let fix = "git plan decide \"…\" --because \"…\"";
        found.add(Code::CourseChanged, Subject::Item(item.id()), reason, fix);
    }
}

/// A criterion that says something else than when work began, or is gone.
fn criterion(reading: &Reading<'_>, item: &Item, begun: Stamp, found: &mut Found) {
    let reworded = item.text.latest().stamp;
    let change = if item.is_visible() {
        Some(reworded).filter(|stamp| *stamp != item.added).map(|stamp| (stamp, "reworded"))
    } else {
        item.existence.removals().max().map(|stamp| (stamp, "removed"))
    };
    let Some((stamp, what)) = change.filter(|(stamp, _)| stamp.seq > begun.seq && item.added.seq < begun.seq) else {
        return;
    };
    if !reading.is_decided(stamp) {
        let reason = format!("it was {what} after work had begun, and no decision says why");
        let fix = "git plan decide \"…\" --because \"…\"";
        found.add(Code::CriteriaChanged, Subject::Item(item.id()), reason, fix);
    }
}
