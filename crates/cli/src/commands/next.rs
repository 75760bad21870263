//! `git plan next`

use git_plan_core::author::find;
use git_plan_core::state::{Detail, Item, Outlined};
use git_plan_core::text::{clipped, line};
use git_plan_core::{Kind, Plan, State};
use serde_json::{Value, json};

use super::Work;
use crate::args::At;
use crate::exit::Failure;
use crate::ui::{Page, Style};

/// Show the step to work on: the current one, or the first that can be taken
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:
  git plan next --json")]
pub struct Next {
    #[command(flatten)]
    at: At,
}

impl Next {
    pub fn run(self, work: &mut Work<'_>) -> Result<(), Failure> {
        let read = work.read(&self.at)?;
        let plan = &read.plan;
        let next = plan.next_step();
        if work.ui.json {
            let data = json!({ "step": next.as_ref().map(|next| json(plan, next)), "waiting": waiting_json(plan) });
            return Ok(work.ui.data("next", Some(read.slug.as_str()), plan.heads(), data)?);
        }
        let version = plan.heads().iter().map(git_plan_core::EventId::short).collect::<Vec<_>>().join(" ");
        work.ui.say(&format!("{} at {version}", read.slug));
        let mut page = work.ui.page();
        match &next {
            Some(next) => step(&mut page, plan, next),
            None if plan.steps().is_empty() => {
                work.ui.say("this plan has no steps; `git plan step add TEXT…` adds some")
            }
            None if waiting(plan).is_empty() => work.ui.say("nothing is left to be done"),
            None => {
                work.ui.say("every open step is blocked or waits for another:");
                for (open, why) in waiting(plan) {
                    page.put(&format!("step {}  ", open.number)).paint(Style::Id, &plan.short(open.item.id()));
                    page.put(&format!("  {}: {why}", clipped(open.item.text(), 80))).end();
                }
            }
        }
        Ok(work.ui.show(&page)?)
    }
}

fn step(page: &mut Page, plan: &Plan, next: &Outlined<'_>) {
    let item = next.item;
    page.paint(Style::Id, &plan.short(item.id())).put(&format!("  step {}", next.number));
    page.paint(Style::Doing, if item.is_doing() { " (in progress)" } else { "" });
    page.put(&format!(": {}", line(item.text()))).end();
    if let Some(body) = item.body() {
        page.block("    ", body);
    }
    if let Detail::Step(detail) = &item.detail {
        for owner in detail.owners.by_age() {
            let until = owner.until.map(|until| format!(" until {until}")).unwrap_or_default();
            page.put(&format!("    claimed by {}{until}", line(&owner.name))).end();
        }
        for on in detail.depends.by_age().into_iter().filter_map(|&id| plan.item(id)) {
            page.put(&format!("    after {}: {}", find::label(plan, on), clipped(on.text(), 80))).end();
        }
    }
    for blocker in plan.blockers_of(item.id()) {
        page.put("    ").paint(Style::Blocked, &format!("blocked: {}", clipped(blocker.text(), 100))).end();
    }
    for decision in standing(plan) {
        page.put(&format!("    {}: {}", find::label(plan, decision), clipped(decision.text(), 80))).end();
    }
}

/// The decisions to keep to.
fn standing(plan: &Plan) -> impl Iterator<Item = &Item> {
    plan.items_of(Kind::Decision).filter(|item| {
        let superseded = matches!(&item.detail, Detail::Decision(detail) if !detail.superseded_by.is_empty());
        !superseded && item.state() == Some(State::Accepted)
    })
}

/// The open steps that nothing can be done about, each with the reason.
fn waiting(plan: &Plan) -> Vec<(Outlined<'_>, String)> {
    let mut waiting = Vec::new();
    for step in plan.steps().into_iter().filter(|step| step.item.state() == Some(State::Todo)) {
        let blockers = plan.blockers_of(step.item.id()).into_iter().map(|blocker| clipped(blocker.text(), 60));
        let awaited =
            plan.waits_for(step.item).into_iter().map(|other| format!("waits for {}", find::label(plan, other)));
        let reasons: Vec<String> = blockers.chain(awaited).collect();
        if !reasons.is_empty() {
            waiting.push((step, reasons.join("; ")));
        }
    }
    waiting
}

fn waiting_json(plan: &Plan) -> Vec<Value> {
    let step = |(step, why): (Outlined<'_>, String)| json!({ "id": step.item.id().to_string(), "number": step.number, "text": step.item.text(), "why": why });
    waiting(plan).into_iter().map(step).collect()
}

fn json(plan: &Plan, next: &Outlined<'_>) -> Value {
    let item = next.item;
    let brief = |item: &Item| json!({ "id": item.id().to_string(), "text": item.text() });
    let (owners, depends) = match &item.detail {
        Detail::Step(step) => {
            let owners: Vec<Value> = step
                .owners
                .by_age()
                .into_iter()
                .map(|owner| json!({ "name": owner.name, "until": owner.until.map(|until| until.to_string()) }))
                .collect();
            let on = step.depends.by_age().into_iter().filter_map(|&id| plan.item(id));
            (owners, on.map(brief).collect())
        }
        _ => (Vec::new(), Vec::new()),
    };
    json!({
        "id": item.id().to_string(),
        "number": next.number,
        "text": item.text(),
        "body": item.body(),
        "state": item.state().map(State::as_str),
        "owners": owners,
        "depends": depends,
        "blockers": plan.blockers_of(item.id()).into_iter().map(brief).collect::<Vec<_>>(),
        "decisions": standing(plan).map(brief).collect::<Vec<_>>(),
    })
}
