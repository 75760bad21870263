//! Work without collisions: `next`, `next --claim`, leases, claims across clones, and what completing a step asks for.

use std::collections::BTreeSet;
use std::process::Stdio;

use serde_json::Value;

use crate::world::{PROGRAM, World};

/// The step that `next --json` with these arguments gives.
fn claimed(world: &World, arguments: &[&str]) -> Value {
    world.plan(&[&["next", "--json"], arguments].concat()).json()[0]["data"].clone()
}

#[test]
fn of_sixteen_processes_that_ask_at_once_each_gets_another_step() {
    let texts: Vec<String> = (1..=14).map(|n| format!("Step {n}")).collect();
    let world = World::with_plan(&texts.iter().map(String::as_str).collect::<Vec<_>>());
    let mut askers = Vec::new();
    for asker in 0..16 {
        let mut command = world.command(PROGRAM, &world.repository());
        // Half of them have a name of their own; the others share one, and must not share a step.
        if asker % 2 == 0 {
            command.env("GIT_PLAN_AGENT", format!("agent {asker}"));
        }
        let command = command.args(["next", "--claim", "--json"]).stdout(Stdio::piped()).stderr(Stdio::piped());
        askers.push(command.spawn().expect("it starts"));
    }
    let (mut steps, mut turned_away) = (BTreeSet::new(), 0);
    for asker in askers {
        let output = asker.wait_with_output().expect("it ends");
        match output.status.code() {
            Some(0) => {
                let said: Value = serde_json::from_slice(&output.stdout).expect("it is JSON");
                let step = said["data"]["step"]["id"].as_str().expect("a step").to_owned();
                assert!(steps.insert(step), "no step is given twice: {said}");
            }
            status => {
                let said = String::from_utf8_lossy(&output.stderr).into_owned();
                assert_eq!(status, Some(6), "who gets none may try again: {said}");
                assert!(said.contains("no-step-free"), "{said}");
                turned_away += 1;
            }
        }
    }
    assert_eq!((steps.len(), turned_away), (14, 2), "all steps are taken, and who came last got none");
}

#[test]
fn a_claim_shows_who_has_a_step_until_when_and_ends_by_itself() {
    let mut world = World::with_plan(&["Build", "Test", "Ship"]);
    world.plan(&["step", "depend", "3", "--on", "2"]).done();
    world.plan(&["decide", "Build with cargo", "--because", "It is there"]).done();
    world.env.insert("GIT_PLAN_AGENT".into(), "one".into());
    world.tell(&["next", "--claim", "--until", "30m"]);
    world.tell(&["step", "start", "1"]);
    world.env.insert("GIT_PLAN_AGENT".into(), "two".into());
    world.tell(&["next"]);
    world.tell(&["next", "--claim"]);
    world.tell(&["next", "--claim"]);
    world.tell(&["next"]);
    world.tell(&["status"]);
    world.env.insert("GIT_PLAN_AGENT".into(), "three".into());
    world.tell(&["next"]);
    // The first one was killed. Its claim runs out, and the one that comes next carries its work on.
    world.set_clock("2026-11-22T10:45:00Z");
    world.tell(&["next", "--claim", "--json"]);
    world.tell(&["step", "done", "1"]);
    world.env.insert("GIT_PLAN_AGENT".into(), "two".into());
    world.tell(&["step", "done", "2"]);
    world.tell(&["next", "--claim"]);
    world.tell(&["step", "done", "3"]);
    world.tell(&["next", "--claim"]);
    insta::assert_snapshot!(world.transcript());
}

