//! What differs between two states of a plan, by meaning; and between two texts, by lines and by words.
//!
//! What may be relied on: [`between`] says nothing exactly where both states mean the same, which is that they are the same as
//! JSON but for `events`, `heads` and `removed`; whatever differs is named, by its kind and id. [`patch`] applied to the
//! old text gives the new one. All of it is a function of its arguments, without a limit in time: what is shown does not
//! depend on the speed of a machine.
//!
//! How: `index.rs` lays a state out as rows, `verbs.rs` has the words for what happened to a row, `words.rs` and `patch.rs`
//! compare texts.

mod index;
mod patch;
mod verbs;
mod words;

use serde_json::{Value, json};
use similar::{Algorithm, DiffOp, capture_diff_slices};

use crate::Plan;
use crate::prelude::*;
use index::{Index, Row};

pub use patch::{counts, patch};
pub use words::{Piece, words};

/// One thing that differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// What it is about.
    pub of: Of,
    /// What happened to it, on the way from the old state to the new one.
    pub what: &'static str,
    /// The member of the state in which it shows; empty where it is the whole.
    pub field: String,
    /// What was there.
    pub old: Option<Value>,
    /// What is there.
    pub new: Option<Value>,
}

/// What a difference is about.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Of {
    /// `plan`, a kind of item, `event`, `conflict` or `notice`; a standing section is a `section` too.
    pub kind: &'static str,
    /// The id; of a standing section its role, of the plan nothing.
    pub id: String,
    /// The number that it is shown by.
    pub number: String,
    /// Its wording, in the new state where it is there.
    pub text: String,
}

impl Difference {
    /// The same as JSON.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let mut written = json!({ "kind": self.of.kind, "what": self.what });
        let texts = [("id", &self.of.id), ("number", &self.of.number), ("text", &self.of.text), ("field", &self.field)];
        for (name, text) in texts {
            if !text.is_empty() {
                written[name] = text.as_str().into();
            }
        }
        for (name, value) in [("old", &self.old), ("new", &self.new)] {
            if let Some(value) = value {
                written[name] = value.clone();
            }
        }
        written
    }
}

/// Which items of two states are the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Same {
    /// Those with one id: the states are of one plan.
    ById,
    /// These, and those of one kind that say the same: the states are of two plans.
    ByText,
}

/// What differs between two states.
#[must_use]
pub fn between(old: &Plan, new: &Plan, same: Same) -> Vec<Difference> {
    let (old, mut new) = (Index::of(&old.to_json()), new.to_json());
    if same == Same::ByText {
        index::rename(&old, &mut new);
    }
    let new = Index::of(&new);
    let moved = moved(&old, &new);
    let mut found = Vec::new();
    for kind in index::KINDS {
        for row in new.of_kind(kind) {
            match old.row(&row.key) {
                Some(before) => changed(before, row, moved.contains(row.key.as_str()), &mut found),
                None => found.push(whole(row, verbs::arrived(kind), None, Some(row.value()))),
            }
        }
        for row in old.of_kind(kind).filter(|row| new.row(&row.key).is_none()) {
            found.push(whole(row, verbs::left(kind), Some(row.value()), None));
        }
    }
    found
}

fn whole(row: &Row, what: &'static str, old: Option<Value>, new: Option<Value>) -> Difference {
    Difference { of: row.of.clone(), what, field: String::new(), old, new }
}

/// The rows that stand elsewhere among those that stand beside them in both states.
fn moved<'a>(old: &'a Index, new: &'a Index) -> BTreeSet<&'a str> {
    let mut moved = BTreeSet::new();
    for (list, keys) in &new.lists {
        let Some(before) = old.lists.get(list) else { continue };
        let (was, is): (BTreeSet<&String>, BTreeSet<&String>) = (before.iter().collect(), keys.iter().collect());
        let before: Vec<&String> = before.iter().filter(|key| is.contains(key)).collect();
        let after: Vec<&String> = keys.iter().filter(|key| was.contains(key)).collect();
        for op in capture_diff_slices(Algorithm::Myers, &before, &after) {
            if !matches!(op, DiffOp::Equal { .. }) {
                moved.extend(after[op.new_range()].iter().map(|key| key.as_str()));
            }
        }
    }
    moved
}

/// What differs between two states of one row.
fn changed(old: &Row, new: &Row, moved: bool, found: &mut Vec<Difference>) {
    let names: BTreeSet<&String> = old.members.keys().chain(new.members.keys()).collect();
    let differing: Vec<&String> =
        names.into_iter().filter(|name| old.members.get(*name) != new.members.get(*name)).collect();
    if moved && !differing.iter().any(|name| verbs::is_place(name)) {
        found.push(whole(new, "moved", None, None));
    }
    for name in differing.iter().filter(|name| !verbs::is_told_by_another(name, &differing, old, new)) {
        let (was, is) = (old.members.get(*name), new.members.get(*name));
        let mut push = |what, was: Option<&Value>, is: Option<&Value>| {
            let (of, field) = (new.of.clone(), (*name).clone());
            found.push(Difference { of, what, field, old: was.cloned(), new: is.cloned() });
        };
        let lists = [was, is].map(|value| value.map(|value| value.as_array().map(Vec::as_slice)));
        match lists {
            [None | Some(Some(_)), None | Some(Some(_))] => {
                let [was, is] = lists.map(|list| list.flatten().unwrap_or_default());
                let (lost, gained) = (beyond(was, is), beyond(is, was));
                lost.iter().for_each(|value| push(verbs::lost(name), Some(value), None));
                gained.iter().for_each(|value| push(verbs::gained(name), None, Some(value)));
                if lost.is_empty() && gained.is_empty() {
                    let [was, is] = [was, is].map(|list| Value::from(list.to_vec()));
                    push("reordered", Some(&was), Some(&is));
                }
            }
            _ => push(verbs::changed(new.of.kind, name, was, is), was, is),
        }
    }
}

/// Those of a list that another does not have, however often.
fn beyond<'a>(list: &'a [Value], other: &[Value]) -> Vec<&'a Value> {
    let mut left: Vec<&Value> = other.iter().collect();
    let is_beyond = |value: &&Value| match left.iter().position(|other| *other == *value) {
        Some(at) => {
            left.swap_remove(at);
            false
        }
        None => true,
    };
    list.iter().filter(is_beyond).collect()
}
