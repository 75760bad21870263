//! The server for clients of the Model Context Protocol, spoken to as a client does: one JSON object a line.
//!
//! Clients that others wrote are tried by `tests/mcp/clients.sh`, which the gate runs.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Duration;

use serde_json::{Value, json};

use crate::world::{Outcome, PROGRAM, World, short_or_long};

/// A client with a server of its own.
pub struct Client {
    server: Child,
    to: ChildStdin,
    from: BufReader<ChildStdout>,
    next: u64,
    /// What the server said without being asked.
    told: Vec<Value>,
    transcript: String,
}

impl Client {
    /// A session of `scout`.
    pub fn start(world: &World, directory: &Path) -> Outcome<Self> {
        Self::open(world.command(PROGRAM, directory), "scout")
    }

    /// Starts a server by this command and begins a session under this name.
    pub fn open(mut server: Command, name: &str) -> Outcome<Self> {
        let mut server =
            server.arg("mcp").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::inherit()).spawn()?;
        let to = server.stdin.take().ok_or("its input")?;
        let from = BufReader::new(server.stdout.take().ok_or("its output")?);
        let mut client = Self { server, to, from, next: 0, told: Vec::new(), transcript: String::new() };
        let info = json!({ "name": name, "version": "1" });
        client.ask("initialize", json!({ "protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": info }))?;
        client.tell("notifications/initialized", json!({}))?;
        Ok(client)
    }

    fn send(&mut self, message: &Value) -> Outcome {
        self.transcript.push_str(&format!("→ {message}\n"));
        Ok(writeln!(self.to, "{message}")?)
    }

    fn tell(&mut self, method: &str, params: Value) -> Outcome {
        self.send(&json!({ "jsonrpc": "2.0", "method": method, "params": params }))
    }

    fn receive(&mut self) -> Outcome<Value> {
        let mut line = String::new();
        self.from.read_line(&mut line)?;
        self.transcript.push_str(&format!("← {line}"));
        Ok(serde_json::from_str(&line).map_err(|e| format!("{e}: {line:?}"))?)
    }

    /// Asks, and gives the whole answer; what is told meanwhile is kept.
    pub fn ask(&mut self, method: &str, params: Value) -> Outcome<Value> {
        self.next += 1;
        let id = self.next;
        self.send(&json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }))?;
        loop {
            let message = self.receive()?;
            if message["id"] == id {
                return Ok(message);
            }
            self.told.push(message);
        }
    }

    /// Calls a tool and kills the server meanwhile, after so long.
    pub fn kill_within(mut self, tool: &str, arguments: Value, after: Duration) -> Outcome {
        self.send(&json!({ "jsonrpc": "2.0", "id": 0, "method": "tools/call", "params": { "name": tool, "arguments": arguments } }))?;
        std::thread::sleep(after);
        self.kill()
    }

    /// Kills the server.
    pub fn kill(mut self) -> Outcome {
        self.server.kill()?;
        self.server.wait()?;
        Ok(())
    }

    /// Calls a tool: whether it failed, and what it said.
    pub fn call(&mut self, tool: &str, arguments: Value) -> Outcome<(bool, String)> {
        let answer = self.ask("tools/call", json!({ "name": tool, "arguments": arguments }))?;
        let result = &answer["result"];
        let text = result["content"][0]["text"].as_str().ok_or_else(|| format!("an answer with a text: {answer}"))?;
        Ok((result["isError"] == true, text.to_owned()))
    }

    /// Waits for something that the server tells by itself.
    fn told(&mut self, method: &str) -> Outcome<Value> {
        loop {
            if let Some(at) = self.told.iter().position(|message| message["method"] == method) {
                return Ok(self.told.remove(at));
            }
            let message = self.receive()?;
            self.told.push(message);
        }
    }

    /// Hangs up; the server ends by itself.
    pub fn end(mut self) -> Outcome<String> {
        drop(self.to);
        let status = self.server.wait()?;
        assert!(status.success(), "a server ends well when its client hangs up: {status}");
        Ok(self.transcript)
    }
}

