//! What can go wrong around a sync or a write: killed in the middle, cut off, a full disk, a repository that cannot be
//! written to. Nothing that was acknowledged is lost, the failure says what to do, and the next try works.

use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::servers::{Server, Transport, kill_group, skipped};
use crate::world::{Outcome, PROGRAM, Random, Said, World, short_or_long};

/// What a page of memory holds, which is what a small disk is full by.
const PAGE: u64 = 4096;

/// A small disk, gone when it is dropped.
struct Disk {
    directory: PathBuf,
}

impl Disk {
    /// Mounts one; `None`, and a loud word, where that is not allowed.
    fn mount(world: &World, name: &str, pages: u64) -> Outcome<Option<Self>> {
        let directory = world.path().join(name);
        fs::create_dir(&directory)?;
        let size = format!("size={},mode=0755", pages * PAGE);
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", &size, "tmpfs"]).arg(&directory).output();
        match mounted {
            Ok(output) if output.status.success() => Ok(Some(Self { directory })),
            _ => {
                skipped("a small disk cannot be mounted here, which takes root");
                Ok(None)
            }
        }
    }

    fn read_only(&self) -> Outcome {
        let mounted = Command::new("mount").args(["-o", "remount,ro"]).arg(&self.directory).status()?;
        assert!(mounted.success(), "it is mounted again");
        Ok(())
    }

    /// Fills it, but for so many pages.
    fn leave(&self, pages: u64) -> Outcome {
        let path = self.directory.join("filler");
        let mut file = OpenOptions::new().create(true).append(true).open(&path)?;
        let page = [b'x'; PAGE as usize];
        while file.write_all(&page).is_ok() {}
        let full = file.metadata()?.len();
        file.set_len((full / PAGE).saturating_sub(pages) * PAGE)?;
        Ok(())
    }

    fn empty(&self) -> Outcome {
        Ok(fs::remove_file(self.directory.join("filler"))?)
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("--lazy").arg(&self.directory).status();
    }
}

/// The notes in plan `p`, by what git has.
fn notes(world: &World, directory: &Path) -> Vec<String> {
    let payloads = world.payloads(directory, "refs/plans/p");
    let events = payloads.iter().map(|payload| serde_json::from_str::<Value>(payload).expect("JSON"));
    events.filter_map(|event| event["data"]["text"].as_str().map(str::to_owned)).collect()
}

fn tip(world: &World, directory: &Path) -> String {
    world.git_in(directory, &["rev-parse", "--verify", "--quiet", "refs/plans/p"])
}

/// Asserts that the reflog of a plan has nothing but whole lines, each of which git understands.
#[track_caller]
fn assert_whole_reflog(world: &World, directory: &Path) {
    let log = fs::read_to_string(directory.join(".git/logs/refs/plans/p")).expect("a reflog");
    assert!(log.is_empty() || log.ends_with('\n'), "no half line stands at the end: {:?}", log.lines().last());
    for line in log.lines() {
        let words: Vec<&str> = line.split(' ').collect();
        let ids = words.iter().take(2).filter(|word| word.len() == 40).count();
        assert!(ids == 2 && line.matches('\t').count() == 1, "each line is one move: {line:?}");
    }
    let understood = world.git_in(directory, &["reflog", "show", "refs/plans/p"]);
    assert_eq!(understood.lines().count(), log.lines().count(), "git reads each line");
}

/// Asserts that a failed command left nothing that the next would have to wait for.
#[track_caller]
fn assert_no_lock(directory: &Path) {
    let found = Command::new("find")
        .arg(directory.join(".git"))
        .args(["-name", "*.lock", "-o", "-name", "*.new", "-o", "-name", "tmp_obj_*"])
        .output()
        .expect("find runs");
    assert_eq!(String::from_utf8_lossy(&found.stdout), "", "no lock and no temporary file is left");
}

/// Makes the reflog of `p` so long that its next line goes beyond this many bytes.
fn pad_reflog(directory: &Path, beyond: u64) -> Outcome {
    let path = directory.join(".git/logs/refs/plans/p");
    let log = fs::read_to_string(&path)?;
    let last = log.lines().last().ok_or("a line")?;
    let head = format!("{}\tplan: ", last.split('\t').next().unwrap_or_default());
    let missing = usize::try_from(beyond - 60)? - log.len() - head.len() - 1;
    let mut file = OpenOptions::new().append(true).open(&path)?;
    writeln!(file, "{head}{}", "x".repeat(missing))?;
    assert_eq!(fs::metadata(&path)?.len(), beyond - 60, "sixty bytes are left");
    Ok(())
}

