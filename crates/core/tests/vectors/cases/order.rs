//! The canonical order.

use serde_json::json;

use crate::script::{Script, script};

pub fn all() -> Vec<Script> {
    vec![skew(), ties(), pushed(), stable()]
}

fn skew() -> Script {
    let mut s = script(
        "40-skewed-clocks",
        "O1 O2",
        "One clock is in 2099, one in 1970: an event still comes after its parents, and after a clock that is ahead the \
         others go on one millisecond at a time.",
    );
    s.root("Skew");
    let one = s.at("2099-01-01T00:00:00.000Z").step("From 2099", "");
    s.at("1970-01-01T00:00:00.000Z").step("From 1970", &one);
    s.at("10:03").add("tag.added", json!({"tag": "now"}));
    s.backwards()
}

fn ties() -> Script {
    let mut s =
        script("41-ties", "O2 S7", "Events of one time that did not see each other are put in the order of their ids.");
    let root = s.root("Ties");
    for n in 0..6 {
        s.on(&[&root]).at("10:01").add("field.set", json!({"field": "status", "value": format!("s{n}")}));
    }
    s
}

fn pushed() -> Script {
    let mut s = script(
        "42-effective-time",
        "O1 O2",
        "Effective times decide, not the times written: a child of a late event comes after a concurrent one that says it \
         is later than the child.",
    );
    let root = s.root("Effective time");
    let late = s.at("10:30").add("tag.added", json!({"tag": "late"}));
    let child = s.at("10:05").add("tag.added", json!({"tag": "child-of-late"}));
    let other = s.on(&[&root]).by("Bo").at("10:20").add("tag.added", json!({"tag": "between"}));
    s.on(&[&root]).at("2026-11-22T10:30:00.001Z").add("tag.added", json!({"tag": "ties-with-the-child"}));
    s.on(&[&child, &other]).at("10:06").add("tag.added", json!({"tag": "joins"}));
    assert_ne!(late, child);
    s.backwards()
}

fn stable() -> Script {
    let mut s = script(
        "43-arrival",
        "O4 S1",
        "Events arrive in an order that is not theirs, children before parents; the state is that of the set.",
    );
    s.root("Arrival");
    let one = s.step("One", "");
    let two = s.step("Two", &one);
    s.add("step.completed", json!({"step": two}));
    s.add("item.reworded", json!({"item": one, "text": "One, again"}));
    s.events.swap(0, 3);
    s.events.swap(1, 4);
    s
}
