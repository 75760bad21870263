//! Plans that keep their own text: every file of a corpus is imported and projected back byte for byte, at once and
//! after a replay from zero; every box is ticked by command and changes one character.
//!
//! The corpus is a folder with `plans/<dialect>/*.md` and `histories/<name>/*.md`, named by `GIT_PLAN_CORPUS`. Without
//! it the tests are skipped, and say so.

mod words;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use git_plan_core::author::{criterion, step};
use git_plan_core::{Batch, Kind, Layout, Plan, State, bytes, import, view};
use words::{TestResult, imported, list};

#[derive(Default)]
struct Tally {
    files: usize,
    identical: usize,
    replayed: usize,
    boxes: usize,
    recognised: usize,
    toggled: usize,
    timed: usize,
    decisions: usize,
    discoveries: usize,
    time: Duration,
}

fn corpus() -> Option<PathBuf> {
    let corpus = std::env::var_os("GIT_PLAN_CORPUS").map(PathBuf::from);
    if corpus.is_none() {
        eprintln!("SKIPPED: set GIT_PLAN_CORPUS to a folder with plans/ and histories/ to run over a corpus");
    }
    corpus
}

#[test]
fn every_plan_of_the_corpus_comes_back_byte_for_byte_and_every_box_changes_one_character() -> TestResult {
    let Some(corpus) = corpus() else { return Ok(()) };
    let mut dialects: BTreeMap<String, Tally> = BTreeMap::new();
    let mut failures = Vec::new();
    for dialect in list(&corpus.join("plans"))? {
        let name = dialect.file_name().map_or(String::new(), |name| name.to_string_lossy().into_owned());
        for file in list(&dialect)? {
            let tally = dialects.entry(name.clone()).or_default();
            if let Err(failure) = check(&std::fs::read(&file)?, tally, true) {
                failures.push(format!("{}: {failure}", file.display()));
            }
        }
    }
    let history = dialects.entry("(histories)".to_owned()).or_default();
    for folder in list(&corpus.join("histories"))? {
        for file in list(&folder)?.iter().filter(|file| file.extension().is_some_and(|e| e == "md")) {
            if let Err(failure) = check(&std::fs::read(file)?, history, false) {
                failures.push(format!("{}: {failure}", file.display()));
            }
        }
    }
    println!(
        "{:<18}{:>6}{:>11}{:>10}{:>7}{:>12}{:>9}{:>7}{:>11}{:>13}{:>7}",
        "dialect",
        "files",
        "identical",
        "replayed",
        "boxes",
        "recognised",
        "toggled",
        "timed",
        "decisions",
        "discoveries",
        "ms"
    );
    for (name, t) in &dialects {
        println!(
            "{name:<18}{:>6}{:>11}{:>10}{:>7}{:>12}{:>9}{:>7}{:>11}{:>13}{:>7}",
            t.files,
            t.identical,
            t.replayed,
            t.boxes,
            t.recognised,
            t.toggled,
            t.timed,
            t.decisions,
            t.discoveries,
            t.time.as_millis()
        );
    }
    assert!(failures.is_empty(), "{} files fail:\n{}", failures.len(), failures.join("\n"));
    Ok(())
}

fn check(written: &[u8], tally: &mut Tally, toggle: bool) -> TestResult {
    tally.files += 1;
    let start = Instant::now();
    let text = bytes::text(written);
    let document = import::read(&text);
    let (batch, _) = imported(&document, Some(Layout::Own))?;
    let shown = view::render(batch.plan(), Layout::Own);
    tally.time += start.elapsed();
    if *bytes::bytes(&shown) != *written {
        return Err(format!("not byte-identical after import:\n{}", first_difference(&text, &shown)).into());
    }
    tally.identical += 1;
    let events: Vec<_> = batch.events().cloned().collect();
    let again = Plan::replay(&events);
    if view::render(&again, Layout::Own) != shown {
        return Err("not byte-identical after a replay".into());
    }
    tally.replayed += 1;
    tally.decisions += again.items_of(Kind::Decision).count();
    tally.discoveries += again.items_of(Kind::Discovery).count();
    tally.boxes += boxes(&text);
    let ticks = document.items().filter(|item| item.tick.is_some()).count();
    tally.recognised += ticks;
    if toggle {
        toggle_all(&again, &text, tally)?;
    }
    Ok(())
}

/// Boxes as a plain look at the lines counts them: outside fences, a marker and a box with a known letter.
fn boxes(text: &str) -> usize {
    let (mut fence, mut count) = (false, 0);
    for line in text.lines() {
        let line = line.trim_start();
        if line.starts_with("```") || line.starts_with("~~~") {
            fence = !fence;
        }
        let bare = line.trim_start_matches(|c: char| c.is_ascii_digit()).trim_start_matches(['-', '*', '+', '.', ')']);
        let is_box = |rest: &str| {
            let mut inside = rest.chars();
            inside.next() == Some('[')
                && inside.next().is_some_and(|c| " xX~-/>!".contains(c))
                && inside.next() == Some(']')
                && inside.next().is_none_or(|c| c == ' ')
        };
        count += usize::from(!fence && bare.len() < line.len() && bare.starts_with(' ') && is_box(bare.trim_start()));
    }
    count
}

