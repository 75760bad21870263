//! `git plan criterion`

use git_plan_core::Kind;
use git_plan_core::author::{Spot, criterion, item};

use super::Work;
use crate::args::Why;
use crate::exit::Failure;

/// What can be done to criteria.
#[derive(Debug, clap::Subcommand)]
pub enum Criterion {
    Add(Add),
    Met(Met),
    /// Say that criteria are not met after all
    #[command(after_help = "Example:\n  git plan criterion unmet 2 -m \"Broken again by the new theme\"")]
    Unmet(Unmet),
    Edit(Edit),
    /// Remove a criterion and everything below it
    #[command(after_help = "Example:\n  git plan criterion rm 3 -m \"Nobody needs it\"")]
    Rm(One),
    /// Take a removed criterion back in
    #[command(after_help = "Example:\n  git plan criterion restore 3f9c2a1")]
    Restore(One),
}

/// Add criteria of success
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  git plan criterion add \"Theme toggle in settings\" \"Persistent user preference\"
  git plan criterion add \"Works offline\" --under \"story 1\"")]
pub struct Add {
    /// When success is told (can be repeated: one criterion each)
    #[arg(required = true)]
    text: Vec<String>,
    /// Put them below this criterion, `story 1`, `step 2` or section
    #[arg(long, value_name = "ITEM")]
    under: Option<String>,
    /// Put them right after this criterion
    #[arg(long, value_name = "CRITERION")]
    after: Option<String>,
    /// Put them before all others
    #[arg(long, conflicts_with = "after")]
    first: bool,
    #[command(flatten)]
    why: Why,
}

/// Say that criteria are met
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:
  git plan criterion met 1 --evidence \"screenshots/toggle.png\"")]
pub struct Met {
    /// The criteria, by number or id
    #[arg(required = true, value_name = "CRITERION")]
    criteria: Vec<String>,
    /// What shows it (can be repeated)
    #[arg(long, value_name = "TEXT")]
    evidence: Vec<String>,
    #[command(flatten)]
    why: Why,
}

/// Some criteria.
#[derive(Debug, clap::Args)]
pub struct Unmet {
    /// The criteria, by number or id
    #[arg(required = true, value_name = "CRITERION")]
    criteria: Vec<String>,
    #[command(flatten)]
    why: Why,
}

/// Reword a criterion
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:
  git plan criterion edit 2 \"The preference survives a restart\"")]
pub struct Edit {
    /// The criterion, by number or id
    criterion: String,
    /// The new wording
    text: String,
    #[command(flatten)]
    why: Why,
}

/// One criterion.
#[derive(Debug, clap::Args)]
pub struct One {
    /// The criterion, by number or id
    criterion: String,
    #[command(flatten)]
    why: Why,
}

impl Criterion {
    pub fn run(self, work: &mut Work<'_>) -> Result<(), Failure> {
        match self {
            Self::Add(args) => args.run(work),
            Self::Met(args) => {
                work.write(&args.why, |batch| Ok(criterion::meet(batch, &args.criteria, &args.evidence).map(drop)?))
            }
            Self::Unmet(args) => work.write(&args.why, |batch| Ok(criterion::unmeet(batch, &args.criteria).map(drop)?)),
            Self::Edit(args) => work.write(&args.why, |batch| {
                Ok(item::reword(batch, Kind::Criterion, &args.criterion, &args.text).map(drop)?)
            }),
            Self::Rm(args) => {
                work.write(&args.why, |batch| Ok(item::remove(batch, Kind::Criterion, &args.criterion).map(drop)?))
            }
            Self::Restore(args) => {
                work.write(&args.why, |batch| Ok(item::restore(batch, Kind::Criterion, &args.criterion).map(drop)?))
            }
        }
    }
}

impl Add {
    fn run(self, work: &mut Work<'_>) -> Result<(), Failure> {
        let (under, after) = (self.under.as_deref(), self.after.as_deref());
        work.write(&self.why, |batch| {
            if self.text.len() > 1 {
                batch.group();
            }
            let mut last: Option<String> = None;
            for text in &self.text {
                let spot = match &last {
                    Some(last) => Spot { after: Some(last), ..Spot::default() },
                    None => Spot { under, after, first: self.first, top: false },
                };
                last = Some(criterion::add(batch, text, &spot)?.to_string());
            }
            Ok(())
        })
    }
}
