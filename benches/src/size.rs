//! What an event costs on the disk.

use git_plan_store::Durability;

use crate::Result;
use crate::data::{self, Texts};
use crate::scene::Scene;
use crate::table::{Goal, Row, Table};

const EVENTS: usize = 10_000;

/// Packed plans beside bare commits with the same subjects, authors and dates.
pub fn measure(table: &mut Table, _long: bool) -> Result {
    for (texts, name) in [(Texts::Varied, "varied"), (Texts::Alike, "alike")] {
        let scene = Scene::new()?;
        data::plan(&scene.unsynced()?, "p", texts, EVENTS)?;
        scene.gc()?;
        let log = scene.run(&["log", "--reverse", "--format=%at %s", "refs/plans/p"])?;
        let bytes: usize = scene.run(&["log", "--format=%B", "refs/plans/p"])?.len();
        let bare = Scene::new()?;
        bare_commits(&bare, &log)?;
        bare.gc()?;
        let each = |scene: &Scene| -> Result<f64> { Ok(scene.packed_bytes()? as f64 / EVENTS as f64) };
        table.row(&Row {
            what: &format!("size: an event, {name} texts"),
            figure: each(&scene)?,
            unit: "B",
            rival: each(&bare)?,
            beside: "bare commits, same subjects",
            goal: Goal::Ratio(1.4),
            remark: &format!("pack and index after gc; a message of {} B on average", bytes / EVENTS),
        });
    }
    Ok(())
}

fn bare_commits(scene: &Scene, log: &str) -> Result {
    let repo = scene.unsynced()?;
    let tree = repo.write_empty_tree(Durability::Unsynced)?;
    let mut parent = String::new();
    for line in log.lines() {
        let (time, subject) = line.split_once(' ').ok_or("a time and a subject")?;
        let who = format!("Ada <ada@example.org> {time} +0000");
        let raw = format!("tree {tree}\n{parent}author {who}\ncommitter {who}\n\n{subject}\n");
        let id = repo.write_commit(raw.as_bytes(), Durability::Unsynced)?;
        parent = format!("parent {id}\n");
    }
    let tip = parent.trim_start_matches("parent ").trim();
    scene.run(&["update-ref", "refs/heads/bare", tip]).map(drop)
}
