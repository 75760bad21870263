//! Laws of merging: what replicas come to when they take each other's events in.

use std::collections::{BTreeMap, BTreeSet};

use git_plan_core::author::resolve::{self, Choice};
use git_plan_core::{Actor, Batch, Event, EventId, Layout, Plan, Timestamp, canonical, view};

use super::chance::Chance;
use super::{History, Recipe};
use crate::scripts::laws;

/// One set after the other, without what is there already.
fn union(one: &[usize], other: &[usize]) -> Vec<usize> {
    let new = other.iter().copied().filter(|at| !one.contains(at));
    one.iter().copied().chain(new).collect()
}

fn replayed(history: &History, places: &[usize]) -> Plan {
    Plan::replay(&history.pick(places))
}

/// Every two replicas that took each other in have the same plan, whoever began.
pub fn commutativity(history: &History, _: &Plan) {
    let sets = &history.replicas;
    for (n, one) in sets.iter().enumerate() {
        for other in &sets[..n] {
            let (here, there) = (replayed(history, &union(one, other)), replayed(history, &union(other, one)));
            assert!(here == there, "S with T is T with S");
        }
    }
}

/// Which two of three come together first does not matter.
pub fn associativity(history: &History, _: &Plan) {
    for sets in history.replicas.windows(3) {
        let [s, t, u] = sets else { continue };
        let left = replayed(history, &union(&union(s, t), u));
        assert!(left == replayed(history, &union(s, &union(t, u))), "(S with T) with U is S with (T with U)");
        assert!(left == replayed(history, &union(&union(u, s), t)), "and (U with S) with T");
    }
}

/// A plan taken in again, in part or as a whole, changes nothing.
pub fn idempotence(history: &History, plan: &Plan) {
    laws::idempotence(&history.events, plan);
    for known in &history.replicas {
        let (alone, mut twice) = (history.pick(known), history.pick(known));
        twice.extend(alone.iter().rev().cloned());
        assert!(Plan::replay(&twice) == Plan::replay(&alone), "S with S is S");
        let mut with_a_part = history.events.clone();
        with_a_part.extend(alone);
        assert!(Plan::replay(&with_a_part) == *plan, "S with a part of S is S");
    }
}

/// All that is ever written out of a plan.
fn bytes(plan: &Plan) -> Vec<String> {
    let mut state = String::new();
    canonical::write(&plan.to_json(), &mut state).expect("the state has a canonical form");
    Layout::ALL.iter().map(|&layout| view::render(plan, layout)).chain([state]).collect()
}

/// The same set gives the same bytes: the state as JSON, and the views.
pub fn determinism(history: &History, plan: &Plan) {
    let mut places: Vec<usize> = (0..history.events.len()).collect();
    Chance::new(history.recipe.seed ^ 0xde).shuffle(&mut places);
    let read: Vec<Event> = places
        .iter()
        .map(|&at| {
            let contained: Vec<EventId> = history.events[at].parents.to_vec();
            Event::read(&history.bytes[at], &contained)
        })
        .collect();
    assert_eq!(bytes(&Plan::replay(&read)), bytes(plan), "the events read anew give the same bytes");
}

/// The state at an event is what its author had before their eyes, with the event: that of its ancestors alone.
pub fn prefix_consistency(history: &History, plan: &Plan) {
    laws::prefix_consistency(&history.events, plan);
    let saw = laws::below(&history.events);
    for (at, known) in &history.written {
        let author = replayed(history, &union(known, &[*at]));
        let later: Vec<Event> = laws::within(&history.events, saw[*at]).cloned().collect();
        assert!(author == Plan::replay(&later), "the state at event {at} is what its author had");
    }
}

pub fn no_lost_edit(history: &History, plan: &Plan) {
    let events = &history.events;
    laws::no_lost_edit(events, plan);
    laws::no_lost_member(events, plan);
    laws::no_lost_entry(events, plan);
    laws::removal(events, plan);
    laws::standing(plan);
    laws::trails(events, plan);
    laws::nothing_is_lost_from_sight(events, plan);
    laws::disputes_are_real(events, plan);
}

/// What of a plan no id and no clock may decide, with events called by their places in the history.
#[derive(Debug, PartialEq)]
struct Survivors {
    writes: BTreeMap<String, Vec<usize>>,
    hidden: Vec<usize>,
    inert: BTreeMap<usize, String>,
    sets: BTreeSet<String>,
    archived: bool,
}

fn survivors(history: &History) -> Survivors {
    let (events, plan) = (&history.events, Plan::replay(&history.events));
    let places: BTreeMap<String, usize> = events.iter().enumerate().map(|(at, e)| (e.id.to_string(), at)).collect();
    let place = |id: EventId| places[&id.to_string()];
    // A text in which ids are called by their places.
    let called = |text: String| {
        places
            .iter()
            .fold(text, |text, (id, at)| if text.contains(id) { text.replace(id, &format!("#{at}")) } else { text })
    };
    let name = |thing| {
        let (target, field) = laws::listed(thing);
        format!("{target} {field}")
    };
    let kept = |thing| laws::kept(&plan, thing).into_iter().map(place).collect::<BTreeSet<usize>>();
    let writes = laws::surviving(events, &plan).into_keys();
    let mut sets: BTreeSet<String> = BTreeSet::new();
    sets.extend(plan.tags.iter().map(|tag| format!("tag {tag}")));
    sets.extend(plan.authors.iter().map(|author| format!("author {author}")));
    sets.extend(plan.sources.iter().map(|source| format!("source {source:?}")));
    for item in plan.items() {
        let of = place(item.id());
        sets.extend(item.links.iter().map(|link| format!("{of} {link:?}")));
        if let git_plan_core::state::Detail::Step(step) = &item.detail {
            sets.extend(step.owners.iter().map(|owner| format!("{of} {owner:?}")));
            sets.extend(step.depends.iter().map(|on| format!("{of} waits for {}", place(*on))));
        }
    }
    Survivors {
        writes: writes.map(|thing| (called(name(thing)), kept(thing).into_iter().collect())).collect(),
        hidden: plan.items().filter(|item| !item.is_visible()).map(|item| place(item.id())).collect(),
        inert: plan.inert.iter().map(|inert| (place(inert.stamp.id), inert.code.clone())).collect(),
        sets,
        archived: plan.is_archived(),
    }
}

