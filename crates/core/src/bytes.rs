//! Any bytes as text, and back.
//!
//! What may be relied on: [`text`] takes any bytes and [`bytes`] gives the same bytes back; text that is plain (UTF-8,
//! without NUL and without the 32 characters below) is itself, both ways. So a plan file that a tool cut in the middle of a character is read,
//! edited and written like any other, and its events are valid JSON.
//!
//! How: a byte that is no part of UTF-8, a NUL, and each byte of one of the noncharacters U+FDD0 to U+FDEF stand as two
//! of these: the first 16 are its high half, the others its low half. Unicode reserves them for use inside a program;
//! they are never characters of a text. Spec: spec/9-markdown.md.

use alloc::borrow::Cow;

use crate::prelude::*;

const HIGH: u32 = 0xfdd0;
const LOW: u32 = 0xfde0;

fn is_half(c: char) -> bool {
    (HIGH..LOW + 16).contains(&u32::from(c))
}

/// The text that stands for these bytes.
#[must_use]
pub fn text(bytes: &[u8]) -> Cow<'_, str> {
    if let Ok(text) = core::str::from_utf8(bytes)
        && !text.contains(|c| c == '\0' || is_half(c))
    {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(bytes.len() + 16);
    let halves = |byte: u8, out: &mut String| {
        out.extend(char::from_u32(HIGH + u32::from(byte >> 4)));
        out.extend(char::from_u32(LOW + u32::from(byte & 15)));
    };
    for chunk in bytes.utf8_chunks() {
        for c in chunk.valid().chars() {
            if c == '\0' || is_half(c) {
                c.encode_utf8(&mut [0; 4]).bytes().for_each(|byte| halves(byte, &mut out));
            } else {
                out.push(c);
            }
        }
        chunk.invalid().iter().for_each(|&byte| halves(byte, &mut out));
    }
    Cow::Owned(out)
}

/// The bytes that a text stands for.
#[must_use]
pub fn bytes(text: &str) -> Cow<'_, [u8]> {
    if !text.contains(is_half) {
        return Cow::Borrowed(text.as_bytes());
    }
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        // A half without its other half is no byte, and stays what it is.
        match rest.clone().next().and_then(|low| byte(c, low)) {
            Some(byte) => {
                out.push(byte);
                rest.next();
            }
            None => out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }
    Cow::Owned(out)
}

/// The byte that two characters stand for, where they are its halves.
pub(crate) fn byte(high: char, low: char) -> Option<u8> {
    let high = u32::from(high).checked_sub(HIGH).filter(|&half| half < 16)?;
    let low = u32::from(low).checked_sub(LOW).filter(|&half| half < 16)?;
    u8::try_from(high << 4 | low).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_bytes_come_back_from_their_text() {
        let samples: &[&[u8]] =
            &[b"plain", b"\xff\xfe", b"a\0b", "\u{fdd0}\u{fdef}".as_bytes(), b"cut \xe6\x97", b"", b"\xef\xb7"];
        for bytes in samples {
            assert_eq!(&*super::bytes(&text(bytes)), *bytes, "no byte is lost or changed");
        }
    }

    #[test]
    fn a_half_alone_stays_what_it_is_and_both_are_seen() {
        for text in ["\u{fdd0}", "\u{fdd0}a", "\u{fde1}\u{fdd1}", "\u{fdd0}\u{fdd0}"] {
            assert_eq!(&*super::bytes(text), text.as_bytes(), "{text:?} stands for no byte");
        }
        assert_eq!(crate::text::neutral(&text(b"a\xff\0b")), "a<FF><00>b", "a byte that is no text is shown in hex");
        assert_eq!(crate::text::neutral("\u{fde1}"), "<U+FDE1>", "and a half is shown as the character that it is");
    }
}
