//! What every command prints: whole sessions, told as one would see them, errors included.
//!
//! Lines that begin with `!` went to stderr; a status is told where it is not 0.

use insta::assert_snapshot;
use serde_json::Value;

use crate::schemas;
use crate::world::{Outcome, World};

#[test]
fn plans_are_begun_listed_chosen_and_put_away() {
    let world = World::new();
    for line in [
        &["list"][..],
        &["status"],
        &["new", "Dark mode", "--objective", "Add dark mode support across the web application"],
        &["new", "Dark mode"],
        &["new", "…"],
        &["new", "Memory leak", "--template", "bug", "--slug", "leak", "-m", "Daily restarts are required"],
        &["new", "Search", "--template", "feature"],
        &["new", "Parser", "--template", "cookbook", "--slug", "parser"],
        &["new", "Cook", "--layout", "cookbook"],
        &["status"],
        &["list"],
        &["switch", "nowhere"],
        &["switch", "leak"],
        &["list"],
        &["show"],
        &["show", "-p", "search"],
        &["archive", "-m", "Fixed in v2.3.1"],
        &["archive"],
        &["step", "add", "One more"],
        &["list"],
        &["list", "--all"],
        &["archive", "--undo"],
        &["list", "--json"],
    ] {
        world.tell(line);
    }
    assert_snapshot!(world.transcript());
}

#[test]
fn steps_are_added_worked_on_and_arranged() {
    let world = World::new();
    world.begin("p", &[]);
    for line in [
        &["next"][..],
        &["step", "add", "Create theme context", "Update components", "Test accessibility"],
        &["step", "add", "Navigation", "Forms", "--under", "2", "-m", "Split by component"],
        &["step", "add", "Design color palette", "--after", "1"],
        &["step", "add", "Ask for review", "--first"],
        &["step", "add", "Nested", "--under", "9"],
        &["step", "add", ""],
        &["step", "start", "2"],
        &["step", "start", "2"],
        &["step", "done", "2", "--evidence", "cargo test: 41 passed"],
        &["step", "done", "2"],
        &["step", "done", "2", "3"],
        &["step", "reopen", "2", "-m", "The fix broke the build"],
        &["step", "edit", "3", "Design the color palette"],
        &["step", "edit", "3", "--body", "Contrast of at least 4.5:1.\n\nSee the guide."],
        &["step", "edit", "3"],
        &["step", "move", "1", "--after", "5"],
        &["step", "move", "3", "--under", "3.1"],
        &["step", "drop", "5", "-m", "Out of scope"],
        &["step", "claim", "3.1", "--as", "agent-7", "--until", "2h"],
        &["step", "claim", "3.1", "--as", "agent-8"],
        &["next"],
        &["step", "release", "3.1", "--as", "agent-7"],
        &["step", "release", "3.1"],
        &["step", "depend", "4", "--on", "3"],
        &["step", "depend", "3", "--on", "4"],
        &["step", "depend", "4", "--on", "3", "--remove"],
        &["step", "rm", "3", "-m", "Covered by step 2"],
        &["show", "--ids"],
        &["show"],
    ] {
        world.tell(line);
    }
    assert_snapshot!(world.transcript());
}

#[test]
fn a_removed_step_is_restored_with_what_was_below_it() -> Outcome {
    let world = World::with_plan(&["Update components", "Test"]);
    world.plan(&["step", "add", "Forms", "--under", "1"]).done();
    let steps = world.plan(&["show", "--ids"]).done();
    let id = steps.split_whitespace().nth(2).ok_or("the first step's id")?;
    world.tell(&["step", "rm", "1"]);
    world.tell(&["step", "done", id]);
    world.tell(&["step", "restore", id]);
    world.tell(&["step", "restore", id]);
    world.tell(&["show", "--ids"]);
    assert_eq!(world.plan(&["show", "--ids"]).done(), steps, "restoring is the exact reverse");
    assert_snapshot!(world.transcript());
    Ok(())
}

