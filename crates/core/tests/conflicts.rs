//! Conflicts as people meet them: in every view, with all sides; taken back in when a view is edited; settled by a choice.

mod words;

use git_plan_core::author::resolve::{self, Choice};
use git_plan_core::author::{decision, field, item, question, section, step};
use git_plan_core::state::Conflict;
use git_plan_core::{Actor, Batch, Event, Field, Kind, Layout, Plan, State, absorb, import, view};
use words::{TestResult, imported};

const PLAN: &str = "# Rate limits\n\n## Objective\nKeep one tenant from starving others.\n\nSay so in one line.\n\n\
    ## Tasks\n- [ ] Measure\n- [ ] Build the limiter\n  - [ ] Choose\n\n## Open Questions\n- [ ] Which store?\n\n\
    ## Decision Log\n\n- Decision: Use a bucket\n  Rationale: It is simple.\n";

/// A plan that two have, with what each of them did to it.
fn parted(
    layout: Layout,
    ada: impl FnOnce(&mut Batch) -> TestResult,
    grace: impl FnOnce(&mut Batch) -> TestResult,
) -> TestResult<Plan> {
    let (batch, _) = imported(&import::read(PLAN), Some(layout))?;
    let (begun, mut events): (Plan, Vec<Event>) = (batch.plan().clone(), batch.events().cloned().collect());
    for (name, minute, act) in
        [("Ada", "10", Box::new(ada) as Box<dyn FnOnce(&mut Batch) -> TestResult>), ("Grace", "11", Box::new(grace))]
    {
        let by = Actor { name: name.into(), email: format!("{}@example.org", name.to_lowercase()) };
        let at = format!("2026-11-22T10:{minute}:00.000Z").parse()?;
        let mut batch = Batch::new(begun.clone(), by, at, Default::default());
        act(&mut batch)?;
        events.extend(batch.events().cloned());
    }
    Ok(Plan::replay(&events))
}

fn later(plan: &Plan) -> TestResult<Batch> {
    let by = Actor { name: "Cy".into(), email: "cy@example.org".into() };
    Ok(Batch::new(plan.clone(), by, "2026-11-23T09:00:00.000Z".parse()?, Default::default()))
}

fn two() -> [String; 1] {
    ["2".to_owned()]
}

fn done(batch: &mut Batch) -> TestResult {
    Ok(step::complete(batch, &two(), &[]).map(drop)?)
}

fn dropped(batch: &mut Batch) -> TestResult {
    Ok(step::abandon(batch, &two()).map(drop)?)
}

fn only(plan: &Plan) -> Conflict {
    let mut conflicts = plan.conflicts();
    assert_eq!(conflicts.len(), 1, "there is one conflict: {conflicts:?}");
    conflicts.remove(0)
}

/// The view without the lines of quotations.
fn unquoted(view: &str) -> String {
    view.lines().filter(|line| !line.trim_start().starts_with('>')).map(|line| format!("{line}\n")).collect()
}

const LAYOUTS: [Layout; 3] = [Layout::Execplan, Layout::Cookbook, Layout::Own];

