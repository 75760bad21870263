//! Signing commits so that `git verify-commit` accepts them.
//!
//! `plan.sign` says whether to sign; where it is not set, `commit.gpgSign` or `plan.requireSigned` does. Everything else is git's own
//! configuration: `gpg.format`, `user.signingKey`, `gpg.program`, `gpg.<format>.program`, `gpg.ssh.defaultKeyCommand`.
//! A commit that was to be signed and could not be is an error: it is never written unsigned.
//!
//! The program is run here, as git runs it, and not through gix: gix would hand it the environment of this process
//! instead of the one the repository was opened with, and would decode and encode the commit again.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use gix::hash::Kind;

use crate::child;
use crate::env::Environment;
use crate::error::{At, Error, Result};
use crate::identity::Identity;
use crate::object::random;
use crate::repository::Repository;

/// A program and a key that sign commits.
#[derive(Debug)]
pub struct Signer {
    format: Format,
    program: PathBuf,
    key: OsString,
    header: &'static str,
    env: Environment,
    scratch: PathBuf,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Format {
    /// OpenPGP and X.509: both programs speak the same.
    Gpg,
    Ssh,
}

impl Repository {
    /// What commits are to be signed with; `None` where they are not to be signed.
    ///
    /// # Errors
    /// Where the configuration asks for signatures and does not say how.
    pub fn signer(&self, committer: &Identity) -> Result<Option<Signer>> {
        let config = self.config();
        let wanted = match config.boolean("plan.sign")? {
            Some(wanted) => wanted,
            None => config.boolean("commit.gpgSign")?.unwrap_or(false) || self.requires_signatures()?,
        };
        if wanted { self.any_signer(committer).map(Some) } else { Ok(None) }
    }

    /// What git would sign with, whether or not commits are to be signed.
    pub(crate) fn any_signer(&self, committer: &Identity) -> Result<Signer> {
        let config = self.config();
        let named = config.string("gpg.format").unwrap_or_else(|| "openpgp".to_owned());
        let (format, keys, default) = match named.as_str() {
            "openpgp" => (Format::Gpg, ["gpg.openpgp.program", "gpg.program"].as_slice(), "gpg"),
            "x509" => (Format::Gpg, ["gpg.x509.program"].as_slice(), "gpgsm"),
            "ssh" => (Format::Ssh, ["gpg.ssh.program"].as_slice(), "ssh-keygen"),
            other => {
                let reason = format!("{other:?} is not one of openpgp, x509, ssh");
                return Err(Error::Config { what: "gpg.format".to_owned(), reason });
            }
        };
        let mut program = None;
        for key in keys {
            program = if program.is_none() { config.path(key)? } else { program };
        }
        let key = match (config.bytes("user.signingKey").filter(|key| !key.is_empty()), format) {
            (Some(key), Format::Ssh) if literal(&key).is_none() => {
                config.path("user.signingKey")?.map_or_else(|| OsString::from_vec(key), PathBuf::into_os_string)
            }
            (Some(key), _) => OsString::from_vec(key),
            (None, Format::Gpg) => format!("{} <{}>", committer.name(), committer.email()).into(),
            (None, Format::Ssh) => self.default_ssh_key()?,
        };
        Ok(Signer {
            format,
            program: program.unwrap_or_else(|| default.into()),
            key,
            header: if self.hash() == Kind::Sha256 { "gpgsig-sha256" } else { "gpgsig" },
            env: self.environment().clone(),
            scratch: self.common_dir().join("git-plan"),
        })
    }

