//! `git plan switch`

use serde_json::json;

use super::Work;
use crate::choice;
use crate::exit::Failure;

/// Choose the plan that commands on this branch are about
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:
  git plan switch dark-mode")]
pub struct Switch {
    /// The plan
    slug: String,
}

impl Switch {
    pub fn run(self, work: &mut Work<'_>) -> Result<(), Failure> {
        let slug = choice::slug(&self.slug)?;
        let loaded = work.session.repo.load(&slug, None)?;
        work.session.choose(&slug)?;
        if work.ui.json {
            return Ok(work.ui.data("switched", Some(slug.as_str()), loaded.plan.heads(), json!({}))?);
        }
        work.ui.say(&format!("switched to {slug}: {}", loaded.plan.title()));
        Ok(())
    }
}
