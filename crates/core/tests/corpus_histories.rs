//! Living plans: the first version is imported, every later one absorbed; each time the view is that version, byte
//! for byte, at once and after a replay from zero.
//!
//! The corpus is a folder with `histories/<name>/*.md`, named by `GIT_PLAN_CORPUS`. Without it the test is skipped,
//! and says so. `GIT_PLAN_CORPUS_DETAIL` prints what each edit of a box was taken for.

mod words;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use git_plan_core::{Batch, Kind, Layout, Plan, absorb, bytes, import, view};
use words::{TestResult, imported, list};

#[derive(Default)]
struct Tally {
    histories: usize,
    versions: usize,
    unchanged: usize,
    lines: usize,
    events: usize,
    state_changes: usize,
    missed: usize,
    fuzzy: usize,
    anew: usize,
    time: Duration,
}

#[test]
fn every_version_of_every_living_plan_is_absorbed_to_the_byte() -> TestResult {
    let Some(corpus) = std::env::var_os("GIT_PLAN_CORPUS").map(PathBuf::from) else {
        eprintln!("SKIPPED: set GIT_PLAN_CORPUS to a folder with histories/<name>/*.md to absorb living plans");
        return Ok(());
    };
    let mut tallies: BTreeMap<&str, Tally> = BTreeMap::new();
    let mut failures = Vec::new();
    for folder in list(&corpus.join("histories"))? {
        let versions: Vec<PathBuf> =
            list(&folder)?.into_iter().filter(|file| file.extension().is_some_and(|e| e == "md")).collect();
        let Some(first) = versions.first() else { continue };
        let dialect = dialect(&String::from_utf8_lossy(&std::fs::read(first)?));
        let tally = tallies.entry(dialect).or_default();
        if let Err(failure) = history(&versions, tally) {
            failures.push(format!("{}: {failure}", folder.display()));
        }
    }
    println!(
        "{:<12}{:>10}{:>10}{:>11}{:>8}{:>8}{:>13}{:>8}{:>8}{:>8}{:>7}{:>7}",
        "dialect",
        "histories",
        "versions",
        "unchanged",
        "lines",
        "events",
        "events/line",
        "states",
        "missed",
        "fuzzy",
        "anew",
        "ms"
    );
    for (name, t) in &tallies {
        println!(
            "{name:<12}{:>10}{:>10}{:>11}{:>8}{:>8}{:>13.2}{:>8}{:>8}{:>8}{:>7}{:>7}",
            t.histories,
            t.versions,
            t.unchanged,
            t.lines,
            t.events,
            t.events as f64 / t.lines.max(1) as f64,
            t.state_changes,
            t.missed,
            t.fuzzy,
            t.anew,
            t.time.as_millis()
        );
    }
    assert!(failures.is_empty(), "{} histories fail:\n{}", failures.len(), failures.join("\n"));
    let cookbook = tallies.get("cookbook").map_or((1, 0), |t| (t.state_changes, t.missed));
    assert!(
        cookbook.0 * 100 >= (cookbook.0 + cookbook.1) * 95,
        "at least 95 % of the boxes that were ticked are found to be the same step: {cookbook:?}"
    );
    Ok(())
}

fn dialect(text: &str) -> &'static str {
    let has = |heading: &str| text.lines().any(|line| line.starts_with('#') && line.contains(heading));
    if has("Decision Log") && has("Progress") { "cookbook" } else { "other" }
}

fn history(versions: &[PathBuf], tally: &mut Tally) -> TestResult {
    tally.histories += 1;
    let first = std::fs::read(&versions[0])?;
    let text = bytes::text(&first).into_owned();
    let (first_batch, _) = imported(&import::read(&text), Some(Layout::Own))?;
    let mut events: Vec<_> = first_batch.events().cloned().collect();
    let mut plan = first_batch.plan().clone();
    let mut before = text;
    for path in &versions[1..] {
        let name = path.display();
        let written = std::fs::read(path)?;
        let text = bytes::text(&written).into_owned();
        tally.versions += 1;
        let by = git_plan_core::Actor { name: "Ada".into(), email: "ada@example.org".into() };
        let at = git_plan_core::Timestamp::from_millis(plan.updated().millis() + 60_000);
        let mut batch = Batch::new(plan.clone(), by, at, Default::default());
        let start = Instant::now();
        let report = absorb::absorb(&mut batch, &text).map_err(|e| format!("{name}: {e}"))?;
        tally.time += start.elapsed();
        let view = view::render(batch.plan(), Layout::Own);
        if *bytes::bytes(&view) != *written {
            return Err(format!("{name}: the view is not the version").into());
        }
        if text == before {
            tally.unchanged += 1;
            if !batch.is_empty() {
                return Err(format!("{name}: an unchanged version writes events").into());
            }
            continue;
        }
        let made: Vec<_> = batch.events().cloned().collect();
        tally.events += made.len();
        tally.lines += changed_lines(&before, &text);
        count(&plan, batch.plan(), &report, tally, &name.to_string());
        events.extend(made);
        plan = batch.plan().clone();
        before = text;
    }
    let again = Plan::replay(&events);
    if view::render(&again, Layout::Own) != before {
        return Err("a replay from zero gives other bytes".into());
    }
    Ok(())
}

/// Boxes that came out as state changes, and those that may have been missed: an open box that was taken out where, in
/// the same edit, a ticked one was put in.
fn count(before: &Plan, after: &Plan, report: &absorb::Report, tally: &mut Tally, name: &str) {
    let boxes = |found: &&absorb::Found| matches!(found.kind, Kind::Step | Kind::Criterion);
    let removed: Vec<_> = report
        .found
        .iter()
        .filter(boxes)
        .filter(|found| found.what == "removed")
        .filter_map(|found| before.item(found.item?))
        .filter(|item| !item.is_ticked())
        .collect();
    let added: Vec<_> = report
        .found
        .iter()
        .filter(boxes)
        .filter(|found| found.what == "added")
        .filter_map(|found| after.item(found.item?))
        .filter(|item| item.is_ticked())
        .collect();
    let is_anew = report.anew;
    tally.anew += usize::from(is_anew);
    let changes = report
        .found
        .iter()
        .filter(boxes)
        .filter(|found| matches!(found.what, "completed" | "reopened" | "started" | "dropped" | "met" | "unmet"));
    tally.state_changes += changes.clone().count();
    tally.fuzzy += changes.filter(|found| found.matched.is_some()).count();
    tally.missed += removed.len().min(added.len());
    if std::env::var_os("GIT_PLAN_CORPUS_DETAIL").is_some() {
        println!("{name}: {} found{}", report.found.len(), if is_anew { " ANEW" } else { "" });
        for found in &report.found {
            let matched = found.matched.as_ref().map(|m| format!(" [{} {}]", &*m.how, m.score)).unwrap_or_default();
            println!("  {} {} {}{matched}: {}", found.line, found.what, found.kind, cut(&found.text));
            if let Some(item) = found.item.and_then(|id| before.item(id)).filter(|_| found.matched.is_some()) {
                println!("    was: {}", cut(item.text()));
            }
        }
        if !removed.is_empty() && !added.is_empty() {
            removed.iter().for_each(|item| println!("  ? open, gone: {}", cut(item.text())));
            added.iter().for_each(|item| println!("  ? done, new: {}", cut(item.text())));
        }
    }
}

fn cut(text: &str) -> String {
    text.chars().take(100).collect()
}

fn changed_lines(before: &str, after: &str) -> usize {
    let diff = similar::TextDiff::from_lines(before, after);
    diff.iter_all_changes().filter(|change| change.tag() != similar::ChangeTag::Equal).count()
}
