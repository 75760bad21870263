//! Plans that keep their own text.

use git_plan_core::Layout;
use serde_json::{Value, json};

use crate::script::{Script, script};

pub fn all() -> Vec<Script> {
    vec![
        kept(),
        sources(),
        respelled(),
        spelled_at_once(),
        remarks(),
        absorbed(),
        questions(),
        decisions(),
        fresh(),
        windows(),
        not_own(),
        malformed(),
    ]
}

/// A plan that keeps its own text.
fn own(name: &'static str, rules: &'static str, about: &'static str) -> Script {
    let mut s = script(name, rules, about);
    s.layouts.push(Layout::Own);
    s
}

impl Script {
    fn own_root(&mut self) -> String {
        self.add("plan.created", json!({"layout": "own", "nonce": "0", "slug": "p", "title": "P"}))
    }

    /// A section after another one.
    fn heading(&mut self, source: &str, role: &str, after: &str) -> String {
        let marks = source.chars().take_while(|&c| c == '#').count();
        let mut data =
            json!({"heading": source.trim_matches(['#', ' ', '\n', '\r']), "level": marks, "source": source});
        if !role.is_empty() {
            data["role"] = role.into();
        }
        if !after.is_empty() {
            data["after"] = after.into();
        }
        self.add("section.added", data)
    }

    /// A node with a source, below a parent and right after what is named.
    fn spelled(&mut self, type_name: &str, mut data: Value, source: &str, under: &str, after: &str) -> String {
        data["source"] = source.into();
        data["under"] = under.into();
        data["after"] = after.into();
        self.add(type_name, data)
    }
}

fn kept() -> Script {
    let mut s = own(
        "80-own",
        "T2 T5 S12 S28 S33 V23 V24 V25 V27 R9",
        "A file that became a plan is that file again: prose before every heading, wrapped text, nested boxes with stars \
         and tabs, blank lines, no line end at the end. In the house layout the opening stands below the title.",
    );
    s.own_root();
    let front = s.add("prose.added", json!({"text": "---\ntitle: P\n---\n\n", "under": "opening"}));
    s.add("prose.added", json!({"after": front, "text": "Before every heading.\n\n", "under": "opening"}));
    let title = s.heading("# P #\n", "", "");
    s.add("prose.added", json!({"after": title, "text": "Words,\n   as they are.  \n\n", "under": title}));
    let steps = s.heading("## Progress\n\n", "steps", &title);
    let text = json!({"state": "done", "text": "A step that is wrapped"});
    let one = s.spelled("step.added", text, "*  [X] A step\n   that is wrapped\n", &steps, &steps);
    s.spelled("step.added", json!({"text": "Inner"}), "\t*  [ ] Inner  \n\n", &one, &one);
    s.spelled("step.added", json!({"text": "Last"}), "*  [ ] Last", &steps, &one);
    s
}

fn sources() -> Script {
    let mut s = own(
        "81-sources",
        "S12 S33 S34 V29 V30 V36 R5 R6 R12",
        "What commands change is put into the sources: boxes of all kinds, a box where there was none, wordings, one of them wrapped, a body, a heading.",
    );
    s.own_root();
    let title = s.heading("# P\n\n", "", "");
    let steps = s.heading("## Progress ##\n\n", "steps", &title);
    let mut last = steps.clone();
    let mut add = |s: &mut Script, text: &str, source: &str| {
        last = s.spelled("step.added", json!({"text": text}), source, &steps, &last);
        last.clone()
    };
    let done = add(&mut s, "Done", "- [ ] Done\n");
    let doing = add(&mut s, "Doing", "- [ ] Doing\n");
    let numbered = add(&mut s, "1. Kiro", "- [ ] 1. Kiro\n");
    let dropped = add(&mut s, "Dropped", "- [ ] Dropped\n");
    let late = add(&mut s, "2. Late", "- [ ] 2. Late\n");
    let drawn = add(&mut s, "Drawn", "- ☐ Drawn\n");
    let bare = add(&mut s, "No box", "3) No box\n");
    let current = s.spelled(
        "step.added",
        json!({"state": "doing", "text": "Current"}),
        "- [ ] Current ← CURRENT\n",
        &steps,
        &bare,
    );
    let long = "- [ ] A long text that was wrapped\n      by hand, at forty\n";
    let wrapped = s.spelled(
        "step.added",
        json!({"text": "A long text that was wrapped by hand, at forty"}),
        long,
        &steps,
        &current,
    );
    let described =
        s.spelled("step.added", json!({"text": "Described"}), "- [ ] Described\n\n  Old words.\n\n", &steps, &wrapped);
    for step in [&done, &drawn, &bare, &current] {
        s.add("step.completed", json!({"step": step}));
    }
    s.add("step.started", json!({"step": doing}));
    s.add("step.started", json!({"step": numbered}));
    s.add("step.dropped", json!({"step": dropped}));
    s.add("step.dropped", json!({"step": late}));
    let text = "A text that is longer still and was not wrapped by anybody\nand has a second line";
    s.add("item.reworded", json!({"item": wrapped, "text": text}));
    s.add("item.reworded", json!({"item": doing, "text": "Doing it"}));
    s.add("prose.set", json!({"of": described, "text": "New words,\n\nin two paragraphs."}));
    s.add("section.retitled", json!({"heading": "What was done", "section": steps}));
    s
}