#[test]
fn a_line_of_the_reflog_that_does_not_fit_is_taken_back() -> Outcome {
    let world = World::with_plan(&["One"]);
    let repository = world.repository();
    pad_reflog(&repository, 16 * 512)?;
    let before = (tip(&world, &repository), fs::read(repository.join(".git/logs/refs/plans/p"))?);
    // No file may be longer than 16 blocks of 512 bytes; what goes beyond is cut off in the middle.
    let mut limited = world.command("sh", &repository);
    limited.args(["-c", "trap '' XFSZ; ulimit -f 16; exec \"$0\" -p p note 'Does not fit'", PROGRAM]);
    let said = Said::of(&limited.output()?).failed(9, "File too large");
    assert!(said.contains("logs/refs/plans/p"), "the file is named: {said}");
    assert_whole_reflog(&world, &repository);
    let after = (tip(&world, &repository), fs::read(repository.join(".git/logs/refs/plans/p"))?);
    assert_eq!(after, before, "neither the ref nor its reflog has changed");
    assert_no_lock(&repository);
    world.plan(&["-p", "p", "note", "Fits"]).done();
    assert_whole_reflog(&world, &repository);
    Ok(())
}

#[test]
fn a_write_to_a_full_disk_is_there_or_left_no_trace() -> Outcome {
    let world = World::empty();
    let Some(disk) = Disk::mount(&world, "repository", 1_000)? else { return Ok(()) };
    world.git(&["init", "--quiet", "--initial-branch=main"]);
    world.begin("p", &["One"]);
    let repository = world.repository();
    pad_reflog(&repository, PAGE)?;
    let (mut landed, mut refused) = (0, 0);
    for pages in 0..12 {
        disk.leave(pages)?;
        let text = format!("With {pages} pages");
        let before = tip(&world, &repository);
        let said = world.plan(&["-p", "p", "note", &text]);
        let there = notes(&world, &repository).contains(&text);
        if said.status == Some(0) {
            assert!(there, "what was acknowledged is there: {text}");
            landed += 1;
        } else {
            let said = said.failed(9, "No space left on device");
            assert!(said.contains("make room"), "and what to do: {said}");
            assert!(!there && tip(&world, &repository) == before, "what failed is not there: {text}");
            refused += 1;
        }
        assert_whole_reflog(&world, &repository);
        assert_no_lock(&repository);
    }
    println!("{landed} landed, {refused} were refused");
    assert!(landed > 0 && refused > 1, "the disk was full, and then it was not: {landed}, {refused}");
    disk.leave(0)?;
    assert!(world.plan(&["-p", "p", "show"]).done().contains("One"), "a full disk keeps nobody from reading");
    disk.empty()?;
    world.plan(&["-p", "p", "note", "There is room again"]).done();
    world.assert_sound(&repository);
    Ok(())
}

#[test]
fn a_sync_to_a_full_disk_fails_and_the_next_one_works() -> Outcome {
    let world = World::with_clones(&["bo"]);
    let Some(disk) = Disk::mount(&world, "ada", 1_000)? else { return Ok(()) };
    let (ada, bo) = (world.path().join("ada"), world.path().join("bo"));
    world.git_in(&ada, &["init", "--quiet"]);
    world.git_in(&ada, &["remote", "add", "origin", "../hub"]);
    world.plan_in(&ada, &["new", "Plan", "--slug", "p"]).done();
    world.plan_in(&ada, &["sync"]).done();
    world.plan_in(&bo, &["sync"]).done();
    let (mut landed, mut refused) = (0, 0);
    for pages in 0..14 {
        let (mine, other) = (format!("Ada's with {pages} pages"), format!("Bo's with {pages} pages"));
        world.plan_in(&ada, &["-p", "p", "note", &mine]).done();
        world.plan_in(&bo, &["-p", "p", "note", &other]).done();
        world.plan_in(&bo, &["sync"]).done();
        disk.leave(pages)?;
        let said = world.plan_in(&ada, &["sync"]);
        assert!(notes(&world, &ada).contains(&mine), "what was acknowledged is there: {mine}");
        match said.status {
            Some(0) => {
                assert_eq!(tip(&world, &ada), tip(&world, &world.path().join("hub")), "both have the same:\n{said}");
                landed += 1;
            }
            _ => {
                let said = said.ended(9);
                let full = ["No space left on device", "Out of diskspace"];
                assert!(full.iter().any(|words| said.stderr.contains(words)), "why:\n{said}");
                assert!(!said.stderr.contains("deprecated"), "and nothing else:\n{said}");
                assert!(said.stderr.contains("safe") || said.stderr.contains("make room"), "what to do:\n{said}");
                refused += 1;
            }
        }
        disk.empty()?;
        if refused > 0 {
            world.plan_in(&ada, &["sync"]).done();
        }
        assert!(notes(&world, &ada).contains(&other), "what the other wrote is there as soon as there is room");
        world.plan_in(&bo, &["sync"]).done();
        assert_eq!(tip(&world, &ada), tip(&world, &bo), "and both have the same");
    }
    println!("{landed} landed, {refused} were refused");
    assert!(refused > 1, "the disk was full: {landed}, {refused}");
    world.assert_sound(&ada);
    world.assert_sound(&world.path().join("hub"));
    Ok(())
}

