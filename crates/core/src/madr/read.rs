//! Reading a record: MADR 2 to 4, Nygard's form, log4brains and their like.
//!
//! What may be relied on: whatever the text, each word of it is in the [`Record`], but for the headings that name its
//! fields and the words in front of a title that say that it is a record.

use super::naming::{label, labelled, numbered};
use super::parts::{self, About, Part, about, entries, tidy};
use super::status;
use super::texts::FRONT_MATTER;
use crate::import::front_matter::{FrontField, Value};
use crate::import::lines::{Class, Scanner};
use crate::import::{self, roles, times};
use crate::prelude::*;
use crate::{Timestamp, limits};

/// A decision record, as read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Record {
    /// Its file's name, without the folder and the ending.
    pub name: String,
    /// Its number, from its title or its file's name.
    pub number: Option<u64>,
    /// What was decided.
    pub title: String,
    /// What became of it, in its own words; empty where it does not say.
    pub status: String,
    /// When.
    pub date: Option<Timestamp>,
    /// By whom.
    pub deciders: Option<String>,
    /// The decision and why.
    pub reason: String,
    /// What could have been decided.
    pub options: Vec<String>,
    /// The consequences.
    pub tradeoffs: Vec<String>,
    /// What it rests on.
    pub references: Vec<String>,
    /// What was added later.
    pub amendments: Vec<String>,
    /// What stands before the decision.
    pub context: String,
    /// All other parts, each with its heading.
    pub rest: Vec<String>,
}

/// Reads a record from a file of this name; `None` where the text has neither a status nor a decision nor options.
#[must_use]
pub fn read(name: &str, text: &str) -> Option<Record> {
    let document = import::read(text);
    let (heading, lead, parts) = parts::cut(&document);
    let name = status::stem(name).to_owned();
    let mut reader = Reader { record: Record { name, ..Record::default() }, seen: BTreeSet::new() };
    let mut yaml = String::new();
    let mut title = None;
    for field in document.front_matter.iter().flat_map(|front| &front.fields) {
        match (field.name, &field.value) {
            ("title", Value::Scalar(text)) if heading.is_none_or(|heading| heading == text) => title = Some(text),
            _ if reader.field(field) => {}
            _ => yaml.push_str(field.source),
        }
    }
    // Who writes the status into the front matter writes no number into the heading.
    let is_bare = reader.seen.contains(&About::Status);
    let named = heading.or(title.map(String::as_str)).unwrap_or(&reader.record.name).trim().to_owned();
    let (number, title) = if is_bare { (None, named.as_str()) } else { numbered(&named) };
    reader.record.number = number.or_else(|| status::number(&reader.record.name));
    reader.record.title = title.to_owned();
    lead.iter().for_each(|block| reader.lead(block.source));
    reader.record.context = tidy(&reader.record.context);
    parts.iter().for_each(|part| reader.part(part));
    if !yaml.trim().is_empty() {
        let fence = if yaml.contains("```") { "~~~~" } else { "```" };
        reader.record.rest.push(format!("{FRONT_MATTER}\n\n{fence}yaml\n{}\n{fence}", tidy(&yaml)));
    }
    let is_record = [About::Status, About::Outcome, About::Options].iter().any(|about| reader.seen.contains(about));
    is_record.then(|| reader.record.held(text))
}

struct Reader {
    record: Record,
    /// What was met already; a second part about the same is one of the rest.
    seen: BTreeSet<About>,
}

impl Reader {
    fn field(&mut self, field: &FrontField<'_>) -> bool {
        let about = label(field.name);
        match (&field.value, about) {
            (Value::Scalar(text), Some(about)) => self.claim(about, text),
            (Value::List(names), Some(About::Deciders)) => self.claim(About::Deciders, &names.join(", ")),
            _ => false,
        }
    }

    /// Takes a status, a date or names; says whether nothing of the text is left.
    fn claim(&mut self, about: About, text: &str) -> bool {
        let text = text.trim();
        match about {
            About::Status if self.seen.insert(about) => {
                self.record.status = text.to_owned();
                true
            }
            About::Date if self.record.date.is_none() => {
                let Some(claimed) = times::leading(text) else { return false };
                self.record.date = Some(claimed.at);
                claimed.rest.trim_matches('.').is_empty()
            }
            About::Deciders if self.record.deciders.is_none() => {
                let fits = !text.is_empty() && text.len() <= limits::TITLE && !text.contains(['\n', '\r']);
                self.record.deciders = fits.then(|| text.to_owned());
                fits
            }
            _ => false,
        }
    }

