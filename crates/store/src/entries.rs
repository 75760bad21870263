//! The events that a walk found, each read and held against the commits below its own.
//!
//! What may be relied on: this takes any history; what is wrong with an event is reported with its commit. The ids that
//! events name as parents are checked against the commits below them, looking through joins.

use std::collections::{BTreeMap, BTreeSet};

use git_plan_core::audit::Code;
use git_plan_core::{Event, EventId};
use gix::hash::ObjectId;
use gix::hashtable::HashMap;

use crate::walk::{Damage, Node, Walked};

/// An event with the commit that carries it.
#[derive(Debug, Clone)]
pub struct Entry {
    /// The event.
    pub event: Event,
    /// Its canonical bytes.
    pub bytes: Vec<u8>,
    /// The commit.
    pub commit: ObjectId,
}

/// The events right below each join that was looked through.
type Heads = HashMap<ObjectId, BTreeSet<EventId>>;

/// The events of a walk, in its order, with what is wrong with them and with the commits.
pub(crate) fn read(walked: &Walked) -> (Vec<Event>, Vec<Damage>) {
    let events = walked.found.iter().map(|found| Event::read(walked.payload(found), &[])).collect();
    let mut reading = Reading { walked, events, damage: walked.damage.clone() };
    for (event, found) in reading.events.iter().zip(&walked.found) {
        if let Err(reason) = &event.change
            && !reason.is_from_the_future()
        {
            reading.damage.push(Damage {
                commit: found.commit,
                code: Code::of_inert(reason.code()),
                reason: reason.to_string(),
            });
        }
    }
    reading.check_parents();
    (reading.events, reading.damage)
}

struct Reading<'w> {
    walked: &'w Walked,
    events: Vec<Event>,
    damage: Vec<Damage>,
}

impl Reading<'_> {
    /// Holds what each event says of its parents against the commits below its own.
    fn check_parents(&mut self) {
        let mut through = HashMap::default();
        let mut index = None;
        for at in 0..self.events.len() {
            let mut below = BTreeSet::new();
            for &parent in &self.walked.found[at].parents {
                self.heads_below(parent, &mut through, &mut below);
            }
            if below.len() > 1 && !below.iter().eq(&self.events[at].parents) {
                self.drop_ancestors(&mut below, index.get_or_insert_with(|| self.index()));
            }
            let event = &mut self.events[at];
            if event.parents.is_empty() && event.change.is_err() {
                event.parents = below.into_iter().collect();
            } else if !below.iter().eq(&event.parents) {
                let (named, below) = (names(&event.parents), names(&below));
                let reason = format!("the event names {named} as its parents, the commits below it carry {below}");
                let commit = self.walked.found[at].commit;
                self.damage.push(Damage { commit, code: Code::ParentsDiffer, reason });
            }
        }
    }

    /// Where each event is among the events.
    fn index(&self) -> BTreeMap<EventId, usize> {
        self.events.iter().enumerate().map(|(at, event)| (event.id, at)).collect()
    }

    /// Takes away the events that another of them descends from: a join of joins may lead to both.
    fn drop_ancestors(&self, heads: &mut BTreeSet<EventId>, index: &BTreeMap<EventId, usize>) {
        let parents = |id: &EventId| index.get(id).map_or(&[][..], |&at| &self.events[at].parents);
        let mut ahead: Vec<EventId> = heads.iter().flat_map(parents).copied().collect();
        let mut seen = BTreeSet::new();
        while let Some(id) = ahead.pop() {
            if seen.insert(id) {
                heads.remove(&id);
                ahead.extend(parents(&id));
            }
        }
    }

    /// Adds the event of a commit to `heads`, or, where it is a join, the events right below it, through further joins.
    fn heads_below(&self, commit: ObjectId, known: &mut Heads, heads: &mut BTreeSet<EventId>) {
        match self.walked.nodes.get(&commit) {
            Some(Node::Event(at)) => drop(heads.insert(self.events[*at].id)),
            Some(Node::Stop(event)) => drop(heads.insert(*event)),
            Some(Node::Join(_)) => {
                if !known.contains_key(&commit) {
                    self.look_through(commit, known);
                }
                heads.extend(known.get(&commit).into_iter().flatten());
            }
            Some(Node::Unreadable) | None => {}
        }
    }

    /// Finds the heads below a join and below the joins below it, lowest first.
    fn look_through(&self, join: ObjectId, known: &mut Heads) {
        let nodes = &self.walked.nodes;
        let mut ahead = vec![join];
        while let Some(&id) = ahead.last() {
            let Some(Node::Join(parents)) = nodes.get(&id) else { break };
            let unknown = |id: &&ObjectId| matches!(nodes.get(*id), Some(Node::Join(_))) && !known.contains_key(*id);
            let lower: Vec<ObjectId> = parents.iter().filter(unknown).copied().collect();
            if lower.is_empty() {
                let mut heads = BTreeSet::new();
                parents.iter().for_each(|&parent| self.heads_below(parent, known, &mut heads));
                known.insert(id, heads);
                ahead.pop();
            } else {
                ahead.extend(lower);
            }
        }
    }
}

fn names<'a>(ids: impl IntoIterator<Item = &'a EventId>) -> String {
    let names: Vec<String> = ids.into_iter().map(EventId::short).collect();
    if names.is_empty() { "none".to_owned() } else { names.join(", ") }
}
