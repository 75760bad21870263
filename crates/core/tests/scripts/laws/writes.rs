//! *No lost edit*, of registers: which writes survive.

use std::collections::{BTreeMap, BTreeSet};

use git_plan_core::state::{Detail, Register};
use git_plan_core::{Change, Event, EventId, Field, ItemId, Kind, Parent, Plan, Role, State};
use serde_json::Value;

use super::{below, valid};

/// Something that is written, and written again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Thing {
    Field(Field),
    Prose(Role),
    Heading(Role),
    Text(ItemId),
    Body(ItemId),
    State(ItemId),
    Place(ItemId),
    Answer(ItemId),
    AsA(ItemId),
    SoThat(ItemId),
}

/// For each thing the writes of it that no other write of it saw.
pub fn surviving(events: &[Event], plan: &Plan) -> BTreeMap<Thing, BTreeSet<usize>> {
    let saw = below(events);
    let mut writes: BTreeMap<Thing, BTreeSet<usize>> = BTreeMap::new();
    for (at, event) in valid(events, plan) {
        for (thing, _) in written(event, plan) {
            writes.entry(thing).or_default().insert(at);
        }
    }
    let unseen = |writes: BTreeSet<usize>| {
        let seen = |&write: &usize| writes.iter().any(|&other| other != write && saw[other] >> write & 1 == 1);
        writes.iter().copied().filter(|write| !seen(write)).collect()
    };
    writes.into_iter().map(|(thing, writes)| (thing, unseen(writes))).collect()
}

/// *No lost edit*: each valid write is kept unless a later write of the same thing saw it; nothing else is kept.
pub fn no_lost_edit(events: &[Event], plan: &Plan) {
    for (thing, writes) in surviving(events, plan) {
        let expected: BTreeSet<EventId> = writes.into_iter().map(|write| events[write].id).collect();
        assert_eq!(kept(plan, thing), expected, "{thing:?} keeps the writes that no other saw");
    }
}

/// The things that a valid event writes, each with what it says of it; of two such of one thing the second counts.
pub fn written(event: &Event, plan: &Plan) -> Vec<(Thing, String)> {
    let Ok(change) = &event.change else { return Vec::new() };
    let mut things = match plan.item(event.id).filter(|item| item.id() == event.id) {
        Some(item) => born(change, item.id(), item.kind()),
        None => rewritten(change, plan),
    };
    if let Some((id, absorbed)) = absorbed(event, plan) {
        let kind = plan.item(id).map(git_plan_core::Item::kind);
        let text = absorbed["text"].as_str().filter(|_| !matches!(kind, Some(Kind::Decision | Kind::Section)));
        things.extend(text.map(|text| (Thing::Text(id), text.to_owned())));
    }
    things
}

/// The things that an event writes of the item that it adds.
fn born(change: &Change, id: ItemId, kind: Kind) -> Vec<(Thing, String)> {
    let data = change.data();
    let said = |member: &str| data[member].as_str().map(str::to_owned);
    let text = ["text", "title", "i_want", "heading"].into_iter().find_map(said).unwrap_or_default();
    let mut things = vec![(Thing::Text(id), text), (Thing::Place(id), String::new())];
    match kind {
        Kind::Question => things.push((Thing::Answer(id), String::new())),
        _ => {
            let first = kind.states().first().map(|state| said("state").unwrap_or_else(|| state.to_string()));
            things.extend(first.map(|state| (Thing::State(id), state)));
        }
    }
    if kind == Kind::Story {
        things.push((Thing::AsA(id), said("as_a").unwrap_or_default()));
        things.extend(said("so_that").map(|end| (Thing::SoThat(id), end)));
    }
    things
}

