//! What can go wrong between a plan and its repository.
//!
//! Every message says what failed, on which ref, object or path, what was expected and what was found, and what to do
//! next where there is something to do. [`Error::code`] is stable and may be matched by programs; the texts may change.
//! Errors of gix are turned into these here and nowhere else.

use std::path::{Path, PathBuf};
use std::time::Duration;

use git_plan_core::Slug;
use gix::hash::ObjectId;

/// The result of anything that touches the repository.
pub type Result<T> = std::result::Result<T, Error>;

/// A failure of the store, with a [stable code](Error::code).
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// No git repository was found.
    #[error("no git repository at {} or above it{}; run `git init`, or name one with -C or GIT_DIR", directory.display(), after_colon(.reason))]
    NotARepository {
        /// Where the search began.
        directory: PathBuf,
        /// What was found instead, if anything.
        reason: String,
    },
    /// The repository belongs to somebody else, and git would refuse it.
    #[error("{} is owned by somebody else, and git refuses such repositories; if you trust it, run `git config --global --add safe.directory {}`", path.display(), path.display())]
    Unowned {
        /// The work tree or git directory in question.
        path: PathBuf,
    },
    /// The repository needs something that git-plan does not know.
    #[error("the repository {} uses {feature}, which this version cannot handle; nothing was written", git_dir.display())]
    Unsupported {
        /// The repository.
        git_dir: PathBuf,
        /// What it uses.
        feature: String,
    },
    /// A configuration file or value cannot be read.
    #[error("configuration {what}: {reason}; see `git config --list --show-origin`")]
    Config {
        /// The key, file or variable.
        what: String,
        /// Why it cannot be read.
        reason: String,
    },
    /// It is not known who is writing.
    #[error("{reason}; run `{command}`")]
    MissingIdentity {
        /// What is missing or refused.
        reason: String,
        /// The command that sets it.
        command: String,
    },
    /// There is no plan of this name.
    #[error("there is no plan {slug}; `git plan list` shows the plans, `git plan new` makes one")]
    NoSuchPlan {
        /// The name.
        slug: String,
    },
    /// There is a plan of this name already.
    #[error("a plan {slug} exists already; choose another name with --slug")]
    PlanExists {
        /// The name.
        slug: String,
    },
    /// The plan has commits that cannot be read, so nothing may be written on top of them.
    #[error(
        "plan {slug} is damaged at commit {commit}: {reason}; nothing was written, and `git plan show` shows what can be read"
    )]
    PlanDamaged {
        /// The plan.
        slug: String,
        /// The first commit in question.
        commit: ObjectId,
        /// What is wrong with it.
        reason: String,
    },
    /// The plan's history has no such point.
    #[error("{point:?} names no point of plan {slug}: {tried}; `git plan log` shows the events")]
    NoSuchPoint {
        /// The plan.
        slug: String,
        /// What was asked for.
        point: String,
        /// What it was tried as, and why it is none of that.
        tried: String,
    },
    /// Several events begin with the same digits.
    #[error("{point} names several events: {candidates}; give more digits")]
    AmbiguousPoint {
        /// What was asked for.
        point: String,
        /// The events.
        candidates: String,
    },
    /// Another program's lock file is in the way.
    #[error("cannot move {name}: {} exists{}; another git command is running or one was killed: if none is running, remove that file", path.display(), how_old(.age.as_ref()))]
    ForeignLock {
        /// The ref that was to be moved.
        name: String,
        /// The lock file.
        path: PathBuf,
        /// How old it is, where the file system tells.
        age: Option<Duration>,
    },
    /// Other writers kept the plan busy for as long as the caller was ready to wait.
    #[error("plan {slug} is busy: other writers held it for {} ms; try again", waited.as_millis())]
    Busy {
        /// The plan.
        slug: String,
        /// How long this writer waited.
        waited: Duration,
    },
    /// The ref is not where the caller believed it to be: somebody else moved it first.
    #[error("{name} has moved: expected {}, found {}", tip_or_none(.expected.as_ref()), tip_or_none(.found.as_ref()))]
    RefMoved {
        /// The ref.
        name: String,
        /// What the caller expected it to point at.
        expected: Option<ObjectId>,
        /// What it points at.
        found: Option<ObjectId>,
    },
    /// The ref's stored value makes no sense, or is of a kind that plans may not have.
    #[error("{name} is damaged: {reason}")]
    RefDamaged {
        /// The ref.
        name: String,
        /// What was expected and found.
        reason: String,
    },
    /// An object is not in the repository.
    #[error("object {id} is missing; if this is a partial or shallow clone, fetch it, else run `git fsck`")]
    ObjectMissing {
        /// The object.
        id: ObjectId,
    },
    /// An object is in the repository but cannot be used.
    #[error("object {id} is damaged: {reason}")]
    ObjectDamaged {
        /// The object.
        id: ObjectId,
        /// What was expected and found.
        reason: String,
    },
    /// The commit could not be signed, so nothing was written.
    #[error("cannot sign: {program}: {reason}")]
    Signing {
        /// The program that signs, or the configuration that names it.
        program: String,
        /// Its own words.
        reason: String,
    },
    /// The operating system refused something.
    #[error("cannot {action} {}: {source}", path.display())]
    Io {
        /// What was tried.
        action: &'static str,
        /// On what.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// No remote has this name.
    #[error("there is no remote {name:?}{}", among(.known))]
    NoSuchRemote {
        /// The name.
        name: String,
        /// The names that there are.
        known: String,
    },
    /// Nothing says which remote is meant.
    #[error("{}", which_remote(.known))]
    WhichRemote {
        /// The names that there are.
        known: String,
    },
    /// Git could not reach a remote, or was refused there.
    #[error("cannot exchange plans with {remote}: {stderr}\nthe command was `{command}` ({status})")]
    TransportFailed {
        /// The remote.
        remote: String,
        /// The command line.
        command: String,
        /// How it ended.
        status: String,
        /// What it said.
        stderr: String,
    },
    /// A remote did not take a plan.
    #[error("{remote} does not take {slug}: {reason}")]
    Rejected {
        /// The plan.
        slug: String,
        /// The remote.
        remote: String,
        /// Its own words.
        reason: String,
    },
    /// Whoever waited for a remote has lost interest.
    #[error("the exchange with {remote} was stopped")]
    Stopped {
        /// The remote.
        remote: String,
    },
    /// Others kept writing to a remote for as long as the caller was ready to wait.
    #[error("{slug} did not land at {remote} in {} s: others were always quicker ({reason}); it is safe here, try again", waited.as_secs())]
    Outrun {
        /// The plan.
        slug: String,
        /// The remote.
        remote: String,
        /// What the remote said last.
        reason: String,
        /// How long it was tried.
        waited: Duration,
    },
    /// A remote's history of a plan lacks events that it had.
    #[error(
        "{remote} has rewritten the history of {slug}: {lost} of the events that it had are gone there; nothing was changed here, and `git plan sync --restore` gives them back"
    )]
    Rewritten {
        /// The plan.
        slug: String,
        /// The remote.
        remote: String,
        /// How many events are gone.
        lost: usize,
    },
    /// A branch cannot be published to.
    #[error("nothing was published to {name}: {reason}; name another branch with --branch")]
    BranchInUse {
        /// The branch.
        name: String,
        /// Why not.
        reason: String,
    },
    /// Two plans that both are published have one name.
    #[error(
        "{remote} has another plan of the name {slug}, and the one here is published at {elsewhere}; nothing was changed: sync {slug} with {elsewhere} only, or give the plan at {remote} another name there"
    )]
    NameTaken {
        /// The name.
        slug: String,
        /// The remote that has the other plan.
        remote: String,
        /// The remote that has the one that is here.
        elsewhere: String,
    },
    /// What a remote has of a plan cannot be read.
    #[error("what {remote} has of {slug} is damaged at commit {commit}: {reason}; nothing of it was taken in")]
    RemoteDamaged {
        /// The plan.
        slug: String,
        /// The remote.
        remote: String,
        /// The first commit in question.
        commit: ObjectId,
        /// What is wrong with it.
        reason: String,
    },
    /// A remote has events that nobody vouches for, and `plan.requireSigned` asks for that.
    #[error(
        "what {remote} has of {slug} is not signed as plan.requireSigned asks: commit {commit}: {reason}; nothing of it was taken in"
    )]
    Unsigned {
        /// The plan.
        slug: String,
        /// The remote.
        remote: String,
        /// The first commit in question.
        commit: ObjectId,
        /// What is wrong with its signature.
        reason: String,
    },
    /// A git command that was run as a process failed.
    #[error("`{command}` failed ({status}): {stderr}")]
    GitFailed {
        /// The command line.
        command: String,
        /// How it ended.
        status: String,
        /// What it said.
        stderr: String,
    },
}

