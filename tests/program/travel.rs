//! A plan as it was: the points that `--at` takes, and what lies between two of them.

use insta::assert_snapshot;

use crate::world::{Outcome, World};

/// A world whose commits of code have the same ids in every run.
fn world() -> World {
    let mut world = World::new();
    for name in ["GIT_AUTHOR_DATE", "GIT_COMMITTER_DATE"] {
        world.env.insert(name.to_owned(), "2026-11-22T09:00:00Z".to_owned());
    }
    world
}

fn commit(world: &World, message: &str) {
    world.git(&["commit", "--quiet", "--allow-empty", "-m", message]);
}

#[test]
fn a_point_is_named_in_any_of_its_forms() {
    let world = world();
    world.begin("p", &[]);
    for step in ["One", "Two", "Three"] {
        commit(&world, step);
        world.git(&["tag", &step.to_lowercase()]);
        world.plan(&["step", "add", step]).done();
    }
    let third = world.plan(&["log", "--json", "-n", "1"]).json();
    let id = third[0]["data"]["id"].as_str().unwrap_or_default().to_owned();
    let steps = |point: &str| world.plan(&["show", "--ids", &format!("--at={point}")]).done().lines().count();
    assert_eq!(steps(&id), 3, "a whole id");
    assert_eq!(steps(&id[..8]), 3, "the beginning of one");
    for line in [
        &["next", "--at", "-1"][..],
        &["next", "--at=-2"],
        &["next", "--at", "-9"],
        &["next", "--at", "plans/p~1"],
        &["next", "--at", "plans/p@{1}"],
        &["next", "--at", "one"],
        &["next", "--at", "main~1"],
        &["next", "--at", "main"],
        &["next", "--at", "2026-11-22T10:00:03Z"],
        &["next", "--at", "10 minutes ago"],
        &["next", "--at", "now"],
        &["next", "--at", "yesterday"],
        &["next", "--at", "tomorrow"],
        &["next", "--at", "plans/p@{99}"],
        &["next", "--at", "plans/nowhere"],
        &["next", "--at", "--json"],
    ] {
        world.tell(line);
    }
    assert_snapshot!(world.transcript());
}

#[test]
fn a_commit_of_the_code_means_the_plan_as_it_was_known_when_it_was_written() -> Outcome {
    let world = world();
    commit(&world, "Begin");
    world.begin("p", &["Known from the beginning"]);
    world.git(&["switch", "--quiet", "-c", "feature"]);
    commit(&world, "Feature");
    world.plan(&["step", "add", "Found on the feature"]).done();
    world.git(&["switch", "--quiet", "main"]);
    commit(&world, "More on main");
    let ids = |point: &str| world.plan(&["show", "--ids", "--at", point]).done().lines().count();
    assert_eq!(ids("main"), 1, "nothing that was recorded on a branch that is not merged");
    assert_eq!(ids("feature"), 2, "a branch is its newest commit");
    world.git(&["merge", "--quiet", "--no-edit", "feature"]);
    assert_eq!(ids("main"), 2, "a merge brings in what was known on both sides");
    world.git(&["branch", "--quiet", "yesterday", "feature~1"]);
    assert_eq!(ids("yesterday"), 1, "a branch goes before a time in words");
    let orphan = world.git(&["commit-tree", "-m", "Elsewhere", "4b825dc642cb6eb9a060e54bf8d69288fbee4904"]);
    world.plan(&["show", "--at", &orphan]).failed(4, "no event was recorded at it or at an ancestor of it");
    // A clone that lacks the feature's commit still reads the rest.
    let clone = world.path().join("clone");
    world.git_in(
        world.path(),
        &["clone", "--quiet", "--bare", "--single-branch", "--branch=yesterday", "repository", "clone"],
    );
    world.git_in(&clone, &["fetch", "--quiet", "../repository", "refs/plans/p:refs/plans/p"]);
    let read = world.plan_in(&clone, &["show", "--ids", "--at", "yesterday"]).done();
    assert_eq!(read.lines().count(), 1, "commits that this clone does not have are passed over");
    Ok(())
}

#[test]
fn several_plans_are_listed_as_they_were() {
    let world = world();
    world.begin("p", &["One"]);
    world.begin("q", &["Two", "Three"]);
    world.plan(&["-p", "q", "step", "done", "1"]).done();
    for line in
        [&["list", "--at", "2026-11-22T10:00:06Z"][..], &["list", "--at", "-1"], &["list", "--at", "1999-01-01"]]
    {
        world.tell(line);
    }
    assert_snapshot!(world.transcript());
}
