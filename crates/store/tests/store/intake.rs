//! Events that come back in are the plan that they were, in whatever order and in however many parts they come.

use std::collections::BTreeSet;

use git_plan_core::EventId;
use git_plan_core::event::Sealed;
use git_plan_store::{Error, History, Repository};

use git_plan_core::Timestamp;

use crate::fixture::{Outcome, World, slug};
use crate::plans::{add_step, create, writer};

fn now() -> Timestamp {
    Timestamp::from_millis(1_700_000_900_000)
}

/// Numbers that are the same in each run.
struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % limit
    }
}

/// A plan whose events were each written at a version that was picked at random.
fn grown(repository: &Repository, chance: &mut Chance, events: usize) -> Outcome {
    let mut known = vec![create(repository, "p")?.events[0].id];
    for number in 0..events {
        let count = 1 + chance.below(3);
        let base: BTreeSet<EventId> =
            (0..count).map(|_| known[known.len() - 1 - chance.below(known.len().min(4))]).collect();
        // Clocks lie: times jump back and forth.
        let writer = writer(chance.below(10_000) as i64);
        let text = format!("step {number}");
        let done = repository.append_at(&slug("p"), &writer, &base, |batch| add_step(batch, &text), |_| Ok(()))?;
        known.push(done.events[0].id);
    }
    Ok(())
}

fn lines(history: &History) -> Vec<String> {
    history.entries.iter().map(|entry| String::from_utf8_lossy(&entry.bytes).into_owned()).collect()
}

fn sealed(history: &History) -> Vec<Sealed> {
    let entry = |(entry, bytes): (&git_plan_store::Entry, String)| Sealed { bytes, event: entry.event.clone() };
    history.entries.iter().zip(lines(history)).map(entry).collect()
}

#[test]
fn an_export_that_comes_in_elsewhere_is_the_same_plan() -> Outcome {
    for seed in 0..6 {
        let mut chance = Chance(seed);
        let (here, there) = (World::with_repository(&[]), World::with_repository(&["--object-format=sha256"]));
        let (here, there) = (here.open(), (there.open(), there));
        grown(&here, &mut chance, 14)?;
        let exported = here.history(&slug("p"), None)?;
        let mut events = sealed(&exported);
        for at in (1..events.len()).rev() {
            events.swap(at, chance.below(at + 1));
        }
        let taken = there.0.take_events(&slug("p"), &events, now())?;
        assert!(taken.new && taken.added == events.len(), "seed {seed}: all are new");
        let back = there.0.history(&slug("p"), None)?;
        assert_eq!(back.damage, vec![], "seed {seed}: the commits stand on those of the parents");
        assert_eq!(lines(&back), lines(&exported), "seed {seed}: the export is the same to the byte");
        assert_eq!(back.plan, exported.plan, "seed {seed}: and so is the state");
        there.1.assert_sound();
    }
    Ok(())
}

#[test]
fn a_plan_that_is_there_gains_what_it_has_not() -> Outcome {
    for seed in 10..16 {
        let mut chance = Chance(seed);
        let (here, there) = (World::with_repository(&[]), World::with_repository(&[]));
        let (here, there) = (here.open(), (there.open(), there));
        grown(&here, &mut chance, 14)?;
        let exported = here.history(&slug("p"), None)?;
        let events = sealed(&exported);
        let mut known = 0;
        // The plan's order has ancestors first, so any beginning of it is a version.
        while known < events.len() {
            let upto = (known + 1 + chance.below(5)).min(events.len());
            let taken = there.0.take_events(&slug("q"), &events[..upto], now())?;
            assert_eq!(taken.added, upto - known, "seed {seed}: what is there already is not added");
            let tip = there.1.git(&["rev-parse", "plans/q"]);
            there.0.take_events(&slug("q"), &events[..upto], now())?;
            assert_eq!(there.1.git(&["rev-parse", "plans/q"]), tip, "seed {seed}: again, it changes nothing");
            known = upto;
        }
        let reflog = there.1.git(&["log", "-g", "--format=%H", "plans/q"]);
        let tips: Vec<&str> = reflog.lines().collect();
        for pair in tips.windows(2) {
            there.1.git(&["merge-base", "--is-ancestor", pair[1], pair[0]]);
        }
        let back = there.0.history(&slug("q"), None)?;
        assert_eq!(back.damage, vec![], "seed {seed}");
        assert_eq!(lines(&back), lines(&exported), "seed {seed}: part by part, it is the same to the byte");
        there.1.assert_sound();
    }
    Ok(())
}

#[test]
fn events_of_another_plan_or_without_their_parents_are_refused() -> Outcome {
    let (here, there) = (World::with_repository(&[]), World::with_repository(&[]));
    let (here, there) = (here.open(), (there.open(), there));
    grown(&here, &mut Chance(1), 4)?;
    let events = sealed(&here.history(&slug("p"), None)?);
    let orphans = there.0.take_events(&slug("p"), &events[1..], now());
    assert!(matches!(orphans, Err(Error::NoSuchPoint { .. })), "a parent that is nowhere is named: {orphans:?}");
    assert!(there.0.tip(&slug("p"))?.is_none(), "and nothing is there");
    create(&there.0, "other")?;
    there.0.take_events(&slug("p"), &events, now())?;
    let tip = there.0.tip(&slug("other"))?;
    let other = there.0.take_events(&slug("other"), &events, now());
    assert!(matches!(other, Err(Error::PlanExists { .. })), "two beginnings are two plans: {other:?}");
    assert_eq!(there.0.tip(&slug("other"))?, tip, "and nothing has moved");
    Ok(())
}
