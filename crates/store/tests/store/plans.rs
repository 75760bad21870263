//! Plans written and read back: what was acknowledged is there, with and without snapshots, whatever is in the way.

use git_plan_core::change::*;
use git_plan_core::event::Context;
use git_plan_core::{Actor, Batch, Layout, Plan, RecordError, Text, Timestamp, Title};
use git_plan_store::{AppendError, Appended, Error, Point, Repository, Writer};

use crate::fixture::{Outcome, World, slug};

pub fn writer(millis: i64) -> Writer {
    let by = Actor { name: "Ada".into(), email: "ada@example.org".into() };
    Writer { by, at: Timestamp::from_millis(1_700_000_000_000 + millis), context: Context::default(), rehearse: false }
}

pub fn create(repository: &Repository, name: &str) -> Result<Appended, AppendError<RecordError>> {
    repository.create(&slug(name), &writer(0), |batch| {
        let title = Title::new(format!("Plan {name}")).map_err(text_error)?;
        let nonce = Title::new("nonce").map_err(text_error)?;
        batch.record(PlanCreated { layout: Layout::Execplan, nonce, slug: slug(name), title }).map(drop)
    })
}

fn text_error(error: git_plan_core::TextError) -> RecordError {
    RecordError::NoEffect { code: "text".into(), reason: error.to_string() }
}

pub fn add_step(batch: &mut Batch, text: &str) -> Result<(), RecordError> {
    let after = batch.plan().steps().last().map(|step| step.item.place.slot);
    let text = Text::new(text).map_err(text_error)?;
    batch.record(StepAdded { after, source: None, state: None, text, under: None }).map(drop)
}

pub fn append(
    repository: &Repository,
    name: &str,
    millis: i64,
    text: &str,
) -> Result<Appended, AppendError<RecordError>> {
    repository.append(&slug(name), &writer(millis), |batch| add_step(batch, text))
}

pub fn texts(plan: &Plan) -> Vec<String> {
    plan.steps().iter().map(|step| step.item.text().to_owned()).collect()
}

#[test]
fn what_was_appended_is_read_back_and_git_finds_nothing_wrong() -> Outcome {
    for arguments in [&[][..], &["--bare"], &["--object-format=sha256"], &["--ref-format=reftable"]] {
        let world = World::with_repository(arguments);
        let repository = world.open();
        create(&repository, "p")?;
        for i in 0..40 {
            append(&repository, "p", i, &format!("step {i}"))?;
        }
        let loaded = repository.load(&slug("p"), None)?;
        let expected: Vec<String> = (0..40).map(|i| format!("step {i}")).collect();
        assert_eq!(texts(&loaded.plan), expected, "{arguments:?}: every acknowledged step is there, in its order");
        assert_eq!(loaded.damage, vec![], "{arguments:?}: nothing is damaged");
        world.assert_sound();
        let log = world.git(&["log", "--format=%s", "plans/p"]);
        assert_eq!(log.lines().count(), 41, "{arguments:?}: one commit for each event");
        assert!(log.starts_with("Add step: step 39\n"), "{arguments:?}: git log is a readable history: {log}");
    }
    Ok(())
}

#[test]
fn state_is_the_same_with_without_and_with_a_damaged_snapshot() -> Outcome {
    let world = World::with_repository(&[]);
    let repository = world.open();
    create(&repository, "p")?;
    for i in 0..50 {
        append(&repository, "p", i, &format!("step {i}"))?;
    }
    let snapshot = repository.common_dir().join("git-plan/snapshots/p");
    assert!(snapshot.exists(), "so many appends leave a snapshot");
    let with = repository.load(&slug("p"), None)?.plan.to_view();
    let mut bytes = std::fs::read(&snapshot)?;
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    std::fs::write(&snapshot, bytes)?;
    let damaged = repository.load(&slug("p"), None)?.plan.to_view();
    std::fs::remove_file(&snapshot)?;
    let without = repository.load(&slug("p"), None)?.plan.to_view();
    assert_eq!(with, without, "a snapshot changes no output");
    assert_eq!(damaged, without, "a damaged snapshot is as good as none");
    Ok(())
}

trait View {
    fn to_view(&self) -> String;
}

impl View for Plan {
    fn to_view(&self) -> String {
        git_plan_core::view::render(self, Layout::Execplan)
    }
}

