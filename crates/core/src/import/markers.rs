//! List markers and boxes.

use super::lines::{indent, is_break};

/// A list marker, and what follows it on its line.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Marker<'a> {
    /// The column of the marker.
    pub(crate) indent: usize,
    /// The marker itself.
    pub(crate) text: &'a str,
    /// The column at which the item's text begins.
    pub(crate) content: usize,
    /// The rest of the line.
    pub(crate) rest: &'a str,
}

/// The marker that a line begins with.
pub(crate) fn marker(line: &str) -> Option<Marker<'_>> {
    let (column, at) = indent(line);
    let text = &line[at..];
    let digits = text.bytes().take(10).take_while(u8::is_ascii_digit).count();
    let length = match text.as_bytes().get(digits)? {
        b'-' | b'*' | b'+' if digits == 0 => 1,
        b'.' | b')' if (1..=9).contains(&digits) => digits + 1,
        _ => return None,
    };
    let rest = &text[length..];
    if !(rest.is_empty() || rest.starts_with([' ', '\t'])) || is_break(text) {
        return None;
    }
    let gap = match indent(rest).0 {
        gap @ 1..=4 => gap,
        _ => 1,
    };
    Some(Marker { indent: column, text: &text[..length], content: column + length + gap, rest: rest.trim_start() })
}

impl Marker<'_> {
    /// Whether it is a number other than 1, which does not begin a list in the middle of a paragraph.
    pub(crate) fn is_later_number(&self) -> bool {
        let digits = self.text.trim_end_matches(['.', ')']);
        digits.len() < self.text.len() && digits.trim_start_matches('0') != "1"
    }
}

/// The character in the box that a text begins with, and the text after it.
///
/// A box holds one character of those that plans use; `[R1]`, `[P]` and links are text.
pub(crate) fn tick(text: &str) -> Option<(char, &str)> {
    const TICKS: &str = " xX~-/>!✓✔";
    let (tick, rest) = if let Some(rest) = text.strip_prefix('☐') {
        (' ', rest)
    } else if let Some(rest) = text.strip_prefix(['☑', '☒']) {
        ('x', rest)
    } else {
        let inside = text.strip_prefix('[')?;
        match inside.strip_prefix(']') {
            Some(rest) => (' ', rest),
            None => {
                let tick = inside.chars().next().filter(|&tick| TICKS.contains(tick))?;
                (tick, inside[tick.len_utf8()..].strip_prefix(']')?)
            }
        }
    };
    (rest.is_empty() || rest.starts_with([' ', '\t'])).then(|| (tick, rest.trim_start()))
}
