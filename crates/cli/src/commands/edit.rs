//! `git plan edit`

use std::collections::BTreeSet;

use git_plan_core::{EventId, Slug, bytes, view};

use super::{Work, absorb};
use crate::absorbing::{self, Taken};
use crate::args::Reason;
use crate::draft::Draft;
use crate::excerpt;
use crate::exit::{Failure, Status};

/// Edit a plan in the editor that git uses
///
/// The view is opened as a file; what was done to it when the editor is closed becomes events at the version that was
/// opened. Where nothing was changed, or nothing is left, nothing is recorded.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  git plan edit
  git plan edit approach
  git plan edit 2.1 -m \"Says what it is for\"")]
pub struct Edit {
    /// Only this section (a role such as `approach`, or a heading) or this item (a step's number, or an id)
    #[arg(value_name = "SECTION|ITEM")]
    part: Option<String>,
    /// Record the edit even where it disagrees with what was written since: both sides stay
    #[arg(long)]
    join: bool,
    /// Say why, for the log (can be repeated: one paragraph each)
    #[arg(short, long, value_name = "WHY")]
    message: Vec<String>,
}

impl Edit {
    pub fn run(self, work: &mut Work<'_>) -> Result<(), Failure> {
        let slug = work.session.plan()?;
        let loaded = work.session.repo.load(&slug, None)?;
        if let Some(damage) = loaded.damage.first() {
            let message = format!("plan {slug} is damaged at commit {}: {}", damage.commit, damage.reason);
            return Err(Failure::new(Status::Damaged, "plan-damaged", message));
        }
        let (plan, base) = (&loaded.plan, loaded.plan.heads());
        let whole = view::render(plan, plan.layout());
        let range = match &self.part {
            Some(part) => excerpt::find(plan, &whole, part)?,
            None => 0..whole.len(),
        };
        let opened = bytes::bytes(&whole[range.clone()]).into_owned();
        let draft = Draft::new(&work.session, &slug, &opened)?;
        let edited = draft.edit(&work.session)?;
        if edited == opened {
            draft.remove();
            return say_nothing(work, &slug, base, "nothing was changed");
        }
        if edited.trim_ascii().is_empty() {
            draft.remove();
            return Err(Failure::new(Status::Refused, "emptied", "nothing was left of it: the edit was given up")
                .hinted("`git plan step rm` and `git plan archive` take things away"));
        }
        let text = excerpt::put_back(&whole, &range, &bytes::text(&edited));
        let why = Reason { message: self.message.clone(), ..Reason::default() };
        let edit = absorbing::Edit { slug: &slug, base, text: &text, why: &why, join: self.join, trial: false };
        match edit.take(&work.session) {
            Ok(taken) => {
                self.say(work, &slug, base, &taken)?;
                draft.settle(work, &taken);
                Ok(())
            }
            Err(failure) => Err(draft.keep(&slug, base, &text, failure)),
        }
    }

    fn say(&self, work: &mut Work<'_>, slug: &Slug, base: &BTreeSet<EventId>, taken: &Taken) -> Result<(), Failure> {
        if work.ui.json {
            return Ok(work.ui.data("absorbed", Some(slug.as_str()), taken.plan.heads(), taken.json(base))?);
        }
        if taken.events.is_empty() {
            work.ui.say("nothing was recorded");
        }
        absorb::tell(work, taken, false)
    }
}

fn say_nothing(work: &mut Work<'_>, slug: &Slug, base: &BTreeSet<EventId>, what: &str) -> Result<(), Failure> {
    if work.ui.json {
        return Ok(work.ui.data("absorbed", Some(slug.as_str()), base, absorb::nothing())?);
    }
    work.ui.say(what);
    Ok(())
}
