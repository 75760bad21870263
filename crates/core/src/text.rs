//! Texts with limits, and what of a text may reach a person's eyes.
//!
//! A [`Text`], [`Title`] or [`Tag`] is within its limit, because it cannot be made otherwise; its characters are
//! whatever the author wrote. [`neutral`] and [`line()`] are the one sanitiser: they make control characters, terminal
//! escapes and bidirectional overrides visible instead of active. Stored bytes are never changed by them.

use alloc::borrow::Cow;
use core::fmt;
use core::ops::Deref;

use serde::{Deserialize, Serialize};

use crate::prelude::*;
use crate::{bytes, limits};

/// A text that breaks a limit: which, and how long it is.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    /// Longer than the limit for its kind, both in bytes.
    #[error("a {kind} of {found} bytes: expected at most {most}")]
    TooLong {
        /// What was to be made.
        kind: &'static str,
        /// The length found.
        found: usize,
        /// The limit.
        most: usize,
    },
    /// Empty, where something was expected.
    #[error("an empty {0}: expected some text")]
    Empty(&'static str),
    /// More than one line, where one was expected.
    #[error("a {0} of several lines: expected one line")]
    Lines(&'static str),
}

macro_rules! text_type {
    ($(#[$doc:meta])* $name:ident, $kind:literal, $most:expr, $one_line:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// The text, if it is within the limits.
            ///
            /// # Errors
            /// Names the limit that the text breaks.
            pub fn new(text: impl Into<String>) -> Result<Self, TextError> {
                let text = text.into();
                if text.len() > $most {
                    Err(TextError::TooLong { kind: $kind, found: text.len(), most: $most })
                } else if $one_line && text.trim().is_empty() {
                    Err(TextError::Empty($kind))
                } else if $one_line && text.contains(['\n', '\r']) {
                    Err(TextError::Lines($kind))
                } else {
                    Ok(Self(text))
                }
            }

            /// The text as it was written.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl Deref for $name {
            type Target = str;
            fn deref(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = TextError;
            fn try_from(text: String) -> Result<Self, TextError> {
                Self::new(text)
            }
        }

        impl From<$name> for String {
            fn from(text: $name) -> Self {
                text.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

text_type! {
    /// Any text of at most [`limits::TEXT`] bytes; may be empty and may have many lines.
    Text, "text", limits::TEXT, false
}
text_type! {
    /// One line of at most [`limits::TITLE`] bytes that is not blank: a title, a heading, a name.
    Title, "title", limits::TITLE, true
}
text_type! {
    /// One line of at most [`limits::TAG`] bytes that is not blank.
    Tag, "tag", limits::TAG, true
}

/// The text with everything that a terminal or a reader's eye could be deceived by made visible.
///
/// Line feeds and tabs stay; other controls become their pictures (`␛`), bidirectional and invisible format
/// characters become `<U+202E>`, and bytes that are no text ([`crate::bytes`]) become `<83>`.
///
/// ```
/// assert_eq!(git_plan_core::text::neutral("\u{1b}[31mred\u{202e}"), "␛[31mred<U+202E>");
/// ```
#[must_use]
pub fn neutral(text: &str) -> Cow<'_, str> {
    if text.chars().all(|c| c == '\n' || c == '\t' || !is_active(c)) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        if c == '\n' || c == '\t' || !is_active(c) {
            shown.push(c);
        } else if let Some(byte) = rest.clone().next().and_then(|low| bytes::byte(c, low)) {
            shown.push_str(&format!("<{byte:02X}>"));
            rest.next();
        } else {
            show(c, &mut shown);
        }
    }
    Cow::Owned(shown)
}

/// The text on one line: [`neutral`], with every run of white space made one space.
#[must_use]
pub fn line(text: &str) -> String {
    neutral(&text.split_whitespace().collect::<Vec<_>>().join(" ")).into_owned()
}

/// The text on one line of at most `most` characters, the last of them `…` where something was cut.
#[must_use]
pub fn clipped(text: &str, most: usize) -> String {
    let line = line(text);
    if line.chars().count() <= most {
        return line;
    }
    let mut clipped: String = line.chars().take(most.saturating_sub(1)).collect();
    clipped.push('…');
    clipped
}

/// Whether a character acts on the terminal or on the order in which others are shown.
pub(crate) fn is_active(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{fdd0}'..='\u{fdef}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

fn show(c: char, out: &mut String) {
    match u32::from(c) {
        code @ 0..=0x1f => out.extend(char::from_u32(0x2400 + code)),
        0x7f => out.push('\u{2421}'),
        code => out.push_str(&format!("<U+{code:04X}>")),
    }
}
