//! Views of plans that keep their own text, one case at a time.

mod words;

use git_plan_core::change::*;
use git_plan_core::{Batch, Event, EventId, Kind, Layout, Parent, Plan, Role, Text, Title, absorb, import, view};
use words::imported;

type TestResult<T = ()> = Result<T, Box<dyn std::error::Error>>;

fn own(text: &str) -> TestResult<Batch> {
    let (batch, _) = imported(&import::read(text), Some(Layout::Own)).map_err(|e| format!("{e:?}"))?;
    let by = git_plan_core::Actor { name: "Ada".into(), email: "ada@example.org".into() };
    let at = git_plan_core::Timestamp::from_millis(batch.plan().updated().millis() + 60_000);
    Ok(Batch::new(batch.plan().clone(), by, at, Default::default()))
}

fn shown(batch: &Batch) -> String {
    view::render(batch.plan(), Layout::Own)
}

fn the(plan: &Plan, kind: Kind) -> TestResult<EventId> {
    Ok(plan.items_of(kind).next().ok_or("there is one")?.id())
}

#[test]
fn a_decision_that_its_own_text_calls_proposed_or_withdrawn_comes_back_to_the_byte() -> TestResult {
    for text in
        ["# P\n\n## Decision Log\n\n- Use A (proposed)\n", "# P\n\n## Decision Log\n\n- ~~Use A~~ → Withdrawn\n"]
    {
        assert_eq!(shown(&own(text)?), text);
    }
    Ok(())
}

#[test]
fn a_criterion_with_the_box_of_a_step_keeps_that_box() -> TestResult {
    let mut batch = own("## Acceptance Criteria\n\n- [~] Doing it\n")?;
    let edited = "## Acceptance Criteria\n\n- [~] Doing it\n\n";
    let report = absorb::absorb(&mut batch, edited)?;
    assert_eq!(shown(&batch), edited);
    assert!(!report.anew, "{report:?}");
    Ok(())
}

#[test]
fn a_question_with_a_drawn_box_is_answered_in_that_box() -> TestResult {
    let mut batch = own("# P\n\n## Open Questions\n\n- ☐ Which?\n")?;
    let question = the(batch.plan(), Kind::Question)?;
    batch.record(QuestionAnswered { answer: Text::new("A")?, question })?;
    assert_eq!(shown(&batch), "# P\n\n## Open Questions\n\n- ☑ ~~Which?~~ → Resolved: A\n");
    Ok(())
}

#[test]
fn a_story_that_is_retold_is_still_a_story() -> TestResult {
    let mut batch = own("# P\n\n## User Stories\n\n- As a user, I want dark pages so that I sleep\n")?;
    let story = the(batch.plan(), Kind::Story)?;
    batch.record(StoryRetold { as_a: None, i_want: Some(Text::new("dim pages")?), so_that: None, story })?;
    assert_eq!(shown(&batch), "# P\n\n## User Stories\n\n- As a user, I want dim pages, so that I sleep\n");
    batch.record(StoryRetold { as_a: Some(Text::new("reader")?), i_want: None, so_that: None, story })?;
    assert_eq!(shown(&batch), "# P\n\n## User Stories\n\n- As a reader, I want dim pages, so that I sleep\n");
    Ok(())
}

#[test]
fn a_story_whose_end_is_taken_away_keeps_its_id() -> TestResult {
    let mut batch = own("# P\n\n## User Stories\n\n- As a user, I want dark pages so that I sleep\n")?;
    let edited = "# P\n\n## User Stories\n\n- As a user, I want dark pages\n";
    let report = absorb::absorb(&mut batch, edited)?;
    assert_eq!(shown(&batch), edited);
    assert!(!report.anew && the(batch.plan(), Kind::Story).is_ok(), "{report:?}");
    assert_eq!(batch.plan().items().filter(|item| item.kind() == Kind::Story).count(), 1, "it is the same story");
    Ok(())
}

