//! `git plan check`: a sound plan has no findings, each rule finds what it is for and is silent once that is mended.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::schemas;
use crate::world::{Outcome, World};

/// What begins a plan `p` that is sound as far as it goes.
const BASE: &[&str] = &[
    "new P --slug p --objective \"Ship the dark theme to all users\"",
    "step add One Two",
    "criterion add \"All tests pass\"",
];

const NEW: &str = "new P --slug p --objective \"Ship it\"";
const COOKBOOK: &str = "new P --slug p --layout cookbook --objective \"Ship it\"";
const OVER: &str = "step done 1 2 -m Reviewed";

/// A rule, what makes it find something, and what mends that. What begins with `new` stands without the base; `+N` lets
/// N days pass; `@base` is the version at the start.
const RULES: &[(&str, &[&str], &[&str])] = &[
    ("objective-missing", &["new P --slug p"], &["set objective \"Ship it\""]),
    ("objective-long", &["set objective @long"], &["set objective \"Ship it\""]),
    ("placeholder", &["set context \"The port is TBD.\""], &["set context \"The port is 8080.\""]),
    ("criterion-vague", &["criterion add \"The app is fast\""], &["criterion edit 2 \"It starts within 200 ms\""]),
    ("in-conflict", &["step edit 1 Uno", "step edit 1 Eins --base @base"], &["resolve --take A"]),
    ("steps-missing", &[NEW], &["step add One"]),
    ("criteria-missing", &[NEW, "step add One"], &["criterion add \"All tests pass\""]),
    ("decision-without-reason", &["decide \"Use SQLite\""], &["decision amend 1 \"Reason: one file\""]),
    ("question-open", &["ask \"Which store?\"", OVER], &["answer 1 SQLite"]),
    ("blocker-open", &["block \"No access\"", OVER], &["unblock 1 --how \"Ada has one\""]),
    ("criterion-unmet", &[OVER], &["criterion met 1 --evidence \"41 passed\""]),
    ("results-missing", &[OVER], &["result \"A dark theme\""]),
    ("lessons-missing", &[OVER, "result \"A dark theme\""], &["result --lesson \"Begin with the colours\""]),
    ("abandoned", &["+20"], &["note \"Still on it\""]),
    ("step-stalled", &["step start 1", "+10", "note Elsewhere", "+10"], &["note \"Half of it\" --on 1"]),
    ("claim-expired", &["step start 1", "step claim 1 --as bo --until 1h", "+1"], &["step claim 1"]),
    ("done-too-early", &["step add A --under 1", "step done 1 --force -m Reviewed"], &["step reopen 1"]),
    ("done-below", &["step add A --under 1", "step done 1.1 -m Reviewed"], &["step done 1"]),
    ("status-disagrees", &["set status done"], &["set status living"]),
    ("done-silently", &["step done 1"], &["note \"Reviewed\" --on 1"]),
    ("course-changed", &["step start 1", "step drop 1"], &["decide \"Leave it out\" --because \"Nobody asked\""]),
    (
        "criteria-changed",
        &["step done 1", "criterion edit 1 \"90 tests pass\""],
        &["decide \"Less will do\" --because \"It is a trial\""],
    ),
    ("no-next-step", &["step depend 1 --on 2", "block X --on 2"], &["unblock 1 --how \"Ada has one\""]),
    ("blocker-undocumented", &["block \"No access\"", "+2"], &["note \"Need: a key\" --on \"blocker 1\""]),
    ("many-in-progress", &["step add 3 4 5", "step start 1 2 3 4"], &["step claim 4"]),
    ("over-planned", &["step add @fifty"], &["step start 1"]),
    (
        "too-deep",
        &["step add A --under 1", "step add B --under 1.1", "step add C --under 1.1.1"],
        &["step move 1.1.1.1 --after 1.1.1"],
    ),
    (
        "story-without-criteria",
        &["story --as-a owl --i-want dark --so-that rest"],
        &["criterion add \"All is dark\" --under \"story 1\""],
    ),
    ("story-incomplete", &["story --as-a owl --i-want dark --criterion Toggle"], &["undo"]),
    (
        "story-repeated",
        &["story --as-a owl --i-want \"A theme\"", "story --as-a bat --i-want \"a  Theme.\""],
        &["undo"],
    ),
    ("progress-without-boxes", &[COOKBOOK], &["step add One"]),
    (
        "not-self-contained",
        &[COOKBOOK, "set context \"As discussed, the port is 8080.\""],
        &["set context \"The port is 8080.\""],
    ),
    (
        "links-only",
        &[COOKBOOK, "set context \"See https://example.org/design\""],
        &["set context \"The theme is read from the settings before the first paint.\""],
    ),
    (
        "discoveries-missing",
        &[COOKBOOK, "step add One Two", OVER],
        &["discover \"Two palettes are enough\" --evidence colours.txt"],
    ),
];

