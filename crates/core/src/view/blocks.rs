//! Prose, and the lines of an item.

use super::sheet::Sheet;
use crate::prelude::*;

/// Writes a text as it is, ending with one line feed.
pub(super) fn prose(text: &str, out: &mut Sheet) {
    let text = text.trim_end_matches(['\n', '\r']);
    if !text.is_empty() {
        out.push_str(text);
        out.push('\n');
    }
}

/// Writes an item: its marker and text, further lines indented so that they stay inside it.
///
/// `indent` and `marker` together say where the text begins; the text may have many lines.
pub(super) fn item(indent: usize, marker: &str, text: &str, out: &mut Sheet) {
    // A box is part of the text as Markdown sees it: four columns more would make a later paragraph code.
    let column = indent + marker.find('[').unwrap_or(marker.len());
    for (i, line) in text.trim_end().lines().enumerate() {
        let line = line.trim_end_matches('\r');
        if i == 0 {
            out.push_str(&format!("{:indent$}{marker}{line}", ""));
        } else if !line.trim().is_empty() {
            out.push_str(&format!("{:column$}{line}", ""));
        }
        out.push('\n');
    }
    if text.trim().is_empty() {
        out.push_str(&format!("{:indent$}{}\n", "", marker.trim_end()));
    }
}

/// Writes one labelled line below an item, where there is something to say.
pub(super) fn labelled<'a>(indent: usize, label: &str, texts: impl IntoIterator<Item = &'a String>, out: &mut Sheet) {
    for text in texts {
        item(indent, "- ", &format!("{label}: {text}"), out);
    }
}
