//! The plan's file: written, edited, taken in; never written over an edit, and never read as what it is not.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::PathBuf;

use insta::assert_snapshot;
use serde_json::Value;

use crate::world::{Outcome, World};

const PLAN: &str = "# Search\n\nIntro.\n\n## Steps\n\n- [x] Index the corpus\n- [ ] Parse queries\n  - [ ] Tokens\n\
    - [ ] Rank results\n\n## Notes\n\nFast, *then* small.\n";

/// A world with a plan `search` that keeps the text of `docs/plan.md`, which is committed.
fn imported() -> World {
    let world = World::new();
    fs::create_dir(world.repository().join("docs")).expect("a directory");
    write(&world, PLAN);
    world.plan(&["import", "--layout", "own", "--slug", "search", "docs/plan.md"]).done();
    commit(&world, "Plan");
    world
}

fn path(world: &World) -> PathBuf {
    world.repository().join("docs/plan.md")
}

fn write(world: &World, text: &str) {
    fs::write(path(world), text).expect("the file is written");
}

fn read(world: &World) -> String {
    fs::read_to_string(path(world)).expect("the file is read")
}

/// Edits the plan's file as an editor would.
fn edit(world: &World, from: &str, to: &str) {
    let text = read(world);
    assert!(text.contains(from), "{from:?} is in the file:\n{text}");
    write(world, &text.replacen(from, to, 1));
}

/// Commits everything; events name the commit, so it is the same in every run.
fn commit(world: &World, subject: &str) {
    world.git(&["add", "-A"]);
    let date = "1795341600 +0000";
    let mut command = world.command("git", &world.repository());
    command.env("GIT_AUTHOR_DATE", date).env("GIT_COMMITTER_DATE", date);
    let done = command.args(["commit", "--quiet", "-m", subject]).status().expect("git runs");
    assert!(done.success(), "git commits");
}

fn state(world: &World) -> String {
    let told = world.plan(&["status", "--json"]).json();
    told[0]["data"]["file"]["state"].as_str().unwrap_or_default().to_owned()
}

fn view(world: &World) -> String {
    world.plan(&["show", "--raw"]).done()
}

#[test]
fn a_file_is_edited_absorbed_and_written_anew() {
    let world = imported();
    world.tell(&["status"]);
    edit(&world, "[ ] Parse queries", "[x] Parse queries");
    for line in [
        &["status"][..],
        &["render"],
        &["render", "--check"],
        &["absorb", "--dry-run", "docs/plan.md"],
        &["absorb", "-m", "Reviewed", "docs/plan.md"],
        &["absorb"],
        &["step", "add", "Write it down"],
        &["status"],
        &["render", "--check"],
        &["absorb", "--render"],
        &["render", "--check"],
        &["absorb", "nowhere.md"],
        &["log", "--oneline", "-n", "2"],
        &["absorb", "--json"],
    ] {
        world.tell(line);
    }
    assert_eq!(read(&world), view(&world), "the file is the view");
    assert_snapshot!(world.transcript());
}

/// Edits the file as it was two versions ago, and says what became of the step that was completed since.
fn edited_on_an_older_branch(world: &World) -> String {
    world.git(&["switch", "--quiet", "--create", "older", "HEAD~2"]);
    assert!(read(world).contains("[ ] Parse queries"), "the file is the old one");
    edit(world, "Fast, *then* small.", "Fast, *then* small. Then pretty.");
    world.plan(&["absorb", "docs/plan.md"]).done()
}

/// The plan in three versions, each committed: imported, one step completed, one step reworded.
fn three_versions() -> World {
    let world = imported();
    edit(&world, "[ ] Parse queries", "[x] Parse queries");
    world.plan(&["absorb"]).done();
    commit(&world, "Parsed");
    world.plan(&["step", "edit", "3", "Rank the results"]).done();
    world.plan(&["render"]).done();
    commit(&world, "Reworded");
    world
}

