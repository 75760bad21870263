//! How differences are told to a person.
//!
//! What may be relied on: each difference begins a line, with a sign (`+` there now, `-` no longer there, `~` otherwise, `!` a
//! conflict), what it is about and what happened; texts are compared by words, `[-gone-]` and `{+new+}` as git marks
//! them, colours or not. All text of a plan goes through the page's sanitiser.

use std::collections::BTreeMap;

use git_plan_core::diff::{self, Difference, Piece};
use git_plan_core::text::{clipped, line};
use git_plan_core::{EventId, Plan};
use serde_json::Value;

use crate::conflicts;
use crate::ui::{Page, Style};

/// How many characters of a text are shown on a line.
const LONGEST: usize = 100;

/// Tells of one difference.
pub fn tell(page: &mut Page, plans: [&Plan; 2], difference: &Difference) {
    let Difference { of, what, field, old, new } = difference;
    let style = match (of.kind, old, new, field.as_str()) {
        ("conflict" | "notice", ..) => Style::Blocked,
        (_, None, Some(_), "") => Style::Done,
        (_, Some(_), None, "") => Style::Blocked,
        _ => Style::Doing,
    };
    let sign = match (style, of.kind) {
        (_, "conflict" | "notice") => "!",
        (Style::Done, _) => "+",
        (Style::Blocked, _) => "-",
        _ => "~",
    };
    page.paint(style, sign).put(" ");
    let is_item = of.id.parse::<EventId>().is_ok();
    match of.kind {
        "plan" => page.put("plan"),
        "section" if !is_item => page.put(&of.id),
        kind => page.put(kind),
    };
    if !of.number.is_empty() {
        page.put(&format!(" {}", of.number));
    }
    if let Ok(id) = of.id.parse::<EventId>() {
        page.put(" ").paint(Style::Id, &short(plans, id));
    }
    page.put(" ").put(what);
    if of.kind == "conflict" || of.kind == "notice" {
        let value = new.as_ref().or(old.as_ref());
        let plan = if new.is_some() { plans[1] } else { plans[0] };
        page.put(&value.map_or_else(String::new, |value| format!(": {}", conflicts::line(plan, value, true)))).end();
        return;
    }
    detail(page, plans, difference);
}

/// What follows the words for what happened.
fn detail(page: &mut Page, plans: [&Plan; 2], difference: &Difference) {
    let Difference { of, what, field, old, new } = difference;
    let said = |value: &Option<Value>| value.as_ref().map(|value| shown(plans, value)).unwrap_or_default();
    match (*what, field.as_str()) {
        ("reworded" | "retitled", _) if [old, new].iter().any(|value| text(value).contains('\n')) => {
            page.end();
            hunks(page, text(old), text(new));
        }
        ("reworded" | "retitled", _) => {
            page.put(": ");
            let (old, new) = (line(text(old)), line(text(new)));
            diff::words(&old, &new).into_iter().for_each(|piece| put(page, piece));
            page.end();
        }
        ("rewritten", _) => {
            page.put(format!(": {}", clipped(&of.text, LONGEST)).trim_end_matches(": ")).end();
            hunks(page, text(old), text(new));
        }
        (_, "prose" | "body" | "source") => {
            page.put(&format!(" {field}")).end();
            hunks(page, text(old), text(new));
        }
        ("moved", "under" | "follows") => {
            let to = if new.is_some() { said(new) } else { "its usual place".to_owned() };
            page.put(&format!(" below {to}: {}", clipped(&of.text, LONGEST))).end();
        }
        ("set" | "cleared" | "changed", _) => {
            page.put(&format!(" {}: ", field.replace('_', " ")));
            diff::words(&line(&said(old)), &line(&said(new))).into_iter().for_each(|piece| put(page, piece));
            page.end();
        }
        (_, "" | "state" | "completed" | "archived") => {
            let text = clipped(&of.text, LONGEST);
            page.put(&if text.is_empty() { text } else { format!(": {text}") }).end();
        }
        (_, "tags" | "owners" | "superseded_by" | "amendments" | "answer") => {
            let value = if new.is_some() { said(new) } else { said(old) };
            let by = if field == "superseded_by" { " by" } else { ":" };
            page.put(&format!("{by} {}", clipped(&value, LONGEST))).end();
        }
        _ => {
            let value = if new.is_some() { said(new) } else { said(old) };
            page.put(&format!(" {}: {}", field.replace('_', " "), clipped(&value, LONGEST))).end();
        }
    }
}

fn text(value: &Option<Value>) -> &str {
    value.as_ref().and_then(Value::as_str).unwrap_or_default()
}

