//! Sync: what is here and what a remote has become the same, and nothing of either is lost.
//!
//! What may be relied on: a plan here only ever gains events, and so does a remote; where both wrote, the two lines are
//! joined by a commit that whoever joins them makes the same. A plan that cannot be synced keeps none of the others from
//! it. Whether something landed is read from the refs, never from what anybody said. Spec: spec/6-git.md, G11 and G25 to G31.
//!
//! How: fetch, join, push, and again while others are quicker, for a bounded time. `transport.rs` has git speak to the
//! remote, `relation.rs` compares two tips by their events, `take.rs` brings a remote's copy into the plan here.

mod relation;
mod run;
mod take;
mod transport;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use git_plan_core::{Slug, Timestamp};
use gix::hash::ObjectId;

use crate::backoff;
use crate::error::{Error, Result};
use crate::remote::Remote;
use crate::repository::Repository;
use relation::Relation;
use run::Run;
use transport::Brought;

/// How often a remote may turn down a tip that follows its own, before that is taken for its will.
const REFUSALS: u32 = 3;

/// Who looks on while git speaks to a remote.
#[derive(Clone, Copy, Default)]
pub struct Watch<'w> {
    /// Who is told how it gets on: git's own words, in pieces that end with a line feed or a carriage return.
    pub told: Option<&'w dyn Fn(&str)>,
    /// What becomes true when whoever waits has lost interest: git and all that it started are then ended.
    pub stop: Option<&'w AtomicBool>,
}

impl Watch<'_> {
    /// Whether whoever waits has lost interest.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.stop.is_some_and(|stop| stop.load(Ordering::Relaxed))
    }
}

/// Which plans are meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Choice {
    /// Those that the remote has, and these.
    Shared(BTreeSet<Slug>),
    /// These.
    Only(BTreeSet<Slug>),
    /// All.
    All,
}

/// What is wanted of an exchange with a remote.
#[derive(Debug, Clone)]
pub struct Exchange<'s> {
    /// With whom.
    pub remote: &'s Remote,
    /// Which plans.
    pub choice: &'s Choice,
    /// Whether all plans land at once or none does.
    pub atomic: bool,
    /// Whether what the remote has deleted, or lost in a rewritten history, is given back to it.
    pub restore: bool,
    /// How long others may be quicker.
    pub patience: Duration,
    /// When it happens.
    pub at: Timestamp,
}

/// How a plan stands between here and a remote.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stand {
    /// Both have the same.
    InStep,
    /// It is only here.
    OnlyHere,
    /// It is only there.
    OnlyThere,
    /// The remote had it and has it no longer; it is still here.
    Deleted,
    /// There is more of it here.
    Ahead,
    /// There is more of it there.
    Behind,
    /// Each side has something that the other has not.
    Diverged,
    /// The two have nothing but the name in common.
    Unrelated,
}

/// What an exchange did with a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exchanged {
    /// How it stands afterwards.
    pub stand: Stand,
    /// How many events came in; where they did not, how many there are to come.
    pub theirs: usize,
    /// How many events were sent; where they were not, how many there are to send.
    pub ours: usize,
    /// Whether it was not here before.
    pub new: bool,
    /// Whether the remote did not have it before.
    pub published: bool,
    /// Whether two lines were joined.
    pub joined: bool,
    /// The name that it had here, where the remote's plan took that.
    pub was: Option<Slug>,
    /// How many conflicts it has, where that was looked at because it changed here.
    pub conflicts: Option<usize>,
    /// Those of them that neither side had, by id.
    pub arisen: Vec<String>,
}

impl Exchanged {
    fn at(stand: Stand) -> Self {
        let arisen = Vec::new();
        let (new, published, joined, was) = (false, false, false, None);
        Self { stand, theirs: 0, ours: 0, new, published, joined, was, conflicts: None, arisen }
    }
}

/// What an exchange did.
#[derive(Debug, Default)]
pub struct Outcome {
    /// Each plan that was meant.
    pub plans: BTreeMap<Slug, Exchanged>,
    /// Those with which it did not work, and why.
    pub failed: BTreeMap<Slug, Error>,
    /// Refs of the remote that no plan can have.
    pub strangers: Vec<String>,
    /// How often the remote was asked.
    pub rounds: u32,
}

