//! What an import tells its user.

use crate::prelude::*;
use crate::{Kind, Layout, Role};

/// What was understood of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// How the plan's view is written.
    pub layout: Layout,
    /// How many nodes of each kind were made; for prose, how many texts.
    pub counts: BTreeMap<Kind, usize>,
    /// What was kept as prose although its section promised items, and what was read with a doubt.
    pub kept: Vec<Kept>,
    pub(super) has_title: bool,
}

/// A place where something was not read as the item that it may be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// The line, counted from 1.
    pub line: usize,
    /// What its section is for.
    pub role: Role,
    /// What was found.
    pub reason: &'static str,
}

impl Report {
    pub(super) fn new(layout: Layout) -> Self {
        Self { layout, counts: BTreeMap::new(), kept: Vec::new(), has_title: false }
    }

    /// How many nodes of a kind were made.
    #[must_use]
    pub fn of(&self, kind: Kind) -> usize {
        self.counts.get(&kind).copied().unwrap_or(0)
    }

    pub(super) fn count(&mut self, kind: Kind) {
        *self.counts.entry(kind).or_default() += 1;
    }

    pub(super) fn keep(&mut self, line: usize, role: Role, reason: &'static str) {
        self.kept.push(Kept { line, role, reason });
    }
}
