//! Vectors as files: one directory each, read and written without knowing what they mean.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use git_plan_core::EventId;
use serde_json::Value;

use super::TestResult;
use super::script::Script;

/// One event as it is stored.
#[derive(Debug, Clone)]
pub struct Stored {
    pub bytes: Vec<u8>,
    pub line: bool,
    pub contained: Vec<String>,
}

/// A path below `spec/`.
pub fn spec(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../spec").join(path)
}

/// The events of a case in their order of arrival: lines first, then those that are no lines.
pub fn stored(script: &Script) -> Vec<Stored> {
    let all = script.events.iter();
    let mut stored: Vec<Stored> = all
        .map(|told| Stored { bytes: told.bytes.clone(), line: told.line, contained: told.contained.clone() })
        .collect();
    stored.sort_by_key(|stored| !stored.line);
    stored
}

/// The files of a case that do not depend on what its events mean.
pub fn write_events(stored: &[Stored], script: &Script) -> TestResult<BTreeMap<String, Vec<u8>>> {
    let mut files = BTreeMap::new();
    files.insert("README".to_owned(), format!("{}\n\nRules: {}\n", script.about, script.rules).into_bytes());
    let mut lines = Vec::new();
    let mut contained = serde_json::Map::new();
    for (number, event) in stored.iter().enumerate() {
        if event.line {
            lines.extend_from_slice(&event.bytes);
            lines.push(b'\n');
        } else {
            files.insert(format!("events/{number:03}.bin"), event.bytes.clone());
            contained.insert(EventId::of(&event.bytes).to_string(), event.contained.clone().into());
        }
    }
    files.insert("events.jsonl".to_owned(), lines);
    if !contained.is_empty() {
        let text = serde_json::to_string_pretty(&contained)?;
        files.insert("contained.json".to_owned(), format!("{text}\n").into_bytes());
    }
    Ok(files)
}

/// Holds a directory to these files, or writes them.
pub fn compare(directory: &Path, files: &BTreeMap<String, Vec<u8>>, update: bool) -> TestResult {
    if update {
        if directory.exists() {
            fs::remove_dir_all(directory)?;
        }
        for (name, bytes) in files {
            let path = directory.join(name);
            fs::create_dir_all(path.parent().unwrap_or(directory))?;
            fs::write(path, bytes)?;
        }
    }
    for (name, bytes) in files {
        let path = directory.join(name);
        let found = fs::read(&path).map_err(|e| format!("{}: {e}; UPDATE_VECTORS=1 writes it", path.display()))?;
        if name.ends_with(".json") {
            let (found, told): (Value, Value) = (serde_json::from_slice(&found)?, serde_json::from_slice(bytes)?);
            assert_eq!(found, told, "{} is what the case tells", path.display());
        } else {
            assert!(found == *bytes, "{} is what the case tells", path.display());
        }
    }
    Ok(())
}

/// The events of a vector on disk, in their order of arrival.
pub fn read(directory: &Path) -> TestResult<Vec<Stored>> {
    let lines = fs::read(directory.join("events.jsonl"))?;
    let mut stored: Vec<Stored> = lines
        .split_inclusive(|&byte| byte == b'\n')
        .map(|line| Stored { bytes: line[..line.len() - 1].to_vec(), line: true, contained: Vec::new() })
        .collect();
    let contained: Value = match fs::read(directory.join("contained.json")) {
        Ok(bytes) => serde_json::from_slice(&bytes)?,
        Err(_) => Value::Null,
    };
    if let Ok(entries) = fs::read_dir(directory.join("events")) {
        let paths: Result<BTreeSet<PathBuf>, _> = entries.map(|entry| entry.map(|entry| entry.path())).collect();
        for path in paths? {
            let bytes = fs::read(path)?;
            let shown = &contained[EventId::of(&bytes).to_string()];
            let ids = shown.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned);
            stored.push(Stored { contained: ids.collect(), bytes, line: false });
        }
    }
    Ok(stored)
}

/// The rules that a vector's README names.
pub fn rules(directory: &Path) -> TestResult<Vec<String>> {
    let readme = fs::read_to_string(directory.join("README"))?;
    let line = readme.lines().find_map(|line| line.strip_prefix("Rules: ")).ok_or("a README names its rules")?;
    Ok(line.split_whitespace().map(str::to_owned).collect())
}

/// The numbers of all rules of the specification, in their order: what stands in bold at the beginning of a paragraph.
pub fn rules_of_the_specification() -> TestResult<Vec<String>> {
    let mut rules = Vec::new();
    for file in [
        "1-events.md",
        "2-types.md",
        "3-order.md",
        "4-state.md",
        "5-view.md",
        "6-git.md",
        "7-cli.md",
        "8-records.md",
        "9-markdown.md",
        "10-exports.md",
        "11-check.md",
    ] {
        for line in fs::read_to_string(spec(file))?.lines() {
            if let Some((rule, _)) = line.strip_prefix("**").and_then(|rest| rest.split_once(".** ")) {
                assert!(!rules.contains(&rule.to_owned()), "{rule} is the number of one rule");
                rules.push(rule.to_owned());
            }
        }
    }
    Ok(rules)
}

type Rows = [(String, BTreeSet<String>)];

/// Holds the tables of spec/README.md to what the vectors show, or writes them.
pub fn update_tables(types: &Rows, codes: &Rows, rules: &Rows) -> TestResult {
    let path = spec("README.md");
    let readme = fs::read_to_string(&path)?;
    let (begin, end) = ("<!-- tables: begin -->\n", "<!-- tables: end -->");
    let (head, rest) = readme.split_once(begin).ok_or("the tables begin")?;
    let (_, tail) = rest.split_once(end).ok_or("the tables end")?;
    let mut tables = String::new();
    for (heading, rows) in [("Event type", types), ("Code", codes), ("Rule", rules)] {
        tables.push_str(&format!("\n| {heading} | Vectors |\n|---|---|\n"));
        for (name, vectors) in rows {
            let name = if heading == "Rule" { name.clone() } else { format!("`{name}`") };
            let vectors: Vec<String> = vectors.iter().map(|vector| format!("[{0}](vectors/{0})", vector)).collect();
            tables.push_str(&format!("| {name} | {} |\n", vectors.join(", ")));
        }
    }
    tables.push('\n');
    let told = format!("{head}{begin}{tables}{end}{tail}");
    if std::env::var_os("UPDATE_VECTORS").is_some() {
        fs::write(&path, &told)?;
    }
    assert!(
        fs::read_to_string(&path)? == told,
        "the tables of spec/README.md are up to date; UPDATE_VECTORS=1 writes them"
    );
    Ok(())
}
