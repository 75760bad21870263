//! Writing at an earlier version: both lines stay whole, and stock git finds nothing wrong with how they are joined.

use std::collections::BTreeSet;

use git_plan_core::{Batch, EventId, Plan, RecordError};
use git_plan_store::{AppendError, Appended, Error, ObjectId, Repository};

use crate::fixture::{Outcome, World, slug};
use crate::plans::{add_step, append, create, texts, writer};

fn append_at(
    repository: &Repository,
    base: &BTreeSet<EventId>,
    millis: i64,
    text: &str,
) -> Result<Appended, AppendError<RecordError>> {
    repository.append_at(&slug("p"), &writer(millis), base, |batch| add_step(batch, text), |_| Ok(()))
}

fn heads(repository: &Repository) -> Result<BTreeSet<EventId>, Error> {
    Ok(repository.load(&slug("p"), None)?.plan.heads().clone())
}

fn ids(repository: &Repository) -> Result<BTreeSet<EventId>, Error> {
    Ok(repository.history(&slug("p"), None)?.entries.iter().map(|entry| entry.event.id).collect())
}

#[test]
fn an_event_at_a_base_names_the_base_and_is_joined_with_the_tip() -> Outcome {
    for arguments in [&[][..], &["--bare"], &["--object-format=sha256"], &["--ref-format=reftable"]] {
        let world = World::with_repository(arguments);
        let repository = world.open();
        let base = BTreeSet::from([create(&repository, "p")?.events[0].id]);
        append(&repository, "p", 1, "left")?;
        let done = append_at(&repository, &base, 2_000, "right")?;
        assert_eq!(done.events[0].parents, base.iter().copied().collect::<Vec<_>>(), "the parents are what was seen");
        let loaded = repository.load(&slug("p"), None)?;
        assert_eq!(loaded.damage, vec![], "{arguments:?}: a joined plan is sound");
        assert_eq!(loaded.plan.heads().len(), 2, "{arguments:?}: neither side saw the other");
        let mut found = texts(&loaded.plan);
        found.sort();
        assert_eq!(found, ["left", "right"], "{arguments:?}: both sides are there");
        world.assert_sound();
        let join = world.git(&["cat-file", "commit", "plans/p"]);
        let parents: Vec<&str> = join.lines().filter_map(|line| line.strip_prefix("parent ")).collect();
        assert!(parents.len() == 2 && parents.is_sorted(), "{arguments:?}: the parents are sorted: {join}");
        let nobody = "git-plan <git-plan@localhost> 1700000002 +0000";
        let rest = format!("author {nobody}\ncommitter {nobody}\n\nJoin");
        assert!(
            join.ends_with(&rest),
            "{arguments:?}: a join says nothing but its parents, at the latest's time: {join}"
        );
        assert_eq!(world.git(&["reflog", "show", "plans/p"]).lines().count(), 3, "{arguments:?}: the ref moved once");
    }
    Ok(())
}

#[test]
fn a_base_that_is_the_tip_makes_no_join() -> Outcome {
    let world = World::with_repository(&[]);
    let repository = world.open();
    let root = create(&repository, "p")?.events[0].id;
    let tip = append(&repository, "p", 1, "one")?.events[0].id;
    // An ancestor of what was seen was seen as well, and adds nothing.
    append_at(&repository, &[root, tip].into(), 2, "two")?;
    append_at(&repository, &heads(&repository)?, 3, "three")?;
    assert_eq!(world.git(&["log", "--merges", "plans/p"]), "", "nothing is joined where nothing forked");
    assert_eq!(
        texts(&repository.load(&slug("p"), None)?.plan),
        ["one", "two", "three"],
        "they are one after the other"
    );
    Ok(())
}

#[test]
fn a_base_of_several_heads_is_a_version_too() -> Outcome {
    let world = World::with_repository(&[]);
    let repository = world.open();
    let root = BTreeSet::from([create(&repository, "p")?.events[0].id]);
    append(&repository, "p", 1, "a")?;
    append_at(&repository, &root, 2, "b")?;
    let both = heads(&repository)?;
    assert_eq!(both.len(), 2, "two heads");
    append_at(&repository, &both, 3, "on both")?;
    assert_eq!(heads(&repository)?.len(), 1, "what saw both heads is the only head");
    append_at(&repository, &root, 4, "c")?;
    append_at(&repository, &both, 5, "on both again")?;
    let loaded = repository.load(&slug("p"), None)?;
    assert_eq!(loaded.damage, vec![], "joins below joins are looked through");
    let mut found = texts(&loaded.plan);
    found.sort();
    assert_eq!(found, ["a", "b", "c", "on both", "on both again"], "nothing is lost");
    world.assert_sound();
    Ok(())
}

