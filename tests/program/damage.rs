//! Damage, and commits that somebody made past the program: reported by plan and commit, never a panic, never in the
//! way of other plans, and never written on top of.

use std::fs;

use serde_json::Value;

use crate::world::{Outcome, World};

/// What is wrong, and how it is made so.
type Case<T> = (&'static str, fn(&World) -> T);

/// A world with a plan `p` that will be damaged and a plan `sound` that will not.
fn world() -> World {
    let world = World::with_plan(&["One", "Two"]);
    world.begin("sound", &["Goes on"]);
    world
}

/// The canonical bytes of an event after the newest one of `p`.
fn payload(world: &World, version: u32, kind: &str, data: &str) -> String {
    let events = world.events(&world.repository(), "p");
    let last = events.last().and_then(|event| event["id"].as_str()).expect("an event").to_owned();
    let by = r#"{"email":"eve@example.org","name":"Eve"}"#;
    let at = "2026-11-22T11:00:00.000Z";
    format!(r#"{{"at":"{at}","by":{by},"data":{data},"parents":["{last}"],"type":"{kind}","v":{version}}}"#)
}

fn message(payload: &str) -> Vec<u8> {
    format!("Forged\n\nPlan-Event: {payload}\n").into_bytes()
}

/// Asserts that `p` is reported as damaged at a commit by whatever reads it, is not written to, and that all else works.
#[track_caller]
fn assert_damaged(world: &World, what: &str, commit: &str) {
    assert_reported(world, what, commit, &[&["show"], &["log", "--json"]]);
    assert_refused(world, what, commit, &[&["note", "x"]]);
    let listed = world.plan(&["list"]);
    assert!(listed.stdout.contains("damaged: ") && listed.stdout.contains("Plan sound"), "{what}: the list:\n{listed}");
    assert_sound_goes_on(world, what);
}

#[track_caller]
fn assert_reported(world: &World, what: &str, commit: &str, lines: &[&[&str]]) {
    for line in lines {
        let said = world.plan(&[&["-p", "p"], *line].concat());
        assert_eq!(said.status, Some(7), "{what}: {line:?} ends with status 7:\n{said}");
        assert!(said.stderr.contains("plan p is damaged") && said.stderr.contains(commit), "{what}: where:\n{said}");
        assert!(!said.stderr.contains("panicked"), "{what}: {line:?} does not panic:\n{said}");
    }
}

#[track_caller]
fn assert_refused(world: &World, what: &str, commit: &str, lines: &[&[&str]]) {
    let tip = world.git(&["rev-parse", "plans/p"]);
    for line in lines {
        let said = world.plan(&[&["-p", "p"], *line].concat()).failed(7, commit);
        assert!(said.contains("nothing was written"), "{what}: {line:?}: {said}");
    }
    assert_eq!(world.git(&["rev-parse", "plans/p"]), tip, "{what}: the ref has not moved");
}

#[track_caller]
fn assert_sound_goes_on(world: &World, what: &str) {
    world.plan(&["-p", "sound", "note", what]).done();
    assert!(world.plan(&["-p", "sound", "show"]).done().contains(what), "{what}: the other plan goes on");
}

#[test]
fn whatever_reads_reports_the_damage_and_nothing_writes() {
    let world = world();
    let commit = world.forge("p", b"just a commit\n");
    let reading: &[&[&str]] =
        &[&["show", "--raw"], &["show", "--ids"], &["status"], &["log"], &["next"], &["show", "--json"]];
    assert_reported(&world, "a junk commit", &commit, reading);
    let writing: &[&[&str]] =
        &[&["step", "done", "1"], &["set", "title", "x"], &["undo"], &["archive"], &["decide", "x"]];
    assert_refused(&world, "a junk commit", &commit, writing);
}

#[test]
fn commits_that_are_no_events_are_reported_and_not_built_upon() {
    let cases: &[Case<Vec<u8>>] = &[
        ("a junk commit", |_| b"just a commit\n".to_vec()),
        ("an empty message", |_| Vec::new()),
        ("an empty payload", |_| message("")),
        ("binary junk", |_| b"\xff\xfe\n\nPlan-Event: \xff\n".to_vec()),
        ("no JSON", |_| message("{not json}")),
        ("JSON that is no object", |_| message("[1,2]")),
        ("a truncated payload", |world| {
            let payload = payload(world, 1, "note.added", r#"{"label":"Note","text":"x"}"#);
            message(&payload[..payload.len() - 20])
        }),
        ("a payload with spaces", |world| message(&payload(world, 1, "note.added", r#"{"label": "Note","text":"x"}"#))),
        ("a payload with its keys in another order", |world| {
            message(&payload(world, 1, "note.added", r#"{"text":"x","label":"Note"}"#))
        }),
        ("a payload with an escaped letter", |world| {
            message(&payload(world, 1, "note.added", r#"{"label":"Note","text":"\u0041"}"#))
        }),
        ("a key twice", |world| message(&payload(world, 1, "note.added", r#"{"label":"Note","text":"x","text":"y"}"#))),
        ("JSON as deep as the stack", |world| {
            message(&payload(world, 1, "note.added", &format!("{}{}", "[".repeat(50_000), "]".repeat(50_000))))
        }),
        ("a payload beyond the limit", |world| {
            let text = "x".repeat(300 * 1024);
            message(&payload(world, 1, "note.added", &format!(r#"{{"label":"Note","text":"{text}"}}"#)))
        }),
        ("other parents than the commit has", |world| {
            let id = world.events(&world.repository(), "p")[0]["id"].as_str().unwrap_or_default().to_owned();
            let by = r#"{"email":"eve@example.org","name":"Eve"}"#;
            let data = r#"{"label":"Note","text":"x"}"#;
            let at = "2026-11-22T11:00:00.000Z";
            message(&format!(r#"{{"at":"{at}","by":{by},"data":{data},"parents":["{id}"],"type":"note.added","v":1}}"#))
        }),
        ("an event of another plan", |world| {
            let events = world.assert_chained(&world.repository(), "sound");
            message(&events[1].to_string())
        }),
        ("the beginning of another plan", |world| {
            let events = world.assert_chained(&world.repository(), "sound");
            message(&events[0].to_string())
        }),
    ];
    let world = world();
    for (what, forged) in cases {
        let begun = world.git(&["rev-parse", "plans/p"]);
        let commit = world.forge("p", &forged(&world));
        assert_damaged(&world, what, &commit);
        world.git(&["update-ref", "refs/plans/p", &begun]);
    }
}

#[test]
fn a_missing_object_is_reported_by_its_id() -> Outcome {
    for back in ["plans/p", "plans/p~1", "plans/p~2"] {
        let world = world();
        let commit = world.git(&["rev-parse", back]);
        fs::remove_file(world.repository().join(".git/objects").join(&commit[..2]).join(&commit[2..]))?;
        let said = world.plan(&["-p", "p", "show"]);
        assert_eq!(said.status, Some(7), "{back} is missing:\n{said}");
        assert!(said.stderr.contains(&commit), "which one:\n{said}");
        world.plan(&["-p", "p", "note", "x"]).failed(7, &commit);
        assert_sound_goes_on(&world, back);
    }
    Ok(())
}

#[test]
fn a_broken_object_is_reported_by_its_id() -> Outcome {
    let world = world();
    let commit = world.git(&["rev-parse", "plans/p"]);
    let path = world.repository().join(".git/objects").join(&commit[..2]).join(&commit[2..]);
    let bytes = fs::read(&path)?;
    fs::remove_file(&path)?;
    for broken in [&b""[..], b"not zlib at all", &bytes[..bytes.len() / 2]] {
        fs::write(&path, broken)?;
        let said = world.plan(&["-p", "p", "show"]);
        assert!(said.status == Some(7) && said.stderr.contains(&commit), "{} bytes:\n{said}", broken.len());
        world.plan(&["-p", "p", "note", "x"]).failed(7, &commit);
        assert_sound_goes_on(&world, "broken");
        fs::remove_file(&path)?;
    }
    Ok(())
}

#[test]
fn refs_that_are_no_commits_are_reported() -> Outcome {
    let point = |world: &World, value: &str| fs::write(world.repository().join(".git/refs/plans/p"), value);
    let cases: &[Case<String>] = &[
        ("a blob", |world| world.object("blob", b"text")),
        ("a tree", |world| world.object("tree", b"")),
        ("a tag", |world| {
            let commit = world.git(&["rev-parse", "plans/p"]);
            let tag = format!("object {commit}\ntype commit\ntag x\ntagger Eve <e@x> 0 +0000\n\nx\n");
            world.object("tag", tag.as_bytes())
        }),
        ("a symbolic ref", |_| "ref: refs/plans/sound".to_owned()),
        ("nothing", |_| String::new()),
        ("nonsense", |_| "nonsense".to_owned()),
        ("a missing object", |_| "1234567890123456789012345678901234567890".to_owned()),
        ("zeros", |_| "0".repeat(40)),
    ];
    for (what, value) in cases {
        let world = world();
        point(&world, &format!("{}\n", value(&world)))?;
        for line in [&["show"][..], &["log"], &["status"], &["note", "x"]] {
            let said = world.plan(&[&["-p", "p"], line].concat());
            assert_eq!(said.status, Some(7), "{what}: {line:?}:\n{said}");
            assert!(!said.stderr.contains("panicked"), "{what}:\n{said}");
        }
        assert!(world.plan(&["list"]).stdout.contains("Plan sound"), "{what}: the list has the others");
        assert_sound_goes_on(&world, what);
    }
    Ok(())
}

#[test]
fn refs_whose_names_are_no_slugs_are_in_nobodys_way() {
    let world = world();
    let tip = world.git(&["rev-parse", "plans/p"]);
    for name in ["refs/plans/-x", "refs/plans/é", "refs/plans/a/b", "refs/plans/UPPER", "refs/plans/with_underscore"] {
        world.git(&["update-ref", name, &tip]);
    }
    let listed = world.plan(&["list"]);
    assert_eq!(listed.status, Some(0), "{listed}");
    assert!(
        listed.stdout.contains("Plan p") && listed.stdout.contains("Plan sound"),
        "the plans are listed:\n{listed}"
    );
    assert_eq!(listed.stdout.lines().count(), 2, "and nothing else:\n{listed}");
    for named in ["-x", "é", "a/b", "UPPER", "../heads/main", "a\nb", "", ".", "p.lock", "@{-1}", "p^{tree}"] {
        let said = world.plan(&["show", &format!("--plan={named}")]);
        assert!(said.status == Some(2) && said.stdout.is_empty(), "{named:?} is no name of a plan:\n{said}");
    }
    world.plan(&["new", "In the way", "--slug", "a"]).failed(7, "refs/plans/a/b");
    assert_sound_goes_on(&world, "names");
}

#[test]
fn events_of_a_newer_version_are_kept_and_named_and_have_no_effect() {
    let cases: &[(&str, u32, &str, &str)] = &[
        ("an unknown type", 1, "step.teleported", r#"{"to":"mars"}"#),
        ("a future version", 2, "note.added", r#"{"label":"Note","text":"from the future"}"#),
    ];
    for (what, version, kind, data) in cases {
        let world = world();
        let payload = payload(&world, *version, kind, data);
        world.forge("p", &message(&payload));
        let said = world.plan(&["-p", "p", "show"]);
        assert_eq!(said.status, Some(0), "{what} is no damage:\n{said}");
        assert!(said.stderr.contains("need a newer git-plan"), "{what} is named:\n{said}");
        assert!(!said.stdout.contains("from the future"), "{what} has no effect:\n{said}");
        let log = world.plan(&["-p", "p", "log"]).done();
        assert!(log.contains("has no effect") && log.contains(kind), "{what} is in the log:\n{log}");
        world.plan(&["-p", "p", "note", "goes on"]).done();
        let kept = world.git(&["log", "--format=%(trailers:key=Plan-Event,valueonly,unfold)", "plans/p"]);
        assert!(kept.lines().any(|line| line == payload), "{what} is kept byte for byte");
        assert_sound_goes_on(&world, what);
    }
}

#[test]
fn events_that_make_no_sense_have_no_effect_and_hide_nothing() {
    let nowhere = "0123456789abcdef".repeat(4);
    let cases = [
        ("a step that does not exist", "step.completed", format!(r#"{{"step":"{nowhere}"}}"#)),
        ("data that lacks a field", "note.added", r#"{"label":"Note"}"#.to_owned()),
        ("data of another kind", "note.added", r#"{"label":1,"text":[]}"#.to_owned()),
        (
            "a second beginning",
            "plan.created",
            r#"{"layout":"execplan","nonce":"n","slug":"p","title":"x"}"#.to_owned(),
        ),
    ];
    for (what, kind, data) in cases {
        let world = world();
        let commit = world.forge("p", &message(&payload(&world, 1, kind, &data)));
        let said = world.plan(&["-p", "p", "show"]);
        assert!(said.stdout.contains("1. [ ] One"), "{what} hides nothing:\n{said}");
        match said.status {
            Some(0) => assert!(said.stderr.contains("no effect"), "{what} is reported:\n{said}"),
            status => assert!(status == Some(7) && said.stderr.contains(&commit), "{what}:\n{said}"),
        }
        assert!(world.plan(&["-p", "p", "log"]).stdout.contains("has no effect"), "{what}: the log says so");
        assert_sound_goes_on(&world, what);
    }
}

#[test]
fn moves_that_make_a_cycle_between_two_clones_keep_both_steps() {
    let world = world();
    let begun = world.git(&["rev-parse", "plans/p"]);
    world.plan(&["-p", "p", "step", "move", "1", "--under", "2"]).done();
    let left = world.git(&["rev-parse", "plans/p"]);
    world.git(&["update-ref", "refs/plans/p", &begun]);
    world.plan(&["-p", "p", "step", "move", "2", "--under", "1"]).done();
    world.join("p", &left);
    let said = world.plan(&["-p", "p", "show"]);
    assert!(said.status == Some(0) && said.stdout.contains("One") && said.stdout.contains("Two"), "both:\n{said}");
    world.plan(&["-p", "p", "step", "add", "Three"]).done();
}

#[test]
fn one_event_in_two_commits_counts_once() {
    let world = world();
    let (begun, note) =
        (world.git(&["rev-parse", "plans/p"]), payload(&world, 1, "note.added", r#"{"label":"Note","text":"twice"}"#));
    let left = world.forge("p", &message(&note));
    world.git(&["update-ref", "refs/plans/p", &begun]);
    world.forge("p", format!("Forged again\n\nPlan-Event: {note}\n").as_bytes());
    world.join("p", &left);
    let said = world.plan(&["-p", "p", "show"]);
    assert!(!said.stderr.contains("panicked"), "{said}");
    assert_eq!(said.stdout.matches("Note: twice").count(), 1, "once:\n{said}");
}

#[test]
fn a_damaged_cache_is_no_damage() -> Outcome {
    let world = world();
    for n in 0..3 {
        world.plan(&["-p", "p", "note", &format!("note {n}")]).done();
    }
    world.plan(&["list"]).done();
    let before = (world.plan(&["-p", "p", "show"]).done(), world.plan(&["list"]).done());
    let ours = world.repository().join(".git/git-plan");
    for entry in fs::read_dir(&ours)? {
        let path = entry?.path();
        if path.is_file() {
            fs::write(&path, b"\xff\x00 not what it was")?;
        }
    }
    assert_eq!((world.plan(&["-p", "p", "show"]).done(), world.plan(&["list"]).done()), before, "with broken caches");
    fs::remove_dir_all(&ours)?;
    assert_eq!((world.plan(&["-p", "p", "show"]).done(), world.plan(&["list"]).done()), before, "with none");
    Ok(())
}

#[test]
fn json_of_a_damaged_plan_is_still_json() {
    let world = world();
    world.forge("p", b"just a commit\n");
    let said = world.plan(&["-p", "p", "show", "--json"]);
    let data: Value = serde_json::from_str(&said.stdout).expect("the readable part is JSON");
    assert_eq!(data["data"]["steps"][0]["text"], "One", "{data}");
    let error: Value = serde_json::from_str(&said.stderr).expect("the error is JSON");
    assert_eq!(error["error"]["code"], "plan-damaged", "{error}");
}
