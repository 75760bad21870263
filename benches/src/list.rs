//! A thousand plans.

use crate::Result;
use crate::data::{self, Texts};
use crate::measure::{cpu, in_turns};
use crate::scene::Scene;
use crate::table::{Goal, Row, Table};

const PLANS: usize = 1_000;
const EVENTS: usize = 12;

/// Listing beside `git for-each-ref`, which reads no plan.
pub fn measure(table: &mut Table, _long: bool) -> Result {
    let scene = Scene::new()?;
    let repo = scene.unsynced()?;
    for plan in 0..PLANS {
        data::plan(&repo, &format!("plan-{plan}"), Texts::Varied, EVENTS)?;
    }
    scene.gc()?;
    let [cold, warm, refs, log] = in_turns(9, |which, _| match which {
        0 => {
            scene.forget()?;
            cpu(&mut scene.plan(&["list"]))
        }
        1 => cpu(&mut scene.plan(&["list"])),
        2 => cpu(&mut scene.git(&["for-each-ref", "refs/plans/"])),
        _ => cpu(&mut scene.git(&["log", "--format=%B", "--glob=refs/plans/"])),
    })?;
    let remark = format!("{EVENTS} events each, packed; git log of all {:.1}", log.median());
    for (what, samples, most) in [("no cache", &cold, 150.0), ("cache", &warm, 20.0)] {
        table.row(&Row {
            what: &format!("list: {PLANS} plans, {what}"),
            figure: samples.median(),
            unit: "ms",
            rival: refs.median(),
            beside: "git for-each-ref",
            goal: Goal::AtMost(most),
            remark: &remark,
        });
    }
    Ok(())
}
