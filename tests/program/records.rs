//! Decision records and issue forms: taken in, given out, and no file of others overwritten.

use insta::assert_snapshot;

use crate::world::{Outcome, World};

const ROWS: &str = "# 1. Keep rows

Date: 2023-01-01

## Status

Superceded by [2. Keep events](0002-keep-events.md)

## Context

Where does the state live?

## Decision

We will keep rows.

## Consequences

Nobody knows how it came to this.
";

const EVENTS: &str = "---
status: accepted
date: 2024-02-29
decision-makers: Ada, Bob
consulted: Cy
---

# Keep events

## Context and Problem Statement

Rows forget.

## Considered Options

* Events
* Rows,
  with a history

## Decision Outcome

Chosen option: \"Events\", because they tell why.

### Consequences

* Good, because nothing is lost
* Bad, because reads replay
";

fn write(world: &World, name: &str, text: &str) -> Outcome {
    let path = world.repository().join(name);
    std::fs::create_dir_all(path.parent().ok_or("a folder")?)?;
    Ok(std::fs::write(path, text)?)
}

#[test]
fn a_folder_of_decision_records_is_taken_in_and_given_out() -> Outcome {
    let world = World::new();
    write(&world, "docs/adr/0001-keep-rows.md", ROWS)?;
    write(&world, "docs/adr/0002-keep-events.md", EVENTS)?;
    write(&world, "docs/adr/README.md", "# Decisions\n\nThis folder holds decisions.\n")?;
    write(&world, "docs/adr/template.md", "# {title}\n\n## Status\n\n{status}\n")?;
    for line in [
        &["import", "--format", "madr", "docs/adr"][..],
        &["show"],
        &["import", "--format", "madr", "docs/adr/README.md"],
        &["import", "--format", "madr", "docs"],
        &["import", "--format", "madr", "nowhere"],
        &["import", "docs/adr"],
        &["import", "--title", "T", "docs/adr/README.md"],
        &[
            "import",
            "--format",
            "madr",
            "--slug",
            "one",
            "--layout",
            "cookbook",
            "--json",
            "docs/adr/0002-keep-events.md",
        ],
        &["-p", "adr", "export", "--format", "madr"],
        &["-p", "adr", "export", "--format", "madr", "-o", "out"],
        &["-p", "adr", "export", "--format", "madr", "-o", "out"],
        &["-p", "adr", "decision", "amend", "2", "Snapshots make reads fast"],
        &["-p", "adr", "export", "--format", "madr", "-o", "out"],
        &["-p", "adr", "export", "--format", "madr", "-o", "out", "--force", "--json"],
        &["-p", "adr", "export", "-o", "out"],
        &["-p", "adr", "export", "--force"],
    ] {
        world.tell(line);
    }
    assert_snapshot!(world.transcript());
    Ok(())
}

#[test]
fn what_a_title_says_leads_no_file_out_of_its_folder() -> Outcome {
    let world = World::with_plan(&[]);
    let huge = "x".repeat(20_000);
    for title in ["../../x", "---", "a\nb: c\n---", "-rf", "con", "…", "\u{1b}[31m/etc/passwd\u{202e}", huge.as_str()]
    {
        world.plan(&["decide", "--because=---\nstatus: rejected\n---\n# Other\n```", "--", title]).done();
    }
    world.plan(&["export", "--format", "madr", "-o", "out/deep"]).done();
    let mut names = std::fs::read_dir(world.repository().join("out/deep"))?
        .map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()))
        .collect::<Outcome<Vec<_>>>()?;
    names.sort();
    let long = format!("0008-{}.md", "x".repeat(63));
    let plain = ["0001-x.md", "0002-decision.md", "0003-a-b-c.md", "0004-rf.md", "0005-con.md", "0006-decision.md"];
    let expected: Vec<&str> = plain.into_iter().chain(["0007-31m-etc-passwd.md", &long]).collect();
    assert_eq!(names, expected, "names hold letters, digits and dashes");
    let again = world.plan(&["import", "--format", "madr", "out/deep", "--json"]).json();
    assert_eq!(again[0]["data"]["items"]["decision"], 8, "each file is a record: {}", again[0]);
    let shown = world.plan(&["-p", "deep", "show", "--json"]).json();
    let states: Vec<_> =
        shown[0]["data"]["items"].as_array().into_iter().flatten().map(|item| &item["state"]).collect();
    assert!(states.iter().all(|state| *state != "withdrawn"), "a reason sets no status: {states:?}");
    Ok(())
}

#[test]
fn an_issue_form_is_written_and_what_it_gathers_begins_a_plan() -> Outcome {
    let world = World::new();
    for line in [&["init"][..], &["init", "--github"], &["init", "--github"]] {
        world.tell(line);
    }
    let form = world.repository().join(".github/ISSUE_TEMPLATE/execplan.yml");
    assert_snapshot!("form", std::fs::read_to_string(&form)?);
    std::fs::write(&form, "name: Ours\n")?;
    world.tell(&["init", "--github"]);
    assert_eq!(std::fs::read_to_string(&form)?, "name: Ours\n", "what is there stays");
    world.tell(&["init", "--github", "--force"]);
    let body = "### Objective\r\n\r\nFind any plan by its words.\r\nFast.\r\n\r\n### Context\r\n\r\n_No response_\r\n\r\n\
        ### Success Criteria\r\n\r\n- [ ] Answers in 100 ms\r\n- [X] Works offline\r\n\r\n### Technical Approach\r\n\r\nAn index.\r\n\r\n\
        ### Execution Steps\r\n\r\n1. [ ] Index\r\n   - [ ] Words\r\n2. [ ] Query\r\n\r\n### Open Questions\r\n\r\n- [ ] Question 1\r\n";
    write(&world, "issue.md", body)?;
    for line in [
        &["import", "--issue-form", "--title", "Search", "issue.md"][..],
        &["show", "--raw"],
        &["import", "--issue-form", "--format", "madr", "issue.md"],
    ] {
        world.tell(line);
    }
    world.plan_reading(body.as_bytes(), &["import", "--issue-form", "-"]).done();
    assert!(world.plan(&["list"]).done().contains("find-any-plan-by-its-words"), "the objective names the plan");
    assert_snapshot!(world.transcript());
    let bare = world.path().join("bare.git");
    world.git_in(world.path(), &["init", "--quiet", "--bare", "bare.git"]);
    world.plan_in(&bare, &["init", "--github"]).failed(8, "bare");
    Ok(())
}
