//! Taking events back.

use super::*;
use crate::{Field, ResultGroup, Role};

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