#[track_caller]
fn assert_nothing_reversed(world: &World) {
    let view = view(world);
    for text in ["[x] Parse queries", "Rank the results", "Then pretty."] {
        assert!(view.contains(text), "{text:?} is in the plan:\n{view}");
    }
    assert_eq!(read(world), view, "the file is the view of both");
    let events = world.plan(&["log", "--oneline"]).done();
    assert!(!events.contains("Reopen"), "nothing was taken for a reversal:\n{events}");
}

#[test]
fn a_file_from_an_older_branch_is_not_taken_for_a_reversal() {
    let world = three_versions();
    let said = edited_on_an_older_branch(&world);
    assert_eq!(said.lines().count(), 1, "one thing was edited:\n{said}");
    assert_nothing_reversed(&world);
}

#[test]
fn the_version_of_a_file_is_found_where_nothing_was_noted_here() -> Outcome {
    let world = three_versions();
    fs::remove_dir_all(world.repository().join(".git/git-plan"))?;
    world.git(&["switch", "--quiet", "--create", "older", "HEAD~2"]);
    edit(&world, "Fast, *then* small.", "Fast, *then* small. Then pretty.");
    let said = world.plan(&["-p", "search", "absorb", "docs/plan.md"]);
    assert!(said.stderr.contains("docs/plan.md written"), "what git has of the file leads to its version:\n{said}");
    assert_nothing_reversed(&world);
    Ok(())
}

#[test]
fn a_file_of_which_nothing_is_known_is_taken_for_the_newest_with_a_warning() -> Outcome {
    let world = imported();
    fs::write(world.repository().join("copy.md"), PLAN.replace("Rank results", "Rank them"))?;
    fs::remove_dir_all(world.repository().join(".git/git-plan"))?;
    world.tell(&["absorb", "copy.md"]);
    world.tell(&["-p", "search", "absorb", "--dry-run", "copy.md"]);
    let told = world.plan(&["-p", "search", "absorb", "--dry-run", "--json", "copy.md"]).json();
    assert_eq!(told[0]["data"]["guessed"], true, "JSON says so as well: {told:?}");
    assert_snapshot!(world.transcript());
    Ok(())
}

#[test]
fn an_edit_that_disagrees_is_refused_unless_it_is_joined() {
    let world = imported();
    world.plan(&["step", "edit", "3", "Rank the results"]).done();
    let before = world.git(&["rev-parse", "plans/search"]);
    edit(&world, "Rank results", "Rank results by date");
    let edited = read(&world);
    world.tell(&["absorb", "--dry-run"]);
    world.tell(&["absorb"]);
    assert_eq!(world.git(&["rev-parse", "plans/search"]), before, "nothing was written");
    assert_eq!(read(&world), edited, "and the file is as its editor left it");
    world.tell(&["absorb", "--join"]);
    world.tell(&["show", "--ids"]);
    assert_snapshot!(world.transcript());
}

#[test]
fn status_tells_the_four_states_of_a_file() -> Outcome {
    let world = imported();
    assert_eq!(state(&world), "current", "it is what was imported");
    edit(&world, "Intro.", "Intro!");
    assert_eq!(state(&world), "edited", "it is no view");
    write(&world, PLAN);
    world.plan(&["step", "done", "2", "--force"]).done();
    assert_eq!(state(&world), "behind", "it is the view of an earlier version");
    fs::remove_dir_all(world.repository().join(".git/git-plan"))?;
    world.git(&["config", "plan.view", "docs/plan.md"]);
    assert_eq!(state(&world), "behind", "git has it so, and it was the view of an earlier version");
    fs::remove_file(path(&world))?;
    assert_eq!(state(&world), "missing", "there is no file");
    let told = world.plan(&["status", "--json", "--at", "plans/search~1"]).json();
    assert_eq!(told[0]["data"]["file"], Value::Null, "the file stands to the plan as it is now, not as it was");
    Ok(())
}

