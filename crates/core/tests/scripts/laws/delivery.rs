//! Laws of what arrives: in which order, how often, and how much of it.

use git_plan_core::state::{Pages, Shelf};
use git_plan_core::{Event, EventId, Layout, Plan, view};

use super::{below, within};

/// *Convergence*: whatever the order of arrival, the state is the same.
pub fn convergence(events: &[Event], plan: &Plan) {
    let mut shuffled: Vec<Event> = events.iter().rev().cloned().collect();
    assert!(Plan::replay(&shuffled) == *plan, "the reversed list makes the same plan");
    let mut seed = 0x9e37_79b9_7f4a_7c15_u64;
    for at in (1..shuffled.len()).rev() {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        shuffled.swap(at, (seed >> 33) as usize % (at + 1));
    }
    assert!(Plan::replay(&shuffled) == *plan, "the shuffled list makes the same plan");
}

/// *Idempotence*: an event that comes twice counts once.
pub fn idempotence(events: &[Event], plan: &Plan) {
    let twice: Vec<Event> = events.iter().chain(events).cloned().collect();
    assert!(Plan::replay(&twice) == *plan, "the list said twice makes the same plan");
}

/// *Prefix consistency*: whether an event takes effect depends on its ancestors alone, and so does the state at it.
///
/// Two reasons are about the set by their nature: a repetition under a key, and a second beginning.
pub fn prefix_consistency(events: &[Event], plan: &Plan) {
    let saw = below(events);
    let code =
        |plan: &Plan, id: EventId| plan.inert.iter().find(|inert| inert.stamp.id == id).map(|inert| inert.code.clone());
    let of_the_set = |code: &Option<String>| matches!(code.as_deref(), Some("duplicate" | "second-beginning"));
    // A plan with repetitions has items by two names, and what names the second one depends on there being a first.
    if plan.inert.iter().any(|inert| matches!(inert.code.as_str(), "duplicate" | "second-beginning")) {
        return;
    }
    for (at, event) in events.iter().enumerate() {
        let alone: Vec<Event> = within(events, saw[at]).cloned().collect();
        let prefix = Plan::replay(&alone);
        let (here, there) = (code(plan, event.id), code(&prefix, event.id));
        if !of_the_set(&here) && !of_the_set(&there) {
            assert_eq!(here, there, "event {at}, {}, has the effect that its ancestors give it", event.type_name);
        }
        assert_eq!(prefix.last().map(|last| last.id), Some(event.id), "an event is the last of its own prefix");
    }
}

/// *Incremental = rebuild = no cache*: where an event precedes all that follow, folding in the rest gives the whole, be
/// the state at that event kept in memory or read back from a snapshot.
pub fn increments(events: &[Event], plan: &Plan) {
    let saw = below(events);
    for at in 0..events.len() {
        let settled = (0..events.len()).all(|other| saw[at] >> other & 1 == 1 || saw[other] >> at & 1 == 1);
        if !settled {
            continue;
        }
        let before: Vec<Event> = within(events, saw[at]).cloned().collect();
        let after: Vec<Event> = within(events, !saw[at]).cloned().collect();
        let base = Plan::replay(&before);
        let mut extended = base.clone();
        extended.extend(&after);
        assert!(extended == *plan, "the state at event {at} and the rest make the whole");
        let mut kept = put_away_and_taken_out(&base);
        kept.extend(&after);
        assert!(kept.fetch_all(), "all of a kept state can be read");
        assert_eq!(kept.to_json(), plan.to_json(), "a settled state at event {at} and the rest make the whole");
        for &layout in Layout::ALL {
            assert_eq!(view::render(&kept, layout), view::render(plan, layout), "and show it");
        }
    }
}

#[derive(Debug)]
struct Memory(Vec<u8>);

impl Pages for Memory {
    fn read(&self, at: u64, out: &mut [u8]) -> bool {
        let at = at as usize;
        self.0.get(at..at + out.len()).map(|found| out.copy_from_slice(found)).is_some()
    }
}

/// A state as a snapshot gives it back.
fn put_away_and_taken_out(plan: &Plan) -> Plan {
    let mut plan = plan.clone();
    plan.settle();
    let pages = plan.stow(0, true).expect("a state can be kept");
    let head = plan.head().expect("then it has a head");
    Plan::open(&head, Shelf::new(Memory(pages))).expect("a kept state can be read")
}
