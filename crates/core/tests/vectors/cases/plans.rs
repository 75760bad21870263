//! A plan and what it says of itself.

use serde_json::json;

use crate::script::{Script, script};

pub fn all() -> Vec<Script> {
    vec![smallest(), founding(), fields(), archive(), sections(), cookbook(), log(), yaml()]
}

fn smallest() -> Script {
    let mut s = script(
        "01-smallest",
        "E1 E2 E7 E8 O1 S4 V1 V2 V4 V20",
        "The smallest plan: one event, which names no parents.",
    );
    s.root("Smallest");
    s
}

fn founding() -> Script {
    let mut s = script(
        "02-founding",
        "S28 V5 V6 V7 V8 V9 V10 V12",
        "A plan as the house layout was made for: an objective, criteria, and steps that are done, in progress and to do.",
    );
    s.root("Dark Mode Feature");
    s.add("prose.set", json!({"of": "objective", "text": "Add dark mode support across web application."}));
    let criterion = s.add("criterion.added", json!({"text": "Theme toggle in settings"}));
    s.add("criterion.added", json!({"after": criterion, "text": "All components support both themes"}));
    let one = s.step("Create theme context", "");
    let two = s.step("Update components", &one);
    s.step("Test accessibility", &two);
    let navigation = s.child("Navigation", &two, "");
    let forms = s.child("Forms", &two, &navigation);
    s.child("Tables", &two, &forms);
    for step in [&one, &navigation] {
        s.add("step.completed", json!({"step": step}));
    }
    s.add("step.started", json!({"step": two}));
    s.add("step.started", json!({"step": forms}));
    s
}

fn fields() -> Script {
    let mut s = script(
        "03-fields",
        "T1 S6 S10 S11 V2",
        "The fields of a plan, its tags, authors and sources; a later value replaces one that its author saw, and what is \
         listed is listed by age.",
    );
    s.root("Fields");
    for (field, value) in [
        ("title", "Fields of a plan"),
        ("status", "done"),
        ("summary", "What a plan says of itself."),
        ("status", "living"),
    ] {
        s.add("field.set", json!({"field": field, "value": value}));
    }
    for tag in ["zebra", "apple", "gone"] {
        s.add("tag.added", json!({"tag": tag}));
    }
    s.add("tag.removed", json!({"tag": "gone"}));
    s.add("tag.removed", json!({"tag": "never there"}));
    for author in ["Bo", "Ada", "Cy"] {
        s.add("author.added", json!({"author": author}));
    }
    s.add("author.removed", json!({"author": "Cy"}));
    let url = "https://adr.github.io/";
    s.add("source.added", json!({"accessed": "2025-10-23", "id": "R1", "title": "Records", "url": url}));
    s.add("source.added", json!({"id": "R2"}));
    s.add("source.added", json!({"id": "R2", "title": "The same name"}));
    s.add("source.added", json!({"id": "R3"}));
    s.add("source.removed", json!({"id": "R2"}));
    s.add("field.set", json!({"field": "layout", "value": "own"}));
    s
}

fn archive() -> Script {
    let mut s = script(
        "04-archive",
        "S20 S16 S17 S30",
        "A plan is put away and taken up again; then it is put away by somebody who did not see a step added: it stays, \
         and the two are in conflict.",
    );
    let root = s.root("Archive");
    s.add("plan.archived", json!({}));
    let again = s.add("plan.reactivated", json!({}));
    s.add("plan.archived", json!({}));
    s.by("Bo").on(&[&again]).step("Unseen", "");
    assert_ne!(root, again);
    s
}

