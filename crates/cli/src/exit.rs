//! Exit statuses, and how a failure is told.
//!
//! The table is part of the interface: statuses never change their meaning. 0 means done, and what was to be written is
//! in the repository; with any other status it is not. A reader that closes the pipe early is no failure.

use std::io::{ErrorKind, Write};
use std::process::ExitCode;

use git_plan_core::author::{Category, Refusal};
use git_plan_core::text;
use git_plan_store::{AppendError, Error};

use crate::ui::{self, Ui};

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// The plan as it stands does not allow it.
    Refused = 1,
    /// The command line makes no sense.
    Usage = 2,
    /// Writers disagree about what was asked for.
    Conflict = 3,
    /// What was named is not there.
    NotFound = 4,
    /// What was named could be several things.
    Ambiguous = 5,
    /// Others are writing; the same command may succeed when tried again.
    Busy = 6,
    /// Something stored is damaged.
    Damaged = 7,
    /// The surroundings are not fit: no repository, no identity, no signature, not supported.
    Environment = 8,
    /// The operating system or git failed.
    Failed = 9,
}

impl Status {
    /// Every status and what it means, that of success left out.
    pub const TABLE: [(Self, &'static str); 9] = [
        (Self::Refused, "refused: the plan as it stands does not allow it"),
        (Self::Usage, "usage: the command line is wrong"),
        (Self::Conflict, "conflicts are present"),
        (Self::NotFound, "not found"),
        (Self::Ambiguous, "ambiguous: more than one thing fits"),
        (Self::Busy, "busy: a retry can help"),
        (Self::Damaged, "damaged"),
        (Self::Environment, "environment: no repository, no identity, or the like"),
        (Self::Failed, "input, output or git failed"),
    ];
}

/// A command that did not do what it was asked.
#[derive(Debug, Clone)]
pub struct Failure {
    /// The exit status.
    pub status: Status,
    /// A stable word for the kind of failure.
    pub code: String,
    /// What failed.
    pub message: String,
    /// What to do next.
    pub hint: Option<String>,
    /// Whether the reader of the output went away, which is no failure at all.
    pub unread: bool,
    /// Whether the output has said it all, so that only the status is left.
    pub told: bool,
}

impl Failure {
    /// A failure with nothing to advise.
    pub fn new(status: Status, code: &str, message: impl Into<String>) -> Self {
        Self { status, code: code.to_owned(), message: message.into(), hint: None, unread: false, told: false }
    }

