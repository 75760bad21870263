//! `git plan ask` and `git plan answer`

use git_plan_core::author::question::{answer, ask, reopen};

use super::Work;
use crate::args::Why;
use crate::exit::Failure;

/// Ask a question that has to be answered
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:
  git plan ask \"How to handle rate limiting?\" --option \"Client-side retry\" --option Queue")]
pub struct Ask {
    /// The question; `-` reads stdin
    text: String,
    /// What could be the answer (can be repeated)
    #[arg(long = "option", value_name = "TEXT")]
    options: Vec<String>,
    /// What is needed to answer it
    #[arg(long, value_name = "TEXT")]
    need: Option<String>,
    #[command(flatten)]
    why: Why,
}

impl Ask {
    pub fn run(self, work: &mut Work<'_>) -> Result<(), Failure> {
        let text = work.text(&self.text)?;
        work.write(&self.why, |batch| Ok(ask(batch, &text, &self.options, self.need.as_deref()).map(drop)?))
    }
}

/// Answer a question
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  git plan answer 1 \"Auth0\"
  git plan answer 1 --reopen -m \"Auth0 has no region in the EU\"")]
pub struct Answer {
    /// The question, by number or id
    question: String,
    /// The answer; `-` reads stdin
    #[arg(required_unless_present = "reopen")]
    text: Option<String>,
    /// Open an answered question again instead
    #[arg(long, conflicts_with = "text")]
    reopen: bool,
    #[command(flatten)]
    why: Why,
}

impl Answer {
    pub fn run(self, work: &mut Work<'_>) -> Result<(), Failure> {
        let text = work.optional(self.text.as_deref())?;
        work.write(&self.why, |batch| {
            let done = match &text {
                Some(text) => answer(batch, &self.question, text),
                None => reopen(batch, &self.question),
            };
            Ok(done.map(drop)?)
        })
    }
}
