//! What events say: the data of each type, about items that their authors have seen.

use git_plan_core::{Event, EventId, Kind};
use serde_json::{Value, json};

use super::{Fact, Prose, Telling, bits};

/// Every type but the one that begins a plan.
pub const TYPES: &[&str] = &[
    "field.set",
    "tag.added",
    "tag.removed",
    "author.added",
    "author.removed",
    "source.added",
    "source.removed",
    "plan.archived",
    "plan.reactivated",
    "section.added",
    "section.retitled",
    "prose.set",
    "prose.set",
    "prose.added",
    "item.reworded",
    "item.reworded",
    "item.respelled",
    "item.moved",
    "item.moved",
    "item.removed",
    "item.removed",
    "item.restored",
    "link.added",
    "link.removed",
    "step.added",
    "step.added",
    "step.started",
    "step.completed",
    "step.reopened",
    "step.dropped",
    "step.claimed",
    "step.released",
    "step.depended",
    "step.undepended",
    "criterion.added",
    "criterion.met",
    "criterion.unmet",
    "decision.recorded",
    "decision.amended",
    "decision.accepted",
    "decision.withdrawn",
    "decision.superseded",
    "discovery.recorded",
    "question.asked",
    "question.answered",
    "question.reopened",
    "blocker.raised",
    "blocker.resolved",
    "blocker.reopened",
    "note.added",
    "result.added",
    "story.added",
    "story.retold",
];

/// The types that add something.
pub const ADDING: &[&str] = &[
    "step.added",
    "step.added",
    "step.added",
    "criterion.added",
    "decision.recorded",
    "question.asked",
    "blocker.raised",
    "section.added",
    "prose.added",
    "story.added",
    "note.added",
    "discovery.recorded",
    "result.added",
];

const TEXTS: [&str; 4] = ["One", "Two", "Three", ""];
const TITLES: [&str; 3] = ["One", "Two", "Three"];
const NAMES: [&str; 3] = ["ada", "bo", "cy"];
const ROLES: [&str; 4] = ["context", "objective", "approach", "steps"];
const PROSE: &str = "one\n\ntwo\n\nthree\n\nfour";

/// The data of an event of this type by somebody who saw this much; nothing where that has nothing to speak of.
pub fn of(telling: &mut Telling, type_name: &str, view: u128) -> Option<Value> {
    let mut t = Seen { telling, view };
    Some(match type_name {
        "field.set" => {
            let field = t.of(&["title", "status", "summary", "layout"]);
            let value = if field == "layout" { t.of(&["execplan", "cookbook", "own", "none"]) } else { t.of(&TEXTS) };
            json!({"field": field, "value": value})
        }
        "tag.added" | "tag.removed" => json!({"tag": t.of(&["a", "b"])}),
        "author.added" | "author.removed" => json!({"author": t.of(&NAMES)}),
        "source.added" => json!({"id": t.of(&["R1", "R2"]), "title": t.of(&TITLES), "url": "https://example.org"}),
        "source.removed" => json!({"id": t.of(&["R1", "R2"])}),
        "plan.archived" | "plan.reactivated" => json!({}),
        "section.retitled" => {
            let section = t.parent(&[Kind::Section])?;
            json!({"heading": t.of(&TITLES), "section": section})
        }
        "prose.set" => {
            let of = t.parent(Kind::ALL)?;
            let prose = t.prose_of(&of);
            json!({"of": of, "text": t.edited(prose)})
        }
        "item.reworded" => {
            let item = t.item(Kind::ALL)?;
            let kind = t.telling.facts[item].adds;
            let text =
                if kind == Some(Kind::Prose) { t.edited(Some(Prose::Block(item))) } else { t.of(&TEXTS).to_owned() };
            json!({"item": t.id(item), "text": text})
        }
        "item.respelled" => json!({"item": t.named(Kind::ALL)?, "source": t.of(&["- [ ] One", "- two", "## Three"])}),
        "item.moved" => {
            let kind = if t.telling.chance.one_in(3) { None } else { Some(Kind::Step) };
            let item = kind.and_then(|kind| t.item(&[kind])).or_else(|| t.item(Kind::ALL))?;
            let under = t.place_of(t.telling.facts[item].adds?);
            t.put(json!({"item": t.id(item)}), under)
        }
        "item.removed" => {
            let many = 1 + t.telling.chance.below(2);
            let items: Option<Vec<Value>> = (0..many).map(|_| t.named(Kind::ALL)).collect();
            json!({"items": items?})
        }
        "item.restored" => json!({"item": t.named(Kind::ALL)?}),
        "link.added" | "link.removed" => {
            json!({"from": t.named(Kind::ALL)?, "rel": t.of(&["pr", "issue"]), "to": t.of(&["#1", "#2"])})
        }
        "story.retold" => {
            let mut data = json!({"story": t.named(&[Kind::Story])?});
            for part in ["as_a", "i_want", "so_that"] {
                t.maybe(2, &mut data, part, |t| t.of(&TEXTS).into());
            }
            data
        }
        _ => return progress(&mut t, type_name).or_else(|| addition(&mut t, type_name)),
    })
}