/// Other ids and other clocks decide what is shown first, and nothing of what survives.
pub fn tie_break_independence(history: &History, plan: &Plan) {
    // Which of two repetitions under a key is the first one is a matter of the order.
    if plan.inert.iter().any(|inert| inert.code == "duplicate") {
        return;
    }
    let survive = survivors(history);
    for (nonce, clocks) in [(1, 0), (2, 0), (0, 1), (3, 2)] {
        let other = History::of(Recipe { nonce, clocks, ..history.recipe });
        let mut told = survivors(&other);
        told.hidden.sort_unstable();
        let mut survive_sorted = survive.hidden.clone();
        survive_sorted.sort_unstable();
        assert_eq!(told.hidden, survive_sorted, "the same items are hidden under other ids and clocks");
        assert_eq!(told.writes, survive.writes, "the same writes survive");
        assert_eq!(told.inert, survive.inert, "the same events have no effect");
        assert_eq!(told.sets, survive.sets, "the sets hold the same");
        assert_eq!(told.archived, survive.archived, "and the plan is archived or not");
    }
}

pub fn increments(history: &History, plan: &Plan) {
    laws::increments(&history.events, plan);
}

/// Where nobody writes any more, all replicas have one plan and one tip after each has synced twice with one that all
/// know, although joins of the same events may differ.
pub fn quiescence(history: &History, plan: &Plan) {
    #[derive(Clone)]
    struct Copy {
        events: BTreeSet<usize>,
        tip: EventId,
    }
    let parents = |events: &BTreeSet<usize>| {
        let known = Plan::replay(&history.pick(&events.iter().copied().collect::<Vec<_>>()));
        known.heads().clone()
    };
    let join = |tips: BTreeSet<String>| EventId::of(tips.into_iter().collect::<Vec<_>>().join(" ").as_bytes());
    let copy = |events: &[usize]| {
        let events: BTreeSet<usize> = events.iter().copied().collect();
        let heads = parents(&events);
        let only = heads.first().copied().filter(|_| heads.len() == 1);
        Copy { tip: only.unwrap_or_else(|| join(heads.iter().map(ToString::to_string).collect())), events }
    };
    let mut replicas: Vec<Copy> = history.replicas.iter().map(|known| copy(known)).collect();
    let mut shared = replicas[0].clone();
    let mut chance = Chance::new(history.recipe.seed ^ 0x9);
    for _ in 0..2 {
        let mut order: Vec<usize> = (0..replicas.len()).collect();
        chance.shuffle(&mut order);
        for at in order {
            let replica = &mut replicas[at];
            if shared.events.is_superset(&replica.events) {
                // Equal or less: what is there is taken over.
                *replica = shared.clone();
                continue;
            }
            if !replica.events.is_superset(&shared.events) {
                let tip = join([replica.tip, shared.tip].iter().map(ToString::to_string).collect());
                *replica = Copy { events: &replica.events | &shared.events, tip };
            }
            shared = replica.clone();
        }
    }
    let all: BTreeSet<usize> = history.replicas.iter().flatten().copied().collect();
    assert_eq!(all.len(), history.events.len(), "each event is with its author");
    for replica in &replicas {
        assert_eq!(replica.tip, shared.tip, "two rounds of syncs bring all to one tip");
        assert_eq!(replica.events, all, "at which all events are");
        let mut places: Vec<usize> = replica.events.iter().copied().collect();
        chance.shuffle(&mut places);
        assert!(replayed(history, &places) == *plan, "and one plan");
    }
}

/// From any state, one choice for each conflict that is there ends all of them.
pub fn progress(_: &History, plan: &Plan) {
    let by = Actor { name: "Eve".into(), email: "eve@example.org".into() };
    let mut batch = Batch::new(plan.clone(), by, Timestamp::from_millis(super::BEGIN), Default::default());
    // What is brought back may have conflicts of its own.
    let most = 4 * plan.conflicts().len() + 20;
    for _ in 0..most {
        let Some(conflict) = batch.plan().conflicts().into_iter().next() else { return };
        let settled = [Choice::Side(0), Choice::Side(1), Choice::Shown, Choice::Value("settled")]
            .into_iter()
            .any(|choice| resolve::resolve(&mut batch, &conflict, choice).is_ok());
        assert!(
            settled,
            "{:?} can be settled: {:?}",
            conflict,
            resolve::resolve(&mut batch, &conflict, Choice::Side(0)).err()
        );
    }
    assert!(batch.plan().conflicts().is_empty(), "no conflict is left after {most} choices");
}
