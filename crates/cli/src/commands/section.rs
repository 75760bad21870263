//! `git plan section`

use git_plan_core::author::section;

use super::Work;
use crate::args::Why;
use crate::exit::Failure;

/// What can be done to sections.
#[derive(Debug, clap::Subcommand)]
pub enum Section {
    Add(Add),
    Edit(Edit),
}

/// Add a section
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:
  git plan section add \"Rollout\" --after approach --text \"Behind a flag, 10 % a day.\"")]
pub struct Add {
    /// Its heading
    heading: String,
    /// Put it after this section: a role such as `approach`, a heading, or an id [default: at the end]
    #[arg(long, value_name = "SECTION")]
    after: Option<String>,
    /// Its text; `-` reads stdin
    #[arg(long)]
    text: Option<String>,
    #[command(flatten)]
    why: Why,
}

/// Edit a section's heading or text
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  git plan section edit Rollout --text - < rollout.md
  git plan section edit criteria --heading \"Definition of Done\"")]
pub struct Edit {
    /// The section: a role such as `approach`, a heading, or an id
    section: String,
    /// The new heading
    #[arg(long, required_unless_present = "text")]
    heading: Option<String>,
    /// The new text; `-` reads stdin
    #[arg(long)]
    text: Option<String>,
    #[command(flatten)]
    why: Why,
}

impl Section {
    pub fn run(self, work: &mut Work<'_>) -> Result<(), Failure> {
        match self {
            Self::Add(args) => {
                let text = work.optional(args.text.as_deref())?;
                work.write(&args.why, |batch| {
                    Ok(section::add(batch, &args.heading, args.after.as_deref(), text.as_deref()).map(drop)?)
                })
            }
            Self::Edit(args) => {
                let text = work.optional(args.text.as_deref())?;
                work.write(&args.why, |batch| {
                    if text.is_some() && args.heading.is_some() {
                        batch.group();
                    }
                    if let Some(text) = &text {
                        section::write(batch, &args.section, text)?;
                    }
                    if let Some(heading) = &args.heading {
                        section::retitle(batch, &args.section, heading)?;
                    }
                    Ok(())
                })
            }
        }
    }
}
