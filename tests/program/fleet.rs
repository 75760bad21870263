//! Eight clones that write and sync as they like, over each transport: all end with the same, and nothing is lost.
//!
//! Each clone is a row of processes beside the others', with a clock of its own that is days off. Normally each gives eight
//! commands, with `GIT_PLAN_LONG=1` fifty. What a command acknowledged, by the ids in its receipt, is compared with what
//! is in the remote's history at the end, as git and BLAKE3 alone tell it: each of these events, and no other.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::servers::{Server, Transport};
use crate::world::{self, Outcome, PROGRAM, Random, Said, World, short_or_long};

const CLONES: usize = 8;
const DAY: u64 = 24 * 60 * 60;

/// What the clones do: `S` and `T` stand for the numbers of two steps, `W` for words that nobody else says.
const COMMANDS: &[&[&str]] = &[
    &["step", "add", "W"],
    &["step", "add", "W", "W, again", "--under", "S"],
    &["step", "add", "W", "--after", "S"],
    &["step", "add", "W", "--first"],
    &["step", "start", "S"],
    &["step", "done", "S"],
    &["step", "done", "S", "T"],
    &["step", "reopen", "S"],
    &["step", "edit", "S", "W"],
    &["step", "move", "S", "--after", "T"],
    &["step", "move", "S", "--under", "T"],
    &["step", "rm", "S"],
    &["step", "drop", "S"],
    &["step", "claim", "S"],
    &["step", "depend", "S", "--on", "T"],
    &["criterion", "add", "W"],
    &["criterion", "met", "1"],
    &["decide", "W", "--because", "Somebody has to"],
    &["discover", "W"],
    &["note", "W"],
    &["ask", "W"],
    &["answer", "1", "W"],
    &["block", "W", "--on", "S"],
    &["unblock", "1"],
    &["result", "W"],
    &["story", "--as-a", "writer", "--i-want", "W"],
    &["set", "title", "W"],
    &["set", "summary", "W"],
    &["set", "tag", "t1", "tS"],
    &["set", "context", "First line\n\nW\n\nLast line"],
    &["edit", "context"],
    &["edit", "approach"],
    &["section", "add", "W"],
    &["resolve", "--keep"],
    &["undo"],
    &["new", "W"],
];

/// What each does once: begin a plan of a name that the others take, too.
const TAKEN: &[&str] = &["new", "A plan of somebody's own", "--slug", "taken"];

/// One of the clones, and whoever works in it.
struct Place {
    number: usize,
    directory: PathBuf,
    env: BTreeMap<String, String>,
    clock: u64,
    random: Random,
}

impl Place {
    fn new(world: &World, number: usize, server: &Server) -> Self {
        let mut env = world.env.clone();
        env.remove("GIT_PLAN_NONCE");
        for role in ["AUTHOR", "COMMITTER"] {
            env.insert(format!("GIT_{role}_NAME"), format!("Writer {number}"));
            env.insert(format!("GIT_{role}_EMAIL"), format!("writer-{number}@example.org"));
        }
        if let Some(ssh) = server.ssh() {
            env.insert("GIT_SSH_COMMAND".to_owned(), ssh.to_owned());
        }
        let clock = world::BEGINNING + (number as u64 * 37 % 11) * DAY;
        let seed = 0x9e37_79b9_7f4a_7c15 ^ (number as u64 + 1).wrapping_mul(0x2545_f491_4f6c_dd1d);
        Self { number, directory: world.path().join(name(number)), env, clock, random: Random(seed) }
    }

    fn plan(&mut self, arguments: &[&str]) -> Outcome<Said> {
        self.clock += 1 + self.random.below(60);
        let mut command = Command::new(PROGRAM);
        command.env_clear().envs(&self.env).env("GIT_PLAN_NOW", world::date(self.clock));
        command.current_dir(&self.directory).stdin(Stdio::null()).args(arguments);
        Ok(Said::of(&command.output()?))
    }

    /// Gives so many commands, with a sync now and then, and says which events were acknowledged.
    fn work(&mut self, times: usize) -> Outcome<Worked> {
        let mut worked = Worked::default();
        for turn in 0..times {
            let words = format!("Writer {} wrote this as number {turn}", self.number);
            let pattern = match turn == times / 2 {
                true => TAKEN,
                false => COMMANDS[self.random.below(COMMANDS.len() as u64) as usize],
            };
            let (step, other) = (1 + self.random.below(6), 1 + self.random.below(6));
            let plan = if self.random.below(3) == 0 { "two" } else { "one" };
            let mut command = vec!["--json".to_owned()];
            if pattern[0] != "new" {
                command.push(format!("--plan={plan}"));
            }
            command.extend(pattern.iter().map(|word| match *word {
                "S" => step.to_string(),
                "T" => other.to_string(),
                "tS" => format!("t{step}"),
                word if word.contains('W') => word.replace('W', &words),
                word => word.to_owned(),
            }));
            self.env.insert("GIT_EDITOR".to_owned(), format!("sed -i -e '$a {words}'"));
            let command: Vec<&str> = command.iter().map(String::as_str).collect();
            let said = self.plan(&command)?;
            match said.status {
                Some(0) => worked.acknowledged.extend(receipt(&said)?),
                // There is no such step, it is done already, others disagree about it.
                Some(1 | 3 | 4 | 5) => worked.refused += 1,
                _ => return Err(format!("writer {}: {command:?}: {said}", self.number).into()),
            }
            if self.random.below(4) == 0 {
                let all: &[&str] = if self.random.below(2) == 0 { &["sync", "--all"] } else { &["sync"] };
                worked.syncs += 1;
                let began = Instant::now();
                let said = self.plan(all)?;
                worked.longest = worked.longest.max(began.elapsed());
                match said.status {
                    Some(0) => {}
                    // On a machine that is busy with others, a minute may be too short; what was written is safe.
                    Some(6) => worked.outrun += 1,
                    _ => return Err(format!("writer {}: {all:?}: {said}", self.number).into()),
                }
            }
        }
        Ok(worked)
    }
}

