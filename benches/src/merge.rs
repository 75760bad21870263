//! Two clones that both went on for long, brought together.

use crate::Result;
use crate::data::{self, Texts};
use crate::measure::{cpu, in_turns};
use crate::scene::Scene;
use crate::table::{Goal, Row, Table};

/// How many events each side has, and how often that is measured.
const SIZES: [(usize, usize); 3] = [(10, 11), (1_000, 7), (10_000, 3)];

/// A sync that takes in as much as it sends, beside `git pull` and `git push` of the same commits on a branch.
pub fn measure(table: &mut Table, _long: bool) -> Result {
    for (size, rounds) in SIZES {
        let scene = Scene::new()?;
        let repo = scene.unsynced()?;
        let steps = data::plan(&repo, "p", Texts::Varied, 20)?;
        let begun = scene.run(&["rev-parse", "refs/plans/p"])?;
        let mut sides = Vec::new();
        for seed in [1, 2] {
            scene.run(&["update-ref", "refs/plans/p", &begun])?;
            data::go_on(&repo, "p", Texts::Varied, &steps, seed, size)?;
            sides.push(scene.run(&["rev-parse", "refs/plans/p"])?);
            scene.run(&["update-ref", &format!("refs/sides/{seed}"), "refs/plans/p"])?;
        }
        let place = |name: &str| scene.path().join(name);
        let hub = scene.bare("hub", &["refs/sides/2:refs/plans/p", "refs/sides/2:refs/heads/main"])?;
        let refspecs = ["refs/sides/1:refs/plans/p", "refs/sides/1:refs/heads/main"];
        let clone = scene.clone_of("clone", "../there", &refspecs)?;
        let (here, there) = (place("here"), place("there"));
        let anew = || scene.copy(&[(&hub, &there), (&clone, &here)]);
        let [ours, git, show] = in_turns(rounds, |which, _| match which {
            0 => {
                anew()?;
                cpu(scene.plan(&["sync"]).current_dir(&here))
            }
            1 => {
                anew()?;
                let pull = ["pull", "--quiet", "--no-rebase", "--no-edit", "origin", "main"];
                let pulled = cpu(scene.git(&pull).current_dir(&here))?;
                Ok(pulled + cpu(scene.git(&["push", "--quiet", "origin", "main"]).current_dir(&here))?)
            }
            _ => {
                anew()?;
                scene.plan(&["sync"]).current_dir(&here).output()?;
                cpu(scene.plan(&["show"]).current_dir(&here))
            }
        })?;
        let what = |what: &str| format!("merge: {what}, 2 × {size} events");
        table.row(&Row {
            what: &what("sync"),
            figure: ours.median(),
            unit: "ms",
            rival: git.median(),
            beside: "git pull + git push of the same commits",
            goal: Goal::None,
            remark: "every object that comes in is checked, both sides are replayed",
        });
        table.row(&Row {
            what: &what("show afterwards"),
            figure: show.median(),
            unit: "ms",
            rival: f64::NAN,
            beside: "",
            goal: Goal::None,
            remark: "a process that reads the joined plan",
        });
    }
    Ok(())
}
