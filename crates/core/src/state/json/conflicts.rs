//! What is in conflict, computed from the state and never stored.
//!
//! A conflict names what it is about, the field, and its sides: the events that did not see each other. It is gone
//! when a later write has seen all of them.

use serde_json::Value;

use super::Object;
use crate::prelude::*;
use crate::state::{AddWins, Branch, Detail, Item, Plan, Register, Stamp};
use crate::{Field, ItemId, Role};

/// All conflicts of a plan: those of the plan itself, of its standing sections, then of its items by age.
pub(super) fn of(plan: &Plan) -> Vec<Value> {
    let mut found = Found { plan, conflicts: Vec::new() };
    for &field in Field::ALL {
        if let Some(register) = plan.field_register(field) {
            found.value("plan", field.as_str(), register, |value| value.clone());
        }
    }
    found.existence("plan", "archived", plan.existence.contested(), "archived");
    for &role in Role::ALL {
        for (field, register) in [("heading", plan.heading(role)), ("prose", plan.prose(role))] {
            if let Some(register) = register {
                found.value(role.as_str(), field, register, |value| value.clone());
            }
        }
    }
    plan.items().filter(|item| item.is_visible()).for_each(|item| found.item(item));
    found.conflicts
}

struct Found<'a> {
    plan: &'a Plan,
    conflicts: Vec<Value>,
}

impl Found<'_> {
    fn item(&mut self, item: &Item) {
        let target = item.id().to_string();
        self.value(&target, "text", &item.text, |value| value.clone());
        if let Some(body) = &item.body {
            self.value(&target, "body", body, |value| value.clone());
        }
        if let Some(state) = &item.state
            && matches!(item.progress(), Some((_, true)))
        {
            self.register("status", &target, "state", state, |value| value.to_string());
        }
        match &item.detail {
            Detail::Question { answer, .. } => {
                self.value(&target, "answer", answer, |value| value.clone().unwrap_or_default());
            }
            Detail::Story { as_a, so_that } => {
                self.value(&target, "as_a", as_a, |value| value.clone());
                so_that.iter().for_each(|end| self.value(&target, "so_that", end, |value| value.clone()));
            }
            Detail::Decision(decision) => self.successors(&target, &decision.superseded_by),
            _ => {}
        }
        self.place(&target, item);
        self.existence(&target, "existence", item.existence.contested(), "removed");
    }

    fn value<T: Clone + PartialEq>(
        &mut self,
        target: &str,
        field: &str,
        register: &Register<T>,
        shown: impl Fn(&T) -> String,
    ) {
        if register.is_in_conflict() {
            self.register("value", target, field, register, shown);
        }
    }

    fn register<T: Clone + PartialEq>(
        &mut self,
        kind: &str,
        target: &str,
        field: &str,
        register: &Register<T>,
        shown: impl Fn(&T) -> String,
    ) {
        let sides = register.writes().map(|write| (write.stamp, shown(&write.value))).collect();
        self.push(kind, target, field, sides);
    }

    /// Placements that disagree, and the one that was skipped because it would put the item below itself.
    fn place(&mut self, target: &str, item: &Item) {
        let latest = item.placements.latest();
        let kind = if latest.value.slot != item.place.slot {
            "cycle"
        } else if item.placements.writes().any(|write| write.value.branch != latest.value.branch) {
            "place"
        } else {
            return;
        };
        self.register(kind, target, "place", &item.placements, |place| match place.branch {
            Branch::Items(parent) => parent.to_string(),
            Branch::Sections(follows) => follows.map_or_else(String::new, |role| role.to_string()),
        });
    }

    fn existence(&mut self, target: &str, field: &str, removals: Vec<Stamp>, value: &str) {
        if !removals.is_empty() {
            let sides = removals.into_iter().map(|stamp| (stamp, value.to_owned())).collect();
            self.push("existence", target, field, sides);
        }
    }

    fn successors(&mut self, target: &str, successors: &AddWins<ItemId>) {
        if successors.len() > 1 {
            let sides = successors.entries().flat_map(|(by, adds)| adds.iter().map(|add| (*add, by.to_string())));
            let mut sides: Vec<_> = sides.collect();
            sides.sort();
            self.push("succession", target, "superseded_by", sides);
        }
    }

    fn push(&mut self, kind: &str, target: &str, field: &str, sides: Vec<(Stamp, String)>) {
        let side = |(stamp, value): (Stamp, String)| -> Value {
            let mut side = self.plan.stamp_json(stamp);
            side.put("value", value);
            side.into()
        };
        let sides: Vec<Value> = sides.into_iter().map(side).collect();
        let mut conflict = Object::default();
        conflict.put("kind", kind).put("target", target).put("field", field).put("sides", sides);
        self.conflicts.push(conflict.into());
    }
}