#[test]
fn criteria_are_added_met_and_removed() {
    let world = World::new();
    world.begin("p", &[]);
    for line in [
        &["criterion", "add", "Theme toggle in settings", "Persistent user preference"][..],
        &["criterion", "add", "Works offline", "--first"],
        &["criterion", "met", "1", "--evidence", "screenshots/toggle.png"],
        &["criterion", "met", "1"],
        &["criterion", "unmet", "1", "-m", "Broken again by the new theme"],
        &["criterion", "edit", "2", "The toggle is in the settings"],
        &["criterion", "rm", "3"],
        &["criterion", "met", "3"],
        &["status"],
        &["show"],
    ] {
        world.tell(line);
    }
    assert_snapshot!(world.transcript());
}

#[test]
fn decisions_are_recorded_with_their_reasons_and_outlive_their_successors() {
    let world = World::new();
    world.begin("p", &["Store the data"]);
    for line in [
        &[
            "decide",
            "Use PostgreSQL",
            "--because",
            "Better JSON support",
            "--option",
            "MySQL",
            "--trade-off",
            "Slightly higher operational complexity",
            "--ref",
            "docs/ssot.md",
        ][..],
        &["decide", "Use SQLite", "--because", "One file is enough", "--supersedes", "1"],
        &["decide", "Encrypt it", "--proposed"],
        &["decision", "accept", "3"],
        &["decision", "accept", "3"],
        &["decision", "amend", "2", "Version 3.45 or later"],
        &["decision", "withdraw", "3", "-m", "The disk is encrypted"],
        &["decision", "withdraw", "7"],
        &["decide", "Use a file", "--supersedes", "9"],
        &["status"],
        &["show"],
    ] {
        world.tell(line);
    }
    assert_snapshot!(world.transcript());
}

#[test]
fn discoveries_notes_results_and_stories_are_kept() {
    let world = World::with_plan(&["Look at the heap"]);
    for line in [
        &["discover", "The leak correlates with WebSocket connections", "--evidence", "heap-1400.svg"][..],
        &["discover", "It is the pool, not the connections", "--corrects", "1"],
        &["note", "Disabled WebSocket pooling", "--label", "Test"],
        &["note", "Half of it is cached", "--on", "1"],
        &["note", "It is slow", "--on", "8"],
        &["note", ""],
        &["result", "Email and SMS channels"],
        &["result", "--metric", "Delivery rate: 99.94% (exceeds SLA)"],
        &["result", "--lesson", "Batch sending reduces costs by 40%"],
        &["story", "--as-a", "night owl", "--i-want", "a dark theme", "--so-that", "my eyes rest"],
        &["story", "--as-a", "tester", "--i-want", "a switch", "--criterion", "It is in the settings"],
        &["show"],
    ] {
        world.tell(line);
    }
    assert_snapshot!(world.transcript());
}

#[test]
fn blockers_and_questions_stand_in_the_way_until_they_are_resolved() {
    let world = World::with_plan(&["Send messages", "Measure"]);
    for line in [
        &["ask", "How to handle rate limiting?", "--option", "Client-side retry", "--option", "Queue"][..],
        &["ask", "Which provider?", "--need", "A list of prices"],
        &["block", "No sandbox account", "--on", "1", "--need", "Credentials from the provider"],
        &["block", "Limits unknown", "--on", "question 1", "--option", "Guess"],
        &["block", "No wind", "--on", "question 9"],
        &["next"],
        &["status"],
        &["show"],
        &["unblock", "1", "--how", "The provider opened an account"],
        &["unblock", "1"],
        &["unblock", "1", "--reopen"],
        &["answer", "2", "Twilio"],
        &["answer", "2", "Sinch"],
        &["answer", "2", "--reopen", "-m", "Twilio has no region in the EU"],
        &["answer", "7", "Nobody"],
        &["show"],
    ] {
        world.tell(line);
    }
    assert_snapshot!(world.transcript());
}

