//! Naming, adding, moving and finishing items.

use super::*;
use crate::state::Detail;

#[test]
fn a_step_is_named_by_its_number_or_by_the_beginning_of_its_id() -> TestResult {
    let desk = Desk::with_steps(&["One", "Two"])?;
    let second = find::item(&desk.plan, Kind::Step, "2")?;
    assert_eq!(second.text(), "Two", "a number counts steps as they are shown");
    for digits in [4, 7, 64] {
        let found = find::item(&desk.plan, Kind::Step, &second.id().prefix(digits))?;
        assert_eq!(found.id(), second.id(), "{digits} digits are enough");
    }
    let short = find::item(&desk.plan, Kind::Step, &second.id().prefix(3));
    assert_eq!(code(short), "not-found", "three digits are too few to mean an id");
    assert_eq!(code(find::item(&desk.plan, Kind::Step, "3")), "not-found");
    assert_eq!(code(find::item(&desk.plan, Kind::Criterion, &second.id().short())), "wrong-kind");
    Ok(())
}

#[test]
fn an_id_that_fits_several_items_is_refused_with_the_candidates() {
    let ids: Vec<EventId> = (0_u8..2)
        .map(|last| {
            let mut bytes = [7; 32];
            bytes[31] = last;
            EventId::from_bytes(bytes)
        })
        .collect();
    let set: find::Ids = ids.iter().copied().collect();
    assert_eq!(set.matching("0707").len(), 2, "both begin with these digits");
    assert_eq!(set.short(ids[0]).len(), 64, "and only the last digit tells them apart");
    assert_eq!(set.matching(&ids[1].to_string()), [ids[1]]);
}

#[test]
fn steps_are_added_last_unless_a_place_is_named() -> TestResult {
    let mut desk = Desk::with_steps(&["One", "Three"])?;
    desk.act(|batch| step::add(batch, "Two", &Spot { after: Some("1"), ..Default::default() }))?;
    desk.act(|batch| step::add(batch, "Zero", &Spot { first: true, ..Default::default() }))?;
    desk.act(|batch| step::add(batch, "Below", &Spot { under: Some("3"), ..Default::default() }))?;
    assert_eq!(desk.steps(), ["1 Zero", "2 One", "3 Two", "3.1 Below", "4 Three"]);
    let elsewhere = Spot { under: Some("1"), after: Some("2"), ..Default::default() };
    assert_eq!(code(desk.act(|batch| step::add(batch, "?", &elsewhere))), "unclear", "2 does not hang under 1");
    Ok(())
}

#[test]
fn a_step_moves_with_what_is_below_it_but_never_below_itself() -> TestResult {
    let mut desk = Desk::with_steps(&["One", "Two", "Three"])?;
    desk.act(|batch| item::relocate(batch, Kind::Step, "3", &Spot { under: Some("2"), ..Default::default() }))?;
    assert_eq!(desk.steps(), ["1 One", "2 Two", "2.1 Three"]);
    let below = Spot { under: Some("2.1"), ..Default::default() };
    assert_eq!(code(desk.act(|batch| item::relocate(batch, Kind::Step, "2", &below))), "cycle");
    desk.act(|batch| item::relocate(batch, Kind::Step, "2", &Spot { first: true, ..Default::default() }))?;
    assert_eq!(desk.steps(), ["1 Two", "1.1 Three", "2 One"]);
    let there = Spot { first: true, ..Default::default() };
    assert_eq!(code(desk.act(|batch| item::relocate(batch, Kind::Step, "1", &there))), "already");
    Ok(())
}

#[test]
fn nesting_ends_at_the_limit() -> TestResult {
    let mut desk = Desk::with_steps(&["Top"])?;
    let mut number = "1".to_owned();
    for _ in 1..crate::limits::TREE_DEPTH {
        let under = number.clone();
        desk.act(|batch| step::add(batch, "Deeper", &Spot { under: Some(&under), ..Default::default() }))?;
        number.push_str(".1");
    }
    let spot = Spot { under: Some(&number), ..Default::default() };
    assert_eq!(code(desk.act(|batch| step::add(batch, "Too deep", &spot))), "too-deep");
    Ok(())
}

