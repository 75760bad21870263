//! Many changes at once: `apply`, and commands that are only tried with `--dry-run`.

use serde_json::Value;

use crate::world::World;

impl World {
    /// Every ref with its tip, and every file of the work tree with its content.
    fn everything(&self) -> String {
        let refs = self.git(&["for-each-ref"]);
        let mut files: Vec<String> = walk(&self.repository());
        files.sort();
        format!("{refs}\n{}", files.join("\n"))
    }
}

fn walk(directory: &std::path::Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(directory).expect("it is a directory").flatten() {
        let path = entry.path();
        if path.is_dir() && entry.file_name() != ".git" {
            found.extend(walk(&path));
        } else if path.is_file() {
            found.push(format!(
                "{}: {}",
                path.display(),
                String::from_utf8_lossy(&std::fs::read(&path).expect("it reads"))
            ));
        }
    }
    found
}

const LINES: &str = r#"{"do": ["step", "add", "Build"], "as": "build"}
{"do": ["step", "add", "Ship", "--under", "@build"], "as": "ship", "why": "What is built goes out"}

{"do": ["step", "edit", "@ship", "--body", "-"], "input": "To one region first."}
{"do": ["decide", "Use a container", "--because", "It runs everywhere", "-m", "As agreed"]}
{"type": "note.added", "data": {"label": "Test", "text": "41 passed", "on": "@build"}, "as": "note"}
{"do": ["step", "done", "@ship", "--test", "-m", "--evidence", "-x"]}
"#;

#[test]
fn lines_are_recorded_all_at_once_and_may_name_what_earlier_ones_added() {
    let world = World::with_plan(&["Prepare"]);
    let lines = LINES.replace("\"-m\", \"--evidence\", \"-x\"", "\"It runs\"");
    let said = world.plan_reading(lines.as_bytes(), &["apply", "--json", "--key", "first", "-"]).json();
    let data = &said[0]["data"];
    let names: Vec<&String> = data["names"].as_object().expect("names").keys().collect();
    assert_eq!(names, ["build", "note", "ship"], "each name has an id: {data}");
    let events = world.events(&world.repository(), "p");
    let applied: Vec<&Value> = events.iter().rev().take(6).collect();
    let batch = &applied[0]["event"]["batch"];
    assert!(
        batch.is_string() && applied.iter().all(|event| event["event"]["batch"] == *batch),
        "they are one batch: {applied:#?}"
    );
    world.tell(&["show", "--raw"]);
    world.tell(&["log", "--oneline"]);
    insta::assert_snapshot!(world.transcript());
    let tip = world.git(&["rev-parse", "plans/p"]);
    let again = world.plan_reading(lines.as_bytes(), &["apply", "--json", "--key", "first", "-"]).json();
    assert_eq!(again[0]["data"]["repeated"], true, "a retry under the same key is known");
    assert_eq!(again[0]["data"]["events"], data["events"], "and says what was written then");
    assert_eq!(world.git(&["rev-parse", "plans/p"]), tip, "and writes nothing");
    let other = lines.replace("Build", "Another");
    world.plan_reading(other.as_bytes(), &["apply", "--key", "first"]).failed(1, "used for something else");
}