fn toggle_all(plan: &Plan, text: &str, tally: &mut Tally) -> TestResult {
    let items: Vec<_> = plan.items().filter(|item| matches!(item.kind(), Kind::Step | Kind::Criterion)).collect();
    for item in items {
        let source = item.source.as_ref().map_or("", |source| source.value().as_str());
        let first = source.lines().next().unwrap_or_default();
        // What has no box of its own gets one, which is more than a character.
        let has_box = first.contains("[ ]") || first.contains("[x]") || first.contains("[X]");
        if !has_box {
            continue;
        }
        let named = [item.id().to_string()];
        let mut batch = Batch::new(plan.clone(), by()?, "2026-02-03T04:05:06.000Z".parse()?, Default::default());
        let is_step = item.kind() == Kind::Step;
        let was = item.state();
        let flip = |batch: &mut Batch, done: bool| -> TestResult {
            match (is_step, done) {
                (true, true) => drop(step::complete(batch, &named, &[])?),
                (true, false) => drop(step::reopen(batch, &named)?),
                (false, true) => drop(criterion::meet(batch, &named, &[])?),
                (false, false) => drop(criterion::unmeet(batch, &named)?),
            }
            Ok(())
        };
        let (there, back) = match was {
            Some(State::Todo | State::Open) => (true, false),
            Some(State::Done | State::Met) => (false, true),
            _ => continue,
        };
        flip(&mut batch, there)?;
        let toggled = view::render(batch.plan(), Layout::Own);
        let changed = difference(text, &toggled);
        let one = changed.0.chars().count() == 1 && changed.1.chars().count() == 1;
        if !one {
            let is_time = there && changed.1.starts_with("x] ") && changed.1.contains("2026-02-03");
            if !is_time {
                return Err(format!("toggling changes more than a box: {:?} became {:?}", changed.0, changed.1).into());
            }
            tally.timed += 1;
        }
        flip(&mut batch, back)?;
        if view::render(batch.plan(), Layout::Own) != text {
            return Err(format!("toggling back does not restore the file at {first:?}").into());
        }
        tally.toggled += 1;
    }
    Ok(())
}

fn by() -> TestResult<git_plan_core::Actor> {
    Ok(git_plan_core::Actor { name: "Ada".into(), email: "ada@example.org".into() })
}

/// What is between the common beginning and the common end of two texts.
fn difference<'a>(a: &'a str, b: &'a str) -> (&'a str, &'a str) {
    let mut start = a.bytes().zip(b.bytes()).take_while(|(a, b)| a == b).count();
    while !a.is_char_boundary(start) || !b.is_char_boundary(start) {
        start -= 1;
    }
    let (a, b) = (&a[start..], &b[start..]);
    let mut end = a.bytes().rev().zip(b.bytes().rev()).take_while(|(a, b)| a == b).count();
    while !a.is_char_boundary(a.len() - end) || !b.is_char_boundary(b.len() - end) {
        end -= 1;
    }
    (&a[..a.len() - end], &b[..b.len() - end])
}

fn first_difference(a: &str, b: &str) -> String {
    let (a, b) = difference(a, b);
    let cut = |text: &str| text.chars().take(200).collect::<String>();
    format!("{:?}\nbecame {:?}", cut(a), cut(b))
}

/// Words that a text has, and a view of the plan that it made has not; labels that the view spells otherwise aside.
fn words_lost(text: &str, view: &str) -> Vec<String> {
    let (mut asked, mut shown) = (words::Words::new(), words::Words::new());
    words::count(text, &mut asked);
    words::count(view, &mut shown);
    // Times are written as the layout writes them, and a discovery is called an observation.
    let respelled = |word: &str| matches!(word, "t" | "z" | "discovery");
    let is_lost =
        |word: &String| !shown.contains_key(word) && word.chars().any(char::is_alphabetic) && !respelled(word);
    asked.into_keys().filter(is_lost).collect()
}

#[test]
fn no_word_of_the_corpus_is_lost_where_a_plan_of_its_own_text_is_shown_in_a_house_layout() -> TestResult {
    let Some(corpus) = corpus() else { return Ok(()) };
    let mut lost: BTreeMap<String, usize> = BTreeMap::new();
    let mut files = 0;
    for dialect in list(&corpus.join("plans"))? {
        for file in list(&dialect)? {
            files += 1;
            let written = std::fs::read(&file)?;
            let text = bytes::text(&written);
            let (batch, _) = imported(&import::read(&text), Some(Layout::Own))?;
            for layout in [Layout::Execplan, Layout::Cookbook] {
                for word in words_lost(&text, &view::render(batch.plan(), layout)) {
                    println!("{layout} {} {word}", file.display());
                    *lost.entry(word).or_default() += 1;
                }
            }
        }
    }
    println!("{files} files, {} words lost", lost.len());
    assert!(lost.is_empty(), "every word of a plan is in each of its views: {lost:?}");
    Ok(())
}
