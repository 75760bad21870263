//! Canonical JSON: one value, one sequence of bytes.
//!
//! [`write()`] is the only place where an event's bytes are made, and [`check`] accepts exactly what `write` can
//! make: RFC 8785 restricted to strings, integers within ±(2^53−1), arrays and objects, no deeper than
//! [`limits::DEPTH`]. Members are sorted here by their UTF-16 code units, whatever order the value's map
//! has, because another crate of the build may change that order (`serde_json/preserve_order`).
//!
//! Reading hashes the stored bytes as they are, so `check` is one pass over them, without a tree.

use serde_json::Value;

use crate::limits;
use crate::prelude::*;

/// Bytes that are not canonical JSON: where, and what was expected there.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not canonical JSON at byte {at}: {expected}")]
pub struct NotCanonical {
    /// The offset of the first byte that does not fit.
    pub at: usize,
    /// What the rule at that place asks for.
    pub expected: &'static str,
}

/// A value that has no canonical form: `null`, a boolean, or a number that is not an integer within ±(2^53−1).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0} has no canonical form: expected a string, an integer within ±(2^53−1), an array or an object")]
pub struct NoCanonicalForm(String);

/// The largest integer that every JSON reader holds exactly: 2^53−1.
pub const LARGEST: i64 = 9_007_199_254_740_991;

/// Appends the canonical form of a value.
///
/// # Errors
/// Where the value holds something that has no canonical form; `out` then holds a useless beginning.
pub fn write(value: &Value, out: &mut String) -> Result<(), NoCanonicalForm> {
    match value {
        Value::String(text) => write_string(text, out),
        Value::Number(number) => match number.as_i64().filter(|n| n.abs() <= LARGEST) {
            Some(integer) => out.push_str(&integer.to_string()),
            None => return Err(NoCanonicalForm(number.to_string())),
        },
        Value::Array(values) => {
            out.push('[');
            for (i, value) in values.iter().enumerate() {
                if i > 0 {
                    out.push(',');
                }
                write(value, out)?;
            }
            out.push(']');
        }
        Value::Object(members) => {
            let mut members: Vec<_> = members.iter().collect();
            members.sort_by(|(a, _), (b, _)| a.encode_utf16().cmp(b.encode_utf16()));
            out.push('{');
            for (i, (name, value)) in members.into_iter().enumerate() {
                if i > 0 {
                    out.push(',');
                }
                write_string(name, out);
                out.push(':');
                write(value, out)?;
            }
            out.push('}');
        }
        Value::Null | Value::Bool(_) => return Err(NoCanonicalForm(value.to_string())),
    }
    Ok(())
}

fn write_string(text: &str, out: &mut String) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\u{8}' => out.push_str("\\b"),
            '\t' => out.push_str("\\t"),
            '\n' => out.push_str("\\n"),
            '\u{c}' => out.push_str("\\f"),
            '\r' => out.push_str("\\r"),
            c if c < ' ' => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
}

/// Checks that these bytes are one canonical object and nothing else, and gives them as the text that they are.
///
/// # Errors
/// At the first byte that `write` would not have written there.
pub fn check(bytes: &[u8]) -> Result<&str, NotCanonical> {
    let text = core::str::from_utf8(bytes)
        .map_err(|e| NotCanonical { at: e.valid_up_to(), expected: "UTF-8 was expected" })?;
    let mut scan = Scan { bytes, text, at: 0 };
    if bytes.first() != Some(&b'{') {
        return Err(scan.wrong("an object was expected"));
    }
    scan.value(0)?;
    if scan.at == bytes.len() { Ok(text) } else { Err(scan.wrong("the end was expected")) }
}

/// How many bytes of a string go by from here before one that means something in it: a quote, an escape or a control.
fn plain(bytes: &[u8]) -> usize {
    const ONES: u64 = u64::MAX / 255;
    const HIGH: u64 = ONES << 7;
    // A byte's high bit is set where that byte is zero; what lies above such a byte counts for nothing.
    let zeros = |word: u64| word.wrapping_sub(ONES) & !word & HIGH;
    let equals = |word: u64, byte: u8| zeros(word ^ (ONES * u64::from(byte)));
    let (words, rest) = bytes.as_chunks::<8>();
    for (at, word) in words.iter().enumerate() {
        let word = u64::from_le_bytes(*word);
        let control = word.wrapping_sub(ONES * 0x20) & !word & HIGH;
        let meant = equals(word, b'"') | equals(word, b'\\') | control;
        if meant != 0 {
            return at * 8 + meant.trailing_zeros() as usize / 8;
        }
    }
    let more = rest.iter().take_while(|&&byte| byte >= b' ' && byte != b'"' && byte != b'\\').count();
    bytes.len() - rest.len() + more
}

