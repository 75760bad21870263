//! Leaves: a long list of slots in pages, with counts of what stands in each.
//!
//! What may be relied on: how many nodes of a kind stand before a slot, and which slot the nth of them has, is found by
//! reading one page, or a few where slots were inserted in the middle of the list, and none of the nodes.
//!
//! How: a leaf that grows too large is split in two, which keep the *origin* of the one. Leaves of one origin are
//! neighbours, and origins rise along the list, so that who knows the origin of a slot's leaf finds the slot.

use core::ops::Range;

use serde::{Deserialize, Serialize};

use super::paged::{AnyPage, Page, SIZE};
use super::tree::{Slot, Spot, last_with, standing};
use crate::prelude::*;
use crate::{EventId, ItemId, Kind};

/// Some slots of a list that lie together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Leaf {
    origin: u32,
    /// How many nodes of each kind stand here.
    standing: BTreeMap<Kind, u32>,
    slots: Page<Slot>,
}

impl Leaf {
    fn new(origin: u32, slots: Vec<Slot>) -> Self {
        let mut standing: BTreeMap<Kind, u32> = BTreeMap::new();
        slots.iter().filter_map(Slot::standing).for_each(|kind| *standing.entry(kind).or_default() += 1);
        Self { origin, standing, slots: Page::new(slots) }
    }

    fn of(&self, kind: Kind) -> usize {
        self.standing.get(&kind).map_or(0, |&count| count as usize)
    }

    /// Says what stands at the slot that is here.
    fn mark(&mut self, at: usize, kind: Option<Kind>) {
        let Some(slot) = self.slots.get_mut(at) else { return };
        if let Some(before) = slot.mark(kind) {
            self.standing.entry(before).and_modify(|count| *count = count.saturating_sub(1));
        }
        if let Some(now) = kind {
            *self.standing.entry(now).or_default() += 1;
        }
        self.standing.retain(|_, count| *count > 0);
    }
}

/// A list of slots.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Leaves(Vec<Leaf>);

impl Leaves {
    /// Inserts a slot in which nothing stands yet, and says the origin of its leaf.
    ///
    /// One page is changed, and little more is read where `origin_of` knows the leaf of an anchor that is not at the
    /// end; where it does not, the list is searched.
    pub(super) fn insert(&mut self, slot: Slot, spot: Spot, origin_of: impl FnOnce(EventId) -> Option<u32>) -> u32 {
        let last = (self.0.len().saturating_sub(1), usize::MAX);
        let (at, within) = match spot {
            Spot::First => (0, 0),
            Spot::Last => last,
            Spot::After(anchor) => {
                let find = |at: usize| Some((at, last_with(self.0.get(at)?.slots.get(), anchor)? + 1));
                let near = || self.neighbours(origin_of(anchor)?).find_map(find);
                find(last.0).or_else(near).or_else(|| (0..last.0).rev().find_map(find)).unwrap_or(last)
            }
        };
        let (is_last, next) = (at + 1 >= self.0.len(), u32::try_from(self.0.len()).unwrap_or(u32::MAX));
        let len = self.0.get(at).map_or(SIZE, |leaf| leaf.slots.get().len());
        let Some(leaf) = self.0.get_mut(at).filter(|_| !(is_last && within >= len && len >= SIZE)) else {
            self.0.push(Leaf::new(next, vec![slot]));
            return next;
        };
        let origin = leaf.origin;
        let split = leaf.slots.change(|slots| {
            slots.insert(within.min(len), slot);
            (slots.len() > 2 * SIZE).then(|| (slots.split_off(SIZE), core::mem::take(slots)))
        });
        if let Some((upper, lower)) = split {
            *leaf = Leaf::new(origin, lower);
            self.0.insert(at + 1, Leaf::new(origin, upper));
        }
        origin
    }

    /// Says what stands at a slot in a leaf of this origin.
    pub(super) fn mark(&mut self, origin: u32, slot: EventId, kind: Option<Kind>) {
        let found = self.neighbours(origin).find_map(|at| Some((at, last_with(self.0.get(at)?.slots.get(), slot)?)));
        if let Some((at, within)) = found
            && let Some(leaf) = self.0.get_mut(at)
        {
            leaf.mark(within, kind);
        }
    }

