//! Many workers, one plan, until nothing is left to be done: half of them work through the commands, half through servers of
//! the Model Context Protocol, and all of them may die at any moment.
//!
//! The workers are threads that run the program as agents do, each command a process, each session a server. They share a
//! logical clock, which they hand to the program: nobody sleeps until a lease runs out. Normally they work 60 steps; with
//! `GIT_PLAN_LONG=1` 200. `GIT_PLAN_SEED` repeats what they are up to, though not how the processes interleave.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::mcp::Client;
use crate::world::{BEGINNING, Outcome, PROGRAM, Random, Said, World, date, short_or_long};

const WORKERS: usize = 8;

/// How many steps can be worked on at once, at most.
const WIDTH: usize = 10;

/// How long a claim lasts, in seconds of the shared clock.
const LEASE: u64 = 1_800;

/// Where the workers meet.
struct Site {
    directory: PathBuf,
    env: BTreeMap<String, String>,
    clock: AtomicU64,
    turns: Mutex<Turns>,
    moved: Condvar,
    tally: Mutex<Tally>,
}

/// Who is at work, and how often that has changed.
#[derive(Default)]
struct Turns {
    active: usize,
    turn: u64,
}

/// What happened.
#[derive(Debug, Default)]
struct Tally {
    /// The decisions that were acknowledged: what was decided, and by whom.
    decided: Vec<(String, String)>,
    /// The completions that were acknowledged: the step's text, and by whom.
    completed: Vec<(String, String)>,
    quit: usize,
    killed: usize,
    dawdled: usize,
    late: usize,
    waited: usize,
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Site {
    fn of(world: &World) -> Self {
        Self {
            directory: world.repository(),
            env: world.env.clone(),
            clock: AtomicU64::new(BEGINNING + 3_600),
            turns: Mutex::default(),
            moved: Condvar::new(),
            tally: Mutex::default(),
        }
    }

    /// The program, a second later than when it ran before.
    fn command(&self) -> Command {
        let now = self.clock.fetch_add(1, Ordering::SeqCst);
        let mut command = Command::new(PROGRAM);
        command.env_clear().envs(&self.env).env("GIT_PLAN_NOW", date(now)).current_dir(&self.directory);
        command.stdin(Stdio::null());
        command
    }

    /// Begins to look for work; gives the turn in which that was.
    fn begin(&self) -> u64 {
        let mut turns = locked(&self.turns);
        turns.active += 1;
        turns.turn
    }

    /// Ends work, in whatever way: what waited for it may be free now.
    fn end(&self) {
        let mut turns = locked(&self.turns);
        turns.active -= 1;
        turns.turn += 1;
        self.moved.notify_all();
    }

    /// Waits until somebody has ended work since a turn. Where nobody is at work, what is held is held by the dead, and time
    /// passes until their leases are over.
    fn wait(&self, since: u64) {
        let mut turns = locked(&self.turns);
        turns.active -= 1;
        if turns.active == 0 && turns.turn == since {
            self.clock.fetch_add(LEASE, Ordering::SeqCst);
            turns.turn += 1;
            self.moved.notify_all();
        }
        while turns.turn == since {
            turns = self.moved.wait(turns).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

/// What a worker does to the plan.
enum Deed<'a> {
    Claim { resume: bool },
    Start(&'a str),
    Decide { step: &'a str, title: &'a str, reason: &'a str, why: &'a str },
    Note { text: &'a str, why: &'a str },
    Done { step: &'a str, evidence: &'a str },
}

/// What came of it.
enum Told {
    /// It is done; for a claim, with the step's id and text.
    Done(Option<(String, String)>),
    /// It was refused, with this code.
    Refused(String),
}

/// How a worker reaches the plan.
enum Hands {
    Commands { name: String },
    Session { client: Box<Client> },
}

impl Hands {
    fn of(site: &Site, seat: usize, name: &str) -> Outcome<Self> {
        if seat.is_multiple_of(2) {
            return Ok(Self::Commands { name: name.to_owned() });
        }
        Ok(Self::Session { client: Box::new(Client::open(site.command(), name)?) })
    }

    fn does(&mut self, site: &Site, deed: &Deed<'_>) -> Outcome<Told> {
        match self {
            Self::Commands { name } => {
                let output = site.command().env("GIT_PLAN_AGENT", name).args(words(deed)).output()?;
                let said = Said::of(&output);
                if said.status != Some(0) {
                    // What is said beside it are notes for people; the last line is the error.
                    let error: Value = serde_json::from_str(said.stderr.lines().last().unwrap_or_default())?;
                    return Ok(Told::Refused(error["error"]["code"].as_str().unwrap_or("none").to_owned()));
                }
                let step = &said.json()[0]["data"]["step"];
                let step = step["id"].as_str().zip(step["text"].as_str());
                Ok(Told::Done(step.map(|(id, text)| (id.to_owned(), text.to_owned()))))
            }
            Self::Session { client } => {
                let (tool, arguments) = call(deed);
                let (failed, said) = client.call(tool, arguments)?;
                if failed {
                    let code = said.split_once("error (").and_then(|(_, rest)| rest.split_once(')'));
                    return Ok(Told::Refused(code.ok_or("a code")?.0.to_owned()));
                }
                // An agent reads that line: `3f9c2a1  step 2 (in progress): Text`.
                let step = said.lines().find_map(|line| line.split_once("  step "));
                let step = step.and_then(|(id, rest)| Some((id, rest.split_once(": ")?.1)));
                Ok(Told::Done(step.map(|(id, text)| (id.to_owned(), text.to_owned()))))
            }
        }
    }

    /// Begins a deed and dies within it, or right after it: the answer is heard by nobody.
    fn dies(self, site: &Site, deed: &Deed<'_>, after: Duration) -> Outcome {
        match self {
            Self::Commands { name } => {
                let mut command = site.command();
                let command = command.env("GIT_PLAN_AGENT", name).args(words(deed));
                let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
                std::thread::sleep(after);
                child.kill()?;
                child.wait()?;
                Ok(())
            }
            Self::Session { client } => {
                let (tool, arguments) = call(deed);
                client.kill_within(tool, arguments, after)
            }
        }
    }

    fn ends(self) -> Outcome {
        match self {
            Self::Commands { .. } => Ok(()),
            Self::Session { client } => client.end().map(drop),
        }
    }
}

/// A deed as a command line.
fn words(deed: &Deed<'_>) -> Vec<String> {
    let words: Vec<&str> = match *deed {
        Deed::Claim { resume: false } => vec!["next", "--claim", "--until", "30m", "--json"],
        Deed::Claim { resume: true } => vec!["next", "--claim", "--until", "30m", "--resume", "--json"],
        Deed::Start(step) => vec!["step", "start", step, "--json"],
        Deed::Decide { step, title, reason, why } => {
            vec!["decide", title, "--because", reason, "-m", why, "--caused-by", step, "--json"]
        }
        Deed::Note { text, why } => vec!["note", text, "-m", why, "--json"],
        Deed::Done { step, evidence } => vec!["step", "done", step, "--evidence", evidence, "--json"],
    };
    words.into_iter().map(str::to_owned).collect()
}

/// A deed as a call of a tool.
fn call(deed: &Deed<'_>) -> (&'static str, Value) {
    match *deed {
        Deed::Claim { resume: false } => ("next", json!({ "claim": true, "until": "30m" })),
        Deed::Claim { resume: true } => ("run", json!({ "words": ["next", "--claim", "--resume", "--until", "30m"] })),
        Deed::Start(step) => ("step", json!({ "do": "start", "steps": [step] })),
        Deed::Decide { title, reason, why, .. } => {
            ("record", json!({ "kind": "decide", "text": title, "because": reason, "why": why }))
        }
        Deed::Note { text, why } => ("record", json!({ "kind": "note", "text": text, "why": why })),
        Deed::Done { step, evidence } => ("step", json!({ "do": "done", "steps": [step], "evidence": [evidence] })),
    }
}

/// How a turn of work ended.
#[derive(PartialEq, Eq)]
enum End {
    /// The step is done.
    Done,
    /// The worker is gone.
    Gone,
    /// There is nothing to take now.
    Nothing,
    /// There will be nothing to take any more.
    Over,
}

/// Works until all is done, as one worker after another: who dies is followed by somebody else, or takes up what it had.
fn work(site: &Site, seat: usize, mut random: Random) -> Outcome {
    let kind = if seat.is_multiple_of(2) { "commands" } else { "session" };
    let (mut life, mut resume) = (0, false);
    loop {
        let name = format!("{kind} {seat}.{life}");
        let since = site.begin();
        match turn(site, seat, &name, resume, &mut random) {
            Ok(End::Done) => {
                resume = false;
                site.end();
            }
            Ok(End::Gone) => {
                resume = random.below(2) == 0;
                life += usize::from(!resume);
                site.end();
            }
            Ok(End::Nothing) => {
                locked(&site.tally).waited += 1;
                site.wait(since);
            }
            Ok(End::Over) => {
                site.end();
                return Ok(());
            }
            Err(error) => {
                site.end();
                return Err(format!("{name}: {error}").into());
            }
        }
    }
}

/// Takes a step and works on it, to its end or one's own.
fn turn(site: &Site, seat: usize, name: &str, resume: bool, random: &mut Random) -> Outcome<End> {
    let mut hands = Hands::of(site, seat, name)?;
    // One in six dies by a kill within a deed, one in nine leaves between two.
    let mut killed = (random.below(6) == 0).then(|| random.below(5));
    let mut quits = (random.below(9) == 0).then(|| 1 + random.below(4));
    let after = Duration::from_micros(random.below(25_000));
    let dawdles = random.below(20) == 0;
    let (mut id, mut text) = (String::new(), String::new());
    for at in 0..5 {
        let said = format!("{name} at {text}, {}", random.next() % 100_000);
        let (title, reason) = (format!("Do it as {said}"), format!("Because {said}"));
        let deed = match at {
            0 => Deed::Claim { resume },
            1 => Deed::Start(&id),
            2 => Deed::Decide { step: &id, title: &title, reason: &reason, why: &said },
            3 => Deed::Note { text: &reason, why: &said },
            _ => Deed::Done { step: &id, evidence: &said },
        };
        if quits.take_if(|when| *when == at).is_some() {
            locked(&site.tally).quit += 1;
            if let Hands::Session { client } = hands {
                client.kill()?;
            }
            return Ok(End::Gone);
        }
        if killed.take_if(|when| *when == at).is_some() {
            locked(&site.tally).killed += 1;
            hands.dies(site, &deed, after)?;
            return Ok(End::Gone);
        }
        match (hands.does(site, &deed)?, &deed) {
            (Told::Done(Some(step)), Deed::Claim { .. }) => (id, text) = step,
            (Told::Done(None), Deed::Claim { .. }) => return Err("a claim names its step".into()),
            (Told::Done(_), Deed::Decide { .. }) => locked(&site.tally).decided.push((title, name.to_owned())),
            (Told::Done(_), Deed::Done { .. }) => {
                locked(&site.tally).completed.push((text, name.to_owned()));
                hands.ends()?;
                return Ok(End::Done);
            }
            (Told::Done(_), _) => {}
            (Told::Refused(code), Deed::Claim { .. }) => {
                hands.ends()?;
                return match code.as_str() {
                    "no-step-free" => Ok(End::Nothing),
                    "no-step-left" => Ok(End::Over),
                    _ => Err(format!("a claim is refused with {code}").into()),
                };
            }
            // Somebody before had begun it.
            (Told::Refused(code), Deed::Start(_)) if code == "already" => {}
            // It took so long that somebody else has done it meanwhile.
            (Told::Refused(code), Deed::Start(_)) if code == "wrong-state" => {
                locked(&site.tally).late += 1;
                return Ok(End::Done);
            }
            (Told::Refused(code), Deed::Done { .. }) if code == "already" => {
                locked(&site.tally).late += 1;
                return Ok(End::Done);
            }
            (Told::Refused(code), _) => return Err(format!("deed {at} on {text:?} is refused with {code}").into()),
        }
        if dawdles && at < 2 {
            // Its lease runs out while it works, as everybody's does.
            locked(&site.tally).dawdled += 1;
            site.clock.fetch_add(LEASE, Ordering::SeqCst);
        }
    }
    Ok(End::Done)
}

/// Steps in layers, each waiting for one or two of the layer before, as lines of `apply`.
fn lines(count: usize, random: &mut Random) -> String {
    let mut lines = String::new();
    for n in 0..count {
        lines += &format!("{}\n", json!({ "do": ["step", "add", format!("Step {n}")], "as": format!("s{n}") }));
        let (layer, width) = (n / WIDTH, WIDTH as u64);
        let mut on: Vec<String> = (0..if layer == 0 { 0 } else { 1 + random.below(2) })
            .map(|_| format!("@s{}", (layer - 1) * WIDTH + usize::try_from(random.below(width)).unwrap_or(0)))
            .collect();
        on.dedup();
        if !on.is_empty() {
            let mut words = vec!["step".to_owned(), "depend".to_owned(), format!("@s{n}")];
            words.extend(on.into_iter().flat_map(|on| ["--on".to_owned(), on]));
            lines += &format!("{}\n", json!({ "do": words }));
        }
    }
    lines
}

#[test]
fn workers_that_may_die_at_any_moment_do_each_step_exactly_once() -> Outcome {
    let seed = std::env::var("GIT_PLAN_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(20_261_122);
    let count = short_or_long(60, 200);
    let (mut random, world) = (Random(seed), World::new());
    world.git(&["config", "maintenance.auto", "false"]);
    let objective = "Every step is done exactly once, whoever dies meanwhile.";
    world.plan(&["new", "Work together", "--slug", "p", "--objective", objective]).done();
    world.plan(&["criterion", "add", &format!("{count} of {count} steps are done")]).done();
    let made = world.plan_reading(lines(count, &mut random).as_bytes(), &["apply", "--json", "--key", "all", "-"]);
    let names = made.json()[0]["data"]["names"].clone();
    let (site, began) = (Site::of(&world), Instant::now());
    let outcomes: Vec<Result<(), String>> = std::thread::scope(|scope| {
        let seats = (0..WORKERS).map(|seat| {
            let random = Random(random.next() | 1);
            let site = &site;
            scope.spawn(move || work(site, seat, random).map_err(|error| error.to_string()))
        });
        let seats: Vec<_> = seats.collect();
        seats.into_iter().map(|seat| seat.join().unwrap_or_else(|_| Err("a worker panicked".to_owned()))).collect()
    });
    let tally = std::mem::take(&mut *locked(&site.tally));
    println!(
        "seed {seed}: {count} steps in {:?}; {} killed, {} quit, {} dawdled, {} late, {} waits",
        began.elapsed(),
        tally.killed,
        tally.quit,
        tally.dawdled,
        tally.late,
        tally.waited
    );
    assert_eq!(outcomes, vec![Ok(()); WORKERS], "every worker works until nothing is left to be done");
    assert!(tally.killed > 0 && tally.quit > 0, "some die: {tally:?}");
    let ids: BTreeSet<&str> = names.as_object().into_iter().flatten().filter_map(|(_, id)| id.as_str()).collect();
    assert_eq!(ids.len(), count, "each line has given its step a name");
    let events = sound_events(&world);
    assert_done_once(&events, &ids, &tally);
    assert_taken_by_one_at_a_time(&events);
    assert_traceable(&world, &events, &tally)?;
    world.plan(&["criterion", "met", "1", "--evidence", "The log has a completion of each"]).done();
    world.plan(&["result", "All steps are done"]).done();
    world.plan(&["result", "--lesson", "A lease outlives whoever held it"]).done();
    let found = world.plan(&["check", "--strict", "--json"]).json()[0]["data"].clone();
    assert_eq!(found["findings"], json!([]), "the finished plan is in order");
    Ok(())
}

/// The events of the plan as git has them, what came before first, once all is found to be sound: each is the hash of its
/// payload and names what it follows, one head has seen all of them, and neither git nor `verify` has anything to say.
fn sound_events(world: &World) -> Vec<Value> {
    let (mut known, mut events) = (BTreeSet::new(), Vec::new());
    for payload in world.payloads(&world.repository(), "refs/plans/p") {
        let event: Value = serde_json::from_str(&payload).expect("the payload is JSON");
        let parents = event["parents"].as_array().into_iter().flatten().filter_map(Value::as_str);
        let unknown: Vec<&str> = parents.filter(|&parent| !known.contains(parent)).collect();
        assert!(unknown.is_empty(), "each event follows events that are there: {unknown:?} of {payload}");
        assert!(known.insert(blake3::hash(payload.as_bytes()).to_hex().to_string()), "no event is there twice");
        events.push(event);
    }
    world.assert_sound(&world.repository());
    world.plan(&["verify"]).done();
    let status = world.plan(&["status", "--json"]).json()[0]["data"].clone();
    assert_eq!(status["steps"]["done"], status["steps"]["total"], "none is lost: {status}");
    assert_eq!(status["conflicts"], json!([]), "and nobody disagrees");
    events
}

fn of_type<'a>(events: &'a [Value], name: &str) -> impl Iterator<Item = (usize, &'a Value)> {
    let name = name.to_owned();
    events.iter().enumerate().filter(move |(_, event)| event["type"] == *name)
}

fn step_of(event: &Value) -> &str {
    event["data"]["step"].as_str().unwrap_or_default()
}

/// Asserts that each step was done once, by whoever was told so, and not before what it waits for.
fn assert_done_once(events: &[Value], ids: &BTreeSet<&str>, tally: &Tally) {
    let mut done: BTreeMap<&str, usize> = BTreeMap::new();
    for (at, event) in of_type(events, "step.completed") {
        assert!(done.insert(step_of(event), at).is_none(), "no step is done twice: {event}");
    }
    assert_eq!(done.keys().copied().collect::<BTreeSet<_>>(), *ids, "every step is done");
    assert_eq!(of_type(events, "step.reopened").count(), 0, "none was reopened");
    let evidence = |text: &str, who: &str| {
        let mut found = of_type(events, "step.completed").filter(|(_, event)| {
            let said = event["data"]["evidence"][0].as_str().unwrap_or_default();
            said.starts_with(&format!("{who} at {text},")) && event["agent"]["name"] == *who
        });
        found.next().is_some()
    };
    for (text, who) in &tally.completed {
        assert!(evidence(text, who), "what {who} was told about {text:?} is so");
    }
    for (_, depended) in of_type(events, "step.depended") {
        let awaited = depended["data"]["on"].as_str().unwrap_or_default();
        let first = of_type(events, "step.claimed").find(|(_, event)| step_of(event) == step_of(depended));
        let first = first.map_or(usize::MAX, |(at, _)| at);
        assert!(done.get(awaited).is_some_and(|&at| at < first), "nobody takes a step that waits: {depended}");
    }
}

/// Asserts that a step that somebody held was given to nobody else before its lease was over.
fn assert_taken_by_one_at_a_time(events: &[Value]) {
    let mut held: BTreeMap<&str, (&Value, &str)> = BTreeMap::new();
    for (_, event) in of_type(events, "step.claimed") {
        let (owner, until) = (&event["data"]["owner"], event["data"]["until"].as_str().unwrap_or_default());
        if let Some((before, end)) = held.insert(step_of(event), (owner, until)) {
            let at = event["at"].as_str().unwrap_or_default();
            assert!(before == owner || at >= end, "{before} held it until {end}: {event}");
        }
    }
}

/// Asserts that every decision that was acknowledged is there once, with who made it and why, also for who asks `why`.
fn assert_traceable(world: &World, events: &[Value], tally: &Tally) -> Outcome {
    let listed = world.plan(&["decisions", "--json"]).json()[0]["data"]["decisions"].clone();
    let listed = listed.as_array().ok_or("a list")?;
    assert_eq!(listed.len(), of_type(events, "decision.recorded").count(), "every decision is listed");
    for (n, (title, who)) in tally.decided.iter().enumerate() {
        let reason = title.replace("Do it as", "Because");
        let found: Vec<&Value> = listed.iter().filter(|decision| decision["title"] == **title).collect();
        let [decision] = found[..] else { return Err(format!("one decision {title:?}: {found:?}").into()) };
        assert_eq!(decision["reason"], *reason, "with its reason");
        assert_eq!(decision["added"]["agent"], **who, "and who made it");
        // Each of these reads the whole history again; some are enough.
        if n.is_multiple_of(20) {
            let id = decision["id"].as_str().ok_or("an id")?;
            let said = world.plan(&["why", id]).done();
            let shown = said.contains(&reason) && said.contains(&format!("through {who}"));
            assert!(shown && said.contains(&format!("why: {}", &title["Do it as ".len()..])), "{said}");
        }
    }
    Ok(())
}
