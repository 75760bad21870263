//! A state laid out as rows: the plan, its standing sections, each item, each event without effect, each conflict.

use serde_json::{Map, Value};

use super::Of;
use crate::prelude::*;

/// The kinds of rows, in the order in which differences are told, each with the state's member that lists them.
const LISTED: [(&str, &str); 15] = [
    ("section", "standing"),
    ("section", "sections"),
    ("step", "steps"),
    ("criterion", "criteria"),
    ("prose", "prose"),
    ("decision", "decisions"),
    ("discovery", "discoveries"),
    ("question", "questions"),
    ("blocker", "blockers"),
    ("note", "notes"),
    ("result", "results"),
    ("story", "stories"),
    ("event", "inert"),
    ("conflict", "conflicts"),
    ("notice", "notices"),
];

/// The kinds of rows, in the order in which differences are told.
pub(super) const KINDS: [&str; 15] = [
    "plan",
    "section",
    "step",
    "criterion",
    "prose",
    "decision",
    "discovery",
    "question",
    "blocker",
    "note",
    "result",
    "story",
    "event",
    "conflict",
    "notice",
];

/// Members that say nothing of what the plan means, or that other rows say.
const LEFT_OUT: [&str; 9] =
    ["id", "number", "children", "criteria", "blockers", "events", "heads", "added", "occurred"];

/// The members that hold a row's wording.
const WORDINGS: [&str; 6] = ["text", "title", "i_want", "heading", "value", "reason"];

/// One thing that a state speaks of.
pub(super) struct Row {
    /// What it is found by in another state.
    pub(super) key: String,
    pub(super) of: Of,
    /// Whether it is an item, which others may stand beside.
    is_item: bool,
    pub(super) members: Map<String, Value>,
}

impl Row {
    /// All that the state says of it.
    pub(super) fn value(&self) -> Value {
        Value::Object(self.members.clone())
    }
}

/// A state as rows.
#[derive(Default)]
pub(super) struct Index {
    rows: Vec<Row>,
    at: BTreeMap<String, usize>,
    /// What stands side by side: by kind and by what it stands under.
    pub(super) lists: BTreeMap<(&'static str, String), Vec<String>>,
}

impl Index {
    pub(super) fn of(state: &Value) -> Self {
        let mut index = Self::default();
        let Value::Object(state) = state else { return index };
        let plan = state.iter().filter(|(name, value)| !is_listed(name, value) && *name != "removed");
        index.push("plan", String::new(), &plan.map(|(name, value)| (name.clone(), value.clone())).collect());
        for (kind, list) in LISTED {
            match state.get(list) {
                Some(Value::Object(standing)) => {
                    // A standing section is always there, if with nothing in it.
                    for role in crate::Role::ALL {
                        let none = Map::new();
                        let members = standing.get(role.as_str()).and_then(Value::as_object).unwrap_or(&none);
                        index.push(kind, role.to_string(), members);
                    }
                }
                Some(Value::Array(items)) => index.list(kind, items),
                _ => {}
            }
        }
        index
    }

    /// Adds items with what is nested in them. The state nests no deeper than it may, so this does not either.
    fn list(&mut self, kind: &'static str, items: &[Value]) {
        for item in items.iter().filter_map(Value::as_object) {
            let named = if kind == "event" { "event" } else { "id" };
            let id = item.get(named).and_then(Value::as_str).unwrap_or_default();
            self.push(kind, id.to_owned(), item);
            for (kind, nested) in [(kind, "children"), ("criterion", "criteria")] {
                if let Some(Value::Array(items)) = item.get(nested) {
                    self.list(kind, items);
                }
            }
        }
    }

    fn push(&mut self, kind: &'static str, id: String, members: &Map<String, Value>) {
        let text = |name: &str| members.get(name).and_then(Value::as_str).unwrap_or_default();
        let wording = WORDINGS.iter().map(|name| text(name)).find(|text| !text.is_empty()).unwrap_or_default();
        let number = text("number").to_owned();
        let key = if kind == "event" { format!("event {id}") } else { id.clone() };
        let is_item = id.len() == 64 && kind != "event";
        if is_item && text("shown").is_empty() {
            let under = if kind == "section" { text("follows") } else { text("under") };
            self.lists.entry((kind, under.to_owned())).or_default().push(key.clone());
        }
        let of = Of { kind, id, number, text: wording.to_owned() };
        let kept = members.iter().filter(|(name, _)| !LEFT_OUT.contains(&name.as_str()));
        let members = kept.map(|(name, value)| (name.clone(), value.clone())).collect();
        self.at.insert(key.clone(), self.rows.len());
        self.rows.push(Row { key, of, is_item, members });
    }

    pub(super) fn of_kind(&self, kind: &str) -> impl Iterator<Item = &Row> {
        self.rows.iter().filter(move |row| row.of.kind == kind)
    }

    pub(super) fn row(&self, key: &str) -> Option<&Row> {
        self.at.get(key).map(|&at| &self.rows[at])
    }
}

/// Whether a member of the state is a list of rows, and no member of the plan's own.
fn is_listed(name: &str, value: &Value) -> bool {
    (value.is_array() || value.is_object()) && LISTED.iter().any(|(_, list)| *list == name)
}

/// Gives the items of a state the ids of those of another plan that are of one kind and say the same, one for one.
pub(super) fn rename(old: &Index, new: &mut Value) {
    let known = Index::of(new);
    let mut free: BTreeMap<(&str, &str), Vec<&str>> = BTreeMap::new();
    for row in old.rows.iter().rev().filter(|row| row.is_item).filter(|row| known.row(&row.key).is_none()) {
        free.entry((row.of.kind, &row.of.text)).or_default().push(&row.key);
    }
    let mut names: BTreeMap<String, String> = BTreeMap::new();
    for row in known.rows.iter().filter(|row| row.is_item).filter(|row| old.row(&row.key).is_none()) {
        if let Some(name) = free.get_mut(&(row.of.kind, row.of.text.as_str())).and_then(Vec::pop) {
            names.insert(row.key.clone(), name.to_owned());
        }
    }
    replace(new, &names);
}

fn replace(value: &mut Value, names: &BTreeMap<String, String>) {
    match value {
        Value::String(text) => {
            if let Some(name) = names.get(text) {
                text.clone_from(name);
            }
        }
        Value::Array(values) => values.iter_mut().for_each(|value| replace(value, names)),
        Value::Object(members) => members.values_mut().for_each(|value| replace(value, names)),
        _ => {}
    }
}