#[test]
fn a_repository_that_cannot_be_written_to_can_be_read_and_says_so() -> Outcome {
    let world = World::with_clones(&["bo"]);
    let Some(disk) = Disk::mount(&world, "repository", 1_000)? else { return Ok(()) };
    let bo = world.path().join("bo");
    world.git(&["init", "--quiet", "--initial-branch=main"]);
    world.git(&["remote", "add", "origin", "../hub"]);
    world.begin("p", &["One"]);
    world.plan(&["sync"]).done();
    world.plan_in(&bo, &["sync"]).done();
    world.plan_in(&bo, &["-p", "p", "note", "News"]).done();
    disk.read_only()?;
    for reading in [&["show"][..], &["list"], &["log"], &["status"], &["next"], &["conflicts"], &["sync"]] {
        world.plan(reading).done();
    }
    world.plan_in(&bo, &["sync"]).done();
    let before = tip(&world, &world.repository());
    for writing in [&["note", "x"][..], &["step", "done", "1"], &["new", "Another"], &["sync"], &["fetch"]] {
        let said = world.plan(writing).failed(9, "Read-only file system");
        let advice = if matches!(writing[0], "sync" | "fetch") { "safe" } else { "cannot be written to" };
        assert!(said.contains(advice), "{writing:?}: what to do: {said}");
    }
    assert_eq!(tip(&world, &world.repository()), before, "nothing was written");
    Ok(())
}

#[test]
fn a_sync_that_is_killed_at_any_moment_loses_nothing_and_the_next_one_lands() -> Outcome {
    let world = World::with_clones(&["ada", "bo"]);
    let Some(server) = Server::start(&world, Transport::Daemon)? else { return Ok(()) };
    let [ada, bo, hub] = ["ada", "bo", "hub"].map(|name| world.path().join(name));
    for clone in [&ada, &bo] {
        world.git_in(clone, &["remote", "set-url", "origin", &server.url("hub")]);
    }
    world.plan_in(&ada, &["new", "Plan", "--slug", "p"]).done();
    let began = Instant::now();
    world.plan_in(&ada, &["sync"]).done();
    world.plan_in(&bo, &["sync"]).done();
    let usual = began.elapsed().as_micros() as u64 / 2;
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    let (mut expected, mut killed, mut landed) = (Vec::new(), 0, 0);
    for round in 0..short_or_long(20, 200) {
        for (clone, name) in [(&ada, "Ada"), (&bo, "Bo")] {
            let text = format!("{name} in round {round}");
            world.plan_in(clone, &["-p", "p", "note", &text]).done();
            expected.push(text);
        }
        world.plan_in(&bo, &["sync"]).done();
        let mut sync = world.command(PROGRAM, &ada);
        let sync = sync.arg("sync").stdout(Stdio::null()).stderr(Stdio::null()).process_group(0);
        let mut sync = sync.spawn()?;
        std::thread::sleep(Duration::from_micros(random.below(usual * 2)));
        kill_group(sync.id());
        killed += usize::from(sync.wait()?.code().is_none());
        let there = notes(&world, &ada);
        assert!(there.contains(&format!("Ada in round {round}")), "what was acknowledged is there, round {round}");
        landed += usize::from(there.contains(&format!("Bo in round {round}")));
        let began = Instant::now();
        world.plan_in(&ada, &["sync"]).done();
        let took = began.elapsed().as_micros() as u64;
        assert!(took < usual * 20 + 5_000_000, "the next one waits for nobody: {took} µs, usually {usual}");
        assert_eq!(tip(&world, &ada), tip(&world, &hub), "and lands, round {round}");
    }
    println!("{killed} were killed, {landed} of all when they had taken in what came");
    assert!(killed > 0, "some were killed in time");
    world.plan_in(&bo, &["sync"]).done();
    for place in [&ada, &bo, &hub] {
        world.assert_sound(place);
    }
    let locks = fs::read_dir(ada.join(".git/refs/plans"))?.count();
    assert_eq!(locks, 1, "there is the plan, and no lock");
    let mut there = notes(&world, &bo);
    there.sort();
    expected.sort();
    assert_eq!(there, expected, "each note is there once");
    Ok(())
}

