//! Snapshots: whatever is wrong with one, every output is what it is without.

use std::path::PathBuf;

use git_plan_core::change::*;
use git_plan_core::event::Context;
use git_plan_core::state::Branch;
use git_plan_core::{Actor, Batch, Field, Kind, Layout, Parent, RecordError, Role, Text, Timestamp, Title, view};
use git_plan_store::{Repository, Writer};

use crate::fixture::{Outcome, World, slug};

type Made = Result<(), RecordError>;

fn writer(millis: i64) -> Writer {
    let by = Actor { name: "Ada".into(), email: "ada@example.org".into() };
    Writer { by, at: Timestamp::from_millis(1_700_000_000_000 + millis), context: Context::default(), rehearse: false }
}

fn text_error(error: git_plan_core::TextError) -> RecordError {
    RecordError::NoEffect { code: "text".into(), reason: error.to_string() }
}

fn add_step(batch: &mut Batch, text: &str) -> Made {
    let after = batch.plan().last_slot(Branch::Items(Parent::Standing(Role::Steps)));
    let text = Text::new(text).map_err(text_error)?;
    batch.record(StepAdded { after, source: None, state: None, text, under: None }).map(drop)
}

/// A plan of a few steps and enough events for a snapshot, which is kept at the last of them.
fn plan_with_snapshot(world: &World, steps: usize) -> Result<(Repository, PathBuf), Box<dyn std::error::Error>> {
    world.git(&["config", "plan.fsync", "false"]);
    let repository = world.open();
    let made = repository.create(&slug("p"), &writer(0), |batch| -> Made {
        let title = Title::new("Plan").map_err(text_error)?;
        let created = PlanCreated { layout: Layout::Execplan, nonce: title.clone(), slug: slug("p"), title };
        batch.record(created)?;
        (0..steps).try_for_each(|i| add_step(batch, &format!("step {i}")))?;
        (0..16).try_for_each(|i| {
            let value = Text::new(format!("{i}")).map_err(text_error)?;
            batch.record(FieldSet { field: Field::Summary, value }).map(drop)
        })
    });
    made?;
    let snapshot = repository.common_dir().join("git-plan/snapshots/p");
    assert!(snapshot.exists(), "so many events leave a snapshot");
    Ok((repository, snapshot))
}

/// What a reader and a writer make of a plan: its view, and the commit of the writer's events.
fn outcome(repository: &Repository) -> Result<(String, String), Box<dyn std::error::Error>> {
    let seen = view::render(&repository.load(&slug("p"), None)?.plan, Layout::Execplan);
    Ok((seen, append(repository)?))
}

/// Appends what looks at many pages, and takes it back. The commit's id tells whether it was the same.
fn append(repository: &Repository) -> Result<String, Box<dyn std::error::Error>> {
    let reference = repository.common_dir().join("refs/plans/p");
    let before = std::fs::read(&reference)?;
    let appended = repository.append(&slug("p"), &writer(99), |batch| -> Made {
        add_step(batch, "one more")?;
        let Some(step) = batch.plan().by_number(Kind::Step, "2").map(|step| step.id()) else {
            return Err(RecordError::NoEffect { code: "test".into(), reason: "finds no second step".into() });
        };
        batch.record(StepCompleted { evidence: vec![], step }).map(drop)
    })?;
    let steps = appended.look(repository, |plan| plan.steps().len())?;
    assert_eq!(steps, appended.into_whole(repository)?.0.steps().len(), "a look sees what the whole plan has");
    let tip = std::fs::read_to_string(&reference)?;
    std::fs::write(&reference, before)?;
    Ok(tip)
}

#[test]
fn a_flipped_bit_anywhere_in_a_snapshot_changes_no_output() -> Outcome {
    let world = World::with_repository(&[]);
    let (repository, snapshot) = plan_with_snapshot(&world, 2)?;
    let sound = std::fs::read(&snapshot)?;
    std::fs::remove_file(&snapshot)?;
    let without = outcome(&repository)?;
    for at in 0..sound.len() {
        let mut damaged = sound.clone();
        damaged[at] ^= 1 << (at % 8);
        std::fs::write(&snapshot, damaged)?;
        assert_eq!(outcome(&repository)?, without, "byte {at} of the snapshot is damaged, which changes nothing");
    }
    Ok(())
}

#[test]
fn a_snapshot_cut_off_anywhere_changes_no_output() -> Outcome {
    let world = World::with_repository(&[]);
    let (repository, snapshot) = plan_with_snapshot(&world, 2)?;
    let sound = std::fs::read(&snapshot)?;
    std::fs::remove_file(&snapshot)?;
    let without = outcome(&repository)?;
    for len in (0..=sound.len()).rev().step_by(3) {
        std::fs::write(&snapshot, &sound[..len])?;
        assert_eq!(outcome(&repository)?, without, "of the snapshot {len} bytes are left, which changes nothing");
    }
    Ok(())
}

#[test]
fn a_snapshot_grows_by_what_changed_and_is_made_anew_when_most_of_it_is_of_no_use() -> Outcome {
    let world = World::with_repository(&[]);
    let (repository, snapshot) = plan_with_snapshot(&world, 100)?;
    let (mut shrank, mut before) = (0, std::fs::metadata(&snapshot)?.len());
    for i in 0..60 {
        let steps = |batch: &mut Batch| (0..16).try_for_each(|j| add_step(batch, &format!("later {i}.{j}")));
        repository.append(&slug("p"), &writer(100 + i), steps)?;
        let now = std::fs::metadata(&snapshot)?.len();
        shrank += usize::from(now < before);
        assert!(now < before + (128 << 10), "one snapshot more takes what changed, however much there is");
        before = now;
    }
    assert!(shrank > 0, "what is of no use is let go now and then");
    let kept = repository.load(&slug("p"), None)?;
    assert_eq!(kept.plan.steps().len(), 1060, "every step is there");
    let kept = view::render(&kept.plan, Layout::Execplan);
    std::fs::remove_file(&snapshot)?;
    let replayed = view::render(&repository.load(&slug("p"), None)?.plan, Layout::Execplan);
    assert_eq!(kept, replayed, "a snapshot that has grown changes no output");
    Ok(())
}
