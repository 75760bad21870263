//! What names a field in front of its value, and what stands in front of a record's title.

use super::parts::About;
use crate::import::{labels, markers};
use crate::prelude::*;

/// A line that names a status, a date or deciders.
pub(super) fn labelled(line: &str) -> Option<(About, &str)> {
    let text = markers::marker(line).map_or(line.trim(), |marker| marker.rest);
    let (name, value) = labels::any(text)?;
    Some((label(name)?, value))
}

/// What a label names.
pub(super) fn label(name: &str) -> Option<About> {
    let about = match name.to_lowercase().as_str() {
        "status" => About::Status,
        "date" => About::Date,
        "deciders" | "decision-makers" | "decision makers" => About::Deciders,
        _ => return None,
    };
    Some(about)
}

/// A title without the number and the words that say that it is a record's: `1. Title`, `ADR-0001: Title`.
pub(super) fn numbered(heading: &str) -> (Option<u64>, &str) {
    let cuts = [". ", ": ", " - ", " – ", " — "];
    let cut = cuts.iter().filter_map(|cut| heading.split_once(cut)).min_by_key(|(head, _)| head.len());
    let Some((head, title)) = cut.filter(|(_, title)| !title.trim().is_empty()) else { return (None, heading) };
    let lower = head.to_lowercase();
    let mut words: Vec<&str> = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let number = words.last().and_then(|word| word.trim_start_matches("adr").parse().ok());
    words.truncate(words.len() - usize::from(number.is_some()));
    let says = ["adr", "madr", "architecture", "architectural", "decision", "record"];
    let is_record = words.iter().all(|word| says.contains(word)) && !(words.is_empty() && number.is_none());
    if is_record { (number, title.trim()) } else { (None, heading) }
}
