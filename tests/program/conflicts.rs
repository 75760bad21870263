//! Conflicts at the command line: listed with all sides, settled by a choice, refused to whoever does not know of them.

use insta::assert_snapshot;
use serde_json::Value;

use crate::world::World;

/// A world in which two wrote to the plan `p` at once, and what both had seen.
fn parted() -> (World, String) {
    let world = World::with_plan(&["Measure", "Build the limiter"]);
    world.plan(&["set", "objective", "Keep one tenant from starving others.\n\nSay so."]).done();
    let told = world.plan(&["status", "--json"]).json();
    let seen = told[0]["version"][0].as_str().unwrap_or_default()[..12].to_owned();
    world.plan(&["step", "done", "2"]).done();
    world.plan(&["set", "title", "Fair limits"]).done();
    world.plan(&["set", "objective", "Keep tenants apart.\n\nSay so."]).done();
    world.plan(&["step", "drop", "2", "--base", &seen]).done();
    world.plan(&["set", "title", "Limits", "--base", &seen]).done();
    world.plan(&["set", "objective", "Protect tenants.\n\nSay so.", "--base", &seen]).done();
    (world, seen)
}

fn ids(world: &World) -> Vec<String> {
    let told: Value = serde_json::from_str(&world.plan(&["conflicts", "--json"]).ended(3).stdout).unwrap_or_default();
    let conflicts = told["data"]["conflicts"].as_array().cloned().unwrap_or_default();
    conflicts.iter().map(|conflict| conflict["id"].as_str().unwrap_or_default().to_owned()).collect()
}

#[test]
fn conflicts_are_listed_with_all_sides_and_settled_one_by_one() {
    let (world, _) = parted();
    world.tell(&["conflicts"]);
    world.tell(&["show"]);
    world.tell(&["resolve"]);
    world.tell(&["resolve", "c-00000000", "--take", "A"]);
    let [title, objective, state] = &ids(&world)[..] else { panic!("there are three conflicts: {:?}", ids(&world)) };
    world.tell(&["resolve", title]);
    world.tell(&["resolve", title, "--take", "C"]);
    world.tell(&["resolve", title, "--take", "a", "-m", "Fairness is the point"]);
    world.tell(&["resolve", objective, "--take", "B"]);
    world.tell(&["resolve", &state[2..6], "--value", "shipped"]);
    world.tell(&["resolve", &state[2..6], "--value", "done"]);
    world.tell(&["conflicts", "--all"]);
    world.tell(&["resolve", "--take", "A"]);
    world.tell(&["show", "--raw"]);
    world.assert_sound(&world.repository());
    assert_snapshot!(world.transcript());
}

#[test]
fn what_is_in_conflict_is_not_written_over_by_who_does_not_know_of_it() {
    let (world, _) = parted();
    for line in
        [&["step", "done", "2"][..], &["step", "start", "2"], &["set", "title", "Mine"], &["set", "objective", "Mine"]]
    {
        world.plan(line).failed(3, "is in conflict");
    }
    assert_eq!(ids(&world).len(), 3, "all sides are still there");
}

#[test]
fn a_text_is_settled_in_the_editor_with_its_sides_below() {
    let (mut world, _) = parted();
    world.env.insert("GIT_EDITOR".to_owned(), "cp \"$1\" seen.txt; sed -i 1s/.*/Both/".to_owned());
    let objective = ids(&world)[1].clone();
    let repository = world.repository();
    world.plan(&["resolve", &objective, "--edit"]).done();
    let seen = std::fs::read_to_string(repository.join("seen.txt")).unwrap_or_default();
    assert!(seen.contains("Keep tenants apart.") && seen.contains("Protect tenants."), "both sides are shown: {seen}");
    let shown = world.plan(&["show", "--raw"]).done();
    assert!(shown.contains("## Objective\nBoth\n\nSay so.\n"), "what was left above the sides is the text: {shown}");
}

#[test]
fn a_view_is_edited_until_it_has_no_conflict() {
    let (world, _) = parted();
    let file = world.repository().join("plans/p.md");
    world.plan(&["render"]).done();
    let view = std::fs::read_to_string(&file).unwrap_or_default();
    let kept = view.lines().filter(|line| !line.trim_start().starts_with('>')).map(|line| format!("{line}\n"));
    let edited = kept.collect::<String>().replace("[ ] ~~Build the limiter~~ → Dropped", "[x] Build the limiter");
    let _ = std::fs::write(&file, edited);
    world.tell(&["absorb"]);
    world.tell(&["conflicts"]);
    world.tell(&["status"]);
    assert_snapshot!(world.transcript());
}