/// The words of a line, with what stands in quotation marks as one.
fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    for (at, part) in line.split('"').enumerate() {
        match at % 2 {
            0 => words.extend(part.split_whitespace().map(str::to_owned)),
            _ => words.push(part.to_owned()),
        }
    }
    words
}

/// Types lines, as the table has them.
fn types(world: &World, lines: &[&str], day: &mut u32, base: &str) {
    for line in lines {
        if let Some(days) = line.strip_prefix('+') {
            *day += days.parse::<u32>().expect("a number of days");
            world.set_clock(&format!("2026-11-{:02}T10:00:00Z", *day));
            continue;
        }
        let mut all = Vec::new();
        for word in words(line) {
            match word.as_str() {
                "@base" => all.push(base.to_owned()),
                "@long" => all.push("word ".repeat(130)),
                "@fifty" => all.extend((0..50).map(|n| format!("Step {n}"))),
                _ => all.push(word),
            }
        }
        let said = world.plan(&all.iter().map(String::as_str).collect::<Vec<_>>());
        assert_eq!(said.status, Some(0), "{line}:\n{said}");
    }
}

/// What `check` finds.
#[track_caller]
fn report(world: &World, arguments: &[&str]) -> Value {
    let said = world.plan(&[&["check", "--json"], arguments].concat());
    let (status, text) = (said.status, said.to_string());
    assert!(said.stderr.is_empty() && matches!(status, Some(0 | 1)), "{arguments:?} reports:\n{text}");
    let told: Value = serde_json::from_str(&said.stdout).unwrap_or_else(|e| panic!("{e}:\n{text}"));
    schemas::hold(&told);
    let told = told["data"].clone();
    assert_eq!(told["passed"].as_bool(), Some(status == Some(0)), "the status says whether it passes:\n{text}");
    told
}

fn findings(report: &Value) -> Vec<&Value> {
    report["findings"].as_array().into_iter().flatten().collect()
}

fn has(report: &Value, code: &str) -> bool {
    findings(report).iter().any(|finding| finding["code"] == code)
}

/// Tries the rules between these places of the table.
fn each_finds_and_is_mended(rules: &[(&str, &[&str], &[&str])]) {
    for (code, before, fix) in rules {
        let world = World::new();
        let mut day = 1;
        world.set_clock("2026-11-01T10:00:00Z");
        if !before[0].starts_with("new ") {
            types(&world, BASE, &mut day, "");
            assert!(!has(&report(&world, &[]), code), "{code} is not found in a plan that is sound");
        }
        let shown = world.plan(&["list", "--json"]).json();
        let base = if shown[0]["data"]["plans"][0].is_null() {
            String::new()
        } else {
            world.plan(&["show", "--json"]).json()[0]["version"][0].as_str().unwrap_or_default().to_owned()
        };
        types(&world, before, &mut day, &base);
        let found = report(&world, &[]);
        assert!(has(&found, code), "{code} is found after {before:?}: {found}");
        for finding in findings(&found) {
            let fix = finding["fix"].as_str().unwrap_or_default();
            assert!(fix.starts_with("git plan "), "a finding says what to type: {finding}");
        }
        types(&world, fix, &mut day, &base);
        let left = report(&world, &[]);
        assert!(!has(&left, code), "{code} is gone after {fix:?}: {left}");
    }
}

#[test]
fn each_rule_of_clarity_and_the_first_of_completeness_find_and_are_mended() {
    each_finds_and_is_mended(&RULES[..8]);
}

#[test]
fn each_other_rule_of_completeness_and_the_first_of_currency_find_and_are_mended() {
    each_finds_and_is_mended(&RULES[8..16]);
}

#[test]
fn each_other_rule_of_currency_and_those_of_traceability_find_and_are_mended() {
    each_finds_and_is_mended(&RULES[16..24]);
}

#[test]
fn each_rule_of_actionability_of_stories_and_of_the_cookbook_finds_and_is_mended() {
    each_finds_and_is_mended(&RULES[24..]);
}

