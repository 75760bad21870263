//! Criteria of success: adding them, and saying whether they are met.

use super::placing::{depth_below, not_too_deep};
use super::{Refusal, Spot, find, not_yet, open, wording, wordings};
use crate::change::*;
use crate::prelude::*;
use crate::{Batch, Change, EventId, ItemId, Kind, State};

/// Adds a criterion: to the plan, or below the story, criterion, step or section that the place names.
///
/// # Errors
/// Where the place is not there or too deep, or the text is empty.
pub fn add(batch: &mut Batch, text: &str, spot: &Spot<'_>) -> Result<EventId, Refusal> {
    let plan = open(batch)?;
    let place = spot.find(plan, Kind::Criterion)?;
    not_too_deep("the criterion".to_owned(), depth_below(plan, place.parent) + 1)?;
    let (after, under) = (place.after, place.under);
    Ok(batch.record(CriterionAdded { after, source: None, state: None, text: wording(text)?, under })?)
}

/// Says that criteria are met, and what shows it.
///
/// # Errors
/// Where one is not there, met already, or in conflict.
pub fn meet(batch: &mut Batch, criteria: &[String], evidence: &[String]) -> Result<Vec<EventId>, Refusal> {
    let evidence = wordings(evidence)?;
    progress(batch, criteria, State::Met, |criterion| CriterionMet { criterion, evidence: evidence.clone() }.into())
}

/// Says that criteria are not met after all.
///
/// # Errors
/// Where one is not there, not met anyway, or in conflict.
pub fn unmeet(batch: &mut Batch, criteria: &[String]) -> Result<Vec<EventId>, Refusal> {
    progress(batch, criteria, State::Open, |criterion| CriterionUnmet { criterion }.into())
}

fn progress(
    batch: &mut Batch,
    criteria: &[String],
    state: State,
    change: impl Fn(ItemId) -> Change,
) -> Result<Vec<EventId>, Refusal> {
    let plan = open(batch)?;
    let criteria = find::items(plan, Kind::Criterion, criteria)?;
    for item in criteria.iter().filter_map(|&id| plan.item(id)) {
        not_yet(plan, item, state, "state")?;
    }
    if criteria.len() > 1 {
        batch.group();
    }
    criteria.into_iter().map(|criterion| Ok(batch.record(change(criterion))?)).collect()
}
