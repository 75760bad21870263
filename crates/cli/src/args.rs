//! The command line: what can be asked.
//!
//! Each command's own arguments stand with the command, in `commands/`; here is what they share, and the list of all.

use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum};
use git_plan_core::Timestamp;
use git_plan_store::Point;

use crate::commands::*;

/// Keep plans in git: every change an event, every event a commit
#[derive(Debug, Parser)]
#[command(
    name = "git-plan",
    bin_name = "git plan",
    version,
    max_term_width = 100,
    subcommand_required = true,
    arg_required_else_help = true,
    after_help = "Begin with:
  git plan new \"Dark mode\" --objective \"Add dark mode support across the web application\"
  git plan step add \"Create theme context\" \"Add toggle UI\"
  git plan step done 1
  git plan show

Exit status: 0 done, 1 refused, 2 usage, 3 conflict, 4 not found, 5 ambiguous, 6 busy (try again),
7 damaged, 8 environment (no repository, no identity, …), 9 the system or git failed"
)]
pub struct Args {
    #[command(flatten)]
    pub global: Global,
    #[command(subcommand)]
    pub command: Command,
}

/// What every command takes.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Global options")]
pub struct Global {
    /// Act on this plan [default: $GIT_PLAN, the one chosen by `switch`, the only active one]
    #[arg(short, long, global = true, value_name = "SLUG")]
    pub plan: Option<String>,
    /// Act in this directory (can be repeated)
    #[arg(short = 'C', global = true, value_name = "DIR")]
    pub directory: Vec<PathBuf>,
    /// Write JSON, one object per line
    #[arg(long, global = true)]
    pub json: bool,
    /// Colour the output
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto", hide_possible_values = false)]
    pub color: Colour,
    /// Do not use a pager
    #[arg(long, global = true)]
    pub no_pager: bool,
}

/// When to use colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Colour {
    /// On a terminal
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// What every command takes that begins a plan.
#[derive(Debug, Default, Clone, clap::Args)]
pub struct Reason {
    /// Say why, for the log (can be repeated: one paragraph each)
    #[arg(short, long, value_name = "WHY")]
    pub message: Vec<String>,
    /// Record the command once, however often it is tried with this key
    #[arg(long, value_name = "KEY")]
    pub key: Option<String>,
    /// Say what would be recorded, and record nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// What every command takes that writes to an item of a plan.
#[derive(Debug, Default, clap::Args)]
pub struct Why {
    #[command(flatten)]
    pub reason: Reason,
    #[command(flatten)]
    pub seen: Seen,
    /// The item because of which it is done: a step's number, `discovery 2` and the like, or an id (can be repeated)
    #[arg(long, value_name = "ITEM")]
    pub caused_by: Vec<String>,
}

/// What every other command takes that writes to a plan.
#[derive(Debug, Default, clap::Args)]
pub struct Plainly {
    #[command(flatten)]
    pub reason: Reason,
    #[command(flatten)]
    pub seen: Seen,
}

impl Plainly {
    /// The same, as what is written takes it.
    pub fn why(&self) -> Why {
        Why { reason: self.reason.clone(), seen: self.seen.clone(), caused_by: Vec::new() }
    }
}

/// The version that the author of a write saw.
#[derive(Debug, Default, Clone, clap::Args)]
pub struct Seen {
    /// Write at the version that was seen, and join it with what came after [default: $GIT_PLAN_BASE]
    #[arg(long, value_name = "EVENT", value_delimiter = ',')]
    pub base: Vec<String>,
    /// Write only if the plan is still at this version
    #[arg(long, value_name = "EVENT", value_delimiter = ',', conflicts_with = "base")]
    pub if_head: Vec<String>,
}

/// What every reading command takes.
#[derive(Debug, Default, clap::Args)]
pub struct At {
    /// Read the plan as it was at an event, a git revision of the plan or the code, a time, or N events ago (-N)
    #[arg(long, value_name = "POINT", allow_negative_numbers = true)]
    pub at: Option<String>,
}

impl At {
    /// The point that is meant by whoever asks now.
    pub fn point(&self, now: Timestamp) -> Option<Point<'_>> {
        self.at.as_deref().map(|name| Point { name, now })
    }
}

/// All commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    New(new::New),
    Init(init::Init),
    List(list::List),
    Show(show::Show),
    Status(status::Status),
    Next(next::Next),
    Prime(prime::Prime),
    Log(log::Log),
    Diff(diff::Diff),
    Why(why::Why),
    Decisions(decisions::Decisions),
    Blame(blame::Blame),
    Watch(watch::Watch),
    Mcp(mcp::Mcp),
    /// Add, start, complete, edit and arrange steps
    #[command(subcommand)]
    Step(step::Step),
    /// Add criteria of success, and say whether they are met
    #[command(subcommand)]
    Criterion(criterion::Criterion),
    Decide(decide::Decide),
    /// Accept, amend or withdraw decisions
    #[command(subcommand)]
    Decision(decision::Decision),
    Discover(discover::Discover),
    Block(block::Block),
    Unblock(block::Unblock),
    Ask(ask::Ask),
    Answer(ask::Answer),
    Note(note::Note),
    Result(result::ResultArgs),
    Story(story::Story),
    Set(set::Set),
    /// Add sections, and edit their headings and texts
    #[command(subcommand)]
    Section(section::Section),
    Conflicts(conflicts::Conflicts),
    Resolve(resolve::Resolve),
    Undo(undo::Undo),
    Apply(apply::Apply),
    Switch(switch::Switch),
    Archive(archive::Archive),
    Import(import::Import),
    Export(export::Export),
    Render(render::Render),
    Absorb(absorb::Absorb),
    Edit(edit::Edit),
    /// Link commits of the code to the steps that their trailers name
    #[command(subcommand)]
    Hook(hook::Hook),
    Fetch(fetch::Fetch),
    Push(push::Push),
    Sync(sync::Sync),
    Publish(publish::Publish),
    Check(check::Check),
    Verify(verify::Verify),
    Completions(completions::Completions),
    Man(man::Man),
    Capabilities(capabilities::Capabilities),
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    fn commands(of: &clap::Command) -> Vec<&clap::Command> {
        let mut all: Vec<&clap::Command> = Vec::new();
        let mut ahead: Vec<&clap::Command> = of.get_subcommands().collect();
        while let Some(command) = ahead.pop() {
            ahead.extend(command.get_subcommands());
            all.push(command);
        }
        all
    }

    #[test]
    fn the_command_line_is_consistent() {
        Args::command().debug_assert();
    }

    #[test]
    fn every_command_has_an_imperative_line_and_an_example() {
        for command in commands(&Args::command()) {
            let name = command.get_name();
            let about = command.get_about().map(ToString::to_string).unwrap_or_default();
            assert!(!about.is_empty() && !about.ends_with('.'), "{name} says what it does, without a full stop");
            if !command.has_subcommands() {
                let after = command.get_after_help().map(ToString::to_string).unwrap_or_default();
                assert!(after.contains("  git plan "), "{name} has an example");
            }
        }
    }
}
