//! `git plan archive`

use git_plan_core::author::field;

use super::Work;
use crate::args::Plainly;
use crate::exit::Failure;

/// Put a plan away: it stays readable and takes no changes
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  git plan archive -p dark-mode -m \"Delivered\"
  git plan archive -p dark-mode --undo")]
pub struct Archive {
    /// Take an archived plan up again
    #[arg(long)]
    undo: bool,
    #[command(flatten)]
    why: Plainly,
}

impl Archive {
    pub fn run(self, work: &mut Work<'_>) -> Result<(), Failure> {
        work.write(&self.why.why(), |batch| {
            let done = if self.undo { field::reactivate(batch) } else { field::archive(batch) };
            Ok(done.map(drop)?)
        })
    }
}
