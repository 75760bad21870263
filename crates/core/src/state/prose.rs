//! Prose that several wrote at once: what their texts are together.
//!
//! What may be relied on: the outcome is a function of the writes and of who saw whom among them; it never depends on what
//! else is in the plan, and work is bounded, however the history is made. Spec: spec/4-state.md, S36 and S37.
//!
//! How: the surviving texts are merged one after the other, in order, each on what both sides come from: the newest
//! writes that both saw, merged in the same way where they are several (a criss-cross).

use super::Plan;
use super::ancestry::Seq;
use super::register::{Register, Together, Write};
use crate::Role;
use crate::merge::{Favour, Merge, merge};
use crate::prelude::*;

/// How many merges of two texts one merge may take, those of its bases counted.
const MERGES: u32 = 100;

/// A text that is merged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Prose {
    /// The prose of a standing section.
    Standing(Role),
    /// The text of a block of prose, by its place among the items.
    Block(usize),
    /// The body of an item.
    Body(usize),
}

impl Plan {
    /// The register of a text, to be changed.
    fn prose_mut(&mut self, prose: Prose) -> Option<&mut Register<String>> {
        match prose {
            Prose::Standing(role) => self.prose.get_mut(&role),
            Prose::Block(at) => self.items.get_mut(at).map(|item| &mut item.text),
            Prose::Body(at) => self.items.get_mut(at).and_then(|item| item.body.as_deref_mut()),
        }
    }

    /// Takes note that a text was written; where several wrote it, it is merged when all events are folded in.
    pub(super) fn wrote(&mut self, prose: Prose) {
        if self.prose_mut(prose).is_some_and(|register| register.is_contested()) {
            self.unmerged.insert(prose);
        }
    }

    /// Merges what several wrote.
    pub(super) fn merge_prose(&mut self) {
        for prose in core::mem::take(&mut self.unmerged) {
            if let Some(register) = self.prose_mut(prose) {
                register.merge();
            }
        }
    }
}

impl Register<String> {
    /// Works out what the surviving texts are together.
    pub(super) fn merge(&mut self) {
        let merged = if self.is_contested() { History::of(self).merged(None) } else { None };
        self.merge_into(merged.map(|Merge { text, is_clean }| Together { value: text, is_clean }));
    }

    /// What the surviving texts are together if this write is followed wherever they disagree; its own text, where
    /// they cannot be merged.
    #[must_use]
    pub fn following<'a>(&'a self, write: &'a Write<String>) -> alloc::borrow::Cow<'a, str> {
        match History::of(self).merged(Some(write.stamp.seq)) {
            Some(merged) => merged.text.into(),
            None => write.value.as_str().into(),
        }
    }
}

/// The writes of a text, each with those that it replaced.
struct History<'a> {
    writes: Vec<&'a Write<String>>,
    replaced: Vec<Vec<usize>>,
    heads: Vec<usize>,
}

/// A text, and the writes that are in it.
struct Draft {
    text: String,
    is_clean: bool,
    of: BTreeSet<usize>,
}

impl<'a> History<'a> {
    fn of(register: &'a Register<String>) -> Self {
        let known = register.known();
        let place = |seq: Seq| known.binary_search_by_key(&seq, |(write, _)| write.stamp.seq).ok();
        let places = |seqs: &[Seq]| seqs.iter().filter_map(|&seq| place(seq)).collect();
        let replaced = known.iter().map(|(_, replaced)| places(replaced)).collect();
        let heads = register.writes().filter_map(|write| place(write.stamp.seq)).collect();
        Self { writes: known.into_iter().map(|(write, _)| write).collect(), replaced, heads }
    }

    fn merged(&self, followed: Option<Seq>) -> Option<Merge> {
        let followed = followed.and_then(|seq| self.writes.iter().position(|write| write.stamp.seq == seq));
        let draft = self.fold(&self.heads, followed, &mut { MERGES })?;
        Some(Merge { text: draft.text, is_clean: draft.is_clean })
    }

    /// These writes as one text.
    fn fold(&self, writes: &[usize], followed: Option<usize>, left: &mut u32) -> Option<Draft> {
        let (first, others) = writes.split_first()?;
        let mut so_far = self.draft(*first)?;
        for next in others {
            *left = left.checked_sub(1)?;
            let theirs = self.draft(*next)?;
            let base = self.base(&so_far.of, &theirs.of, left)?;
            let ours = followed.is_some_and(|write| write != *next && so_far.of.contains(&write));
            let merge = merge(&base, &so_far.text, &theirs.text, if ours { Favour::Ours } else { Favour::Theirs })?;
            so_far.is_clean &= merge.is_clean;
            so_far.text = merge.text;
            so_far.of.extend(theirs.of);
        }
        Some(so_far)
    }

    /// One write as it is, with all that it saw.
    fn draft(&self, write: usize) -> Option<Draft> {
        let (mut of, mut ahead) = (BTreeSet::new(), vec![write]);
        while let Some(at) = ahead.pop() {
            if of.insert(at) {
                ahead.extend(self.replaced.get(at).into_iter().flatten());
            }
        }
        Some(Draft { text: self.writes.get(write)?.value.clone(), is_clean: true, of })
    }

    /// The text that two sides come from: empty where there is none.
    fn base(&self, ours: &BTreeSet<usize>, theirs: &BTreeSet<usize>, left: &mut u32) -> Option<String> {
        let both: BTreeSet<usize> = ours.intersection(theirs).copied().collect();
        // With a write, all that it saw is in both, so one that is not the newest is replaced by another of them.
        let older: BTreeSet<usize> = both.iter().flat_map(|&at| self.replaced[at].iter().copied()).collect();
        let newest: Vec<usize> = both.difference(&older).copied().collect();
        if newest.is_empty() {
            return Some(String::new());
        }
        self.fold(&newest, None, left).filter(|base| base.is_clean).map(|base| base.text)
    }
}
