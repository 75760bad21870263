//! A thousand plans that are shared, and eight clones that contend for one.

use std::path::{Path, PathBuf};
use std::time::Instant;

use crate::data::{self, Texts};
use crate::measure::{Samples, cpu, in_turns, of_children};
use crate::scene::Scene;
use crate::table::{Goal, Row, Table};
use crate::{Result, measure};

const PLANS: usize = 1_000;
const EVENTS: usize = 12;
const CLONES: usize = 8;
const EACH: usize = 10;

/// Syncs beside `git fetch` and `git push` of the same commits on as many branches.
pub fn measure(table: &mut Table, _long: bool) -> Result {
    thousand(table)?;
    contend(table)
}

fn thousand(table: &mut Table) -> Result {
    let scene = Scene::new()?;
    let repo = scene.unsynced()?;
    for side in ["first", "theirs", "ours"] {
        for plan in 0..PLANS {
            let slug = format!("plan-{plan}");
            match side {
                "first" => drop(data::plan(&repo, &slug, Texts::Varied, EVENTS)?),
                side => {
                    scene_back(&scene, &slug)?;
                    data::go_on(&repo, &slug, Texts::Varied, &[], if side == "ours" { 1 } else { 2 }, 1)?;
                }
            }
        }
        // A copy of all tips as they are now, in one command.
        scene.run(&["fetch", "--quiet", ".", &format!("+refs/plans/*:refs/{side}/*")])?;
    }
    let both = |side: &str| [format!("refs/{side}/*:refs/plans/*"), format!("refs/{side}/*:refs/heads/*")];
    let bare = |name: &str, side: &str| scene.bare(name, &both(side).each_ref().map(String::as_str));
    let clone = |name: &str, side: &str| scene.clone_of(name, "../there", &both(side).each_ref().map(String::as_str));
    let (first, more) = (bare("hub-first", "first")?, bare("hub-more", "theirs")?);
    let none = scene.path().join("hub-none");
    scene.run(&["init", "--quiet", "--bare", "--initial-branch=main", &none.to_string_lossy()])?;
    let (empty, same, ahead) =
        (scene.clone_of("empty", "../there", &[])?, clone("same", "first")?, clone("ahead", "ours")?);
    // All are known to be shared, as after an earlier sync.
    for known in [&same, &ahead] {
        scene.run_in(
            known,
            &["fetch", "--quiet", &first.to_string_lossy(), "refs/plans/*:refs/plan-remotes/origin/*"],
        )?;
        scene.run_in(known, &["pack-refs", "--all"])?;
    }
    let cases: [(&str, &Path, &Path); 4] = [
        ("to publish", &none, &same),
        ("to take in", &first, &empty),
        ("all the same", &first, &same),
        ("an event on either side of each", &more, &ahead),
    ];
    for (what, hub, clone) in cases {
        let (ours, git) = beside(&scene, hub, clone)?;
        table.row(&Row {
            what: &format!("sync: {PLANS} plans, {what}"),
            figure: ours.median(),
            unit: "ms",
            rival: git.median(),
            beside: "git fetch + git push of as many branches",
            goal: Goal::None,
            remark: &format!("{EVENTS} events each, packed"),
        });
    }
    Ok(())
}

/// Puts a plan back to where it was at first.
fn scene_back(scene: &Scene, slug: &str) -> Result {
    scene.run(&["update-ref", &format!("refs/plans/{slug}"), &format!("refs/first/{slug}")]).map(drop)
}

