//! Causes: naming the items because of which something is done.
//!
//! What may be relied on: a cause is found in the plan as it was before the command, so that a number means what its author
//! saw; each item that the command added, or else that it changed, is linked to each cause, in the same batch.

use super::{Refusal, find};
use crate::change::*;
use crate::prelude::*;
use crate::trail::{self, CAUSED_BY, Subject};
use crate::{Batch, Change, ItemId, Plan, Tag, Title};

/// The items that are named as causes.
///
/// # Errors
/// Where one is not there, or several things go by its name.
pub fn causes(plan: &Plan, named: &[String]) -> Result<Vec<ItemId>, Refusal> {
    named.iter().map(|named| find::whatever(plan, named).map(crate::Item::id)).collect()
}

/// Links what a batch is about since it had this many events to its causes.
///
/// # Errors
/// Where it is about no item, or an item would be its own cause.
pub fn link(batch: &mut Batch, since: usize, causes: &[ItemId]) -> Result<(), Refusal> {
    if causes.is_empty() || batch.events().nth(since).is_none() {
        return Ok(());
    }
    let items = items(batch, since);
    if items.is_empty() {
        return Err(Refusal::Unclear("--caused-by: only what is done to an item can have a cause".to_owned()));
    }
    for from in items {
        for &cause in causes {
            let plan = batch.plan();
            let Some(item) = plan.item(from) else { continue };
            if from == cause {
                let item = find::label(plan, item);
                return Err(Refusal::Unclear(format!("--caused-by: {item} cannot be its own cause")));
            }
            if !item.links.contains(&(CAUSED_BY.to_owned(), cause.to_string())) {
                let (rel, to) = (Tag::new(CAUSED_BY)?, Title::new(cause.to_string())?);
                batch.record(LinkAdded { from, rel, to })?;
            }
        }
    }
    Ok(())
}

/// What a batch added, but for what it put below that; or, if it added nothing, what it is about.
fn items(batch: &Batch, since: usize) -> Vec<ItemId> {
    let plan = batch.plan();
    let is_added = |id: ItemId| batch.events().skip(since).any(|event| event.id == id && plan.item(id).is_some());
    let hangs_below_added = |change: &Change| change.mentions().into_iter().any(is_added);
    let mut items: Vec<ItemId> = Vec::new();
    for event in batch.events().skip(since) {
        if is_added(event.id) && !event.change.as_ref().is_ok_and(hangs_below_added) {
            items.push(event.id);
        }
    }
    if items.is_empty() {
        for event in batch.events().skip(since) {
            if let Subject::Item(id) = trail::about(plan, event)
                && !items.contains(&id)
            {
                items.push(id);
            }
        }
    }
    items
}
