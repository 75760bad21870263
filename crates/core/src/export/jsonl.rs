//! Lines of events: the plan itself, as a file.
//!
//! What may be relied on: [`write()`] gives one line for each event, exactly its bytes; [`read`] takes such a file back, or
//! names the first line that is no event. What a newer version wrote is taken in like any other.

use super::Export;
use crate::event::Sealed;
use crate::prelude::*;
use crate::{Change, Event, EventId, Inert};

/// The events, one a line.
#[must_use]
pub fn write(export: &Export<'_>) -> Vec<u8> {
    let mut out = Vec::with_capacity(export.rows.iter().map(|row| row.bytes.len() + 1).sum());
    for row in &export.rows {
        out.extend_from_slice(row.bytes);
        out.push(b'\n');
    }
    out
}

/// A line that cannot be taken in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {reason}")]
pub struct BadLine {
    /// Which line, from 1.
    pub line: usize,
    /// What is wrong with it.
    pub reason: String,
}

/// Events as a file has them, each once.
#[derive(Debug, Default)]
pub struct Lines {
    /// The events, in the file's order.
    pub events: Vec<Sealed>,
    /// The line of each.
    numbers: Vec<usize>,
}

/// Reads a file of events.
///
/// # Errors
/// Names the first line that is no event.
pub fn read(bytes: &[u8]) -> Result<Lines, BadLine> {
    let mut lines = Lines::default();
    let mut seen = BTreeSet::new();
    let whole = bytes.strip_suffix(b"\n").unwrap_or(bytes);
    if whole.is_empty() {
        return Ok(lines);
    }
    for (line, bytes) in (1..).zip(whole.split(|&byte| byte == b'\n')) {
        let bad = |reason: String| BadLine { line, reason };
        if bytes.last() == Some(&b'\r') {
            return Err(bad("it ends with CR LF: something changed the line ends of the file".to_owned()));
        }
        let event = Event::read(bytes, &[]);
        if let Err(reason) = &event.change
            && !Inert::is_from_the_future(reason)
        {
            return Err(bad(format!("not an event: {reason}")));
        }
        let text = core::str::from_utf8(bytes).map_err(|_| bad("not UTF-8".to_owned()))?;
        if seen.insert(event.id) {
            lines.events.push(Sealed { bytes: text.to_owned(), event });
            lines.numbers.push(line);
        }
    }
    Ok(lines)
}

impl Lines {
    /// The event that begins a plan, if it is among them.
    #[must_use]
    pub fn first(&self) -> Option<&Event> {
        self.events.iter().map(|sealed| &sealed.event).find(|event| event.parents.is_empty())
    }

    /// Checks that the events go with those that are there already: one beginning, and no parent that is nowhere.
    ///
    /// # Errors
    /// Names the first line that does not.
    pub fn check(&self, known: &BTreeSet<EventId>) -> Result<(), BadLine> {
        let own: BTreeSet<EventId> = self.events.iter().map(|sealed| sealed.event.id).collect();
        let first = self.first().map(|event| event.id);
        for (Sealed { event, .. }, &line) in self.events.iter().zip(&self.numbers) {
            let bad = |reason: String| Err(BadLine { line, reason });
            if let Some(parent) = event.parents.iter().find(|parent| !own.contains(*parent) && !known.contains(*parent))
            {
                return bad(format!("it follows event {}, which is not there", parent.short()));
            }
            let begins = matches!(event.change, Ok(Change::PlanCreated(_)));
            if event.parents.is_empty() && !begins {
                return bad(format!(
                    "an event of type {:?} without parents: only plan.created has none",
                    event.type_name
                ));
            }
            if event.parents.is_empty() && first != Some(event.id) {
                return bad("it begins another plan: a file has the events of one".to_owned());
            }
        }
        Ok(())
    }
}
