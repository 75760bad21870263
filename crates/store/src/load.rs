//! Reading a plan: its state, or its history.

use git_plan_core::{Event, EventId, Inert, Plan, Slug};
use gix::hash::ObjectId;

use crate::entries::{self, Entry};
use crate::error::{Error, Result};
use crate::point::{Part, Point};
use crate::repository::Repository;
use crate::snapshot::{self, Snapshot};
use crate::walk::{self, Damage, Stop};

/// A plan as it is at a commit.
#[derive(Debug)]
pub struct Loaded {
    /// The state.
    pub plan: Plan,
    /// The commit.
    pub tip: ObjectId,
    /// What could not be read. Where there is any, the state is what the rest says, and writes are refused.
    pub damage: Vec<Damage>,
}

/// A plan with the events that make it.
#[derive(Debug)]
pub struct History {
    /// The events in the plan's order.
    pub entries: Vec<Entry>,
    /// The state that they make.
    pub plan: Plan,
    /// The commit that was read from.
    pub tip: ObjectId,
    /// What could not be read.
    pub damage: Vec<Damage>,
}

impl Repository {
    /// The plan as it is now, or as it was at a point in its history.
    ///
    /// # Errors
    /// Where there is no such plan or no such point. Damage is no error here.
    pub fn load(&self, slug: &Slug, at: Option<Point<'_>>) -> Result<Loaded> {
        let tip = self.existing_tip(slug)?;
        let Some(point) = at else { return self.load_commit(slug, tip, self.whole_snapshot(slug)) };
        Ok(match self.part(self.tape(tip)?, slug, point)? {
            Part::Of(tape, marks) => tape.load(Some(&marks)),
            Part::Whole(tape) => tape.load(None),
        })
    }

    /// The plan as it is now, of which only what is looked at is read where there is a snapshot. Whoever looks asks
    /// [`Loaded::mend`] whether that could be read.
    ///
    /// # Errors
    /// Where there is no such plan. Damage is no error here.
    pub fn glance(&self, slug: &Slug) -> Result<Loaded> {
        self.load_commit(slug, self.existing_tip(slug)?, self.snapshot(slug))
    }

    pub(crate) fn existing_tip(&self, slug: &Slug) -> Result<ObjectId> {
        self.tip(slug)?.ok_or_else(|| Error::NoSuchPlan { slug: slug.to_string() })
    }

    /// Looks at a plan at a commit. Only what is looked at is read; `look` may run twice, and what it says the second
    /// time counts.
    pub(crate) fn look_at<R>(&self, slug: &Slug, tip: ObjectId, mut look: impl FnMut(&Plan) -> R) -> Result<R> {
        let loaded = self.load_commit(slug, tip, self.snapshot(slug))?;
        let seen = look(&loaded.plan);
        if loaded.plan.is_whole() {
            return Ok(seen);
        }
        Ok(look(&self.load_commit(slug, tip, None)?.plan))
    }

    /// The plan at a commit. A reader leaves a snapshot behind where it had much to replay.
    pub(crate) fn load_commit(&self, slug: &Slug, tip: ObjectId, snapshot: Option<Snapshot>) -> Result<Loaded> {
        let (mut loaded, replayed) = self.load_counting(tip, snapshot)?;
        if replayed >= 4 * snapshot::EVERY && loaded.damage.is_empty() {
            self.keep_snapshot(slug, tip, &mut loaded.plan);
        }
        Ok(loaded)
    }

    /// The plan at a commit, from a snapshot where that holds, and how many events had to be replayed.
    pub(crate) fn load_counting(&self, tip: ObjectId, snapshot: Option<Snapshot>) -> Result<(Loaded, usize)> {
        let stop = snapshot.as_ref().map(|s| Stop { commit: s.commit, event: s.event });
        let walked = walk::walk(self, tip, stop)?;
        let mut plan = match snapshot.filter(|_| walked.on_snapshot) {
            Some(snapshot) => snapshot.plan,
            None => Plan::replay(&[]),
        };
        let damage = match walked.line() {
            // Each event is let go as soon as it is folded in.
            Some(mut line) => line.all(|event| is_sound(&event) && plan.follow(&event)).then(Vec::new),
            None => {
                let (events, damage) = entries::read(&walked);
                plan.extend(&events);
                Some(damage).filter(|damage| damage.is_empty() || !walked.on_snapshot)
            }
        };
        let replayed = walked.found.len();
        match damage {
            Some(damage) => Ok((Loaded { plan, tip, damage }, replayed)),
            // What is damaged is read from the beginning, by the rules for any history.
            None => Ok((self.tape(tip)?.load(None), replayed)),
        }
    }

    /// The plan with its events, now or at a point in its history.
    ///
    /// # Errors
    /// Where there is no such plan or no such point. Damage is no error here.
    pub fn history(&self, slug: &Slug, at: Option<Point<'_>>) -> Result<History> {
        let tape = self.tape(self.existing_tip(slug)?)?;
        let Some(point) = at else { return Ok(tape.history(None)) };
        Ok(match self.part(tape, slug, point)? {
            Part::Of(tape, marks) => tape.history(Some(&marks)),
            Part::Whole(tape) => tape.history(None),
        })
    }

    pub(crate) fn history_from(&self, tip: ObjectId) -> Result<History> {
        Ok(self.tape(tip)?.history(None))
    }
}

impl Loaded {
    /// Makes the plan from its events where something that was looked at could not be read from the snapshot. The answer
    /// says whether this was so: then what was looked at has to be looked at again.
    ///
    /// # Errors
    /// Where the events cannot be read.
    pub fn mend(&mut self, repository: &Repository) -> Result<bool> {
        if self.plan.is_whole() {
            return Ok(false);
        }
        self.plan = repository.load_counting(self.tip, None)?.0.plan;
        Ok(true)
    }
}

impl History {
    /// The entry of an event.
    #[must_use]
    pub fn find(&self, id: EventId) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.event.id == id)
    }
}

/// Whether nothing is wrong with an event, for all that this version can tell.
fn is_sound(event: &Event) -> bool {
    event.change.as_ref().err().is_none_or(Inert::is_from_the_future)
}