#[test]
fn a_base_that_is_named_counts_whatever_the_file_says() -> Outcome {
    let world = imported();
    let told = world.plan(&["status", "--json"]).json();
    let imported = told[0]["version"][0].as_str().ok_or("a version")?.to_owned();
    edit(&world, "[ ] Rank results", "[x] Rank results");
    world.plan(&["absorb", "--base", &imported]).done();
    world.plan(&["absorb", "--base", "0000000"]).failed(4, "names no point");
    let said = world.plan(&["absorb", "--base", &imported[..12], "--json"]).json();
    assert_eq!(said[0]["data"]["base"][0], Value::from(imported), "the base is told: {said:?}");
    Ok(())
}

#[test]
fn a_file_that_is_no_utf8_comes_back_byte_for_byte() -> Outcome {
    let world = World::new();
    let file = world.repository().join("odd.md");
    let bytes = b"# Odd\r\n\r\n- [ ] caf\xe9\r\n- [ ] two\r\n".as_slice();
    fs::write(&file, bytes)?;
    let said = world.plan(&["import", "--layout", "own", "--slug", "odd", "odd.md"]);
    // Until `import` takes any bytes, it refuses such a file.
    if said.status == Some(0) {
        world.plan(&["step", "done", "2"]).done();
        world.plan(&["render"]).done();
        assert_eq!(fs::read(&file)?, b"# Odd\r\n\r\n- [ ] caf\xe9\r\n- [x] two\r\n", "only the box is ticked");
    }
    Ok(())
}

#[test]
fn a_view_is_written_to_its_place_and_never_over_an_edit() -> Outcome {
    let world = World::with_plan(&["One"]);
    let file = world.repository().join("plans/p.md");
    for line in [
        &["status"][..],
        &["render", "--check"],
        &["render"],
        &["render"],
        &["step", "done", "1"],
        &["status"],
        &["render"],
        &["status"],
    ] {
        world.tell(line);
    }
    fs::set_permissions(&file, fs::Permissions::from_mode(0o600))?;
    fs::write(&file, fs::read_to_string(&file)?.replace("One", "Uno"))?;
    for line in [&["status"][..], &["render"], &["render", "--check"], &["render", "--force"], &["render", "--check"]] {
        world.tell(line);
    }
    assert_eq!(fs::metadata(&file)?.permissions().mode() & 0o777, 0o600, "the file keeps its mode");
    let left: Vec<_> = fs::read_dir(world.repository().join("plans"))?.filter_map(Result::ok).collect();
    assert_eq!(left.len(), 1, "nothing is left beside it: {left:?}");
    fs::write(world.repository().join("mine.md"), "My own notes.\n")?;
    world.tell(&["render", "-o", "mine.md"]);
    world.tell(&["render", "-o", "copies/p.md"]);
    world.tell(&["render", "--json"]);
    world.begin("q", &[]);
    world.begin("r", &[]);
    world.plan(&["-p", "r", "archive"]).done();
    world.git(&["config", "plan.view", "docs/%s.plan.md"]);
    world.tell(&["render", "--all"]);
    fs::write(world.repository().join("docs/p.plan.md"), "edited\n")?;
    world.plan(&["-p", "q", "note", "Behind"]).done();
    let said = world.plan(&["render", "--all"]).ended(3);
    assert_eq!(said.stdout, "docs/q.plan.md written\n", "one plan's edits do not keep the others from their files");
    assert!(said.stderr.contains("docs/p.plan.md has edits"), "and are told:\n{said}");
    assert_snapshot!(world.transcript());
    Ok(())
}

