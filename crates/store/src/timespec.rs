//! Times in words, as git reads them: `2 hours ago`, `yesterday`, `last friday`, `nov 20 10:00`.
//!
//! What may be relied on: the time that the words are counted from is an argument. Git's own reading never fails, and
//! takes what it does not know for nothing, so that a misspelt word would mean now; here each word must be one that git
//! knows, and anything else is no time.

use git_plan_core::Timestamp;

use crate::error::Result;
use crate::repository::Repository;

/// What git knows beside the names of months and days, and numbers.
const WORDS: [&str; 33] = [
    "now",
    "today",
    "yesterday",
    "noon",
    "midnight",
    "tea",
    "time",
    "last",
    "ago",
    "at",
    "am",
    "pm",
    "and",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "second",
    "minute",
    "hour",
    "day",
    "week",
    "month",
    "year",
    "utc",
    "gmt",
    "z",
];

const NAMES: [&str; 19] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
];

impl Repository {
    /// The time that these words mean, to the end of its second; `None` where they are no time.
    ///
    /// # Errors
    /// Where git cannot be run.
    pub fn time_in_words(&self, words: &str, now: Timestamp) -> Result<Option<Timestamp>> {
        if !is_time(words) {
            return Ok(None);
        }
        // Git takes its clock from this variable where it is set.
        let git = self.git(["rev-parse"]).arg(format!("--since={words}"));
        let said = git.env("GIT_TEST_DATE_NOW", now.seconds().to_string()).run()?;
        let said = String::from_utf8_lossy(&said);
        let seconds = said.trim().strip_prefix("--max-age=").and_then(|seconds| seconds.parse::<i64>().ok());
        Ok(seconds.map(|seconds| Timestamp::from_millis(seconds.saturating_mul(1000).saturating_add(999))))
    }
}

/// Whether git would take in every word of this, and there is more to it than numbers.
fn is_time(text: &str) -> bool {
    let is_date = |text: &str| {
        let shape = |(at, byte): (usize, u8)| if matches!(at, 4 | 7) { byte == b'-' } else { byte.is_ascii_digit() };
        text.len() > 10 && text.bytes().take(10).enumerate().all(shape)
    };
    let fits = |c: char| c.is_ascii_alphanumeric() || " .:-+,_/".contains(c);
    let mut words = text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    text.len() <= 100
        && text.starts_with(|c: char| c.is_ascii_alphanumeric())
        && text.chars().all(fits)
        && words.all(is_known)
        && (is_date(text) || text.contains(|c: char| c.is_ascii_alphabetic()))
}

fn is_known(word: &str) -> bool {
    let word = word.to_ascii_lowercase();
    let rest = word.trim_start_matches(|c: char| c.is_ascii_digit());
    if rest.len() < word.len() {
        return matches!(rest, "" | "am" | "pm" | "st" | "nd" | "rd" | "th" | "z" | "t") || is_clock(rest);
    }
    let singular = word.strip_suffix('s').unwrap_or(&word);
    WORDS.contains(&word.as_str())
        || WORDS.contains(&singular)
        || (word.len() >= 3 && NAMES.iter().any(|name| name.starts_with(&word)))
}

/// The part of `2026-11-20T10:00` that stands between a `-` and a `:`.
fn is_clock(rest: &str) -> bool {
    rest.strip_prefix('t').is_some_and(|hour| !hour.is_empty() && hour.bytes().all(|byte| byte.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::is_time;

    #[test]
    fn words_that_git_knows_are_a_time_and_others_are_not() {
        for time in ["2 hours ago", "yesterday", "last friday", "3.days.ago", "Nov 20 10:00", "tea time", "noon"] {
            assert!(is_time(time), "{time:?} is a time to git");
        }
        for time in ["2026-11-20 10:00", "2026-11-20T10:00", "20 nov 2026", "5pm yesterday", "two weeks ago"] {
            assert!(is_time(time), "{time:?} is a time to git");
        }
        for text in
            ["", "12", "yesteryear", "in 3 days", "main", "2 fortnights ago", "-2 days", "--all", "now\n", "never"]
        {
            assert!(!is_time(text), "{text:?} would be a guess");
        }
    }
}