fn respelled() -> Script {
    let mut s = own(
        "82-respelled",
        "S16 S33 S34 V29",
        "Items and sections are respelled: the marks of a heading say its level; a respelling that saw a wording spells it.",
    );
    s.own_root();
    let title = s.heading("# P\n\n", "", "");
    let steps = s.heading("## Progress\n\n", "steps", &title);
    let step = s.spelled("step.added", json!({"text": "Build"}), "- [ ] Build\n", &steps, &steps);
    s.add("item.respelled", json!({"item": steps, "source": "### Progress ###\n"}));
    s.add("item.reworded", json!({"item": step, "text": "Build it"}));
    s.add("item.respelled", json!({"item": step, "source": "+ [ ] **Build it**\n"}));
    let house = s.add("step.added", json!({"after": step, "text": "New", "under": steps}));
    s.add("item.respelled", json!({"item": house, "source": "+ [ ]   New\n"}));
    s
}

fn spelled_at_once() -> Script {
    let mut s = own(
        "83-spelled-at-once",
        "S32 S33 S34 V30",
        "One respells a step, one completes it, one rewords it, none saw the others: all three are shown, and nothing is in \
         conflict. Two respellings at once are no conflict either: the last in order is shown, with what the other said. Two \
         wordings are one, whether an edit or a command wrote them.",
    );
    s.own_root();
    let title = s.heading("# P\n\n", "", "");
    let steps = s.heading("## Progress\n\n", "steps", &title);
    let one = s.spelled("step.added", json!({"text": "Build"}), "- [ ] Build\n", &steps, &steps);
    let two = s.spelled("step.added", json!({"text": "Test it"}), "- [ ] Test it\n", &steps, &one);
    let three = s.spelled("step.added", json!({"text": "Ship it"}), "- [ ] Ship it\n", &steps, &two);
    let base = three.clone();
    s.on(&[&base]).at("11:00").by("Ada").add("step.completed", json!({"step": one}));
    s.on(&[&base]).at("11:01").by("Bo").add("item.reworded", json!({"item": one, "text": "Build all"}));
    s.on(&[&base]).at("11:02").by("Cy").add("item.respelled", json!({"item": one, "source": "* [ ] Build\n"}));
    let ticked = json!({"source": "* [x] Test it\n"});
    s.on(&[&base]).at("11:03").by("Ada").say("absorbed", ticked).add("step.completed", json!({"step": two}));
    s.on(&[&base]).at("11:04").by("Bo").add("item.respelled", json!({"item": two, "source": "+ [ ] Test it\n"}));
    let worded = json!({"source": "- [x] Ship it all\n", "text": "Ship it all"});
    s.on(&[&base]).at("11:05").by("Ada").say("absorbed", worded).add("step.completed", json!({"step": three}));
    s.on(&[&base]).at("11:06").by("Bo").add("item.reworded", json!({"item": three, "text": "Ship it now"}));
    s
}

