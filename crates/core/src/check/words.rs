//! The signs by which texts are judged. All of them are weak; each is chosen so that what it finds is nearly always so.

use crate::prelude::*;

/// What stands in for something that was not written.
const PLACEHOLDERS: [&str; 6] =
    ["tbd", "to be determined", "to be decided", "to be defined", "lorem ipsum", "fill this in"];

/// What cannot be measured or seen.
const VAGUE: [&str; 22] = [
    "good",
    "nice",
    "better",
    "fast",
    "faster",
    "easy",
    "easier",
    "robust",
    "user-friendly",
    "intuitive",
    "proper",
    "properly",
    "appropriate",
    "reasonable",
    "as needed",
    "if possible",
    "improved",
    "high quality",
    "well",
    "scalable",
    "modern",
    "etc",
];

/// What makes a test of a sentence.
const MEASURED: [&str; 30] = [
    "no",
    "zero",
    "none",
    "all",
    "every",
    "each",
    "without",
    "only",
    "never",
    "always",
    "test",
    "tests",
    "tested",
    "pass",
    "passes",
    "passing",
    "fail",
    "fails",
    "exit",
    "exits",
    "returns",
    "prints",
    "command",
    "ci",
    "one",
    "two",
    "same",
    "unchanged",
    "green",
    "build",
];

/// What leans on something that the reader does not have.
const LEANING: [&str; 12] = [
    "as discussed",
    "as we discussed",
    "discussed earlier",
    "as agreed in chat",
    "see above",
    "see the chat",
    "see the thread",
    "see slack",
    "in our conversation",
    "previous conversation",
    "as you said",
    "as mentioned in chat",
];

/// Whether a text in lower case has a word or a phrase in it, as a whole.
fn has(lower: &str, phrase: &str) -> bool {
    let bounded = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric() && c != '_');
    lower
        .match_indices(phrase)
        .any(|(at, _)| bounded(lower[..at].chars().next_back()) && bounded(lower[at + phrase.len()..].chars().next()))
}

fn first(lower: &str, phrases: &[&'static str]) -> Option<&'static str> {
    phrases.iter().copied().find(|phrase| has(lower, phrase))
}

/// A text in lower case without code and without what it quotes.
fn plain(text: &str) -> String {
    let mut fence: Option<&str> = None;
    let mut plain = String::new();
    for line in text.lines() {
        let bare = line.trim_start();
        let marks = ["```", "~~~"].into_iter().find(|marks| bare.starts_with(marks));
        match (fence, marks) {
            (None, Some(marks)) => fence = Some(marks),
            (Some(open), Some(marks)) if open == marks => fence = None,
            (Some(_), _) => {}
            (None, None) if line.starts_with("    ") || line.starts_with('\t') || bare.starts_with('>') => {}
            // Of `a`b`c`, the second is code; what is left open is taken for text.
            (None, None) => {
                let parts: Vec<&str> = line.split('`').collect();
                for (at, part) in parts.iter().enumerate() {
                    if at % 2 == 0 || at + 1 == parts.len() {
                        plain.push_str(&part.to_lowercase());
                    }
                    plain.push(' ');
                }
            }
        }
        plain.push('\n');
    }
    plain
}

/// A placeholder in a text.
pub fn placeholder(text: &str) -> Option<&'static str> {
    let plain = plain(text);
    let alone = |line: &str| {
        matches!(line.trim().trim_matches(['*', '_', '-', '.', ' ', '<', '>', '[', ']']), "todo" | "fixme" | "xxx")
    };
    // In quotation marks it is spoken of, not used.
    let found = PLACEHOLDERS.into_iter().find(|phrase| has(&plain.replace(['"', '“', '”'], "_"), phrase));
    found.or_else(|| plain.lines().any(alone).then_some("TODO"))
}

/// A word that keeps a criterion from being tested, where nothing else in it makes it a test.
pub fn vague(text: &str) -> Option<&'static str> {
    let lower = text.to_lowercase();
    let measured = lower.contains(|c: char| c.is_numeric() || "%`\"=<>/".contains(c));
    if measured || first(&lower, &MEASURED).is_some() { None } else { first(&lower, &VAGUE) }
}

/// What in a text leans on something that is not there.
pub fn leaning(text: &str) -> Option<&'static str> {
    first(&plain(text), &LEANING)
}

/// Whether a text is nothing but links.
pub fn is_links(text: &str) -> bool {
    let is_address = |word: &str| word.contains("://") || word.contains("](");
    let (links, rest): (Vec<&str>, Vec<&str>) = text.split_whitespace().partition(|word| is_address(word));
    // The words of a link are hardly more than a title; a sentence beside it has more.
    !links.is_empty() && rest.len() <= 6
}

/// How many words a text has.
pub fn count(text: &str) -> usize {
    text.split_whitespace().filter(|word| word.contains(char::is_alphanumeric)).count()
}

/// The first paragraph of a text.
pub fn paragraph(text: &str) -> String {
    let lines = text.trim().lines().take_while(|line| !line.trim().is_empty());
    lines.collect::<Vec<_>>().join("\n")
}

/// A text as it is compared with others.
pub fn folded(text: &str) -> String {
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_and_parts_of_words_are_no_placeholders() {
        for text in
            ["Run `grep TBD`", "```\nTBD\n```", "TBDs_", "remove the TODO comments", "> TBD", "no \"TBD\" is left"]
        {
            assert_eq!(placeholder(text), None, "{text:?} has no placeholder");
        }
        for text in ["TBD", "Owner: tbd.", "- TODO", "a\n\n**TODO**\n", "the port is to be determined"] {
            assert!(placeholder(text).is_some(), "{text:?} has one");
        }
    }

    #[test]
    fn a_vague_word_beside_a_measure_is_not_vague() {
        for text in
            ["Fast: under 200 ms", "All tests pass properly", "Theme toggle in settings", "`cargo test` is fast"]
        {
            assert_eq!(vague(text), None, "{text:?} can be tested");
        }
        for text in ["The app is fast", "Errors are handled properly", "A user-friendly dialog"] {
            assert!(vague(text).is_some(), "{text:?} cannot");
        }
    }

    #[test]
    fn links_beside_a_sentence_are_not_links_only() {
        assert!(is_links("See [the design](https://example.org/a)"), "a link alone explains nothing");
        assert!(!is_links("The cache is read before the disk, see https://example.org/a"), "a sentence does");
        assert!(!is_links("Nothing to see"), "and a text without a link is not one");
    }
}