#[test]
fn fields_sets_sources_and_sections_are_written() {
    let world = World::with_plan(&[]);
    for line in [
        &["set", "title", "A better title"][..],
        &["set", "title", "A better title"],
        &["set", "status", "review"],
        &["set", "summary", "What it is \"about\""],
        &["set", "context", "- Symptom: slow\n- Since: v2"],
        &["set", "context", "--", "- Symptom: slow\n- Since: v2"],
        &["set", "status", "blocked", "-m", "An option after the value is an option"],
        &["set", "tags", "+ui", "theme"],
        &["set", "tags", "--remove", "ui"],
        &["set", "tags", "--remove", "ui"],
        &["set", "tags"],
        &["set", "author", "Ada", "Grace"],
        &["set", "source", "R1", "--title", "Exec Plans", "--url", "https://example.org/plans"],
        &["set", "colour", "blue"],
        &["set", "layout", "sideways"],
        &["set", "objective", "x", "--url", "https://example.org"],
        &["section", "add", "Rollout", "--after", "approach", "--text", "Behind a flag, 10 % a day."],
        &["section", "add", "Rollout"],
        &["section", "edit", "Rollout", "--heading", "Release"],
        &["section", "edit", "criteria", "--heading", "Definition of Done"],
        &["section", "edit", "Nowhere", "--text", "x"],
        &["show"],
    ] {
        world.tell(line);
    }
    assert_snapshot!(world.transcript());
}

#[test]
fn a_plan_is_read_as_it_is_and_as_it_was() {
    let world = World::with_plan(&["One", "Two"]);
    world.plan(&["step", "done", "1"]).done();
    world.plan(&["set", "objective", "Read it back"]).done();
    for line in [
        &["show", "--at", "plans/p~1"][..],
        &["status", "--at", "2026-11-22T10:00:05Z"],
        &["next", "--at", "plans/p~2"],
        &["show", "--layout", "cookbook"],
        &["show", "--layout", "sideways"],
        &["show", "--raw", "--ids"],
        &["show", "--at", "yesteryear"],
        &["show", "--at", "0000000"],
        &["status", "--json"],
        &["next", "--json"],
        &["show", "--json"],
    ] {
        world.tell(line);
    }
    assert_snapshot!(world.transcript());
}

#[test]
fn the_log_tells_what_happened_and_why() {
    let mut world = World::with_plan(&["One", "Two"]);
    world.plan(&["step", "start", "1"]).done();
    world.env.insert("GIT_PLAN_AGENT".to_owned(), "agent-7".to_owned());
    world.plan(&["step", "done", "1", "-m", "All carriers answer", "-m", "Twice."]).done();
    world.env.remove("GIT_PLAN_AGENT");
    world.plan(&["decide", "Use SQLite", "--because", "One file is enough"]).done();
    for line in [
        &["log"][..],
        &["log", "--oneline"],
        &["log", "--oneline", "--graph", "-n", "2"],
        &["log", "--graph", "--type", "step.completed"],
        &["log", "--oneline", "--reverse"],
        &["log", "--oneline", "--type", "step"],
        &["log", "--oneline", "--item", "2"],
        &["log", "--oneline", "--actor", "AGENT-7"],
        &["log", "--oneline", "--since", "2026-11-22T10:00:06Z"],
        &["log", "--oneline", "--until", "2026-11-22T10:00:05Z"],
        &["log", "--oneline", "--at", "plans/p~3"],
        &["log", "--item", "9"],
        &["log", "--since", "soon"],
        &["log", "--json", "-n", "1"],
    ] {
        world.tell(line);
    }
    assert_snapshot!(world.transcript());
}

#[test]
fn what_was_done_is_undone_by_recording_the_reverse() {
    let world = World::with_plan(&["One", "Two"]);
    for line in [
        &["step", "done", "1"][..],
        &["undo", "-m", "Ticked the wrong step"],
        &["step", "edit", "2", "Second"],
        &["undo"],
        &["step", "rm", "1"],
        &["undo"],
        &["log", "--oneline"],
        &["undo", "0000000"],
        &["show"],
    ] {
        world.tell(line);
    }
    assert_snapshot!(world.transcript());
}

