//! The commits of the code between the events: what was written between the commit that one event was recorded at and that
//! of a later one.
//!
//! What may be relied on: no clock decides where a commit stands; each stands once, below the first event that was recorded
//! on top of it, and those that no event was recorded on top of stand above all.

use std::collections::BTreeMap;

use git_plan_core::EventId;
use git_plan_store::{CodeCommit, Entry, ObjectId, Repository};

use crate::exit::Failure;

/// The commits of the code, each list newest first.
#[derive(Debug, Default)]
pub struct Code {
    /// Those above all events.
    pub above: Vec<CodeCommit>,
    /// Those below an event.
    pub below: BTreeMap<EventId, Vec<CodeCommit>>,
}

/// The commits between all these events, in order; those below one that is not shown stand with the next one that is, and
/// what lies below all that are shown is left out.
pub fn between(
    repo: &Repository,
    all: &[Entry],
    is_shown: impl Fn(EventId) -> bool,
    head: Option<ObjectId>,
) -> Result<Code, Failure> {
    let mut codes: Vec<ObjectId> = Vec::new();
    let mut first_at: Vec<usize> = Vec::new();
    let mut known = std::collections::BTreeSet::new();
    for (at, entry) in all.iter().enumerate() {
        if let Some(code) = repo.code_of(&entry.event).filter(|code| known.insert(*code)) {
            codes.push(code);
            first_at.push(at);
        }
    }
    codes.extend(head);
    let mut brought = repo.code_between(&codes)?;
    let above = if head.is_some() { brought.pop().unwrap_or_default() } else { Vec::new() };
    let mut at_event: BTreeMap<usize, Vec<CodeCommit>> = first_at.into_iter().zip(brought).collect();
    let mut code = Code { above, below: BTreeMap::new() };
    let oldest = all.iter().position(|entry| is_shown(entry.event.id)).unwrap_or(all.len());
    let mut owner = None;
    for (at, entry) in all.iter().enumerate().skip(oldest).rev() {
        if is_shown(entry.event.id) {
            owner = Some(entry.event.id);
        }
        let commits = at_event.remove(&at).unwrap_or_default();
        match owner {
            Some(owner) => code.below.entry(owner).or_default().extend(commits),
            None => code.above.extend(commits),
        }
    }
    Ok(code)
}
