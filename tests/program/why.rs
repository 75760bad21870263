//! How things came to be: `why`, `decisions` and `blame`, whole.

use insta::assert_snapshot;
use serde_json::Value;

use crate::world::{Outcome, World};

/// A plan in which a discovery led to a decision, which led to a step, which was reworded, blocked, moved and done.
fn storied() -> World {
    let mut world = World::with_plan(&["Design", "Build"]);
    let run = |world: &World, line: &[&str]| {
        let said = world.plan(line);
        assert_eq!(said.status, Some(0), "{line:?}:\n{said}");
    };
    run(&world, &["set", "objective", "Make it fast"]);
    run(&world, &["ask", "Which store?"]);
    run(
        &world,
        &["decide", "Use PostgreSQL", "--because", "Better JSON support", "--option", "MySQL", "--question", "1"],
    );
    run(&world, &["discover", "One writer is enough", "--evidence", "bench.txt"]);
    world.env.insert("GIT_PLAN_AGENT".to_owned(), "claude".to_owned());
    let caused = ["--caused-by", "discovery 1", "-m", "Nobody runs a server for this"];
    run(&world, &[&["decide", "Use SQLite", "--because", "One file", "--supersedes", "1"], &caused[..]].concat());
    run(&world, &["step", "add", "Migrate data", "--after", "1", "--caused-by", "decision 2"]);
    world.env.remove("GIT_PLAN_AGENT");
    run(&world, &["step", "edit", "2", "Migrate the data"]);
    run(&world, &["step", "edit", "2", "--body", "Table by table.\n\nKeep the old one."]);
    run(&world, &["step", "edit", "2", "--body", "Row by row.\n\nKeep the old one."]);
    run(&world, &["block", "No dump", "--on", "2", "--need", "Access"]);
    run(&world, &["unblock", "1", "--how", "Ada has one"]);
    run(&world, &["step", "start", "2"]);
    run(&world, &["undo", "-m", "Too early"]);
    run(&world, &["step", "move", "2", "--after", "3"]);
    run(&world, &["step", "done", "3", "--evidence", "cargo test: 41 passed"]);
    run(&world, &["set", "objective", "Make it fast\nand small"]);
    world
}

#[test]
fn a_step_a_decision_a_section_and_a_question_tell_how_they_came_to_be() {
    let world = storied();
    for line in [
        &["why", "3"][..],
        &["why", "decision 2"],
        &["why", "use postgre"],
        &["why", "objective"],
        &["why", "question 1"],
        &["why", "title"],
        &["why", "plan"],
        &["why", "3", "--at", "2026-11-22T10:00:08Z"],
        &["why", "9"],
        &["why", "nothing of the kind"],
        &["why", "use"],
        &["decisions"],
        &["decisions", "--status", "superseded"],
        &["decisions", "--status", "withdrawn"],
        &["step", "add", "Itself", "--caused-by", "17"],
        &["step", "done", "1", "--caused-by", "1"],
    ] {
        world.tell(line);
    }
    assert_snapshot!(world.transcript());
}

#[test]
fn an_event_means_what_it_is_about() -> Outcome {
    let world = storied();
    let events = world.events(&world.repository(), "p");
    let reworded = events.iter().find(|event| event["event"]["type"] == "item.reworded").ok_or("a rewording")?;
    let id = reworded["id"].as_str().ok_or("its id")?;
    let told: Value = world.plan(&["why", id, "--json"]).json().remove(0);
    assert_eq!(told["data"]["about"]["text"], "Migrate the data", "a rewording is about the step");
    let events = told["data"]["events"].as_array().ok_or("events")?;
    let reworded = events.iter().find(|event| event["event"] == id).ok_or("the rewording is told")?;
    assert_eq!(reworded["said"][0]["from"], "Migrate data", "with what stood there before");
    Ok(())
}

#[test]
fn the_story_as_json() {
    let world = storied();
    let told: Value = world.plan(&["why", "3", "--json"]).json().remove(0);
    assert_snapshot!(serde_json::to_string_pretty(&told).unwrap_or_default());
}

