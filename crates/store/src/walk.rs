//! Reading the commits of a plan, from a tip down to its beginning or to a snapshot.
//!
//! What may be relied on: every commit is looked up once and decoded in place; nothing recurses, so a history of any
//! length can be read; whatever is wrong with a commit is reported with its id, and what can be read is read. The
//! ids that events name as parents are checked against the commits below them, looking through joins.
//!
//! A walk that meets the snapshot's commit on every way down stops there: then every event above descends from it. If
//! one way leads past it, the snapshot does not hold for this tip, and the walk goes on to the beginning.

use std::collections::{BTreeMap, BTreeSet};

use git_plan_core::{Event, EventId};
use gix::hash::ObjectId;
use gix::hashtable::HashMap;

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
    /// An event: where it is among the entries.
    Event(usize),
    Join(Vec<ObjectId>),
    Stop(EventId),
    Unreadable,
}

struct Walk<'r> {
    reader: CommitReader<'r>,
    keep_bytes: bool,
    found: Walked,
    nodes: HashMap<ObjectId, Node>,
    /// The parents of each entry's commit.
    parents: Vec<Vec<ObjectId>>,
    ahead: Vec<ObjectId>,
    reached_beginning: bool,
}

/// Reads everything from these tips down.
pub(crate) fn walk(repository: &Repository, tips: &[ObjectId], stop: Option<Stop>, keep_bytes: bool) -> Result<Walked> {
    let mut walk = Walk {
        reader: repository.commit_reader()?,
        keep_bytes,
        found: Walked::default(),
        nodes: HashMap::default(),
        parents: Vec::new(),
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
        self.reached_beginning |= commit.parents.is_empty();
        self.ahead.extend(&commit.parents);
        match record::role(&commit) {
            Role::Event(payload) => {
                let event = Event::read(payload, &[]);
                let bytes = if self.keep_bytes { payload.to_vec() } else { Vec::new() };
                if let Err(reason) = &event.change
                    && !reason.is_from_the_future()
                {
                    self.found.damage.push(Damage { commit: id, reason: reason.to_string() });
                }
                self.found.entries.push(Entry { event, bytes, commit: id });
                self.parents.push(commit.parents);
                Ok(Node::Event(self.found.entries.len() - 1))
            }
            Role::Join => Ok(Node::Join(commit.parents)),
            Role::Neither => {
                let reason = "carries no event and joins nothing: not a commit of a plan".to_owned();
                self.found.damage.push(Damage { commit: id, reason });
                Ok(Node::Join(commit.parents))
            }
        }
    }

    /// Holds what each event says of its parents against the commits below its own.
    fn check_parents(&mut self) {
        let mut through = HashMap::default();
        let mut index = None;
        for at in 0..self.found.entries.len() {
            let mut below = BTreeSet::new();
            for &parent in &self.parents[at] {
                self.heads_below(parent, &mut through, &mut below);
            }
            if below.len() > 1 && !below.iter().eq(&self.found.entries[at].event.parents) {
                self.drop_ancestors(&mut below, index.get_or_insert_with(|| self.index()));
            }
            let entry = &mut self.found.entries[at];
            if entry.event.parents.is_empty() && entry.event.change.is_err() {
                entry.event.parents = below.into_iter().collect();
            } else if !below.iter().eq(&entry.event.parents) {
                let (named, below) = (names(&entry.event.parents), names(&below));
                let reason = format!("the event names {named} as its parents, the commits below it carry {below}");
                self.found.damage.push(Damage { commit: entry.commit, reason });
            }
        }
    }

    /// Where each event is among the entries.
    fn index(&self) -> BTreeMap<EventId, usize> {
        self.found.entries.iter().enumerate().map(|(at, entry)| (entry.event.id, at)).collect()
    }

    /// Takes away the events that another of them descends from: a join of joins may lead to both.
    fn drop_ancestors(&self, heads: &mut BTreeSet<EventId>, index: &BTreeMap<EventId, usize>) {
        let parents = |id: &EventId| index.get(id).map_or(&[][..], |&at| &self.found.entries[at].event.parents);
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
        match self.nodes.get(&commit) {
            Some(Node::Event(entry)) => drop(heads.insert(self.found.entries[*entry].event.id)),
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
        let mut ahead = vec![join];
        while let Some(&id) = ahead.last() {
            let Some(Node::Join(parents)) = self.nodes.get(&id) else { break };
            let unknown =
                |id: &&ObjectId| matches!(self.nodes.get(*id), Some(Node::Join(_))) && !known.contains_key(*id);
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

/// The events right below each join that was looked through.
type Heads = HashMap<ObjectId, BTreeSet<EventId>>;

fn names<'a>(ids: impl IntoIterator<Item = &'a EventId>) -> String {
    let names: Vec<String> = ids.into_iter().map(EventId::short).collect();
    if names.is_empty() { "none".to_owned() } else { names.join(", ") }
}