#[test]
fn where_one_line_is_wrong_nothing_is_recorded_and_the_line_is_named() {
    let world = World::with_plan(&["Prepare"]);
    let before = world.everything();
    let first = r#"{"do": ["step", "add", "Build"], "as": "build"}"#;
    let cases: &[(&str, i32, &str)] = &[
        ("{", 2, "line 2"),
        ("[]", 2, "line 2"),
        ("{}", 2, "line 2: expected either `do`"),
        (r#"{"do": ["step", "done", "9"]}"#, 4, "line 2: there is no step \"9\""),
        (r#"{"do": ["step", "done", "@nobody"]}"#, 4, "line 2: there is no step"),
        (r#"{"do": ["sync"]}"#, 2, "line 2: expected a command that writes to a plan"),
        (r#"{"do": ["apply", "-"]}"#, 2, "line 2: expected a command that writes to a plan"),
        (r#"{"do": ["-p", "other", "note", "x"]}"#, 2, "line 2: -p and -C belong to `apply` itself"),
        (r#"{"do": ["note", "x", "--key", "k"]}"#, 2, "line 2: --key"),
        (r#"{"do": ["note"]}"#, 2, "line 2: the following required arguments were not provided"),
        (r#"{"do": ["note", "x"], "colour": "red"}"#, 2, "line 2: unknown field `colour`"),
        (r#"{"type": "note.added", "data": {"label": "Test", "text": "x", "colour": "red"}}"#, 2, "data.colour"),
        (r#"{"type": "note.sung", "data": {}}"#, 2, "unknown type"),
        (r#"{"type": "step.completed", "data": {"step": "@build", "evidence": 3}}"#, 2, "line 2: malformed"),
        (r#"{"type": "plan.archived", "data": {}, "do": ["note", "x"]}"#, 2, "line 2: expected either"),
    ];
    for (line, status, words) in cases {
        let said = world.plan_reading(format!("{first}\n{line}\n").as_bytes(), &["apply"]).failed(*status, words);
        assert!(said.contains("hint:"), "it says what to do next: {said}");
        assert_eq!(world.everything(), before, "{line} leaves everything as it was");
    }
    world.plan_reading(b"\n", &["apply"]).failed(2, "nothing to apply");
    world.plan(&["apply", "missing.jsonl"]).failed(9, "cannot read missing.jsonl");
}

#[test]
fn what_is_only_tried_says_what_it_would_do_and_does_nothing() {
    let world = World::with_plan(&["One", "Two", "Three"]);
    world.plan(&["decide", "A", "--proposed"]).done();
    world.plan(&["criterion", "add", "Fast"]).done();
    world.plan(&["ask", "Why?"]).done();
    world.plan(&["block", "No access"]).done();
    world.git(&["init", "--quiet", "--bare", "../hub"]);
    world.git(&["remote", "add", "origin", "../hub"]);
    std::fs::write(world.repository().join("other.md"), "# Other\n\n- [ ] A\n").expect("it is written");
    world.plan(&["render"]).done();
    let view = std::fs::read_to_string(world.repository().join("plans/p.md")).expect("a view");
    std::fs::write(world.repository().join("plans/p.md"), view.replace("[ ] Two", "[x] Two")).expect("it is edited");
    let before = world.everything();
    let lines: &[&[&str]] = &[
        &["new", "Another"],
        &["step", "add", "Four"],
        &["step", "start", "1"],
        &["step", "done", "1"],
        &["step", "edit", "1", "First"],
        &["step", "move", "1", "--after", "2"],
        &["step", "drop", "3"],
        &["step", "claim", "1"],
        &["step", "depend", "1", "--on", "2"],
        &["step", "rm", "2"],
        &["criterion", "met", "1"],
        &["decide", "D"],
        &["decision", "accept", "1"],
        &["discover", "X"],
        &["answer", "1", "A"],
        &["unblock", "1"],
        &["note", "N"],
        &["result", "R"],
        &["story", "--as-a", "a", "--i-want", "b"],
        &["set", "title", "T"],
        &["section", "add", "Rollout"],
        &["undo"],
        &["archive"],
        &["import", "other.md"],
        &["absorb"],
        &["sync", "origin", "p"],
        &["push", "origin", "p"],
        &["publish"],
    ];
    for line in lines {
        let said = world.plan(&[line, &["--dry-run"][..]].concat()).ended(0);
        assert!(!said.stdout.is_empty(), "{line:?} says what it would do:\n{said}");
        assert_eq!(world.everything(), before, "{line:?} leaves everything as it was");
        let json = world.plan(&[line, &["--dry-run", "--json"][..]].concat()).json();
        assert!(!json.is_empty(), "{line:?} says so to programs too");
        assert_eq!(world.everything(), before, "{line:?} --json leaves everything as it was");
    }
    world.tell(&["step", "done", "1", "--dry-run"]);
    world.tell(&["step", "done", "9", "--dry-run"]);
    world.tell(&["publish", "--dry-run"]);
    world.tell(&["sync", "origin", "p", "--dry-run"]);
    insta::assert_snapshot!(world.transcript());
}
