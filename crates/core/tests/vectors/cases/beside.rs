//! What becomes of changes made beside each other: texts that are merged, and what only a notice tells.

use serde_json::json;

use crate::script::{Script, script};

pub fn all() -> Vec<Script> {
    vec![merged(), criss_cross(), beside(), unseen(), two_decisions(), stale(), undone(), from_the_future()]
}

const PARAGRAPHS: &str = "First paragraph.\n\nSecond paragraph.\n\nThird paragraph.";

fn merged() -> Script {
    let mut s = script(
        "72-merged-prose",
        "S30 S36 S37",
        "Changes of different paragraphs are merged, with a notice. Changes of one line, of neighbouring lines and two \
         lines added at the end are conflicts with both sides.",
    );
    s.root("Merged prose");
    let prose = |s: &mut Script, of: &str, text: &str| s.add("prose.set", json!({"of": of, "text": text}));
    prose(&mut s, "context", PARAGRAPHS);
    prose(&mut s, "objective", "One line.");
    prose(&mut s, "approach", "Line one.\nLine two.");
    let seen = prose(&mut s, "discoveries", "- One");
    for (by, at, first, last) in
        [("Ada", 0, "First, by Ada.", "Third paragraph."), ("Bo", 1, "First paragraph.", "Third, by Bo.")]
    {
        s.on(&[&seen]).by(by);
        prose(&mut s, "context", &format!("{first}\n\nSecond paragraph.\n\n{last}"));
        prose(&mut s, "objective", &format!("One line by {by}."));
        prose(&mut s, "approach", ["Line 1.\nLine two.", "Line one.\nLine 2."][at]);
        prose(&mut s, "discoveries", &format!("- One\n- By {by}"));
    }
    s
}

fn criss_cross() -> Script {
    let mut s = script(
        "73-criss-cross",
        "S36 S37",
        "Two change different lines and each goes on from both; one of them takes a change back that it saw, the other \
         changes a third line. What was taken back stays so, since the base is what both saw, merged.",
    );
    let root = s.root("Criss-cross");
    let write = |s: &mut Script, on: &[&str], by: &'static str, lines: [&str; 3]| {
        s.on(on).by(by).add("prose.set", json!({"of": "context", "text": lines.join("\n\n")}))
    };
    let begun = write(&mut s, &[&root], "Ada", ["one", "two", "three"]);
    let a = write(&mut s, &[&begun], "Ada", ["ONE", "two", "three"]);
    let b = write(&mut s, &[&begun], "Bo", ["one", "TWO", "three"]);
    write(&mut s, &[&a, &b], "Ada", ["ONE", "TWO", "THREE"]);
    write(&mut s, &[&a, &b], "Bo", ["one", "TWO", "three"]);
    s
}

fn beside() -> Script {
    let mut s = script(
        "74-beside-each-other",
        "S6 S13 S27",
        "What does not touch the same thing applies, without a conflict: a step is reworded and started; a blocker is \
         resolved, noted upon and reworded; both log; a step moves below one that moves itself.",
    );
    s.root("Beside each other");
    let step = s.step("A step", "");
    let other = s.step("Another", &step);
    let last = s.step("The last", &other);
    let blocker = s.add("blocker.raised", json!({"on": step, "text": "In the way"}));
    s.at("11:00").add("item.reworded", json!({"item": step, "text": "A better step"}));
    s.at("11:01").add("blocker.resolved", json!({"blocker": blocker, "how": "Went round it"}));
    s.at("11:02").add("note.added", json!({"label": "Test", "text": "By Ada"}));
    s.at("11:03").add("item.moved", json!({"item": other, "under": last}));
    s.on(&[&blocker]).by("Bo").at("11:04").add("step.started", json!({"step": step}));
    s.at("11:05").add("note.added", json!({"label": "Comment", "on": blocker, "text": "It is heavy"}));
    s.at("11:06").add("item.reworded", json!({"item": blocker, "text": "In everybody's way"}));
    s.at("11:07").add("item.moved", json!({"item": last, "under": step}));
    s
}

