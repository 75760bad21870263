//! The laws of plans, held against events of all types, with forks, joins and lying clocks.
//!
//! Each law is asked of every one of some thousands of histories of two to five replicas (`histories/`), which are told
//! by a number, so that a failure names one and the fewest events that show it; `GIT_PLAN_LONG=1` asks it of a hundred
//! thousand. Scripts of any bytes (`scripts/`), with damaged and junk events, are asked the same; they feed the fuzz targets
//! too.

mod histories;
mod scripts;

use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, OnceLock};

use git_plan_core::change::FieldSet;
use git_plan_core::state::ConflictKind;
use git_plan_core::{Actor, Change, Draft, Field, Plan, Text, order};
use histories::{History, Recipe, unions};
use proptest::prelude::*;
use scripts::laws;

type Law = fn(&History, &Plan);

const LAWS: &[(&str, Law)] = &[
    ("convergence", |history, plan| laws::convergence(&history.events, plan)),
    ("commutativity", unions::commutativity),
    ("associativity", unions::associativity),
    ("idempotence", unions::idempotence),
    ("determinism", unions::determinism),
    ("prefix consistency", unions::prefix_consistency),
    ("no lost edit", unions::no_lost_edit),
    ("tie-break independence", unions::tie_break_independence),
    ("incremental = rebuild = no cache", unions::increments),
    ("quiescence", unions::quiescence),
    ("resolution progress", unions::progress),
];

/// What came of asking every law of every history.
#[derive(Default)]
struct Outcome {
    failures: BTreeMap<&'static str, String>,
    histories: u64,
    events: usize,
    kinds: BTreeMap<&'static str, usize>,
    types: BTreeSet<String>,
    codes: BTreeSet<String>,
    octopus: usize,
}

fn is_long() -> bool {
    std::env::var_os("GIT_PLAN_LONG").is_some()
}

/// How many events the history of a seed has at most: most are short, some long.
fn most(seed: u64) -> usize {
    match seed % 8 {
        0..4 => 14,
        4..7 => 24,
        _ => 60,
    }
}

fn holds(law: Law, recipe: Recipe) -> Result<(), String> {
    let asked = catch_unwind(AssertUnwindSafe(|| {
        let history = History::of(recipe);
        law(&history, &Plan::replay(&history.events));
    }));
    asked.map_err(|panic| match (panic.downcast_ref::<String>(), panic.downcast_ref::<&str>()) {
        (Some(told), _) => told.clone(),
        (None, Some(told)) => (*told).to_owned(),
        (None, None) => "no message".to_owned(),
    })
}

/// The shortest history of a seed that breaks a law.
fn shortest(law: Law, recipe: Recipe) -> String {
    let lengths = (4..=recipe.most).map(|most| Recipe { most, ..recipe });
    let failing = lengths.into_iter().find_map(|recipe| Some((recipe, holds(law, recipe).err()?)));
    failing.map_or_else(|| "not again".to_owned(), |(recipe, told)| format!("{recipe:?}: {told}"))
}

impl Outcome {
    fn ask(&mut self, seed: u64) {
        let recipe = Recipe::new(seed, most(seed));
        let history = History::of(recipe);
        let plan = Plan::replay(&history.events);
        self.histories += 1;
        self.events += history.events.len();
        self.octopus += history.events.iter().filter(|event| event.parents.len() > 2).count();
        for conflict in plan.conflicts().iter().chain(&plan.notices()) {
            *self.kinds.entry(conflict.kind.as_str()).or_default() += 1;
        }
        self.codes.extend(plan.inert.iter().map(|inert| inert.code.clone()));
        let valid = laws::valid(&history.events, &plan);
        self.types.extend(valid.iter().map(|(_, event)| event.type_name.to_string()));
        for &(name, law) in LAWS {
            if !self.failures.contains_key(name) && catch_unwind(AssertUnwindSafe(|| law(&history, &plan))).is_err() {
                self.failures.insert(name, shortest(law, recipe));
            }
        }
    }