#[test]
fn what_is_so_already_is_refused_and_nothing_is_recorded() -> TestResult {
    let mut desk = Desk::with_steps(&["One", "Two"])?;
    desk.act(|batch| step::complete(batch, &named(&["1"]), &[]))?;
    let events = desk.events.len();
    assert_eq!(code(desk.act(|batch| step::complete(batch, &named(&["2", "1"]), &[]))), "already");
    assert_eq!(desk.events.len(), events, "a command that is refused in part is refused as a whole");
    Ok(())
}

#[test]
fn a_removed_step_takes_its_children_along_and_brings_them_back() -> TestResult {
    let mut desk = Desk::with_steps(&["One", "Two"])?;
    desk.act(|batch| step::add(batch, "Below", &Spot { under: Some("1"), ..Default::default() }))?;
    let removed = desk.act(|batch| item::remove(batch, Kind::Step, "1"))?;
    assert_eq!((desk.steps(), removed.len()), (vec!["1 Two".to_owned()], 2));
    let id = removed[0].short();
    assert_eq!(code(desk.act(|batch| step::start(batch, core::slice::from_ref(&id)))), "removed");
    desk.act(|batch| item::restore(batch, Kind::Step, &id))?;
    assert_eq!(desk.steps(), ["1 One", "1.1 Below", "2 Two"]);
    assert_eq!(code(desk.act(|batch| item::restore(batch, Kind::Step, &id))), "not-removed");
    Ok(())
}

#[test]
fn what_is_closed_is_begun_again_only_after_it_was_reopened() -> TestResult {
    let mut desk = Desk::with_steps(&["One", "Two"])?;
    desk.act(|batch| step::complete(batch, &named(&["1"]), &[]))?;
    desk.act(|batch| step::abandon(batch, &named(&["2"])))?;
    assert_eq!(code(desk.act(|batch| step::start(batch, &named(&["1"])))), "wrong-state");
    assert_eq!(code(desk.act(|batch| step::start(batch, &named(&["2"])))), "wrong-state");
    assert_eq!(code(desk.act(|batch| step::complete(batch, &named(&["2"]), &[]))), "wrong-state");
    desk.act(|batch| step::reopen(batch, &named(&["1", "2"])))?;
    desk.act(|batch| step::start(batch, &named(&["1", "2"])))?;
    Ok(())
}

#[test]
fn steps_do_not_wait_for_each_other_in_a_circle() -> TestResult {
    let mut desk = Desk::with_steps(&["One", "Two", "Three"])?;
    desk.act(|batch| step::depend(batch, "2", &named(&["1"])))?;
    desk.act(|batch| step::depend(batch, "3", &named(&["2"])))?;
    assert_eq!(code(desk.act(|batch| step::depend(batch, "1", &named(&["3"])))), "cycle");
    assert_eq!(code(desk.act(|batch| step::depend(batch, "1", &named(&["1"])))), "cycle");
    assert_eq!(code(desk.act(|batch| step::depend(batch, "3", &named(&["2"])))), "already");
    assert_eq!(code(desk.act(|batch| step::undepend(batch, "3", &named(&["1"])))), "wrong-state");
    desk.act(|batch| step::undepend(batch, "3", &named(&["2"])))?;
    Ok(())
}

#[test]
fn a_claim_holds_until_it_is_given_back_or_lapses() -> TestResult {
    let mut desk = Desk::with_steps(&["One"])?;
    let soon = Timestamp::from_millis(1_764_000_000_000 + 5 * 60_000);
    desk.act(|batch| step::claim(batch, "1", "Ada", Some(soon)))?;
    assert_eq!(code(desk.act(|batch| step::claim(batch, "1", "Bob", None))), "already", "minute 4: Ada holds it");
    desk.act(|batch| step::claim(batch, "1", "Bob", None))?;
    assert_eq!(code(desk.act(|batch| step::release(batch, "1", Some("Eve")))), "wrong-state");
    desk.act(|batch| step::release(batch, "1", Some("Bob")))?;
    Ok(())
}

