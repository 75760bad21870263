//! How two tips of a plan stand to each other, by the events below them.
//!
//! What may be relied on: commits are never compared where events say otherwise. Two clones may have joined the same heads
//! in different orders, or written the same event into different commits; they have the same plan. Spec: spec/6-git.md, G11.

use std::collections::BTreeSet;

use git_plan_core::EventId;
use gix::hash::ObjectId;

use crate::error::Result;
use crate::repository::Repository;
use crate::walk::{self, Stop, Walked};

/// How our tip stands to theirs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Relation {
    /// Both have the same events.
    Equal,
    /// They have all that we have, and this many events more.
    Behind {
        /// How many.
        theirs: usize,
        /// Whether our tip lies below theirs.
        descends: bool,
    },
    /// We have all that they have, and this many events more.
    Ahead {
        /// How many.
        ours: usize,
        /// Whether their tip lies below ours, so that theirs can be moved to ours as it is.
        descends: bool,
    },
    /// Each has events that the other has not.
    Diverged {
        /// How many only we have.
        ours: usize,
        /// How many only they have.
        theirs: usize,
    },
    /// They are two plans: no event began both.
    Unrelated,
}

/// What lies below a tip.
struct Below {
    events: BTreeSet<EventId>,
    beginnings: BTreeSet<EventId>,
}

impl Repository {
    /// How a tip of ours stands to a tip of theirs.
    ///
    /// Where all that is new follows the other tip, what is below that is read once at most; else both histories are.
    pub(crate) fn relation(&self, ours: ObjectId, theirs: ObjectId) -> Result<Relation> {
        if ours == theirs {
            return Ok(Relation::Equal);
        }
        // Nothing looks at the event of the commit at which a walk stops.
        let stop_at = |commit| Some(Stop { commit, event: EventId::of(b"") });
        let above_ours = walk::walk(self, theirs, stop_at(ours))?;
        if above_ours.on_snapshot && !above_ours.found.is_empty() {
            return Ok(Relation::Behind { theirs: above_ours.found.len(), descends: true });
        }
        let above_theirs = walk::walk(self, ours, stop_at(theirs))?;
        if above_theirs.on_snapshot && !above_theirs.found.is_empty() {
            return Ok(Relation::Ahead { ours: above_theirs.found.len(), descends: true });
        }
        // A walk that could not stop went on to the beginning; one that met nothing but joins did not have to.
        let whole = |walked: Walked, tip| if walked.on_snapshot { walk::walk(self, tip, None) } else { Ok(walked) };
        let (mine, other) = (whole(above_theirs, ours)?, whole(above_ours, theirs)?);
        let [up, down] = [other.nodes.contains_key(&ours), mine.nodes.contains_key(&theirs)];
        let (mine, other) = (Below::of(&mine), Below::of(&other));
        if mine.beginnings.is_disjoint(&other.beginnings) {
            return Ok(Relation::Unrelated);
        }
        let only_mine = mine.events.difference(&other.events).count();
        let only_other = other.events.difference(&mine.events).count();
        Ok(match (only_mine, only_other) {
            (0, 0) => Relation::Equal,
            (0, more) => Relation::Behind { theirs: more, descends: up },
            (more, 0) => Relation::Ahead { ours: more, descends: down },
            (ours, theirs) => Relation::Diverged { ours, theirs },
        })
    }
}

impl Below {
    fn of(walked: &Walked) -> Self {
        let mut below = Self { events: BTreeSet::new(), beginnings: BTreeSet::new() };
        for found in &walked.found {
            let id = EventId::of(walked.payload(found));
            below.events.insert(id);
            if found.parents.is_empty() {
                below.beginnings.insert(id);
            }
        }
        below
    }
}
