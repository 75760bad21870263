//! The Cookbook's own rules, for plans in its layout and for those that look like it.

use super::clarity::fix;
use super::finding::{Code, Found};
use super::reading::Reading;
use super::words;
use crate::prelude::*;
use crate::{Kind, Role};

pub fn check(reading: &Reading<'_>, found: &mut Found) {
    if !reading.is_cookbook() {
        return;
    }
    if reading.steps.is_empty() {
        let reason = "Progress has no boxes, so nobody can tell how far it is";
        found.add(Code::ProgressWithoutBoxes, reading.place(Role::Steps), reason, "git plan step add \"…\"");
    }
    for (place, text) in reading.texts() {
        if let Some(phrase) = words::leaning(text) {
            let reason = format!("it says {phrase:?}, and its reader may have nothing but the plan");
            found.add(Code::NotSelfContained, place, reason, fix(reading, place));
        }
    }
    for role in [Role::Objective, Role::Context, Role::Approach] {
        if words::is_links(&reading.prose(role)) {
            let place = reading.place(role);
            let reason = "it is nothing but links, and its reader may have nothing but the plan";
            found.add(Code::LinksOnly, place, reason, format!("git plan edit {role}"));
        }
    }
    let discovered = reading.plan.items_of(Kind::Discovery).next().is_some() || reading.says(Role::Discoveries);
    if reading.is_over() && !discovered {
        let reason = "all steps are done, and nothing says what was found on the way";
        let fix = "git plan discover \"…\" --evidence \"…\"";
        found.add(Code::DiscoveriesMissing, reading.place(Role::Discoveries), reason, fix);
    }
}
