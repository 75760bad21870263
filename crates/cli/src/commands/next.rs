//! `git plan next`

use git_plan_core::author::find;
use git_plan_core::state::{Detail, Item, Outlined, Worker};
use git_plan_core::text::{clipped, line};
use git_plan_core::{Kind, Plan, Slug, State};
use serde_json::{Value, json};

use super::Work;
use crate::args::At;
use crate::claiming::{self, Wanted};
use crate::exit::{Failure, Status};
use crate::ui::{Page, Style};

/// Show the step to work on, or take it so that nobody else gets it
///
/// Yours first, then what was begun and is nobody's, then the first that waits for nothing. With --claim, takes the next
/// step that nobody holds: of several who ask at once, each gets another one. A claim ends by itself, so that the step
/// of one that was killed is offered again.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  git plan next --json
  git plan next --claim --until 30m
  git plan next --claim --remote origin

Exit status: 4 with --claim where all is done, 6 where what is left is claimed, waits or is blocked")]
pub struct Next {
    /// Take it
    #[arg(long, conflicts_with = "at")]
    claim: bool,
    /// When the claim ends by itself: a time, or how long from now, as `30m`, `2h` [default: plan.lease, or 1h]
    #[arg(long, value_name = "WHEN", requires = "claim")]
    until: Option<String>,
    /// Who takes it [default: $GIT_PLAN_AGENT, or your name]
    #[arg(long = "as", value_name = "OWNER")]
    owner: Option<String>,
    /// Take up again what is claimed under this name already, if anything is
    #[arg(long, requires = "claim")]
    resume: bool,
    /// Claim among all clones: it counts once it has landed at this remote
    #[arg(long, value_name = "REMOTE", requires = "claim")]
    remote: Option<String>,
    #[command(flatten)]
    at: At,
}

impl Next {
    pub fn run(self, work: &mut Work<'_>) -> Result<(), Failure> {
        let owner = self.owner.clone().map_or_else(|| work.session.claimant(), Ok);
        if self.claim {
            return self.take(work, owner?);
        }
        let read = work.read(&self.at)?;
        let plan = &read.plan;
        // Whoever only looks need not say who they are.
        let owner = owner.unwrap_or_default();
        let next = plan.next_for(Worker { name: &owner, now: work.session.now });
        if work.ui.json {
            let data = json!({ "step": next.as_ref().map(|next| json(plan, next)), "waiting": waiting_json(plan) });
            return Ok(work.ui.data("next", Some(read.slug.as_str()), plan.heads(), data)?);
        }
        head(work, &read.slug, plan);
        let mut page = work.ui.page();
        match &next {
            Some(next) => step(&mut page, plan, next),
            None if plan.steps().is_empty() => {
                work.ui.say("this plan has no steps; `git plan step add TEXT…` adds some")
            }
            None => {
                let waiting = waiting(plan);
                let held = plan.workable();
                match (waiting.is_empty(), held.is_empty()) {
                    (true, true) => work.ui.say("nothing is left to be done"),
                    (_, true) => work.ui.say("every open step is blocked or waits for another:"),
                    (_, false) => work.ui.say("every open step is taken, is blocked or waits for another:"),
                }
                for held in held {
                    let owners: Vec<&str> = held.item.owners().iter().map(|owner| owner.name.as_str()).collect();
                    let who = if owners.is_empty() {
                        "in progress".to_owned()
                    } else {
                        format!("taken by {}", owners.join(", "))
                    };
                    page.put(&format!("step {}  ", held.number)).paint(Style::Id, &plan.short(held.item.id()));
                    page.put(&format!("  {}: {}", clipped(held.item.text(), 80), line(&who))).end();
                }
                for (open, why) in waiting {
                    page.put(&format!("step {}  ", open.number)).paint(Style::Id, &plan.short(open.item.id()));
                    page.put(&format!("  {}: {why}", clipped(open.item.text(), 80))).end();
                }
            }
        }
        Ok(work.ui.show(&page)?)
    }

    fn take(self, work: &mut Work<'_>, owner: String) -> Result<(), Failure> {
        let until = claiming::lease(work, self.until.as_deref())?;
        let remote = self.remote.as_deref().map(|name| work.session.repo.remote(Some(name))).transpose()?;
        let slug = work.session.plan()?;
        let wanted = Wanted { owner, until, resume: self.resume, remote };
        let claimed = claiming::claim(work, &slug, &wanted)?;
        let (plan, step_id) = (&claimed.plan, claimed.taken.step);
        work.ui.saw(slug.as_str(), plan.heads());
        let Some(next) = plan.steps().into_iter().find(|step| step.item.id() == step_id) else {
            let message = format!("step {} is gone: somebody removed it just now", step_id.short());
            return Err(Failure::new(Status::Busy, "step-gone", message).hinted("ask again"));
        };
        if work.ui.json {
            let lost: Vec<Value> = claimed
                .lost
                .iter()
                .map(|(id, who)| json!({ "id": id.to_string(), "owner": who, "number": plan.item(*id).and_then(|item| plan.number(item)) }))
                .collect();
            let claim = json!({
                "owner": wanted.owner,
                "until": claimed.taken.until.map(|until| until.to_string()),
                "events": claimed.events.iter().map(ToString::to_string).collect::<Vec<_>>(),
                "remote": wanted.remote.as_ref().map(git_plan_store::Remote::name),
                "lost": lost,
            });
            let data = json!({ "step": json(plan, &next), "waiting": waiting_json(plan), "claim": claim });
            return Ok(work.ui.data("next", Some(slug.as_str()), plan.heads(), data)?);
        }
        head(work, &slug, plan);
        for (id, who) in &claimed.lost {
            let label = plan.item(*id).map(|item| find::label(plan, item)).unwrap_or_else(|| id.short());
            work.ui.say(&format!("{} was quicker to take {label}", line(who)));
        }
        let mut page = work.ui.page();
        step(&mut page, plan, &next);
        Ok(work.ui.show(&page)?)
    }
}

fn head(work: &Work<'_>, slug: &Slug, plan: &Plan) {
    let version = plan.heads().iter().map(git_plan_core::EventId::short).collect::<Vec<_>>().join(" ");
    work.ui.say(&format!("{slug} at {version}"));
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
