//! Units: the parts of a document that each become one node of a plan that keeps its own text.
//!
//! What may be relied on: the sources of the units, put together, are the text that was read; a unit's parent comes
//! before it; walking the units in their order is walking the plan's tree in its order.
//!
//! How: sections lie flat, since the marks of a heading say how deep it is. A list item with a box, and what it
//! is nested in, is a step or a criterion; an entry of the decisions, discoveries or questions is one unit with all that hangs below it; whatever
//! else stands together is one block of prose.

use core::ops::Range;

use super::document::{Document, ListItem, Section, trees};
use super::record::{Place, blocks, steps};
use super::{marks, roles};
use crate::prelude::*;
use crate::{Kind, Parent, Role, State, limits};

/// A part of a document that becomes one node.
#[derive(Debug, Clone)]
pub(crate) struct Unit<'i, 'a> {
    /// What the node is.
    pub(crate) kind: Kind,
    /// The unit that it hangs below; none before the first heading.
    pub(crate) parent: Option<usize>,
    /// Its text.
    pub(crate) source: &'a str,
    /// Its atoms, by their place among those of the document.
    pub(crate) atoms: Range<usize>,
    /// Its first line, counted from 1.
    pub(crate) line: usize,
    /// Its list items, the one that it is first.
    pub(crate) items: &'i [ListItem<'a>],
    /// Whether nothing more becomes part of it.
    pub(crate) is_closed: bool,
    /// For a section: the level and the text of its heading.
    pub(crate) heading: Option<(u8, &'a str)>,
    /// What the section is for that it is or is in.
    pub(crate) role: Role,
    /// How far a step or a criterion is that has no box of its own: done where all below it is.
    pub(crate) implied: Option<State>,
}

/// What becomes of list items that are no items of the plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lists {
    /// They are prose, together with what stands around them.
    Prose,
    /// Each is a unit by itself, a note.
    Notes,
}

/// The units of a document; `text` is what it was read from.
pub(crate) fn of<'i, 'a>(document: &'i Document<'a>, text: &'a str, lists: Lists) -> Vec<Unit<'i, 'a>> {
    let mut units = Units { lists, text, at: 0, atom: 0, all: Vec::new(), within: Vec::new(), section: None };
    units.prose(document.opening, 1);
    if let Some(front) = &document.front_matter {
        // Front matter is a block by itself, so that its fields can be told.
        units.raw(front.source, 1);
    }
    for section in &document.sections {
        units.section(section);
    }
    units.prose(document.closing, 0);
    units.all
}

struct Units<'i, 'a> {
    lists: Lists,
    text: &'a str,
    /// How much of the text is in units.
    at: usize,
    /// How many atoms are.
    atom: usize,
    all: Vec<Unit<'i, 'a>>,
    /// The sections that the next one may stand within: level, and role.
    within: Vec<(u8, Role)>,
    /// The unit of the section.
    section: Option<usize>,
}

impl<'i, 'a> Units<'i, 'a> {
    fn section(&mut self, section: &'i Section<'a>) {
        let mut place = Place { level: 1, role: Role::Opening, named: false, parent: Parent::Standing(Role::Opening) };
        if let Some(heading) = &section.heading {
            while self.within.last().is_some_and(|outer| outer.0 >= heading.level) {
                self.within.pop();
            }
            let reading = roles::of(heading.text);
            let role = match (reading.role, self.within.last()) {
                (Role::Custom, Some(&(level, role))) if level > 1 => role,
                (role, _) => role,
            };
            self.within.push((heading.level, role));
            place = Place { level: heading.level, role, named: reading.is_standing, ..place };
            self.section = None;
            self.push(Kind::Section, None, heading.source, heading.line);
            self.section = Some(self.all.len() - 1);
            if let Some(unit) = self.all.last_mut() {
                (unit.heading, unit.role) = (Some((heading.level, heading.text)), role);
            }
        }
        for block in &section.blocks {
            if block.items.is_empty() {
                self.prose(block.source, block.line);
                continue;
            }
            for tree in blocks::entries(&block.items, place.role) {
                let kind = blocks::kind(place, tree).ok().filter(|_| self.section.is_some());
                match kind {
                    Some(kind @ (Kind::Step | Kind::Criterion)) => self.boxes(kind, tree, self.section),
                    Some(Kind::Story) => self.story(tree),
                    Some(kind) => self.whole(kind, tree),
                    None if self.lists == Lists::Notes => self.whole(Kind::Note, tree),
                    None => tree.iter().for_each(|item| self.prose(item.source, item.line)),
                }
            }
        }
    }

    fn push(&mut self, kind: Kind, parent: Option<usize>, source: &'a str, line: usize) {
        let role = self.within.last().map_or(Role::Opening, |&(_, role)| role);
        let atoms = self.atom..self.atom + 1;
        self.all.push(Unit {
            kind,
            parent,
            source: "",
            atoms,
            line,
            items: &[],
            is_closed: false,
            heading: None,
            role,
            implied: None,
        });
        self.extend(source);
        self.atom += 1;
    }

