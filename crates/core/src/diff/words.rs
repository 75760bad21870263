//! Two texts compared by words.
//!
//! What may be relied on: what is the same and what is old make the old text, what is the same and what is new the new one.

use core::ops::Range;

use similar::{Algorithm, DiffOp, capture_diff_slices};

use crate::prelude::*;

/// A piece of two texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Piece<'a> {
    /// It is in both.
    Same(&'a str),
    /// It is in the old one.
    Old(&'a str),
    /// It is in the new one.
    New(&'a str),
}

/// A text cut into parts.
struct Parts<'a> {
    text: &'a str,
    parts: Vec<&'a str>,
    ends: Vec<usize>,
}

impl<'a> Parts<'a> {
    fn new(text: &'a str, parts: Vec<&'a str>) -> Self {
        let ends = parts.iter().scan(0, |end, part| {
            *end += part.len();
            Some(*end)
        });
        let ends = core::iter::once(0).chain(ends).collect();
        Self { text, parts, ends }
    }

    fn lines(text: &'a str) -> Self {
        Self::new(text, text.split_inclusive('\n').collect())
    }

    /// Words, white space, and anything else by itself.
    fn words(text: &'a str) -> Self {
        let class = |c: char| match c {
            '\n' => 2,
            c if c.is_whitespace() => 1,
            c if c.is_alphanumeric() || c == '_' => 0,
            _ => 3,
        };
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            let runs = class(first) < 2;
            let end = rest.find(|c| !runs || class(c) != class(first)).unwrap_or(rest.len()).max(first.len_utf8());
            let (part, after) = rest.split_at(end);
            parts.push(part);
            rest = after;
        }
        Self::new(text, parts)
    }

    fn span(&self, range: Range<usize>) -> &'a str {
        &self.text[self.ends[range.start]..self.ends[range.end]]
    }
}

/// Compares two texts: by lines first, and what was replaced by words.
#[must_use]
pub fn words<'a>(old: &'a str, new: &'a str) -> Vec<Piece<'a>> {
    let mut pieces = Vec::new();
    compare(&Parts::lines(old), &Parts::lines(new), &mut |piece| match piece {
        (old, new) if !old.is_empty() && !new.is_empty() && old != new => {
            compare(&Parts::words(old), &Parts::words(new), &mut |(old, new)| push(&mut pieces, old, new));
        }
        (old, new) => push(&mut pieces, old, new),
    });
    pieces
}

fn push<'a>(pieces: &mut Vec<Piece<'a>>, old: &'a str, new: &'a str) {
    if old == new {
        pieces.push(Piece::Same(new));
        return;
    }
    pieces.extend(Some(Piece::Old(old)).filter(|_| !old.is_empty()));
    pieces.extend(Some(Piece::New(new)).filter(|_| !new.is_empty()));
}

fn compare<'a>(old: &Parts<'a>, new: &Parts<'a>, found: &mut dyn FnMut((&'a str, &'a str))) {
    for op in capture_diff_slices(Algorithm::Histogram, &old.parts, &new.parts) {
        let (old, new) = (old.span(op.old_range()), new.span(op.new_range()));
        match op {
            DiffOp::Insert { .. } => found(("", new)),
            DiffOp::Delete { .. } => found((old, "")),
            DiffOp::Equal { .. } | DiffOp::Replace { .. } => found((old, new)),
        }
    }
}
