//! Multi-value registers and add-wins sets: what becomes of concurrent writes.
//!
//! A [`Register`] keeps every write that no other write saw, so nothing is lost to a race; the later in order is shown
//! first, and more than one distinct value is a conflict. An [`AddWins`] set loses an element only to a removal
//! that saw every add of it. (Shapiro et al. 2011, MV-register and OR-set.)
//!
//! Writes come in the plan's order, which extends causality, so a write is never seen by one that came before it.

use serde::{Deserialize, Serialize};

use super::Stamp;
use super::ancestry::{Ancestry, Seq};
use crate::prelude::*;

/// One write of a register.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Write<T> {
    /// The event that wrote.
    pub stamp: Stamp,
    /// What it wrote.
    pub value: T,
    /// The writes that it replaced: the newest that it saw, or none where there is nothing to be known of them.
    replaced: Option<Box<[Seq]>>,
}

/// A value that concurrent writers may have set differently.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Register<T> {
    latest: Write<T>,
    /// Whatever else there is to know; most often nothing.
    rest: Option<Box<Rest<T>>>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Rest<T> {
    /// The other writes that no write saw, in order.
    others: Vec<Write<T>>,
    /// Replaced writes that a write yet to come may have seen as the newest.
    past: Vec<Write<T>>,
    /// What the writes that no write saw are together, for values that can be merged.
    merged: Option<Together<T>>,
}

/// What several values are together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Together<T> {
    pub(super) value: T,
    /// Whether nothing had to be chosen.
    pub(super) is_clean: bool,
}

impl<T: Clone + PartialEq> Register<T> {
    /// A register with its first write.
    pub(crate) fn new(stamp: Stamp, value: T) -> Self {
        Self { latest: Write { stamp, value, replaced: None }, rest: None }
    }

    /// The value that is shown: that of the last write in order, or what several are together.
    #[must_use]
    pub fn value(&self) -> &T {
        self.together().map_or(&self.latest.value, |together| &together.value)
    }

    /// The write whose value is shown.
    #[must_use]
    pub fn latest(&self) -> &Write<T> {
        &self.latest
    }

    fn others(&self) -> &[Write<T>] {
        self.rest.as_ref().map_or(&[], |rest| &rest.others)
    }

    fn past(&self) -> &[Write<T>] {
        self.rest.as_ref().map_or(&[], |rest| &rest.past)
    }

    /// All writes that no other write saw, in order.
    pub fn writes(&self) -> impl Iterator<Item = &Write<T>> {
        self.others().iter().chain([&self.latest])
    }

    /// Whether writes that did not see each other differ.
    #[must_use]
    pub fn is_contested(&self) -> bool {
        self.others().iter().any(|write| write.value != self.latest.value)
    }

    /// Whether writes that did not see each other disagree: they differ, and could not be merged.
    #[must_use]
    pub fn is_in_conflict(&self) -> bool {
        self.is_contested() && self.together().is_none_or(|together| !together.is_clean)
    }

    fn together(&self) -> Option<&Together<T>> {
        self.rest.as_ref()?.merged.as_ref()
    }

    /// Says what the writes that no write saw are together.
    pub(super) fn merge_into(&mut self, merged: Option<Together<T>>) {
        if let Some(rest) = &mut self.rest {
            rest.merged = merged;
        }
    }

    /// All writes that are still known, in order, each with the numbers of those that it replaced.
    pub(super) fn known(&self) -> Vec<(&Write<T>, &[Seq])> {
        let known = self.past().iter().chain(self.writes());
        let mut known: Vec<_> = known.map(|write| (write, write.replaced.as_deref().unwrap_or(&[]))).collect();
        known.sort_by_key(|(write, _)| write.stamp.seq);
        known
    }

    /// The value that all surviving writes replaced, where that was one.
    #[must_use]
    pub fn base(&self) -> Option<&T> {
        let mut replaced = self.writes().map(|write| write.replaced.as_deref().unwrap_or(&[]));
        let first = replaced.next()?;
        let &[base] = first else { return None };
        if !replaced.all(|other| other == first) {
            return None;
        }
        self.past().iter().find(|write| write.stamp.seq == base).map(|write| &write.value)
    }

