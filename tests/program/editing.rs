//! `edit`: the editor that git would use, and what becomes of what was typed in it.

use std::fs;

use insta::assert_snapshot;

use crate::world::{Outcome, World};

const PLAN: &str =
    "# Search\n\nIntro.\n\n## Steps\n\n- [ ] Index\n  - [ ] Tokens\n- [ ] Query\n\n## Rollout\n\nSlowly.\n";

fn world() -> Outcome<World> {
    let world = World::new();
    fs::write(world.repository().join("plan.md"), PLAN)?;
    world.plan(&["import", "--layout", "own", "--slug", "search", "plan.md"]).done();
    Ok(world)
}

/// The same world with an editor that does this with `sed`.
fn editing(world: &mut World, script: &str) {
    world.env.insert("GIT_EDITOR".to_owned(), format!("sed -i -e '{script}'"));
}

#[test]
fn what_was_typed_in_the_editor_is_recorded() -> Outcome {
    let mut world = world()?;
    world.tell(&["edit"]);
    editing(&mut world, "s/Query/Query fast/");
    world.tell(&["edit", "-m", "For the users"]);
    editing(&mut world, "s/^/> /w shown");
    editing(&mut world, "w shown\ns/\\[ \\]/[x]/");
    world.tell(&["edit", "1"]);
    let shown = fs::read_to_string(world.repository().join("shown"))?;
    assert_eq!(shown, "- [ ] Index\n  - [ ] Tokens\n", "only the step's own lines are opened");
    editing(&mut world, "w shown\ns/Slowly/Very slowly/");
    world.tell(&["edit", "Rollout"]);
    let shown = fs::read_to_string(world.repository().join("shown"))?;
    assert_eq!(shown, "## Rollout\n\nSlowly.\n", "only the section's own lines are opened");
    world.tell(&["edit", "Nowhere"]);
    world.tell(&["edit", "9"]);
    assert_eq!(fs::read_dir(world.repository().join(".git/git-plan/edits"))?.count(), 0, "no draft is left");
    let view = world.plan(&["show", "--raw"]).done();
    assert_snapshot!(world.transcript() + &view);
    Ok(())
}

#[test]
fn what_is_named_is_opened_without_what_is_around_it() -> Outcome {
    let mut world = World::with_plan(&["Index", "Query", "Index the query"]);
    world.plan(&["step", "add", "Tokens", "--under", "2"]).done();
    world.plan(&["step", "done", "1"]).done();
    world.plan(&["set", "approach", "First this.\n\nThen that."]).done();
    world.plan(&["criterion", "add", "It is fast"]).done();
    let copying = "copy() { cp \"$1\" shown; }; copy";
    world.env.insert("GIT_EDITOR".to_owned(), copying.to_owned());
    for (part, lines) in [
        ("2", "2. [ ] Query\n   - [ ] Tokens\n"),
        ("2.1", "   - [ ] Tokens\n"),
        ("1", "1. [x] Index\n"),
        ("approach", "## Technical Approach\nFirst this.\n\nThen that.\n\n"),
        ("criterion 1", "- [ ] It is fast\n"),
    ] {
        world.plan(&["edit", part]).done();
        let shown = fs::read_to_string(world.repository().join("shown"))?;
        assert_eq!(shown, lines, "{part:?} is opened, and nothing else");
    }
    Ok(())
}

#[test]
fn an_edit_that_changes_nothing_or_leaves_nothing_is_given_up() -> Outcome {
    let mut world = world()?;
    let before = world.git(&["rev-parse", "plans/search"]);
    for editor in ["true", ":", "truncate -s 0", "false", "no-such-editor"] {
        world.env.insert("GIT_EDITOR".to_owned(), editor.to_owned());
        world.tell(&["edit"]);
    }
    world.env.remove("GIT_EDITOR");
    world.git(&["config", "core.editor", "true"]);
    world.tell(&["edit"]);
    assert_eq!(world.git(&["rev-parse", "plans/search"]), before, "the plan is as it was");
    assert_eq!(fs::read_dir(world.repository().join(".git/git-plan/edits"))?.count(), 0, "no draft is left");
    assert_snapshot!(world.transcript());
    Ok(())
}

#[test]
fn a_refused_edit_is_kept() -> Outcome {
    let mut world = world()?;
    // While the editor is open, somebody else rewords the same step.
    let other = "git-plan step edit 2 \"Query twice\" > other && sed -i s/Query/Querying/";
    world.env.insert("GIT_EDITOR".to_owned(), other.to_owned());
    world.tell(&["edit", "2"]);
    let kept = world.repository().join(".git/git-plan/edits/search.md");
    assert_eq!(fs::read_to_string(&kept)?, PLAN.replace("Query", "Querying"), "the whole view is kept, edited");
    let base = world.plan(&["show", "--at", "plans/search~1", "--json"]).json();
    let base = base[0]["version"][0].as_str().ok_or("a version")?.to_owned();
    let kept = kept.display().to_string();
    world.plan(&["absorb", "-p", "search", "--base", &base[..12], "--join", &kept]).done();
    let conflicts = world.plan(&["show", "--json"]).json()[0]["data"]["conflicts"].to_string();
    assert!(conflicts.contains("Querying") && conflicts.contains("Query twice"), "both sides are there: {conflicts}");
    assert!(!std::path::Path::new(&kept).exists(), "what was kept is not kept longer than it is needed");
    assert_snapshot!(world.transcript());
    Ok(())
}
