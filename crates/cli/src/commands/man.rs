//! `git plan man`

use std::path::{Path, PathBuf};

use clap::{Command, CommandFactory};

use crate::args::Args;
use crate::exit::{Failure, Status};
use crate::files;
use crate::ui::Ui;

/// Write the manual pages, so that `git plan --help` and `man git-plan` show them
///
/// `git plan --help` is git's own, which calls `man git-plan`. With `--install` the pages go beside the program, into
/// `share/man/man1` next to the `bin` that it is in, where `man` looks by itself. Without either option, the page of the whole
/// program is printed.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  git plan man --install
  git plan man -o target/man
  git plan man | man -l -")]
pub struct Man {
    /// Write the pages into this folder
    #[arg(short, long, value_name = "DIR")]
    output: Option<PathBuf>,
    /// Write the pages to where `man` finds them
    #[arg(long, conflicts_with = "output")]
    install: bool,
}

impl Man {
    pub fn run(self, ui: &mut Ui) -> Result<(), Failure> {
        let pages = pages()?;
        let folder = match (self.output, self.install) {
            (Some(folder), _) => folder,
            (None, true) => beside_the_program()?,
            (None, false) => {
                let whole = pages.into_iter().find(|(name, _)| name == "git-plan.1").unwrap_or_default();
                return Ok(ui.raw(whole.1.as_bytes())?);
            }
        };
        files::put(&folder, &pages, true, ui)
    }
}

/// Where `man` looks for the pages of a program that lies in a `bin`.
fn beside_the_program() -> Result<PathBuf, Failure> {
    let program = std::env::current_exe()
        .map_err(|e| Failure::new(Status::Failed, "io", format!("cannot tell where this program lies: {e}")))?;
    match program.parent().filter(|folder| folder.file_name().is_some_and(|name| name == "bin")).and_then(Path::parent)
    {
        Some(prefix) => Ok(prefix.join("share/man/man1")),
        None => {
            let message = format!("{} does not lie in a folder named bin", program.display());
            Err(Failure::new(Status::Environment, "no-prefix", message)
                .hinted("write the pages somewhere with -o, and name that in $MANPATH"))
        }
    }
}

/// All pages: the name of each file, and its text.
fn pages() -> Result<Vec<(String, String)>, Failure> {
    let mut pages = Vec::new();
    let mut whole = Args::command().disable_help_subcommand(true);
    // The options of the whole program become those of each command.
    whole.build();
    let mut ahead = vec![("git-plan".to_owned(), "git plan".to_owned(), whole)];
    while let Some((page, typed, command)) = ahead.pop() {
        for below in command.get_subcommands().filter(|below| !below.is_hide_set()) {
            let name = below.get_name();
            ahead.push((format!("{page}-{name}"), format!("{typed} {name}"), below.clone()));
        }
        let text = render(command.bin_name(typed), &page)?;
        pages.push((format!("{page}.1"), text));
    }
    pages.sort();
    Ok(pages)
}

fn render(command: Command, page: &str) -> Result<String, Failure> {
    let mut text = Vec::new();
    let command = command.name(page.to_owned()).display_name(page.to_owned());
    let man = clap_mangen::Man::new(command).title(page.to_uppercase()).manual("git-plan");
    man.render(&mut text)?;
    Ok(String::from_utf8_lossy(&text).into_owned())
}
