//! Where items stand, and how they are numbered.

use std::collections::{BTreeMap, BTreeSet};

use git_plan_core::author::find;
use git_plan_core::state::Branch;
use git_plan_core::{ItemId, Kind, Parent, Plan};

/// A node stands in the list and at the slot of its place if it is there, or something that stands hangs below it.
pub fn standing(plan: &Plan) {
    let mut standing: BTreeSet<ItemId> = BTreeSet::new();
    for item in plan.items().filter(|item| item.is_visible()) {
        let mut above = Some(item);
        // What stands already stands with all that is above it.
        while let Some(item) = above.filter(|item| standing.insert(item.id())) {
            above = match item.place.branch {
                Branch::Items(Parent::Node(parent)) => plan.item(parent),
                _ => None,
            };
        }
    }
    for item in plan.items() {
        let entries = plan.standing(item.place.branch).filter(|&(_, node)| node == item.id());
        let expected = standing.contains(&item.id()).then_some((item.place.slot, item.id()));
        assert!(entries.eq(expected), "the {} {:?} stands at its place, once, or nowhere", item.kind(), item.id());
    }
}

/// The number of an item is that which the outline shows, and leads back to it.
pub fn numbers(plan: &Plan) {
    for &kind in Kind::ALL {
        let listed = find::listed(plan, kind);
        let mut shown: BTreeMap<ItemId, &str> = listed.iter().map(|o| (o.item.id(), o.number.as_str())).collect();
        assert_eq!(shown.len(), listed.len(), "each {kind} is shown once");
        for item in plan.items().filter(|item| item.kind() == kind) {
            let number = plan.number(item);
            assert_eq!(number.as_deref(), shown.remove(&item.id()), "the {kind} {:?} has its number", item.id());
            let found = number.as_deref().map(|number| plan.by_number(kind, number).map(|found| found.id()));
            assert!(found.is_none_or(|found| found == Some(item.id())), "the number {number:?} leads to its {kind}");
        }
        let beyond = listed.iter().filter(|o| o.depth == 0).count() + 1;
        assert_eq!(plan.by_number(kind, &beyond.to_string()), None, "the numbers of a {kind} end with the last");
    }
}
