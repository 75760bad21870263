//! Reading the commits of a plan, from a tip down to its beginning or to a snapshot.
//!
//! What may be relied on: every commit is looked up once and decoded in place; nothing recurses, so a history of any
//! length can be read; whatever is wrong with a commit is reported with its id, and what can be read is read. The
//! ids that events name as parents are checked against the commits below them, looking through joins.
//!
//! A walk that meets the snapshot's commit on every way down stops there: then every event above descends from it. If
//! one way leads past it, the snapshot does not hold for this tip, and the walk goes on to the beginning.

use std::collections::{BTreeSet, HashMap};

use git_plan_core::{Event, EventId};
use gix::hash::ObjectId;

use crate::error::{Error, Result};
use crate::object::{CommitReader, RawCommit};
use crate::record::{self, Role};
use crate::repository::Repository;

/// A commit of a plan that cannot be read as what it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Damage {
    /// The commit.
    pub commit: ObjectId,
    /// What is wrong with it.
    pub reason: String,
}

/// An event with the commit that carries it.
#[derive(Debug, Clone)]
pub struct Entry {
    /// The event.
    pub event: Event,
    /// Its canonical bytes; empty where the walk was told not to keep them.
    pub bytes: Vec<u8>,
    /// The commit.
    pub commit: ObjectId,
}

/// What a walk found, newest first in no finer order.
#[derive(Debug, Default)]
pub(crate) struct Walked {
    pub(crate) entries: Vec<Entry>,
    pub(crate) damage: Vec<Damage>,
    /// Whether the walk ended at the snapshot, so that the entries go on top of it.
    pub(crate) on_snapshot: bool,
}

/// Where a walk may stop: a commit, and the event that it carries.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Stop {
    pub(crate) commit: ObjectId,
    pub(crate) event: EventId,
}

enum Node {
    Event { entry: usize },
    Join,
    Stop(EventId),
    Unreadable,
}

struct Walk<'r> {
    reader: CommitReader<'r>,
    keep_bytes: bool,
    found: Walked,
    nodes: HashMap<ObjectId, Node>,
    parents: HashMap<ObjectId, Vec<ObjectId>>,
    ahead: Vec<ObjectId>,
    reached_beginning: bool,
}

/// Reads everything from these tips down.
pub(crate) fn walk(repository: &Repository, tips: &[ObjectId], stop: Option<Stop>, keep_bytes: bool) -> Result<Walked> {
    let mut walk = Walk {
        reader: repository.commit_reader()?,
        keep_bytes,
        found: Walked::default(),
        nodes: HashMap::new(),
        parents: HashMap::new(),
        ahead: tips.to_vec(),
        reached_beginning: false,
    };
    walk.run(stop)?;
    if let Some(stop) = stop {
        let met = matches!(walk.nodes.get(&stop.commit), Some(Node::Stop(_)));
        walk.found.on_snapshot = met && !walk.reached_beginning && walk.found.damage.is_empty();
        if met && !walk.found.on_snapshot {
            walk.nodes.remove(&stop.commit);
            walk.ahead.push(stop.commit);
            walk.run(None)?;
        }
    }
    walk.check_parents();
    Ok(walk.found)
}

