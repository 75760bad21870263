//! Alignment: which nodes of the base an edited text still has, line for line.
//!
//! What may be relied on: a node is *kept* only where all its lines are there, one after the other and in the order of
//! the base; the entries, put together, are the edited text.
//!
//! How: both texts are cut into atoms (headings, blocks, list items), which depend on nothing but the lines around them, and the
//! two sequences are compared. What was read into other units than before, because the heading above it changed,
//! stays the node that it was.

use core::ops::Range;

use similar::{Algorithm, DiffOp, capture_diff_slices};

use crate::import::document::Document;
use crate::import::units::{self, Unit};
use crate::prelude::*;
use crate::view::sheet::Owner;
use crate::{ItemId, Kind, Plan};

/// A part of the base: most often one node.
#[derive(Debug, Clone)]
pub(super) struct Old {
    /// What it shows; the first of several.
    pub(super) owner: Owner,
    /// The nodes; several where blocks of prose stand side by side, none where the layout wrote it by itself.
    pub(super) nodes: Vec<ItemId>,
    pub(super) kind: Option<Kind>,
    pub(super) text: String,
    atoms: Range<usize>,
    /// How many kept parts come before it.
    pub(super) gap: usize,
    pub(super) is_kept: bool,
}

/// A part of the edited text.
#[derive(Debug, Clone)]
pub(super) struct New<'i, 'a> {
    /// What was read; for a kept part, what it would be if it were new.
    pub(super) unit: Unit<'i, 'a>,
    /// The part that it hangs below.
    pub(super) parent: Option<usize>,
    /// The part of the base that it is.
    pub(super) old: Option<usize>,
    pub(super) is_kept: bool,
    pub(super) gap: usize,
    /// The parts of the base that share atoms with it.
    pub(super) shares: BTreeSet<usize>,
}

/// The parts of a base.
pub(super) fn olds(plan: &Plan, parts: &[(Owner, String)], atoms: &[&str]) -> Vec<Old> {
    let mut olds: Vec<Old> = Vec::new();
    let (mut at, mut atom, mut atom_end) = (0, 0, 0);
    for (owner, text) in parts.iter().filter(|(_, text)| !text.is_empty()) {
        let end = at + text.len();
        let joins = atom_end > at;
        let first = if joins { atom - 1 } else { atom };
        while atom_end < end && atom < atoms.len() {
            atom_end += atoms[atom].len();
            atom += 1;
        }
        let node = match *owner {
            Owner::Item(id) => Some(id),
            _ => None,
        };
        let kind = match owner {
            Owner::Item(id) => plan.item(*id).map(crate::Item::kind),
            Owner::Heading(_) | Owner::Title => Some(Kind::Section),
            Owner::Entry(..) => Some(Kind::Note),
            Owner::Written if text.starts_with('#') => Some(Kind::Section),
            Owner::Prose(_) | Owner::FrontMatter | Owner::Written => Some(Kind::Prose),
        };
        match olds.last_mut().filter(|_| joins) {
            Some(last) => {
                last.nodes.extend(node);
                last.text.push_str(text);
                last.atoms.end = atom;
            }
            None => olds.push(Old {
                owner: *owner,
                nodes: node.into_iter().collect(),
                kind,
                text: text.clone(),
                atoms: first..atom,
                gap: 0,
                is_kept: false,
            }),
        }
        at = end;
    }
    olds
}

/// Aligns an edited text with the parts of the base.
pub(super) fn align<'i, 'a>(
    olds: &mut [Old],
    old_atoms: &[&str],
    document: &'i Document<'a>,
    edited: &'a str,
    lists: units::Lists,
) -> Vec<New<'i, 'a>> {
    let new_atoms: Vec<&str> = document.atoms().collect();
    let found = same(old_atoms, &new_atoms);
    let units = units::of(document, edited, lists);
    let mut unit_of = vec![0; new_atoms.len()];
    for (at, unit) in units.iter().enumerate() {
        unit_of[unit.atoms.clone()].fill(at);
    }
    // For each atom of the edited text, the part of the base that is kept there.
    let mut kept: Vec<Option<usize>> = vec![None; new_atoms.len()];
    for (at, old) in olds.iter_mut().enumerate() {
        let Some(first) = old.atoms.clone().next().and_then(|atom| found[atom]) else { continue };
        let run = first..first + old.atoms.len();
        let whole = old.atoms.clone().zip(run.clone()).all(|(old, new)| found[old] == Some(new));
        if !whole {
            continue;
        }
        let (begin, end) = (&units[unit_of[run.start]], &units[unit_of[run.end - 1]]);
        let aligned = begin.atoms.start == run.start && end.atoms.end == run.end;
        let inside = begin.atoms == end.atoms && begin.kind == Kind::Prose && old.kind != Some(Kind::Prose);
        if aligned || inside {
            old.is_kept = true;
            kept[run].fill(Some(at));
        }
    }
    let mut owner: Vec<Option<usize>> = vec![None; new_atoms.len()];
    for (at, old) in olds.iter().enumerate() {
        for new in old.atoms.clone().filter_map(|atom| found[atom]) {
            owner[new] = Some(at);
        }
    }
    news(&units, &kept, &owner, &new_atoms)
}

