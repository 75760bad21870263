//! Envelopes, canonical form, limits, and events that have no effect.

use serde_json::{Value, json};

use crate::script::{Script, script};

pub fn all() -> Vec<Script> {
    vec![
        envelope(),
        unknown_members(),
        canonical(),
        not_canonical(),
        malformed_envelope(),
        malformed_data(),
        limits(),
        too_large(),
        future(),
        rejections(),
        half_valid(),
        missing_root(),
        missing_parents(),
    ]
}

fn envelope() -> Script {
    let mut s = script("20-envelope", "E8 E9 E12 E14", "Every member that an envelope can have.");
    let root = s.root("Envelope");
    s.say("agent", json!({"model": "m-1", "name": "robot", "run": "r-7"}))
        .say("attributed", json!({"email": "", "name": "Grace <grace@example.org>"}))
        .say("batch", json!("b-1"))
        .say("code", json!("3b18e512dba79e4c8300dd08aeb37f8e728b8dad"))
        .say("key", json!("retry-1"))
        .say("occurred", json!("0000-01-01T00:00:00.000Z"))
        .say("undoes", json!(root))
        .say("why", json!("Because.\n\nIt was asked for."))
        .say("x", json!({"example.org/colour": "red", "list": [1, -1, {"deep": []}]}));
    s.add("tag.added", json!({"tag": "all-members"}));
    s.by("Bo").say("agent", json!({"name": "other"})).step("By an agent", "");
    s
}

fn unknown_members() -> Script {
    let mut s = script(
        "21-unknown-members",
        "E10",
        "Members that a reader does not know are left alone, in the envelope as in the data: the event has its effect.",
    );
    s.root("Unknown members");
    s.say("colour", json!("red")).add("step.added", json!({"shape": {"sides": 3}, "text": "Still a step"}));
    s.say("needs", json!([])).add("tag.added", json!({"tag": "nothing-needed"}));
    s
}

fn canonical() -> Script {
    let mut s = script(
        "22-canonical",
        "E1 E2 E3 E4 E5 E6",
        "Canonical JSON at its borders: names sorted by UTF-16 code units, the shortest escapes, the largest integers, \
         the deepest nesting.",
    );
    s.root("Canonical");
    let names = json!({"\u{20ac}": 1, "\r": 2, "\u{fb33}": 3, "1": 4, "\u{1f600}": 5, "\u{80}": 6, "\u{f6}": 7, "": 8, "\"": 9});
    s.say("x", names).add("tag.added", json!({"tag": "names"}));
    let strings = "\u{0}\u{1}\u{8}\t\n\u{b}\u{c}\r\u{1f} \"\\/\u{7f}\u{80}\u{2028}\u{fffe}\u{1f600}";
    s.say("x", json!({"s": strings})).add("prose.set", json!({"of": "objective", "text": "\u{7f}\u{1f600}"}));
    let most = 9_007_199_254_740_991_i64;
    s.say("x", json!({"n": [most, -most, 0, -1, 10]})).add("tag.added", json!({"tag": "numbers"}));
    let mut deep = json!("bottom");
    for _ in 0..14 {
        deep = json!([deep]);
    }
    s.say("x", json!({"deep": deep})).add("tag.added", json!({"tag": "deep"}));
    s
}

