//! `git plan status`

use git_plan_core::state::{Detail, Item, Outlined, Owner};
use git_plan_core::text::{clipped, line};
use git_plan_core::{Field, Kind, Plan, Role, Slug, State};
use git_plan_store::{Exchanged, Remote};
use serde_json::{Value, json};

use super::{Reading, Work, list};
use crate::args::At;
use crate::exchange;
use crate::exit::Failure;
use crate::stand::Stand;
use crate::ui::{Page, Style};

/// Show where a plan stands: what for, how far, what next, what is in the way
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  git plan status
  git plan status --json --at 2026-11-22")]
pub struct Status {
    #[command(flatten)]
    at: At,
}

impl Status {
    pub fn run(self, work: &mut Work<'_>) -> Result<(), Failure> {
        let read = work.read(&self.at)?;
        let file = if self.at.at.is_none() { file(work, &read) } else { None };
        if work.ui.json {
            let mut data = json(&read.plan);
            data["remotes"] =
                shared(work, &read.slug)?.iter().map(|(remote, told)| exchange::json(remote, told)).collect();
            data["file"] = json!(file.map(|(name, stand, _)| json!({ "path": name, "state": stand.word() })));
            return Ok(work.ui.data("status", Some(read.slug.as_str()), read.plan.heads(), data)?);
        }
        let page = page(work, &read, file, self.at.at.is_none())?;
        Ok(work.ui.show(&page)?)
    }
}

/// Where a plan stands, for people.
pub fn page(work: &Work<'_>, read: &Reading, file: Option<(String, Stand, bool)>, now: bool) -> Result<Page, Failure> {
    let mut page = work.ui.page();
    heading(&mut page, read);
    let plan = &read.plan;
    let objective = plan.prose_of(Role::Objective);
    if !objective.is_empty() {
        page.block("  ", &objective).end();
    }
    page.put(&format!("Steps     {}", list::bar(plan.step_progress()))).end();
    if plan.criteria_progress().total > 0 {
        page.put(&format!("Criteria  {}", list::bar(plan.criteria_progress()))).end();
    }
    let taken = in_hand(work, plan);
    match plan.claimable(work.session.now) {
        Some(next) => step(&mut page, plan, "Next", &next),
        None if taken.is_empty() && plan.step_progress().done < plan.step_progress().total => {
            page.put("Next      nothing can be taken; `git plan next` says why").end();
        }
        None => {}
    }
    lines(&mut page, "In hand", &taken);
    let open = |kind| plan.items_of(kind).filter(|item| item.state() == Some(State::Open)).collect::<Vec<_>>();
    items(&mut page, plan, "Blockers", &open(Kind::Blocker));
    items(&mut page, plan, "Questions", &open(Kind::Question));
    let mut decisions: Vec<&Item> = plan.items_of(Kind::Decision).filter(|item| stands(item)).collect();
    let recent = decisions.split_off(decisions.len().saturating_sub(5));
    items(&mut page, plan, "Decisions", &recent);
    if !decisions.is_empty() {
        page.paint(Style::Faint, &format!("  and {} earlier", decisions.len())).end();
    }
    let conflicts = plan.conflicts().len();
    if conflicts > 0 {
        page.paint(Style::Blocked, &format!("Conflicts {conflicts}")).put("; `git plan conflicts` lists them").end();
    }
    page.end();
    for (remote, told) in if now { shared(work, &read.slug)? } else { Vec::new() } {
        page.put("Shared    ").put(&exchange::standing(&remote, &told)).end();
    }
    if let Some((name, stand, known)) = file
        && (stand != Stand::Missing || known)
    {
        page.put(&format!("File      {name} {}", tells(&stand))).end();
    }
    if let Some(last) = plan.last() {
        let by = plan.person(last).map_or("", |person| person.agent.as_deref().unwrap_or(&person.actor.name));
        page.put("Changed   ").put(&format!("{} by {}", work.ago(last.at), line(by))).end();
    }
    Ok(page)
}

/// The steps that somebody is on: who, and since when.
fn in_hand(work: &Work<'_>, plan: &Plan) -> Vec<String> {
    let told = |step: Outlined<'_>| {
        let Detail::Step(detail) = &step.item.detail else { return None };
        let owners: Vec<String> = detail.owners.by_age().into_iter().map(|owner| claim(work, owner)).collect();
        let begun = step.item.state.as_ref().filter(|_| step.item.is_doing()).map(|state| state.latest().stamp);
        if owners.is_empty() && begun.is_none() || step.item.is_ticked() || step.item.state() == Some(State::Dropped) {
            return None;
        }
        let by = begun.map(|stamp| {
            let person = plan.person(stamp);
            let by = person.map_or("", |person| person.agent.as_deref().unwrap_or(&person.actor.name));
            format!("begun {} by {}", work.ago(stamp.at), line(by))
        });
        let who = owners.into_iter().chain(by).collect::<Vec<_>>().join(", ");
        let text = clipped(step.item.text(), 60);
        Some(format!("  {:4}{}  {text} ({who})", step.number, plan.short(step.item.id())))
    };
    plan.steps().into_iter().filter_map(told).collect()
}