#[test]
fn what_blocks_a_question_that_has_a_source_is_shown() -> TestResult {
    let mut batch = own("# P\n\n## Open Questions\n\n- Which?\n")?;
    let on = Some(the(batch.plan(), Kind::Question)?);
    let (text, under) =
        (Text::new("Nobody knows")?, batch.plan().item(on.ok_or("it is there")?).map(|q| q.place.branch));
    let under = under.and_then(|branch| match branch {
        git_plan_core::state::Branch::Items(parent) => Some(parent),
        git_plan_core::state::Branch::Sections(_) => None,
    });
    batch.record(BlockerRaised { after: on, need: None, on, options: vec![], source: None, text, under })?;
    assert_eq!(shown(&batch), "# P\n\n## Open Questions\n\n- Which?\n- [ ] Nobody knows → **BLOCKER**\n");
    Ok(())
}

#[test]
fn what_hangs_below_a_new_story_or_question_is_shown_once() -> TestResult {
    let mut batch = own("# P\n\n## User Stories\n\n## Open Questions\n")?;
    let section =
        |plan: &Plan, heading: &str| plan.sections().into_iter().find(|s| s.text() == heading).map(|s| s.id());
    let stories = section(batch.plan(), "User Stories").ok_or("a section")?;
    let under = Some(Parent::Node(stories));
    let (as_a, i_want) = (Text::new("user")?, Text::new("dark pages")?);
    let story = batch.record(StoryAdded { after: None, as_a, i_want, so_that: None, source: None, under })?;
    let below = Some(Parent::Node(story));
    let text = Text::new("Pages are dark")?;
    batch.record(CriterionAdded { after: None, source: None, state: None, text, under: below })?;
    batch.record(ProseAdded {
        after: None,
        source: None,
        text: Text::new("At night.")?,
        under: Parent::Node(story),
    })?;
    let text = shown(&batch);
    assert_eq!(text.matches("Pages are dark").count(), 1, "{text}");
    assert_eq!(text.matches("At night.").count(), 1, "{text}");
    Ok(())
}

#[test]
fn prose_of_the_opening_is_shown_and_may_be_edited() -> TestResult {
    let mut batch = own("# P\n\nWords.\n")?;
    let of = Parent::Standing(Role::Opening);
    batch.record(ProseSet { of, text: Text::new("First of all")? })?;
    assert_eq!(shown(&batch), "First of all\n\n# P\n\nWords.\n");
    let edited = "First of it all\n\n# P\n\nWords.\n";
    let report = absorb::absorb(&mut batch, edited)?;
    assert_eq!(shown(&batch), edited);
    assert!(!report.anew, "nothing was taken out for it");
    Ok(())
}

#[test]
fn a_section_that_follows_the_opening_is_shown_in_every_layout() -> TestResult {
    let mut batch = own("Words.\n\n# P\n")?;
    let (follows, heading) = (Some(Role::Opening), Title::new("Behind the opening")?);
    batch.record(SectionAdded { after: None, follows, heading, level: None, role: None, source: None })?;
    for layout in [Layout::Own, Layout::Execplan, Layout::Cookbook] {
        let text = view::render(batch.plan(), layout);
        assert_eq!(text.matches("## Behind the opening\n").count(), 1, "{layout}: {text}");
    }
    Ok(())
}

#[test]
fn an_empty_member_is_as_good_as_none() -> TestResult {
    let mut batch = own("# P\n\n## Progress\n\n- [ ] A\n")?;
    let step = the(batch.plan(), Kind::Step)?;
    batch.record_with(StepCompleted { evidence: vec![Text::new("It runs")?], step }, |context| {
        context.absorbed = Some(Box::default());
    })?;
    assert_eq!(shown(&batch), "# P\n\n## Progress\n\n- [x] A\n  - Evidence: It runs\n");
    Ok(())
}

#[test]
fn a_match_is_an_object_with_a_score_of_at_most_a_hundred() {
    let id = "0".repeat(64);
    let read = |matched: &str| {
        let event = format!(
            r#"{{"absorbed":{{"match":{matched}}},"at":"2026-11-22T10:00:00.000Z","by":{{"email":"","name":"A"}},"data":{{"item":"{id}","source":"x"}},"parents":["{id}"],"type":"item.respelled","v":1}}"#
        );
        Event::read(event.as_bytes(), &[]).change.is_ok()
    };
    assert!(read(r#"{"how":"similar","score":100}"#));
    assert!(!read(r#"{"how":"similar","score":101}"#), "a score is in percent");
    assert!(!read(r#"["similar",90]"#), "a match is an object");
}