    /// The same with advice.
    pub fn hinted(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// An exit status for an answer that was given: what was asked after is so.
    pub fn answered(status: Status) -> Self {
        Self { told: true, ..Self::new(status, "answered", String::new()) }
    }

    /// A command line that makes no sense.
    pub fn usage(message: impl Into<String>) -> Self {
        Self::new(Status::Usage, "usage", message)
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::from(&error)
    }
}

impl From<&Error> for Failure {
    fn from(error: &Error) -> Self {
        let status = match error {
            Error::NoSuchPlan { .. } | Error::NoSuchPoint { .. } | Error::NoSuchRemote { .. } => Status::NotFound,
            Error::WhichRemote { known } if known.is_empty() => Status::NotFound,
            Error::AmbiguousPoint { .. } | Error::WhichRemote { .. } => Status::Ambiguous,
            Error::PlanExists { .. }
            | Error::Rejected { .. }
            | Error::Rewritten { .. }
            | Error::BranchInUse { .. }
            | Error::NameTaken { .. }
            | Error::Unsigned { .. } => Status::Refused,
            Error::ForeignLock { .. }
            | Error::Busy { .. }
            | Error::RefMoved { .. }
            | Error::Outrun { .. }
            | Error::Stopped { .. } => Status::Busy,
            Error::PlanDamaged { .. }
            | Error::RemoteDamaged { .. }
            | Error::RefDamaged { .. }
            | Error::ObjectMissing { .. }
            | Error::ObjectDamaged { .. } => Status::Damaged,
            Error::NotARepository { .. }
            | Error::Unowned { .. }
            | Error::Unsupported { .. }
            | Error::Config { .. }
            | Error::MissingIdentity { .. }
            | Error::Signing { .. } => Status::Environment,
            // The store may learn to fail in new ways; until one has a line here it is a failure of git.
            _ => Status::Failed,
        };
        let failure = Self::new(status, error.code(), error.to_string());
        match hint(error) {
            Some(hint) => failure.hinted(hint),
            None => failure,
        }
    }
}

/// What to do about a failure of the store, where its own words do not say it.
fn hint(error: &Error) -> Option<&'static str> {
    match error {
        Error::Stopped { .. } => {
            Some("what was written here is safe, and what has landed there stays; sync again to go on")
        }
        Error::TransportFailed { .. } => {
            Some("what was written here is safe; `git plan sync` again when what git complains of is mended")
        }
        Error::Rejected { .. } => Some(
            "`git plan sync` takes in what is there first; a remote that takes no plans at all may take their views: \
             `git plan publish`",
        ),
        Error::Io { source, .. } => match source.kind() {
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge => {
                Some("what was acknowledged before is safe; make room there, and run it again")
            }
            ErrorKind::ReadOnlyFilesystem | ErrorKind::PermissionDenied => Some(
                "this repository cannot be written to from here; its plans can be read, and a clone where you may write \
                 can take them up",
            ),
            _ => None,
        },
        Error::Unsigned { .. } => {
            Some("whoever wrote it signs with plan.sign; a key that you trust belongs into gpg.ssh.allowedSignersFile")
        }
        _ => None,
    }
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        let status = match refusal.category() {
            Category::NotFound => Status::NotFound,
            Category::Ambiguous => Status::Ambiguous,
            Category::Conflict => Status::Conflict,
            Category::Refused => Status::Refused,
        };
        Self { hint: refusal.hint(), ..Self::new(status, refusal.code(), refusal.to_string()) }
    }
}

impl<E: Into<Failure>> From<AppendError<E>> for Failure {
    fn from(error: AppendError<E>) -> Self {
        match error {
            AppendError::Refused(refused) => refused.into(),
            AppendError::Store(error) => error.into(),
        }
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        let unread = error.kind() == ErrorKind::BrokenPipe;
        Self { unread, ..Self::new(Status::Failed, "io", format!("cannot write the output: {error}")) }
    }
}

/// Tells of a failure, and says the status to exit with.
pub fn report(failure: &Failure, ui: &Ui) -> ExitCode {
    if failure.unread {
        return ExitCode::SUCCESS;
    }
    if !failure.told {
        ui.fail(failure);
    }
    ExitCode::from(failure.status as u8)
}

/// Tells what is wrong with a command line; prints help where that was asked for.
pub fn usage(error: &clap::Error) -> ExitCode {
    if !error.use_stderr() || !std::env::args_os().any(|arg| arg == "--json") {
        // The message quotes the command line, which may quote anything: only what is harmless keeps its colours.
        let plain = error.render().to_string();
        let neutral = text::neutral(&plain);
        // Nobody is left to be told that telling failed.
        let _ = if neutral == plain { error.print() } else { write!(std::io::stderr(), "{neutral}") };
        return if error.use_stderr() { ExitCode::from(Status::Usage as u8) } else { ExitCode::SUCCESS };
    }
    let text = error.to_string();
    let said =
        text.lines().map(str::trim).take_while(|line| !line.starts_with("Usage:") && !line.starts_with("For more"));
    let said = said.filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" ");
    let message = said.strip_prefix("error: ").unwrap_or(&said);
    let failure = Failure::usage(message).hinted("`git plan COMMAND --help` shows how it is called");
    ui::fail_json(&failure);
    ExitCode::from(Status::Usage as u8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statuses_keep_their_numbers() {
        let table = [
            (Status::Refused, 1),
            (Status::Usage, 2),
            (Status::Conflict, 3),
            (Status::NotFound, 4),
            (Status::Ambiguous, 5),
            (Status::Busy, 6),
            (Status::Damaged, 7),
            (Status::Environment, 8),
            (Status::Failed, 9),
        ];
        for (status, number) in table {
            assert_eq!(status as u8, number, "{status:?} is what scripts know it by");
        }
    }
}
