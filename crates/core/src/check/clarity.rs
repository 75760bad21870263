//! Clarity: the objective is there and short, nothing is left to be filled in, and what is to be met can be tested.

use super::finding::{Code, Found};
use super::reading::Reading;
use super::words;
use crate::author::resolve;
use crate::prelude::*;
use crate::text::clipped;
use crate::trail::Subject;
use crate::{Field, Kind, Role};

/// How many words are read in 30 seconds.
const WORDS: usize = 120;

pub fn check(reading: &Reading<'_>, found: &mut Found) {
    objective(reading, found);
    for (place, text) in reading.texts() {
        if let Some(phrase) = words::placeholder(text) {
            let reason = format!("it says {:?}, which stands for something that is not written", phrase.to_uppercase());
            found.add(Code::Placeholder, place, reason, fix(reading, place));
        }
    }
    for item in reading.plan.items_of(Kind::Criterion).filter(|item| !item.is_ticked()) {
        if let Some(word) = words::vague(item.text()) {
            let reason = format!("{:?} is vague, and nothing in it can be measured or seen", word);
            let fix = format!("git plan criterion edit {} \"…\"", reading.name(item));
            found.add(Code::CriterionVague, Subject::Item(item.id()), reason, fix);
        }
    }
    for conflict in reading.plan.conflicts() {
        let reason = format!("{} is in conflict", resolve::about(reading.plan, &conflict));
        let fix = format!("git plan resolve {} --take A", conflict.id());
        found.add(Code::InConflict, Subject::Plan, reason, fix);
    }
}

fn objective(reading: &Reading<'_>, found: &mut Found) {
    let told = [Role::Objective, Role::Opening, Role::Stories].into_iter().any(|role| reading.says(role));
    // A record of decisions has its context instead.
    let told = told || reading.is_introduced() || (reading.steps.is_empty() && reading.says(Role::Context));
    if !told && reading.plan.field(Field::Summary).trim().is_empty() {
        let reason = "nothing says what will be accomplished";
        found.add(Code::ObjectiveMissing, reading.place(Role::Objective), reason, "git plan set objective \"…\"");
    }
    let first = words::paragraph(&reading.prose(Role::Objective));
    let count = words::count(&first);
    if count > WORDS {
        let start = clipped(&first, 40);
        let reason = format!("its first paragraph, {start:?}, has {count} words; {WORDS} are read in 30 seconds");
        found.add(Code::ObjectiveLong, reading.place(Role::Objective), reason, "git plan edit objective");
    }
}

/// What to type so that a text can be written anew.
pub fn fix(reading: &Reading<'_>, place: Subject) -> String {
    let item = match place {
        Subject::Item(id) => reading.plan.item(id),
        _ => None,
    };
    match (place, item) {
        (Subject::Section(role), _) => format!("git plan edit {role}"),
        (_, Some(item)) if !matches!(item.kind(), Kind::Prose) => format!("git plan edit {}", reading.full_name(item)),
        _ => "git plan edit".to_owned(),
    }
}
