//! Who saw what: whether one event is an ancestor of another.
//!
//! What may be relied on: [`Ancestry::sees`] is exact, and costs at most a binary search over the concurrent writers of
//! the moment. Where history is linear, nothing is kept and the answer is a comparison.
//!
//! How: events are numbered in order. An event that every earlier one precedes and every later one descends from is
//! *critical* (eg-walker, Gentle and Kleppmann 2025, calls this a critical version). Every event after it sees all
//! that came up to it, so a clock need only reach back to the last critical event. In between, events are covered by
//! chains; an event's clock holds the last position that it sees on each chain.

use crate::order::Arrangement;
use crate::prelude::*;

/// An event's number in the order, counted from the beginning of the plan.
pub(crate) type Seq = u32;

#[derive(Debug, Clone, Default)]
struct Clock {
    /// All events numbered below this are ancestors.
    floor: Seq,
    chain: u32,
    /// The position on its own chain, from 1.
    position: u32,
    /// For each chain of which something is seen, the last position seen; sorted by chain.
    seen: Vec<(u32, u32)>,
}

/// The ancestors of a run of events that all come after a settled past; the default is that of any line of events.
#[derive(Debug, Clone, Default)]
pub(crate) struct Ancestry {
    base: Seq,
    clocks: Vec<Clock>,
}

impl Ancestry {
    /// The ancestry of these events, numbered from `base`.
    pub(crate) fn of(arrangement: &Arrangement, base: Seq) -> Self {
        let critical = critical(arrangement);
        let mut ancestry = Self { base, clocks: Vec::with_capacity(critical.len()) };
        let mut floor = base;
        let mut tips: Vec<u32> = Vec::new();
        for (i, event) in arrangement.iter().enumerate() {
            let clock = ancestry.clock(arrangement.parents(event), floor, &mut tips);
            ancestry.clocks.push(clock);
            if critical[i] {
                floor = base + i as Seq + 1;
                tips.clear();
            }
        }
        ancestry
    }

    fn clock(&self, parents: &[u32], floor: Seq, tips: &mut Vec<u32>) -> Clock {
        let mut seen: Vec<(u32, u32)> = Vec::new();
        for &parent in parents {
            if self.base + parent >= floor {
                let parent = &self.clocks[parent as usize];
                seen.extend(&parent.seen);
                seen.push((parent.chain, parent.position));
            }
        }
        seen.sort_unstable();
        // Of each chain the last position seen counts.
        seen.reverse();
        seen.dedup_by_key(|entry| entry.0);
        seen.reverse();
        // Go on with a chain whose end is seen, or begin one.
        let chain = match seen.iter().find(|&&(chain, position)| tips[chain as usize] == position) {
            Some(&(chain, _)) => chain,
            None => {
                tips.push(0);
                tips.len() as u32 - 1
            }
        };
        tips[chain as usize] += 1;
        Clock { floor, chain, position: tips[chain as usize], seen }
    }

    /// Whether `later` descends from `earlier`.
    pub(crate) fn sees(&self, later: Seq, earlier: Seq) -> bool {
        let Some(clock) = self.clock_of(later) else { return earlier < later };
        if earlier < clock.floor {
            return true;
        }
        let Some(other) = self.clock_of(earlier) else { return true };
        clock
            .seen
            .binary_search_by_key(&other.chain, |entry| entry.0)
            .is_ok_and(|at| clock.seen[at].1 >= other.position)
    }

    /// Whether every event from `later` on descends from `earlier`.
    pub(crate) fn is_settled(&self, earlier: Seq, later: Seq) -> bool {
        self.clock_of(later).map_or(earlier < later, |clock| earlier < clock.floor)
    }

    fn clock_of(&self, event: Seq) -> Option<&Clock> {
        event.checked_sub(self.base).and_then(|at| self.clocks.get(at as usize))
    }
}

/// For each event, whether all earlier ones precede it and all later ones descend from it.
fn critical(arrangement: &Arrangement) -> Vec<bool> {
    // Every later event descends from `i` if each has a parent at `i` or after it: by induction along the order. One
    // whose parents all lie below the floor, or are missing, descends from nothing here.
    let mut reaches = vec![true; arrangement.iter().len()];
    let mut lowest = Some(u32::MAX);
    for (i, event) in arrangement.iter().enumerate().rev() {
        reaches[i] = lowest >= Some(i as u32);
        lowest = lowest.min(arrangement.parents(event).iter().copied().max());
    }
    let mut heads = BTreeSet::new();
    for (i, event) in arrangement.iter().enumerate() {
        for parent in arrangement.parents(event) {
            heads.remove(parent);
        }
        heads.insert(i as u32);
        reaches[i] &= heads.len() == 1;
    }
    reaches
}
