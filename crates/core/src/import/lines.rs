//! Lines: their ends, indents and kinds, with fences and comments kept apart from what looks like structure in them.
//!
//! What may be relied on: the lines of a text, put together, are the text. What stands inside a fence or an HTML
//! comment is never a heading, a marker or a box. Each line is looked at once.

use crate::limits;

/// A line of a text.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Line<'a> {
    /// Where it begins.
    pub(crate) start: usize,
    /// Counted from 1.
    pub(crate) number: usize,
    /// Without its end.
    pub(crate) text: &'a str,
}

/// The lines of a text, the first of which has this number.
pub(crate) fn lines(text: &str, first: usize) -> impl Iterator<Item = Line<'_>> {
    text.split_inclusive('\n').zip(first..).scan(0, |start, (raw, number)| {
        let line = Line { start: *start, number, text: raw.trim_end_matches(['\n', '\r']) };
        *start += raw.len();
        Some(line)
    })
}

/// The column at which a line's text begins, and the byte.
pub(crate) fn indent(text: &str) -> (usize, usize) {
    let mut column = 0;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b' ' => column += 1,
            b'\t' => column += 4 - column % 4,
            _ => return (column, at),
        }
    }
    (column, text.len())
}

/// The line without the white space before this column.
pub(crate) fn dedent(text: &str, most: usize) -> &str {
    let mut column = 0;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b' ' if column < most => column += 1,
            b'\t' if column < most => column += 4 - column % 4,
            _ => return &text[at..],
        }
    }
    ""
}

/// What a line is, before lists are looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Class<'a> {
    Blank,
    /// The first line of a fence or a comment.
    Opens,
    /// A further line of it.
    Inside,
    Heading(u8, &'a str),
    Text,
}

/// The fence or comment that the next line stands in.
#[derive(Debug, Default)]
pub(crate) struct Scanner {
    fence: Option<Fence>,
    comment: bool,
}

/// The opening of a fence.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fence {
    byte: u8,
    length: usize,
    indent: usize,
}

impl Fence {
    /// The fence that a line opens, with its info string.
    pub(crate) fn opened(text: &str) -> Option<(Self, &str)> {
        let (indent, at) = indent(text);
        let rest = &text[at..];
        let byte = *rest.as_bytes().first().filter(|byte| matches!(byte, b'`' | b'~'))?;
        let length = rest.bytes().take_while(|&other| other == byte).count();
        let info = rest[length..].trim();
        (length >= 3 && !(byte == b'`' && info.contains('`'))).then_some((Self { byte, length, indent }, info))
    }

    /// Whether a line closes the fence.
    pub(crate) fn is_closed_by(self, text: &str) -> bool {
        match Self::opened(text) {
            Some((other, "")) => {
                other.byte == self.byte && other.length >= self.length && other.indent < self.indent + 4
            }
            _ => false,
        }
    }
}

impl Scanner {
    /// What the next line is. In a list, a fence may be indented by any width.
    pub(crate) fn class<'a>(&mut self, text: &'a str, in_list: bool) -> Class<'a> {
        if let Some(fence) = self.fence {
            if fence.is_closed_by(text) {
                self.fence = None;
            }
            return Class::Inside;
        }
        if self.comment {
            self.comment = !text.contains("-->");
            return Class::Inside;
        }
        let (column, at) = indent(text);
        let rest = &text[at..];
        if rest.is_empty() || rest.trim().is_empty() {
            return Class::Blank;
        }
        if (in_list || column < 4)
            && let Some((fence, _)) = Fence::opened(text)
        {
            self.fence = Some(fence);
            return Class::Opens;
        }
        if rest.starts_with("<!--") && (in_list || column < 4) {
            self.comment = !rest.contains("-->");
            return Class::Opens;
        }
        match heading(rest) {
            Some((level, text)) if column == 0 || column < 4 && !in_list => Class::Heading(level, text),
            _ => Class::Text,
        }
    }
}

/// The level and text of an ATX heading that can be a title.
fn heading(text: &str) -> Option<(u8, &str)> {
    let level = text.bytes().take(7).take_while(|&byte| byte == b'#').count();
    let rest = &text[level..];
    if !(1..=6).contains(&level) || !rest.starts_with([' ', '\t']) {
        return None;
    }
    let mut heading = rest.trim();
    let open = heading.trim_end_matches('#');
    if open.is_empty() || open.ends_with([' ', '\t']) {
        heading = open.trim_end();
    }
    let fits = !heading.is_empty() && heading.len() <= limits::TITLE && !heading.contains('\r');
    fits.then_some((level as u8, heading))
}

/// Whether a line is a thematic break.
pub(crate) fn is_break(text: &str) -> bool {
    let mut bytes = text.bytes().filter(|byte| !matches!(byte, b' ' | b'\t'));
    let Some(first) = bytes.next().filter(|byte| matches!(byte, b'-' | b'*' | b'_')) else { return false };
    let mut count = 1;
    bytes.all(|byte| {
        count += 1;
        byte == first
    }) && count >= 3
}
