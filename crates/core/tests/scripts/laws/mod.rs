//! The laws of plans, each a function that panics where a list of events breaks it.
//!
//! The lists hold each event after its parents, as [`super::events`] makes them. Who saw what is worked out here anew,
//! from the parents alone, so that a mistake of the library's own ancestry does not hide itself.

mod blamed;
mod delivery;
mod members;
mod outline;
mod removal;
mod seen;
mod told;
mod trails;
mod writes;

use std::collections::BTreeSet;

use git_plan_core::{Draft, Event, EventId, ItemId, Layout, Plan, canonical, view};

pub use blamed::blame;
pub use delivery::{convergence, idempotence, increments, prefix_consistency};
pub use members::{no_lost_entry, no_lost_member};
pub use outline::{numbers, standing};
pub use removal::removal;
pub use seen::{below, valid, within};
pub use told::{disputes_are_real, listed, nothing_is_lost_from_sight};
pub use trails::trails;
pub use writes::{kept, no_lost_edit, surviving};

/// All laws.
pub fn all(events: &[Event]) {
    let plan = Plan::replay(events);
    projection(&plan);
    convergence(events, &plan);
    idempotence(events, &plan);
    prefix_consistency(events, &plan);
    increments(events, &plan);
    no_lost_edit(events, &plan);
    no_lost_member(events, &plan);
    no_lost_entry(events, &plan);
    nothing_is_lost_from_sight(events, &plan);
    disputes_are_real(events, &plan);
    removal(events, &plan);
    standing(&plan);
    numbers(&plan);
    trails(events, &plan);
    blame(events, &plan);
}

/// An event that is read and takes effect is written as the same bytes, unless it says more than this version knows.
pub fn round_trip(event: &Event, bytes: &str) {
    let Ok(change) = &event.change else { return };
    if !event.unknown_members(bytes.as_bytes()).is_empty() {
        return;
    }
    let draft = Draft { change: change.clone(), context: (*event.context).clone() };
    let parents = event.parents.iter().copied().collect();
    let sealed = draft.seal(&event.by, event.at, &parents).expect("what was read can be written");
    assert_eq!(sealed.bytes, bytes, "an event is written as it was read");
}

/// Any bytes can be read; they are canonical exactly where writing what they parse to gives them back; and what is
/// wrong with an event keeps it from having any effect.
pub fn reading(bytes: &[u8]) {
    let event = Event::read(bytes, &[]);
    assert_eq!(event.id, EventId::of(bytes), "the id is that of the bytes");
    let written = serde_json::from_slice(bytes).ok().and_then(|value: serde_json::Value| {
        let mut written = String::new();
        canonical::write(&value, &mut written).ok().map(|()| (value.is_object(), written))
    });
    let fixed = written.is_some_and(|(object, written)| object && written.as_bytes() == bytes);
    match canonical::check(bytes) {
        Ok(_) => assert!(fixed, "what the check takes is written as it stands"),
        // Nesting is limited by the check alone.
        Err(e) => assert!(!fixed || e.expected.contains("nesting"), "the check takes what is written: {e}"),
    }
    if let (Ok(_), Ok(text)) = (&event.change, std::str::from_utf8(bytes)) {
        round_trip(&event, text);
    }
    let plan = Plan::replay(&[event]);
    projection(&plan);
}

/// Every view of a plan can be written, and its state has a canonical form.
pub fn projection(plan: &Plan) {
    for &layout in Layout::ALL {
        let view = view::render(plan, layout);
        assert!(layout == Layout::Own || view.ends_with('\n'), "a view of a house layout ends with a line end");
    }
    let mut bytes = String::new();
    canonical::write(&plan.to_json(), &mut bytes).expect("the state has a canonical form");
    let known: BTreeSet<ItemId> = plan.items().map(|item| item.id()).collect();
    assert!(plan.steps().iter().all(|step| known.contains(&step.item.id())), "the outline shows what is there");
    let _ = (plan.current_step(), plan.next_step(), plan.step_progress(), plan.criteria_progress());
    let inert: Vec<EventId> = plan.inert.iter().map(|event| event.stamp.id).collect();
    for stamp in plan.log.iter().map(|entry| entry.stamp) {
        assert!(!inert.contains(&stamp.id), "an event without effect has no entry in the log");
    }
}
