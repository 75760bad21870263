//! Taking the edit of a view in: at the version that its editor saw, joined with what came since.
//!
//! What may be relied on: an edit that would bring about a conflict is refused, with both sides named, unless it is to be
//! joined all the same; a refused edit leaves the plan as it was. A trial says what would be recorded, and records nothing.

use std::collections::BTreeSet;

use git_plan_core::absorb::{self, Report};
use git_plan_core::{Batch, Event, EventId, Plan, Slug};
use git_plan_store::{Joining, Writer};
use serde_json::{Value, json};

use crate::args::Reason;
use crate::conflicts;
use crate::exit::{Failure, Status};
use crate::session::Session;

/// An edit to be taken in.
#[derive(Debug)]
pub struct Edit<'a> {
    /// The plan.
    pub slug: &'a Slug,
    /// The heads of the version that was edited.
    pub base: &'a BTreeSet<EventId>,
    /// The whole view, edited.
    pub text: &'a str,
    /// Why.
    pub why: &'a Reason,
    /// Whether it is recorded though it disagrees with what came since.
    pub join: bool,
    /// Whether nothing is to be recorded.
    pub trial: bool,
}

/// What became of an edit.
#[derive(Debug)]
pub struct Taken {
    /// What was understood.
    pub report: Report,
    /// What was recorded, or would be.
    pub events: Vec<Event>,
    /// The plan with it.
    pub plan: Plan,
    /// What is in conflict that was not before.
    pub conflicts: Vec<Value>,
}

impl Edit<'_> {
    /// Takes the edit in.
    pub fn take(&self, session: &Session) -> Result<Taken, Failure> {
        let writer = session.writer(self.why)?;
        if self.trial {
            return self.tried(session, &writer);
        }
        let (mut report, mut conflicts) = (Report::default(), Vec::new());
        let record = |batch: &mut Batch| self.record(batch, &mut report);
        let agree = |sides: &Joining<'_>| {
            conflicts = conflicts::arisen(sides);
            if self.join || conflicts.is_empty() { Ok(()) } else { Err(disagreement(sides.joined, &conflicts)) }
        };
        let done = session.repo.append_at(self.slug, &writer, self.base, record, agree)?;
        let (plan, events) = done.into_whole(&session.repo)?;
        Ok(Taken { report, events, plan, conflicts })
    }

    fn tried(&self, session: &Session, writer: &Writer) -> Result<Taken, Failure> {
        let history = session.repo.history(self.slug, None)?;
        let below = Plan::replay(&history.below(self.base));
        let mut batch = Batch::new(below, writer.by.clone(), writer.at, writer.context.clone());
        let mut report = Report::default();
        self.record(&mut batch, &mut report)?;
        let events: Vec<Event> = batch.events().cloned().collect();
        let (own, new) = batch.into_parts();
        let all: Vec<Event> = history.entries.iter().map(|entry| &entry.event).chain(&events).cloned().collect();
        let plan = Plan::replay(&all);
        let conflicts = conflicts::arisen(&Joining { tip: &history.plan, own: &own, joined: &plan, new: &new });
        Ok(Taken { report, events, plan, conflicts })
    }

    fn record(&self, batch: &mut Batch, report: &mut Report) -> Result<(), Failure> {
        batch.group();
        let unfit = |e: absorb::AbsorbError| {
            Failure::new(Status::Refused, "absorb", format!("the edit of plan {} cannot be taken in: {e}", self.slug))
        };
        *report = absorb::absorb(batch, self.text).map_err(unfit)?;
        Ok(())
    }
}

/// The refusal of an edit that disagrees with what came since.
fn disagreement(plan: &Plan, conflicts: &[Value]) -> Failure {
    let lines: Vec<String> =
        conflicts.iter().map(|conflict| format!("\n  {}", conflicts::line(plan, conflict, false))).collect();
    let message = format!("the edit disagrees with what was written since:{}", lines.concat());
    Failure::new(Status::Conflict, "disagrees", message)
        .hinted("nothing was written; --join records it all the same, and both sides stay until one is chosen")
}

impl Taken {
    /// What was understood, as JSON.
    pub fn json(&self, base: &BTreeSet<EventId>) -> Value {
        let found = self.report.found.iter().map(|found| {
            let matched = found.matched.as_ref().map(|m| json!({ "how": m.how.as_str(), "score": m.score }));
            json!({
                "line": found.line,
                "what": found.what,
                "item": found.item.map(|id| id.to_string()),
                "kind": found.kind.as_str(),
                "text": found.text,
                "match": matched,
            })
        });
        let ignored = self.report.ignored.iter();
        let ignored = ignored.map(|i| json!({ "line": i.line, "text": i.text, "reason": i.reason }));
        json!({
            "base": base.iter().map(ToString::to_string).collect::<Vec<_>>(),
            "found": found.collect::<Vec<_>>(),
            "ignored": ignored.collect::<Vec<_>>(),
            "events": self.events.iter().map(|event| event.id.to_string()).collect::<Vec<_>>(),
            "conflicts": self.conflicts,
        })
    }
}
