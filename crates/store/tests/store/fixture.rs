//! A repository in a world of its own: no configuration but its own, no clock, no time zone, no identity but Ada's.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::Duration;

use git_plan_core::{Slug, Timestamp};
use git_plan_store::{Durability, Environment, Expected, ObjectId, RawCommit, Repository};

pub type Outcome = Result<(), Box<dyn std::error::Error>>;

pub const PATIENCE: Duration = Duration::from_secs(60);

pub struct World {
    directory: tempfile::TempDir,
    pub env: Environment,
}

impl World {
    pub fn new() -> Self {
        let directory = tempfile::tempdir().expect("a temporary directory");
        std::fs::create_dir(directory.path().join("home")).expect("a home");
        let env = Self::environment(directory.path());
        Self { directory, env }
    }

    pub fn environment(directory: &Path) -> Environment {
        let mut env: Environment = [
            ("GIT_CONFIG_NOSYSTEM", "1"),
            ("TZ", "UTC"),
            ("GIT_AUTHOR_NAME", "Ada"),
            ("GIT_AUTHOR_EMAIL", "ada@example.org"),
            ("GIT_COMMITTER_NAME", "Ada"),
            ("GIT_COMMITTER_EMAIL", "ada@example.org"),
            ("GIT_AUTHOR_DATE", "1700000000 +0000"),
            ("GIT_COMMITTER_DATE", "1700000000 +0000"),
        ]
        .into_iter()
        .collect();
        if let Some(path) = std::env::var_os("PATH") {
            env = env.with("PATH", path);
        }
        env.with("HOME", directory.join("home")).with("GIT_CEILING_DIRECTORIES", directory.as_os_str())
    }

    /// A world with a repository in it.
    pub fn with_repository(arguments: &[&str]) -> Self {
        let world = Self::new();
        std::fs::create_dir(world.repository()).expect("a directory for the repository");
        world.git(&[&["init", "--quiet", "--initial-branch=main"], arguments].concat());
        world
    }

    pub fn path(&self) -> &Path {
        self.directory.path()
    }

    pub fn repository(&self) -> PathBuf {
        self.path().join("repository")
    }

    pub fn open(&self) -> Repository {
        Repository::open(&self.repository(), &self.env).expect("the repository opens")
    }

    pub fn command(&self, program: &str, directory: &Path) -> Command {
        let mut command = Command::new(program);
        command.env_clear().envs(self.env.iter()).current_dir(directory);
        command
    }

    pub fn try_git(&self, arguments: &[&str]) -> Output {
        self.command("git", &self.repository()).args(arguments).output().expect("git runs")
    }

    /// What git prints; it must succeed.
    pub fn git(&self, arguments: &[&str]) -> String {
        let output = self.try_git(arguments);
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "git {arguments:?} must succeed, and said: {stderr}");
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }

    /// Asserts that git finds nothing wrong, a missing tree included.
    pub fn assert_sound(&self) {
        let output = self.try_git(&["fsck", "--strict", "--no-dangling"]);
        let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
        let found = said.lines().any(|line| !line.starts_with("notice: "));
        assert!(output.status.success() && !found, "git fsck --strict finds nothing, found: {said}");
    }
}

pub fn slug(name: &str) -> Slug {
    name.parse().expect("a slug")
}

pub fn committer(repository: &Repository) -> String {
    repository.committer().expect("a committer").line(Timestamp::from_millis(1_700_000_000_000))
}

/// The bytes of a commit over the empty tree.
pub fn raw_commit(repository: &Repository, parent: Option<ObjectId>, subject: &str) -> Vec<u8> {
    let parent = parent.map_or_else(String::new, |id| format!("parent {id}\n"));
    let line = committer(repository);
    format!("tree {}\n{parent}author {line}\ncommitter {line}\n\n{subject}\n", repository.empty_tree()).into_bytes()
}

pub fn write_commit(repository: &Repository, parent: Option<ObjectId>, subject: &str) -> ObjectId {
    let durability = repository.durability().expect("plan.fsync");
    if parent.is_none() {
        repository.write_empty_tree(durability).expect("the empty tree is written");
    }
    repository.write_commit(&raw_commit(repository, parent, subject), durability).expect("a commit is written")
}

/// Appends one commit, as a writer does: tip, object, compare-and-swap. The subject is the number in the chain.
pub fn append(repository: &Repository, name: &str) -> git_plan_store::Result<ObjectId> {
    let lock = repository.lock_plan(&slug(name), PATIENCE)?;
    let tip = lock.tip()?;
    let next = match tip {
        Some(tip) => number(repository, tip) + 1,
        None => 1,
    };
    let id = write_commit(repository, tip, &next.to_string());
    lock.publish(Expected::from(tip), id, &committer(repository), "append")?;
    Ok(id)
}

/// The number that a commit of [`append`] has in its chain.
pub fn number(repository: &Repository, id: ObjectId) -> u32 {
    let mut reader = repository.commit_reader().expect("an object database");
    let raw = reader.read(id).expect("the commit is there");
    let commit = RawCommit::parse(raw).expect("it is a commit");
    std::str::from_utf8(commit.message).ok().and_then(|text| text.lines().next()?.parse().ok()).expect("its number")
}

pub const SYNCED: Durability = Durability::Synced;
