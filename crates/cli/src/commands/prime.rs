//! `git plan prime`

use git_plan_core::Slug;
use git_plan_core::brief::{self, Brief};
use serde_json::json;

use super::Work;
use crate::args::At;
use crate::exit::Failure;
use crate::when;

/// Tell what somebody needs to know who takes the plan up now, in few words
///
/// What is disputed, under way, in the way and next, the newest decisions, and what to type. Made for the beginning of an
/// agent's session; it never takes more tokens than it is given. Where several plans are active and none is chosen, it
/// names them.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  git plan prime
  git plan prime --budget 500 -p dark-mode")]
pub struct Prime {
    /// The most tokens to use, each taken for three bytes
    #[arg(long, value_name = "TOKENS", default_value_t = 1500)]
    budget: usize,
    /// Write it as a hook of an agent's client gives it to the agent (hookSpecificOutput.additionalContext)
    #[arg(long, conflicts_with = "json")]
    hook: bool,
    #[command(flatten)]
    at: At,
}

impl Prime {
    pub fn run(self, work: &mut Work<'_>) -> Result<(), Failure> {
        let active = work.session.repo.active_plans()?;
        if work.session.named.is_none() && work.session.chosen()?.is_none() && active.len() != 1 {
            return self.which(work, &active);
        }
        let read = work.read(&self.at)?;
        let reader = work.session.claimant().ok();
        let now = work.session.now;
        let brief = Brief { slug: &read.slug, now, reader: reader.as_deref(), budget: self.budget };
        let text = brief::write(&read.plan, brief);
        if work.ui.json {
            let data = json!({ "text": text, "budget": self.budget });
            return Ok(work.ui.data("prime", Some(read.slug.as_str()), read.plan.heads(), data)?);
        }
        self.show(work, &text)
    }

    fn show(&self, work: &mut Work<'_>, text: &str) -> Result<(), Failure> {
        if self.hook {
            let output = json!({ "hookEventName": "SessionStart", "additionalContext": text });
            return Ok(work.ui.line(&json!({ "hookSpecificOutput": output }))?);
        }
        let mut page = work.ui.page();
        page.put(text);
        Ok(work.ui.show(&page)?)
    }

    /// Names the plans, where it is not settled which is meant.
    fn which(&self, work: &mut Work<'_>, active: &[Slug]) -> Result<(), Failure> {
        let mut text = match active.len() {
            0 => "There is no active plan here. `git plan new TITLE` begins one, `git plan list --all` shows those put away.\n".to_owned(),
            count => format!("{count} plans are active here; `git plan switch PLAN` chooses one for this branch, `-p PLAN` names one:\n"),
        };
        let mut summaries = work.session.repo.summaries()?;
        summaries.retain(|summary| active.contains(&summary.slug));
        summaries.sort_by_key(|summary| std::cmp::Reverse(summary.updated));
        for (at, summary) in summaries.iter().enumerate() {
            let changed = summary.updated.map(|updated| when::ago(updated, work.session.now)).unwrap_or_default();
            let title = git_plan_core::text::clipped(&summary.title, 80);
            let steps = summary.steps;
            let line = format!(
                "- {}: {title}, {} of {} steps done, changed {changed}\n",
                summary.slug, steps.done, steps.total
            );
            let rest = format!("- and {} more: `git plan list`\n", summaries.len() - at);
            if text.len() + line.len() + rest.len() > self.budget.saturating_mul(brief::TOKEN) {
                text.push_str(&rest);
                break;
            }
            text.push_str(&line);
        }
        if work.ui.json {
            return Ok(work.ui.data("prime", None, [], json!({ "text": text, "budget": self.budget }))?);
        }
        self.show(work, &text)
    }
}
