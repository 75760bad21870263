//! `git plan undo`

use git_plan_core::author::find::Ids;
use git_plan_core::author::{Later, Refusal, undo, undoable};
use git_plan_core::{Event, EventId};

use super::Work;
use crate::args::Plainly;
use crate::exit::Failure;
use crate::write;

/// Undo the last command, or one event, by recording what takes it back
///
/// Nothing is deleted: what is recorded names what it undoes, and can itself be undone. Where something was written since to
/// the same thing, nothing is done unless you say what is to become of that.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  git plan undo
  git plan undo 3f9c2a1 -m \"Ticked the wrong step\"
  git plan undo 3f9c2a1 --force")]
pub struct Undo {
    /// The event [default: those of the last command that was not undone]
    event: Option<String>,
    /// Undo it even where a later change is lost with it; the log keeps both
    #[arg(long, conflicts_with = "keep")]
    force: bool,
    /// Leave what was changed since as it is, and undo the rest of the command
    #[arg(long)]
    keep: bool,
    #[command(flatten)]
    why: Plainly,
}

impl Undo {
    pub fn run(self, work: &mut Work<'_>) -> Result<(), Failure> {
        let slug = work.session.plan()?;
        let repo = work.session.repo.history(&slug, None)?;
        let mut history = repo;
        let session = &work.session;
        let later = match (self.force, self.keep) {
            (true, _) => Later::Lose,
            (_, true) => Later::Keep,
            _ => Later::Refuse,
        };
        let mut kept = Vec::new();
        let mut written = write::append(session, &self.why.why(), |batch| {
            // What the batch stands on may be newer than what was read, or older where a command is repeated.
            let known = |id: &EventId| history.find(*id).is_some();
            if !batch.plan().heads().iter().all(known) {
                history = session.repo.history(&slug, None).map_err(Failure::from)?;
            }
            let events = history.below(batch.plan().heads());
            let targets = match &self.event {
                Some(named) => vec![find(&events, named)?],
                None => undoable(&events),
            };
            if targets.is_empty() {
                return Err(Refusal::Unclear("there is nothing to undo".to_owned()).into());
            }
            kept = undo(batch, &events, &targets, later)?.kept;
            Ok(())
        })?;
        written.kept = kept.iter().map(ToString::to_string).collect();
        crate::receipt::print(&written, &work.session.repo, work.ui)
    }
}

/// The event that an id or the beginning of one names.
fn find(events: &[Event], named: &str) -> Result<EventId, Refusal> {
    let ids: Ids = events.iter().map(|event| event.id).collect();
    match ids.matching(named).as_slice() {
        [one] => Ok(*one),
        [] => Err(Refusal::NotFound { what: "event", named: named.chars().take(80).collect(), known: events.len() }),
        several => {
            let candidates = several.iter().map(|id| ids.short(*id)).collect();
            Err(Refusal::Ambiguous { named: named.to_owned(), candidates })
        }
    }
}
