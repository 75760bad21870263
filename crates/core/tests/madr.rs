//! Decision records: what an export writes is read again as the same decisions, and records of others lose no word.
//!
//! Records of others are a folder `plans/adr/*.md`, and versions `histories/adr+madr*/*.md`, below `GIT_PLAN_CORPUS`.
//! Without it that test is skipped, and says so.

mod words;

use std::path::PathBuf;

use git_plan_core::author::decision::{NewDecision, amend, decide, withdraw};
use git_plan_core::author::{self, NewPlan};
use git_plan_core::event::Context;
use git_plan_core::madr::{self, Options, Record, Report};
use git_plan_core::state::Detail;
use git_plan_core::{Actor, Batch, Kind, Layout, Plan, Slug, State, Title};
use proptest::prelude::*;
use words::{TestResult, Words, count, told};

fn batch() -> TestResult<Batch> {
    let by = Actor { name: "Ada".into(), email: "ada@example.org".into() };
    Ok(Batch::new(Plan::default(), by, "2026-01-02T03:04:05.678Z".parse()?, Context::default()))
}

fn imported(records: &[Record]) -> TestResult<(Batch, Report)> {
    let mut batch = batch()?;
    let slug = Slug::from_title("decisions").ok_or("a slug")?;
    let options = Options { title: Title::new("Decisions")?, slug, layout: Layout::Execplan, nonce: Title::new("0")? };
    let report = madr::record(records, &options, &mut batch)?;
    Ok((batch, report))
}

fn read_all(files: &[madr::File]) -> TestResult<Vec<Record>> {
    files.iter().map(|file| Ok(madr::read(&file.name, &file.text).ok_or("an export is a record")?)).collect()
}

/// What an export keeps of decisions.
fn said(plan: &Plan) -> Vec<String> {
    let one = |item: &git_plan_core::Item| {
        let Detail::Decision(detail) = &item.detail else { return String::new() };
        let by: Vec<&str> = detail.superseded_by.iter().filter_map(|&id| plan.item(id)).map(|by| by.text()).collect();
        let amended: Vec<&String> = detail.amendments.iter().map(|(_, text)| text).collect();
        let (options, tradeoffs, references) = (&detail.options, &detail.tradeoffs, &detail.references);
        let state = item.state();
        let reason = detail.reason.clone().unwrap_or_default();
        format!(
            "{:?} {state:?} by {by:?} on {} for {reason:?} of {options:?} at {tradeoffs:?} see {references:?} {amended:?} {:?}",
            item.text(),
            item.occurred.date(),
            item.body().unwrap_or_default()
        )
    };
    plan.items_of(Kind::Decision).map(one).collect()
}

#[test]
fn every_record_of_the_corpus_is_imported_without_loss() -> TestResult {
    let Some(corpus) = std::env::var_os("GIT_PLAN_CORPUS").map(PathBuf::from) else {
        eprintln!("SKIPPED: set GIT_PLAN_CORPUS to a folder with plans/adr/*.md to read records of others");
        return Ok(());
    };
    let mut files: Vec<PathBuf> = list(&corpus.join("plans/adr"))?;
    for history in list(&corpus.join("histories"))? {
        if history.to_string_lossy().contains("adr+madr") {
            files.extend(list(&history)?);
        }
    }
    let (mut count, mut records, mut stated, mut dated, mut options, mut reasons) = (0, Vec::new(), 0, 0, 0, 0);
    let mut failures = Vec::new();
    for file in files.iter().filter(|file| file.extension().is_some_and(|ending| ending == "md")) {
        let text = String::from_utf8_lossy(&std::fs::read(file)?).into_owned();
        let name = file.file_name().map_or(String::new(), |name| name.to_string_lossy().into_owned());
        count += 1;
        let Some(record) = madr::read(&name, &text) else {
            println!("no record: {name}");
            continue;
        };
        let missing = lost(&text, &record)?;
        if !missing.is_empty() {
            failures.push(format!("{name}: lost {missing:?}"));
        }
        let (first, _) = imported(&[Record { name: String::new(), ..record.clone() }])?;
        let files = madr::files(first.plan());
        let (second, _) = imported(&read_all(&files)?)?;
        if said(first.plan()) != said(second.plan()) {
            failures.push(format!(
                "{name}: an export does not say the same:\n{:#?}\n{:#?}\n{}",
                said(first.plan()),
                said(second.plan()),
                files[0].text
            ));
        }
        if std::env::var_os("GIT_PLAN_CORPUS_DETAIL").is_some() {
            println!(
                "{name}: {:?} {:?} {:?} {:?}, {} options, {} tradeoffs, {} rest",
                record.number,
                record.title,
                record.status.lines().next(),
                record.date.map(|d| d.date()),
                record.options.len(),
                record.tradeoffs.len(),
                record.rest.len()
            );
        }
        stated += usize::from(!record.status.is_empty());
        dated += usize::from(record.date.is_some());
        options += record.options.len();
        reasons += usize::from(!record.reason.is_empty());
        records.push(record);
    }
    println!(
        "{count} files, {} records, {stated} with a status, {dated} with a date, {reasons} with a decision, {options} options",
        records.len()
    );
    assert!(failures.is_empty(), "{} records fail:\n{}", failures.len(), failures.join("\n"));
    assert!(records.iter().all(|record| !record.title.trim().is_empty()), "every record has a title");
    let (_, report) = imported(&records)?;
    println!("{report:?}");
    Ok(())
}

