//! Checking that a history is what it claims to be.
//!
//! What may be relied on: a check never fails and never stops at the first fault; each thing that it finds has a stable
//! word, the place, the event, what was expected and what to do. The clock comes in as an argument. What is about commits
//! and signatures is for the store to find; it says it in the same words. Spec: spec/6-git.md, G40 to G49.
//!
//! How: `events.rs` checks a set of events, `batches.rs` what one command made, `export.rs` the lines of an export, and
//! `commitment.rs` says in a few lines what a history was, so that it can be shown later that it still is.

mod batches;
mod commitment;
mod events;
mod export;
mod finding;
mod root;

pub use commitment::{Commitment, NotACommitment, SEMANTICS, check as check_commitment, state_text};
pub use events::{CLOCKS, events};
pub use export::{Exported, export};
pub use finding::{Code, Finding, Place, Severity};
pub use root::{Root, root};

use crate::prelude::*;

/// What was checked, and what was found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Audit {
    /// What was checked.
    pub checked: Vec<Checked>,
    /// What was found.
    pub findings: Vec<Finding>,
}

/// One kind of check: a stable word, how many were checked, and words for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// The stable word.
    pub what: &'static str,
    /// How many.
    pub count: usize,
    /// Of what, and how, for people: follows the number.
    pub words: String,
}

impl Audit {
    /// Tells that something was checked.
    pub fn checked(&mut self, what: &'static str, count: usize, words: impl Into<String>) {
        self.checked.push(Checked { what, count, words: words.into() });
    }

    /// Takes over what another check found.
    pub fn extend(&mut self, other: Self) {
        self.checked.extend(other.checked);
        self.findings.extend(other.findings);
    }

    /// How many findings matter this much.
    #[must_use]
    pub fn count(&self, severity: Severity) -> usize {
        self.findings.iter().filter(|finding| finding.severity == severity).count()
    }

    /// Whether nothing is an error.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        self.count(Severity::Error) == 0
    }
}