impl Repository {
    /// Asks a remote for its plans. The plans here stay as they are; what there is to take in is told.
    ///
    /// # Errors
    /// Where the remote cannot be reached.
    pub fn fetch_plans(&self, exchange: &Exchange<'_>, watch: Watch<'_>) -> Result<Outcome> {
        let only = exchange.choice.only();
        let brought = self.bring(exchange.remote, only.as_ref(), watch)?;
        let mut outcome = Outcome { strangers: brought.strangers.clone(), rounds: 1, ..Outcome::default() };
        for slug in brought.plans.keys().chain(&brought.gone).filter(|slug| exchange.choice.means(slug, true)) {
            let told = match brought.plans.get(slug) {
                _ if brought.held.contains(slug) => self.rewritten(exchange.remote, slug, &brought),
                Some(&theirs) => self.tip(slug).and_then(|ours| self.stand(ours, Some(theirs))),
                None => Ok(Exchanged::at(Stand::Deleted)),
            };
            match told {
                Ok(told) => drop(outcome.plans.insert(slug.clone(), told)),
                Err(e) => drop(outcome.failed.insert(slug.clone(), e)),
            }
        }
        for (slug, ours) in self.tips()? {
            let there = brought.plans.contains_key(&slug) || brought.gone.contains(&slug);
            if !there && exchange.choice.means(&slug, false) {
                outcome.plans.insert(slug, self.stand(Some(ours), None)?);
            }
        }
        Ok(outcome)
    }

    /// Sends plans to a remote, which takes them where they follow what it has.
    ///
    /// # Errors
    /// Where the remote cannot be reached.
    pub fn push_plans(&self, exchange: &Exchange<'_>, watch: Watch<'_>) -> Result<Outcome> {
        let known = self.remote_plans(exchange.remote)?;
        let mut run = Run { exchange, outcome: Outcome { rounds: 1, ..Outcome::default() } };
        let mut tips = BTreeMap::new();
        for (slug, ours) in self.tips()? {
            if exchange.choice.means(&slug, known.contains_key(&slug)) {
                run.offer(self, &slug, ours, known.get(&slug).copied(), &mut tips);
            }
        }
        run.missing(exchange.choice, &known.keys().cloned().collect());
        for (slug, reason) in run.send(self, &tips, watch)? {
            let remote = exchange.remote.to_string();
            run.fail(&slug, Error::Rejected { slug: slug.to_string(), remote, reason });
        }
        Ok(run.outcome)
    }

    /// Brings what is here and what a remote has together, and to both.
    ///
    /// # Errors
    /// Where the remote cannot be reached. What had been taken in by then stays.
    pub fn sync(&self, exchange: &Exchange<'_>, watch: Watch<'_>) -> Result<Outcome> {
        self.sync_writing(exchange, watch, &mut || ControlFlow::Continue(None))
    }

    /// The same, writing to a plan in each round between what is taken in and what is sent: `write` sees all that the
    /// remote has and says which plan it wrote to; what it wrote has landed when this returns, or is told of as failed.
    /// Where it breaks off, nothing more is sent.
    ///
    /// # Errors
    /// As for [`Repository::sync`].
    pub fn sync_writing(
        &self,
        exchange: &Exchange<'_>,
        watch: Watch<'_>,
        write: &mut dyn FnMut() -> ControlFlow<(), Option<Slug>>,
    ) -> Result<Outcome> {
        let began = Instant::now();
        let deadline = began + exchange.patience;
        let mut lost = 0;
        let mut run = Run { exchange, outcome: Outcome::default() };
        let mut held = BTreeSet::new();
        let mut refusals: BTreeMap<Slug, (Option<ObjectId>, u32)> = BTreeMap::new();
        let mut pending = exchange.choice.only();
        loop {
            let round = Instant::now();
            let brought = self.bring(exchange.remote, pending.as_ref(), watch)?;
            let mut tips = run.take(self, &brought, pending.as_ref(), &mut held)?;
            match write() {
                ControlFlow::Break(()) => return Ok(run.outcome),
                ControlFlow::Continue(None) => {}
                ControlFlow::Continue(Some(slug)) => {
                    // What the remote deleted is given back on request alone, and what could not be taken in is not sent.
                    let withheld =
                        run.outcome.failed.contains_key(&slug) || brought.gone.contains(&slug) && !exchange.restore;
                    if let Some(ours) = self.tip(&slug)?.filter(|_| !withheld) {
                        run.offer(self, &slug, ours, brought.plans.get(&slug).copied(), &mut tips);
                    }
                }
            }
            let rejected = run.send(self, &tips, watch)?;
            let mut again = std::mem::take(&mut held);
            for (slug, reason) in rejected {
                let theirs = brought.plans.get(&slug).copied();
                let (last, count) = refusals.entry(slug.clone()).or_insert((theirs, 0));
                *count = if *last == theirs { *count + 1 } else { 1 };
                *last = theirs;
                let (name, remote) = (slug.to_string(), exchange.remote.to_string());
                if *count >= REFUSALS {
                    run.fail(&slug, Error::Rejected { slug: name, remote, reason });
                } else if Instant::now() >= deadline {
                    run.fail(&slug, Error::Outrun { slug: name, remote, reason, waited: began.elapsed() });
                } else {
                    again.insert(slug);
                }
            }
            if again.is_empty() {
                return Ok(run.outcome);
            }
            if watch.is_over() {
                return Err(Error::Stopped { remote: exchange.remote.to_string() });
            }
            held.clone_from(&again);
            pending = Some(again);
            lost += 1;
            backoff::pause(Duration::ZERO, backoff::after_losing(lost, round.elapsed()), deadline);
        }
    }