/// What each of two does, by kind of conflict.
#[expect(clippy::type_complexity, reason = "a table of pairs of acts")]
fn cases() -> Vec<(&'static str, fn(&mut Batch) -> TestResult, fn(&mut Batch) -> TestResult)> {
    fn titled(batch: &mut Batch, title: &str) -> TestResult {
        Ok(field::set(batch, Field::Title, title).map(drop)?)
    }
    fn objective(batch: &mut Batch, from: &str, to: &str) -> TestResult {
        let view = view::render(batch.plan(), batch.plan().layout());
        Ok(absorb::absorb(batch, &view.replacen(from, to, 1)).map(drop)?)
    }
    fn moved(batch: &mut Batch, what: &str, under: &str) -> TestResult {
        let spot = git_plan_core::author::Spot { under: Some(under), ..Default::default() };
        Ok(item::relocate(batch, Kind::Step, what, &spot).map(drop)?)
    }
    fn superseded(batch: &mut Batch, title: &str) -> TestResult {
        let supersedes =
            [batch.plan().items_of(Kind::Decision).next().map_or_else(String::new, |d| d.id().to_string())];
        let new = decision::NewDecision { title, supersedes: &supersedes, ..Default::default() };
        Ok(decision::decide(batch, &new).map(drop)?)
    }
    fn settled(batch: &mut Batch, title: &str) -> TestResult {
        let new = decision::NewDecision { title, question: Some("1"), ..Default::default() };
        Ok(decision::decide(batch, &new).map(drop)?)
    }
    vec![
        ("status", done, dropped),
        ("value", |b| titled(b, "Fair limits"), |b| titled(b, "Limits")),
        (
            "text",
            |b| objective(b, "Keep one tenant from starving others", "Keep tenants apart"),
            |b| objective(b, "Keep one tenant from starving others", "Protect tenants"),
        ),
        (
            "value",
            |b| Ok(item::reword(b, Kind::Step, "2.1", "Choose *now*\nor later").map(drop)?),
            |b| Ok(item::reword(b, Kind::Step, "2.1", "Pick").map(drop)?),
        ),
        (
            "value",
            |b| Ok(question::answer(b, "1", "SQLite").map(drop)?),
            |b| Ok(question::answer(b, "1", "Files").map(drop)?),
        ),
        ("existence", |b| Ok(item::remove(b, Kind::Step, "2").map(drop)?), done),
        (
            "place",
            |b| moved(b, "2.1", "1"),
            |b| {
                Ok(item::relocate(
                    b,
                    Kind::Step,
                    "2.1",
                    &git_plan_core::author::Spot { top: true, ..Default::default() },
                )
                .map(drop)?)
            },
        ),
        ("cycle", |b| moved(b, "1", "2"), |b| moved(b, "2", "1")),
        (
            "claim",
            |b| Ok(step::claim(b, "1", "ada", None).map(drop)?),
            |b| Ok(step::claim(b, "1", "grace", None).map(drop)?),
        ),
        ("claim", |b| Ok(step::start(b, &two()).map(drop)?), |b| Ok(step::start(b, &two()).map(drop)?)),
        ("succession", |b| superseded(b, "Use a window"), |b| superseded(b, "Use a queue")),
        ("choice", |b| settled(b, "SQLite"), |b| settled(b, "Files")),
        ("existence", |b| Ok(field::archive(b).map(drop)?), done),
    ]
}

#[test]
fn a_conflict_is_shown_once_in_every_layout_with_all_sides() -> TestResult {
    for (kind, ada, grace) in cases() {
        for begun in LAYOUTS {
            let plan = parted(begun, ada, grace)?;
            let kinds: Vec<&str> = plan.conflicts().iter().map(|conflict| conflict.kind.as_str()).collect();
            assert!(kinds.contains(&kind), "{kind} is among {kinds:?}");
            for layout in LAYOUTS {
                let view = view::render(&plan, layout);
                for conflict in plan.conflicts() {
                    let name = format!("**Conflict {}**", conflict.id());
                    assert_eq!(view.matches(&name).count(), 1, "{kind} stands once in {layout}:\n{view}");
                    for side in &conflict.sides {
                        assert!(view.contains(&side.stamp.id.short()), "{kind} names each side in {layout}:\n{view}");
                    }
                }
            }
        }
    }
    Ok(())
}

#[test]
fn a_view_with_conflicts_that_nobody_edited_says_nothing() -> TestResult {
    for (kind, ada, grace) in cases() {
        for layout in LAYOUTS {
            let plan = parted(layout, ada, grace)?;
            let mut batch = later(&plan)?;
            let report = absorb::absorb(&mut batch, &view::render(&plan, layout))?;
            assert!(batch.is_empty(), "{kind} in {layout} stays as it is: {report:?}");
            assert!(report.ignored.is_empty() && report.found.is_empty(), "{kind} in {layout}: {report:?}");
        }
    }
    Ok(())
}

