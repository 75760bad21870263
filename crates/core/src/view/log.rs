//! The progress log of the house layout: what the events say, grouped by minute.

use super::blocks::{item, labelled};
use super::lists::{Shown, details};
use super::sheet::{Owner, Sheet, Shows};
use crate::prelude::*;
use crate::state::{Decision, Detail, Entry, Item, Plan, What};
use crate::{Kind, State};

/// Writes the log, oldest first.
pub(super) fn write(shown: &Shown<'_>, out: &mut Sheet) {
    let plan = shown.plan;
    let mut entries: Vec<(&Entry, &Item)> = plan
        .log
        .iter()
        .filter_map(|entry| Some((entry, plan.item(entry.item)?)))
        .filter(|(entry, item)| item.is_visible() || entry.what != What::Recorded)
        .filter(|(entry, item)| entry.what != What::Recorded || is_at_home(item))
        .collect();
    // A stable sort: entries of one minute stay in the plan's order.
    entries.sort_by_key(|(entry, _)| entry.occurred.millis().div_euclid(60_000));
    let mut minute = String::new();
    for (entry, item) in entries {
        let this = entry.occurred.minute();
        if this != minute {
            if !out.is_empty() {
                out.push('\n');
            }
            out.mark(Owner::Written);
            out.push_str(&format!("### {this}\n"));
            minute = this;
        }
        out.mark(Owner::Entry(entry.stamp.id, item.id()));
        write_entry(shown, entry, item, out);
    }
}

/// Whether an item hangs where its kind does unless told otherwise; elsewhere it is shown in its place.
fn is_at_home(item: &Item) -> bool {
    item.place.branch == crate::state::Branch::Items(crate::Parent::Standing(item.kind().home()))
}

fn write_entry(shown: &Shown<'_>, entry: &Entry, about: &Item, out: &mut Sheet) {
    let text = about.text();
    let word = match entry.what {
        What::Completed => "Completed",
        What::Reopened => "Reopened",
        What::Dropped => "Dropped",
        What::Resolved => "Resolved",
        What::Recorded => return recorded(shown, about, entry, out),
    };
    item(0, "- ", &format!("{word}: {text}"), out);
    out.show(Shows::Said(entry.stamp.seq));
    if let (What::Resolved, Detail::Blocker { how, .. }) = (entry.what, &about.detail) {
        labelled(2, "How", how.iter().filter(|(stamp, _)| *stamp == entry.stamp).map(|(_, how)| how), out);
    }
    labelled(2, "Reason", &entry.why, out);
}

fn recorded(shown: &Shown<'_>, about: &Item, entry: &Entry, out: &mut Sheet) {
    match &about.detail {
        Detail::Decision(detail) => decision(shown.plan, about, detail, entry.why.as_ref(), out),
        Detail::Discovery { evidence, .. } => {
            item(0, "- ", &format!("Discovery: {}", about.text()), out);
            out.show(Shows::Said(entry.stamp.seq));
            labelled(2, "Evidence", evidence, out);
            labelled(2, "Reason", &entry.why, out);
            details(shown.plan, about, 2, out);
        }
        Detail::Note { .. } => {
            note(shown.plan, about, out);
            out.show(Shows::Said(entry.stamp.seq));
            labelled(2, "Reason", &entry.why, out);
        }
        _ => {
            let on = shown.blocked_step(about).map(|number| format!(" (step {number})"));
            item(0, "- ", &format!("Blocker: {}{}", about.text(), on.unwrap_or_default()), out);
            out.show(Shows::Said(entry.stamp.seq));
            labelled(2, "Reason", &entry.why, out);
        }
    }
}

/// Writes a note under its own label.
pub(super) fn note(plan: &Plan, about: &Item, out: &mut Sheet) {
    if let Detail::Note { label, .. } = &about.detail {
        item(0, "- ", &format!("{}: {}", crate::text::line(label), about.text()), out);
        details(plan, about, 2, out);
    }
}

fn decision(plan: &Plan, about: &Item, detail: &Decision, why: Option<&String>, out: &mut Sheet) {
    let mut lines = Sheet::default();
    lines.show(Shows::Added(about.id()));
    labelled(2, "Reason", detail.reason.iter().chain(why), &mut lines);
    labelled(2, "Trade-off", &detail.tradeoffs, &mut lines);
    labelled(2, "Alternative", &detail.options, &mut lines);
    labelled(2, "Reference", &detail.references, &mut lines);
    for (stamp, text) in &detail.amendments {
        lines.show(Shows::Said(stamp.seq));
        labelled(2, "Amended", [text], &mut lines);
    }
    let question = detail.question.and_then(|id| plan.item(id)).map(|question| question.text().to_owned());
    if let Some(id) = detail.question {
        lines.show(Shows::Wording(id));
    }
    labelled(2, "Question", &question, &mut lines);
    let label = if lines.is_empty() { "Decision" } else { "**Decision**" };
    item(0, "- ", &format!("{label}: {}", standing(plan, about, detail)), out);
    out.append(&lines);
    details(plan, about, 2, out);
}

/// A decision's title, and what became of it.
pub(super) fn standing(plan: &Plan, about: &Item, detail: &Decision) -> String {
    let text = about.text();
    let successors: Vec<String> = detail
        .superseded_by
        .by_age()
        .into_iter()
        .filter_map(|&id| plan.item(id))
        .filter(|item| item.kind() == Kind::Decision)
        .map(|item| crate::text::line(item.text()))
        .collect();
    match about.state() {
        Some(State::Withdrawn) => format!("~~{text}~~ → Withdrawn"),
        _ if !successors.is_empty() => format!("~~{text}~~ → Superseded by: {}", successors.join("; ")),
        Some(State::Proposed) => format!("{text} (proposed)"),
        _ => text.to_owned(),
    }
}
