//! Taking the edit of a view in: at the version that its editor saw, joined with what came since.
//!
//! What may be relied on: one edit of one version is taken in once, however often it is brought, so that whoever finds a
//! file whose edits were recorded, by a program that was killed before it could write the file, may absorb it again. An edit that would bring about a conflict is refused, with both sides named, unless it is to be
//! joined all the same; a refused edit leaves the plan as it was. A trial says what would be recorded, and records nothing.

use std::cell::Cell;
use std::collections::BTreeSet;

use git_plan_core::absorb::{self, Report};
use git_plan_core::{Batch, Event, EventId, Plan, Slug, Title};
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
    /// Whether this very edit was taken in before.
    pub repeated: bool,
}

impl Edit<'_> {
    /// Takes the edit in.
    pub fn take(&self, session: &Session) -> Result<Taken, Failure> {
        let mut writer = session.writer(self.why)?;
        let key = self.key();
        writer.context.key = Title::new(key.as_str()).ok();
        if self.trial {
            return self.tried(session, &writer, &key);
        }
        let (mut report, mut conflicts) = (Report::default(), Vec::new());
        let repeated = Cell::new(false);
        let known = |plan: &Plan| repeated.replace(!plan.keyed(&writer.by, &key).is_empty()) || repeated.get();
        let before = || Failure::new(Status::Refused, "repeated", "this edit was taken in before");
        let record = |batch: &mut Batch| {
            if known(batch.plan()) { Err(before()) } else { self.record(batch, &mut report) }
        };
        let agree = |sides: &Joining<'_>| {
            if known(sides.tip) {
                return Err(before());
            }
            conflicts = conflicts::arisen(sides);
            if self.join || conflicts.is_empty() { Ok(()) } else { Err(disagreement(sides.joined, &conflicts)) }
        };
        match session.repo.append_at(self.slug, &writer, self.base, record, agree) {
            Ok(done) => {
                let (plan, events) = done.into_whole(&session.repo)?;
                Ok(Taken { report, events, plan, conflicts, repeated: false })
            }
            Err(_) if repeated.get() => Ok(Taken::before(session.repo.load(self.slug, None)?.plan)),
            Err(error) => Err(error.into()),
        }
    }

    /// What all events of this edit are recorded under: the edited text, and the version that it was made at.
    fn key(&self) -> String {
        let mut seed: String = self.base.iter().map(|head| format!("{head} ")).collect();
        seed.push_str(self.text);
        format!("absorb {}", EventId::of(seed.as_bytes()).prefix(32))
    }

    fn tried(&self, session: &Session, writer: &Writer, key: &str) -> Result<Taken, Failure> {
        let history = session.repo.history(self.slug, None)?;
        if !history.plan.keyed(&writer.by, key).is_empty() {
            return Ok(Taken::before(history.plan));
        }
        let below = Plan::replay(&history.below(self.base));
        let mut batch = Batch::new(below, writer.by.clone(), writer.at, writer.context.clone());
        let mut report = Report::default();
        self.record(&mut batch, &mut report)?;
        let events: Vec<Event> = batch.events().cloned().collect();
        let (own, new) = batch.into_parts();
        let all: Vec<Event> = history.entries.iter().map(|entry| &entry.event).chain(&events).cloned().collect();
        let plan = Plan::replay(&all);
        let conflicts = conflicts::arisen(&Joining { tip: &history.plan, own: &own, joined: &plan, new: &new });
        Ok(Taken { report, events, plan, conflicts, repeated: false })
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
    /// What becomes of an edit that was taken in before.
    fn before(plan: Plan) -> Self {
        Self { report: Report::default(), events: Vec::new(), plan, conflicts: Vec::new(), repeated: true }
    }

    /// Whether something that was written by hand is in no event. The day of the last change is nobody's to write.
    pub fn leaves_out(&self) -> bool {
        self.report.ignored.iter().any(|ignored| !ignored.text.starts_with("last_updated:"))
    }

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
            "anew": self.report.anew,
            "repeated": self.repeated,
            "events": self.events.iter().map(|event| event.id.to_string()).collect::<Vec<_>>(),
            "conflicts": self.conflicts,
        })
    }
}
