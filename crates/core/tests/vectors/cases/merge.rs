//! What becomes of concurrent writes.

use serde_json::json;

use crate::script::{Script, script};

pub fn all() -> Vec<Script> {
    vec![
        registers(),
        equal(),
        resolved(),
        two_resolutions(),
        back_and_forward(),
        forward(),
        dropped(),
        add_wins(),
        runs(),
        moves(),
        anchors(),
        cycle(),
        edited(),
        restored(),
        parts(),
        answers(),
        succession(),
        key(),
        other_name(),
        prose(),
        heads(),
        decisions_accepted(),
    ]
}

fn registers() -> Script {
    let mut s = script(
        "50-register",
        "S6 S7 S30",
        "Three titles written at once are all kept, in conflict; the later in order is shown.",
    );
    let root = s.root("Register");
    let step = s.on(&[&root]).step("A step", "");
    for (by, text) in [("Ada", "By Ada"), ("Bo", "By Bo"), ("Cy", "By Cy")] {
        s.on(&[&step]).by(by).add("item.reworded", json!({"item": step, "text": text}));
        s.on(&[&step]).by(by).add("field.set", json!({"field": "title", "value": text}));
    }
    s
}

fn equal() -> Script {
    let mut s = script("51-equal-values", "S7", "The same value written twice at once is one value and no conflict.");
    let root = s.root("Equal");
    for by in ["Ada", "Bo"] {
        s.on(&[&root]).by(by).add("field.set", json!({"field": "title", "value": "The same"}));
    }
    s
}

fn resolved() -> Script {
    let mut s = script(
        "52-resolved",
        "S6 S7 S30",
        "A write that saw all sides ends a conflict; one that saw some of them takes the place of those only.",
    );
    let root = s.root("Resolved");
    let set = |s: &mut Script, on: &[&str], field: &str, value: &str| {
        s.on(on).add("field.set", json!({"field": field, "value": value}))
    };
    let a = set(&mut s, &[&root], "status", "a");
    let b = set(&mut s, &[&root], "status", "b");
    let all = set(&mut s, &[&a, &b], "status", "settled");
    let one = set(&mut s, &[&all], "summary", "one");
    set(&mut s, &[&all], "summary", "two");
    set(&mut s, &[&one], "summary", "saw one");
    s
}

fn two_resolutions() -> Script {
    let mut s = script(
        "53-two-resolutions",
        "S7",
        "Two resolutions that did not see each other are a conflict between the two.",
    );
    let root = s.root("Two resolutions");
    let a = s.on(&[&root]).add("field.set", json!({"field": "status", "value": "a"}));
    let b = s.on(&[&root]).by("Bo").add("field.set", json!({"field": "status", "value": "b"}));
    s.on(&[&a, &b]).by("Ada").add("field.set", json!({"field": "status", "value": "c"}));
    s.on(&[&a, &b]).by("Bo").add("field.set", json!({"field": "status", "value": "d"}));
    s
}

fn back_and_forward() -> Script {
    let mut s = script(
        "54-back-and-forward",
        "S8 S9 S30",
        "One goes back from doing to do, one goes on to done: a conflict, and the box stays empty. What a write replaced is \
         what its own author saw, whichever of the two comes first in order.",
    );
    s.root("Back and forward");
    let one = s.step("Back first", "");
    let two = s.step("Back last", &one);
    s.add("step.started", json!({"step": one}));
    let seen = s.add("step.started", json!({"step": two}));
    let back = s.on(&[&seen]).at("11:00").add("step.reopened", json!({"step": one}));
    s.on(&[&back]).at("11:03").add("step.reopened", json!({"step": two}));
    let done = s.on(&[&seen]).by("Bo").at("11:01").add("step.completed", json!({"step": one}));
    s.on(&[&done]).at("11:02").add("step.completed", json!({"step": two}));
    s
}

fn forward() -> Script {
    let mut s = script(
        "55-forward-join",
        "S8 S9",
        "All sides move forward: the furthest is the state, whichever comes last in order, without a conflict.",
    );
    s.root("Forward join");
    let one = s.step("Started last", "");
    let seen = s.add("criterion.added", json!({"text": "Met twice"}));
    s.on(&[&seen]).by("Bo").at("11:00").add("step.completed", json!({"step": one}));
    s.on(&[&seen]).by("Ada").at("11:01").add("step.started", json!({"step": one}));
    s.on(&[&seen]).at("11:02").add("criterion.met", json!({"criterion": seen}));
    s.on(&[&seen]).by("Bo").at("11:03").add("criterion.met", json!({"criterion": seen}));
    s
}

