//! The ordered tree of the document: which node hangs where, and in which order.
//!
//! What may be relied on: two writers who insert runs of nodes at one place, each node after the one before it, get both
//! runs whole, one after the other (nodes that are each put first may alternate); a node has one place; no node is ever
//! below itself; walking the tree never recurses.
//!
//! How: each parent has a list of *slots*. An add or a move inserts a slot, named by its event, right after the slot
//! that it names, and last where the name is unknown there. Where it names none, the slot comes first, or last for the
//! kinds that are entries of a log. Slots never move and never vanish, so that later anchors always resolve. A node has its
//! place at the slot of its last applied placement; `standing.rs` says whether it is to be seen there.
//! (A causal tree in the manner of RGA, Roh et al. 2011; moves as Kleppmann et al. 2022 make them safe.)

use serde::{Deserialize, Serialize};

use super::leaf::Leaves;
use super::paged::AnyPage;
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

/// A place in a list that one event made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Slot {
    id: EventId,
    /// The node, where it is not the one that this event added.
    moved: Option<ItemId>,
    /// The kind of the node, where it stands here and is to be seen.
    standing: Option<Kind>,
}

impl Slot {
    /// A slot at which the node does not stand yet.
    pub(super) fn new(id: EventId, node: ItemId) -> Self {
        Self { id, moved: (node != id).then_some(node), standing: None }
    }

    /// The event that placed the node, and the node.
    pub(super) fn parts(&self) -> (EventId, ItemId) {
        (self.id, self.moved.unwrap_or(self.id))
    }

    pub(super) fn standing(&self) -> Option<Kind> {
        self.standing
    }

    /// Says what stands here, and gives back what stood here before.
    pub(super) fn mark(&mut self, kind: Option<Kind>) -> Option<Kind> {
        core::mem::replace(&mut self.standing, kind)
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

/// Where a slot is, searched from the end.
pub(super) fn last_with(slots: &[Slot], id: EventId) -> Option<usize> {
    slots.iter().rposition(|slot| slot.id == id)
}

/// The nodes of a kind that stand at these slots, each with where.
pub(super) fn standing(slots: &[Slot], kind: Kind) -> impl Iterator<Item = (usize, ItemId)> {
    let slots = slots.iter().enumerate().filter(move |(_, slot)| slot.standing == Some(kind));
    slots.map(|(at, slot)| (at, slot.parts().1))
}

/// Inserts a slot into the list of an item.
pub(super) fn insert(slots: &mut Vec<Slot>, slot: Slot, spot: Spot) {
    let at = match spot {
        Spot::First => 0,
        Spot::Last => slots.len(),
        Spot::After(anchor) => last_with(slots, anchor).map_or(slots.len(), |at| at + 1),
    };
    slots.insert(at, slot);
}

/// The slots of the lists that belong to no item; an item has the slots of its list itself.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tree {
    branches: BTreeMap<Branch, Leaves>,
}

impl Tree {
    /// The list of a branch.
    pub(super) fn list(&self, branch: Branch) -> Option<&Leaves> {
        self.branches.get(&branch)
    }

    /// The list of a branch, to be changed.
    pub(super) fn list_mut(&mut self, branch: Branch) -> &mut Leaves {
        self.branches.entry(branch).or_default()
    }

    pub(super) fn pages_mut(&mut self) -> impl Iterator<Item = &mut dyn AnyPage> {
        self.branches.values_mut().flat_map(Leaves::pages_mut)
    }
}