#[test]
fn whoever_resumes_gets_what_is_theirs_and_the_claim_is_renewed_when_half_of_it_is_over() {
    let world = World::with_plan(&["Build", "Test"]);
    let first = claimed(&world, &["--claim", "--as", "one", "--until", "1h"]);
    let again = claimed(&world, &["--claim", "--as", "one", "--until", "1h", "--resume"]);
    assert_eq!(again["step"]["id"], first["step"]["id"], "it is the same step");
    assert_eq!(again["claim"]["events"], serde_json::json!([]), "a fresh claim is not renewed");
    world.set_clock("2026-11-22T10:40:00Z");
    let later = claimed(&world, &["--claim", "--as", "one", "--until", "1h", "--resume"]);
    assert_eq!(later["step"]["id"], first["step"]["id"], "it still is");
    assert!(later["claim"]["until"].as_str() > first["claim"]["until"].as_str(), "and is theirs for longer: {later}");
    let other = claimed(&world, &["--claim", "--as", "two", "--resume"]);
    assert_ne!(other["step"]["id"], first["step"]["id"], "who has nothing to resume gets what is free");
    let seen = claimed(&world, &["--as", "one"]);
    assert_eq!(seen["step"]["id"], first["step"]["id"], "`next` alone shows each their own");
}

#[test]
fn what_waits_or_is_blocked_is_not_offered_and_neither_is_what_hangs_below_it() {
    let world = World::with_plan(&["Prepare", "Roll out", "Clean up"]);
    world.plan(&["step", "add", "First half", "Second half", "--under", "2"]).done();
    world.plan(&["step", "depend", "2", "--on", "1"]).done();
    world.plan(&["block", "No access yet", "--on", "3"]).done();
    assert_eq!(claimed(&world, &["--claim"])["step"]["number"], "1", "the first that waits for nothing");
    let said = world.plan(&["next", "--claim"]).failed(6, "no step can be taken now: claimed: 1;");
    assert!(said.contains("hint:"), "it says what to do: {said}");
    world.plan(&["step", "done", "1"]).done();
    assert_eq!(claimed(&world, &["--claim"])["step"]["number"], "2.1", "a step with open steps below is not offered");
    world.plan(&["unblock", "1"]).done();
    assert_eq!(claimed(&world, &["--claim"])["step"]["number"], "2.2");
    assert_eq!(claimed(&world, &["--claim"])["step"]["number"], "3", "what was blocked can be taken again");
}

#[test]
fn a_claim_among_clones_counts_once_it_has_landed_and_who_was_late_is_told_and_gets_the_next_step() {
    let world = World::with_clones(&["ada", "bo"]);
    world.plan_in(&world.path().join("ada"), &["new", "Plan", "--slug", "p"]).done();
    world.plan_in(&world.path().join("ada"), &["step", "add", "Build", "Test", "Ship"]).done();
    for clone in ["ada", "bo"] {
        world.plan_in(&world.path().join(clone), &["sync", "origin", "p"]).done();
    }
    world.tell_in("ada", &["next", "--claim", "--as", "one", "--remote", "origin"]);
    world.tell_in("bo", &["next", "--claim", "--as", "two", "--remote", "origin"]);
    let all = ["one", "two"].map(|who| format!("claimed by {who}"));
    world.plan_in(&world.path().join("ada"), &["sync"]).done();
    let status = world.plan_in(&world.path().join("ada"), &["status"]).done();
    assert!(all.iter().all(|who| status.contains(&who[11..])), "each sees the other's claim: {status}");
    world.git_in(&world.path().join("bo"), &["remote", "set-url", "origin", "/nowhere"]);
    world.tell_in("bo", &["next", "--claim", "--as", "two", "--remote", "origin"]);
    insta::assert_snapshot!(world.transcript());
    let seen = world.plan_in(&world.path().join("bo"), &["next", "--json", "--as", "three"]).json();
    assert_eq!(seen[0]["data"]["step"]["number"], "3", "a claim that did not land leaves the step free");
}

