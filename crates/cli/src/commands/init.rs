//! `git plan init`

use super::{Work, hook};
use crate::exit::Failure;

/// Set up what goes with plans in this repository; only what is asked for
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  git plan init --hook
  git plan init --remove-hook")]
#[group(required = true, multiple = true)]
pub struct Init {
    /// Install a `pre-commit` hook that takes edited plan files in when they are committed
    #[arg(long, conflicts_with = "remove_hook")]
    hook: bool,
    /// Take that hook away again
    #[arg(long)]
    remove_hook: bool,
}

impl Init {
    pub fn run(self, work: &mut Work<'_>) -> Result<(), Failure> {
        if self.hook {
            hook::install(work)?;
        }
        if self.remove_hook {
            hook::remove(work)?;
        }
        Ok(())
    }
}
