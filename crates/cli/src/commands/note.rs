//! `git plan note`

use git_plan_core::author::record::note;

use super::Work;
use crate::args::Why;
use crate::exit::Failure;

/// Take a note for the progress log
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  git plan note \"Disabled WebSocket pooling\" --label Test
  git plan note \"Event listeners not removed on disconnect\" --label \"Root cause\"")]
pub struct Note {
    /// The note; `-` reads stdin
    text: String,
    /// What it is: Test, Result, Root cause, Fix, …
    #[arg(long, value_name = "LABEL", default_value = "Note")]
    label: String,
    /// What it is about: a step's number, `question 2` and the like, or an id
    #[arg(long, value_name = "ITEM")]
    on: Option<String>,
    #[command(flatten)]
    why: Why,
}

impl Note {
    pub fn run(self, work: &mut Work<'_>) -> Result<(), Failure> {
        let text = work.text(&self.text)?;
        work.write(&self.why, |batch| Ok(note(batch, &text, &self.label, self.on.as_deref()).map(drop)?))
    }
}
