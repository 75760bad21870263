//! Decisions: recorded once, then accepted, amended, superseded or withdrawn, and never rewritten.

use super::{Refusal, find, not_yet, open, perhaps, placing, question, wording, wordings};
use crate::change::*;
use crate::prelude::*;
use crate::state::{Detail, Item};
use crate::{Batch, EventId, ItemId, Kind, Plan, State};

/// A decision as its author words it.
#[derive(Debug, Clone, Copy, Default)]
pub struct NewDecision<'a> {
    /// What was decided.
    pub title: &'a str,
    /// Why.
    pub reason: Option<&'a str>,
    /// What it costs.
    pub tradeoffs: &'a [String],
    /// What else could have been chosen.
    pub options: &'a [String],
    /// What it rests on.
    pub references: &'a [String],
    /// The decisions that it takes the place of.
    pub supersedes: &'a [String],
    /// The question that it settles; it is answered with the decision's title unless the decision is only proposed.
    pub question: Option<&'a str>,
    /// Put forward rather than made.
    pub proposed: bool,
}

/// Records a decision.
///
/// # Errors
/// Where what it names is not there, or a decision that it supersedes no longer stands.
pub fn decide(batch: &mut Batch, new: &NewDecision<'_>) -> Result<EventId, Refusal> {
    let plan = open(batch)?;
    let supersedes = find::items(plan, Kind::Decision, new.supersedes)?;
    for old in supersedes.iter().filter_map(|&id| plan.item(id)) {
        standing(plan, old)?;
    }
    let question = new.question.map(|named| find::item(plan, Kind::Question, named)).transpose()?;
    let answers = question.filter(|question| !new.proposed && question.state() == Some(State::Open)).map(Item::id);
    let (under, after) = placing::end(plan, Kind::Decision);
    let recorded = DecisionRecorded {
        after,
        options: wordings(new.options)?,
        question: question.map(Item::id),
        reason: perhaps(new.reason)?,
        references: wordings(new.references)?,
        source: None,
        state: new.proposed.then_some(State::Proposed),
        supersedes,
        title: wording(new.title)?,
        tradeoffs: wordings(new.tradeoffs)?,
        under,
    };
    if let Some(question) = answers {
        batch.group();
        let decided = batch.record(recorded)?;
        question::answer(batch, &question.to_string(), new.title)?;
        return Ok(decided);
    }
    Ok(batch.record(recorded)?)
}

/// Accepts a proposed decision, which answers its question if that is still open.
///
/// # Errors
/// Where it is not there, accepted already, or superseded.
pub fn accept(batch: &mut Batch, named: &str) -> Result<EventId, Refusal> {
    let decision = settle(batch, named, State::Accepted)?;
    let plan = batch.plan();
    let item = plan.item(decision);
    let question = match item.map(|item| &item.detail) {
        Some(Detail::Decision(detail)) => detail.question.and_then(|id| plan.item(id)),
        _ => None,
    };
    let open = question.filter(|question| question.is_visible() && question.state() == Some(State::Open));
    let answer = open.zip(item).map(|(question, item)| (question.id().to_string(), item.text().to_owned()));
    let Some((question, title)) = answer else { return Ok(batch.record(DecisionAccepted { decision })?) };
    batch.group();
    let accepted = batch.record(DecisionAccepted { decision })?;
    question::answer(batch, &question, &title)?;
    Ok(accepted)
}

/// Takes a decision back, with nothing in its place.
///
/// # Errors
/// Where it is not there, withdrawn already, or superseded.
pub fn withdraw(batch: &mut Batch, named: &str) -> Result<EventId, Refusal> {
    let decision = settle(batch, named, State::Withdrawn)?;
    Ok(batch.record(DecisionWithdrawn { decision })?)
}

fn settle(batch: &Batch, named: &str, state: State) -> Result<ItemId, Refusal> {
    let plan = open(batch)?;
    let decision = find::item(plan, Kind::Decision, named)?;
    not_yet(plan, decision, state, "status")?;
    not_superseded(plan, decision)?;
    Ok(decision.id())
}

/// Adds something to a decision that stands.
///
/// # Errors
/// Where it is not there, or no longer stands.
pub fn amend(batch: &mut Batch, named: &str, text: &str) -> Result<EventId, Refusal> {
    let plan = open(batch)?;
    let decision = find::item(plan, Kind::Decision, named)?;
    standing(plan, decision)?;
    let decision = decision.id();
    Ok(batch.record(DecisionAmended { decision, text: wording(text)? })?)
}

fn standing(plan: &Plan, decision: &Item) -> Result<(), Refusal> {
    not_superseded(plan, decision)?;
    if decision.state() == Some(State::Withdrawn) {
        let item = find::label(plan, decision);
        return Err(Refusal::WrongState { item, state: "withdrawn".to_owned(), expected: "a decision that stands" });
    }
    Ok(())
}

fn not_superseded(plan: &Plan, decision: &Item) -> Result<(), Refusal> {
    let Detail::Decision(detail) = &decision.detail else { return Ok(()) };
    match detail.superseded_by.by_age().into_iter().find_map(|&id| plan.item(id)) {
        Some(by) => {
            let state = format!("superseded by {}", find::label(plan, by));
            let item = find::label(plan, decision);
            Err(Refusal::WrongState { item, state, expected: "a decision that stands" })
        }
        None => Ok(()),
    }
}
