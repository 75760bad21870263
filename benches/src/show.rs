//! The view of a plan, with and without its snapshot.

use crate::Result;
use crate::data::{self, Texts};
use crate::measure::{cpu, in_turns};
use crate::scene::Scene;
use crate::table::{Goal, Row, Table};

/// Showing beside printing the messages that the plan is made of.
pub fn measure(table: &mut Table, _long: bool) -> Result {
    for (size, rounds, cold_goal, warm_goal) in
        [(1_000, 21, Goal::AtMost(20.0), Goal::AtMost(6.0)), (10_000, 7, Goal::None, Goal::None)]
    {
        let scene = Scene::new()?;
        data::plan(&scene.unsynced()?, "p", Texts::Varied, size)?;
        scene.gc()?;
        let [cold, warm, git, floor] = in_turns(rounds, |which, _| match which {
            0 => {
                scene.forget()?;
                cpu(&mut scene.plan(&["show", "--raw"]))
            }
            1 => cpu(&mut scene.plan(&["show", "--raw"])),
            2 => cpu(&mut scene.git(&["log", "--format=%B", "refs/plans/p"])),
            _ => cpu(&mut scene.plan(&["--version"])),
        })?;
        let view = scene.plan(&["show", "--raw"]).output()?.stdout.len() / 1024;
        let remark = format!("a view of {view} KiB; an empty process {:.2}", floor.median());
        for (what, samples, goal) in [("no cache", &cold, cold_goal), ("cache", &warm, warm_goal)] {
            table.row(&Row {
                what: &format!("show: {size} events, {what}"),
                figure: samples.median(),
                unit: "ms",
                rival: git.median(),
                beside: "git log --format=%B",
                goal,
                remark: &remark,
            });
        }
    }
    Ok(())
}
