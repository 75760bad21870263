//! Points in time: milliseconds since 1970 in UTC, written as RFC 3339 with exactly three decimals.
//!
//! There is no clock here. Every time comes in as an argument, so that the same input gives the same bytes.

use alloc::string::{String, ToString};
use core::fmt;
use core::str::FromStr;

use chrono::{DateTime, Datelike, Timelike, Utc};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A point in time between the years 0000 and 9999, to the millisecond, UTC.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

/// A text is not a canonical time.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected a time such as 2026-11-22T10:50:38.123Z")]
pub struct NotATime;

impl Timestamp {
    const FIRST: i64 = -62_167_219_200_000;
    const LAST: i64 = 253_402_300_799_999;

    /// The time this many milliseconds after 1970-01-01T00:00:00Z, held within the years 0000 to 9999.
    #[must_use]
    pub fn from_millis(millis: i64) -> Self {
        Self(millis.clamp(Self::FIRST, Self::LAST))
    }

    /// Milliseconds since 1970-01-01T00:00:00Z.
    #[must_use]
    pub const fn millis(self) -> i64 {
        self.0
    }

    /// Whole seconds since 1970-01-01T00:00:00Z, rounded down: what a git commit can hold.
    #[must_use]
    pub const fn seconds(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// Reads any RFC 3339 time, whatever its offset and precision.
    ///
    /// # Errors
    /// Where the text is not RFC 3339 or the year is outside 0000 to 9999.
    pub fn parse_rfc3339(text: &str) -> Result<Self, NotATime> {
        let millis = DateTime::parse_from_rfc3339(text).map_err(|_| NotATime)?.timestamp_millis();
        if (Self::FIRST..=Self::LAST).contains(&millis) { Ok(Self(millis)) } else { Err(NotATime) }
    }

    /// The day, as `2026-11-22`.
    #[must_use]
    pub fn date(self) -> String {
        self.to_string()[..10].to_string()
    }

    /// The minute, as `2026-11-22 10:50`.
    #[must_use]
    pub fn minute(self) -> String {
        self.to_string()[..16].replace('T', " ")
    }

    fn utc(self) -> DateTime<Utc> {
        DateTime::from_timestamp_millis(self.0).unwrap_or(DateTime::UNIX_EPOCH)
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let utc = self.utc();
        let (date, time) = (utc.date_naive(), utc.time());
        write!(
            f,
            "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z",
            date.year(),
            date.month(),
            date.day(),
            time.hour(),
            time.minute(),
            time.second(),
            utc.timestamp_subsec_millis(),
        )
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Reads the canonical form alone; for anything else see [`Timestamp::parse_rfc3339`].
impl FromStr for Timestamp {
    type Err = NotATime;

    fn from_str(text: &str) -> Result<Self, NotATime> {
        let digits = |range: core::ops::Range<usize>| -> Result<i64, NotATime> {
            let part = text.as_bytes().get(range).ok_or(NotATime)?;
            part.iter()
                .try_fold(0, |n, b| if b.is_ascii_digit() { Ok(n * 10 + i64::from(b - b'0')) } else { Err(NotATime) })
        };
        let shape = [(4, b'-'), (7, b'-'), (10, b'T'), (13, b':'), (16, b':'), (19, b'.'), (23, b'Z')];
        if text.len() != 24 || shape.iter().any(|&(at, byte)| text.as_bytes()[at] != byte) {
            return Err(NotATime);
        }
        let (hour, minute, second) = (digits(11..13)?, digits(14..16)?, digits(17..19)?);
        let (year, month, day) = (digits(0..4)?, digits(5..7)?, digits(8..10)?);
        if hour > 23 || minute > 59 || second > 59 {
            return Err(NotATime);
        }
        let date = chrono::NaiveDate::from_ymd_opt(year as i32, month as u32, day as u32).ok_or(NotATime)?;
        let days = i64::from(date.num_days_from_ce()) - 719_163;
        Ok(Self(((days * 24 + hour) * 60 + minute) * 60_000 + second * 1000 + digits(20..23)?))
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() { serializer.collect_str(self) } else { self.0.serialize(serializer) }
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if !deserializer.is_human_readable() {
            return i64::deserialize(deserializer).map(Self::from_millis);
        }
        struct Text;
        impl serde::de::Visitor<'_> for Text {
            type Value = Timestamp;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a time such as 2026-11-22T10:50:38.123Z")
            }
            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Timestamp, E> {
                text.parse().map_err(E::custom)
            }
        }
        deserializer.deserialize_str(Text)
    }
}
