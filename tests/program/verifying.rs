//! `git plan verify`: a sound plan is called sound, whatever was tampered with is named, and a history that was cut back is
//! known by the commitment that was made before.

use std::fs;
use std::path::PathBuf;

use insta::assert_snapshot;
use serde_json::Value;

use crate::world::{Outcome, World};

/// A world with a plan `p` that has seen some work.
fn world() -> World {
    let world = World::with_plan(&["One", "Two"]);
    world.plan(&["step", "done", "1", "-m", "Reviewed"]).done();
    world.plan(&["decide", "Use SQLite", "--because", "One file"]).done();
    world.plan(&["note", "Last"]).done();
    world
}

/// What `verify --json` says.
#[track_caller]
fn report(world: &World, arguments: &[&str]) -> Value {
    let said = world.plan(&[&["verify", "--json"], arguments].concat());
    assert!(said.stderr.is_empty() && matches!(said.status, Some(0 | 7)), "{arguments:?} reports:\n{said}");
    let told: Value = serde_json::from_str(&said.stdout).unwrap_or_else(|e| panic!("{e}:\n{said}"));
    let sound = told["data"]["sound"].as_bool();
    assert_eq!(sound, Some(said.status == Some(0)), "the status says whether all is sound:\n{said}");
    told["data"].clone()
}

/// The codes of what was found, sorted, each once.
fn codes(report: &Value) -> Vec<String> {
    let findings = report["findings"].as_array().cloned().unwrap_or_default();
    let mut codes: Vec<String> =
        findings.iter().filter_map(|finding| finding["code"].as_str().map(str::to_owned)).collect();
    codes.sort();
    codes.dedup();
    codes
}

fn export(world: &World) -> PathBuf {
    let file = world.path().join("p.jsonl");
    fs::write(&file, world.plan(&["-p", "p", "export"]).done()).expect("an export");
    file
}

#[test]
fn a_sound_plan_is_called_sound_with_what_was_checked() -> Outcome {
    let world = world();
    world.tell(&["verify"]);
    world.tell(&["verify", "p", "--commit-to", "../p.commitment"]);
    world.tell(&["note", "Written later"]);
    world.tell(&["verify", "--against", "../p.commitment"]);
    world.tell(&["verify", "--commit-to", "../p.commitment"]);
    export(&world);
    world.tell(&["verify", "../p.jsonl", "--against", "../p.commitment"]);
    world.tell(&["verify", "nope"]);
    world.tell(&["verify", "./nope.jsonl"]);
    world.tell(&["verify", "p", "--against", "../p.jsonl"]);
    world.git(&["update-ref", "refs/plans/p", "plans/p~3"]);
    world.tell(&["verify", "--against", "../p.commitment"]);
    assert_snapshot!(world.transcript());
    Ok(())
}

#[test]
fn an_export_is_checked_where_there_is_no_repository() -> Outcome {
    let world = world();
    let text = fs::read_to_string(export(&world))?;
    let elsewhere = world.path().join("elsewhere");
    fs::create_dir_all(elsewhere.join("bundle"))?;
    fs::write(elsewhere.join("bundle/events.jsonl"), &text)?;
    for arguments in [&["verify", "bundle"][..], &["verify", "bundle/events.jsonl"], &["-C", "bundle", "verify", "."]] {
        let said = world.plan_in(&elsewhere, arguments).done();
        assert!(said.contains("sound") && said.contains("event ids"), "{arguments:?}: {said}");
    }
    assert!(world.plan_reading(text.as_bytes(), &["verify", "-"]).done().contains("sound"), "from standard input");
    Ok(())
}

#[test]
fn all_plans_are_checked_each_by_itself() {
    let world = world();
    world.begin("q", &["Three"]);
    world.forge("q", b"just a commit\n");
    let said = world.plan(&["verify", "--all", "--json"]).ended(7);
    let told: Vec<Value> = said.stdout.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    let sound: Vec<_> = told.iter().map(|one| (one["plan"].as_str(), one["data"]["sound"].as_bool())).collect();
    assert_eq!(sound, [(Some("p"), Some(true)), (Some("q"), Some(false))], "{said}");
    assert_eq!(codes(&told[1]["data"]), ["not-of-a-plan"], "{said}");
    assert_eq!(codes(&report(&world, &["p"])), Vec::<String>::new(), "one plan alone");
}
