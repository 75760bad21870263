//! A repository whose refs only git can read.

use git_plan_store::{Error, Expected, RefStorage, Repository};

use crate::fixture::{Outcome, PATIENCE, World, append, committer, slug, write_commit};

#[test]
fn plans_in_a_reftable_are_moved_listed_and_logged_through_git() -> Outcome {
    let world = World::with_repository(&["--ref-format=reftable"]);
    let repository = world.open();
    assert_eq!(repository.ref_storage(), RefStorage::Reftable);
    assert_eq!((repository.head_commit()?, repository.head_branch()?.as_deref()), (None, Some("main")));
    let first = append(&repository, "p")?;
    let second = append(&repository, "p")?;
    append(&repository, "q")?;
    assert_eq!(world.git(&["rev-parse", "refs/plans/p"]), second.to_string());
    assert_eq!(world.git(&["rev-parse", "plans/p@{1}"]), first.to_string(), "there is a reflog");
    assert_eq!(repository.list_refs("refs/plans/")?.len(), 2);
    assert_eq!(repository.tip(&slug("none"))?, None);
    let lock = repository.lock_plan(&slug("p"), PATIENCE)?;
    let late = write_commit(&repository, Some(first), "late");
    let error = lock.publish(Expected::At(first), late, &committer(&repository), "late").expect_err("it has moved");
    assert!(matches!(error, Error::RefMoved { found, .. } if found == Some(second)), "{error}");
    world.git(&["commit", "--quiet", "--allow-empty", "-m", "first"]);
    assert_eq!(repository.head_commit()?.map(|id| id.to_string()), Some(world.git(&["rev-parse", "HEAD"])));
    world.git(&["checkout", "--quiet", "--detach"]);
    assert_eq!(Repository::open(&world.repository(), &world.env)?.head_branch()?, None);
    world.assert_sound();
    Ok(())
}