#[test]
fn a_session_begins_works_and_ends() -> Outcome {
    let world = World::with_plan(&["Create theme context", "Add toggle UI"]);
    let mut client = Client::start(&world, &world.repository())?;
    client.ask("tools/list", json!({}))?;
    client.call("prime", json!({}))?;
    client.call("step", json!({ "do": "done", "steps": ["1"], "why": "Reviewed", "evidence": ["all tests pass"] }))?;
    client.call("record", json!({ "kind": "decide", "text": "Use CSS variables", "because": "No flash" }))?;
    client.call("read", json!({ "what": "view" }))?;
    client.call("step", json!({ "do": "done", "steps": ["9"] }))?;
    client.call("step", json!({ "do": "fly", "steps": ["1"] }))?;
    client.call("read", json!({ "what": "status", "planet": "p" }))?;
    client.ask("tools/call", json!({ "name": "nope", "arguments": {} }))?;
    client.ask("resources/list", json!({}))?;
    client.ask("resources/templates/list", json!({}))?;
    client.ask("resources/read", json!({ "uri": "plan://p?at=-2" }))?;
    client.ask("resources/read", json!({ "uri": "plan://../../etc/passwd" }))?;
    client.ask("resources/read", json!({ "uri": "plan://nope" }))?;
    client.ask("prompts/list", json!({}))?;
    client.ask("prompts/get", json!({ "name": "resume", "arguments": { "plan": "p" } }))?;
    client.call("run", json!({ "words": ["watch"] }))?;
    client.call("run", json!({ "words": ["-C", "/", "list"] }))?;
    client.call("run", json!({ "words": ["edit"] }))?;
    client.call("run", json!({ "words": ["note", "-"], "input": "From its input" }))?;
    client.call("run", json!({ "words": ["status", "--json"] }))?;
    insta::assert_snapshot!(client.end()?);
    let events = world.events(&world.repository(), "p");
    let agents: BTreeSet<&str> = events.iter().filter_map(|event| event["event"]["agent"]["name"].as_str()).collect();
    assert_eq!(agents, ["scout"].into(), "what a client writes names it as the agent");
    world.assert_sound(&world.repository());
    Ok(())
}

#[test]
fn nothing_of_others_is_overwritten_unseen() -> Outcome {
    let world = World::with_plan(&["One"]);
    let mut client = Client::start(&world, &world.repository())?;
    client.call("read", json!({ "what": "view" }))?;
    world.plan(&["step", "edit", "1", "By a person"]).done();
    let (failed, said) = client.call("step", json!({ "do": "edit", "steps": ["1"], "texts": ["By an agent"] }))?;
    assert!(!failed && said.contains("now in conflict"), "the agent is told of what it had not seen: {said}");
    let (_, said) = client.call("read", json!({ "what": "conflicts" }))?;
    assert!(said.contains("By a person") && said.contains("By an agent"), "and both are kept: {said}");
    // Having seen both, it can decide.
    let (failed, said) = client.call("run", json!({ "words": ["resolve", "--take", "A"] }))?;
    assert!(!failed, "{said}");
    world.plan(&["note", "Something else"]).done();
    // What was looked at as it was is not what a client writes from.
    client.ask("resources/read", json!({ "uri": "plan://p?at=2026-11-22T10:00:02Z" }))?;
    let (failed, said) = client.call("record", json!({ "kind": "note", "text": "Beside it" }))?;
    assert!(!failed && !said.contains("conflict"), "what disagrees with nothing is no conflict: {said}");
    client.end()?;
    Ok(())
}

#[test]
fn a_session_that_comes_late_completes_nothing_twice() -> Outcome {
    let world = World::with_plan(&["One", "Two"]);
    let mut client = Client::start(&world, &world.repository())?;
    client.call("next", json!({ "claim": true }))?;
    world.plan(&["step", "done", "1"]).done();
    for verb in ["done", "start"] {
        let (failed, said) = client.call("step", json!({ "do": verb, "steps": ["1"] }))?;
        assert!(failed && said.contains("done"), "{verb} says that somebody else has done it: {said}");
    }
    world.plan(&["conflicts"]).ended(0).done();
    client.end()?;
    Ok(())
}

#[test]
fn whoever_subscribes_is_told_when_a_plan_changes_and_when_there_is_another() -> Outcome {
    let world = World::with_plan(&["One"]);
    world.begin("other", &["Two"]);
    let mut client = Client::start(&world, &world.repository())?;
    let refused = client.ask("resources/subscribe", json!({ "uri": "file:///etc/passwd" }))?;
    assert!(refused["error"].is_object(), "what is no plan cannot be subscribed to: {refused}");
    client.ask("resources/subscribe", json!({ "uri": "plan://p" }))?;
    // The server has looked once when it has answered a read that began after it started to watch.
    client.ask("resources/read", json!({ "uri": "plan://p" }))?;
    world.plan(&["-p", "other", "step", "done", "1"]).done();
    world.plan(&["-p", "p", "step", "done", "1"]).done();
    let told = client.told("notifications/resources/updated")?;
    assert_eq!(told["params"]["uri"], "plan://p", "of the plan that was subscribed to, and of no other");
    world.plan(&["new", "A third"]).done();
    client.told("notifications/resources/list_changed")?;
    client.ask("resources/unsubscribe", json!({ "uri": "plan://p" }))?;
    client.end()?;
    Ok(())
}