#[test]
fn a_plan_with_a_junk_commit_is_reported_and_not_written_to() -> Outcome {
    let world = World::with_repository(&[]);
    let repository = world.open();
    create(&repository, "p")?;
    create(&repository, "sound")?;
    append(&repository, "p", 1, "before the junk")?;
    let junk =
        world.git(&["commit-tree", "-m", "junk", "-p", "refs/plans/p", "4b825dc642cb6eb9a060e54bf8d69288fbee4904"]);
    world.git(&["update-ref", "refs/plans/p", &junk]);
    let loaded = repository.load(&slug("p"), None)?;
    assert_eq!(texts(&loaded.plan), ["before the junk"], "the readable part is shown");
    assert_eq!(loaded.damage[0].commit.to_string(), junk, "the damage is reported with its commit");
    match append(&repository, "p", 2, "after the junk") {
        Err(AppendError::Store(Error::PlanDamaged { commit, .. })) => {
            assert_eq!(commit.to_string(), junk, "the refusal names the commit");
        }
        other => return Err(format!("a damaged plan is not written to, but: {other:?}").into()),
    }
    append(&repository, "sound", 2, "unharmed")?;
    let summaries = repository.summaries()?;
    let damaged: Vec<bool> = summaries.iter().map(|summary| summary.damaged.is_some()).collect();
    assert_eq!(damaged, [true, false], "the list shows both plans, and which one is damaged");
    Ok(())
}

#[test]
fn a_missing_commit_is_reported_and_the_rest_is_read() -> Outcome {
    let world = World::with_repository(&[]);
    let repository = world.open();
    create(&repository, "p")?;
    let lost = append(&repository, "p", 1, "lost")?.tip.to_string();
    append(&repository, "p", 2, "kept")?;
    std::fs::remove_file(repository.common_dir().join("objects").join(&lost[..2]).join(&lost[2..]))?;
    let loaded = world.open().load(&slug("p"), None)?;
    assert!(
        loaded.damage.iter().any(|damage| lost == *damage.commit.to_hex().to_string()),
        "the missing commit is named"
    );
    Ok(())
}

#[test]
fn an_event_that_names_other_parents_than_its_commit_has_is_damage() -> Outcome {
    let world = World::with_repository(&[]);
    let repository = world.open();
    create(&repository, "p")?;
    append(&repository, "p", 1, "one")?;
    append(&repository, "p", 2, "two")?;
    let message = world.git(&["log", "-1", "--format=%B", "plans/p"]);
    let moved =
        world.git(&["commit-tree", "-m", &message, "-p", "plans/p~2", "4b825dc642cb6eb9a060e54bf8d69288fbee4904"]);
    world.git(&["update-ref", "refs/plans/p", &moved]);
    let loaded = repository.load(&slug("p"), None)?;
    assert_eq!(loaded.damage[0].commit.to_string(), moved, "the commit whose event was taken elsewhere is named");
    Ok(())
}

#[test]
fn an_earlier_point_is_found_by_event_revision_and_time() -> Outcome {
    let world = World::with_repository(&[]);
    let repository = world.open();
    create(&repository, "p")?;
    let mut events = Vec::new();
    for i in 1..=4 {
        events.push(append(&repository, "p", i * 60_000, &format!("step {i}"))?.events[0].id);
    }
    let now = Timestamp::from_millis(1_700_000_000_000 + 3_600_000);
    let at = |name: &str| -> Result<usize, Error> {
        let point = Point { name, now };
        let history = repository.history(&slug("p"), Some(point))?;
        let loaded = repository.load(&slug("p"), Some(point))?;
        assert_eq!(history.plan, loaded.plan, "with and without its events it is the same plan");
        assert_eq!(history.plan.count() as usize, history.entries.len(), "and these are its events");
        Ok(loaded.plan.steps().len())
    };
    assert_eq!(at(&events[1].prefix(12))?, 2, "an event and its ancestors");
    assert_eq!(at("plans/p~3")?, 1, "a git revision of the plan");
    assert_eq!(at("2023-11-14T22:15:30Z")?, 2, "a time");
    assert_eq!(at("57 minutes ago")?, 3, "a time in words, counted from the time at hand");
    assert_eq!(at("-0")?, 4, "the tip");
    assert_eq!(at("-3")?, 1, "so many events back");
    for none in ["HEAD", "1999-01-01", "3 hours ago", "-5", "yesteryear", "0000"] {
        assert!(matches!(at(none), Err(Error::NoSuchPoint { .. })), "{none:?} is no point of the plan");
    }
    Ok(())
}

