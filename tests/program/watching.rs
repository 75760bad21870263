//! Following a plan as it changes.

use std::io::{BufRead, BufReader};
use std::process::Stdio;

use serde_json::Value;

use crate::world::{Outcome, PROGRAM, World};

#[test]
fn who_was_away_misses_no_event() {
    let world = World::with_plan(&["One", "Two"]);
    let away = world.events(&world.repository(), "p").last().map(|event| event["id"].clone()).unwrap_or_default();
    let away = away.as_str().unwrap_or_default();
    world.plan(&["step", "done", "1", "-m", "Reviewed"]).done();
    world.plan(&["decide", "Use \u{1b}[31mred", "--because", "It is seen"]).done();
    world.tell(&["watch", "--since", away, "-n", "1"]);
    world.tell(&["watch", "--since", away, "-n", "2"]);
    world.tell(&["watch", "--since", &away[..8], "-n", "2", "--json"]);
    world.tell(&["watch", "--since", "0000", "-n", "1"]);
    world.tell(&["watch", "-p", "nope", "-n", "1"]);
    insta::assert_snapshot!(world.transcript());
}

#[test]
fn an_event_is_told_as_soon_as_it_is_there_whoever_brought_it() -> Outcome {
    let world = World::with_clones(&["ada", "bo"]);
    let [ada, bo] = ["ada", "bo"].map(|clone| world.path().join(clone));
    world.plan_in(&ada, &["new", "Plan p", "--slug", "p"]).done();
    world.plan_in(&ada, &["step", "add", "One"]).done();
    world.plan_in(&ada, &["sync"]).done();
    world.plan_in(&bo, &["sync"]).done();
    let mut watching = world.command(PROGRAM, &bo);
    watching.args(["watch", "--json", "--interval", "5", "--since"]);
    let heads = world.plan_in(&bo, &["show", "--json"]).json();
    // Once it has told what it was asked to begin with, it is watching.
    watching.arg(heads[0]["version"][0].as_str().unwrap_or_default());
    world.plan_in(&bo, &["note", "Before it began"]).done();
    let mut child = watching.stdout(Stdio::piped()).spawn()?;
    let mut lines = BufReader::new(child.stdout.take().ok_or("its output")?).lines();
    let mut next = || -> Outcome<Value> { Ok(serde_json::from_str(&lines.next().ok_or("a line")??)?) };
    let text = |told: &Value| told["data"]["event"]["data"]["text"].as_str().unwrap_or_default().to_owned();
    assert_eq!(text(&next()?), "Before it began");
    world.plan_in(&bo, &["note", "Written here"]).done();
    assert_eq!(text(&next()?), "Written here");
    world.plan_in(&ada, &["note", "Written there"]).done();
    world.plan_in(&ada, &["sync"]).done();
    world.plan_in(&bo, &["sync"]).done();
    let told = next()?;
    assert_eq!(
        (text(&told), &told["version"].as_array().map(Vec::len)),
        ("Written there".to_owned(), &Some(2)),
        "and what was joined"
    );
    world.git_in(&bo, &["gc", "--quiet", "--prune=now"]);
    world.plan_in(&bo, &["note", "After everything was packed"]).done();
    assert_eq!(text(&next()?), "After everything was packed");
    child.kill()?;
    child.wait()?;
    Ok(())
}
