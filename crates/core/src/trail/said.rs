//! What an event says of a thing, and what stood there before.

use serde_json::Value;

use super::{CAUSED_BY, Subject, label, subject_of};
use crate::change::*;
use crate::prelude::*;
use crate::state::{Ancestry, Plan};
use crate::text::clipped;
use crate::{Change, Event, EventId, Field, ItemId, Kind, Parent, State};

/// One thing that an event says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// The word for what it is: `added`, `reworded`, `state`, `reason`, `blocker` and the like.
    pub what: &'static str,
    /// What stood there before, as the author of the event saw it.
    pub from: Option<String>,
    /// What it says.
    pub to: Option<String>,
    /// The item that is named.
    pub item: Option<ItemId>,
}

impl Said {
    fn new(what: &'static str, to: impl Into<String>) -> Self {
        Self { what, from: None, to: Some(to.into()), item: None }
    }

    fn bare(what: &'static str) -> Self {
        Self { what, from: None, to: None, item: None }
    }

    fn change(what: &'static str, from: Option<String>, to: Option<String>) -> Self {
        Self { what, from, to, item: None }
    }

    pub(super) fn of_item(what: &'static str, id: ItemId, plan: &Plan) -> Self {
        let item = plan.item(id);
        let text = item.map_or_else(String::new, |item| format!(": {}", clipped(item.text(), 80)));
        let id = item.map_or(id, crate::Item::id);
        Self { what, from: None, to: Some(format!("{}{text}", label(plan, Subject::Item(id)))), item: Some(id) }
    }

    /// Whether it says what became of a thing, rather than where it stands and who is at it.
    pub(super) fn is_lasting(&self) -> bool {
        !matches!(
            self.what,
            "moved"
                | "place"
                | "respelled"
                | "claimed"
                | "released"
                | "waits for"
                | "waits no more for"
                | "awaited by"
                | "below it"
                | "linked"
                | "unlinked"
        )
    }

    /// Whether its values are texts of several lines.
    #[must_use]
    pub fn is_prose(&self) -> bool {
        self.what == "rewritten" || [&self.from, &self.to].into_iter().flatten().any(|text| text.contains('\n'))
    }
}

/// What an event says, taken by itself: nothing is known of what stood there before.
#[must_use]
pub fn said_of(plan: &Plan, event: &Event) -> Vec<Said> {
    let Ok(change) = &event.change else { return Vec::new() };
    Telling::new(plan, Ancestry::default()).said(0, event, change, super::about(plan, event))
}

/// The writes of one field, each with the place of its event.
type Writes = Vec<(u32, Option<String>)>;

/// What was written so far to the things of a trail.
pub(super) struct Telling<'a> {
    plan: &'a Plan,
    ancestry: Ancestry,
    /// All writes of each thing's field, in order, each with the place of its event.
    writes: BTreeMap<(Subject, &'static str), Writes>,
}

impl<'a> Telling<'a> {
    pub(super) fn new(plan: &'a Plan, ancestry: Ancestry) -> Self {
        Self { plan, ancestry, writes: BTreeMap::new() }
    }

    /// Takes a write, and says what it replaced: the last write that it saw.
    fn write(&mut self, at: usize, of: Subject, field: &'static str, value: Option<String>) -> Option<String> {
        let at = u32::try_from(at).unwrap_or(u32::MAX);
        let writes = self.writes.entry((of, field)).or_default();
        let seen = writes.iter().rev().find(|(before, _)| *before == at || self.ancestry.sees(at, *before));
        let old = seen.and_then(|(_, value)| value.clone());
        writes.push((at, value));
        old
    }

    fn wrote(&mut self, at: usize, of: Subject, field: &'static str, what: &'static str, value: String) -> Said {
        let old = self.write(at, of, field, Some(value.clone()));
        Said::change(what, old, Some(value))
    }

