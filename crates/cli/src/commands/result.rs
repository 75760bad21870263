//! `git plan result`

use git_plan_core::ResultGroup;
use git_plan_core::author::record::result;

use super::Work;
use crate::args::Why;
use crate::exit::Failure;

/// Add a result: something delivered, measured or learned
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  git plan result \"Email and SMS channels\"
  git plan result --metric \"Delivery rate: 99.94% (exceeds SLA)\"
  git plan result --lesson \"Batch sending reduces costs by 40%\"")]
pub struct ResultArgs {
    /// The result; `-` reads stdin
    text: String,
    /// It was measured
    #[arg(long, conflicts_with = "lesson")]
    metric: bool,
    /// It was learned
    #[arg(long)]
    lesson: bool,
    #[command(flatten)]
    why: Why,
}

impl ResultArgs {
    pub fn run(self, work: &mut Work<'_>) -> Result<(), Failure> {
        let text = work.text(&self.text)?;
        let group = match (self.metric, self.lesson) {
            (true, _) => ResultGroup::Metric,
            (_, true) => ResultGroup::Lesson,
            _ => ResultGroup::Delivered,
        };
        work.write(&self.why, |batch| Ok(result(batch, &text, group).map(drop)?))
    }
}
