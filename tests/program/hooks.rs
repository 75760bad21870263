//! The `pre-commit` hook: installed when asked for, beside no other, and taken away without a trace.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use insta::assert_snapshot;

use crate::world::{Outcome, World};

const PLAN: &str = "# Search\n\n## Steps\n\n- [ ] Index\n- [ ] Query\n";

fn world() -> Outcome<World> {
    let world = World::new();
    fs::write(world.repository().join("plan.md"), PLAN)?;
    world.plan(&["import", "--layout", "own", "--slug", "search", "plan.md"]).done();
    world.git(&["add", "-A"]);
    world.git(&["commit", "--quiet", "-m", "Plan"]);
    Ok(world)
}

#[test]
fn an_edited_plan_file_is_taken_in_when_it_is_committed() -> Outcome {
    let world = world()?;
    world.tell(&["init"]);
    world.tell(&["init", "--hook"]);
    world.tell(&["init", "--hook"]);
    let file = world.repository().join("plan.md");
    fs::write(&file, PLAN.replace("[ ] Index", "[x] Index"))?;
    world.plan(&["step", "add", "Rank"]).done();
    world.git(&["commit", "--quiet", "--all", "-m", "Indexed"]);
    let committed = world.git(&["show", "HEAD:plan.md"]);
    assert!(
        committed.contains("[x] Index") && committed.contains("Rank"),
        "what is committed is the view: {committed}"
    );
    assert_eq!(committed, world.plan(&["show", "--raw"]).done().trim_end(), "byte for byte");
    assert_eq!(world.git(&["status", "--porcelain"]), "", "nothing is left to commit");
    fs::write(world.repository().join("other.md"), "# Not a plan\n")?;
    world.git(&["add", "other.md"]);
    world.git(&["commit", "--quiet", "-m", "Other files are no concern of the hook"]);
    let text = fs::read_to_string(&file)?;
    fs::write(&file, text.replace("[ ] Query", "[x] Query"))?;
    world.git(&["add", "plan.md"]);
    fs::write(&file, text.replace("[ ] Query", "[x] Query by date"))?;
    let refused = world.try_git(&["commit", "--quiet", "-m", "Half"]);
    assert!(refused.stderr.contains("plan.md is staged in part"), "what is not staged is not taken in:\n{refused}");
    world.git(&["commit", "--quiet", "--no-verify", "-m", "Half"]);
    world.tell(&["init", "--remove-hook"]);
    world.tell(&["init", "--remove-hook"]);
    assert!(!world.repository().join(".git/hooks/pre-commit").exists(), "nothing of the hook is left");
    assert_snapshot!(world.transcript());
    Ok(())
}

#[test]
fn a_commit_of_anything_else_is_not_held_up() -> Outcome {
    let world = world()?;
    world.plan(&["init", "--hook"]).done();
    std::os::unix::fs::symlink("/etc/passwd", world.repository().join("link.md"))?;
    fs::write(world.repository().join("other.md"), "---\nslug: search\n---\n# Other\n")?;
    world.git(&["add", "link.md", "other.md"]);
    let file = world.repository().join("plan.md");
    fs::write(&file, PLAN.replace("[ ] Index", "[x] Index"))?;
    world.git(&["commit", "--quiet", "-m", "Others"]);
    assert_eq!(world.git(&["status", "--porcelain"]), " M plan.md", "what is not staged is not taken in");
    world.plan(&["absorb"]).done();
    world.git(&["add", "plan.md"]);
    fs::write(&file, PLAN.replace("[ ] Query", "[x] Query"))?;
    world.git(&["commit", "--quiet", "-m", "A staged view is committed, whatever was edited since"]);
    assert_eq!(world.git(&["status", "--porcelain"]), " M plan.md", "and the edit is left to its editor");
    Ok(())
}

#[test]
fn the_hook_works_in_a_linked_work_tree() -> Outcome {
    let world = world()?;
    world.plan(&["init", "--hook"]).done();
    world.git(&["worktree", "add", "--quiet", "-b", "side", "../linked"]);
    let linked = world.path().join("linked");
    fs::write(linked.join("plan.md"), PLAN.replace("[ ] Query", "[x] Query"))?;
    world.git_in(&linked, &["commit", "--quiet", "--all", "-m", "Done on the side"]);
    let view = world.plan(&["show", "--raw"]).done();
    assert!(view.contains("[x] Query"), "the edit is in the plan that all work trees share:\n{view}");
    assert_eq!(world.git_in(&linked, &["show", "HEAD:plan.md"]), view.trim_end(), "and the view is in the commit");
    Ok(())
}

