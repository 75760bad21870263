//! What belongs to the trail of a subject besides the subject itself.

use super::{CAUSED_BY, Subject, Tie};
use crate::prelude::*;
use crate::state::{Branch, Detail, Item, Plan};
use crate::{ItemId, Kind, Parent};

/// What belongs to the trail of a subject, each with what it has to do with it.
pub(super) fn related(plan: &Plan, subject: Subject) -> BTreeMap<Subject, Tie> {
    let mut related = BTreeMap::from([(subject, Tie::Itself)]);
    let section = match subject {
        Subject::Plan => {
            related.extend(crate::Field::ALL.iter().map(|&field| (Subject::Field(field), Tie::Part)));
            return related;
        }
        Subject::Field(_) => return related,
        Subject::Section(role) => Some(Parent::Standing(role)),
        Subject::Item(id) => plan.item(id).filter(|item| item.kind() == Kind::Section).map(|_| Parent::Node(id)),
    };
    if let Some(section) = section {
        let prose = plan.items().filter(|item| {
            item.kind() == Kind::Prose && item.placements.writes().any(|w| w.value.branch == Branch::Items(section))
        });
        related.extend(prose.map(|item| (Subject::Item(item.id()), Tie::Part)));
    }
    let Subject::Item(id) = subject else { return related };
    let Some(item) = plan.item(id) else { return related };
    for (other, tie) in around(plan, item) {
        related.entry(Subject::Item(other)).or_insert(tie);
    }
    let mut ahead = vec![item];
    while let Some(item) = ahead.pop() {
        for (other, tie) in behind(plan, item) {
            if let Some(other) = plan.item(other)
                && !related.contains_key(&Subject::Item(other.id()))
            {
                related.insert(Subject::Item(other.id()), tie);
                ahead.push(other);
            }
        }
    }
    related
}

/// What an item goes back to, and what came in its place.
fn behind(plan: &Plan, item: &Item) -> Vec<(ItemId, Tie)> {
    let causes = item.links.iter().filter(|(rel, _)| rel == CAUSED_BY);
    let mut behind: Vec<(ItemId, Tie)> =
        causes.filter_map(|(_, to)| Some((to.parse::<ItemId>().ok()?, Tie::Cause))).collect();
    match &item.detail {
        Detail::Decision(decision) => {
            behind.extend(decision.question.map(|question| (question, Tie::Question)));
            behind.extend(predecessors(plan, item.id()).map(|id| (id, Tie::Replaced)));
            behind.extend(decision.superseded_by.iter().map(|&id| (id, Tie::Replacing)));
        }
        Detail::Discovery { corrects, .. } | Detail::Note { corrects, .. } => {
            behind.extend(corrects.map(|id| (id, Tie::Replaced)));
        }
        _ => {}
    }
    behind
}

/// The decisions in the place of which one came.
fn predecessors(plan: &Plan, id: ItemId) -> impl Iterator<Item = ItemId> {
    let gave_way = move |item: &&Item| matches!(&item.detail, Detail::Decision(d) if d.superseded_by.contains(&id));
    plan.items().filter(gave_way).map(Item::id)
}

/// What stands around the subject itself: blockers and notes on it, decisions that settle it, what corrects it.
fn around(plan: &Plan, subject: &Item) -> Vec<(ItemId, Tie)> {
    let id = subject.id();
    let tie = |item: &Item| match &item.detail {
        Detail::Blocker { on: Some(on), .. } if *on == id => Some(Tie::Blocker),
        Detail::Note { on: Some(on), .. } if *on == id => Some(Tie::Note),
        Detail::Decision(decision) if decision.question == Some(id) => Some(Tie::Decision),
        Detail::Discovery { corrects: Some(old), .. } | Detail::Note { corrects: Some(old), .. } if *old == id => {
            Some(Tie::Replacing)
        }
        _ => None,
    };
    plan.items().filter_map(|item| Some((item.id(), tie(item)?))).collect()
}
