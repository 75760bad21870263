//! Histories: what several replicas of a plan come to, each of which writes, and now and then takes in what others wrote.
//!
//! A history is a function of its [`Recipe`]. The seed decides who writes what and has seen what; the name of the plan and
//! the clocks are apart from it, so the same history can be told with other ids and at other times. Replicas write
//! unequally much; they see each other's heads one-sided, crosswise and several at once; some write at a version that
//! they have gone beyond; clocks are off by seconds or by years. Each seed has its own mix of types, so that some
//! histories are full of moves, others of prose.

#![allow(dead_code, reason = "each of the programs that share this file uses a part of it")]

pub mod chance;
mod data;
pub mod unions;

use git_plan_core::{Event, EventId, Kind, Timestamp, canonical};
use serde_json::{Map, Value, json};

use chance::Chance;

/// What makes a history.
#[derive(Debug, Clone, Copy)]
pub struct Recipe {
    /// Who writes what, and has seen what.
    pub seed: u64,
    /// The most events.
    pub most: usize,
    /// The name that the plan was given: all ids depend on it.
    pub nonce: u64,
    /// How the clocks go.
    pub clocks: u64,
}

impl Recipe {
    pub const fn new(seed: u64, most: usize) -> Self {
        Self { seed, most, nonce: 0, clocks: 0 }
    }
}

/// What replicas wrote.
pub struct History {
    pub recipe: Recipe,
    /// Each event after its parents.
    pub events: Vec<Event>,
    /// The same events as they are stored.
    pub bytes: Vec<Vec<u8>>,
    /// For each replica, the events that it knows, in the order in which they came to it.
    pub replicas: Vec<Vec<usize>>,
    /// Events, each with all that its author knew when it was written, in the order in which that had come.
    pub written: Vec<(usize, Vec<usize>)>,
}

/// What later choices ask about an event.
struct Fact {
    adds: Option<Kind>,
    /// The text that it writes, and of what.
    prose: Option<(Prose, String)>,
}

/// What has prose: a standing section by its word, or an item by its event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Prose {
    Standing(&'static str),
    Body(usize),
    Block(usize),
}

struct Replica {
    known: u128,
    arrived: Vec<usize>,
    who: &'static str,
    /// How far its clock is off, in milliseconds.
    off: i64,
    eager: usize,
}

struct Telling {
    recipe: Recipe,
    chance: Chance,
    clocks: Chance,
    events: Vec<Event>,
    bytes: Vec<Vec<u8>>,
    facts: Vec<Fact>,
    /// For each event, itself and its ancestors, as bits.
    below: Vec<u128>,
    replicas: Vec<Replica>,
    written: Vec<(usize, Vec<usize>)>,
    /// How often each type comes up.
    weights: Vec<usize>,
    /// Whether keys, edits of a view, and damaged events come up.
    keys: bool,
    absorbs: bool,
    damages: bool,
    now: i64,
}

const SECOND: i64 = 1_000;
const DAY: i64 = 86_400 * SECOND;
const YEAR: i64 = 365 * DAY;
const BEGIN: i64 = 1_795_000_000_000;
/// How far clocks are off: not, by little, or by years.
const OFF: &[i64] = &[0, 0, 0, 90 * SECOND, -DAY / 24, 3 * YEAR, -7 * YEAR, 74 * YEAR, -BEGIN];

impl History {
    pub fn of(recipe: Recipe) -> Self {
        let mut telling = Telling::new(recipe);
        telling.begin();
        while telling.events.len() < recipe.most {
            telling.go_on();
        }
        let Telling { events, bytes, replicas, written, .. } = telling;
        Self { recipe, events, bytes, replicas: replicas.into_iter().map(|r| r.arrived).collect(), written }
    }

    /// These events, in this order.
    pub fn pick(&self, places: &[usize]) -> Vec<Event> {
        places.iter().map(|&at| self.events[at].clone()).collect()
    }
}

