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

/// A user story: who, what, and to what end. Its words may be bold, in any case, and set apart by commas or colons.
pub(crate) fn story(text: &str) -> Option<(&str, &str, Option<&str>)> {
    let lower = text.to_ascii_lowercase();
    let start = text.len() - text.trim_start_matches([' ', '*', '\t', '\n']).len();
    let article = ["as an", "as a", "as the"].iter().find(|article| lower[start..].starts_with(**article))?;
    let who = start + article.len();
    let ends_word = |at: usize| text[at..].starts_with([' ', '*', ':', ',', '\n']);
    let word = |wanted: &str, from: usize| {
        let found = lower[from..].match_indices(wanted).map(|(at, _)| from + at);
        let starts_word = |at: usize| text[..at].ends_with([' ', '*', ',', '\n']);
        found.into_iter().find(|&at| starts_word(at) && ends_word(at + wanted.len()))
    };
    let want = word("i want", who).filter(|_| ends_word(who))?;
    let wish = want + "i want".len();
    let (wish, end) = match word("so that", wish) {
        Some(so) => (&text[wish..so], Some(part(&text[so + "so that".len()..]))),
        None => (&text[wish..], None),
    };
    let (who, wish) = (part(&text[who..want]), part(wish));
    (!who.is_empty() && !wish.is_empty()).then_some((who, wish, end.filter(|end| !end.is_empty())))
}

/// A part of a story, without what set it apart: commas, colons, and the stars of the words around it.
fn part(text: &str) -> &str {
    let mut part = text.trim();
    for _ in 0..3 {
        part = part.trim_start_matches([':', ',']).trim_end_matches(',').trim();
        // Stars beside a space belong to the words around, and so do those that have no others to go with.
        let inner = part.trim_start_matches('*');
        if inner.starts_with([' ', ':', ',']) || !inner.contains('*') {
            part = inner.trim_start();
        }
        let inner = part.trim_end_matches('*');
        if inner.ends_with([' ', ',']) || !inner.contains('*') {
            part = inner.trim_end();
        }
    }
    part
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
