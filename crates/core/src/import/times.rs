//! Times as authors write them, at the beginning of a text.

use crate::Timestamp;
use crate::prelude::*;

/// A time that a text begins with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Claimed<'a> {
    /// The time; where the text names no zone, UTC, and where it names no hour, the beginning of the day.
    pub(crate) at: Timestamp,
    /// The text after the time, or the whole text where the time says more than `at` holds.
    pub(crate) rest: &'a str,
}

/// The zones that authors name, with their minutes east of UTC.
const ZONES: &[(&str, i32)] = &[
    ("UTC", 0),
    ("GMT", 0),
    ("Z", 0),
    ("CEST", 120),
    ("CET", 60),
    ("BST", 60),
    ("JST", 540),
    ("KST", 540),
    ("EST", -300),
    ("EDT", -240),
    ("CST", -360),
    ("CDT", -300),
    ("MST", -420),
    ("MDT", -360),
    ("PST", -480),
    ("PDT", -420),
];

/// The time that a text begins with: `(2025-10-01 13:00Z)`, `2025-10-01`, `[2025-10-01T13:00:00+02:00]` and the like.
pub(crate) fn leading(text: &str) -> Option<Claimed<'_>> {
    let inside = text.trim_start_matches(['*', '_', '`']);
    let close = match inside.as_bytes().first()? {
        b'(' => Some(')'),
        b'[' => Some(']'),
        _ => None,
    };
    let mut rest = &inside[usize::from(close.is_some())..];
    let (at, is_utc) = take(&mut rest)?;
    let marks = text.len() - inside.len();
    let whole = match close {
        Some(close) => rest.strip_prefix(close),
        None => (rest.is_empty() || rest.starts_with(|c: char| !c.is_alphanumeric())).then_some(rest),
    };
    // Marks in front must close again behind.
    let whole = whole.and_then(|rest| match &text[..marks] {
        "" => Some(rest),
        marks => rest.strip_prefix(marks),
    });
    match whole.filter(|_| is_utc) {
        Some(rest) => Some(Claimed { at, rest: after_separator(rest) }),
        None => Some(Claimed { at, rest: text }),
    }
}

/// The text after a colon or a dash that sets it off from the time.
fn after_separator(text: &str) -> &str {
    let text = text.trim_start();
    let cut = text.trim_start_matches([':', '-', '–', '—']);
    if cut.len() < text.len() && (cut.is_empty() || cut.starts_with(' ')) { cut.trim_start() } else { text }
}

/// Takes a date and perhaps a time of day and a zone off a text; says whether the time is in UTC or names no zone.
fn take(text: &mut &str) -> Option<(Timestamp, bool)> {
    let date = text.get(..10)?;
    Timestamp::parse_rfc3339(&format!("{date}T00:00:00Z")).ok()?;
    let mut rest = &text[10..];
    let Some((clock, length)) = clock(rest) else {
        *text = rest;
        return Some((Timestamp::parse_rfc3339(&format!("{date}T00:00:00Z")).ok()?, true));
    };
    let at = Timestamp::parse_rfc3339(&format!("{date}T{clock}Z")).ok()?;
    rest = &rest[length..];
    let east = match zone(rest) {
        Some((east, length)) => {
            rest = &rest[length..];
            east
        }
        None => 0,
    };
    *text = rest;
    Some((Timestamp::from_millis(at.millis() - i64::from(east) * 60_000), east == 0))
}