impl Telling {
    fn new(recipe: Recipe) -> Self {
        let mut chance = Chance::new(recipe.seed);
        let mut clocks = Chance::new(recipe.seed ^ recipe.clocks.wrapping_mul(0x9e37) ^ 0x5eed);
        let weights = data::TYPES.iter().map(|_| chance.of(&[0, 0, 1, 1, 2, 12])).collect();
        let many = 2 + chance.below(4);
        let replica = |who: usize| Replica {
            known: 0,
            arrived: Vec::new(),
            who: ["Ada", "Bo", "Cy", "Ada", "Di"][who],
            off: clocks.of(OFF),
            eager: chance.of(&[1, 1, 2, 5, 9]),
        };
        let replicas = (0..many).map(replica).collect();
        let (keys, absorbs, damages) = (chance.one_in(8), chance.one_in(6), chance.one_in(6));
        let (events, bytes, facts, below, written) = Default::default();
        let now = BEGIN;
        Self {
            recipe,
            chance,
            clocks,
            events,
            bytes,
            facts,
            below,
            replicas,
            written,
            weights,
            keys,
            absorbs,
            damages,
            now,
        }
    }

    /// The beginning, and some items that all know.
    fn begin(&mut self) {
        let (recipe, nonce) = (self.recipe, self.recipe.nonce.to_string());
        self.write(
            0,
            &[],
            "plan.created",
            json!({"layout": "execplan", "nonce": nonce, "slug": "a-plan", "title": "A plan"}),
        );
        let many = (3 + self.chance.below(6)).min(recipe.most / 3);
        for _ in 0..many {
            let at = self.chance.below(data::ADDING.len());
            let (known, seen) = (self.replicas[0].known, self.events.len() - 1);
            if let Some(data) = data::of(self, data::ADDING[at], known) {
                self.write(0, &[seen], data::ADDING[at], data);
            }
        }
        let known = self.replicas[0].known;
        (1..self.replicas.len()).for_each(|replica| self.learn(replica, known));
    }

    /// Somebody writes, or takes in what another knows.
    fn go_on(&mut self) {
        let total: usize = self.replicas.iter().map(|replica| replica.eager).sum();
        let mut at = self.chance.below(total);
        let who = self.replicas.iter().position(|replica| {
            let found = at < replica.eager;
            at = at.saturating_sub(replica.eager);
            found
        });
        let who = who.unwrap_or(0);
        if self.chance.below(10) < 6 {
            return self.act(who);
        }
        let (known, other) = (self.replicas[who].known, self.chance.below(self.replicas.len()));
        let theirs = self.replicas[other].known;
        if self.chance.one_in(4) && theirs & !known != 0 {
            // A part of it: one event with all that it saw.
            let news: Vec<usize> = bits(theirs & !known).collect();
            let upto = self.chance.of(&news);
            return self.learn(who, self.below[upto]);
        }
        self.learn(who, theirs);
        if self.chance.one_in(3) {
            self.learn(other, known);
        }
    }

    fn act(&mut self, who: usize) {
        let mut view = self.replicas[who].known;
        if self.chance.one_in(5) {
            // What its author saw is a version that its replica has gone beyond.
            let seen: Vec<usize> = bits(view).collect();
            view = self.below[self.chance.of(&seen)];
        }
        let parents: Vec<usize> = self.heads(view);
        let type_name = self.any_type();
        let Some(data) = data::of(self, type_name, view) else { return };
        self.write(who, &parents, type_name, data);
    }

