//! Small worlds: everything that a few replicas can come to, each of which has a few things to say.
//!
//! A world is a beginning that all know and what each replica says, in its order. Before it says the next thing, a replica
//! may have taken in any part of what the others said; all ways in which that can go are gone through, and each state is
//! asked every law. How many states a world has, and in how many of them there is a conflict, is pinned: a change of
//! either is a change of what merging means.

#[path = "../scripts/mod.rs"]
mod scripts;
mod told;

use std::collections::{BTreeMap, BTreeSet};

use git_plan_core::{Event, EventId, Plan, Timestamp, canonical};
use scripts::laws;
use serde_json::{Value, json};

/// Something that is said: a type, and data in which `#n` is the n-th event of the beginning, and `@n` the n-th of the
/// one who says it.
type Said = (&'static str, Value);

/// For each replica how many events of it are known.
type Clock = [u8; 3];
/// For each replica what it said, each with what its author then knew.
type Story = Vec<Vec<(Clock, EventId)>>;

struct World {
    begin: Vec<Event>,
    says: Vec<Vec<Said>>,
    made: BTreeMap<EventId, Event>,
}

/// What was found by going through a world.
#[derive(Debug, Default, PartialEq, Eq)]
struct Found {
    states: usize,
    conflicts: usize,
    notices: usize,
    kinds: BTreeSet<&'static str>,
}

fn sealed(name: &str, at: i64, parents: &[EventId], type_name: &str, data: &Value) -> Event {
    let mut parents: Vec<String> = parents.iter().map(ToString::to_string).collect();
    parents.sort();
    let envelope = json!({
        "at": Timestamp::from_millis(at).to_string(), "by": {"email": "", "name": name}, "data": data,
        "parents": parents, "type": type_name, "v": 1,
    });
    let mut bytes = String::new();
    canonical::write(&envelope, &mut bytes).expect("strings and integers alone have a canonical form");
    Event::read(bytes.as_bytes(), &[])
}

const NOON: i64 = 1_795_000_000_000;
const MINUTE: i64 = 60_000;
const YEAR: i64 = 365 * 24 * 60 * MINUTE;

/// Data with the ids of what it names.
fn named(data: &Value, begin: &[Event], own: &[EventId]) -> Value {
    let place = |text: &str| text.parse::<usize>().expect("a place");
    match data {
        Value::String(text) => match (text.strip_prefix('#'), text.strip_prefix('@')) {
            (Some(at), _) => begin[place(at)].id.to_string().into(),
            (_, Some(at)) => own[place(at)].to_string().into(),
            _ => data.clone(),
        },
        Value::Array(all) => all.iter().map(|each| named(each, begin, own)).collect(),
        Value::Object(members) => {
            members.iter().map(|(name, value)| (name.clone(), named(value, begin, own))).collect()
        }
        _ => data.clone(),
    }
}

impl World {
    fn new(told: &[Said], says: Vec<Vec<Said>>) -> Self {
        let data = json!({"layout": "execplan", "nonce": "0", "slug": "a-world", "title": "A world"});
        let mut begin = vec![sealed("Ada", NOON - 60 * MINUTE, &[], "plan.created", &data)];
        for (type_name, data) in told {
            let (at, parent) = (NOON - 60 * MINUTE + begin.len() as i64, begin[begin.len() - 1].id);
            begin.push(sealed("Ada", at, &[parent], type_name, &named(data, &begin, &[])));
        }
        Self { begin, says, made: BTreeMap::new() }
    }

    /// The event that a replica makes of the next thing that it says, knowing this much with it.
    fn say(&mut self, story: &Story, who: usize, clock: Clock) -> EventId {
        // What is known last of each replica, but for what is seen by something else that is known.
        let mut before = clock;
        before[who] -= 1;
        let last = |by: usize| Some((by, *story[by].get(usize::from(before[by]).checked_sub(1)?)?));
        let tips: Vec<(usize, (Clock, EventId))> = (0..story.len()).filter_map(last).collect();
        let is_head = |by: usize| tips.iter().all(|&(other, (seen, _))| other == by || seen[by] < before[by]);
        let mut parents: Vec<EventId> = tips.iter().filter(|(by, _)| is_head(*by)).map(|(_, (_, id))| *id).collect();
        if parents.is_empty() {
            parents.extend(self.begin.last().map(|event| event.id));
        }
        let (type_name, data) = &self.says[who][usize::from(before[who])];
        // The clock of one is a moment ahead, and that of another a year behind.
        let at = NOON + i64::from(clock[who]) * MINUTE + [0, 1, -YEAR][who];
        let own: Vec<EventId> = story[who].iter().map(|(_, id)| *id).collect();
        let data = named(data, &self.begin, &own);
        let event = sealed(["Ada", "Bo", "Cy"][who], at, &parents, type_name, &data);
        let id = event.id;
        self.made.insert(id, event);
        id
    }

    /// The clocks that a replica may have when it says the next thing.
    fn views(story: &Story, who: usize) -> BTreeSet<Clock> {
        let join = |one: Clock, other: Clock| -> Clock { std::array::from_fn(|at| one[at].max(other[at])) };
        let last = story[who].last().map(|(clock, _)| *clock).unwrap_or_default();
        let mut views = BTreeSet::from([last]);
        for (_, theirs) in story.iter().enumerate().filter(|(by, _)| *by != who) {
            let taken = views.iter().flat_map(|&view| theirs.iter().map(move |&(clock, _)| join(view, clock)));
            let taken: Vec<Clock> = taken.collect();
            views.extend(taken);
        }
        views
    }

    /// Goes through all that can come of it.
    fn explore(mut self) -> Found {
        let mut found = Found::default();
        let base = Plan::replay(&self.begin);
        let mut known: BTreeSet<Story> = BTreeSet::new();
        let mut ahead: Vec<Story> = vec![vec![Vec::new(); self.says.len()]];
        while let Some(story) = ahead.pop() {
            if !known.insert(story.clone()) {
                continue;
            }
            self.ask(&base, &story, &mut found);
            for who in 0..story.len() {
                if story[who].len() == self.says[who].len() {
                    continue;
                }
                for mut clock in Self::views(&story, who) {
                    clock[who] = story[who].len() as u8 + 1;
                    let id = self.say(&story, who, clock);
                    let mut next = story.clone();
                    next[who].push((clock, id));
                    ahead.push(next);
                }
            }
        }
        found.states = known.len();
        found
    }

    /// Asks all laws of a state.
    fn ask(&self, base: &Plan, story: &Story, found: &mut Found) {
        let mut said: Vec<(Clock, EventId)> = story.iter().flatten().copied().collect();
        let by_replica: Vec<Event> = said.iter().map(|(_, id)| self.made[id].clone()).collect();
        said.sort_by_key(|(clock, id)| (clock.iter().map(|&known| u32::from(known)).sum::<u32>(), *id));
        let rest: Vec<Event> = said.iter().map(|(_, id)| self.made[id].clone()).collect();
        let events: Vec<Event> = self.begin.iter().chain(&rest).cloned().collect();
        let plan = Plan::replay(&events);
        let one_by_one: Vec<Event> = by_replica.iter().rev().chain(&self.begin).cloned().collect();
        assert!(Plan::replay(&one_by_one) == plan, "{story:?}: one replica after the other makes the same plan");
        let mut extended = base.clone();
        extended.extend(&by_replica);
        assert!(extended == plan, "{story:?}: the beginning and the rest make the whole");
        assert_eq!(plan.inert, [], "{story:?}: every event takes effect, whatever else is there");
        laws::no_lost_edit(&events, &plan);
        laws::no_lost_member(&events, &plan);
        laws::no_lost_entry(&events, &plan);
        laws::removal(&events, &plan);
        laws::standing(&plan);
        laws::nothing_is_lost_from_sight(&events, &plan);
        laws::disputes_are_real(&events, &plan);
        if is_long() {
            laws::convergence(&events, &plan);
            laws::idempotence(&events, &plan);
            laws::prefix_consistency(&events, &plan);
        }
        let (conflicts, notices) = (plan.conflicts(), plan.notices());
        found.conflicts += usize::from(!conflicts.is_empty());
        found.notices += usize::from(!notices.is_empty());
        found.kinds.extend(conflicts.iter().chain(&notices).map(|conflict| conflict.kind.as_str()));
    }
}

fn is_long() -> bool {
    std::env::var_os("GIT_PLAN_LONG").is_some()
}

/// Goes through a world by each two of its replicas, and by all three, who then say less.
fn found(begin: &[Said], says: &[Vec<Said>; 3]) -> Found {
    let mut all = Found::default();
    let take = |lengths: [usize; 3]| -> Vec<Vec<Said>> {
        says.iter().zip(lengths).map(|(said, length)| said[..length].to_vec()).collect()
    };
    for lengths in [[3, 3, 0], [3, 0, 3], [0, 3, 3], [2, 2, 1]] {
        let one = World::new(begin, take(lengths)).explore();
        all.states += one.states;
        all.conflicts += one.conflicts;
        all.notices += one.notices;
        all.kinds.extend(one.kinds);
    }
    if is_long() {
        let whole = World::new(begin, take([3, 3, 2])).explore();
        println!("three who say three, three and two things: {whole:?}");
    }
    all
}

#[test]
fn small_worlds_keep_all_laws_in_every_state() {
    let mut table = String::new();
    for (name, begin, says) in told::worlds() {
        let Found { states, conflicts, notices, kinds } = found(&begin, &says);
        let kinds: Vec<&str> = if kinds.is_empty() { vec!["none"] } else { kinds.into_iter().collect() };
        table.push_str(&format!(
            "{name}: {states} states, {conflicts} in conflict, {notices} with notices: {}\n",
            kinds.join(" ")
        ));
    }
    assert_eq!(table, told::FOUND, "what can come of each world");
}