struct Scan<'a> {
    bytes: &'a [u8],
    text: &'a str,
    at: usize,
}

impl<'a> Scan<'a> {
    fn wrong(&self, expected: &'static str) -> NotCanonical {
        NotCanonical { at: self.at, expected }
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn eat(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    fn value(&mut self, depth: usize) -> Result<(), NotCanonical> {
        match self.peek() {
            Some(b'{' | b'[') if depth == limits::DEPTH => Err(self.wrong("no deeper nesting was expected")),
            Some(b'{') => self.object(depth + 1),
            Some(b'[') => self.array(depth + 1),
            Some(b'"') => self.string().map(drop),
            Some(b'-' | b'0'..=b'9') => self.integer(),
            _ => Err(self.wrong("a string, an integer, an array or an object was expected")),
        }
    }

    fn object(&mut self, depth: usize) -> Result<(), NotCanonical> {
        self.at += 1;
        if self.eat(b'}') {
            return Ok(());
        }
        let mut last: Option<&'a str> = None;
        loop {
            let start = self.at;
            let name = self.string()?;
            if last.is_some_and(|last| !comes_before(last, name)) {
                return Err(NotCanonical { at: start, expected: "member names in order, each once, were expected" });
            }
            last = Some(name);
            if !self.eat(b':') {
                return Err(self.wrong("':' was expected"));
            }
            self.value(depth)?;
            if self.eat(b'}') {
                return Ok(());
            }
            if !self.eat(b',') {
                return Err(self.wrong("',' or '}' was expected"));
            }
        }
    }

    fn array(&mut self, depth: usize) -> Result<(), NotCanonical> {
        self.at += 1;
        if self.eat(b']') {
            return Ok(());
        }
        loop {
            self.value(depth)?;
            if self.eat(b']') {
                return Ok(());
            }
            if !self.eat(b',') {
                return Err(self.wrong("',' or ']' was expected"));
            }
        }
    }

    /// The text between the quotes, as written.
    fn string(&mut self) -> Result<&'a str, NotCanonical> {
        if !self.eat(b'"') {
            return Err(self.wrong("'\"' was expected"));
        }
        let start = self.at;
        loop {
            self.at += plain(&self.bytes[self.at..]);
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(&self.text[start..self.at - 1]);
                }
                Some(b'\\') => self.escape()?,
                _ => return Err(self.wrong("a closing '\"' or an escape was expected")),
            }
        }
    }

    fn escape(&mut self) -> Result<(), NotCanonical> {
        let rest = &self.bytes[self.at + 1..];
        let long = match rest.first() {
            Some(b'"' | b'\\' | b'b' | b't' | b'n' | b'f' | b'r') => 2,
            Some(b'u') => match rest.get(1..5) {
                Some([b'0', b'0', b'0', b'0'..=b'7' | b'e' | b'f']) => 6,
                Some([b'0', b'0', b'0', b'b']) => 6,
                Some([b'0', b'0', b'1', b'0'..=b'9' | b'a'..=b'f']) => 6,
                _ => return Err(self.wrong("the shortest escape was expected")),
            },
            _ => return Err(self.wrong("an escape that JSON knows was expected")),
        };
        self.at += long;
        Ok(())
    }

    fn integer(&mut self) -> Result<(), NotCanonical> {
        let start = self.at;
        let negative = self.eat(b'-');
        let digits = self.bytes[self.at..].iter().take_while(|b| b.is_ascii_digit()).count();
        let first = self.peek();
        self.at += digits;
        let canonical = digits > 0 && (first != Some(b'0') || (digits == 1 && !negative));
        let in_range = digits <= 16 && self.text[start..self.at].parse::<i64>().is_ok_and(|n| n.abs() <= LARGEST);
        if canonical && in_range {
            Ok(())
        } else {
            Err(NotCanonical { at: start, expected: "an integer within ±(2^53−1) was expected" })
        }
    }
}

/// Whether one member name, as written, sorts before another.
fn comes_before(a: &str, b: &str) -> bool {
    let plain = |s: &str| s.bytes().all(|byte| byte.is_ascii() && byte != b'\\');
    if plain(a) && plain(b) { a < b } else { unescape(a).encode_utf16().lt(unescape(b).encode_utf16()) }
}