#[test]
fn a_command_with_a_key_is_recorded_once() {
    let world = World::with_plan(&[]);
    for line in [
        &["step", "add", "One", "--key", "k1"][..],
        &["step", "add", "One", "--key", "k1"],
        &["step", "add", "Other", "--key", "k1"],
        &["new", "Again", "--key", "k2"],
        &["new", "Again", "--key", "k2"],
        &["new", "Again", "--key", "k3"],
        &["-p", "p", "show", "--ids"],
    ] {
        world.tell(line);
    }
    assert_snapshot!(world.transcript());
}

#[test]
fn text_is_read_from_stdin_where_a_dash_stands_for_it() {
    let world = World::with_plan(&["One"]);
    world.plan_reading(b"First line\nsecond line\n", &["note", "-"]).done();
    world.plan_reading(b"Why we are here.\n", &["set", "objective"]).done();
    world.plan_reading(b"Body, with\n\na paragraph.\n", &["step", "edit", "1", "--body", "-"]).done();
    let shown = world.plan(&["show", "--raw"]).done();
    for text in ["First line\n", "second line", "## Objective\nWhy we are here.\n", "a paragraph."] {
        assert!(shown.contains(text), "{text:?} came in through stdin:\n{shown}");
    }
    world.plan_reading(b"\xff\xfe", &["note", "-"]).failed(9, "UTF-8");
    world.tell(&["show"]);
    assert_snapshot!(world.transcript());
}

#[test]
fn a_plan_is_imported_exported_and_checked_with_blake3_alone() {
    let world = World::new();
    let file = world.repository().join("plan.md");
    let markdown = "# Search ExecPlan\n\n## Objective\nFind it.\n\n## Execution Steps\n1. [x] Index\n2. [ ] Query\n\n\
        ## Progress Log\n### 2025-11-01 14:00\n- Discovery: The index is small\n\n## Something else\nKept.\n";
    std::fs::write(&file, markdown).expect("a plan in Markdown");
    for line in [
        &["import", "plan.md"][..],
        &["import", "plan.md"],
        &["import", "nowhere.md"],
        &["import", "--slug", "two", "plan.md", "plan.md"],
        &["import", "--slug", "again", "--json", "plan.md"],
        &["show", "-p", "search"],
    ] {
        world.tell(line);
    }
    world.plan_reading(markdown.as_bytes(), &["import", "--slug", "piped", "-"]).done();
    world.plan_reading(b"# T\n\xff\n", &["import", "-"]).done();
    let exported = world.plan(&["-p", "search", "export"]).done();
    let git = world.assert_chained(&world.repository(), "search");
    assert_eq!(exported.lines().count(), git.len(), "one line for each event");
    let mut parent = None;
    for (line, event) in exported.lines().zip(&git) {
        assert_eq!(&serde_json::from_str::<Value>(line).expect("a line of JSON"), event, "what git has is exported");
        assert_eq!(event["parents"][0].as_str(), parent.as_deref(), "each line hashes to what the next one names");
        parent = Some(blake3::hash(line.as_bytes()).to_hex().to_string());
    }
    let view = world.plan(&["-p", "search", "export", "--format", "md"]).done();
    assert_eq!(view, world.plan(&["-p", "search", "show", "--raw"]).done(), "the view as it is shown");
    assert_snapshot!(world.transcript());
}

/// Every command that stands alone, as its words: from the program's own help.
fn leaves(world: &World) -> Vec<Vec<String>> {
    let mut leaves = Vec::new();
    let mut ahead: Vec<Vec<String>> = vec![Vec::new()];
    while let Some(words) = ahead.pop() {
        let mut below: Vec<Vec<String>> = Vec::new();
        for name in subcommands(&help(world, &words)) {
            below.push(words.iter().cloned().chain([name]).collect());
        }
        match below.is_empty() {
            true => leaves.push(words),
            false => ahead.extend(below),
        }
    }
    leaves.sort();
    leaves
}