fn list(folder: &std::path::Path) -> TestResult<Vec<PathBuf>> {
    let mut paths = std::fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<TestResult<Vec<_>>>()?;
    paths.sort();
    Ok(paths)
}

/// The headings and words that the format itself consists of.
const SYNTAX: &str = "status date deciders decision makers context and problem statement considered options alternatives \
    outcome consequences references links more information proposed direction accepted rejected superseded by adr \
    architecture architectural record title optional";

fn lost(text: &str, record: &Record) -> TestResult<Words> {
    let (batch, _) = imported(core::slice::from_ref(record))?;
    let (mut told, mut asked) = (told(&batch), Words::new());
    record.number.iter().for_each(|number| count(&format!("{number} {number:02} {number:03} {number:04}"), &mut told));
    text.lines().for_each(|line| count(unmarked(line), &mut asked));
    Ok(asked
        .into_iter()
        .filter(|(word, asked)| {
            told.get(word).is_none_or(|told| told < asked) && !SYNTAX.split_whitespace().any(|syntax| syntax == word)
        })
        .collect())
}

/// A line without the number that marks a list item.
fn unmarked(line: &str) -> &str {
    let rest = line.trim_start().trim_start_matches(|c: char| c.is_ascii_digit());
    if rest.starts_with(['.', ')']) { rest } else { line }
}

const NYGARD: &str = "# 3. Keep events

Date: 2024-02-29

## Status

Accepted

Supersedes [2. Keep rows](0002-keep-rows.md)

## Context

Rows forget.

## Decision

We will keep events.

## Consequences

Reads replay.
";

const OLDER: &str = "# Keep rows

* Status: superseded by [ADR-0003](0003-keep-events.md)
* Deciders: Ada, Bob <!-- optional -->
* Date: 2023-01-01

Technical Story: rows

## Context and Problem Statement

Where does the state live?

## Decision Drivers <!-- optional -->

* It must be small

## Considered Options

* Rows
* Files,
  one for each

## Decision Outcome

Chosen option: \"Rows\", because they are known.

### Positive Consequences <!-- optional -->

* No replay

## Pros and Cons of the Options <!-- optional -->

### Rows

* Good, because fast

## Links <!-- optional -->

* [Refined by](0005-x.md)
";

