//! One exchange with a remote, round by round: what is taken in, what is sent, what is told of each plan.

use std::collections::{BTreeMap, BTreeSet};

use git_plan_core::Slug;
use gix::hash::ObjectId;

use super::take::{Origin, Taken};
use super::transport::{Brought, Landing};
use super::{Exchange, Exchanged, Outcome, Stand, Watch};
use crate::error::{Error, Result};
use crate::repository::Repository;

/// An exchange that is under way.
pub(super) struct Run<'e> {
    pub(super) exchange: &'e Exchange<'e>,
    pub(super) outcome: Outcome,
}

type Tips = BTreeMap<Slug, ObjectId>;

impl Run<'_> {
    /// Takes in what the remote has, and says what there is to send. `held` are the plans whose copies could not be moved
    /// in the round before; afterwards, those that are to be looked at again.
    pub(super) fn take(
        &mut self,
        repository: &Repository,
        brought: &Brought,
        pending: Option<&BTreeSet<Slug>>,
        held: &mut BTreeSet<Slug>,
    ) -> Result<Tips> {
        let (exchange, mut tips) = (self.exchange, Tips::new());
        self.outcome.rounds += 1;
        self.outcome.strangers.clone_from(&brought.strangers);
        let here = repository.tips()?;
        let before = std::mem::take(held);
        let asked = |slug: &&Slug| pending.is_none_or(|pending| pending.contains(*slug));
        for slug in here.keys().chain(brought.plans.keys()).collect::<BTreeSet<_>>().into_iter().filter(asked) {
            let (ours, theirs) = (here.get(slug).copied(), brought.plans.get(slug).copied());
            if brought.held.contains(slug) && !before.contains(slug) {
                // Another process may have moved the copy at the same moment.
                held.insert(slug.clone());
            } else if let Some(theirs) = theirs {
                let taken = match ours == Some(theirs) && !brought.held.contains(slug) {
                    true => Ok(Taken { tip: ours, ..Taken::default() }),
                    false => self.take_one(repository, slug, theirs, brought),
                };
                match taken {
                    Ok(taken) => self.took(repository, slug, taken, theirs, &mut tips),
                    Err(e) => self.fail(slug, e),
                }
            } else if brought.gone.contains(slug) && !exchange.restore {
                self.outcome.plans.insert(slug.clone(), Exchanged::at(Stand::Deleted));
            } else if let Some(ours) = ours {
                if exchange.choice.means(slug, brought.gone.contains(slug)) {
                    self.offer(repository, slug, ours, None, &mut tips);
                } else {
                    self.outcome.plans.insert(slug.clone(), Exchanged::at(Stand::OnlyHere));
                }
            }
        }
        let known = here.keys().chain(brought.plans.keys()).cloned().collect();
        self.missing(exchange.choice, &known);
        Ok(tips)
    }

    fn take_one(&self, repository: &Repository, slug: &Slug, theirs: ObjectId, brought: &Brought) -> Result<Taken> {
        let Exchange { remote, restore, at, .. } = *self.exchange;
        let origin = Origin { remote, at };
        if brought.held.contains(slug) {
            match repository.rewritten(remote, slug, brought) {
                Err(Error::Rewritten { .. }) if restore => {
                    // What came in earlier and has not been taken in yet is in this copy alone.
                    if let Some(copy) = repository.find_ref(&remote.copy_of(slug))? {
                        repository.take_in(slug, copy, origin)?;
                    }
                }
                told => drop(told?),
            }
        }
        let taken = repository.take_in(slug, theirs, origin)?;
        if brought.held.contains(slug) {
            repository.note_remote_plans(remote, [(slug, theirs)].into_iter());
        }
        Ok(taken)
    }

    /// Tells what was taken in, and offers what the remote lacks.
    fn took(&mut self, repository: &Repository, slug: &Slug, taken: Taken, theirs: ObjectId, tips: &mut Tips) {
        let told = self.outcome.plans.entry(slug.clone()).or_insert_with(|| Exchanged::at(Stand::InStep));
        told.stand = Stand::InStep;
        told.theirs += taken.events;
        told.new |= taken.new;
        told.joined |= taken.joined;
        if let Some(plan) = &taken.plan {
            told.conflicts = Some(plan.conflicts().len());
            told.arisen.extend(taken.arisen);
        }
        if let Some((name, tip)) = taken.renamed {
            self.offer(repository, &name, tip, None, tips);
            if let Some(told) = self.outcome.plans.get_mut(&name) {
                told.was = Some(slug.clone());
            }
        }
        if let Some(tip) = taken.tip.filter(|&tip| tip != theirs) {
            self.put(slug, tip, Exchanged { ours: taken.ours, ..Exchanged::at(Stand::Ahead) }, tips);
        }
    }

    /// Puts a plan among those that are to be sent, if it can be read and the remote lacks something of it.
    pub(super) fn offer(
        &mut self,
        repository: &Repository,
        slug: &Slug,
        ours: ObjectId,
        theirs: Option<ObjectId>,
        tips: &mut Tips,
    ) {
        let lacking = || -> Result<Exchanged> {
            let plan = repository.sound_here(slug, ours)?;
            match theirs {
                Some(_) => repository.stand(Some(ours), theirs),
                None => {
                    Ok(Exchanged { ours: plan.count() as usize, published: true, ..Exchanged::at(Stand::OnlyHere) })
                }
            }
        };
        match lacking() {
            Ok(lacking) if theirs != Some(ours) => self.put(slug, ours, lacking, tips),
            Ok(lacking) => drop(self.outcome.plans.insert(slug.clone(), lacking)),
            Err(e) => self.fail(slug, e),
        }
    }

    fn put(&mut self, slug: &Slug, tip: ObjectId, lacking: Exchanged, tips: &mut Tips) {
        let told = self.outcome.plans.entry(slug.clone()).or_insert_with(|| Exchanged::at(Stand::InStep));
        told.ours = lacking.ours;
        told.stand = lacking.stand;
        told.published |= lacking.published;
        tips.insert(slug.clone(), tip);
    }

    /// Sends, and gives the plans that the remote did not take, with its words.
    pub(super) fn send(
        &mut self,
        repository: &Repository,
        tips: &Tips,
        watch: Watch<'_>,
    ) -> Result<BTreeMap<Slug, String>> {
        if tips.is_empty() {
            return Ok(BTreeMap::new());
        }
        let landings = repository.send(self.exchange.remote, tips, self.exchange.atomic, watch)?;
        let mut rejected = BTreeMap::new();
        for slug in tips.keys() {
            match landings.get(slug) {
                Some(Landing::Landed) => {
                    if let Some(told) = self.outcome.plans.get_mut(slug) {
                        told.stand = Stand::InStep;
                    }
                }
                Some(Landing::Rejected(reason)) => drop(rejected.insert(slug.clone(), reason.clone())),
                None => drop(rejected.insert(slug.clone(), "git said nothing of it".to_owned())),
            }
        }
        Ok(rejected)
    }

    /// Tells of the plans that were named and that neither side has.
    pub(super) fn missing(&mut self, choice: &super::Choice, known: &BTreeSet<Slug>) {
        for slug in choice.only().into_iter().flatten().filter(|slug| !known.contains(slug)) {
            self.fail(&slug, Error::NoSuchPlan { slug: slug.to_string() });
        }
    }

    /// Tells that it did not work with a plan.
    pub(super) fn fail(&mut self, slug: &Slug, error: Error) {
        self.outcome.failed.insert(slug.clone(), error);
    }
}
