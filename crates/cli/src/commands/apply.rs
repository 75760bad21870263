//! `git plan apply`

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::Parser;
use git_plan_core::{Batch, Change, Context, EventId, Plan, Text, author};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::Work;
use crate::args::{Args, Command, Why};
use crate::exit::Failure;
use crate::receipt;
use crate::session::Session;
use crate::ui::{Kept, Ui};
use crate::write::{self, Denied};

/// Record many changes at once, all or none
///
/// Reads one JSON object per line, a command or an event:
///
///     {"do": ["step", "add", "Build"], "as": "build"}
///     {"do": ["step", "depend", "@ship", "--on", "@build"]}
///     {"do": ["step", "edit", "2", "--body", "-"], "input": "What `-` reads"}
///     {"type": "note.added", "data": {"label": "Test", "text": "41 passed"}, "why": "…"}
///
/// `as` names what the line adds, and later lines name it with an `@`. What a line says is computed on top of those before
/// it. With --key, a retry records nothing twice.
#[derive(Debug, clap::Args)]
#[command(
    verbatim_doc_comment,
    after_help = "Examples:
  git plan apply --key import-7 - < changes.jsonl
  git plan apply --dry-run changes.jsonl"
)]
pub struct Apply {
    /// The file to read; `-` is stdin
    #[arg(default_value = "-")]
    file: PathBuf,
    #[command(flatten)]
    why: Why,
}

/// A line.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    /// The words of a command.
    #[serde(rename = "do")]
    words: Option<Vec<String>>,
    /// What the command reads where it is told to read stdin.
    input: Option<String>,
    /// The type of an event.
    #[serde(rename = "type")]
    type_name: Option<String>,
    /// Its data.
    data: Option<Map<String, Value>>,
    /// Why, where the line has a reason of its own.
    why: Option<Text>,
    /// The name under which later lines know what the line adds.
    #[serde(rename = "as")]
    name: Option<String>,
}

impl Apply {
    pub fn run(self, work: &mut Work<'_>) -> Result<(), Failure> {
        let sent = work.sent(&self.file)?;
        let lines = lines(&sent)?;
        let mut names = BTreeMap::new();
        let mut written = write::append(&work.session, &self.why, |batch| {
            names = record(&work.session, batch, &lines)?;
            Ok(())
        })?;
        if !written.repeated {
            written.names = names;
        }
        receipt::print(&written, &work.session.repo, work.ui)
    }
}

/// The lines, each with its number.
fn lines(sent: &str) -> Result<Vec<(usize, Line)>, Failure> {
    let full = sent.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    let lines: Vec<(usize, Line)> = full
        .map(|(at, line)| {
            let line: Line = serde_json::from_str(line).map_err(|e| at_line(at + 1, Failure::usage(e.to_string())))?;
            match (&line.words, &line.type_name, &line.data) {
                (Some(_), None, None) | (None, Some(_), Some(_)) => Ok((at + 1, line)),
                _ => Err(at_line(at + 1, Failure::usage("expected either `do`, or `type` and `data`"))),
            }
        })
        .collect::<Result<_, _>>()?;
    if lines.is_empty() {
        return Err(Failure::usage("there is nothing to apply: expected one JSON object per line")
            .hinted("`git plan apply --help` shows what the lines look like"));
    }
    Ok(lines)
}

/// Records the lines one after the other, and says what was given a name.
fn record(session: &Session, batch: &mut Batch, lines: &[(usize, Line)]) -> Result<BTreeMap<String, EventId>, Denied> {
    let mut names = BTreeMap::new();
    let mut ui = Ui::keeping(true, Kept::default());
    let mut within = Work { session: session.again()?, ui: &mut ui, damaged: None, within: None };
    if lines.len() > 1 {
        batch.group();
    }
    for (number, line) in lines {
        let before = batch.events().count();
        let done = match (&line.words, &line.type_name, &line.data) {
            (Some(words), ..) => {
                // Nothing is read from the program's own stdin, which has these lines.
                within.session.input = Some(line.input.clone().unwrap_or_default());
                batch.because(line.why.as_ref(), |batch| command(&mut within, batch, words, &names))
            }
            (None, Some(type_name), Some(data)) => {
                batch.because(line.why.as_ref(), |batch| event(batch, type_name, data, &names))
            }
            _ => Ok(()),
        };
        done.map_err(|failure| Denied::Failed(at_line(*number, failure)))?;
        if let Some(name) = &line.name {
            let Some(first) = batch.events().nth(before) else {
                let failure = Failure::usage(format!("@{name} names what the line adds, and it adds nothing"));
                return Err(at_line(*number, failure).into());
            };
            names.insert(name.clone(), first.id);
        }
    }
    Ok(names)
}

