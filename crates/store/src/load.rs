//! Reading a plan: its state, or its history.

use git_plan_core::{Event, EventId, Inert, Plan, Slug};
use gix::hash::ObjectId;

use crate::entries::{self, Entry};
use crate::error::{Error, Result};
use crate::repository::Repository;
use crate::snapshot::{self, Snapshot};
use crate::walk::{self, Damage, Found, Stop};

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
    pub fn load(&self, slug: &Slug, at: Option<&str>) -> Result<Loaded> {
        match at {
            Some(point) => {
                let History { plan, tip, damage, .. } = self.history(slug, Some(point))?;
                Ok(Loaded { plan, tip, damage })
            }
            None => self.load_commit(slug, self.existing_tip(slug)?, self.whole_snapshot(slug)),
        }
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
            None => {
                let History { plan, damage, .. } = self.history_from(tip)?;
                Ok((Loaded { plan, tip, damage }, replayed))
            }
        }
    }

    /// The plan with its events, now or at a point in its history.
    ///
    /// `at` is an event's id or a unique prefix of one, a git revision of the plan (`plans/x~3`, `plans/x@{yesterday}`),
    /// or an RFC 3339 time or a date, which takes in what is not later in the plan's order; a time before all of it goes by
    /// the times that an import of a file's history found.
    ///
    /// # Errors
    /// Where there is no such plan or no such point. Damage is no error here.
    pub fn history(&self, slug: &Slug, at: Option<&str>) -> Result<History> {
        let tip = self.existing_tip(slug)?;
        let history = self.history_from(tip)?;
        match at {
            None => Ok(history),
            Some(point) => self.history_at(history, slug, point),
        }
    }

    pub(crate) fn history_from(&self, tip: ObjectId) -> Result<History> {
        let walked = walk::walk(self, tip, None)?;
        let (events, damage) = entries::read(&walked);
        let entry = |(event, found): (Event, &Found)| Entry {
            event,
            bytes: walked.payload(found).to_vec(),
            commit: found.commit,
        };
        Ok(History::of(events.into_iter().zip(&walked.found).map(entry).collect(), tip, damage))
    }
}

impl History {
    /// Puts the entries in order and folds them.
    pub(crate) fn of(entries: Vec<Entry>, tip: ObjectId, damage: Vec<Damage>) -> Self {
        let events: Vec<_> = entries.iter().map(|entry| entry.event.clone()).collect();
        let plan = Plan::replay(&events);
        let order = git_plan_core::order::arrange(&events, git_plan_core::order::Floor::NONE);
        let mut slots: Vec<Option<Entry>> = entries.into_iter().map(Some).collect();
        let entries = order.iter().filter_map(|placed| slots[placed.index].take()).collect();
        Self { entries, plan, tip, damage }
    }

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
