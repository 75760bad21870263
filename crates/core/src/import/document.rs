//! What a Markdown plan was read as: sections, blocks and list items, each with its own source text.
//!
//! What may be relied on: the pieces of a document, put together, are the text that was read, byte for byte
//! ([`Document::pieces`]). List items lie flat in their order, each with its depth, so a list of any depth is walked
//! and dropped without recursion.

use super::front_matter::FrontMatter;
use crate::Role;
use crate::prelude::*;

/// A Markdown plan, as read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Document<'a> {
    /// What stands before the plan: a byte order mark, and the first line of a fence around it all.
    pub opening: &'a str,
    /// The YAML block at the top.
    pub front_matter: Option<FrontMatter<'a>>,
    /// The sections in their order; the first has no heading where something stands before every heading.
    pub sections: Vec<Section<'a>>,
    /// What stands after the plan: the last line of a fence around it all.
    pub closing: &'a str,
}

/// A heading, and what stands below it up to the next.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Section<'a> {
    /// The heading; `None` for what stands before every heading.
    pub heading: Option<Heading<'a>>,
    /// The blocks in their order.
    pub blocks: Vec<Block<'a>>,
}

/// An ATX heading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heading<'a> {
    /// 1 to 6.
    pub level: u8,
    /// The text: not blank, on one line, and short enough for a title.
    pub text: &'a str,
    /// What the heading says that the section is for.
    pub role: Role,
    /// The line that it is on, counted from 1.
    pub line: usize,
    /// Its line and the blank ones after it.
    pub source: &'a str,
}

/// A run of lines: prose, or a list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Block<'a> {
    /// Its first line, counted from 1.
    pub line: usize,
    /// Its lines and the blank ones after it.
    pub source: &'a str,
    /// The items of a list, nested ones right after what they are nested in; none where the block is prose.
    pub items: Vec<ListItem<'a>>,
}

/// An item of a list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ListItem<'a> {
    /// Its first line, counted from 1.
    pub line: usize,
    /// How deep it is nested; 0 at the top of the list.
    pub depth: usize,
    /// The column of its marker.
    pub indent: usize,
    /// The marker, such as `-` or `12.`.
    pub marker: &'a str,
    /// The character in its box, where it has one; a space for an empty box.
    pub tick: Option<char>,
    /// What it says, wrapped lines joined by spaces.
    pub text: String,
    /// On how many lines that stands.
    pub text_lines: usize,
    /// What else belongs to it: paragraphs, code, tables, with the indent taken off.
    pub body: String,
    /// Its lines, up to the next item.
    pub source: &'a str,
}

impl<'a> Document<'a> {
    /// The title: the text of the first heading of level 1.
    #[must_use]
    pub fn title(&self) -> Option<&'a str> {
        self.headings().find(|heading| heading.level == 1).map(|heading| heading.text)
    }

    /// The headings in their order.
    pub fn headings(&self) -> impl Iterator<Item = &Heading<'a>> {
        self.sections.iter().filter_map(|section| section.heading.as_ref())
    }

    /// All list items.
    pub fn items(&self) -> impl Iterator<Item = &ListItem<'a>> {
        self.sections.iter().flat_map(|section| &section.blocks).flat_map(|block| &block.items)
    }

    /// The source texts of all parts; put together they are the text that was read.
    pub fn pieces(&self) -> impl Iterator<Item = &'a str> {
        let front = self.front_matter.iter().map(|front| front.source);
        let sections = self.sections.iter().flat_map(|section| {
            let heading = section.heading.iter().map(|heading| heading.source);
            heading.chain(section.blocks.iter().map(|block| block.source))
        });
        core::iter::once(self.opening).chain(front).chain(sections).chain([self.closing])
    }

    /// The smallest parts: like the pieces, with each list item by itself, and without empty ones.
    pub(crate) fn atoms(&self) -> impl Iterator<Item = &'a str> {
        let front = self.front_matter.iter().map(|front| front.source);
        let sections = self.sections.iter().flat_map(|section| {
            let heading = section.heading.iter().map(|heading| heading.source);
            let blocks = section.blocks.iter().flat_map(|block| {
                let whole = block.items.is_empty().then_some(block.source);
                whole.into_iter().chain(block.items.iter().map(|item| item.source))
            });
            heading.chain(blocks)
        });
        let all = core::iter::once(self.opening).chain(front).chain(sections).chain([self.closing]);
        all.filter(|atom| !atom.is_empty())
    }
}

/// The items of a list, split into those at the top with what is nested below each.
pub(crate) fn trees<'i, 'a>(items: &'i [ListItem<'a>]) -> impl Iterator<Item = &'i [ListItem<'a>]> {
    let top = items.iter().map(|item| item.depth).min().unwrap_or(0);
    items.chunk_by(move |_, next| next.depth > top)
}

/// A list written again, one line to each item's text: for lists that become part of something else.
pub(crate) fn written(items: &[ListItem<'_>]) -> String {
    let top = items.first().map_or(0, |item| item.depth);
    let mut out = String::new();
    for item in items {
        // Deeper than this, the indent would say nothing more to a reader and cost the square of the depth.
        let indent = 2 * item.depth.saturating_sub(top).min(crate::limits::TREE_DEPTH);
        let tick = item.tick.map(|tick| format!("[{tick}] ")).unwrap_or_default();
        if !out.is_empty() {
            out.push('\n');
        }
        out.push_str(&format!("{:indent$}{} {tick}{}", "", item.marker, item.text));
        let column = indent + item.marker.chars().count() + 1;
        for line in item.body.lines() {
            out.push_str(&if line.is_empty() { "\n".to_owned() } else { format!("\n{:column$}{line}", "") });
        }
    }
    out
}
