//! The figures that git-plan is held to, measured: `cargo run --release -p git-plan-bench`.
//!
//! Every figure is CPU time, user and system, of whole processes, and stands beside its rival or its floor, measured in
//! the same run in turns with it: A B A B. Only medians are compared, so other work on the machine hurts little. Data
//! is made by a generator with a fixed seed. The table goes to stdout as Markdown; `--long` adds 100,000 events; words
//! choose sections (`append show replay list size markdown travel race merge sync trace export`).

mod append;
mod data;
mod export;
mod list;
mod markdown;
mod measure;
mod merge;
mod race;
mod replay;
mod scene;
mod show;
mod size;
mod sync;
mod table;
mod trace;
mod travel;

use std::error::Error;
use std::path::Path;
use std::process::{Command, ExitCode};

use table::Table;

type Result<T = ()> = std::result::Result<T, Box<dyn Error>>;

/// A part of the table.
type Section = (&'static str, fn(&mut Table, bool) -> Result);

const SECTIONS: &[Section] = &[
    ("append", append::measure),
    ("show", show::measure),
    ("replay", replay::measure),
    ("list", list::measure),
    ("size", size::measure),
    ("markdown", markdown::measure),
    ("travel", travel::measure),
    ("race", race::measure),
    ("merge", merge::measure),
    ("sync", sync::measure),
    ("trace", trace::measure),
    ("export", export::measure),
];

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match words.as_slice() {
        ["replay-once", directory] => replay::once(Path::new(directory)),
        words => run(words),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(e) => {
            eprintln!("figures: {e}");
            ExitCode::FAILURE
        }
    }
}

fn run(words: &[&str]) -> Result {
    let long = words.contains(&"--long");
    let chosen: Vec<&&str> = words.iter().filter(|word| **word != "--long").collect();
    if let Some(unknown) = chosen.iter().find(|word| SECTIONS.iter().all(|(name, _)| name != **word)) {
        let known: Vec<&str> = SECTIONS.iter().map(|(name, _)| *name).collect();
        return Err(format!("{unknown}: expected --long or one of {}", known.join(", ")).into());
    }
    build()?;
    let mut table = Table::begin()?;
    for (name, section) in SECTIONS {
        if chosen.is_empty() || chosen.contains(&name) {
            section(&mut table, long)?;
        }
    }
    table.end();
    Ok(())
}

/// Builds the program that is measured; where cargo did not start this one, the program that lies beside it is taken.
fn build() -> Result {
    let Some(cargo) = std::env::var_os("CARGO") else { return Ok(()) };
    let built = Command::new(cargo).args(["build", "--quiet", "--release", "--package", "git-plan"]).status()?;
    if built.success() { Ok(()) } else { Err("git-plan does not build".into()) }
}
