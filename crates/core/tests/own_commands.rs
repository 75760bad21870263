//! Commands on a plan that keeps its own text change what they must, in the style of what stands around it.

mod words;

use git_plan_core::author::{criterion, decision, field, item, record, section, step};
use git_plan_core::{Batch, Field, Kind, Layout, import, view};
use words::{TestResult, imported};

/// Does something to a plan and gives back its view.
fn after(text: &str, act: impl FnOnce(&mut Batch) -> TestResult) -> TestResult<String> {
    let (batch, _) = imported(&import::read(text), Some(Layout::Own))?;
    let by = git_plan_core::Actor { name: "Ada".into(), email: "ada@example.org".into() };
    let mut batch = Batch::new(batch.plan().clone(), by, "2026-02-03T04:05:06.000Z".parse()?, Default::default());
    act(&mut batch)?;
    Ok(view::render(batch.plan(), Layout::Own))
}

fn changes(text: &str, wanted: &str, act: impl FnOnce(&mut Batch) -> TestResult) -> TestResult {
    assert_eq!(after(text, act)?, wanted, "only what the command says changes");
    Ok(())
}

fn one(name: &str) -> [String; 1] {
    [name.to_owned()]
}

#[test]
fn a_new_step_follows_the_last_in_its_style() -> TestResult {
    let add = |batch: &mut Batch| step::add(batch, "New", &Default::default()).map(drop).map_err(Into::into);
    changes(
        "## Progress\n\n- [x] a\n- [ ] b\n\n## Next\n",
        "## Progress\n\n- [x] a\n- [ ] b\n- [ ] New\n\n## Next\n",
        add,
    )?;
    changes(
        "## Tasks\n\n* [ ] a\n\n* [ ] b\n\n## Next\n",
        "## Tasks\n\n* [ ] a\n\n* [ ] b\n\n* [ ] New\n\n## Next\n",
        add,
    )?;
    changes("## Tasks\n1. [ ] a\n2. [ ] b\n", "## Tasks\n1. [ ] a\n2. [ ] b\n3. [ ] New\n", add)?;
    changes("## Tasks\r\n- [ ] a\r\n", "## Tasks\r\n- [ ] a\r\n- [ ] New\r\n", add)?;
    changes("## Tasks\n- [ ] a", "## Tasks\n- [ ] a\n- [ ] New\n", add)?;
    changes("## Progress\n\nNothing yet.\n\n## Next\n", "## Progress\n\nNothing yet.\n\n- [ ] New\n\n## Next\n", add)?;
    changes("# A\n", "# A\n\n## Execution Steps\n\n- [ ] New\n", add)
}

#[test]
fn a_nested_step_is_indented_like_its_siblings() -> TestResult {
    let add = |batch: &mut Batch| {
        let spot = git_plan_core::author::Spot { under: Some("1"), ..Default::default() };
        step::add(batch, "New", &spot).map(drop).map_err(Into::into)
    };
    changes("## Tasks\n- [ ] a\n    - [ ] b\n", "## Tasks\n- [ ] a\n    - [ ] b\n    - [ ] New\n", add)?;
    changes("## Tasks\n1. [ ] a\n2. [ ] c\n", "## Tasks\n1. [ ] a\n   - [ ] New\n2. [ ] c\n", add)
}

#[test]
fn a_completed_step_gets_the_time_that_the_others_have() -> TestResult {
    let done = |batch: &mut Batch| step::complete(batch, &one("2"), &[]).map(drop).map_err(Into::into);
    for (time, wanted) in [
        ("(2025-10-01 13:00Z) ", "(2026-02-03 04:05Z) "),
        ("2025-10-01 ", "2026-02-03 "),
        ("(2025-10-01T13:00:00Z) ", "(2026-02-03T04:05:06Z) "),
        ("(2025-10-01 13:00 UTC) ", "(2026-02-03 04:05 UTC) "),
        ("(2025-10-01 13:00 +02:00) ", "(2026-02-03 06:05 +02:00) "),
        ("**2025-10-01**: ", "**2026-02-03**: "),
        ("", ""),
    ] {
        let text = format!("## Progress\n- [x] {time}a\n- [ ] b goes\n  on\n");
        changes(&text, &format!("## Progress\n- [x] {time}a\n- [x] {wanted}b goes\n  on\n"), done)?;
    }
    Ok(())
}

