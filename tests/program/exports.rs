//! What a plan is exported as, and the way back.

use insta::assert_snapshot;

use crate::world::{Outcome, World};

fn grown() -> World {
    let world = World::with_plan(&["Store the data", "=1+1", "<script>"]);
    world.plan(&["set", "objective", "Keep it, \"all\" of it"]).done();
    let base = world.plan(&["status", "--json"]).json()[0]["version"][0].as_str().unwrap_or_default().to_owned();
    world.plan(&["step", "edit", "1", "One side", "-m", "Shorter"]).done();
    world.plan(&["step", "edit", "1", "Another side", "--base", &base]).done();
    world.plan(&["step", "done", "3"]).done();
    world
}

#[test]
fn an_export_becomes_the_same_plan_elsewhere() -> Outcome {
    let world = grown();
    let other = World::new();
    let exported = world.plan(&["export"]).done();
    let file = other.repository().join("p.jsonl");
    let lines: Vec<&str> = exported.split_inclusive('\n').collect();
    std::fs::write(&file, lines[..4].concat())?;
    std::fs::write(other.repository().join("all.jsonl"), &exported)?;
    std::fs::write(other.repository().join("rest.jsonl"), lines[4..].concat())?;
    for line in [
        &["import", "--format", "jsonl", "rest.jsonl"][..],
        &["import", "--format", "jsonl", "--slug", "p", "rest.jsonl"],
        &["import", "--format", "jsonl", "--dry-run", "p.jsonl"],
        &["import", "--format", "jsonl", "p.jsonl"],
        &["import", "--format", "jsonl", "--dry-run", "all.jsonl"],
        &["import", "--format", "jsonl", "--slug", "p", "rest.jsonl"],
        &["import", "--format", "jsonl", "--json", "all.jsonl"],
        &["import", "--format", "jsonl", "all.jsonl"],
        &["import", "--format", "jsonl", "-m", "Why", "all.jsonl"],
        &["import", "--format", "jsonl", "all.jsonl", "p.jsonl"],
        &["conflicts"],
    ] {
        other.tell(line);
    }
    assert_eq!(other.plan(&["export"]).done(), exported, "export, import, export: the same to the byte");
    let (here, there) = (world.plan(&["show", "--raw"]).done(), other.plan(&["show", "--raw"]).done());
    assert_eq!(there, here, "and the same view");
    other.assert_sound(&other.repository());
    let piped = World::new();
    piped.plan_reading(exported.as_bytes(), &["import", "--format", "jsonl", "--slug", "q", "-"]).done();
    assert_eq!(piped.plan(&["export"]).done(), exported, "from stdin, under another name");
    piped.begin("p", &[]);
    piped.plan_reading(exported.as_bytes(), &["import", "--format", "jsonl", "-"]).failed(1, "--slug");
    assert_snapshot!(other.transcript());
    Ok(())
}

#[test]
fn a_line_that_is_no_event_is_named_and_nothing_comes_in() -> Outcome {
    let world = grown();
    let exported = world.plan(&["export"]).done();
    let lines: Vec<&str> = exported.lines().collect();
    let with = |at: usize, line: &str| {
        let mut lines: Vec<&str> = lines.clone();
        lines[at] = line;
        lines.join("\n")
    };
    let spaced = lines[2].replace("\":", "\": ");
    let other = World::new();
    for (text, words) in [
        (with(2, ""), "line 3"),
        (with(2, "{}"), "line 3"),
        (with(2, &spaced), "line 3"),
        (with(2, &lines[2].replace("step.added", "plan.created")), "line 3"),
        (lines[..3].join("\r\n") + "\r\n", "line 1"),
        (lines[..2].join("\n") + "\n" + lines[3], "line 3"),
        (lines[..2].join("\n") + "\n\n", "line 3"),
        (lines[1..].join("\n"), "no plan.created"),
        (String::new(), "no plan.created"),
        (lines.join("\n").replace("Plan p", "Plan q"), "line 2"),
        (lines.join("\n") + "\n" + &lines[0].replace("Plan p", "Plan q"), "begins another plan"),
    ] {
        other.plan_reading(text.as_bytes(), &["import", "--format", "jsonl", "-"]).failed(1, words);
    }
    other.plan_reading(b"\xff\n", &["import", "--format", "jsonl", "-"]).failed(1, "line 1");
    assert_eq!(other.git(&["for-each-ref"]), "", "nothing came in");
    // What a newer version wrote is taken in: it has no effect here, and is not lost.
    let newer = lines.join("\n") + "\n" + &lines[1].replace("step.added", "step.invented");
    other.plan_reading(newer.as_bytes(), &["import", "--format", "jsonl", "-"]).done();
    assert_eq!(other.plan(&["export"]).done().lines().count(), lines.len() + 1, "it is there");
    Ok(())
}

#[test]
fn a_history_is_written_for_pipelines_and_for_spreadsheets() {
    let world = grown();
    assert_snapshot!("csv", world.plan(&["export", "--format", "csv"]).done().replace("\r\n", "␍␊\n"));
    assert_snapshot!("intoto", world.plan(&["export", "--format", "intoto"]).done());
    assert_snapshot!("prov", world.plan(&["export", "--format", "prov"]).done().replace("},", "},\n"));
    assert_snapshot!("cloudevents", world.plan(&["export", "--format", "cloudevents"]).done());
}

#[test]
fn a_bundle_proves_itself_without_its_repository() -> Outcome {
    let world = grown();
    for line in [
        &["export", "--format", "audit"][..],
        &["export", "--format", "audit", "-o", "out", "--at", "2026-11-22"],
        &["export", "--format", "audit", "-o", "out"],
        &["verify", "./out"],
        &["note", "Later"],
        &["export", "--format", "audit", "-o", "out"],
    ] {
        world.tell(line);
    }
    let elsewhere = world.path().join("elsewhere");
    std::fs::rename(world.repository().join("out"), &elsewhere)?;
    world.plan_in(world.path(), &["verify", "elsewhere"]).done();
    let page = std::fs::read_to_string(elsewhere.join("report.html"))?;
    std::fs::write(elsewhere.join("report.html"), page.replace("One side", "No side"))?;
    std::fs::remove_file(elsewhere.join("plan.bundle"))?;
    let said = world.plan_in(world.path(), &["verify", "elsewhere"]).ended(7).stdout;
    assert!(said.contains("report.html") && said.contains("plan.bundle"), "each file is named:\n{said}");
    assert_snapshot!(world.transcript());
    Ok(())
}

#[test]
fn a_page_says_nothing_of_the_plan_as_markup() {
    let world = grown();
    let page = world.plan(&["export", "--format", "html"]).done();
    assert_eq!(page.matches("<script").count(), 2, "its history and its script");
    let policy = page.split("content=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap_or_default();
    assert!(policy.starts_with("default-src 'none'; script-src 'sha256-"), "{policy}");
    assert_eq!(page, world.plan(&["export", "--format", "html"]).done(), "the same plan gives the same page");
}
