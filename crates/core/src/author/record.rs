//! What is only ever added: discoveries, notes, results, and user stories with their criteria.

use super::{Refusal, Spot, criterion, find, open, perhaps, placing, title, wording, wordings};
use crate::change::*;
use crate::prelude::*;
use crate::state::Item;
use crate::{Batch, EventId, Kind, ResultGroup};

/// Records a discovery and what shows it, perhaps correcting an earlier one.
///
/// # Errors
/// Where the text is empty, or the earlier discovery is not there.
pub fn discover(
    batch: &mut Batch,
    text: &str,
    evidence: &[String],
    corrects: Option<&str>,
) -> Result<EventId, Refusal> {
    let plan = open(batch)?;
    let (under, after) = placing::end(plan, Kind::Discovery);
    let corrects = corrects.map(|named| find::item(plan, Kind::Discovery, named)).transpose()?.map(Item::id);
    let (evidence, text) = (wordings(evidence)?, wording(text)?);
    Ok(batch.record(DiscoveryRecorded { after, corrects, evidence, source: None, text, under })?)
}

/// Takes a note under a label, perhaps about an item.
///
/// # Errors
/// Where the text or the label is empty, or the item is not there.
pub fn note(batch: &mut Batch, text: &str, label: &str, on: Option<&str>) -> Result<EventId, Refusal> {
    let plan = open(batch)?;
    let (under, after) = placing::end(plan, Kind::Note);
    let on = on.map(|named| find::visible(plan, named)).transpose()?.map(Item::id);
    let (label, text) = (title(label)?, wording(text)?);
    Ok(batch.record(NoteAdded { after, corrects: None, label, on, source: None, text, under })?)
}

/// Adds a result: something delivered, measured or learned.
///
/// # Errors
/// Where the text is empty.
pub fn result(batch: &mut Batch, text: &str, group: ResultGroup) -> Result<EventId, Refusal> {
    let (under, after) = placing::end(open(batch)?, Kind::Result);
    Ok(batch.record(ResultAdded { after, group, source: None, text: wording(text)?, under })?)
}

/// A user story as its author tells it.
#[derive(Debug, Clone, Copy, Default)]
pub struct NewStory<'a> {
    /// Whose wish.
    pub as_a: &'a str,
    /// The wish.
    pub i_want: &'a str,
    /// To what end.
    pub so_that: Option<&'a str>,
    /// When it is fulfilled.
    pub criteria: &'a [String],
}

/// Tells a user story, with its criteria below it; says the story's id first.
///
/// # Errors
/// Where one of the texts is empty.
pub fn story(batch: &mut Batch, new: &NewStory<'_>) -> Result<Vec<EventId>, Refusal> {
    let (under, after) = placing::end(open(batch)?, Kind::Story);
    let (as_a, i_want, so_that) = (wording(new.as_a)?, wording(new.i_want)?, perhaps(new.so_that)?);
    if !new.criteria.is_empty() {
        batch.group();
    }
    let story = batch.record(StoryAdded { after, as_a, i_want, so_that, source: None, under })?;
    let named = story.to_string();
    let mut ids = vec![story];
    for text in new.criteria {
        ids.push(criterion::add(batch, text, &Spot { under: Some(&named), ..Spot::default() })?);
    }
    Ok(ids)
}
