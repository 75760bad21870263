//! Every plan of a corpus is imported: no panic, no word lost, boxes found, and a house view read again says the same.
//!
//! The corpus is a folder with `plans/<dialect>/*.md`, named by `GIT_PLAN_CORPUS`. Without it the test is skipped, and
//! says so.

mod words;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use git_plan_core::{Kind, Layout, Plan, State, import, view};
use words::{TestResult, imported, list, lost};

#[derive(Default)]
struct Tally {
    files: usize,
    counted: usize,
    recognised: usize,
    decisions: usize,
    discoveries: usize,
    questions: usize,
    kept: usize,
    unseen: usize,
    time: Duration,
}

#[test]
fn every_plan_of_the_corpus_is_imported_without_loss() -> TestResult {
    let Some(corpus) = std::env::var_os("GIT_PLAN_CORPUS").map(PathBuf::from) else {
        eprintln!("SKIPPED: set GIT_PLAN_CORPUS to a folder with plans/<dialect>/*.md to import a corpus");
        return Ok(());
    };
    let mut dialects: BTreeMap<String, Tally> = BTreeMap::new();
    let mut failures = Vec::new();
    for dialect in list(&corpus.join("plans"))? {
        let name = dialect.file_name().map_or(String::new(), |name| name.to_string_lossy().into_owned());
        for file in list(&dialect)? {
            let tally = dialects.entry(name.clone()).or_default();
            if std::env::var_os("GIT_PLAN_CORPUS_DETAIL").is_some() {
                println!("{}", file.display());
            }
            let text = String::from_utf8_lossy(&std::fs::read(&file)?).into_owned();
            if let Err(failure) = check(&text, tally) {
                failures.push(format!("{}: {failure}", file.display()));
            }
        }
    }
    println!(
        "{:<18}{:>6}{:>8}{:>12}{:>10}{:>12}{:>10}{:>6}{:>8}{:>7}",
        "dialect", "files", "boxes", "recognised", "decisions", "discoveries", "questions", "kept", "unseen", "ms"
    );
    for (name, tally) in &dialects {
        println!(
            "{name:<18}{:>6}{:>8}{:>12}{:>10}{:>12}{:>10}{:>6}{:>8}{:>7}",
            tally.files,
            tally.counted,
            tally.recognised,
            tally.decisions,
            tally.discoveries,
            tally.questions,
            tally.kept,
            tally.unseen,
            tally.time.as_millis()
        );
    }
    assert!(failures.is_empty(), "{} files fail:\n{}", failures.len(), failures.join("\n"));
    Ok(())
}

fn check(text: &str, tally: &mut Tally) -> TestResult {
    let start = Instant::now();
    let document = import::read(text);
    let (batch, report) = imported(&document, None)?;
    tally.time += start.elapsed();
    tally.files += 1;
    tally.counted += boxes(text);
    tally.recognised += document.items().filter(|item| item.tick.is_some()).count();
    tally.decisions += report.of(Kind::Decision);
    tally.discoveries += report.of(Kind::Discovery);
    tally.questions += report.of(Kind::Question);
    tally.kept += report.kept.len();
    if document.pieces().collect::<String>() != text {
        return Err("the pieces of the document are not its text".into());
    }
    let missing = lost(text, &batch, report.layout);
    if !missing.is_empty() {
        return Err(format!("lost words: {missing:?}").into());
    }
    let view = view::render(batch.plan(), report.layout);
    if std::env::var_os("GIT_PLAN_CORPUS_DETAIL").is_some() {
        println!("unseen {:?}", words::unseen(&batch, &view));
        println!("boxes {} {}", boxes(text), document.items().filter(|item| item.tick.is_some()).count());
        report.kept.iter().for_each(|kept| println!("kept {} {}: {}", kept.line, kept.role, kept.reason));
    }
    tally.unseen += words::unseen(&batch, &view).len();
    round_trip(batch.plan())
}

/// A house view, read again, says the same of steps, decisions and questions.
fn round_trip(plan: &Plan) -> TestResult {
    let view = view::render(plan, Layout::Execplan);
    let (again, _) = imported(&import::read(&view), Some(Layout::Execplan))?;
    let second = view::render(again.plan(), Layout::Execplan);
    let (third, _) = imported(&import::read(&second), Some(Layout::Execplan))?;
    for kind in [Kind::Step, Kind::Decision, Kind::Question] {
        let (before, after) = (said(again.plan(), kind), said(third.plan(), kind));
        if before != after {
            let differs = before.iter().zip(&after).find(|(a, b)| a != b);
            return Err(format!("{kind}s change from {} to {}: {differs:?}", before.len(), after.len()).into());
        }
        let first = said(plan, kind);
        if first != before {
            let differs = first.iter().zip(&before).find(|(a, b)| a != b);
            return Err(format!("{kind}s change at first from {} to {}: {differs:?}", first.len(), before.len()).into());
        }
    }
    Ok(())
}

fn said(plan: &Plan, kind: Kind) -> Vec<(String, Option<State>)> {
    let mut said: Vec<_> = plan
        .items_of(kind)
        .map(|item| (item.text().split_whitespace().collect::<Vec<_>>().join(" "), item.state()))
        .collect();
    said.sort();
    said
}

/// Counts boxes line by line, outside fences.
fn boxes(text: &str) -> usize {
    let mut fence: Option<String> = None;
    let mut count = 0;
    let envelope = ["```md\n", "```markdown\n"].iter().any(|open| text.trim_start().starts_with(open));
    for line in text.lines().skip(usize::from(envelope)) {
        let bare = line.trim();
        let first = bare.chars().next().filter(|c| matches!(c, '`' | '~'));
        let marks: String = bare.chars().take_while(|&c| Some(c) == first).collect();
        match &fence {
            Some(open) if bare == marks && marks.starts_with(open.as_str()) => fence = None,
            Some(_) => {}
            None if marks.len() >= 3 => fence = Some(marks),
            None => {
                let rest = bare.trim_start_matches(|c: char| c.is_ascii_digit());
                let rest = ["- ", "* ", "+ ", ". ", ") "].iter().find_map(|marker| rest.strip_prefix(marker));
                let inside = rest.and_then(|rest| rest.trim_start().strip_prefix('['));
                let closed = inside.and_then(|inside| inside.chars().nth(1)) == Some(']');
                let state = inside.and_then(|inside| inside.chars().next());
                let spaced = inside.and_then(|inside| inside.chars().nth(2)).is_none_or(|c| c == ' ');
                count += usize::from(closed && spaced && state.is_some_and(|c| " xX~-/>!✓".contains(c)));
            }
        }
    }
    count
}