/// The time of day that follows a date, and how long it is.
fn clock(text: &str) -> Option<(String, usize)> {
    let rest = text.strip_prefix(['T', ' ', 't'])?;
    let digits =
        |range: core::ops::Range<usize>| rest.get(range).filter(|part| part.bytes().all(|byte| byte.is_ascii_digit()));
    let colon = |at: usize| rest.as_bytes().get(at) == Some(&b':');
    let (hour, minute) = (digits(0..2)?, digits(3..5).filter(|_| colon(2))?);
    let mut clock = format!("{hour}:{minute}");
    let mut length = 5;
    match digits(6..8).filter(|_| colon(5)) {
        Some(second) => {
            clock.push_str(&format!(":{second}"));
            length = 8;
            let fraction = rest[8..].strip_prefix('.').unwrap_or("");
            let decimals = fraction.bytes().take(9).take_while(u8::is_ascii_digit).count();
            if decimals > 0 {
                clock.push_str(&rest[8..=8 + decimals]);
                length += 1 + decimals;
            }
        }
        None => clock.push_str(":00"),
    }
    Some((clock, length + 1))
}

/// The zone that follows a time of day, in minutes east of UTC, and how long its name is.
fn zone(text: &str) -> Option<(i32, usize)> {
    let name = text.strip_prefix(' ').unwrap_or(text);
    let space = text.len() - name.len();
    let letters = name.bytes().take_while(u8::is_ascii_alphabetic).count();
    if letters > 0 {
        let &(_, east) = ZONES.iter().find(|(zone, _)| zone.eq_ignore_ascii_case(&name[..letters]))?;
        return Some((east, space + letters));
    }
    let sign = match name.as_bytes().first()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let number = |range| name.get(range).and_then(|part: &str| part.parse::<u8>().ok()).map(i32::from);
    let (minutes, length) = match name.as_bytes().get(3) {
        Some(b':') => (number(4..6)?, 6),
        _ => (number(3..5)?, 5),
    };
    let digits = name.as_bytes()[1..length].iter().all(|byte| byte.is_ascii_digit() || *byte == b':');
    digits.then_some((sign * (number(1..3)? * 60 + minutes), space + length))
}

/// A way in which a time is written in front of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Form {
    /// What stands before the date.
    open: String,
    /// What stands between the date and the time of day; none where there is no time of day.
    clock: Option<Clock>,
    /// What stands after it all.
    close: String,
}

/// How a time of day is written.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Clock {
    separator: char,
    seconds: bool,
    /// The zone as written, and its minutes east of UTC.
    zone: (String, i32),
}

impl Form {
    /// The form of the time that a text begins with, be it in UTC or not.
    pub(crate) fn of(text: &str) -> Option<Self> {
        let open = text.len() - text.trim_start_matches(['*', '_', '`', '(', '[']).len();
        let mut rest = &text[open..];
        let whole = rest;
        take(&mut rest)?;
        let written = &whole[..whole.len() - rest.len()];
        let after = &written[10..];
        let clock = after.chars().next().map(|separator| {
            let (_, length) = clock(after)?;
            let east = zone(&after[length..]).map_or(0, |(east, _)| east);
            Some(Clock { separator, seconds: length > 6, zone: (after[length..].to_owned(), east) })
        });
        let closed = rest.len() - rest.trim_start_matches([')', ']', '*', '_', '`', ':', '-', '–', '—', ' ']).len();
        let close = &rest[..closed];
        // A bracket that says more than the time is no form to write another time in.
        let opened = text[..open].matches(['(', '[']).count();
        let fits = opened == close.matches([')', ']']).count() && close.ends_with(' ');
        fits.then(|| {
            Some(Self {
                open: text[..open].to_owned(),
                clock: clock.map_or(Some(None), |c| c.map(Some))?,
                close: close.to_owned(),
            })
        })?
    }

    /// A time in this form.
    pub(crate) fn write(&self, at: Timestamp) -> String {
        let east = self.clock.as_ref().map_or(0, |clock| clock.zone.1);
        let local = Timestamp::from_millis(at.millis() + i64::from(east) * 60_000).to_string();
        let (date, time) = local.split_at(10.min(local.len()));
        let clock = self.clock.as_ref().map(|clock| {
            let length = if clock.seconds { 8 } else { 5 };
            format!("{}{}{}", clock.separator, time.get(1..1 + length).unwrap_or_default(), clock.zone.0)
        });
        format!("{}{date}{}{}", self.open, clock.unwrap_or_default(), self.close)
    }
}