#[test]
fn clones_that_claim_at_once_end_with_a_step_each() {
    let names = ["a", "b", "c", "d"];
    let world = World::with_clones(&names);
    let at = |name: &str| world.path().join(name);
    world.plan_in(&at("a"), &["new", "Plan", "--slug", "p"]).done();
    world.plan_in(&at("a"), &["step", "add", "One", "Two", "Three", "Four", "Five"]).done();
    for name in names {
        world.plan_in(&at(name), &["sync", "origin", "p"]).done();
    }
    // All of them go by one name, which is the hardest case.
    let claims = names.map(|name| {
        let mut command = world.command(PROGRAM, &at(name));
        command.env("GIT_PLAN_AGENT", "worker").args(["next", "--claim", "--json", "--remote", "origin"]);
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts")
    });
    let mut steps = BTreeSet::new();
    for claim in claims {
        let output = claim.wait_with_output().expect("it ends");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "each gets a step: {said}");
        let got: Value = serde_json::from_slice(&output.stdout).expect("it is JSON");
        let step = got["data"]["step"]["id"].as_str().expect("a step").to_owned();
        assert!(steps.insert(step), "no two clones have the same step: {got}");
    }
}

#[test]
fn completing_a_step_asks_for_what_is_open_below_it_and_for_evidence_where_that_is_required() {
    let mut world = World::with_plan(&["Build"]);
    // The commit's id goes into the events'.
    for date in ["GIT_AUTHOR_DATE", "GIT_COMMITTER_DATE"] {
        world.env.insert(date.to_owned(), "2026-11-22T10:00:00Z".to_owned());
    }
    world.plan(&["step", "add", "Compile", "Link", "--under", "1"]).done();
    world.tell(&["step", "done", "1"]);
    world.tell(&["step", "done", "1", "1.1", "1.2"]);
    world.tell(&["step", "reopen", "1", "1.1"]);
    world.tell(&["step", "done", "1", "--force"]);
    world.git(&["config", "plan.requireEvidence", "true"]);
    world.tell(&["step", "done", "1.1"]);
    world.tell(&["step", "done", "1.1", "--commit", "HEAD"]);
    world.git(&["commit", "--quiet", "--allow-empty", "-m", "Compile"]);
    world.tell(&["step", "done", "1.1", "--commit", "HEAD", "--test", "cargo test: 41 passed"]);
    world.tell(&["show", "--raw"]);
    let commit = world.git(&["rev-parse", "HEAD"]);
    insta::assert_snapshot!(world.transcript().replace(&commit, "COMMIT"));
}

#[test]
fn whoever_comes_late_is_told_and_does_nothing_twice() {
    let world = World::with_plan(&["Build", "Test"]);
    world.plan(&["step", "done", "1"]).done();
    let said = world.plan(&["step", "start", "1"]).failed(1, "is done: expected an open step");
    assert!(said.contains("git plan step reopen"), "it says what takes it up again: {said}");
    world.plan(&["step", "drop", "2"]).done();
    world.plan(&["step", "start", "2"]).failed(1, "is dropped: expected an open step");
    world.plan(&["step", "done", "2"]).failed(1, "is dropped: expected an open step");
    world.plan(&["step", "reopen", "1", "2"]).done();
    world.plan(&["step", "start", "1"]).done();
}

#[test]
fn a_step_whose_state_is_in_conflict_is_offered_to_nobody() {
    let world = World::with_plan(&["Build", "Test", "Ship"]);
    world.plan(&["step", "start", "1", "2"]).done();
    let seen = world.plan(&["show", "--json"]).json()[0]["version"][0].as_str().unwrap_or_default().to_owned();
    for (step, mine, theirs) in [("1", "reopen", "drop"), ("2", "drop", "reopen")] {
        world.plan(&["step", mine, step]).done();
        world.plan(&["step", theirs, step, "--base", &seen]).done();
    }
    let said = world.plan(&["conflicts"]).ended(3);
    assert!(said.stdout.contains("the state of step 2"), "{said}");
    assert_eq!(claimed(&world, &["--claim"])["step"]["number"], "3", "what nobody disagrees about comes next");
    let said = world.plan(&["next", "--claim"]).failed(6, "in conflict: 2");
    assert!(said.contains("git plan resolve"), "it says what to do: {said}");
}
