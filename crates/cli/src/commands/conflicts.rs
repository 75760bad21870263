//! `git plan conflicts`

use git_plan_core::author::resolve;
use git_plan_core::state::Conflict;
use git_plan_core::{Plan, view};
use serde_json::{Value, json};

use super::Work;
use crate::args::At;
use crate::exit::{Failure, Status};
use crate::ui::{Page, Style};

/// List what writers disagree about, with all sides
///
/// Ends with 3 where there is anything to decide. `git plan resolve` settles it; so does an edit of the view that takes
/// the block of the conflict out.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  git plan conflicts
  git plan conflicts --all --json")]
pub struct Conflicts {
    /// Show also what needs no decision: merged texts, states that both moved forward, and the like
    #[arg(long)]
    all: bool,
    #[command(flatten)]
    at: At,
}

impl Conflicts {
    pub fn run(self, work: &mut Work<'_>) -> Result<(), Failure> {
        let read = work.read(&self.at)?;
        let (plan, conflicts) = (&read.plan, read.plan.conflicts());
        let notices = if self.all { plan.notices() } else { Vec::new() };
        if work.ui.json {
            let list = |of: &[Conflict]| of.iter().map(|one| json(plan, one)).collect::<Vec<_>>();
            let mut data = json!({ "conflicts": list(&conflicts) });
            if self.all {
                data["notices"] = list(&notices).into();
            }
            work.ui.data("conflicts", Some(read.slug.as_str()), plan.heads(), data)?;
        } else {
            let mut page = work.ui.page();
            for conflict in &conflicts {
                tell(&mut page, plan, conflict, Style::Blocked);
            }
            for notice in &notices {
                tell(&mut page, plan, notice, Style::Faint);
            }
            work.ui.show(&page)?;
        }
        if !conflicts.is_empty() {
            work.ui.say("`git plan resolve ID --take A` takes a side");
            return Err(Failure::answered(Status::Conflict));
        }
        if notices.is_empty() {
            work.ui.say("no conflicts");
        }
        Ok(())
    }
}

/// A conflict as JSON, with what it is about in words and the letters of its sides.
pub fn json(plan: &Plan, conflict: &Conflict) -> Value {
    let mut written = plan.conflict_json(conflict);
    written["about"] = resolve::about(plan, conflict).into();
    let letters = view::sides(plan, conflict).into_iter().map(|side| side.letter);
    if let Some(sides) = written["sides"].as_array_mut() {
        sides.iter_mut().zip(letters).for_each(|(side, letter)| side["side"] = letter.into());
    }
    written
}

/// One conflict with its sides.
pub fn tell(page: &mut Page, plan: &Plan, conflict: &Conflict, style: Style) {
    page.paint(style, &conflict.id()).put("  ").put(&resolve::about(plan, conflict)).put(": ");
    page.put(&view::headline(plan, conflict)).end();
    for side in view::sides(plan, conflict) {
        page.put(&format!("  {}  ", side.letter));
        if !side.value.is_empty() {
            page.put(&side.value).put("  ");
        }
        page.paint(Style::Faint, &format!("({})", side.by)).end();
        for line in &side.changed {
            page.put("       ").put(line).end();
        }
    }
}