#[test]
fn every_rule_that_is_listed_is_tried_here() {
    let world = World::new();
    let listed = world.plan(&["check", "--rules", "--json"]).json().remove(0);
    let rules = listed["data"]["rules"].as_array().cloned().unwrap_or_default();
    let listed: BTreeSet<&str> = rules.iter().filter_map(|rule| rule["code"].as_str()).collect();
    let tried: BTreeSet<&str> = RULES.iter().map(|(code, ..)| *code).collect();
    assert_eq!(listed, tried, "each rule has a plan that it finds fault with");
    let told = world.plan(&["check", "--rules"]).done();
    assert!(listed.iter().all(|code| told.contains(code)), "people see them all:\n{told}");
}

#[test]
fn a_sound_plan_has_no_findings_from_its_beginning_to_its_end() {
    let world = World::new();
    types(&world, BASE, &mut 1, "");
    let work = [
        "step start 1",
        "step done 1 -m \"Reviewed together\"",
        "decide \"Use CSS variables\" --because \"No flash of the wrong theme\"",
        "ask \"Which palette?\"",
        "answer 1 \"The wide one\"",
        "discover \"Forms have colours of their own\" --evidence forms.css",
        "story --as-a owl --i-want \"a dark theme\" --so-that \"my eyes rest\" --criterion \"The toggle is in the settings\"",
        "step done 2 --evidence \"cargo test: 41 passed\"",
        "result \"A dark theme\"",
        "result --lesson \"Begin with the colours\"",
    ];
    for line in &work[..work.len() - 3] {
        types(&world, &[line], &mut 1, "");
        assert_eq!(report(&world, &[])["findings"], serde_json::json!([]), "after {line}");
    }
    types(&world, &work[work.len() - 3..], &mut 1, "");
    let open: Vec<String> = findings(&report(&world, &[]))
        .iter()
        .filter(|finding| finding["code"] == "criterion-unmet")
        .map(|finding| finding["fix"].as_str().unwrap_or_default().replace("git plan ", ""))
        .collect();
    open.iter().for_each(|fix| types(&world, &[fix], &mut 1, ""));
    let told = world.plan(&["check", "--strict"]).done();
    assert_eq!(told, "p: nothing found\n", "a plan that was done well is found to be so, with the fixes typed as told");
}

#[test]
fn the_plan_of_the_readme_gives_at_most_notices() {
    let world = World::new();
    let minute = [
        "new \"Dark mode\" --objective \"Add dark mode support across the web application.\"",
        "step add \"Create theme context\" \"Update components\" \"Add toggle UI\"",
        "step done 1 -m \"Reviewed together with the design team\"",
        "step start 2",
        "decide \"Use CSS variables\" --because \"No flash of the wrong theme\" --trade-off \"No support for old browsers\"",
    ];
    types(&world, &minute, &mut 1, "");
    let told = report(&world, &["--strict"]);
    assert_eq!(told["notices"], 1, "criteria are missing, and that is all: {told}");
}

#[test]
fn the_status_follows_the_severity_and_what_is_configured() {
    let world = World::with_plan(&["One"]);
    let _ = world.plan(&["check"]).ended(1);
    let told = world.plan(&["check"]);
    assert!(told.stdout.contains("error objective-missing: the section objective"), "{told}");
    assert!(told.stdout.contains("git plan set objective"), "it says what to type:\n{told}");
    world.git(&["config", "plan.check.objective-missing", "warning"]);
    world.plan(&["check"]).done();
    let _ = world.plan(&["check", "--strict"]).ended(1);
    world.git(&["config", "plan.check.objective-missing", "off"]);
    world.plan(&["check", "--strict"]).done();
    world.git(&["config", "plan.check.criteria-missing", "error"]);
    assert_eq!(report(&world, &[])["errors"], 1, "a notice can be made an error");
    world.git(&["config", "plan.check.criteria-missing", "severe"]);
    world.plan(&["check"]).failed(8, "expected error, warning, notice or off");
    world.git(&["config", "plan.check.criteria-missing", "off"]);
    world.git(&["config", "plan.check.days", "soon"]);
    world.plan(&["check"]).failed(8, "a number of days");
    world.git(&["config", "plan.check.days", "3"]);
    world.set_clock("2027-01-01T10:00:00Z");
    assert!(has(&report(&world, &[]), "abandoned"), "the days are those that are configured");
    world.plan(&["check", "--sarif", "--json"]).failed(2, "leave one of");
    world.plan(&["check", "--rules", "--all"]).failed(2, "cannot be used with");
}

