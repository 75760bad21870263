//! One event, by a whole process, on the disk when it returns.

use std::time::Duration;

use crate::data::{self, Texts};
use crate::measure::{cpu, in_turns};
use crate::scene::Scene;
use crate::table::{Goal, Row, Table};
use crate::{Result, measure};

const ROUNDS: usize = 41;
const SIZES: [usize; 3] = [10, 1_000, 10_000];

/// Appends beside the three git commands that store the same payload.
pub fn measure(table: &mut Table, _long: bool) -> Result {
    let mut smallest = f64::NAN;
    for size in SIZES {
        let scene = Scene::new()?;
        let mut steps = data::plan(&scene.unsynced()?, "p", Texts::Varied, size)?;
        scene.gc()?;
        let mut rival = Rival::new(&scene)?;
        let [note, add, done, git, floor] = in_turns(ROUNDS, |which, round| match which {
            0 => cpu(&mut scene.plan(&["note", &format!("Measured for the {round}th time, and noted down")])),
            1 => {
                steps += 1;
                cpu(&mut scene.plan(&["step", "add", &format!("Measure for the {round}th time, and note it down")]))
            }
            2 => cpu(&mut scene.plan(&["step", "done", &steps.to_string()])),
            3 => rival.append(),
            _ => cpu(&mut scene.plan(&["--version"])),
        })?;
        scene.run(&["fsck", "--strict"])?;
        let floor = floor.median();
        for (what, samples) in [("note", &note), ("step add", &add), ("step done", &done)] {
            let remark = format!("mean {:.2}; an empty process {floor:.2}", samples.mean());
            table.row(&Row {
                what: &format!("append: {what}, {size} events"),
                figure: samples.median(),
                unit: "ms",
                rival: git.median(),
                beside: "hash-object + commit-tree + update-ref",
                goal: Goal::Ratio(0.5),
                remark: &remark,
            });
        }
        let two = rival.two.median();
        let remark = "the same, beside two commands";
        let (figure, unit, beside) = (note.median(), "ms", "commit-tree + update-ref");
        let what = format!("append: note, {size} events");
        table.row(&Row { what: &what, figure, unit, rival: two, beside, goal: Goal::Ratio(0.5), remark });
        if size == SIZES[0] {
            smallest = figure;
        } else {
            let what = format!("append: note, {size} events beside {} events", SIZES[0]);
            let remark = "whatever the size";
            table.row(&Row {
                what: &what,
                figure,
                unit,
                rival: smallest,
                beside: "small",
                goal: Goal::Ratio(1.2),
                remark,
            });
        }
    }
    Ok(())
}

/// Plain git, storing a payload of the same size in a commit of its own.
struct Rival<'a> {
    scene: &'a Scene,
    tree: String,
    tip: String,
    payload: String,
    /// What the last two of its three commands take.
    two: measure::Samples,
}

impl<'a> Rival<'a> {
    fn new(scene: &'a Scene) -> Result<Self> {
        let tree = scene.run(&["rev-parse", "refs/plans/p^{tree}"])?;
        let payload = scene.run(&["log", "-1", "--format=%B", "refs/plans/p"])?;
        std::fs::write(scene.path().join("payload"), &payload)?;
        let tip = scene.run(&["commit-tree", &tree, "-m", "Begin"])?;
        scene.run(&["update-ref", "refs/heads/rival", &tip])?;
        Ok(Self { scene, tree, tip, payload, two: measure::Samples::default() })
    }

    fn append(&mut self) -> Result<Duration> {
        let scene = self.scene;
        std::fs::write(scene.path().join("payload"), format!("{} {}", self.payload, self.tip))?;
        let hash = cpu(&mut scene.git(&["hash-object", "-w", "payload"]))?;
        let before = measure::of_children()?;
        let message = format!("{} {}", self.payload, self.tip);
        let tip = scene.run(&["commit-tree", &self.tree, "-p", &self.tip, "-m", &message])?;
        scene.run(&["update-ref", "-m", "rival", "refs/heads/rival", &tip, &self.tip])?;
        self.tip = tip;
        let two = measure::of_children()? - before;
        self.two.add(two);
        Ok(hash + two)
    }
}