/// A generator of numbers that is the same everywhere.
#[test]
fn a_sync_that_is_cancelled_stops_waiting_and_the_next_call_is_answered() -> Outcome {
    let world = World::with_plan(&["Build"]);
    // It takes connections and never says a word.
    let silent = std::net::TcpListener::bind(("127.0.0.1", 0))?;
    let address = format!("git://{}/hub", silent.local_addr()?);
    world.git(&["remote", "add", "origin", &address]);
    let mut client = Client::start(&world, &world.repository())?;
    client.ask(
        "initialize",
        json!({ "protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": { "name": "t", "version": "1" } }),
    )?;
    client.tell("notifications/initialized", json!({}))?;
    let call = json!({ "jsonrpc": "2.0", "id": 77, "method": "tools/call", "params": { "name": "sync", "arguments": { "remote": "origin", "plans": ["p"] } } });
    client.send(&call)?;
    // Once git is connected, it waits.
    let connection = silent.accept()?;
    client.tell("notifications/cancelled", json!({ "requestId": 77 }))?;
    let (failed, said) = client.call("prime", json!({}))?;
    assert!(!failed && said.contains("Build"), "who cancelled is answered: {said}");
    drop(connection);
    client.end()?;
    Ok(())
}

struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % bound.max(1)
    }

    fn one<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[self.below(of.len())]
    }

    /// An argument that may be right, wrong, hostile or of another type.
    fn value(&mut self) -> Value {
        match self.below(14) {
            0 => Value::Null,
            1 => json!(self.below(5)),
            2 => json!(true),
            3 => json!(["1", "2"]),
            4 => json!({ "a": [] }),
            5 => json!("x".repeat(self.below(3_000))),
            6 => json!("--help"),
            7 => json!("\u{1b}[31m\u{202e}\0"),
            8 => json!(["--json", "-p", "../x"]),
            _ => json!(self.one(&[
                "1",
                "2",
                "3.1",
                "p",
                "decision 1",
                "add",
                "done",
                "view",
                "note",
                "ffff",
                "-3",
                "HEAD",
                "now"
            ])),
        }
    }

    fn call(&mut self) -> (&'static str, Value) {
        let steps = self.one(&["1", "2", "3", "1.1", "9", "-1"]);
        match self.below(12) {
            0 => ("step", json!({ "do": "add", "texts": [format!("Step {}", self.below(1_000))] })),
            1 => (
                "step",
                json!({ "do": self.one(&["start", "done", "reopen", "drop", "claim", "release", "rm"]), "steps": [steps] }),
            ),
            2 => ("step", json!({ "do": "edit", "steps": [steps], "texts": ["Reworded"] })),
            3 => ("step", json!({ "do": "move", "steps": [steps], "under": self.one(&["1", "2", "3"]) })),
            4 => (
                "record",
                json!({ "kind": self.one(&["decide", "discover", "block", "ask", "note", "result", "criterion"]), "text": "Said" }),
            ),
            5 => (
                "record",
                json!({ "kind": self.one(&["unblock", "answer", "met"]), "of": self.one(&["1", "2", "9"]), "text": "So" }),
            ),
            6 => ("read", json!({ "what": self.one(&["view", "items", "list", "status", "log", "conflicts"]) })),
            7 => ("run", json!({ "words": [self.one(&["undo", "show", "status", "next", "log", "archive", "list"])] })),
            8 => (
                "run",
                json!({ "words": [self.one(&["note", "ask", "set", "show", "step", "mcp", "edit"]), self.one(&["-", "--", "--json", "x", "add"])] }),
            ),
            _ => {
                let tool = self.one(&["prime", "read", "next", "step", "record", "apply", "run"]);
                let mut given = serde_json::Map::new();
                for _ in 0..self.below(4) {
                    let name = self.one(&[
                        "plan", "do", "steps", "texts", "what", "of", "at", "kind", "text", "words", "lines", "key",
                        "why", "oops",
                    ]);
                    given.insert(name.to_owned(), self.value());
                }
                (tool, Value::Object(given))
            }
        }
    }
}

#[test]
fn no_call_crashes_the_server_or_writes_what_it_does_not_acknowledge() -> Outcome {
    let world = World::with_plan(&["One", "Two", "Three"]);
    let begun = world.events(&world.repository(), "p").len();
    let seed = std::env::var("GIT_PLAN_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(7);
    println!("seed {seed}");
    let (mut random, mut acknowledged) = (Random(seed), BTreeSet::new());
    let mut client = Client::start(&world, &world.repository())?;
    for _ in 0..short_or_long(300, 10_000) {
        let (tool, arguments) = random.call();
        let writes = ["step", "record", "apply", "run", "next"].contains(&tool);
        let (failed, said) = client.call(tool, arguments)?;
        client.transcript.clear();
        let is_id = |word: &&str| word.len() >= 7 && word.bytes().all(|byte| byte.is_ascii_hexdigit());
        let receipts = said.lines().filter_map(|line| line.split_once("  ")).map(|(id, _)| id).filter(is_id);
        if writes && !failed {
            acknowledged.extend(receipts.map(str::to_owned));
        }
    }
    client.end()?;
    let events = world.events(&world.repository(), "p");
    let ids: Vec<&str> = events.iter().filter_map(|event| event["id"].as_str()).skip(begun).collect();
    for id in &ids {
        assert!(acknowledged.iter().any(|known| id.starts_with(known)), "{id} was written and not acknowledged");
    }
    println!("{} events", ids.len());
    world.assert_sound(&world.repository());
    Ok(())
}