    fn join(&mut self, other: Self) {
        for (name, told) in other.failures {
            self.failures.entry(name).or_insert(told);
        }
        for (kind, many) in other.kinds {
            *self.kinds.entry(kind).or_default() += many;
        }
        self.histories += other.histories;
        self.events += other.events;
        self.octopus += other.octopus;
        self.types.extend(other.types);
        self.codes.extend(other.codes);
    }
}

/// Every law, asked of every history, once for all tests.
fn outcome() -> &'static Outcome {
    static ASKED: OnceLock<Outcome> = OnceLock::new();
    ASKED.get_or_init(|| {
        let many = std::env::var("GIT_PLAN_HISTORIES").ok().and_then(|many| many.parse().ok());
        let many: u64 = many.unwrap_or(if is_long() { 100_000 } else { 1_000 });
        let (next, all) = (AtomicU64::new(0), Mutex::new(Outcome::default()));
        let work = || {
            let mut mine = Outcome::default();
            loop {
                let seed = next.fetch_add(1, Ordering::Relaxed);
                if seed >= many {
                    break;
                }
                mine.ask(seed);
            }
            all.lock().expect("no law panics outside of its asking").join(mine);
        };
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        std::thread::scope(|scope| (0..threads).for_each(|_| drop(scope.spawn(work))));
        let all = all.into_inner().expect("all threads have ended");
        println!(
            "{} histories, {} events, {} of them on more than two heads; conflicts and notices: {:?}",
            all.histories, all.events, all.octopus, all.kinds
        );
        all
    })
}

/// One law, of every history.
fn held(name: &str) {
    let outcome = outcome();
    if let Some(told) = outcome.failures.get(name) {
        panic!("{name} is broken by {told}");
    }
    assert!(outcome.histories > 0, "{name} was asked of histories");
}

#[test]
fn convergence() {
    held("convergence");
}

#[test]
fn commutativity() {
    held("commutativity");
}

#[test]
fn associativity() {
    held("associativity");
}

#[test]
fn idempotence() {
    held("idempotence");
}

#[test]
fn determinism() {
    held("determinism");
}

#[test]
fn prefix_consistency() {
    held("prefix consistency");
}

#[test]
fn no_lost_edit() {
    held("no lost edit");
}

#[test]
fn tie_break_independence() {
    held("tie-break independence");
}

#[test]
fn incremental_is_rebuild_is_no_cache() {
    held("incremental = rebuild = no cache");
}

#[test]
fn quiescence() {
    held("quiescence");
}

#[test]
fn resolution_progress() {
    held("resolution progress");
}

#[test]
fn histories_have_every_type_of_event_every_kind_of_conflict_and_merges_of_many_heads() {
    let outcome = outcome();
    for type_name in Change::TYPES {
        assert!(outcome.types.contains(*type_name), "{type_name} takes effect in some history");
    }
    for kind in ConflictKind::ALL {
        assert!(outcome.kinds.contains_key(kind.as_str()), "{} comes up in some history", kind.as_str());
    }
    for code in ["duplicate", "unknown-item", "wrong-kind", "unknown-type", "too-large", "needs", "wrong-parent"] {
        assert!(outcome.codes.contains(code), "some event has no effect, as {code}");
    }
    assert!(outcome.octopus > 100, "events saw more than two heads");
}

/// Histories as vectors, for a reader that shares nothing with this one: `GIT_PLAN_TELL=DIR`, then `spec/verify.py vectors
/// DIR`.
#[test]
fn histories_can_be_told_to_another_reader() -> Result<(), Box<dyn std::error::Error>> {
    let Some(directory) = std::env::var_os("GIT_PLAN_TELL") else { return Ok(()) };
    for seed in 0..300 {
        let history = History::of(Recipe::new(seed, most(seed)));
        let mut state = Plan::replay(&history.events).to_json();
        for inert in state["inert"].as_array_mut().into_iter().flatten() {
            inert.as_object_mut().map(|inert| inert.remove("reason"));
        }
        let ids: Vec<String> = history.events.iter().map(|event| event.id.to_string()).collect();
        let placed = order::arrange(&history.events, order::Floor::NONE);
        let order: Vec<&String> = placed.iter().map(|placed| &ids[placed.index]).collect();
        let expected = serde_json::json!({"ids": ids, "order": order, "state": state});
        let path = std::path::Path::new(&directory).join(format!("{seed:03}"));
        std::fs::create_dir_all(&path)?;
        let lines = history.bytes.iter().flat_map(|line| line.iter().chain(b"\n")).copied().collect::<Vec<u8>>();
        std::fs::write(path.join("events.jsonl"), lines)?;
        std::fs::write(path.join("expected.json"), expected.to_string())?;
    }
    Ok(())
}