#[test]
fn a_decision_answers_its_question_and_gives_way_once() -> TestResult {
    let mut desk = Desk::new()?;
    desk.act(|batch| question::ask(batch, "Which database?", &[], None))?;
    let first = decision::NewDecision { title: "PostgreSQL", question: Some("1"), ..Default::default() };
    desk.act(|batch| decision::decide(batch, &first))?;
    let question = find::item(&desk.plan, Kind::Question, "1")?;
    assert!(question.is_ticked(), "deciding settles the question");
    let old = named(&["1"]);
    let second = decision::NewDecision { title: "SQLite", supersedes: &old, ..Default::default() };
    desk.act(|batch| decision::decide(batch, &second))?;
    assert_eq!(code(desk.act(|batch| decision::decide(batch, &second))), "wrong-state");
    assert_eq!(code(desk.act(|batch| decision::amend(batch, "1", "Or not"))), "wrong-state");
    desk.act(|batch| decision::amend(batch, "2", "In WAL mode"))?;
    Ok(())
}

#[test]
fn a_proposed_decision_answers_its_question_when_it_is_accepted() -> TestResult {
    let mut desk = Desk::new()?;
    desk.act(|batch| question::ask(batch, "Which database?", &[], None))?;
    let new = decision::NewDecision { title: "SQLite", question: Some("1"), proposed: true, ..Default::default() };
    desk.act(|batch| decision::decide(batch, &new))?;
    assert!(!find::item(&desk.plan, Kind::Question, "1")?.is_ticked(), "a proposal answers nothing");
    desk.act(|batch| decision::accept(batch, "1"))?;
    assert!(find::item(&desk.plan, Kind::Question, "question 1")?.is_ticked());
    Ok(())
}

#[test]
fn a_blocker_stands_before_a_step_or_a_question() -> TestResult {
    let mut desk = Desk::with_steps(&["One"])?;
    desk.act(|batch| question::ask(batch, "How?", &[], None))?;
    for (on, kind) in [("1", Kind::Step), ("question 1", Kind::Question)] {
        let new = blocker::NewBlocker { text: "No answer", on: Some(on), ..Default::default() };
        let id = desk.act(|batch| blocker::raise(batch, &new))?;
        let Some(Detail::Blocker { on: Some(target), .. }) = desk.plan.item(id).map(|item| &item.detail) else {
            return Err("a blocker has a target".into());
        };
        assert_eq!(desk.plan.item(*target).map(Item::kind), Some(kind), "{on} means a {kind}");
    }
    Ok(())
}

#[test]
fn an_archived_plan_takes_no_changes_until_it_is_taken_up_again() -> TestResult {
    let mut desk = Desk::with_steps(&["One"])?;
    desk.act(field::archive)?;
    assert_eq!(code(desk.act(|batch| step::start(batch, &named(&["1"])))), "archived");
    assert_eq!(code(desk.act(field::archive)), "already");
    desk.act(field::reactivate)?;
    desk.act(|batch| step::start(batch, &named(&["1"])))?;
    Ok(())
}

#[test]
fn texts_that_say_nothing_are_refused() -> TestResult {
    let mut desk = Desk::new()?;
    assert_eq!(code(desk.act(|batch| step::add(batch, " \n", &Spot::default()))), "text");
    assert_eq!(code(desk.act(|batch| record::note(batch, "x", "two\nlines", None))), "text");
    assert_eq!(code(desk.act(|batch| field::set(batch, crate::Field::Layout, "fancy"))), "unknown-word");
    Ok(())
}

#[test]
fn each_template_begins_a_plan_in_its_layout() -> TestResult {
    for (template, layout, steps) in [
        (Template::Feature, Layout::Execplan, 5),
        (Template::Bug, Layout::Execplan, 5),
        (Template::Cookbook, Layout::Cookbook, 0),
    ] {
        let mut desk = Desk { plan: Plan::default(), events: Vec::new(), minute: 0 };
        let new = NewPlan { title: "A plan", nonce: "0", template, ..Default::default() };
        desk.act(|batch| begin(batch, &new))?;
        assert_eq!((desk.plan.layout(), desk.plan.steps().len()), (layout, steps), "{template:?}");
    }
    Ok(())
}