fn dropped() -> Script {
    let mut s = script(
        "56-done-and-dropped",
        "S8 S9 S30",
        "One completes a step, one drops it: a conflict, and the box stays empty.",
    );
    s.root("Done and dropped");
    let step = s.step("Which?", "");
    s.on(&[&step]).at("11:00").add("step.dropped", json!({"step": step}));
    s.on(&[&step]).by("Bo").at("11:01").add("step.completed", json!({"step": step}));
    s
}

fn add_wins() -> Script {
    let mut s = script(
        "57-add-wins",
        "S10 S11 S2",
        "A removal takes away only the adds that it saw: a tag that somebody adds again at the same time stays, also where \
         the removal comes last in order.",
    );
    s.root("Add wins");
    s.add("tag.added", json!({"tag": "again"}));
    s.add("tag.added", json!({"tag": "gone"}));
    let seen = s.add("source.added", json!({"id": "R1"}));
    let untag = s.on(&[&seen]).at("11:05").add("tag.removed", json!({"tag": "again"}));
    s.on(&[&untag]).at("11:06").add("tag.removed", json!({"tag": "gone"}));
    s.add("tag.removed", json!({"tag": "unseen"}));
    s.add("source.removed", json!({"id": "R1"}));
    let tag = s.on(&[&seen]).by("Bo").at("11:00").add("tag.added", json!({"tag": "again"}));
    s.on(&[&tag]).at("11:01").add("tag.added", json!({"tag": "unseen"}));
    s.at("11:02").add("source.added", json!({"id": "R1", "title": "Unseen"}));
    s
}

fn runs() -> Script {
    let mut s = script(
        "58-runs",
        "S12",
        "Three writers insert runs of steps at one place, each step after the one before it: the runs stay whole, whatever \
         the clocks say. Steps that are each put first may alternate.",
    );
    s.root("Runs");
    let first = s.step("First", "");
    let last = s.step("Last", &first);
    for (by, minute) in [("Ada", 0), ("Bo", 1), ("Cy", 2)] {
        let mut seen = last.clone();
        let mut after = first.clone();
        for n in 1..=3 {
            let time = format!("11:{:02}", 10 * n + minute);
            seen = s.on(&[&seen]).by(by).at(&time).step(&format!("{by} {n}"), &after);
            after.clone_from(&seen);
        }
        for n in 1..=2 {
            let time = format!("12:{:02}", 10 * n + minute);
            seen = s.on(&[&seen]).at(&time).step(&format!("{by} at the front {n}"), "");
        }
    }
    s
}

fn moves() -> Script {
    let mut s = script(
        "59-moves",
        "S13 S15 S30",
        "Different steps moved at once: both moves apply. One step moved twice below one parent: the later place, no \
         conflict; below different parents: the later place, a conflict.",
    );
    s.root("Moves");
    let mut steps: Vec<String> = Vec::new();
    for n in 1..=5 {
        let after = steps.last().cloned().unwrap_or_default();
        steps.push(s.step(&format!("Step {n}"), &after));
    }
    let seen = steps[4].clone();
    let a = s.on(&[&seen]).at("11:00").add("item.moved", json!({"after": steps[4], "item": steps[0]}));
    let a = s.on(&[&a]).at("11:01").add("item.moved", json!({"item": steps[2]}));
    s.on(&[&a]).at("11:02").add("item.moved", json!({"item": steps[3], "under": steps[4]}));
    let b = s.on(&[&seen]).by("Bo").at("11:03").add("item.moved", json!({"item": steps[1]}));
    let b = s.on(&[&b]).at("11:04").add("item.moved", json!({"after": steps[3], "item": steps[2]}));
    s.on(&[&b]).at("11:05").add("item.moved", json!({"item": steps[3], "under": steps[1]}));
    s
}

fn anchors() -> Script {
    let mut s = script(
        "60-anchors",
        "S12 S13",
        "Slots never move: what was put after a step stays there when the step is moved away; a slot that is unknown in its \
         list is the end of the list.",
    );
    s.root("Anchors");
    let one = s.step("One", "");
    let two = s.step("Two", &one);
    let three = s.step("Three", &two);
    let moved = s.on(&[&three]).at("11:00").add("item.moved", json!({"after": three, "item": one}));
    s.on(&[&three]).by("Bo").at("11:01").step("After one where it was", &one);
    s.on(&[&moved]).at("11:02").step("After one where it is", &moved);
    s.child("After a slot of another list", &two, &three);
    s.step("After no slot", &"0".repeat(64));
    s
}

