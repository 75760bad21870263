//! Exports: each format, and the check of what was exported, beside `git log -p` of as many versions of the same Markdown file.

use crate::Result;
use crate::data::{self, Texts};
use crate::measure::{cpu, in_turns};
use crate::scene::Scene;
use crate::table::{Goal, Row, Table};
use crate::trace;

/// What is measured: the words of a command that writes to standard output.
const COMMANDS: [&[&str]; 9] = [
    &["verify"],
    &["export", "--format", "jsonl"],
    &["export", "--format", "md"],
    &["export", "--format", "cloudevents"],
    &["export", "--format", "csv"],
    &["export", "--format", "prov"],
    &["export", "--format", "intoto"],
    &["export", "--format", "html"],
    &["export", "--format", "audit", "-o", "bundle"],
];

/// Writing a plan in each format, and verifying it.
pub fn measure(table: &mut Table, _long: bool) -> Result {
    for (size, rounds) in [(1_000, 3), (10_000, 1)] {
        let scene = Scene::new()?;
        let repo = scene.unsynced()?;
        data::plan(&repo, "p", Texts::Varied, size)?;
        let (versions, _) = trace::versions(&scene, &repo, size)?;
        drop(repo);
        scene.gc()?;
        let remark = format!("the file has {versions} versions");
        for words in COMMANDS {
            // The page of 10,000 events shows 10,000 views, which is another matter than the rest.
            let [ours, log] = in_turns(rounds, |which, round| match which {
                0 if words.contains(&"audit") => {
                    let folder = format!("bundle-{size}-{round}");
                    cpu(&mut scene.plan(&[&words[..4], &[&folder]].concat()))
                }
                0 => cpu(&mut scene.plan(words)),
                _ => cpu(&mut scene.git(&["log", "-p", "main", "--", "plan.md"])),
            })?;
            table.row(&Row {
                what: &format!("{}: {size} events", words.iter().take(3).copied().collect::<Vec<_>>().join(" ")),
                figure: ours.median(),
                unit: "ms",
                rival: log.median(),
                beside: "git log -p",
                goal: Goal::None,
                remark: &remark,
            });
        }
    }
    Ok(())
}
