//! Scenarios of concurrent work, each with what comes of it and the vector that shows it: spec/scenarios.md.

use std::collections::BTreeSet;

use serde_json::Value;

use super::TestResult;
use super::files::spec;

/// Where a scenario is shown.
enum Shown {
    /// By this vector, whose state has conflicts or notices of these kinds.
    Vector(&'static str, &'static str),
    /// By a test with real processes, of this file and name.
    Test(&'static str, &'static str),
}
use Shown::{Test, Vector};

type Scenario = (&'static str, &'static str, Shown);

const SYNC: &str = "tests/program/syncing.rs";

/// What happens at once, what comes of it, and where that is shown; numbered from 1.
const SCENARIOS: &[Scenario] = &[
    ("a step is completed ∥ the step is removed", "it stays, in conflict", Vector("62-remove-and-edit", "existence")),
    (
        "a step is reworded ∥ the step is removed",
        "it stays with the new wording, in conflict",
        Vector("62-remove-and-edit", "existence"),
    ),
    ("a step is removed ∥ the step is removed", "it is gone", Vector("62-remove-and-edit", "existence")),
    (
        "a step is reworded ∥ the step is reworded otherwise",
        "both wordings, in conflict",
        Vector("50-register", "value"),
    ),
    ("a value is written ∥ the same value is written", "one value", Vector("51-equal-values", "")),
    ("a step is reworded ∥ the step is started", "both apply", Vector("74-beside-each-other", "")),
    (
        "a run of steps is added after a step ∥ another run is added after it",
        "each run is whole, one after the other",
        Vector("58-runs", ""),
    ),
    ("one step is moved ∥ another step is moved", "both apply", Vector("59-moves", "place order")),
    (
        "a step is moved ∥ the step is moved elsewhere below the same parent",
        "the later place, with a notice",
        Vector("59-moves", "place order"),
    ),
    (
        "a step is moved below another ∥ that one is moved below the first",
        "the first in order applies; the other is skipped, in conflict",
        Vector("61-cycle", "cycle"),
    ),
    (
        "a step is moved below one parent ∥ it is moved below another",
        "the later parent, in conflict",
        Vector("59-moves", "place"),
    ),
    (
        "a step is added below a step ∥ that one is removed",
        "both stay, in conflict",
        Vector("62-remove-and-edit", "existence"),
    ),
    (
        "a step is moved below a step ∥ that one is removed",
        "both stay, in conflict",
        Vector("62-remove-and-edit", "existence"),
    ),
    (
        "a step is split into parts ∥ it is completed",
        "it is done, its parts are open, with a notice",
        Vector("75-unseen", "child"),
    ),
    ("a step is started ∥ it is completed", "it is done, with a notice", Vector("55-forward-join", "joined")),
    ("a step is completed ∥ it is dropped", "a conflict, the box is empty", Vector("56-done-and-dropped", "status")),
    (
        "a started step is reopened ∥ it is completed",
        "a conflict, the box is empty",
        Vector("54-back-and-forward", "status"),
    ),
    ("a tag is added ∥ it is removed by somebody who did not see that", "it is there", Vector("57-add-wins", "")),
    ("a tag is removed ∥ it is added again", "it is there", Vector("57-add-wins", "")),
    (
        "a paragraph is changed ∥ another paragraph is changed",
        "both changes, with a notice",
        Vector("72-merged-prose", "merged text"),
    ),
    (
        "a line is changed ∥ the same line is changed otherwise",
        "both texts, in conflict",
        Vector("72-merged-prose", "merged text"),
    ),
    ("values in conflict, then a write that saw all of them", "that value", Vector("52-resolved", "value")),
    (
        "a conflict is settled ∥ it is settled otherwise",
        "a conflict between the two",
        Vector("53-two-resolutions", "value"),
    ),
    (
        "two go on from two changes: one takes its part back ∥ the other changes a third line",
        "taken back, and changed",
        Vector("73-criss-cross", "merged"),
    ),
    (
        "a question is answered ∥ it is answered otherwise",
        "it stays open, with both answers, in conflict",
        Vector("65-two-answers", "value"),
    ),
    (
        "a write at a version that the plan has gone beyond",
        "both values, in conflict",
        Vector("77-stale-and-fresh", "value"),
    ),
    ("a write that saw the one before it", "the later value", Vector("77-stale-and-fresh", "value")),
    (
        "a step is removed with its child ∥ the child is moved out",
        "the step is gone, the child stays, in conflict",
        Vector("64-remove-and-move-out", "existence"),
    ),
    ("a removal in conflict, then a removal that saw the edit", "it is gone", Vector("63-removal-settled", "")),
    (
        "a removal in conflict, then a restoration that saw both",
        "it is there, without a conflict",
        Vector("63-removal-settled", ""),
    ),
    ("three reword one step", "one conflict with three sides", Vector("50-register", "value")),
    (
        "a wording is undone ∥ somebody goes on from it",
        "the old wording and the new one, in conflict",
        Vector("78-undone-beside", "value"),
    ),
    ("a blocker is raised ∥ the same is raised", "two blockers, with a notice", Vector("75-unseen", "twin")),
    ("a blocker is resolved ∥ it is noted upon", "resolved, and the note is there", Vector("74-beside-each-other", "")),
    (
        "a blocker is resolved ∥ it is resolved in another way",
        "resolved, with both ways",
        Vector("71-accept-and-withdraw", "status"),
    ),
    ("a blocker is resolved ∥ it is reworded", "both apply", Vector("74-beside-each-other", "")),
    (
        "a question is decided ∥ it is decided otherwise",
        "both decisions, in conflict",
        Vector("76-two-decisions", "choice"),
    ),
    (
        "a decision is superseded ∥ it is superseded by another",
        "both successors, in conflict",
        Vector("66-succession", "succession"),
    ),
    ("something is logged ∥ something else is logged", "both entries", Vector("74-beside-each-other", "")),
    ("a criterion is met ∥ it is reworded", "met, in the new wording, with a notice", Vector("75-unseen", "reworded")),
    (
        "an agent sends an event again under the same key",
        "one effect; the second is a duplicate",
        Vector("67-same-key", "key"),
    ),
    ("one key is used for two changes", "both apply, with a notice", Vector("67-same-key", "key")),
    (
        "an event of a newer version ∥ a known edit",
        "the edit applies; the event is kept and reported",
        Vector("79-future-beside", ""),
    ),
    (
        "an event that is too large, then one that follows it",
        "the first has no effect, the second has",
        Vector("27-too-large", ""),
    ),
    ("an event of which a part is invalid", "nothing of it applies", Vector("30-half-valid", "")),
    ("a plan is archived ∥ a step is added", "it stays active, in conflict", Vector("04-archive", "existence")),
    (
        "a write that saw one of two sides",
        "it takes the place of that side; the conflict remains",
        Vector("52-resolved", "value"),
    ),
    (
        "one event comes in by two ways",
        "it counts once",
        Test(SYNC, "two_histories_of_the_same_events_in_other_commits_are_one_plan"),
    ),
    (
        "a clock is in 2099 ∥ a clock is in 1970",
        "the state is the same; only the order of the list differs",
        Vector("40-skewed-clocks", ""),
    ),
    (
        "two clones join the same heads",
        "they make the same commit",
        Test(SYNC, "clones_that_join_the_same_heads_make_the_same_commit"),
    ),
    (
        "a line is changed ∥ the next line is changed",
        "both texts, in conflict",
        Vector("72-merged-prose", "merged text"),
    ),
    (
        "a line is added at the end ∥ another line is added at the end",
        "both texts, in conflict",
        Vector("72-merged-prose", "merged text"),
    ),
    (
        "a step is moved below another ∥ that one is moved below a third",
        "both apply",
        Vector("74-beside-each-other", ""),
    ),
    (
        "two plans are begun under one name",
        "both are kept; the one that is not published gets another name",
        Test(SYNC, "plans_that_share_nothing_but_the_name_are_both_kept"),
    ),
    (
        "a commit of a plan is replaced or grafted",
        "the replacement is not followed",
        Test("crates/store/tests/store/objects.rs", "replacements_and_grafts_are_not_followed"),
    ),
];