    fn neighbours(&self, origin: u32) -> Range<usize> {
        let from = |origin| self.0.partition_point(|leaf| leaf.origin < origin);
        from(origin)..from(origin.saturating_add(1))
    }

    /// The slots in their order.
    pub(super) fn slots(&self) -> impl DoubleEndedIterator<Item = &Slot> {
        self.0.iter().flat_map(|leaf| leaf.slots.get())
    }

    /// How many nodes of a kind stand in the list.
    pub(super) fn count(&self, kind: Kind) -> usize {
        self.0.iter().map(|leaf| leaf.of(kind)).sum()
    }

    /// How many nodes of a kind stand before a slot in a leaf of this origin.
    pub(super) fn count_before(&self, origin: u32, slot: EventId, kind: Kind) -> Option<usize> {
        let near = self.neighbours(origin);
        let mut count: usize = self.0.iter().take(near.start).map(|leaf| leaf.of(kind)).sum();
        for leaf in self.0.get(near)? {
            if let Some(at) = last_with(leaf.slots.get(), slot) {
                return Some(count + standing(leaf.slots.get(), kind).take_while(|&(found, _)| found < at).count());
            }
            count += leaf.of(kind);
        }
        None
    }

    /// The nth node of a kind that stands in the list, counted from 0.
    pub(super) fn nth(&self, kind: Kind, mut n: usize) -> Option<ItemId> {
        let leaf = self.0.iter().find(|leaf| {
            let here = n < leaf.of(kind);
            n -= if here { 0 } else { leaf.of(kind) };
            here
        })?;
        standing(leaf.slots.get(), kind).nth(n).map(|(_, node)| node)
    }

    pub(super) fn pages_mut(&mut self) -> impl Iterator<Item = &mut dyn AnyPage> {
        self.0.iter_mut().map(|leaf| &mut leaf.slots as &mut dyn AnyPage)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[derive(Debug, Clone)]
    enum Do {
        First,
        Last,
        After(usize),
        Mark(usize, Option<Kind>),
    }

    fn actions() -> impl Strategy<Value = Vec<Do>> {
        let kind = prop_oneof![Just(None), Just(Some(Kind::Step)), Just(Some(Kind::Note))];
        let action = prop_oneof![
            1 => Just(Do::First),
            3 => Just(Do::Last),
            6 => any::<usize>().prop_map(Do::After),
            9 => (any::<usize>(), kind).prop_map(|(at, kind)| Do::Mark(at, kind)),
        ];
        proptest::collection::vec(action, 0..900)
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]
        #[test]
        fn leaves_count_as_a_plain_list_does(actions in actions()) {
            let (mut plain, mut leaves, mut origins) = (Vec::<Slot>::new(), Leaves::default(), BTreeMap::new());
            for (i, action) in actions.into_iter().enumerate() {
                let anchor = |at: usize| plain.get(at % plain.len().max(1)).map(|slot| slot.parts().0);
                let spot = match action {
                    Do::First => Spot::First,
                    Do::Last => Spot::Last,
                    Do::After(at) => anchor(at).map_or(Spot::Last, Spot::After),
                    Do::Mark(at, kind) => {
                        let Some(id) = anchor(at) else { continue };
                        let at = at % plain.len();
                        plain[at].mark(kind);
                        leaves.mark(origins[&id], id, kind);
                        continue;
                    }
                };
                let id = EventId::of(&i.to_be_bytes());
                crate::state::tree::insert(&mut plain, Slot::new(id, id), spot);
                let origin = leaves.insert(Slot::new(id, id), spot, |id| origins.get(&id).copied().filter(|_| i % 3 > 0));
                origins.insert(id, origin);
            }
            prop_assert!(leaves.slots().eq(plain.iter()), "the slots are in the order of the list");
            for kind in [Kind::Step, Kind::Note] {
                let all: Vec<_> = standing(&plain, kind).collect();
                prop_assert_eq!(leaves.count(kind), all.len(), "as many stand");
                for (n, &(at, node)) in all.iter().enumerate() {
                    let id = plain[at].parts().0;
                    prop_assert_eq!(leaves.nth(kind, n), Some(node), "the nth is the nth of the list");
                    prop_assert_eq!(leaves.count_before(origins[&id], id, kind), Some(n), "with n before it");
                }
                prop_assert_eq!(leaves.nth(kind, all.len()), None, "after the last there is none");
            }
        }
    }
}