#[test]
fn records_of_several_forms_become_the_decisions_of_one_plan() -> TestResult {
    let madr = "---\nstatus: deprecated\ndate: 2025-05-05\ndecision-makers: [Ada, Cy]\nconsulted: Dan\n---\n\n# Use C#\n\n\
        ## Considered Options\n\n* C#\n\n## Decision Outcome\n\nC#, because.\n\n### Consequences\n\n* Good, because x\n* Bad, because y\n";
    let texts = [("docs/0003-keep-events.md", NYGARD), ("adr-007-use-c.md", madr), ("0002-keep-rows.md", OLDER)];
    let records: Vec<Record> = texts.iter().filter_map(|(name, text)| madr::read(name, text)).collect();
    let (batch, report) = imported(&records)?;
    assert_eq!((report.decisions, report.superseded), (3, 1), "both ends of one link are one link: {report:?}");
    assert!(report.unresolved.is_empty(), "what took the place is among them");
    let plan = batch.plan();
    let decisions: Vec<&git_plan_core::Item> = plan.items_of(Kind::Decision).collect();
    let titles: Vec<&str> = decisions.iter().map(|item| item.text()).collect();
    assert_eq!(titles, ["Keep rows", "Keep events", "Use C#"], "they stand in the order of their numbers");
    let states: Vec<Option<State>> = decisions.iter().map(|item| item.state()).collect();
    assert_eq!(states, [Some(State::Accepted), Some(State::Accepted), Some(State::Withdrawn)], "each has its state");
    let Detail::Decision(rows) = &decisions[0].detail else { return Err("a decision".into()) };
    assert!(rows.superseded_by.contains(&decisions[1].id()), "the successor is named");
    assert_eq!(rows.options, ["Rows", "Files,\none for each"], "options are those of the list");
    assert_eq!(decisions[1].occurred.date(), "2024-02-29", "the date is when it was decided");
    assert_eq!(decisions[2].attributed.as_deref(), Some("Ada, Cy"), "the deciders are its authors");
    let body = decisions[2].body().unwrap_or_default();
    assert!(body.contains("deprecated") && body.contains("consulted: Dan"), "what has no field is kept: {body}");
    for ((_, text), record) in texts.iter().zip(&records) {
        assert!(lost(text, record)?.is_empty(), "no word is lost of {}: {:?}", record.name, lost(text, record)?);
    }
    let (again, _) = imported(&read_all(&madr::files(plan))?)?;
    assert_eq!(said(again.plan()), said(plan), "an export says the same");
    let files = madr::files(plan);
    let beginning =
        "---\nstatus: deprecated\ndate: 2025-05-05\ndecision-makers: \"Ada, Cy\"\nconsulted: Dan\n---\n\n# Use C#\n";
    assert!(files[2].text.starts_with(beginning), "other fields are given back:\n{}", files[2].text);
    Ok(())
}

#[test]
fn a_text_that_decides_nothing_is_no_record() {
    for text in ["", "# Decisions\n\nThis folder holds decisions.\n", "---\ntitle: x\n---\n", "- [ ] Step\n"] {
        assert_eq!(madr::read("README.md", text), None, "it has neither a status nor a decision: {text:?}");
    }
}

#[test]
fn a_successor_that_is_not_there_leaves_a_withdrawn_decision_and_its_words() -> TestResult {
    let text = "# 1. A\n\n## Status\n\nSuperseded by [9. B](0009-b.md)\n\n## Decision\n\nA.\n";
    let record = madr::read("0001-a.md", text).ok_or("a record")?;
    let (batch, report) = imported(&[record])?;
    assert_eq!(report.unresolved, ["0001-a"], "it is named");
    let item = batch.plan().items_of(Kind::Decision).next().ok_or("a decision")?;
    assert_eq!(item.state(), Some(State::Withdrawn), "it does not stand");
    assert!(item.body().unwrap_or_default().contains("[9. B](0009-b.md)"), "what it says is kept");
    let files = madr::files(batch.plan());
    assert!(files[0].text.contains("status: superseded\n"), "the export uses its word:\n{}", files[0].text);
    Ok(())
}

/// Title, reason, options, trade-offs, what else there is, and what becomes of it.
type Written = (String, String, Vec<String>, Vec<String>, String, u8);

/// Lines that a text may consist of, some of them of consequence to a reader.
fn lines() -> impl Strategy<Value = String> {
    let line = prop_oneof![
        6 => "[a-z]{1,8}( [a-z]{1,8}){0,3}",
        1 => Just(String::new()),
        4 => prop::sample::select(vec![
            "---", "# x", "## Status", "### Consequences", "```", "~~~", "<!--", "-->", "- item", "* [x] done", "1. one",
            "    code", "  ## y", "| a | b |", "> quote", "Status: rejected", "Reference: r", "\\# z", "a: b", "\u{feff}",
            "../../x", "\u{1b}[31m", "tail ", "\tTab", "***", "- ```", "## More Information", "===", "* ", "*",
            "## Front Matter\n\n```yaml\nstatus: x\n```", "## Front Matter\n\n```yaml\nb: x\n---\n```",
        ]).prop_map(str::to_owned),
    ];
    prop::collection::vec(line, 1..6).prop_map(|lines| lines.join("\n"))
}

fn decisions() -> impl Strategy<Value = Vec<Written>> {
    let lists = || prop::collection::vec(lines(), 0..3);
    prop::collection::vec((lines(), lines(), lists(), lists(), lines(), any::<u8>()), 1..4)
}

