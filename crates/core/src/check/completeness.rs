//! Completeness: what belongs to a plan is there, and at its end everything that was opened is closed.

use super::finding::{Code, Found};
use super::reading::Reading;
use crate::prelude::*;
use crate::state::Detail;
use crate::trail::Subject;
use crate::{Item, Kind, Layout, ResultGroup, Role, State};

/// What says in a decision's own wording why it was taken.
const BECAUSE: [&str; 17] = [
    "because",
    "since ",
    "so that",
    ", so ",
    "due to",
    "in order to",
    "to avoid",
    "to allow",
    "to ensure",
    "to keep",
    "to preserve",
    "to prevent",
    "to reduce",
    "instead of",
    "rather than",
    "as it ",
    "as they ",
];

/// A decision of more words than this says more than what was decided.
const WORDS: usize = 30;

pub fn check(reading: &Reading<'_>, found: &mut Found) {
    let plan = reading.plan;
    let has_work = !reading.steps.is_empty()
        || [Role::Steps, Role::Approach, Role::Results].into_iter().any(|role| reading.says(role))
        || reading.is_parted();
    // What was written elsewhere may have its work in its criteria.
    let has_work = has_work || (plan.layout() == Layout::Own && plan.items_of(Kind::Criterion).next().is_some());
    if !has_work && !reading.is_record() && !reading.is_cookbook() {
        found.add(Code::StepsMissing, reading.place(Role::Steps), "there are no steps", "git plan step add \"…\"");
    }
    let has_criteria =
        plan.items_of(Kind::Criterion).next().is_some() || reading.says(Role::Criteria) || reading.is_validated();
    if !has_criteria && !reading.steps.is_empty() {
        let reason = "nothing says how success is told";
        found.add(Code::CriteriaMissing, reading.place(Role::Criteria), reason, "git plan criterion add \"…\"");
    }
    for item in plan.items_of(Kind::Decision).filter(|item| item.state() == Some(State::Accepted)) {
        if !has_reason(reading, item) {
            let fix = format!("git plan decision amend {} \"Reason: …\"", reading.name(item));
            found.add(Code::DecisionWithoutReason, Subject::Item(item.id()), "it does not say why", fix);
        }
    }
    if reading.is_over() {
        closed(reading, found);
        results(reading, found);
    }
}

fn has_reason(reading: &Reading<'_>, item: &Item) -> bool {
    let Detail::Decision(decision) = &item.detail else { return true };
    let told = reading.plan.log.iter().any(|entry| entry.item == item.id() && entry.why.is_some());
    let lower = item.text().to_lowercase();
    decision.reason.is_some()
        || told
        || !decision.amendments.is_empty()
        || !decision.superseded_by.is_empty()
        || reading.says_more(item)
        || BECAUSE.iter().any(|sign| lower.contains(sign))
        || super::words::count(&lower) > WORDS
}

/// What is open at the end.
fn closed(reading: &Reading<'_>, found: &mut Found) {
    for item in reading.plan.items().filter(|item| item.is_visible() && item.state() == Some(State::Open)) {
        let (place, name) = (Subject::Item(item.id()), reading.name(item));
        let done = "all steps are done, and it";
        match item.kind() {
            Kind::Question => {
                let fix = format!("git plan answer {name} \"…\"");
                found.add(Code::QuestionOpen, place, format!("{done} has no answer"), fix);
            }
            Kind::Blocker => {
                let fix = format!("git plan unblock {name} --how \"…\"");
                found.add(Code::BlockerOpen, place, format!("{done} still stands in the way"), fix);
            }
            Kind::Criterion => {
                let fix = format!("git plan criterion met {name} --evidence \"…\"");
                found.add(Code::CriterionUnmet, place, format!("{done} is not met"), fix);
            }
            _ => {}
        }
    }
}

fn results(reading: &Reading<'_>, found: &mut Found) {
    let place = reading.place(Role::Results);
    let results = || reading.plan.items_of(Kind::Result);
    let prose = reading.prose(Role::Results);
    if results().next().is_none() && prose.is_empty() && !reading.says(Role::Results) {
        let reason = "all steps are done, and nothing says what came of them";
        found.add(Code::ResultsMissing, place, reason, "git plan result \"…\"");
        return;
    }
    let is_lesson = |item: &Item| matches!(item.detail, Detail::Result { group: ResultGroup::Lesson });
    if prose.is_empty() && results().next().is_some() && !results().any(is_lesson) {
        let reason = "there are results, and nothing says what was learned";
        found.add(Code::LessonsMissing, place, reason, "git plan result --lesson \"…\"");
    }
}
