//! A plan's events, newest first, as they are read.
//!
//! What may be relied on: the order is that of the plan, backwards (O2); where history is a line, each event is given out
//! when it and the one below it were read, and nothing further down is looked at. Where lines meet, the order depends on all
//! that lies below; what is needed of it is what the snapshot knows, where that holds, or else all of it, which is read
//! before the next event is given out. What is wrong with the commits is known when the last event was given out.
//!
//! Why a line needs no times: an event comes after all its ancestors (O1), and on a line whatever is left is an ancestor.

use git_plan_core::order::{Floor, arrange};
use git_plan_core::{Event, Inert, Slug};
use gix::hash::ObjectId;

use crate::entries::{self, Entry};
use crate::error::{Error, Result};
use crate::object::{CommitReader, RawCommit};
use crate::record::{self, Role};
use crate::repository::Repository;
use crate::walk::{self, Damage, Stop};

/// The events below a commit, newest first.
#[derive(Debug)]
pub struct Newest<'r> {
    repository: &'r Repository,
    slug: Slug,
    reader: CommitReader<'r>,
    /// The commit of the next event of a line.
    next: Option<ObjectId>,
    /// The same, where it was read already.
    held: Option<Held>,
    /// Events whose order was settled together; they come before the line goes on.
    settled: std::vec::IntoIter<Entry>,
    damage: Vec<Damage>,
    read: usize,
}

/// An event with the parents of its commit.
#[derive(Debug)]
struct Held {
    entry: Entry,
    parents: Vec<ObjectId>,
}

impl Repository {
    /// The events below a commit of a plan, newest first.
    ///
    /// # Errors
    /// Where there is no object database.
    pub fn newest(&self, slug: &Slug, tip: ObjectId) -> Result<Newest<'_>> {
        Ok(Newest {
            repository: self,
            slug: slug.clone(),
            reader: self.commit_reader()?,
            next: Some(tip),
            held: None,
            settled: Vec::new().into_iter(),
            damage: Vec::new(),
            read: 0,
        })
    }
}

impl Newest<'_> {
    /// What could not be read so far.
    #[must_use]
    pub fn damage(&self) -> &[Damage] {
        &self.damage
    }

    /// How many commits were read so far.
    #[must_use]
    pub fn commits_read(&self) -> usize {
        self.read
    }

    fn advance(&mut self) -> Result<Option<Entry>> {
        if let Some(entry) = self.settled.next() {
            return Ok(Some(entry));
        }
        let Some(commit) = self.next.take() else { return Ok(None) };
        let held = match self.held.take() {
            Some(held) => Some(held),
            None => self.orderly(commit)?,
        };
        if let Some(Held { entry, parents }) = held {
            match parents.as_slice() {
                [] if entry.event.parents.is_empty() => return Ok(Some(entry)),
                [below] => {
                    if let Some(lower) = self.orderly(*below)?
                        && entry.event.parents == [lower.entry.event.id]
                    {
                        (self.next, self.held) = (Some(*below), Some(lower));
                        return Ok(Some(entry));
                    }
                }
                _ => {}
            }
        }
        self.settle(commit)?;
        Ok(self.settled.next())
    }

    /// The event of a commit, if nothing is wrong with either.
    fn orderly(&mut self, commit: ObjectId) -> Result<Option<Held>> {
        self.read += 1;
        let raw = match self.reader.read(commit) {
            Ok(raw) => raw,
            Err(Error::ObjectMissing { .. } | Error::ObjectDamaged { .. }) => return Ok(None),
            Err(e) => return Err(e),
        };
        let Ok(raw) = RawCommit::parse(raw) else { return Ok(None) };
        let Role::Event(payload) = record::role(&raw) else { return Ok(None) };
        let (event, bytes) = (Event::read(payload, &[]), payload.to_vec());
        let is_sound = event.change.as_ref().err().is_none_or(Inert::is_from_the_future);
        Ok(is_sound.then_some(Held { entry: Entry { event, bytes, commit }, parents: raw.parents }))
    }

    /// Puts what lies below a commit in order: down to the snapshot, where every way leads to it, else all of it.
    fn settle(&mut self, commit: ObjectId) -> Result<()> {
        let snapshot = self.repository.snapshot(&self.slug).filter(|snapshot| snapshot.commit != commit);
        if let Some(snapshot) = snapshot {
            let stop = Stop { commit: snapshot.commit, event: snapshot.event };
            let walked = walk::walk(self.repository, commit, Some(stop))?;
            self.read += walked.nodes.len();
            let (events, damage) = entries::read(&walked);
            if walked.on_snapshot && damage.is_empty() {
                let Floor { time, .. } = snapshot.plan.floor();
                let order = arrange(&events, Floor { events: 0, time });
                let entry = |at: usize| {
                    let found = &walked.found[at];
                    Entry { event: events[at].clone(), bytes: walked.payload(found).to_vec(), commit: found.commit }
                };
                let newest: Vec<Entry> = order.iter().rev().map(|placed| entry(placed.index)).collect();
                (self.settled, self.next) = (newest.into_iter(), Some(stop.commit));
                return Ok(());
            }
        }
        let tape = self.repository.tape(commit)?;
        self.read += tape.commits();
        let (mut entries, damage) = tape.entries();
        entries.reverse();
        self.settled = entries.into_iter();
        self.damage.extend(damage);
        Ok(())
    }
}

impl Iterator for Newest<'_> {
    type Item = Result<Entry>;

    fn next(&mut self) -> Option<Result<Entry>> {
        self.advance().transpose()
    }
}
