//! Objects that we write and git reads, and the other way round.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use git_plan_store::{Durability, Hash, RawCommit};

use crate::fixture::{Outcome, SYNCED, World, append, raw_commit, slug, write_commit};

#[test]
fn git_accepts_what_is_written_with_either_hash() -> Outcome {
    for (format, hash) in [("sha1", Hash::Sha1), ("sha256", Hash::Sha256)] {
        let world = World::with_repository(&[&format!("--object-format={format}")]);
        let repository = world.open();
        assert_eq!(repository.hash(), hash);
        append(&repository, "p")?;
        let id = append(&repository, "p")?;
        world.assert_sound();
        let raw = world.git(&["cat-file", "commit", &id.to_string()]);
        let mut reader = repository.commit_reader()?;
        let commit = RawCommit::parse(reader.read(id)?)?;
        assert!(raw.ends_with("2") && commit.message == b"2\n" && commit.parents.len() == 1, "both read the same");
        assert_eq!(repository.commit_id(&raw_commit(&repository, Some(commit.parents[0]), "2"))?, id);
    }
    Ok(())
}

#[test]
fn an_object_is_read_only_and_written_once() -> Outcome {
    let world = World::with_repository(&[]);
    let repository = world.open();
    let id = write_commit(&repository, None, "1").to_string();
    let path = world.repository().join(".git/objects").join(&id[..2]).join(&id[2..]);
    assert_eq!(fs::metadata(&path)?.permissions().mode() & 0o777, 0o444, "as git leaves it");
    let old = std::time::SystemTime::UNIX_EPOCH;
    fs::File::open(&path)?.set_modified(old)?;
    let inode = std::os::unix::fs::MetadataExt::ino(&fs::metadata(&path)?);
    write_commit(&repository, None, "1");
    assert_eq!(std::os::unix::fs::MetadataExt::ino(&fs::metadata(&path)?), inode, "it is not written twice");
    assert!(fs::metadata(&path)?.modified()? > old, "but touched, so that no gc takes it for old");
    Ok(())
}

#[test]
fn a_shared_repository_stays_shared() -> Outcome {
    let world = World::with_repository(&["--shared=group"]);
    let repository = world.open();
    let id = append(&repository, "p")?.to_string();
    let mode = |path: &str| -> Result<u32, std::io::Error> {
        Ok(fs::metadata(world.repository().join(".git").join(path))?.permissions().mode() & 0o7777)
    };
    assert_eq!(mode(&format!("objects/{}/{}", &id[..2], &id[2..]))?, 0o444);
    for directory in [&format!("objects/{}", &id[..2]), "refs/plans", "git-plan/locks", "logs/refs/plans"] {
        assert_eq!(mode(directory)? & 0o2070, 0o2070, "{directory} is open to the group, for what comes as well");
    }
    for file in ["refs/plans/p", "git-plan/locks/p", "logs/refs/plans/p"] {
        assert_eq!(mode(file)? & 0o060, 0o060, "{file} is open to the group");
    }
    Ok(())
}

#[test]
fn what_another_process_packed_is_found_by_a_reader_that_is_already_open() -> Outcome {
    let world = World::with_repository(&[]);
    let repository = world.open();
    let first = append(&repository, "p")?;
    let mut reader = repository.commit_reader()?;
    reader.read(first)?;
    world.git(&["repack", "-adq"]);
    reader.read(first)?;
    let second = append(&repository, "p")?;
    world.git(&["gc", "--quiet", "--prune=now"]);
    reader.read(first)?;
    assert!(reader.read(second).is_ok(), "a look-up that fails looks at the disk again");
    assert!(repository.has_object(&repository.empty_tree())?, "the empty tree survives a gc");
    assert_eq!(world.open().tip(&slug("p"))?, Some(second));
    Ok(())
}

#[test]
fn replacements_and_grafts_are_not_followed() -> Outcome {
    let world = World::with_repository(&[]);
    let repository = world.open();
    let first = append(&repository, "p")?;
    let second = append(&repository, "p")?;
    let forged = write_commit(&repository, Some(first), "forged");
    world.git(&["replace", &second.to_string(), &forged.to_string()]);
    fs::write(world.repository().join(".git/info/grafts"), format!("{second}\n"))?;
    let repository = world.open();
    let mut reader = repository.commit_reader()?;
    let commit = RawCommit::parse(reader.read(second)?)?;
    assert_eq!((commit.message, commit.parents), (b"2\n".as_slice(), vec![first]), "the commit as it was written");
    let log = repository.git(["rev-list", "--count", "refs/plans/p"]).run()?;
    assert_eq!(log, b"2\n", "git children do not follow them either");
    Ok(())
}

#[test]
fn a_missing_a_foreign_and_a_broken_object_are_told_apart() -> Outcome {
    let world = World::with_repository(&[]);
    let repository = world.open();
    let id = write_commit(&repository, None, "1");
    let mut reader = repository.commit_reader()?;
    let absent = repository.commit_id(b"nothing")?;
    let error = reader.read(absent).expect_err("nobody wrote it");
    assert_eq!(error.code(), "object-missing");
    assert!(error.to_string().contains(&absent.to_string()), "it is named: {error}");
    let tree = reader.read(repository.empty_tree()).expect_err("a tree is no commit");
    assert_eq!(tree.code(), "object-damaged");
    let hex = id.to_string();
    let path = world.repository().join(".git/objects").join(&hex[..2]).join(&hex[2..]);
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644))?;
    fs::write(&path, b"not zlib")?;
    assert_eq!(world.open().commit_reader()?.read(id).expect_err("it is broken").code(), "object-damaged");
    Ok(())
}

#[test]
fn an_import_can_sync_once_at_its_end() -> Outcome {
    let world = World::with_repository(&[]);
    world.git(&["config", "plan.fsync", "false"]);
    let repository = world.open();
    assert_eq!(repository.durability()?, Durability::Unsynced);
    let id = append(&repository, "p")?;
    repository.sync_objects(&[id])?;
    repository.write_empty_tree(SYNCED)?;
    world.assert_sound();
    Ok(())
}
