//! Walking the commits of a plan, from a tip down to its beginning or to a snapshot.
//!
//! What may be relied on: every commit is looked up once and decoded in place; nothing recurses, so a history of any
//! length can be walked; whatever is wrong with a commit is reported with its id, and what can be read is read. What the
//! events say is not looked at here: their bytes lie one after the other, and are read when the walk is over. Where
//! history is a line, they are read in its order, each after the one that it follows; `entries.rs` reads any.
//!
//! A walk that meets the snapshot's commit on every way down stops there: then every event above descends from it. If
//! one way leads past it, the snapshot does not hold for this tip, and the walk goes on to the beginning.

use std::ops::Range;

use git_plan_core::audit::Code;
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
    /// The kind of thing that is wrong.
    pub code: Code,
    /// What is wrong with it.
    pub reason: String,
}

/// Who sees each commit that can be read, as it is read: its id, its bytes, and what they say.
pub(crate) type Seer<'s> = &'s mut dyn FnMut(ObjectId, &[u8], &RawCommit<'_>);

/// Where a walk may stop: a commit, and the event that it carries.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Stop {
    pub(crate) commit: ObjectId,
    pub(crate) event: EventId,
}

/// What a commit is to the plan.
pub(crate) enum Node {
    /// It carries an event: which of those that were found.
    Event(usize),
    /// It joins what these carry.
    Join(Vec<ObjectId>),
    /// The walk ended here, at the commit of this event.
    Stop(EventId),
    Unreadable,
}

/// A commit that carries an event.
pub(crate) struct Found {
    pub(crate) commit: ObjectId,
    pub(crate) parents: Vec<ObjectId>,
    /// Where the event's bytes are.
    payload: Range<usize>,
}

/// What a walk found.
#[derive(Default)]
pub(crate) struct Walked {
    /// The commits with events, newest first in no finer order.
    pub(crate) found: Vec<Found>,
    /// The events' bytes.
    bytes: Vec<u8>,
    /// All commits.
    pub(crate) nodes: HashMap<ObjectId, Node>,
    /// What is wrong with commits that carry no event.
    pub(crate) damage: Vec<Damage>,
    /// Whether the walk ended at the snapshot, so that the events go on top of it.
    pub(crate) on_snapshot: bool,
    reached_beginning: bool,
    joined: bool,
}

/// Walks everything from a tip down.
pub(crate) fn walk(repository: &Repository, tip: ObjectId, stop: Option<Stop>) -> Result<Walked> {
    walk_seeing(repository, tip, stop, &mut |_, _, _| {})
}

/// The same, and each commit is shown to `see`; those with events in the order in which they are found.
pub(crate) fn walk_seeing(repository: &Repository, tip: ObjectId, stop: Option<Stop>, see: Seer<'_>) -> Result<Walked> {
    let mut reader = repository.commit_reader()?;
    let mut walked = Walked::default();
    walked.run(&mut reader, tip, stop, see)?;
    if let Some(stop) = stop {
        let met = matches!(walked.nodes.get(&stop.commit), Some(Node::Stop(_)));
        walked.on_snapshot = met && !walked.reached_beginning && walked.damage.is_empty();
        if met && !walked.on_snapshot {
            walked.nodes.remove(&stop.commit);
            walked.run(&mut reader, stop.commit, None, see)?;
        }
    }
    Ok(walked)
}

impl Walked {
    /// The bytes of an event that was found.
    pub(crate) fn payload(&self, found: &Found) -> &[u8] {
        &self.bytes[found.payload.clone()]
    }

    /// The events, oldest first, where each commit has one parent at most and carries one.
    pub(crate) fn line(&self) -> Option<impl Iterator<Item = Event>> {
        let is_line = !self.joined && self.damage.is_empty();
        is_line.then(|| self.found.iter().rev().map(|found| Event::read(self.payload(found), &[])))
    }

    fn run(&mut self, reader: &mut CommitReader<'_>, from: ObjectId, stop: Option<Stop>, see: Seer<'_>) -> Result<()> {
        let mut ahead = vec![from];
        while let Some(id) = ahead.pop() {
            if self.nodes.contains_key(&id) {
                continue;
            }
            let node = match stop.filter(|stop| stop.commit == id) {
                Some(stop) => Node::Stop(stop.event),
                None => self.visit(reader, id, &mut ahead, see)?,
            };
            self.nodes.insert(id, node);
        }
        Ok(())
    }

    fn visit(
        &mut self,
        reader: &mut CommitReader<'_>,
        id: ObjectId,
        ahead: &mut Vec<ObjectId>,
        see: Seer<'_>,
    ) -> Result<Node> {
        let raw = match reader.read(id) {
            Ok(raw) => raw,
            Err(e @ (Error::ObjectMissing { .. } | Error::ObjectDamaged { .. })) => {
                self.damage.push(Damage { commit: id, code: Code::Unreadable, reason: e.to_string() });
                return Ok(Node::Unreadable);
            }
            Err(e) => return Err(e),
        };
        let commit = match RawCommit::parse(raw) {
            Ok(commit) => commit,
            Err(e) => {
                self.damage.push(Damage { commit: id, code: Code::Unreadable, reason: e.to_string() });
                return Ok(Node::Unreadable);
            }
        };
        see(id, raw, &commit);
        self.reached_beginning |= commit.parents.is_empty();
        self.joined |= commit.parents.len() > 1;
        ahead.extend(&commit.parents);
        match record::role(&commit) {
            Role::Event(payload) => {
                let start = self.bytes.len();
                self.bytes.extend_from_slice(payload);
                self.found.push(Found { commit: id, parents: commit.parents, payload: start..self.bytes.len() });
                Ok(Node::Event(self.found.len() - 1))
            }
            Role::Join => Ok(Node::Join(commit.parents)),
            Role::Neither => {
                let reason = "carries no event and joins nothing: not a commit of a plan".to_owned();
                self.damage.push(Damage { commit: id, code: Code::NotOfAPlan, reason });
                Ok(Node::Join(commit.parents))
            }
        }
    }
}
