//! What is kept to be quick changes nothing that is said.

use std::fs;

use crate::world::World;

/// Runs one script in two worlds, one of which forgets before each command all that it kept. The plan is large enough
/// for its lists to lie in several pages, some of which are split.
#[test]
fn every_output_is_the_same_with_and_without_what_is_kept() {
    let (keeping, forgetting) = (World::new(), World::new());
    let both = |line: &[&str]| {
        let _ = fs::remove_dir_all(forgetting.repository().join(".git/git-plan"));
        let (kept, anew) = (keeping.plan(line), forgetting.plan(line));
        assert_eq!(kept, anew, "{line:?} says the same with a snapshot and without");
        kept
    };
    both(&["new", "Other"]).done();
    both(&["new", "Much to do", "--slug", "p"]).done();
    let plan = |line: &[&str]| both(&[&["-p", "p"], line].concat());
    let texts: Vec<String> = (1..=150).map(|n| format!("Do part {n}")).collect();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    plan(&[&["step", "add"], &texts[..]].concat()).done();
    plan(&[&["step", "add", "--under", "70"], &texts[..20]].concat()).done();
    plan(&[&["step", "add", "--after", "30"], &texts[..50]].concat()).done();
    let listed = plan(&["show", "--ids"]).done();
    let step = |n: usize| {
        let steps = listed.lines().filter(|line| line.starts_with("step"));
        steps.filter_map(|line| line.split_whitespace().nth(2)).nth(n).map_or_else(String::new, str::to_owned)
    };
    let (early, late, inner) = (step(40), step(190), step(125));
    for line in [
        &["note", "Half a day went by"][..],
        &["note", "About one of them", "--on", "120.3"],
        &["decide", "Do the rest tomorrow", "--because", "It is late"],
        &["step", "done", "3", "120.2", "200"],
        &["step", "done", &early, &inner],
        &["step", "done", &late],
        &["step", "done", &late],
        &["step", "done", "201"],
        &["step", "done", "120.21"],
        &["step", "start", "120"],
        &["step", "rm", "120"],
        &["step", "done", "120"],
        &["step", "restore", &inner],
        &["step", "move", "150", "--after", "10"],
        &["step", "move", "20", "--under", "120"],
        &["step", "move", "20", "--first"],
        &["step", "add", "Begin", "--first"],
        &["step", "edit", "17", "Another wording"],
        &["step", "claim", "18"],
        &["step", "depend", "19", "--on", "180"],
        &["section", "add", "Later", "--text", "What comes after."],
        &["step", "add", "Rest", "--under", "Later"],
        &["step", "done", "201"],
        &["criterion", "add", "All is done"],
        &["criterion", "met", "1"],
        &["block", "It rains", "--on", "4"],
        &["ask", "When does it stop?"],
        &["answer", "1", "Tomorrow"],
        &["undo"],
        &["--json", "step", "add", "One more"],
        &["--json", "step", "done", "6"],
        &["note", "Once", "--key", "k"],
        &["note", "Once", "--key", "k"],
        &["note", "Twice", "--key", "k"],
        &["show", "--ids"],
    ] {
        let _ = plan(line);
    }
    let show = plan(&["show"]).done();
    both(&["note", "Which of the two?"]).failed(5, "which plan?");
    plan(&["archive"]).done();
    both(&["note", "There is one left"]).done();
    assert!(show.contains("One more") && show.contains("[x] Rest"), "the script did something:\n{show}");
    assert!(keeping.repository().join(".git/git-plan/snapshots/p").exists(), "one of them kept something");
}