fn unescape(written: &str) -> String {
    serde_json::from_str(&format!("\"{written}\"")).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn canonical(value: &Value) -> String {
        let mut out = String::new();
        write(value, &mut out).expect("the value has a canonical form");
        out
    }

    #[test]
    fn members_are_sorted_by_utf16_code_units_whatever_the_map_says() {
        let value = json!({"\u{20ac}": 1, "\r": 2, "\u{fb33}": 3, "1": 4, "\u{1f600}": 5, "\u{80}": 6, "b": 7});
        assert_eq!(
            canonical(&value),
            "{\"\\r\":2,\"1\":4,\"b\":7,\"\u{80}\":6,\"\u{20ac}\":1,\"\u{1f600}\":5,\"\u{fb33}\":3}",
            "RFC 8785 sorts member names by UTF-16 code units"
        );
    }

    #[test]
    fn what_is_not_canonical_is_refused_at_its_place() {
        let cases: &[(&str, usize)] = &[
            (r#"{"b":1,"a":2}"#, 7),
            (r#"{"a":1,"a":2}"#, 7),
            (r#"{"a": 1}"#, 5),
            (r#"{"a":1} "#, 7),
            (r#"{"a":01}"#, 5),
            (r#"{"a":-0}"#, 5),
            (r#"{"a":1.0}"#, 6),
            (r#"{"a":9007199254740992}"#, 5),
            (r#"{"a":null}"#, 5),
            (r#"{"a":true}"#, 5),
            (r#"{"a":"\u0041"}"#, 6),
            (r#"{"a":"\/"}"#, 6),
            (r#"{"a":"\u000a"}"#, 6),
            (r#"{"a":"\u001F"}"#, 6),
            ("{\"a\":\"\n\"}", 6),
            (r#"[1]"#, 0),
            (r#"{"a":1"#, 6),
            ("", 0),
        ];
        for (text, at) in cases {
            let found = check(text.as_bytes()).expect_err("not canonical").at;
            assert_eq!(found, *at, "{text}: the error names the first byte that does not fit");
        }
    }

    #[test]
    fn what_means_something_in_a_string_is_found_wherever_it_stands() {
        for (filler, meant) in [0x20, 0x7f, 0x80, 0xff, b'!', b'#', b'[', b']']
            .iter()
            .flat_map(|&filler| [b'"', b'\\', 0, 1, 0x1f].map(|meant| (filler, meant)))
        {
            for (at, next) in (0..20).flat_map(|at| [(at, filler), (at, b'!'), (at, meant)]) {
                let mut bytes = [filler; 20];
                bytes[at] = meant;
                bytes[at + 1..].fill(next);
                assert_eq!(plain(&bytes), at, "{meant:#x} after {filler:#x} and before {next:#x}");
                assert_eq!(plain(&bytes[..at]), at, "what is plain to the end is all plain");
            }
        }
    }

    #[test]
    fn nesting_beyond_the_limit_is_refused_and_never_overflows() {
        let deep = |n: usize| format!("{{\"a\":{}{}}}", "[".repeat(n), "]".repeat(n));
        assert!(check(deep(limits::DEPTH - 1).as_bytes()).is_ok(), "the limit itself is allowed");
        assert!(check(deep(limits::DEPTH).as_bytes()).is_err(), "one more is not");
        assert!(check(deep(1_000_000).as_bytes()).is_err(), "however deep");
    }

    fn any_value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![any::<String>().prop_map(Value::from), (-LARGEST..=LARGEST).prop_map(Value::from)];
        leaf.prop_recursive(4, 32, 6, |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
                proptest::collection::btree_map(any::<String>(), inner, 0..6)
                    .prop_map(|map| Value::Object(map.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn what_is_written_passes_the_check_and_reads_back(value in any_value()) {
            let bytes = canonical(&json!({ "value": value }));
            prop_assert_eq!(check(bytes.as_bytes()), Ok(bytes.as_str()));
            let read: Value = serde_json::from_str(&bytes).expect("canonical JSON is JSON");
            prop_assert_eq!(&read["value"], &value);
            prop_assert_eq!(canonical(&read), bytes, "canonical form is a fixed point");
        }

        #[test]
        fn the_check_accepts_exactly_the_fixed_points(text in r#"\{("[ab\\un0-9]{0,6}":("[a\\u0-9]{0,6}"|-?[0-9]{1,3}|\[\]),?){0,3}\}"#) {
            let fixed_point = serde_json::from_str::<Value>(&text).is_ok_and(|value| {
                let mut out = String::new();
                write(&value, &mut out).is_ok() && out == text
            });
            prop_assert_eq!(check(text.as_bytes()).is_ok(), fixed_point);
        }
    }
}
