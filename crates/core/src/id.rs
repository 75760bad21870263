//! Event ids: what an event is called, everywhere and for ever.
//!
//! An id is the BLAKE3-256 of the event's canonical bytes, so equal ids mean equal bytes, and an id that a
//! later event names in `parents` fixes everything before it. Ids are shown by their shortest prefix that is
//! unique in the plan and at least [`EventId::SHORTEST`] digits long.

use alloc::string::String;
use core::cmp::Ordering;
use core::fmt;
use core::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The BLAKE3-256 of an event's canonical bytes, 64 hex digits when written.
///
/// The id of an item is the id of the event that added it, and the id of a plan that of its first event.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct EventId([u8; 32]);

/// An item is named by the event that added it.
pub type ItemId = EventId;

/// A text is not an event id: 64 lower-case hex digits were expected.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected an event id of 64 lower-case hex digits")]
pub struct NotAnId;

impl EventId {
    /// The fewest hex digits that a shown id has.
    pub const SHORTEST: usize = 7;

    /// The id of these canonical bytes.
    ///
    /// ```
    /// let id = git_plan_core::EventId::of(b"");
    /// assert!(id.to_string().starts_with("af1349b9f5f9a1a6"));
    /// ```
    #[must_use]
    pub fn of(canonical: &[u8]) -> Self {
        Self(*blake3::hash(canonical).as_bytes())
    }

    /// The id with these raw bytes.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The raw bytes, most significant first.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The first `digits` hex digits.
    #[must_use]
    pub fn prefix(&self, digits: usize) -> String {
        let mut hex = self.hex();
        hex.truncate(digits);
        hex
    }

    /// The prefix that is shown where uniqueness is not at stake.
    #[must_use]
    pub fn short(&self) -> String {
        self.prefix(Self::SHORTEST)
    }

    fn hex(&self) -> String {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        let mut hex = String::with_capacity(64);
        for byte in self.0 {
            hex.push(char::from(DIGITS[usize::from(byte >> 4)]));
            hex.push(char::from(DIGITS[usize::from(byte & 15)]));
        }
        hex
    }
}

/// By the bytes; the first few of them nearly always decide.
impl Ord for EventId {
    fn cmp(&self, other: &Self) -> Ordering {
        let first = |id: &Self| id.0.first_chunk().map(|first| u64::from_be_bytes(*first));
        first(self).cmp(&first(other)).then_with(|| self.0.cmp(&other.0))
    }
}

impl PartialOrd for EventId {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl FromStr for EventId {
    type Err = NotAnId;

    fn from_str(text: &str) -> Result<Self, NotAnId> {
        let digits = text.as_bytes();
        if digits.len() != 64 {
            return Err(NotAnId);
        }
        let (mut bytes, mut seen) = ([0; 32], 0);
        for (byte, [high, low]) in bytes.iter_mut().zip(digits.as_chunks().0) {
            let (high, low) = (NIBBLES[usize::from(*high)], NIBBLES[usize::from(*low)]);
            seen |= high | low;
            *byte = high << 4 | low;
        }
        if seen < 16 { Ok(Self(bytes)) } else { Err(NotAnId) }
    }
}

/// What each byte is worth as a hex digit; 16 where it is none. Digits of hashes are random, so a branch on one costs.
const NIBBLES: [u8; 256] = {
    let mut worth = [16; 256];
    let mut digit = 0;
    while digit < 16 {
        worth[b"0123456789abcdef"[digit] as usize] = digit as u8;
        digit += 1;
    }
    worth
};

impl fmt::Display for EventId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.hex())
    }
}

impl fmt::Debug for EventId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.short())
    }
}

impl Serialize for EventId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() { serializer.collect_str(self) } else { serializer.serialize_bytes(&self.0) }
    }
}

impl<'de> Deserialize<'de> for EventId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Id;
        impl serde::de::Visitor<'_> for Id {
            type Value = EventId;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an event id of 64 lower-case hex digits")
            }
            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<EventId, E> {
                text.parse().map_err(E::custom)
            }
            fn visit_bytes<E: serde::de::Error>(self, bytes: &[u8]) -> Result<EventId, E> {
                bytes.try_into().map(EventId).map_err(E::custom)
            }
        }
        if deserializer.is_human_readable() {
            deserializer.deserialize_str(Id)
        } else {
            deserializer.deserialize_bytes(Id)
        }
    }
}
