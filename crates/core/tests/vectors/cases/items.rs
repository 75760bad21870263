//! Items of each kind.

use serde_json::json;

use crate::script::{Script, script};

pub fn all() -> Vec<Script> {
    vec![items(), steps(), criteria(), decisions(), notes(), questions(), stories(), claims(), waiting(), outline()]
}

fn items() -> Script {
    let mut s = script(
        "10-items",
        "S12 S13 S16 S17 S18 S19",
        "Items are reworded, moved, removed and restored; a removed step is shown while something below it is.",
    );
    s.root("Items");
    let one = s.step("One", "");
    let two = s.step("Two", &one);
    let three = s.step("Three", &two);
    s.add("item.reworded", json!({"item": two, "text": "Two, said better"}));
    s.add("item.moved", json!({"item": three}));
    let below = s.add("item.moved", json!({"item": one, "under": two}));
    s.child("After the placement of one", &two, &below);
    let four = s.step("Four", &three);
    let kept = s.child("Kept", &four, "");
    s.add("item.removed", json!({"items": [four, kept]}));
    s.add("item.restored", json!({"item": kept}));
    s.add("item.removed", json!({"items": [three]}));
    s
}

fn steps() -> Script {
    let mut s = script(
        "11-steps",
        "T1 S8 S9 V9 V10 V11",
        "Steps in every state, one born done, with evidence; in progress at the top and below, with and without children.",
    );
    s.root("Steps");
    let todo = s.step("To do", "");
    let doing = s.step("Doing", &todo);
    let done = s.step("Done", &doing);
    let dropped = s.step("Dropped", &done);
    let reopened = s.step("Reopened", &dropped);
    s.add("step.added", json!({"after": reopened, "state": "done", "text": "Born done"}));
    let inner = s.child("Inner", &doing, "");
    let deep = s.child("Deep", &inner, "");
    for step in [&doing, &inner, &deep] {
        s.add("step.started", json!({"step": step}));
    }
    s.add("step.completed", json!({"evidence": ["It runs", "It is\ntested"], "step": done}));
    s.add("step.dropped", json!({"step": dropped}));
    s.add("step.completed", json!({"step": reopened}));
    s.add("step.reopened", json!({"step": reopened}));
    s
}

fn criteria() -> Script {
    let mut s = script("12-criteria", "S8 S9 V12", "Criteria: met with evidence, unmet again, born met, nested.");
    s.root("Criteria");
    let one = s.add("criterion.added", json!({"text": "Fast"}));
    let two = s.add("criterion.added", json!({"after": one, "text": "Small"}));
    s.add("criterion.added", json!({"after": two, "state": "met", "text": "Born met"}));
    s.add("criterion.added", json!({"text": "Below a second", "under": one}));
    s.add("criterion.met", json!({"criterion": one, "evidence": ["0.3 s"]}));
    s.add("criterion.met", json!({"criterion": two}));
    s.add("criterion.unmet", json!({"criterion": two}));
    s
}

fn decisions() -> Script {
    let mut s = script(
        "13-decisions",
        "S22 V14",
        "Decisions: proposed, accepted, amended, withdrawn, superseded by a later decision and by a link, about a question.",
    );
    s.root("Decisions");
    let question = s.add("question.asked", json!({"text": "Which database?"}));
    let first = s.add("decision.recorded", json!({
        "options": ["MySQL"], "question": question, "reason": "Better JSON support", "references": ["[Guide](guide.md)"],
        "title": "Chose PostgreSQL", "tradeoffs": ["More to run"],
    }));
    s.add("decision.amended", json!({"decision": first, "text": "Version 17"}));
    let proposed = s.add("decision.recorded", json!({"state": "proposed", "title": "Cache in memory"}));
    let accepted = s.add("decision.recorded", json!({"state": "proposed", "title": "Write tests first"}));
    s.add("decision.accepted", json!({"decision": accepted}));
    let withdrawn = s.add("decision.recorded", json!({"title": "Ship on Friday"}));
    s.add("decision.withdrawn", json!({"decision": withdrawn}));
    let second = s.add("decision.recorded", json!({"supersedes": [first], "title": "Chose SQLite"}));
    s.add("decision.superseded", json!({"by": second, "decision": accepted}));
    s.add("prose.set", json!({"of": second, "text": "Nobody runs a server."}));
    assert_ne!(proposed, second);
    s
}

fn notes() -> Script {
    let mut s = script(
        "14-notes",
        "V13 V17",
        "Discoveries, notes and results, each correcting an earlier one or in each of its groups.",
    );
    s.root("Notes");
    let step = s.step("Measure", "");
    let wrong = s.add("discovery.recorded", json!({"evidence": ["a log"], "text": "The leak is in the pool"}));
    s.add("discovery.recorded", json!({"corrects": wrong, "text": "The leak is in a listener"}));
    let note = s.add("note.added", json!({"label": "Test", "on": step, "text": "Took 3 s"}));
    s.add("note.added", json!({"corrects": note, "label": "Test", "text": "Took 4 s"}));
    let one = s.add("result.added", json!({"group": "lesson", "text": "Measure first"}));
    s.add("result.added", json!({"after": one, "group": "lesson", "text": "Measure twice"}));
    s.add("result.added", json!({"group": "metric", "text": "Latency: 1.2 seconds"}));
    s.add("result.added", json!({"group": "delivered", "text": "A fix"}));
    s
}

