//! Writing: a plan's decisions as MADR 4 files.
//!
//! What may be relied on: a file's name is `NNNN-` and a slug; its text is one front matter, one title and the parts of
//! a decision, whatever their texts hold: one that would not be read again as it was is fenced, see `texts.rs`.

use super::parts::About;
use super::{status, texts};
use crate::author::find;
use crate::prelude::*;
use crate::state::{Branch, Decision, Detail, Item, Plan, What};
use crate::text::{clipped, line};
use crate::view::front_matter::scalar;
use crate::{ItemId, Kind, Parent, Slug, State, limits};

/// A file of an export.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// Its name: digits, lower-case letters and dashes, and `.md`.
    pub name: String,
    /// What it holds.
    pub text: String,
}

/// The plan's visible decisions as MADR files, in their order, which numbers them from 1.
#[must_use]
pub fn files(plan: &Plan) -> Vec<File> {
    let decisions: Vec<&Item> = find::listed(plan, Kind::Decision).into_iter().map(|listed| listed.item).collect();
    let numbers: BTreeMap<ItemId, usize> =
        decisions.iter().zip(1..).map(|(item, number)| (item.id(), number)).collect();
    let recorded = plan.log.iter().filter(|entry| entry.what == What::Recorded);
    let whys: BTreeMap<ItemId, &str> = recorded.filter_map(|entry| Some((entry.item, entry.why.as_deref()?))).collect();
    let file = |(item, number): (&&Item, usize)| {
        let Detail::Decision(detail) = &item.detail else { return None };
        let slug = Slug::from_title(item.text());
        let name = format!("{number:04}-{}.md", slug.as_ref().map_or("decision", Slug::as_str));
        Some(File {
            name,
            text: Page { plan, item, detail, why: whys.get(&item.id()).copied(), numbers: &numbers }.text(),
        })
    };
    decisions.iter().zip(1..).filter_map(file).collect()
}

struct Page<'a> {
    plan: &'a Plan,
    item: &'a Item,
    detail: &'a Decision,
    why: Option<&'a str>,
    numbers: &'a BTreeMap<ItemId, usize>,
}

impl Page<'_> {
    fn text(&self) -> String {
        let body = self.body();
        let (context, rest) = texts::split(&body);
        let (rest, yaml) = texts::front_matter(rest);
        let recorder = self.plan.person(self.item.added).map_or("", |person| &person.actor.name);
        let makers = line(self.item.attributed.as_deref().unwrap_or(recorder));
        let mut out = format!("---\nstatus: {}\ndate: {}\n", scalar(&self.status(rest)), self.item.occurred.date());
        if !makers.is_empty() {
            out.push_str(&format!("decision-makers: {}\n", scalar(&makers)));
        }
        out.push_str(yaml);
        out.push_str(if yaml.is_empty() { "" } else { "\n" });
        let (title, overflow) = title(self.item.text());
        out.push_str(&format!("---\n\n# {title}\n"));
        let context = [texts::section(overflow), context.to_owned()].join("\n\n");
        part(&mut out, "## Context and Problem Statement", &context);
        part(&mut out, "## Considered Options", &texts::list(&self.detail.options));
        part(&mut out, "## Decision Outcome", &texts::section(&self.reason()));
        let tradeoffs = texts::list(&self.detail.tradeoffs);
        if !tradeoffs.is_empty() || texts::below(rest, About::Consequences).is_some() {
            part(&mut out, "### Consequences", &tradeoffs);
        }
        if !rest.is_empty() {
            // Below a list, a heading is one only without an indent.
            out.push_str(&format!("\n{}\n", rest.trim_start()));
        }
        let more = texts::list(&self.more());
        if !more.is_empty() {
            part(&mut out, "## More Information", &more);
        }
        out
    }

    /// The prose that belongs to the decision.
    fn body(&self) -> String {
        let mut body = self.item.body().unwrap_or_default().to_owned();
        for block in self.plan.children(Branch::Items(Parent::Node(self.item.id()))) {
            if block.kind() == Kind::Prose {
                body.push_str(if body.is_empty() || body.ends_with('\n') { "" } else { "\n\n" });
                body.push_str(block.text());
            }
        }
        texts::whole(&body)
    }

    fn status(&self, rest: &str) -> String {
        let by = self.detail.superseded_by.by_age().into_iter().filter_map(|id| self.numbers.get(id));
        let by: Vec<String> = by.map(|number| format!("ADR-{number:04}")).collect();
        match self.item.state() {
            Some(State::Withdrawn) => {
                status::withdrawn(texts::below(rest, About::Status).unwrap_or_default()).to_owned()
            }
            _ if !by.is_empty() => format!("superseded by {}", by.join(", ")),
            Some(State::Proposed) => "proposed".to_owned(),
            _ => "accepted".to_owned(),
        }
    }

    fn reason(&self) -> String {
        let texts: Vec<&str> = self.detail.reason.as_deref().into_iter().chain(self.why).collect();
        texts.join("\n\n")
    }

    /// What MADR has no heading for.
    fn more(&self) -> Vec<String> {
        let references = self.detail.references.iter().map(|text| format!("Reference: {text}"));
        let amended = self.detail.amendments.iter().map(|(_, text)| format!("Amended: {text}"));
        let question = self.detail.question.and_then(|id| self.plan.item(id));
        let question = question.into_iter().map(|question| format!("Reference: Question: {}", question.text()));
        references.chain(question).chain(amended).collect()
    }
}

/// The title on one line, and the whole of it where that is too long for a heading.
fn title(text: &str) -> (String, &str) {
    let mut whole = line(text);
    if whole.len() > limits::TITLE {
        return (clipped(&whole, limits::TITLE / 4), text);
    }
    if whole.ends_with(" #") || whole.chars().all(|c| c == '#') {
        // At the end of a heading, marks of its own are not part of it.
        whole.push('.');
    }
    (if whole == "." { "Untitled decision".to_owned() } else { whole }, "")
}

/// Writes a part after an empty line.
fn part(out: &mut String, heading: &str, text: &str) {
    out.push_str(&format!("\n{heading}\n"));
    let text = text.trim_matches('\n');
    if !text.is_empty() {
        out.push_str(&format!("\n{text}\n"));
    }
}
