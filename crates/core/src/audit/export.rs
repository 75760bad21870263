//! The lines of an export, checked alone.

use super::{Audit, Code, Finding, Place, events};
use crate::order::{Floor, arrange};
use crate::prelude::*;
use crate::{Event, Plan, Timestamp};

/// An export that was read.
#[derive(Debug, Clone)]
pub struct Exported<'e> {
    /// Its events, line by line.
    pub events: Vec<Event>,
    /// Their bytes, line by line.
    pub lines: Vec<&'e [u8]>,
    /// The plan that they make.
    pub plan: Plan,
    /// What was found.
    pub audit: Audit,
}

/// Checks an export: one event a line, in the plan's order, each line ended by a line feed (spec/1-events.md, E21).
#[must_use]
pub fn export(bytes: &[u8], now: Timestamp) -> Exported<'_> {
    let mut lines: Vec<&[u8]> = bytes.split(|&byte| byte == b'\n').collect();
    let cut_off = lines.pop().is_some_and(|last| {
        if !last.is_empty() {
            lines.push(last);
        }
        !last.is_empty()
    });
    let read: Vec<Event> = lines.iter().map(|line| Event::read(line, &[])).collect();
    let (mut audit, plan) = events(&read, &|at| Place::Line(at + 1), now);
    if cut_off {
        let found = "the last line does not end with a line feed";
        audit.findings.push(Finding::new(Code::NoLineFeed, Place::Line(lines.len()), found, "a line feed"));
    }
    let arrangement = arrange(&read, Floor::NONE);
    let first: Vec<usize> = arrangement.iter().map(|placed| placed.index).collect();
    let known: BTreeSet<usize> = first.iter().copied().collect();
    for (at, event) in read.iter().enumerate().filter(|(at, _)| !known.contains(at)) {
        let found = "the event is on an earlier line, too";
        audit
            .findings
            .push(Finding::new(Code::LineTwice, Place::Line(at + 1), found, "each event once").about(event.id));
    }
    // Each line that stands before one that it belongs after.
    for pair in first.windows(2).filter(|pair| pair[0] > pair[1]) {
        let (event, at) = (&read[pair[1]], pair[1] + 1);
        let expected = format!("after the event of line {}", pair[0] + 1);
        let found = "the line is not in the plan's order";
        audit.findings.push(Finding::new(Code::OutOfOrder, Place::Line(at), found, expected).about(event.id));
    }
    audit.checked("order", lines.len(), "lines compared with the plan's order");
    Exported { events: read, lines, plan, audit }
}
