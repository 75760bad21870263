//! Counting words: what an import took in must come out of its events.
#![allow(dead_code, reason = "each test binary uses a part")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use git_plan_core::event::Context;
use git_plan_core::import::{self, Document, Options, Report};
use git_plan_core::{Actor, Batch, Layout, Plan, Role, Title, view};
use serde_json::Value;

pub type TestResult<T = ()> = Result<T, Box<dyn std::error::Error>>;

/// The entries of a folder, sorted.
pub fn list(folder: &Path) -> TestResult<Vec<PathBuf>> {
    let mut paths = std::fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<TestResult<Vec<_>>>()?;
    paths.sort();
    Ok(paths)
}

/// The batch and the report of an import.
pub fn imported(document: &Document<'_>, layout: Option<Layout>) -> TestResult<(Batch, Report)> {
    let by = Actor { name: "Ada".into(), email: "ada@example.org".into() };
    let mut batch = Batch::new(Plan::default(), by, "2026-01-02T03:04:05.678Z".parse()?, Context::default());
    let options = Options { layout, slug: None, nonce: Title::new("0")? };
    let report = import::record(document, &options, &mut batch)?;
    Ok((batch, report))
}

pub type Words = BTreeMap<String, usize>;

/// Runs of letters and runs of digits, in lower case.
pub fn count(text: &str, words: &mut Words) {
    let mut word = String::new();
    let mut digits = false;
    for c in text.chars().chain([' ']) {
        if !word.is_empty() && (!c.is_alphanumeric() || c.is_numeric() != digits) {
            *words.entry(core::mem::take(&mut word)).or_default() += 1;
        }
        if c.is_alphanumeric() {
            digits = c.is_numeric();
            word.extend(c.to_lowercase());
        }
    }
}

/// The members that say nothing in an author's words.
const WIRE: [&str; 15] = [
    "after", "under", "of", "step", "on", "question", "section", "role", "follows", "state", "layout", "nonce",
    "field", "group", "slug",
];

fn strings(value: &Value, words: &mut Words) {
    match value {
        Value::String(text) => count(text, words),
        Value::Array(values) => values.iter().for_each(|value| strings(value, words)),
        Value::Object(members) => members
            .iter()
            .filter(|(name, _)| !WIRE.contains(&name.as_str()))
            .for_each(|(_, value)| strings(value, words)),
        _ => {}
    }
}

/// The words of the events.
pub fn told(batch: &Batch) -> Words {
    let mut words = Words::new();
    for event in batch.events() {
        if let Ok(change) = &event.change {
            strings(&change.data(), &mut words);
        }
        event.context.occurred.iter().for_each(|time| count(&time.to_string().replace(['T', 'Z'], " "), &mut words));
        event.context.attributed.iter().for_each(|author| count(&author.name, &mut words));
    }
    words
}

/// What labels, boxes, numbers and marks are made of; their words need not come out.
const SYNTAX: &str = "\
    decision rationale reason date author observation discovery surprise evidence why trade off offs tradeoff \
    alternative alternatives considered reference references need option blocker in progress current resolved \
    dropped x title slug status last updated tags summary authors sources id url accessed md markdown as a an i \
    want so that execplan utc z t gmt git plan base completed by the delivered metrics lessons learned";

/// The words of a text that are missing from the events that it made.
pub fn lost(text: &str, batch: &Batch, layout: Layout) -> Words {
    let mut told = told(batch);
    let document = import::read(text);
    // A standing section's heading is in its layout.
    Role::ALL.iter().for_each(|&role| count(view::heading(layout, role), &mut told));
    let mut asked = Words::new();
    // The front matter may say the title once more.
    let title = document.title().map(|title| format!("title: {title}"));
    let slug = format!("slug: {}", batch.plan().slug().map_or("", |slug| slug.as_str()));
    let again =
        |line: &str| line.starts_with("last_updated:") || line == slug || Some(line.replace(['"', '\''], "")) == title;
    text.lines().filter(|line| !again(line)).for_each(|line| count(unmarked(line), &mut asked));
    let short = asked.into_iter().filter_map(|(word, asked)| {
        let missing = asked.saturating_sub(told.get(&word).copied().unwrap_or(0));
        (missing > 0 && !SYNTAX.split_whitespace().any(|syntax| syntax == word)).then_some((word, missing))
    });
    short.collect()
}

/// A line without the number that marks a list item.
fn unmarked(line: &str) -> &str {
    let text = line.trim_start();
    let rest = text.trim_start_matches(|c: char| c.is_ascii_digit());
    if rest.len() < text.len() && rest.starts_with(['.', ')']) { &rest[1..] } else { line }
}

/// The words of the events that the view does not show.
pub fn unseen(batch: &Batch, view: &str) -> Words {
    let mut shown = Words::new();
    count(view, &mut shown);
    let hidden = |(word, _): &(String, usize)| !shown.contains_key(word);
    told(batch).into_iter().filter(hidden).filter(|(word, _)| word.chars().any(char::is_alphabetic)).collect()
}
