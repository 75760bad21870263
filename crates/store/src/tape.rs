//! The events of a plan in their order, before any state is made of them.
//!
//! What may be relied on: a part of the events is chosen by marks, one for each event in the order, and folded once. So
//! to read a plan at a point costs what it takes to read its commits, and to replay the part.

use std::collections::BTreeSet;

use git_plan_core::order::{Floor, arrange};
use git_plan_core::{Event, EventId, Plan};
use gix::hash::ObjectId;

use crate::entries::{self, Entry};
use crate::error::{Error, Result};
use crate::load::{History, Loaded};
use crate::repository::Repository;
use crate::walk::{self, Damage, Walked};

/// Events in their order.
pub(crate) struct Tape {
    walked: Walked,
    events: Vec<Event>,
    damage: Vec<Damage>,
    /// For each event in the order, where it is among the events, and its effective time.
    places: Vec<(usize, i64)>,
    tip: ObjectId,
}

impl Repository {
    /// The events below a commit.
    pub(crate) fn tape(&self, tip: ObjectId) -> Result<Tape> {
        let walked = walk::walk(self, tip, None)?;
        let (events, damage) = entries::read(&walked);
        let places = arrange(&events, Floor::NONE).iter().map(|placed| (placed.index, placed.time)).collect();
        Ok(Tape { walked, events, damage, places, tip })
    }
}

impl Tape {
    /// How many events there are.
    pub(crate) fn len(&self) -> usize {
        self.places.len()
    }

    /// The events in their order.
    pub(crate) fn events(&self) -> impl DoubleEndedIterator<Item = &Event> + ExactSizeIterator {
        self.places.iter().map(|&(at, _)| &self.events[at])
    }

    /// Their effective times.
    pub(crate) fn times(&self) -> impl Iterator<Item = i64> {
        self.places.iter().map(|&(_, time)| time)
    }

    /// The event that a commit carries.
    pub(crate) fn carried_by(&self, commit: ObjectId) -> Option<EventId> {
        let at = self.walked.found.iter().position(|found| found.commit == commit)?;
        Some(self.events[at].id)
    }

    /// Whether a commit is one of those that the events were read from.
    pub(crate) fn has(&self, commit: ObjectId) -> bool {
        self.walked.nodes.contains_key(&commit)
    }

    /// The event that a whole id or a unique prefix of at least four digits names; `None` where none is named so.
    pub(crate) fn named(&self, prefix: &str) -> Result<Option<EventId>> {
        named(self.events.iter().map(|event| event.id), prefix)
    }

    /// Marks these events and all their ancestors.
    pub(crate) fn up_to(&self, mut wanted: BTreeSet<EventId>) -> Vec<bool> {
        let mut marks = vec![false; self.len()];
        // Backwards through the order, every event comes before its parents.
        for (mark, event) in marks.iter_mut().zip(self.events()).rev() {
            *mark = wanted.remove(&event.id);
            if *mark {
                wanted.extend(&event.parents);
            }
        }
        marks
    }

    /// The plan that all events make, or those with a mark.
    pub(crate) fn load(mut self, marks: Option<&[bool]>) -> Loaded {
        let tip = self.keep(marks);
        Loaded { plan: Plan::replay(&self.events), tip, damage: self.damage }
    }

    /// The same with the events.
    pub(crate) fn history(mut self, marks: Option<&[bool]>) -> History {
        let tip = self.keep(marks);
        let plan = Plan::replay(&self.events);
        let (entries, damage) = self.entries();
        History { entries, plan, tip, damage }
    }

    /// How many commits were read.
    pub(crate) fn commits(&self) -> usize {
        self.walked.nodes.len()
    }

    /// The events in their order, each with its bytes and its commit, and what is wrong with the commits.
    pub(crate) fn entries(self) -> (Vec<Entry>, Vec<Damage>) {
        let Self { walked, events, damage, places, .. } = self;
        let mut slots: Vec<Option<Event>> = events.into_iter().map(Some).collect();
        let entry = |&(at, _): &(usize, i64)| {
            let found = &walked.found[at];
            Some(Entry { event: slots[at].take()?, bytes: walked.payload(found).to_vec(), commit: found.commit })
        };
        (places.iter().filter_map(entry).collect(), damage)
    }

    /// Lets go of events without a mark. The answer is the commit of the last that is left.
    fn keep(&mut self, marks: Option<&[bool]>) -> ObjectId {
        let Some(marks) = marks else { return self.tip };
        let mut is_kept = vec![false; self.events.len()];
        for (&(at, _), &mark) in self.places.iter().zip(marks) {
            is_kept[at] = mark;
        }
        let mut moved = vec![0; is_kept.len()];
        let mut count = 0;
        for (to, &kept) in moved.iter_mut().zip(&is_kept) {
            *to = count;
            count += usize::from(kept);
        }
        let only_kept = |at: &mut usize| {
            *at += 1;
            is_kept[*at - 1]
        };
        let (mut event, mut found) = (0, 0);
        self.events.retain(|_| only_kept(&mut event));
        self.walked.found.retain(|_| only_kept(&mut found));
        self.places.retain(|&(at, _)| is_kept[at]);
        self.places.iter_mut().for_each(|(at, _)| *at = moved[*at]);
        self.places.last().map_or(self.tip, |&(at, _)| self.walked.found[at].commit)
    }
}

/// The one of these events that a whole id or a unique prefix of at least four digits names.
pub(crate) fn named(events: impl Iterator<Item = EventId>, prefix: &str) -> Result<Option<EventId>> {
    if !(4..=64).contains(&prefix.len()) || !prefix.bytes().all(|b| b.is_ascii_hexdigit()) {
        return Ok(None);
    }
    let prefix = prefix.to_ascii_lowercase();
    let bounds = (format!("{prefix:0<64}").parse::<EventId>(), format!("{prefix:f<64}").parse::<EventId>());
    let (Ok(first), Ok(last)) = bounds else { return Ok(None) };
    let named: BTreeSet<EventId> = events.filter(|id| (first..=last).contains(id)).collect();
    if named.len() > 1 {
        let candidates = named.iter().map(|id| id.prefix(12)).collect::<Vec<_>>().join(", ");
        return Err(Error::AmbiguousPoint { point: prefix, candidates });
    }
    Ok(named.first().copied())
}
