//! Steps: adding them, moving them forward and back, taking and giving them, and letting them wait.

use super::placing::{depth_below, not_too_deep};
use super::{Refusal, Spot, find, not_yet, open, title, wording, wordings};
use crate::change::*;
use crate::prelude::*;
use crate::state::{Detail, Item, Owner, Worker};
use crate::{Batch, Change, EventId, ItemId, Kind, Plan, State, Timestamp};

/// Adds a step.
///
/// # Errors
/// Where the place is not there or too deep, or the text is empty.
pub fn add(batch: &mut Batch, text: &str, spot: &Spot<'_>) -> Result<EventId, Refusal> {
    let plan = open(batch)?;
    let place = spot.find(plan, Kind::Step)?;
    not_too_deep("the step".to_owned(), depth_below(plan, place.parent) + 1)?;
    let (after, under) = (place.after, place.under);
    Ok(batch.record(StepAdded { after, source: None, state: None, text: wording(text)?, under })?)
}

/// Begins work on steps.
///
/// # Errors
/// Where one is not there, begun already, or in conflict.
pub fn start(batch: &mut Batch, steps: &[String]) -> Result<Vec<EventId>, Refusal> {
    progress(batch, steps, State::Doing, |step| StepStarted { step }.into())
}

/// Completes steps.
///
/// # Errors
/// Where one is not there, completed already, given up, or in conflict.
pub fn complete(batch: &mut Batch, steps: &[String], evidence: &[String]) -> Result<Vec<EventId>, Refusal> {
    let evidence = wordings(evidence)?;
    progress(batch, steps, State::Done, |step| StepCompleted { evidence: evidence.clone(), step }.into())
}

/// Refuses where a step is to be completed below which others are open, that are not among those to be completed.
///
/// # Errors
/// Where there are such, or one is not there.
pub fn nothing_open_below(plan: &Plan, steps: &[String]) -> Result<(), Refusal> {
    let named = find::items(plan, Kind::Step, steps)?;
    let all = plan.steps();
    let is_open = |step: &&crate::state::Outlined<'_>| {
        matches!(step.item.state(), Some(State::Todo | State::Doing)) && !named.contains(&step.item.id())
    };
    for (at, step) in all.iter().enumerate().filter(|(_, step)| named.contains(&step.item.id())) {
        let below = all[at + 1..].iter().take_while(|other| other.depth > step.depth);
        let open: Vec<String> = below.filter(is_open).take(5).map(|open| find::label(plan, open.item)).collect();
        if !open.is_empty() {
            return Err(Refusal::OpenBelow { item: find::label(plan, step.item), open });
        }
    }
    Ok(())
}

/// Puts steps back to be done.
///
/// # Errors
/// Where one is not there, to be done already, or in conflict.
pub fn reopen(batch: &mut Batch, steps: &[String]) -> Result<Vec<EventId>, Refusal> {
    progress(batch, steps, State::Todo, |step| StepReopened { step }.into())
}

/// Gives steps up.
///
/// # Errors
/// Where one is not there, given up already, or in conflict.
pub fn abandon(batch: &mut Batch, steps: &[String]) -> Result<Vec<EventId>, Refusal> {
    progress(batch, steps, State::Dropped, |step| StepDropped { step }.into())
}

fn progress(
    batch: &mut Batch,
    steps: &[String],
    state: State,
    change: impl Fn(ItemId) -> Change,
) -> Result<Vec<EventId>, Refusal> {
    let plan = open(batch)?;
    let steps = find::items(plan, Kind::Step, steps)?;
    for item in steps.iter().filter_map(|&id| plan.item(id)) {
        not_yet(plan, item, state, "state")?;
        // Who begins what somebody else has done, or completes what was given up, has not seen it: that asks for `reopen`.
        let closed = match (state, item.state()) {
            (State::Doing, Some(closed @ (State::Done | State::Dropped))) => Some(closed),
            (State::Done, Some(closed @ State::Dropped)) => Some(closed),
            _ => None,
        };
        if let Some(closed) = closed {
            let (item, state) = (find::label(plan, item), closed.to_string());
            return Err(Refusal::WrongState { item, state, expected: "an open step" });
        }
    }
    if steps.len() > 1 {
        batch.group();
    }
    steps.into_iter().map(|step| Ok(batch.record(change(step))?)).collect()
}

/// Takes a step for somebody, perhaps until a time.
///
/// # Errors
/// Where the step is not there or no longer open, or somebody else has it and the claim is still good.
pub fn claim(batch: &mut Batch, step: &str, owner: &str, until: Option<Timestamp>) -> Result<EventId, Refusal> {
    let plan = open(batch)?;
    let item = find::item(plan, Kind::Step, step)?;
    let owner = title(owner)?;
    if let Some(state @ (State::Done | State::Dropped)) = item.state() {
        let (item, state) = (find::label(plan, item), state.to_string());
        return Err(Refusal::WrongState { item, state, expected: "an open step" });
    }
    let (now, step) = (batch.at(), item.id());
    let same = |held: &Owner| held.name == *owner && held.until == until;
    if let Some(held) = item.owners().into_iter().find(|held| same(held) || held.name != *owner && held.is_good(now)) {
        let until = held.until.map(|until| format!(" until {until}")).unwrap_or_default();
        let state = format!("claimed by {}{until}", crate::text::line(&held.name));
        return Err(Refusal::Already { item: find::label(plan, item), state });
    }
    // Claims that have run out end, so that the step has one owner.
    let lapsed = item.owners().into_iter().filter(|held| held.name != *owner).map(|held| title(&held.name));
    let lapsed: Vec<_> = lapsed.collect::<Result<_, _>>()?;
    if !lapsed.is_empty() {
        batch.group();
    }
    for owner in lapsed {
        batch.record(StepReleased { owner, step })?;
    }
    Ok(batch.record(StepClaimed { owner, step, until })?)
}

