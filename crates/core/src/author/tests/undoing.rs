//! Taking events back.

use super::*;
use crate::{Change, Field, ResultGroup, Role};

type Command = fn(&mut Batch) -> Result<(), Refusal>;

/// Every command that can be undone, each on a plan with two steps, one of which is done, and one of everything else.
fn commands() -> Vec<(&'static str, Command)> {
    vec![
        ("set a field", |b| field::set(b, Field::Summary, "Other").map(drop)),
        ("set the title", |b| field::set(b, Field::Title, "Other").map(drop)),
        ("add a tag", |b| field::tag(b, "ui", field::Membership::In).map(drop)),
        ("remove a tag", |b| field::tag(b, "old", field::Membership::Out).map(drop)),
        ("add an author", |b| field::author(b, "Bob", field::Membership::In).map(drop)),
        ("cite", |b| field::cite(b, &field::NewSource { id: "R2", ..Default::default() }).map(drop)),
        ("cite no longer", |b| field::uncite(b, "R1").map(drop)),
        ("write prose", |b| section::write(b, Role::Context.as_str(), "Other").map(drop)),
        ("add a section", |b| section::add(b, "Rollout", None, Some("Slowly")).map(drop)),
        ("retitle a section", |b| section::retitle(b, "criteria", "Done when").map(drop)),
        ("add a step", |b| step::add(b, "New", &Spot::default()).map(drop)),
        ("start", |b| step::start(b, &named(&["2"])).map(drop)),
        ("complete", |b| step::complete(b, &named(&["2"]), &[]).map(drop)),
        ("reopen", |b| step::reopen(b, &named(&["1"])).map(drop)),
        ("drop several", |b| step::abandon(b, &named(&["1", "2"])).map(drop)),
        ("claim", |b| step::claim(b, "2", "Ada", None).map(drop)),
        ("depend", |b| step::depend(b, "2", &named(&["1"])).map(drop)),
        ("reword", |b| item::reword(b, Kind::Step, "2", "Other").map(drop)),
        ("describe", |b| item::write(b, Kind::Step, "2", "More").map(drop)),
        ("move", |b| item::relocate(b, Kind::Step, "2", &Spot { first: true, ..Default::default() }).map(drop)),
        ("move below", |b| {
            item::relocate(b, Kind::Step, "1", &Spot { under: Some("2"), ..Default::default() }).map(drop)
        }),
        ("remove", |b| item::remove(b, Kind::Step, "1").map(drop)),
        ("meet", |b| criterion::meet(b, &named(&["1"]), &[]).map(drop)),
        ("answer", |b| question::answer(b, "1", "Yes").map(drop)),
        ("resolve", |b| blocker::resolve(b, "1", None).map(drop)),
        ("withdraw", |b| decision::withdraw(b, "1").map(drop)),
        ("decide on a question", |b| {
            decision::decide(b, &decision::NewDecision { title: "So", question: Some("1"), ..Default::default() })
                .map(drop)
        }),
        ("note", |b| record::note(b, "x", "Test", None).map(drop)),
        ("tell a story", |b| {
            let criteria = named(&["It works"]);
            let new = record::NewStory { as_a: "user", i_want: "it", so_that: None, criteria: &criteria };
            record::story(b, &new).map(drop)
        }),
        ("archive", |b| field::archive(b).map(drop)),
    ]
}

fn furnished() -> TestResult<Desk> {
    let mut desk = Desk::with_steps(&["One", "Two"])?;
    desk.act(|b| step::complete(b, &named(&["1"]), &[]).map(drop))?;
    desk.act(|b| field::tag(b, "old", field::Membership::In).map(drop))?;
    desk.act(|b| field::cite(b, &field::NewSource { id: "R1", ..Default::default() }).map(drop))?;
    desk.act(|b| section::write(b, "context", "Before").map(drop))?;
    desk.act(|b| criterion::add(b, "It works", &Spot::default()).map(drop))?;
    desk.act(|b| question::ask(b, "Really?", &[], None).map(drop))?;
    desk.act(|b| blocker::raise(b, &blocker::NewBlocker { text: "Rain", ..Default::default() }).map(drop))?;
    desk.act(|b| decision::decide(b, &decision::NewDecision { title: "Go", ..Default::default() }).map(drop))?;
    desk.act(|b| record::result(b, "Built", ResultGroup::Delivered).map(drop))?;
    Ok(desk)
}

