//! Marks in an item's text that say how far it is: those of the house layout, and the few others in use.

use super::times;
use crate::prelude::*;
use crate::{State, Timestamp};

/// A step's wording, with what its box and its marks say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Marked {
    pub(crate) text: String,
    pub(crate) state: State,
    pub(crate) occurred: Option<Timestamp>,
}

/// Reads a step.
pub(crate) fn step(tick: Option<char>, text: &str) -> Marked {
    let mut state = match tick {
        Some('x' | 'X' | '✓' | '✔') => State::Done,
        Some('~' | '/' | '>') => State::Doing,
        // Before a number, this is how Kiro writes a task in progress; elsewhere it is a task given up.
        Some('-') if text.starts_with(|c: char| c.is_ascii_digit()) => State::Doing,
        Some('-') => State::Dropped,
        _ => State::Todo,
    };
    let mut text = text.trim();
    for current in ["← CURRENT", "<- CURRENT", "← **CURRENT**"] {
        if let Some(rest) = text.strip_suffix(current) {
            text = rest.trim_end();
            state = state.max(State::Doing);
        }
    }
    for doing in ["**IN PROGRESS**", "**IN PROGRESS:**"] {
        if let Some(rest) = text.strip_prefix(doing) {
            text = rest.trim_start_matches(':').trim_start();
            state = state.max(State::Doing);
        }
    }
    if text.starts_with(['🚧', '⏳']) && state == State::Todo {
        state = State::Doing;
    }
    if let Some((inside, after)) = struck(text)
        && matches!(after, "" | "→ Dropped")
        && state != State::Done
    {
        (text, state) = (inside, State::Dropped);
    }
    let claimed = times::leading(text);
    if let Some(claimed) = claimed.filter(|claimed| state == State::Done && !claimed.rest.is_empty()) {
        text = claimed.rest;
    }
    Marked { text: text.to_owned(), state, occurred: claimed.map(|claimed| claimed.at) }
}

/// What a text has struck through from its beginning, and what follows.
pub(crate) fn struck(text: &str) -> Option<(&str, &str)> {
    let (inside, after) = text.strip_prefix("~~")?.rsplit_once("~~")?;
    Some((inside, after.trim()))
}

/// What a question says, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Asked<'a> {
    /// It is open.
    Open(&'a str),
    /// It was answered or resolved, perhaps with a text.
    Resolved(&'a str, &'a str),
    /// Something stands in the way.
    Blocked(&'a str),
}

/// Reads a question.
pub(crate) fn question(text: &str) -> Asked<'_> {
    let text = text.trim();
    if let Some((inside, after)) = struck(text) {
        let answer = after.strip_prefix('→').map_or(after, str::trim_start);
        let answer = answer.strip_prefix("Resolved").map_or(answer, |rest| rest.trim_start_matches(':').trim_start());
        return Asked::Resolved(inside, answer);
    }
    if let Some((asked, answer)) = text.split_once("→ Resolved:") {
        return Asked::Resolved(asked.trim_end(), answer.trim_start());
    }
    match text.strip_suffix("→ **BLOCKER**") {
        Some(asked) => Asked::Blocked(asked.trim_end()),
        None => Asked::Open(text),
    }
}

/// A user story: who, what, and to what end.
pub(crate) fn story(text: &str) -> Option<(&str, &str, Option<&str>)> {
    let bare = text.trim();
    let article =
        ["As a ", "As an ", "As the ", "as a ", "as an "].iter().find_map(|start| bare.strip_prefix(start))?;
    let (who, rest) = ["I want ", "I WANT ", "i want "].iter().find_map(|middle| article.split_once(middle))?;
    let who = who.trim_end().trim_end_matches(',');
    let (wish, end) = match rest.split_once("so that ").or_else(|| rest.split_once("So that ")) {
        Some((wish, end)) => (wish.trim_end().trim_end_matches(','), Some(end.trim())),
        None => (rest, None),
    };
    Some((who, wish.trim(), end))
}

/// Whether a text only says that there is nothing to say yet.
pub(crate) fn is_placeholder(text: &str) -> bool {
    let bare = text.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
    let starts = [
        "none",
        "n/a",
        "tbd",
        "nothing yet",
        "no discoveries",
        "no decisions",
        "no surprises",
        "no open question",
        "to be ",
        "no unexpected",
        "not yet",
        "pending",
    ];
    bare.is_empty() || bare.len() < 80 && starts.iter().any(|start| bare.starts_with(start))
}
