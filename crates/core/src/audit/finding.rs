//! What a check may find, each kind with a stable word, how much it matters, and what to do about it.

use core::fmt;

use crate::EventId;
use crate::prelude::*;

/// How much a finding matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Good to know; nothing is wrong.
    Notice,
    /// Somebody should look at it; the history is what it claims to be.
    Warning,
    /// The history is not what it claims to be, or not all of it is there.
    Error,
}

impl Severity {
    /// The word for it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Notice => "notice",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

macro_rules! codes {
    ($($(#[doc = $about:literal])+ $name:ident $word:literal $severity:ident $advice:literal;)*) => {
        /// The kinds of findings. Their words never change.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum Code {
            $($(#[doc = $about])+ $name,)*
        }

        impl Code {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The stable word.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $word,)* }
            }

            /// What it is, in a sentence.
            #[must_use]
            pub fn about(self) -> &'static str {
                match self { $(Self::$name => concat!($($about),+).trim(),)* }
            }

            /// How much it matters, where nothing asks for more.
            #[must_use]
            pub const fn severity(self) -> Severity {
                match self { $(Self::$name => Severity::$severity,)* }
            }

            /// What to do about it.
            #[must_use]
            pub const fn advice(self) -> &'static str {
                match self { $(Self::$name => $advice,)* }
            }
        }
    };
}

codes! {
    /// An event of more bytes than a reader takes.
    TooLarge "too-large" Error "it has no effect; find out who put it there";
    /// The bytes of an event are not canonical JSON.
    NotCanonical "not-canonical" Error "the event was edited, or made past git-plan: compare with another clone";
    /// An event is not as the specification says.
    Malformed "malformed" Error "the event was edited, or made past git-plan: compare with another clone";
    /// An event of a newer version of the format.
    FutureVersion "future-version" Warning "check again with a newer git-plan";
    /// An event of a type that this version does not know.
    UnknownType "unknown-type" Warning "check again with a newer git-plan";
    /// An event that needs a feature that this version does not have.
    Needs "needs" Warning "check again with a newer git-plan";
    /// An event that its ancestors do not allow.
    NoEffect "no-effect" Warning "it has no effect; `git plan log` shows it";
    /// An event that repeats another under one key.
    Repeated "repeated" Notice "nothing: a command was tried twice, and counts once";
    /// An event names a parent that is not there.
    MissingParent "missing-parent" Error
        "an event was dropped, edited, or taken from another plan: compare with another clone";
    /// No event begins the plan.
    NoBeginning "no-beginning" Error "the first event was dropped or edited: compare with another clone";
    /// More than one event begins a plan.
    SecondBeginning "second-beginning" Error "the events of two plans were put together: compare with another clone";
    /// An event without parents that does not begin the plan.
    NoParents "no-parents" Error "the event does not belong here: compare with another clone";
    /// Lines of an export are not in the plan's order.
    OutOfOrder "out-of-order" Error "the lines were moved: export the plan anew";
    /// A line of an export is there twice.
    LineTwice "line-twice" Error "export the plan anew";
    /// What should end with a line feed does not.
    NoLineFeed "no-line-feed" Error "the end was cut off: get it anew";
    /// An event's time is well before that of its parents.
    BeforeParent "before-parent" Warning "a clock was wrong, or a time was forged; the order does not depend on it";
    /// An event's time has not come yet.
    InTheFuture "in-the-future" Warning "a clock is wrong, or a time was forged; the order does not depend on it";
    /// The events of one command are by several authors.
    BatchOfSeveral "batch-of-several" Warning "one command has one author: ask who made it";
    /// The events of one command do not follow each other.
    BatchTorn "batch-torn" Warning "the events of one command follow each other: ask who made them";
    /// A commit cannot be read.
    Unreadable "unreadable" Error "fetch the plan from where it is whole; `git fsck` says more";
    /// A commit that no plan can have.
    NotOfAPlan "not-of-a-plan" Error "somebody put it there past git-plan: compare with another clone";
    /// The commits below an event carry other events than it names.
    ParentsDiffer "parents-differ" Error
        "an event was dropped, inserted, moved, edited, or taken from another plan: compare with another clone";
    /// A commit has files.
    TreeNotEmpty "tree-not-empty" Error "the commit was made past git-plan: compare with another clone";
    /// A commit declares an encoding.
    Encoding "encoding" Error "the commit was made past git-plan: compare with another clone";
    /// The author of a commit is not that of its event.
    AuthorDiffers "author-differs" Error "the commit was given to somebody else: the event says who made it";
    /// The dates of a commit are not that of its event.
    DateDiffers "date-differs" Error "the commit was dated anew: the event says when it was made";
    /// One event in several commits.
    EventTwice "event-twice" Notice "nothing: it counts once";
    /// A join is not what its parents make it.
    JoinDiffers "join-differs" Error "the join was made past git-plan: compare with another clone";
    /// A replace ref stands before a commit.
    Replaced "replaced" Error "`git log` shows another commit, git-plan does not: `git replace -d COMMIT`";
    /// A graft stands before a commit.
    Grafted "grafted" Error "`git log` shows other parents, git-plan does not: take the line out of info/grafts";
    /// The history is cut off by a shallow clone.
    Shallow "shallow" Error "the rest was not checked: `git fetch --unshallow`";
    /// The kept state is not what the events make.
    SnapshotDiffers "snapshot-differs" Error "delete the file: it is made anew";
    /// A ref of a plan cannot be used.
    RefDamaged "ref-damaged" Error "`git reflog` and other clones may know where it pointed";
    /// A signature does not fit its commit.
    BadSignature "bad-signature" Error "the commit was changed after it was signed: compare with another clone";
    /// A signature by a key that is not trusted here, is expired or was revoked.
    UntrustedSignature "untrusted-signature" Warning "add the key to those that you trust, if you do";
    /// A signature that cannot be checked here.
    UncheckedSignature "unchecked-signature" Warning
        "set gpg.ssh.allowedSignersFile, or get the key: `git verify-commit` says which";
    /// An event without a signature where one is asked for.
    Unsigned "unsigned" Error "plan.requireSigned asks for a signature: its author sets plan.sign and signs what comes";
    /// A signature by somebody else than the author.
    OtherSigner "other-signer" Warning "ask the signer whether they acted for the author";
    /// What was committed to is gone.
    CutBack "cut-back" Error "the history was cut back or rewritten: get it from where it is whole";
    /// What was committed to is not what is there.
    CommitmentDiffers "commitment-differs" Error "the commitment was edited, or events below it were lost";
    /// A commitment to another plan.
    OtherPlan "other-plan" Error "give the commitment of this plan";
    /// The same events make another state than they did.
    StateDiffers "state-differs" Warning "the commitment was made by a git-plan that read them otherwise";
    /// A commitment that nobody signed.
    CommitmentUnsigned "commitment-unsigned" Notice "it proves as much as the place where it was kept";
    /// A commitment's signature that does not fit it.
    CommitmentBadSignature "commitment-bad-signature" Error "the commitment or its signature was edited";
    /// A commitment's signature by a key that is not trusted here.
    CommitmentUntrusted "commitment-untrusted" Warning "name those whom you trust: gpg.ssh.allowedSignersFile";
    /// A file of a bundle is not there.
    FileMissing "file-missing" Error "get the bundle anew";
    /// A file of a bundle is not what it was.
    FileDiffers "file-differs" Error "the file was edited, or is of another version: get the bundle anew";
    /// A push that takes events away.
    Rewritten "rewritten" Error "plans only grow: `git plan sync` takes in what is there first";
    /// A push that deletes a plan.
    Deleted "deleted" Error "plans are not deleted here; `git plan archive` puts one away";
    /// A ref below `refs/plans/` that no plan can have.
    NotASlug "not-a-slug" Error "a plan's name has a to z, 0 to 9 and - alone";
}