#[test]
fn a_block_that_is_taken_out_settles_the_conflict_with_what_stands_in_the_view() -> TestResult {
    for (kind, ada, grace) in cases() {
        for layout in LAYOUTS {
            let plan = parted(layout, ada, grace)?;
            let edited = unquoted(&view::render(&plan, layout));
            let mut batch = later(&plan)?;
            let report = absorb::absorb(&mut batch, &edited)?;
            let left = batch.plan().conflicts().len();
            if matches!(kind, "succession" | "choice") {
                assert_eq!((left, report.ignored.len()), (1, 1), "{kind} in {layout} asks for a side: {report:?}");
                continue;
            }
            assert_eq!(left, 0, "{kind} in {layout} is settled: {report:?}");
            assert!(report.ignored.is_empty(), "{kind} in {layout}: {report:?}");
            if kind != "claim" {
                let shown = view::render(batch.plan(), layout);
                // But for the log, which has an entry more.
                const WRITTEN: &[&str] = &[
                    "<!-- ",
                    "last_updated",
                    "### 2026-11-23",
                    "- Completed",
                    "- Dropped",
                    "- Reopened",
                    "- Resolved",
                ];
                let lines = |text: &str| -> Vec<String> {
                    let lines = text.lines().filter(|line| !line.trim().is_empty());
                    let kept = lines.filter(|line| !WRITTEN.iter().any(|written| line.starts_with(written)));
                    kept.map(str::to_owned).collect()
                };
                assert_eq!(lines(&shown), lines(&edited), "{kind} in {layout}: the view stays as it was edited");
            }
        }
    }
    Ok(())
}

#[test]
fn a_side_that_is_left_alone_in_its_block_is_taken() -> TestResult {
    for layout in LAYOUTS {
        let plan = parted(layout, done, dropped)?;
        let view = view::render(&plan, layout);
        let edited: String =
            view.lines().filter(|line| !line.contains("> - B:")).map(|line| format!("{line}\n")).collect();
        let mut batch = later(&plan)?;
        absorb::absorb(&mut batch, &edited)?;
        assert_eq!(step_two(batch.plan()).state(), Some(State::Done), "in {layout}, what Ada did counts");
        assert!(batch.plan().conflicts().is_empty(), "and nothing is in conflict");
    }
    Ok(())
}

fn step_two(plan: &Plan) -> &git_plan_core::Item {
    plan.items_of(Kind::Step).nth(1).expect("there is a second step")
}

#[test]
fn a_ticked_box_beside_a_block_that_goes_completes_the_step() -> TestResult {
    for layout in LAYOUTS {
        let plan = parted(layout, dropped, done)?;
        let edited =
            unquoted(&view::render(&plan, layout)).replacen("[ ] Build the limiter", "[x] Build the limiter", 1);
        let mut batch = later(&plan)?;
        absorb::absorb(&mut batch, &edited)?;
        assert!(step_two(batch.plan()).is_ticked(), "in {layout}, the box says it");
        assert!(batch.plan().conflicts().is_empty(), "and nothing is in conflict");
    }
    Ok(())
}

#[test]
fn what_is_written_into_a_block_is_named_as_ignored() -> TestResult {
    let plan = parted(Layout::Execplan, done, dropped)?;
    let view = view::render(&plan, Layout::Execplan);
    let edited = view.replacen("> - A: done", "> - I think it is done\n   > - A: done", 1);
    let mut batch = later(&plan)?;
    let report = absorb::absorb(&mut batch, &edited)?;
    let line = edited.lines().position(|line| line.contains("I think")).map_or(0, |at| at + 1);
    assert_eq!(report.ignored.iter().map(|ignored| ignored.line).collect::<Vec<_>>(), [line], "it is told by its line");
    assert_eq!(batch.plan().conflicts().len(), 1, "and the conflict stays");
    Ok(())
}

