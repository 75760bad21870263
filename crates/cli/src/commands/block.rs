//! `git plan block` and `git plan unblock`

use git_plan_core::author::blocker::{NewBlocker, raise, reopen, resolve};

use super::Work;
use crate::args::Why;
use crate::exit::Failure;

/// Raise a blocker: something that stands in the way
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  git plan block \"No sandbox account\" --on 3.1 --need \"Credentials from the provider\"
  git plan block \"Limits unknown\" --on \"question 2\"")]
pub struct Block {
    /// What stands in the way; `-` reads stdin
    text: String,
    /// Of what: a step's number, `question 2`, `criterion 1`, or an id
    #[arg(long, value_name = "ITEM")]
    on: Option<String>,
    /// What could be done (can be repeated)
    #[arg(long = "option", value_name = "TEXT")]
    options: Vec<String>,
    /// What is needed
    #[arg(long, value_name = "TEXT")]
    need: Option<String>,
    #[command(flatten)]
    why: Why,
}

impl Block {
    pub fn run(self, work: &mut Work<'_>) -> Result<(), Failure> {
        let text = work.text(&self.text)?;
        let new =
            NewBlocker { text: &text, on: self.on.as_deref(), options: &self.options, need: self.need.as_deref() };
        work.write(&self.why, |batch| Ok(raise(batch, &new).map(drop)?))
    }
}

/// Say that a blocker is out of the way
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:
  git plan unblock 1 --how \"The provider opened an account\"")]
pub struct Unblock {
    /// The blocker, by number or id
    blocker: String,
    /// How it was resolved
    #[arg(long, value_name = "TEXT", conflicts_with = "reopen")]
    how: Option<String>,
    /// Say instead that a resolved blocker is in the way again
    #[arg(long)]
    reopen: bool,
    #[command(flatten)]
    why: Why,
}

impl Unblock {
    pub fn run(self, work: &mut Work<'_>) -> Result<(), Failure> {
        work.write(&self.why, |batch| {
            let done = match self.reopen {
                true => reopen(batch, &self.blocker),
                false => resolve(batch, &self.blocker, self.how.as_deref()),
            };
            Ok(done.map(drop)?)
        })
    }
}
