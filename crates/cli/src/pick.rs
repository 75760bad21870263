//! Asking: which plan is meant, where a person sits at a terminal.
//!
//! What may be relied on: nothing is asked unless both ends are a terminal, JSON is not wanted, and neither `$GIT_PLAN_AGENT`,
//! `$CI` nor `GIT_TERMINAL_PROMPT=0` says that nobody is there; whoever does not answer
//! gets the failure that a program would have got. Names are made harmless before they are shown.

use std::io::{self, IsTerminal};

use dialoguer::FuzzySelect;
use git_plan_core::text::{clipped, line};
use git_plan_store::Summary;

use crate::args::Command;
use crate::exit::Failure;
use crate::session::Session;

/// Whether somebody can be asked: a person, not an agent that was given a terminal.
pub fn possible(session: &Session, json: bool) -> bool {
    let set = |name: &str| session.env().non_empty(name).is_some();
    let forbidden = session.env().get("GIT_TERMINAL_PROMPT").is_some_and(|value| value == "0");
    let terminal = io::stdin().is_terminal() && io::stderr().is_terminal();
    terminal && !json && !forbidden && !set("GIT_PLAN_AGENT") && !set("CI")
}

/// Asks which plan a command is about, if it is about one, nothing says which, and somebody can be asked.
pub fn settle(session: &mut Session, command: &Command, json: bool) -> Result<(), Failure> {
    let elsewhere = matches!(
        command,
        Command::New(_)
            | Command::Init(_)
            | Command::List(_)
            | Command::Switch(_)
            | Command::Import(_)
            | Command::Absorb(_)
            | Command::Fetch(_)
            | Command::Push(_)
            | Command::Sync(_)
            | Command::Publish(_)
            | Command::Prime(_)
    );
    let says_which = match command {
        Command::Verify(command) => command.says_which(),
        Command::Check(command) => command.says_which(),
        _ => false,
    };
    if elsewhere || says_which || !possible(session, json) {
        return Ok(());
    }
    match session.plan() {
        Err(failure) if failure.code == "which-plan" => {
            let summaries = session.repo.summaries()?;
            let active: Vec<&Summary> = summaries.iter().filter(|summary| !summary.archived).collect();
            session.named = Some(which(&active)?.ok_or(failure)?);
            Ok(())
        }
        // What else is wrong is told by the command itself.
        _ => Ok(()),
    }
}

/// Asks for one of these plans; typing narrows the choice. None where nothing was chosen.
pub fn which(plans: &[&Summary]) -> Result<Option<String>, Failure> {
    let rows: Vec<String> =
        plans.iter().map(|plan| format!("{}  {}", plan.slug, clipped(&line(&plan.title), 60))).collect();
    let chosen = FuzzySelect::new().with_prompt("Which plan?").items(&rows).default(0).interact_opt();
    let chosen = chosen.map_err(|dialoguer::Error::IO(e)| Failure::from(e))?;
    Ok(chosen.and_then(|at| plans.get(at)).map(|plan| plan.slug.to_string()))
}