fn unseen() -> Script {
    let mut s = script(
        "75-unseen",
        "S9 S30 S38",
        "Notices, with nothing to decide: a step is completed by somebody who did not see what was put below it; a criterion \
         is met in another wording than it has; two raise one blocker.",
    );
    s.root("Unseen");
    let step = s.step("A step", "");
    let seen = s.add("criterion.added", json!({"text": "It works"}));
    s.at("11:00").child("A part", &step, "");
    s.at("11:01").add("item.reworded", json!({"item": seen, "text": "It works under load"}));
    s.at("11:02").add("blocker.raised", json!({"on": step, "text": "No key"}));
    s.on(&[&seen]).by("Bo").at("11:03").add("step.completed", json!({"step": step}));
    s.at("11:04").add("criterion.met", json!({"criterion": seen}));
    s.at("11:05").add("blocker.raised", json!({"on": step, "text": "No key"}));
    s
}

fn two_decisions() -> Script {
    let mut s = script(
        "76-two-decisions",
        "S30 S38",
        "Two decisions on one question, of which neither saw the other, are both kept, in conflict; where one withdraws, the other \
         stands.",
    );
    s.root("Two decisions");
    let one = s.add("question.asked", json!({"text": "Which store?"}));
    let two = s.add("question.asked", json!({"after": one, "text": "Which port?"}));
    let mut given = Vec::new();
    for (by, store, port) in [("Ada", "SQLite", "80"), ("Bo", "Files", "443")] {
        s.on(&[&two]).by(by).add("decision.recorded", json!({"question": one, "title": store}));
        given.push(s.add("decision.recorded", json!({"question": two, "title": port})));
    }
    s.on(&[&given[0], &given[1]]).add("decision.withdrawn", json!({"decision": given[0]}));
    s
}

fn stale() -> Script {
    let mut s = script(
        "77-stale-and-fresh",
        "S6 S7",
        "Whoever writes at a version that the plan has gone beyond is in conflict with what they did not see; whoever \
         saw it writes over it.",
    );
    s.root("Stale and fresh");
    let one = s.step("One", "");
    let two = s.step("Two", &one);
    s.at("11:00").add("item.reworded", json!({"item": one, "text": "One, by Ada"}));
    let seen = s.at("11:01").add("item.reworded", json!({"item": two, "text": "Two, by Ada"}));
    s.on(&[&two]).by("Bo").at("11:02").add("item.reworded", json!({"item": one, "text": "One, by Bo, who saw little"}));
    s.on(&[&seen]).at("11:03").add("item.reworded", json!({"item": two, "text": "Two, by Bo, who saw all"}));
    s
}

fn undone() -> Script {
    let mut s = script(
        "78-undone-beside",
        "S6 S7 S8",
        "One takes a wording back while another goes on from it: a conflict between the old wording and the new one. That an event \
         undoes another changes nothing of what it does.",
    );
    s.root("Undone beside");
    let step = s.step("The wording", "");
    let better = s.at("11:00").add("item.reworded", json!({"item": step, "text": "A better wording"}));
    s.on(&[&better]).at("11:01").say("undoes", json!(better));
    s.add("item.reworded", json!({"item": step, "text": "The wording"}));
    s.on(&[&better]).by("Cy").at("11:02").add("item.reworded", json!({"item": step, "text": "The best wording"}));
    s
}

fn from_the_future() -> Script {
    let mut s = script(
        "79-future-beside",
        "E19 S5",
        "An event of a type that this version does not know, beside a known one: the known one applies, the other is kept and \
         reported, and what follows both applies.",
    );
    s.root("Future beside");
    let step = s.step("A step", "");
    let future = s.on(&[&step]).at("11:00").add("step.estimated", json!({"days": 3, "step": step}));
    let known = s.on(&[&step]).by("Bo").at("11:01").add("step.started", json!({"step": step}));
    s.on(&[&future, &known]).at("11:02").add("step.completed", json!({"step": step}));
    s
}