/// The shortest name of an item in either plan.
fn short(plans: [&Plan; 2], id: EventId) -> String {
    let [old, new] = plans;
    if new.item(id).is_some() { new.short(id) } else { old.short(id) }
}

/// A value in words: an item by its id and wording, a stamped text by its text.
fn shown(plans: [&Plan; 2], value: &Value) -> String {
    let word = |name: &str| value.get(name).and_then(Value::as_str);
    match value {
        Value::String(text) => match text.parse::<EventId>() {
            Ok(id) => {
                let item = plans[1].item(id).or_else(|| plans[0].item(id));
                let wording = item.map_or_else(String::new, |item| format!(" {}", item.text()));
                format!("{}{wording}", short(plans, id))
            }
            Err(_) => text.clone(),
        },
        Value::Object(_) => match (word("rel"), word("to")) {
            (Some(rel), Some(to)) => format!("{rel} {to}"),
            _ => ["text", "name", "title", "id", "event"]
                .iter()
                .find_map(|name| word(name))
                .unwrap_or_default()
                .to_owned(),
        },
        Value::Array(values) => values.iter().map(|value| shown(plans, value)).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}

fn put(page: &mut Page, piece: Piece<'_>) {
    match piece {
        Piece::Same(text) => page.put(text),
        Piece::Old(text) => page.paint(Style::Blocked, &format!("[-{text}-]")),
        Piece::New(text) => page.paint(Style::Done, &format!("{{+{text}+}}")),
    };
}

/// Two texts of several lines, compared by words; lines far from what differs are left out.
fn hunks<'t>(page: &mut Page, old: &'t str, new: &'t str) {
    let mut lines: Vec<(bool, Vec<Piece<'t>>)> = vec![(false, Vec::new())];
    for piece in diff::words(old, new) {
        let (text, make): (&str, fn(&'t str) -> Piece<'t>) = match piece {
            Piece::Same(text) => (text, Piece::Same),
            Piece::Old(text) => (text, Piece::Old),
            Piece::New(text) => (text, Piece::New),
        };
        let differs = !matches!(piece, Piece::Same(_));
        for part in text.split_inclusive('\n') {
            let whole = part.trim_end_matches('\n');
            if let Some((changed, pieces)) = lines.last_mut() {
                *changed |= differs;
                pieces.extend((!whole.is_empty()).then(|| make(whole)));
            }
            if whole.len() < part.len() {
                lines.push((false, Vec::new()));
            }
        }
    }
    if lines.last().is_some_and(|(_, pieces)| pieces.is_empty()) {
        lines.pop();
    }
    let near = |at: usize| lines[at.saturating_sub(1)..lines.len().min(at + 2)].iter().any(|(changed, _)| *changed);
    let mut skipped = false;
    for (at, (_, pieces)) in lines.iter().enumerate() {
        if !near(at) {
            skipped = true;
            continue;
        }
        if std::mem::take(&mut skipped) {
            page.paint(Style::Faint, "    …").end();
        }
        if !pieces.is_empty() {
            page.put("    ");
        }
        pieces.iter().for_each(|&piece| put(page, piece));
        page.end();
    }
}

/// How often what happened, by kind.
pub fn tally(found: &[Difference]) -> BTreeMap<&'static str, BTreeMap<&'static str, usize>> {
    let mut tally: BTreeMap<&str, BTreeMap<&str, usize>> = BTreeMap::new();
    for difference in found {
        *tally.entry(difference.of.kind).or_default().entry(difference.what).or_default() += 1;
    }
    tally
}

/// Writes how much changed.
pub fn stat(page: &mut Page, found: &[Difference], (more, less): (usize, usize)) {
    for (kind, counts) in tally(found) {
        let counts: Vec<String> = counts.iter().map(|(what, count)| format!("{count} {what}")).collect();
        page.put(&format!(" {kind:10} {}", counts.join(", "))).end();
    }
    if more + less > 0 {
        page.put(&format!(" {:10} ", "view"));
        page.paint(Style::Done, &format!("+{more}")).put(" ").paint(Style::Blocked, &format!("-{less}")).end();
    }
}

/// Writes a patch, in colour where there is any, behind what stands beside it.
pub fn patch(page: &mut Page, patch: &str, beside: &str) {
    for line in patch.split_inclusive('\n') {
        let line = line.strip_suffix('\n').unwrap_or(line);
        page.put(beside);
        match line.as_bytes().first() {
            _ if line.starts_with("--- ") || line.starts_with("+++ ") => page.paint(Style::Heading, line),
            Some(b'+') => page.paint(Style::Done, line),
            Some(b'-') => page.paint(Style::Blocked, line),
            Some(b'@') => page.paint(Style::Id, line),
            _ => page.put(line),
        };
        page.end();
    }
}
