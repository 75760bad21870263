//! `git plan show`

use git_plan_core::author::find;
use git_plan_core::text::clipped;
use git_plan_core::{Item, Kind, Layout, Plan, State, bytes, view};

use super::Work;
use crate::args::At;
use crate::exit::Failure;
use crate::ui::{Page, Style};

/// Show a plan as Markdown
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  git plan show
  git plan show --raw > plan.md
  git plan show --at 2026-11-22 --layout cookbook")]
pub struct Show {
    /// Write exactly the view's bytes, whatever the terminal
    #[arg(long)]
    raw: bool,
    /// List the items with their numbers and ids instead
    #[arg(long, conflicts_with_all = ["raw", "layout"])]
    ids: bool,
    /// Write the view in this layout: execplan, cookbook or own [default: the plan's]
    #[arg(long)]
    layout: Option<Layout>,
    #[command(flatten)]
    at: At,
}

impl Show {
    pub fn run(self, work: &mut Work<'_>) -> Result<(), Failure> {
        let read = work.read(&self.at)?;
        if work.ui.json {
            return Ok(work.ui.data("plan", Some(read.slug.as_str()), read.plan.heads(), read.plan.to_json())?);
        }
        let mut page = work.ui.page();
        if self.ids {
            items(&mut page, &read.plan);
        } else {
            let view = view::render(&read.plan, self.layout.unwrap_or(read.plan.layout()));
            if self.raw {
                return Ok(work.ui.raw(&bytes::bytes(&view))?);
            }
            markdown(&mut page, &view);
        }
        work.page();
        Ok(work.ui.show(&page)?)
    }
}

fn markdown(page: &mut Page, view: &str) {
    for line in view.lines() {
        if line.starts_with('#') {
            page.paint(Style::Heading, line);
        } else if line.starts_with("<!-- git-plan") {
            page.paint(Style::Faint, line);
        } else {
            page.put(line);
        }
        page.end();
    }
}

/// The items of a plan, by kind, each with its number, id, state and wording.
fn items(page: &mut Page, plan: &Plan) {
    for &kind in Kind::ALL {
        for outlined in find::listed(plan, kind) {
            item(page, plan, outlined.item, &outlined.number, outlined.depth);
        }
    }
    for criterion in plan.items_of(Kind::Criterion).filter(|criterion| plan.number(criterion).is_none()) {
        item(page, plan, criterion, "", 0);
    }
}

fn item(page: &mut Page, plan: &Plan, item: &Item, number: &str, depth: usize) {
    page.put(&format!("{:11}{number:6}", item.kind().as_str())).paint(Style::Id, &plan.short(item.id())).put("  ");
    let state = format!("{:9}", item.state().map_or("", State::as_str));
    match item.state() {
        Some(_) if item.is_ticked() => page.paint(Style::Done, &state),
        Some(State::Doing) => page.paint(Style::Doing, &state),
        Some(State::Open) if item.kind() == Kind::Blocker => page.paint(Style::Blocked, &state),
        _ => page.put(&state),
    };
    page.put(&"  ".repeat(depth)).put(&clipped(item.text(), 90)).end();
}
