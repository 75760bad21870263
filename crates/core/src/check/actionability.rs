//! Actionability: what to do next is clear, and no more is planned than can be known.

use super::finding::{Code, Found};
use super::reading::Reading;
use crate::prelude::*;
use crate::state::Detail;
use crate::trail::Subject;
use crate::{Kind, Role};

/// So many steps before anything was begun are too many.
const STEPS: usize = 50;
/// The most levels of steps.
const LEVELS: usize = 3;
/// The most steps that are in progress at once without an owner.
const DOING: usize = 3;

pub fn check(reading: &Reading<'_>, found: &mut Found) {
    let (plan, steps) = (reading.plan, &reading.steps);
    if reading.open_steps().next().is_some() && plan.workable().is_empty() && !reading.is_ended() {
        let reason = "every open step waits for another, is blocked, or is in conflict";
        found.add(
            Code::NoNextStep,
            Subject::Section(Role::Steps),
            reason,
            "git plan next, then git plan unblock or git plan resolve",
        );
    }
    let noted = reading.noted();
    for item in plan.items_of(Kind::Blocker).filter(|item| !item.is_ticked()) {
        let Detail::Blocker { need, options, .. } = &item.detail else { continue };
        let told = need.is_some() || !options.is_empty() || noted.contains(&item.id()) || reading.says_more(item);
        if !told && reading.days_since(item.added.at) >= 1 {
            let reason = "it has been open for more than a day, and nothing says what is needed or could be done";
            let fix = format!("git plan note \"Need: …\" --on {}", reading.full_name(item));
            found.add(Code::BlockerUndocumented, Subject::Item(item.id()), reason, fix);
        }
    }
    let doing: Vec<_> = steps
        .iter()
        .filter(|step| step.item.is_doing() && !step.has_children && step.item.owners().is_empty())
        .collect();
    if let Some(last) = doing.last().filter(|_| doing.len() > DOING) {
        let reason = format!("{} steps are in progress that nobody has claimed", doing.len());
        let fix = format!("git plan step done {0}, or git plan step claim {0}", last.number);
        found.add(Code::ManyInProgress, Subject::Item(last.item.id()), reason, fix);
    }
    let begun = steps.iter().any(|step| step.item.is_doing() || step.item.is_ticked());
    if steps.len() >= STEPS && !begun {
        let reason = format!("there are {} steps, and none was begun; five to ten are enough at first", steps.len());
        found.add(
            Code::OverPlanned,
            Subject::Section(Role::Steps),
            reason,
            "git plan step rm, then git plan step start 1",
        );
    }
    // One of each branch is enough: the first that is too deep.
    for step in steps.iter().filter(|step| step.depth == LEVELS) {
        let parent = step.number.rsplit_once('.').map_or("", |(parent, _)| parent);
        if step.number.ends_with(".1") {
            let reason = format!("it is on level {}; {LEVELS} can be overlooked", LEVELS + 1);
            let fix = format!("git plan step move {} --after {parent}", step.number);
            found.add(Code::TooDeep, Subject::Item(step.item.id()), reason, fix);
        }
    }
}