fn progress(t: &mut Seen<'_>, type_name: &str) -> Option<Value> {
    let (subject, what) = type_name.split_once('.')?;
    let kind = match subject {
        "step" => Kind::Step,
        "criterion" => Kind::Criterion,
        "decision" => Kind::Decision,
        "question" => Kind::Question,
        "blocker" => Kind::Blocker,
        _ => return None,
    };
    if matches!(what, "added" | "recorded" | "asked" | "raised") {
        return None;
    }
    let mut data = json!({});
    data[subject] = t.named(&[kind])?;
    match what {
        "completed" | "met" => t.maybe(3, &mut data, "evidence", |t| json!([t.of(&TEXTS)])),
        "claimed" | "released" => {
            data["owner"] = t.of(&NAMES).into();
            if what == "claimed" {
                t.maybe(4, &mut data, "until", |t| {
                    t.of(&["2026-11-23T00:00:00.000Z", "2026-11-24T00:00:00.000Z"]).into()
                });
            }
        }
        "depended" | "undepended" => data["on"] = t.named(&[Kind::Step])?,
        "amended" => data["text"] = t.of(&TEXTS).into(),
        "superseded" => data["by"] = t.named(&[Kind::Decision])?,
        "answered" => data["answer"] = t.of(&TEXTS).into(),
        "resolved" => t.maybe(2, &mut data, "how", |t| t.of(&TITLES).into()),
        _ => {}
    }
    Some(data)
}

fn addition(t: &mut Seen<'_>, type_name: &str) -> Option<Value> {
    let (kind, mut data) = match type_name {
        "step.added" => (Kind::Step, json!({"text": t.of(&TEXTS)})),
        "criterion.added" => (Kind::Criterion, json!({"text": t.of(&TEXTS)})),
        "decision.recorded" => (Kind::Decision, json!({"title": t.of(&TITLES)})),
        "discovery.recorded" => (Kind::Discovery, json!({"text": t.of(&TEXTS)})),
        "question.asked" => (Kind::Question, json!({"text": t.of(&TEXTS)})),
        "blocker.raised" => (Kind::Blocker, json!({"text": t.of(&["One", "Two"])})),
        "note.added" => (Kind::Note, json!({"label": t.of(&TITLES), "text": t.of(&TEXTS)})),
        "result.added" => {
            (Kind::Result, json!({"group": t.of(&["delivered", "metric", "lesson"]), "text": t.of(&TEXTS)}))
        }
        "story.added" => (Kind::Story, json!({"as_a": t.of(&TITLES), "i_want": t.of(&TITLES)})),
        "prose.added" => (Kind::Prose, json!({"text": PROSE})),
        "section.added" => (Kind::Section, json!({"heading": t.of(&TITLES)})),
        _ => return None,
    };
    let under = t.place_of(kind);
    match kind {
        Kind::Step => t.maybe(6, &mut data, "state", |t| t.of(&["todo", "doing", "done", "dropped", "met"]).into()),
        Kind::Criterion => t.maybe(6, &mut data, "state", |t| t.of(&["open", "met"]).into()),
        Kind::Decision => {
            t.maybe(2, &mut data, "state", |t| t.of(&["proposed", "accepted"]).into());
            t.link(2, &mut data, "question", Kind::Question);
            if t.telling.chance.one_in(3) {
                data["supersedes"] = t.named(&[Kind::Decision]).into_iter().collect();
            }
        }
        Kind::Discovery => t.link(4, &mut data, "corrects", Kind::Discovery),
        Kind::Blocker => t.link(3, &mut data, "on", Kind::Step),
        Kind::Note => {
            t.link(4, &mut data, "corrects", Kind::Note);
            t.link(4, &mut data, "on", Kind::Step);
        }
        Kind::Story => t.maybe(2, &mut data, "so_that", |t| t.of(&TEXTS).into()),
        Kind::Section => {
            t.maybe(2, &mut data, "follows", |t| t.of(&ROLES).into());
            return Some(t.put(data, None));
        }
        _ => {}
    }
    t.maybe(8, &mut data, "source", |t| t.of(&["- [ ] One", "One", "### One"]).into());
    let under = if kind == Kind::Prose { Some(under.unwrap_or_else(|| "context".into())) } else { under };
    Some(t.put(data, under))
}

/// What the author of an event has to speak of.
struct Seen<'a> {
    telling: &'a mut Telling,
    view: u128,
}

