//! Writers that are killed at an arbitrary moment, and what they leave.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Command, Stdio};

use git_plan_store::Repository;

use crate::fixture::{Outcome, World, append, number, slug};

const VICTIM: &str = "GIT_PLAN_TEST_VICTIM";

/// Not a test but the process that is killed: appends for ever and says so each time.
#[test]
#[ignore = "run as a child by the test below"]
fn victim() -> Outcome {
    let Some(directory) = std::env::var_os(VICTIM).map(PathBuf::from) else { return Ok(()) };
    let repository = Repository::open(&directory.join("repository"), &World::environment(&directory))?;
    loop {
        println!("acknowledged {}", append(&repository, "p")?);
    }
}

#[test]
fn a_killed_writer_loses_nothing_it_acknowledged_and_stands_in_nobodys_way() -> Outcome {
    let world = World::with_repository(&[]);
    for round in 0..12 {
        let mut victim = Command::new(std::env::current_exe()?)
            .args(["--exact", "killed::victim", "--ignored", "--nocapture"])
            .env(VICTIM, world.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let stdout = victim.stdout.take().ok_or("its output")?;
        let mut acknowledged = Vec::new();
        for line in BufReader::new(stdout).lines() {
            let line = line?;
            acknowledged.extend(line.split("acknowledged ").nth(1).map(str::to_owned));
            if acknowledged.len() == 3 + round * 2 {
                victim.kill()?;
            }
        }
        victim.wait()?;
        let last = acknowledged.last().ok_or("at least one append")?;
        let kept = world.try_git(&["merge-base", "--is-ancestor", last, "refs/plans/p"]);
        assert!(kept.status.success(), "{last} was acknowledged and is in the history");
        let repository = world.open();
        let before = repository.tip(&slug("p"))?.map_or(0, |tip| number(&repository, tip));
        let next = append(&repository, "p")?;
        assert_eq!(number(&repository, next), before + 1, "the next writer goes on at once");
    }
    world.git(&["gc", "--quiet", "--prune=now"]);
    let objects = world.git(&["count-objects", "-v"]);
    assert!(objects.contains("garbage: 0"), "git gc clears what killed writers left: {objects}");
    let stray = Command::new("find").arg(world.repository()).args(["-name", "*tmp*"]).output()?;
    assert_eq!(String::from_utf8_lossy(&stray.stdout), "", "no temporary file survives a gc");
    world.assert_sound();
    Ok(())
}
