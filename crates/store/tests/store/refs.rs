//! The files backend, and what happens to it beside git.

use std::fs;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use git_plan_store::{Error, Expected, ObjectId, Repository};

use crate::fixture::{Outcome, PATIENCE, World, append, committer, number, slug, write_commit};

#[test]
fn a_published_ref_is_what_git_reads_loose_and_packed() -> Outcome {
    let world = World::with_repository(&[]);
    let repository = world.open();
    append(&repository, "p")?;
    let loose = append(&repository, "p")?;
    assert_eq!(world.git(&["rev-parse", "refs/plans/p"]), loose.to_string());
    world.git(&["pack-refs", "--all"]);
    assert_eq!(repository.tip(&slug("p"))?, Some(loose), "a packed ref is found");
    let next = append(&repository, "p")?;
    assert_eq!(world.git(&["rev-parse", "plans/p"]), next.to_string(), "a loose ref wins over the packed one");
    assert_eq!(repository.tip(&slug("q"))?, None, "another plan is none");
    world.assert_sound();
    Ok(())
}

#[test]
fn a_lost_race_is_an_error_that_names_both_tips_and_changes_nothing() -> Outcome {
    let world = World::with_repository(&[]);
    let repository = world.open();
    let first = append(&repository, "p")?;
    let second = append(&repository, "p")?;
    let late = write_commit(&repository, Some(first), "late");
    for expected in [Expected::At(first), Expected::Absent] {
        let lock = repository.lock_plan(&slug("p"), PATIENCE)?;
        let error = lock.publish(expected, late, &committer(&repository), "late").expect_err("the plan has moved");
        let Error::RefMoved { expected: believed, found, .. } = &error else { return Err(error.into()) };
        assert_eq!((*believed, *found), (expected.tip(), Some(second)), "{error}");
        assert_eq!(lock.tip()?, Some(second), "failed means that the ref does not have the value");
    }
    assert_eq!(leftovers(&world), Vec::<String>::new(), "no lock outlives its use");
    Ok(())
}

#[test]
fn a_race_lost_to_a_packed_ref_is_detected_too() -> Outcome {
    let world = World::with_repository(&[]);
    let repository = world.open();
    let first = append(&repository, "p")?;
    let second = write_commit(&repository, Some(first), "2");
    let lock = repository.lock_plan(&slug("p"), PATIENCE)?;
    let tip = lock.tip()?;
    world.git(&["update-ref", "refs/plans/p", &second.to_string(), &first.to_string()]);
    world.git(&["pack-refs", "--all"]);
    let mine = write_commit(&repository, tip, "mine");
    let error = lock.publish(tip.into(), mine, &committer(&repository), "mine").expect_err("git was first");
    assert_eq!(error.code(), "ref-moved", "{error}");
    Ok(())
}

#[test]
fn a_value_that_is_already_there_is_a_success() -> Outcome {
    let world = World::with_repository(&[]);
    let repository = world.open();
    let id = append(&repository, "p")?;
    let lock = repository.lock_plan(&slug("p"), PATIENCE)?;
    lock.publish(Expected::Absent, id, &committer(&repository), "again")?;
    Ok(())
}

#[test]
fn a_foreign_lock_is_reported_by_path_and_left_alone() -> Outcome {
    let world = World::with_repository(&[]);
    let repository = world.open();
    let id = append(&repository, "p")?;
    let path = world.repository().join(".git/refs/plans/p.lock");
    fs::write(&path, "")?;
    let lock = repository.lock_plan(&slug("p"), Duration::ZERO)?;
    let next = write_commit(&repository, Some(id), "2");
    let error = lock.publish(Expected::At(id), next, &committer(&repository), "x").expect_err("git holds the lock");
    assert_eq!(error.code(), "foreign-lock");
    assert!(error.to_string().contains(&path.display().to_string()), "the file is named: {error}");
    assert!(path.exists(), "it is not ours to remove");
    drop(lock);
    assert_eq!(repository.tip(&slug("p"))?, Some(id), "reading goes on, and the ref has not moved");
    fs::remove_file(&path)?;
    append(&repository, "p")?;
    assert_eq!(leftovers(&world), Vec::<String>::new());
    Ok(())
}

#[test]
fn the_lock_of_a_dead_predecessor_is_known_by_its_inode_and_cleared() -> Outcome {
    let world = World::with_repository(&[]);
    let repository = world.open();
    let id = append(&repository, "p")?;
    let new = world.repository().join(".git/git-plan/locks/p.new");
    let lock = world.repository().join(".git/refs/plans/p.lock");
    fs::write(&new, "half a val")?;
    fs::hard_link(&new, &lock)?;
    append(&repository, "p")?;
    fs::write(&new, format!("{id}\n"))?;
    append(&repository, "p")?;
    fs::hard_link(world.repository().join(".git/refs/plans/p"), &new)?;
    let last = append(&repository, "p")?;
    assert_eq!(number(&repository, last), 4, "killed before, at and after the rename: the next writer goes on");
    assert_eq!(leftovers(&world), Vec::<String>::new());
    Ok(())
}

