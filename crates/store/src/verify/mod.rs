//! Checking a plan against everything that the format says of it, as it lies in git.
//!
//! What may be relied on: every commit below the tip is read by its id, without replace refs and grafts, and nothing that is
//! kept beside the commits is believed. A fault is a finding, not an error: the check goes on and tells all of them.
//! Nothing is written. Spec: spec/6-git.md, G22 and G40 to G49.
//!
//! How: `commits.rs` holds each commit against its event, `beside.rs` looks for what makes stock git or a reader with a cache
//! see something else, `signatures.rs` asks git about signatures, `receive.rs` judges a push, and `attest.rs` signs
//! commitments. What is about events alone is `git_plan_core::audit`.

mod attest;
mod beside;
mod commits;
mod receive;
mod signatures;

use git_plan_core::audit::{self, Audit, Code, Commitment, Finding, Place};
use git_plan_core::{Event, EventId, Plan, Slug, Timestamp};
use gix::hash::ObjectId;
use gix::hashtable::HashMap;

use crate::entries;
use crate::error::Result;
use crate::repository::Repository;
use crate::walk::{self, Node, Walked};
use commits::Header;

pub use attest::{Attested, Verifier};
pub use receive::Pushed;

/// A plan that was checked.
pub struct Verified {
    /// What was checked, and what was found.
    pub audit: Audit,
    /// The plan, replayed from its events.
    pub plan: Plan,
    /// The commit from which it was read.
    pub tip: ObjectId,
    events: Vec<Event>,
    walked: Walked,
    headers: HashMap<ObjectId, Header>,
}

impl std::fmt::Debug for Verified {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Verified").field("tip", &self.tip).field("audit", &self.audit).finish_non_exhaustive()
    }
}

impl Repository {
    /// Checks a plan. `now` is when; signatures are only looked at where `signatures` says so, since each of them costs
    /// a process or two.
    ///
    /// # Errors
    /// Where there is no such plan, its ref is damaged, or git cannot be run. What is wrong with the plan is no error.
    pub fn verify(&self, slug: &Slug, now: Timestamp, signatures: bool) -> Result<Verified> {
        let mut verified = self.verify_tip(self.existing_tip(slug)?, now)?;
        self.look_beside(slug, &mut verified)?;
        if signatures {
            let all: Vec<usize> = (0..verified.events.len()).collect();
            self.check_signatures(&mut verified, &all)?;
        }
        Ok(verified)
    }

    /// Checks what lies below a commit, but for its signatures.
    fn verify_tip(&self, tip: ObjectId, now: Timestamp) -> Result<Verified> {
        let mut headers: HashMap<ObjectId, Header> = HashMap::default();
        let empty = self.empty_tree();
        let walked = walk::walk_seeing(self, tip, None, &mut |id, raw, commit| {
            headers.insert(id, Header::of(raw, commit, empty));
        })?;
        let (events, damage) = entries::read(&walked);
        let commit_of = |at: usize| Place::Commit(walked.found[at].commit.to_string());
        let (mut audit, plan) = audit::events(&events, &commit_of, now);
        for damage in damage {
            let expected = match damage.code {
                Code::Unreadable => "a commit",
                Code::NotOfAPlan => "an event, or the join of several",
                Code::ParentsDiffer => "the same",
                // What is wrong with the event itself has been told.
                _ => continue,
            };
            let place = Place::Commit(damage.commit.to_string());
            let mut finding = Finding::new(damage.code, place, damage.reason, expected);
            if let Some(Node::Event(at)) = walked.nodes.get(&damage.commit) {
                finding = finding.about(events[*at].id);
            }
            audit.findings.push(finding);
        }
        let mut verified = Verified { audit, plan, tip, events, walked, headers };
        verified.check_commits();
        Ok(verified)
    }
}

impl Verified {
    /// The commitment to what is there; none where no event begins the plan.
    #[must_use]
    pub fn commitment(&self, at: Timestamp) -> Option<Commitment> {
        Commitment::of(&self.events, |at| self.walked.payload(&self.walked.found[at]), at)
    }

    /// Holds what is there against a commitment that was made before; `place` says where that lies.
    pub fn check_against(&mut self, commitment: &Commitment, place: &Place) {
        let bytes = |at: usize| self.walked.payload(&self.walked.found[at]);
        self.audit.findings.extend(audit::check_commitment(commitment, &self.events, bytes, place));
        let events = usize::try_from(commitment.events).unwrap_or(usize::MAX);
        self.audit.checked(
            "commitment",
            events,
            format!("events looked for that were committed to at {}", commitment.at),
        );
    }

    fn place(&self, at: usize) -> Place {
        Place::Commit(self.walked.found[at].commit.to_string())
    }

    fn finding(&self, at: usize, code: Code, found: impl Into<String>, expected: impl Into<String>) -> Finding {
        Finding::new(code, self.place(at), found, expected).about(self.event_id(at))
    }

    fn event_id(&self, at: usize) -> EventId {
        self.events[at].id
    }
}
