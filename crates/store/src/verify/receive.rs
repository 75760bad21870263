//! Judging a push in a `pre-receive` hook: plans only grow, by events that are sound.
//!
//! What may be relied on: whatever is wrong with what is new refuses the push; what lay here before is not held against who
//! pushes. Other refs are no concern of this. The objects that are pushed are read from their quarantine.

use std::collections::BTreeSet;

use git_plan_core::audit::{Code, Finding, Place, Severity};
use git_plan_core::{Slug, Timestamp};
use gix::hash::ObjectId;

use super::Verified;
use crate::error::{Error, Result};
use crate::repository::Repository;
use crate::walk::{Node, Walked};

/// What a push does to the ref of a plan.
#[derive(Debug, Clone)]
pub struct Pushed {
    /// The full name of the ref.
    pub name: String,
    /// How many events it brings.
    pub events: usize,
    /// What is to be said of it. Where something is an error, the push is to be refused.
    pub findings: Vec<Finding>,
}

impl Repository {
    /// Judges one line of what a `pre-receive` hook reads, `<old> <new> <ref>`; none where the ref is no concern of plans.
    ///
    /// # Errors
    /// Where the line is none, or git cannot be run.
    pub fn judge_push(&self, line: &str, now: Timestamp) -> Result<Option<Pushed>> {
        let unfit = || Error::RefDamaged { name: line.to_owned(), reason: "expected `OLD NEW REF`".to_owned() };
        let mut fields = line.splitn(3, ' ');
        let (Some(old), Some(new), Some(name)) = (fields.next(), fields.next(), fields.next()) else {
            return Err(unfit());
        };
        let Some(slug) = name.strip_prefix("refs/plans/") else { return Ok(None) };
        let id = |hex: &str| hex.parse::<ObjectId>().map_err(|_| unfit());
        let some = |id: ObjectId| if id.is_null() { None } else { Some(id) };
        let (old, new) = (some(id(old)?), some(id(new)?));
        let refused = |code, found: &str, expected: &str| {
            let finding = Finding::new(code, Place::Ref(name.to_owned()), found, expected);
            Ok(Some(Pushed { name: name.to_owned(), events: 0, findings: vec![finding] }))
        };
        let Some(new) = new else {
            return refused(Code::Deleted, "the push deletes the plan", "a push that adds events");
        };
        if slug.parse::<Slug>().is_err() {
            return refused(Code::NotASlug, "no plan can have this name", "a name such as refs/plans/dark-mode");
        }
        let mut verified = self.verify_tip(new, now)?;
        if let Some(old) = old
            && !verified.walked.nodes.contains_key(&old)
        {
            let found = format!("the push takes away commits that are here: {old} is not below {new}");
            return refused(Code::Rewritten, &found, "a push that adds events to what is here");
        }
        let known = old.map(|old| below(&verified.walked, old)).unwrap_or_default();
        let added: Vec<usize> =
            (0..verified.events.len()).filter(|&at| !known.contains(&verified.walked.found[at].commit)).collect();
        self.check_signatures(&mut verified, &added)?;
        let mut findings = verified.of_what_is_new(&known);
        if old.is_some() {
            // Had it an earlier time than the first event, that one would seem to be the second beginning.
            let beginnings = added.iter().filter(|&&at| verified.events[at].parents.is_empty());
            findings.extend(beginnings.map(|&at| {
                verified.finding(at, Code::SecondBeginning, "the event has no parents", "an event of this plan")
            }));
        }
        Ok(Some(Pushed { name: name.to_owned(), events: added.len(), findings }))
    }
}

impl Verified {
    /// What was found of commits that were not known before.
    fn of_what_is_new(&self, known: &BTreeSet<ObjectId>) -> Vec<Finding> {
        let is_new = |place: &Place| match place {
            Place::Commit(id) => id.parse().is_ok_and(|id: ObjectId| !known.contains(&id)),
            _ => known.is_empty(),
        };
        let matters = |finding: &&Finding| finding.severity > Severity::Notice && is_new(&finding.place);
        self.audit.findings.iter().filter(matters).cloned().collect()
    }
}

/// A commit and all below it.
fn below(walked: &Walked, tip: ObjectId) -> BTreeSet<ObjectId> {
    let mut known = BTreeSet::new();
    let mut ahead = vec![tip];
    while let Some(id) = ahead.pop() {
        if known.insert(id) {
            match walked.nodes.get(&id) {
                Some(Node::Event(at)) => ahead.extend(&walked.found[*at].parents),
                Some(Node::Join(parents)) => ahead.extend(parents),
                Some(Node::Stop(_) | Node::Unreadable) | None => {}
            }
        }
    }
    known
}
