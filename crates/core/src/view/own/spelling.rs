//! Spelling: an item's source, with what was written since then put into it.
//!
//! What may be relied on: what the source says already is not touched: a source is compared with the item by what is
//! read from it, and where both say the same it is returned as it is.

use alloc::borrow::Cow;
use core::ops::Range;

use crate::import::document::ListItem;
use crate::import::lines::lines;
use crate::import::marks::{self, Asked};
use crate::import::record::{blocks, entries};
use crate::import::times::Form;
use crate::import::{markers, reading};
use crate::prelude::*;
use crate::state::{Detail, Item, Register};
use crate::{Kind, State};

/// The item's source with the item's own values in it. `form` is how a time is written that a completed item gets.
pub(super) fn spelled(item: &Item, form: Option<Form>) -> Cow<'_, str> {
    let Some(source) = &item.source else { return Cow::Borrowed("") };
    let seq = source.latest().stamp.seq;
    let is_newer = |stamp: crate::state::Stamp| stamp.seq != seq;
    let source = source.value().as_str();
    let text_is_newer = item.text.latest().stamp.seq != item.spells;
    match item.kind() {
        Kind::Section if text_is_newer => heading(source, item.text()),
        Kind::Section => Cow::Borrowed(source),
        Kind::Step | Kind::Criterion => {
            let state =
                item.state.as_ref().is_some_and(|state| is_newer(state.latest().stamp) || state.is_in_conflict());
            let body =
                item.body.as_ref().filter(|body| is_newer(body.latest().stamp)).map(|body| body.value().as_str());
            let changes = Changes { state, text: text_is_newer, body, form };
            boxed(source, item, &changes)
        }
        _ => entry(source, item, text_is_newer),
    }
}

/// What was written since the source was.
struct Changes<'a> {
    state: bool,
    text: bool,
    body: Option<&'a str>,
    form: Option<Form>,
}

/// Changes to a source, each of its own part, in order.
struct Edits<'a> {
    source: &'a str,
    edits: Vec<(Range<usize>, String)>,
}

impl<'a> Edits<'a> {
    fn new(source: &'a str) -> Self {
        Self { source, edits: Vec::new() }
    }

    fn replace(&mut self, part: Range<usize>, by: String) {
        if self.source[part.clone()] != *by {
            self.edits.push((part, by));
        }
    }

    fn made(mut self) -> Cow<'a, str> {
        if self.edits.is_empty() {
            return Cow::Borrowed(self.source);
        }
        self.edits.sort_by_key(|(part, _)| (part.start, part.end));
        let (mut out, mut at) = (String::with_capacity(self.source.len() + 64), 0);
        for (part, by) in &self.edits {
            out.push_str(&self.source[at..part.start.max(at)]);
            out.push_str(by);
            at = part.end.max(at);
        }
        out.push_str(&self.source[at..]);
        Cow::Owned(out)
    }
}

/// Where `part`, a slice of `whole`, begins in it.
fn offset(whole: &str, part: &str) -> usize {
    (part.as_ptr() as usize).saturating_sub(whole.as_ptr() as usize).min(whole.len())
}

fn heading<'a>(source: &'a str, text: &str) -> Cow<'a, str> {
    let mut edits = Edits::new(source);
    if let Some((_, written)) = reading::read(source).headings().next().map(|heading| (heading.level, heading.text)) {
        let at = offset(source, written);
        edits.replace(at..at + written.len(), crate::text::line(text));
    }
    edits.made()
}

/// The parts of an item's first lines.
struct Parts {
    /// The character in the box.
    tick: Option<Range<usize>>,
    /// Where a box goes or stands.
    after_marker: usize,
    /// The text with its wrapped lines.
    text: Range<usize>,
    /// The column of further lines.
    column: usize,
}

fn parts(source: &str, root: &ListItem<'_>) -> Option<Parts> {
    let first = lines(source, 1).next()?;
    let marker = markers::marker(first.text)?;
    let after_marker = offset(source, marker.rest);
    let (tick, text) = match markers::tick(marker.rest) {
        Some((_, text)) => {
            let begin = after_marker + usize::from(marker.rest.starts_with('['));
            let length = match marker.rest.strip_prefix('[') {
                Some(inside) => inside.chars().next().filter(|&c| c != ']').map_or(0, char::len_utf8),
                None => marker.rest.chars().next().map_or(0, char::len_utf8),
            };
            (Some(begin..begin + length), offset(source, text))
        }
        None => (None, after_marker),
    };
    let last = lines(source, 1).nth(root.text_lines.saturating_sub(1))?;
    let end = last.start + last.text.trim_end().len();
    let second = lines(source, 1).nth(1).filter(|_| root.text_lines > 1);
    let column = second.map_or(marker.content, |line| line.text.len() - line.text.trim_start().len());
    Some(Parts { tick, after_marker, text: text..end.max(text), column })
}