fn help(world: &World, words: &[String]) -> String {
    let mut arguments: Vec<&str> = words.iter().map(String::as_str).collect();
    arguments.push("--help");
    world.plan(&arguments).done()
}

fn subcommands(help: &str) -> Vec<String> {
    let listed = help.lines().skip_while(|line| *line != "Commands:").skip(1);
    let names = listed.take_while(|line| line.starts_with("  ")).filter(|line| !line.starts_with("   "));
    names.filter_map(|line| line.split_whitespace().next()).filter(|name| *name != "help").map(str::to_owned).collect()
}

#[test]
fn every_command_has_help_with_an_example() {
    let world = World::new();
    let leaves = leaves(&world);
    assert!(leaves.len() >= 40, "the commands are found in the help: {leaves:?}");
    let mut reference = help(&world, &[]);
    for words in &leaves {
        let help = help(&world, words);
        assert!(help.contains("Example") && help.contains("  git plan "), "{words:?} has an example:\n{help}");
        let short = world.plan(&words.iter().map(String::as_str).chain(["-h"]).collect::<Vec<_>>()).done();
        assert!(short.contains("Example"), "{words:?} -h has it too:\n{short}");
        reference.push_str(&format!("\n{}\n{help}", "=".repeat(80)));
    }
    assert_snapshot!("reference", reference);
}