fn not_canonical() -> Script {
    let mut s = script(
        "23-not-canonical",
        "E1 E2 E3 E4 E5 E6 E7 E16 E17 E18 S31",
        "Bytes that are not canonical JSON, one fault each. Each is an event without effect, at the place that its \
         container gives it; what follows keeps its effect and its ancestors.",
    );
    let root = s.root("Not canonical");
    let good = String::from(
        r#"{"at":"2026-11-22T10:01:00.000Z","by":{"email":"ada@example.org","name":"Ada"},"data":{"tag":"bad"},"parents":["ROOT"],"type":"tag.added","v":1}"#,
    )
    .replace("ROOT", &root);
    let with = |x: &str| good.replace(r#""v":1}"#, &format!(r#""v":1,"x":{x}}}"#));
    let mut faults: Vec<Vec<u8>> = vec![
        b"".to_vec(),
        b"[]".to_vec(),
        good.replace(r#""v":1}"#, r#""v": 1}"#).into_bytes(),
        format!("{good}\n").into_bytes(),
        format!("\u{feff}{good}").into_bytes(),
        good.replace(r#""v":1}"#, r#""v":1,"v":1}"#).into_bytes(),
        good.replace(r#"{"email":"ada@example.org","name":"Ada"}"#, r#"{"name":"Ada","email":"ada@example.org"}"#)
            .into_bytes(),
        good.replace("Ada", "\\u0041da").into_bytes(),
        good.replace("Ada", "A\\/da").into_bytes(),
        good.replace("Ada", "A\\u000Ada").into_bytes(),
        good.replace("Ada", "A\\u000ada").into_bytes(),
        good.replace("Ada", "A\\ud83d\\ude00").into_bytes(),
        good.replace("Ada", "A\\ud83d").into_bytes(),
        good.replace("Ada", "A\nda").into_bytes(),
        good.as_bytes()[..good.len() - 1].to_vec(),
    ];
    for x in [
        "null",
        "true",
        "1.0",
        "1e3",
        "01",
        "-0",
        "+1",
        "9007199254740992",
        "-9007199254740992",
        "[1,]",
        "{\"a\":1,}",
        "{\"\u{fb33}\":1,\"\u{1f600}\":2}",
        "{'a':1}",
    ] {
        faults.push(with(x).into_bytes());
    }
    faults.push(with(&format!("{}{}", "[".repeat(16), "]".repeat(16))).into_bytes());
    faults.push(with(&format!("{}{}", "[".repeat(5000), "]".repeat(5000))).into_bytes());
    for bad in [&b"\xff"[..], b"\xc0\xaf", b"\xed\xa0\x80"] {
        let at = good.find("Ada").expect("the name is there");
        let mut bytes = good.clone().into_bytes();
        bytes.splice(at..at + 3, bad.iter().copied());
        faults.push(bytes);
    }
    for bytes in faults {
        s.on(&[&root]).raw(bytes);
    }
    let damaged = s.on(&[&root]).raw(b"damaged".to_vec());
    s.at("10:02").on(&[&damaged]).step("After the damage", "");
    s
}

fn malformed_envelope() -> Script {
    let mut s = script(
        "24-malformed-envelope",
        "E8 E9 E12 E13 E14 E16 E17 E18",
        "Canonical JSON whose envelope is not as it must be, one fault each: no effect, but what can be read of time, \
         author and parents is read.",
    );
    let root = s.root("Malformed envelope");
    let mut ids: Vec<String> = (0..66_u8).map(|n| git_plan_core::EventId::from_bytes([n; 32]).to_string()).collect();
    ids.push(root.clone());
    ids.sort();
    let faults: Vec<(&str, Value)> = vec![
        ("v", json!(0)),
        ("v", json!("1")),
        ("type", json!(7)),
        ("at", json!("2026-11-22T10:01:00Z")),
        ("at", json!("2026-11-22T10:01:00.000+00:00")),
        ("at", json!("2026-02-29T10:01:00.000Z")),
        ("at", json!("2026-11-22T10:01:60.000Z")),
        ("at", json!("2026-11-22t10:01:00.000Z")),
        ("by", json!({"name": "Ada"})),
        ("by", json!(["ada@example.org", "Ada"])),
        ("attributed", json!(["", "Ada"])),
        ("by", json!({"email": "", "name": "Ada\nAuthor"})),
        ("by", json!({"email": "a>b", "name": "Ada"})),
        ("by", json!({"email": "", "name": "n".repeat(1025)})),
        ("parents", json!(root)),
        ("parents", json!([root.to_uppercase()])),
        ("parents", json!([&root[..40]])),
        ("parents", json!([root, root])),
        ("parents", json!(["f".repeat(64), root])),
        ("parents", json!(ids)),
        ("agent", json!({"model": "m"})),
        ("agent", json!("robot")),
        ("agent", json!(["robot"])),
        ("batch", json!("b".repeat(65))),
        ("key", json!(" \t ")),
        ("key", json!("two\nlines")),
        ("needs", json!("none")),
        ("occurred", json!("yesterday")),
        ("undoes", json!("abc")),
        ("why", json!(["because"])),
        ("x", json!([])),
    ];
    for (name, value) in faults {
        s.on(&[&root]).say(name, value).add("tag.added", json!({"tag": "bad"}));
    }
    for name in ["at", "by", "data", "parents", "type", "v"] {
        let mut envelope = s.on(&[&root]).envelope("tag.added", json!({"tag": "bad"}));
        envelope.as_object_mut().map(|members| members.remove(name));
        s.push(&envelope);
    }
    s.push(&json!({}));
    s.on(&[&root]).step("Untouched", "");
    s.backwards()
}

fn malformed_data() -> Script {
    let mut s = script(
        "25-malformed-data",
        "E11 E16 T1 T2",
        "Data that is not as its type wants it, one fault each, and what follows.",
    );
    let root = s.root("Malformed data");
    let text = |n: usize| "x".repeat(n);
    let faults: Vec<(&str, Value)> = vec![
        ("step.added", json!({})),
        ("step.added", json!({"text": 1})),
        ("step.added", json!("text")),
        ("tag.added", json!(["an-array"])),
        ("step.added", json!({"after": "first", "text": "x"})),
        ("step.added", json!({"text": "x", "under": "nowhere"})),
        ("step.added", json!({"state": "finished", "text": "x"})),
        ("step.added", json!({"text": text(131_073)})),
        ("tag.added", json!({"tag": text(65)})),
        ("tag.added", json!({"tag": ""})),
        ("tag.added", json!({"tag": "a\r"})),
        ("author.added", json!({"author": text(1025)})),
        ("author.added", json!({"author": "\u{a0}\u{3000}"})),
        ("field.set", json!({"field": "colour", "value": "red"})),
        ("section.added", json!({"heading": "H", "level": 0})),
        ("section.added", json!({"heading": "H", "level": 7})),
        ("item.removed", json!({"items": root})),
        ("result.added", json!({"group": "gain", "text": "x"})),
        ("plan.created", json!({"layout": "execplan", "nonce": "1", "slug": "-dash", "title": "T"})),
        ("plan.created", json!({"layout": "wide", "nonce": "1", "slug": "s", "title": "T"})),
    ];
    for (type_name, data) in faults {
        s.add(type_name, data);
    }
    s.step("After them all", "");
    s
}

fn limits() -> Script {
    let mut s = script("26-limits", "E11 E13 E14", "Texts and parents at their limits have their effect.");
    s.root("Limits");
    s.add("tag.added", json!({"tag": "é".repeat(32)}));
    s.add("field.set", json!({"field": "title", "value": "t".repeat(1024)}));
    s.add("author.added", json!({"author": "a".repeat(1024)}));
    let base = s.add("prose.set", json!({"of": "objective", "text": "x".repeat(131_072)}));
    let mut seen = Vec::new();
    for n in 0..64 {
        let name = format!("tag-{n:02}");
        seen.push(s.on(&[&base]).add("tag.added", json!({"tag": name})));
    }
    let all: Vec<&str> = seen.iter().map(String::as_str).collect();
    s.on(&all).step("Has seen 64 at once", "");
    s.add("prose.set", json!({"of": "objective", "text": ""}));
    s
}

fn too_large() -> Script {
    let mut s = script(
        "27-too-large",
        "E15 E16 E17 E18",
        "An event of one byte more than is allowed has no effect; one of exactly the limit has; what follows has.",
    );
    let root = s.root("Too large");
    let pad = |s: &mut Script, bytes: usize, tag: &str| {
        let mut envelope = s.on(&[&root]).at("10:01").envelope("tag.added", json!({"tag": tag}));
        envelope["x"] = json!({"pad": ""});
        let mut written = String::new();
        git_plan_core::canonical::write(&envelope, &mut written).expect("the envelope has a canonical form");
        envelope["x"] = json!({"pad": "p".repeat(bytes - written.len())});
        s.push(&envelope)
    };
    pad(&mut s, 262_144, "largest");
    let large = pad(&mut s, 262_145, "too-large");
    s.on(&[&large]).step("After the large one", "");
    s
}

fn future() -> Script {
    let mut s = script(
        "28-future",
        "E16 E17 E18 E19 V20",
        "A newer version of the envelope, an unknown type and a needed feature: no effect, kept, reported as partial; an \
         event of a newer version is never called malformed.",
    );
    s.root("Future");
    s.say("v", json!(2)).add("tag.added", json!({"tag": "v2"}));
    s.say("v", json!(2)).say("by", json!("ada")).say("needs", json!("all")).add("tag.added", json!({"tag": "v2"}));
    s.add("step.estimated", json!({"days": 3}));
    s.say("needs", json!(["blobs", "more"])).add("tag.added", json!({"tag": "needs"}));
    s.step("Understood", "");
    s
}

fn rejections() -> Script {
    let mut s = script(
        "29-rejections",
        "S3 S4 S5 S31 T3 T4",
        "Well-formed events that their ancestors do not allow: a second beginning, no parents, an item that no ancestor \
         added, of the wrong kind, in the wrong place, in a state that its kind does not have.",
    );
    let root = s.root("Rejections");
    let step = s.step("A step", "");
    let question = s.add("question.asked", json!({"text": "A question"}));
    let decision = s.add("decision.recorded", json!({"title": "A decision"}));
    let prose = s.add("prose.added", json!({"text": "Some prose", "under": "context"}));
    let section = s.add("section.added", json!({"heading": "A section"}));
    let base = section.clone();
    let faults: Vec<(&str, Value)> = vec![
        ("plan.created", json!({"layout": "execplan", "nonce": "1", "slug": "again", "title": "Again"})),
        ("step.completed", json!({"step": "0".repeat(64)})),
        ("step.completed", json!({"step": root})),
        ("step.completed", json!({"step": question})),
        ("step.depended", json!({"on": question, "step": step})),
        ("item.reworded", json!({"item": decision, "text": "Another"})),
        ("item.reworded", json!({"item": section, "text": "Another"})),
        ("prose.set", json!({"of": prose, "text": "A body"})),
        ("section.retitled", json!({"heading": "Another", "section": step})),
        ("step.added", json!({"text": "Below a question", "under": question})),
        ("question.asked", json!({"text": "Below a step", "under": step})),
        ("section.added", json!({"heading": "In a section", "follows": "context", "level": 3})),
        ("item.moved", json!({"item": section, "under": step})),
        ("item.moved", json!({"item": question, "under": step})),
        ("step.added", json!({"state": "met", "text": "Met"})),
        ("criterion.added", json!({"state": "done", "text": "Done"})),
        ("field.set", json!({"field": "layout", "value": "wide"})),
        ("decision.recorded", json!({"supersedes": [step], "title": "Supersedes a step"})),
        ("blocker.raised", json!({"on": decision, "text": "Blocks a decision"})),
        ("note.added", json!({"corrects": decision, "label": "Test", "text": "Corrects a decision"})),
    ];
    for (type_name, data) in faults {
        s.on(&[&base]).add(type_name, data);
    }
    s.on(&[]).step("Without parents", "");
    let unseen = s.on(&[&base]).by("Bo").step("Seen by nobody else", "");
    s.on(&[&base]).add("step.started", json!({"step": unseen}));
    s
}

fn half_valid() -> Script {
    let mut s = script(
        "30-half-valid",
        "S3 S5",
        "An event takes effect as a whole or not at all: a list with one unknown item removes nothing.",
    );
    s.root("Half valid");
    let one = s.step("One", "");
    let two = s.step("Two", &one);
    s.add("item.removed", json!({"items": [one, "0".repeat(64), two]}));
    s.add("decision.recorded", json!({"question": two, "title": "About no question"}));
    s
}

fn missing_root() -> Script {
    let mut s = script(
        "31-missing-root",
        "O3 S4",
        "The first event did not arrive: the plan has no id and no slug, and what is there is shown.",
    );
    s.root("Missing root");
    let one = s.step("One", "");
    s.add("step.completed", json!({"step": one}));
    s.events.remove(0);
    s
}

fn missing_parents() -> Script {
    let mut s = script(
        "32-missing-parents",
        "O3 S2 S5 E18",
        "An event in the middle did not arrive: what names it is placed by its own time, what it added is unknown, and \
         what was there before it is no longer known to be an ancestor.",
    );
    s.root("Missing parents");
    let one = s.step("One", "");
    let two = s.step("Missing", &one);
    s.add("step.completed", json!({"step": two}));
    s.add("step.completed", json!({"step": one}));
    s.step("Three", &two);
    s.events.remove(2);
    s
}