#[test]
fn a_batch_is_one_move_of_the_ref() -> Outcome {
    let world = World::with_repository(&[]);
    let repository = world.open();
    create(&repository, "p")?;
    repository.append(&slug("p"), &writer(5), |batch| (0..30).try_for_each(|i| add_step(batch, &format!("s{i}"))))?;
    assert_eq!(world.git(&["reflog", "show", "plans/p"]).lines().count(), 2, "thirty events moved the ref once");
    let refused = repository.append(&slug("p"), &writer(6), |batch| {
        add_step(batch, "never")?;
        Err(RecordError::NoEffect { code: "test".into(), reason: "is refused".into() })
    });
    assert!(matches!(refused, Err(AppendError::Refused(_))), "a refusal is passed on");
    assert_eq!(repository.load(&slug("p"), None)?.plan.steps().len(), 30, "nothing of a refused batch is written");
    Ok(())
}

#[test]
fn joins_are_looked_through_and_concurrent_events_are_all_there() -> Outcome {
    let world = World::with_repository(&[]);
    let repository = world.open();
    create(&repository, "p")?;
    let base = append(&repository, "p", 1, "base")?.tip.to_string();
    append(&repository, "p", 2, "left")?;
    world.git(&["update-ref", "refs/plans/q", &base]);
    append(&repository, "q", 3, "right")?;
    let tree = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";
    let join = world.git(&["commit-tree", "-m", "Join", "-p", "refs/plans/p", "-p", "refs/plans/q", tree]);
    world.git(&["update-ref", "refs/plans/p", &join]);
    append(&repository, "p", 4, "after")?;
    let loaded = repository.load(&slug("p"), None)?;
    assert_eq!(loaded.damage, vec![], "a join is no damage, and the event on it names both heads");
    let mut found = texts(&loaded.plan);
    found.sort();
    assert_eq!(found, ["after", "base", "left", "right"], "no side of a fork is lost");
    Ok(())
}

#[test]
fn a_join_of_joins_shows_no_event_that_another_descends_from() -> Outcome {
    let world = World::with_repository(&[]);
    let repository = world.open();
    create(&repository, "p")?;
    let tree = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";
    let base = append(&repository, "p", 1, "base")?.tip.to_string();
    let a = append(&repository, "p", 2, "a")?.tip.to_string();
    append(&repository, "p", 3, "after a")?;
    world.git(&["update-ref", "refs/plans/q", &base]);
    append(&repository, "q", 4, "b")?;
    let inner = world.git(&["commit-tree", "-m", "Join", "-p", &a, "-p", "refs/plans/q", tree]);
    let outer = world.git(&["commit-tree", "-m", "Join", "-p", &inner, "-p", "refs/plans/p", tree]);
    world.git(&["update-ref", "refs/plans/p", &outer]);
    append(&repository, "p", 5, "on top")?;
    let loaded = repository.load(&slug("p"), None)?;
    assert_eq!(loaded.damage, vec![], "an honest event on a join of joins is no damage");
    assert_eq!(loaded.plan.heads().len(), 1, "it saw both sides");
    Ok(())
}

#[test]
fn a_time_before_1970_makes_a_commit_that_git_takes() -> Outcome {
    let world = World::with_repository(&[]);
    let repository = world.open();
    create(&repository, "p")?;
    repository.append(&slug("p"), &writer(-1_800_000_000_000), |batch| add_step(batch, "long ago"))?;
    world.assert_sound();
    assert_eq!(repository.load(&slug("p"), None)?.damage, vec![], "the plan is sound");
    Ok(())
}

#[test]
fn a_bulk_of_events_is_read_whole() -> Outcome {
    let world = World::with_repository(&[]);
    world.git(&["config", "plan.fsync", "false"]);
    let repository = world.open();
    create(&repository, "p")?;
    let note = |batch: &mut Batch, i: usize| {
        let (label, text) = (Title::new("Note").map_err(text_error)?, Text::new(format!("{i}")).map_err(text_error)?);
        batch
            .record(NoteAdded { after: None, corrects: None, label, on: None, source: None, text, under: None })
            .map(drop)
    };
    repository.append(&slug("p"), &writer(1), |batch| (0..3000).try_for_each(|i| note(batch, i)))?;
    assert_eq!(repository.load(&slug("p"), None)?.plan.count(), 3001, "a long chain is read whole");
    Ok(())
}