fn cycle() -> Script {
    let mut s = script(
        "61-cycle",
        "S13 S14 S30",
        "Each of two steps is moved below the other: the first in order applies, the other is skipped and in conflict; its \
         slot is there for what was put after it. A later move that saw both ends the conflict.",
    );
    s.root("Cycle");
    let one = s.step("One", "");
    let two = s.step("Two", &one);
    let three = s.step("Three", &two);
    let four = s.step("Four", &three);
    let a = s.on(&[&four]).at("11:00").add("item.moved", json!({"item": one, "under": two}));
    let b = s.on(&[&four]).by("Bo").at("11:01").add("item.moved", json!({"item": two, "under": one}));
    s.at("11:02").child("After the skipped move", &one, &b);
    let c = s.on(&[&a]).at("11:03").add("item.moved", json!({"item": three, "under": four}));
    let d = s.on(&[&b]).at("11:04").add("item.moved", json!({"item": four, "under": three}));
    s.on(&[&c, &d]).at("11:05").add("item.moved", json!({"item": four}));
    s.on(&[&four]).at("11:06").add("item.moved", json!({"item": four, "under": four}));
    s
}

fn edited() -> Script {
    let mut s = script(
        "62-remove-and-edit",
        "S16 S17 S30",
        "A removal against an edit, a completion, a child and a move below it that it did not see: all stay, in conflict. \
         Against another removal: gone. After an edit that it saw: gone.",
    );
    s.root("Remove and edit");
    let mut steps: Vec<String> = Vec::new();
    for text in ["Reworded", "Completed", "Got a child", "Got a step", "Moved", "Removed twice", "Edited before"] {
        let after = steps.last().cloned().unwrap_or_default();
        steps.push(s.step(text, &after));
    }
    let seen = s.add("step.started", json!({"step": steps[6]}));
    for step in &steps {
        if step != &steps[4] {
            s.at("11:00").add("item.removed", json!({"items": [step]}));
        }
    }
    s.on(&[&seen]).by("Bo").at("11:01").add("item.reworded", json!({"item": steps[0], "text": "Reworded, unseen"}));
    s.at("11:02").add("step.completed", json!({"step": steps[1]}));
    s.at("11:03").child("A child", &steps[2], "");
    s.at("11:04").add("item.moved", json!({"item": steps[4], "under": steps[3]}));
    s.at("11:05").add("item.removed", json!({"items": [steps[5]]}));
    s
}

fn restored() -> Script {
    let mut s = script(
        "63-removal-settled",
        "S17 S18",
        "A removal in conflict with an edit is settled by whoever saw both: by removing again, or by restoring. An edit of \
         what its author saw removed brings nothing back.",
    );
    s.root("Removal settled");
    let one = s.step("Removed again", "");
    let two = s.step("Restored", &one);
    let three = s.step("Edited when gone", &two);
    let gone = s.on(&[&three]).add("item.removed", json!({"items": [one, two]}));
    let kept = s.on(&[&three]).by("Bo").add("step.completed", json!({"step": one}));
    let kept = s.on(&[&kept]).add("step.completed", json!({"step": two}));
    s.on(&[&gone, &kept]).add("item.removed", json!({"items": [one]}));
    s.add("item.restored", json!({"item": two}));
    s.add("item.removed", json!({"items": [three]}));
    s.add("item.reworded", json!({"item": three, "text": "Edited when gone, in vain"}));
    s
}

fn parts() -> Script {
    let mut s = script(
        "64-remove-and-move-out",
        "S16 S17 S19 S30",
        "A step is removed with its child while somebody moves the child out: the child stays, in conflict, and the step is \
         gone. A step is removed with one of its children while somebody edits the child: the step is shown for its sake.",
    );
    s.root("Parts");
    let one = s.step("With a child", "");
    let two = s.step("With another", &one);
    let out = s.child("Moved out", &one, "");
    let inner = s.child("Edited inside", &two, "");
    s.on(&[&inner]).at("11:00").add("item.removed", json!({"items": [one, out]}));
    s.at("11:01").add("item.removed", json!({"items": [two, inner]}));
    s.on(&[&inner]).by("Bo").at("11:02").add("item.moved", json!({"after": two, "item": out}));
    s.at("11:03").add("step.started", json!({"step": inner}));
    s
}

