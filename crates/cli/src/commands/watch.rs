//! `git plan watch`

use std::time::Duration;

use git_plan_core::{Plan, text};
use git_plan_store::{Entry, News};
use serde_json::{Value, json};

use super::{Reading, Work, status};
use crate::exit::{Failure, Status};
use crate::receipt;
use crate::ui::Style;

/// How many events are shown below the status.
const LATEST: usize = 8;

/// Follow a plan: where it stands, as it changes, or each event as it comes
///
/// On a terminal, the status and the latest events are written anew at each change. Elsewhere, and with `--json`, each event is
/// a line as soon as it is there, whoever brought it: other programs here, or a sync. With `--since`, those that came after
/// that version are told first, so that somebody who was away misses none.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  git plan watch
  git plan watch --json --since 9f3c2a1
  git plan watch --json --since 9f3c2a1 -n 1")]
pub struct Watch {
    /// Tell first what came after this version
    #[arg(long, value_name = "EVENT", value_delimiter = ',')]
    since: Vec<String>,
    /// End after this many events
    #[arg(short = 'n', long, value_name = "COUNT")]
    max_count: Option<usize>,
    /// Look this often
    #[arg(long, value_name = "MILLISECONDS", default_value_t = 250)]
    interval: u64,
}

impl Watch {
    pub fn run(self, work: &mut Work<'_>) -> Result<(), Failure> {
        let slug = work.session.plan()?;
        let unknown = || Failure::from(git_plan_store::Error::NoSuchPlan { slug: slug.to_string() });
        let mut seen = work.session.repo.tip(&slug)?.ok_or_else(unknown)?;
        let mut left = self.max_count.unwrap_or(usize::MAX);
        let mut latest = Vec::new();
        if !self.since.is_empty() {
            let base = work.session.version(&slug, &self.since)?;
            let history = work.session.repo.history(&slug, None)?;
            let missed = history.after(&base);
            seen = history.tip;
            tell(work, &history.plan, missed, &mut left, &mut latest)?;
        }
        let live = work.ui.is_live();
        if live {
            redraw(work, &latest)?;
        }
        while left > 0 {
            std::thread::sleep(Duration::from_millis(self.interval));
            if work.session.repo.tip(&slug)? == Some(seen) {
                continue;
            }
            // What came may lie in packs that were not there before, and the clock has moved.
            work.session = work.session.again()?;
            let Some(News { tip, entries }) = work.session.repo.news(&slug, seen)? else { continue };
            seen = tip;
            let plan = work.session.repo.load(&slug, None)?.plan;
            tell(work, &plan, entries.iter().collect(), &mut left, &mut latest)?;
            if live {
                redraw(work, &latest)?;
            }
        }
        Ok(())
    }
}

/// Tells of events, oldest first: as lines, or by keeping them for the page.
fn tell(
    work: &mut Work<'_>,
    plan: &Plan,
    entries: Vec<&Entry>,
    left: &mut usize,
    latest: &mut Vec<String>,
) -> Result<(), Failure> {
    let slug = work.session.plan()?;
    for entry in entries.into_iter().take(*left) {
        *left -= 1;
        if work.ui.json {
            work.ui.data("event", Some(slug.as_str()), plan.heads(), json(plan, entry))?;
            continue;
        }
        let event = &entry.event;
        let by = event.context.agent.as_ref().map_or(event.by.name.as_str(), |agent| &agent.name);
        let line = format!(
            "{}  {}  {} ({})",
            event.at.minute(),
            plan.short(event.id),
            receipt::phrase(plan, event),
            text::line(by)
        );
        if work.ui.is_live() {
            latest.push(line);
            latest.drain(..latest.len().saturating_sub(LATEST));
        } else {
            let mut page = work.ui.page();
            page.put(&line).end();
            work.ui.show(&page)?;
        }
    }
    Ok(())
}

fn json(plan: &Plan, entry: &Entry) -> Value {
    json!({
        "id": entry.event.id.to_string(),
        "commit": entry.commit.to_string(),
        "subject": receipt::phrase(plan, &entry.event),
        "event": serde_json::from_slice::<Value>(&entry.bytes).ok(),
    })
}

/// Writes the status and the latest events in place of what is on the screen.
fn redraw(work: &mut Work<'_>, latest: &[String]) -> Result<(), Failure> {
    let slug = work.session.plan()?;
    let loaded = work.session.repo.load(&slug, None)?;
    if let Some(damage) = loaded.damage.first() {
        let message = format!("plan {slug} is damaged at commit {}: {}", damage.commit, damage.reason);
        return Err(Failure::new(Status::Damaged, "plan-damaged", message));
    }
    let read = Reading { slug, plan: loaded.plan };
    let mut page = status::page(work, &read, status::file(work, &read), true)?;
    if !latest.is_empty() {
        page.end();
    }
    for line in latest {
        page.put(line).end();
    }
    page.end().paint(Style::Faint, "watching; Ctrl-C ends it").end();
    Ok(work.ui.redraw(&page)?)
}
