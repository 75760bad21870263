//! `git plan export`

mod audit;

use std::path::PathBuf;

use clap::ValueEnum;
use git_plan_core::export::{self, Row};
use git_plan_core::{Plan, Slug, bytes, madr, view};
use git_plan_store::History;
use serde_json::Value;

use super::Work;
use crate::args::At;
use crate::exit::Failure;
use crate::files;
use crate::ui::escaped;

/// Write a plan for others to read or check: its events, its view, or its decisions
///
/// `jsonl` is one event a line, each exactly the canonical bytes whose BLAKE3 is the event's id, in the plan's order;
/// `git plan import --format jsonl` makes the same plan of it. `md` is the view, as `git plan show --raw` writes it. `madr`
/// is a Markdown file for each decision, with its status, context, options and consequences; with `-o` they are written
/// into a folder. `cloudevents` is a batch of CloudEvents 1.0, one for each event; `csv` a table with a row for each; `prov`
/// PROV-JSON; `intoto` an in-toto Statement v1 on what the plan is, to be signed by tools that sign such statements. `html` is one page that
/// needs no network: the view, a timeline that shows the plan at any event, the decisions, the events and who did what.
/// `audit` is a folder with all that it takes to check the history without git-plan, or with `git plan verify DIR`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  git plan export > plan.events.jsonl
  git plan export --format md --at 2026-11-22 > plan.md
  git plan export --format madr -o docs/decisions
  git plan export --format csv > plan.csv
  git plan export --format html > plan.html
  git plan export --format audit -o ../audit/plan && git plan verify ../audit/plan
  git plan export | tail -n 1 | tr -d '\\n' | b3sum")]
pub struct Export {
    /// What to write
    #[arg(long, value_enum, default_value = "jsonl")]
    format: Format,
    /// The folder to write files into, with `--format madr` or `audit`
    #[arg(short, long, value_name = "DIR")]
    output: Option<PathBuf>,
    /// Overwrite files that hold something else
    #[arg(long, requires = "output")]
    force: bool,
    #[command(flatten)]
    at: At,
}

/// A form that a plan can be exported in.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Format {
    /// One event a line
    Jsonl,
    /// The view as Markdown
    Md,
    /// The decisions as decision records, one file each
    Madr,
    /// A batch of CloudEvents, one for each event
    Cloudevents,
    /// A table, one row for each event
    Csv,
    /// A folder that proves itself: events, commits, a git bundle, views, sums and a commitment
    Audit,
    /// One page with the view, a timeline, decisions and events, that needs no network
    Html,
    /// PROV-JSON: who and what brought each version about
    Prov,
    /// An in-toto statement on what the plan is
    Intoto,
}

impl Export {
    pub fn run(self, work: &mut Work<'_>) -> Result<(), Failure> {
        if self.output.is_some() && !matches!(self.format, Format::Madr | Format::Audit) {
            return Err(Failure::usage(
                "-o goes with --format madr or audit; any other format is one file: redirect it with `>`",
            ));
        }
        let (slug, history) = self.read(work)?;
        let export = export(&slug, &history);
        let bytes = match self.format {
            Format::Audit => return self.audit(work, (&slug, &history), &export),
            Format::Madr => return self.records(work, &history.plan),
            Format::Md => bytes::bytes(&view::render(&history.plan, history.plan.layout())).into_owned(),
            Format::Jsonl => export::jsonl::write(&export),
            Format::Cloudevents => listed(&export::cloudevents::events(&export)).into_bytes(),
            Format::Csv => export::csv::write(&export).into_bytes(),
            Format::Html => git_plan_web::page(&export).into_bytes(),
            Format::Prov => lined(&export::prov::document(&export)).into_bytes(),
            Format::Intoto => lined(&statement(&export, &history, &self.at)).into_bytes(),
        };
        Ok(work.ui.raw(&bytes)?)
    }

    fn read(&self, work: &mut Work<'_>) -> Result<(Slug, History), Failure> {
        if matches!(self.format, Format::Audit) && self.at.at.is_some() {
            return Err(Failure::usage("--format audit is of the whole history: it takes no --at"));
        }
        work.read_history(&self.at)
    }

    fn audit(
        &self,
        work: &mut Work<'_>,
        history: (&Slug, &History),
        export: &export::Export<'_>,
    ) -> Result<(), Failure> {
        let Some(folder) = &self.output else {
            return Err(Failure::usage("--format audit writes several files: give the folder for them with -o DIR"));
        };
        audit::run(folder, self.force, work, history, export)
    }

    fn records(&self, work: &mut Work<'_>, plan: &Plan) -> Result<(), Failure> {
        let records = madr::files(plan);
        if records.is_empty() {
            work.ui.hint("the plan has no decisions; `git plan decide` records one");
        }
        if let Some(folder) = &self.output {
            let records: Vec<(String, String)> = records.into_iter().map(|file| (file.name, file.text)).collect();
            return files::put(folder, &records, self.force, work.ui);
        }
        let texts: Vec<String> = records.iter().map(|file| format!("==> {} <==\n{}", file.name, file.text)).collect();
        Ok(work.ui.raw(texts.join("\n").as_bytes())?)
    }
}

/// A history as exports see it.
fn export<'a>(slug: &'a Slug, history: &'a History) -> export::Export<'a> {
    let row = |entry: &'a git_plan_store::Entry| Row {
        event: &entry.event,
        bytes: &entry.bytes,
        commit: entry.commit.to_string(),
    };
    export::Export { slug, plan: &history.plan, rows: history.entries.iter().map(row).collect() }
}

/// What in-toto's tools sign.
fn statement(export: &export::Export<'_>, history: &History, at: &At) -> Value {
    let mut tip = history.tip.to_string();
    // Of an earlier version, the tip says too much.
    if let (Some(_), [head]) = (&at.at, history.plan.heads().iter().collect::<Vec<_>>().as_slice()) {
        tip = history.find(**head).map_or(tip, |entry| entry.commit.to_string());
    }
    export::intoto::statement(export, &tip, env!("CARGO_PKG_VERSION"))
}

fn lined(value: &Value) -> String {
    format!("{}\n", escaped(value))
}

/// A JSON array with a line for each value.
fn listed(values: &[Value]) -> String {
    let lines: Vec<String> = values.iter().map(escaped).collect();
    format!("[\n{}\n]\n", lines.join(",\n"))
}