impl Seen<'_> {
    fn of(&mut self, all: &[&'static str]) -> &'static str {
        self.telling.chance.of(all)
    }

    fn id(&self, at: usize) -> Value {
        self.telling.events[at].id.to_string().into()
    }

    /// An item of one of these kinds, most often one of the first.
    fn item(&mut self, kinds: &[Kind]) -> Option<usize> {
        let (facts, view) = (&self.telling.facts, self.view);
        let fitting: Vec<usize> =
            bits(view).filter(|&at| facts[at].adds.is_some_and(|kind| kinds.contains(&kind))).collect();
        let few = if self.telling.chance.one_in(4) { fitting.len() } else { fitting.len().min(3) };
        (few > 0).then(|| fitting[self.telling.chance.below(few)])
    }

    fn named(&mut self, kinds: &[Kind]) -> Option<Value> {
        if self.telling.damages && self.telling.chance.one_in(12) {
            // An item that its author cannot know, or one of the wrong kind.
            let any = self.telling.chance.below(self.telling.events.len());
            return Some(self.id(any));
        }
        self.item(kinds).map(|at| self.id(at))
    }

    fn parent(&mut self, kinds: &[Kind]) -> Option<Value> {
        let role = self.of(&ROLES[..2]);
        if self.telling.chance.one_in(2) { Some(role.into()) } else { self.named(kinds).or(Some(role.into())) }
    }

    /// Where something of this kind may hang; nothing for its home.
    fn place_of(&mut self, kind: Kind) -> Option<Value> {
        let kinds: &[Kind] = match kind {
            Kind::Step => &[Kind::Step, Kind::Step, Kind::Section],
            Kind::Criterion => &[Kind::Criterion, Kind::Story, Kind::Step],
            Kind::Prose => Kind::ALL,
            Kind::Section => &[],
            _ => &[Kind::Section],
        };
        match self.telling.chance.below(4) {
            0 => Some(self.of(&ROLES).into()),
            1 => None,
            _ => self.named(kinds).filter(|_| !kinds.is_empty()),
        }
    }

    /// Adds where it stands.
    fn put(&mut self, mut data: Value, under: Option<Value>) -> Value {
        if let Some(under) = under {
            data["under"] = under;
        }
        if self.telling.chance.below(5) < 3 {
            let slots: Vec<usize> = bits(self.view).collect();
            let slot = self.telling.chance.of(&slots);
            data["after"] = self.id(slot);
        }
        data
    }

    fn maybe(&mut self, many: usize, data: &mut Value, member: &str, value: impl FnOnce(&mut Self) -> Value) {
        if self.telling.chance.one_in(many) {
            data[member] = value(self);
        }
    }

    fn link(&mut self, many: usize, data: &mut Value, member: &str, kind: Kind) {
        if self.telling.chance.one_in(many)
            && let Some(named) = self.named(&[kind])
        {
            data[member] = named;
        }
    }

    fn prose_of(&self, of: &Value) -> Option<Prose> {
        prose_of(self.telling, of)
    }

    /// A text with one change in what its author saw.
    fn edited(&mut self, prose: Option<Prose>) -> String {
        let seen = bits(self.view).filter_map(|at| self.telling.facts[at].prose.as_ref());
        let before = seen.filter(|(of, _)| Some(*of) == prose).last().map_or(PROSE, |(_, text)| text);
        let mut lines: Vec<String> = before.split('\n').map(str::to_owned).collect();
        let chance = &mut self.telling.chance;
        let at = chance.below(lines.len());
        let word = chance.of(&["red", "green", "blue"]);
        match chance.below(6) {
            0 => lines.insert(at, word.to_owned()),
            1 if lines.len() > 2 => drop(lines.remove(at)),
            2 => lines.push(word.to_owned()),
            3 => return chance.of(&["", PROSE, "anew"]).to_owned(),
            _ => lines[at] = word.to_owned(),
        }
        lines.join("\n")
    }
}

fn prose_of(telling: &Telling, of: &Value) -> Option<Prose> {
    let of = of.as_str()?;
    match of.parse::<EventId>() {
        Ok(id) => telling.events.iter().position(|event| event.id == id).map(Prose::Body),
        Err(_) => ROLES.iter().find(|role| **role == of).map(|role| Prose::Standing(role)),
    }
}

/// What later events may say of one that was written.
pub fn fact(telling: &Telling, event: &Event, data: &Value) -> Fact {
    if event.change.is_err() {
        return Fact { adds: None, prose: None };
    }
    let name = &*event.type_name;
    let (subject, _) = name.split_once('.').unwrap_or((name, ""));
    let adds = if ADDING.contains(&name) { subject.parse().ok() } else { None };
    let text = || data["text"].as_str().unwrap_or_default().to_owned();
    let prose = match name {
        "prose.set" => prose_of(telling, &data["of"]).map(|of| (of, text())),
        "prose.added" => Some((Prose::Block(telling.events.len()), text())),
        "item.reworded" => {
            let item = data["item"].as_str().and_then(|id| id.parse::<EventId>().ok());
            let item = telling.events.iter().position(|event| Some(event.id) == item);
            item.map(|item| (Prose::Block(item), text()))
        }
        _ => None,
    };
    Fact { adds, prose }
}
