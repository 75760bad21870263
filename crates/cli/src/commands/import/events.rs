//! `git plan import --format jsonl`: an exported plan, rebuilt with the same ids.

use std::collections::BTreeSet;

use git_plan_core::export::jsonl::{self, BadLine, Lines};
use git_plan_core::{Change, EventId, Plan, Slug};
use git_plan_store::Intake;
use serde_json::json;

use super::sources::read;
use super::{Failure, Import, Status, Work};
use crate::choice;
use crate::ui::Style;

/// Takes the events of a file in.
pub(super) fn run(import: &Import, work: &mut Work<'_>) -> Result<(), Failure> {
    let [file] = import.files.as_slice() else {
        return Err(Failure::usage("--format jsonl takes one file, which has the events of one plan"));
    };
    let name = if file.as_os_str() == "-" { "stdin".to_owned() } else { file.display().to_string() };
    let refused = |bad: BadLine| {
        let message = format!("{name}, {bad}; nothing was imported");
        Failure::new(Status::Refused, "invalid-line", message)
            .hinted("export the plan again; each line is an event, byte for byte as `git plan export` wrote it")
    };
    let lines = jsonl::read(&read(file)?).map_err(refused)?;
    let slug = slug(import, &lines, &name)?;
    let there = match work.session.repo.history(&slug, None) {
        Ok(history) => Some(history),
        Err(git_plan_store::Error::NoSuchPlan { .. }) => None,
        Err(e) => return Err(e.into()),
    };
    let known = there.iter().flat_map(|history| history.entries.iter().map(|entry| entry.event.id)).collect();
    if let (Some(history), Some(first)) = (&there, lines.first())
        && history.plan.id() != Some(first.id)
    {
        let message = format!("plan {slug} is another one than that of {name}; nothing was imported");
        return Err(Failure::new(Status::Refused, "plan-exists", message).hinted("--slug gives it another name"));
    }
    lines.check(&known).map_err(|bad| {
        let hint = "take in a whole export, or the events that this one follows first";
        Failure { hint: Some(hint.to_owned()), ..refused(bad) }
    })?;
    let intake = if import.why.dry_run {
        trial(&lines, &known, there.map(|history| history.plan))
    } else {
        work.session.repo.take_events(&slug, &lines.events, work.session.now)?
    };
    say(import, work, &slug, &intake)
}

/// What would be taken in.
fn trial(lines: &Lines, known: &BTreeSet<EventId>, there: Option<Plan>) -> Intake {
    let added = lines.events.iter().filter(|sealed| !known.contains(&sealed.event.id)).count();
    let events: Vec<_> = lines.events.iter().map(|sealed| sealed.event.clone()).collect();
    Intake { added, new: there.is_none(), plan: there.unwrap_or_else(|| Plan::replay(&events)) }
}

/// Which plan the events are of.
fn slug(import: &Import, lines: &Lines, name: &str) -> Result<Slug, Failure> {
    if let Some(given) = &import.slug {
        return choice::slug(given);
    }
    let begun = lines.first().and_then(|event| match &event.change {
        Ok(Change::PlanCreated(created)) => Some(created.slug.clone()),
        _ => None,
    });
    begun.ok_or_else(|| {
        let message =
            format!("{name} has no plan.created that says which plan its events are of; nothing was imported");
        Failure::new(Status::Refused, "no-beginning", message).hinted("--slug names the plan that they are added to")
    })
}

fn say(import: &Import, work: &mut Work<'_>, slug: &Slug, intake: &Intake) -> Result<(), Failure> {
    let Intake { plan, added, new } = intake;
    if work.ui.json {
        let data = json!({
            "id": plan.id().map(|id| id.to_string()), "imported": !import.why.dry_run && *added > 0,
            "events": plan.count(), "added": added, "new": new,
        });
        return Ok(work.ui.data("imported", Some(slug.as_str()), plan.heads(), data)?);
    }
    let mut page = work.ui.page();
    let id = plan.id().map_or_else(String::new, |id| id.short());
    page.paint(Style::Id, &id).put(&format!("  plan {slug}"));
    let would = if import.why.dry_run { "would be " } else { "" };
    let events = if *added == 1 { "event" } else { "events" };
    match (new, added) {
        (true, _) => page.put(&format!(" {would}imported: {added} {events}")),
        (false, 0) => page.put(" has all of these events already: nothing to import"),
        (false, _) => page.put(&format!(": {added} {events} {would}added")),
    };
    page.end();
    Ok(work.ui.show(&page)?)
}
