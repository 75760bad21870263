//! Events newest first: in the plan's order, and read no further than has been given out.

use std::collections::BTreeSet;

use git_plan_core::EventId;
use git_plan_store::{Error, Repository};

use crate::fixture::{Outcome, World, slug};
use crate::plans::{add_step, append, create, writer};

fn given_out(repository: &Repository) -> Result<Vec<EventId>, Error> {
    let tip = repository.tip(&slug("p"))?.ok_or(Error::NoSuchPlan { slug: "p".to_owned() })?;
    repository.newest(&slug("p"), tip)?.map(|entry| entry.map(|entry| entry.event.id)).collect()
}

fn in_order(repository: &Repository) -> Result<Vec<EventId>, Error> {
    Ok(repository.history(&slug("p"), None)?.entries.iter().rev().map(|entry| entry.event.id).collect())
}

#[test]
fn the_newest_event_of_a_line_is_given_out_before_the_rest_is_read() -> Outcome {
    let world = World::with_repository(&[]);
    let repository = world.open();
    create(&repository, "p")?;
    for i in 1..40 {
        append(&repository, "p", i * 1000, &format!("step {i}"))?;
    }
    let tip = repository.tip(&slug("p"))?.ok_or("a tip")?;
    let mut newest = repository.newest(&slug("p"), tip)?;
    let order = in_order(&repository)?;
    for (at, id) in order.iter().enumerate() {
        let entry = newest.next().ok_or("an event")??;
        assert_eq!(entry.event.id, *id, "events come in the plan's order, backwards");
        assert!(newest.commits_read() <= at + 2, "no more is read than the event and the one below it");
    }
    assert!(newest.next().is_none(), "and none is left");
    Ok(())
}

#[test]
fn lines_that_meet_are_given_out_in_the_order_of_the_plan() -> Outcome {
    let world = World::with_repository(&[]);
    let repository = world.open();
    create(&repository, "p")?;
    let mut heads: Vec<BTreeSet<EventId>> = vec![repository.load(&slug("p"), None)?.plan.heads().clone()];
    for i in 1..=48_i64 {
        // Clocks that are far ahead and far behind, and writers that saw what was there a while ago.
        let lie = [0, 3_600_000, -7_200_000, 5][usize::try_from(i % 4)?];
        let step = |batch: &mut git_plan_core::Batch| add_step(batch, &format!("step {i}"));
        if i % 3 == 0 {
            let seen = heads[heads.len().saturating_sub(usize::try_from(i % 7)? + 1)].clone();
            repository.append_at(&slug("p"), &writer(i * 1000 + lie), &seen, step, |_| Ok(()))?;
        } else {
            repository.append(&slug("p"), &writer(i * 1000 + lie), step)?;
        }
        heads.push(repository.load(&slug("p"), None)?.plan.heads().clone());
        assert_eq!(
            given_out(&repository)?,
            in_order(&repository)?,
            "after {i} events, with whatever snapshot there is"
        );
    }
    std::fs::remove_dir_all(repository.common_dir().join("git-plan/snapshots"))?;
    assert_eq!(given_out(&repository)?, in_order(&repository)?, "and without one");
    Ok(())
}

#[test]
fn damage_further_down_keeps_no_newer_event_back() -> Outcome {
    let world = World::with_repository(&[]);
    let repository = world.open();
    create(&repository, "p")?;
    let lost = append(&repository, "p", 1, "lost")?.tip.to_string();
    for i in 2..9 {
        append(&repository, "p", i, "kept")?;
    }
    std::fs::remove_file(repository.common_dir().join("objects").join(&lost[..2]).join(&lost[2..]))?;
    let repository = world.open();
    let tip = repository.tip(&slug("p"))?.ok_or("a tip")?;
    let mut newest = repository.newest(&slug("p"), tip)?;
    for _ in 2..9 {
        assert!(newest.next().is_some_and(|entry| entry.is_ok()), "what can be read is given out");
    }
    assert!(newest.next().is_none() && !newest.damage().is_empty(), "and then it is known what cannot");
    Ok(())
}