fn boxed<'a>(source: &'a str, item: &'a Item, changes: &Changes<'_>) -> Cow<'a, str> {
    let items = reading::items(source);
    let Some((root, parts)) = items.first().and_then(|root| Some((root, parts(source, root)?))) else {
        return Cow::Borrowed(source);
    };
    let is_step = item.kind() == Kind::Step;
    let mut edits = Edits::new(source);
    let mut read = marks::step(root.tick, &root.text);
    if !is_step {
        read.text.clone_from(&root.text);
        // A criterion is met or it is not, whatever letter its box has.
        read.state = if read.state == State::Done { State::Done } else { State::Todo };
    }
    let mut text = (changes.text && item.text() != read.text).then(|| item.text().to_owned());
    let want = match item.progress() {
        Some((_, true)) | None => State::Todo,
        Some((State::Met, _)) => State::Done,
        Some((State::Open, _)) => State::Todo,
        Some((state, _)) => state,
    };
    let mut time = String::new();
    if changes.state && (want != read.state || root.tick.is_none()) {
        let tick = letter(want, &root.text);
        match &parts.tick {
            Some(at) if source[at.clone()].starts_with(['☐', '☑', '☒']) => {
                edits.replace(at.clone(), if want == State::Done { "☑" } else { "☐" }.to_owned());
            }
            Some(at) => edits.replace(at.clone(), tick.to_string()),
            None => edits.replace(parts.after_marker..parts.after_marker, format!("[{tick}] ")),
        }
        // Marks that say that it is begun go when it no longer is only that.
        let is_marked = want != State::Doing && marks::step(None, &root.text).state == State::Doing;
        if is_step && (is_marked || marks::step(Some(tick), &root.text).state != want) {
            let text = text.get_or_insert_with(|| item.text().to_owned());
            if marks::step(Some(tick), text).state != want && want == State::Dropped {
                *text = format!("~~{text}~~");
            }
        }
        let claims = crate::import::times::leading(&root.text).is_some();
        if let (State::Done, Some(form), Some(state), false) = (want, &changes.form, &item.state, claims) {
            time = form.write(state.latest().stamp.at);
        }
    }
    match text {
        Some(text) => {
            // A time in front of the old text stays in front of the new one.
            let rest = crate::import::times::leading(&root.text).filter(|_| read.text != root.text);
            let kept = rest.map_or(0, |claimed| root.text.len() - claimed.rest.len());
            let from = (parts.text.start + kept).min(parts.text.end);
            edits.replace(from..parts.text.end, time + &wrapped(&text, source, root, &parts, from));
        }
        None if !time.is_empty() => edits.replace(parts.text.start..parts.text.start, time),
        None => {}
    }
    let body = changes.body.filter(|body| *body != root.body);
    let end = body_end(source);
    if let Some(body) = body {
        let below = indented(body, parts.column, eol(source));
        let below = if below.is_empty() { below } else { format!("{0}{below}", eol(source)) };
        edits.replace(parts.text.end..end.max(parts.text.end), below);
    }
    append(item, end.max(parts.text.end), parts.column, &mut edits);
    edits.made()
}

/// The letter for a state in a box before this text.
fn letter(state: State, text: &str) -> char {
    let numbered = text.starts_with(|c: char| c.is_ascii_digit());
    match state {
        State::Done => 'x',
        State::Doing if numbered => '-',
        State::Doing => '~',
        State::Dropped if !numbered => '-',
        _ => ' ',
    }
}

/// Where a source ends but for blank lines.
fn body_end(source: &str) -> usize {
    source.trim_end().len()
}

pub(super) fn eol(source: &str) -> &'static str {
    if source.contains("\r\n") { "\r\n" } else { "\n" }
}

/// A text indented by a column, without an end of line after it.
pub(super) fn indented(text: &str, column: usize, eol: &str) -> String {
    let line = |line: &str| if line.trim().is_empty() { String::new() } else { format!("{:column$}{line}", "") };
    text.trim_end().lines().map(line).collect::<Vec<_>>().join(eol)
}

