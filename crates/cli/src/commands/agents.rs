//! What `git plan init --agents` writes: a few lines in the files that coding agents read first.
//!
//! What may be relied on: only what stands between our marks is written or taken away; nothing runs by itself afterwards. A
//! hook that tells an agent of the plan at its start is printed, for whoever wants it, and installed nowhere.

use std::collections::BTreeSet;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use clap::ValueEnum;
use serde_json::{Value, json};

use super::Work;
use crate::exit::{Failure, Status};
use crate::files;
use crate::marked::Marks;

const MARKS: Marks = Marks { begin: "<!-- git-plan: begin -->\n", end: "<!-- git-plan: end -->\n" };

/// What an agent must know before it has typed anything; at most ten lines with the marks.
const BODY: &str = "\
## Plans

The plans of this repository live in git and are kept with `git plan`.
- Begin with `git plan prime`: where the plan stands, what is next, what was decided.
- Take a step with `git plan next --claim`; when it is done, `git plan step done ID -m \"why\"`.
- Record at once: `git plan decide \"…\" --because \"…\"`, `git plan discover \"…\"`, `git plan block \"…\" --on ID`.
- After editing a plan's Markdown: `git plan absorb FILE`. To share: `git plan sync`. More: `git plan --help`.
";

/// The files that agents read first; the first is made where there is none of them.
const FILES: [&str; 2] = ["AGENTS.md", "CLAUDE.md"];

/// A client whose sessions can begin with a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Client {
    /// Claude Code, in .claude/settings.json
    Claude,
    /// Codex, in .codex/hooks.json
    Codex,
    /// Gemini CLI, in .gemini/settings.json
    Gemini,
}

impl Client {
    const ALL: [Self; 3] = [Self::Claude, Self::Codex, Self::Gemini];

    const fn name(self) -> &'static str {
        match self {
            Self::Claude => "Claude Code",
            Self::Codex => "Codex",
            Self::Gemini => "Gemini CLI",
        }
    }

    const fn file(self) -> &'static str {
        match self {
            Self::Claude => ".claude/settings.json",
            Self::Codex => ".codex/hooks.json",
            Self::Gemini => ".gemini/settings.json",
        }
    }

    /// The hook, bounded in time, and silent where there is no plan or no git-plan.
    fn hook(self) -> Value {
        // Claude Code and Codex count seconds, Gemini CLI milliseconds.
        let (matcher, timeout) = match self {
            Self::Claude => ("startup|resume|clear|compact", 5),
            Self::Codex => ("startup|resume", 5),
            Self::Gemini => ("*", 5_000),
        };
        let mut hook =
            json!({ "type": "command", "command": "git plan prime --hook 2>/dev/null || true", "timeout": timeout });
        if self == Self::Gemini {
            hook["name"] = "git-plan".into();
        }
        json!({ "hooks": { "SessionStart": [{ "matcher": matcher, "hooks": [hook] }] } })
    }
}

/// What is to be done with the lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// Put in, or brought up to date.
    There,
    /// Taken out.
    Gone,
    /// Only looked at.
    Checked,
}

/// Puts the lines into the files that agents read, takes them out, or says whether they are there as they should be.
pub fn run(work: &mut Work<'_>, wanted: Wanted) -> Result<(), Failure> {
    let mut did = Vec::new();
    for path in targets(&work.session.work_tree()?)? {
        let known = read(&path)?;
        let new = match wanted {
            Wanted::There | Wanted::Checked => Some(with_block(known.as_deref().unwrap_or_default())),
            Wanted::Gone => known.as_deref().and_then(without_block),
        };
        let word = match (&known, &new) {
            (_, None) => continue,
            (Some(known), Some(new)) if known == new => "up to date",
            (Some(known), _) if MARKS.around(known).is_some() && wanted == Wanted::Checked => "outdated",
            _ if wanted == Wanted::Checked => "missing",
            (_, Some(new)) if new.is_empty() => {
                fs::remove_file(&path).map_err(|e| failed("remove", &path, &e))?;
                "removed"
            }
            (_, Some(new)) => {
                files::replace(&path, new.as_bytes()).map_err(|e| failed("write", &path, &e))?;
                if wanted == Wanted::Gone { "taken out" } else { "written" }
            }
        };
        did.push((path, word));
    }
    tell(work, &did)?;
    match wanted {
        Wanted::Checked if did.iter().any(|(_, word)| *word != "up to date") => Err(Failure::answered(Status::Refused)),
        Wanted::Gone if did.is_empty() => {
            Err(Failure::new(Status::NotFound, "no-section", "no file here holds anything of git-plan"))
        }
        Wanted::There => {
            work.ui.say("`git plan init --agent-hook` prints a hook that tells agents of the plan when they start");
            Ok(())
        }
        _ => Ok(()),
    }
}