#[test]
fn a_state_is_written_into_the_box_and_marks_go_with_it() -> TestResult {
    let text = "## Tasks\n- [ ] **IN PROGRESS** a\n- [~] b\n- [-] 1.2 c\n- [ ] d\n";
    let all = |batch: &mut Batch| -> TestResult {
        step::complete(batch, &["1".into(), "2".into(), "3".into()], &["It runs".into()])?;
        step::abandon(batch, &one("4"))?;
        Ok(())
    };
    let wanted = "## Tasks\n- [x] a\n  - Evidence: It runs\n- [x] b\n  - Evidence: It runs\n- [x] 1.2 c\n  - Evidence: It runs\n- [-] d\n";
    changes(text, wanted, all)
}

#[test]
fn what_is_reworded_keeps_its_time_and_its_wrapping() -> TestResult {
    let text = "## Tasks\n- [x] (2025-10-01) a wording that is wrapped\n  by hand at forty\n\n  Body.\n- [ ] b\n";
    let wanted =
        "## Tasks\n- [x] (2025-10-01) another wording that is\n  longer than the old one was\n\n  Body.\n- [ ] b\n";
    changes(text, wanted, |batch| {
        item::reword(batch, Kind::Step, "1", "another wording that is longer than the old one was")?;
        Ok(())
    })
}

#[test]
fn what_is_taken_out_leaves_the_blank_line_behind_it() -> TestResult {
    changes("## Tasks\n- [ ] a\n- [ ] b\n\n## Next\n", "## Tasks\n- [ ] a\n\n## Next\n", |batch| {
        item::remove(batch, Kind::Step, "2")?;
        Ok(())
    })
}

#[test]
fn entries_go_into_the_sections_that_are_for_them() -> TestResult {
    let text = "# P\n\n## Decision Log\n\n- Decision: A\n  Rationale: B\n\n## Surprises & Discoveries\n\n- Observation: C\n  Evidence: D\n\n## Acceptance Criteria\n- [ ] E\n";
    let wanted = "# P\n\n## Decision Log\n\n- Decision: A\n  Rationale: B\n- Decision: F\n  Rationale: G\n  Date/Author: 2026-02-03 / Ada\n\n## Surprises & Discoveries\n\n- Observation: C\n  Evidence: D\n- Observation: H\n\n## Acceptance Criteria\n- [x] E\n";
    changes(text, wanted, |batch| {
        decision::decide(batch, &decision::NewDecision { title: "F", reason: Some("G"), ..Default::default() })?;
        record::discover(batch, "H", &[], None)?;
        criterion::meet(batch, &one("1"), &[])?;
        Ok(())
    })
}

#[test]
fn title_status_and_prose_are_written_where_the_text_has_them() -> TestResult {
    let text = "---\nstatus: draft # soon\nowner: x\n---\n\n# Old\n\n## Purpose\n\nWhy.\n\nMore.\n\n## Next\n";
    let plain = text.replace(" # soon", "");
    changes(
        &plain,
        &plain.replace("draft", "done").replace("# Old", "# New").replace("Why.\n\nMore.", "Because."),
        |batch| {
            field::set(batch, Field::Status, "done")?;
            field::set(batch, Field::Title, "New")?;
            section::write(batch, "objective", "Because.")?;
            Ok(())
        },
    )?;
    // A value that is not understood is left alone.
    changes(text, text, |batch| {
        field::set(batch, Field::Status, "done")?;
        Ok(())
    })
}