impl Walk<'_> {
    fn run(&mut self, stop: Option<Stop>) -> Result<()> {
        while let Some(id) = self.ahead.pop() {
            if self.nodes.contains_key(&id) {
                continue;
            }
            let node = match stop.filter(|stop| stop.commit == id) {
                Some(stop) => Node::Stop(stop.event),
                None => self.visit(id)?,
            };
            self.nodes.insert(id, node);
        }
        Ok(())
    }

    fn visit(&mut self, id: ObjectId) -> Result<Node> {
        let raw = match self.reader.read(id) {
            Ok(raw) => raw,
            Err(e @ (Error::ObjectMissing { .. } | Error::ObjectDamaged { .. })) => {
                self.found.damage.push(Damage { commit: id, reason: e.to_string() });
                return Ok(Node::Unreadable);
            }
            Err(e) => return Err(e),
        };
        let commit = match RawCommit::parse(raw) {
            Ok(commit) => commit,
            Err(e) => {
                self.found.damage.push(Damage { commit: id, reason: e.to_string() });
                return Ok(Node::Unreadable);
            }
        };
        let node = match record::role(&commit) {
            Role::Event(payload) => {
                let event = Event::read(payload, &[]);
                let bytes = if self.keep_bytes { payload.to_vec() } else { Vec::new() };
                if let Err(reason) = &event.change
                    && !reason.is_from_the_future()
                {
                    self.found.damage.push(Damage { commit: id, reason: reason.to_string() });
                }
                self.found.entries.push(Entry { event, bytes, commit: id });
                Node::Event { entry: self.found.entries.len() - 1 }
            }
            Role::Join => Node::Join,
            Role::Neither => {
                let reason = "carries no event and joins nothing: not a commit of a plan".to_owned();
                self.found.damage.push(Damage { commit: id, reason });
                Node::Join
            }
        };
        self.reached_beginning |= commit.parents.is_empty();
        self.ahead.extend(&commit.parents);
        self.parents.insert(id, commit.parents);
        Ok(node)
    }

    /// Holds what each event says of its parents against the commits below its own.
    fn check_parents(&mut self) {
        let mut through: HashMap<ObjectId, BTreeSet<EventId>> = HashMap::new();
        for at in 0..self.found.entries.len() {
            let commit = self.found.entries[at].commit;
            let mut below = BTreeSet::new();
            for &parent in self.parents.get(&commit).into_iter().flatten() {
                match self.nodes.get(&parent) {
                    Some(Node::Event { entry }) => drop(below.insert(self.found.entries[*entry].event.id)),
                    Some(Node::Stop(event)) => drop(below.insert(*event)),
                    Some(Node::Join) => below.extend(self.heads_below(parent, &mut through)),
                    Some(Node::Unreadable) | None => {}
                }
            }
            let below: Vec<EventId> = below.into_iter().collect();
            let entry = &mut self.found.entries[at];
            if entry.event.parents.is_empty() && entry.event.change.is_err() {
                entry.event.parents = below;
            } else if entry.event.parents != below {
                let reason = format!(
                    "the event names {} as its parents, the commits below it carry {}",
                    names(&entry.event.parents),
                    names(&below)
                );
                self.found.damage.push(Damage { commit, reason });
            }
        }
    }

    /// The events right below a join, looking through joins below it.
    fn heads_below(&self, join: ObjectId, known: &mut HashMap<ObjectId, BTreeSet<EventId>>) -> BTreeSet<EventId> {
        let mut ahead = vec![join];
        while let Some(&id) = ahead.last() {
            let is_join = |id: &ObjectId| matches!(self.nodes.get(id), Some(Node::Join));
            let parents = self.parents.get(&id).map_or(&[][..], Vec::as_slice);
            let unknown: Vec<_> = parents.iter().filter(|p| is_join(p) && !known.contains_key(*p)).copied().collect();
            if !unknown.is_empty() {
                ahead.extend(unknown);
                continue;
            }
            let mut heads = BTreeSet::new();
            for parent in parents {
                match self.nodes.get(parent) {
                    Some(Node::Event { entry }) => drop(heads.insert(self.found.entries[*entry].event.id)),
                    Some(Node::Stop(event)) => drop(heads.insert(*event)),
                    Some(Node::Join) => heads.extend(known.get(parent).into_iter().flatten()),
                    Some(Node::Unreadable) | None => {}
                }
            }
            known.insert(id, heads);
            ahead.pop();
        }
        known.get(&join).cloned().unwrap_or_default()
    }
}

fn names(ids: &[EventId]) -> String {
    if ids.is_empty() { "none".to_owned() } else { ids.iter().map(EventId::short).collect::<Vec<_>>().join(", ") }
}
