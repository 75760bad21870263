//! How things came to be: `why` and `blame` beside what git says of as many versions of the same Markdown file.

use std::io::Write;
use std::process::Stdio;

use git_plan_core::{Layout, Plan, view};

use crate::Result;
use crate::data::{self, Texts};
use crate::measure::{cpu, in_turns};
use crate::scene::Scene;
use crate::table::{Goal, Row, Table};

/// The most versions of the file: where a plan has more, its file has a version for every so many events, in git's favour.
const VERSIONS: usize = 1_000;

/// Asking why a step is as it is beside `git log -p` of the file, and who made its lines beside `git blame`.
pub fn measure(table: &mut Table, _long: bool) -> Result {
    for (size, rounds) in [(1_000, 7), (10_000, 3)] {
        let scene = Scene::new()?;
        let repo = scene.unsynced()?;
        let steps = data::plan(&repo, "p", Texts::Varied, size)?;
        let (versions, lines) = versions(&scene, &repo, size)?;
        drop(repo);
        scene.gc()?;
        let step = steps.get(steps.len() / 2).ok_or("the plan has steps")?.to_string();
        let [why, blame, log, git_blame] = in_turns(rounds, |which, _| match which {
            0 => cpu(&mut scene.plan(&["why", &step])),
            1 => cpu(&mut scene.plan(&["blame"])),
            2 => cpu(&mut scene.git(&["log", "-p", "main", "--", "plan.md"])),
            _ => cpu(&mut scene.git(&["blame", "main", "--", "plan.md"])),
        })?;
        let remark = format!("the file has {versions} versions, {lines} lines at last");
        for (what, figure, rival, beside) in
            [("why", &why, &log, "git log -p"), ("blame", &blame, &git_blame, "git blame")]
        {
            table.row(&Row {
                what: &format!("{what}: {size} events"),
                figure: figure.median(),
                unit: "ms",
                rival: rival.median(),
                beside,
                goal: Goal::None,
                remark: &remark,
            });
        }
    }
    Ok(())
}

/// Commits versions of the view of a plan to `main`, and says how many, and how many lines the last has.
pub fn versions(scene: &Scene, repo: &git_plan_store::Repository, size: usize) -> Result<(usize, usize)> {
    let history = repo.history(&"p".parse()?, None)?;
    let mut import = scene.git(&["fast-import", "--quiet"]).stdin(Stdio::piped()).spawn()?;
    let mut input = import.stdin.take().ok_or("fast-import reads")?;
    let mut plan = Plan::replay(&[]);
    let (mut count, mut last) = (0, String::new());
    for (nth, entry) in history.entries.iter().enumerate() {
        if !plan.follow(&entry.event) {
            return Err("the plan is a line".into());
        }
        if nth % size.div_ceil(VERSIONS) == 0 || nth + 1 == history.entries.len() {
            count += 1;
            last = view::render(&plan, Layout::Execplan);
            let seconds = entry.event.at.millis() / 1000;
            write!(input, "commit refs/heads/main\ncommitter Ada <ada@example.org> {seconds} +0000\ndata 1\nx\n")?;
            write!(input, "M 100644 inline plan.md\ndata {}\n{last}\n", last.len())?;
        }
    }
    drop(input);
    if import.wait()?.success() { Ok((count, last.lines().count())) } else { Err("fast-import failed".into()) }
}