#[test]
fn a_writer_that_waits_too_long_is_told_that_the_plan_is_busy() -> Outcome {
    let world = World::with_repository(&[]);
    let (one, other) = (world.open(), world.open());
    let held = one.lock_plan(&slug("p"), PATIENCE)?;
    let error = other.lock_plan(&slug("p"), Duration::from_millis(5)).expect_err("it is held");
    assert_eq!(error.code(), "busy", "{error}");
    drop(other.lock_plan(&slug("q"), Duration::ZERO)?);
    drop(held);
    drop(other.lock_plan(&slug("p"), Duration::ZERO)?);
    Ok(())
}

#[test]
fn a_symbolic_plan_is_refused_and_does_not_hide_the_others() -> Outcome {
    let world = World::with_repository(&[]);
    let repository = world.open();
    let id = append(&repository, "p")?;
    world.git(&["symbolic-ref", "refs/plans/s", "refs/plans/p"]);
    fs::write(world.repository().join(".git/refs/plans/empty"), "")?;
    assert_eq!(repository.tip(&slug("s")).expect_err("it is symbolic").code(), "ref-damaged");
    assert_eq!(repository.tip(&slug("empty")).expect_err("it is empty").code(), "ref-damaged");
    let listed = repository.list_refs("refs/plans/")?;
    let sound: Vec<_> = listed.iter().filter_map(|listed| listed.tip.as_ref().ok()).collect();
    assert_eq!((listed.len(), sound), (3, vec![&id]), "the damaged are listed as damaged");
    Ok(())
}

#[test]
fn names_that_lead_out_of_the_refs_are_refused() {
    let repository = World::with_repository(&[]).open();
    for name in ["refs/../config", "HEAD", "refs//x", "/refs/x", "refs/plans/x.lock", "refs/plans/a b", ""] {
        assert!(repository.find_ref(name).is_err(), "{name:?}");
        assert!(repository.list_refs(&format!("{name}/")).is_err(), "{name:?}/");
    }
}

#[test]
fn a_listing_is_that_of_git_for_loose_packed_and_mixed_refs() -> Outcome {
    let world = World::with_repository(&[]);
    let repository = world.open();
    let id = write_commit(&repository, None, "1");
    let other = write_commit(&repository, Some(id), "2");
    create_refs(&world, (0..700).map(|i| format!("refs/plans/p{i:03}")), id)?;
    create_refs(&world, (0..300).map(|i| format!("refs/heads/b{i:03}")), id)?;
    create_refs(&world, (0..300).map(|i| format!("refs/plans-not/{i:03}")), id)?;
    world.git(&["tag", "-a", "-m", "t", "peeled", &id.to_string()]);
    assert_listing(&world, &repository)?;
    world.git(&["pack-refs", "--all"]);
    assert_listing(&world, &repository)?;
    create_refs(&world, (600..750).map(|i| format!("refs/plans/p{i:03}")), other)?;
    assert_listing(&world, &repository)?;
    for name in ["p000", "p349", "p599", "p600", "p699", "p749"] {
        let git = world.git(&["rev-parse", &format!("refs/plans/{name}")]);
        assert_eq!(repository.tip(&slug(name))?.map(|id| id.to_string()), Some(git), "{name} is found by bisection");
    }
    for name in ["a", "p", "p5", "p3490", "p750", "z"] {
        assert_eq!(repository.tip(&slug(name))?, None, "{name} is not there");
    }
    let packed = world.repository().join(".git/packed-refs");
    let sorted = fs::read_to_string(&packed)?;
    let unsorted: Vec<_> = sorted.lines().rev().filter(|line| !line.starts_with(['#', '^'])).collect();
    fs::write(&packed, unsorted.join("\n") + "\n")?;
    assert_listing(&world, &repository)
}

fn create_refs(world: &World, names: impl Iterator<Item = String>, id: ObjectId) -> Outcome {
    let lines: String = names.map(|name| format!("update {name} {id}\n")).collect();
    world.open().git(["update-ref", "--stdin"]).input(lines).run()?;
    Ok(())
}

fn assert_listing(world: &World, repository: &Repository) -> Outcome {
    let mut ours = String::new();
    for listed in repository.list_refs("refs/plans/")? {
        ours += &format!("{} {}\n", listed.tip?, listed.name);
    }
    let git = world.git(&["for-each-ref", "--format=%(objectname) %(refname)", "refs/plans/"]);
    assert_eq!(ours.trim(), git, "the same refs in the same order as git for-each-ref");
    Ok(())
}