    fn any_type(&mut self) -> &'static str {
        let total: usize = self.weights.iter().sum();
        let mut at = self.chance.below(total.max(1));
        for (&weight, &name) in self.weights.iter().zip(data::TYPES) {
            if at < weight {
                return name;
            }
            at -= weight;
        }
        "step.added"
    }

    fn heads(&self, view: u128) -> Vec<usize> {
        let followed = bits(view).fold(0_u128, |all, at| all | (self.below[at] & !(1 << at)));
        bits(view & !followed).collect()
    }

    fn learn(&mut self, who: usize, known: u128) {
        let replica = &mut self.replicas[who];
        let mut news: Vec<usize> = bits(known & !replica.known).collect();
        // They come in any order, also children before their parents.
        self.chance.shuffle(&mut news);
        replica.arrived.extend(news);
        replica.known |= known;
    }

    fn write(&mut self, who: usize, parents: &[usize], type_name: &'static str, data: Value) {
        self.now += self.clocks.of(&[0, 0, 1, SECOND, 60 * SECOND, 3_600 * SECOND]);
        if self.clocks.one_in(16) {
            self.replicas[who].off = self.clocks.of(OFF);
        }
        let at = Timestamp::from_millis(self.now + self.replicas[who].off);
        let name = self.replicas[who].who;
        let ids: Vec<EventId> = parents.iter().map(|&at| self.events[at].id).collect();
        let mut sorted: Vec<String> = ids.iter().map(ToString::to_string).collect();
        sorted.sort();
        let mut envelope = json!({
            "at": at.to_string(), "by": {"email": format!("{name}@example.org"), "name": name}, "data": data,
            "parents": sorted, "type": type_name, "v": 1, "x": {"n": self.events.len()},
        });
        if let (Value::Object(members), false) = (&mut envelope, parents.is_empty()) {
            let context = self.context(type_name);
            members.extend(context);
        }
        let mut text = String::new();
        canonical::write(&envelope, &mut text).expect("strings and integers alone have a canonical form");
        let event = Event::read(text.as_bytes(), &ids);
        let place = self.events.len();
        self.facts.push(data::fact(self, &event, &envelope["data"]));
        self.below.push(parents.iter().fold(1 << place, |seen, &parent| seen | self.below[parent]));
        self.events.push(event);
        self.bytes.push(text.into_bytes());
        let replica = &mut self.replicas[who];
        if self.below[place] & !(1 << place) == replica.known {
            self.written.push((place, replica.arrived.clone()));
        }
        replica.known |= 1 << place;
        replica.arrived.push(place);
    }

    /// What an event says beside its change.
    fn context(&mut self, type_name: &str) -> Map<String, Value> {
        let mut said = Map::new();
        if self.chance.one_in(8) {
            said.insert("why".into(), "Because.".into());
        }
        if self.chance.one_in(8) {
            said.insert("agent".into(), json!({"name": self.chance.of(&["Robot", "Other robot"])}));
        }
        if self.chance.one_in(16) {
            said.insert("occurred".into(), "2025-01-01T00:00:00.000Z".into());
        }
        if self.keys && self.chance.one_in(3) {
            said.insert("key".into(), self.chance.of(&["k", "l"]).into());
        }
        if self.absorbs && self.chance.one_in(2) && !type_name.ends_with("added") {
            let mut absorbed = json!({});
            for (member, texts) in [("text", ["One", "Two"]), ("source", ["- [ ] One", "### Two"])] {
                if self.chance.one_in(2) {
                    absorbed[member] = self.chance.of(&texts).into();
                }
            }
            said.insert("absorbed".into(), absorbed);
        }
        if self.damages && self.chance.one_in(8) {
            let (name, value) = [
                ("type", json!("step.invented")),
                ("v", json!(2)),
                ("needs", json!(["later"])),
                ("unknown", json!("member")),
                ("why", json!("x".repeat(if self.chance.one_in(4) { 270_000 } else { 140_000 }))),
            ][self.chance.below(5)]
            .clone();
            said.insert(name.into(), value);
        }
        said
    }
}

/// The places of the bits that are set, lowest first.
pub fn bits(set: u128) -> impl Iterator<Item = usize> {
    (0..128).filter(move |at| set >> at & 1 == 1)
}
