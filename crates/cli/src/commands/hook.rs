//! Hooks of git in this repository, installed when asked for: `pre-commit` by `git plan init --hook`, and `post-commit` by
//! `git plan hook install`; and the hook of a server, which is printed.
//!
//! What may be relied on: only what stands between our marks is written or taken away; a hook without them is somebody
//! else's, and is left as it is.

mod link;

use std::fs;
use std::io::ErrorKind;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use serde_json::json;

use super::Work;
use crate::exit::{Failure, Status};
use crate::marked::Marks;
use crate::place::Place;

const MARKS: Marks = Marks { begin: "# >>> git-plan >>>\n", end: "# <<< git-plan <<<\n" };
const SHELL: &str = "#!/bin/sh\n";

/// A hook of ours.
#[derive(Debug, Clone, Copy)]
pub struct Ours {
    /// What git calls it.
    name: &'static str,
    /// What it does. Who has no git-plan commits all the same.
    body: &'static str,
    /// What to write into a hook that is somebody else's.
    line: &'static str,
}

/// Takes edited plan files in.
pub const PRE_COMMIT: Ours = Ours {
    name: "pre-commit",
    body: "\
# Takes the edits of staged plan files in, and stages the files as they are written anew.
if command -v git-plan >/dev/null 2>&1; then
\tgit-plan absorb --staged || exit $?
else
\techo 'git-plan is not installed: edits of plan files are not taken in' >&2
fi
",
    line: "git-plan absorb --staged || exit $?",
};

/// Links commits to the steps that they name.
const POST_COMMIT: Ours = Ours {
    name: "post-commit",
    body: "\
# Links the commit to the steps that its trailers Plan: and Plan-Step: name.
if command -v git-plan >/dev/null 2>&1; then
\tgit-plan hook link || echo 'git-plan: the commit was made, and is not linked to its step' >&2
fi
",
    line: "git-plan hook link",
};

/// Link commits to the steps that they name
///
/// A commit names a step with the trailers `Plan: SLUG` and `Plan-Step: ID`, which `git commit --trailer` writes; without
/// `Plan:`, the plan that commands are about is meant. The hook is installed when asked for, and leaves any other alone.
#[derive(Debug, clap::Subcommand)]
pub enum Hook {
    /// Install a `post-commit` hook that links each commit to its steps
    #[command(after_help = "Examples:
  git plan hook install
  git commit -m \"Parse dates\" --trailer \"Plan: import\" --trailer \"Plan-Step: 3f9c2a1\"")]
    Install,
    /// Take that hook away again
    #[command(after_help = "Example:\n  git plan hook remove")]
    Remove,
    Link(link::Link),
}

impl Hook {
    pub fn run(self, work: &mut Work<'_>) -> Result<(), Failure> {
        match self {
            Self::Install => install(work, POST_COMMIT),
            Self::Remove => remove(work, POST_COMMIT),
            Self::Link(command) => command.run(work),
        }
    }
}

/// What a server runs. One that has no git-plan takes nothing.
const SERVER: &str = "\
#!/bin/sh
# Refuses pushes that rewrite, delete or damage plans; branches and tags are no concern of it.
# It belongs on the server, into the file hooks/pre-receive of the bare repository, which must be executable (chmod +x),
# and needs git-plan on the path of whoever receives pushes there. It reads standard input: where there is such a hook
# already, give both the same. To ask for signatures, in that repository:
#   git config plan.requireSigned true
#   git config gpg.ssh.allowedSignersFile /path/to/allowed_signers
exec git-plan verify --pre-receive
";

/// Prints the hook of a server, with how to install it.
pub fn of_server(work: &mut Work<'_>) -> Result<(), Failure> {
    if work.ui.json {
        return Ok(work.ui.data("server-hook", None, [], json!({ "hook": SERVER }))?);
    }
    Ok(work.ui.raw(SERVER.as_bytes())?)
}

/// Installs a hook, or brings it up to date.
pub fn install(work: &mut Work<'_>, ours: Ours) -> Result<(), Failure> {
    let place = place(work, ours)?;
    let block = MARKS.block(ours.body);
    let new = match read(&place)? {
        None => format!("{SHELL}{block}"),
        Some(known) => match MARKS.around(&known) {
            Some((before, after)) => format!("{before}{block}{after}"),
            None => {
                let message = format!("there is a hook {} already, and it is not ours", place.name());
                return Err(Failure::new(Status::Refused, "foreign-hook", message)
                    .hinted(format!("add the line `{}` to it", ours.line)));
            }
        },
    };
    place.write(new.as_bytes())?;
    fs::set_permissions(&place.file, fs::Permissions::from_mode(0o755))
        .map_err(|e| failed("make executable", &place, &e))?;
    say(work, &place, "installed")
}

/// Takes a hook away; what else is in the file stays.
pub fn remove(work: &mut Work<'_>, ours: Ours) -> Result<(), Failure> {
    let place = place(work, ours)?;
    let known = read(&place)?;
    let Some((before, after)) = known.as_deref().and_then(|known| MARKS.around(known)) else {
        let message = format!("{} holds nothing of git-plan", place.name());
        return Err(Failure::new(Status::NotFound, "no-hook", message));
    };
    let rest = format!("{before}{after}");
    if rest.trim() == SHELL.trim() {
        fs::remove_file(&place.file).map_err(|e| failed("remove", &place, &e))?;
    } else {
        place.write(rest.as_bytes())?;
    }
    say(work, &place, "removed")
}

/// Where git looks for a hook.
fn place(work: &Work<'_>, ours: Ours) -> Result<Place, Failure> {
    let repo = &work.session.repo;
    let top = work.session.work_tree()?;
    let directory = match repo.config().path("core.hooksPath")? {
        Some(path) => top.join(path),
        None => repo.common_dir().join("hooks"),
    };
    let file: PathBuf = directory.join(ours.name);
    let file = if file.exists() { fs::canonicalize(&file).unwrap_or(file) } else { file };
    Ok(Place { file, inside: None })
}

fn read(place: &Place) -> Result<Option<String>, Failure> {
    match fs::read_to_string(&place.file) {
        Ok(hook) => Ok(Some(hook)),
        Err(e) if e.kind() == ErrorKind::NotFound => Ok(None),
        // What is no text is no hook of ours.
        Err(e) if e.kind() == ErrorKind::InvalidData => Ok(Some(String::new())),
        Err(e) => Err(failed("read", place, &e)),
    }
}

fn failed(what: &str, place: &Place, error: &std::io::Error) -> Failure {
    Failure::new(Status::Failed, "io", format!("cannot {what} {}: {error}", place.name()))
}

fn say(work: &mut Work<'_>, place: &Place, did: &str) -> Result<(), Failure> {
    if work.ui.json {
        return Ok(work.ui.data("hook", None, [], json!({ "file": place.name(), "did": did }))?);
    }
    let mut page = work.ui.page();
    page.put(&format!("{} {did}", place.name())).end();
    Ok(work.ui.show(&page)?)
}
