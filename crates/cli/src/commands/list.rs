//! `git plan list`

use std::collections::BTreeSet;

use git_plan_core::state::Progress;
use git_plan_core::{Slug, text};
use git_plan_store::{Remote, Summary};
use serde_json::{Value, json};

use super::Work;
use crate::args::At;
use crate::exit::Failure;
use crate::ui::{Page, Style};

/// List the plans of this repository
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  git plan list --all
  git plan list --at \"last friday\"")]
pub struct List {
    /// Include archived plans
    #[arg(short, long)]
    all: bool,
    #[command(flatten)]
    at: At,
}

impl List {
    pub fn run(self, work: &mut Work<'_>) -> Result<(), Failure> {
        let point = self.at.point(work.session.now);
        let mut summaries = match point {
            Some(point) => work.session.repo.summaries_at(point)?,
            None => work.session.repo.summaries()?,
        };
        let hidden = summaries.iter().filter(|summary| summary.archived).count();
        summaries.retain(|summary| self.all || !summary.archived);
        let elsewhere = if point.is_some() { Vec::new() } else { elsewhere(work)? };
        if work.ui.json {
            let plans: Vec<Value> = summaries.iter().map(json).collect();
            let only: Vec<Value> = elsewhere
                .iter()
                .map(|(slug, remote)| json!({ "slug": slug.as_str(), "remote": remote.name() }))
                .collect();
            return Ok(work.ui.data("plans", None, [], json!({ "plans": plans, "elsewhere": only }))?);
        }
        if summaries.is_empty() && elsewhere.is_empty() {
            work.ui.say(match hidden {
                _ if point.is_some() => "no plan has such a point",
                0 if !work.session.repo.remotes().is_empty() => {
                    "no plans here yet; `git plan sync` brings those of a remote, `git plan new \"Title\"` makes one"
                }
                0 => "no plans yet; `git plan new \"Title\"` makes one",
                _ => "no active plans; `git plan list --all` shows the archived ones",
            });
            return Ok(());
        }
        let chosen = work.session.plan().ok();
        let width = |of: fn(&Summary) -> &str, most: usize| {
            summaries.iter().map(|summary| text::clipped(of(summary), most).chars().count()).max().unwrap_or(0)
        };
        let far = elsewhere.iter().map(|(slug, _)| slug.as_str().len()).max().unwrap_or(0);
        let (slugs, titles) = (width(|s| s.slug.as_str(), 63).max(far), width(|s| &s.title, 40));
        let mut page = work.ui.page();
        for summary in &summaries {
            page.put(if chosen.as_ref() == Some(&summary.slug) { "* " } else { "  " });
            page.paint(Style::Id, &format!("{:slugs$}", summary.slug.as_str()));
            page.put(&format!("  {:titles$}  ", text::clipped(&summary.title, 40)));
            facts(&mut page, summary, &summary.updated.map(|then| work.ago(then)).unwrap_or_default());
            page.end();
        }
        for (slug, remote) in &elsewhere {
            page.put("  ").paint(Style::Id, &format!("{:slugs$}", slug.as_str()));
            page.paint(Style::Faint, &format!("  only at {remote}; `git plan sync {remote}` brings it")).end();
        }
        work.page();
        Ok(work.ui.show(&page)?)
    }
}

/// The plans that are known of a remote and are not here.
fn elsewhere(work: &Work<'_>) -> Result<Vec<(Slug, Remote)>, Failure> {
    let here: BTreeSet<Slug> = work.session.repo.plans()?.into_iter().collect();
    let mut elsewhere = Vec::new();
    for remote in work.session.repo.remotes() {
        let plans = work.session.repo.remote_plans(&remote)?;
        elsewhere.extend(plans.into_keys().filter(|slug| !here.contains(slug)).map(|slug| (slug, remote.clone())));
    }
    Ok(elsewhere)
}

fn facts(page: &mut Page, summary: &Summary, age: &str) {
    if let Some(damage) = &summary.damaged {
        page.paint(Style::Blocked, &format!("damaged: {damage}"));
        return;
    }
    page.put(&format!("{:18}", bar(summary.steps)));
    let status = if summary.archived { "archived" } else { &summary.status };
    page.put(&format!("  {:10}", text::clipped(if status.is_empty() { "living" } else { status }, 10)));
    page.paint(Style::Faint, &format!("  {age}"));
    match summary.blockers {
        0 => {}
        1 => drop(page.paint(Style::Blocked, "  1 blocker")),
        n => drop(page.paint(Style::Blocked, &format!("  {n} blockers"))),
    }
}

/// How far something is, in ten boxes and in numbers.
pub fn bar(progress: Progress) -> String {
    let Progress { done, total } = progress;
    let full = (done * 10).checked_div(total).unwrap_or(0);
    format!("{}{} {done}/{total}", "■".repeat(full), "□".repeat(10 - full))
}

fn json(summary: &Summary) -> Value {
    let progress = |progress: Progress| json!({ "done": progress.done, "total": progress.total });
    json!({
        "slug": summary.slug.as_str(),
        "title": summary.title,
        "status": summary.status,
        "archived": summary.archived,
        "steps": progress(summary.steps),
        "criteria": progress(summary.criteria),
        "blockers": summary.blockers,
        "current_step": summary.current,
        "updated": summary.updated.map(|at| at.to_string()),
        "damaged": summary.damaged,
    })
}
