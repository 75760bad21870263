//! `git plan resolve`

use git_plan_core::author::Refusal;
use git_plan_core::author::resolve::{self, Choice};
use git_plan_core::state::{Conflict, ConflictKind};
use git_plan_core::{Plan, view};

use super::Work;
use crate::args::Plainly;
use crate::draft::Draft;
use crate::exit::{Failure, Status};
use crate::write::Denied;

/// What stands between a text and the sides that it is made of, in the editor.
const SIDES: &str = "<!-- What follows is not part of the text. -->";

/// Settle a conflict: take one of its sides, give a value, or edit the text
///
/// Without a conflict, the plan's only one. What is recorded are ordinary events that have seen all sides; nothing of the
/// other sides is lost from the log.
#[derive(Debug, clap::Args)]
#[command(group(clap::ArgGroup::new("how").args(["take", "value", "keep", "edit"])))]
#[command(after_help = "Examples:
  git plan resolve c-7f3a1b20 --take A -m \"Carrier tests pass\"
  git plan resolve --value \"Roll it out to one region\"
  git plan resolve c-7f3a --edit")]
pub struct Resolve {
    /// The conflict, as `git plan conflicts` names it; its first digits will do
    conflict: Option<String>,
    /// Take this side: its letter, or its event
    #[arg(long, value_name = "SIDE")]
    take: Option<String>,
    /// Write this value; of a removed item, `keep` or `remove`
    #[arg(long, value_name = "VALUE")]
    value: Option<String>,
    /// Leave it as the view shows it
    #[arg(long)]
    keep: bool,
    /// Open the text and its sides in the editor
    #[arg(long)]
    edit: bool,
    #[command(flatten)]
    why: Plainly,
}

impl Resolve {
    pub fn run(self, work: &mut Work<'_>) -> Result<(), Failure> {
        let named = self.conflict.as_deref();
        let given = match &self.value {
            Some(value) => Some(work.text(value)?),
            None if self.edit => Some(self.edited(work)?),
            None => None,
        };
        work.write(&self.why.why(), |batch| {
            let conflict = resolve::conflict(batch.plan(), named)?;
            let choice = match (&self.take, &given) {
                (Some(side), _) => Choice::Side(side_of(batch.plan(), &conflict, side)?),
                (None, Some(value)) => Choice::Value(value),
                (None, None) if self.keep => Choice::Shown,
                (None, None) => return Err(Denied::Failed(undecided(batch.plan(), &conflict))),
            };
            resolve::resolve(batch, &conflict, choice).map(drop).map_err(Denied::from)
        })
    }

    /// The text as it is after an editor had it, with its sides below.
    fn edited(&self, work: &Work<'_>) -> Result<String, Failure> {
        let slug = work.session.plan()?;
        let plan = work.session.repo.load(&slug, None)?.plan;
        let conflict = resolve::conflict(&plan, self.conflict.as_deref())?;
        if !matches!(conflict.kind, ConflictKind::Value | ConflictKind::Text) {
            return Err(undecided(&plan, &conflict));
        }
        let shown = conflict.sides.last().map_or("", |side| side.value.as_str());
        let mut text = plan.disputed_text(&conflict).unwrap_or(shown).trim_end().to_owned();
        text.push_str(&format!("\n\n{SIDES}\n"));
        for (side, told) in conflict.sides.iter().zip(view::sides(&plan, &conflict)) {
            text.push_str(&format!("\n# {}: {}\n\n{}\n", told.letter, told.by, side.value.trim_end()));
        }
        let draft = Draft::new(&work.session, &slug, text.as_bytes())?;
        let edited = draft.edit(&work.session)?;
        draft.remove();
        let edited = String::from_utf8_lossy(&edited);
        let kept = edited.split(SIDES).next().unwrap_or_default().trim_end();
        if kept.is_empty() {
            return Err(Failure::new(Status::Refused, "emptied", "nothing was left of it: nothing was settled")
                .hinted("`--value \"\"` writes an empty text"));
        }
        Ok(kept.to_owned())
    }
}

/// The place of the side that a letter or an event names.
fn side_of(plan: &Plan, conflict: &Conflict, named: &str) -> Result<usize, Refusal> {
    let named = named.trim();
    let by_letter = (0..conflict.sides.len()).find(|&side| resolve::letter(side).eq_ignore_ascii_case(named));
    let prefix = named.to_ascii_lowercase();
    let fits = |side: &git_plan_core::state::Side| named.len() >= 4 && side.stamp.id.to_string().starts_with(&prefix);
    by_letter.or_else(|| conflict.sides.iter().position(fits)).ok_or_else(|| {
        let last = resolve::letter(conflict.sides.len().saturating_sub(1));
        let label = resolve::label(plan, conflict);
        Refusal::Unclear(format!("{named:?} is no side of {label}: expected A to {last}, or the id of its event"))
    })
}

/// The refusal of a command that does not say how.
fn undecided(plan: &Plan, conflict: &Conflict) -> Failure {
    let sides = view::sides(plan, conflict).into_iter();
    let sides: String = sides.map(|side| format!("\n  {}  {} ({})", side.letter, side.value, side.by)).collect();
    let message = format!("how is {} to be settled?{sides}", resolve::label(plan, conflict));
    Failure::new(Status::Usage, "undecided", message).hinted("--take A takes a side, --value gives another value")
}