fn answers() -> Script {
    let mut s = script(
        "65-two-answers",
        "S21 S30",
        "Two answers to one question leave it open; the same answer twice answers it.",
    );
    s.root("Two answers");
    let one = s.add("question.asked", json!({"text": "Which?"}));
    let two = s.add("question.asked", json!({"after": one, "text": "Same?"}));
    for (by, answer) in [("Ada", "This"), ("Bo", "That")] {
        s.on(&[&two]).by(by).add("question.answered", json!({"answer": answer, "question": one}));
        s.add("question.answered", json!({"answer": "Yes", "question": two}));
    }
    s
}

fn succession() -> Script {
    let mut s = script(
        "66-succession",
        "S22 S30",
        "Two decisions take the place of one at once: a conflict. A link made by somebody who saw both settles it.",
    );
    s.root("Succession");
    let one = s.add("decision.recorded", json!({"title": "One"}));
    let two = s.add("decision.recorded", json!({"title": "Two"}));
    let a = s.on(&[&two]).add("decision.recorded", json!({"supersedes": [one, two], "title": "By Ada"}));
    let b = s.on(&[&two]).by("Bo").add("decision.recorded", json!({"supersedes": [one, two], "title": "By Bo"}));
    s.on(&[&a, &b]).add("decision.superseded", json!({"by": b, "decision": one}));
    s
}

fn key() -> Script {
    let mut s = script(
        "67-same-key",
        "S25 S31",
        "The same author's same key with the same change is recorded once, the first in order; with another change, or by \
         another author, it is another event.",
    );
    let root = s.root("Same key");
    let add = |s: &mut Script, by: &'static str, time: &str, text: &str| {
        s.on(&[&root]).by(by).at(time).say("key", json!("k1")).step(text, "")
    };
    add(&mut s, "Ada", "11:00", "Once");
    add(&mut s, "Ada", "11:01", "Once");
    add(&mut s, "Ada", "11:02", "Something else");
    add(&mut s, "Bo", "11:03", "Once");
    s
}

fn other_name() -> Script {
    let mut s = script(
        "68-another-name",
        "S25 S26 S12",
        "What is said of a step under the id of an event that turns out to repeat another is said of that step: it is \
         completed, has a child and is waited for, and what was put after it is after it.",
    );
    let root = s.root("Another name");
    s.on(&[&root]).at("11:00").say("key", json!("k1")).step("Once", "");
    let second = s.on(&[&root]).at("11:01").say("key", json!("k1")).step("Once", "");
    s.add("step.completed", json!({"step": second}));
    s.child("Child", &second, "");
    let next = s.step("Next", &second);
    s.add("step.depended", json!({"on": second, "step": next}));
    s.add("note.added", json!({"label": "Test", "on": second, "text": "Noted"}));
    s
}

fn prose() -> Script {
    let mut s =
        script("69-prose", "S6 S7 S30", "Two texts of one section, written at once, are both kept, in conflict.");
    let root = s.root("Prose");
    s.on(&[&root]).at("11:00").add("prose.set", json!({"of": "context", "text": "One paragraph."}));
    s.on(&[&root]).by("Bo").at("11:01").add("prose.set", json!({"of": "context", "text": "Another."}));
    s
}

fn heads() -> Script {
    let mut s =
        script("70-heads", "E13 V20", "Three heads, none of which saw the others: the view names them all, sorted.");
    let root = s.root("Heads");
    for tag in ["a", "b", "c"] {
        s.on(&[&root]).add("tag.added", json!({"tag": tag}));
    }
    s
}

fn decisions_accepted() -> Script {
    let mut s = script(
        "71-accept-and-withdraw",
        "S8 S22 S30",
        "A proposed decision is accepted by one and withdrawn by another at once: a conflict; resolving a blocker twice is none, \
         and both ways are kept.",
    );
    s.root("Accept and withdraw");
    let decision = s.add("decision.recorded", json!({"state": "proposed", "title": "Proposed"}));
    let blocker = s.add("blocker.raised", json!({"text": "In the way"}));
    s.on(&[&blocker]).at("11:00").add("decision.withdrawn", json!({"decision": decision}));
    s.at("11:01").add("blocker.resolved", json!({"blocker": blocker, "how": "By Ada"}));
    s.on(&[&blocker]).by("Bo").at("11:02").add("decision.accepted", json!({"decision": decision}));
    s.at("11:03").add("blocker.resolved", json!({"blocker": blocker, "how": "By Bo"}));
    s
}
