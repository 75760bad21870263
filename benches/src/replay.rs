//! Events to state, from a pack, without a snapshot.

use std::path::Path;

use git_plan_store::{Environment, Repository};

use crate::Result;
use crate::data::{self, Texts};
use crate::measure::{cpu, in_turns};
use crate::scene::Scene;
use crate::table::{Goal, Row, Table};

/// Replay by a process that does nothing else, beside `git log`.
pub fn measure(table: &mut Table, long: bool) -> Result {
    let this = std::env::current_exe()?;
    let sizes: &[(usize, usize)] =
        if long { &[(1_000, 21), (10_000, 7), (100_000, 3)] } else { &[(1_000, 21), (10_000, 7)] };
    for (texts, name) in [(Texts::Varied, "varied"), (Texts::Alike, "alike")] {
        for &(size, rounds) in sizes {
            let scene = Scene::new()?;
            data::plan(&scene.unsynced()?, "p", texts, size)?;
            scene.gc()?;
            let sizes = payloads(&scene)?;
            let directory = scene.path().to_string_lossy().into_owned();
            let [ours, git] = in_turns(rounds, |which, _| match which {
                0 => {
                    scene.forget()?;
                    cpu(&mut scene.command(&this, &["replay-once", &directory]))
                }
                _ => cpu(&mut scene.git(&["log", "--format=%B", "refs/plans/p"])),
            })?;
            let each = ours.median() * 1000.0 / size as f64;
            table.row(&Row {
                what: &format!("replay: {size} events, {name} texts"),
                figure: ours.median(),
                unit: "ms",
                rival: git.median(),
                beside: "git log --format=%B",
                goal: Goal::Ratio(0.6),
                remark: &format!("{each:.1} µs an event; payloads {sizes}"),
            });
        }
    }
    Ok(())
}

/// Loads the one plan of a repository, cold.
pub fn once(directory: &Path) -> Result {
    let repo = Repository::open(directory, &Environment::of_process())?;
    let loaded = repo.load(&"p".parse()?, None)?;
    if !loaded.damage.is_empty() || !loaded.plan.inert.is_empty() {
        return Err("the plan is damaged".into());
    }
    println!("{} events", loaded.plan.count());
    Ok(())
}

/// How long the payloads are.
fn payloads(scene: &Scene) -> Result<String> {
    let bodies = scene.run(&["log", "--format=%B", "refs/plans/p"])?;
    let trailers = bodies.lines().filter_map(|line| line.strip_prefix("Plan-Event: "));
    let mut lengths: Vec<usize> = trailers.map(str::len).collect();
    lengths.sort_unstable();
    let at = |percent: usize| lengths.get(lengths.len() * percent / 100).copied().unwrap_or_default();
    let mean = lengths.iter().sum::<usize>() / lengths.len().max(1);
    Ok(format!("p50 {} B, p90 {} B, mean {mean} B", at(50), at(90)))
}