#[test]
fn undoing_a_command_brings_back_the_plan_before_it_and_undoing_that_the_plan_after() -> TestResult {
    for (name, command) in commands() {
        let mut desk = furnished()?;
        let (before, plan) = (desk.view(), desk.plan.clone());
        desk.act(command)?;
        let after = desk.view();
        let undone = desk.undo().map_err(|e| format!("{name}: {e}"))?;
        assert_eq!(desk.view(), before, "{name} is undone");
        assert_eq!(desk.plan.tags.by_age(), plan.tags.by_age(), "{name} leaves the tags as they were");
        assert_eq!(desk.plan.title(), plan.title(), "{name} leaves the title as it was");
        assert_eq!(desk.plan.is_archived(), plan.is_archived());
        for event in undone.into_iter().rev() {
            desk.undo_one(event).map_err(|e| format!("{name}, undoing the undo: {e}"))?;
        }
        assert_eq!(desk.view(), after, "{name} is done again");
        desk.undo().map_err(|e| format!("{name}, for the second time: {e}"))?;
        assert_eq!(desk.view(), before, "{name} is undone again");
    }
    Ok(())
}

#[test]
fn one_undo_after_the_other_goes_back_to_the_beginning() -> TestResult {
    let mut desk = furnished()?;
    for _ in 0..11 {
        desk.undo()?;
    }
    assert!(desk.steps().is_empty(), "everything is taken back, last first");
    assert_eq!(code(desk.undo()), "cannot-undo", "but for the beginning");
    Ok(())
}

#[test]
fn what_was_written_since_is_not_lost_to_an_undo() -> TestResult {
    let mut desk = furnished()?;
    let reworded = desk.act(|b| item::reword(b, Kind::Step, "2", "First"))?;
    let again = desk.act(|b| item::reword(b, Kind::Step, "2", "Second"))?;
    assert_eq!(code(desk.undo_one(reworded)), "later-write");
    desk.undo_one(again)?;
    desk.undo_one(reworded)?;
    assert_eq!(desk.steps()[1], "2 Two", "once the later write is undone, so can be the earlier");
    let added = desk.act(|b| step::add(b, "New", &Spot::default()))?;
    let started = desk.act(|b| step::start(b, &named(&["3"])))?[0];
    assert_eq!(code(desk.undo_one(added)), "later-write", "a step that somebody began does not go");
    assert_eq!(desk.undo_one(started)?.len(), 1);
    assert_eq!(code(desk.undo_one(started)), "undone", "nothing is undone twice");
    desk.undo_one(added)?;
    Ok(())
}

#[test]
fn what_was_said_of_a_decision_stays() -> TestResult {
    let mut desk = furnished()?;
    let amended = desk.act(|b| decision::amend(b, "1", "Slowly"))?;
    assert_eq!(code(desk.undo_one(amended)), "cannot-undo");
    let old = named(&["1"]);
    let new = decision::NewDecision { title: "Stop", supersedes: &old, ..Default::default() };
    let decided = desk.act(|b| decision::decide(b, &new))?;
    assert_eq!(code(desk.undo_one(decided)), "cannot-undo");
    Ok(())
}

#[test]
fn an_undo_says_what_it_undoes() -> TestResult {
    let mut desk = furnished()?;
    let started = desk.act(|b| step::start(b, &named(&["2"])))?[0];
    desk.undo()?;
    let last = desk.events.last().ok_or("there are events")?;
    assert_eq!((&*last.type_name, last.context.undoes), ("step.reopened", Some(started)));
    Ok(())
}

#[test]
fn a_later_change_is_lost_or_kept_where_that_is_said() -> TestResult {
    let mut desk = furnished()?;
    let reworded = desk.act(|b| item::reword(b, Kind::Step, "2", "First"))?;
    desk.act(|b| item::reword(b, Kind::Step, "2", "Second"))?;
    assert_eq!(code(desk.undo_with(&[reworded], Later::Keep)), "later-write", "nothing is left to undo");
    let undone = desk.undo_with(&[reworded], Later::Lose)?;
    assert_eq!(desk.steps()[1], "2 Two", "what was there before the event is there again");
    assert_eq!(desk.undo_one(undone[0])?.len(), 1);
    assert_eq!(desk.steps()[1], "2 Second", "and undoing that brings back what was lost");
    let added = desk.act(|b| step::add(b, "New", &Spot::default()))?;
    desk.act(|b| step::add(b, "Below", &Spot { under: Some("3"), ..Spot::default() }))?;
    desk.undo_with(&[added], Later::Lose)?;
    assert_eq!(desk.steps().len(), 2, "a step goes with what was put below it");
    desk.act(|b| step::reopen(b, &named(&["1"])))?;
    let dropped = desk.act(|b| step::abandon(b, &named(&["1", "2"])))?;
    desk.act(|b| step::reopen(b, &named(&["1"])))?;
    let kept = desk.undo_with(&dropped, Later::Keep)?;
    assert_eq!(kept.len(), 1, "the step that was reopened since stays as it is");
    Ok(())
}