#[test]
fn a_plan_below_or_above_another_ref_is_refused_as_git_refuses_it() -> Outcome {
    let world = World::with_repository(&[]);
    let repository = world.open();
    let id = write_commit(&repository, None, "1");
    world.git(&["update-ref", "refs/plans/p/deep", &id.to_string()]);
    for _ in ["loose", "packed"] {
        let lock = repository.lock_plan(&slug("p"), PATIENCE)?;
        let error = lock.publish(Expected::Absent, id, &committer(&repository), "x").expect_err("p/deep is there");
        assert!(error.to_string().contains("refs/plans/p/deep"), "the obstacle is named: {error}");
        world.git(&["pack-refs", "--all"]);
    }
    fs::create_dir_all(world.repository().join(".git/refs/plans/p/empty"))?;
    fs::create_dir_all(world.repository().join(".git/logs/refs/plans/p/empty"))?;
    world.git(&["update-ref", "-d", "refs/plans/p/deep"]);
    let created = append(&repository, "p")?;
    assert_eq!(world.git(&["rev-parse", "refs/plans/p"]), created.to_string(), "empty directories give way");
    Ok(())
}

#[test]
fn a_reflog_is_kept_although_git_is_told_to_keep_none() -> Outcome {
    for arguments in [&[] as &[&str], &["--bare"]] {
        let world = World::with_repository(arguments);
        world.git(&["config", "core.logAllRefUpdates", "false"]);
        let repository = world.open();
        let first = append(&repository, "p")?;
        let second = append(&repository, "p")?;
        assert_eq!(world.git(&["rev-parse", "plans/p@{1}"]), first.to_string());
        assert_eq!(world.git(&["rev-parse", "plans/p@{yesterday}"]), second.to_string(), "2023 is before yesterday");
        let log = world.git(&["reflog", "show", "--format=%H %gn %ge %gs", "refs/plans/p"]);
        let line = |id: ObjectId| format!("{id} Ada ada@example.org append");
        assert_eq!(log, format!("{}\n{}", line(second), line(first)), "git reads every line as its own");
    }
    Ok(())
}

#[test]
fn no_update_is_lost_and_no_tip_goes_back_beside_pack_refs_and_plain_git_writers() {
    const WRITERS: u32 = 4;
    const EACH: u32 = 50;
    const BY_GIT: u32 = 20;
    let world = World::with_repository(&[]);
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let packing = scope.spawn(|| {
            while !done.load(Ordering::Relaxed) {
                world.try_git(&["pack-refs", "--all"]);
            }
        });
        let reading = scope.spawn(|| {
            let (repository, mut last) = (world.open(), 0);
            while !done.load(Ordering::Relaxed) {
                let tip = repository.tip(&slug("p")).expect("the ref is readable at any moment");
                let now = tip.map_or(0, |tip| number(&repository, tip));
                assert!(now >= last, "a reader never sees the tip go back, saw {now} after {last}");
                last = now;
            }
        });
        let ours = (0..WRITERS).map(|_| {
            scope.spawn(|| {
                let repository = world.open();
                for _ in 0..EACH {
                    while let Err(error) = append(&repository, "p") {
                        assert_eq!(error.code(), "ref-moved", "only a lost race is tried again: {error}");
                    }
                }
            })
        });
        let mut writers: Vec<_> = ours.collect();
        writers.push(scope.spawn(|| append_with_git(&world, BY_GIT)));
        let failed = writers.into_iter().filter_map(|writer| writer.join().err()).count();
        done.store(true, Ordering::Relaxed);
        assert_eq!(failed, 0, "every writer ends well");
        assert!(packing.join().is_ok() && reading.join().is_ok(), "the reader saw nothing amiss");
    });
    let count = world.git(&["rev-list", "--count", "refs/plans/p"]);
    assert_eq!(count, (WRITERS * EACH + BY_GIT).to_string(), "every acknowledged update is in the history");
    assert_eq!(leftovers(&world), Vec::<String>::new());
    world.assert_sound();
}

/// A program that knows nothing of our locks.
fn append_with_git(world: &World, times: u32) {
    let repository = world.open();
    let mut done = 0;
    while done < times {
        let Some(tip) = repository.tip(&slug("p")).expect("a tip") else { continue };
        let next = write_commit(&repository, Some(tip), &format!("{}\n\nBy git", number(&repository, tip) + 1));
        let moved = world.try_git(&["update-ref", "refs/plans/p", &next.to_string(), &tip.to_string()]);
        done += u32::from(moved.status.success());
    }
}

/// Locks and unpublished values that lie about.
fn leftovers(world: &World) -> Vec<String> {
    let git = world.repository().join(".git");
    let names = ["refs/plans", "git-plan/locks"].into_iter().filter_map(|dir| fs::read_dir(git.join(dir)).ok());
    let names = names.flatten().flatten().map(|entry| entry.file_name().to_string_lossy().into_owned());
    names.filter(|name| name.ends_with(".lock") || name.ends_with(".new")).collect()
}