#[test]
fn a_commit_that_disagrees_with_the_plan_is_stopped() -> Outcome {
    let world = world()?;
    world.plan(&["init", "--hook"]).done();
    world.plan(&["step", "edit", "1", "Index all"]).done();
    let file = world.repository().join("plan.md");
    fs::write(&file, PLAN.replace("Index", "Index some"))?;
    let refused = world.try_git(&["commit", "--quiet", "--all", "-m", "Some"]);
    assert_eq!(refused.status, Some(1), "the commit is stopped:\n{refused}");
    assert!(refused.stderr.contains("Index all") && refused.stderr.contains("Index some"), "both are told:\n{refused}");
    Ok(())
}

#[test]
fn a_hook_of_somebody_else_is_left_alone() -> Outcome {
    let world = world()?;
    let hook = world.repository().join(".git/hooks/pre-commit");
    fs::create_dir_all(world.repository().join(".git/hooks"))?;
    fs::write(&hook, "#!/bin/sh\necho mine\n")?;
    fs::set_permissions(&hook, fs::Permissions::from_mode(0o755))?;
    world.tell(&["init", "--hook"]);
    world.tell(&["init", "--remove-hook"]);
    assert_eq!(fs::read_to_string(&hook)?, "#!/bin/sh\necho mine\n", "it is as it was");
    let block = "# >>> git-plan >>>\nold\n# <<< git-plan <<<\n";
    fs::write(&hook, format!("#!/bin/sh\necho before\n{block}echo after\n"))?;
    world.tell(&["init", "--hook"]);
    assert!(fs::read_to_string(&hook)?.contains("git-plan absorb --staged"), "our own lines are brought up to date");
    world.tell(&["init", "--remove-hook"]);
    assert_eq!(fs::read_to_string(&hook)?, "#!/bin/sh\necho before\necho after\n", "what is not ours stays");
    world.git(&["config", "core.hooksPath", "hooks"]);
    world.plan(&["init", "--hook"]).done();
    assert!(world.repository().join("hooks/pre-commit").exists(), "it lies where git looks for it");
    assert_snapshot!(world.transcript());
    Ok(())
}

#[test]
fn a_commit_that_names_a_step_is_linked_to_it_once() -> Outcome {
    let world = World::with_plan(&["Build", "Ship"]);
    let step = world.plan(&["next", "--json"]).json()[0]["data"]["step"]["id"].as_str().unwrap_or_default().to_owned();
    world.tell(&["hook", "install"]);
    let trailers = [format!("Plan-Step: {}", &step[..7]), "Plan: p".to_owned()];
    let commit = |message: &str, trailers: &[&str]| {
        let mut arguments = vec!["commit", "--quiet", "--allow-empty", "-m", message];
        trailers.iter().for_each(|trailer| arguments.extend(["--trailer", trailer]));
        world.try_git(&arguments)
    };
    let made = commit("Build it", &[&trailers[1], &trailers[0]]);
    assert_eq!(made.status, Some(0), "the commit is made: {made}");
    let id = world.git(&["rev-parse", "HEAD"]);
    let events = world.events(&world.repository(), "p");
    let last = &events.last().expect("events")["event"];
    assert_eq!((&last["type"], &last["data"]["to"]), (&"link.added".into(), &id.as_str().into()), "{last}");
    assert_eq!(last["data"]["from"], step.as_str(), "it is linked to the step that it names");
    world.tell(&["hook", "link", "HEAD"]);
    assert_eq!(world.events(&world.repository(), "p").len(), events.len(), "linking it again records nothing");
    assert_eq!(commit("Nothing of a plan", &[]).status, Some(0), "a commit without trailers is none of its business");
    assert_eq!(world.events(&world.repository(), "p").len(), events.len());
    let wrong = commit("No such step", &["Plan-Step: 9"]);
    assert_eq!(wrong.status, Some(0), "a commit is never held up: {wrong}");
    assert!(wrong.stderr.contains("there is no step \"9\""), "but whoever commits is told: {wrong}");
    world.tell(&["hook", "remove"]);
    assert!(!world.repository().join(".git/hooks/post-commit").exists(), "nothing of the hook is left");
    std::fs::write(world.repository().join(".git/hooks/post-commit"), "#!/bin/sh\nexit 0\n")?;
    world.tell(&["hook", "install"]);
    insta::assert_snapshot!(world.transcript().replace(&id[..7], "COMMIT"));
    Ok(())
}
