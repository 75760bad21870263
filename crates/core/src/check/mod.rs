//! Checking whether a plan is a good one: clear, complete, current, traceable, and such that one can act on it.
//!
//! What may be relied on: a check is a pure function of the plan, the time and the options; it never fails, changes
//! nothing, and tells in the same order whatever it finds. Each finding has a stable word, a place, a reason and what
//! to type. It goes by roles and kinds, so it is the same for every layout. Words are judged by simple signs, and where these are
//! in doubt, nothing is said. Spec: spec/11-check.md.
//!
//! How: `finding.rs` has the rules' words, `reading.rs` what all rules look at, `words.rs` the signs; then one file for each group.

mod actionability;
mod clarity;
mod completeness;
mod cookbook;
mod currency;
mod finding;
mod reading;
mod stories;
mod traceability;
mod words;

pub use crate::audit::Severity;
pub use finding::{Code, Finding, Group};

use core::cmp::Reverse;

use crate::prelude::*;
use crate::{Plan, Timestamp};
use finding::Found;
use reading::Reading;

/// What a check is to go by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// The rules that matter otherwise than by default; `None` leaves one out.
    pub severities: BTreeMap<Code, Option<Severity>>,
    /// After how many days without an event something counts as left lying.
    pub days: u32,
}

impl Default for Options {
    fn default() -> Self {
        Self { severities: BTreeMap::new(), days: Self::DAYS }
    }
}

impl Options {
    /// The days after which something counts as left lying, where nothing else is asked for.
    pub const DAYS: u32 = 14;

    /// How much a rule matters here.
    #[must_use]
    pub fn severity(&self, code: Code) -> Option<Severity> {
        self.severities.get(&code).copied().unwrap_or(Some(code.severity()))
    }
}

/// What is to be said of a plan at a time, what matters most first, then in the order of the rules and of the plan.
#[must_use]
pub fn check(plan: &Plan, now: Timestamp, options: &Options) -> Vec<Finding> {
    let reading = Reading::of(plan, now, options.days);
    let mut found = Found::default();
    clarity::check(&reading, &mut found);
    completeness::check(&reading, &mut found);
    currency::check(&reading, &mut found);
    traceability::check(&reading, &mut found);
    actionability::check(&reading, &mut found);
    stories::check(&reading, &mut found);
    cookbook::check(&reading, &mut found);
    let mut findings: Vec<Finding> = found
        .into_iter()
        .filter_map(|finding| Some(Finding { severity: options.severity(finding.code)?, ..finding }))
        .collect();
    findings.sort_by_key(|finding| (Reverse(finding.severity), finding.code));
    findings
}
