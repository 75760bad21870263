//! A plan that was put away and taken out again goes on as one that never was.

use std::collections::BTreeSet;

use git_plan_core::change::*;
use git_plan_core::event::{Context, Draft};
use git_plan_core::state::{Branch, Pages, Shelf};
use git_plan_core::{Actor, Change, Event, EventId, Kind, Layout, Parent, Plan, Role, Text, Timestamp, Title, view};
use proptest::prelude::*;

#[derive(Debug)]
struct Memory(Vec<u8>);

impl Pages for Memory {
    fn read(&self, at: u64, out: &mut [u8]) -> bool {
        let at = at as usize;
        self.0.get(at..at + out.len()).map(|found| out.copy_from_slice(found)).is_some()
    }
}

/// Makes one event of a random number, on top of some of the heads.
fn event(i: usize, choice: u64, events: &[Event], parents: &BTreeSet<EventId>) -> Event {
    let pick = |salt: u64| events[((choice >> salt) as usize) % events.len()].id;
    let text = |what: &str| Text::new(format!("{what} {i}")).expect("a text");
    let (after, under) = ((choice & 64 == 0).then(|| pick(7)), (choice & 128 == 0).then(|| Parent::Node(pick(9))));
    let change: Change = match choice % 11 {
        0..=3 => StepAdded { after, source: None, state: None, text: text("step"), under }.into(),
        4 => {
            let label = Title::new("Note").expect("a title");
            NoteAdded { after, corrects: None, label, on: None, source: None, text: text("note"), under: None }.into()
        }
        5 => StepCompleted { evidence: vec![], step: pick(11) }.into(),
        6 => ItemReworded { item: pick(11), text: text("reworded") }.into(),
        7 => ItemRemoved { items: vec![pick(11)] }.into(),
        8 => ItemMoved { after, item: pick(11), under }.into(),
        9 => StepReopened { step: pick(11) }.into(),
        _ => ItemRestored { item: pick(11) }.into(),
    };
    let key = (choice & 3072 == 0).then(|| Title::new(format!("key {}", choice % 3)).expect("a key"));
    let by = Actor { name: format!("Ada {}", choice % 3), email: "ada@example.org".into() };
    let draft = Draft { change, context: Context { key, ..Context::default() } };
    let at = Timestamp::from_millis(1_700_000_000_000 + (choice % 100_000) as i64);
    draft.seal(&by, at, parents).expect("an event").event
}

/// Events on top of one, in a graph with forks; the last one joins them all.
fn grow(events: &mut Vec<Event>, choices: &[u64]) {
    let mut heads: BTreeSet<EventId> = events.iter().map(|event| event.id).skip(events.len() - 1).collect();
    for (i, &choice) in choices.iter().enumerate() {
        let forks = choice & 31 == 31 && i + 1 < choices.len();
        let on: BTreeSet<EventId> = match heads.len() {
            _ if i + 1 == choices.len() => heads.clone(),
            1 => heads.clone(),
            many => heads.iter().copied().skip(choice as usize % many).take(1 + (choice & 1) as usize).collect(),
        };
        let made = event(events.len(), choice, events, &on);
        if !forks {
            heads.retain(|head| !on.contains(head));
        }
        heads.insert(made.id);
        events.push(made);
    }
}

fn begun() -> Vec<Event> {
    let (title, slug) = (Title::new("T").expect("a title"), "t".parse().expect("a slug"));
    let created = PlanCreated { layout: Layout::Execplan, nonce: title.clone(), slug, title };
    let by = Actor { name: "Ada".into(), email: String::new() };
    let at = Timestamp::from_millis(1_700_000_000_000);
    vec![Draft::new(created).seal(&by, at, &BTreeSet::new()).expect("a plan").event]
}

fn put_away_and_taken_out(plan: &mut Plan) -> Plan {
    plan.settle();
    let bytes = plan.stow(0, true).expect("pages can be stowed");
    let head = plan.head().expect("then there is a head");
    Plan::open(&head, Shelf::new(Memory(bytes))).expect("what was put away can be opened")
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]
    #[test]
    fn a_stowed_state_and_the_rest_of_the_events_make_the_state_of_all_events(
        first in proptest::collection::vec(any::<u64>(), 1..120),
        rest in proptest::collection::vec(any::<u64>(), 1..40),
    ) {
        let mut events = begun();
        grow(&mut events, &first);
        let mut kept = put_away_and_taken_out(&mut Plan::replay(&events));
        let seen = events.len();
        grow(&mut events, &rest);
        kept.extend(&events[seen..]);
        let mut replayed = Plan::replay(&events);
        prop_assert!(kept.is_whole(), "all pages could be read");
        for layout in [Layout::Execplan, Layout::Cookbook] {
            prop_assert_eq!(view::render(&kept, layout), view::render(&replayed, layout), "the views are the same");
        }
        let mut again = put_away_and_taken_out(&mut kept);
        prop_assert!(again.fetch_all(), "everything can be read at once");
        replayed.settle();
        prop_assert_eq!(&again, &replayed, "once settled, the states are equal");
        let steps = Branch::Items(Parent::Standing(Role::Steps));
        prop_assert_eq!(again.last_slot(steps), replayed.last_slot(steps), "the last slot is the same");
        for step in again.steps() {
            let found = again.by_number(Kind::Step, &step.number).map(|item| item.id());
            prop_assert_eq!(found, Some(step.item.id()), "a number leads to its step");
        }
        for item in again.items() {
            let id = item.id();
            prop_assert_eq!(again.item(id).map(|item| item.id()), Some(id), "an item is found by its id");
            prop_assert!(again.ids_with(&id.prefix(9)).contains(&id), "and by the beginning of its id");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]
    #[test]
    fn the_events_of_a_line_taken_one_by_one_make_the_state_that_they_make_together(
        choices in proptest::collection::vec(any::<u64>().prop_map(|choice| choice & !16), 1..160),
    ) {
        let mut events = begun();
        grow(&mut events, &choices);
        let (replayed, mut followed) = (Plan::replay(&events), Plan::replay(&[]));
        prop_assert!(events.iter().all(|event| followed.follow(event)), "each event of a line follows the one before");
        prop_assert!(followed == replayed, "one by one and together they make the same state");
        prop_assert!(!followed.follow(&events[0]) && followed == replayed, "what follows nothing changes nothing");
    }
}

#[test]
fn numbers_that_no_step_has_lead_nowhere() {
    let mut events = begun();
    grow(&mut events, &[3267]);
    let plan = Plan::replay(&events);
    assert_eq!(plan.items_of(Kind::Step).count(), 1, "there is one step");
    for number in ["", "0", "01", "+1", "2", "1.", "1.1", ".1", "99999999999999999999999"] {
        assert!(plan.by_number(Kind::Step, number).is_none(), "{number:?} is the number of no step");
    }
    assert!(plan.by_number(Kind::Step, "1").is_some(), "1 is the number of the first");
}
