//! An in-toto Statement v1: what the plan is at this point, for tools that sign and check such statements.
//!
//! What may be relied on: the subjects are the lines of `jsonl`, by SHA-256 and BLAKE3, and the commit; what the
//! predicate counts can be counted again from these lines. Spec: spec/10-exports.md, X19 and X20.

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{Export, jsonl};
use crate::audit::{Commitment, SEMANTICS};
use crate::prelude::*;
use crate::{Event, EventId, Kind, State, text};

/// What the predicate is.
pub const PREDICATE: &str = "https://git-plan.dev/attestation/plan-state/v1";

/// The statement; `tip` is the commit that has all of these events below it, `version` this program's.
#[must_use]
pub fn statement(export: &Export<'_>, tip: &str, version: &str) -> Value {
    let lines = jsonl::write(export);
    let sha256 = EventId::from_bytes(Sha256::digest(&lines).into()).to_string();
    let digest = json!({ "sha256": sha256, "blake3": EventId::of(&lines).to_string() });
    let subject = json!([
        { "name": "events.jsonl", "digest": digest },
        { "name": format!("refs/plans/{}", export.slug), "digest": { "gitCommit": tip } },
    ]);
    json!({
        "_type": "https://in-toto.io/Statement/v1",
        "subject": subject,
        "predicateType": PREDICATE,
        "predicate": predicate(export, version),
    })
}

fn predicate(export: &Export<'_>, version: &str) -> Value {
    let plan = export.plan;
    let events: Vec<Event> = export.rows.iter().map(|row| row.event.clone()).collect();
    let last = events.iter().map(|event| event.at).max().unwrap_or_default();
    let commitment = Commitment::of(&events, |at| export.rows[at].bytes, last);
    let open = |kind| plan.items_of(kind).filter(|item| item.state() == Some(State::Open)).count();
    let (steps, criteria) = (plan.step_progress(), plan.criteria_progress());
    let dropped = plan.items_of(Kind::Step).filter(|step| step.state() == Some(State::Dropped)).count();
    json!({
        "plan": {
            "id": plan.id().map(|id| id.to_string()).unwrap_or_default(),
            "slug": export.slug.as_str(),
            "title": text::line(plan.title()),
        },
        "heads": plan.heads().iter().map(ToString::to_string).collect::<Vec<_>>(),
        "eventCount": export.rows.len(),
        "rootSha256": commitment.as_ref().map(|c| EventId::from_bytes(c.root).to_string()).unwrap_or_default(),
        "stateBlake3": commitment.as_ref().map(|c| c.state.to_string()).unwrap_or_default(),
        "projector": { "name": "git-plan", "version": version, "semantics": SEMANTICS },
        "period": {
            "from": events.iter().map(|event| event.at).min().unwrap_or_default().to_string(),
            "to": last.to_string(),
        },
        "steps": { "total": steps.total, "done": steps.done, "dropped": dropped },
        "criteria": { "total": criteria.total, "met": criteria.done },
        "openQuestions": open(Kind::Question),
        "openBlockers": open(Kind::Blocker),
        "conflicts": plan.conflicts().len(),
        "decisions": decisions(export),
        "actors": actors(&events),
    })
}

fn decisions(export: &Export<'_>) -> Vec<Value> {
    let decision = |item: &crate::Item| {
        let by = item.attributed.clone().or_else(|| Some(export.plan.person(item.added)?.actor.name.clone()));
        let mut said = json!({
            "id": item.id().to_string(),
            "choice": text::line(item.text()),
            "status": item.state().map(|state| state.as_str()).unwrap_or_default(),
            "by": text::line(&by.unwrap_or_default()),
            "at": item.occurred.to_string(),
        });
        if let crate::state::Detail::Decision(detail) = &item.detail {
            if let Some(reason) = &detail.reason {
                said["why"] = text::neutral(reason).into();
            }
            if let Some(question) = detail.question.and_then(|id| export.plan.item(id)) {
                said["question"] = text::line(question.text()).into();
            }
            let by = detail.superseded_by.by_age();
            if !by.is_empty() {
                said["supersededBy"] = by.iter().map(ToString::to_string).collect::<Vec<_>>().into();
            }
        }
        said
    };
    export.plan.items_of(Kind::Decision).map(decision).collect()
}

/// Who made how many events.
fn actors(events: &[Event]) -> Vec<Value> {
    let mut counted: BTreeMap<(&str, &str, &str), usize> = BTreeMap::new();
    for event in events {
        let agent = event.context.agent.as_ref().map_or("", |agent| agent.name.as_str());
        *counted.entry((&event.by.name, &event.by.email, agent)).or_default() += 1;
    }
    let actor = |((name, email, agent), events): (&(&str, &str, &str), &usize)| {
        let kind = if agent.is_empty() { "person" } else { "agent" };
        let mut said = json!({ "name": text::line(name), "email": text::line(email), "kind": kind, "events": events });
        if !agent.is_empty() {
            said["agent"] = text::line(agent).into();
        }
        said
    };
    counted.iter().map(actor).collect()
}
