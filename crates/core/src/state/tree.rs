//! The ordered tree of the document: which node hangs where, and in which order.
//!
//! What may be relied on: two writers who insert runs of nodes at one place, each node after the one before it, get both
//! runs whole, one after the other (nodes that are each put first may alternate); a node has one place; no node is ever below itself; walking the tree never recurses.
//!
//! How: each parent has a list of *slots*. An add or a move inserts a slot, named by its event, right after the slot
//! that it names, and last where the name is unknown there. Where it names none, the slot comes first, or last for the
//! kinds that are entries of a log. Slots never move and never
//! vanish, so that later anchors always resolve. A node stands at the slot of its last applied placement.
//! (A causal tree in the manner of RGA, Roh et al. 2011; moves as Kleppmann et al. 2022 make them safe.)

use serde::{Deserialize, Serialize};

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
struct Slot {
    id: EventId,
    node: ItemId,
}

/// All slots of a plan.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tree {
    branches: BTreeMap<Branch, Vec<Slot>>,
}

impl Tree {
    /// Inserts a slot for a node of this kind.
    pub(crate) fn insert(&mut self, place: Place, after: Option<EventId>, node: ItemId, kind: Kind) {
        let slots = self.branches.entry(place.branch).or_default();
        let at = match after {
            None if kind.is_entry() => slots.len(),
            None => 0,
            Some(anchor) => slots.iter().rposition(|slot| slot.id == anchor).map_or(slots.len(), |at| at + 1),
        };
        slots.insert(at, Slot { id: place.slot, node });
    }

    /// The nodes that ever stood in a list, with the slot of each stay, in the list's order.
    pub(crate) fn slots(&self, branch: Branch) -> impl DoubleEndedIterator<Item = (EventId, ItemId)> {
        self.branches.get(&branch).into_iter().flatten().map(|slot| (slot.id, slot.node))
    }
}