#[test]
fn an_edit_beside_a_block_leaves_the_conflict() -> TestResult {
    for layout in LAYOUTS {
        let plan = parted(layout, done, dropped)?;
        let edited = view::render(&plan, layout).replacen("[ ] Measure", "[x] Measure", 1);
        let mut batch = later(&plan)?;
        absorb::absorb(&mut batch, &edited)?;
        assert_eq!(batch.events().map(|e| &*e.type_name).collect::<Vec<_>>(), ["step.completed"], "in {layout}");
        assert_eq!(batch.plan().conflicts().len(), 1, "the conflict stays");
        if layout == Layout::Own {
            assert_eq!(view::render(batch.plan(), layout), edited, "and so does the view");
        }
    }
    Ok(())
}

#[test]
fn every_side_can_be_taken_and_ends_the_conflict() -> TestResult {
    for (kind, ada, grace) in cases() {
        for layout in LAYOUTS {
            let plan = parted(layout, ada, grace)?;
            for conflict in plan.conflicts() {
                for side in 0..conflict.sides.len() {
                    let mut batch = later(&plan)?;
                    match resolve::resolve(&mut batch, &conflict, Choice::Side(side)) {
                        Ok(_) => assert!(
                            batch.plan().conflicts().iter().all(|left| left.id() != conflict.id()),
                            "{kind}: {} is gone",
                            conflict.id()
                        ),
                        // The move that was left out would still put the item below itself.
                        Err(refusal) => assert_eq!((kind, refusal.code()), ("cycle", "cycle"), "{refusal}"),
                    }
                }
                let mut batch = later(&plan)?;
                let past = Choice::Side(conflict.sides.len());
                assert!(resolve::resolve(&mut batch, &conflict, past).is_err(), "{kind} has no side more");
                assert!(batch.is_empty(), "a refused choice records nothing");
            }
        }
    }
    Ok(())
}

#[test]
fn texts_are_merged_where_they_can_be_and_a_taken_side_keeps_what_nobody_disputes() -> TestResult {
    let objective = |batch: &mut Batch, text: &str| section::write(batch, "objective", text).map(drop);
    let base = "one\n\ntwo\n\nthree";
    let mut batch = later(&Plan::default())?;
    git_plan_core::author::begin(
        &mut batch,
        &git_plan_core::author::NewPlan { title: "Texts", nonce: "0", ..Default::default() },
    )?;
    objective(&mut batch, base)?;
    let begun = batch.plan().clone();
    let mut events: Vec<Event> = batch.events().cloned().collect();
    for text in ["ONE\n\ntwo\n\nthree (Ada)", "one\n\nTWO\n\nthree (Grace)"] {
        let mut batch = Batch::new(begun.clone(), batch.by().clone(), batch.at(), Default::default());
        objective(&mut batch, text)?;
        events.extend(batch.events().cloned());
    }
    let plan = Plan::replay(&events);
    let conflict = only(&plan);
    let shown = plan.prose_of(git_plan_core::Role::Objective);
    assert!(shown.starts_with("ONE\n\nTWO\n\nthree ("), "lines that one side changed are merged: {shown:?}");
    for side in 0..2 {
        let mut batch = later(&plan)?;
        resolve::resolve(&mut batch, &conflict, Choice::Side(side))?;
        let text = batch.plan().prose_of(git_plan_core::Role::Objective);
        assert!(text.starts_with("ONE\n\nTWO\n\nthree ("), "and stay with whichever side is taken: {text:?}");
        assert_eq!(text.contains("(Ada)"), conflict.sides[side].value.contains("(Ada)"), "of which the rest is");
    }
    Ok(())
}
