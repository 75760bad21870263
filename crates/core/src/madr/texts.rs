//! Texts as they stand in a file: as they are, or fenced where they would not be read again as they were.
//!
//! What may be relied on: a text never ends the part that it is written in, and never begins another. Whether it would
//! is not guessed but tried, by reading a part with this text alone.

use alloc::borrow::Cow;

use super::naming::label;
use super::parts::{self, About, about, entries, tidy};
use crate::import::{self, Document, FrontField};
use crate::prelude::*;
use crate::text::neutral;

/// The heading of what a front matter says beyond the fields of a record.
pub(super) const FRONT_MATTER: &str = "## Front Matter";
/// A heading that stands below the text that is tried.
const END: &str = "## End";
/// The title that stands above it.
const TITLE: &str = "# Title\n\n";

/// A text of a part: without headings that begin another.
pub(super) fn section(text: &str) -> String {
    let text = bare(text);
    let fits = |text: &str| {
        let probe = probe(text);
        let document = import::read(&probe);
        let (_, _, parts) = parts::cut(&document);
        let consequences = document.headings().any(|heading| is_consequences(heading.text));
        ends(&document) && parts.len() == 1 && !consequences
    };
    if fits(&text) { text } else { fenced(&text) }
}

/// A text with headings of its own.
pub(super) fn whole(text: &str) -> String {
    let text = bare(text);
    if ends(&import::read(&probe(&text))) { text } else { fenced(&text) }
}

/// Such a text up to the first heading that begins a part, and from there on.
pub(super) fn split(text: &str) -> (&str, &str) {
    text.split_at(starts(text).next().map_or(text.len(), |(start, _)| start))
}

/// What stands below the first heading about something.
pub(super) fn below(text: &str, wanted: About) -> Option<&str> {
    let (start, _) = starts(text).find(|(_, about)| *about == Some(wanted))?;
    Some(text[start..].split_once('\n').map_or("", |(_, below)| below))
}

/// What a reader kept of a front matter at the end of a text, and the text without it; nothing where it is no longer
/// lines of fields, or has one that a record has anyway.
pub(super) fn front_matter(text: &str) -> (&str, &str) {
    let last = starts(text).last().map(|(start, _)| text.split_at(start));
    let Some((before, yaml)) = last.and_then(|(before, part)| Some((before.trim_end(), yaml(part)?))) else {
        return (text, "");
    };
    let block = format!("---\n{yaml}\n---\n");
    let (Some(read), "") = import::front_matter::split(&block) else { return (text, "") };
    let own = |name: &str| label(name).is_some() || name == "title";
    let is_remark = |field: &FrontField<'_>| field.name.is_empty() && field.source.lines().all(|l| l.starts_with('#'));
    let fits = read.fields.iter().all(|field| is_remark(field) || !field.name.is_empty() && !own(field.name));
    if fits && read.source.len() == block.len() { (before, yaml) } else { (text, "") }
}

fn yaml(part: &str) -> Option<&str> {
    part.strip_prefix(FRONT_MATTER)?.trim_start().strip_prefix("```yaml\n")?.trim_end().strip_suffix("\n```")
}

/// Entries as a list. What begins with anything but plain text stands below its marker.
pub(super) fn list(texts: &[String]) -> String {
    let mut out = String::new();
    for text in texts.iter().map(|text| bare(text)).filter(|text| !text.is_empty()) {
        let forms = [item("* ", &text), item("*\n  ", &text)];
        let same = |form: &&String| {
            let probe = probe(form);
            let document = import::read(&probe);
            let blocks = document.sections.iter().flat_map(|section| &section.blocks);
            ends(&document) && entries(blocks).0 == [text.as_str()]
        };
        match forms.iter().find(same) {
            Some(form) => out.push_str(form),
            None => out.push_str(&item("*\n  ", &fenced(&text))),
        }
    }
    out
}

fn item(marker: &str, text: &str) -> String {
    let lines = text.lines().map(|line| if line.is_empty() { Cow::Borrowed("") } else { format!("  {line}").into() });
    let lines = lines.collect::<Vec<_>>().join("\n");
    format!("{marker}{}\n", lines.strip_prefix("  ").unwrap_or(&lines))
}

/// A text in which nothing acts on a terminal, without blank lines around it.
fn bare(text: &str) -> String {
    tidy(&neutral(&text.replace("\r\n", "\n").replace('\r', "\n")))
}

fn fenced(text: &str) -> String {
    let mut fence = "```".to_owned();
    while text.contains(&fence) {
        fence.push('`');
    }
    format!("{fence}text\n{text}\n{fence}")
}

/// The text between a title and a heading.
fn probe(text: &str) -> String {
    format!("{TITLE}{text}\n\n{END}\n")
}

fn ends(document: &Document<'_>) -> bool {
    document.headings().last().is_some_and(|last| last.source.starts_with(END))
}

/// The headings that begin parts: where, and what about.
fn starts(text: &str) -> impl Iterator<Item = (usize, Option<About>)> {
    let probe = probe(text);
    let document = import::read(&probe);
    let mut found = Vec::new();
    let mut at = 0;
    for section in &document.sections {
        if let Some(heading) = &section.heading {
            found.extend((heading.level <= 2).then(|| (at, about(heading.text))));
            at += heading.source.len();
        }
        at += section.blocks.iter().map(|block| block.source.len()).sum::<usize>();
    }
    found.pop();
    found.into_iter().filter_map(|(at, about)| Some((at.checked_sub(TITLE.len())?, about)))
}

fn is_consequences(heading: &str) -> bool {
    about(heading) == Some(About::Consequences)
}
