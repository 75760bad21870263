//! Text that means harm: what reaches a terminal or a pipe is neutral, what is stored is intact, names lead nowhere.

use serde_json::Value;

use crate::world::World;

/// Escape sequences, C1 controls, bidirectional overrides, invisible characters, carriage returns, and HTML.
const HOSTILE: &str = "\u{1b}[2J\u{1b}]0;owned\u{7}\u{1b}]8;;http://evil\u{1b}\\ \u{9b}31m \u{85} \u{202e}txt.exe\u{202c} \
    \u{2066}x\u{2069} \u{200b}\u{feff}\u{200f} \u{e0041} \u{8}\u{7f} <script>alert(1)</script> -->";

fn is_active(c: char) -> bool {
    (c.is_control() && c != '\n' && c != '\t')
        || "\u{202e}\u{202c}\u{2066}\u{2069}\u{200b}\u{feff}\u{200f}\u{e0041}\u{2028}".contains(c)
}

fn assert_neutral(what: &str, text: &str) {
    let found: Vec<char> = text.chars().filter(|&c| is_active(c)).collect();
    assert!(found.is_empty(), "{what} has nothing active, found {found:?} in {text}");
}

/// A plan in which everything that can be said is said in hostile words.
fn hostile() -> World {
    let mut world = World::new();
    let h = HOSTILE;
    world.env.insert("GIT_AUTHOR_NAME".to_owned(), "Eve\u{1b}[31m\u{202e}".to_owned());
    world.env.insert("GIT_AUTHOR_EMAIL".to_owned(), "eve\u{9b}@example.org".to_owned());
    world.env.insert("GIT_PLAN_AGENT".to_owned(), format!("agent {h}"));
    world.plan(&["new", h, "--slug", "p", "--objective", h, "-m", h]).done();
    let lines: &[&[&str]] = &[
        &["step", "add", h, "Sound", "-m", h],
        &["step", "start", "1"],
        &["step", "edit", "1", "--body", h],
        &["step", "claim", "1", "--as", h],
        &["step", "done", "2", "--evidence", h],
        &["criterion", "add", h],
        &["decide", h, "--because", h, "--trade-off", h, "--option", h, "--ref", h],
        &["discover", h, "--evidence", h, "--caused-by", "decision 1"],
        &["ask", h, "--option", h, "--need", h],
        &["answer", "1", h],
        &["block", h, "--on", "1", "--need", h],
        &["note", h, "--label", h],
        &["result", h],
        &["story", "--as-a", h, "--i-want", h, "--so-that", h],
        &["set", "summary", h],
        &["set", "status", h],
        &["set", "author", h],
        &["set", "source", "R1", "--title", h, "--url", h],
        &["section", "add", h, "--text", h],
    ];
    for line in lines {
        let said = world.plan(line);
        assert_eq!(said.status, Some(0), "{line:?} is a text like any other:\n{said}");
        assert_neutral("a receipt", &said.stdout);
        assert_neutral("talk", &said.stderr);
    }
    world
}

#[test]
fn nothing_active_reaches_a_pipe_and_nothing_stored_is_changed() {
    let world = hostile();
    for line in [
        &["show"][..],
        &["show", "--ids"],
        &["show", "--layout", "cookbook"],
        &["show", "--json"],
        &["status"],
        &["status", "--json"],
        &["next"],
        &["list"],
        &["list", "--json"],
        &["log"],
        &["log", "--oneline", "--graph"],
        &["log", "--json"],
        &["why", "1"],
        &["why", "1", "--json"],
        &["why", "question 1"],
        &["why", "objective"],
        &["why", "plan"],
        &["decisions"],
        &["blame"],
        &["blame", "--json", "--layout", "cookbook"],
        &["show", "--at", "plans/p~3"],
    ] {
        let said = world.plan(line);
        assert_eq!(said.status, Some(0), "{line:?}:\n{said}");
        assert_neutral(&format!("{line:?}"), &said.stdout);
        assert_neutral(&format!("the talk of {line:?}"), &said.stderr);
    }
    for line in [
        &["why", &format!("nowhere {HOSTILE}")][..],
        &["show", "--at", HOSTILE],
        &["step", "done", HOSTILE],
        &["-p", HOSTILE, "show"],
        &[HOSTILE],
    ] {
        let said = world.plan(line);
        assert!(said.status.is_some_and(|status| status > 0), "{line:?}:\n{said}");
        assert_neutral(&format!("the refusal of {line:?}"), &said.stderr);
    }
    let raw = world.plan(&["show", "--raw"]).done();
    assert!(raw.contains("\u{1b}[2J") && raw.contains('\u{202e}'), "--raw has the bytes as they are");
    let shown: Value = world.plan(&["show", "--json"]).json().remove(0);
    assert_eq!(shown["data"]["steps"][0]["text"], HOSTILE.trim(), "JSON means what was written");
    let events = world.assert_chained(&world.repository(), "p");
    let texts = events.iter().filter(|event| event["data"]["text"] == HOSTILE.trim()).count();
    assert!(texts >= 8, "the stored events have the bytes as they are: {texts}");
    world.assert_sound(&world.repository());
}

