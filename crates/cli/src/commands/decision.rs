//! `git plan decision`

use git_plan_core::author::decision;

use super::Work;
use crate::args::Why;
use crate::exit::Failure;

/// What can become of decisions.
#[derive(Debug, clap::Subcommand)]
pub enum Decision {
    /// Accept a proposed decision
    #[command(after_help = "Example:\n  git plan decision accept 2")]
    Accept(One),
    /// Take a decision back, with nothing in its place
    #[command(after_help = "Example:\n  git plan decision withdraw 2 -m \"The premise was wrong\"")]
    Withdraw(One),
    Amend(Amend),
}

/// One decision.
#[derive(Debug, clap::Args)]
pub struct One {
    /// The decision, by number or id
    decision: String,
    #[command(flatten)]
    why: Why,
}

/// Add something to a decision that stands
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:
  git plan decision amend 1 \"Version 16 or later\"")]
pub struct Amend {
    /// The decision, by number or id
    decision: String,
    /// What is added
    text: String,
    #[command(flatten)]
    why: Why,
}

impl Decision {
    pub fn run(self, work: &mut Work<'_>) -> Result<(), Failure> {
        match self {
            Self::Accept(args) => work.write(&args.why, |batch| Ok(decision::accept(batch, &args.decision).map(drop)?)),
            Self::Withdraw(args) => {
                work.write(&args.why, |batch| Ok(decision::withdraw(batch, &args.decision).map(drop)?))
            }
            Self::Amend(args) => {
                work.write(&args.why, |batch| Ok(decision::amend(batch, &args.decision, &args.text).map(drop)?))
            }
        }
    }
}
