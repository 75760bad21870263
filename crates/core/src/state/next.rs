//! What to do next: which steps can be taken, and which of them somebody should take.
//!
//! What may be relied on: a step that waits, is blocked or has open steps below it is never offered, and neither is one
//! below a step that waits or is blocked; nobody is offered what another holds while that claim is good. A claim is good
//! until its time is up; a step that was begun under a claim that has run out is offered again, so that the work of one
//! that was killed is carried on. The time comes in as an argument. Spec: spec/7-cli.md, C70.

use super::{Detail, Item, Outlined, Owner, Plan};
use crate::prelude::*;
use crate::{State, Timestamp};

/// Somebody who looks for work.
#[derive(Debug, Clone, Copy)]
pub struct Worker<'w> {
    /// The name under which steps are claimed.
    pub name: &'w str,
    /// When.
    pub now: Timestamp,
}

impl Owner {
    /// Whether the claim is still good.
    #[must_use]
    pub fn is_good(&self, now: Timestamp) -> bool {
        self.until.is_none_or(|until| until > now)
    }
}

impl Item {
    /// Who took the step, each once, the oldest claim first; nobody where it is none.
    #[must_use]
    pub fn owners(&self) -> Vec<&Owner> {
        if let Detail::Step(step) = &self.detail { step.owners.by_age() } else { Vec::new() }
    }

    /// Whether somebody holds the step and nobody else does.
    fn is_of(&self, worker: Worker<'_>) -> bool {
        let good = |owner: &&&Owner| owner.is_good(worker.now);
        let owners = self.owners();
        let others = owners.iter().filter(good).any(|owner| owner.name != worker.name);
        owners.iter().any(|owner| owner.name == worker.name) && !others
    }
}

impl Plan {
    /// The open steps that can be worked on, in order, whoever holds them: without open steps below, and neither they
    /// nor any step above them wait for another or are blocked; nor does anybody disagree about their state.
    #[must_use]
    pub fn workable(&self) -> Vec<Outlined<'_>> {
        let steps = self.steps();
        let open = |item: &Item| matches!(item.state(), Some(State::Todo | State::Doing));
        let mut held_up_at: Option<usize> = None;
        let mut workable = vec![false; steps.len()];
        for (at, step) in steps.iter().enumerate() {
            if held_up_at.is_some_and(|depth| step.depth > depth) {
                continue;
            }
            let held_up = !self.waits_for(step.item).is_empty() || !self.blockers_of(step.item.id()).is_empty();
            held_up_at = held_up.then_some(step.depth);
            let mut below = steps[at + 1..].iter().take_while(|other| other.depth > step.depth);
            let is_settled = matches!(step.item.progress(), Some((_, false)));
            workable[at] = open(step.item) && is_settled && !held_up && !below.any(|other| open(other.item));
        }
        steps.into_iter().zip(workable).filter_map(|(step, workable)| workable.then_some(step)).collect()
    }

    /// The first step that can be taken: the current one, or the first that is to be done and can be.
    #[must_use]
    pub fn next_step(&self) -> Option<Outlined<'_>> {
        let first = || self.workable().into_iter().find(|step| step.item.state() == Some(State::Todo));
        self.current_step().or_else(first)
    }

    /// What somebody should work on: what is theirs, else what was begun and is nobody's, else what can be claimed.
    #[must_use]
    pub fn next_for(&self, worker: Worker<'_>) -> Option<Outlined<'_>> {
        let workable = self.workable();
        let own = workable.iter().position(|step| step.item.is_of(worker));
        let begun = || workable.iter().position(|step| step.item.is_doing() && step.item.owners().is_empty());
        match own.or_else(begun) {
            Some(at) => workable.into_iter().nth(at),
            None => self.claimable(worker.now),
        }
    }

    /// What is somebody's already.
    #[must_use]
    pub fn held_by(&self, worker: Worker<'_>) -> Option<Outlined<'_>> {
        self.workable().into_iter().find(|step| step.item.is_of(worker))
    }

    /// What can be claimed, in the order in which it is offered: what was begun under claims that have run out, then what
    /// is to be done and is not held. What was begun without a claim is left to whoever began it.
    #[must_use]
    pub fn claimables(&self, now: Timestamp) -> Vec<Outlined<'_>> {
        let free = |step: &Outlined<'_>| !step.item.owners().iter().any(|owner| owner.is_good(now));
        let (left, open): (Vec<_>, Vec<_>) = self
            .workable()
            .into_iter()
            .filter(|step| free(step) && (!step.item.is_doing() || !step.item.owners().is_empty()))
            .partition(|step| step.item.is_doing());
        left.into_iter().chain(open).collect()
    }

    /// The first of [`Plan::claimables`].
    #[must_use]
    pub fn claimable(&self, now: Timestamp) -> Option<Outlined<'_>> {
        self.claimables(now).into_iter().next()
    }
}