/// Records what a command would.
fn command(
    within: &mut Work<'_>,
    batch: &mut Batch,
    words: &[String],
    names: &BTreeMap<String, EventId>,
) -> Result<(), Failure> {
    let known = |word: &String| named(word, names).map_or_else(|| word.clone(), |id| id.to_string());
    let words = std::iter::once("git-plan".to_owned()).chain(words.iter().map(known));
    let args = Args::try_parse_from(words).map_err(|error| {
        let text = error.render().to_string();
        let text = text.strip_prefix("error: ").unwrap_or(&text);
        Failure::usage(text.lines().next().unwrap_or_default().to_owned())
    })?;
    if args.global.plan.is_some() || !args.global.directory.is_empty() {
        return Err(Failure::usage("-p and -C belong to `apply` itself: all lines are about one plan"));
    }
    // The batch changes hands for as long as the command has it.
    let empty = Batch::new(Plan::default(), batch.by().clone(), batch.at(), Context::default());
    within.within = Some(std::mem::replace(batch, empty));
    let ended = record_one(args.command, within);
    if let Some(recorded) = within.within.take() {
        *batch = recorded;
    }
    ended
}

/// Runs a command that does nothing but record into a plan.
fn record_one(command: Command, work: &mut Work<'_>) -> Result<(), Failure> {
    match command {
        Command::Step(command) => command.run(work),
        Command::Criterion(command) => command.run(work),
        Command::Decide(command) => command.run(work),
        Command::Decision(command) => command.run(work),
        Command::Discover(command) => command.run(work),
        Command::Block(command) => command.run(work),
        Command::Unblock(command) => command.run(work),
        Command::Ask(command) => command.run(work),
        Command::Answer(command) => command.run(work),
        Command::Note(command) => command.run(work),
        Command::Result(command) => command.run(work),
        Command::Story(command) => command.run(work),
        Command::Set(command) => command.run(work),
        Command::Section(command) => command.run(work),
        Command::Archive(command) => command.run(work),
        _ => Err(Failure::usage("expected a command that writes to a plan, such as `step add` or `decide`")),
    }
}

/// Records an event.
fn event(
    batch: &mut Batch,
    type_name: &str,
    data: &Map<String, Value>,
    names: &BTreeMap<String, EventId>,
) -> Result<(), Failure> {
    let data: Map<String, Value> = data.iter().map(|(member, value)| (member.clone(), filled(value, names))).collect();
    let change = author::written(type_name, &data).map_err(|inert| Failure::usage(inert.to_string()))?;
    if matches!(change, Change::PlanCreated(_)) {
        return Err(Failure::usage("a plan begins once: `git plan new`"));
    }
    batch.record(change).map(drop).map_err(|error| author::Refusal::from(error).into())
}

/// A value with the ids of what it names.
fn filled(value: &Value, names: &BTreeMap<String, EventId>) -> Value {
    match value {
        Value::String(text) => named(text, names).map_or_else(|| value.clone(), |id| Value::from(id.to_string())),
        Value::Array(values) => values.iter().map(|value| filled(value, names)).collect(),
        other => other.clone(),
    }
}

fn named(text: &str, names: &BTreeMap<String, EventId>) -> Option<EventId> {
    names.get(text.strip_prefix('@')?).copied()
}

fn at_line(number: usize, failure: Failure) -> Failure {
    let hint = failure.hint.unwrap_or_else(|| "nothing was recorded".to_owned());
    Failure { message: format!("line {number}: {}", failure.message), hint: Some(hint), ..failure }
}
