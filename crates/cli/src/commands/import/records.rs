//! `git plan import --format madr`: files and folders of decision records, as the decisions of one plan.

use std::path::{Path, PathBuf};

use git_plan_core::madr::{self, Options, Record, Report};
use git_plan_core::text::clipped;
use git_plan_core::{Batch, Plan, Slug, Title, bytes};
use serde_json::json;

use super::sources::read;
use super::{Import, Work};
use crate::choice;
use crate::exit::{Failure, Status};
use crate::ui::Style;

/// The most characters of a plan's title that is taken from a record or a folder.
const TITLE: usize = 120;

/// What was found.
#[derive(Debug, Default)]
struct Found {
    records: Vec<Record>,
    /// The files of folders that are no records.
    left_out: Vec<String>,
}

/// Takes records in.
pub(super) fn run(import: &Import, work: &mut Work<'_>) -> Result<(), Failure> {
    let found = found(&import.files)?;
    let title = title(import, &found)?;
    let slug = match &import.slug {
        Some(slug) => choice::slug(slug)?,
        None => Slug::from_title(&title).ok_or_else(|| Failure::usage("no name for the plan; give --slug"))?,
    };
    let nonce = Title::new(work.session.nonce()?).map_err(|e| Failure::usage(format!("the nonce is {e}")))?;
    let options = Options { title, slug: slug.clone(), layout: import.layout(), nonce };
    let writer = work.session.writer(&import.why)?;
    let mut report = Report::default();
    let mut record = |batch: &mut Batch| -> Result<(), Failure> {
        batch.group();
        let unfit = |e| Failure::new(Status::Refused, "import", format!("the records cannot be taken in: {e}"));
        report = madr::record(&found.records, &options, batch).map_err(unfit)?;
        Ok(())
    };
    let plan = if import.why.dry_run {
        let mut trial = Batch::new(Plan::default(), writer.by.clone(), writer.at, writer.context.clone());
        record(&mut trial)?;
        trial.into_parts().0
    } else {
        work.session.repo.create(&slug, &writer, &mut record)?.into_whole(&work.session.repo)?.0
    };
    let done = if import.why.dry_run { "would be imported" } else { "imported" };
    say(work, &slug, &plan, (&report, done), &found.left_out)
}

fn found(arguments: &[PathBuf]) -> Result<Found, Failure> {
    let mut found = Found::default();
    for argument in arguments {
        if argument.is_dir() {
            for file in listed(argument)? {
                let is_template = name(&file).to_lowercase().contains("template");
                match madr::read(&name(&file), &text(&file)?).filter(|_| !is_template) {
                    Some(record) => found.records.push(record),
                    None => found.left_out.push(name(&file)),
                }
            }
            continue;
        }
        let record = madr::read(&name(argument), &text(argument)?).ok_or_else(|| {
            let message =
                format!("{} is no decision record: it has neither a status nor a decision", argument.display());
            Failure::new(Status::Refused, "no-record", message).hinted("`git plan import FILE` takes in any other plan")
        })?;
        found.records.push(record);
    }
    if found.records.is_empty() {
        let message = "there is no decision record; nothing was imported";
        return Err(Failure::new(Status::NotFound, "no-record", message)
            .hinted("a record is a file that ends in .md and has a heading such as Status or Decision"));
    }
    Ok(found)
}

/// The Markdown files of a folder, by name.
fn listed(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let entries = std::fs::read_dir(folder).and_then(|entries| entries.collect::<Result<Vec<_>, _>>());
    let entries = entries.map_err(|e| {
        Failure::new(Status::NotFound, "no-such-file", format!("cannot read the folder {}: {e}", folder.display()))
    })?;
    let paths = entries.into_iter().map(|entry| entry.path());
    let mut files: Vec<PathBuf> =
        paths.filter(|path| path.extension().is_some_and(|ending| ending == "md") && path.is_file()).collect();
    files.sort();
    Ok(files)
}

fn text(file: &Path) -> Result<String, Failure> {
    Ok(bytes::text(&read(file)?).into_owned())
}

fn name(path: &Path) -> String {
    path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned())
}

/// The plan's title: the one given, else that of the only record, else the folder's name.
fn title(import: &Import, found: &Found) -> Result<Title, Failure> {
    let folder = || {
        let first = import.files.first()?.canonicalize().ok()?;
        let folder = if first.is_dir() { first.as_path() } else { first.parent()? };
        Some(name(folder)).filter(|name| Slug::from_title(name).is_some())
    };
    let title = match (&import.title, found.records.as_slice(), import.files.as_slice()) {
        (Some(title), ..) => title.clone(),
        (None, [only], [file]) if !file.is_dir() => only.title.clone(),
        _ => folder().unwrap_or_else(|| "Decisions".to_owned()),
    };
    Title::new(clipped(&title, TITLE)).map_err(|e| Failure::usage(format!("the title is {e}")))
}

/// Says what was understood, and what was left out.
fn say(
    work: &mut Work<'_>,
    slug: &Slug,
    plan: &Plan,
    (report, done): (&Report, &str),
    left_out: &[String],
) -> Result<(), Failure> {
    if work.ui.json {
        let data = json!({
            "id": plan.id().map(|id| id.to_string()), "imported": done == "imported", "events": plan.count(), "layout": plan.layout(),
            "items": { "decision": report.decisions }, "superseded": report.superseded,
            "unresolved": report.unresolved, "left_out": left_out,
        });
        return Ok(work.ui.data("imported", Some(slug.as_str()), plan.heads(), data)?);
    }
    let mut page = work.ui.page();
    let id = plan.id().map_or_else(String::new, |id| id.short());
    page.paint(Style::Id, &id).put(&format!("  plan {slug} {done}: {}", plan.title())).end();
    let decisions = if report.decisions == 1 { "decision" } else { "decisions" };
    page.put(&format!(
        "         {} events, {} layout: {} {decisions}, {} superseded",
        plan.count(),
        plan.layout(),
        report.decisions,
        report.superseded
    ));
    page.end();
    for name in &report.unresolved {
        page.put(&format!("         {name}: what superseded it is not among the records: withdrawn")).end();
    }
    for name in left_out {
        page.put(&format!("         {name}: no decision record: left out")).end();
    }
    Ok(work.ui.show(&page)?)
}