fn remarks() -> Script {
    let mut s = own(
        "84-remarks",
        "S35 V30 V32 V33",
        "What commands say of items that have a source stands below it: evidence, an amendment, how a blocker was \
         resolved; until a respelling that saw it.",
    );
    s.own_root();
    let title = s.heading("# P\n\n", "", "");
    let steps = s.heading("## Progress\n\n", "steps", &title);
    let one = s.spelled("step.added", json!({"text": "One"}), "1. [ ] One\n", &steps, &steps);
    let two = s.spelled("step.added", json!({"text": "Two"}), "2. [ ] Two\n\n", &steps, &one);
    let decisions = s.heading("## Decisions\n\n", "decisions", &steps);
    let chosen = s.spelled("decision.recorded", json!({"title": "Use A"}), "- Use A\n", &decisions, &decisions);
    let questions = s.heading("## Questions\n\n", "questions", &decisions);
    let blocker = s.spelled("blocker.raised", json!({"text": "No key"}), "- No key\n", &questions, &questions);
    let other = s.spelled("blocker.raised", json!({"text": "No time"}), "- No time\n", &questions, &blocker);
    let both = ["It runs", "It is\ntested"];
    let seen = s.add("step.completed", json!({"evidence": both, "step": one}));
    s.add("step.completed", json!({"evidence": ["It runs too"], "step": two}));
    s.add("decision.amended", json!({"decision": chosen, "text": "Version 2"}));
    s.add("blocker.resolved", json!({"blocker": blocker, "how": "A key was found"}));
    let all = s.add("blocker.resolved", json!({"blocker": other}));
    let source = "2. [x] Two\n   - It runs too, says Bo\n\n";
    s.add("item.respelled", json!({"item": two, "source": source}));
    // This one did not see what was said of the first step after it.
    let before = json!({"item": one, "source": "1) [ ] One\n"});
    let blind = s.on(&[&two]).by("Bo").add("item.respelled", before);
    assert!(seen != all && blind != all);
    s
}

fn absorbed() -> Script {
    let mut s = own(
        "85-absorbed",
        "E9 E22 S32 S34 S35 V29",
        "What edits say beside what happened: the wording and the spelling of a step that was completed, of a section and of a \
         decision only the spelling; how an item was recognised changes nothing; evidence that the edit does not spell is shown.",
    );
    s.own_root();
    let title = s.heading("# P\n\n", "", "");
    let steps = s.heading("## Progress\n\n", "steps", &title);
    let one = s.spelled("step.added", json!({"text": "Build"}), "- [ ] Build\n", &steps, &steps);
    let two = s.spelled("step.added", json!({"text": "Test"}), "- [ ] Test\n", &steps, &one);
    let decisions = s.heading("## Decisions\n\n", "decisions", &steps);
    let chosen = s.spelled("decision.recorded", json!({"title": "Use A"}), "- Use A\n", &decisions, &decisions);
    let first = json!({"source": "- First of all, use B\n"});
    s.say("absorbed", first)
        .add("decision.recorded", json!({"after": decisions, "title": "Use B", "under": decisions}));
    let matched = json!({"how": "similar", "score": 80});
    let all = json!({"match": matched, "source": "- [x] Built it\n", "text": "Built it"});
    s.say("absorbed", all).add("step.completed", json!({"evidence": ["It runs"], "step": one}));
    s.say("absorbed", json!({"match": matched})).add("step.completed", json!({"evidence": ["It passes"], "step": two}));
    let title = json!({"source": "# What was decided\n\n", "text": "no heading"});
    s.say("absorbed", title).add("section.retitled", json!({"heading": "What was decided", "section": decisions}));
    let amended = json!({"source": "- Use A\n  of version 2\n", "text": "no title"});
    s.say("absorbed", amended).add("decision.amended", json!({"decision": chosen, "text": "of version 2"}));
    s.say("absorbed", json!({})).add("item.reworded", json!({"item": two, "text": "Test all"}));
    s.say("absorbed", json!({"text": "Nobody"})).add("tag.added", json!({"tag": "x"}));
    s
}

