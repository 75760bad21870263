//! `git plan decide`

use git_plan_core::author::decision::{NewDecision, decide};

use super::Work;
use crate::args::Why;
use crate::exit::Failure;

/// Record a decision and its reason
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  git plan decide \"Use PostgreSQL\" --because \"Better JSON support\" --option MySQL \\
      --trade-off \"Slightly higher operational complexity\"
  git plan decide \"Use SQLite\" --supersedes 1 --question 2")]
pub struct Decide {
    /// What was decided
    title: String,
    /// Why; `-` reads stdin
    #[arg(long, value_name = "REASON")]
    because: Option<String>,
    /// What it costs (can be repeated)
    #[arg(long = "trade-off", value_name = "TEXT")]
    tradeoffs: Vec<String>,
    /// What else could have been chosen (can be repeated)
    #[arg(long = "option", value_name = "TEXT")]
    options: Vec<String>,
    /// What it rests on (can be repeated)
    #[arg(long = "ref", value_name = "REFERENCE")]
    references: Vec<String>,
    /// The decision that it takes the place of (can be repeated)
    #[arg(long, value_name = "DECISION")]
    supersedes: Vec<String>,
    /// The question that it answers
    #[arg(long, value_name = "QUESTION")]
    question: Option<String>,
    /// Put it forward, to be accepted later
    #[arg(long)]
    proposed: bool,
    #[command(flatten)]
    why: Why,
}

impl Decide {
    pub fn run(self, work: &mut Work<'_>) -> Result<(), Failure> {
        let reason = work.optional(self.because.as_deref())?;
        let new = NewDecision {
            title: &self.title,
            reason: reason.as_deref(),
            tradeoffs: &self.tradeoffs,
            options: &self.options,
            references: &self.references,
            supersedes: &self.supersedes,
            question: self.question.as_deref(),
            proposed: self.proposed,
        };
        work.write(&self.why, |batch| Ok(decide(batch, &new).map(drop)?))
    }
}