fn beside(scene: &Scene, hub: &Path, clone: &Path) -> Result<(Samples, Samples)> {
    let (here, there) = (scene.path().join("here"), scene.path().join("there"));
    let [ours, git] = in_turns(3, |which, _| {
        scene.copy(&[(hub, &there), (clone, &here)])?;
        if which == 0 {
            return cpu(scene.plan(&["sync", "--all"]).current_dir(&here));
        }
        let fetch = ["fetch", "--quiet", "origin", "+refs/heads/*:refs/remotes/origin/*"];
        let fetched = cpu(scene.git(&fetch).current_dir(&here))?;
        // Where both sides went on, what is here would be turned down, so it is given other names.
        let push = ["push", "--quiet", "origin", "refs/heads/*:refs/heads/from/*"];
        Ok(fetched + cpu(scene.git(&push).current_dir(&here))?)
    })?;
    Ok((ours, git))
}

fn contend(table: &mut Table) -> Result {
    let scene = Scene::new()?;
    data::plan(&scene.unsynced()?, "p", Texts::Varied, EVENTS)?;
    let all = ["refs/plans/p:refs/plans/p", "refs/plans/p:refs/heads/main"];
    let hub = scene.bare("there", &all)?;
    let clones = (0..CLONES).map(|clone| scene.clone_of(&format!("clone-{clone}"), "../there", &all));
    let clones = clones.collect::<Result<Vec<PathBuf>>>()?;
    let count = |name: &str| -> Result<usize> {
        Ok(scene.run_in(&hub, &["rev-list", "--count", "--no-merges", name])?.parse()?)
    };
    let before = count("refs/plans/p")?;
    let ours = race(&clones, |clone, text| {
        measure::cpu(scene.plan(&["note", text]).current_dir(clone))?;
        measure::cpu(scene.plan(&["sync"]).current_dir(clone)).map(drop)
    })?;
    let landed = count("refs/plans/p")? - before;
    if landed != CLONES * EACH {
        return Err(format!("{landed} of {} events landed", CLONES * EACH).into());
    }
    let git = race(&clones, |clone, text| {
        scene.run_in(clone, &["commit", "--quiet", "--allow-empty", "-m", text])?;
        loop {
            let pull = ["pull", "--quiet", "--no-rebase", "--no-edit", "origin", "main"];
            // Two that pull at once may both be right, and one that pushes is too late.
            let pulled = scene.git(&pull).current_dir(clone).output()?.status.success();
            let push = ["push", "--quiet", "origin", "main"];
            if pulled && scene.git(&push).current_dir(clone).output()?.status.success() {
                return Ok(());
            }
        }
    })?;
    let per_second = |taken: &Taken| (CLONES * EACH) as f64 / taken.cpu;
    table.row(&Row {
        what: &format!("sync: {CLONES} contending clones × {EACH} events, each synced"),
        figure: per_second(&ours),
        unit: "events / CPU s",
        rival: per_second(&git),
        beside: "git commit, then git pull + git push until it lands",
        goal: Goal::None,
        remark: &format!("{:.1} s beside {:.1} s on the wall", ours.wall, git.wall),
    });
    Ok(())
}

struct Taken {
    wall: f64,
    cpu: f64,
}

/// Lets each clone write so often, all at once.
fn race(clones: &[PathBuf], write: impl Fn(&Path, &str) -> Result + Sync) -> Result<Taken> {
    let (started, before) = (Instant::now(), of_children()?);
    let write = &write;
    std::thread::scope(|scope| {
        let one = |number: usize, clone: &PathBuf| {
            let clone = clone.clone();
            move || -> std::result::Result<(), String> {
                (0..EACH)
                    .try_for_each(|turn| write(&clone, &format!("Clone {number}, event {turn}")))
                    .map_err(|e| e.to_string())
            }
        };
        let writers: Vec<_> =
            clones.iter().enumerate().map(|(number, clone)| scope.spawn(one(number, clone))).collect();
        writers
            .into_iter()
            .map(|writer| writer.join().unwrap_or_else(|_| Err("a writer fell over".into())))
            .collect::<std::result::Result<Vec<()>, String>>()
    })?;
    Ok(Taken { wall: started.elapsed().as_secs_f64(), cpu: (of_children()? - before).as_secs_f64() })
}