fn built(decisions: &[Written]) -> TestResult<Plan> {
    let mut batch = batch()?;
    author::begin(&mut batch, &NewPlan { title: "P", nonce: "0", ..NewPlan::default() })?;
    for (at, (title, reason, options, tradeoffs, more, kind)) in decisions.iter().enumerate() {
        let keep =
            |texts: &[String]| -> Vec<String> { texts.iter().filter(|t| !t.trim().is_empty()).cloned().collect() };
        let references: Vec<String> = keep(core::slice::from_ref(more));
        let supersedes: Vec<String> = (kind % 3 == 0 && at > 0).then(|| at.to_string()).into_iter().collect();
        let new = NewDecision {
            title: if title.trim().is_empty() { "title" } else { title },
            reason: Some(reason.as_str()).filter(|reason| !reason.trim().is_empty()),
            tradeoffs: &keep(tradeoffs),
            options: &keep(options),
            references: &references,
            supersedes: &supersedes,
            proposed: kind % 5 == 0,
            ..NewDecision::default()
        };
        if decide(&mut batch, &new).is_err() {
            decide(&mut batch, &NewDecision { supersedes: &[], ..new })?;
        }
        let (number, id) = ((at + 1).to_string(), batch.plan().items_of(Kind::Decision).last().map(|item| item.id()));
        if !more.trim().is_empty() {
            amend(&mut batch, &number, more)?;
        }
        if kind % 7 == 0 {
            withdraw(&mut batch, &number)?;
        }
        if kind % 2 == 0 {
            let of = git_plan_core::Parent::Node(id.ok_or("an id")?);
            batch.record(git_plan_core::change::ProseSet { of, text: git_plan_core::Text::new(more.as_str())? })?;
        }
    }
    Ok(batch.into_parts().0)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_decisions_say_their_files_are_safe_and_read_again_the_same(decisions in decisions()) {
        let plan = built(&decisions).map_err(|e| TestCaseError::fail(e.to_string()))?;
        let files = madr::files(&plan);
        prop_assert_eq!(files.len(), decisions.len(), "each decision has a file");
        for (at, file) in files.iter().enumerate() {
            let safe = file.name.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.'));
            prop_assert!(safe && file.name.starts_with(&format!("{:04}-", at + 1)) && file.name.len() < 100, "{}", file.name);
        }
        let again = |files: &[madr::File]| -> Result<Plan, TestCaseError> {
            let records = read_all(files).map_err(|e| TestCaseError::fail(e.to_string()))?;
            Ok(imported(&records).map_err(|e| TestCaseError::fail(e.to_string()))?.0.into_parts().0)
        };
        let second = again(&files)?;
        let titles = |plan: &Plan| plan.items_of(Kind::Decision).map(|item| item.text().to_owned()).collect::<Vec<_>>();
        let shown: Vec<String> = titles(&plan).iter().map(|title| git_plan_core::text::line(title)).collect();
        prop_assert!(titles(&second).iter().zip(&shown).all(|(now, was)| now.starts_with(was.as_str())), "titles stay: {:?}", shown);
        let third = again(&madr::files(&second))?;
        prop_assert_eq!(said(&second), said(&third), "what was read once stays as it is:\n{}", files[0].text);
    }

    #[test]
    fn decisions_in_plain_words_are_read_again_as_they_were(
        parts in prop::collection::vec(("[A-Z][a-z]{2,8}( [a-z]{1,8}){0,3}", "[a-z]{1,9}(\n\n?[a-z ]{1,8}[a-z]){0,2}", "[a-z]{1,9}(\n- [a-z]{1,8}){0,2}", any::<u8>()), 1..4)
    ) {
        let decisions: Vec<_> = parts.into_iter().map(|(title, reason, item, kind)| {
            (title, reason.clone(), vec![item.clone(), reason.clone()], vec![item], reason, kind)
        }).collect();
        let plan = built(&decisions).map_err(|e| TestCaseError::fail(e.to_string()))?;
        let files = madr::files(&plan);
        let records = read_all(&files).map_err(|e| TestCaseError::fail(e.to_string()))?;
        let (again, _) = imported(&records).map_err(|e| TestCaseError::fail(e.to_string()))?;
        let by_status = |plan: &Plan| said(plan).iter().map(|said| said.replace("Some(Proposed) by [\"", "Some(Accepted) by [\"")).collect::<Vec<_>>();
        prop_assert_eq!(by_status(&plan), by_status(again.plan()), "the same decisions:\n{}", files[0].text);
    }

    #[test]
    fn any_text_is_read_as_a_record_or_as_none(text in lines(), name in "\\PC{0,20}") {
        let text = format!("{text}\n\n## Decision\n\n{text}\n\n## Status\n{text}");
        if let Some(record) = madr::read(&name, &text) {
            prop_assert!(imported(&[record]).is_ok(), "what is read is recorded");
        }
    }
}
