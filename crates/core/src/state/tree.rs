//! The ordered tree of the document: which node hangs where, and in which order.
//!
//! What may be relied on: two writers who insert runs of nodes at one place, each node after the one before it, get both
//! runs whole, one after the other (nodes that are each put first may alternate); a node has one place; no node is ever below itself; walking the tree never recurses.
//!
//! How: each parent has a list of *slots*. An add or a move inserts a slot, named by its event, right after the slot
//! that it names, and last where the name is unknown there. Where it names none, the slot comes first, or last for the
//! kinds that are entries of a log. Slots never move and never vanish, so that later anchors always resolve. A node stands at the slot of its last applied placement.
//! (A causal tree in the manner of RGA, Roh et al. 2011; moves as Kleppmann et al. 2022 make them safe.)

use serde::{Deserialize, Serialize};

use super::paged::{AnyPage, Page, SIZE};
use crate::prelude::*;
use crate::{EventId, ItemId, Kind, Parent, Role};

/// A list of siblings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Branch {
    /// The items and prose below a section or an item.
    Items(Parent),
    /// The added sections that follow a standing one, or that come before them all.
    Sections(Option<Role>),
}

/// Where a node stands: in which list, and at which slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// The list.
    pub branch: Branch,
    /// The slot: the id of the event that placed the node there.
    pub slot: EventId,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Slot {
    id: EventId,
    /// The node, where it is not the one that this event added.
    moved: Option<ItemId>,
}

impl Slot {
    pub(super) fn new(id: EventId, node: ItemId) -> Self {
        Self { id, moved: (node != id).then_some(node) }
    }

    /// The event that placed the node, and the node.
    pub(super) fn parts(&self) -> (EventId, ItemId) {
        (self.id, self.moved.unwrap_or(self.id))
    }
}

/// Where a new slot goes in a list of slots.
#[derive(Debug, Clone, Copy)]
pub(super) enum Spot {
    First,
    Last,
    /// Right after the slot with this id, or last where there is none.
    After(EventId),
}

impl Spot {
    /// Where a node of this kind goes that names this anchor.
    pub(super) fn of(after: Option<EventId>, kind: Kind) -> Self {
        match after {
            Some(anchor) => Self::After(anchor),
            None if kind.is_entry() => Self::Last,
            None => Self::First,
        }
    }
}

/// Inserts a slot into the list of an item.
pub(super) fn insert(slots: &mut Vec<Slot>, slot: Slot, spot: Spot) {
    let at = match spot {
        Spot::First => 0,
        Spot::Last => slots.len(),
        Spot::After(anchor) => slots.iter().rposition(|slot| slot.id == anchor).map_or(slots.len(), |at| at + 1),
    };
    slots.insert(at, slot);
}

/// The slots of the lists that belong to no item, in pages; an item has the slots of its list itself.
///
/// Inserting reads from the end of the list to the anchor, and changes one page.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tree {
    branches: BTreeMap<Branch, Vec<Page<Slot>>>,
}

impl Tree {
    pub(super) fn insert(&mut self, branch: Branch, slot: Slot, spot: Spot) {
        let pages = self.branches.entry(branch).or_default();
        let last = (pages.len().saturating_sub(1), usize::MAX);
        let (page, at) = match spot {
            Spot::First => (0, 0),
            Spot::Last => last,
            Spot::After(anchor) => {
                let find = |(page, slots): (usize, &Page<Slot>)| {
                    slots.get().iter().rposition(|slot| slot.id == anchor).map(|at| (page, at + 1))
                };
                pages.iter().enumerate().rev().find_map(find).unwrap_or(last)
            }
        };
        let is_last = page + 1 == pages.len();
        let Some(found) = pages.get_mut(page) else {
            pages.push(Page::new(vec![slot]));
            return;
        };
        let len = found.get().len();
        if is_last && at >= len && len >= SIZE {
            pages.push(Page::new(vec![slot]));
            return;
        }
        let beyond = found.change(|slots| {
            slots.insert(at.min(len), slot);
            (slots.len() > 2 * SIZE).then(|| slots.split_off(SIZE))
        });
        if let Some(beyond) = beyond {
            pages.insert(page + 1, Page::new(beyond));
        }
    }

    /// The slots of a list, in its order.
    pub(super) fn slots(&self, branch: Branch) -> impl DoubleEndedIterator<Item = &Slot> {
        self.branches.get(&branch).into_iter().flatten().flat_map(Page::get)
    }

    pub(super) fn pages_mut(&mut self) -> impl Iterator<Item = &mut dyn AnyPage> {
        self.branches.values_mut().flatten().map(|page| page as &mut dyn AnyPage)
    }
}
