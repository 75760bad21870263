//! The worlds, and what can come of them.

use serde_json::json;

use super::Said;

/// How many states each world has, in how many of them there is a conflict or a notice, and of which kinds.
pub const FOUND: &str = "\
status: 1576 states, 612 in conflict, 0 with notices: value
step states: 1576 states, 598 in conflict, 46 with notices: claim joined status
prose: 1576 states, 616 in conflict, 88 with notices: merged text
tags: 1576 states, 0 in conflict, 0 with notices: none
moves: 1576 states, 1187 in conflict, 12 with notices: cycle order place
removal: 1576 states, 342 in conflict, 0 with notices: existence
claims: 1576 states, 362 in conflict, 75 with notices: claim joined
successors: 1576 states, 606 in conflict, 0 with notices: status succession
blockers: 1576 states, 31 in conflict, 193 with notices: status twin
answers: 1576 states, 530 in conflict, 0 with notices: choice value
archive: 1576 states, 525 in conflict, 0 with notices: existence
children and wordings: 1576 states, 257 in conflict, 608 with notices: child joined reworded value
";

type Told = (&'static str, Vec<Said>, [Vec<Said>; 3]);

/// Each world: its name, what all know, and what each of three replicas says.
pub fn worlds() -> Vec<Told> {
    vec![
        status(),
        states(),
        prose(),
        tags(),
        moves(),
        removal(),
        claims(),
        successors(),
        blockers(),
        answers(),
        archive(),
        children(),
    ]
}

fn status() -> Told {
    let set = |value: &str| ("field.set", json!({"field": "status", "value": value}));
    let says = [
        vec![set("one"), set("two"), set("one")],
        vec![set("two"), set("three"), set("two")],
        vec![set("one"), set("one"), set("three")],
    ];
    ("status", vec![], says)
}

fn states() -> Told {
    let to = |name: &'static str| (name, json!({"step": "#1"}));
    let says = [
        vec![to("step.started"), to("step.completed"), to("step.reopened")],
        vec![to("step.completed"), to("step.dropped"), to("step.started")],
        vec![to("step.started"), to("step.reopened"), to("step.completed")],
    ];
    ("step states", vec![("step.added", json!({"text": "A step"}))], says)
}

fn prose() -> Told {
    let set = |text: &str| ("prose.set", json!({"of": "context", "text": text}));
    let says = [
        vec![set("ONE\n\ntwo\n\nthree"), set("ONE\n\ntwo\n\n3"), set("")],
        vec![set("one\n\n2\n\nthree"), set("one\n\n2\n\nthree\n\nfour"), set("one\n\ntwo\n\nthree")],
        vec![set("one\n\ntwo\n\nTHREE"), set("1\n\ntwo\n\nTHREE"), set("anew")],
    ];
    ("prose", vec![set("one\n\ntwo\n\nthree")], says)
}

fn tags() -> Told {
    let (add, remove) =
        (|tag: &str| ("tag.added", json!({"tag": tag})), |tag: &str| ("tag.removed", json!({"tag": tag})));
    let says = [
        vec![remove("x"), add("x"), remove("y")],
        vec![add("y"), remove("x"), add("x")],
        vec![remove("y"), add("y"), remove("x")],
    ];
    ("tags", vec![add("x")], says)
}

fn moves() -> Told {
    let step = |text: &str| ("step.added", json!({"text": text}));
    let under = |item: &str, under: &str| ("item.moved", json!({"item": item, "under": under}));
    let top = |item: &str, after: &str| ("item.moved", json!({"after": after, "item": item}));
    let says = [
        vec![under("#1", "#2"), under("#2", "#3"), top("#1", "#3")],
        vec![under("#2", "#1"), top("#2", "#2"), under("#3", "#1")],
        vec![under("#3", "#1"), under("#1", "#3"), top("#3", "#1")],
    ];
    ("moves", vec![step("One"), step("Two"), step("Three")], says)
}

fn removal() -> Told {
    let begin = vec![("step.added", json!({"text": "Above"})), ("step.added", json!({"text": "Below", "under": "#1"}))];
    let remove = |items: &[&str]| ("item.removed", json!({"items": items}));
    let says = [
        vec![remove(&["#1", "#2"]), ("item.restored", json!({"item": "#1"})), remove(&["#1"])],
        vec![
            ("item.reworded", json!({"item": "#1", "text": "Above all"})),
            ("step.completed", json!({"step": "#2"})),
            remove(&["#2"]),
        ],
        vec![
            ("step.added", json!({"text": "Another", "under": "#1"})),
            ("item.moved", json!({"item": "#2"})),
            remove(&["#1", "#2", "@0"]),
        ],
    ];
    ("removal", begin, says)
}

fn claims() -> Told {
    let claim = |owner: &str| ("step.claimed", json!({"owner": owner, "step": "#1"}));
    let release = |owner: &str| ("step.released", json!({"owner": owner, "step": "#1"}));
    let to = |name: &'static str| (name, json!({"step": "#1"}));
    let until = json!({"owner": "ada", "step": "#1", "until": "2026-12-01T00:00:00.000Z"});
    let says = [
        vec![claim("ada"), ("step.claimed", until), release("ada")],
        vec![claim("bo"), to("step.started"), claim("ada")],
        vec![to("step.started"), claim("cy"), to("step.completed")],
    ];
    ("claims", vec![("step.added", json!({"text": "A step"}))], says)
}

fn successors() -> Told {
    let begin = vec![
        ("decision.recorded", json!({"title": "One", "state": "proposed"})),
        ("decision.recorded", json!({"title": "Two"})),
        ("decision.recorded", json!({"title": "Three"})),
    ];
    let by = |by: &str| ("decision.superseded", json!({"by": by, "decision": "#1"}));
    let says = [
        vec![by("#2"), ("decision.recorded", json!({"supersedes": ["#1", "#2"], "title": "Four"})), by("#3")],
        vec![by("#3"), ("decision.withdrawn", json!({"decision": "#1"})), by("#2")],
        vec![
            ("decision.accepted", json!({"decision": "#1"})),
            by("#2"),
            ("decision.amended", json!({"decision": "#1", "text": "More"})),
        ],
    ];
    ("successors", begin, says)
}

fn blockers() -> Told {
    let raise = || ("blocker.raised", json!({"on": "#1", "text": "No key"}));
    let resolve = |blocker: &str, how: &str| ("blocker.resolved", json!({"blocker": blocker, "how": how}));
    let says = [
        vec![raise(), resolve("@0", "Got one"), ("blocker.reopened", json!({"blocker": "@0"}))],
        vec![resolve("#2", "Found it"), raise(), ("blocker.reopened", json!({"blocker": "#2"}))],
        vec![resolve("#2", "Made one"), ("item.reworded", json!({"item": "#2", "text": "No key"})), raise()],
    ];
    (
        "blockers",
        vec![("step.added", json!({"text": "A step"})), ("blocker.raised", json!({"on": "#1", "text": "No lock"}))],
        says,
    )
}

fn answers() -> Told {
    let answer = |answer: &str| ("question.answered", json!({"answer": answer, "question": "#1"}));
    let reopen = || ("question.reopened", json!({"question": "#1"}));
    let decide = |title: &str| ("decision.recorded", json!({"question": "#1", "title": title}));
    let says = [
        vec![answer("Yes"), reopen(), answer("")],
        vec![answer("No"), answer("Yes"), decide("Yes")],
        vec![decide("No"), reopen(), ("decision.withdrawn", json!({"decision": "@0"}))],
    ];
    ("answers", vec![("question.asked", json!({"text": "Shall we?"}))], says)
}

fn archive() -> Told {
    let (away, back) = (|| ("plan.archived", json!({})), || ("plan.reactivated", json!({})));
    let tag = || ("tag.added", json!({"tag": "x"}));
    ("archive", vec![], [vec![away(), back(), away()], vec![tag(), away(), tag()], vec![away(), tag(), back()]])
}

fn children() -> Told {
    let begin = vec![("step.added", json!({"text": "A step"})), ("criterion.added", json!({"text": "It works"}))];
    let child = || ("step.added", json!({"text": "A part", "under": "#1"}));
    let met = || ("criterion.met", json!({"criterion": "#2"}));
    let word = |text: &str| ("item.reworded", json!({"item": "#2", "text": text}));
    let says = [
        vec![("step.completed", json!({"step": "#1"})), met(), ("step.reopened", json!({"step": "#1"}))],
        vec![child(), word("It works well"), ("step.completed", json!({"step": "@0"}))],
        vec![word("It does"), ("criterion.unmet", json!({"criterion": "#2"})), met()],
    ];
    ("children and wordings", begin, says)
}
