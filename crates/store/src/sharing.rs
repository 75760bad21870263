//! `core.sharedRepository`: who besides the owner may use what is written.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use crate::config::Config;
use crate::error::{At, Error, Result};

const SET_GROUP: u32 = 0o2000;

/// The permissions that new files and directories are given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sharing {
    /// What the umask leaves.
    Umask,
    /// At least these.
    AtLeast(u32),
    /// Exactly these.
    Exactly(u32),
}

impl Sharing {
    pub(crate) fn of(config: &Config) -> Result<Self> {
        let Some(value) = config.string("core.sharedRepository") else { return Ok(Self::Umask) };
        match value.as_str() {
            "umask" => return Ok(Self::Umask),
            "group" | "1" => return Ok(Self::AtLeast(0o660)),
            "all" | "world" | "everybody" | "2" => return Ok(Self::AtLeast(0o664)),
            _ => {}
        }
        match u32::from_str_radix(&value, 8) {
            Ok(0) => Ok(Self::Umask),
            Ok(mode) if mode & 0o600 == 0o600 => Ok(Self::Exactly(mode & 0o666)),
            Ok(mode) => {
                let reason = format!("{mode:#o}: the owner must be able to read and write");
                Err(Error::Config { what: "core.sharedRepository".to_owned(), reason })
            }
            Err(_) => {
                let shared = config.boolean("core.sharedRepository")?.unwrap_or(false);
                Ok(if shared { Self::AtLeast(0o660) } else { Self::Umask })
            }
        }
    }

    /// The mode that a file or directory of this mode gets.
    fn mode(self, mode: u32) -> u32 {
        let (tweak, keep) = match self {
            Self::Umask => return mode,
            Self::AtLeast(tweak) => (tweak, mode),
            Self::Exactly(tweak) => (tweak, mode & !0o777),
        };
        let writable = if mode & 0o200 == 0 { tweak & !0o222 } else { tweak };
        let executable = if mode & 0o100 == 0 { writable } else { writable | (writable & 0o444) >> 2 };
        keep | executable
    }

    pub(crate) fn file(self, path: &Path) -> Result<()> {
        self.apply(path, 0)
    }

    pub(crate) fn directory(self, path: &Path) -> Result<()> {
        self.apply(path, SET_GROUP)
    }

    fn apply(self, path: &Path, also: u32) -> Result<()> {
        if self == Self::Umask {
            return Ok(());
        }
        let old = fs::metadata(path).at("inspect", path)?.permissions().mode() & 0o7777;
        let new = self.mode(old) | also;
        if new == old {
            return Ok(());
        }
        fs::set_permissions(path, fs::Permissions::from_mode(new)).at("set the permissions of", path)
    }
}

#[cfg(test)]
mod tests {
    use super::Sharing;

    #[test]
    fn sharing_gives_the_modes_that_git_gives() {
        assert_eq!(Sharing::AtLeast(0o660).mode(0o400), 0o440, "a read-only object stays read-only");
        assert_eq!(Sharing::AtLeast(0o664).mode(0o700), 0o775, "a directory that can be read can be entered");
        assert_eq!(Sharing::Exactly(0o640).mode(0o644), 0o640, "exact bits take the umask's place");
    }
}
