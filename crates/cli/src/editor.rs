//! The editor that git would use, on a file of our own.
//!
//! The order is git's: `$GIT_EDITOR`, `core.editor`, `$VISUAL` unless the terminal is dumb, `$EDITOR`, `vi`. It runs
//! through `sh -c`, so it may be a command line. Where nobody named one and nobody is at a terminal, none is started.

use std::io::IsTerminal;
use std::path::Path;
use std::process::Command;

use crate::exit::{Failure, Status};
use crate::session::Session;

/// Opens the editor on a file and waits until it is closed.
pub fn open(session: &Session, file: &Path) -> Result<(), Failure> {
    let editor = resolve(session)?;
    let failed = |how: String| {
        Failure::new(Status::Failed, "editor", format!("the editor {editor:?} {how}; nothing was written"))
            .hinted("`git config core.editor` says which editor is used")
    };
    let line = format!("{editor} \"$@\"");
    let ended = Command::new("sh").arg("-c").arg(line).arg(&editor).arg(file).status();
    match ended {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(failed(format!("ended with {status}"))),
        Err(e) => Err(failed(format!("cannot be started: {e}"))),
    }
}

fn resolve(session: &Session) -> Result<String, Failure> {
    let given = |name: &str| session.env().non_empty(name).map(|value| value.to_string_lossy().into_owned());
    let dumb = given("TERM").is_none_or(|term| term == "dumb");
    let named = given("GIT_EDITOR")
        .or_else(|| session.repo.config().string("core.editor").filter(|editor| !editor.is_empty()))
        .or_else(|| given("VISUAL").filter(|_| !dumb))
        .or_else(|| given("EDITOR"));
    if let Some(named) = named {
        return Ok(named);
    }
    if dumb || !std::io::stdin().is_terminal() || !std::io::stdout().is_terminal() {
        let message = "there is no terminal to edit in, and no editor is set";
        return Err(Failure::new(Status::Environment, "no-editor", message)
            .hinted("set $EDITOR or core.editor; or edit the plan's file and run `git plan absorb`"));
    }
    Ok("vi".to_owned())
}