#[test]
fn all_plans_are_checked_as_they_are_and_one_as_it_was() {
    let world = World::with_plan(&["One"]);
    world.begin("q", &["Two"]);
    world.begin("r", &["Three"]);
    world.plan(&["-p", "r", "archive"]).done();
    let told = world.plan(&["check", "--all"]);
    assert_eq!(told.status, Some(1), "one plan that fails is enough:\n{told}");
    assert!(told.stdout.contains("p: 1 error") && told.stdout.contains("q: 1 error"), "{told}");
    assert!(!told.stdout.contains("r: "), "what was put away is not checked:\n{told}");
    world.plan(&["-p", "p", "set", "objective", "Ship it"]).done();
    world.set_clock("2028-01-01T00:00:00Z");
    let now = report(&world, &["-p", "p"]);
    assert!(has(&now, "abandoned") && !has(&now, "objective-missing"), "{now}");
    let then = world.plan(&["-p", "p", "check", "--json", "--at", "-1"]).ended(1).stdout;
    let then = serde_json::from_str::<Value>(&then).unwrap_or_default()["data"].clone();
    assert!(has(&then, "objective-missing") && !has(&then, "abandoned"), "a plan is judged by the time it had: {then}");
}

#[test]
fn sarif_names_rules_files_and_lines() -> Outcome {
    let world = World::with_plan(&["One", "Two"]);
    world.plan(&["step", "done", "2"]).done();
    world.plan(&["set", "context", "The port is TBD."]).done();
    let said = world.plan(&["check", "--sarif"]);
    assert_eq!(said.status, Some(1), "the status is that of the check:\n{said}");
    let log: Value = serde_json::from_str(&said.stdout)?;
    assert_eq!(log["version"], "2.1.0");
    let run = &log["runs"][0];
    let rules = run["tool"]["driver"]["rules"].as_array().ok_or("rules")?;
    assert_eq!(run["tool"]["driver"]["name"], "git-plan");
    let view = world.plan(&["show", "--raw"]).done();
    let results = run["results"].as_array().ok_or("results")?;
    let mut seen = BTreeSet::new();
    for result in results {
        let code = result["ruleId"].as_str().ok_or("a rule")?;
        let at = usize::try_from(result["ruleIndex"].as_u64().ok_or("its place")?)?;
        assert_eq!(rules[at]["id"], code, "the place is that of the rule");
        assert!(["error", "warning", "note"].contains(&result["level"].as_str().unwrap_or_default()), "{result}");
        let place = &result["locations"][0]["physicalLocation"];
        assert_eq!(place["artifactLocation"]["uri"], "plans/p.md", "the file is the plan's");
        let line = usize::try_from(place["region"]["startLine"].as_u64().ok_or("a line")?)?;
        let shown = view.lines().nth(line - 1).ok_or("the view has the line")?;
        match code {
            "placeholder" => assert_eq!(shown, "## Context", "a section's line is its heading"),
            "done-silently" => assert_eq!(shown, "2. [x] Two", "a step's line is its own"),
            _ => {}
        }
        seen.insert(code);
    }
    assert!(seen.contains("placeholder") && seen.contains("done-silently"), "{seen:?}");
    Ok(())
}

#[test]
fn hostile_text_acts_on_nothing() {
    let world = World::with_plan(&["\u{1b}[31mred\u{202e}TBD \u{7}", "$(touch x); rm -rf"]);
    world.plan(&["step", "done", "2", "1"]).done();
    world.plan(&["decide", "`id` \"; TBD \u{1b}]0;t\u{7}"]).done();
    world.plan(&["story", "--as-a", "\u{202e}a", "--i-want", "\u{1b}c"]).done();
    world.plan(&["set", "objective", &"\u{1b}[2J ".repeat(3)]).done();
    for arguments in [&["check"][..], &["check", "--json"], &["check", "--sarif"]] {
        let said = world.plan(arguments);
        let acts = |c: char| (c.is_control() && c != '\n') || ('\u{202a}'..='\u{202e}').contains(&c);
        assert!(!said.stdout.contains(acts), "{arguments:?} writes nothing that acts on a terminal:\n{said}");
    }
    let told = report(&world, &[]);
    for finding in findings(&told) {
        let fix = finding["fix"].as_str().unwrap_or_default();
        assert!(!fix.contains("red") && !fix.contains("$("), "a fix has no words of the plan: {fix}");
    }
}