/// Where in the edited text each atom of the base is found again.
fn same(old: &[&str], new: &[&str]) -> Vec<Option<usize>> {
    // Most edits touch little: what is the same at both ends is not compared any further.
    let begin = old.iter().zip(new).take_while(|(old, new)| old == new).count();
    let (old_rest, new_rest) = (&old[begin..], &new[begin..]);
    let end = old_rest.iter().rev().zip(new_rest.iter().rev()).take_while(|(old, new)| old == new).count();
    let middles = [&old_rest[..old_rest.len() - end], &new_rest[..new_rest.len() - end]];
    let mut names: BTreeMap<&str, u32> = BTreeMap::new();
    let [old_middle, new_middle] = middles.map(|atoms| {
        let mut number = |atom| {
            let next = names.len() as u32;
            *names.entry(atom).or_insert(next)
        };
        atoms.iter().map(|&atom| number(atom)).collect::<Vec<u32>>()
    });
    let mut found = vec![None; old.len()];
    found[..begin].iter_mut().enumerate().for_each(|(at, found)| *found = Some(at));
    for at in 1..=end {
        found[old.len() - at] = Some(new.len() - at);
    }
    for op in capture_diff_slices(Algorithm::Histogram, &old_middle, &new_middle) {
        if let DiffOp::Equal { old_index, new_index, len } = op {
            for at in begin..begin + len {
                found[old_index + at] = Some(new_index + at);
            }
        }
    }
    found
}

/// The parts of the edited text: what is kept, and what is not in the units that it was read into.
fn news<'i, 'a>(
    units: &[Unit<'i, 'a>],
    kept: &[Option<usize>],
    owner: &[Option<usize>],
    atoms: &[&'a str],
) -> Vec<New<'i, 'a>> {
    let mut news: Vec<New<'i, 'a>> = Vec::new();
    // The part that each unit begins.
    let mut part_of: Vec<usize> = Vec::with_capacity(units.len());
    let mut gap = 0;
    for unit in units {
        let parent = unit.parent.map(|above| part_of[above]);
        part_of.push(news.len());
        let mut at = unit.atoms.start;
        let mut offset = 0;
        while at < unit.atoms.end {
            let end = (at..unit.atoms.end).find(|&next| kept[next] != kept[at]).unwrap_or(unit.atoms.end);
            let length: usize = atoms[at..end].iter().map(|atom| atom.len()).sum();
            let is_whole = at == unit.atoms.start && end == unit.atoms.end;
            let source = &unit.source[offset..offset + length];
            let mut unit = Unit { atoms: at..end, source, ..unit.clone() };
            if !is_whole {
                (unit.kind, unit.items) = (Kind::Prose, &[]);
            }
            match (kept[at], news.last_mut()) {
                // One block of the base that was read into several units.
                (Some(old), Some(last)) if last.old == Some(old) => {
                    part_of.pop();
                    part_of.push(news.len() - 1);
                }
                (old, _) => {
                    let shares = owner[at..end].iter().flatten().copied().collect();
                    news.push(New { unit, parent, old, is_kept: old.is_some(), gap, shares });
                    gap += usize::from(old.is_some());
                }
            }
            (at, offset) = (end, offset + length);
        }
    }
    news
}

/// Numbers the gaps between the kept parts of the base.
pub(super) fn number_gaps(olds: &mut [Old]) {
    let mut gap = 0;
    for old in olds {
        old.gap = gap;
        gap += usize::from(old.is_kept);
    }
}