const HEAD: &str = "# Scenarios

What comes of concurrent work, case by case. `∥` stands between what two did of whom neither had seen what the other did. Each row
names the vector that shows it, with the kinds of conflicts and notices (S30) that the vector's state has, or, where it takes a
repository, the test that does. The vectors' `expected.json` has every value that survives and every side of a conflict.

| | what happens | what comes of it | kinds | shown by |
|---|---|---|---|---|
";

#[test]
fn every_scenario_is_shown_and_the_table_says_where() -> TestResult {
    super::vectors()?;
    let mut table = HEAD.to_owned();
    for (at, (what, outcome, shown)) in SCENARIOS.iter().enumerate() {
        let (kinds, link) = match shown {
            Vector(name, kinds) => {
                let path = spec("vectors").join(name).join("expected.json");
                let expected: Value = serde_json::from_slice(&std::fs::read(path)?)?;
                let listed = ["conflicts", "notices"].into_iter().flat_map(|list| expected["state"][list].as_array());
                let found: BTreeSet<&str> = listed.flatten().filter_map(|conflict| conflict["kind"].as_str()).collect();
                for kind in kinds.split_whitespace() {
                    assert!(
                        found.contains(kind),
                        "scenario {}: {name} has a conflict of the kind {kind}: {found:?}",
                        at + 1
                    );
                }
                assert!(
                    !kinds.is_empty() || found.is_empty(),
                    "scenario {}: {name} has no conflict: {found:?}",
                    at + 1
                );
                let view = spec("vectors").join(name).join("view.md");
                assert!(view.exists(), "scenario {}: {name} has its view", at + 1);
                (
                    kinds.split_whitespace().map(|kind| format!("`{kind}`")).collect::<Vec<_>>().join(" "),
                    format!("[{name}](vectors/{name})"),
                )
            }
            Test(file, name) => {
                let source = std::fs::read_to_string(spec("..").join(file))?;
                assert!(source.contains(&format!("fn {name}(")), "scenario {}: {file} has the test {name}", at + 1);
                (String::new(), format!("[{}](../{file})", name.replace('_', " ")))
            }
        };
        table.push_str(&format!("| {} | {what} | {outcome} | {kinds} | {link} |\n", at + 1));
    }
    let path = spec("scenarios.md");
    if std::env::var_os("UPDATE_VECTORS").is_some() {
        std::fs::write(&path, &table)?;
    }
    let told = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(told == table, "spec/scenarios.md is up to date; UPDATE_VECTORS=1 writes it");
    Ok(())
}
