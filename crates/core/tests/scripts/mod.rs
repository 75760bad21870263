//! Scripts: any bytes make a list of events.
//!
//! Every type of event comes up, with references right and wrong, forks and joins, clocks that lie, keys that repeat,
//! damaged payloads and plain junk. Property tests, the fuzz targets and the regression tests of what they found all
//! read their input as such a script, so a crashing input is a test as it stands.

#![allow(dead_code, unused_imports, reason = "each of the programs that share this file uses a part of it")]

pub mod laws;

use std::collections::BTreeSet;

use git_plan_core::{Event, EventId, Field, Layout, ResultGroup, Role, State, canonical};
use serde_json::{Map, Value, json};

/// The most events of a script; ancestors are kept as bits of a `u128`.
pub const MOST: usize = 96;

/// What a member of an event's data holds.
#[derive(Clone, Copy)]
enum Holds {
    /// The id of an item of this kind, or now and then of anything.
    Item(&'static str),
    /// Some of these.
    Items(&'static str),
    /// The id of any event.
    Anchor,
    Parent,
    Text,
    Texts,
    Title,
    Tag,
    State,
    Role,
    Field,
    Layout,
    Group,
    Rank,
    Time,
    Slug,
}

/// A member, and whether it must be there.
type Member = (&'static str, Holds, bool);

const MUST: bool = true;
const MAY: bool = false;
const AFTER: Member = ("after", Holds::Anchor, MAY);
const UNDER: Member = ("under", Holds::Parent, MAY);
const SOURCE: Member = ("source", Holds::Text, MAY);
const TEXT: Member = ("text", Holds::Text, MUST);
const STATE: Member = ("state", Holds::State, MAY);
const STEP: Member = ("step", Holds::Item("step.added"), MUST);
const ON_STEP: Member = ("on", Holds::Item("step.added"), MUST);
const CRITERION: Member = ("criterion", Holds::Item("criterion.added"), MUST);
const QUESTION: Member = ("question", Holds::Item("question.asked"), MUST);
const BLOCKER: Member = ("blocker", Holds::Item("blocker.raised"), MUST);
const DECISION: Member = ("decision", Holds::Item("decision.recorded"), MUST);
const EVIDENCE: Member = ("evidence", Holds::Texts, MAY);
const OPTIONS: Member = ("options", Holds::Texts, MAY);
const NEED: Member = ("need", Holds::Text, MAY);
const OWNER: Member = ("owner", Holds::Title, MUST);
const TAG: Member = ("tag", Holds::Tag, MUST);
const AUTHOR: Member = ("author", Holds::Title, MUST);
const HEADING: Member = ("heading", Holds::Title, MUST);
const ITEM: Member = ("item", Holds::Item(""), MUST);
const LINK: [Member; 3] = [("from", Holds::Item(""), MUST), ("rel", Holds::Tag, MUST), ("to", Holds::Title, MUST)];

/// The catalogue: each type with the members of its data.
const TYPES: &[(&str, &[Member])] = &[
    ("step.added", &[AFTER, SOURCE, STATE, TEXT, UNDER]),
    ("step.started", &[STEP]),
    ("step.completed", &[EVIDENCE, STEP]),
    ("step.reopened", &[STEP]),
    ("step.dropped", &[STEP]),
    ("step.claimed", &[OWNER, STEP, ("until", Holds::Time, MAY)]),
    ("step.released", &[OWNER, STEP]),
    ("step.depended", &[ON_STEP, STEP]),
    ("step.undepended", &[ON_STEP, STEP]),
    ("item.reworded", &[ITEM, TEXT]),
    ("item.moved", &[AFTER, ITEM, UNDER]),
    ("item.removed", &[("items", Holds::Items(""), MUST)]),
    ("item.restored", &[ITEM]),
    ("prose.set", &[("of", Holds::Parent, MUST), TEXT]),
    ("prose.added", &[AFTER, SOURCE, TEXT, ("under", Holds::Parent, MUST)]),
    (
        "section.added",
        &[
            AFTER,
            ("follows", Holds::Role, MAY),
            HEADING,
            ("level", Holds::Rank, MAY),
            ("role", Holds::Role, MAY),
            SOURCE,
        ],
    ),
    ("section.retitled", &[HEADING, ("section", Holds::Parent, MUST)]),
    ("criterion.added", &[AFTER, SOURCE, STATE, TEXT, UNDER]),
    ("criterion.met", &[CRITERION, EVIDENCE]),
    ("criterion.unmet", &[CRITERION]),
    (
        "decision.recorded",
        &[
            AFTER,
            OPTIONS,
            ("question", Holds::Item("question.asked"), MAY),
            ("reason", Holds::Text, MAY),
            ("references", Holds::Texts, MAY),
            SOURCE,
            STATE,
            ("supersedes", Holds::Items("decision.recorded"), MAY),
            ("title", Holds::Text, MUST),
            ("tradeoffs", Holds::Texts, MAY),
            UNDER,
        ],
    ),
    ("decision.amended", &[DECISION, TEXT]),
    ("decision.accepted", &[DECISION]),
    ("decision.withdrawn", &[DECISION]),
    ("decision.superseded", &[("by", Holds::Item("decision.recorded"), MUST), DECISION]),
    (
        "discovery.recorded",
        &[AFTER, ("corrects", Holds::Item("discovery.recorded"), MAY), EVIDENCE, SOURCE, TEXT, UNDER],
    ),
    ("question.asked", &[AFTER, NEED, OPTIONS, SOURCE, TEXT, UNDER]),
    ("question.answered", &[("answer", Holds::Text, MUST), QUESTION]),
    ("question.reopened", &[QUESTION]),
    ("blocker.raised", &[AFTER, NEED, ("on", Holds::Item(""), MAY), OPTIONS, SOURCE, TEXT, UNDER]),
    ("blocker.resolved", &[BLOCKER, ("how", Holds::Text, MAY)]),
    ("blocker.reopened", &[BLOCKER]),
    (
        "note.added",
        &[
            AFTER,
            ("corrects", Holds::Item("note.added"), MAY),
            ("label", Holds::Title, MUST),
            ("on", Holds::Item(""), MAY),
            SOURCE,
            TEXT,
            UNDER,
        ],
    ),
    ("result.added", &[AFTER, ("group", Holds::Group, MUST), SOURCE, TEXT, UNDER]),
    (
        "story.added",
        &[
            AFTER,
            ("as_a", Holds::Text, MUST),
            ("i_want", Holds::Text, MUST),
            ("so_that", Holds::Text, MAY),
            SOURCE,
            UNDER,
        ],
    ),
    (
        "story.retold",
        &[
            ("as_a", Holds::Text, MAY),
            ("i_want", Holds::Text, MAY),
            ("so_that", Holds::Text, MAY),
            ("story", Holds::Item("story.added"), MUST),
        ],
    ),
    ("link.added", &LINK),
    ("link.removed", &LINK),
    ("field.set", &[("field", Holds::Field, MUST), ("value", Holds::Text, MUST)]),
    ("tag.added", &[TAG]),
    ("tag.removed", &[TAG]),
    ("author.added", &[AUTHOR]),
    ("author.removed", &[AUTHOR]),
    (
        "source.added",
        &[
            ("accessed", Holds::Tag, MAY),
            ("id", Holds::Tag, MUST),
            ("title", Holds::Title, MAY),
            ("url", Holds::Title, MAY),
        ],
    ),
    ("source.removed", &[("id", Holds::Tag, MUST)]),
    ("plan.archived", &[]),
    ("plan.reactivated", &[]),
    (
        "plan.created",
        &[
            ("layout", Holds::Layout, MUST),
            ("nonce", Holds::Title, MUST),
            ("slug", Holds::Slug, MUST),
            ("title", Holds::Title, MUST),
        ],
    ),
];

/// Texts that a view may stumble over.
const TEXTS: &[&str] = &[
    "One",
    "Two",
    "Three",
    "",
    " ",
    "\n",
    "- [ ] a box\n- [x] another",
    "# A heading\n\nand text",
    "```\nfence\n",
    "<!-- comment -->",
    "---\nkey: value\n---",
    "\u{1b}[31mred\u{202e}",
    "wide \u{1f600} \u{fb33}",
    "1. first\n   - nested\n\n\n\tcode",
    "a\r\nb\rc",
    "\u{0}",
];

/// Bytes, read as choices; past their end every choice is the first one.
struct Choices<'a>(&'a [u8]);

impl Choices<'_> {
    fn byte(&mut self) -> usize {
        match self.0.split_first() {
            Some((&first, rest)) => {
                self.0 = rest;
                usize::from(first)
            }
            None => 0,
        }
    }

    fn of<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.byte() % all.len()]
    }

    fn take(&mut self) -> Vec<u8> {
        let length = self.byte().min(self.0.len());
        let (taken, rest) = self.0.split_at(length);
        self.0 = rest;
        taken.to_vec()
    }
}