#[test]
fn a_file_that_names_a_version_is_of_that_version_or_of_none() -> Outcome {
    let world = World::with_plan(&["One"]);
    world.begin("q", &[]);
    world.plan(&["-p", "p", "render", "-o", "docs/p.md"]).done();
    let view = fs::read_to_string(world.repository().join("docs/p.md"))?;
    world.plan(&["-p", "p", "step", "add", "Two"]).done();
    fs::write(world.path().join("sent.md"), &view)?;
    let told = world.plan(&["absorb", "../sent.md", "--dry-run", "--json"]).json();
    assert_eq!(told[0]["plan"], "p", "the front matter names the plan: {told:?}");
    let at = told[0]["data"]["base"][0].as_str().unwrap_or_default().to_owned();
    assert!(view.contains(&format!("<!-- git-plan base: {} -->", &at[..12])), "and the comment the version: {told:?}");
    let (front, rest) = view.split_once("slug: p\n").ok_or("a slug")?;
    fs::write(world.path().join("sent.md"), format!("{front}{rest}"))?;
    let told = world.plan(&["absorb", "../sent.md", "--dry-run", "--json"]).json();
    assert_eq!(told[0]["plan"], "p", "without it, the version leads to the plan: {told:?}");
    let elsewhere = view.replace(&at[..12], "0123456789ab");
    fs::write(world.repository().join("docs/p.md"), elsewhere)?;
    world.tell(&["-p", "p", "absorb", "docs/p.md"]);
    world.tell(&["-p", "p", "render", "-o", "docs/p.md"]);
    fs::write(world.path().join("sent.md"), "# Nothing of ours\n")?;
    world.tell(&["absorb", "../sent.md"]);
    assert_snapshot!(world.transcript());
    Ok(())
}

#[test]
fn nothing_is_written_outside_the_work_tree() -> Outcome {
    let world = World::with_plan(&["One"]);
    fs::create_dir(world.path().join("elsewhere"))?;
    symlink(world.path().join("elsewhere"), world.repository().join("plans"))?;
    world.tell(&["render"]);
    fs::remove_file(world.repository().join("plans"))?;
    fs::create_dir(world.repository().join("plans"))?;
    symlink(world.path().join("elsewhere/p.md"), world.repository().join("plans/p.md"))?;
    world.tell(&["render"]);
    fs::write(world.path().join("elsewhere/p.md"), "theirs\n")?;
    world.tell(&["render", "--force"]);
    world.tell(&["render", "-o", "plans/p.md"]);
    for pattern in ["../%s.md", "/tmp/%s.md", ".git/%s.md", "", "plans/"] {
        world.git(&["config", "plan.view", pattern]);
        world.tell(&["render", "--force"]);
    }
    assert_eq!(fs::read_to_string(world.path().join("elsewhere/p.md"))?, "theirs\n", "what is elsewhere is untouched");
    world.git(&["config", "plan.view", "plans/{slug}.md"]);
    fs::remove_file(world.repository().join("plans/p.md"))?;
    fs::write(world.repository().join("real.md"), "")?;
    symlink("../real.md", world.repository().join("plans/p.md"))?;
    world.plan(&["render", "--force"]).done();
    assert!(fs::read_to_string(world.repository().join("real.md"))?.contains("# Plan p"), "a link inside is followed");
    assert!(fs::symlink_metadata(world.repository().join("plans/p.md"))?.is_symlink(), "and stays one");
    assert_snapshot!(world.transcript());
    Ok(())
}

#[test]
fn a_bare_repository_has_no_files() {
    let world = World::with_repository(&["--bare"]);
    world.begin("p", &[]);
    world.tell(&["render"]);
    world.tell(&["render", "--all"]);
    world.tell(&["absorb"]);
    world.tell(&["init", "--hook"]);
    let told = world.plan(&["status", "--json"]).json();
    assert_eq!(told[0]["data"]["file"], Value::Null, "status has no file to tell of");
    assert_snapshot!(world.transcript());
}

