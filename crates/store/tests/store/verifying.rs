//! Checks: whatever we wrote is sound, in every kind of repository, and a kept state is not believed.

use std::collections::BTreeSet;
use std::fs;

use git_plan_core::audit::Code;
use git_plan_core::{Batch, Timestamp};
use git_plan_store::Repository;

use crate::fixture::{Outcome, World, slug};
use crate::plans::{add_step, append, create, writer};

/// The kinds of what is found in a plan, in the order in which it is told.
fn found(repository: &Repository, name: &str) -> Result<Vec<Code>, git_plan_store::Error> {
    let now = Timestamp::from_millis(1_700_000_100_000);
    let verified = repository.verify(&slug(name), now, true)?;
    Ok(verified.audit.findings.iter().map(|finding| finding.code).collect())
}

#[test]
fn whatever_was_written_is_sound_in_every_kind_of_repository() -> Outcome {
    for arguments in [&[][..], &["--bare"], &["--object-format=sha256"], &["--ref-format=reftable"]] {
        let world = World::with_repository(arguments);
        let repository = world.open();
        let base = BTreeSet::from([create(&repository, "p")?.events[0].id]);
        for n in 0..20 {
            append(&repository, "p", n, "left")?;
            let right = |batch: &mut Batch| add_step(batch, "right");
            repository.append_at(&slug("p"), &writer(n), &base, right, |_| Ok(()))?;
        }
        assert_eq!(found(&repository, "p")?, [], "{arguments:?}: joins of joins, and a kept state");
        world.git(&["gc", "--quiet"]);
        assert_eq!(found(&world.open(), "p")?, [], "{arguments:?}: packed");
    }
    Ok(())
}

#[test]
fn a_kept_state_that_is_not_what_the_events_make_is_found() -> Outcome {
    let world = World::with_repository(&[]);
    world.git(&["config", "plan.fsync", "false"]);
    let repository = world.open();
    for name in ["p", "q"] {
        create(&repository, name)?;
        (0..70).try_for_each(|n| append(&repository, name, n, &format!("{name} {n}")).map(drop))?;
    }
    let snapshots = world.repository().join(".git/git-plan/snapshots");
    fs::remove_dir_all(&snapshots)?;
    let tip = |name: &str| -> Result<Vec<u8>, git_plan_store::Error> {
        Ok(repository.load(&slug(name), None)?.tip.as_slice().to_vec())
    };
    // Readers of so many events keep the state at the tip.
    let (of_p, of_q) = (tip("p")?, tip("q")?);
    assert_eq!(found(&repository, "p")?, [], "what was kept is what the events make");
    // The state of another plan, said to be that of this one, with checksums that fit.
    let mut bytes = fs::read(snapshots.join("q"))?;
    let end = bytes.len() - 36;
    let length: [u8; 4] = bytes[end..end + 4].try_into()?;
    let start = end - u32::from_le_bytes(length) as usize;
    let sum = |head: &[u8], format: u32| {
        let name = format!("git-plan state {format} {}", env!("CARGO_PKG_VERSION"));
        *blake3::Hasher::new().update(name.as_bytes()).update(head).finalize().as_bytes()
    };
    let format = (0..1000).find(|format| sum(&bytes[start..end], *format)[..] == bytes[end + 4..]).ok_or("a format")?;
    assert!(bytes[start..].starts_with(&of_q), "the head begins with the commit");
    bytes[start..start + of_p.len()].copy_from_slice(&of_p);
    let forged = sum(&bytes[start..end], format);
    bytes[end + 4..].copy_from_slice(&forged);
    fs::write(snapshots.join("p"), bytes)?;
    assert_eq!(found(&world.open(), "p")?, [Code::SnapshotDiffers], "it is believed by nobody who checks");
    Ok(())
}
