//! The vectors of spec/vectors: cases that any implementation must pass, and that this one is held to.
//!
//! `cases/` tells them with fixed authors and times. `UPDATE_VECTORS=1 cargo test -p git-plan-core --test vectors`
//! writes the files anew; without it the files on disk must be what is told, and whatever is on disk is run.

mod cases;
mod files;
mod scenarios;
mod script;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use git_plan_core::order::{Floor, arrange};
use git_plan_core::{Change, Event, EventId, Layout, Plan, canonical, view};
use serde_json::{Value, json};

use files::{Stored, spec};

type TestResult<T = ()> = Result<T, Box<dyn std::error::Error>>;

/// The inert and rejection codes, as spec/4-state.md lists them.
const CODES: &[&str] = &[
    "duplicate",
    "future-version",
    "malformed",
    "needs",
    "no-parents",
    "not-canonical",
    "second-beginning",
    "too-large",
    "unknown-item",
    "unknown-type",
    "unknown-word",
    "wrong-kind",
    "wrong-parent",
];

fn read(stored: &[Stored]) -> TestResult<Vec<Event>> {
    let event = |stored: &Stored| -> TestResult<Event> {
        let contained: Result<Vec<EventId>, _> = stored.contained.iter().map(|id| id.parse()).collect();
        Ok(Event::read(&stored.bytes, &contained?))
    };
    stored.iter().map(event).collect()
}

/// What a reader must find: everything but the reasons, which are for people.
fn outcome(events: &[Event]) -> Value {
    let plan = Plan::replay(events);
    let mut state = plan.to_json();
    for inert in state["inert"].as_array_mut().into_iter().flatten() {
        inert.as_object_mut().map(|inert| inert.remove("reason"));
    }
    let ids: Vec<String> = events.iter().map(|event| event.id.to_string()).collect();
    let order: Vec<String> =
        arrange(events, Floor::NONE).iter().map(|placed| events[placed.index].id.to_string()).collect();
    json!({"ids": ids, "order": order, "state": state})
}

fn layout_file(layout: Layout) -> String {
    if layout == Layout::Execplan { "view.md".to_owned() } else { format!("view.{layout}.md") }
}

/// The vectors on disk, after they were written if that was asked for.
fn vectors() -> TestResult<BTreeMap<String, PathBuf>> {
    static WRITTEN: OnceLock<Result<(), String>> = OnceLock::new();
    let update = std::env::var_os("UPDATE_VECTORS").is_some();
    WRITTEN.get_or_init(|| if update { compare(true).map_err(|e| e.to_string()) } else { Ok(()) }).clone()?;
    let mut found = BTreeMap::new();
    for entry in std::fs::read_dir(spec("vectors"))? {
        let path = entry?.path();
        found.insert(path.file_name().unwrap_or_default().to_string_lossy().into_owned(), path);
    }
    Ok(found)
}

fn tells_the_outcome(name: &str, path: &Path, events: &[Event], how: &str) -> TestResult {
    let expected: Value = serde_json::from_slice(&std::fs::read(path.join("expected.json"))?)?;
    let found = outcome(events);
    assert_eq!(found["order"], expected["order"], "{name}: the canonical order, {how}");
    assert_eq!(found["state"], expected["state"], "{name}: the state, {how}");
    let plan = Plan::replay(events);
    for layout in [Layout::Execplan, Layout::Cookbook, Layout::Own] {
        let file = path.join(layout_file(layout));
        if file.exists() {
            let expected = std::fs::read_to_string(file)?;
            assert_eq!(view::render(&plan, layout), expected, "{name}: the {layout} view, {how}");
        }
    }
    Ok(())
}

/// Holds the files to what the cases tell, or writes them, and says which vectors are told.
fn compare(update: bool) -> TestResult {
    for script in cases::all() {
        let stored = files::stored(&script);
        let events = read(&stored)?;
        let mut written = files::write_events(&stored, &script)?;
        let mut expected = serde_json::to_string_pretty(&outcome(&events))?;
        expected.push('\n');
        written.insert("expected.json".into(), expected.into_bytes());
        let plan = Plan::replay(&events);
        for &layout in &script.layouts {
            written.insert(layout_file(layout), view::render(&plan, layout).into_bytes());
        }
        files::compare(&spec("vectors").join(script.name), &written, update)?;
    }
    Ok(())
}

