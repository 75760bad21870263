//! `git plan fetch`

use super::Work;
use crate::exchange::{self, With};
use crate::exit::Failure;

/// Ask a remote for its plans, and tell what there is to take in
///
/// The plans here stay as they are; `git plan sync` takes in what was fetched.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  git plan fetch
  git plan fetch origin dark-mode")]
pub struct Fetch {
    #[command(flatten)]
    with: With,
}

impl Fetch {
    pub fn run(self, work: &mut Work<'_>) -> Result<(), Failure> {
        let (remote, choice) = (self.with.remote(work)?, self.with.choice(work)?);
        exchange::look(work, &remote, &choice)
    }
}
