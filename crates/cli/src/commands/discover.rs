//! `git plan discover`

use git_plan_core::author::record::discover;

use super::Work;
use crate::args::Why;
use crate::exit::Failure;

/// Record something that was found out
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:
  git plan discover \"The leak correlates with WebSocket connections\" --evidence heap-1400.svg")]
pub struct Discover {
    /// What was found out; `-` reads stdin
    text: String,
    /// What shows it (can be repeated)
    #[arg(long, value_name = "TEXT")]
    evidence: Vec<String>,
    /// The discovery that it corrects
    #[arg(long, value_name = "DISCOVERY")]
    corrects: Option<String>,
    #[command(flatten)]
    why: Why,
}

impl Discover {
    pub fn run(self, work: &mut Work<'_>) -> Result<(), Failure> {
        let text = work.text(&self.text)?;
        let corrects = self.corrects.as_deref();
        work.write(&self.why, |batch| Ok(discover(batch, &text, &self.evidence, corrects).map(drop)?))
    }
}
