//! Each kind of tampering with a history is found by `git plan verify`, and by the independent reader in `spec/`, and is named.
//!
//! The tables below are the promise. What cannot be seen in a history alone (its end cut off, its last event made anew) is
//! known by a commitment that was made before.

use std::fs;
use std::path::{Path, PathBuf};

use crate::world::{EMPTY_TREE, Outcome, World};

/// A commit of a line of history, taken apart.
#[derive(Clone)]
struct Commit {
    author: String,
    committer: String,
    message: String,
}

impl Commit {
    fn event(&self) -> &str {
        self.message.trim_end().rsplit("Plan-Event: ").next().unwrap_or_default()
    }

    fn id(&self) -> String {
        blake3::hash(self.event().as_bytes()).to_hex().to_string()
    }

    /// Another event with the same commit around it.
    fn with(mut self, event: &str) -> Self {
        self.message = format!("Forged\n\nPlan-Event: {event}\n");
        self
    }

    fn replaced(&mut self, from: &str, to: &str) {
        let forged = self.event().replace(from, to);
        assert_ne!(forged, self.event(), "the event has {from:?}");
        *self = self.clone().with(&forged);
    }
}

/// A world with a line of events in `p`, another plan `q`, a commitment to `p`, and an export.
fn world() -> World {
    let world = World::with_plan(&["One", "Two"]);
    world.plan(&["step", "done", "1"]).done();
    world.plan(&["decide", "Use SQLite"]).done();
    world.plan(&["note", "Before last"]).done();
    world.plan(&["note", "Last"]).done();
    world.begin("q", &["Elsewhere"]);
    world.plan(&["verify", "p", "--commit-to", "../commitment"]).done();
    world
}

/// The commits of a plan, oldest first.
fn commits(world: &World, slug: &str) -> Vec<Commit> {
    let ids = world.git(&["rev-list", "--reverse", &format!("plans/{slug}")]);
    let commit = |id: &str| {
        let raw = world.git(&["cat-file", "commit", id]);
        let (headers, message) = raw.split_once("\n\n").unwrap_or_default();
        let line = |name: &str| headers.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default().to_owned();
        Commit { author: line("author "), committer: line("committer "), message: format!("{message}\n") }
    };
    ids.lines().map(commit).collect()
}

/// Writes commits as the history of `p`, each on top of the one before.
fn rewrite(world: &World, commits: &[Commit]) {
    let mut parent = String::new();
    for commit in commits {
        let line = if parent.is_empty() { String::new() } else { format!("parent {parent}\n") };
        let Commit { author, committer, message } = commit;
        let raw = format!("tree {EMPTY_TREE}\n{line}author {author}\ncommitter {committer}\n\n{message}");
        parent = world.object("commit", raw.as_bytes());
    }
    world.git(&["update-ref", "refs/plans/p", &parent]);
}