/// A script as it is read.
struct Reading<'a> {
    choices: Choices<'a>,
    events: Vec<Event>,
    seen: BTreeSet<EventId>,
}

/// The events of a script, each after its parents, none twice.
pub fn events(script: &[u8]) -> Vec<Event> {
    let mut reading = Reading { choices: Choices(script), events: Vec::new(), seen: BTreeSet::new() };
    reading.begin();
    while !reading.choices.0.is_empty() && reading.events.len() < MOST {
        reading.next();
    }
    reading.events
}

impl Reading<'_> {
    fn begin(&mut self) {
        let data = json!({ "layout": "execplan", "nonce": "0", "slug": "a-plan", "title": "A plan" });
        self.write("plan.created", data, &[], 10_000, Map::new());
    }

    fn next(&mut self) {
        let kind = self.choices.byte();
        if kind >= 248 {
            let (junk, parents) = (self.choices.take(), self.parents());
            return self.push(Event::read(&junk, &parents));
        }
        let (name, members) = TYPES[kind % TYPES.len()];
        let parents = self.parents();
        let at = match self.choices.byte() {
            0 => -62_167_219_200_000,
            1 => 253_402_300_799_999,
            n => 10_000 + (n as i64 - 100) * 7,
        };
        let envelope = self.context();
        let mut data = Map::new();
        for &(member, holds, must) in members {
            if must || self.choices.of(&[true, false, false]) {
                let value = self.value(holds);
                data.insert(member.into(), value);
            }
        }
        self.write(name, data.into(), &parents, at, envelope);
    }

    /// Parents: most often the heads of all, or the last event, or any one, or any few, or one that is not there.
    fn parents(&mut self) -> Vec<EventId> {
        let mut parents: Vec<EventId> = match self.choices.byte() {
            0..100 => self.events.last().map(|event| event.id).into_iter().collect(),
            100..140 => self.heads(usize::MAX),
            140..220 => {
                let upto = self.choices.byte() % self.events.len();
                vec![self.events[upto].id]
            }
            220..240 => {
                let upto = self.choices.byte() % self.events.len();
                self.heads(upto)
            }
            240..250 => {
                let few = 2 + self.choices.byte() % 3;
                (0..few).map(|_| self.any_event()).collect()
            }
            250..254 => vec![EventId::of(b"elsewhere"), self.any_event()],
            _ => Vec::new(),
        };
        parents.sort();
        parents.dedup();
        parents
    }

    /// The heads of the events up to this one.
    fn heads(&self, upto: usize) -> Vec<EventId> {
        let known = &self.events[..=upto.min(self.events.len() - 1)];
        let followed: BTreeSet<EventId> = known.iter().flat_map(|event| event.parents.iter().copied()).collect();
        known.iter().map(|event| event.id).filter(|id| !followed.contains(id)).collect()
    }

    fn any_event(&mut self) -> EventId {
        let at = self.choices.byte() % self.events.len();
        self.events[at].id
    }

    /// An item of this kind; now and then any event, or one that is not there.
    fn item(&mut self, kind: &str) -> EventId {
        let choice = self.choices.byte();
        let adds = |event: &&Event| {
            let name = &*event.type_name;
            if kind.is_empty() {
                [".added", ".asked", ".raised", "n.recorded", "y.recorded"].iter().any(|end| name.ends_with(end))
            } else {
                name == kind
            }
        };
        let fitting: Vec<EventId> = self.events.iter().filter(adds).map(|event| event.id).collect();
        match choice {
            0..=240 if !fitting.is_empty() => fitting[choice % fitting.len()],
            0..=252 => self.any_event(),
            _ => EventId::of(b"nowhere"),
        }
    }

    fn text(&mut self) -> String {
        match self.choices.byte() {
            n if n < 240 => TEXTS[n % TEXTS.len()].to_owned(),
            _ => String::from_utf8_lossy(&self.choices.take()).into_owned(),
        }
    }

    fn title(&mut self) -> String {
        let text = self.text();
        if text.trim().is_empty() { "Title".into() } else { text.replace(['\n', '\r'], " ") }
    }

    fn value(&mut self, holds: Holds) -> Value {
        match holds {
            Holds::Item(kind) => self.item(kind).to_string().into(),
            Holds::Items(kind) => {
                let few = 1 + self.choices.byte() % 3;
                (0..few).map(|_| self.item(kind).to_string()).collect()
            }
            Holds::Anchor => self.any_event().to_string().into(),
            Holds::Parent => match self.choices.byte() {
                n if n < 128 => Role::ALL[n % Role::ALL.len()].as_str().into(),
                n if n < 190 => self.item("step.added").to_string().into(),
                n if n < 220 => self.item("section.added").to_string().into(),
                _ => self.item("").to_string().into(),
            },
            Holds::Text => self.text().into(),
            Holds::Texts => {
                let few = 1 + self.choices.byte() % 2;
                (0..few).map(|_| self.text()).collect()
            }
            Holds::Title => self.title().into(),
            Holds::Tag => self.title().chars().take(12).collect::<String>().trim().into(),
            Holds::State => self.choices.of(State::ALL).as_str().into(),
            Holds::Role => self.choices.of(Role::ALL).as_str().into(),
            Holds::Field => self.choices.of(Field::ALL).as_str().into(),
            Holds::Layout => self.choices.of(Layout::ALL).as_str().into(),
            Holds::Group => self.choices.of(ResultGroup::ALL).as_str().into(),
            Holds::Rank => (1 + self.choices.byte() % 6).into(),
            Holds::Time => "2026-11-22T10:50:38.123Z".into(),
            Holds::Slug => "a-plan".into(),
        }
    }

    /// What an event says beside its change.
    fn context(&mut self) -> Map<String, Value> {
        let mut context = Map::new();
        let choice = self.choices.byte();
        if choice % 8 == 7 {
            context.insert("why".into(), self.text().into());
        }
        if choice % 16 == 9 {
            context.insert("key".into(), ["k", "l"][self.choices.byte() % 2].into());
        }
        if choice % 32 == 3 {
            context.insert("occurred".into(), "2025-01-01T00:00:00.000Z".into());
        }
        if choice % 32 == 5 {
            context.insert("agent".into(), json!({ "name": "Agent", "model": "m" }));
        }
        if choice == 250 {
            context.insert("needs".into(), json!(["later"]));
        }
        if choice == 251 {
            context.insert("v".into(), 2.into());
        }
        if choice == 252 {
            context.insert("unknown".into(), "member".into());
        }
        if choice == 253 {
            context.insert("type".into(), "step.invented".into());
        }
        context
    }

    fn write(&mut self, name: &str, data: Value, parents: &[EventId], at: i64, context: Map<String, Value>) {
        let who = ["Ada", "Grace", "Linus"][self.events.len() % 3];
        let parents: Vec<String> = parents.iter().map(ToString::to_string).collect();
        let mut envelope = json!({
            "at": git_plan_core::Timestamp::from_millis(at).to_string(),
            "by": { "email": "", "name": who },
            "data": data,
            "parents": parents,
            "type": name,
            "v": 1,
        });
        if let Value::Object(members) = &mut envelope {
            members.extend(context);
        }
        let mut bytes = String::new();
        canonical::write(&envelope, &mut bytes).expect("strings and integers alone have a canonical form");
        let event = Event::read(bytes.as_bytes(), &[]);
        laws::round_trip(&event, &bytes);
        self.push(event);
    }

    fn push(&mut self, event: Event) {
        if self.seen.insert(event.id) {
            self.events.push(event);
        }
    }
}
