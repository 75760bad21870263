//! An event as a commit: the message that carries it, and the way back.
//!
//! The commit is over the empty tree. Its message is a subject for people, the reason, and as its last line the trailer
//! `Plan-Event: ` with the event's canonical bytes, which are the only part that is ever read. Author and committer
//! dates say what the event's `at` says, in whole seconds UTC. Spec: spec/6-git.md.

use git_plan_core::event::Sealed;
use git_plan_core::text;
use gix::bstr::ByteSlice;
use gix::hash::ObjectId;

use crate::identity::Identity;
use crate::object::RawCommit;

const TRAILER: &[u8] = b"Plan-Event: ";

/// The raw commit of an event, unsigned.
pub(crate) fn commit(
    sealed: &Sealed,
    subject: &str,
    tree: ObjectId,
    parents: &[ObjectId],
    [author, committer]: [&Identity; 2],
) -> Vec<u8> {
    let at = sealed.event.at;
    let mut raw = format!("tree {tree}\n");
    for parent in parents {
        raw.push_str(&format!("parent {parent}\n"));
    }
    raw.push_str(&format!("author {}\ncommitter {}\n\n{subject}\n\n", author.line(at), committer.line(at)));
    if let Some(why) = &sealed.event.context.why
        && !why.trim().is_empty()
    {
        raw.push_str(&format!("{}\n\n", text::neutral(why.trim())));
    }
    raw.push_str(&format!("Plan-Event: {}\n", sealed.bytes));
    raw.into_bytes()
}

/// What a commit is to a plan.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Role<'a> {
    /// It carries an event: these bytes.
    Event(&'a [u8]),
    /// It joins concurrent heads and carries nothing.
    Join,
    /// It is neither: no payload, and fewer than two parents.
    Neither,
}

/// What a commit is to a plan.
pub(crate) fn role<'a>(commit: &RawCommit<'a>) -> Role<'a> {
    let message = commit.message.strip_suffix(b"\n").unwrap_or(commit.message);
    let start = message.rfind_byte(b'\n').map_or(0, |at| at + 1);
    match message[start..].strip_prefix(TRAILER) {
        Some(payload) => Role::Event(payload),
        None if commit.parents.len() > 1 => Role::Join,
        None => Role::Neither,
    }
}
