//! `git plan import`

mod events;
mod naming;
mod plans;
mod records;
mod sources;
mod told;
mod versions;

use std::path::PathBuf;

use clap::ValueEnum;
use git_plan_core::Layout;

use super::Work;
use crate::args::Reason;
use crate::exit::{Failure, Status};

/// Take Markdown plans in: the events that make each, without losing a byte
///
/// Files are taken in as they are, and `git plan show --raw` gives the same bytes back: UTF-8 or not, with any line
/// ends. Steps, criteria, decisions, discoveries and questions are found in them; everything else is kept as prose.
/// A folder stands for the files below it that end in .md, each a plan of its own, but for those in hidden folders,
/// `node_modules` and `target`. A file that is a plan already is left alone; where one of several files cannot be taken
/// in, the others are, and the exit status is that of the first that failed.
///
/// With `--history`, the plan begins with the first version of the file that a commit has, and each later one is an edit
/// of it, with the author and the date of its commit. Renames are followed. Of a merge, the commits that it brought in
/// are taken where they alone changed the file; where both sides did, the merge is one version. `git plan show --at`
/// a time before the import goes by these dates.
///
/// With `--format madr`, decision records (MADR, Nygard's form, log4brains) become the decisions of one plan, in the order
/// of their numbers; a folder stands for its records. With `--issue-form`, the body that GitHub made of an issue form
/// begins a plan.
///
/// With `--format jsonl`, a file that `git plan export` wrote becomes the same plan, with the same ids; where that is here
/// already, it gains the events that it has not.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  git plan import docs/plan.md
  git plan import --history docs/plan.md
  git plan import --dry-run plans
  git plan import --slug storage --layout execplan docs/plan.md
  cat plan.md | git plan import --slug pasted -
  git plan import --format madr docs/decisions
  git plan import --format jsonl plan.events.jsonl
  gh issue view 12 --json body --jq .body | git plan import --issue-form --title \"Search\" -")]
pub struct Import {
    /// The files to take in, or folders of them; `-` is stdin
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// The plan's name in commands and refs [default: from the front matter, the title, or the file's name]
    #[arg(long)]
    slug: Option<String>,
    /// How the plan is written as Markdown from now on [default: own; execplan for records and issues]
    #[arg(long, value_enum)]
    layout: Option<ImportLayout>,
    /// Take in every version that git has of a file, as its edits
    #[arg(long, conflicts_with_all = ["issue_form", "format"])]
    history: bool,
    /// What the files hold
    #[arg(long, value_enum, default_value = "plan")]
    format: Format,
    /// Read the body of an issue that was made with the form of `git plan init --github`
    #[arg(long, conflicts_with = "format")]
    issue_form: bool,
    /// The plan's title, with `--format madr` or `--issue-form` [default: from the files]
    #[arg(long)]
    title: Option<String>,
    #[command(flatten)]
    why: Reason,
}

/// What files of an import hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// A plan each
    Plan,
    /// A decision record each, or a folder of them
    Madr,
    /// The events of a plan, one a line
    Jsonl,
}

/// A layout that an imported plan can be written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum ImportLayout {
    /// The file's own text, byte for byte
    Own,
    /// The house layout
    Execplan,
    /// The headings of the Cookbook's ExecPlans
    Cookbook,
}

impl Import {
    pub fn run(self, work: &mut Work<'_>) -> Result<(), Failure> {
        if self.format == Format::Jsonl {
            if self.layout.is_some() || self.title.is_some() || !self.why.message.is_empty() || self.why.key.is_some() {
                return Err(Failure::usage("--format jsonl takes events as they are: --slug and --dry-run go with it"));
            }
            return events::run(&self, work);
        }
        if self.format == Format::Madr {
            if self.layout == Some(ImportLayout::Own) {
                return Err(Failure::usage("--layout own keeps one file's text: records go with execplan or cookbook"));
            }
            return records::run(&self, work);
        }
        if self.title.is_some() && !self.issue_form {
            return Err(Failure::usage("--title goes with --format madr or --issue-form: a plan's file has its own"));
        }
        if self.history && self.layout() != Layout::Own {
            return Err(Failure::usage("--history goes with --layout own, in which edits of a file are taken in"));
        }
        if self.history && self.files.iter().any(|file| file.as_os_str() == "-") {
            return Err(Failure::usage("--history needs a file: stdin has none"));
        }
        plans::run(&self, work)
    }

    fn layout(&self) -> Layout {
        match self.layout {
            Some(ImportLayout::Own) => Layout::Own,
            Some(ImportLayout::Execplan) => Layout::Execplan,
            Some(ImportLayout::Cookbook) => Layout::Cookbook,
            None if self.issue_form || self.format == Format::Madr => Layout::Execplan,
            None => Layout::Own,
        }
    }
}
