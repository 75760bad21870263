//! Edits of the views in the house layouts: each becomes the event that it stands for, or is named as ignored.

mod words;

use git_plan_core::{Batch, Layout, Plan, absorb, import, view};
use proptest::prelude::*;
use words::imported;

const PLAN: &str = "# Rate limits

## Objective
Keep one tenant from starving the others.

## Success Criteria
- [ ] No tenant waits more than 200 ms
- [x] Limits are documented

## Execution Steps
1. [x] Measure the traffic
2. [ ] Build the limiter
   - [ ] Choose the algorithm
   - [ ] Write the middleware
3. [ ] Roll it out

## Progress Log
### 2026-11-20 09:30
- Completed: Measure the traffic
- **Decision**: Use a token bucket
  - Reason: It allows bursts
- Discovery: Half of the traffic is health checks
- Test: Load test holds at 900 requests

## Open Questions
- [ ] Should admins be exempt?

## Results
### Delivered
- A limiter
";

fn plan(layout: Layout) -> Plan {
    let (batch, _) = imported(&import::read(PLAN), Some(layout)).expect("the plan is recorded");
    batch.plan().clone()
}

fn batch(plan: &Plan) -> Batch {
    let by = git_plan_core::Actor { name: "Bo".into(), email: "bo@example.org".into() };
    Batch::new(plan.clone(), by, "2026-11-23T10:00:00.000Z".parse().expect("a time"), Default::default())
}

/// What an edit becomes: the types of its events, and the reasons of what was ignored.
fn edit(layout: Layout, from: &str, to: &str) -> (Vec<String>, Vec<&'static str>, String) {
    let plan = plan(layout);
    let view = view::render(&plan, layout);
    assert!(view.contains(from), "{from:?} is in the view:\n{view}");
    let mut batch = batch(&plan);
    let report = absorb::absorb(&mut batch, &view.replacen(from, to, 1)).expect("the edit is absorbed");
    let events = batch.events().map(|event| {
        let text = event.context.absorbed.as_ref().and_then(|absorbed| absorbed.text.as_ref());
        format!("{}{}", event.type_name, text.map(|text| format!(" as {:?}", text.as_str())).unwrap_or_default())
    });
    let ignored = report.ignored.iter().map(|ignored| ignored.reason).collect();
    (events.collect(), ignored, view::render(batch.plan(), layout))
}

/// Layout, what of the view becomes what, the events, and what the new view has.
type Case = (Layout, &'static str, &'static str, &'static [&'static str], &'static str);

#[rustfmt::skip]
const CASES: &[Case] = &[
    (Layout::Execplan, "3. [ ] Roll it out", "3. [x] Roll it out", &["step.completed"], "- Completed: Roll it out"),
    (
        Layout::Execplan,
        "3. [ ] Roll it out",
        "3. [x] Rolled out to all tenants",
        &["step.completed as \"Rolled out to all tenants\""],
        "[x] Rolled out to all tenants",
    ),
    (Layout::Execplan, "1. [x] Measure", "1. [ ] Measure", &["step.reopened"], "1. [ ] Measure the traffic"),
    (Layout::Execplan, "Choose the algorithm", "Choose an algorithm", &["item.reworded"], "Choose an algorithm"),
    (
        Layout::Execplan,
        "3. [ ] Roll it out\n",
        "3. [ ] Roll it out\n4. [ ] Tell the tenants\n",
        &["step.added"],
        "4. [ ] Tell the tenants",
    ),
    (
        Layout::Execplan,
        "   - [ ] Write the middleware\n",
        "   - [ ] Write the middleware\n   - [ ] Write its tests\n",
        &["step.added"],
        "   - [ ] Write its tests\n3.",
    ),
    (Layout::Execplan, "   - [ ] Choose the algorithm\n", "", &["item.removed"], "2. [ ] Build the limiter\n   - [ ] Write"),
    (
        Layout::Execplan,
        "3. [ ] Roll it out\n",
        "3. [ ] Roll it out\n   One region at a time.\n",
        &["prose.set"],
        "One region at a time.",
    ),
    (Layout::Execplan, "- [ ] No tenant", "- [x] No tenant", &["criterion.met"], "- [x] No tenant waits"),
    (Layout::Execplan, "starving the others.", "starving others.", &["prose.set"], "starving others."),
    (
        Layout::Execplan,
        "- [ ] Should admins be exempt?",
        "- [x] ~~Should admins be exempt?~~ → Resolved: No",
        &["question.answered"],
        "→ Resolved: No",
    ),
    (
        Layout::Execplan,
        "- [ ] Should admins be exempt?\n",
        "- [ ] Should admins be exempt?\n- [ ] Who pays?\n",
        &["question.asked"],
        "- [ ] Who pays?",
    ),
    (Layout::Execplan, "- A limiter\n", "- A limiter\n- A dashboard\n", &["result.added"], "- A dashboard"),
    (
        Layout::Execplan,
        "- Test: Load test holds at 900 requests",
        "- Test: Load test holds at 950 requests",
        &["item.reworded"],
        "950 requests",
    ),
    (Layout::Execplan, "- Test: Load", "- Fix: The clock drifted\n- Test: Load", &["note.added"], "- Fix: The clock drifted"),
    (Layout::Execplan, "- Test: Load", "- Decision: Deny by default\n- Test: Load", &["decision.recorded"], "Deny by default"),
    (
        Layout::Execplan,
        "  - Reason: It allows bursts\n",
        "  - Reason: It allows bursts\n  - Trade-off: Needs a clock\n",
        &["decision.amended"],
        "Trade-off: Needs a clock",
    ),
    (
        Layout::Execplan,
        "# Rate limits ExecPlan",
        "# Rate limits and quotas ExecPlan",
        &["field.set"],
        "title: Rate limits and quotas",
    ),
    (Layout::Execplan, "status: living", "status: blocked", &["field.set"], "status: blocked"),
    (Layout::Execplan, "tags: []", "tags: [api, fairness]", &["tag.added", "tag.added"], "tags: [api, fairness]"),
    (Layout::Execplan, "## Success Criteria", "## Acceptance", &["section.retitled"], "## Acceptance\n- [ ]"),
    (
        Layout::Execplan,
        "## Progress Log",
        "## Rollback\nTurn it off.\n\n## Progress Log",
        &["section.added", "prose.set"],
        "## Rollback\nTurn it off.",
    ),
    (
        Layout::Execplan,
        "## Success Criteria",
        "## Context\nA shared gateway.\n\n## Success Criteria",
        &["prose.set"],
        "## Context\nA shared gateway.",
    ),
    (
        Layout::Cookbook,
        "- [ ] Roll it out",
        "- [x] Roll it out",
        &["step.completed"],
        "] (2026-11-23 10:00Z) Roll it out",
    ),
    (
        Layout::Cookbook,
        "- Observation: Half",
        "- Decision: Nothing\n- Observation: Half",
        &["decision.recorded"],
        "Decision: Nothing",
    ),
    (Layout::Cookbook, "Half of the traffic", "A third of the traffic", &["item.reworded"], "A third of the traffic"),
];

