//! Which items a change is about.

use serde_json::Value;

use crate::prelude::*;
use crate::{Change, ItemId};

/// Members of an event's data that name items, the one that the change is mostly about first. Anchors (`after`) are
/// places, not items that anything happens to.
const MEMBERS: [&str; 14] = [
    "item",
    "items",
    "step",
    "criterion",
    "decision",
    "blocker",
    "story",
    "from",
    "section",
    "of",
    "question",
    "on",
    "by",
    "supersedes",
];

impl Change {
    /// The items that the change names, the one that it is mostly about first. An item that it adds is not among
    /// them: that is named by the event itself.
    #[must_use]
    pub fn mentions(&self) -> Vec<ItemId> {
        let data = self.data();
        let mut named = Vec::new();
        for member in MEMBERS.into_iter().chain(["corrects", "under"]) {
            match data.get(member) {
                Some(Value::String(id)) => named.extend(id.parse::<ItemId>()),
                Some(Value::Array(ids)) => {
                    named.extend(ids.iter().filter_map(|id| id.as_str()?.parse::<ItemId>().ok()))
                }
                _ => {}
            }
        }
        named
    }
}