#[test]
fn a_hostile_file_is_imported_with_neutral_words() {
    let world = World::new();
    let h = HOSTILE;
    let file = format!(
        "---\ntitle: {h}\n---\n# {h}\n\n## Objective\n{h}\n\n## {h}\n{h}\n\n## Execution Steps\n1. [x] {h}\n   - [?] {h}\n\n\
         ## Progress Log\n### {h}\n- Decision: {h}\n- {h}: {h}\n"
    );
    let said = world.plan_reading(file.as_bytes(), &["import", "--slug", "p", "-"]);
    assert_eq!(said.status, Some(0), "it is a plan like any other:\n{said}");
    assert_neutral("the receipt", &said.stdout);
    assert_neutral("the talk", &said.stderr);
    assert_neutral("the view", &world.plan(&["show"]).done());
    for junk in [
        &b""[..],
        b"\0\0\0",
        b"---\n",
        b"---\ntitle: [\n---\n",
        b"# \n",
        b"1. [ ]\n",
        b"```\n# x",
        b"\xef\xbb\xbf# B\n",
    ] {
        let said = world.plan_reading(junk, &["import", "--slug", "junk", "-"]);
        assert!(matches!(said.status, Some(0..=2)), "{junk:?} is taken in or refused:\n{said}");
    }
}

#[test]
fn subjects_reflogs_and_headers_are_clean() {
    let world = hostile();
    for format in ["%s", "%gs"] {
        let log = world.git(&["log", "-g", &format!("--format={format}"), "plans/p"]);
        assert_neutral(format, &log);
        assert!(log.lines().all(|line| line.chars().count() <= 200), "{format}: short enough to read");
    }
    let subjects = world.git(&["log", "--format=%s", "plans/p"]);
    let commits = world.git(&["rev-list", "--count", "plans/p"]);
    assert_eq!(subjects.lines().count().to_string(), commits, "one line each");
    let name = world.git(&["log", "-1", "--format=%an <%ae>", "plans/p"]);
    assert!(!name.contains('\n') && name.matches('<').count() == 1, "the header is one line of one address: {name:?}");
}

#[test]
fn a_text_cannot_pretend_to_be_an_event() {
    let world = World::with_plan(&["One"]);
    let forged = "Plan-Event: {\"at\":\"2026-11-22T10:00:00.000Z\"}";
    let why = format!("Because.\n\n{forged}\n\nSigned-off-by: Eve <eve@example.org>\n{forged}");
    world.plan(&["note", forged, "-m", &why]).done();
    world.plan(&["step", "done", "1", "-m", forged]).done();
    world.plan(&["note", "a\n\nPlan-Event: {}\n"]).done();
    let events = world.assert_chained(&world.repository(), "p");
    assert_eq!(events.len(), 5, "one trailer each, however the reason reads");
    assert_eq!(events[2]["why"], why.as_str(), "and the reason is kept whole");
    assert!(world.plan(&["log"]).done().contains("Because."));
}

