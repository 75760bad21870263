//! Whether git would use a repository at all: its owner, `safe.directory` and `safe.bareRepository`.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use super::discovery::Found;
use crate::config::Config;
use crate::error::{Error, Result};

/// Refuses what git refuses. A repository named by `GIT_DIR` is trusted, as git trusts it.
pub(super) fn check(found: &Found, work_dir: Option<&Path>, config: &Config) -> Result<()> {
    if found.explicit {
        return Ok(());
    }
    let bare = found.inferred_work_dir.is_none();
    let explicit_only = config.protected("safe.bareRepository").last().is_some_and(|v| v == b"explicit");
    if bare && explicit_only && found.git_dir.file_name() != Some(OsStr::new(".git")) {
        let feature = "safe.bareRepository=explicit: a bare repository must be named by GIT_DIR".to_owned();
        return Err(Error::Unsupported { git_dir: found.git_dir.clone(), feature });
    }
    let inferred = found.inferred_work_dir.as_deref();
    let paths = [Some(found.candidate.as_path()), inferred, Some(found.git_dir.as_path())];
    let owned = |path: &Path| {
        // What does not exist (a removed work tree) proves nothing.
        !path.exists() || gix::sec::identity::is_path_owned_by_current_user(path).unwrap_or(false)
    };
    if paths.into_iter().flatten().all(owned) {
        return Ok(());
    }
    let path = resolved(inferred.or(work_dir.filter(|_| !bare)).unwrap_or(&found.git_dir));
    if is_safe(&path, config) { Ok(()) } else { Err(Error::Unowned { path }) }
}

fn is_safe(path: &Path, config: &Config) -> bool {
    let mut safe = false;
    for entry in config.protected("safe.directory") {
        match entry.as_slice() {
            b"" => safe = false,
            b"*" => safe = true,
            entry => {
                let (entry, below) = match entry.strip_suffix(b"/*") {
                    Some(parent) => (parent, true),
                    None => (entry, false),
                };
                let entry = match (entry.strip_prefix(b"~/"), config.home()) {
                    (Some(rest), Some(home)) => home.join(OsStr::from_bytes(rest)),
                    _ => PathBuf::from(OsStr::from_bytes(entry)),
                };
                let entry = resolved(&entry);
                safe |= entry.is_absolute() && if below { path.starts_with(&entry) } else { path == entry };
            }
        }
    }
    safe
}

fn resolved(path: &Path) -> PathBuf {
    std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned())
}
