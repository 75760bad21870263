//! Writers that die at any moment: what was acknowledged is there, and the next command works at once.
//!
//! Normally some 25 are killed after a random while; with `GIT_PLAN_LONG=1` 200, and one at each single system call that
//! writes, under strace.

use std::io::Read;
use std::os::unix::process::ExitStatusExt;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::world::{Outcome, PROGRAM, Random, World, long, short_or_long};

/// How long an append may take right after another was killed: it waits for nobody.
const AT_ONCE: Duration = Duration::from_secs(2);

/// Asserts that a plan can be written to without waiting, and gives the notes in it.
fn notes_after_one_more(world: &World, text: &str) -> Vec<String> {
    let began = Instant::now();
    world.plan(&["-p", "p", "note", text]).done();
    assert!(began.elapsed() < AT_ONCE, "the next command works at once, took {:?}", began.elapsed());
    let events = world.assert_chained(&world.repository(), "p");
    events.iter().filter_map(|event| event["data"]["text"].as_str().map(str::to_owned)).collect()
}

/// Asserts that a garbage collection clears all that the dead left.
fn assert_clean_after_gc(world: &World) -> Outcome {
    world.assert_sound(&world.repository());
    world.git(&["gc", "--quiet", "--prune=now"]);
    world.assert_sound(&world.repository());
    let objects = world.git(&["count-objects", "-v"]);
    assert!(objects.contains("\ncount: 0\n") || objects.starts_with("count: 0\n"), "all is packed: {objects}");
    assert!(objects.contains("garbage: 0"), "nothing is garbage: {objects}");
    let left = Command::new("find")
        .arg(world.repository().join(".git"))
        .args(["-name", "*tmp*", "-o", "-name", "*.lock", "-o", "-name", "*.new", "-o", "-name", "*.tmp.*"])
        .output()?;
    assert_eq!(String::from_utf8_lossy(&left.stdout), "", "no temporary file or lock survives");
    Ok(())
}

#[test]
fn what_a_killed_writer_acknowledged_is_there_and_the_next_one_works_at_once() -> Outcome {
    let world = World::with_repository(&[]);
    // What tidies up in the background has locks of its own.
    world.git(&["config", "maintenance.auto", "false"]);
    world.begin("p", &[]);
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    let (mut killed, mut between) = (0, 0);
    for round in 0..short_or_long(25, 200) {
        let text = format!("round {round}");
        let mut child = world.command(PROGRAM, &world.repository());
        let mut child = child.args(["-p", "p", "note", &text]).stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?;
        // An append takes some milliseconds, longer where the disk is slow: most of these moments are within it.
        std::thread::sleep(Duration::from_micros(random.next() % 24_000));
        child.kill()?;
        let mut receipt = String::new();
        child.stdout.take().ok_or("its output")?.read_to_string(&mut receipt)?;
        let status = child.wait()?;
        let acknowledged = status.success() || receipt.ends_with('\n');
        killed += usize::from(status.signal() == Some(9));
        let notes = notes_after_one_more(&world, &format!("after {round}"));
        let there = notes.contains(&text);
        assert!(there || !acknowledged, "what was acknowledged is there: {text}");
        assert!(notes.iter().filter(|note| **note == text).count() <= 1, "and not twice: {text}");
        between += usize::from(there && !acknowledged);
    }
    println!("{killed} were killed, {between} of them between the move of the ref and the receipt");
    assert!(killed > 0, "some were killed in time");
    assert_clean_after_gc(&world)
}

#[test]
fn a_writer_killed_at_any_system_call_that_writes_leaves_a_plan_that_works() -> Outcome {
    if Command::new("strace").arg("--version").output().is_err() {
        return Ok(()); // No strace here; the test above stands alone.
    }
    let world = World::with_repository(&[]);
    world.begin("p", &[]);
    let calls =
        ["openat", "write", "fsync,fdatasync", "link,linkat", "rename,renameat,renameat2", "unlink,unlinkat", "flock"];
    let mut killed = 0;
    for (group, calls) in calls.iter().enumerate() {
        // Without the long run only every call of the ref's own protocol, which are few.
        if !long() && group < 3 {
            continue;
        }
        for when in 1.. {
            let text = format!("killed at {calls} number {when}");
            let mut strace = world.command("strace", &world.repository());
            strace.args(["-f", "-qq", "-o", "/dev/null", "-e", &format!("trace={calls}")]);
            strace.args(["-e", &format!("inject={calls}:signal=KILL:when={when}")]);
            let output = strace.args([PROGRAM, "-p", "p", "note", &text]).output()?;
            let acknowledged = output.stdout.ends_with(b"\n");
            let notes = notes_after_one_more(&world, &format!("after being {text}"));
            assert!(notes.contains(&text) || !acknowledged, "what was acknowledged is there: {text}");
            if output.status.success() {
                break; // It made fewer calls than that.
            }
            killed += 1;
        }
    }
    println!("{killed} were killed at a call of their own");
    assert!(killed >= 4, "there are calls to be killed at: {killed}");
    assert_clean_after_gc(&world)
}

#[test]
fn a_killed_beginning_leaves_no_plan_or_a_whole_one() -> Outcome {
    let world = World::with_repository(&[]);
    let mut random = Random(7);
    for round in 0..short_or_long(8, 60) {
        let slug = format!("plan-{round}");
        let mut child = world.command(PROGRAM, &world.repository());
        child.args(["new", "Plan", "--slug", &slug, "--template", "bug"]).stdout(Stdio::null()).stderr(Stdio::null());
        let mut child = child.spawn()?;
        std::thread::sleep(Duration::from_micros(random.next() % 30_000));
        child.kill()?;
        child.wait()?;
        let there = world.try_git(&["rev-parse", "--verify", "--quiet", &format!("refs/plans/{slug}")]);
        match there.status {
            Some(0) => assert_eq!(world.events(&world.repository(), &slug).len(), 7, "one command is one move"),
            _ => drop(world.plan(&["show", "-p", &slug]).failed(4, "there is no plan")),
        }
    }
    world.plan(&["list"]).done();
    assert_clean_after_gc(&world)
}

#[test]
fn a_foreign_stale_lock_is_named_with_what_to_do_and_left_alone() -> Outcome {
    let world = World::with_plan(&["One"]);
    let lock: PathBuf = world.repository().join(".git/refs/plans/p.lock");
    std::fs::write(&lock, "")?;
    let touched = Command::new("touch").args(["-d", "1 hour ago"]).arg(&lock).status()?;
    assert!(touched.success(), "the lock is an hour old");
    let began = Instant::now();
    let said = world.plan(&["step", "done", "1"]).failed(6, &lock.display().to_string());
    assert!(said.contains("remove that file"), "and what to do: {said}");
    assert!(began.elapsed() < AT_ONCE, "nobody waits for the dead");
    assert!(lock.exists(), "it is not ours to remove");
    assert!(world.plan(&["show"]).done().contains("[ ] One"), "reading needs no lock, and nothing was written");
    std::fs::remove_file(&lock)?;
    world.plan(&["step", "done", "1"]).done();
    Ok(())
}