    /// What stands before the parts: lines that name a status, a date or deciders, and the beginning of the context.
    fn lead(&mut self, source: &str) {
        let mut scanner = Scanner::default();
        let mut lines = source.lines().peekable();
        while let Some(line) = lines.next() {
            let is_text = matches!(scanner.class(line, false), Class::Text);
            let ends = lines.peek().is_none_or(|next| next.trim().is_empty() || labelled(next).is_some());
            match labelled(line).filter(|_| is_text && ends) {
                Some((about, value)) if self.claim(about, value) => {}
                _ => {
                    self.record.context.push_str(line);
                    self.record.context.push('\n');
                }
            }
        }
    }

    fn part(&mut self, part: &Part<'_, '_>) {
        let Some(about) = about(part.heading.text) else { return self.keep(part) };
        let taken = match about {
            About::Status | About::Date | About::Deciders => self.claim(about, &part.text()),
            About::References => self.references(part),
            About::More => self.more(part),
            about => self.seen.insert(about) && self.field_of(about, part),
        };
        if !taken {
            self.keep(part);
        }
    }

    fn field_of(&mut self, about: About, part: &Part<'_, '_>) -> bool {
        match about {
            About::Context => {
                let text = part.text();
                let gap = if self.record.context.is_empty() || text.is_empty() { "" } else { "\n\n" };
                self.record.context.push_str(&format!("{gap}{text}"));
            }
            About::Options => {
                let (mut found, beside) = entries(part.own());
                found.extend(part.below().iter().map(Part::entry));
                self.record.options = found;
                self.beside(part, &beside);
            }
            About::Outcome => self.outcome(part),
            _ => self.consequences(part),
        }
        true
    }

    fn outcome(&mut self, part: &Part<'_, '_>) {
        let mut reason = vec![tidy(&part.own().map(|block| block.source).collect::<String>())];
        for below in part.below() {
            match roles::normal(below.heading.text.split("<!--").next().unwrap_or_default()).as_str() {
                "consequences" if self.seen.insert(About::Consequences) => self.consequences(&below),
                "positive consequences" | "negative consequences" => {
                    self.seen.insert(About::Consequences);
                    self.record.tradeoffs.push(below.entry());
                }
                _ => reason.push(below.whole()),
            }
        }
        reason.retain(|text| !text.is_empty());
        self.record.reason = reason.join("\n\n");
    }

    fn consequences(&mut self, part: &Part<'_, '_>) {
        let (mut found, beside) = entries(part.own());
        found.extend(part.below().iter().map(Part::entry));
        if found.is_empty() && !beside.is_empty() {
            found.push(beside);
        } else {
            self.beside(part, &beside);
        }
        self.record.tradeoffs.extend(found);
    }

    fn references(&mut self, part: &Part<'_, '_>) -> bool {
        let (found, beside) = entries(part.own());
        let is_list = beside.is_empty() && part.below().is_empty();
        if is_list {
            self.record.references.extend(found);
        }
        is_list
    }

    /// Takes the list that an export writes for what its format has no heading for.
    fn more(&mut self, part: &Part<'_, '_>) -> bool {
        let (found, beside) = entries(part.own());
        let known = |entry: &String| entry.starts_with("Reference: ") || entry.starts_with("Amended: ");
        let is_list = beside.is_empty() && part.below().is_empty() && found.iter().all(known);
        for entry in found.iter().filter(|_| is_list) {
            match entry.strip_prefix("Amended: ") {
                Some(text) => self.record.amendments.push(text.to_owned()),
                None => self.record.references.extend(entry.strip_prefix("Reference: ").map(str::to_owned)),
            }
        }
        is_list
    }

    /// Keeps what stands beside the entries of a part.
    fn beside(&mut self, part: &Part<'_, '_>, text: &str) {
        if !text.is_empty() {
            self.record.rest.push(format!("## {}\n\n{text}", part.heading.text));
        }
    }

    fn keep(&mut self, part: &Part<'_, '_>) {
        self.record.rest.push(part.whole());
    }
}

impl Record {
    /// The record, or where its fields are too long for one event, the same with all of its text as context.
    fn held(self, text: &str) -> Self {
        let lists = [&self.options, &self.tradeoffs, &self.references];
        let fields: String = lists.into_iter().flatten().chain([&self.reason, &self.title]).cloned().collect();
        let fits = import::fits(&fields) && self.amendments.iter().all(|text| import::fits(text));
        if fits {
            return self;
        }
        let Self { name, number, title, status, date, deciders, .. } = self;
        let title = if title.len() <= limits::TITLE { title } else { name.clone() };
        Self { name, number, title, status, date, deciders, context: tidy(text), ..Self::default() }
    }
}
