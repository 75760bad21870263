//! Blockers: what stands in the way of a step, a question, a criterion or the plan.

use super::{Refusal, find, not_yet, open, perhaps, placing, wording, wordings};
use crate::change::*;
use crate::prelude::*;
use crate::{Batch, EventId, ItemId, Kind, Plan, State};

/// A blocker as its author words it.
#[derive(Debug, Clone, Copy, Default)]
pub struct NewBlocker<'a> {
    /// What stands in the way.
    pub text: &'a str,
    /// Of what: a step by its number; a question or a criterion as `question 2` or by its id.
    pub on: Option<&'a str>,
    /// What could be done.
    pub options: &'a [String],
    /// What is needed.
    pub need: Option<&'a str>,
}

/// Raises a blocker.
///
/// # Errors
/// Where what it stands in the way of is not there.
pub fn raise(batch: &mut Batch, new: &NewBlocker<'_>) -> Result<EventId, Refusal> {
    let plan = open(batch)?;
    let (under, after) = placing::end(plan, Kind::Blocker);
    let on = new.on.map(|named| target(plan, named)).transpose()?;
    let (need, options, text) = (perhaps(new.need)?, wordings(new.options)?, wording(new.text)?);
    Ok(batch.record(BlockerRaised { after, need, on, options, source: None, text, under })?)
}

/// What a name means where it may be a step, a question or a criterion.
fn target(plan: &Plan, named: &str) -> Result<ItemId, Refusal> {
    let item = find::visible(plan, named)?;
    if matches!(item.kind(), Kind::Step | Kind::Question | Kind::Criterion) {
        return Ok(item.id());
    }
    let (named, found) = (named.to_owned(), find::label(plan, item));
    Err(Refusal::WrongKind { named, found, expected: "step, question or criterion" })
}

/// Says that a blocker is out of the way, perhaps how.
///
/// # Errors
/// Where it is not there, resolved already, or in conflict.
pub fn resolve(batch: &mut Batch, named: &str, how: Option<&str>) -> Result<EventId, Refusal> {
    let blocker = settle(batch, named, State::Resolved)?;
    Ok(batch.record(BlockerResolved { blocker, how: perhaps(how)? })?)
}

/// Says that a resolved blocker is in the way again.
///
/// # Errors
/// Where it is not there, open anyway, or in conflict.
pub fn reopen(batch: &mut Batch, named: &str) -> Result<EventId, Refusal> {
    let blocker = settle(batch, named, State::Open)?;
    Ok(batch.record(BlockerReopened { blocker })?)
}

fn settle(batch: &Batch, named: &str, state: State) -> Result<ItemId, Refusal> {
    let plan = open(batch)?;
    let blocker = find::item(plan, Kind::Blocker, named)?;
    not_yet(plan, blocker, state, "state")?;
    Ok(blocker.id())
}