#[test]
fn every_command_speaks_json_in_one_envelope() {
    let mut world = World::new();
    world.env.insert("GIT_EDITOR".to_owned(), "true".to_owned());
    let mut missing = leaves(&world);
    let lines: &[&[&str]] = &[
        &["new", "P", "--slug", "p", "--objective", "O"],
        &["list"],
        &["switch", "p"],
        &["step", "add", "One", "Two", "Three"],
        &["step", "start", "1"],
        &["step", "done", "1"],
        &["step", "reopen", "1"],
        &["step", "edit", "1", "First"],
        &["step", "move", "1", "--after", "2"],
        &["step", "drop", "3"],
        &["step", "claim", "1"],
        &["step", "release", "1"],
        &["step", "depend", "1", "--on", "2"],
        &["step", "rm", "2"],
        &["step", "restore", "@removed"],
        &["criterion", "add", "One", "Two"],
        &["criterion", "met", "1"],
        &["criterion", "unmet", "1"],
        &["criterion", "edit", "1", "First"],
        &["criterion", "rm", "1"],
        &["criterion", "restore", "@removed"],
        &["decide", "D", "--proposed"],
        &["decision", "accept", "1"],
        &["decision", "amend", "1", "More"],
        &["decision", "withdraw", "1"],
        &["discover", "X"],
        &["ask", "Q?"],
        &["answer", "1", "A"],
        &["block", "B"],
        &["unblock", "1"],
        &["note", "N"],
        &["apply", "lines.jsonl"],
        &["result", "R"],
        &["story", "--as-a", "a", "--i-want", "b"],
        &["set", "title", "T"],
        &["section", "add", "Rollout"],
        &["section", "edit", "Rollout", "--text", "x"],
        &["show"],
        &["status"],
        &["next"],
        &["prime"],
        &["log"],
        &["diff"],
        &["why", "1"],
        &["decisions"],
        &["blame"],
        &["conflicts"],
        &["check"],
        &["verify"],
        &["undo"],
        &["render"],
        &["absorb"],
        &["edit"],
        &["init", "--hook"],
        &["hook", "install"],
        &["hook", "link"],
        &["hook", "remove"],
        &["capabilities"],
        &["fetch"],
        &["sync"],
        &["push"],
        &["publish"],
        &["archive"],
    ];
    world.git(&["init", "--quiet", "--bare", "../hub"]);
    world.git(&["remote", "add", "origin", "../hub"]);
    std::fs::write(world.repository().join("lines.jsonl"), r#"{"do": ["note", "N"]}"#).expect("it is written");
    world.git(&["commit", "--quiet", "--allow-empty", "-m", "Code"]);
    let mut removed = String::new();
    for line in lines {
        missing.retain(|words| !line.iter().zip(words).all(|(a, b)| a == b));
        let mut line: Vec<&str> = line.iter().map(|word| if *word == "@removed" { &removed } else { *word }).collect();
        line.push("--json");
        let said = world.plan(&line);
        assert_eq!(said.stderr, "", "{line:?}: with --json there is no talk");
        let told = said.json();
        assert!(!told.is_empty(), "{line:?} writes data");
        for envelope in &told {
            assert_eq!(envelope["schema_version"], 1, "{line:?}: {envelope}");
            assert!(envelope["kind"].is_string() && envelope["data"].is_object(), "{line:?}: {envelope}");
            // What is about several plans, or about none, names them in its data.
            if !["list", "init", "fetch", "sync", "push", "publish", "hook", "capabilities"].contains(&line[0]) {
                assert_eq!(envelope["plan"], "p", "{line:?} says which plan it is about");
                let version = envelope["version"].as_array().map_or(&[][..], Vec::as_slice);
                assert!(version.len() == 1 && version.iter().all(is_id), "{line:?} says which version it shows");
            }
        }
        if line.contains(&"rm") {
            removed = told[0]["data"]["events"][0]["item"].as_str().unwrap_or_default().to_owned();
        }
    }
    // These have tests of their own: one needs a file, one writes what the format says and nothing around it, one files,
    // one a conflict; completions and manual pages are for other programs; one waits, one serves.
    missing.retain(|words| {
        !["import", "export", "init", "resolve", "completions", "man", "watch", "mcp"]
            .iter()
            .any(|own| words == &[*own])
    });
    assert_eq!(missing, Vec::<Vec<String>>::new(), "every command of the help is tried here");
}

fn is_id(value: &Value) -> bool {
    value.as_str().is_some_and(|id| id.len() == 64 && id.bytes().all(|b| b.is_ascii_hexdigit()))
}

#[test]
fn failures_speak_json_too_and_leave_stdout_empty() {
    let world = World::with_plan(&["One"]);
    for (line, status, code) in [
        (&["step", "done", "9", "--json"][..], 4, "not-found"),
        (&["frobnicate", "--json"], 2, "usage"),
        (&["show", "-p", "nope", "--json"], 4, "no-such-plan"),
        (&["new", "P", "--slug", "p", "--json"], 1, "plan-exists"),
        (&["show", "-p", "No Slug", "--json"], 2, "usage"),
    ] {
        let said = world.plan(line).failed(status, code);
        let told: Value = serde_json::from_str(&said).expect("one line of JSON");
        schemas::hold(&told);
        assert_eq!(told["error"]["code"], code, "{told}");
        assert_eq!(told["kind"], "error", "{told}");
        assert!(told["error"]["message"].is_string() && told["error"]["retry"] == false, "{told}");
    }
}

#[test]
fn status_as_json_has_what_an_agent_loads() {
    let world = World::with_plan(&["One", "Two"]);
    world.plan(&["set", "objective", "Load it"]).done();
    world.plan(&["step", "start", "2"]).done();
    world.plan(&["block", "No account", "--on", "2"]).done();
    world.plan(&["decide", "Use SQLite", "--because", "One file"]).done();
    let told = &world.plan(&["status", "--json"]).json()[0]["data"];
    assert_eq!(told["objective"], "Load it", "{told}");
    assert_eq!(told["current_step"]["text"], "Two", "{told}");
    assert_eq!(told["blockers"][0]["text"], "No account", "{told}");
    assert_eq!(told["decisions"][0]["title"], "Use SQLite", "{told}");
}