fn sections() -> Script {
    let mut s = script(
        "05-sections",
        "T3 S5 S12 S28 V5 V11 V18 V19",
        "Sections added before all standing ones and after one of them, with a level and a role, retitled, with prose and \
         items; prose between items and below a step; a note and a decision outside their home.",
    );
    s.root("Sections");
    s.add("prose.set", json!({"of": "context", "text": "Where we are.\n\n- One\n- Two\n\n"}));
    let first = s.add("section.added", json!({"heading": "Status"}));
    s.add("prose.set", json!({"of": first, "text": "All is well."}));
    let risks = s.add("section.added", json!({"follows": "context", "heading": "Risks", "level": 3, "role": "custom"}));
    let rollout =
        s.add("section.added", json!({"after": risks, "follows": "context", "heading": "Roll out", "role": "steps"}));
    s.add("section.retitled", json!({"heading": "Rollout", "section": rollout}));
    s.add("section.retitled", json!({"heading": "Background", "section": "context"}));
    let main = s.step("Build", "");
    let ship = s.add("step.added", json!({"text": "Ship", "under": rollout}));
    let before = s.add("prose.added", json!({"text": "To ten people first.", "under": rollout}));
    s.add("prose.added", json!({"after": ship, "text": "Then to all.\n\nSlowly.", "under": rollout}));
    s.add("criterion.added", json!({"after": before, "text": "Nobody complains", "under": rollout}));
    s.add("prose.added", json!({"text": "With care.", "under": main}));
    s.add("criterion.added", json!({"text": "It holds", "under": main}));
    s.add("prose.set", json!({"of": main, "text": "The long part.\n\n    cargo build\n"}));
    s.add("note.added", json!({"label": "Aside", "text": "Noted in its place", "under": "context"}));
    s.add("decision.recorded", json!({"reason": "Few people", "title": "Roll out by hand", "under": risks}));
    s.add("prose.added", json!({"text": "More in the appendix.", "under": "results"}));
    s
}

fn cookbook() -> Script {
    let mut s = script(
        "06-cookbook",
        "V21 V22",
        "One plan in both house layouts: progress with times, decisions with rationale, author and date, discoveries with \
         evidence, results by group.",
    );
    s.cookbook();
    s.root("Read the archive");
    s.add("prose.set", json!({"of": "objective", "text": "After this, old archives can be read."}));
    let one = s.step("Read the header", "");
    let two = s.step("Read the body", &one);
    s.child("Of version 2", &two, "");
    s.add("step.completed", json!({"evidence": ["`cargo test` passes"], "step": one}));
    s.add("step.started", json!({"step": two}));
    s.add(
        "decision.recorded",
        json!({
            "options": ["Use a library"], "reason": "It is short", "references": ["RFC 1952"],
            "title": "Write the reader by hand", "tradeoffs": ["More tests"],
        }),
    );
    s.add("discovery.recorded", json!({"evidence": ["head -c 4"], "text": "Version 1 has no checksum"}));
    s.add("note.added", json!({"label": "Revision", "text": "Version 1 is out of scope"}));
    s.add("result.added", json!({"group": "delivered", "text": "A reader"}));
    s.add("question.asked", json!({"text": "Who has a version 2 file?"}));
    s
}

fn log() -> Script {
    let mut s = script(
        "07-log",
        "S27 V8 V13 E12",
        "The progress log: grouped by the minute of which an event speaks, which an import may claim to be earlier than \
         the event itself; with reasons, with texts of several lines, with steps reopened and dropped.",
    );
    s.root("Log");
    let one = s.step("One\nwith a second line\n\nand a third", "");
    let two = s.step("Two", &one);
    s.at("2026-11-22T10:05:59.999Z").say("why", json!("It was asked for.")).add("step.completed", json!({"step": one}));
    s.at("2026-11-22T10:06:00.000Z").add("step.reopened", json!({"step": one}));
    s.at("2026-11-22T10:06:01.000Z").add("step.dropped", json!({"step": two}));
    s.at("10:07")
        .say("occurred", json!("2025-01-02T03:04:05.678Z"))
        .add("note.added", json!({"label": "Test", "text": "Long ago"}));
    s.at("10:08").say("why", json!("First line\nsecond line")).add("discovery.recorded", json!({"text": "Found"}));
    let note = s.add("note.added", json!({"label": "Gone", "text": "Taken back"}));
    s.add("item.removed", json!({"items": [note]}));
    s
}

fn yaml() -> Script {
    let mut s = script(
        "08-yaml",
        "V2 V3 V4",
        "Front matter: what is plain, what is quoted and how; the title's heading makes control and direction characters \
         visible.",
    );
    s.root("Yaml");
    s.add("field.set", json!({"field": "title", "value": "Größe: \u{202e}evil\u{7} ExecPlan"}));
    s.add(
        "field.set",
        json!({"field": "summary", "value": "a \"quote\", a \\, a\nline,\ta tab\u{1b}\u{2028}\u{feff}"}),
    );
    for tag in [
        "plain-tag",
        "Größe",
        "größer als",
        "2024",
        "No",
        "-dash",
        "a: b",
        "a (b)",
        "trailing.",
        "日本",
        "a\u{2028}b",
        "~",
    ] {
        s.add("tag.added", json!({"tag": tag}));
    }
    s.add("source.added", json!({"id": "1", "title": "One \u{e9}", "url": "x"}));
    s
}