impl Error {
    /// A word for the kind of failure, which never changes.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotARepository { .. } => "not-a-repository",
            Self::Unowned { .. } => "unowned",
            Self::Unsupported { .. } => "unsupported",
            Self::Config { .. } => "config",
            Self::MissingIdentity { .. } => "missing-identity",
            Self::NoSuchPlan { .. } => "no-such-plan",
            Self::PlanExists { .. } => "plan-exists",
            Self::PlanDamaged { .. } => "plan-damaged",
            Self::NoSuchPoint { .. } => "no-such-point",
            Self::AmbiguousPoint { .. } => "ambiguous-point",
            Self::ForeignLock { .. } => "foreign-lock",
            Self::Busy { .. } => "busy",
            Self::RefMoved { .. } => "ref-moved",
            Self::RefDamaged { .. } => "ref-damaged",
            Self::ObjectMissing { .. } => "object-missing",
            Self::ObjectDamaged { .. } => "object-damaged",
            Self::Signing { .. } => "signing",
            Self::Io { .. } => "io",
            Self::NoSuchRemote { .. } => "no-such-remote",
            Self::WhichRemote { .. } => "which-remote",
            Self::TransportFailed { .. } => "transport-failed",
            Self::Rejected { .. } => "rejected",
            Self::Outrun { .. } => "outrun",
            Self::Stopped { .. } => "stopped",
            Self::Rewritten { .. } => "rewritten",
            Self::BranchInUse { .. } => "branch-in-use",
            Self::NameTaken { .. } => "name-taken",
            Self::RemoteDamaged { .. } => "remote-damaged",
            Self::Unsigned { .. } => "unsigned",
            Self::GitFailed { .. } => "git-failed",
        }
    }

    /// A text that should name an event of the plan, and does not.
    #[must_use]
    pub fn no_such_event(slug: &Slug, event: impl Into<String>) -> Self {
        let tried = "expected an event's id, or at least four digits that one begins with".to_owned();
        Self::NoSuchPoint { slug: slug.to_string(), point: event.into(), tried }
    }

    pub(crate) fn not_a_repository(directory: &Path, cause: &gix::Error) -> Self {
        // That there is none is said already; anything else is worth saying.
        let reason = Some(chain(cause)).filter(|reason| !reason.starts_with("Could not find a git repository"));
        Self::NotARepository { directory: directory.to_owned(), reason: reason.unwrap_or_default() }
    }

    pub(crate) fn config(what: impl Into<String>, cause: &gix::Error) -> Self {
        Self::Config { what: what.into(), reason: chain(cause) }
    }

    pub(crate) fn damaged(id: ObjectId, cause: &gix::Error) -> Self {
        Self::ObjectDamaged { id, reason: chain(cause) }
    }

    pub(crate) fn hashing(path: &Path, cause: &gix::Error) -> Self {
        let source = std::io::Error::other(chain(cause));
        Self::Io { action: "hash an object for", path: path.to_owned(), source }
    }
}