    /// The values that a write replaced, as far as they are still known.
    pub fn replaced_by<'a>(&'a self, write: &'a Write<T>) -> impl Iterator<Item = &'a T> {
        let replaced = write.replaced.as_deref().unwrap_or(&[]);
        let known = self.past().iter().chain(self.writes());
        known.filter(|old| replaced.contains(&old.stamp.seq)).map(|old| &old.value)
    }

    /// Takes a write that comes after all others in order.
    pub(crate) fn write(&mut self, stamp: Stamp, value: T, ancestry: &Ancestry) {
        if self.latest.stamp.seq == stamp.seq {
            // An event that says two things of one value says the second.
            self.latest.value = value;
            return;
        }
        if self.others().is_empty() && ancestry.is_settled(self.latest.stamp.seq, stamp.seq) {
            self.rest = None;
            // Nobody writes beside this write either: all that is ever to be known is its value.
            if ancestry.is_settled(stamp.seq, stamp.seq.saturating_add(1)) {
                self.latest = Write { stamp, value, replaced: None };
                return;
            }
        }
        // Whoever saw a write saw what that write saw, so of what is seen all but the newest is replaced by another of it.
        // This is asked of the writes, not of the ancestry, which does not know who saw whom below a kept state.
        let sees = |write: &&Write<T>| ancestry.sees(stamp.seq, write.stamp.seq);
        let seen: Vec<&Write<T>> = self.past().iter().chain(self.writes()).filter(sees).collect();
        let older = |seq: Seq| seen.iter().any(|other| other.replaced.as_ref().is_some_and(|old| old.contains(&seq)));
        let replaced = Some(seen.iter().map(|write| write.stamp.seq).filter(|&seq| !older(seq)).collect());
        let previous = core::mem::replace(&mut self.latest, Write { stamp, value, replaced });
        let empty = || Box::new(Rest { others: Vec::new(), past: Vec::new(), merged: None });
        let rest = self.rest.get_or_insert_with(empty);
        rest.merged = None;
        rest.others.push(previous);
        let (past, others): (Vec<_>, _) =
            rest.others.drain(..).partition(|write| ancestry.sees(stamp.seq, write.stamp.seq));
        rest.others = others;
        rest.past.extend(past);
    }

    /// Forgets what no later write can need, given that every later event has seen everything so far.
    pub(crate) fn settle(&mut self) {
        if self.others().is_empty() {
            self.rest = None;
            self.latest.replaced = None;
        }
    }
}

/// A set whose elements stay unless a removal saw every add of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AddWins<T: Ord> {
    adds: BTreeMap<T, Vec<Stamp>>,
}

impl<T: Ord> Default for AddWins<T> {
    fn default() -> Self {
        Self { adds: BTreeMap::new() }
    }
}

impl<T: Ord> AddWins<T> {
    pub(crate) fn add(&mut self, value: T, stamp: Stamp) {
        self.adds.entry(value).or_default().push(stamp);
    }

    pub(crate) fn remove(&mut self, value: &T, by: Seq, ancestry: &Ancestry) {
        if let Some(adds) = self.adds.get_mut(value) {
            adds.retain(|add| !ancestry.sees(by, add.seq));
            if adds.is_empty() {
                self.adds.remove(value);
            }
        }
    }

    /// The elements with the adds that hold each of them in, by element.
    pub fn entries(&self) -> impl Iterator<Item = (&T, &[Stamp])> {
        self.adds.iter().map(|(value, adds)| (value, adds.as_slice()))
    }

    /// The elements, sorted.
    pub fn iter(&self) -> impl Iterator<Item = &T> {
        self.adds.keys()
    }

    /// The elements in the order in which they came in.
    #[must_use]
    pub fn by_age(&self) -> Vec<&T> {
        let mut entries: Vec<_> = self.adds.iter().map(|(value, adds)| (adds.first().map(|a| a.seq), value)).collect();
        entries.sort();
        entries.into_iter().map(|(_, value)| value).collect()
    }

    /// Whether the element is in the set.
    #[must_use]
    pub fn contains(&self, value: &T) -> bool {
        self.adds.contains_key(value)
    }

    /// Whether the set is empty.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.adds.is_empty()
    }

    /// How many elements the set has.
    #[must_use]
    pub fn len(&self) -> usize {
        self.adds.len()
    }
}
