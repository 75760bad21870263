//! Which items are hidden.

use std::collections::BTreeMap;

use git_plan_core::state::Branch;
use git_plan_core::{Change, Event, ItemId, Kind, Parent, Plan};

use super::writes::{Thing, absorbed, written};
use super::{below, valid};

/// An item is hidden if and only if a removal stands that saw every touch of it, or was seen by those that it did not.
pub fn removal(events: &[Event], plan: &Plan) {
    let saw = below(events);
    let sees = |later: usize, earlier: usize| saw[later] >> earlier & 1 == 1;
    let mut touches: BTreeMap<ItemId, Vec<usize>> = BTreeMap::new();
    let mut removals: BTreeMap<ItemId, Vec<usize>> = BTreeMap::new();
    let mut restorations: BTreeMap<ItemId, Vec<usize>> = BTreeMap::new();
    let named = |id: ItemId| plan.item(id).map_or(id, |item| item.id());
    for (at, event) in valid(events, plan) {
        for id in touched(event, plan) {
            touches.entry(named(id)).or_default().push(at);
        }
        match &event.change {
            Ok(Change::ItemRemoved(d)) => {
                d.items.iter().for_each(|&id| removals.entry(named(id)).or_default().push(at))
            }
            Ok(Change::ItemRestored(d)) => restorations.entry(named(d.item)).or_default().push(at),
            _ => {}
        }
    }
    for item in plan.items() {
        let of = |map: &BTreeMap<ItemId, Vec<usize>>| map.get(&item.id()).cloned().unwrap_or_default();
        let (touches, removals, restorations) = (of(&touches), of(&removals), of(&restorations));
        let stands = |&&removal: &&usize| {
            let later = |&by: &usize| by != removal && sees(by, removal);
            !restorations.iter().any(later) && !removals.iter().any(later)
        };
        let hides = |&removal: &usize| touches.iter().all(|&by| sees(removal, by) || sees(by, removal));
        let hidden = removals.iter().filter(stands).any(hides);
        assert_eq!(!item.is_visible(), hidden, "the {} {:?} is hidden as its removals say", item.kind(), item.id());
    }
}

/// The items of which an event says something.
fn touched(event: &Event, plan: &Plan) -> Vec<ItemId> {
    let Ok(change) = &event.change else { return Vec::new() };
    let mut touched: Vec<ItemId> = Vec::new();
    for (thing, _) in written(event, plan) {
        match thing {
            Thing::Text(id) | Thing::Body(id) | Thing::State(id) | Thing::Place(id) => touched.push(id),
            Thing::Answer(id) | Thing::AsA(id) | Thing::SoThat(id) => touched.push(id),
            Thing::Field(_) | Thing::Prose(_) | Thing::Heading(_) => {}
        }
    }
    touched.extend(absorbed(event, plan).filter(|(_, said)| said.get("source").is_some()).map(|(id, _)| id));
    // The item that it was put below, if it was put anywhere.
    let mut put = |branch: Branch| {
        if let Branch::Items(Parent::Node(id)) = branch {
            touched.push(id);
        }
    };
    if let Some(item) = plan.item(event.id).filter(|item| item.id() == event.id)
        && let Some(under) = under(change, item.kind())
    {
        put(under);
    }
    match change {
        Change::ItemRespelled(d) => touched.push(d.item),
        Change::ItemMoved(d) => d.under.iter().for_each(|&under| put(Branch::Items(under))),
        Change::ItemRestored(d) => touched.push(d.item),
        Change::StepClaimed(d) => touched.push(d.step),
        Change::StepReleased(d) => touched.push(d.step),
        Change::StepDepended(d) => touched.push(d.step),
        Change::StepUndepended(d) => touched.push(d.step),
        Change::DecisionAmended(d) => touched.push(d.decision),
        Change::DecisionSuperseded(d) => touched.push(d.decision),
        Change::DecisionRecorded(d) => touched.extend(&d.supersedes),
        Change::LinkAdded(d) => touched.push(d.from),
        Change::LinkRemoved(d) => touched.push(d.from),
        Change::StoryRetold(d) => touched.push(d.story),
        _ => {}
    }
    touched
}

/// Where an added item was put when it was added.
fn under(change: &Change, kind: Kind) -> Option<Branch> {
    let data = change.data();
    let under: Parent = data.get("under")?.as_str()?.parse().ok()?;
    (kind != Kind::Section).then_some(Branch::Items(under))
}
