//! Each commit held against the event that it carries, and each join against what its parents make it.

use std::collections::{BTreeMap, BTreeSet};

use git_plan_core::audit::{Code, Finding, Place};
use git_plan_core::{Event, Inert};
use gix::bstr::ByteSlice;
use gix::hash::ObjectId;

use super::Verified;
use crate::join;
use crate::object::RawCommit;
use crate::walk::Node;

/// What is kept of a commit while the others are read.
pub(super) struct Header {
    author: Vec<u8>,
    committer: Vec<u8>,
    tree: ObjectId,
    /// Whether it has a signature.
    pub(super) signed: bool,
    faults: Vec<(Code, &'static str, &'static str)>,
    /// All of it, where it may be a join.
    raw: Option<Vec<u8>>,
}

impl Header {
    pub(super) fn of(raw: &[u8], commit: &RawCommit<'_>, empty_tree: ObjectId) -> Self {
        let headers = &raw[..raw.len() - commit.message.len()];
        let mut faults = Vec::new();
        if commit.tree != empty_tree {
            faults.push((Code::TreeNotEmpty, "the commit has files", "the empty tree"));
        }
        if headers.find(b"\nencoding ").is_some() {
            faults.push((Code::Encoding, "the commit declares an encoding", "none: messages are UTF-8"));
        }
        if !commit.message.ends_with(b"\n") {
            faults.push((Code::NoLineFeed, "the message does not end with a line feed", "a line feed after the event"));
        }
        Self {
            author: commit.author.to_vec(),
            committer: commit.committer.to_vec(),
            tree: empty_tree,
            signed: commit.signed,
            faults,
            raw: (commit.parents.len() > 1).then(|| raw.to_vec()),
        }
    }
}

impl Verified {
    /// Checks all commits.
    pub(super) fn check_commits(&mut self) {
        let mut findings = Vec::new();
        let mut seen = BTreeMap::new();
        for (at, event) in self.events.iter().enumerate() {
            let commit = self.walked.found[at].commit;
            if let Some(first) = seen.insert(event.id, commit) {
                let found = format!("the event is in the commit {first}, too");
                findings.push(self.finding(at, Code::EventTwice, found, "each event in one commit"));
            }
            let Some(header) = self.headers.get(&commit) else { continue };
            for &(code, found, expected) in &header.faults {
                findings.push(self.finding(at, code, found, expected));
            }
            // Of an event that cannot be read, nobody knows whose it is.
            if matches!(event.change, Ok(_) | Err(Inert::UnknownType(_) | Inert::Needs(_))) {
                findings.extend(
                    disagreement(event, header).map(|(code, found, expected)| self.finding(at, code, found, expected)),
                );
            }
        }
        let mut joins = 0;
        for (id, node) in &self.walked.nodes {
            if let Node::Join(parents) = node
                && parents.len() > 1
            {
                joins += 1;
                findings.extend(self.join_fault(*id, parents));
            }
        }
        // The walk's own order depends on a hash table.
        findings[..].sort_by_key(|finding| finding.place.to_string());
        self.audit.findings.append(&mut findings);
        self.audit.checked("commits", self.walked.nodes.len(), "commits read without replace refs and grafts");
        self.audit.checked("authors", self.events.len(), "commits whose author and dates were compared with the event");
        self.audit.checked("joins", joins, "joins made anew from their parents");
    }

    fn join_fault(&self, id: ObjectId, parents: &[ObjectId]) -> Option<Finding> {
        let header = self.headers.get(&id)?;
        let sorted: BTreeSet<ObjectId> = parents.iter().copied().collect();
        // What is missing has been told; without it nobody knows what the join should be.
        let times: Option<Vec<u64>> = sorted
            .iter()
            .map(|parent| Some(join::seconds(&self.headers.get(parent)?.committer).unwrap_or(0)))
            .collect();
        let latest = times?.into_iter().max().unwrap_or(0);
        (header.raw.as_deref() != Some(&join::raw(header.tree, &sorted, latest)[..])).then(|| {
            let found = "the join has another author, time, order or text than its parents give it";
            Finding::new(
                Code::JoinDiffers,
                Place::Commit(id.to_string()),
                found,
                "what spec/6-git.md, G10, makes of them",
            )
        })
    }
}

/// Where the lines of a commit say something else than its event.
fn disagreement(event: &Event, header: &Header) -> impl Iterator<Item = (Code, String, String)> {
    let date = format!(" {} +0000", event.at.seconds().max(0));
    let who = format!("{} <{}>", event.by.name, event.by.email);
    let (author, authored) = split(&header.author);
    let (_, committed) = split(&header.committer);
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let other_author = (author != who.as_bytes()).then(|| {
        (Code::AuthorDiffers, format!("the commit is by {}", text(author)), format!("by {who}, as the event"))
    });
    let other_date = [("author", authored), ("committer", committed)]
        .into_iter()
        .find(|(_, found)| *found != date.as_bytes())
        .map(|(role, found)| {
            let found = format!("the {role}'s date is{}", text(found));
            (Code::DateDiffers, found, format!("{} of {}", date.trim_start(), event.at))
        });
    other_author.into_iter().chain(other_date)
}

/// A line's name and address, and what follows them.
fn split(line: &[u8]) -> (&[u8], &[u8]) {
    let end = line.iter().rposition(|&byte| byte == b'>').map_or(line.len(), |at| at + 1);
    line.split_at(end)
}
