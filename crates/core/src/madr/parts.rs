//! The parts of a record: what stands below each heading, and the entries of its lists.
//!
//! What may be relied on: the text of a part is its source, with line feeds for line ends; an entry is the source of a
//! list item with its marker and indent taken off, so nothing in it is set anew.

use crate::import::document::{Block, Document, Heading, ListItem, Section, trees};
use crate::import::lines::dedent;
use crate::import::{markers, roles};
use crate::prelude::*;

/// What a part of a record is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum About {
    Context,
    Options,
    Outcome,
    Consequences,
    Status,
    Date,
    Deciders,
    References,
    More,
}

/// A heading with what stands below it, headings of lower rank included.
#[derive(Debug, Clone, Copy)]
pub(super) struct Part<'d, 'a> {
    pub(super) heading: &'d Heading<'a>,
    sections: &'d [Section<'a>],
}

/// A record cut at its headings of the first two ranks: its title, what stands before them, and the parts.
pub(super) fn cut<'d, 'a>(document: &'d Document<'a>) -> (Option<&'a str>, Vec<&'d Block<'a>>, Vec<Part<'d, 'a>>) {
    let sections = document.sections.as_slice();
    let titled = document.headings().next().filter(|first| first.level == 1);
    let is_title = |heading: &Heading<'_>| titled.is_some_and(|title| title.line == heading.line);
    let begins = |section: &Section<'_>| section.heading.as_ref().is_some_and(|h| h.level <= 2 && !is_title(h));
    let first = sections.iter().position(begins).unwrap_or(sections.len());
    let (lead, rest) = sections.split_at(first);
    let parts = rest.chunk_by(|_, next| !begins(next)).filter_map(Part::of).collect();
    (titled.map(|title| title.text), lead.iter().flat_map(|section| &section.blocks).collect(), parts)
}

/// What a heading says that its part is about.
pub(super) fn about(heading: &str) -> Option<About> {
    let text = heading.split("<!--").next().unwrap_or(heading);
    Some(match roles::normal(text).as_str() {
        "context and problem statement" | "context" | "problem statement" => About::Context,
        "considered options" | "options considered" | "considered alternatives" | "alternatives considered" => {
            About::Options
        }
        "decision" | "decision outcome" | "decision outcome proposed direction" => About::Outcome,
        "consequences" => About::Consequences,
        "status" => About::Status,
        "date" => About::Date,
        "deciders" | "decision makers" => About::Deciders,
        "references" | "links" => About::References,
        "more information" => About::More,
        _ => return None,
    })
}

impl<'d, 'a> Part<'d, 'a> {
    fn of(sections: &'d [Section<'a>]) -> Option<Self> {
        Some(Self { heading: sections.first()?.heading.as_ref()?, sections })
    }

    /// The part as it stands.
    pub(super) fn whole(&self) -> String {
        let sources = self.sections.iter().flat_map(|section| {
            let heading = section.heading.iter().map(|heading| heading.source);
            heading.chain(section.blocks.iter().map(|block| block.source))
        });
        tidy(&sources.collect::<String>())
    }

    /// What stands below the heading, without the parts of lower rank.
    pub(super) fn own(&self) -> impl Iterator<Item = &'d Block<'a>> {
        self.sections.iter().take(1).flat_map(|section| &section.blocks)
    }

    /// The parts of the next rank, however their ranks are counted.
    pub(super) fn below(&self) -> Vec<Part<'d, 'a>> {
        let below = &self.sections[1..];
        let level = |section: &Section<'_>| section.heading.as_ref().map_or(7, |heading| heading.level);
        let top = below.iter().map(level).min().unwrap_or(7);
        below.chunk_by(|_, next| level(next) > top).filter_map(Part::of).collect()
    }

    /// All that stands below the heading.
    pub(super) fn text(&self) -> String {
        let whole = self.whole();
        whole.split_once('\n').map(|(_, text)| tidy(text)).unwrap_or_default()
    }

    /// The part as an entry: what its heading says, then the text.
    pub(super) fn entry(&self) -> String {
        tidy(&format!("{}\n\n{}", self.heading.text, self.text()))
    }
}

/// The entries of lists, and what stands beside them.
pub(super) fn entries<'d, 'a: 'd>(blocks: impl Iterator<Item = &'d Block<'a>>) -> (Vec<String>, String) {
    let (mut found, mut beside) = (Vec::new(), String::new());
    for block in blocks {
        found.extend(trees(&block.items).map(entry).filter(|entry| !entry.is_empty()));
        if block.items.is_empty() {
            beside.push_str(block.source);
        }
    }
    (found, tidy(&beside))
}

/// What a list item says, with all that hangs below it, as it stands.
fn entry(tree: &[ListItem<'_>]) -> String {
    let source: String = tree.iter().map(|item| item.source).collect();
    let mut lines = source.lines();
    let Some(marker) = lines.next().and_then(markers::marker) else { return tidy(&source) };
    let below = lines.map(|line| format!("\n{}", dedent(line, marker.content).trim_end_matches('\r')));
    tidy(&core::iter::once(marker.rest.to_owned()).chain(below).collect::<String>())
}

/// A text without blank lines around it, and with line feeds for line ends.
pub(super) fn tidy(text: &str) -> String {
    let lines = text.lines().map(|line| if line.trim().is_empty() { "" } else { line });
    let text = lines.collect::<Vec<_>>().join("\n");
    text.trim().to_owned()
}