/// Says where an I/O error happened.
pub(crate) trait At<T> {
    fn at(self, action: &'static str, path: &Path) -> Result<T>;
}

impl<T> At<T> for std::io::Result<T> {
    fn at(self, action: &'static str, path: &Path) -> Result<T> {
        self.map_err(|source| Error::Io { action, path: path.to_owned(), source })
    }
}

fn chain(error: &gix::Error) -> String {
    let mut said: Vec<String> = Vec::new();
    for cause in error.iter_errors() {
        let text = cause.to_string();
        if !text.is_empty() && !said.contains(&text) {
            said.push(text);
        }
    }
    said.join(": ")
}

fn which_remote(known: &str) -> String {
    match known {
        "" => "this repository has no remote; `git remote add origin URL` makes one".to_owned(),
        known => format!("which remote? there are {known}; name one, or set plan.remote"),
    }
}

fn among(known: &str) -> String {
    match known {
        "" => "; `git remote add` makes one".to_owned(),
        known => format!("; there are {known}"),
    }
}

fn tip_or_none(id: Option<&ObjectId>) -> String {
    id.map_or_else(|| "no such ref".to_owned(), ToString::to_string)
}

fn after_colon(reason: &str) -> String {
    if reason.is_empty() { String::new() } else { format!(": {reason}") }
}

fn how_old(age: Option<&Duration>) -> String {
    age.map_or_else(String::new, |age| format!(" and is {} s old", age.as_secs()))
}
