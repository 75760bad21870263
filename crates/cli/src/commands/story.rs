//! `git plan story`

use git_plan_core::author::record::{NewStory, story};

use super::Work;
use crate::args::Why;
use crate::exit::Failure;

/// Tell a user story
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:
  git plan story --as-a \"night owl\" --i-want \"a dark theme\" --so-that \"my eyes rest\" \\
      --criterion \"The toggle is in the settings\"")]
pub struct Story {
    /// Whose wish it is
    #[arg(long, value_name = "WHO")]
    as_a: String,
    /// The wish
    #[arg(long, value_name = "WISH")]
    i_want: String,
    /// To what end
    #[arg(long, value_name = "END")]
    so_that: Option<String>,
    /// When it is fulfilled (can be repeated)
    #[arg(long = "criterion", value_name = "TEXT")]
    criteria: Vec<String>,
    #[command(flatten)]
    why: Why,
}

impl Story {
    pub fn run(self, work: &mut Work<'_>) -> Result<(), Failure> {
        let new = NewStory {
            as_a: &self.as_a,
            i_want: &self.i_want,
            so_that: self.so_that.as_deref(),
            criteria: &self.criteria,
        };
        work.write(&self.why, |batch| Ok(story(batch, &new).map(drop)?))
    }
}
