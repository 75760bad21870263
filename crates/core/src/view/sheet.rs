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

/// Markdown, with marks where what it shows changes.
#[derive(Debug, Clone, Default)]
pub(super) struct Sheet {
    pub(super) text: String,
    pub(super) marks: Vec<(usize, Owner)>,
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
    }

    /// Puts another sheet behind this one.
    pub(super) fn append(&mut self, other: &Self) {
        let begin = self.text.len();
        self.marks.extend(other.marks.iter().map(|&(at, owner)| (begin + at, owner)));
        self.text.push_str(&other.text);
    }
}