    /// How a plan stands to what a remote had when it was last asked.
    ///
    /// # Errors
    /// Where one of the two cannot be read.
    pub fn stand_to(&self, remote: &Remote, slug: &Slug) -> Result<Exchanged> {
        self.stand(self.tip(slug)?, self.find_ref(&remote.copy_of(slug))?)
    }

    fn stand(&self, ours: Option<ObjectId>, theirs: Option<ObjectId>) -> Result<Exchanged> {
        let (stand, ours, theirs) = match (ours, theirs) {
            (Some(ours), Some(theirs)) => match self.relation(ours, theirs)? {
                Relation::Equal => (Stand::InStep, 0, 0),
                Relation::Behind { theirs, .. } => (Stand::Behind, 0, theirs),
                Relation::Ahead { ours, .. } => (Stand::Ahead, ours, 0),
                Relation::Diverged { ours, theirs } => (Stand::Diverged, ours, theirs),
                Relation::Unrelated => (Stand::Unrelated, 0, 0),
            },
            (None, Some(theirs)) => (Stand::OnlyThere, 0, self.count(theirs)?),
            (Some(ours), None) => (Stand::OnlyHere, self.count(ours)?, 0),
            (None, None) => (Stand::OnlyHere, 0, 0),
        };
        Ok(Exchanged { ours, theirs, ..Exchanged::at(stand) })
    }

    fn count(&self, tip: ObjectId) -> Result<usize> {
        Ok(self.load_counting(tip, None)?.0.plan.count() as usize)
    }

    /// What a remote has of a plan whose copy here could not be moved to it: it follows the copy after all, or the
    /// remote's history was rewritten.
    fn rewritten(&self, remote: &Remote, slug: &Slug, brought: &Brought) -> Result<Exchanged> {
        let copy = self.find_ref(&remote.copy_of(slug))?;
        let theirs = brought.plans.get(slug).copied();
        let stand = self.stand(copy, theirs)?;
        match stand.stand {
            Stand::InStep | Stand::Behind | Stand::OnlyThere => self.stand(self.tip(slug)?, theirs),
            _ => {
                let lost = if stand.stand == Stand::Unrelated {
                    copy.map_or(Ok(0), |copy| self.count(copy))?
                } else {
                    stand.ours
                };
                Err(Error::Rewritten { slug: slug.to_string(), remote: remote.to_string(), lost })
            }
        }
    }

    /// The plans and their tips; damaged refs are left out.
    fn tips(&self) -> Result<BTreeMap<Slug, ObjectId>> {
        let plan = |listed: crate::refs::Listed| {
            Some((listed.name.strip_prefix("refs/plans/")?.parse().ok()?, listed.tip.ok()?))
        };
        Ok(self.list_refs("refs/plans/")?.into_iter().filter_map(plan).collect())
    }
}

impl Choice {
    /// The plans, where they are named.
    fn only(&self) -> Option<BTreeSet<Slug>> {
        match self {
            Self::Only(slugs) => Some(slugs.clone()),
            Self::Shared(_) | Self::All => None,
        }
    }

    /// Whether a plan is meant, which the remote has or not.
    fn means(&self, slug: &Slug, shared: bool) -> bool {
        match self {
            Self::All => true,
            Self::Only(slugs) => slugs.contains(slug),
            Self::Shared(slugs) => shared || slugs.contains(slug),
        }
    }
}
