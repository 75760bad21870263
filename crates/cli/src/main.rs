//! The `git-plan` program: plans as git commits, for people and coding agents.
//!
//! What may be relied on: data goes to stdout and talk to stderr; the exit status is one of the table in `exit.rs`, and 0
//! means that what was to be written is in the repository; without a terminal nothing ever waits for an answer.
//!
//! How: `args.rs` says what can be asked, `commands/` has one file for each command, `session.rs` is all that is read
//! from outside, and `ui.rs` all that goes out.

mod absorbing;
mod args;
mod bundle;
mod choice;
mod claiming;
mod commands;
mod complete;
mod conflicts;
mod differences;
mod draft;
mod editor;
mod excerpt;
mod exchange;
mod exit;
mod files;
mod graph;
mod log;
mod marked;
mod owner;
mod pick;
mod place;
mod receipt;
mod seen;
mod session;
mod stand;
mod ui;
mod versions;
mod when;
mod write;

use std::process::ExitCode;

use clap::Parser;
use git_plan_store::Environment;

fn main() -> ExitCode {
    complete::answer();
    let env = Environment::of_process();
    let args = match args::Args::try_parse() {
        Ok(args) => args,
        Err(error) => return exit::usage(&error),
    };
    let mut ui = ui::Ui::new(&args.global, &env);
    let ended = commands::run(args, env, &mut ui);
    ui.close();
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => exit::report(&failure, &ui),
    }
}
