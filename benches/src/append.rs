//! One event, by a whole process, on the disk when it returns.

use std::time::Duration;

use crate::data::{self, Texts};
use crate::measure::{cpu, in_turns};
use crate::scene::Scene;
use crate::table::{Goal, Row, Table};
use crate::{Result, measure};

const ROUNDS: usize = 41;
/// How many events the plans have that are measured, or how many steps and nothing else.
const SIZES: [(usize, &str); 4] = [(10, "events"), (1_000, "events"), (10_000, "events"), (10_000, "steps")];

/// Appends beside the three git commands that store the same payload.
pub fn measure(table: &mut Table, _long: bool) -> Result {
    let mut smallest: Vec<f64> = Vec::new();
    for (size, of) in SIZES {
        let scene = Scene::new()?;
        let make = if of == "steps" { data::steps } else { data::plan };
        let steps = make(&scene.unsynced()?, "p", Texts::Varied, size)?;
        let (mut last, middle) = (steps.len(), steps[steps.len() / 2].prefix(16));
        scene.gc()?;
        let mut rival = Rival::new(&scene)?;
        let [note, add, done, edit, decide, git, floor] = in_turns(ROUNDS, |which, round| {
            let text = format!("Measured for the {round}th time, and noted down");
            let command: &[&str] = match which {
                0 => &["note", &text],
                1 => {
                    last += 1;
                    &["step", "add", &text]
                }
                2 => &["step", "done", &last.to_string()],
                3 => &["step", "edit", &middle, &text],
                4 => &["decide", &text, "--because", "It was measured"],
                5 => return rival.append(),
                _ => &["--version"],
            };
            cpu(&mut scene.plan(command))
        })?;
        scene.run(&["fsck", "--strict"])?;
        let floor = floor.median();
        let measured = [
            ("note", note),
            ("step add", add),
            ("step done, by number", done),
            ("step edit, by id", edit),
            ("decide", decide),
        ];
        for (what, samples) in &measured {
            let remark = format!("mean {:.2}; an empty process {floor:.2}", samples.mean());
            table.row(&Row {
                what: &format!("append: {what}, {size} {of}"),
                figure: samples.median(),
                unit: "ms",
                rival: git.median(),
                beside: "hash-object + commit-tree + update-ref",
                goal: Goal::Ratio(0.5),
                remark: &remark,
            });
        }
        for ((what, samples), &small) in measured.iter().zip(&smallest) {
            table.row(&Row {
                what: &format!("append: {what}, {size} {of} beside {} events", SIZES[0].0),
                figure: samples.median(),
                unit: "ms",
                rival: small,
                beside: "small",
                goal: Goal::Ratio(1.2),
                remark: "whatever the size",
            });
        }
        if smallest.is_empty() {
            smallest = measured.iter().map(|(_, samples)| samples.median()).collect();
        }
        let (figure, unit, beside) = (measured[0].1.median(), "ms", "commit-tree + update-ref");
        let (what, remark) = (format!("append: note, {size} {of}"), "the same, beside two commands");
        let (goal, rival) = (Goal::Ratio(0.5), rival.two.median());
        table.row(&Row { what: &what, figure, unit, rival, beside, goal, remark });
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
