//! Forks: writing at an earlier version than the tip, which is what the author of an event saw.
//!
//! What may be relied on: events that are written at a base are computed from the events below the base alone, whatever
//! else is in the plan, and name the base as their parents. Nothing that was written since is changed by them: the two
//! lines are joined, and the plan is then what the union of both says. The joined history is read back from its commits,
//! and has to say what was agreed to, before the ref moves.

use std::collections::{BTreeMap, BTreeSet};

use git_plan_core::event::Sealed;
use git_plan_core::{Event, EventId, Plan, Slug};
use gix::hash::ObjectId;

use crate::entries::Entry;
use crate::error::{Error, Result};
use crate::load::History;
use crate::object::Durability;
use crate::repository::Repository;

/// The states around a join, for whoever writes to look at before it counts.
#[derive(Debug)]
pub struct Joining<'p> {
    /// The plan as it is at its tip.
    pub tip: &'p Plan,
    /// The plan as the author saw it, with the new events.
    pub own: &'p Plan,
    /// Both together.
    pub joined: &'p Plan,
    /// The new events.
    pub new: &'p [Sealed],
}

/// A plan at a base that is not its tip.
pub(crate) struct Fork {
    /// All of the plan, as it is at its tip.
    pub(crate) history: History,
    /// The commit on which what follows the base goes.
    pub(crate) on: ObjectId,
}

impl Fork {
    /// Whether the plan has these events already: the same author wrote the same at the same time and version.
    pub(crate) fn holds(&self, sealed: &[Sealed]) -> bool {
        sealed.iter().all(|sealed| self.history.find(sealed.event.id).is_some())
    }

    /// The plan with new events beside what has been written since the base.
    pub(crate) fn joined(&self, sealed: &[Sealed]) -> Plan {
        let known = self.history.entries.iter().map(|entry| &entry.event);
        let events: Vec<Event> = known.chain(sealed.iter().map(|sealed| &sealed.event)).cloned().collect();
        Plan::replay(&events)
    }
}

impl Repository {
    /// The plan at a base, and the fork that writing there makes; none where the base is the tip after all.
    pub(crate) fn fork(&self, slug: &Slug, tip: ObjectId, base: &BTreeSet<EventId>) -> Result<(Plan, Option<Fork>)> {
        let history = self.history_from(tip)?;
        let base = history.newest_of(slug, base)?;
        if base == *history.plan.heads() {
            return Ok((history.plan, None));
        }
        let plan = Plan::replay(&history.below(&base));
        let commits = history.entries.iter().filter(|entry| base.contains(&entry.event.id)).map(|entry| entry.commit);
        let commits: BTreeSet<ObjectId> = commits.collect();
        let on = match commits.first() {
            Some(&only) if commits.len() == 1 => only,
            // A base of several heads is a version that only a join can stand for.
            _ => self.write_join(&commits, self.durability()?)?,
        };
        Ok((plan, Some(Fork { history, on })))
    }

    /// Joins a new commit with the tip beside which it was made, and holds what is read back against what was agreed to.
    pub(crate) fn join(
        &self,
        fork: &Fork,
        commit: ObjectId,
        agreed: &Plan,
        durability: Durability,
    ) -> Result<ObjectId> {
        let join = self.write_join(&[fork.history.tip, commit].into(), durability)?;
        let history = self.history_from(join)?;
        let differs = |reason: &str| Error::ObjectDamaged { id: join, reason: reason.to_owned() };
        if let Some(damage) = history.damage.first() {
            return Err(differs(&format!("the join of two sound histories is not sound: {}", damage.reason)));
        }
        if history.plan != *agreed {
            return Err(differs("the join does not read back as what its two sides say together"));
        }
        Ok(join)
    }
}

impl History {
    /// These events of the history and all their ancestors, in the plan's order.
    #[must_use]
    pub fn below(&self, heads: &BTreeSet<EventId>) -> Vec<Event> {
        let kept = self.reach(heads.iter().copied().collect());
        self.entries.iter().filter(|entry| kept.contains(&entry.event.id)).map(|entry| entry.event.clone()).collect()
    }

    /// The events that are not below these, in the plan's order.
    #[must_use]
    pub fn after(&self, heads: &BTreeSet<EventId>) -> Vec<&Entry> {
        let seen = self.reach(heads.iter().copied().collect());
        self.entries.iter().filter(|entry| !seen.contains(&entry.event.id)).collect()
    }

    /// Those of these events that no other of them descends from.
    fn newest_of(&self, slug: &Slug, events: &BTreeSet<EventId>) -> Result<BTreeSet<EventId>> {
        let known: BTreeMap<EventId, &Event> =
            self.entries.iter().map(|entry| (entry.event.id, &entry.event)).collect();
        let mut parents = Vec::new();
        for id in events {
            let unknown = || Error::no_such_event(slug, id.to_string());
            parents.extend(known.get(id).ok_or_else(unknown)?.parents.iter().copied());
        }
        let seen = self.reach(parents);
        Ok(events.difference(&seen).copied().collect())
    }

    /// These events and all their ancestors.
    fn reach(&self, mut ahead: Vec<EventId>) -> BTreeSet<EventId> {
        let known: BTreeMap<EventId, &Event> =
            self.entries.iter().map(|entry| (entry.event.id, &entry.event)).collect();
        let mut reached = BTreeSet::new();
        while let Some(id) = ahead.pop() {
            if let Some(event) = known.get(&id)
                && reached.insert(id)
            {
                ahead.extend(&event.parents);
            }
        }
        reached
    }
}
