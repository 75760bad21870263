//! Sixteen processes that write to one plan.

use std::time::Instant;

use crate::data::{self, Texts};
use crate::measure::of_children;
use crate::scene::Scene;
use crate::table::{Goal, Row, Table};
use crate::{Result, measure};

const WRITERS: usize = 16;
const EACH: usize = 50;

/// Racing appends beside git's own compare-and-swap, tried until it succeeds.
pub fn measure(table: &mut Table, _long: bool) -> Result {
    let scene = Scene::new()?;
    data::plan(&scene.unsynced()?, "p", Texts::Varied, 10)?;
    let landed = || -> Result<usize> { Ok(scene.run(&["rev-list", "--count", "refs/plans/p"])?.parse()?) };
    let before = landed()?;
    let ours = race(|writer, turn| {
        let text = format!("Writer {writer}, note {turn}");
        measure::cpu(&mut scene.plan(&["note", &text])).map(drop)
    })?;
    let lost = (before + WRITERS * EACH) as f64 - landed()? as f64;
    scene.run(&["fsck", "--strict"])?;

    let tree = scene.run(&["rev-parse", "refs/plans/p^{tree}"])?;
    let first = scene.run(&["commit-tree", &tree, "-m", "Begin"])?;
    scene.run(&["update-ref", "refs/heads/rival", &first])?;
    let git = race(|writer, turn| {
        let text = format!("Writer {writer}, note {turn}");
        loop {
            let tip = scene.run(&["rev-parse", "refs/heads/rival"])?;
            let commit = scene.run(&["commit-tree", &tree, "-p", &tip, "-m", &text])?;
            if scene.git(&["update-ref", "refs/heads/rival", &commit, &tip]).output()?.status.success() {
                return Ok(());
            }
        }
    })?;
    let beside = "git, tried until it lands";
    let remark = "durable; git's is not";
    let mut row = |what: &str, figure: f64, unit: &str, rival: f64, goal: Goal, remark: &str| {
        table.row(&Row { what, figure, unit, rival, beside, goal, remark });
    };
    row(
        "race: 16 × 50 appends, not in the plan",
        lost,
        "events",
        f64::NAN,
        Goal::AtMost(0.0),
        "all ended with 0; fsck is clean",
    );
    row("race: 16 × 50 appends, CPU", ours.cpu, "s", git.cpu, Goal::None, remark);
    row("race: 16 × 50 appends, wall", ours.wall, "s", git.wall, Goal::None, remark);
    Ok(())
}

struct Taken {
    wall: f64,
    cpu: f64,
}

fn race(write: impl Fn(usize, usize) -> Result + Sync) -> Result<Taken> {
    let (started, before) = (Instant::now(), of_children()?);
    let write = &write;
    let all_well = std::thread::scope(|scope| {
        let one = |writer: usize| {
            move || -> std::result::Result<(), String> {
                (0..EACH).try_for_each(|turn| write(writer, turn)).map_err(|e| e.to_string())
            }
        };
        let writers: Vec<_> = (0..WRITERS).map(|writer| scope.spawn(one(writer))).collect();
        let ended =
            writers.into_iter().map(|writer| writer.join().unwrap_or_else(|_| Err("a writer fell over".into())));
        ended.collect::<std::result::Result<Vec<()>, String>>()
    });
    all_well?;
    Ok(Taken { wall: started.elapsed().as_secs_f64(), cpu: (of_children()? - before).as_secs_f64() })
}