    /// What an event says of a thing.
    pub(super) fn said(&mut self, at: usize, event: &Event, change: &Change, about: Subject) -> Vec<Said> {
        let mut said = match about {
            Subject::Item(id) => self.of_item(at, event, change, id),
            _ => self.of_plan(at, change, about),
        };
        let absorbed = event.context.absorbed.as_ref().and_then(|absorbed| absorbed.text.as_ref());
        let is_worded = !matches!(about, Subject::Item(id)
            if self.plan.item(id).is_some_and(|item| matches!(item.kind(), Kind::Decision | Kind::Section)));
        if let Some(text) = absorbed.filter(|_| is_worded && super::about(self.plan, event) == about) {
            let reworded = self.wrote(at, about, "text", "reworded", text.as_str().to_owned());
            said.extend(Some(reworded).filter(|said| said.from != said.to));
        }
        said
    }

    fn of_plan(&mut self, at: usize, change: &Change, about: Subject) -> Vec<Said> {
        vec![match change {
            Change::PlanCreated(data) if about == Subject::Field(Field::Layout) => {
                self.wrote(at, about, "value", "set", data.layout.to_string())
            }
            Change::PlanCreated(data) => {
                self.write(at, Subject::Field(Field::Title), "value", Some(data.title.as_str().to_owned()));
                self.write(at, Subject::Field(Field::Layout), "value", Some(data.layout.to_string()));
                Said::new("created", data.title.as_str())
            }
            Change::FieldSet(data) => self.wrote(at, about, "value", "set", data.value.as_str().to_owned()),
            Change::SectionRetitled(data) => {
                self.wrote(at, about, "text", "retitled", data.heading.as_str().to_owned())
            }
            Change::ProseSet(data) => self.wrote(at, about, "body", "rewritten", data.text.as_str().to_owned()),
            Change::PlanArchived(_) => Said::bare("archived"),
            Change::PlanReactivated(_) => Said::bare("taken up again"),
            Change::TagAdded(TagAdded { tag }) => Said::new("tag added", tag.as_str()),
            Change::TagRemoved(TagRemoved { tag }) => Said::new("tag removed", tag.as_str()),
            Change::AuthorAdded(AuthorAdded { author }) => Said::new("author added", author.as_str()),
            Change::AuthorRemoved(AuthorRemoved { author }) => Said::new("author removed", author.as_str()),
            Change::SourceAdded(data) => Said::new("source added", data.title.as_deref().unwrap_or(&data.id)),
            Change::SourceRemoved(SourceRemoved { id }) => Said::new("source removed", id.as_str()),
            _ => Said::bare("changed"),
        }]
    }

