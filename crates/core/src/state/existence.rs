//! Existence: an edit wins over a removal that did not see it.
//!
//! A thing is hidden only if some removal saw *every* touch of it (an edit, a completion, a move, a child). A removal
//! that is concurrent with a touch hides nothing; it is reported as a conflict until a write that saw both decides.
//! A restoration takes back the removals that it saw.

use serde::{Deserialize, Serialize};

use super::Stamp;
use super::ancestry::{Ancestry, Seq};
use crate::prelude::*;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Removal {
    stamp: Stamp,
    /// A touch that the removal did not see, and that did not see the removal.
    contested: bool,
}

/// Whether a thing is there, as its removals and touches say.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Existence {
    removals: Vec<Removal>,
    /// The touches that no later touch saw.
    touches: Vec<Seq>,
}

impl Existence {
    /// Takes a touch: any event that says something of the thing.
    pub(crate) fn touch(&mut self, by: Seq, ancestry: &Ancestry) {
        for removal in &mut self.removals {
            removal.contested |= !ancestry.sees(by, removal.stamp.seq);
        }
        self.touches.retain(|&touch| !ancestry.sees(by, touch));
        self.touches.push(by);
    }

    /// Takes a removal.
    pub(crate) fn remove(&mut self, stamp: Stamp, ancestry: &Ancestry) {
        let contested = self.touches.iter().any(|&touch| !ancestry.sees(stamp.seq, touch));
        self.removals.retain(|removal| !ancestry.sees(stamp.seq, removal.stamp.seq));
        self.removals.push(Removal { stamp, contested });
    }

    /// Takes a restoration: a touch that takes back the removals it saw.
    pub(crate) fn restore(&mut self, by: Seq, ancestry: &Ancestry) {
        self.removals.retain(|removal| !ancestry.sees(by, removal.stamp.seq));
        self.touch(by, ancestry);
    }

    /// Whether the thing is gone.
    #[must_use]
    pub fn is_hidden(&self) -> bool {
        self.removals.iter().any(|removal| !removal.contested)
    }

    /// The removals that no restoration took back.
    pub fn removals(&self) -> impl Iterator<Item = Stamp> {
        self.removals.iter().map(|removal| removal.stamp)
    }

    /// The removals that an unseen touch stands against, while the thing is there.
    #[must_use]
    pub fn contested(&self) -> Vec<Stamp> {
        if self.is_hidden() { Vec::new() } else { self.removals.iter().map(|removal| removal.stamp).collect() }
    }

    /// Forgets the touches, given that every later event has seen them.
    pub(crate) fn settle(&mut self) {
        self.touches = Vec::new();
    }
}
