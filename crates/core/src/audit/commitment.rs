//! Commitments: what a history was, in a few lines that can be signed and kept elsewhere.
//!
//! What may be relied on: the heads alone fix every event below them, since ids are hashes and name each other; the root and
//! the digests say the same of the bytes and of the state. A later history holds what was committed to where the
//! heads are there and what lies below them gives the same numbers, whatever came since. Spec: spec/6-git.md, G44 and G45.

use core::fmt;

use super::{Code, Finding, Place, Root, root};
use crate::canonical;
use crate::order::{Floor, arrange};
use crate::prelude::*;
use crate::{Event, EventId, Plan, Timestamp};

/// The version of the rules that make a state of events.
pub const SEMANTICS: u32 = 1;

const FIRST: &str = "git-plan-commitment v1";

/// What a history was at some time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commitment {
    /// The plan: the id of its first event.
    pub plan: EventId,
    /// The events that no other followed, sorted.
    pub heads: Vec<EventId>,
    /// How many events there were.
    pub events: u64,
    /// The RFC 6962 root over the lines of the export, without their line feeds.
    pub root: Root,
    /// The BLAKE3 of the export.
    pub export: EventId,
    /// The BLAKE3 of the state as canonical JSON.
    pub state: EventId,
    /// The version of the rules that made the state.
    pub semantics: u32,
    /// When the commitment was made.
    pub at: Timestamp,
}

/// A text is not a commitment.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a commitment: line {line}: expected {expected}")]
pub struct NotACommitment {
    /// The line, counted from 1.
    pub line: usize,
    /// What was expected there.
    pub expected: &'static str,
}

impl Commitment {
    /// The commitment to these events; none where no event begins a plan. `bytes` gives the bytes of the event of an index.
    #[must_use]
    pub fn of<'b>(events: &[Event], bytes: impl Fn(usize) -> &'b [u8], at: Timestamp) -> Option<Self> {
        let plan = Plan::replay(events);
        let lines: Vec<&[u8]> = arrange(events, Floor::NONE).iter().map(|placed| bytes(placed.index)).collect();
        let mut export = blake3::Hasher::new();
        for line in &lines {
            export.update(line).update(b"\n");
        }
        Some(Self {
            plan: plan.id()?,
            heads: plan.heads().iter().copied().collect(),
            events: lines.len() as u64,
            root: root(lines),
            export: EventId::from_bytes(*export.finalize().as_bytes()),
            state: EventId::of(state_text(&plan).as_bytes()),
            semantics: SEMANTICS,
            at,
        })
    }

    /// Reads a commitment; the text must be exactly what [`fmt::Display`] writes.
    ///
    /// # Errors
    /// Names the first line that does not fit.
    pub fn parse(text: &str) -> Result<Self, NotACommitment> {
        let mut lines = text.split('\n').zip(1..);
        let mut value = |name: &str, expected: &'static str| -> Result<(usize, &str), NotACommitment> {
            let (line, number) = lines.next().unwrap_or(("", 1));
            let value = line.strip_prefix(name).ok_or(NotACommitment { line: number, expected })?;
            Ok((number, value))
        };
        let fit = |number: usize, expected: &'static str| move || NotACommitment { line: number, expected };
        let (number, rest) = value(FIRST, FIRST)?;
        rest.is_empty().then_some(()).ok_or_else(fit(number, FIRST))?;
        let id = |(number, text): (usize, &str), expected| text.parse::<EventId>().map_err(|_| fit(number, expected)());
        let plan = id(value("plan ", "the id of the plan")?, "the id of the plan")?;
        let (number, listed) = value("heads ", "the heads")?;
        let heads: Result<Vec<EventId>, _> = listed.split(',').map(str::parse).collect();
        let heads = heads.ok().filter(|heads| heads.is_sorted_by(|a, b| a < b)).ok_or_else(fit(number, "the heads"))?;
        let events = whole(value("events ", "the number of events")?, "the number of events")?;
        let root = *id(value("root-sha256 ", "a SHA-256")?, "a SHA-256")?.as_bytes();
        let export = id(value("jsonl-blake3 ", "a BLAKE3")?, "a BLAKE3")?;
        let state = id(value("state-blake3 ", "a BLAKE3")?, "a BLAKE3")?;
        let (number, version) = value("semantics ", "a version")?;
        let semantics = version.parse().map_err(|_| fit(number, "a version")())?;
        let (number, at) = value("at ", "a time")?;
        let at = at.parse().map_err(|_| fit(number, "a time")())?;
        let read = Self { plan, heads, events, root, export, state, semantics, at };
        // Numbers have more than one spelling, and something may follow.
        if read.to_string() == text { Ok(read) } else { Err(NotACommitment { line: number + 1, expected: "the end" }) }
    }
}

