//! Taking in what a remote has of a plan.
//!
//! What may be relied on: the plan here only ever gains events. Its ref moves to the remote's tip where that has all that
//! is here, and to the join of both otherwise, after what is then below it has been read back and replayed and is sound;
//! until then nothing has happened. A plan that only shares its name with the remote's is kept under another one first.

use std::collections::BTreeSet;
use std::fs;
use std::time::Duration;

use git_plan_core::{Plan, Slug, Timestamp};
use gix::hash::ObjectId;

use super::relation::Relation;
use crate::error::{Error, Result};
use crate::refs::{Expected, PlanLock};
use crate::remote::Remote;
use crate::repository::Repository;
use crate::walk::Damage;

/// How long a plan's other writers are waited for.
const PATIENCE: Duration = Duration::from_secs(30);

/// What there is of a plan after a remote's copy was taken in.
#[derive(Debug, Default)]
pub(crate) struct Taken {
    /// The tip here.
    pub(crate) tip: Option<ObjectId>,
    /// How many events came in.
    pub(crate) events: usize,
    /// How many events the remote lacks.
    pub(crate) ours: usize,
    /// Whether the plan was not here before.
    pub(crate) new: bool,
    /// Whether two lines were joined.
    pub(crate) joined: bool,
    /// The name under which the plan is now that had this one.
    pub(crate) renamed: Option<(Slug, ObjectId)>,
    /// The plan, where it changed.
    pub(crate) plan: Option<Plan>,
    /// The conflicts that neither side had, by id.
    pub(crate) arisen: Vec<String>,
}

/// Where a copy comes from, and when it is taken in.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Origin<'r> {
    pub(crate) remote: &'r Remote,
    pub(crate) at: Timestamp,
}

impl Repository {
    /// Takes in the tip that a remote has of a plan.
    pub(crate) fn take_in(&self, slug: &Slug, theirs: ObjectId, from: Origin<'_>) -> Result<Taken> {
        let lock = self.lock_plan(slug, PATIENCE)?;
        let here = lock.tip()?;
        if let Some((commit, reason)) = self.unvouched(here, theirs)? {
            return Err(Error::Unsigned { slug: slug.to_string(), remote: from.remote.to_string(), commit, reason });
        }
        let Some(ours) = here else {
            let plan = self.sound(slug, theirs, from)?;
            self.move_to(&lock, Expected::Absent, theirs, from)?;
            let events = plan.count() as usize;
            return Ok(Taken { tip: Some(theirs), events, new: true, plan: Some(plan), ..Taken::default() });
        };
        let still = Taken { tip: Some(ours), ..Taken::default() };
        match self.relation(ours, theirs)? {
            Relation::Equal if ours == theirs => Ok(still),
            Relation::Ahead { ours: more, descends: true } => {
                self.sound_here(slug, ours)?;
                Ok(Taken { ours: more, ..still })
            }
            Relation::Unrelated => self.make_room(slug, &lock, [ours, theirs], from),
            Relation::Behind { theirs: events, descends: true } => {
                self.adopt(slug, &lock, [ours, theirs], events, from)
            }
            relation @ (Relation::Equal | Relation::Behind { .. }) => {
                // What cannot be read here may be an event that they have not.
                self.sound_here(slug, ours)?;
                // What is published stands: of two tips of the same events, the remote's.
                let events = if let Relation::Behind { theirs, .. } = relation { theirs } else { 0 };
                self.adopt(slug, &lock, [ours, theirs], events, from)
            }
            Relation::Ahead { ours: more, .. } => self.join_with(slug, &lock, [ours, theirs], [more, 0], from),
            Relation::Diverged { ours: more, theirs: events } => {
                self.join_with(slug, &lock, [ours, theirs], [more, events], from)
            }
        }
    }

    fn adopt(
        &self,
        slug: &Slug,
        lock: &PlanLock<'_>,
        [ours, theirs]: [ObjectId; 2],
        events: usize,
        from: Origin<'_>,
    ) -> Result<Taken> {
        let plan = self.sound(slug, theirs, from)?;
        self.move_to(lock, Expected::At(ours), theirs, from)?;
        self.tidy(&plan, events);
        Ok(Taken { tip: Some(theirs), events, plan: Some(plan), ..Taken::default() })
    }

