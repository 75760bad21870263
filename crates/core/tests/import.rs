//! Import reads the house format, the Cookbook's and whatever else, and loses nothing.

mod words;

use git_plan_core::state::Detail;
use git_plan_core::{Kind, Layout, Plan, Role, State, import, view};
use proptest::prelude::*;
use words::{TestResult, imported, lost};

fn plan(markdown: &str) -> TestResult<Plan> {
    let document = import::read(markdown);
    assert_eq!(document.pieces().collect::<String>(), markdown, "the pieces put together are the text");
    let (batch, report) = imported(&document, None)?;
    let mut lost = lost(markdown, &batch, report.layout);
    // The house format says some things twice: the title, and what was completed.
    let mut shown = words::Words::new();
    words::count(&view::render(batch.plan(), report.layout), &mut shown);
    lost.retain(|word, _| !shown.contains_key(word));
    assert!(lost.is_empty(), "no word is lost: {lost:?}");
    Ok(batch.into_parts().0)
}

fn said(plan: &Plan, kind: Kind) -> Vec<(&str, Option<State>)> {
    plan.items_of(kind).map(|item| (item.text(), item.state())).collect()
}

const HOUSE: &str = "---
title: Feature X
slug: feature-x
status: living
last_updated: 2025-11-01
tags: [plans, \"a, b\"]
summary: \"Notify: users\"
authors: [Ada]
sources:
  - { id: R1, title: \"Exec, plans\", url: \"https://example.org/a\", accessed: \"2025-10-23\" }
---

# Feature X ExecPlan

## Objective
Implement notifications.

## Success Criteria
- [x] Email works
- [ ] SMS works

## Execution Steps
1. [x] Design notification schema
2. [ ] **IN PROGRESS** Implement SMS service
   - [x] Select Twilio
   - [ ] Integration development ← CURRENT
3. [ ] ~~Add fax~~ → Dropped

## Progress Log
### 2025-11-01 10:30
- Completed: Design notification schema
- **Decision**: Chose PostgreSQL over MySQL
  - Reason: Better JSON support
  - Trade-off: Slightly higher complexity
  - Reference: [SSOT](../core/ssot.md)
- Discovery: Leak correlates with connections
- Root cause: Listeners not removed
- Blocker: How to handle rate limiting?

## Open Questions
- [x] ~~Which provider?~~ → Resolved: Auth0
- [ ] How to handle rate limiting? → **BLOCKER**
  - Option A: Client-side retry
  - Option B: Queue-based approach
  - Need: Performance requirements

## Results

### Delivered
- Email channel

### Lessons Learned
1. Batch sending reduces costs
";

#[test]
fn the_house_format_is_read_and_written_again() -> TestResult {
    let plan = plan(HOUSE)?;
    assert_eq!((plan.title(), plan.layout()), ("Feature X", Layout::Execplan));
    assert_eq!(plan.slug().map(|slug| slug.as_str()), Some("feature-x"));
    assert_eq!(
        said(&plan, Kind::Step),
        [
            ("Design notification schema", Some(State::Done)),
            ("Implement SMS service", Some(State::Doing)),
            ("Select Twilio", Some(State::Done)),
            ("Integration development", Some(State::Doing)),
            ("Add fax", Some(State::Dropped)),
        ]
    );
    let written = view::render(&plan, Layout::Execplan);
    let body = |text: &str| {
        text.split_once("\n---\n").map(|(_, body)| body.replace("- Completed: Select Twilio\n", "")).unwrap_or_default()
    };
    let written = written.split("\n<!-- git-plan base").next().unwrap_or_default();
    assert_eq!(body(written), body(HOUSE), "the view of what was read is what was read");
    Ok(())
}

const COOKBOOK: &str = "\u{feff}# Add a thing

This ExecPlan is a living document.

## Purpose / Big Picture

See it.

## Progress

- [x] (2025-10-01 13:00Z) Wrote the
  parser, all of it.
- [x] 2025-10-02T01:02:03+02:00 Zoned.
- [ ] Left (completed: X; remaining: Y).

    ```
    - [ ] no box
    ```

## Surprises & Discoveries

- Observation: It leaks. Evidence: the
  heap grows.

## Decision Log

- **Decision:** Use SQLite, because it
  is there. **Rationale:** Fewer parts. Date/Author:
  2025-10-25 / gpt-5-codex
- Decision: Another
  Rationale: None needed
  Date/Author: 2025-10-26, Ada

## Concrete Steps

    # not a heading
    cargo test

## Outcomes & Retrospective

Fine.
";

#[test]
fn the_cookbook_format_is_read_with_times_and_authors() -> TestResult {
    for text in [COOKBOOK.to_owned(), COOKBOOK.replace('\n', "\r\n")] {
        let plan = plan(&text)?;
        assert_eq!(plan.layout(), Layout::Cookbook);
        let steps: Vec<_> = plan.items_of(Kind::Step).collect();
        assert_eq!(steps.len(), 3);
        assert_eq!(
            (steps[0].text(), steps[0].occurred.minute().as_str()),
            ("Wrote the parser, all of it.", "2025-10-01 13:00")
        );
        assert_eq!(steps[1].occurred.minute(), "2025-10-01 23:02");
        assert_eq!(steps[2].body(), Some("  ```\n  - [ ] no box\n  ```"));
        let decisions: Vec<_> = plan.items_of(Kind::Decision).collect();
        assert_eq!(decisions[0].text(), "Use SQLite, because it is there.");
        assert_eq!(decisions[0].attributed.as_deref(), Some("gpt-5-codex"));
        assert_eq!(
            (decisions[1].attributed.as_deref(), decisions[1].occurred.date().as_str()),
            (Some("Ada"), "2025-10-26")
        );
        let reason = match &decisions[0].detail {
            Detail::Decision(decision) => decision.reason.as_deref(),
            _ => None,
        };
        assert_eq!(reason, Some("Fewer parts."));
        let found = plan.items_of(Kind::Discovery).next().ok_or("there is a discovery")?;
        assert!(matches!(&found.detail, Detail::Discovery { evidence, .. } if evidence == &["the heap grows."]));
        assert!(view::render(&plan, Layout::Cookbook).contains("- [x] (2025-10-01 13:00Z) Wrote the parser"));
    }
    Ok(())
}

#[test]
fn headings_have_roles_whatever_their_dress() {
    for (heading, role) in [
        ("## 3. Progress ✅ COMPLETE", Role::Steps),
        ("## Surprises and Discoveries", Role::Discoveries),
        ("## **Decision Log** (DONE)", Role::Decisions),
        ("## Phase 2: Storage [checkpoint: ff90a51]", Role::Steps),
        ("## Definition of Done", Role::Criteria),
        ("## Interfaces and Dependencies", Role::Custom),
    ] {
        let document = import::read(heading);
        assert_eq!(document.headings().map(|heading| heading.role).collect::<Vec<_>>(), [role], "{heading}");
    }
}

#[test]
fn an_envelope_is_taken_off_and_kept() {
    let text = "```md\n# Plan\n\n## Progress\n\n- [ ] one\n```\n";
    let document = import::read(text);
    assert_eq!((document.title(), document.opening, document.closing), (Some("Plan"), "```md\n", "```\n"));
    assert_eq!(document.items().count(), 1);
}

#[test]
fn what_promised_items_and_held_none_is_reported() -> TestResult {
    let document = import::read("# P\n\n## Progress\n\n- did this\n- did that\n\n## Decision Log\n\nWe chose.\n");
    let (_, report) = imported(&document, None)?;
    let kept: Vec<_> = report.kept.iter().map(|kept| (kept.line, kept.reason)).collect();
    assert_eq!(kept, [(5, "a list without boxes"), (10, "text without a list")]);
    Ok(())
}

#[test]
fn stories_are_told_in_many_spellings() -> TestResult {
    let told = |markdown: &str, layout: Layout| -> TestResult<Vec<(String, String, Option<String>)>> {
        let (batch, _) = imported(&import::read(markdown), Some(layout))?;
        let story = |item: &git_plan_core::Item| match &item.detail {
            Detail::Story { as_a, so_that } => {
                Some((as_a.value().clone(), item.text().to_owned(), so_that.as_ref().map(|end| end.value().clone())))
            }
            _ => None,
        };
        Ok(batch.plan().items_of(Kind::Story).filter_map(story).collect())
    };
    let plain = ("night owl".to_owned(), "a dark theme".to_owned(), Some("my eyes rest".to_owned()));
    for spelling in [
        "- As a night owl, I want a dark theme, so that my eyes rest",
        "- As a night owl I want a dark theme so that my eyes rest",
        "* **As a** night owl, **I want** a dark theme, **so that** my eyes rest",
        "- **As a** night owl\n  **I want** a dark theme\n  **So that** my eyes rest",
        "1. *As a* night owl, *I want* a dark theme *so that* my eyes rest",
        "- **As a:** night owl **I want:** a dark theme **So that:** my eyes rest",
        "- [ ] AS A night owl, I WANT a dark theme, SO THAT my eyes rest",
        "As a night owl, I want a dark theme, so that my eyes rest",
        "As a night owl,\nI want a dark theme,\nso that my eyes rest",
        "**As a** night owl  \n**I want** a dark theme  \n**So that** my eyes rest",
        "**As a night owl**, **I want a dark theme** **so that my eyes rest**",
    ] {
        for layout in [Layout::Execplan, Layout::Cookbook] {
            let markdown = format!("# P\n\n## User Stories\n\n{spelling}\n");
            let found = told(&markdown, layout)?;
            assert_eq!(found, core::slice::from_ref(&plain), "a story is read from {spelling:?}");
            let (batch, _) = imported(&import::read(&markdown), Some(layout))?;
            let view = view::render(batch.plan(), layout);
            let shown = "- As a night owl, I want a dark theme, so that my eyes rest\n";
            assert!(view.contains(shown), "and shown in the layout {layout}:\n{view}");
            assert_eq!(told(&view, layout)?, found, "and read again the same");
        }
    }
    let endless = told("## User Stories\n\n- As an admin, I want to see who **really** did it\n", Layout::Execplan)?;
    assert_eq!(
        endless,
        [("admin".to_owned(), "to see who **really** did it".to_owned(), None)],
        "an end may be absent"
    );
    for other in
        ["As any user, I want x", "As a whole, this works", "As a user, I wanted x", "As a , I want x", "I want x"]
    {
        assert!(
            told(&format!("## User Stories\n\n- {other}\n"), Layout::Execplan)?.is_empty(),
            "{other:?} is no story"
        );
    }
    Ok(())
}

#[test]
fn boxes_after_a_story_are_its_criteria() -> TestResult {
    let markdown = "# P\n\n## User Stories\n\nWho this is for.\n\n### Reading\n\n**As a** reader,\n**I want** x.\n\n\
        Acceptance criteria:\n\n- [x] One\n- [ ] Two\n\n### Writing\n\n- As a writer, I want y\n\nMore words.\n";
    let plan = plan(markdown)?;
    assert_eq!(plan.items_of(Kind::Story).count(), 2, "a paragraph and a list item");
    let criteria: Vec<_> = plan.items_of(Kind::Criterion).map(|item| (item.text(), item.state())).collect();
    assert_eq!(criteria, [("One", Some(State::Met)), ("Two", Some(State::Open))], "boxes say when it is fulfilled");
    assert_eq!(plan.items_of(Kind::Step).count(), 0, "and are no steps");
    Ok(())
}

#[test]
fn stories_carry_their_criteria() -> TestResult {
    let plan =
        plan("# P\n\n## User Stories\n\n- As a user, I want dark mode, so that I can read\n  - [x] Toggle is there\n")?;
    let story = plan.items_of(Kind::Story).next().ok_or("there is a story")?;
    assert_eq!(story.text(), "dark mode");
    assert_eq!(said(&plan, Kind::Criterion), [("Toggle is there", Some(State::Met))]);
    Ok(())
}

#[test]
fn hostile_texts_are_read_in_time() -> TestResult {
    let nested: String =
        (0..10_000).map(|depth| format!("{:1$}- [ ] {depth}\n", "", 2 * (depth % 400) + depth / 400)).collect();
    let deep: String = (0..2_000).map(|depth| format!("{:1$}- [ ] {depth}\n", "", 2 * depth)).collect();
    let texts = [
        "- ".repeat(500_000),
        format!("- [x] {}", "word: ".repeat(170_000)),
        format!("# {}", "a".repeat(1_000_000)),
        format!("## Decision Log\n\n- Decision: {}", "Rationale: ".repeat(9_000)),
        "\u{1}".repeat(400_000),
        "~~~~`\n".repeat(100_000),
        "<!--\n".repeat(100_000),
        "---\na: [".repeat(50_000),
        nested,
        deep,
        "- [ ] x\n\n".repeat(3_000),
    ];
    for text in texts {
        let document = import::read(&text);
        assert!(document.pieces().collect::<String>() == text, "the pieces put together are the text");
        let (batch, _) = imported(&document, None)?;
        assert!(batch.plan().inert.is_empty());
    }
    let large = "- [x] (2025-10-01 13:00Z) done: this and that\n  Rationale: wrapped\n".repeat(750_000);
    assert_eq!(import::read(&large).items().count(), 750_000);
    Ok(())
}

/// Texts of the pieces that plans are made of.
fn planlike() -> impl Strategy<Value = String> {
    const PIECES: &[&str] = &[
        "\n",
        "\r\n",
        "\n\n",
        " ",
        "  ",
        "    ",
        "\t",
        "# ",
        "## ",
        "### ",
        "Progress",
        "Decision Log",
        "Progress Log",
        "Open Questions",
        "Results",
        "Delivered",
        "User Stories",
        "2025-11-01 10:30",
        "(2025-10-01 13:00Z)",
        "- ",
        "* ",
        "1. ",
        "[ ] ",
        "[x] ",
        "[-] ",
        "```",
        "~~~",
        "<!-- ",
        " -->",
        "---\n",
        "title: ",
        "sources:\n",
        "{ id: a }",
        "~~",
        "**",
        ":",
        "Decision:",
        "Rationale:",
        "Date/Author:",
        "Evidence:",
        "Completed: ",
        "Blocker: ",
        "→ **BLOCKER**",
        "→ Resolved: ",
        "← CURRENT",
        "**IN PROGRESS** ",
        "Option A: ",
        "Need: ",
        "As a ",
        "I want ",
        "so that ",
        "| a |",
        "word",
        "é",
        "日本",
        "\u{feff}",
        "\0",
        "(step 1)",
        "[",
        "]",
        "\"",
        "…",
    ];
    let piece = prop_oneof![9 => proptest::sample::select(PIECES).prop_map(str::to_owned), 1 => ".{0,6}"];
    proptest::collection::vec(piece, 0..80).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn any_text_is_imported(text in prop_oneof![planlike(), ".*", "(?s).{0,200}"]) {
        let document = import::read(&text);
        prop_assert_eq!(document.pieces().collect::<String>(), text.clone());
        for layout in [None, Some(Layout::Cookbook)] {
            let (batch, report) = imported(&document, layout).map_err(|error| TestCaseError::fail(error.to_string()))?;
            let view = view::render(batch.plan(), report.layout);
            prop_assert!(imported(&import::read(&view), layout).is_ok());
        }
    }
}
