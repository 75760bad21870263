//! Points in a plan's history: what `--at` may name. Spec: C55 to C58.
//!
//! What may be relied on: the forms are tried in one order, and the first that fits is taken; the time that words are
//! counted from is an argument; what is none of them fails with what it was tried as.

use std::collections::BTreeSet;

use git_plan_core::{Event, EventId, Slug, Timestamp};
use gix::hash::ObjectId;

use crate::error::{Error, Result};
use crate::load::History;
use crate::repository::Repository;
use crate::tape::{self, Tape};

/// A point in a plan's history, as somebody names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Point<'a> {
    /// Its name: an event, a git revision, a time, or a number of events back.
    pub name: &'a str,
    /// The time from which words such as `yesterday` are counted.
    pub now: Timestamp,
}

/// Which events a point takes in.
pub(crate) enum Part {
    /// Those with a mark, one for each event in the order.
    Of(Tape, Vec<bool>),
    /// All of these: they lie below a commit that joins some of the plan's.
    Whole(Tape),
}

impl Repository {
    /// The part of a plan's events up to a point.
    pub(crate) fn part(&self, tape: Tape, slug: &Slug, point: Point<'_>) -> Result<Part> {
        let name = point.name;
        let none = |tried: String| Error::NoSuchPoint { slug: slug.to_string(), point: name.to_owned(), tried };
        let marks = if let Some(count) = back(name) {
            before_the_last(&tape, count).ok_or_else(|| none(format!("the plan has {} events", tape.len())))?
        } else if let Some(time) = date(name) {
            tape.until(time).ok_or_else(|| none(tape.beginning()))?
        } else if let Some(event) = tape.named(name)? {
            tape.up_to(BTreeSet::from([event]))
        } else {
            let (commit, reason) = match self.rev_parse(&format!("{name}^{{commit}}")) {
                Ok(commit) => (commit, None),
                // Git's own words say more where a revision is one but leads nowhere.
                Err(Error::GitFailed { stderr, .. }) => (None, stderr.lines().next().map(str::to_owned)),
                Err(e) => return Err(e),
            };
            match commit {
                Some(commit) => return self.part_at(tape, commit, &none),
                None => match self.time_in_words(name, point.now)? {
                    Some(time) => tape.until(time).ok_or_else(|| none(tape.beginning()))?,
                    None => return Err(none(tried(reason.as_deref()))),
                },
            }
        };
        Ok(Part::Of(tape, marks))
    }

    /// The part up to a commit, of the plan or of the code.
    fn part_at(&self, tape: Tape, commit: ObjectId, none: &dyn Fn(String) -> Error) -> Result<Part> {
        if let Some(event) = tape.carried_by(commit) {
            let marks = tape.up_to(BTreeSet::from([event]));
            return Ok(Part::Of(tape, marks));
        }
        if tape.has(commit) {
            return Ok(Part::Whole(self.tape(commit)?));
        }
        let (recorded, unknown) = self.recorded_at(&tape, commit)?;
        if !recorded.is_empty() {
            let marks = tape.up_to(recorded);
            return Ok(Part::Of(tape, marks));
        }
        // A join of the plan that others made is a point too.
        let below = self.tape(commit)?;
        let all: BTreeSet<EventId> = tape.events().map(|event| event.id).collect();
        if below.len() > 0 && below.events().all(|event| all.contains(&event.id)) {
            return Ok(Part::Whole(below));
        }
        let short = commit.to_hex_with_len(12);
        let mut why = format!("it is the commit {short}, and no event was recorded at it or at an ancestor of it");
        if unknown > 0 {
            why.push_str(&format!("; {unknown} commits at which events were recorded are not in this clone"));
        }
        Err(none(why))
    }

    /// The events that were recorded at a commit of the code or at an ancestor of it, and how many of the commits that
    /// events name are not here.
    fn recorded_at(&self, tape: &Tape, commit: ObjectId) -> Result<(BTreeSet<EventId>, usize)> {
        let named: BTreeSet<ObjectId> = tape.events().filter_map(|event| self.code_of(event)).collect();
        if named.is_empty() {
            return Ok((BTreeSet::new(), 0));
        }
        let here = self.commits_here(&named)?;
        let mut input: String = here.iter().map(|id| format!("{id}\n")).collect();
        input.push_str(&format!("^{commit}\n"));
        let beyond = self.git(["rev-list", "--stdin"]).input(input).run()?;
        let beyond: BTreeSet<ObjectId> =
            beyond.split(|&byte| byte == b'\n').filter_map(|line| ObjectId::from_hex(line).ok()).collect();
        let is_below = |code: ObjectId| here.contains(&code) && !beyond.contains(&code);
        let recorded = tape.events().filter(|event| self.code_of(event).is_some_and(is_below));
        Ok((recorded.map(|event| event.id).collect(), named.len() - here.len()))
    }
}

/// What an unknown name was tried as.
fn tried(reason: Option<&str>) -> String {
    let mut tried =
        "it is not the beginning of an event's id, a git revision, a time such as 2026-11-22 or \"2 hours ago\", or -N"
            .to_owned();
    if let Some(reason) = reason {
        tried.push_str(&format!(" (git: {})", reason.trim_start_matches("fatal: ")));
    }
    tried
}

/// The number in `-N`.
fn back(name: &str) -> Option<usize> {
    let digits = name.strip_prefix('-').filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()))?;
    digits.parse().ok()
}

/// A time as it is written: RFC 3339, or a date, which means its end.
fn date(name: &str) -> Option<Timestamp> {
    Timestamp::parse_rfc3339(name).or_else(|_| Timestamp::parse_rfc3339(&format!("{name}T23:59:59.999Z"))).ok()
}

/// Marks all events but the last ones.
fn before_the_last(tape: &Tape, count: usize) -> Option<Vec<bool>> {
    let kept = tape.len().checked_sub(count).filter(|&kept| kept > 0)?;
    Some((0..tape.len()).map(|at| at < kept).collect())
}

impl Tape {
    /// Marks the events whose effective time is not after `time`; `None` where there are none.
    fn until(&self, time: Timestamp) -> Option<Vec<bool>> {
        let marks: Vec<bool> = self.times().map(|effective| effective <= time.millis()).collect();
        if marks.contains(&true) {
            return Some(marks);
        }
        Some(self.up_to(BTreeSet::from([self.claimed_until(time)?])))
    }

    /// The last event of the versions that an import of a file's history found at a time before all that was recorded.
    ///
    /// The events of one version share a batch, and its commit; its time is the latest that they claim.
    fn claimed_until(&self, time: Timestamp) -> Option<EventId> {
        let of = |event: &Event| (event.context.batch.clone(), event.context.code.clone());
        let claimed = |version: &&[&Event]| {
            let claims = version.iter().map(|event| event.context.occurred);
            claims.max().flatten().is_some_and(|claimed| claimed <= time)
        };
        let events: Vec<&Event> = self.events().collect();
        let versions = events.chunk_by(|one, next| of(one) == of(next));
        versions.take_while(claimed).last()?.last().map(|event| event.id)
    }

    /// When the plan was begun, for whoever asks after an earlier time.
    fn beginning(&self) -> String {
        self.events()
            .next()
            .map_or_else(|| "the plan has no events".to_owned(), |first| format!("the plan was begun at {}", first.at))
    }
}

impl History {
    /// The event that a whole id or a unique prefix of at least four digits names; `None` where none is named so.
    ///
    /// # Errors
    /// Where several are.
    pub fn event(&self, prefix: &str) -> Result<Option<EventId>> {
        tape::named(self.entries.iter().map(|entry| entry.event.id), prefix)
    }
}
