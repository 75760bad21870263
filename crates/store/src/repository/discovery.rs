//! Where a repository lies, found as git finds it.

use std::path::{Path, PathBuf, absolute};

use gix::discover::upwards::{Options, TrustPolicy};

use crate::config::Config;
use crate::env::Environment;
use crate::error::{At, Error, Result};

/// What the directories tell, before any configuration is read.
pub(super) struct Found {
    pub git_dir: PathBuf,
    pub common_dir: PathBuf,
    /// The directory above `.git`, or the one a linked git directory belongs to.
    pub inferred_work_dir: Option<PathBuf>,
    /// The directory or file that led to the git directory: `.git`, or a bare repository.
    pub candidate: PathBuf,
    /// `GIT_DIR` named it, which git takes for a statement of trust.
    pub explicit: bool,
    /// Where the search began.
    pub directory: PathBuf,
}

pub(super) fn find(directory: &Path, env: &Environment) -> Result<Found> {
    let directory = absolute(directory).at("resolve", directory)?;
    let (path, candidate, explicit) = match env.non_empty("GIT_DIR") {
        Some(git_dir) => {
            let git_dir = directory.join(git_dir);
            (explicit_path(&git_dir, env)?, git_dir, true)
        }
        None => {
            let options = Options {
                trust: TrustPolicy::Assume(gix::sec::Trust::Full),
                ceiling_dirs: ceilings(env),
                match_ceiling_dir_or_error: false,
                cross_fs: env.get("GIT_DISCOVERY_ACROSS_FILESYSTEM").is_some_and(is_true),
                ..Options::default()
            };
            let (path, _) = gix::discover::upwards_opts(&directory, options)
                .map_err(|e| Error::not_a_repository(&directory, &e))?;
            let (git_dir, work_dir) = path.into_repository_and_work_tree_directories();
            let candidate = work_dir.as_ref().map_or_else(|| git_dir.clone(), |dir| dir.join(".git"));
            ((git_dir, work_dir), candidate, false)
        }
    };
    let (git_dir, work_dir) = path;
    let git_dir = absolute(directory.join(&git_dir)).at("resolve", &git_dir)?;
    let common_dir = match env.non_empty("GIT_COMMON_DIR") {
        Some(common_dir) => directory.join(common_dir),
        None => common_dir(&git_dir)?,
    };
    let inferred_work_dir = work_dir.map(|dir| directory.join(dir));
    Ok(Found { git_dir, common_dir, inferred_work_dir, candidate, explicit, directory })
}

fn explicit_path(git_dir: &Path, env: &Environment) -> Result<(PathBuf, Option<PathBuf>)> {
    if env.non_empty("GIT_COMMON_DIR").is_some() && git_dir.join("HEAD").exists() {
        return Ok((git_dir.to_owned(), None));
    }
    let kind = gix::discover::is_git(git_dir).map_err(|e| Error::not_a_repository(git_dir, &e))?;
    let path = gix::discover::repository::Path::from_dot_git_dir(git_dir.to_owned(), kind, git_dir);
    Ok(path
        .map_or_else(|| (git_dir.to_owned(), None), |path| (path.into_repository_and_work_tree_directories().0, None)))
}

/// Where work trees share what they share: `git_dir` itself, or what its `commondir` names.
fn common_dir(git_dir: &Path) -> Result<PathBuf> {
    let file = git_dir.join("commondir");
    match gix::discover::path::from_plain_file(&file) {
        None => Ok(git_dir.to_owned()),
        Some(Err(e)) => Err(std::io::Error::other(e.to_string())).at("read", &file),
        Some(Ok(common_dir)) => {
            let joined = git_dir.join(common_dir);
            std::fs::canonicalize(&joined).at("resolve", &joined)
        }
    }
}

/// The work tree: `GIT_WORK_TREE`, else none in a bare repository, else `core.worktree`, else where `.git` lies.
pub(super) fn work_dir(found: &Found, config: &Config, env: &Environment) -> Result<Option<PathBuf>> {
    if let Some(work_tree) = env.non_empty("GIT_WORK_TREE") {
        return Ok(Some(found.directory.join(work_tree)));
    }
    let linked = found.git_dir != found.common_dir;
    if !linked && config.boolean("core.bare")?.unwrap_or(false) {
        return Ok(None);
    }
    if let Some(work_tree) = config.bytes("core.worktree").filter(|_| !linked) {
        use std::os::unix::ffi::OsStringExt;
        let joined = found.git_dir.join(std::ffi::OsString::from_vec(work_tree));
        return Ok(Some(std::fs::canonicalize(&joined).unwrap_or(joined)));
    }
    if found.explicit {
        return Ok(Some(found.directory.clone()));
    }
    Ok(found.inferred_work_dir.clone())
}

fn ceilings(env: &Environment) -> Vec<PathBuf> {
    let Some(list) = env.get("GIT_CEILING_DIRECTORIES") else { return Vec::new() };
    let mut resolve = true;
    let mut ceilings = Vec::new();
    for directory in std::env::split_paths(list) {
        if directory.as_os_str().is_empty() {
            // As for git: what follows an empty entry is taken as it is written.
            resolve = false;
        } else if directory.is_absolute() {
            let resolved = if resolve { std::fs::canonicalize(&directory).ok() } else { None };
            ceilings.push(resolved.unwrap_or(directory));
        }
    }
    ceilings
}

fn is_true(value: &std::ffi::OsStr) -> bool {
    value.to_str().is_some_and(|value| matches!(value.to_ascii_lowercase().as_str(), "1" | "true" | "yes" | "on"))
}
