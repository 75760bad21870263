//! *No lost edit*, of sets and of what is only ever added to.

use std::collections::BTreeSet;

use git_plan_core::state::{AddWins, Detail, What};
use git_plan_core::{Change, Event, EventId, ItemId, Plan};

use super::{below, valid};

/// *No lost edit*, for sets: an element stays unless a removal of it saw the add, and goes with the last such add.
pub fn no_lost_member(events: &[Event], plan: &Plan) {
    let saw = below(events);
    // What each event adds and removes, by the name of the set and of the element.
    type Named = (String, String);
    let mut adds: Vec<(usize, Named)> = Vec::new();
    let mut removes: Vec<(usize, Named)> = Vec::new();
    for (at, event) in valid(events, plan) {
        let named = |id: ItemId| plan.item(id).map_or(id, |item| item.id()).to_string();
        match &event.change {
            Ok(Change::TagAdded(d)) => adds.push((at, ("tags".into(), d.tag.to_string()))),
            Ok(Change::TagRemoved(d)) => removes.push((at, ("tags".into(), d.tag.to_string()))),
            Ok(Change::AuthorAdded(d)) => adds.push((at, ("authors".into(), d.author.to_string()))),
            Ok(Change::AuthorRemoved(d)) => removes.push((at, ("authors".into(), d.author.to_string()))),
            Ok(Change::SourceAdded(d)) => adds.push((at, ("sources".into(), d.id.to_string()))),
            Ok(Change::SourceRemoved(d)) => removes.push((at, ("sources".into(), d.id.to_string()))),
            Ok(Change::LinkAdded(d)) => adds.push((at, (named(d.from), format!("{:?} {:?}", &*d.rel, &*d.to)))),
            Ok(Change::LinkRemoved(d)) => removes.push((at, (named(d.from), format!("{:?} {:?}", &*d.rel, &*d.to)))),
            Ok(Change::StepDepended(d)) => adds.push((at, (named(d.step), named(d.on)))),
            Ok(Change::StepUndepended(d)) => removes.push((at, (named(d.step), named(d.on)))),
            // A claim and a successor take the place of those that they saw.
            Ok(Change::StepClaimed(d)) => {
                let owner = (named(d.step), format!("owner {}", &*d.owner));
                adds.push((at, owner.clone()));
                removes.push((at, owner));
            }
            Ok(Change::StepReleased(d)) => removes.push((at, (named(d.step), format!("owner {}", &*d.owner)))),
            Ok(Change::DecisionSuperseded(d)) => {
                adds.push((at, (named(d.decision), "successor".into())));
                removes.push((at, (named(d.decision), "successor".into())));
            }
            Ok(Change::DecisionRecorded(d)) => d.supersedes.iter().for_each(|&old| {
                adds.push((at, (named(old), "successor".into())));
                removes.push((at, (named(old), "successor".into())));
            }),
            _ => {}
        }
    }
    let mut held: BTreeSet<(String, EventId)> = BTreeSet::new();
    fn hold<T: Ord>(of: &str, set: &AddWins<T>, held: &mut BTreeSet<(String, EventId)>) {
        held.extend(set.entries().flat_map(|(_, adds)| adds.iter().map(|add| (of.to_owned(), add.id))));
    }
    hold("tags", &plan.tags, &mut held);
    hold("authors", &plan.authors, &mut held);
    hold("sources", &plan.sources, &mut held);
    for item in plan.items() {
        let of = item.id().to_string();
        hold(&of, &item.links, &mut held);
        match &item.detail {
            Detail::Step(step) => {
                hold(&of, &step.depends, &mut held);
                hold(&of, &step.owners, &mut held);
            }
            Detail::Decision(decision) => hold(&of, &decision.superseded_by, &mut held),
            _ => {}
        }
    }
    for (at, element) in &adds {
        let removes = removes.iter().filter(|(remove, other)| other == element && remove != at);
        let removed = removes.into_iter().any(|(remove, _)| saw[*remove] >> at & 1 == 1);
        let is_held = held.contains(&(element.0.clone(), events[*at].id));
        assert_eq!(!removed, is_held, "{element:?} stays unless a removal saw it added");
    }
}

/// *No lost edit*, of what is only ever added to: every item, log entry, amendment, piece of evidence and way in which a
/// blocker was resolved is there, whoever wrote beside it.
pub fn no_lost_entry(events: &[Event], plan: &Plan) {
    let logged: BTreeSet<(EventId, What)> = plan.log.iter().map(|entry| (entry.stamp.id, entry.what)).collect();
    for (_, event) in valid(events, plan) {
        let Ok(change) = &event.change else { continue };
        let detail = |id: ItemId| plan.item(id).map(|item| &item.detail);
        let name = change.type_name();
        let adds = [".added", ".asked", ".raised", ".recorded"].iter().any(|end| name.ends_with(end));
        if adds
            && !matches!(
                change,
                Change::TagAdded(_) | Change::AuthorAdded(_) | Change::SourceAdded(_) | Change::LinkAdded(_)
            )
        {
            assert!(plan.item(event.id).is_some(), "the item that {name} added is known for ever");
        }
        let what = match name {
            "decision.recorded" | "discovery.recorded" | "blocker.raised" | "note.added" => Some(What::Recorded),
            "step.completed" => Some(What::Completed),
            "step.reopened" => Some(What::Reopened),
            "step.dropped" => Some(What::Dropped),
            "blocker.resolved" => Some(What::Resolved),
            _ => None,
        };
        assert!(what.is_none_or(|what| logged.contains(&(event.id, what))), "{name} has its entry in the log");
        let is_kept = match change {
            Change::DecisionAmended(d) => match detail(d.decision) {
                Some(Detail::Decision(decision)) => {
                    decision.amendments.iter().any(|(by, text)| by.id == event.id && *text == *d.text)
                }
                _ => false,
            },
            Change::BlockerResolved(d) => match (&d.how, detail(d.blocker)) {
                (Some(text), Some(Detail::Blocker { how, .. })) => {
                    how.iter().any(|(by, said)| by.id == event.id && *said == **text)
                }
                (how, _) => how.is_none(),
            },
            Change::StepCompleted(d) => match detail(d.step) {
                Some(Detail::Step(step)) => {
                    d.evidence.iter().all(|said| step.evidence.iter().any(|kept| *kept == **said))
                }
                _ => false,
            },
            Change::CriterionMet(d) => match detail(d.criterion) {
                Some(Detail::Criterion { evidence }) => {
                    d.evidence.iter().all(|said| evidence.iter().any(|kept| *kept == **said))
                }
                _ => false,
            },
            _ => true,
        };
        assert!(is_kept, "what {name} adds to its item stays");
    }
}
