//! The tools of the server, one by one: what their schemas promise, and that each reaches the command that it stands for.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::mcp::Client;
use crate::world::{Outcome, World};

/// The schema of a tool's arguments.
fn schema(client: &mut Client, tool: &str) -> Outcome<Value> {
    let listed = client.ask("tools/list", json!({}))?["result"]["tools"].clone();
    let mut tools = listed.as_array().into_iter().flatten();
    Ok(tools.find(|listed| listed["name"] == tool).ok_or("the tool is listed")?["inputSchema"].clone())
}

#[test]
fn the_arguments_of_every_tool_have_a_json_schema_that_holds() -> Outcome {
    let world = World::with_plan(&["One"]);
    let mut client = Client::start(&world, &world.repository())?;
    let listed = client.ask("tools/list", json!({}))?["result"]["tools"].clone();
    let fits = [
        ("prime", json!({ "budget": 500 }), json!({ "budget": -1 })),
        ("read", json!({ "what": "why", "of": ["1"] }), json!({ "of": ["1"] })),
        ("next", json!({ "claim": true, "until": "30m" }), json!({ "claim": "yes" })),
        ("step", json!({ "do": "done", "steps": ["1"], "key": "k" }), json!({ "do": "fly" })),
        ("record", json!({ "kind": "decide", "text": "So", "because": "It is" }), json!({ "text": "So" })),
        ("apply", json!({ "lines": [{ "do": ["note", "x"] }] }), json!({ "lines": ["note x"] })),
        ("sync", json!({}), json!({ "plans": "all" })),
        ("run", json!({ "words": ["--help"] }), json!({ "words": ["--help"], "planet": "p" })),
    ];
    let listed = listed.as_array().ok_or("a list")?;
    assert_eq!(listed.len(), fits.len(), "each tool is tried here");
    for (tool, (name, right, wrong)) in listed.iter().zip(fits) {
        assert_eq!(tool["name"], name, "in their order");
        let schema = &tool["inputSchema"];
        assert!(jsonschema::meta::is_valid(schema), "{name} has a JSON Schema: {schema}");
        let schema = jsonschema::validator_for(schema)?;
        assert!(schema.is_valid(&right), "{name} takes {right}");
        assert!(!schema.is_valid(&wrong), "{name} does not take {wrong}");
    }
    client.end()?;
    Ok(())
}

#[test]
fn whatever_can_be_read_is_read() -> Outcome {
    let world = World::with_plan(&["One", "Two"]);
    world.plan(&["decide", "Build it", "--because", "It is wanted"]).done();
    let mut client = Client::start(&world, &world.repository())?;
    let what = schema(&mut client, "read")?["properties"]["what"]["enum"].clone();
    let known: Vec<&str> = what.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    assert!(known.contains(&"view") && known.contains(&"why"), "{known:?}");
    for what in known {
        let of = match what {
            "why" => json!(["1"]),
            "diff" => json!(["-1"]),
            _ => json!([]),
        };
        for json in [false, true] {
            let (failed, said) = client.call("read", json!({ "what": what, "of": of, "json": json }))?;
            assert!(!failed && !said.trim().is_empty(), "{what} is read (json: {json}): {said}");
            assert!(!json || serde_json::from_str::<Value>(said.lines().next().unwrap_or_default()).is_ok(), "{said}");
        }
    }
    let (failed, said) = client.call("read", json!({ "what": "view", "at": "-1" }))?;
    assert!(!failed && said.contains("Two") && !said.contains("Build it"), "as it was: {said}");
    client.end()?;
    Ok(())
}

#[test]
fn lines_are_recorded_all_at_once_and_a_retry_records_nothing() -> Outcome {
    let world = World::with_plan(&["One"]);
    let mut client = Client::start(&world, &world.repository())?;
    let lines = json!([
        { "do": ["step", "add", "Build"], "as": "build" },
        { "do": ["step", "add", "Ship"], "as": "ship", "why": "What is built goes out" },
        { "do": ["step", "depend", "@ship", "--on", "@build"] },
        { "type": "note.added", "data": { "label": "Test", "text": "41 passed", "on": "@build" } },
    ]);
    let begun = world.events(&world.repository(), "p").len();
    let (failed, first) = client.call("apply", json!({ "lines": lines, "key": "all", "why": "To begin with" }))?;
    assert!(!failed && first.contains("Build") && first.contains("41 passed"), "each line is acknowledged: {first}");
    let events = world.events(&world.repository(), "p");
    assert_eq!(events.len(), begun + 4, "each line is an event");
    let batches: BTreeSet<String> = events[begun..].iter().map(|event| event["event"]["batch"].to_string()).collect();
    assert!(batches.len() == 1 && !batches.contains("null"), "and all are one batch: {batches:?}");
    assert_eq!(events[begun + 1]["event"]["why"], "What is built goes out", "with a reason of its own");
    // A retry after the answer was lost, in this session and in the next.
    for _ in 0..2 {
        let (failed, again) = client.call("apply", json!({ "lines": lines, "key": "all", "why": "To begin with" }))?;
        assert!(!failed && again.contains("Build"), "it says what was recorded: {again}");
        client.end()?;
        client = Client::start(&world, &world.repository())?;
    }
    assert_eq!(world.events(&world.repository(), "p").len(), begun + 4, "a retry records nothing");
    let (failed, said) = client.call("apply", json!({ "lines": [{ "do": ["note", "x"] }], "key": "all" }))?;
    assert!(failed && said.contains("key-reused") && said.contains("hint:"), "the key is taken: {said}");
    let wrong = json!([{ "do": ["note", "x"] }, { "do": ["step", "done", "9"] }]);
    let (failed, said) = client.call("apply", json!({ "lines": wrong }))?;
    assert!(failed && said.contains("line 2") && said.contains("hint:"), "a wrong line is named: {said}");
    assert_eq!(world.events(&world.repository(), "p").len(), begun + 4, "and nothing is recorded");
    client.end()?;
    Ok(())
}

#[test]
fn a_claim_is_the_clients_own_and_the_next_client_gets_another_step() -> Outcome {
    let world = World::with_plan(&["Build", "Test", "Ship"]);
    world.plan(&["step", "depend", "3", "--on", "2"]).done();
    let mut one = Client::open(world.command(crate::world::PROGRAM, &world.repository()), "one")?;
    let mut two = Client::open(world.command(crate::world::PROGRAM, &world.repository()), "two")?;
    let (failed, said) = one.call("next", json!({ "claim": true, "until": "30m" }))?;
    assert!(!failed && said.contains("step 1") && said.contains("claimed by one until"), "{said}");
    let (failed, said) = two.call("next", json!({ "claim": true, "until": "30m" }))?;
    assert!(!failed && said.contains("step 2") && said.contains("claimed by two until"), "{said}");
    let (_, said) = one.call("next", json!({}))?;
    assert!(said.contains("step 1"), "each is shown their own: {said}");
    let (failed, said) = one.call("next", json!({ "claim": true }))?;
    assert!(failed && said.contains("no-step-free") && said.contains("hint:"), "nothing else is free: {said}");
    two.call("step", json!({ "do": "done", "steps": ["2"], "evidence": ["41 passed"] }))?;
    let (failed, said) = one.call("next", json!({ "claim": true, "until": "soon" }))?;
    assert!(failed && said.contains("hint:"), "what is no time is refused with a hint: {said}");
    let (failed, said) = two.call("next", json!({ "claim": true }))?;
    assert!(!failed && said.contains("step 3"), "what waited is free: {said}");
    one.end()?;
    two.end()?;
    Ok(())
}
