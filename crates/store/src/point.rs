//! Points in a plan's history: what `--at` may name.

use std::collections::BTreeSet;

use git_plan_core::order::{Floor, arrange};
use git_plan_core::{EventId, Slug, Timestamp};

use crate::entries::Entry;
use crate::error::{Error, Result};
use crate::load::History;
use crate::repository::Repository;

impl Repository {
    /// The part of a history up to a point.
    pub(crate) fn history_at(&self, history: History, slug: &Slug, point: &str) -> Result<History> {
        if let Some(time) = time(point) {
            return history.until(time, point);
        }
        if let Some(event) = history.event(point)? {
            return Ok(history.up_to(event));
        }
        let unknown = || Error::NoSuchPoint { slug: slug.to_string(), point: point.to_owned() };
        let commit = self.rev_parse(&format!("{point}^{{commit}}")).ok().flatten().ok_or_else(unknown)?;
        let entry = history.entries.iter().find(|entry| entry.commit == commit);
        match entry.map(|entry| entry.event.id) {
            Some(event) => Ok(history.up_to(event)),
            // A join of the plan is a point too; any other commit is none.
            None => {
                let below = self.history_from(commit)?;
                let of_plan = |entry: &Entry| history.find(entry.event.id).is_some();
                if below.entries.is_empty() || !below.entries.iter().all(of_plan) { Err(unknown()) } else { Ok(below) }
            }
        }
    }
}

/// A time as `--at` takes it: RFC 3339, or a date, which means its end.
fn time(point: &str) -> Option<Timestamp> {
    Timestamp::parse_rfc3339(point).or_else(|_| Timestamp::parse_rfc3339(&format!("{point}T23:59:59.999Z"))).ok()
}

impl History {
    /// The event that a whole id or a unique prefix of at least four digits names; `None` where none is named so.
    ///
    /// # Errors
    /// Where several are.
    pub fn event(&self, prefix: &str) -> Result<Option<EventId>> {
        if prefix.len() < 4 || !prefix.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Ok(None);
        }
        let prefix = prefix.to_ascii_lowercase();
        let named: Vec<EventId> =
            self.entries.iter().map(|entry| entry.event.id).filter(|id| id.to_string().starts_with(&prefix)).collect();
        match named.as_slice() {
            [] => Ok(None),
            [id] => Ok(Some(*id)),
            many => {
                let candidates = many.iter().map(|id| id.prefix(12)).collect::<Vec<_>>().join(", ");
                Err(Error::AmbiguousPoint { point: prefix, candidates })
            }
        }
    }

    /// The event and its ancestors.
    fn up_to(self, event: EventId) -> Self {
        let mut kept = BTreeSet::from([event]);
        // Backwards through the order, every event comes before its parents.
        for entry in self.entries.iter().rev() {
            if kept.contains(&entry.event.id) {
                kept.extend(&entry.event.parents);
            }
        }
        self.only(|entry| kept.contains(&entry.event.id))
    }

    /// The events whose effective time is not after `time`.
    fn until(self, time: Timestamp, point: &str) -> Result<Self> {
        let events: Vec<_> = self.entries.iter().map(|entry| entry.event.clone()).collect();
        let kept: BTreeSet<EventId> = arrange(&events, Floor::NONE)
            .iter()
            .filter(|placed| placed.time <= time.millis())
            .map(|placed| events[placed.index].id)
            .collect();
        if !kept.is_empty() {
            return Ok(self.only(|entry| kept.contains(&entry.event.id)));
        }
        match self.claimed_until(time) {
            Some(event) => Ok(self.up_to(event)),
            None => {
                let slug = self.plan.slug().map_or_else(String::new, ToString::to_string);
                Err(Error::NoSuchPoint { slug, point: point.to_owned() })
            }
        }
    }

    /// The last event of the versions that an import of a file's history found at a time before all that was recorded.
    ///
    /// The events of one version share a batch, and its commit; its time is the latest that they claim.
    fn claimed_until(&self, time: Timestamp) -> Option<EventId> {
        let of = |entry: &Entry| (entry.event.context.batch.clone(), entry.event.context.code.clone());
        let claimed = |version: &&[Entry]| {
            let claims = version.iter().map(|entry| entry.event.context.occurred);
            claims.max().flatten().is_some_and(|claimed| claimed <= time)
        };
        let versions = self.entries.chunk_by(|one, next| of(one) == of(next));
        versions.take_while(claimed).last()?.last().map(|entry| entry.event.id)
    }

    fn only(self, keep: impl Fn(&Entry) -> bool) -> Self {
        let mut entries = self.entries;
        entries.retain(|entry| keep(entry));
        let tip = entries.last().map_or(self.tip, |entry| entry.commit);
        Self::of(entries, tip, self.damage)
    }
}