impl Code {
    /// The kind of an event that has no effect, by the code of the reason (spec/4-state.md, S31).
    #[must_use]
    pub fn of_inert(code: &str) -> Self {
        match code {
            "too-large" => Self::TooLarge,
            "not-canonical" => Self::NotCanonical,
            "malformed" => Self::Malformed,
            "future-version" => Self::FutureVersion,
            "unknown-type" => Self::UnknownType,
            "needs" => Self::Needs,
            "second-beginning" => Self::SecondBeginning,
            "no-parents" => Self::NoParents,
            "duplicate" => Self::Repeated,
            _ => Self::NoEffect,
        }
    }
}

/// Where something was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// The plan as a whole.
    Plan,
    /// A line of an export, counted from 1.
    Line(usize),
    /// A commit, by its id.
    Commit(String),
    /// A ref, by its full name.
    Ref(String),
    /// A file.
    File(String),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Plan => f.write_str("the plan"),
            Self::Line(number) => write!(f, "line {number}"),
            Self::Commit(id) => write!(f, "commit {id}"),
            Self::Ref(name) | Self::File(name) => f.write_str(name),
        }
    }
}

/// One thing that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What kind of thing.
    pub code: Code,
    /// How much it matters.
    pub severity: Severity,
    /// Where.
    pub place: Place,
    /// The event that it is about.
    pub event: Option<EventId>,
    /// What is there.
    pub found: String,
    /// What should be there.
    pub expected: String,
}

impl Finding {
    /// A finding that matters as much as its kind does.
    pub fn new(code: Code, place: Place, found: impl Into<String>, expected: impl Into<String>) -> Self {
        let (found, expected) = (found.into(), expected.into());
        Self { code, severity: code.severity(), place, event: None, found, expected }
    }

    /// The same about an event.
    #[must_use]
    pub fn about(mut self, event: EventId) -> Self {
        self.event = Some(event);
        self
    }

    /// The same as an error.
    #[must_use]
    pub fn serious(mut self) -> Self {
        self.severity = Severity::Error;
        self
    }
}
