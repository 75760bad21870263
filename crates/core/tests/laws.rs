//! The laws of plans, held against events of all types, with forks, joins and lying clocks.
//!
//! The same scripts feed the fuzz targets, for hours where these run for seconds.

mod scripts;

use git_plan_core::change::FieldSet;
use git_plan_core::{Actor, Draft, Field, Plan, Text};
use proptest::prelude::*;
use scripts::laws;

fn script() -> impl Strategy<Value = Vec<u8>> {
    proptest::collection::vec(any::<u8>(), 0..400)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_plan_can_be_shown(script in script()) {
        laws::projection(&Plan::replay(&scripts::events(&script)));
    }

    #[test]
    fn convergence(script in script()) {
        let events = scripts::events(&script);
        laws::convergence(&events, &Plan::replay(&events));
    }

    #[test]
    fn idempotence(script in script()) {
        let events = scripts::events(&script);
        laws::idempotence(&events, &Plan::replay(&events));
    }

    #[test]
    fn prefix_consistency(script in script()) {
        let events = scripts::events(&script);
        laws::prefix_consistency(&events, &Plan::replay(&events));
    }

    #[test]
    fn incremental_is_rebuild_is_no_cache(script in script()) {
        let events = scripts::events(&script);
        laws::increments(&events, &Plan::replay(&events));
    }

    #[test]
    fn no_lost_edit(script in script()) {
        let events = scripts::events(&script);
        let plan = Plan::replay(&events);
        laws::no_lost_edit(&events, &plan);
        laws::no_lost_member(&events, &plan);
    }

    #[test]
    fn a_node_stands_where_it_or_something_below_it_is_to_be_seen(script in script()) {
        laws::standing(&Plan::replay(&scripts::events(&script)));
    }

    #[test]
    fn a_number_is_that_of_the_outline(script in script()) {
        laws::numbers(&Plan::replay(&scripts::events(&script)));
    }

    #[test]
    fn no_lost_trail(script in script()) {
        let events = scripts::events(&script);
        laws::trails(&events, &Plan::replay(&events));
    }

    #[test]
    fn each_line_stands_at_the_event_that_is_blamed(script in script()) {
        let events = scripts::events(&script);
        laws::blame(&events, &Plan::replay(&events));
    }

    #[test]
    fn a_hidden_item_has_a_removal_that_saw_every_touch(script in script()) {
        let events = scripts::events(&script);
        laws::removal(&events, &Plan::replay(&events));
    }
}

#[test]
fn two_who_write_right_after_a_kept_state_are_both_heard() -> Result<(), Box<dyn std::error::Error>> {
    let first = scripts::events(&[]);
    let mut kept = Plan::replay(&first);
    let mut events = first;
    for (name, title) in [("Ada", "A better plan"), ("Grace", "The best plan")] {
        let change = FieldSet { field: Field::Title, value: Text::new(title)? };
        let by = Actor { name: name.into(), email: String::new() };
        events.push(Draft::new(change).seal(&by, "2026-11-22T10:00:00.000Z".parse()?, kept.heads())?.event);
    }
    kept.extend(&events[1..]);
    let titles = kept.field_register(Field::Title).map_or(0, |title| title.writes().count());
    assert_eq!(titles, 2, "neither saw the other, so both titles are kept");
    assert!(kept == Plan::replay(&events), "a kept state and the rest make the whole");
    Ok(())
}

#[test]
fn what_a_write_replaced_is_known_also_where_two_wrote_long_before() -> Result<(), Box<dyn std::error::Error>> {
    let mut events = scripts::events(&[]);
    let at = "2026-11-22T10:00:00.000Z".parse()?;
    let begun = Plan::replay(&events);
    for (name, title) in [("Ada", "A better plan"), ("Grace", "The best plan")] {
        let change = FieldSet { field: Field::Title, value: Text::new(title)? };
        let by = Actor { name: name.into(), email: String::new() };
        events.push(Draft::new(change).seal(&by, at, begun.heads())?.event);
    }
    let by = Actor { name: "Ada".into(), email: String::new() };
    for (field, value) in [(Field::Summary, "Two titles"), (Field::Title, "The plan")] {
        let change = FieldSet { field, value: Text::new(value)? };
        events.push(Draft::new(change).seal(&by, at, Plan::replay(&events).heads())?.event);
    }
    let mut extended = Plan::replay(&events[..events.len() - 1]);
    extended.extend(&events[events.len() - 1..]);
    assert!(extended == Plan::replay(&events), "the state before the last write and that write make the whole");
    Ok(())
}
