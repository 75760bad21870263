//! Labelled parts of an entry: `Decision: … Rationale: … Date/Author: …`, however they are set.
//!
//! What may be relied on: every word of the text is in one part, except the labels. Labels may be bold, begin a line
//! or, where the text was wrapped by hand, stand in the middle of the first line.

use crate::prelude::*;

/// What a label of an entry names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Label {
    Decision,
    Observation,
    Reason,
    Tradeoff,
    Option,
    Reference,
    Evidence,
    Need,
    Blocker,
    How,
    DateAuthor,
    Date,
    Author,
}

/// The spellings, and whether each is told apart from a word of the text well enough to stand in the middle of a line.
const SPELLINGS: &[(&str, Label, bool)] = &[
    ("Decision", Label::Decision, true),
    ("Observation", Label::Observation, true),
    ("Discovery", Label::Observation, false),
    ("Surprise", Label::Observation, false),
    ("Rationale", Label::Reason, true),
    ("Reason", Label::Reason, false),
    ("Why", Label::Reason, false),
    ("Trade-off", Label::Tradeoff, false),
    ("Trade-offs", Label::Tradeoff, false),
    ("Tradeoff", Label::Tradeoff, false),
    ("Alternative", Label::Option, false),
    ("Alternatives", Label::Option, false),
    ("Alternatives considered", Label::Option, false),
    ("Reference", Label::Reference, false),
    ("References", Label::Reference, false),
    ("Evidence", Label::Evidence, true),
    ("Need", Label::Need, false),
    ("Blocker", Label::Blocker, false),
    ("How", Label::How, false),
    ("Date/Author", Label::DateAuthor, true),
    ("Date / Author", Label::DateAuthor, true),
    ("Author/Date", Label::DateAuthor, true),
    ("Date", Label::Date, false),
    ("Author", Label::Author, false),
];

/// The longest spelling, with marks around it.
const LONGEST: usize = 32;

/// A part of an entry, with the label in front of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Part {
    pub(crate) label: Option<(Label, &'static str)>,
    pub(crate) text: String,
}

/// Splits an entry at its labels. What stands before the first has none.
pub(crate) fn split(text: &str) -> Vec<Part> {
    let mut parts: Vec<Part> = vec![Part { label: None, text: String::new() }];
    let mut in_code = false;
    for (number, line) in text.split('\n').enumerate() {
        in_code ^= line.trim_start().starts_with("```");
        let mut rest = line;
        while let Some((before, label, after)) = (!in_code).then(|| next(rest, number == 0)).flatten() {
            push(&mut parts, before);
            parts.push(Part { label: Some(label), text: String::new() });
            rest = after;
        }
        push(&mut parts, rest);
        if let Some(part) = parts.last_mut() {
            part.text.push('\n');
        }
    }
    for part in &mut parts {
        part.text = part.text.trim().to_owned();
    }
    parts.retain(|part| part.label.is_some() || !part.text.is_empty());
    parts
}

/// The label that a text begins with, and what follows it.
pub(crate) fn leading(text: &str) -> Option<(Label, &str)> {
    next(text, false).map(|(_, (label, _), after)| (label, after))
}

fn push(parts: &mut [Part], text: &str) {
    if let Some(part) = parts.last_mut() {
        part.text.push_str(text);
    }
}

/// The first label of a line: what stands before it, the label, what stands after it.
fn next(line: &str, in_the_middle: bool) -> Option<(&str, (Label, &'static str), &str)> {
    for (colon, _) in line.match_indices(':') {
        let before = line[..colon].trim_end_matches(['*', '_']);
        let from = (before.len().saturating_sub(LONGEST)..).find(|&at| before.is_char_boundary(at)).unwrap_or(0);
        let window = &before[from..];
        let fits = |&&(spelling, _, distinct): &&(&str, Label, bool)| {
            let Some(start) = window.len().checked_sub(spelling.len()) else { return false };
            let Some(found) = window.get(start..) else { return false };
            if !found.eq_ignore_ascii_case(spelling) {
                return false;
            }
            let ahead = line[..from + start].trim_end_matches(['*', '_']);
            let begins = ahead.trim_start_matches(['-', ' ', '\t']).is_empty();
            begins || found == spelling && in_the_middle && distinct && ahead.ends_with([' ', '\t', '(', '.', ';'])
        };
        if let Some(&(spelling, label, _)) = SPELLINGS.iter().find(fits) {
            let ahead = line[..before.len() - spelling.len()].trim_end_matches(['*', '_']);
            let ahead = if ahead.trim_start_matches(['-', ' ', '\t']).is_empty() { "" } else { ahead };
            let bold = before.len() < colon;
            let after = &line[colon + 1..];
            let after = if bold { after } else { after.trim_start_matches(['*', '_']) };
            return Some((ahead, (label, spelling), after.trim_start()));
        }
        if !in_the_middle && colon > LONGEST + 8 {
            return None;
        }
    }
    None
}

/// Any label that a text begins with, such as `Root cause: …`, and what follows it.
pub(crate) fn any(text: &str) -> Option<(&str, &str)> {
    let (label, rest) = text.split_once(':')?;
    let bare = label.trim_matches(['*', '_']).trim();
    let plain = |c: char| c.is_alphanumeric() || matches!(c, ' ' | '-' | '/' | '_');
    let fits = bare.starts_with(char::is_alphabetic) && bare.chars().all(plain) && bare.split(' ').count() <= 4;
    if !fits || bare.len() > 48 || !(rest.is_empty() || rest.starts_with([' ', '*', '_', '\n'])) {
        return None;
    }
    let bold = label.ends_with(['*', '_']);
    Some((bare, if bold { rest } else { rest.trim_start_matches(['*', '_']) }.trim_start()))
}