/// Prints the hooks with which clients begin a session by reading the plan.
pub fn hooks(work: &mut Work<'_>, client: Option<Client>) -> Result<(), Failure> {
    let clients: Vec<Client> = client.map_or(Client::ALL.to_vec(), |client| vec![client]);
    if work.ui.json {
        let hooks = clients
            .iter()
            .map(|client| json!({ "client": client.name(), "file": client.file(), "hook": client.hook() }));
        return Ok(work.ui.data("agent-hooks", None, [], json!({ "hooks": hooks.collect::<Vec<_>>() }))?);
    }
    let mut page = work.ui.page();
    for client in &clients {
        let hook = serde_json::to_string_pretty(&client.hook()).unwrap_or_default();
        // One client alone is asked for to be put into its file.
        if clients.len() > 1 {
            page.put(&format!("{}, in {}:", client.name(), client.file())).end();
        }
        page.put(&hook).end();
    }
    Ok(work.ui.show(&page)?)
}

/// The files that are meant, each once, wherever symbolic links lead.
fn targets(top: &Path) -> Result<Vec<PathBuf>, Failure> {
    let mut known = BTreeSet::new();
    let there = FILES.iter().map(|name| top.join(name)).filter(|path| path.exists());
    let mut targets: Vec<PathBuf> =
        there.filter(|path| known.insert(fs::canonicalize(path).unwrap_or(path.clone()))).collect();
    if targets.is_empty() {
        targets.push(top.join(FILES[0]));
    }
    let outside = |path: &&PathBuf| fs::canonicalize(path).is_ok_and(|real| !real.starts_with(top));
    match targets.iter().find(outside) {
        None => Ok(targets.into_iter().map(|path| fs::canonicalize(&path).unwrap_or(path)).collect()),
        Some(path) => {
            let message = format!("{} leads out of the work tree; nothing was written", path.display());
            Err(Failure::new(Status::Refused, "outside", message))
        }
    }
}

fn with_block(text: &str) -> String {
    let block = MARKS.block(BODY);
    match MARKS.around(text) {
        Some((before, after)) => format!("{before}{block}{after}"),
        None if text.is_empty() => block,
        None => format!("{}\n\n{block}", text.trim_end_matches('\n')),
    }
}

/// The text without the block, and without the empty line that was put before it.
fn without_block(text: &str) -> Option<String> {
    let (before, after) = MARKS.around(text)?;
    let before = if after.is_empty() {
        before.strip_suffix("\n\n").map_or(before.to_owned(), |kept| format!("{kept}\n"))
    } else {
        before.to_owned()
    };
    Some(format!("{before}{after}"))
}

fn read(path: &Path) -> Result<Option<String>, Failure> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(e) if e.kind() == ErrorKind::NotFound => Ok(None),
        Err(e) => Err(failed("read", path, &e)),
    }
}

fn failed(what: &str, path: &Path, error: &std::io::Error) -> Failure {
    Failure::new(Status::Failed, "io", format!("cannot {what} {}: {error}", path.display()))
}

fn tell(work: &mut Work<'_>, did: &[(PathBuf, &str)]) -> Result<(), Failure> {
    let top = work.session.work_tree()?;
    let name = |path: &PathBuf| path.strip_prefix(&top).unwrap_or(path).display().to_string();
    if work.ui.json {
        let files: Vec<Value> = did.iter().map(|(path, word)| json!({ "path": name(path), "state": word })).collect();
        return Ok(work.ui.data("agents", None, [], json!({ "files": files }))?);
    }
    let mut page = work.ui.page();
    for (path, word) in did {
        page.put(&format!("{} {word}", name(path))).end();
    }
    Ok(work.ui.show(&page)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lines_are_at_most_ten() {
        assert!(MARKS.block(BODY).lines().count() <= 10, "more would cost every session of every agent");
    }

    #[test]
    fn what_is_put_in_and_taken_out_leaves_the_text_as_it_was() {
        for text in ["# Agents\n\nBe kind.\n", "", "No line end"] {
            let with = with_block(text);
            assert_eq!(with_block(&with), with, "putting it in twice changes nothing");
            let without = without_block(&with).expect("it is there");
            assert_eq!(without.trim_end_matches('\n'), text.trim_end_matches('\n'), "nothing else is touched");
        }
        assert_eq!(without_block("# Agents\n"), None, "where there is no block there is nothing to take out");
    }
}
