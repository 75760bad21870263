//! CSV: one row for each event, for spreadsheets and whatever reads tables.
//!
//! What may be relied on: RFC 4180, with CR LF, every field quoted that needs it; no field is taken for a formula, and
//! none holds a control character or a bidirectional override. Spec: spec/10-exports.md, X13 to X15.

use alloc::borrow::Cow;

use serde_json::Value;

use super::{Export, Row, about, inert, summary};
use crate::prelude::*;
use crate::text::neutral;

/// The columns.
pub const COLUMNS: [&str; 19] = [
    "seq",
    "event",
    "parents",
    "at",
    "occurred",
    "name",
    "email",
    "agent",
    "model",
    "run",
    "type",
    "summary",
    "about",
    "data",
    "why",
    "undoes",
    "code",
    "commit",
    "no_effect",
];

/// The table, with a header.
#[must_use]
pub fn write(export: &Export<'_>) -> String {
    let mut out = String::new();
    line(&mut out, &COLUMNS.map(str::to_owned));
    let inert = inert(export.plan);
    for (row, seq) in export.rows.iter().zip(1_u64..) {
        let no_effect = inert.get(&row.event.id).copied().unwrap_or_default();
        line(&mut out, &fields(export, row, seq, no_effect));
    }
    out
}

fn fields(export: &Export<'_>, row: &Row<'_>, seq: u64, no_effect: &str) -> [String; 19] {
    let Row { event, commit, .. } = row;
    let context = &event.context;
    let agent = context.agent.as_ref();
    let parents: Vec<String> = event.parents.iter().map(ToString::to_string).collect();
    let data = row.json().get("data").map(Value::to_string);
    [
        seq.to_string(),
        event.id.to_string(),
        parents.join(" "),
        event.at.to_string(),
        event.occurred().to_string(),
        event.by.name.clone(),
        event.by.email.clone(),
        agent.map(|agent| agent.name.to_string()).unwrap_or_default(),
        agent.and_then(|agent| agent.model.as_deref()).unwrap_or_default().to_owned(),
        agent.and_then(|agent| agent.run.as_deref()).unwrap_or_default().to_owned(),
        event.type_name.clone().into_owned(),
        summary(export.plan, event),
        about(export.plan, event).unwrap_or_default(),
        data.unwrap_or_default(),
        context.why.as_deref().unwrap_or_default().to_owned(),
        context.undoes.map(|id| id.to_string()).unwrap_or_default(),
        context.code.as_deref().unwrap_or_default().to_owned(),
        commit.clone(),
        no_effect.to_owned(),
    ]
}

fn line(out: &mut String, fields: &[String]) {
    for (at, field) in fields.iter().enumerate() {
        out.push_str(if at == 0 { "" } else { "," });
        let field = guarded(field);
        if field.contains([',', '"', '\n', '\r']) {
            out.push_str(&format!("\"{}\"", field.replace('"', "\"\"")));
        } else {
            out.push_str(&field);
        }
    }
    out.push_str("\r\n");
}

/// A field as it is written: one that a spreadsheet would take for a formula, and one that begins with an apostrophe, has
/// an apostrophe in front, so that taking one away gives the text back.
fn guarded(field: &str) -> Cow<'_, str> {
    let first = field.trim_start_matches(|c: char| c.is_whitespace() || c.is_control()).chars().next();
    let is_formula = matches!(first, Some('=' | '+' | '-' | '@' | '\u{ff1d}' | '\u{ff0b}' | '\u{ff0d}' | '\u{ff20}'));
    if is_formula || field.starts_with(['\'', '\t', '\r', '\n']) {
        return format!("'{}", neutral(field)).into();
    }
    neutral(field)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_field_begins_as_a_formula_does_and_quotes_are_doubled() {
        for text in ["=1+1", "+1", "-1", "@SUM(A1)", " =1", "\t=1", "\u{ff1d}1", "'=1", "\r=1", "\u{1b}=1"] {
            assert!(guarded(text).starts_with('\''), "{text:?} is guarded: {:?}", guarded(text));
        }
        assert_eq!(guarded("1-2"), "1-2", "what is no formula stays");
        let mut out = String::new();
        line(&mut out, &["a\"b".into(), "c,d".into(), "e\nf".into(), "g".into()]);
        assert_eq!(out, "\"a\"\"b\",\"c,d\",\"e\nf\",g\r\n", "RFC 4180");
    }
}