/// A step that was found for somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Taken {
    /// The step.
    pub step: ItemId,
    /// Until when it is theirs.
    pub until: Option<Timestamp>,
}

/// Takes the next step that can be claimed for somebody, until a time; with `resume`, first of all what is theirs already,
/// whose claim is renewed once half of it is over. None where there is nothing to take.
///
/// Whoever asks twice gets two steps, so that workers who share a name never share a step.
///
/// # Errors
/// Where the plan is archived, or the owner no name.
pub fn take_next(batch: &mut Batch, owner: &str, until: Timestamp, resume: bool) -> Result<Option<Taken>, Refusal> {
    let (now, plan) = (batch.at(), open(batch)?);
    let name = title(owner)?;
    let held = if resume { plan.held_by(Worker { name: &name, now }) } else { None };
    if let Some(held) = held {
        let step = held.item.id();
        let good = held.item.owners().into_iter().find(|owner| owner.name == *name).map(|owner| owner.until);
        let half = Timestamp::from_millis(now.millis().midpoint(until.millis()));
        if let Some(good) = good.filter(|good| good.is_none_or(|good| good >= half)) {
            return Ok(Some(Taken { step, until: good }));
        }
        claim(batch, &step.to_string(), owner, Some(until))?;
        return Ok(Some(Taken { step, until: Some(until) }));
    }
    let Some(step) = plan.claimable(now).map(|step| step.item.id()) else { return Ok(None) };
    claim(batch, &step.to_string(), owner, Some(until))?;
    Ok(Some(Taken { step, until: Some(until) }))
}

/// Gives a step back; everybody's claims where no owner is named.
///
/// # Errors
/// Where the step is not there, or the owner has no claim on it.
pub fn release(batch: &mut Batch, step: &str, owner: Option<&str>) -> Result<Vec<EventId>, Refusal> {
    let plan = open(batch)?;
    let item = find::item(plan, Kind::Step, step)?;
    let mut owners: Vec<String> = item.owners().into_iter().map(|owner| owner.name.clone()).collect();
    owners.retain(|name| owner.is_none_or(|owner| owner.trim() == name));
    if owners.is_empty() {
        let by = owner.map(|owner| format!(" by {}", crate::text::line(owner))).unwrap_or_default();
        let (item, state) = (find::label(plan, item), format!("not claimed{by}"));
        return Err(Refusal::WrongState { item, state, expected: "a step that is" });
    }
    let step = item.id();
    if owners.len() > 1 {
        batch.group();
    }
    owners.iter().map(|owner| Ok(batch.record(StepReleased { owner: title(owner)?, step })?)).collect()
}

/// Makes a step wait for others.
///
/// # Errors
/// Where one is not there, is waited for already, or waits for the step itself.
pub fn depend(batch: &mut Batch, step: &str, on: &[String]) -> Result<Vec<EventId>, Refusal> {
    let plan = open(batch)?;
    let item = find::item(plan, Kind::Step, step)?;
    let (step, awaited) = (item.id(), find::items(plan, Kind::Step, on)?);
    for on in awaited.iter().filter_map(|&id| plan.item(id)) {
        if depends(item).contains(&on.id()) {
            let state = format!("waiting for {}", find::label(plan, on));
            return Err(Refusal::Already { item: find::label(plan, item), state });
        }
        if waits(plan, on.id(), step) {
            let (item, other) = (find::label(plan, item), find::label(plan, on));
            return Err(Refusal::Cycle { item, what: "wait for", other, already: "waits for it, or is it" });
        }
    }
    if awaited.len() > 1 {
        batch.group();
    }
    awaited.into_iter().map(|on| Ok(batch.record(StepDepended { on, step })?)).collect()
}

/// Frees a step from waiting for others.
///
/// # Errors
/// Where it is not there or does not wait for one of them.
pub fn undepend(batch: &mut Batch, step: &str, on: &[String]) -> Result<Vec<EventId>, Refusal> {
    let plan = open(batch)?;
    let item = find::item(plan, Kind::Step, step)?;
    let step = item.id();
    let mut awaited = Vec::new();
    for named in on {
        let on = find::any(plan, Kind::Step, named)?;
        if !depends(item).contains(&on.id()) {
            let (item, state) = (find::label(plan, item), format!("not waiting for {}", find::label(plan, on)));
            return Err(Refusal::WrongState { item, state, expected: "a step that is" });
        }
        awaited.push(on.id());
    }
    if awaited.len() > 1 {
        batch.group();
    }
    awaited.into_iter().map(|on| Ok(batch.record(StepUndepended { on, step })?)).collect()
}

fn depends(item: &Item) -> Vec<ItemId> {
    match &item.detail {
        Detail::Step(step) => step.depends.iter().copied().collect(),
        _ => Vec::new(),
    }
}

/// Whether a step is another one or waits for it, be it through others.
fn waits(plan: &Plan, step: ItemId, other: ItemId) -> bool {
    let mut seen = BTreeSet::new();
    let mut ahead = vec![step];
    while let Some(id) = ahead.pop() {
        if id == other {
            return true;
        }
        if seen.insert(id) {
            ahead.extend(plan.item(id).map(depends).unwrap_or_default());
        }
    }
    false
}