fn script() -> impl Strategy<Value = Vec<u8>> {
    proptest::collection::vec(any::<u8>(), 0..400)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_script_of_any_bytes_keeps_all_laws(script in script()) {
        laws::all(&scripts::events(&script));
    }
}

#[test]
fn two_who_write_right_after_a_kept_state_are_both_heard() -> Result<(), Box<dyn std::error::Error>> {
    let first = scripts::events(&[]);
    let mut kept = Plan::replay(&first);
    let mut events = first;
    for (name, title) in [("Ada", "A better plan"), ("Grace", "The best plan")] {
        let change = FieldSet { field: Field::Title, value: Text::new(title)? };
        let by = Actor { name: name.into(), email: String::new() };
        events.push(Draft::new(change).seal(&by, "2026-11-22T10:00:00.000Z".parse()?, kept.heads())?.event);
    }
    kept.extend(&events[1..]);
    let titles = kept.field_register(Field::Title).map_or(0, |title| title.writes().count());
    assert_eq!(titles, 2, "neither saw the other, so both titles are kept");
    assert!(kept == Plan::replay(&events), "a kept state and the rest make the whole");
    Ok(())
}

#[test]
fn what_a_write_replaced_is_known_also_where_two_wrote_long_before() -> Result<(), Box<dyn std::error::Error>> {
    let mut events = scripts::events(&[]);
    let at = "2026-11-22T10:00:00.000Z".parse()?;
    let begun = Plan::replay(&events);
    for (name, title) in [("Ada", "A better plan"), ("Grace", "The best plan")] {
        let change = FieldSet { field: Field::Title, value: Text::new(title)? };
        let by = Actor { name: name.into(), email: String::new() };
        events.push(Draft::new(change).seal(&by, at, begun.heads())?.event);
    }
    let by = Actor { name: "Ada".into(), email: String::new() };
    for (field, value) in [(Field::Summary, "Two titles"), (Field::Title, "The plan")] {
        let change = FieldSet { field, value: Text::new(value)? };
        events.push(Draft::new(change).seal(&by, at, Plan::replay(&events).heads())?.event);
    }
    let mut extended = Plan::replay(&events[..events.len() - 1]);
    extended.extend(&events[events.len() - 1..]);
    assert!(extended == Plan::replay(&events), "the state before the last write and that write make the whole");
    Ok(())
}

#[test]
fn two_writes_that_replaced_the_same_two_are_told_apart_from_nothing_on_top_of_a_kept_state()
-> Result<(), Box<dyn std::error::Error>> {
    let mut events = scripts::events(&[]);
    let at = "2026-11-22T10:00:00.000Z".parse()?;
    let set = |events: &[git_plan_core::Event], field, value: &str, by: &str| {
        let change = FieldSet { field, value: Text::new(value)? };
        let by = Actor { name: by.into(), email: String::new() };
        Ok::<_, Box<dyn std::error::Error>>(Draft::new(change).seal(&by, at, Plan::replay(events).heads())?.event)
    };
    for round in [["One", "Two"], ["Three", "Four"]] {
        let both = [set(&events, Field::Title, round[0], "Ada")?, set(&events, Field::Title, round[1], "Grace")?];
        events.extend(both);
        events.push(set(&events, Field::Summary, round[0], "Ada")?);
    }
    let mut extended = Plan::replay(&events[..4]);
    extended.extend(&events[4..]);
    assert!(extended == Plan::replay(&events), "each of the last two titles replaced both of the first two");
    Ok(())
}
