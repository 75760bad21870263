//! Exit statuses, each reached; and what a pipe and the colour switches do.

use std::io::Read;
use std::process::Stdio;

use crate::world::{Outcome, PROGRAM, World};

#[test]
fn every_status_of_the_table_is_reached() -> Outcome {
    let mut world = World::with_plan(&["One", "Two"]);
    world.begin("q", &[]);
    world.plan(&["-p", "p", "show"]).ended(0).done();
    world.plan(&["-p", "p", "step", "start", "1"]).done();
    world.plan(&["-p", "p", "step", "start", "1"]).failed(1, "already doing");
    world.plan(&["-p", "p", "step", "done"]).failed(2, "Usage:");
    world.plan(&["-p", "p", "step", "done", "9"]).failed(4, "there is no step");
    world.plan(&["show"]).failed(5, "which plan?");
    std::fs::write(world.repository().join(".git/refs/plans/p.lock"), "")?;
    world.plan(&["-p", "p", "note", "x"]).failed(6, "p.lock exists");
    std::fs::remove_file(world.repository().join(".git/refs/plans/p.lock"))?;
    std::fs::write(world.repository().join(".git/refs/plans/q"), "nonsense\n")?;
    world.plan(&["-p", "q", "note", "x"]).failed(7, "refs/plans/q");
    world.env.insert("GIT_AUTHOR_NAME".to_owned(), String::new());
    world.plan(&["-p", "p", "note", "x"]).failed(8, "git config --global user.name");
    world.env.insert("GIT_AUTHOR_NAME".to_owned(), "Ada".to_owned());
    world.plan_in(world.path(), &["list"]).failed(8, "no git repository");
    world.plan_reading(b"\xff", &["-p", "p", "note", "-"]).failed(9, "stdin");
    Ok(())
}

#[test]
fn what_writers_disagree_about_is_status_three() {
    let world = World::with_plan(&["One"]);
    let begun = world.git(&["rev-parse", "plans/p"]);
    world.plan(&["step", "edit", "1", "Uno"]).done();
    let left = world.git(&["rev-parse", "plans/p"]);
    world.git(&["update-ref", "refs/plans/p", &begun]);
    world.plan(&["step", "edit", "1", "Eins"]).done();
    world.join("p", &left);
    let shown = world.plan(&["status"]);
    assert!(shown.status == Some(0) && shown.stdout.contains("Conflicts 1"), "the conflict is counted:\n{shown}");
    let conflicts = &world.plan(&["show", "--json"]).json()[0]["data"]["conflicts"].to_string();
    assert!(conflicts.contains("Uno") && conflicts.contains("Eins"), "neither wording is lost: {conflicts}");
    world.plan(&["step", "edit", "1", "Un"]).failed(3, "\"Uno\" against \"Eins\"");
}

#[test]
fn a_reader_that_goes_away_is_no_failure() -> Outcome {
    let world = World::with_plan(&[]);
    let many: Vec<String> = (0..80).map(|n| format!("Step {n} {}", "x".repeat(1000))).collect();
    let words: Vec<&str> = ["step", "add"].into_iter().chain(many.iter().map(String::as_str)).collect();
    world.plan(&words).done();
    for line in
        [&["show"][..], &["show", "--raw"], &["log"], &["log", "--json"], &["show", "--json"], &["show", "--ids"]]
    {
        let mut command = world.command(PROGRAM, &world.repository());
        let mut child = command.args(line).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
        let mut out = child.stdout.take().ok_or("its output")?;
        out.read_exact(&mut [0; 10])?;
        drop(out);
        let mut talk = String::new();
        child.stderr.take().ok_or("its talk")?.read_to_string(&mut talk)?;
        assert_eq!(child.wait()?.code(), Some(0), "{line:?} ends as if all had been read: {talk}");
        assert!(!talk.contains("panicked") && !talk.contains("error"), "{line:?} is quiet: {talk}");
    }
    Ok(())
}

#[test]
fn a_full_disk_under_stdout_is_a_failure() -> Outcome {
    let world = World::with_plan(&["One"]);
    let full = || std::fs::OpenOptions::new().write(true).open("/dev/full");
    for line in [&["show"][..], &["log"], &["list", "--json"], &["--help"]] {
        let output = world.command(PROGRAM, &world.repository()).args(line).stdout(full()?).output()?;
        let talk = String::from_utf8_lossy(&output.stderr);
        if line != ["--help"] {
            assert_eq!(output.status.code(), Some(9), "{line:?}: {talk}");
            assert!(talk.contains("cannot write the output"), "{line:?} says what happened: {talk}");
        }
        assert!(!talk.contains("panicked"), "{line:?}: {talk}");
    }
    let closed = "\"$0\" show >&-";
    let output = world.command("sh", &world.repository()).args(["-c", closed, PROGRAM]).output()?;
    assert!(!String::from_utf8_lossy(&output.stderr).contains("panicked"), "a closed stdout is no reason to panic");
    Ok(())
}

#[test]
fn colour_is_used_where_it_is_forced_and_nowhere_else() {
    let mut world = World::with_plan(&["One"]);
    let coloured = |world: &World, line: &[&str]| world.plan(line).done().contains('\x1b');
    assert!(!coloured(&world, &["log"]), "a pipe gets none");
    assert!(coloured(&world, &["log", "--color=always"]), "unless told so");
    world.env.insert("CLICOLOR_FORCE".to_owned(), "1".to_owned());
    assert!(coloured(&world, &["log"]), "or forced by the environment");
    assert!(!coloured(&world, &["log", "--color=never"]), "but the command line wins");
    assert!(!coloured(&world, &["log", "--json"]), "and JSON has none ever");
    assert!(!coloured(&world, &["show", "--raw"]), "nor has the view");
    world.env.insert("NO_COLOR".to_owned(), "1".to_owned());
    assert!(!coloured(&world, &["log"]), "NO_COLOR wins over CLICOLOR_FORCE");
    assert!(coloured(&world, &["log", "--color=always"]), "and the command line over both");
    world.env.insert("NO_COLOR".to_owned(), String::new());
    assert!(coloured(&world, &["log"]), "an empty NO_COLOR is none");
    let failed = world.plan(&["step", "done", "9"]);
    assert!(failed.stderr.contains("\x1b[31merror:\x1b[m"), "errors are coloured as well:\n{failed}");
}
