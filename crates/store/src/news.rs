//! News: the events that a plan has since a tip that was seen.
//!
//! What may be relied on: an event is told once, when the tip that it came with is first seen, whatever was joined or
//! adopted in between; events that come together are told in the plan's order. Asking costs the reading of one ref while
//! nothing has happened, and the reading of what is new where it follows what was seen.

use std::collections::BTreeSet;

use git_plan_core::order::{Floor, arrange};
use git_plan_core::{Event, EventId, Slug};
use gix::hash::ObjectId;

use crate::entries::Entry;
use crate::error::Result;
use crate::repository::Repository;
use crate::walk::{self, Stop};

/// What is new.
#[derive(Debug)]
pub struct News {
    /// The tip that it was read at.
    pub tip: ObjectId,
    /// The events, oldest first.
    pub entries: Vec<Entry>,
}

impl Repository {
    /// The events of a plan that were not below a tip that was seen; none where the plan is still there.
    ///
    /// # Errors
    /// Where there is no such plan, or it cannot be read.
    pub fn news(&self, slug: &Slug, seen: ObjectId) -> Result<Option<News>> {
        let tip = self.existing_tip(slug)?;
        if tip == seen {
            return Ok(None);
        }
        // Nothing looks at the event of the commit at which the walk stops.
        let walked = walk::walk(self, tip, Some(Stop { commit: seen, event: EventId::of(b"") }))?;
        let known: BTreeSet<EventId> = if walked.on_snapshot {
            BTreeSet::new()
        } else {
            let below = walk::walk(self, seen, None)?;
            below.found.iter().map(|found| EventId::of(below.payload(found))).collect()
        };
        let mut told = BTreeSet::new();
        let mut entries = Vec::new();
        for found in &walked.found {
            let bytes = walked.payload(found);
            let event = Event::read(bytes, &[]);
            if !known.contains(&event.id) && told.insert(event.id) {
                entries.push(Entry { event, bytes: bytes.to_vec(), commit: found.commit });
            }
        }
        let events: Vec<Event> = entries.iter().map(|entry| entry.event.clone()).collect();
        let mut slots: Vec<Option<Entry>> = entries.into_iter().map(Some).collect();
        let order = arrange(&events, Floor::NONE);
        let entries = order.iter().filter_map(|placed| slots[placed.index].take()).collect();
        Ok(Some(News { tip, entries }))
    }
}
