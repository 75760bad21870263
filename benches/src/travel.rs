//! Going back: a plan at a point, what changed between two, and its log, each beside git on a file with as many versions.
//!
//! The file is the plan's view after each event, one commit for each, so git has to tell the same story.

use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};
use std::time::Duration;

use git_plan_core::{Event, state, view};
use git_plan_store::Repository;

use crate::Result;
use crate::data::{self, Texts};
use crate::measure::{cpu, in_turns, of_children};
use crate::scene::Scene;
use crate::table::{Goal, Row, Table};

/// How many of the newest events are shown with what they changed.
const PATCHES: &str = "50";

/// Each way of looking back beside git's own.
pub fn measure(table: &mut Table, long: bool) -> Result {
    for (size, rounds) in [(1_000, 11), (10_000, 5)] {
        let scene = Scene::new()?;
        let repo = scene.unsynced()?;
        data::plan(&repo, "p", Texts::Alike, size)?;
        let bytes = versions(&scene, &repo)?;
        scene.gc()?;
        cpu(&mut scene.plan(&["show", "--raw"]))?;
        let half = size / 2;
        let (at, then) = (format!("--at=-{half}"), format!("main~{half}"));
        let (back, file) = (format!("-{half}"), format!("{then}:view.md"));
        let remark = format!("{} versions of a file that grew to {} KiB", size, bytes / 1024);
        let pairs: [(&str, Vec<&str>, Vec<&str>); 5] = [
            ("show --at, half-way", vec!["show", "--raw", &at], vec!["show", &file]),
            ("diff, from half-way", vec!["diff", &back], vec!["diff", &then, "main"]),
            ("diff --patch, from half-way", vec!["diff", &back, "--patch"], vec!["diff", &then, "main"]),
            (
                "log --patch, the newest 50",
                vec!["log", "--patch", "-n", PATCHES],
                vec!["log", "-p", "-n", PATCHES, "main"],
            ),
            ("log, whole", vec!["log"], vec!["log", "main"]),
        ];
        for (what, ours, theirs) in &pairs {
            let [own, git] = in_turns(rounds, |which, _| match which {
                0 => cpu(&mut scene.plan(ours)),
                _ => cpu(&mut scene.git(theirs)),
            })?;
            let beside = format!("git {}", theirs[0]);
            let row = Row {
                what: &format!("{what}: {size} events"),
                figure: own.median(),
                unit: "ms",
                rival: git.median(),
                beside: &beside,
                goal: Goal::None,
                remark: &remark,
            };
            table.row(&row);
        }
        first_lines(table, &scene, size, rounds)?;
    }
    if long {
        let scene = Scene::new()?;
        data::plan(&scene.unsynced()?, "p", Texts::Alike, 100_000)?;
        scene.gc()?;
        cpu(&mut scene.plan(&["show", "--raw"]))?;
        first_lines(table, &scene, 100_000, 5)?;
    }
    Ok(())
}

fn first_lines(table: &mut Table, scene: &Scene, size: usize, rounds: usize) -> Result {
    let [warm, cold, git] = in_turns(rounds, |which, _| match which {
        0 => first_line(&mut scene.plan(&["log"])),
        1 => {
            scene.forget()?;
            first_line(&mut scene.plan(&["log"]))
        }
        _ => first_line(&mut scene.git(&["log", "plans/p"])),
    })?;
    for (what, samples) in [("cache", &warm), ("no cache", &cold)] {
        table.row(&Row {
            what: &format!("log, its first line: {size} events, {what}"),
            figure: samples.median(),
            unit: "ms",
            rival: git.median(),
            beside: "git log",
            goal: Goal::None,
            remark: "until the pipe is closed behind the first line",
        });
    }
    Ok(())
}

/// The CPU time of a command whose reader goes away behind the first line.
fn first_line(command: &mut Command) -> Result<Duration> {
    let before = of_children()?;
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?;
    let mut line = String::new();
    BufReader::new(child.stdout.take().ok_or("a pipe")?).read_line(&mut line)?;
    child.wait()?;
    if line.is_empty() { Err(format!("{command:?} wrote nothing").into()) } else { Ok(of_children()? - before) }
}

/// Writes the view after each event to the branch `main`, and says how large the last one is.
fn versions(scene: &Scene, repo: &Repository) -> Result<usize> {
    let history = repo.history(&"p".parse()?, None)?;
    let events: Vec<Event> = history.entries.iter().map(|entry| entry.event.clone()).collect();
    let mut child = scene.git(&["fast-import", "--quiet"]).stdin(Stdio::piped()).spawn()?;
    let mut input = child.stdin.take().ok_or("a pipe")?;
    let (mut written, mut bytes) = (Ok(()), 0);
    state::versions(&events, 1, &mut |count, plan| {
        let text = view::render(plan, plan.layout());
        bytes = text.len();
        let seconds = events[count - 1].at.seconds();
        let commit = format!(
            "commit refs/heads/main\ncommitter Ada <ada@example.org> {seconds} +0000\ndata 7\nVersion\nM 100644 inline \
             view.md\ndata {bytes}\n{text}\n"
        );
        if written.is_ok() {
            written = input.write_all(commit.as_bytes());
        }
    });
    written?;
    drop(input);
    if child.wait()?.success() { Ok(bytes) } else { Err("git fast-import failed".into()) }
}
