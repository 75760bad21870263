//! Claiming: taking the next step so that nobody else gets it.
//!
//! What may be relied on: in one repository the compare-and-swap of the ref decides, so that however many ask at once, each
//! gets another step. Across clones a claim counts once it has landed at the remote, on top of all that was there: who
//! comes second gives the step back, is told who has it, and takes the next one. A claim that could not be sent is given back.

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use git_plan_core::author::step::{self, Taken};
use git_plan_core::state::Detail;
use git_plan_core::text::clipped;
use git_plan_core::{EventId, ItemId, Plan, Slug, Timestamp};
use git_plan_store::{Choice, Remote, Stand};

use crate::args::Reason;
use crate::commands::Work;
use crate::exchange;
use crate::exit::{Failure, Status};
use crate::when;

/// What is asked for.
#[derive(Debug)]
pub struct Wanted {
    /// Who takes the step.
    pub owner: String,
    /// Until when.
    pub until: Timestamp,
    /// Whether what is theirs already comes first.
    pub resume: bool,
    /// Where the claim is to count.
    pub remote: Option<Remote>,
}

/// What somebody got.
#[derive(Debug)]
pub struct Claimed {
    /// The step.
    pub taken: Taken,
    /// The plan with the claim.
    pub plan: Plan,
    /// The events that were recorded; none where the step was theirs and the claim still good.
    pub events: Vec<EventId>,
    /// The steps that others had taken first, each with who has it.
    pub lost: Vec<(ItemId, String)>,
}

/// When a claim ends: as it was asked for, or as `plan.lease` says, or after an hour.
pub fn lease(work: &Work<'_>, until: Option<&str>) -> Result<Timestamp, Failure> {
    let configured = work.session.repo.config().string("plan.lease");
    let until = until.or(configured.as_deref()).unwrap_or("1h");
    let end = when::until(until, work.session.now)?;
    if end <= work.session.now {
        return Err(Failure::usage(format!("{until:?} is over: expected a time to come, or a span as `30m`, `2h`")));
    }
    Ok(end)
}

/// Takes the next step.
pub fn claim(work: &Work<'_>, slug: &Slug, wanted: &Wanted) -> Result<Claimed, Failure> {
    match &wanted.remote {
        None => here(work, slug, wanted),
        Some(remote) => there(work, slug, wanted, remote),
    }
}

fn here(work: &Work<'_>, slug: &Slug, wanted: &Wanted) -> Result<Claimed, Failure> {
    let repo = &work.session.repo;
    let mut found = None;
    let appended = repo.append(slug, &work.session.writer(&Reason::default())?, |batch| -> Result<(), Failure> {
        found = step::take_next(batch, &wanted.owner, wanted.until, wanted.resume)?;
        if found.is_some() { Ok(()) } else { Err(nothing(batch.plan(), work.session.now)) }
    })?;
    let (plan, events) = appended.into_whole(repo)?;
    let Some(taken) = found else { return Err(nothing(&plan, work.session.now)) };
    Ok(Claimed { taken, plan, events: events.iter().map(|event| event.id).collect(), lost: Vec::new() })
}

