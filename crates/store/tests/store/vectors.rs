//! The conformance vectors, put into a repository as commits and read back.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use git_plan_core::{Event, EventId};
use git_plan_store::{Durability, Expected, ObjectId, Repository};

use crate::fixture::{Outcome, PATIENCE, World, committer, slug};

/// Writes one commit for each event on top of those of its parents, and joins what nothing follows.
fn store(repository: &Repository, name: &str, lines: &str) -> Result<ObjectId, Box<dyn std::error::Error>> {
    let tree = repository.write_empty_tree(Durability::Unsynced)?;
    let line = committer(repository);
    let write = |parents: &[ObjectId], message: &str| {
        let parents: String = parents.iter().map(|parent| format!("parent {parent}\n")).collect();
        let raw = format!("tree {tree}\n{parents}author {line}\ncommitter {line}\n\n{message}\n");
        repository.write_commit(raw.as_bytes(), Durability::Unsynced)
    };
    let mut waiting: Vec<(Event, &str)> = lines.lines().map(|line| (Event::read(line.as_bytes(), &[]), line)).collect();
    let known: BTreeSet<EventId> = waiting.iter().map(|(event, _)| event.id).collect();
    let mut commits: BTreeMap<EventId, ObjectId> = BTreeMap::new();
    let mut heads: BTreeSet<ObjectId> = BTreeSet::new();
    while !waiting.is_empty() {
        let ready = |event: &Event| event.parents.iter().all(|id| commits.contains_key(id) || !known.contains(id));
        let (now, later): (Vec<_>, Vec<_>) = waiting.into_iter().partition(|(event, _)| ready(event));
        for (event, line) in now {
            let parents: Vec<ObjectId> = event.parents.iter().filter_map(|id| commits.get(id).copied()).collect();
            let commit = write(&parents, &format!("Event\n\nPlan-Event: {line}"))?;
            heads.retain(|head| !parents.contains(head));
            heads.insert(commit);
            commits.insert(event.id, commit);
        }
        waiting = later;
    }
    let heads: Vec<ObjectId> = heads.into_iter().collect();
    let tip = match heads.as_slice() {
        [tip] => *tip,
        many => write(many, "Join")?,
    };
    let lock = repository.lock_plan(&slug(name), PATIENCE)?;
    lock.publish(Expected::Absent, tip, &line, "vector")?;
    Ok(tip)
}

#[test]
fn every_vector_is_read_from_commits_as_it_is_read_from_its_file() -> Outcome {
    let world = World::with_repository(&[]);
    let repository = world.open();
    let vectors = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../spec/vectors");
    let mut read = 0;
    for entry in std::fs::read_dir(&vectors)? {
        let directory = entry?.path();
        let file = directory.join("events.jsonl");
        // Damaged bytes that are no line of a file cannot be the last line of a message either.
        if directory.join("events").exists() || !file.exists() {
            continue;
        }
        let lines = std::fs::read_to_string(file)?;
        let name = format!("v{read}");
        store(&repository, &name, &lines)?;
        let expected: serde_json::Value = serde_json::from_slice(&std::fs::read(directory.join("expected.json"))?)?;
        let loaded = repository.load(&slug(&name), None)?;
        let mut found = loaded.plan.to_json();
        // The words of a reason are not part of the format.
        for inert in found["inert"].as_array_mut().into_iter().flatten() {
            inert.as_object_mut().map(|inert| inert.remove("reason"));
        }
        for (member, value) in expected["state"].as_object().into_iter().flatten() {
            assert_eq!(found[member], *value, "{}: {member}", directory.display());
        }
        read += 1;
    }
    assert!(read > 40, "most vectors are read, and {read} were");
    Ok(())
}
