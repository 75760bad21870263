//! Many writers at once: nothing acknowledged is lost, nothing is there twice, and the chain holds.
//!
//! Normally 16 processes append a few times each; with `GIT_PLAN_LONG=1` 50 times, and the looped races for longer.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Instant;

use crate::world::{Outcome, PROGRAM, World, long, short_or_long};

const WRITERS: usize = 16;

/// How often each writer appends.
fn times() -> usize {
    std::env::var("GIT_PLAN_APPENDS").ok().and_then(|n| n.parse().ok()).unwrap_or_else(|| short_or_long(4, 50))
}

/// Lets 16 writers append to plan `p`, from these directories in turn, and gives the texts that were acknowledged.
///
/// Each append is a process of its own, started by a shell that goes on as soon as it ends, as an agent's would.
fn append_from(world: &World, directories: &[PathBuf]) -> Outcome<BTreeSet<String>> {
    let times = times();
    let script = format!(
        "for i in $(seq {times}); do \"$0\" -p p note \"writer $1, append $i\" >/dev/null && echo \"writer $1, append $i\"; done"
    );
    let began = Instant::now();
    let mut writers = Vec::new();
    for writer in 0..WRITERS {
        let directory = &directories[writer % directories.len()];
        let mut shell = world.command("sh", directory);
        shell.args(["-c", &script, PROGRAM, &writer.to_string()]).stdout(Stdio::piped()).stderr(Stdio::piped());
        writers.push(shell.spawn()?);
    }
    let mut acknowledged = BTreeSet::new();
    for writer in writers {
        let output = writer.wait_with_output()?;
        assert_eq!(String::from_utf8_lossy(&output.stderr), "", "no writer has anything to complain about");
        acknowledged.extend(String::from_utf8_lossy(&output.stdout).lines().map(str::to_owned));
    }
    assert_eq!(acknowledged.len(), WRITERS * times, "every append ends with status 0");
    let seconds = began.elapsed().as_secs_f64();
    println!("{} appends in {seconds:.1} s, {:.0} a second", acknowledged.len(), acknowledged.len() as f64 / seconds);
    Ok(acknowledged)
}

/// Asserts that a plan has each acknowledged note once, and nothing else but its beginning.
fn assert_all_there(world: &World, directory: &Path, acknowledged: &BTreeSet<String>) {
    let events = world.assert_chained(directory, "p");
    let notes: Vec<&str> = events.iter().filter_map(|event| event["data"]["text"].as_str()).collect();
    assert_eq!(notes.len(), acknowledged.len(), "as many events as were acknowledged");
    let once: BTreeSet<String> = notes.iter().map(|note| (*note).to_owned()).collect();
    assert_eq!(&once, acknowledged, "each of them, none twice");
    assert_eq!(events.len(), notes.len() + 1, "and the beginning of the plan");
    let read = world.events(directory, "p");
    assert_eq!(read.len(), events.len(), "the program reads what git reads");
    world.assert_sound(directory);
    let left = world.git_in(directory, &["rev-parse", "--git-common-dir"]);
    let left = directory.join(left).join("refs/plans/p.lock");
    assert!(!left.exists(), "no lock is left behind");
}

#[test]
fn sixteen_processes_append_to_one_plan_and_none_is_refused() -> Outcome {
    let world = World::with_repository(&[]);
    world.begin("p", &[]);
    let acknowledged = append_from(&world, &[world.repository()])?;
    assert_all_there(&world, &world.repository(), &acknowledged);
    Ok(())
}

#[test]
fn writers_in_two_worktrees_append_to_one_plan() -> Outcome {
    let world = World::with_repository(&[]);
    world.git(&["commit", "--quiet", "--allow-empty", "-m", "Begin"]);
    let linked = world.path().join("linked");
    world.git(&["worktree", "add", "--quiet", &linked.display().to_string()]);
    world.begin("p", &[]);
    let acknowledged = append_from(&world, &[world.repository(), linked.clone()])?;
    assert_all_there(&world, &linked, &acknowledged);
    Ok(())
}

