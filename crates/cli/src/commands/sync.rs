//! `git plan sync`

use git_plan_store::Exchange;

use super::Work;
use crate::exchange::{self, Told, With};
use crate::exit::Failure;

/// Bring the plans here and those of a remote together, on both sides
///
/// Takes in what the remote has, joins it with what is here, and sends the result, again while others are quicker.
/// Nothing of either side is lost: what cannot be reconciled is kept on both sides, as a conflict. Without plans, all that
/// are shared with the remote, and the plan that commands are about here.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  git plan sync
  git plan sync origin dark-mode
  git plan sync --all --atomic")]
pub struct Sync {
    #[command(flatten)]
    with: With,
    /// Let all plans land at once, or none
    #[arg(long)]
    atomic: bool,
    /// Ask the remote, say what there is to take in and to send, and change no plan
    #[arg(long)]
    dry_run: bool,
    /// Give back what the remote has deleted, or lost when its history was rewritten
    #[arg(long)]
    restore: bool,
}

impl Sync {
    pub fn run(self, work: &mut Work<'_>) -> Result<(), Failure> {
        let (remote, choice) = (self.with.remote(work)?, self.with.choice(work)?);
        if self.dry_run {
            return exchange::look(work, &remote, &choice);
        }
        let exchange = exchange::with(work, &remote, &choice);
        let exchange = Exchange { atomic: self.atomic, restore: self.restore, ..exchange };
        let outcome = work.session.repo.sync(&exchange, work.ui.relay())?;
        for (slug, exchanged) in &outcome.plans {
            if let Some(was) = &exchanged.was {
                work.session.rename_choices(was, slug)?;
            }
        }
        exchange::tell(work, "sync", &remote, &outcome, Told::Done)
    }
}
