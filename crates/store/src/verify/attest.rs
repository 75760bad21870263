//! Commitments signed with the user's SSH key, and such signatures checked, by OpenSSH itself.
//!
//! `ssh-keygen -Y verify` alone, with a file of allowed signers, says the same of such a signature as this does.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::child;
use crate::env::Environment;
use crate::error::{At, Result};
use crate::repository::Repository;

/// What keeps a signature over a commitment from being taken for one over something else.
const NAMESPACE: &str = "git-plan-audit";

/// What a signature over a commitment says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Attested {
    /// It fits, and one who is trusted made it.
    Good(String),
    /// It fits, and nobody says that its key is trusted; the program's words.
    Untrusted(String),
    /// It does not fit; the program's words.
    Bad(String),
}

/// Checks signatures over commitments.
#[derive(Debug)]
pub struct Verifier {
    program: PathBuf,
    allowed: Option<PathBuf>,
    env: Environment,
}

impl Repository {
    /// Signs a text with the user's SSH key; none where git signs with none (`gpg.format`, `user.signingKey`).
    ///
    /// # Errors
    /// Where there is a key and it does not sign.
    pub fn attest(&self, text: &[u8]) -> Result<Option<Vec<u8>>> {
        let set = |key: &str| self.config().bytes(key).is_some_and(|value| !value.is_empty());
        let has_key = set("user.signingKey") || set("gpg.ssh.defaultKeyCommand");
        if self.config().string("gpg.format").as_deref() != Some("ssh") || !has_key {
            return Ok(None);
        }
        self.any_signer(&self.committer()?)?.ssh(NAMESPACE, text).map(Some)
    }

    /// What checks signatures here, with the signers that git's configuration allows.
    ///
    /// # Errors
    /// Where the configuration cannot be read.
    pub fn verifier(&self) -> Result<Verifier> {
        let program = self.config().path("gpg.ssh.program")?.unwrap_or_else(|| "ssh-keygen".into());
        let allowed = self.config().path("gpg.ssh.allowedSignersFile")?;
        Ok(Verifier { program, allowed, env: self.environment().clone() })
    }
}

impl Verifier {
    /// What checks signatures where there is no repository.
    #[must_use]
    pub fn alone(env: &Environment) -> Self {
        Self { program: "ssh-keygen".into(), allowed: None, env: env.clone() }
    }

    /// The same with a file of allowed signers (the format is that of `ssh-keygen`).
    #[must_use]
    pub fn allowing(self, signers: PathBuf) -> Self {
        Self { allowed: Some(signers), ..self }
    }

    /// Checks the signature in a file over a text.
    ///
    /// # Errors
    /// Where the program cannot be run.
    pub fn check(&self, text: &[u8], signature: &Path) -> Result<Attested> {
        let signature = ["-s".as_ref(), signature.as_os_str()];
        let namespace = ["-n", NAMESPACE].map(OsStr::new);
        if let Some(allowed) = &self.allowed {
            let allowed = ["-f".as_ref(), allowed.as_os_str()];
            let (_, principals) = self.run("find-principals", &[signature, allowed].concat(), b"")?;
            for principal in principals.lines().map(str::trim).filter(|principal| !principal.is_empty()) {
                let who = ["-I".as_ref(), principal.as_ref()];
                let (good, _) = self.run("verify", &[signature, allowed, namespace, who].concat(), text)?;
                if good {
                    return Ok(Attested::Good(principal.to_owned()));
                }
            }
        }
        let (fits, said) = self.run("check-novalidate", &[signature, namespace].concat(), text)?;
        Ok(if fits { Attested::Untrusted(said) } else { Attested::Bad(said) })
    }

    /// Runs `ssh-keygen -Y`; says whether it succeeded, and its words.
    fn run(&self, what: &str, arguments: &[&OsStr], input: &[u8]) -> Result<(bool, String)> {
        let mut command = Command::new(&self.program);
        command.env_clear().envs(self.env.iter()).env("LC_ALL", "C").args(["-Y", what]).args(arguments);
        let output = child::run(command, input.to_vec()).at("run", &self.program)?;
        let said = if output.stdout.is_empty() { &output.stderr } else { &output.stdout };
        Ok((output.status.success(), String::from_utf8_lossy(said).trim().to_owned()))
    }
}
