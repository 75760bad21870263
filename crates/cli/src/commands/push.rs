//! `git plan push`

use git_plan_store::Exchange;

use super::Work;
use crate::exchange::{self, Told, With};
use crate::exit::Failure;

/// Send plans to a remote, where they follow what it has
///
/// Never forces. Where the remote has something that is not here, `git plan sync` takes it in first.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  git plan push
  git plan push origin dark-mode
  git plan push --all")]
pub struct Push {
    #[command(flatten)]
    with: With,
    /// Let all plans land at once, or none
    #[arg(long)]
    atomic: bool,
    /// Ask the remote, say what there is to take in and to send, and change no plan
    #[arg(long)]
    dry_run: bool,
}

impl Push {
    pub fn run(self, work: &mut Work<'_>) -> Result<(), Failure> {
        let (remote, choice) = (self.with.remote(work)?, self.with.choice(work)?);
        if self.dry_run {
            return exchange::look(work, &remote, &choice);
        }
        let exchange = Exchange { atomic: self.atomic, ..exchange::with(work, &remote, &choice) };
        let outcome = work.session.repo.push_plans(&exchange, work.ui.relay())?;
        exchange::tell(work, "push", &remote, &outcome, Told::Done)
    }
}
