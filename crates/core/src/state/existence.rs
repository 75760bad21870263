//! Existence: an edit wins over a removal that did not see it.
//!
//! A thing is hidden only if some removal saw *every* touch of it (an edit, a completion, a move, a child). A removal
//! that is concurrent with a touch hides nothing; it is reported as a conflict until a write that saw both decides.
//! A restoration takes back the removals that it saw.

use serde::{Deserialize, Serialize};

use super::Stamp;
use super::ancestry::Ancestry;
use crate::prelude::*;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Removal {
    stamp: Stamp,
    /// The newest of the touches that the removal did not see, and that did not see the removal.
    against: Vec<Stamp>,
}

/// Whether a thing is there, as its removals and touches say.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Existence {
    removals: Vec<Removal>,
    /// The touches that no later touch saw.
    touches: Vec<Stamp>,
}

impl Existence {
    /// Takes a touch: any event that says something of the thing.
    pub(crate) fn touch(&mut self, by: Stamp, ancestry: &Ancestry) {
        for removal in &mut self.removals {
            if by.seq != removal.stamp.seq && !ancestry.sees(by.seq, removal.stamp.seq) {
                add_newest(&mut removal.against, by, ancestry);
            }
        }
        add_newest(&mut self.touches, by, ancestry);
    }

    /// Takes a removal.
    pub(crate) fn remove(&mut self, stamp: Stamp, ancestry: &Ancestry) {
        let unseen = |touch: &&Stamp| touch.seq != stamp.seq && !ancestry.sees(stamp.seq, touch.seq);
        let against = self.touches.iter().filter(unseen).copied().collect();
        self.removals.retain(|removal| !ancestry.sees(stamp.seq, removal.stamp.seq));
        self.removals.push(Removal { stamp, against });
    }

    /// Takes a restoration: a touch that takes back the removals it saw.
    pub(crate) fn restore(&mut self, by: Stamp, ancestry: &Ancestry) {
        self.removals.retain(|removal| !ancestry.sees(by.seq, removal.stamp.seq));
        self.touch(by, ancestry);
    }

    /// Whether the thing is gone.
    #[must_use]
    pub fn is_hidden(&self) -> bool {
        self.removals.iter().any(|removal| removal.against.is_empty())
    }

    /// The removals that no restoration took back.
    pub fn removals(&self) -> impl Iterator<Item = Stamp> {
        self.removals.iter().map(|removal| removal.stamp)
    }

    /// The removals that an unseen touch stands against, while the thing is there, and these touches; each in order.
    #[must_use]
    pub fn contested(&self) -> (Vec<Stamp>, Vec<Stamp>) {
        if self.is_hidden() {
            return (Vec::new(), Vec::new());
        }
        let against: BTreeSet<Stamp> = self.removals.iter().flat_map(|removal| &removal.against).copied().collect();
        (self.removals().collect(), against.into_iter().collect())
    }

    /// Forgets the touches, given that every later event has seen them.
    pub(crate) fn settle(&mut self) {
        self.touches = Vec::new();
    }
}

/// Adds a touch to those that no later one saw.
fn add_newest(touches: &mut Vec<Stamp>, by: Stamp, ancestry: &Ancestry) {
    touches.retain(|touch| !ancestry.sees(by.seq, touch.seq));
    if touches.last().is_none_or(|last| last.seq != by.seq) {
        touches.push(by);
    }
}