    fn join_with(
        &self,
        slug: &Slug,
        lock: &PlanLock<'_>,
        tips: [ObjectId; 2],
        [ours, events]: [usize; 2],
        from: Origin<'_>,
    ) -> Result<Taken> {
        let before = self.sound_here(slug, tips[0])?;
        let join = self.write_join(&tips.into(), self.durability()?)?;
        let plan = self.sound(slug, join, from)?;
        let expected = before.count() as usize + events;
        if plan.count() as usize != expected {
            let reason = format!("it reads back as {} events, its sides have {expected}", plan.count());
            return Err(Error::ObjectDamaged { id: join, reason });
        }
        self.move_to(lock, Expected::At(tips[0]), join, from)?;
        self.tidy(&plan, events);
        let known = conflicts(&before);
        let arisen = conflicts(&plan).difference(&known).cloned().collect();
        Ok(Taken { tip: Some(join), events, ours, joined: true, plan: Some(plan), arisen, ..Taken::default() })
    }

    /// Gives the plan here another name, so that the remote's can have the one that both have.
    fn make_room(
        &self,
        slug: &Slug,
        lock: &PlanLock<'_>,
        [ours, theirs]: [ObjectId; 2],
        from: Origin<'_>,
    ) -> Result<Taken> {
        let plan = self.sound(slug, theirs, from)?;
        let own = self.sound_here(slug, ours)?;
        for other in self.remotes() {
            let copy = self.find_ref(&other.copy_of(slug))?.filter(|&copy| copy != theirs);
            if let Some(copy) = copy
                && self.relation(ours, copy)? != Relation::Unrelated
            {
                let (slug, remote) = (slug.to_string(), from.remote.to_string());
                return Err(Error::NameTaken { slug, remote, elsewhere: other.to_string() });
            }
        }
        let id = own.id().map(|id| id.to_string()).unwrap_or_default();
        let renamed = self.other_name(slug, &id, ours, from)?;
        self.move_to(lock, Expected::At(ours), theirs, from)?;
        let events = plan.count() as usize;
        let renamed = Some((renamed, ours));
        Ok(Taken { tip: Some(theirs), events, new: true, plan: Some(plan), renamed, ..Taken::default() })
    }

    /// Makes `<slug>-<id4>`, or with more digits of the id where that is another plan's, and says which it is.
    fn other_name(&self, slug: &Slug, id: &str, tip: ObjectId, from: Origin<'_>) -> Result<Slug> {
        for digits in 4..=id.len() {
            let suffix = format!("-{}", &id[..digits]);
            let kept = slug.as_str().len().min(Slug::LONGEST.saturating_sub(suffix.len()));
            let Ok(name) = format!("{}{suffix}", &slug.as_str()[..kept]).parse::<Slug>() else { break };
            let lock = self.lock_plan(&name, PATIENCE)?;
            match lock.tip()? {
                // A process that was killed in the middle of this had come so far.
                Some(known) if known == tip => return Ok(name),
                Some(_) => {}
                None => {
                    self.move_to(&lock, Expected::Absent, tip, from)?;
                    // What is known of its files goes along; a failure costs no more than that knowledge.
                    let views = self.common_dir().join("git-plan").join("views");
                    let _ = fs::rename(views.join(slug.as_str()), views.join(name.as_str()));
                    return Ok(name);
                }
            }
        }
        Err(Error::PlanExists { slug: slug.to_string() })
    }

    /// The plan at a tip that is here; everything below it must be sound.
    pub(super) fn sound_here(&self, slug: &Slug, tip: ObjectId) -> Result<Plan> {
        let loaded = self.load_commit(slug, tip, self.whole_snapshot(slug))?;
        match loaded.damage.into_iter().next() {
            None => Ok(loaded.plan),
            Some(Damage { commit, reason, .. }) => Err(Error::PlanDamaged { slug: slug.to_string(), commit, reason }),
        }
    }

    /// The plan at a tip that came from a remote; everything below it must be sound.
    fn sound(&self, slug: &Slug, tip: ObjectId, from: Origin<'_>) -> Result<Plan> {
        let loaded = self.load_commit(slug, tip, self.whole_snapshot(slug))?;
        match loaded.damage.into_iter().next() {
            None => Ok(loaded.plan),
            Some(damage) => Err(Error::RemoteDamaged {
                slug: slug.to_string(),
                remote: from.remote.to_string(),
                commit: damage.commit,
                reason: damage.reason,
            }),
        }
    }

    fn move_to(&self, lock: &PlanLock<'_>, expected: Expected, tip: ObjectId, from: Origin<'_>) -> Result<()> {
        // The name is for the reflog alone, and taking something in is nobody's act.
        let committer = match self.committer() {
            Ok(committer) => committer.line(from.at),
            Err(_) => format!("git-plan <git-plan@localhost> {} +0000", from.at.seconds().max(0)),
        };
        lock.publish(expected, tip, &committer, &format!("plan: sync with {}", from.remote))
    }
}

fn conflicts(plan: &Plan) -> BTreeSet<String> {
    plan.conflicts().iter().map(git_plan_core::state::Conflict::id).collect()
}
