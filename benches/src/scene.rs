//! A scratch repository, with the programs that are measured in it.

use std::path::{Path, PathBuf};
use std::process::Command;

use git_plan_store::{Environment, Repository};

use crate::Result;

/// A repository in a temporary directory, gone when this is dropped.
#[derive(Debug)]
pub struct Scene {
    directory: tempfile::TempDir,
    program: PathBuf,
}

impl Scene {
    /// A fresh repository beside the build, on the disk that real repositories are on.
    pub fn new() -> Result<Self> {
        let this = std::env::current_exe()?;
        let program = this.with_file_name("git-plan");
        let beside = this.parent().ok_or("the program has a directory")?;
        let directory = tempfile::Builder::new().prefix("figures-").tempdir_in(beside)?;
        let scene = Self { directory, program };
        scene.run(&["init", "--quiet", "--initial-branch=main"])?;
        scene.run(&["config", "user.name", "Ada"])?;
        scene.run(&["config", "user.email", "ada@example.org"])?;
        scene.run(&["config", "gc.auto", "0"])?;
        scene.run(&["config", "maintenance.auto", "false"])?;
        Ok(scene)
    }

    /// Where it lies.
    pub fn path(&self) -> &Path {
        self.directory.path()
    }

    /// The repository for making data: nothing is synced.
    pub fn unsynced(&self) -> Result<Repository> {
        self.run(&["config", "plan.fsync", "false"])?;
        let repo = Repository::open(self.path(), &self.environment())?;
        self.run(&["config", "--unset", "plan.fsync"])?;
        Ok(repo)
    }

    /// The repository as a command finds it.
    pub fn environment(&self) -> Environment {
        let path = std::env::var_os("PATH").unwrap_or_default();
        Environment::default()
            .with("PATH", path)
            .with("GIT_CONFIG_NOSYSTEM", "1")
            .with("GIT_CONFIG_GLOBAL", "/dev/null")
            .with("HOME", self.path())
    }

    /// `git` with these arguments.
    pub fn git(&self, arguments: &[&str]) -> Command {
        self.command("git".as_ref(), arguments)
    }

    /// `git-plan` with these arguments.
    pub fn plan(&self, arguments: &[&str]) -> Command {
        self.command(&self.program, arguments)
    }

    /// Any program in here.
    pub fn command(&self, program: &Path, arguments: &[&str]) -> Command {
        let mut command = Command::new(program);
        command.args(arguments).current_dir(self.path()).env_clear().envs(self.environment().iter());
        command
    }

    /// Runs `git` and gives what it says.
    pub fn run(&self, arguments: &[&str]) -> Result<String> {
        self.run_in(self.path(), arguments)
    }

    /// The same in another repository.
    pub fn run_in(&self, directory: &Path, arguments: &[&str]) -> Result<String> {
        let output = self.git(arguments).current_dir(directory).output()?;
        if output.status.success() {
            return Ok(String::from_utf8(output.stdout)?.trim_end().to_owned());
        }
        Err(format!("git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr)).into())
    }

    /// A bare repository beside this one, and what is in it.
    pub fn bare(&self, name: &str, refspecs: &[&str]) -> Result<PathBuf> {
        let path = self.path().join(name);
        let address = path.to_string_lossy().into_owned();
        self.run(&["init", "--quiet", "--bare", "--initial-branch=main", &address])?;
        self.run(&[&["push", "--quiet", &address], refspecs].concat())?;
        self.tend(&path)?;
        Ok(path)
    }

    /// A repository with a remote `origin` and what is in it, packed.
    pub fn clone_of(&self, name: &str, origin: &str, refspecs: &[&str]) -> Result<PathBuf> {
        let path = self.path().join(name);
        let (address, from) = (path.to_string_lossy().into_owned(), self.path().to_string_lossy().into_owned());
        self.run(&["init", "--quiet", "--initial-branch=main", &address])?;
        let named = [["user.name", "Ada"], ["user.email", "ada@example.org"], ["remote.origin.url", origin]];
        for [key, value] in named {
            self.run_in(&path, &["config", key, value])?;
        }
        if !refspecs.is_empty() {
            self.run_in(&path, &[&["fetch", "--quiet", "--update-head-ok", &from], refspecs].concat())?;
        }
        self.tend(&path)?;
        Ok(path)
    }

    /// Packs a repository, and keeps git from doing so while something is measured.
    fn tend(&self, path: &Path) -> Result {
        self.run_in(path, &["config", "gc.auto", "0"])?;
        self.run_in(path, &["config", "maintenance.auto", "false"])?;
        self.run_in(path, &["gc", "--quiet", "--prune=now"]).map(drop)
    }

    /// Puts copies of repositories where the last copies were.
    pub fn copy(&self, pairs: &[(&Path, &Path)]) -> Result {
        for (from, to) in pairs {
            if to.exists() {
                std::fs::remove_dir_all(to)?;
            }
            if !Command::new("cp").arg("-a").args([from, to]).status()?.success() {
                return Err(format!("{} cannot be copied", from.display()).into());
            }
        }
        Ok(())
    }

    /// Packs everything, as `git gc` does for everybody.
    pub fn gc(&self) -> Result {
        self.run(&["gc", "--quiet", "--prune=now"]).map(drop)
    }

    /// Deletes all caches.
    pub fn forget(&self) -> Result {
        match std::fs::remove_dir_all(self.path().join(".git/git-plan/snapshots")) {
            Err(e) if e.kind() != std::io::ErrorKind::NotFound => return Err(e.into()),
            _ => {}
        }
        match std::fs::remove_file(self.path().join(".git/git-plan/list")) {
            Err(e) if e.kind() != std::io::ErrorKind::NotFound => Err(e.into()),
            _ => Ok(()),
        }
    }

    /// Bytes of the packs and of what finds objects in them.
    pub fn packed_bytes(&self) -> Result<u64> {
        let mut bytes = 0;
        for entry in std::fs::read_dir(self.path().join(".git/objects/pack"))? {
            let entry = entry?;
            if entry.path().extension().is_some_and(|kind| kind == "pack" || kind == "idx") {
                bytes += entry.metadata()?.len();
            }
        }
        Ok(bytes)
    }
}
