//! The YAML block at the top of a view.

use crate::prelude::*;
use crate::{Field, state::Source};

impl super::Page<'_> {
    pub(super) fn front_matter(&mut self) {
        let plan = self.plan;
        let list = |values: Vec<&String>| values.into_iter().map(|v| scalar(v)).collect::<Vec<_>>().join(", ");
        let status = if plan.is_archived() { "archived" } else { plan.field(Field::Status) };
        let slug = plan.slug().map_or("", |slug| slug.as_str());
        let updated = plan.updated().date();
        let mut lines = vec![
            format!("title: {}", scalar(plan.title())),
            format!("slug: {slug}"),
            format!("status: {}", scalar(if status.is_empty() { "living" } else { status })),
            format!("last_updated: {updated}"),
            format!("tags: [{}]", list(plan.tags.by_age())),
            format!("summary: {}", quoted(plan.field(Field::Summary))),
            format!("authors: [{}]", list(plan.authors.by_age())),
        ];
        let sources = plan.sources.by_age();
        lines.push(format!("sources:{}", if sources.is_empty() { " []" } else { "" }));
        lines.extend(sources.into_iter().map(source));
        self.out.push_str(&format!("---\n{}\n---\n", lines.join("\n")));
    }
}

fn source(source: &Source) -> String {
    let mut members = vec![format!("id: {}", scalar(&source.id))];
    let optional = [("title", &source.title), ("url", &source.url), ("accessed", &source.accessed)];
    members
        .extend(optional.into_iter().filter_map(|(name, value)| Some(format!("{name}: {}", quoted(value.as_ref()?)))));
    format!("  - {{ {} }}", members.join(", "))
}

/// A YAML scalar: plain where no reader could take it for anything else, quoted otherwise.
pub(crate) fn scalar(text: &str) -> String {
    const WORDS: [&str; 9] = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"];
    // Ranges rather than classes of characters: those change from one Unicode version to the next.
    let letter = |c: char| c.is_ascii_alphabetic() || c >= '\u{a1}' && !is_hidden(c);
    let plain = text.starts_with(letter)
        && text.chars().all(|c| letter(c) || c.is_ascii_digit() || " -_./()".contains(c))
        && !text.ends_with(' ')
        && !WORDS.contains(&text.to_ascii_lowercase().as_str());
    if plain { text.to_owned() } else { quoted(text) }
}

/// Characters that end a line, act on how others are shown, or are no text for some reader of YAML.
fn is_hidden(c: char) -> bool {
    crate::text::is_active(c) || matches!(c, '\u{fffe}' | '\u{ffff}')
}

/// A double-quoted YAML scalar on one line.
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            c if is_hidden(c) && u32::from(c) > 0xffff => out.push_str(&format!("\\U{:08x}", u32::from(c))),
            c if is_hidden(c) => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}