fn whole((number, text): (usize, &str), expected: &'static str) -> Result<u64, NotACommitment> {
    text.parse().map_err(|_| NotACommitment { line: number, expected })
}

impl fmt::Display for Commitment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let heads: Vec<String> = self.heads.iter().map(ToString::to_string).collect();
        writeln!(f, "{FIRST}\nplan {}\nheads {}\nevents {}", self.plan, heads.join(","), self.events)?;
        writeln!(f, "root-sha256 {}", EventId::from_bytes(self.root))?;
        writeln!(f, "jsonl-blake3 {}\nstate-blake3 {}", self.export, self.state)?;
        writeln!(f, "semantics {}\nat {}", self.semantics, self.at)
    }
}

/// A state as canonical JSON, without the reasons of inert events, which are for people.
#[must_use]
pub fn state_text(plan: &Plan) -> String {
    let mut json = plan.to_json();
    for inert in json["inert"].as_array_mut().into_iter().flatten() {
        inert.as_object_mut().map(|inert| inert.remove("reason"));
    }
    let mut text = String::new();
    // A state has a canonical form, as it holds strings, integers, arrays and objects alone.
    let _ = canonical::write(&json, &mut text);
    text
}

/// Holds events against a commitment to what they were. `bytes` gives the bytes of the event of an index.
#[must_use]
pub fn check<'b>(
    commitment: &Commitment,
    events: &[Event],
    bytes: impl Fn(usize) -> &'b [u8],
    place: &Place,
) -> Vec<Finding> {
    let finding = |code, found: String, expected: String| Finding::new(code, place.clone(), found, expected);
    let mut by_id: Vec<(EventId, usize)> = events.iter().zip(0..).map(|(event, at)| (event.id, at)).collect();
    by_id.sort_unstable();
    by_id.dedup_by_key(|entry| entry.0);
    let find = |id: &EventId| by_id.binary_search_by_key(id, |entry| entry.0).ok().map(|at| by_id[at].1);
    let mut findings: Vec<Finding> = commitment
        .heads
        .iter()
        .filter(|head| find(head).is_none())
        .map(|head| {
            let found = format!("the event {head}, which was a head at {}, is gone", commitment.at);
            finding(Code::CutBack, found, "every event that was committed to".to_owned()).about(*head)
        })
        .collect();
    let mut ahead: Vec<usize> = commitment.heads.iter().filter_map(find).collect();
    let mut below = BTreeSet::new();
    while let Some(at) = ahead.pop() {
        if below.insert(at) {
            ahead.extend(events[at].parents.iter().filter_map(find));
        }
    }
    let (kept, places): (Vec<Event>, Vec<usize>) = below.iter().map(|&at| (events[at].clone(), at)).unzip();
    let now = Commitment::of(&kept, |at| bytes(places[at]), commitment.at);
    if !findings.is_empty() {
        let others = now.is_some_and(|now| now.plan != commitment.plan);
        if others || (kept.is_empty() && find(&commitment.plan).is_none()) {
            let found = format!("it commits to the plan {}", commitment.plan);
            findings.insert(0, finding(Code::OtherPlan, found, "a commitment to this plan".to_owned()));
        }
        return findings;
    }
    let Some(now) = now else {
        let found = format!("below the heads are {} events, and none begins a plan", kept.len());
        let expected = format!("the {} events of the plan {}", commitment.events, commitment.plan);
        return vec![finding(Code::CommitmentDiffers, found, expected)];
    };
    let mut differs = |code, what: &str, found: &dyn fmt::Display, expected: &dyn fmt::Display| {
        findings.push(finding(code, format!("{what} {found}"), format!("{what} {expected}, as committed to")));
    };
    let code = Code::CommitmentDiffers;
    if now.plan != commitment.plan {
        differs(code, "plan", &now.plan, &commitment.plan);
    }
    if now.heads != commitment.heads {
        differs(code, "heads:", &now.heads.len(), &commitment.heads.len());
    }
    if now.events != commitment.events {
        differs(code, "events:", &now.events, &commitment.events);
    }
    if now.root != commitment.root {
        differs(code, "root-sha256", &EventId::from_bytes(now.root), &EventId::from_bytes(commitment.root));
    }
    if now.export != commitment.export {
        differs(code, "jsonl-blake3", &now.export, &commitment.export);
    }
    if now.state != commitment.state {
        let same = now.semantics == commitment.semantics;
        let code = if same { code } else { Code::StateDiffers };
        differs(code, "state-blake3", &now.state, &commitment.state);
    }
    findings
}
