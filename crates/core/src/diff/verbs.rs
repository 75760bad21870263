//! The words for what happened to a row.

use serde_json::Value;

use super::index::Row;
use crate::prelude::*;

/// What is said of a row that only the new state has.
pub(super) fn arrived(kind: &str) -> &'static str {
    match kind {
        "conflict" | "notice" => "arose",
        "event" => "without effect",
        _ => "added",
    }
}

/// What is said of a row that only the old state has.
pub(super) fn left(kind: &str) -> &'static str {
    match kind {
        "conflict" | "notice" => "settled",
        "event" => "no longer without effect",
        _ => "removed",
    }
}

/// Whether a member says where a row stands.
pub(super) fn is_place(name: &str) -> bool {
    matches!(name, "under" | "follows")
}

/// Whether what a member says is said by another that differs, too: a step that was completed has a completion.
pub(super) fn is_told_by_another(name: &str, differing: &[&String], old: &Row, new: &Row) -> bool {
    let differs = |other: &str| differing.iter().any(|name| *name == other);
    match name {
        "completed" => differs("state"),
        "state" => {
            (differs("answer") && new.members.contains_key("answer") && !old.members.contains_key("answer"))
                || (differs("superseded_by") && new.members.get("state").is_some_and(|state| state == "superseded"))
        }
        _ => false,
    }
}

/// What is said of a member that has another value.
pub(super) fn changed(kind: &str, name: &str, old: Option<&Value>, new: Option<&Value>) -> &'static str {
    let word = |value: Option<&Value>| value.and_then(Value::as_str).unwrap_or_default().to_owned();
    match name {
        "state" => state(kind, &word(old), &word(new)),
        "completed" => "completed again",
        "text" | "i_want" | "as_a" | "so_that" => "reworded",
        "title" if kind == "decision" => "reworded",
        "heading" => "retitled",
        "body" | "prose" => "rewritten",
        "answer" if old.is_none() => "answered",
        "archived" => {
            if new.is_some() {
                "archived"
            } else {
                "reactivated"
            }
        }
        _ if is_place(name) => "moved",
        _ if old.is_none() => "set",
        _ if new.is_none() => "cleared",
        _ => "changed",
    }
}

fn state(kind: &str, old: &str, new: &str) -> &'static str {
    match (kind, new) {
        ("step", "doing") => "started",
        ("step", "done") => "completed",
        ("step", "todo") if old == "doing" => "put back",
        ("criterion", "open") => "unmet",
        (_, "todo" | "open") => "reopened",
        (_, "dropped") => "dropped",
        (_, "met") => "met",
        (_, "answered") => "answered",
        (_, "resolved") => "resolved",
        (_, "proposed") => "proposed",
        (_, "accepted") => "accepted",
        (_, "superseded") => "superseded",
        (_, "withdrawn") => "withdrawn",
        _ => "changed",
    }
}

/// What is said where a list has something more.
pub(super) fn gained(name: &str) -> &'static str {
    match name {
        "tags" => "tagged",
        "owners" => "claimed",
        "depends" => "made to wait",
        "links" => "linked",
        "superseded_by" => "superseded",
        "supersedes" => "superseding",
        "amendments" => "amended",
        _ => "given",
    }
}

/// What is said where a list has something less.
pub(super) fn lost(name: &str) -> &'static str {
    match name {
        "tags" => "untagged",
        "owners" => "released",
        "depends" => "freed",
        "links" => "unlinked",
        _ => "rid of",
    }
}
