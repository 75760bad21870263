//! Questions: asked, answered, and opened again.

use super::{Refusal, find, open, perhaps, placing, wording, wordings};
use crate::change::*;
use crate::prelude::*;
use crate::state::{Detail, Item};
use crate::{Batch, EventId, Kind, Plan, State};

/// Asks a question, perhaps with what could be the answer and what is needed to find it.
///
/// # Errors
/// Where the text is empty.
pub fn ask(batch: &mut Batch, text: &str, options: &[String], need: Option<&str>) -> Result<EventId, Refusal> {
    let (under, after) = placing::end(open(batch)?, Kind::Question);
    let (need, options, text) = (perhaps(need)?, wordings(options)?, wording(text)?);
    Ok(batch.record(QuestionAsked { after, need, options, source: None, text, under })?)
}

/// Answers a question, or answers it anew.
///
/// # Errors
/// Where it is not there, has that answer already, or its answer is in conflict.
pub fn answer(batch: &mut Batch, named: &str, text: &str) -> Result<EventId, Refusal> {
    let plan = open(batch)?;
    let item = find::item(plan, Kind::Question, named)?;
    undisputed(plan, item)?;
    let text = wording(text)?;
    if let Detail::Question { answer, .. } = &item.detail
        && answer.value().as_deref() == Some(&*text)
    {
        return Err(Refusal::Already { item: find::label(plan, item), state: "answered so".to_owned() });
    }
    let question = item.id();
    Ok(batch.record(QuestionAnswered { answer: text, question })?)
}

/// Opens an answered question again.
///
/// # Errors
/// Where it is not there, open anyway, or its answer is in conflict.
pub fn reopen(batch: &mut Batch, named: &str) -> Result<EventId, Refusal> {
    let plan = open(batch)?;
    let item = find::item(plan, Kind::Question, named)?;
    undisputed(plan, item)?;
    if item.state() == Some(State::Open) {
        return Err(Refusal::Already { item: find::label(plan, item), state: "open".to_owned() });
    }
    let question = item.id();
    Ok(batch.record(QuestionReopened { question })?)
}

fn undisputed(plan: &Plan, item: &Item) -> Result<(), Refusal> {
    match &item.detail {
        Detail::Question { answer, .. } if answer.is_in_conflict() => {
            let side = |value: &Option<String>| value.clone().unwrap_or_else(|| "open".to_owned());
            let sides = answer.writes().map(|write| side(&write.value)).collect();
            Err(Refusal::InConflict { item: find::label(plan, item), field: "answer", sides })
        }
        _ => Ok(()),
    }
}
