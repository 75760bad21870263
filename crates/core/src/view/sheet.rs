//! Sheets: Markdown in the making, with what each part of it shows.

use crate::prelude::*;
use crate::{EventId, ItemId, Parent};

/// What a part of a view shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Owner {
    /// What the layout writes by itself.
    Written,
    /// The YAML block at the top.
    FrontMatter,
    /// The heading with the plan's title.
    Title,
    /// The heading of a section.
    Heading(Parent),
    /// The prose of a section.
    Prose(Parent),
    /// A node.
    Item(ItemId),
    /// An entry of the log: its event, and the item that it is about.
    Entry(EventId, ItemId),
}

/// What some lines of a part say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shows {
    /// What the part shows itself: its wording, and how it stands.
    Itself,
    /// The prose that belongs to an item.
    Body(ItemId),
    /// What was said when an item was added.
    Added(ItemId),
    /// What somebody offered or needs who asked a question, or who stands in its way.
    Asked(ItemId),
    /// The nth evidence of an item.
    Evidence(ItemId, usize),
    /// What the event with this number in the order said.
    Said(u32),
    /// The wording of another item.
    Wording(ItemId),
}

/// Markdown, with marks where what it shows changes.
#[derive(Debug, Clone, Default)]
pub(super) struct Sheet {
    pub(super) text: String,
    pub(super) marks: Vec<(usize, Owner)>,
    pub(super) shows: Vec<(usize, Shows)>,
}

impl Sheet {
    pub(super) fn push_str(&mut self, text: &str) {
        self.text.push_str(text);
    }

    pub(super) fn push(&mut self, c: char) {
        self.text.push(c);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// Says what follows shows.
    pub(super) fn mark(&mut self, owner: Owner) {
        self.marks.push((self.text.len(), owner));
        self.show(Shows::Itself);
    }

    /// Says what the lines that follow in this part say.
    pub(super) fn show(&mut self, shows: Shows) {
        self.shows.push((self.text.len(), shows));
    }

    /// Puts another sheet behind this one.
    pub(super) fn append(&mut self, other: &Self) {
        let begin = self.text.len();
        self.marks.extend(other.marks.iter().map(|&(at, owner)| (begin + at, owner)));
        self.shows.extend(other.shows.iter().map(|&(at, shows)| (begin + at, shows)));
        self.text.push_str(&other.text);
    }
}