fn questions() -> Script {
    let mut s = own(
        "86-own-questions",
        "S32 V31 V33 V34 R13 R15",
        "Questions, stories and discoveries with sources: answered and asked again by commands and by an edit; retold; \
         reworded in their place. A blocker on a question that has a source stands behind it.",
    );
    s.own_root();
    let title = s.heading("# P\n\n", "", "");
    let questions = s.heading("## Open Questions\n\n", "questions", &title);
    let one = s.spelled("question.asked", json!({"text": "Which?"}), "- [ ] Which?\n", &questions, &questions);
    let two = s.spelled("question.asked", json!({"text": "When?"}), "- When?\n", &questions, &one);
    let three = s.spelled("question.asked", json!({"text": "Who?"}), "- ☐ Who?\n", &questions, &two);
    let four =
        s.spelled("question.asked", json!({"text": "Why?"}), "- [x] ~~Why?~~ → Resolved: So\n\n", &questions, &three);
    s.add("question.answered", json!({"answer": "So", "question": four}));
    s.add("question.answered", json!({"answer": "A", "question": one}));
    let told = json!({"source": "- When, at last? → Resolved: Now\n", "text": "When, at last?"});
    s.say("absorbed", told).add("question.answered", json!({"answer": "Now", "question": two}));
    s.add("question.answered", json!({"answer": "", "question": three}));
    s.add("question.reopened", json!({"question": four}));
    s.add(
        "blocker.raised",
        json!({"after": one, "on": one, "options": ["Ask"], "text": "Nobody knows", "under": questions}),
    );
    let stories = s.heading("## User Stories\n\n", "stories", &questions);
    let data = json!({"as_a": "user", "i_want": "dark pages", "so_that": "I sleep"});
    let source = "- **As a** user, **I want** dark pages **so that** I sleep\n";
    let story = s.spelled("story.added", data, source, &stories, &stories);
    let data = json!({"as_a": "reader", "i_want": "a map"});
    s.spelled("story.added", data, "- **As a** reader, **I want** a map\n\n", &stories, &story);
    s.add("story.retold", json!({"i_want": "dim pages", "story": story}));
    let found = s.heading("## Discoveries\n\n", "discoveries", &stories);
    let text = json!({"evidence": ["a log"], "text": "It leaks"});
    let leak = s.spelled("discovery.recorded", text, "- Observation: It leaks\n  Evidence: a log\n", &found, &found);
    s.add("item.reworded", json!({"item": leak, "text": "It leaks slowly"}));
    s
}

fn decisions() -> Script {
    let mut s = own(
        "87-own-decisions",
        "S12 V32 V34 R14",
        "Decisions with sources: what their text says of their state is not said again; what became of them since is. A \
         decision whose anchor is its parent stands first, one without an anchor last.",
    );
    s.own_root();
    let title = s.heading("# P\n\n", "", "");
    let log = s.heading("## Decision Log\n\n", "decisions", &title);
    let data = json!({"state": "proposed", "title": "Use A"});
    let one = s.spelled("decision.recorded", data, "- Use A (proposed)\n", &log, &log);
    let data = json!({"state": "withdrawn", "title": "Use B"});
    let two = s.spelled("decision.recorded", data, "- ~~Use B~~ → Withdrawn\n", &log, &one);
    let three = s.spelled("decision.recorded", json!({"title": "Use C"}), "- Decision: Use C\n", &log, &two);
    let four = s.spelled("decision.recorded", json!({"title": "Use D"}), "- Decision: Use D\n\n", &log, &three);
    s.add("decision.withdrawn", json!({"decision": three}));
    let first = json!({"after": log, "reason": "It is better", "supersedes": [four], "title": "Use E", "under": log});
    s.add("decision.recorded", first);
    s.add("decision.recorded", json!({"title": "Use F", "under": log}));
    s
}

