//! Standing: which nodes are to be seen where they have their place.
//!
//! What may be relied on: a node stands at the slot of its place where it is there itself, or where something that
//! stands hangs below it, so that nothing visible hangs in the air. Whether it does is known without reading it.
//!
//! How: each slot says whether its node stands, and is told whenever that changes. That a node stands or falls matters
//! to what is above it only where that is removed, so most changes go no further.

use super::existence::Existence;
use super::refs::Turn;
use super::tree::{self, Slot, Spot};
use super::{Branch, Detail, Item, Place, Plan};
use crate::prelude::*;
use crate::{EventId, ItemId, Kind, Parent};

impl Item {
    /// Whether it is to be seen where it has its place.
    pub(super) fn stands(&self) -> bool {
        self.is_visible() || self.children.iter().any(|slot| slot.standing().is_some())
    }
}

impl Plan {
    /// Changes whether an item is there.
    ///
    /// `None` only where the item's page could not be read: then the plan is not whole, and all this comes to nothing.
    pub(super) fn exist(&mut self, at: usize, change: impl FnOnce(&mut Existence)) -> Option<&mut Item> {
        let item = self.items.get_mut(at)?;
        let stood = item.stands();
        change(&mut item.existence);
        if item.stands() != stood {
            self.stand(at, !stood);
        }
        self.items.get_mut(at)
    }

    /// Marks an item as touched.
    pub(super) fn touch(&mut self, at: usize, turn: Turn<'_>) -> Option<&mut Item> {
        self.exist(at, |existence| existence.touch(turn.stamp, turn.ancestry))
    }

    /// What the kind of an item adds to it, to be changed, with the item marked as touched.
    pub(super) fn touch_detail(&mut self, at: usize, turn: Turn<'_>) -> Option<&mut Detail> {
        self.touch(at, turn).map(|item| &mut item.detail)
    }

    /// Marks the parent that a child was added to or moved to as touched.
    pub(super) fn touch_parent(&mut self, branch: Branch, turn: Turn<'_>) {
        if let Some(at) = self.parent(branch) {
            self.touch(at, turn);
        }
    }

    /// The place among the items of the one that a list belongs to.
    pub(super) fn parent(&self, branch: Branch) -> Option<usize> {
        match branch {
            Branch::Items(Parent::Node(id)) => self.position(id),
            _ => None,
        }
    }

    /// Tells the slot of an item that it stands there now or no longer, and those above for whom that matters.
    pub(super) fn stand(&mut self, mut at: usize, mut stands: bool) {
        // A node is never below itself, so the way up ends.
        while let Some(item) = self.items.get(at) {
            let (Place { branch, slot }, leaf, kind) = (item.place, item.leaf, stands.then_some(item.kind()));
            let Some(above) = self.parent(branch) else { return self.tree.list_mut(branch).mark(leaf, slot, kind) };
            let Some(parent) = self.items.get_mut(above) else { return };
            let stood = parent.stands();
            if let Some(slot) = tree::last_with(&parent.children, slot).and_then(|at| parent.children.get_mut(at)) {
                slot.mark(kind);
            }
            if parent.stands() == stood {
                return;
            }
            (at, stands) = (above, !stood);
        }
    }

    /// Inserts a slot for a node of this kind into a list, and says in which leaf of it.
    pub(super) fn insert_slot(&mut self, place: Place, after: Option<EventId>, node: ItemId, kind: Kind) -> u32 {
        let slot = Slot::new(place.slot, node);
        let spot = match (place.branch, after) {
            // The parent's own id names the place before all that hangs below it.
            (Branch::Items(Parent::Node(parent)), Some(anchor)) if parent == anchor => Spot::First,
            _ => Spot::of(after, kind),
        };
        match place.branch {
            Branch::Items(Parent::Node(parent)) => {
                let at = self.position(parent);
                if let Some(item) = at.and_then(|at| self.items.get_mut(at)) {
                    tree::insert(&mut item.children, slot, spot);
                }
                0
            }
            branch => {
                let (items, index) = (&self.items, &self.index);
                let origin_of = |anchor: EventId| {
                    let item = items.get(index.get(&anchor)?.at as usize)?;
                    (item.place == Place { branch, slot: anchor }).then_some(item.leaf)
                };
                self.tree.list_mut(branch).insert(slot, spot, origin_of)
            }
        }
    }

    /// The slots of a list that belongs to an item.
    pub(super) fn below(&self, branch: Branch) -> &[Slot] {
        let item = self.parent(branch).and_then(|at| self.items.get(at));
        item.map_or(&[][..], |item| &item.children)
    }

    fn slots(&self, branch: Branch) -> impl DoubleEndedIterator<Item = &Slot> {
        self.tree.list(branch).into_iter().flat_map(super::leaf::Leaves::slots).chain(self.below(branch))
    }

    /// All slots of a list, in its order, each with the node that was put there, whether or not it still stands there.
    pub(crate) fn all_slots(&self, branch: Branch) -> impl Iterator<Item = (EventId, ItemId)> {
        self.slots(branch).map(Slot::parts)
    }

    /// The nodes that stand in a list, in its order, each with its slot: what to name as `after` so that something new
    /// comes after it.
    pub fn standing(&self, branch: Branch) -> impl DoubleEndedIterator<Item = (EventId, ItemId)> {
        self.slots(branch).filter(|slot| slot.standing().is_some()).map(Slot::parts)
    }

    /// The visible nodes of one list, in order, without what hangs below them.
    ///
    /// A removed node below which something is still to be seen is shown too: nothing visible hangs in the air.
    #[must_use]
    pub fn children(&self, branch: Branch) -> Vec<&Item> {
        self.standing(branch).filter_map(|(_, node)| self.item(node)).collect()
    }

    /// The last slot of a list: what to name as `after` so that something new comes last.
    ///
    /// The node that it was made for may be removed or may have moved on; the slot holds its place all the same.
    #[must_use]
    pub fn last_slot(&self, branch: Branch) -> Option<EventId> {
        self.slots(branch).next_back().map(|slot| slot.parts().0)
    }
}