#[test]
fn what_is_refused_on_sight_of_the_whole_is_not_written() -> Outcome {
    let world = World::with_repository(&[]);
    let repository = world.open();
    let base = BTreeSet::from([create(&repository, "p")?.events[0].id]);
    append(&repository, "p", 1, "left")?;
    let before = world.git(&["rev-parse", "plans/p"]);
    let objects = world.git(&["count-objects"]);
    let refused = repository.append_at(
        &slug("p"),
        &writer(2),
        &base,
        |batch| add_step(batch, "right"),
        |sides| {
            assert_eq!(texts(sides.tip), ["left"], "the tip is shown");
            assert_eq!(texts(sides.own), ["right"], "and what the author saw, with the events");
            assert_eq!(texts(sides.joined).len(), 2, "and both together");
            Err(RecordError::NoEffect { code: "test".into(), reason: "is refused".into() })
        },
    );
    assert!(matches!(refused, Err(AppendError::Refused(_))), "the refusal is passed on");
    assert_eq!(world.git(&["rev-parse", "plans/p"]), before, "the ref is where it was");
    assert_eq!(world.git(&["count-objects"]), objects, "and no object is left behind");
    let unknown = BTreeSet::from([EventId::of(b"nowhere")]);
    let refused = append_at(&repository, &unknown, 3, "nowhere");
    assert!(matches!(refused, Err(AppendError::Store(Error::NoSuchPoint { .. }))), "a base must be of the plan");
    Ok(())
}

#[test]
fn the_same_event_at_the_same_base_is_there_once() -> Outcome {
    let world = World::with_repository(&[]);
    let repository = world.open();
    let base = BTreeSet::from([create(&repository, "p")?.events[0].id]);
    append(&repository, "p", 1, "left")?;
    let first = append_at(&repository, &base, 2, "right")?;
    let again = append_at(&repository, &base, 2, "right")?;
    assert_eq!(again.events[0].id, first.events[0].id, "it is the same event");
    assert_eq!(again.tip, first.tip, "and the plan has not moved");
    Ok(())
}

/// Numbers that look random and are the same in every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % sides
    }
}

/// Joined history = set union: whatever forks and joins there were, the plan is the fold of all that was acknowledged,
/// and each event was computed from what lies below it alone.
#[test]
fn a_joined_history_is_the_union_of_what_was_acknowledged() -> Outcome {
    for seed in 1..=6 {
        let world = World::with_repository(&[]);
        world.git(&["config", "plan.fsync", "false"]);
        let repository = world.open();
        let mut dice = Dice(seed);
        let mut acknowledged = create(&repository, "p")?.events;
        let mut versions = vec![BTreeSet::from([acknowledged[0].id])];
        for step in 0..24 {
            let base = versions[dice.roll(versions.len())].clone();
            let several = dice.roll(3);
            let record = |batch: &mut Batch| {
                assert_eq!(*batch.plan().heads(), base, "seed {seed}: it is computed from the base alone");
                (0..=several).try_for_each(|part| add_step(batch, &format!("{step}.{part}")))
            };
            let done = repository.append_at(&slug("p"), &writer(step), &base, record, |_| Ok(()))?;
            versions.extend(done.events.last().map(|event| BTreeSet::from([event.id])));
            acknowledged.extend(done.events);
            versions.push(heads(&repository)?);
        }
        let loaded = repository.load(&slug("p"), None)?;
        assert_eq!(loaded.damage, vec![], "seed {seed}: every join is sound");
        let union: BTreeSet<EventId> = acknowledged.iter().map(|event| event.id).collect();
        assert_eq!(ids(&repository)?, union, "seed {seed}: the joined history is the union of its sides");
        acknowledged.reverse();
        let folded = Plan::replay(&acknowledged).to_json();
        assert!(loaded.plan.to_json() == folded, "seed {seed}: and the plan is what that union says");
        world.assert_sound();
    }
    Ok(())
}

#[test]
fn two_clones_that_join_the_same_commits_make_the_same_commit() -> Outcome {
    let tips: Vec<ObjectId> = (0..2)
        .map(|turn| -> Result<ObjectId, Box<dyn std::error::Error>> {
            let mut world = World::with_repository(&[]);
            // Whoever puts a join into a repository is not named by it.
            world.env = world.env.clone().with("GIT_COMMITTER_DATE", format!("17{turn}0000000 +0{turn}00"));
            let repository = world.open();
            let base = BTreeSet::from([create(&repository, "p")?.events[0].id]);
            append(&repository, "p", 1, "left")?;
            Ok(append_at(&repository, &base, 2, "right")?.tip)
        })
        .collect::<Result<_, _>>()?;
    assert_eq!(tips[0], tips[1], "a join is a function of its parents");
    Ok(())
}