fn fresh() -> Script {
    let mut s = own(
        "88-fresh",
        "S27 V25 V28 V34 V35 V36 R11",
        "What commands add to a plan that keeps its own text: steps in the style of those around, with a time where those \
         have one, below a bullet and below a number, loose; entries in the form of the Cookbook; sections and prose, and \
         standing sections that the text has no section for. What hangs below something new is shown once.",
    );
    s.own_root();
    let title = s.heading("# P\n", "", "");
    s.add("prose.added", json!({"after": title, "text": "Words.\n\n", "under": title}));
    let steps = s.heading("## Progress\n\n", "steps", &title);
    let data = json!({"state": "done", "text": "One"});
    s.say("occurred", json!("2026-11-20T08:30:00.000Z"));
    let one = s.spelled("step.added", data, "* [x] (2026-11-20 09:30 +01:00) One\n\n", &steps, &steps);
    let two = s.spelled("step.added", json!({"text": "Two"}), "* [ ] Two\n\n", &steps, &one);
    let new = s.add("step.added", json!({"after": two, "text": "New\nof two lines", "under": steps}));
    s.add("prose.set", json!({"of": new, "text": "Described."}));
    s.add("step.completed", json!({"evidence": ["It runs"], "step": new}));
    s.add("step.completed", json!({"step": two}));
    s.add("step.added", json!({"text": "Below two", "under": two}));
    let numbered = s.heading("## Tasks\n\n", "steps", &steps);
    let a = s.spelled("step.added", json!({"text": "A"}), "1) [ ] A\n", &numbered, &numbered);
    s.spelled("step.added", json!({"text": "B"}), "2) [ ] B\n\n\n", &numbered, &a);
    let c = s.add("step.added", json!({"after": a, "state": "doing", "text": "C", "under": numbered}));
    s.add("step.added", json!({"text": "Below A", "under": a}));
    s.add("step.added", json!({"state": "dropped", "text": "Below C", "under": c}));
    let log = s.heading("## Log\n", "log", &numbered);
    s.add("prose.added", json!({"after": log, "text": "Nothing yet.\n", "under": log}));
    s.add("decision.recorded", json!({"reason": "It works", "title": "Go on", "under": log}));
    s.add("note.added", json!({"label": "Test", "text": "It holds", "under": log}));
    let story = s.add("story.added", json!({"as_a": "user", "i_want": "dark pages", "under": log}));
    s.add("criterion.added", json!({"text": "Pages are dark", "under": story}));
    s.add("prose.set", json!({"of": "objective", "text": "An objective that came later."}));
    let section = s.add("section.added", json!({"after": log, "heading": "A new section", "level": 3}));
    s.add("prose.set", json!({"of": section, "text": "Its prose."}));
    s.add("prose.added", json!({"text": "A block.", "under": section}));
    s.add("section.added", json!({"follows": "opening", "heading": "Behind the opening"}));
    s.add("prose.set", json!({"of": "opening", "text": "First of all."}));
    s.add("result.added", json!({"group": "metric", "text": "Latency: 1 s"}));
    s
}

fn windows() -> Script {
    let mut s = own(
        "89-line-ends",
        "V26 V28 V30 V36",
        "A file with U+000D U+000A: what is new and what is changed has these line ends; a source with other ones keeps its own.",
    );
    s.own_root();
    let title = s.heading("# P\r\n\r\n", "", "");
    let steps = s.heading("## Progress\r\n\r\n", "steps", &title);
    let one = s.spelled("step.added", json!({"text": "One"}), "- [ ] One\r\n", &steps, &steps);
    let two = s.spelled("step.added", json!({"text": "Two"}), "- [ ] Two\n", &steps, &one);
    s.add("step.completed", json!({"evidence": ["It\nruns"], "step": one}));
    s.add("step.completed", json!({"evidence": ["It\nruns"], "step": two}));
    s.add("step.added", json!({"after": two, "text": "Three\nand more", "under": steps}));
    let section = s.add("section.added", json!({"after": steps, "heading": "New"}));
    s.add("prose.set", json!({"of": section, "text": "Two\nlines"}));
    s
}

fn not_own() -> Script {
    let mut s = own(
        "90-own-layout-of-a-house-plan",
        "V11 V23",
        "The layout `own` of a plan that began in the house layout is the house layout without the suffix of the title. A step \
         that has a source shows in the house layout what the source says beyond the wording.",
    );
    s.root("House");
    s.add("prose.set", json!({"of": "objective", "text": "To be shown."}));
    let source = "- [ ] A step\n\n  With words.\n  - and\n    - a list\n";
    s.add("step.added", json!({"source": source, "text": "A step"}));
    s.add("field.set", json!({"field": "layout", "value": "own"}));
    s
}

fn malformed() -> Script {
    let mut s = script(
        "91-malformed-absorbed",
        "E16 E22",
        "What `absorbed` must not be: no object, with a match without its members, with a score above 100, with a text that is none.",
    );
    let root = s.root("Malformed");
    let step = s.on(&[&root]).step("A step", "");
    for absorbed in [
        json!([]),
        json!("x"),
        json!({"match": {"how": "similar"}}),
        json!({"match": {"score": 1}}),
        json!({"match": ["similar", 1]}),
        json!({"match": {"how": "similar", "score": 101}}),
        json!({"match": {"how": "similar", "score": -1}}),
        json!({"match": {"how": "", "score": 1}}),
        json!({"source": 1}),
        json!({"text": []}),
    ] {
        s.on(&[&step]).say("absorbed", absorbed).add("step.completed", json!({"step": step}));
    }
    let fine = json!({"match": {"how": "similar", "more": "x", "score": 0}, "more": 1});
    s.on(&[&step]).say("absorbed", fine).add("step.started", json!({"step": step}));
    s
}