fn questions() -> Script {
    let mut s = script(
        "15-questions",
        "S21 V15",
        "Questions: open, answered, reopened, blocked; blockers: on a question, on a step, on nothing, resolved, reopened.",
    );
    s.root("Questions");
    let step = s.step("Sign in", "");
    let answered = s.add("question.asked", json!({"text": "Which provider?"}));
    s.add("question.answered", json!({"answer": "Auth0", "question": answered}));
    let again = s.add("question.asked", json!({"after": answered, "options": ["Now", "Later"], "text": "When?"}));
    s.add("question.answered", json!({"answer": "Now", "question": again}));
    s.add("question.reopened", json!({"question": again}));
    let blocked = s.add("question.asked", json!({"after": again, "need": "Figures", "text": "How many?"}));
    s.add("blocker.raised", json!({"need": "A meeting", "on": blocked, "options": ["Guess"], "text": "Nobody knows"}));
    let on_step = s.add("blocker.raised", json!({"after": blocked, "on": step, "text": "No account"}));
    let solved = s.add("blocker.raised", json!({"after": on_step, "text": "No network"}));
    s.add("blocker.resolved", json!({"blocker": solved, "how": "A cable"}));
    let back = s.add("blocker.raised", json!({"after": solved, "text": "No power"}));
    s.add("blocker.resolved", json!({"blocker": back}));
    s.add("blocker.reopened", json!({"blocker": back}));
    s
}

fn stories() -> Script {
    let mut s = script(
        "16-stories",
        "T1 S10 V16",
        "User stories with acceptance criteria, one retold in part; links between items and to the world, one taken away.",
    );
    s.root("Stories");
    let one = s.add("story.added", json!({"as_a": "reader", "i_want": "dark pages", "so_that": "my eyes rest"}));
    let two = s.add("story.added", json!({"after": one, "as_a": "writer", "i_want": "a preview"}));
    s.add("story.retold", json!({"i_want": "a live preview", "so_that": "I see it", "story": two}));
    let met = s.add("criterion.added", json!({"text": "Pages are dark", "under": one}));
    s.add("criterion.met", json!({"criterion": met}));
    s.add("link.added", json!({"from": two, "rel": "code", "to": "3b18e512dba79e4c8300dd08aeb37f8e728b8dad"}));
    s.add("link.added", json!({"from": two, "rel": "see", "to": "https://example.org/preview"}));
    s.add("link.added", json!({"from": two, "rel": "see", "to": one}));
    s.add("link.removed", json!({"from": two, "rel": "see", "to": "https://example.org/preview"}));
    s
}

fn claims() -> Script {
    let mut s = script(
        "17-claims",
        "S23 V10",
        "Steps are claimed, a claim is renewed, given back, and made by two at once: both own the step.",
    );
    s.root("Claims");
    let step = s.step("Build", "");
    let other = s.step("Test", &step);
    s.add("step.claimed", json!({"owner": "Cy", "step": other}));
    s.add("step.released", json!({"owner": "Cy", "step": other}));
    let seen = s.add("step.claimed", json!({"owner": "Ada", "step": step, "until": "2026-11-23T00:00:00.000Z"}));
    s.add("step.claimed", json!({"owner": "Ada", "step": step, "until": "2026-11-24T00:00:00.000Z"}));
    s.by("Bo").on(&[&seen]).add("step.claimed", json!({"owner": "Bo", "step": step}));
    s
}

fn waiting() -> Script {
    let mut s = script(
        "18-waiting",
        "S24 V10",
        "Steps wait for others; a step that is done, dropped or gone keeps nobody waiting; a wait is taken back.",
    );
    s.root("Waiting");
    let one = s.step("One", "");
    let two = s.step("Two", &one);
    let three = s.step("Three", &two);
    let four = s.step("Four", &three);
    let last = s.step("Last", &four);
    for on in [&four, &one, &two, &three] {
        s.add("step.depended", json!({"on": on, "step": last}));
    }
    s.add("step.undepended", json!({"on": two, "step": last}));
    s.add("step.completed", json!({"step": three}));
    s.add("step.depended", json!({"on": last, "step": three}));
    s
}

fn outline() -> Script {
    let mut s = script(
        "19-outline",
        "S28 V8 V9",
        "Steps from ten on indent what is below them by one more; numbers go on from section to section.",
    );
    s.root("Outline");
    let mut last = String::new();
    for n in 1..=10 {
        last = s.step(&format!("Step {n}"), &last);
    }
    let inner = s.child("Inner", &last, "");
    s.child("Innermost\nof two lines", &inner, "");
    let section = s.add("section.added", json!({"follows": "steps", "heading": "Later"}));
    let eleven = s.add("step.added", json!({"text": "Step 11", "under": section}));
    s.child("Inner of 11", &eleven, "");
    s.step("", &last);
    s
}