/// A note by Eve that follows an event.
fn note_after(parent: &Commit) -> Commit {
    let by = r#"{"email":"ada@example.org","name":"Ada"}"#;
    let data = r#"{"label":"Note","text":"Slipped in"}"#;
    let at = "2026-11-22T10:00:30.000Z";
    let id = parent.id();
    let who = "Ada <ada@example.org> 1795341630 +0000".to_owned();
    let commit = Commit { author: who.clone(), committer: who, message: String::new() };
    commit.with(&format!(r#"{{"at":"{at}","by":{by},"data":{data},"parents":["{id}"],"type":"note.added","v":1}}"#))
}

/// The independent reader; none where there is no Python with its one package.
fn reader(world: &World, arguments: &[&str]) -> Option<(bool, String)> {
    let spec = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../spec/verify.py");
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/venv/bin/python");
    let python = [own, PathBuf::from("python3")].into_iter().find(|python| {
        let mut command = world.command(python, world.path());
        command.args(["-c", "import blake3"]).output().is_ok_and(|output| output.status.success())
    });
    let Some(python) = python else {
        println!("SKIPPED: there is no python3 with the package blake3 here (spec/requirements.txt)");
        return None;
    };
    let mut command = world.command(python, world.path());
    let output = command.env("PYTHONDONTWRITEBYTECODE", "1").arg(spec).args(arguments).output().expect("it runs");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.code() <= Some(1), "{said}{}", String::from_utf8_lossy(&output.stderr));
    Some((output.status.success(), said))
}

/// Asserts that both readers find it, and say so.
#[track_caller]
fn assert_found(world: &World, what: &str, arguments: &[&str], code: &str, other: &[&str], words: &str) {
    let said = world.plan(&[&["verify", "--json"], arguments].concat());
    assert_eq!(said.status, Some(7), "{what} is found:\n{said}");
    assert!(said.stdout.contains(&format!(r#""code":"{code}""#)), "{what} is called {code}:\n{said}");
    let shown = world.plan(&[&["verify"], arguments].concat());
    assert!(shown.stdout.contains(code) && shown.stdout.contains("expected"), "{what} is told to people:\n{shown}");
    if let Some((sound, said)) = reader(world, other) {
        assert!(!sound && said.contains(words), "{what}: the other reader says {words:?}:\n{said}");
    }
}

/// What is done to the commits, the code that names it, and the words of the other reader.
type Case<T> = (&'static str, fn(&World, &mut Vec<T>), &'static str, &'static str);

const OF_COMMITS: &[Case<Commit>] = &[
    ("an edited event", |_, all| all[2].replaced("Two", "Too"), "missing-parent", "is missing"),
    ("an event with other spaces", |_, all| all[2].replaced(":", ": "), "not-canonical", "not-canonical"),
    ("a dropped event", |_, all| drop(all.remove(3)), "missing-parent", "is missing"),
    ("a dropped beginning", |_, all| drop(all.remove(0)), "no-beginning", "0 events that begin a plan"),
    ("an inserted event", |_, all| all.insert(4, note_after(&all[3])), "parents-differ", "(G7)"),
    ("reordered events", |_, all| all.swap(3, 4), "parents-differ", "(G7)"),
    ("an event given to somebody else", |_, all| all[4].replaced("Ada", "Eve"), "missing-parent", "is missing"),
    (
        "a commit given to somebody else",
        |_, all| all[4].author = all[4].author.replace("Ada", "Eve"),
        "author-differs",
        "(G6)",
    ),
    ("a dated event", |_, all| all[4].replaced("2026-11-22", "2026-11-21"), "missing-parent", "is missing"),
    ("a dated commit", |_, all| all[4].author = all[4].author.replace("+0000", "+0100"), "date-differs", "(G6)"),
    ("a dated committer", |_, all| all[4].committer = all[4].committer.replace(" 1", " 2"), "date-differs", "(G6)"),
    (
        "an event of another plan",
        |world, all| {
            let foreign = commits(world, "q").remove(1);
            all.insert(3, foreign);
        },
        "parents-differ",
        "(G7)",
    ),
    (
        "the beginning of another plan",
        |world, all| {
            let foreign = commits(world, "q").remove(0);
            all.push(foreign);
        },
        "second-beginning",
        "2 events that begin a plan",
    ),
    ("a commit without an event", |_, all| all[3].message = "Nothing\n".to_owned(), "not-of-a-plan", "(G9)"),
    ("an event of no form", |_, all| all[6].replaced("\"label\"", "\"lable\""), "malformed", "malformed"),
];

#[test]
fn whatever_is_done_to_the_commits_is_found_and_named() {
    let world = world();
    let sound = commits(&world, "p");
    for (what, tamper, code, words) in OF_COMMITS {
        let mut forged = sound.clone();
        tamper(&world, &mut forged);
        rewrite(&world, &forged);
        let repository = world.repository().display().to_string();
        assert_found(&world, what, &["p"], code, &["repo", &repository, "p"], words);
    }
    rewrite(&world, &sound);
    world.plan(&["verify", "p", "--against", "../commitment"]).done();
}

#[test]
fn what_a_history_alone_does_not_show_is_known_by_a_commitment() {
    let world = world();
    let sound = commits(&world, "p");
    let cases: &[Case<Commit>] = &[
        ("a history that was cut back", |_, all| all.truncate(4), "cut-back", "is gone"),
        ("the last event, edited", |_, all| all[6].replaced("Last", "Lost"), "cut-back", "is gone"),
        (
            "the last event, given to somebody else",
            |_, all| {
                all[6].replaced("Ada", "Eve");
                all[6].author = all[6].author.replace("Ada", "Eve");
            },
            "cut-back",
            "is gone",
        ),
        ("another plan in its place", |world, all| *all = commits(world, "q"), "other-plan", "is gone"),
    ];
    let repository = world.repository().display().to_string();
    for (what, tamper, code, words) in cases {
        let mut forged = sound.clone();
        tamper(&world, &mut forged);
        rewrite(&world, &forged);
        world.plan(&["verify", "p"]).done();
        let other = ["repo", &repository, "p", "--against", "commitment"];
        assert_found(&world, what, &["p", "--against", "../commitment"], code, &other, words);
    }
}

#[test]
fn what_stock_git_would_show_in_place_of_a_commit_is_found() -> Outcome {
    let world = world();
    let repository = world.repository().display().to_string();
    let other = ["repo", repository.as_str(), "p"];
    let (swapped, last) = (world.git(&["rev-parse", "plans/p~1"]), world.git(&["rev-parse", "plans/p~3"]));
    let forged = world.git(&["commit-tree", "-p", &last, "-m", "Nothing happened", EMPTY_TREE]);
    world.git(&["replace", &swapped, &forged]);
    assert_found(&world, "a replaced commit", &["p"], "replaced", &other, "shows another commit in its place");
    assert!(world.git(&["log", "--format=%s", "plans/p"]).contains("Nothing happened"), "stock git is fooled");
    assert!(world.plan(&["-p", "p", "show"]).done().contains("Before last"), "and git-plan is not");
    world.git(&["replace", "-d", &swapped]);
    fs::create_dir_all(world.repository().join(".git/info"))?;
    fs::write(world.repository().join(".git/info/grafts"), format!("{swapped} {last}\n"))?;
    assert_found(&world, "a graft", &["p"], "grafted", &other, "a graft gives it other parents");
    fs::remove_file(world.repository().join(".git/info/grafts"))?;
    let clone = format!("file://{repository}");
    world.git_in(world.path(), &["init", "--quiet", "shallow"]);
    let shallow = world.path().join("shallow");
    world.git_in(&shallow, &["fetch", "--quiet", "--depth=2", &clone, "refs/plans/p:refs/plans/p"]);
    let said = world.plan_in(&shallow, &["verify", "p"]).ended(7).stdout;
    assert!(said.contains("error shallow") && said.contains("git fetch --unshallow"), "{said}");
    Ok(())
}

#[test]
fn a_join_that_is_not_what_its_parents_make_is_found() {
    let world = world();
    let tip = world.git(&["rev-parse", "plans/p"]);
    world.git(&["update-ref", "refs/plans/p", "plans/p~1"]);
    world.plan(&["-p", "p", "note", "Beside it"]).done();
    world.join("p", &tip);
    let repository = world.repository().display().to_string();
    assert_found(&world, "a join by somebody", &["p"], "join-differs", &["repo", &repository, "p"], "(G10)");
}

const OF_LINES: &[Case<String>] = &[
    ("an edited line", |_, all| all[2] = all[2].replace("Two", "Too"), "missing-parent", "is missing"),
    ("a dropped line", |_, all| drop(all.remove(3)), "missing-parent", "is missing"),
    ("a dropped beginning", |_, all| drop(all.remove(0)), "no-beginning", "0 events that begin a plan"),
    ("a line twice", |_, all| all.insert(4, all[3].clone()), "line-twice", "twice"),
    ("lines in another order", |_, all| all.swap(3, 4), "out-of-order", "not in canonical order"),
    ("a line given to somebody else", |_, all| all[4] = all[4].replace("Ada", "Eve"), "missing-parent", "is missing"),
    ("a dated line", |_, all| all[4] = all[4].replace("2026-11-22", "2026-11-21"), "missing-parent", "is missing"),
    ("a line of another plan", |world, all| all.push(lines(world, "q").remove(1)), "missing-parent", "is missing"),
    (
        "the beginning of another plan",
        |world, all| all.push(lines(world, "q").remove(0)),
        "second-beginning",
        "2 events",
    ),
    ("a line with other spaces", |_, all| all[6] = all[6].replace(':', ": "), "not-canonical", "not-canonical"),
    ("a line that is cut off", |_, all| all[6].truncate(40), "not-canonical", "not-canonical"),
];

fn lines(world: &World, slug: &str) -> Vec<String> {
    world.plan(&["-p", slug, "export"]).done().lines().map(str::to_owned).collect()
}

#[test]
fn whatever_is_done_to_an_export_is_found_and_named() -> Outcome {
    let world = world();
    let sound = lines(&world, "p");
    let file = world.path().join("p.jsonl");
    for (what, tamper, code, words) in OF_LINES {
        let mut forged = sound.clone();
        tamper(&world, &mut forged);
        fs::write(&file, forged.join("\n") + "\n")?;
        assert_found(&world, what, &["../p.jsonl"], code, &["events", "p.jsonl"], words);
    }
    let cases: &[Case<String>] = &[
        ("an export that was cut back", |_, all| all.truncate(4), "cut-back", "is gone"),
        ("the last line, edited", |_, all| all[6] = all[6].replace("Last", "Lost"), "cut-back", "is gone"),
        (
            "the last line, given to somebody else",
            |_, all| all[6] = all[6].replace("Ada", "Eve"),
            "cut-back",
            "is gone",
        ),
    ];
    for (what, tamper, code, words) in cases {
        let mut forged = sound.clone();
        tamper(&world, &mut forged);
        fs::write(&file, forged.join("\n") + "\n")?;
        world.plan(&["verify", "../p.jsonl"]).done();
        let other = ["events", "p.jsonl", "--against", "commitment"];
        assert_found(&world, what, &["../p.jsonl", "--against", "../commitment"], code, &other, words);
    }
    Ok(())
}

#[test]
fn a_commitment_that_was_edited_is_known() -> Outcome {
    let world = world();
    let sound = fs::read_to_string(world.path().join("commitment"))?;
    let file = world.path().join("forged");
    let repository = world.repository().display().to_string();
    for name in ["events 7", "root-sha256 ", "jsonl-blake3 ", "state-blake3 "] {
        let at = sound.find(name).ok_or(name)? + name.len();
        let digit = if sound[at - 1..].starts_with('7') { at - 1 } else { at };
        let other = if sound[digit..].starts_with('8') { "9" } else { "8" };
        fs::write(&file, format!("{}{other}{}", &sound[..digit], &sound[digit + 1..]))?;
        let python = ["repo", repository.as_str(), "p", "--against", "forged"];
        let word = name.split(' ').next().unwrap_or_default();
        assert_found(&world, name, &["p", "--against", "../forged"], "commitment-differs", &python, word);
    }
    for broken in
        [sound.replace('\n', "\r\n"), sound.replace("events 7", "events 07"), format!("{sound}\n"), String::new()]
    {
        fs::write(&file, broken)?;
        let said = world.plan(&["verify", "p", "--against", "../forged"]).failed(7, "not a commitment");
        assert!(said.contains("line "), "which line: {said}");
    }
    Ok(())
}

#[test]
fn times_that_cannot_be_are_told_and_are_no_errors() {
    let world = world();
    world.set_clock("2026-11-22 09:00:00");
    world.plan(&["-p", "p", "note", "By a clock that is behind"]).done();
    world.set_clock("2031-01-01 00:00:00");
    world.plan(&["-p", "p", "note", "By a clock that is ahead"]).done();
    world.set_clock("2026-11-22 12:00:00");
    let said = world.plan(&["verify", "p"]).done();
    assert!(said.contains("warning before-parent") && said.contains("warning in-the-future"), "{said}");
    assert!(said.starts_with("p: sound, 2 warnings"), "the order does not depend on clocks: {said}");
}
