//! Completion: what a shell offers while somebody types.
//!
//! What may be relied on: the shell asks the program itself, so it offers the plans, steps and remotes that there are at that
//! moment; nothing is written, and where something cannot be read, nothing is offered. Plan text is made harmless before
//! it reaches the terminal.

use std::ffi::OsString;

use clap::builder::StyledStr;
use clap::{Arg, Command, CommandFactory};
use clap_complete::CompleteEnv;
use clap_complete::engine::{ArgValueCandidates, CompletionCandidate};
use git_plan_core::author::{find, resolve};
use git_plan_core::text::clipped;
use git_plan_core::{Kind, Plan};
use git_plan_store::{Environment, Repository};

use crate::args::{Args, Global};
use crate::session::Session;

/// The variable with which a shell asks.
pub const VARIABLE: &str = "GIT_PLAN_COMPLETE";

/// Answers a shell that asks, and ends; returns where none does.
pub fn answer() {
    CompleteEnv::with_factory(command).var(VARIABLE).bin("git-plan").completer("git-plan").complete();
}

/// The command line, each argument with what can be offered for it.
pub fn command() -> Command {
    offering(Args::command())
}

fn offering(command: Command) -> Command {
    let command = command.mut_args(|arg| match candidates(&arg) {
        Some(candidates) => arg.add(ArgValueCandidates::new(candidates)),
        None => arg,
    });
    command.mut_subcommands(offering)
}

/// What can be offered for an argument, by the name of its value.
fn candidates(arg: &Arg) -> Option<fn() -> Vec<CompletionCandidate>> {
    let name = match arg.get_value_names() {
        Some([name, ..]) => name.to_string(),
        _ => arg.get_id().as_str().to_uppercase(),
    };
    match name.strip_suffix('S').unwrap_or(&name) {
        "PLAN" | "SLUG" => Some(plans),
        "STEP" => Some(|| items(Kind::Step)),
        "CRITERION" => Some(|| items(Kind::Criterion)),
        "DECISION" => Some(|| items(Kind::Decision)),
        "QUESTION" => Some(|| items(Kind::Question)),
        "BLOCKER" => Some(|| items(Kind::Blocker)),
        "DISCOVERY" => Some(|| items(Kind::Discovery)),
        "ITEM" => Some(|| items(Kind::Step)),
        "REMOTE" => Some(remotes),
        "CONFLICT" => Some(conflicts),
        _ => None,
    }
}

/// The repository that the words on the command line so far lead to.
fn session() -> Option<Session> {
    let words: Vec<OsString> = std::env::args_os().skip_while(|word| word != "--").skip(1).collect();
    let after = |short: &str, long: &str| {
        let at = words.iter().position(|word| word == short || (!long.is_empty() && word == long))?;
        words.get(at + 1).cloned()
    };
    let global = Global {
        plan: after("-p", "--plan").and_then(|plan| plan.into_string().ok()),
        directory: after("-C", "").map(Into::into).into_iter().collect(),
        json: true,
        color: crate::args::Colour::Never,
        no_pager: true,
    };
    Session::open(&global, Environment::of_process()).ok()
}

fn plans() -> Vec<CompletionCandidate> {
    let Some(session) = session() else { return Vec::new() };
    let summaries = session.repo.summaries().unwrap_or_default();
    summaries.iter().map(|plan| candidate(plan.slug.as_str(), &plan.title)).collect()
}

fn remotes() -> Vec<CompletionCandidate> {
    let remotes = |repo: &Repository| repo.remotes();
    session().iter().flat_map(|session| remotes(&session.repo)).map(|remote| candidate(remote.name(), "")).collect()
}

fn plan() -> Option<Plan> {
    let session = session()?;
    Some(session.repo.load(&session.plan().ok()?, None).ok()?.plan)
}

/// The items of a kind: their numbers, which is what people type.
fn items(kind: Kind) -> Vec<CompletionCandidate> {
    let Some(plan) = plan() else { return Vec::new() };
    find::listed(&plan, kind).iter().map(|listed| candidate(&listed.number, listed.item.text())).collect()
}

fn conflicts() -> Vec<CompletionCandidate> {
    let Some(plan) = plan() else { return Vec::new() };
    plan.conflicts().iter().map(|conflict| candidate(&conflict.id(), &resolve::about(&plan, conflict))).collect()
}

fn candidate(value: &str, help: &str) -> CompletionCandidate {
    let help = Some(clipped(help, 60)).filter(|help| !help.is_empty());
    CompletionCandidate::new(value).help(help.map(StyledStr::from))
}
