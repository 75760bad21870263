//! Writing at the version that was seen: honest parents, joins, and what is then in conflict.

use std::process::Stdio;

use insta::assert_snapshot;
use serde_json::Value;

use crate::world::{Outcome, PROGRAM, World};

/// The head of the plan `p`, cut short.
fn head(world: &World) -> String {
    let told = world.plan(&["-p", "p", "status", "--json"]).json();
    told[0]["version"][0].as_str().unwrap_or_default()[..12].to_owned()
}

#[test]
fn a_write_at_a_base_is_joined_and_tells_of_new_conflicts() {
    let mut world = World::with_plan(&["One", "Two"]);
    let seen = head(&world);
    world.plan(&["step", "edit", "1", "Uno"]).done();
    for line in [
        &["step", "done", "2", "--base", &seen][..],
        &["step", "edit", "1", "Eins", "--base", &seen],
        &["step", "add", "Three", "--base", "0000000"],
        &["step", "add", "Three", "--base", "abc"],
        &["step", "done", "9", "--base", &seen],
        &["step", "add", "Three", "--base", &seen, "--if-head", &seen],
        &["show", "--ids"],
        &["log", "--oneline", "--graph"],
    ] {
        world.tell(line);
    }
    let edited = world.plan(&["step", "edit", "1", "Un", "--base", &seen, "--json"]).json();
    let conflicts = &edited[0]["data"]["conflicts"];
    assert_eq!(conflicts[0]["sides"].as_array().map(Vec::len), Some(3), "all sides are told: {edited:?}");
    world.env.insert("GIT_PLAN_BASE".to_owned(), seen.clone());
    let noted = world.plan(&["note", "From the environment", "--json"]).json();
    assert_eq!(noted[0]["data"]["conflicts"], Value::Null, "what was in conflict before is not told again");
    let exported = world.plan(&["export"]).done();
    let event = exported.lines().rfind(|line| line.contains("From the environment")).unwrap_or_default();
    let event: Value = serde_json::from_str(event).expect("an event");
    let parent = event["parents"][0].as_str().unwrap_or_default();
    assert!(parent.starts_with(&seen), "$GIT_PLAN_BASE names the parents: {event}");
    world.env.insert("GIT_PLAN_BASE".to_owned(), "feed".to_owned());
    world.tell(&["note", "Nowhere"]);
    world.env.remove("GIT_PLAN_BASE");
    world.assert_sound(&world.repository());
    assert_snapshot!(world.transcript());
}

#[test]
fn a_write_that_asks_for_a_head_fails_where_the_plan_has_moved() {
    let world = World::with_plan(&["One"]);
    let seen = head(&world);
    world.tell(&["step", "add", "Two", "--if-head", &seen]);
    world.tell(&["step", "add", "Three", "--if-head", &seen]);
    world.tell(&["step", "add", "Three", "--if-head", &seen, "--json"]);
    world.plan(&["step", "add", "Three", "--if-head", &seen]).failed(3, "the plan has moved");
    assert_eq!(world.events(&world.repository(), "p").len(), 3, "nothing was written");
    assert_snapshot!(world.transcript());
}

#[test]
fn a_write_at_a_base_is_recorded_once_under_its_key() {
    let world = World::with_plan(&["One"]);
    let seen = head(&world);
    world.plan(&["note", "Meanwhile"]).done();
    let line = ["step", "add", "Two", "--base", &seen, "--key", "k"];
    let first = world.plan(&line).done();
    let again = world.plan(&line);
    assert_eq!(again.stdout, first, "the retry finds what was recorded:\n{again}");
    assert!(again.stderr.contains("recorded before"), "and says so:\n{again}");
    assert_eq!(world.events(&world.repository(), "p").len(), 4, "nothing is there twice");
}

#[test]
fn writers_at_one_base_that_come_at_once_all_land() -> Outcome {
    let world = World::with_plan(&["One"]);
    let seen = head(&world);
    let mut writers = Vec::new();
    for n in 0..8 {
        let text = format!("Step of writer {n}");
        let mut command = world.command(PROGRAM, &world.repository());
        command.args(["step", "add", &text, "--base", &seen]).stdout(Stdio::null());
        writers.push(command.spawn()?);
    }
    for mut writer in writers {
        assert!(writer.wait()?.success(), "every writer lands");
    }
    let view = world.plan(&["show", "--raw"]).done();
    for n in 0..8 {
        assert!(view.contains(&format!("Step of writer {n}")), "nothing is lost:\n{view}");
    }
    world.assert_sound(&world.repository());
    Ok(())
}
