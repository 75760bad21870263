//! What the trail of an item tells.

use std::collections::BTreeSet;

use git_plan_core::trail::{self, Subject, Trail};
use git_plan_core::{Change, Event, EventId, Plan, order};

use super::valid;

/// *No lost trail*: whatever an event says of an item is in the item's trail, in the plan's order.
pub fn trails(events: &[Event], plan: &Plan) {
    let order = order::arrange(events, order::Floor::NONE);
    let ordered: Vec<&Event> = order.iter().map(|placed| &events[placed.index]).collect();
    let effective: BTreeSet<EventId> = valid(events, plan).into_iter().map(|(_, event)| event.id).collect();
    for item in plan.items() {
        let subject = Subject::Item(item.id());
        let trail = Trail::of(&ordered, plan, subject);
        let told: Vec<EventId> = trail.marks.iter().map(|mark| mark.event.id).collect();
        let in_order: Vec<EventId> = ordered.iter().map(|event| event.id).filter(|id| told.contains(id)).collect();
        assert_eq!(told, in_order, "a trail is in the plan's order and has no event twice");
        for event in ordered.iter().filter(|event| effective.contains(&event.id)) {
            let says_nothing = match &event.change {
                Ok(Change::StoryRetold(d)) => [&d.as_a, &d.i_want, &d.so_that].into_iter().all(Option::is_none),
                _ => false,
            };
            if trail::about(plan, event) == subject && !says_nothing {
                assert!(told.contains(&event.id), "the trail of {:?} has {}", item.text(), event.type_name);
            }
        }
    }
}
