//! Absorb: the edit of a view becomes the events that it stands for.
//!
//! What may be relied on: [`absorb`] records, at the version that the editor saw, the smallest fitting events; in the
//! layout `own` the view afterwards is the edited text, byte for byte, and an unedited text records nothing. What is
//! not understood in the house layouts is named in the [`Report`], and nothing of it is recorded.

mod align;
mod disputes;
mod emit;
mod front;
mod house;
mod house_added;
mod house_items;
mod matching;
mod own;

use crate::import::ImportError;
use crate::import::lines::{Class, Scanner, lines};
use crate::prelude::*;
use crate::{Batch, ItemId, Kind, Layout, Match, RecordError, TextError};

/// Why an edit cannot be absorbed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AbsorbError {
    /// The batch does not take an event.
    #[error(transparent)]
    Record(#[from] RecordError),
    /// A text breaks a limit.
    #[error(transparent)]
    Text(#[from] TextError),
}

/// What was understood of an edit.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// What the edit did, in the order of the text.
    pub found: Vec<Found>,
    /// Edits that are none of the plan's to make: lines that the view writes by itself.
    pub ignored: Vec<Ignored>,
    /// Whether everything was taken out and recorded anew, since no smaller events lead to the edited text.
    pub anew: bool,
}

/// One thing that the edit did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The line in the edited text, counted from 1; 0 for what is no longer there.
    pub line: usize,
    /// In words: `completed`, `reworded`, `added`, `removed`, `moved`, `respelled` and the like.
    pub what: &'static str,
    /// The item.
    pub item: Option<ItemId>,
    /// What the item is.
    pub kind: Kind,
    /// Its wording, or the text.
    pub text: String,
    /// How it was recognised, where it was not the same to the letter.
    pub matched: Option<Match>,
}

/// An edit that was not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ignored {
    /// The line in the edited text, counted from 1.
    pub line: usize,
    /// The line.
    pub text: String,
    /// Why it was not taken.
    pub reason: &'static str,
}

/// Records what the edit of a view says, in a batch whose plan is the version that the editor saw.
///
/// # Errors
/// Where the batch does not take an event; it then holds those made so far, and is to be dropped.
pub fn absorb(batch: &mut Batch, edited: &str) -> Result<Report, AbsorbError> {
    disputes::absorb(batch, edited, |batch, edited| match batch.plan().layout() {
        Layout::Own if batch.plan().has_own_text() => own::absorb(batch, edited),
        Layout::Own | Layout::Execplan | Layout::Cookbook => house::absorb(batch, edited),
    })
}

impl From<ImportError> for AbsorbError {
    fn from(error: ImportError) -> Self {
        match error {
            ImportError::Record(error) => Self::Record(error),
            ImportError::Text(error) => Self::Text(error),
        }
    }
}

/// The events that a view names as the version that it shows, by the beginnings of their ids; none where it names none.
///
/// What stands in a fence or in another comment names nothing. Only views in the house layouts name their version: in a
/// plan that keeps its own text such a line is text.
#[must_use]
pub fn base(view: &str) -> Vec<&str> {
    let named = |line: &'_ str| -> Option<core::ops::Range<usize>> {
        let rest = line.trim_end().strip_prefix(BASE)?.strip_suffix(" -->")?;
        Some(BASE.len()..BASE.len() + rest.len())
    };
    let mut scanner = Scanner::default();
    let outside = lines(view, 1).filter(|line| scanner.class(line.text, false) == Class::Opens);
    let last = outside.filter_map(|line| Some(&line.text[named(line.text)?])).last();
    // A fence that was never closed hides the rest of the file from a reader, but not its last line from us.
    let end = || view.trim_end().lines().next_back().and_then(|line| Some(&line[named(line)?]));
    last.or_else(end).map(|heads| heads.split(' ').filter(|head| !head.is_empty()).collect()).unwrap_or_default()
}

/// How the line begins that names the version of a view.
pub(crate) const BASE: &str = "<!-- git-plan base: ";
