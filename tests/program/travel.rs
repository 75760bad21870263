//! A plan as it was: the points that `--at` takes, and what lies between two of them.

use insta::assert_snapshot;

use crate::world::{Outcome, PROGRAM, World};

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

/// A plan that has gone through most of what can happen.
fn lived() -> World {
    let world = world();
    world.begin("p", &["Choose a store", "Write the importer", "Announce"]);
    for line in [
        &["set", "objective", "Keep every measurement.\n\nNobody waits for the database.\n\nNo data is lost."][..],
        &["criterion", "add", "Nothing is lost", "Answers within a second"],
        &["decide", "Use SQLite", "--because", "One file is enough"],
        &["ask", "Who pays for the disks?"],
    ] {
        world.plan(line).done();
    }
    world
}

#[test]
fn what_changed_is_told_by_meaning() {
    let world = lived();
    world.git(&["commit", "--quiet", "--allow-empty", "-m", "Before"]);
    let base = world.plan(&["show", "--json"]).json()[0]["version"][0].as_str().unwrap_or_default().to_owned();
    world.tell(&["diff"]);
    for line in [
        &["step", "done", "1", "--evidence", "41 passed"][..],
        &["step", "edit", "2", "Write the fast importer"],
        &["step", "add", "Measure it", "--after", "1"],
        &["step", "move", "4", "--first"],
        &["step", "rm", "4"],
        &["step", "claim", "3", "--as", "agent-7"],
        &["criterion", "met", "1"],
        &["decide", "Use Postgres", "--because", "Two writers", "--supersedes", "1"],
        &["answer", "1", "The lab does"],
        &["set", "objective", "Keep every measurement.\n\nNobody waits for the slow database.\n\nNo data is lost."],
        &["set", "title", "Better plan"],
        &["set", "tags", "lab"],
    ] {
        world.plan(line).done();
    }
    for line in [
        &["diff"][..],
        &["diff", &base[..8]],
        &["diff", "-3", "-1"],
        &["diff", &format!("{}..-3", &base[..8])],
        &["diff", &base[..8], "--stat"],
        &["diff", "-3", "--patch"],
        &["diff", "-1", "--json"],
        &["diff", "-0", "--exit-code"],
        &["diff", "yesterday"],
        &["diff", "--raw"],
    ] {
        world.tell(line);
    }
    assert_eq!(world.plan(&["diff", "-1", "--exit-code"]).status, Some(1), "whoever asks is told by the status");
    assert_snapshot!(world.transcript());
}

#[test]
fn a_patch_of_the_views_is_taken_by_git() -> Outcome {
    let world = lived();
    let was = world.plan(&["show", "--raw"]).done();
    world.plan(&["step", "edit", "2", "Write the fast importer"]).done();
    world.plan(&["note", "It\u{1b}[31m works", "--label", "Test"]).done();
    let patch = world.plan(&["diff", "-2", "--patch", "--raw"]).done();
    std::fs::write(world.repository().join("p.md"), was)?;
    std::fs::write(world.path().join("patch"), patch)?;
    world.git(&["apply", "../patch"]);
    let is = world.plan(&["show", "--raw"]).done();
    assert_eq!(std::fs::read_to_string(world.repository().join("p.md"))?, is, "the old view is the new one now");
    Ok(())
}

#[test]
fn two_plans_and_an_edited_file_are_compared() -> Outcome {
    let world = lived();
    world.begin("q", &["Write the importer", "Announce", "Rest"]);
    for line in
        [&["diff", "-p", "q", "--with", "p"][..], &["diff", "-p", "p", "--with", "P"], &["diff", "-p", "p", "--file"]]
    {
        world.tell(line);
    }
    world.plan(&["-p", "p", "render"]).done();
    let file = world.repository().join("plans/p.md");
    let edited =
        std::fs::read_to_string(&file)?.replace("1. [ ] Choose", "1. [x] Choose").replace("is lost", "is ever lost");
    std::fs::write(&file, edited)?;
    world.plan(&["-p", "p", "step", "done", "3"]).done();
    for line in [&["diff", "-p", "p", "--file"][..], &["diff", "-p", "p", "--file", "plans/p.md", "--patch"]] {
        world.tell(line);
    }
    assert_snapshot!(world.transcript());
    Ok(())
}

#[test]
fn a_difference_shows_no_active_character_of_a_plan() {
    let world = world();
    world.begin("p", &["a\u{202e}b"]);
    world.plan(&["step", "edit", "1", "\u{1b}]0;owned\u{7}--- a/x <script>"]).done();
    world.plan(&["set", "objective", "line\n\u{9b}31m\u{202e}\n--- a/x\n+++ b/x"]).done();
    for flags in
        [&["diff", "-2"][..], &["diff", "-2", "--patch"], &["diff", "-2", "--json"], &["diff", "-2", "--color=always"]]
    {
        let said = world.plan(flags).done();
        let active = |c: char| {
            matches!(c, '\u{202e}' | '\u{9b}' | '\u{7}') || (c == '\u{1b}' && !flags.contains(&"--color=always"))
        };
        assert!(!said.contains(active), "{flags:?} shows them harmless: {said:?}");
        assert!(!said.contains("\u{1b}]"), "{flags:?} has no escape sequence of the plan's: {said:?}");
    }
}

