//! What one command made: by one author, each event right after the one before.

use super::{Audit, Code, Finding, Place};
use crate::Event;
use crate::prelude::*;

/// Checks the batches of events that are given in the plan's order, each with its place.
pub(super) fn check(ordered: &[(&Event, usize)], place: &dyn Fn(usize) -> Place, audit: &mut Audit) {
    let mut batches: BTreeMap<&str, Vec<(&Event, usize)>> = BTreeMap::new();
    for (event, at) in ordered {
        if let Some(batch) = &event.context.batch {
            batches.entry(batch.as_str()).or_default().push((event, *at));
        }
    }
    for (batch, members) in &batches {
        for pair in members.windows(2) {
            let ((before, _), (event, at)) = (pair[0], pair[1]);
            if event.by != before.by {
                let found = format!("{} <{}> is in the batch {batch}", event.by.name, event.by.email);
                let expected = format!("{} <{}> as in the event before", before.by.name, before.by.email);
                audit.findings.push(Finding::new(Code::BatchOfSeveral, place(at), found, expected).about(event.id));
            }
            if event.parents != [before.id] {
                let found = format!("an event of the batch {batch} that does not follow the one before");
                let expected = format!("the parent {}", before.id);
                audit.findings.push(Finding::new(Code::BatchTorn, place(at), found, expected).about(event.id));
            }
        }
    }
    audit.checked("batches", batches.len(), "batches looked at: one author, one chain");
}
