//! `git plan export`

use clap::ValueEnum;
use git_plan_core::{bytes, view};

use super::Work;
use crate::args::At;
use crate::exit::Failure;

/// Write a plan for others to read or check: its events, or its view
///
/// `jsonl` is one event a line, each exactly the canonical bytes whose BLAKE3 is the event's id, in the plan's order.
/// `md` is the view, as `git plan show --raw` writes it.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  git plan export > plan.events.jsonl
  git plan export --format md --at 2026-11-22 > plan.md
  git plan export | tail -n 1 | tr -d '\\n' | b3sum")]
pub struct Export {
    /// What to write
    #[arg(long, value_enum, default_value = "jsonl")]
    format: Format,
    #[command(flatten)]
    at: At,
}

/// A form that a plan can be exported in.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Format {
    /// One event a line
    Jsonl,
    /// The view as Markdown
    Md,
}

impl Export {
    pub fn run(self, work: &mut Work<'_>) -> Result<(), Failure> {
        let (_, history) = work.read_history(&self.at)?;
        let bytes = match self.format {
            Format::Md => bytes::bytes(&view::render(&history.plan, history.plan.layout())).into_owned(),
            Format::Jsonl => {
                let mut bytes = Vec::new();
                for entry in &history.entries {
                    bytes.extend_from_slice(&entry.bytes);
                    bytes.push(b'\n');
                }
                bytes
            }
        };
        Ok(work.ui.raw(&bytes)?)
    }
}