fn rewritten(change: &Change, plan: &Plan) -> Vec<(Thing, String)> {
    let named = |id: ItemId| plan.item(id).map_or(id, |item| item.id());
    let of = |parent: Parent, standing: fn(Role) -> Thing, node: fn(ItemId) -> Thing| match parent {
        Parent::Standing(role) => standing(role),
        Parent::Node(id) => node(named(id)),
    };
    let data = change.data();
    let said = |member: &str| data[member].as_str().map(str::to_owned);
    match change {
        Change::PlanCreated(d) => vec![
            (Thing::Field(Field::Title), d.title.to_string()),
            (Thing::Field(Field::Layout), d.layout.as_str().to_owned()),
        ],
        Change::FieldSet(d) => vec![(Thing::Field(d.field), d.value.to_string())],
        Change::SectionRetitled(d) => vec![(of(d.section, Thing::Heading, Thing::Text), d.heading.to_string())],
        Change::ProseSet(d) => vec![(of(d.of, Thing::Prose, Thing::Body), d.text.to_string())],
        Change::ItemReworded(d) => vec![(Thing::Text(named(d.item)), d.text.to_string())],
        Change::ItemMoved(d) => vec![(Thing::Place(named(d.item)), String::new())],
        Change::StoryRetold(d) => {
            let id = named(d.story);
            let parts = [(Thing::Text(id), "i_want"), (Thing::AsA(id), "as_a"), (Thing::SoThat(id), "so_that")];
            parts.into_iter().filter_map(|(thing, member)| Some((thing, said(member)?))).collect()
        }
        Change::QuestionAnswered(d) => vec![(Thing::Answer(named(d.question)), d.answer.to_string())],
        Change::QuestionReopened(d) => vec![(Thing::Answer(named(d.question)), String::new())],
        _ => state_of(change).map(|(id, state)| (Thing::State(named(id)), state.to_string())).into_iter().collect(),
    }
}

/// What the edit of a view says beside an event, with the item that the event is about: the first that it names.
pub fn absorbed(event: &Event, plan: &Plan) -> Option<(ItemId, Value)> {
    const ABOUT: &str = "item items step criterion decision blocker story from section of question on by supersedes \
                         corrects under";
    let (absorbed, data) = (event.context.absorbed.as_ref()?, event.change.as_ref().ok()?.data());
    let named = |member: &str| {
        let value = &data[member];
        value.as_array().map_or(value, |list| list.first().unwrap_or(value)).as_str()?.parse::<ItemId>().ok()
    };
    let id = ABOUT.split_whitespace().find_map(named)?;
    Some((plan.item(id)?.id(), serde_json::to_value(absorbed).ok()?))
}

/// The item whose state a change writes, and the state.
fn state_of(change: &Change) -> Option<(ItemId, State)> {
    Some(match change {
        Change::StepStarted(d) => (d.step, State::Doing),
        Change::StepCompleted(d) => (d.step, State::Done),
        Change::StepReopened(d) => (d.step, State::Todo),
        Change::StepDropped(d) => (d.step, State::Dropped),
        Change::CriterionMet(d) => (d.criterion, State::Met),
        Change::CriterionUnmet(d) => (d.criterion, State::Open),
        Change::BlockerResolved(d) => (d.blocker, State::Resolved),
        Change::BlockerReopened(d) => (d.blocker, State::Open),
        Change::DecisionAccepted(d) => (d.decision, State::Accepted),
        Change::DecisionWithdrawn(d) => (d.decision, State::Withdrawn),
        _ => return None,
    })
}

/// The writes that a plan keeps of a thing.
pub fn kept(plan: &Plan, thing: Thing) -> BTreeSet<EventId> {
    fn of<T: Clone + PartialEq>(register: Option<&Register<T>>) -> BTreeSet<EventId> {
        let Some(register) = register else { return BTreeSet::new() };
        let writes: Vec<_> = register.writes().map(|write| write.stamp).collect();
        assert!(writes.is_sorted_by_key(|stamp| stamp.seq), "writes are kept in order");
        assert_eq!(writes.last(), Some(&register.latest().stamp), "the last one is shown");
        writes.into_iter().map(|stamp| stamp.id).collect()
    }
    let item = |id: ItemId| plan.item(id).expect("a valid event names an item that is there");
    match thing {
        Thing::Field(field) => of(plan.field_register(field)),
        Thing::Prose(role) => of(plan.prose(role)),
        Thing::Heading(role) => of(plan.heading(role)),
        Thing::Text(id) => of(Some(&item(id).text)),
        Thing::Body(id) => of(item(id).body.as_deref()),
        Thing::State(id) => of(item(id).state.as_ref()),
        Thing::Place(id) => of(Some(&item(id).placements)),
        Thing::Answer(id) => match &item(id).detail {
            Detail::Question { answer, .. } => of(Some(answer)),
            _ => BTreeSet::new(),
        },
        Thing::AsA(id) | Thing::SoThat(id) => match (&item(id).detail, thing) {
            (Detail::Story { as_a, .. }, Thing::AsA(_)) => of(Some(as_a)),
            (Detail::Story { so_that, .. }, _) => of(so_that.as_deref()),
            _ => BTreeSet::new(),
        },
    }
}
