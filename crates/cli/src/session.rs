//! What a command learns from outside: the repository, the clock, randomness, and who is acting.
//!
//! What may be relied on: the environment is read once; this file alone reads a clock or randomness, and both can be
//! given (`$GIT_PLAN_NOW`, `$GIT_PLAN_NONCE`), so that a run can be repeated byte for byte.

use std::io::Read;
use std::time::{SystemTime, UNIX_EPOCH};

use git_plan_core::{Actor, Agent, Context, Tag, Text, Timestamp, Title};
use git_plan_store::{Environment, Repository, Writer};

use crate::args::{Global, Reason};
use crate::exit::{Failure, Status};
use crate::when;

/// A repository, and the one who works in it now.
#[derive(Debug)]
pub struct Session {
    /// The repository.
    pub repo: Repository,
    /// The time at which the command runs.
    pub now: Timestamp,
    /// The plan that `--plan` or the environment names.
    pub named: Option<String>,
    /// The plan that `--plan` names.
    pub flagged: Option<String>,
    /// What stands on standard input, where that is not the process's own.
    pub input: Option<String>,
    env: Environment,
}

impl Session {
    /// Opens the repository that the command line and the environment lead to.
    pub fn open(global: &Global, env: Environment) -> Result<Self, Failure> {
        enter(global)?;
        let repo = Repository::open(&here()?, &env)?;
        let now = now(&env)?;
        let flagged = global.plan.clone();
        let named = flagged.clone().or_else(|| text(&env, "GIT_PLAN"));
        Ok(Self { repo, now, named, flagged, input: None, env })
    }

    /// The same session at a later moment: what other programs have changed meanwhile is seen, and the clock is read anew.
    pub fn again(&self) -> Result<Self, Failure> {
        let repo = Repository::open(&here()?, &self.env)?;
        let (named, flagged, input, env) =
            (self.named.clone(), self.flagged.clone(), self.input.clone(), self.env.clone());
        Ok(Self { repo, now: now(&self.env)?, named, flagged, input, env })
    }

    /// The environment.
    pub fn env(&self) -> &Environment {
        &self.env
    }

    /// The author of what is written now.
    pub fn author(&self) -> Result<Actor, Failure> {
        Ok(self.repo.author()?.into())
    }

    /// The program that acts for the author, as it names itself in the environment.
    pub fn agent(&self) -> Result<Option<Agent>, Failure> {
        let title = |name: &str| {
            let unfit = |e| Failure::new(Status::Environment, "agent", format!("${name} is {e}"));
            text(&self.env, name).map(Title::new).transpose().map_err(unfit)
        };
        let Some(name) = title("GIT_PLAN_AGENT")? else { return Ok(None) };
        Ok(Some(Agent { name, model: title("GIT_PLAN_MODEL")?, run: title("GIT_PLAN_RUN")? }))
    }

    /// The name under which whoever acts claims steps: the agent's, or the author's.
    pub fn claimant(&self) -> Result<String, Failure> {
        match self.agent()? {
            Some(agent) => Ok(agent.name.into()),
            None => Ok(self.author()?.name),
        }
    }

    /// Who writes, when, and what is said in every event of this command.
    pub fn writer(&self, why: &Reason) -> Result<Writer, Failure> {
        let reason = why.message.join("\n\n");
        let unfit = |e: git_plan_core::TextError| Failure::usage(format!("the reason or the key is {e}"));
        let context = Context {
            agent: self.agent()?,
            code: self.repo.head_commit()?.and_then(|commit| Tag::new(commit.to_string()).ok()),
            key: why.key.as_deref().map(Title::new).transpose().map_err(unfit)?,
            why: Some(reason.trim()).filter(|why| !why.is_empty()).map(Text::new).transpose().map_err(unfit)?,
            ..Context::default()
        };
        Ok(Writer { by: self.author()?, at: self.now, context, rehearse: why.dry_run })
    }

    /// Text that no two plans share.
    pub fn nonce(&self) -> Result<String, Failure> {
        if let Some(nonce) = text(&self.env, "GIT_PLAN_NONCE") {
            return Ok(nonce);
        }
        let mut bytes = [0_u8; 16];
        std::fs::File::open("/dev/urandom")
            .and_then(|mut source| source.read_exact(&mut bytes))
            .map_err(|e| Failure::new(Status::Environment, "randomness", format!("cannot read /dev/urandom: {e}")))?;
        Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
    }

    /// The pager that git would use.
    pub fn pager(&self) -> String {
        let given = |name: &str| self.env.get(name).map(|value| value.to_string_lossy().into_owned());
        given("GIT_PAGER")
            .or_else(|| self.repo.config().string("core.pager"))
            .or_else(|| given("PAGER"))
            .unwrap_or_else(|| "less".to_owned())
    }
}

/// Goes to the directory that the command line names.
pub fn enter(global: &Global) -> Result<(), Failure> {
    let unfit = |what: String| {
        Failure::new(Status::Environment, "directory", what).hinted("-C takes a directory that is there")
    };
    for directory in &global.directory {
        std::env::set_current_dir(directory)
            .map_err(|e| unfit(format!("cannot change to {}: {e}", directory.display())))?;
    }
    Ok(())
}

/// The directory in which the command runs.
pub fn here() -> Result<std::path::PathBuf, Failure> {
    let unfit = |e| Failure::new(Status::Environment, "directory", format!("there is no current directory: {e}"));
    std::env::current_dir().map_err(unfit)
}

fn text(env: &Environment, name: &str) -> Option<String> {
    env.non_empty(name).map(|value| value.to_string_lossy().into_owned())
}

/// The time at which the command runs.
pub fn now(env: &Environment) -> Result<Timestamp, Failure> {
    let unfit = |name: &str, value: &str, expected: &str| {
        Failure::new(Status::Environment, "clock", format!("${name} is {value:?}: expected {expected}"))
    };
    if let Some(value) = text(env, "GIT_PLAN_NOW") {
        return Timestamp::parse_rfc3339(&value)
            .map_err(|_| unfit("GIT_PLAN_NOW", &value, "a time such as 2026-11-22T10:50:00Z"));
    }
    if let Some(value) = text(env, "GIT_AUTHOR_DATE") {
        let expected = "seconds since 1970 with a zone, such as `@1764000000 +0000`, or RFC 3339";
        return when::git_date(&value).ok_or_else(|| unfit("GIT_AUTHOR_DATE", &value, expected));
    }
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Ok(Timestamp::from_millis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX)))
}
