//! Laws of plans that keep their own text: any bytes come back, and any edit is absorbed to the byte.

mod words;

use git_plan_core::author::{criterion, decision, item, record, section, step};
use git_plan_core::{Batch, Kind, Layout, Plan, absorb, bytes, import, view};
use proptest::prelude::*;
use words::imported;

fn own(text: &str) -> Plan {
    let (batch, _) = imported(&import::read(text), Some(Layout::Own)).expect("any text is recorded");
    batch.plan().clone()
}

fn batch(plan: &Plan) -> Batch {
    let by = git_plan_core::Actor { name: "Ada".into(), email: "ada@example.org".into() };
    let at = git_plan_core::Timestamp::from_millis(plan.updated().millis() + 60_000);
    Batch::new(plan.clone(), by, at, Default::default())
}

fn shown(plan: &Plan) -> String {
    view::render(plan, Layout::Own)
}

/// Lines of which plans, and what looks like plans, are made.
fn line() -> impl Strategy<Value = String> {
    let fixed = prop::sample::select(vec![
        "",
        "",
        "",
        "# Title",
        "## Progress",
        "## Decision Log",
        "## Surprises & Discoveries",
        "### Phase 1",
        "## Notes",
        "## Acceptance Criteria",
        "## Open Questions",
        "- [ ] Write the parser",
        "- [x] (2025-10-01 13:00Z) Read the spec",
        "  - [ ] Nested box",
        "    - plain below",
        "  wrapped text goes on",
        "* [X] Star box",
        "1. [ ] First",
        "2. [x] Second",
        "- plain item",
        "- Decision: Use git",
        "  Rationale: It is there",
        "  Date/Author: 2025-10-01 / Ada",
        "- Observation: It is slow",
        "  Evidence: 3 s",
        "```",
        "```md",
        "~~~",
        "    indented code",
        "| a | b |",
        "<!-- note",
        "-->",
        "---",
        "status: draft",
        "tags: [a, b]",
        "Some prose here.",
        "More prose, wrapped",
        "- [~] Doing it",
        "- [ ]",
        "-",
        "#",
        "## ",
        "- [ ] What now? → **BLOCKER**",
        "> quote",
        "\u{feff}",
        "As a user, I want this so that that",
        "<!-- git-plan base: 0123456789ab -->",
        "\u{202e}bidi",
        "- [R1] a reference",
    ]);
    let fixed = fixed.prop_map(str::to_owned);
    prop_oneof![8 => fixed, 1 => "[ -~]{0,40}", 1 => "\\PC{0,12}"]
}

fn document() -> impl Strategy<Value = String> {
    let end = prop::sample::select(vec!["\n", "\n", "\n", "\r\n"]);
    (prop::collection::vec((line(), end), 0..40), any::<bool>()).prop_map(|(lines, last)| {
        let mut text: String = lines.into_iter().map(|(line, end)| line + end).collect();
        if last {
            text.truncate(text.trim_end_matches(['\n', '\r']).len());
        }
        text
    })
}

/// Edits of lines: where, how many go, and what comes.
fn edits() -> impl Strategy<Value = Vec<(prop::sample::Index, usize, Vec<String>)>> {
    prop::collection::vec((any::<prop::sample::Index>(), 0..4_usize, prop::collection::vec(line(), 0..3)), 0..5)
}

fn edited(text: &str, edits: &[(prop::sample::Index, usize, Vec<String>)]) -> String {
    let mut lines: Vec<String> = text.split_inclusive('\n').map(str::to_owned).collect();
    for (at, gone, come) in edits {
        let at = at.index(lines.len() + 1);
        let end = (at + gone).min(lines.len());
        lines.splice(at..end, come.iter().map(|line| format!("{line}\n")));
    }
    lines.concat()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_imported_and_come_back(written in prop::collection::vec(any::<u8>(), 0..600)) {
        let text = bytes::text(&written);
        let view = shown(&own(&text));
        prop_assert_eq!(&*bytes::bytes(&view), &*written, "no byte is lost or changed");
    }

    #[test]
    fn any_document_comes_back_and_an_unedited_one_writes_nothing(text in document()) {
        let plan = own(&text);
        prop_assert_eq!(shown(&plan), text.clone(), "the view is the document");
        let mut batch = batch(&plan);
        absorb::absorb(&mut batch, &text).expect("the view itself is absorbed");
        prop_assert!(batch.is_empty(), "what was not edited writes no event");
    }

    #[test]
    fn any_edit_is_absorbed_to_the_byte_and_only_once(text in document(), edits in edits()) {
        let plan = own(&text);
        let wanted = edited(&text, &edits);
        let mut edit = batch(&plan);
        absorb::absorb(&mut edit, &wanted).expect("any edit is absorbed");
        prop_assert_eq!(shown(edit.plan()), wanted.clone(), "the view is the edited text");
        let events = edit.events().count();
        absorb::absorb(&mut edit, &wanted).expect("what was absorbed is absorbed");
        prop_assert_eq!(edit.events().count(), events, "absorbing again writes nothing");
        let plan = edit.plan().clone();
        let mut back = batch(&plan);
        absorb::absorb(&mut back, &text).expect("the way back is an edit");
        prop_assert_eq!(shown(back.plan()), text, "the way back leads back");
    }

    #[test]
    fn commands_between_edits_are_absorbed_too(text in document(), edits in edits(), commands in prop::collection::vec((0..8_usize, any::<prop::sample::Index>()), 0..6)) {
        let plan = own(&text);
        let mut made = batch(&plan);
        for (what, which) in commands {
            command(&mut made, what, which);
        }
        let plan = made.plan().clone();
        let view = shown(&plan);
        let wanted = edited(&view, &edits);
        let mut edit = batch(&plan);
        absorb::absorb(&mut edit, &wanted).expect("any edit is absorbed");
        prop_assert_eq!(shown(edit.plan()), wanted, "the view is the edited text");
    }
}

/// One command of a person; a refusal is an answer too.
fn command(batch: &mut Batch, what: usize, which: prop::sample::Index) {
    let ids = |kind: Kind| -> Vec<String> { batch.plan().items_of(kind).map(|item| item.id().to_string()).collect() };
    let pick = |ids: Vec<String>| if ids.is_empty() { Vec::new() } else { vec![ids[which.index(ids.len())].clone()] };
    let (steps, criteria) = (pick(ids(Kind::Step)), pick(ids(Kind::Criterion)));
    let _ = match what {
        0 => step::complete(batch, &steps, &["It runs".to_owned()]).is_ok(),
        1 => step::reopen(batch, &steps).is_ok(),
        2 => step::add(batch, "A new step", &Default::default()).is_ok(),
        3 => criterion::meet(batch, &criteria, &[]).is_ok(),
        4 => {
            let new = decision::NewDecision { title: "Go on", reason: Some("It works"), ..Default::default() };
            decision::decide(batch, &new).is_ok()
        }
        5 => record::note(batch, "It holds", "Test", None).is_ok(),
        6 => section::add(batch, "More", None, Some("Words.")).is_ok(),
        _ => steps.first().is_some_and(|step| item::remove(batch, Kind::Step, step).is_ok()),
    };
}