#[test]
fn an_edit_of_a_house_view_comes_in_once_and_the_view_says_so() -> Outcome {
    let world = World::with_plan(&["Index", "Query"]);
    world.plan(&["render"]).done();
    let file = world.repository().join("plans/p.md");
    let seen = fs::read_to_string(&file)?;
    world.plan(&["note", "Meanwhile"]).done();
    fs::write(&file, seen.replace("[ ] Index", "[x] Index").replace("2. [ ] Query", "2. [ ] Query\n3. [ ] Rank"))?;
    for line in [&["absorb", "--dry-run"][..], &["absorb"], &["absorb"], &["status"], &["log", "--oneline"]] {
        world.tell(line);
    }
    assert_eq!(fs::read_to_string(&file)?, view(&world), "the file is the view, base comment and log included");
    let view = view(&world);
    for text in ["[x] Index", "Rank", "Completed: Index", "Meanwhile"] {
        assert_eq!(view.matches(text).count(), 1, "{text:?} is there once:\n{view}");
    }
    fs::write(&file, fs::read_to_string(&file)?.replace("Meanwhile", "Never"))?;
    world.tell(&["absorb"]);
    world.tell(&["status"]);
    assert_snapshot!(world.transcript());
    Ok(())
}

#[test]
fn an_edit_that_came_in_before_its_file_was_written_comes_in_once() -> Outcome {
    // A program that is killed between the two leaves the plan with the events and the file as it was edited.
    for layout in ["own", "execplan"] {
        let world = World::new();
        let path = world.repository().join("plan.md");
        fs::write(&path, "# Search\n\n## Execution Steps\n\n- [ ] Parse\n")?;
        world.plan(&["import", "--layout", layout, "--slug", "search", "plan.md"]).done();
        world.plan(&["render", "-o", "plan.md", "--force"]).done();
        let view = fs::read_to_string(&path)?;
        let line = view.lines().find(|line| line.ends_with("Parse")).ok_or("the step is in the view")?;
        let edited = view.replace(line, &format!("{line}\n- [ ] Rank\n- [ ] Show"));
        fs::write(&path, &edited)?;
        world.plan(&["absorb", "-p", "search", "plan.md"]).done();
        let after = world.plan(&["show", "--raw"]).done();
        fs::write(&path, &edited)?;
        if layout == "own" {
            fs::remove_dir_all(world.repository().join(".git/git-plan/views"))?;
        }
        let again = world.plan(&["absorb", "-p", "search", "plan.md", "--json"]).json();
        assert_eq!(again[0]["data"]["events"], serde_json::json!([]), "{layout}: nothing is recorded twice");
        assert_eq!(world.plan(&["show", "--raw"]).done(), after, "{layout}: the plan is as it was");
        assert_eq!(fs::read_to_string(&path)?, after, "{layout}: the file is written anew");
    }
    Ok(())
}

#[test]
fn a_text_that_looks_like_our_mark_names_no_version_in_a_plan_of_its_own_text() {
    let world = World::new();
    let path = world.repository().join("plan.md");
    let text = "# Marks\n\n- [ ] a\n\n<!-- git-plan base: 0123456789ab -->\n";
    fs::write(&path, text).expect("the file is written");
    world.plan(&["import", "--slug", "marks", "plan.md"]).done();
    fs::write(&path, text.replace("[ ]", "[x]")).expect("the file is edited");
    let said = world.plan(&["absorb", "plan.md"]).done();
    assert!(said.contains("completed step: a"), "the edit is taken in at the version that was imported:\n{said}");
}

#[test]
fn what_is_left_out_of_an_edit_is_kept_in_a_file() -> Outcome {
    let world = World::new();
    world.plan(&["new", "Logs", "--slug", "logs"]).done();
    world.plan(&["step", "add", "One"]).done();
    world.plan(&["step", "done", "1"]).done();
    world.plan(&["render"]).done();
    let path = world.repository().join("plans/logs.md");
    let edited = fs::read_to_string(&path)?.replace("- Completed: One", "- Completed: One, at last");
    fs::write(&path, edited.replace("1. [x] One", "1. [x] Uno"))?;
    let said = world.plan(&["absorb"]);
    let kept = world.repository().join(".git/git-plan/edits/logs.md");
    assert!(fs::read_to_string(kept)?.contains("One, at last"), "the words that are in no event are kept");
    assert!(said.stderr.contains("git-plan/edits/logs.md"), "and where is said:\n{said}");
    Ok(())
}