/// Claims in each round of a sync, between what came in and what is sent.
fn there(work: &Work<'_>, slug: &Slug, wanted: &Wanted, remote: &Remote) -> Result<Claimed, Failure> {
    let choice = Choice::Only(BTreeSet::from([slug.clone()]));
    let exchange = exchange::with(work, remote, &choice);
    let (mut got, mut lost): (Option<Claimed>, Vec<(ItemId, String)>) = (None, Vec::new());
    let mut failed = None;
    let mut round = || -> Result<(), Failure> {
        if let Some(before) = got.take() {
            match rival(&work.session.repo.load(slug, None)?.plan, &before) {
                None => {
                    got = Some(before);
                    return Ok(());
                }
                Some(rival) => {
                    lost.push((before.taken.step, rival));
                    give_back(work, slug, &before, &wanted.owner)?;
                }
            }
        }
        got = Some(here(work, slug, wanted)?);
        Ok(())
    };
    let outcome = work.session.repo.sync_writing(&exchange, work.ui.relay(), &mut || match round() {
        Ok(()) => ControlFlow::Continue(Some(slug.clone())),
        Err(failure) => {
            failed = Some(failure);
            ControlFlow::Break(())
        }
    });
    let unsent = match (&outcome, failed) {
        (_, Some(failure)) => Some(failure),
        (Err(error), None) => Some(Failure::from(error)),
        (Ok(outcome), None) => outcome.failed.get(slug).map(Failure::from).or_else(|| {
            let landed = outcome.plans.get(slug).is_some_and(|plan| plan.stand == Stand::InStep);
            let message = format!("the claim did not land at {remote}, which has deleted plan {slug}");
            (!landed).then(|| {
                Failure::new(Status::Refused, "not-landed", message).hinted("`git plan sync --restore` gives it back")
            })
        }),
    };
    match (unsent, got) {
        (Some(failure), Some(claimed)) => {
            give_back(work, slug, &claimed, &wanted.owner)?;
            Err(failure)
        }
        (Some(failure), None) => Err(told(failure, &lost)),
        (None, Some(claimed)) => {
            // What is shown is the plan as it landed.
            let plan = work.session.repo.load(slug, None)?.plan;
            Ok(Claimed { plan, lost, ..claimed })
        }
        (None, None) => Err(Failure::new(Status::Busy, "not-claimed", "nothing was claimed; try again")),
    }
}

/// Ends a claim that does not count. One that was there before this command stays.
fn give_back(work: &Work<'_>, slug: &Slug, claimed: &Claimed, owner: &str) -> Result<(), Failure> {
    let step = claimed.taken.step;
    let only_ours = claims(&work.session.repo.load(slug, None)?.plan, step)
        .iter()
        .all(|(name, event)| name != owner || claimed.events.contains(event));
    if claimed.events.is_empty() || !only_ours {
        return Ok(());
    }
    let writer = work.session.writer(&Reason::default())?;
    work.session.repo.append(slug, &writer, |batch| -> Result<(), Failure> {
        Ok(step::release(batch, &step.to_string(), Some(owner)).map(drop)?)
    })?;
    Ok(())
}

/// Who else claimed a step, if somebody did.
fn rival(plan: &Plan, claimed: &Claimed) -> Option<String> {
    let others = claims(plan, claimed.taken.step).into_iter().find(|(_, event)| !claimed.events.contains(event));
    others.filter(|_| !claimed.events.is_empty()).map(|(name, _)| name)
}

/// The claims on a step, each with its event.
fn claims(plan: &Plan, step: ItemId) -> Vec<(String, EventId)> {
    let Some(Detail::Step(detail)) = plan.item(step).map(|item| &item.detail) else { return Vec::new() };
    let all = detail.owners.entries().flat_map(|(owner, adds)| adds.iter().map(|add| (owner.name.clone(), add.id)));
    all.collect()
}

/// Why there is nothing to take, and whether there may be later.
fn nothing(plan: &Plan, now: Timestamp) -> Failure {
    if plan.steps().is_empty() {
        return Failure::new(Status::NotFound, "no-step-left", "this plan has no steps")
            .hinted("`git plan step add TEXT…` adds some");
    }
    let progress = plan.step_progress();
    if progress.done == progress.total {
        return Failure::new(Status::NotFound, "no-step-left", "nothing is left to be done");
    }
    let taken = |held: &&git_plan_core::state::Outlined<'_>| held.item.owners().iter().any(|owner| owner.is_good(now));
    let held = plan.workable().iter().filter(taken).count();
    let message = format!("no step can be taken now: claimed: {held}; the other open ones wait or are blocked");
    let disputed = plan.steps().iter().filter(|step| matches!(step.item.progress(), Some((_, true)))).count();
    if disputed > 0 {
        return Failure::new(Status::Busy, "no-step-free", format!("{message}; in conflict: {disputed}"))
            .hinted("`git plan conflicts` shows what writers disagree about, `git plan resolve` ends it");
    }
    Failure::new(Status::Busy, "no-step-free", message)
        .hinted("`git plan status` shows who is on what; claims that run out free their steps")
}

/// A failure that also says what was lost to others.
fn told(failure: Failure, lost: &[(ItemId, String)]) -> Failure {
    let Some((_, who)) = lost.last() else { return failure };
    Failure { message: format!("{} was quicker; {}", clipped(who, 60), failure.message), ..failure }
}
