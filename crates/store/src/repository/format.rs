//! What a repository's format asks of those who open it.
//!
//! `core.repositoryFormatVersion` and `extensions.*` are read from the repository's own file alone, as git does.
//! Whatever is not listed here is refused: guessing would write refs that git never sees.

use std::path::Path;

use gix::hash::Kind;

use crate::config::Config;
use crate::error::{Error, Result};

/// The way a repository keeps its refs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefStorage {
    /// One file per ref, and `packed-refs`.
    Files,
    /// A stack of tables, which is left to git.
    Reftable,
}

/// The parts of the format that matter here.
pub(super) struct Format {
    pub hash: Kind,
    pub ref_storage: RefStorage,
}

pub(super) fn check(own: &Config, git_dir: &Path) -> Result<Format> {
    let refuse = |feature: String| Error::Unsupported { git_dir: git_dir.to_owned(), feature };
    let version = own.string("core.repositoryFormatVersion").unwrap_or_else(|| "0".to_owned());
    let mut format = Format { hash: Kind::Sha1, ref_storage: RefStorage::Files };
    let first = match version.trim() {
        "0" => true,
        "1" => false,
        _ => return Err(refuse(format!("repository format {version} (0 or 1 expected)"))),
    };
    for (name, value) in own.section("extensions") {
        let value = String::from_utf8_lossy(&value).to_ascii_lowercase();
        match name.as_str() {
            "noop" | "preciousobjects" | "partialclone" | "worktreeconfig" => {}
            _ if first && !matches!(name.as_str(), "noop-v1" | "objectformat" | "refstorage" | "relativeworktrees") => {
            }
            _ if first => return Err(refuse(format!("extensions.{name} in repository format 0, which git refuses"))),
            "noop-v1" | "relativeworktrees" => {}
            "objectformat" => match value.as_str() {
                "sha1" => format.hash = Kind::Sha1,
                "sha256" => format.hash = Kind::Sha256,
                _ => return Err(refuse(format!("the object format {value:?}"))),
            },
            "refstorage" => match value.as_str() {
                "files" => format.ref_storage = RefStorage::Files,
                "reftable" => format.ref_storage = RefStorage::Reftable,
                _ => return Err(refuse(format!("the ref storage {value:?}"))),
            },
            _ => return Err(refuse(format!("extensions.{name} = {value}"))),
        }
    }
    Ok(format)
}