    fn of_item(&mut self, at: usize, event: &Event, change: &Change, id: ItemId) -> Vec<Said> {
        let of = Subject::Item(id);
        if super::about(self.plan, event) != of && !matches!(change, Change::ItemRemoved(_)) {
            return self.in_passing(event, change, id);
        }
        if event.id == id {
            return self.added(at, change, id);
        }
        let item = |what, id| Said::of_item(what, id, self.plan);
        let texts =
            |what, texts: &[crate::Text]| texts.iter().map(|text| Said::new(what, text.as_str())).collect::<Vec<_>>();
        match change {
            Change::ItemReworded(data) => vec![self.wrote(at, of, "text", "reworded", data.text.as_str().to_owned())],
            Change::SectionRetitled(data) => {
                vec![self.wrote(at, of, "text", "retitled", data.heading.as_str().to_owned())]
            }
            Change::ProseSet(data) => vec![self.wrote(at, of, "body", "rewritten", data.text.as_str().to_owned())],
            Change::ItemRespelled(_) => vec![Said::bare("respelled")],
            Change::ItemMoved(data) => {
                let place = self.place(data.under, data.after, id);
                vec![self.wrote(at, of, "place", "moved", place)]
            }
            Change::ItemRemoved(_) => vec![Said::bare("removed")],
            Change::ItemRestored(_) => vec![Said::bare("restored")],
            Change::LinkAdded(LinkAdded { rel, to, .. }) => vec![self.linked(rel, to, ["because of", "linked"])],
            Change::LinkRemoved(LinkRemoved { rel, to, .. }) => {
                vec![self.linked(rel, to, ["no longer because of", "unlinked"])]
            }
            Change::StoryRetold(data) => {
                let parts = [
                    ("as_a", "who", &data.as_a),
                    ("text", "reworded", &data.i_want),
                    ("so_that", "end", &data.so_that),
                ];
                let told = parts.into_iter().filter_map(|(field, what, text)| Some((field, what, text.as_ref()?)));
                told.map(|(field, what, text)| self.wrote(at, of, field, what, text.as_str().to_owned())).collect()
            }
            Change::StepClaimed(data) => {
                let until = data.until.map(|until| format!(" until {until}")).unwrap_or_default();
                vec![Said::new("claimed", format!("{}{until}", data.owner.as_str()))]
            }
            Change::StepReleased(data) => vec![Said::new("released", data.owner.as_str())],
            Change::StepDepended(data) => vec![item("waits for", data.on)],
            Change::StepUndepended(data) => vec![item("waits no more for", data.on)],
            Change::QuestionAnswered(data) => {
                vec![self.wrote(at, of, "answer", "answer", data.answer.as_str().to_owned())]
            }
            Change::QuestionReopened(_) => {
                let old = self.write(at, of, "answer", None);
                vec![Said::change("answer", old, None)]
            }
            Change::DecisionAmended(data) => vec![Said::new("amended", data.text.as_str())],
            Change::DecisionSuperseded(data) => vec![item("superseded by", data.by)],
            _ => {
                let Some(state) = state_written(change) else { return Vec::new() };
                let mut said = vec![self.wrote(at, of, "state", "state", state.to_string())];
                said.extend(match change {
                    Change::StepCompleted(data) => texts("evidence", &data.evidence),
                    Change::CriterionMet(data) => texts("evidence", &data.evidence),
                    Change::BlockerResolved(data) => texts("how", data.how.as_slice()),
                    _ => Vec::new(),
                });
                said
            }
        }
    }

    /// What an event says of an item that is mostly about another one.
    fn in_passing(&self, event: &Event, change: &Change, id: ItemId) -> Vec<Said> {
        let own = match super::about(self.plan, event) {
            Subject::Item(own) => own,
            _ => return Vec::new(),
        };
        let same = |other: ItemId| self.plan.item(other).is_some_and(|item| item.id() == id);
        let what = match change {
            Change::DecisionRecorded(data) if data.supersedes.iter().any(|&old| same(old)) => "superseded by",
            Change::DecisionSuperseded(data) if same(data.by) => "supersedes",
            Change::StepDepended(data) if same(data.on) => "awaited by",
            Change::ItemMoved(_) => "below it",
            _ if event.id == own && self.plan.item(own).is_some_and(|item| item.kind() != Kind::Prose) => "below it",
            _ => return Vec::new(),
        };
        vec![Said::of_item(what, own, self.plan)]
    }

    /// What the event says that added an item.
    fn added(&mut self, at: usize, change: &Change, id: ItemId) -> Vec<Said> {
        let (of, data) = (Subject::Item(id), change.data());
        let text = |member: &str| data.get(member).and_then(Value::as_str);
        let wording = ["text", "title", "heading", "i_want"].into_iter().find_map(text).unwrap_or_default().to_owned();
        let kind = self.plan.item(id).map(crate::Item::kind);
        let (under, after) = placed(change);
        let place = self.place(under, after, id);
        self.write(at, of, "text", Some(wording.clone()));
        self.write(at, of, "place", Some(place.clone()));
        for (field, member) in [("as_a", "as_a"), ("so_that", "so_that")] {
            if let Some(value) = text(member) {
                self.write(at, of, field, Some(value.to_owned()));
            }
        }
        let mut said = vec![Said::new("added", wording)];
        // An entry of the log stands where it was made; of others one asks where they went.
        said.extend(Some(Said::new("place", place)).filter(|_| kind.is_some_and(|kind| !kind.is_entry())));
        let born = text("state").and_then(|state| state.parse::<State>().ok());
        let state = born.or_else(|| kind.and_then(first_state));
        if let Some(state) = state {
            self.write(at, of, "state", Some(state.to_string()));
        }
        said.extend(born.map(|state| Said::new("state", state.as_str())));
        for (member, what) in MEMBERS {
            let values = match data.get(member) {
                Some(Value::Array(values)) => values.iter().filter_map(Value::as_str).collect(),
                Some(Value::String(value)) => vec![value.as_str()],
                _ => Vec::new(),
            };
            said.extend(values.into_iter().map(|value| match value.parse::<ItemId>() {
                Ok(id) if matches!(member, "question" | "supersedes" | "on" | "corrects") => {
                    Said::of_item(what, id, self.plan)
                }
                _ => Said::new(what, value),
            }));
        }
        said
    }