#[test]
fn a_lock_that_a_killed_git_left_on_a_remote_copy_keeps_no_sync_from_landing() -> Outcome {
    let world = World::with_clones(&["ada", "bo"]);
    let [ada, bo, hub] = ["ada", "bo", "hub"].map(|name| world.path().join(name));
    world.plan_in(&ada, &["new", "Plan", "--slug", "p"]).done();
    world.plan_in(&ada, &["sync"]).done();
    world.plan_in(&bo, &["sync"]).done();
    fs::write(ada.join(".git/refs/plan-remotes/origin/p.lock"), "")?;
    for round in 0..2 {
        world.plan_in(&bo, &["-p", "p", "note", &format!("Bo's number {round}")]).done();
        world.plan_in(&bo, &["sync"]).done();
        world.plan_in(&ada, &["-p", "p", "note", &format!("Ada's number {round}")]).done();
        world.plan_in(&ada, &["sync"]).done();
        assert_eq!(tip(&world, &ada), tip(&world, &hub), "both have the same, round {round}");
    }
    Ok(())
}

/// Lets the server die in the middle of a push, in a hook of this name, and asserts that nothing is lost.
fn cut_off(transport: Transport, hook: &str) -> Outcome {
    let world = World::with_clones(&["ada"]);
    let Some(mut server) = Server::start(&world, transport)? else { return Ok(()) };
    let [ada, hub] = ["ada", "hub"].map(|name| world.path().join(name));
    world.git_in(&ada, &["remote", "set-url", "origin", &server.url("hub")]);
    world.plan_in(&ada, &["new", "Plan", "--slug", "p"]).done();
    world.plan_in(&ada, &["sync"]).done();
    world.plan_in(&ada, &["-p", "p", "note", "On its way"]).done();
    let (before, sent) = (tip(&world, &hub), tip(&world, &ada));
    let (path, reached) = (hub.join("hooks").join(hook), world.path().join("reached"));
    fs::create_dir_all(hub.join("hooks"))?;
    fs::write(&path, format!("#!/bin/sh\n[ \"$1\" != prepared ] || exit 0\n: > '{}'\nsleep 60\n", reached.display()))?;
    let made = Command::new("chmod").arg("+x").arg(&path).status()?;
    assert!(made.success(), "a hook");
    let errors = world.path().join("said");
    let mut sync = world.command(PROGRAM, &ada);
    let mut sync = sync.arg("sync").stdout(Stdio::null()).stderr(File::create(&errors)?).spawn()?;
    let until = Instant::now() + Duration::from_secs(30);
    while !reached.exists() {
        assert!(Instant::now() < until, "the push gets to the hook: {}", fs::read_to_string(&errors)?);
        std::thread::sleep(Duration::from_millis(5));
    }
    server.kill();
    let status = sync.wait()?;
    let said = fs::read_to_string(&errors)?;
    assert_eq!(status.code(), Some(9), "{transport:?}, {hook}: it failed: {said}");
    assert!(said.contains("what was written here is safe") && said.contains("git push"), "{hook}: what to do: {said}");
    assert_eq!(tip(&world, &ada), sent, "{hook}: what was written is here");
    // The remote has it where its ref had been moved before the end.
    let at = if hook == "reference-transaction" { &sent } else { &before };
    assert_eq!(&tip(&world, &hub), at, "{hook}: what the remote has");
    fs::remove_file(path)?;
    let Some(server) = Server::start(&world, transport)? else { return Ok(()) };
    world.git_in(&ada, &["remote", "set-url", "origin", &server.url("hub")]);
    world.plan_in(&ada, &["sync"]).done();
    assert_eq!(tip(&world, &hub), sent, "{hook}: the next one lands");
    world.assert_sound(&hub);
    world.assert_sound(&ada);
    Ok(())
}

#[test]
fn a_push_that_is_cut_off_is_told_and_lands_the_next_time() -> Outcome {
    for transport in [Transport::Daemon, Transport::Http] {
        for hook in ["pre-receive", "reference-transaction"] {
            cut_off(transport, hook)?;
        }
    }
    Ok(())
}
