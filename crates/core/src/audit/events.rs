//! A set of events that claims to be a whole plan.

use super::{Audit, Code, Finding, Place, batches};
use crate::order::{Floor, arrange};
use crate::prelude::*;
use crate::{Event, EventId, Plan, Timestamp};

/// How far clocks may be apart, in milliseconds, before that is told.
pub const CLOCKS: i64 = 5 * 60 * 1000;

/// Checks events, and gives the plan that they make. `place` says where the event of an index was found; `now` is the
/// time at which the check is made.
#[must_use]
pub fn events(events: &[Event], place: &dyn Fn(usize) -> Place, now: Timestamp) -> (Audit, Plan) {
    let mut audit = Audit::default();
    let arrangement = arrange(events, Floor::NONE);
    let ordered: Vec<(&Event, usize)> =
        arrangement.iter().map(|placed| (&events[placed.index], placed.index)).collect();
    let mut by_id: Vec<(EventId, usize)> = ordered.iter().map(|(event, at)| (event.id, *at)).collect();
    by_id.sort_unstable();
    let find = |id: &EventId| by_id.binary_search_by_key(id, |entry| entry.0).ok().map(|at| by_id[at].1);
    audit.checked("ids", ordered.len(), "event ids computed anew from the bytes");

    let plan = Plan::replay(events);
    for inert in &plan.inert {
        let code = Code::of_inert(&inert.code);
        let found = match code {
            Code::NoEffect => format!("{}: {}", inert.code, inert.reason),
            _ => inert.reason.clone(),
        };
        let at = find(&inert.stamp.id).map_or(Place::Plan, place);
        audit.findings.push(Finding::new(code, at, found, expected(code)).about(inert.stamp.id));
    }
    let sound = ordered.iter().filter(|(event, _)| event.change.is_ok()).count();
    audit.checked("form", sound, "events in canonical form, within limits, of known types");

    let mut links = 0;
    for (event, at) in &ordered {
        links += event.parents.len();
        for parent in event.parents.iter().filter(|parent| find(parent).is_none()) {
            let finding = Finding::new(
                Code::MissingParent,
                place(*at),
                format!("the event names the parent {parent}, which is not there"),
                "each parent is an event of the plan",
            );
            audit.findings.push(finding.about(event.id));
        }
    }
    if plan.id().is_none() {
        let found = "no event begins the plan";
        audit.findings.push(Finding::new(Code::NoBeginning, Place::Plan, found, "one plan.created without parents"));
    }
    audit.checked("chain", links, "links from events to their parents followed");

    for (event, at) in &ordered {
        // Of an event that says no time, none is believed.
        if event.change.is_ok() {
            let latest = event.parents.iter().filter_map(|parent| Some(events[find(parent)?].at)).max();
            audit.findings.extend(times(event, latest, now).map(|finding| Finding { place: place(*at), ..finding }));
        }
    }
    audit.checked("times", ordered.len(), "times compared with those of the parents and with now");
    batches::check(&ordered, place, &mut audit);
    (audit, plan)
}

fn times(event: &Event, latest: Option<Timestamp>, now: Timestamp) -> impl Iterator<Item = Finding> {
    let finding = |code, found, expected| Finding::new(code, Place::Plan, found, expected).about(event.id);
    let before = latest.filter(|latest| event.at.millis().saturating_add(CLOCKS) < latest.millis()).map(|latest| {
        finding(Code::BeforeParent, format!("it is of {}", event.at), format!("not before its parent's {latest}"))
    });
    let ahead = (event.at.millis() > now.millis().saturating_add(CLOCKS))
        .then(|| finding(Code::InTheFuture, format!("it is of {}", event.at), format!("not after now, {now}")));
    before.into_iter().chain(ahead)
}

const fn expected(code: Code) -> &'static str {
    match code {
        Code::TooLarge | Code::NotCanonical | Code::Malformed => "an event as git-plan writes it",
        Code::FutureVersion | Code::UnknownType | Code::Needs => "what this version knows",
        Code::SecondBeginning => "one event that begins the plan",
        Code::NoParents => "parents, for all but the first event",
        Code::Repeated => "a key once",
        _ => "a change that the events before it allow",
    }
}
