//! `git plan switch`

use serde_json::json;

use super::Work;
use crate::exit::Failure;
use crate::{choice, pick};

/// Choose the plan that commands on this branch are about
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:
  git plan switch dark-mode")]
pub struct Switch {
    /// The plan; on a terminal it can be chosen from a list
    slug: Option<String>,
}

impl Switch {
    pub fn run(self, work: &mut Work<'_>) -> Result<(), Failure> {
        let slug = choice::slug(&self.named(work)?)?;
        let loaded = work.session.repo.load(&slug, None)?;
        work.session.choose(&slug)?;
        if work.ui.json {
            return Ok(work.ui.data("switched", Some(slug.as_str()), loaded.plan.heads(), json!({}))?);
        }
        work.ui.say(&format!("switched to {slug}: {}", loaded.plan.title()));
        Ok(())
    }

    fn named(&self, work: &Work<'_>) -> Result<String, Failure> {
        let unnamed = || Failure::usage("switch to which plan?").hinted("`git plan list` shows the plans");
        match &self.slug {
            Some(slug) => Ok(slug.clone()),
            None if pick::possible(&work.session, work.ui.json) => {
                let summaries = work.session.repo.summaries()?;
                pick::which(&summaries.iter().collect::<Vec<_>>())?.ok_or_else(unnamed)
            }
            None => Err(unnamed()),
        }
    }
}
