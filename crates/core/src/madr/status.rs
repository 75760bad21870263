//! What became of a decision, in the words of its record.

use crate::State;
use crate::prelude::*;

/// What a status says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Standing {
    /// Where it is not accepted.
    pub(super) state: Option<State>,
    /// Whether it gave way to something, whatever that is.
    pub(super) gave_way: bool,
    /// The records that took its place.
    pub(super) by: Vec<Target>,
    /// The records whose place it took.
    pub(super) replaces: Vec<Target>,
    /// Whether an export says the same of such a decision, in these words.
    pub(super) is_plain: bool,
}

/// What a record calls another one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Target {
    /// Its file, without the folder and the ending.
    Name(String),
    /// Its number.
    Number(u64),
}

const PROPOSED: &[&str] = &["proposed", "proposal", "draft", "pending", "open", "rfc", "on", "in"];
const WITHDRAWN: &[&str] =
    &["rejected", "deprecated", "withdrawn", "obsolete", "retired", "declined", "abandoned", "cancelled", "canceled"];
const SUPERSEDED: &[&str] = &["superseded", "superceded", "replaced"];
const SUPERSEDES: &[&str] = &["supersedes", "supercedes", "replaces"];

/// Reads a status, which may go on for several lines.
pub(super) fn read(text: &str) -> Standing {
    let mut standing = Standing::default();
    let mut first = true;
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let word = word(line);
        let is_in = |words: &[&str]| words.contains(&word.as_str());
        if is_in(SUPERSEDED) {
            standing.gave_way = true;
            standing.by.extend(line.split_once(" by").map(|(_, by)| targets(by)).unwrap_or_default());
        } else if is_in(SUPERSEDES) {
            standing.replaces.extend(targets(line));
        } else if first && is_in(PROPOSED) {
            standing.state = Some(State::Proposed);
        } else if first && is_in(WITHDRAWN) {
            standing.state = Some(State::Withdrawn);
        }
        first = false;
    }
    let plain = text.trim().trim_end_matches('.').to_lowercase();
    let numbers = standing.by.iter().map(|target| match target {
        Target::Number(number) => format!("adr-{number:04}"),
        Target::Name(name) => name.clone(),
    });
    let by = format!("superseded by {}", numbers.collect::<Vec<_>>().join(", "));
    standing.is_plain = matches!(plain.as_str(), "" | "proposed" | "accepted" | "rejected") || plain == by;
    standing
}

/// The word for a decision that was withdrawn: the one that its record had, where that is known.
pub(super) fn withdrawn(status: &str) -> &'static str {
    let word = word(status.trim());
    WITHDRAWN.iter().chain(SUPERSEDED).find(|known| **known == word).copied().unwrap_or("rejected")
}

/// The first word of a line, in lower case.
pub(super) fn word(line: &str) -> String {
    let line = line.trim_start_matches(|c: char| !c.is_alphanumeric());
    line.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default().to_lowercase()
}

/// The records that a text names: by links where it has any, else by numbers.
pub(super) fn targets(text: &str) -> Vec<Target> {
    let linked = text.split("](").skip(1).filter_map(|after| after.split([')', '#', ' ']).next());
    let names: Vec<Target> = linked.map(|path| Target::Name(stem(path).to_owned())).collect();
    if !names.is_empty() {
        return names;
    }
    text.split([' ', ',', ';', '(', ')', '[', ']']).filter_map(|word| number(word).map(Target::Number)).collect()
}

/// The number that a name begins with: of `0007-slug`, `ADR-7`, `adr-007-slug`, `#7` or `7.`, but of no date.
pub(super) fn number(name: &str) -> Option<u64> {
    let lower = name.trim().to_lowercase();
    let bare = ["madr", "adr", "decision", ""].iter().find_map(|start| lower.strip_prefix(start)).unwrap_or(&lower);
    let bare = bare.trim_start_matches(['-', '_', '#', ' ']);
    let digits = bare.bytes().take_while(u8::is_ascii_digit).count();
    let rest = &bare[digits..];
    let ends = rest.is_empty() || rest.starts_with(['-', '_', ' ', '.', ':', '#']);
    let number: Option<u64> = bare[..digits].parse().ok();
    let is_month = |rest: &str| {
        rest.as_bytes().first_chunk().is_some_and(|[dash, a, b, other]| {
            *dash == b'-' && a.is_ascii_digit() && b.is_ascii_digit() && *other == b'-'
        })
    };
    number.filter(|number| ends && !((1900..=9999).contains(number) && is_month(rest)))
}

/// A file's name without its folder and its ending.
pub(super) fn stem(path: &str) -> &str {
    let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
    name.strip_suffix(".md").or_else(|| name.strip_suffix(".markdown")).unwrap_or(name)
}