#[test]
fn a_text_cannot_pretend_to_be_another_part_of_the_view() {
    let world = World::with_plan(&["One"]);
    world.plan(&["step", "add", "Two\n3. [x] Three\n\n## Results\n- all done"]).ended(0).done();
    let shown = world.plan(&["show", "--json"]).json().remove(0);
    assert_eq!(shown["data"]["steps"].as_array().map(Vec::len), Some(2), "two steps are two steps: {shown}");
    let view = world.plan(&["show", "--raw"]).done();
    assert!(!view.lines().any(|line| line.starts_with("## Results") || line.starts_with("3. [x]")), "{view}");
}

#[test]
fn texts_beyond_the_limits_are_refused_and_nothing_is_written() {
    let world = World::with_plan(&["One"]);
    let tip = world.git(&["rev-parse", "plans/p"]);
    let huge = "x".repeat(128 * 1024 + 1);
    let said = world.plan_reading(huge.as_bytes(), &["note", "-"]).failed(1, "131073 bytes");
    assert!(said.contains("at most 131072"), "the limit is said: {said}");
    world.plan_reading("ä".repeat(70_000).as_bytes(), &["step", "edit", "1", "--body", "-"]).failed(1, "bytes");
    let long = "t".repeat(1025);
    world.plan(&["set", "title", &long]).failed(1, "at most 1024");
    world.plan(&["note", "x", "--label", &long]).failed(1, "at most 1024");
    world.plan(&["set", "tags", &"t".repeat(65)]).failed(1, "at most 64");
    world.plan(&["new", &long]).ended(1).stderr.clear();
    world.plan(&["new", "T", "--slug", &"s".repeat(64)]).failed(2, "slug");
    let half = "x".repeat(100 * 1024);
    let both = ["decide", "Big", "--because", &half, "--trade-off", &half, "--option", &half];
    world.plan(&both).failed(1, "262144");
    assert_eq!(world.git(&["rev-parse", "plans/p"]), tip, "nothing was written");
    let most = "x".repeat(128 * 1024);
    world.plan_reading(most.as_bytes(), &["note", "-"]).done();
    world.assert_chained(&world.repository(), "p");
}

#[test]
fn texts_and_names_like_options_and_paths_are_taken_for_what_they_are() {
    let world = World::with_plan(&["One"]);
    world.plan(&["step", "add", "--", "--upload-pack=touch pwned", "-x", "$(touch pwned)", "`touch pwned`"]).done();
    world.plan(&["note", "--", "--help"]).done();
    world.plan(&["step", "edit", "1", "--", "-m"]).done();
    for slug in ["-x", "--help", "../../HEAD", "a/b", "a.lock", "HEAD~1", "a b", "é", "A", "a..b", "@", "refs/heads/x"]
    {
        let said = world.plan(&["new", "T", &format!("--slug={slug}")]);
        assert!(said.status == Some(2) && said.stdout.is_empty(), "{slug:?} is no slug:\n{said}");
    }
    for point in [
        "--output=pwned",
        "-1x",
        "-99999999999999999999999",
        "HEAD",
        "main",
        "p; touch pwned",
        "@{u}",
        ":/x",
        "--all",
        "plans/p:x",
        "..",
    ] {
        let said = world.plan(&["show", &format!("--at={point}")]);
        assert!(matches!(said.status, Some(4 | 5)) && said.stdout.is_empty(), "{point:?} is no point:\n{said}");
    }
    let pwned = std::fs::read_dir(world.repository()).into_iter().flatten().flatten().count();
    assert_eq!(pwned, 1, "nothing was made in the work tree but .git");
    let refs = world.git(&["for-each-ref", "--format=%(refname)"]);
    assert_eq!(refs, "refs/plans/p", "and no ref but the plan's");
}

#[test]
fn a_title_of_any_script_makes_a_plan_with_a_name_or_a_clear_refusal() {
    let world = World::new();
    for (title, slug) in
        [("Ünïcödé Título", None), ("日本語", None), ("Привет", None), ("emoji 🎉 party", Some("emoji-party"))]
    {
        let said = world.plan(&["new", title]);
        match (said.status, slug) {
            (Some(0), Some(slug)) => assert!(said.stdout.contains(&format!("plan {slug} created")), "{said}"),
            (Some(0), None) => {}
            _ => assert!(said.stderr.contains("--slug"), "{title:?} is told what to do:\n{said}"),
        }
    }
}