/// What one of them, or all, did.
#[derive(Debug, Default)]
struct Worked {
    acknowledged: BTreeSet<String>,
    refused: usize,
    syncs: usize,
    outrun: usize,
    longest: Duration,
}

fn name(number: usize) -> String {
    format!("clone-{number}")
}

/// The ids of the events that a command says it has recorded.
fn receipt(said: &Said) -> Outcome<Vec<String>> {
    let told: Value = serde_json::from_str(&said.stdout)?;
    let events = told["data"]["events"].as_array().ok_or_else(|| format!("a receipt:\n{said}"))?;
    let id = |event: &Value| event.as_str().or_else(|| event["id"].as_str()).map(str::to_owned);
    events.iter().map(|event| id(event).ok_or_else(|| format!("an id:\n{said}").into())).collect()
}

/// The ids of all events of all plans, from what git has.
fn recorded(world: &World, directory: &Path) -> BTreeSet<String> {
    let payloads = world.payloads(directory, "--glob=refs/plans/");
    payloads.iter().map(|payload| blake3::hash(payload.as_bytes()).to_hex().to_string()).collect()
}

fn fleet(transport: Transport) -> Outcome {
    let names: Vec<String> = (0..CLONES).map(name).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let world = World::with_clones(&names);
    let hub = world.path().join("hub");
    world.git_in(&hub, &["config", "receive.fsckObjects", "true"]);
    let Some(server) = Server::start(&world, transport)? else { return Ok(()) };
    for name in &names {
        world.git_in(&world.path().join(name), &["remote", "set-url", "origin", &server.url("hub")]);
    }
    let mut places: Vec<Place> = (0..CLONES).map(|number| Place::new(&world, number, &server)).collect();
    let mut acknowledged = BTreeSet::new();
    for plan in ["one", "two"] {
        let flag = format!("--plan={plan}");
        acknowledged.extend(receipt(&places[0].plan(&["new", plan, "--json"])?)?);
        let steps: &[&str] = &["step", "add", "--json", &flag, "One", "Two", "Three", "Four"];
        acknowledged.extend(receipt(&places[0].plan(steps)?)?);
    }
    for place in &mut places {
        place.plan(&["sync", "--all"])?.done();
    }

    let began = Instant::now();
    let times = short_or_long(8, 50);
    let worked = std::thread::scope(|scope| {
        let work = |place| scope.spawn(move || Place::work(place, times).map_err(|e| e.to_string()));
        let working: Vec<_> = places.iter_mut().map(work).collect();
        working.into_iter().map(|one| one.join().expect("it ends")).collect::<Result<Vec<Worked>, String>>()
    })?;
    let seconds = began.elapsed().as_secs_f64();
    let (mut refused, mut syncs, mut outrun, mut longest) = (0, 0, 0, Duration::ZERO);
    for one in worked {
        acknowledged.extend(one.acknowledged);
        refused += one.refused;
        syncs += one.syncs;
        outrun += one.outrun;
        longest = longest.max(one.longest);
    }
    // The first round brings everything to the remote, the second to everybody.
    for _ in 0..2 {
        for place in &mut places {
            place.plan(&["sync", "--all"])?.done();
        }
    }

    assert!(acknowledged.len() > CLONES * times / 2, "most commands do something: {}", acknowledged.len());
    let refs = |directory: &Path| world.git_in(directory, &["for-each-ref", "refs/plans/"]);
    let settled = refs(&hub);
    assert_eq!(recorded(&world, &hub), acknowledged, "what was acknowledged is there, and nothing else");
    let plans: Vec<&str> = settled.lines().filter_map(|line| line.rsplit("refs/plans/").next()).collect();
    for plan in &plans {
        let flag = format!("--plan={plan}");
        let shown = places[0].plan(&["show", "--raw", &flag])?.done();
        for place in &mut places[1..] {
            let other = place.plan(&["show", "--raw", &flag])?.done();
            assert_eq!(other, shown, "clone {} shows {plan} as clone 0 does", place.number);
        }
    }
    for place in &mut places {
        assert_eq!(refs(&place.directory), settled, "clone {} has the refs that the remote has", place.number);
        place.plan(&["sync", "--all"])?.done();
        world.assert_sound(&place.directory);
    }
    assert_eq!(refs(&hub), settled, "where nobody writes, nothing changes any more");
    world.assert_sound(&hub);
    let merges = world.git_in(&hub, &["rev-list", "--count", "--merges", "--glob=refs/plans/"]);
    println!(
        "{transport:?}: {CLONES} clones × {times} commands in {seconds:.1} s: {} events acknowledged and there, {refused} \
         commands refused, {syncs} syncs ({outrun} outrun, the longest {:.1} s), {merges} merge commits, {} plans",
        acknowledged.len(),
        longest.as_secs_f64(),
        plans.len()
    );
    Ok(())
}

#[test]
fn a_fleet_over_paths_ends_with_the_same_and_loses_nothing() -> Outcome {
    fleet(Transport::File)
}

#[test]
fn a_fleet_over_git_daemon_ends_with_the_same_and_loses_nothing() -> Outcome {
    fleet(Transport::Daemon)
}

#[test]
fn a_fleet_over_http_ends_with_the_same_and_loses_nothing() -> Outcome {
    fleet(Transport::Http)
}

#[test]
fn a_fleet_over_ssh_ends_with_the_same_and_loses_nothing() -> Outcome {
    fleet(Transport::Ssh)
}
