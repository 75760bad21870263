//! Reflogs, so that `git rev-parse plans/dark-mode@{yesterday}` works.
//!
//! git makes none for `refs/plans/`, and none at all in a bare repository; but it appends to one that exists. So ours
//! is made with the first event, whatever `core.logAllRefUpdates` says, and holds a line for every move. A line that
//! does not fit on the disk is taken back: git's lock is held meanwhile, so that nobody else has written after it.

use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write};

use gix::hash::ObjectId;

use crate::error::{At, Result};
use crate::repository::Repository;
use crate::sharing::Sharing;

/// A move of a ref, as its reflog has it.
pub(super) struct Entry<'a> {
    pub old: Option<ObjectId>,
    pub new: ObjectId,
    pub committer: &'a str,
    pub message: &'a str,
}

/// Appends one line; makes the file and its directories where they are missing.
pub(super) fn append(repository: &Repository, name: &str, entry: &Entry<'_>) -> Result<()> {
    let path = repository.common_dir().join("logs").join(name);
    let old = entry.old.unwrap_or_else(|| ObjectId::null(repository.hash()));
    let message = one_line(entry.message);
    let line = format!("{old} {} {}\t{message}\n", entry.new, entry.committer);
    let sharing = Sharing::of(repository.config())?;
    for _ in 0..super::lock::ATTEMPTS {
        let opened = OpenOptions::new().append(true).create(true).open(&path);
        match opened {
            Ok(mut file) => {
                let before = file.metadata().at("inspect", &path)?.len();
                if let Err(e) = file.write_all(line.as_bytes()) {
                    // Where not even that works, half a line stays, which git passes over.
                    let _ = file.set_len(before);
                    return Err(e).at("append to", &path);
                }
                return sharing.file(&path);
            }
            Err(e) if e.kind() == ErrorKind::NotFound => super::lock::make_parent(&path, sharing)?,
            Err(e) if e.kind() == ErrorKind::IsADirectory => super::lock::remove_empty(&path)?,
            Err(e) => return Err(e).at("append to", &path),
        }
    }
    fs::metadata(&path).map(drop).at("append to", &path)
}

/// A reflog's message is one line.
fn one_line(message: &str) -> String {
    message.split(char::is_whitespace).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}
