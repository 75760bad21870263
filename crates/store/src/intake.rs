//! Intake: events that were exported elsewhere become commits here.
//!
//! What may be relied on: the events come in as they are, so with the same ids, by their own authors; a plan that is here
//! only ever gains events; the ref moves once, after what is then below it was read back and is sound. Each event stands
//! on the commits of its parents, several of which are joined first. The commits are not signed: a signature would be of
//! whoever takes the events in, who does not vouch for them.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use git_plan_core::event::Sealed;
use git_plan_core::order::{Floor, arrange};
use git_plan_core::{Event, EventId, Plan, Slug, Timestamp, subject};
use gix::hash::ObjectId;

use crate::error::{Error, Result};
use crate::identity::Identity;
use crate::load::History;
use crate::object::Durability;
use crate::record;
use crate::refs::Expected;
use crate::repository::Repository;

/// How long the plan's other writers are waited for.
const PATIENCE: Duration = Duration::from_secs(30);

/// What an intake did.
#[derive(Debug)]
pub struct Intake {
    /// The plan with the events.
    pub plan: Plan,
    /// How many of them were not there before.
    pub added: usize,
    /// Whether the plan was not there before.
    pub new: bool,
}

/// A plan's events on their way in.
struct Pile<'r> {
    repository: &'r Repository,
    slug: &'r Slug,
    committer: Identity,
    durability: Durability,
    /// The plan's tip and heads before.
    before: Option<(ObjectId, BTreeSet<EventId>)>,
    /// The commit of each event.
    commits: BTreeMap<EventId, ObjectId>,
    /// Whether something stands on the tip before.
    covered: bool,
    written: Vec<ObjectId>,
}

impl Repository {
    /// Takes events into a plan, which they begin where it is not there. Those that it has already change nothing.
    ///
    /// # Errors
    /// Where another plan has the name, the plan is damaged, an event follows one that is nowhere, or the repository does
    /// not take the events.
    pub fn take_events(&self, slug: &Slug, sealed: &[Sealed], at: Timestamp) -> Result<Intake> {
        let lock = self.lock_plan(slug, PATIENCE)?;
        let tip = lock.tip()?;
        let history = tip.map(|tip| self.undamaged(slug, tip)).transpose()?;
        let entries = history.as_ref().map_or(&[][..], |history| &history.entries);
        let commits: BTreeMap<EventId, ObjectId> = entries.iter().map(|entry| (entry.event.id, entry.commit)).collect();
        let fresh: Vec<&Sealed> = sealed.iter().filter(|sealed| !commits.contains_key(&sealed.event.id)).collect();
        let new = history.is_none();
        if let (Some(history), true) = (&history, fresh.is_empty()) {
            return Ok(Intake { plan: history.plan.clone(), added: 0, new });
        }
        if !new && fresh.iter().any(|sealed| sealed.event.parents.is_empty()) {
            return Err(Error::PlanExists { slug: slug.to_string() });
        }
        let all = entries.iter().map(|entry| &entry.event).chain(fresh.iter().map(|sealed| &sealed.event));
        let plan = Plan::replay(&all.cloned().collect::<Vec<Event>>());
        let before = tip.zip(history.map(|history| history.plan.heads().clone()));
        let (committer, durability) = (self.committer()?, self.durability()?);
        let (covered, written) = (false, Vec::new());
        let mut pile = Pile { repository: self, slug, committer, durability, before, commits, covered, written };
        let top = pile.write(&fresh, &plan)?;
        self.agrees(top, &plan)?;
        let message = format!("plan: import of {} events", fresh.len());
        lock.publish(Expected::from(tip), top, &pile.committer.line(at), &message)?;
        drop(lock);
        self.tidy(&plan, fresh.len());
        Ok(Intake { plan, added: fresh.len(), new })
    }

    fn undamaged(&self, slug: &Slug, tip: ObjectId) -> Result<History> {
        let history = self.history_from(tip)?;
        match history.damage.first() {
            None => Ok(history),
            Some(damage) => {
                let (slug, commit) = (slug.to_string(), damage.commit);
                Err(Error::PlanDamaged { slug, commit, reason: damage.reason.clone() })
            }
        }
    }

    /// Checks that what is below a commit reads back as this plan.
    fn agrees(&self, top: ObjectId, plan: &Plan) -> Result<()> {
        let back = self.history_from(top)?;
        let reason = match back.damage.first() {
            Some(damage) => damage.reason.clone(),
            None if back.plan != *plan => "it does not read back as what the events say".to_owned(),
            None => return Ok(()),
        };
        Err(Error::ObjectDamaged { id: top, reason })
    }
}

impl Pile<'_> {
    /// Writes a commit for each event and says which has all of the plan below it.
    fn write(&mut self, fresh: &[&Sealed], plan: &Plan) -> Result<ObjectId> {
        let tree = self.repository.write_empty_tree(self.durability)?;
        let events: Vec<Event> = fresh.iter().map(|sealed| sealed.event.clone()).collect();
        let mut heads: BTreeSet<EventId> = BTreeSet::new();
        for placed in arrange(&events, Floor::NONE).iter() {
            let sealed = fresh[placed.index];
            let event = &sealed.event;
            let parents: Vec<ObjectId> = self.on(event)?.into_iter().collect();
            let subject = event.change.as_ref().map_or_else(ToString::to_string, |change| subject(change, plan));
            let author = Identity::of(&event.by);
            let raw = record::commit(sealed, &subject, tree, &parents, [&author, &self.committer]);
            let commit = self.repository.write_commit(&raw, Durability::Unsynced)?;
            self.written.push(commit);
            self.commits.insert(event.id, commit);
            for parent in &event.parents {
                heads.remove(parent);
            }
            heads.insert(event.id);
        }
        let mut tops: BTreeSet<ObjectId> = heads.iter().filter_map(|id| self.commits.get(id)).copied().collect();
        tops.extend(self.before.iter().filter(|_| !self.covered).map(|(tip, _)| *tip));
        let top = self.joined(&tops)?;
        if self.durability == Durability::Synced {
            self.repository.sync_objects(&self.written)?;
        }
        top.ok_or_else(|| Error::NoSuchPlan { slug: self.slug.to_string() })
    }

    /// The commit that an event goes on top of.
    fn on(&mut self, event: &Event) -> Result<Option<ObjectId>> {
        if let Some((tip, heads)) = &self.before
            && event.parents.iter().eq(heads)
        {
            self.covered = true;
            return Ok(Some(*tip));
        }
        let mut commits = BTreeSet::new();
        for parent in &event.parents {
            let unknown = || Error::no_such_event(self.slug, parent.to_string());
            commits.insert(*self.commits.get(parent).ok_or_else(unknown)?);
        }
        self.joined(&commits)
    }

    /// What stands for several commits: the only one, or their join.
    fn joined(&mut self, commits: &BTreeSet<ObjectId>) -> Result<Option<ObjectId>> {
        if commits.len() < 2 {
            return Ok(commits.first().copied());
        }
        let join = self.repository.write_join(commits, Durability::Unsynced)?;
        self.written.push(join);
        Ok(Some(join))
    }
}