#[test]
fn a_removed_item_and_what_came_in_its_place_are_told() -> Outcome {
    let world = World::with_plan(&["One", "Two"]);
    let ids = world.plan(&["show", "--ids"]).done();
    let id = ids.split_whitespace().nth(2).ok_or("an id")?.to_owned();
    world.plan(&["step", "rm", "1", "-m", "Covered by two"]).done();
    world.tell(&["why", &id]);
    world.tell(&["step", "restore", &id, "--caused-by", "1"]);
    world.tell(&["undo"]);
    world.tell(&["why", &id]);
    assert_snapshot!(world.transcript());
    Ok(())
}

#[test]
fn what_two_wrote_at_once_is_told_with_what_each_saw() -> Outcome {
    let world = World::with_plan(&["One"]);
    world.plan(&["decide", "Go"]).done();
    let shown: Value = world.plan(&["show", "--json"]).json().remove(0);
    let base = shown["version"][0].as_str().ok_or("a version")?;
    for line in [
        &["step", "edit", "1", "Uno"][..],
        &["step", "edit", "1", "Eins", "--base", base],
        &["decide", "Go left", "--supersedes", "1"],
        &["decide", "Go right", "--supersedes", "1", "--base", base],
        &["why", "1"],
        &["why", "decision 1"],
        &["decisions"],
        &["decisions", "--json"],
    ] {
        world.tell(line);
    }
    assert_snapshot!(world.transcript());
    Ok(())
}

#[test]
fn each_line_of_a_view_is_blamed_on_the_event_that_made_it_so() {
    let world = storied();
    for line in [
        &["blame"][..],
        &["blame", "-L", "12,+2"],
        &["blame", "-L", "14"],
        &["blame", "-L", "12,13", "--json"],
        &["blame", "-L", "99,100"],
        &["blame", "-L", "x"],
        &["blame", "--layout", "cookbook", "-L", "17,26"],
        &["blame", "--at", "2026-11-22T10:00:04Z"],
    ] {
        world.tell(line);
    }
    assert_snapshot!(world.transcript());
}

#[test]
fn a_file_that_was_imported_is_blamed_line_by_line() -> Outcome {
    let world = World::new();
    std::fs::write(
        world.repository().join("PLAN.md"),
        "# Ship\n\nWhy.\nHow.\n\n## Steps\n\n- [ ] Build\n  twice\n- [ ] Test\n",
    )?;
    world.tell(&["import", "PLAN.md"]);
    world.tell(&["step", "done", "1"]);
    world.tell(&["render"]);
    let file = world.repository().join("PLAN.md");
    let edited = std::fs::read_to_string(&file)?.replace("How.", "How, then.") + "- [ ] Announce\n";
    std::fs::write(&file, edited)?;
    world.tell(&["absorb", "PLAN.md"]);
    world.tell(&["blame"]);
    assert_snapshot!(world.transcript());
    Ok(())
}

#[test]
fn an_event_is_undone_with_or_without_what_came_since() -> Outcome {
    let world = World::with_plan(&["One", "Two"]);
    let id = |said: String| said.split_whitespace().next().unwrap_or_default().to_owned();
    let reworded = id(world.plan(&["step", "edit", "1", "Uno"]).done());
    world.plan(&["step", "edit", "1", "Eins"]).done();
    let dropped = id(world.plan(&["step", "drop", "2"]).done());
    for line in [
        &["undo", &reworded][..],
        &["undo", &reworded, "--keep"],
        &["undo", &reworded, "--force", "-m", "Neither was any good"],
        &["undo", &reworded],
        &["undo", &dropped, "--force", "--keep"],
        &["undo", &dropped],
        &["show", "--ids"],
        &["decide", "Go", "--proposed"],
        &["decision", "accept", "1"],
        &["undo"],
        &["why", "1"],
    ] {
        world.tell(line);
    }
    assert_snapshot!(world.transcript());
    Ok(())
}