#[test]
fn nothing_is_lost_beside_pack_refs_gc_and_plain_update_ref() -> Outcome {
    let world = World::with_repository(&[]);
    world.begin("p", &[]);
    world.begin("other", &[]);
    world.git(&["config", "gc.auto", "0"]);
    let (stop, beside) = (AtomicBool::new(false), [const { AtomicUsize::new(0) }; 3]);
    let script = "git pack-refs --all --prune";
    // Not with --prune=now: git itself says that it may delete what another program is about to refer to.
    let gc = "git gc --quiet";
    // Moves a ref next to the plan's, compare-and-swap each time, as any other program would.
    let update = "old=$(git rev-parse plans/other) && new=$(git commit-tree -p $old -m plain $old^{tree}) \
        && git update-ref refs/plans/other $new $old";
    let loops = [script, gc, update];
    let acknowledged = std::thread::scope(|scope| -> Outcome<_> {
        for (script, count) in loops.iter().zip(&beside) {
            let (stop, repository, env) = (&stop, world.repository(), world.env.clone());
            scope.spawn(move || {
                while !stop.load(Ordering::Relaxed) {
                    let mut shell = std::process::Command::new("sh");
                    shell.args(["-c", script]).env_clear().envs(&env).current_dir(&repository);
                    // One that meets another's lock fails, as git does; it is the plan that must not.
                    let status = shell.stdout(Stdio::null()).stderr(Stdio::null()).status();
                    count.fetch_add(usize::from(status.is_ok_and(|status| status.success())), Ordering::Relaxed);
                }
            });
        }
        let _stop = Stop(&stop);
        append_from(&world, &[world.repository()])
    })?;
    let counts = beside.each_ref().map(|count| count.load(Ordering::Relaxed));
    println!("beside them {} pack-refs, {} gc, {} update-ref", counts[0], counts[1], counts[2]);
    assert!(!long() || counts.iter().all(|&count| count > 0), "all of them ran: {counts:?}");
    assert_all_there(&world, &world.repository(), &acknowledged);
    let plain = world.git(&["rev-list", "--count", "plans/other"]);
    assert_eq!(plain.parse::<usize>()?, counts[2] + 1, "the plain writer has lost nothing either");
    Ok(())
}

/// Ends the loops beside a race, also where it fails.
struct Stop<'a>(&'a AtomicBool);

impl Drop for Stop<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

#[test]
fn of_two_that_claim_a_step_at_once_one_is_refused() -> Outcome {
    let world = World::with_plan(&["The only step"]);
    let claim = |owner: usize| {
        let mut command = world.command(PROGRAM, &world.repository());
        command.args(["step", "claim", "1", "--as", &format!("agent-{owner}")]);
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()
    };
    let claims = (0..8).map(claim).collect::<Result<Vec<_>, _>>()?;
    let mut statuses = Vec::new();
    for claim in claims {
        statuses.push(claim.wait_with_output()?.status.code());
    }
    assert_eq!(statuses.iter().filter(|status| **status == Some(0)).count(), 1, "one has it: {statuses:?}");
    assert_eq!(statuses.iter().filter(|status| **status == Some(1)).count(), 7, "the others know: {statuses:?}");
    Ok(())
}

#[test]
fn of_two_that_begin_one_plan_at_once_one_is_refused() -> Outcome {
    let world = World::new();
    let begin = |_| {
        let mut command = world.command(PROGRAM, &world.repository());
        command.args(["new", "Race"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()
    };
    let begun = (0..8).map(begin).collect::<Result<Vec<_>, _>>()?;
    let mut done = 0;
    for begin in begun {
        let output = begin.wait_with_output()?;
        match output.status.code() {
            Some(0) => done += 1,
            status => assert_eq!(status, Some(1), "{}", String::from_utf8_lossy(&output.stderr)),
        }
    }
    assert_eq!(done, 1, "one plan of one name");
    assert_eq!(world.events(&world.repository(), "race").len(), 1, "with one beginning");
    Ok(())
}