fn claim(work: &Work<'_>, owner: &Owner) -> String {
    let name = line(&owner.name);
    match owner.until {
        Some(until) if until < work.session.now => format!("{name}, whose claim ran out {}", work.ago(until)),
        Some(until) => format!("{name} until {}", until.minute()),
        None => name,
    }
}

fn lines(page: &mut Page, heading: &str, lines: &[String]) {
    if lines.is_empty() {
        return;
    }
    page.end().paint(Style::Heading, heading).end();
    for line in lines {
        page.put(line).end();
    }
}

/// How a plan stands to what the remotes had when they were last asked; those that never had it are left out.
fn shared(work: &Work<'_>, slug: &Slug) -> Result<Vec<(Remote, Exchanged)>, Failure> {
    let mut shared = Vec::new();
    for remote in work.session.repo.remotes() {
        let told = work.session.repo.stand_to(&remote, slug)?;
        if told.stand != git_plan_store::Stand::OnlyHere {
            shared.push((remote, told));
        }
    }
    Ok(shared)
}

/// The plan's file, how it stands to the plan, and whether it has been one; none where there is no work tree for it.
pub fn file(work: &Work<'_>, read: &Reading) -> Option<(String, Stand, bool)> {
    let place = work.session.home(&read.slug, &read.plan).ok()?;
    let stand = work.session.stand(&read.slug, &read.plan, &place, false).ok()?;
    let noted = work.session.repo.views().of(&read.slug);
    let known = noted.iter().any(|noted| place.inside.as_ref() == Some(&noted.path));
    Some((place.name(), stand, known))
}

fn tells(stand: &Stand) -> &'static str {
    match stand {
        Stand::Missing => "is missing; `git plan render` writes it",
        Stand::Current => "is up to date",
        Stand::Behind(_) => "is behind; `git plan render` writes it",
        Stand::Edited => "has edits; `git plan absorb` takes them in",
    }
}

fn heading(page: &mut Page, read: &Reading) {
    let plan = &read.plan;
    let status = if plan.is_archived() { "archived" } else { plan.field(Field::Status) };
    let version = plan.heads().iter().map(git_plan_core::EventId::short).collect::<Vec<_>>().join(" ");
    page.paint(Style::Heading, &line(plan.title())).put(&format!(" ({})", read.slug));
    page.put(&format!(", {}", line(if status.is_empty() { "living" } else { status })));
    page.put(", version ").paint(Style::Id, &version).end();
}

fn stands(decision: &Item) -> bool {
    let superseded = matches!(&decision.detail, Detail::Decision(detail) if !detail.superseded_by.is_empty());
    !superseded && decision.state() != Some(State::Withdrawn)
}

fn step(page: &mut Page, plan: &Plan, label: &str, step: &Outlined<'_>) {
    page.put(&format!("{label:10}")).paint(Style::Doing, &format!("step {}", step.number));
    page.put("  ").paint(Style::Id, &plan.short(step.item.id())).put("  ").put(&clipped(step.item.text(), 100)).end();
}

fn items(page: &mut Page, plan: &Plan, label: &str, items: &[&Item]) {
    if items.is_empty() {
        return;
    }
    page.end().paint(Style::Heading, label).end();
    for item in items {
        let number = plan.number(item).unwrap_or_default();
        page.put(&format!("  {number:4}")).paint(Style::Id, &plan.short(item.id())).put("  ");
        page.put(&clipped(item.text(), 100));
        if item.state() == Some(State::Proposed) {
            page.put(" (proposed)");
        }
        page.end();
    }
}

/// What a program that carries out a plan needs to know.
fn json(plan: &Plan) -> Value {
    let whole = plan.to_json();
    let open = |list: &str| -> Vec<Value> {
        let items = whole[list].as_array().into_iter().flatten();
        items.filter(|item| item["state"] == "open").cloned().collect()
    };
    let step = |step: Option<Outlined<'_>>| {
        step.map(|step| {
            json!({
                "id": step.item.id().to_string(),
                "number": step.number,
                "text": step.item.text(),
                "state": step.item.state().map(State::as_str),
            })
        })
    };
    let progress = |progress: git_plan_core::state::Progress| json!({ "done": progress.done, "total": progress.total });
    json!({
        "objective": plan.prose_of(Role::Objective),
        "current_step": step(plan.current_step()),
        "blockers": open("blockers"),
        "decisions": whole["decisions"],
        "title": plan.title(),
        "status": plan.field(Field::Status),
        "archived": plan.is_archived(),
        "next_step": step(plan.next_step()),
        "questions": open("questions"),
        "steps": progress(plan.step_progress()),
        "criteria": progress(plan.criteria_progress()),
        "conflicts": whole["conflicts"],
        "last_event": plan.last().map(|last| json!({ "id": last.id.to_string(), "at": last.at.to_string() })),
    })
}
