//! Times as people write and read them.

use git_plan_core::Timestamp;

use crate::exit::Failure;

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// A time or a date; a date means its first moment, or its last one.
pub fn point(text: &str, end_of_day: bool) -> Result<Timestamp, Failure> {
    let time = if end_of_day { "T23:59:59.999Z" } else { "T00:00:00.000Z" };
    Timestamp::parse_rfc3339(text).or_else(|_| Timestamp::parse_rfc3339(&format!("{text}{time}"))).map_err(|_| {
        Failure::usage(format!("{text:?} is not a time: expected a date, or a time such as 2026-11-22T10:50:00Z"))
            .hinted("`git plan COMMAND --help` says which other words it takes for a time")
    })
}

/// A time, a date, or how long from now, as `30m`, `2h`, `1d`.
pub fn until(text: &str, now: Timestamp) -> Result<Timestamp, Failure> {
    let units = [('m', MINUTE), ('h', HOUR), ('d', DAY)];
    let span = units.iter().find_map(|&(unit, length)| {
        let count: u16 = text.strip_suffix(unit)?.parse().ok()?;
        Some(i64::from(count) * length)
    });
    let other = || point(text, true).map_err(|failure| failure.hinted("or how long from now, as `30m`, `2h`, `1d`"));
    span.map_or_else(other, |span| Ok(Timestamp::from_millis(now.millis() + span)))
}

/// The date that git was told to use: `@seconds zone`, `seconds zone` or RFC 3339.
pub fn git_date(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    let seconds = text.strip_prefix('@').unwrap_or(text).split_whitespace().next()?;
    match seconds.parse::<i64>() {
        Ok(seconds) => Some(Timestamp::from_millis(seconds.saturating_mul(1000))),
        Err(_) => Timestamp::parse_rfc3339(text).ok(),
    }
}

/// How long ago something was, roughly.
pub fn ago(then: Timestamp, now: Timestamp) -> String {
    let span = now.millis().saturating_sub(then.millis());
    let units = [(365 * DAY, "y"), (30 * DAY, "mo"), (7 * DAY, "w"), (DAY, "d"), (HOUR, "h"), (MINUTE, "min")];
    match units.iter().find(|(length, _)| span >= *length) {
        Some((length, unit)) => format!("{} {unit} ago", span / length),
        None if span < -MINUTE => "in the future".to_owned(),
        None => "just now".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_of_git_are_read_in_its_three_spellings() {
        let at = Timestamp::from_millis(1_764_000_000_000);
        for text in ["@1764000000 +0100", "1764000000 +0000", "2025-11-24T16:00:00Z"] {
            assert_eq!(git_date(text), Some(at), "{text} is the same second");
        }
        assert_eq!(git_date("yesterday"), None, "what would be a guess is not made");
    }

    #[test]
    fn ages_are_told_in_their_largest_unit() {
        let now = Timestamp::from_millis(10 * DAY);
        assert_eq!(ago(Timestamp::from_millis(0), now), "1 w ago");
        assert_eq!(ago(Timestamp::from_millis(10 * DAY - 3 * HOUR), now), "3 h ago");
        assert_eq!(ago(now, now), "just now");
    }
}
