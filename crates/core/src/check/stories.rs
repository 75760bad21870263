//! Stories: whole, testable, and independent of each other.

use super::finding::{Code, Found};
use super::reading::Reading;
use super::words;
use crate::prelude::*;
use crate::state::Detail;
use crate::trail::{Subject, label};
use crate::{ItemId, Kind, Parent};

pub fn check(reading: &Reading<'_>, found: &mut Found) {
    let plan = reading.plan;
    let mut wishes: BTreeMap<String, ItemId> = BTreeMap::new();
    for item in plan.items_of(Kind::Story) {
        let (place, name) = (Subject::Item(item.id()), reading.full_name(item));
        let Detail::Story { as_a, so_that } = &item.detail else { continue };
        let end = so_that.as_ref().is_some_and(|end| !end.value().trim().is_empty());
        if as_a.value().trim().is_empty() || !end {
            let reason = if end { "it does not say whose wish it is" } else { "it does not say to what end" };
            found.add(Code::StoryIncomplete, place, reason, "git plan edit stories");
        }
        if plan.outline(Parent::Node(item.id()), Kind::Criterion).is_empty() {
            let reason = "nothing says when it is fulfilled";
            let fix = format!("git plan criterion add \"…\" --under {name}");
            found.add(Code::StoryWithoutCriteria, place, reason, fix);
        }
        let wish = words::folded(item.text());
        if let Some(first) = wishes.get(&wish) {
            let reason = format!("{} has the same wish", label(plan, Subject::Item(*first)));
            found.add(Code::StoryRepeated, place, reason, "git plan edit stories");
        } else {
            wishes.insert(wish, item.id());
        }
    }
}