    fn default_ssh_key(&self) -> Result<OsString> {
        let name = "gpg.ssh.defaultKeyCommand";
        let refuse = |reason: String| Error::Signing { program: name.to_owned(), reason };
        let Some(script) = self.config().string(name) else {
            let reason = "set user.signingKey to an SSH key, or gpg.ssh.defaultKeyCommand".to_owned();
            return Err(Error::Signing { program: "user.signingKey".to_owned(), reason });
        };
        let mut command = Command::new("sh");
        command.env_clear().envs(self.environment().iter()).args(["-c", &script]);
        let output = child::run(command, Vec::new()).at("run", "sh".as_ref())?;
        let key = output.stdout.split(|&byte| byte == b'\n').next().unwrap_or_default().trim_ascii();
        if !output.status.success() || literal(key).is_none() {
            return Err(refuse(format!("no key came out of it: {}", words(&output.stderr))));
        }
        Ok(OsStr::from_bytes(key).to_owned())
    }
}

impl Signer {
    /// The commit with a signature over all of it, in the header that belongs to the repository's hash.
    ///
    /// # Errors
    /// Where the program cannot be run or does not sign; its own words are in the error.
    pub fn sign(&self, raw: &[u8]) -> Result<Vec<u8>> {
        let signature = match self.format {
            Format::Gpg => self.run(&["--status-fd=2".as_ref(), "-bsau".as_ref(), &self.key], raw)?,
            Format::Ssh => self.ssh("git", raw)?,
        };
        let end = raw.windows(2).position(|pair| pair == b"\n\n").ok_or_else(|| Error::Signing {
            program: self.program.display().to_string(),
            reason: "what is to be signed is not a commit: no blank line ends its headers".to_owned(),
        })?;
        let mut signed = Vec::with_capacity(raw.len() + signature.len() + 64);
        signed.extend_from_slice(&raw[..=end]);
        signed.extend_from_slice(self.header.as_bytes());
        for line in signature.trim_ascii_end().split(|&byte| byte == b'\n') {
            signed.push(b' ');
            signed.extend(line.iter().filter(|&&byte| byte != b'\r'));
            signed.push(b'\n');
        }
        signed.extend_from_slice(&raw[end + 1..]);
        Ok(signed)
    }

    /// A signature with an SSH key, which holds in this namespace alone.
    pub(crate) fn ssh(&self, namespace: &str, raw: &[u8]) -> Result<Vec<u8>> {
        let arguments: [&OsStr; 5] = ["-Y", "sign", "-n", namespace, "-f"].map(OsStr::new);
        let Some(key) = literal(self.key.as_bytes()) else {
            return self.run(&[&arguments[..], &[&self.key]].concat(), raw);
        };
        // A key that is given in full is one that ssh-agent holds: ssh-keygen wants it as a file all the same.
        let file = self.scratch.join(format!("signing-key-{:012x}", random() >> 16));
        let written = write_private(&file, key);
        let signed =
            written.and_then(|()| self.run(&[&arguments[..], &[file.as_os_str(), "-U".as_ref()]].concat(), raw));
        let _ = fs::remove_file(&file);
        signed
    }

    fn run(&self, arguments: &[&OsStr], raw: &[u8]) -> Result<Vec<u8>> {
        let refuse = |reason: String| Error::Signing { program: self.program.display().to_string(), reason };
        let mut command = Command::new(&self.program);
        command.env_clear().envs(self.env.iter()).args(arguments);
        let output = child::run(command, raw.to_vec()).map_err(|e| refuse(e.to_string()))?;
        let made = match self.format {
            Format::Gpg => output.stderr.windows(21).any(|at| at == b"[GNUPG:] SIG_CREATED "),
            Format::Ssh => output.stdout.starts_with(b"-----BEGIN SSH SIGNATURE-----"),
        };
        if output.status.success() && made { Ok(output.stdout) } else { Err(refuse(words(&output.stderr))) }
    }
}

fn write_private(path: &Path, key: &[u8]) -> Result<()> {
    if let Some(directory) = path.parent() {
        fs::create_dir_all(directory).at("create", directory)?;
    }
    let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path).at("create", path)?;
    std::io::Write::write_all(&mut file, key).at("write", path)
}

/// The key itself, where it is given in full and not as the path of a file.
fn literal(key: &[u8]) -> Option<&[u8]> {
    key.strip_prefix(b"key::").or_else(|| key.starts_with(b"ssh-").then_some(key))
}

fn words(stderr: &[u8]) -> String {
    let words = String::from_utf8_lossy(stderr).trim().to_owned();
    if words.is_empty() { "it said nothing".to_owned() } else { words }
}
