//! Subjects: one line that tells a person what an event did.
//!
//! A subject is derived, shown in `git log`, and never parsed. It is one line without control characters, at most
//! [`LONGEST`] characters long.

use crate::change::*;
use crate::prelude::*;
use crate::{ItemId, Kind, Parent, Plan, Role, text};

/// The most characters of a subject.
pub const LONGEST: usize = 72;

/// The subject of a change. `plan` is the plan with the change applied, or any later state of it.
#[must_use]
pub fn subject(change: &Change, plan: &Plan) -> String {
    let (what, about) = parts(change, plan);
    text::clipped(&if about.trim().is_empty() { what } else { format!("{what}: {about}") }, LONGEST)
}

fn parts(change: &Change, plan: &Plan) -> (String, String) {
    let named = |what: &str, id: ItemId| (what.to_owned(), name(plan, id));
    let said = |what: &str, about: &str| (what.to_owned(), about.to_owned());
    match change {
        Change::PlanCreated(d) => said("Create plan", &d.title),
        Change::FieldSet(d) => said(&format!("Set {}", d.field), &d.value),
        Change::TagAdded(d) => said("Add tag", &d.tag),
        Change::TagRemoved(d) => said("Remove tag", &d.tag),
        Change::AuthorAdded(d) => said("Add author", &d.author),
        Change::AuthorRemoved(d) => said("Remove author", &d.author),
        Change::SourceAdded(d) => said("Add source", d.title.as_deref().unwrap_or(&d.id)),
        Change::SourceRemoved(d) => said("Remove source", &d.id),
        Change::PlanArchived(_) => said("Archive plan", plan.title()),
        Change::PlanReactivated(_) => said("Reactivate plan", plan.title()),
        Change::SectionAdded(d) => said("Add section", &d.heading),
        Change::SectionRetitled(d) => said(&format!("Retitle {}", place(plan, d.section)), &d.heading),
        Change::ProseSet(d) => said(&format!("Write {}", place(plan, d.of)), &d.text),
        Change::ProseAdded(d) => said("Add prose", &d.text),
        Change::ItemReworded(d) => said(&format!("Reword {}", kind(plan, d.item)), &d.text),
        Change::ItemRespelled(d) => named(&format!("Respell {}", kind(plan, d.item)), d.item),
        Change::ItemMoved(d) => named(&format!("Move {}", kind(plan, d.item)), d.item),
        Change::ItemRemoved(d) => match d.items.first() {
            Some(&first) => named(&format!("Remove {}", kind(plan, first)), first),
            None => said("Remove nothing", ""),
        },
        Change::ItemRestored(d) => named(&format!("Restore {}", kind(plan, d.item)), d.item),
        Change::StepAdded(d) => said("Add step", &d.text),
        Change::StepStarted(d) => named("Start step", d.step),
        Change::StepCompleted(d) => named("Complete step", d.step),
        Change::StepReopened(d) => named("Reopen step", d.step),
        Change::StepDropped(d) => named("Drop step", d.step),
        Change::StepClaimed(d) => named(&format!("Claim step for {}", &*d.owner), d.step),
        Change::StepReleased(d) => named(&format!("Release step from {}", &*d.owner), d.step),
        Change::StepDepended(d) => (format!("Make step wait for {}", name(plan, d.on)), name(plan, d.step)),
        Change::StepUndepended(d) => (format!("Free step of {}", name(plan, d.on)), name(plan, d.step)),
        Change::CriterionAdded(d) => said("Add criterion", &d.text),
        Change::CriterionMet(d) => named("Meet criterion", d.criterion),
        Change::CriterionUnmet(d) => named("Unmeet criterion", d.criterion),
        Change::DecisionRecorded(d) => said("Decide", &d.title),
        Change::DecisionAmended(d) => named("Amend decision", d.decision),
        Change::DecisionAccepted(d) => named("Accept decision", d.decision),
        Change::DecisionWithdrawn(d) => named("Withdraw decision", d.decision),
        Change::DecisionSuperseded(d) => named("Supersede decision", d.decision),
        Change::DiscoveryRecorded(d) => said("Discover", &d.text),
        Change::QuestionAsked(d) => said("Ask", &d.text),
        Change::QuestionAnswered(d) => (format!("Answer {}", name(plan, d.question)), d.answer.as_str().to_owned()),
        Change::QuestionReopened(d) => named("Reopen question", d.question),
        Change::BlockerRaised(d) => said("Raise blocker", &d.text),
        Change::BlockerResolved(d) => named("Resolve blocker", d.blocker),
        Change::BlockerReopened(d) => named("Reopen blocker", d.blocker),
        Change::NoteAdded(d) => said(&format!("Note {}", &*d.label), &d.text),
        Change::ResultAdded(d) => said(&format!("Add {}", result_word(d)), &d.text),
        Change::StoryAdded(d) => said("Add story", &d.i_want),
        Change::StoryRetold(d) => named("Retell story", d.story),
        Change::LinkAdded(d) if d.rel.as_str() == crate::trail::CAUSED_BY && d.to.parse::<ItemId>().is_ok() => {
            let cause = d.to.parse().map(|id| name(plan, id)).unwrap_or_default();
            (format!("Name cause of {}", kind(plan, d.from)), cause)
        }
        Change::LinkAdded(d) => named(&format!("Link {} {}", &*d.rel, &*d.to), d.from),
        Change::LinkRemoved(d) => named(&format!("Unlink {} {}", &*d.rel, &*d.to), d.from),
    }
}

fn result_word(data: &ResultAdded) -> &'static str {
    match data.group {
        crate::ResultGroup::Delivered => "result",
        crate::ResultGroup::Metric => "metric",
        crate::ResultGroup::Lesson => "lesson",
    }
}

fn name(plan: &Plan, id: ItemId) -> String {
    plan.item(id).map_or_else(|| id.short(), |item| item.text().to_owned())
}

fn kind(plan: &Plan, id: ItemId) -> &'static str {
    plan.item(id).map_or("item", |item| item.kind().as_str())
}

fn place(plan: &Plan, parent: Parent) -> String {
    match parent {
        Parent::Standing(Role::Custom) => "notes".to_owned(),
        Parent::Standing(role) => role.as_str().to_owned(),
        Parent::Node(id) => match plan.item(id) {
            Some(item) if item.kind() == Kind::Section => text::clipped(item.text(), 30),
            _ => kind(plan, id).to_owned(),
        },
    }
}