#[test]
fn the_files_are_what_the_cases_tell() -> TestResult {
    let on_disk: BTreeSet<String> = vectors()?.into_keys().collect();
    let told: Vec<&str> = cases::all().iter().map(|script| script.name).collect();
    assert_eq!(told.iter().collect::<BTreeSet<_>>().len(), told.len(), "every vector is told once");
    assert!(on_disk.iter().eq(&told), "the vectors on disk are those that are told, in their order: {told:?}");
    compare(false)
}

#[test]
fn every_vector_holds_in_any_order_of_arrival() -> TestResult {
    for (name, path) in vectors()? {
        let mut stored = files::read(&path)?;
        let expected: Value = serde_json::from_slice(&std::fs::read(path.join("expected.json"))?)?;
        let ids: Vec<Value> = read(&stored)?.iter().map(|event| event.id.to_string().into()).collect();
        assert_eq!(Value::Array(ids), expected["ids"], "{name}: the ids");
        tells_the_outcome(&name, &path, &read(&stored)?, "as it arrived")?;
        stored.reverse();
        tells_the_outcome(&name, &path, &read(&stored)?, "the other way round")?;
        let mut seed = 7_usize;
        for round in 0..8 {
            for i in (1..stored.len()).rev() {
                seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                stored.swap(i, (seed >> 33) % (i + 1));
            }
            tells_the_outcome(&name, &path, &read(&stored)?, &format!("shuffled {round}"))?;
        }
        stored.extend_from_within(..);
        tells_the_outcome(&name, &path, &read(&stored)?, "each event twice")?;
    }
    Ok(())
}

#[test]
fn what_is_good_is_canonical_and_every_state_has_a_canonical_form() -> TestResult {
    for (name, path) in vectors()? {
        let expected: Value = serde_json::from_slice(&std::fs::read(path.join("expected.json"))?)?;
        let mut bytes = String::new();
        canonical::write(&expected["state"], &mut bytes).map_err(|e| format!("{name}: {e}"))?;
        for (stored, event) in files::read(&path)?.iter().zip(read(&files::read(&path)?)?) {
            let code = event.change.as_ref().err().map(git_plan_core::Inert::code);
            let canonical = canonical::check(&stored.bytes).is_ok();
            assert!(canonical || code == Some("not-canonical"), "{name}: {} is {code:?}", event.id);
        }
    }
    Ok(())
}

#[test]
fn every_type_and_every_code_has_a_vector_and_the_tables_say_which() -> TestResult {
    let (mut types, mut codes, mut rules) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
    for (name, path) in vectors()? {
        let events = read(&files::read(&path)?)?;
        let plan = Plan::replay(&events);
        for inert in &plan.inert {
            codes.entry(inert.code.clone()).or_insert_with(BTreeSet::new).insert(name.clone());
        }
        for event in events.iter().filter(|event| !plan.inert.iter().any(|inert| inert.stamp.id == event.id)) {
            types.entry(event.type_name.to_string()).or_insert_with(BTreeSet::new).insert(name.clone());
        }
        for rule in files::rules(&path)? {
            rules.entry(rule).or_insert_with(BTreeSet::new).insert(name.clone());
        }
    }
    for type_name in Change::TYPES {
        assert!(types.contains_key(*type_name), "{type_name} takes effect in some vector");
    }
    let found: Vec<&str> = codes.keys().map(String::as_str).collect();
    assert_eq!(found, CODES, "every code has a vector");
    let known = files::rules_of_the_specification()?;
    for rule in rules.keys() {
        assert!(known.contains(rule), "{rule} is a rule of the specification");
    }
    let types: Vec<_> = Change::TYPES.iter().map(|name| ((*name).to_owned(), types[*name].clone())).collect();
    let rules: Vec<_> = known.into_iter().map(|rule| (rule.clone(), rules.remove(&rule).unwrap_or_default())).collect();
    files::update_tables(&types, &codes.into_iter().collect::<Vec<_>>(), &rules)
}