/// A new wording in the place of an old one: wrapped where that was, as wide as that was.
fn wrapped(text: &str, source: &str, root: &ListItem<'_>, parts: &Parts, from: usize) -> String {
    let eol = eol(source);
    let width = lines(source, 1).take(root.text_lines).map(|line| line.text.chars().count()).max().unwrap_or(80);
    let mut out = String::new();
    for (i, line) in text.lines().enumerate() {
        if i > 0 {
            out.push_str(&format!("{eol}{:1$}", "", parts.column));
        }
        if root.text_lines < 2 {
            out.push_str(line);
            continue;
        }
        let first = if i == 0 { from } else { parts.column };
        let mut used = first;
        for (n, word) in line.split(' ').enumerate() {
            let length = word.chars().count();
            if n > 0 && used + 1 + length > width.max(40) {
                out.push_str(&format!("{eol}{:1$}", "", parts.column));
                used = parts.column;
            } else if n > 0 {
                out.push(' ');
                used += 1;
            }
            out.push_str(word);
            used += length;
        }
    }
    out
}

/// An entry of several parts: what became of it since is said in lines of its own.
fn entry<'a>(source: &'a str, item: &'a Item, text_is_newer: bool) -> Cow<'a, str> {
    let items = reading::items(source);
    let Some((root, parts)) = items.first().and_then(|root| Some((root, parts(source, root)?))) else {
        return Cow::Borrowed(source);
    };
    let mut edits = Edits::new(source);
    let mut said: Vec<String> = Vec::new();
    match &item.detail {
        Detail::Question { answer, .. } => question(item, answer, root, &parts, text_is_newer, &mut edits),
        Detail::Decision(decision) => {
            let superseded = decision.superseded_by.iter().map(|by| format!("Status: superseded by {}", by.short()));
            said.extend(superseded);
            match item.state() {
                Some(State::Withdrawn) => said.push("Status: withdrawn".to_owned()),
                Some(State::Proposed) => said.push("Status: proposed".to_owned()),
                _ => {}
            }
        }
        _ => {}
    }
    if text_is_newer && !matches!(item.detail, Detail::Question { .. } | Detail::Decision(_)) {
        let read = match item.kind() {
            Kind::Discovery => entries::discovery(&blocks::composed(&items), None).map(|(read, _)| read.text.into()),
            _ => Ok(blocks::composed(&items)),
        };
        let read: String = read.unwrap_or_default();
        let line = read.lines().next().unwrap_or_default();
        match source[parts.text.clone()].find(line).filter(|_| !line.is_empty()) {
            Some(at) if read != item.text() => {
                let at = parts.text.start + at;
                edits.replace(
                    at..at + line.len(),
                    indented(item.text(), parts.column, eol(source)).trim_start().to_owned(),
                );
            }
            None if read != item.text() => said.push(format!("Reworded: {}", item.text())),
            _ => {}
        }
    }
    said.retain(|line| !contains(source, line));
    let end = body_end(source).max(parts.text.end);
    append(item, end, parts.column, &mut edits);
    if !said.is_empty() {
        let lines = said.iter().map(|line| format!("{}{}", eol(source), indented(line, parts.column, eol(source))));
        edits.replace(end..end, lines.collect());
    }
    edits.made()
}

/// Puts what commands said of an item below its source.
fn append(item: &Item, end: usize, column: usize, edits: &mut Edits<'_>) {
    let eol = eol(edits.source);
    let lines = item.unspelled.iter().map(|(_, said)| format!("{eol}{}", indented(said, column, eol)));
    edits.replace(end..end, lines.collect());
}

/// Whether a source says this, however it is wrapped.
fn contains(source: &str, said: &str) -> bool {
    let joined = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    joined(source).contains(&joined(said))
}

fn question(
    item: &Item,
    answer: &Register<Option<String>>,
    root: &ListItem<'_>,
    parts: &Parts,
    text_is_newer: bool,
    edits: &mut Edits<'_>,
) {
    let (Asked::Open(asked) | Asked::Resolved(asked, _) | Asked::Blocked(asked)) = marks::question(&root.text);
    let ticked = matches!(root.tick, Some('x' | 'X' | '✓' | '✔'));
    let read = match marks::question(&root.text) {
        Asked::Resolved(_, answer) => Some(answer.to_owned()),
        _ => ticked.then(String::new),
    };
    let now = if answer.is_in_conflict() { None } else { answer.value().clone() };
    let rewords = text_is_newer && asked != item.text();
    if now == read && !rewords {
        return;
    }
    if let Some(tick) = &parts.tick {
        edits.replace(tick.clone(), if now.is_some() { "x" } else { " " }.to_owned());
    }
    let text = match now {
        Some(answer) if answer.is_empty() => format!("~~{}~~ → Resolved", item.text()),
        Some(answer) => format!("~~{}~~ → Resolved: {answer}", item.text()),
        None => item.text().to_owned(),
    };
    edits.replace(parts.text.clone(), indented(&text, parts.column, eol(edits.source)).trim_start().to_owned());
}
