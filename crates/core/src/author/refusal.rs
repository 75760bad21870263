//! Refusals: what a plan as it stands does not allow, said so that the next attempt succeeds.
//!
//! Each refusal names the item it is about, what was expected and what was found. [`Refusal::code`] never changes;
//! the texts may. Nothing is recorded when a refusal is returned.

use crate::batch::RecordError;
use crate::prelude::*;
use crate::text::TextError;
use crate::words::NotAWord;

/// What sort of failure a refusal is, for exit statuses and the like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Category {
    /// What was named is not in the plan.
    NotFound,
    /// What was named could be several things.
    Ambiguous,
    /// Writers disagree about what was to be changed.
    Conflict,
    /// The plan does not allow it.
    Refused,
}

/// Why nothing was recorded.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Nothing of that kind goes by that name.
    #[error("there is no {what} {named:?} in this plan{}", how_many(.known))]
    NotFound {
        /// What was looked for.
        what: &'static str,
        /// The number or id that was given.
        named: String,
        /// How many there are.
        known: usize,
    },
    /// Several things go by that name.
    #[error("{named:?} could be {} different things: {}", .candidates.len(), .candidates.join("; "))]
    Ambiguous {
        /// The number or id that was given.
        named: String,
        /// What it could be, each by its id.
        candidates: Vec<String>,
    },
    /// The id is that of something else.
    #[error("{named:?} is {found}: expected a {expected}")]
    WrongKind {
        /// The id that was given.
        named: String,
        /// What it is, such as `criterion 2 (3f9c2a1)`.
        found: String,
        /// What was expected.
        expected: &'static str,
    },
    /// The item was taken out of the plan.
    #[error("{item} was removed")]
    Removed {
        /// The item.
        item: String,
    },
    /// The item is there, and was to be restored.
    #[error("{item} is not removed")]
    NotRemoved {
        /// The item.
        item: String,
    },
    /// The change would change nothing.
    #[error("{item} is already {state}")]
    Already {
        /// What was to be changed.
        item: String,
        /// What it is already.
        state: String,
    },
    /// The item is in a state from which this cannot be done.
    #[error("{item} is {state}: expected {expected}")]
    WrongState {
        /// The item.
        item: String,
        /// What it is.
        state: String,
        /// What it would have to be.
        expected: &'static str,
    },
    /// The plan was put away.
    #[error("this plan is archived: it takes no changes")]
    Archived,
    /// Writers disagree about what was to be changed.
    #[error("the {field} of {item} is in conflict: {}", .sides.join(" against "))]
    InConflict {
        /// The item.
        item: String,
        /// What of it is in conflict.
        field: &'static str,
        /// The values, in order.
        sides: Vec<String>,
    },
    /// Something would wait for itself or hang below itself.
    #[error("{item} cannot {what} {other}: {other} {already}")]
    Cycle {
        /// The item.
        item: String,
        /// What was to be done, such as `wait for`.
        what: &'static str,
        /// The item that it was to be tied to.
        other: String,
        /// How the other is tied to it already.
        already: &'static str,
    },
    /// Steps below are still open.
    #[error("{item} has open steps below it: {}", .open.join(", "))]
    OpenBelow {
        /// The item.
        item: String,
        /// The open ones, in order; of many, the first.
        open: Vec<String>,
    },
    /// The tree would be deeper than readers take.
    #[error("{item} would be nested {depth} deep: at most {} are allowed", crate::limits::TREE_DEPTH)]
    TooDeep {
        /// The item.
        item: String,
        /// How deep.
        depth: usize,
    },
    /// What was said contradicts itself or lacks something.
    #[error("{0}")]
    Unclear(String),
    /// The event cannot be undone.
    #[error("{event} cannot be undone: {reason}")]
    CannotUndo {
        /// The event.
        event: String,
        /// Why.
        reason: String,
        /// What can be done instead.
        instead: Option<&'static str>,
    },
    /// A later change would be lost with it.
    #[error("{event} cannot be undone: {later} came after it and would be lost")]
    LaterWrite {
        /// The event.
        event: String,
        /// The later event.
        later: String,
    },
    /// The event is undone already.
    #[error("{event} is already undone, by {by}")]
    Undone {
        /// The event.
        event: String,
        /// The event that undid it.
        by: String,
    },
    /// A text breaks a limit.
    #[error("{0}")]
    Text(#[from] TextError),
    /// A word is not in its vocabulary.
    #[error("{0}")]
    Word(#[from] NotAWord),
    /// The event would have no effect.
    #[error("{0}")]
    Record(#[from] RecordError),
}

impl Refusal {
    /// A word for the kind of refusal, which never changes.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotFound { .. } => "not-found",
            Self::Ambiguous { .. } => "ambiguous",
            Self::WrongKind { .. } => "wrong-kind",
            Self::Removed { .. } => "removed",
            Self::NotRemoved { .. } => "not-removed",
            Self::Already { .. } => "already",
            Self::WrongState { .. } => "wrong-state",
            Self::Archived => "archived",
            Self::InConflict { .. } => "in-conflict",
            Self::Cycle { .. } => "cycle",
            Self::OpenBelow { .. } => "open-below",
            Self::TooDeep { .. } => "too-deep",
            Self::Unclear(_) => "unclear",
            Self::CannotUndo { .. } => "cannot-undo",
            Self::LaterWrite { .. } => "later-write",
            Self::Undone { .. } => "undone",
            Self::Text(_) => "text",
            Self::Word(_) => "unknown-word",
            Self::Record(_) => "no-effect",
        }
    }

    /// What sort of failure it is.
    #[must_use]
    pub const fn category(&self) -> Category {
        match self {
            Self::NotFound { .. } => Category::NotFound,
            Self::Ambiguous { .. } => Category::Ambiguous,
            Self::InConflict { .. } => Category::Conflict,
            _ => Category::Refused,
        }
    }

    /// What to do next, where there is something to do.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        let say = |text: &str| Some(text.to_owned());
        match self {
            Self::NotFound { what, .. } if *what == "event" => say("`git plan log --oneline` lists the events"),
            Self::NotFound { what, .. } if *what == "conflict" => say("`git plan conflicts` lists them"),
            Self::NotFound { what: "tag" | "author" | "source", .. } => {
                say("`git plan show` shows those that are there")
            }
            Self::NotFound { what, known: 0, .. } => say(first(what)),
            Self::NotFound { .. } | Self::WrongKind { .. } => {
                say("`git plan show --ids` lists the items with their numbers and ids")
            }
            Self::Ambiguous { .. } => say("give more digits of the id"),
            Self::Removed { .. } => say("`git plan step restore ID` takes it back in"),
            Self::Archived => say("`git plan archive --undo` takes the plan up again"),
            Self::InConflict { .. } => say("`git plan conflicts` shows the sides, `git plan resolve` takes one"),
            Self::LaterWrite { .. } => {
                say("undo the later event first; --force undoes this one all the same, --keep the rest of its command")
            }
            Self::OpenBelow { .. } => say("complete or drop them first; --force completes the step all the same"),
            Self::WrongState { state, expected: "an open step", .. } if state == "done" || state == "dropped" => {
                say("`git plan step reopen` puts it back to be done; `git plan next` shows what is open")
            }
            Self::Undone { .. } => say("undo the event that undid it, to have it back"),
            Self::CannotUndo { instead, .. } => instead.map(ToOwned::to_owned),
            Self::Text(TextError::TooLong { .. }) => say("keep long text in a file of the repository and name it here"),
            Self::NotRemoved { .. } => say("`git plan log --oneline` tells what was removed"),
            Self::Already { state, .. } if state == "archived" => say("`git plan archive --undo` takes it up again"),
            Self::Already { state, .. } if state.starts_with("claimed by ") => {
                say("`git plan next --claim` takes another step")
            }
            Self::Already { .. } => say("nothing is to be changed; `git plan status` shows where the plan stands"),
            Self::WrongState { .. } => say("`git plan status` shows where the plan stands, and who is on what"),
            Self::Cycle { .. } | Self::TooDeep { .. } => {
                say("name another one; `git plan show --ids` lists them, with what hangs below")
            }
            Self::Text(TextError::Empty(_)) => say("write it in quotes, or give `-` to read it from standard input"),
            Self::Unclear(_) | Self::Text(_) | Self::Word(_) | Self::Record(_) => None,
        }
    }
}

/// What makes the first one, where there is none.
fn first(what: &str) -> &'static str {
    match what {
        "step" => "`git plan step add TEXT` adds one",
        "criterion" => "`git plan criterion add TEXT` adds one",
        "decision" => "`git plan decide TITLE` records one",
        "question" => "`git plan ask TEXT` records one",
        "blocker" => "`git plan block TEXT` records one",
        "discovery" => "`git plan discover TEXT` records one",
        "note" => "`git plan note TEXT` records one",
        "result" => "`git plan result TEXT` records one",
        _ => "`git plan status` shows where the plan stands",
    }
}

fn how_many(known: &usize) -> String {
    match known {
        0 => ", which has none".to_owned(),
        1 => ", which has one".to_owned(),
        n => format!(", which has {n}"),
    }
}