#[test]
fn a_log_is_narrowed_drawn_and_told_in_full() {
    let mut world = lived();
    world.env.insert("GIT_PLAN_AGENT".to_owned(), "agent-7".to_owned());
    world.env.insert("GIT_PLAN_MODEL".to_owned(), "model-x".to_owned());
    world.plan(&["step", "done", "1", "-m", "It holds", "--key", "k1"]).done();
    world.env.remove("GIT_PLAN_AGENT");
    let base = world.plan(&["show", "--json"]).json()[0]["version"][0].as_str().unwrap_or_default().to_owned();
    world.plan(&["step", "edit", "2", "Write the fast importer"]).done();
    world.plan(&["step", "edit", "2", "Write the small importer", "--base", &base]).done();
    for line in [
        &["log", "--oneline", "--grep", "IMPORTER"][..],
        &["log", "--oneline", "--conflicts"],
        &["log", "--agent", "MODEL-X", "--format", "full"],
        &["log", "--format", "short", "-n", "2"],
        &["log", "--oneline", "--graph", "--stat", "-n", "4"],
        &["log", "--graph", "--patch", "--type", "item", "--item", "2"],
        &["log", "--oneline", "--patch", "--reverse", "--type", "step.completed"],
        &["log", "--stat", "--json", "--type", "step.completed"],
        &["log", "--oneline", "--since", "1 minute ago", "--until", "5 seconds ago"],
        &["log", "--grep", "nowhere"],
        &["log", "--since", "soon"],
    ] {
        world.tell(line);
    }
    assert_snapshot!(world.transcript());
}

#[test]
fn a_long_log_begins_before_all_is_read_and_ends_with_its_reader() -> Outcome {
    use std::io::{BufRead, BufReader};
    let world = World::with_plan(&[]);
    let steps: Vec<String> = (0..1_050).map(|step| format!("Step {step}")).collect();
    let steps: Vec<&str> = steps.iter().map(String::as_str).collect();
    world.plan(&[&["step", "add"], steps.as_slice()].concat()).done();
    world.plan(&["show", "--ids"]).done();
    let whole = world.plan(&["log", "--oneline", "--reverse", "--type", "step", "-n", "1050"]).done();
    assert!(whole.contains("(and 1049 more)"), "one command is one line: {whole}");
    let streamed: Vec<String> =
        world.plan(&["log", "--json"]).json().iter().map(|line| line["data"]["id"].to_string()).collect();
    let mut read: Vec<String> =
        world.plan(&["log", "--json", "--reverse"]).json().iter().map(|line| line["data"]["id"].to_string()).collect();
    read.reverse();
    assert_eq!(streamed, read, "as it is read it comes in the order of the state");
    // The beginning is lost: who reads that far is told so, and who goes away before never gets there.
    let root = world.git(&["rev-list", "--max-parents=0", "plans/p"]);
    std::fs::remove_file(world.repository().join(".git/objects").join(&root[..2]).join(&root[2..]))?;
    let mut command = world.command(PROGRAM, &world.repository());
    let mut child =
        command.arg("log").stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::null()).spawn()?;
    let mut first = String::new();
    BufReader::new(child.stdout.take().ok_or("a pipe")?).read_line(&mut first)?;
    assert!(first.starts_with("event "), "the newest event comes first: {first}");
    assert_eq!(child.wait()?.code(), Some(0), "it ends with its reader, before it knows that the beginning is lost");
    let said = world.plan(&["log"]);
    assert_eq!(said.status, Some(7), "a whole log says what could not be read:\n{}", said.stderr);
    assert_eq!(said.stdout.matches("event ").count(), 1_050, "and shows what could");
    Ok(())
}

#[test]
fn commits_of_the_code_stand_between_the_events() {
    let world = world();
    commit(&world, "Before the plan");
    world.begin("p", &["One"]);
    commit(&world, "Build one");
    commit(&world, "Mend\u{1b}[31m one");
    world.plan(&["step", "done", "1"]).done();
    world.plan(&["step", "add", "Two", "Three"]).done();
    commit(&world, "Begin two");
    world.plan(&["step", "start", "2"]).done();
    commit(&world, "Not in any event");
    for line in [
        &["log", "--oneline", "--code"][..],
        &["log", "--oneline", "--code", "--reverse"],
        &["log", "--code", "--graph", "--type", "step.completed"],
        &["log", "--oneline", "--code", "--at", "-1"],
        &["log", "--code", "--json", "-n", "1"],
    ] {
        world.tell(line);
    }
    assert_snapshot!(world.transcript());
}

#[test]
fn a_log_takes_a_count_as_git_log_does() {
    let world = World::with_plan(&["One", "Two", "Three"]);
    let said = |arguments: &[&str]| world.plan(&[&["log", "--json"], arguments].concat()).done();
    assert_eq!(said(&["-2"]), said(&["-n", "2"]), "-2 is -n 2");
    assert_eq!(said(&["-2"]).lines().count(), 2, "and no more");
    world.plan(&["log", "2"]).failed(2, "expected a count such as -3");
}