#[test]
fn each_edit_becomes_the_event_that_it_stands_for() {
    for (layout, from, to, events, shown) in CASES {
        let (made, ignored, view) = edit(*layout, from, to);
        assert_eq!(made, *events, "{from:?} to {to:?} becomes the fitting events; ignored: {ignored:?}\n{view}");
        assert!(view.contains(shown), "{shown:?} is in the view after {from:?} became {to:?}:\n{view}");
    }
}

#[test]
fn what_the_layout_writes_by_itself_is_ignored_by_name() {
    for (from, to) in [
        ("- Completed: Measure the traffic\n", "- Completed: Measure the traffic twice\n"),
        ("- Completed: Measure the traffic\n", ""),
        ("last_updated: 2026-01-02", "last_updated: 2027-01-02"),
        ("### 2026-11-20 09:30", "### 2026-11-20 09:31"),
    ] {
        let (made, ignored, _) = edit(Layout::Execplan, from, to);
        assert!(made.is_empty(), "{from:?} to {to:?} is no change of the plan: {made:?}");
        assert_eq!(ignored.len(), 1, "{from:?} to {to:?} is named as ignored: {ignored:?}");
    }
}

fn line() -> impl Strategy<Value = String> {
    prop_oneof![
        prop::sample::select(vec![
            "",
            "- [ ] A box",
            "- [x] A done box",
            "4. [ ] Number four",
            "  - [ ] Nested",
            "Prose",
            "## New",
            "### 2026-11-21 08:00",
            "- Decision: D",
            "- Note: N",
            "---",
            "```",
            "<!-- c -->",
            "status: x",
            "  more",
            "- plain",
            "- [~] doing",
            "# T",
        ])
        .prop_map(str::to_owned),
        "\\PC{0,20}",
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_edit_is_absorbed_and_settles(
        cookbook in any::<bool>(),
        edits in prop::collection::vec((any::<prop::sample::Index>(), 0..4_usize, prop::collection::vec(line(), 0..3)), 0..5),
    ) {
        let layout = if cookbook { Layout::Cookbook } else { Layout::Execplan };
        let plan = plan(layout);
        let view = view::render(&plan, layout);
        let mut same = batch(&plan);
        absorb::absorb(&mut same, &view).expect("the view itself is absorbed");
        prop_assert!(same.is_empty(), "what was not edited writes no event");
        let mut lines: Vec<String> = view.lines().map(str::to_owned).collect();
        for (at, gone, come) in &edits {
            let at = at.index(lines.len() + 1);
            let end = (at + gone).min(lines.len());
            lines.splice(at..end, come.iter().cloned());
        }
        let edited = lines.join("\n") + "\n";
        let mut edit = batch(&plan);
        absorb::absorb(&mut edit, &edited).expect("any edit is absorbed");
        let after = view::render(edit.plan(), layout);
        let mut again = batch(edit.plan());
        absorb::absorb(&mut again, &after).expect("the new view is absorbed");
        prop_assert!(again.is_empty(), "the view after an edit is a view like any other");
    }
}