    /// Adds the next part of the text to the last unit.
    fn extend(&mut self, source: &'a str) {
        let begins = self.at + source.len();
        if let Some(unit) = self.all.last_mut() {
            unit.source = &self.text[self.at - unit.source.len()..begins];
        }
        self.at = begins;
    }

    /// Adds prose: to the block before it, where that has the same parent.
    fn prose(&mut self, source: &'a str, line: usize) {
        self.prose_below(self.section, source, line);
    }

    fn prose_below(&mut self, parent: Option<usize>, source: &'a str, line: usize) {
        if source.is_empty() {
            return;
        }
        let joins = |unit: &Unit<'_, '_>| unit.kind == Kind::Prose && unit.parent == parent && !unit.is_closed;
        match self.all.last_mut() {
            Some(unit) if joins(unit) => {
                unit.atoms.end += 1;
                self.extend(source);
                self.atom += 1;
            }
            _ => self.push(Kind::Prose, parent, source, line),
        }
    }

    /// Adds a block that nothing is added to.
    fn raw(&mut self, source: &'a str, line: usize) {
        self.push(Kind::Prose, None, source, line);
        if let Some(unit) = self.all.last_mut() {
            unit.is_closed = true;
        }
    }

    /// Adds an entry with all that hangs below it.
    fn whole(&mut self, kind: Kind, tree: &'i [ListItem<'a>]) {
        for (i, item) in tree.iter().enumerate() {
            if i == 0 {
                self.push(kind, self.section, item.source, item.line);
            } else {
                self.more(item);
            }
        }
        if let Some(unit) = self.all.last_mut() {
            unit.items = tree;
        }
    }

    /// Adds a list item to the last unit.
    fn more(&mut self, item: &ListItem<'a>) {
        self.extend(item.source);
        self.atom += 1;
        if let Some(unit) = self.all.last_mut() {
            unit.atoms.end += 1;
        }
    }

    fn story(&mut self, tree: &'i [ListItem<'a>]) {
        let Some((root, below)) = tree.split_first() else { return };
        self.push(Kind::Story, self.section, root.source, root.line);
        let story = self.all.len() - 1;
        self.all[story].items = &tree[..1];
        for branch in trees(below) {
            if branch.iter().any(|item| item.tick.is_some()) {
                self.boxes(Kind::Criterion, branch, Some(story));
            } else if self.all.len() == story + 1 {
                branch.iter().for_each(|item| self.more(item));
                let read = self.all[story].atoms.len();
                self.all[story].items = &tree[..read];
            } else {
                branch.iter().for_each(|item| self.prose_below(Some(story), item.source, item.line));
            }
        }
    }

    /// Adds a tree of boxes.
    fn boxes(&mut self, kind: Kind, tree: &'i [ListItem<'a>], parent: Option<usize>) {
        let nodes = steps::nodes(tree);
        // The boxes that the next item may hang below: place in the tree, and unit.
        let mut open: Vec<(usize, usize)> = Vec::new();
        for (at, (item, node)) in tree.iter().zip(&nodes).enumerate() {
            while open.last().is_some_and(|&(outer, _)| tree[outer].depth >= item.depth) {
                open.pop();
            }
            let depth = open.len().min(limits::TREE_DEPTH - 1);
            let above = depth.checked_sub(1).map_or(parent, |outer| Some(open[outer].1));
            if node.boxed {
                self.push(kind, above, item.source, item.line);
                let unit = self.all.len() - 1;
                self.all[unit].items = &tree[at..=at];
                self.all[unit].implied = item.tick.is_none().then_some(match (kind, node.unfinished) {
                    (Kind::Step, false) => State::Done,
                    (_, false) => State::Met,
                    (Kind::Step, true) => State::Todo,
                    (_, true) => State::Open,
                });
                open.push((at, unit));
                continue;
            }
            match open.last() {
                // Right below its box, it belongs to the box.
                Some(&(first, unit)) if unit + 1 == self.all.len() => {
                    self.more(item);
                    self.all[unit].items = &tree[first..=at];
                }
                _ => self.prose_below(above, item.source, item.line),
            }
        }
    }
}

impl Unit<'_, '_> {
    /// The state that its box and its marks say, where it is a step or a criterion.
    pub(crate) fn state(&self) -> Option<State> {
        let item = self.items.first()?;
        let read = marks::step(item.tick, &item.text).state;
        match self.kind {
            Kind::Step => Some(self.implied.unwrap_or(read)),
            Kind::Criterion => Some(self.implied.unwrap_or(if read == State::Done { State::Met } else { State::Open })),
            _ => None,
        }
    }
}