    fn linked(&self, rel: &str, to: &str, [because, linked]: [&'static str; 2]) -> Said {
        match to.parse::<ItemId>() {
            Ok(id) if rel == CAUSED_BY => Said::of_item(because, id, self.plan),
            Ok(id) if self.plan.item(id).is_some() => {
                let named = Said::of_item(linked, id, self.plan);
                Said { to: named.to.map(|to| format!("{rel} {to}")), ..named }
            }
            _ => Said::new(linked, format!("{rel} {to}")),
        }
    }

    /// Where an item was put, as a person says it.
    fn place(&self, under: Option<Parent>, after: Option<EventId>, id: ItemId) -> String {
        let kind = self.plan.item(id).map_or(Kind::Prose, crate::Item::kind);
        let under = under.unwrap_or(Parent::Standing(kind.home()));
        let parent = match under {
            Parent::Standing(role) if kind == Kind::Section => format!("after {role}"),
            Parent::Standing(role) => format!("in {role}"),
            Parent::Node(_) => format!("below {}", label(self.plan, subject_of(self.plan, under))),
        };
        match after.map(|after| self.plan.item(after)) {
            None if !kind.is_entry() => format!("{parent}, first"),
            Some(Some(item)) => format!("{parent}, after {}", label(self.plan, Subject::Item(item.id()))),
            _ => parent,
        }
    }
}

/// Members of the data of events that add items, beyond their wording and their place, and the words for them.
const MEMBERS: [(&str, &str); 14] = [
    ("label", "label"),
    ("group", "group"),
    ("as_a", "who"),
    ("so_that", "end"),
    ("reason", "reason"),
    ("tradeoffs", "trade-off"),
    ("options", "option"),
    ("need", "need"),
    ("references", "reference"),
    ("evidence", "evidence"),
    ("question", "question"),
    ("supersedes", "supersedes"),
    ("corrects", "corrects"),
    ("on", "on"),
];

/// Where an event that adds an item puts it.
fn placed(change: &Change) -> (Option<Parent>, Option<EventId>) {
    let data = change.data();
    let read = |member: &str| data.get(member).and_then(Value::as_str);
    let under = read("under").or_else(|| read("follows")).and_then(|under| under.parse().ok());
    (under, read("after").and_then(|after| after.parse().ok()))
}

fn first_state(kind: Kind) -> Option<State> {
    Some(match kind {
        Kind::Step => State::Todo,
        Kind::Criterion | Kind::Question | Kind::Blocker => State::Open,
        Kind::Decision => State::Accepted,
        _ => return None,
    })
}

/// The state that a change writes.
pub(crate) fn state_written(change: &Change) -> Option<State> {
    Some(match change {
        Change::StepStarted(_) => State::Doing,
        Change::StepCompleted(_) => State::Done,
        Change::StepReopened(_) => State::Todo,
        Change::StepDropped(_) => State::Dropped,
        Change::CriterionMet(_) => State::Met,
        Change::CriterionUnmet(_) | Change::BlockerReopened(_) => State::Open,
        Change::BlockerResolved(_) => State::Resolved,
        Change::DecisionAccepted(_) => State::Accepted,
        Change::DecisionWithdrawn(_) => State::Withdrawn,
        _ => return None,
    })
}