#[test]
fn an_edit_of_a_view_is_undone_with_its_wording() -> TestResult {
    let mut desk = furnished()?;
    let id = desk.plan.steps()[1].item.id();
    let absorbed = crate::Absorbed { text: Some(crate::Text::new("Two, done")?), ..Default::default() };
    let done = desk.act(|b| {
        let change = crate::change::StepCompleted { evidence: vec![], step: id };
        Ok(b.record_with(change, |context| context.absorbed = Some(Box::new(absorbed.clone())))?)
    })?;
    assert_eq!(desk.steps()[1], "2 Two, done");
    desk.undo_one(done)?;
    assert_eq!(desk.steps()[1], "2 Two", "the wording goes back with the state");
    assert_eq!(desk.plan.item(id).and_then(crate::Item::state), Some(crate::State::Todo));
    Ok(())
}

#[test]
fn what_a_command_named_as_a_cause_does_not_keep_its_step() -> TestResult {
    let mut desk = furnished()?;
    let added = desk.act(|b| {
        b.group();
        let causes = cause::causes(b.plan(), &named(&["decision 1"]))?;
        let added = step::add(b, "New", &Spot::default())?;
        cause::link(b, 0, &causes).map(|()| added)
    })?;
    desk.undo_one(added)?;
    assert_eq!(desk.steps().len(), 2, "the link goes with the step");
    Ok(())
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig {
        cases: 40,
        failure_persistence: None,
        ..proptest::prelude::ProptestConfig::default()
    })]

    /// Whatever was done before and is done in between, an undo that is undone leaves the state as it was.
    #[test]
    fn undoing_an_undo_restores_the_state(
        chosen in proptest::collection::vec(proptest::prelude::any::<u8>(), 1..8), which in proptest::prelude::any::<u8>()
    ) {
        let commands = commands();
        let mut desk = furnished().expect("a plan");
        for command in &chosen {
            // What the plan does not allow is left out.
            let _ = desk.act(commands[usize::from(*command) % commands.len()].1);
        }
        let stands = |event: &&Event| event.context.undoes.is_none();
        let events: Vec<EventId> = desk.events.iter().filter(stands).map(|event| event.id).collect();
        let target = events[usize::from(which) % events.len()];
        let before = (desk.view(), desk.plan.tags.by_age().len(), desk.plan.is_archived());
        for later in [Later::Refuse, Later::Lose] {
            let Ok(undone) = desk.undo_with(&[target], later) else { continue };
            for event in undone.into_iter().rev() {
                desk.undo_one(event).expect("an undo can be undone");
            }
            let after = (desk.view(), desk.plan.tags.by_age().len(), desk.plan.is_archived());
            proptest::prop_assert_eq!(&after, &before, "the state is as it was");
            break;
        }
    }
}

#[test]
fn the_specification_says_of_every_type_how_it_is_undone() {
    let rules = include_str!("../../../../../spec/7-cli.md");
    let table = rules.split("**C64.**").nth(1).and_then(|rest| rest.split("\n## ").next()).unwrap_or_default();
    let rows = table.lines().filter(|line| line.starts_with("| `"));
    let named: BTreeSet<&str> = rows.flat_map(|row| row.split('|').nth(1).unwrap_or_default().split('`')).collect();
    let missing: Vec<&&str> = Change::TYPES.iter().filter(|name| !named.contains(**name)).collect();
    assert!(missing.is_empty(), "the table of C64 has every type of event; it lacks {missing:?}");
    let types = || named.iter().filter(|name| name.contains('.'));
    assert!(types().all(|name| Change::TYPES.contains(name)), "and no other");
}

#[test]
fn a_command_that_waits_for_two_steps_is_undone_as_one() -> TestResult {
    let mut desk = Desk::with_steps(&["One", "Two", "Three"])?;
    desk.act(|batch| step::depend(batch, "3", &named(&["1", "2"])))?;
    assert_eq!(desk.undo()?.len(), 2, "both waits were one command, so both end");
    Ok(())
}
