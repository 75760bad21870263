//! What is done alike to items of many kinds: wording, prose, place, removal and restoration.

use super::placing::{depth_below, last, not_too_deep, parent_of, subtree};
use super::{Refusal, Spot, find, open, own, undisputed, wording};
use crate::change::*;
use crate::prelude::*;
use crate::state::{Branch, Item};
use crate::{Batch, EventId, ItemId, Kind, Parent, Plan, Text};

/// Gives an item another wording.
///
/// # Errors
/// Where it is not there, has that wording already, or writers disagree about it.
pub fn reword(batch: &mut Batch, kind: Kind, named: &str, text: &str) -> Result<EventId, Refusal> {
    let plan = open(batch)?;
    let item = find::item(plan, kind, named)?;
    let text = wording(text)?;
    undisputed(Some(&item.text), &find::label(plan, item), "wording")?;
    if item.text() == &*text {
        return Err(Refusal::Already { item: find::label(plan, item), state: "worded so".to_owned() });
    }
    let item = item.id();
    Ok(batch.record(ItemReworded { item, text })?)
}

/// Writes the prose that belongs to an item; an empty text takes it away.
///
/// # Errors
/// Where the item is not there or has that prose already, or writers disagree about it.
pub fn write(batch: &mut Batch, kind: Kind, named: &str, text: &str) -> Result<EventId, Refusal> {
    let plan = open(batch)?;
    let item = find::item(plan, kind, named)?;
    undisputed(item.body.as_deref(), &find::label(plan, item), "prose")?;
    let text = text.trim_end();
    if item.body().unwrap_or_default() == text {
        return Err(Refusal::Already { item: find::label(plan, item), state: "described so".to_owned() });
    }
    let of = Parent::Node(item.id());
    Ok(batch.record(ProseSet { of, text: Text::new(text)? })?)
}

/// Moves an item to another place.
///
/// # Errors
/// Where the place is not named, below the item itself, too deep, or where the item stands already.
pub fn relocate(batch: &mut Batch, kind: Kind, named: &str, spot: &Spot<'_>) -> Result<EventId, Refusal> {
    let plan = open(batch)?;
    let item = find::item(plan, kind, named)?;
    if !spot.is_named() {
        return Err(Refusal::Unclear("no place: name one with --under, --after, --first or --top".to_owned()));
    }
    let mut place = spot.find(plan, kind)?;
    let below = subtree(plan, item.id());
    if let Parent::Node(parent) = place.parent
        && let Some(parent) = plan.item(parent)
        && below.iter().any(|&(id, _)| id == parent.id())
    {
        let (item, other) = (find::label(plan, item), find::label(plan, parent));
        return Err(Refusal::Cycle { item, what: "move below", other, already: "hangs below it, or is it" });
    }
    let height = below.iter().map(|&(_, depth)| depth).max().unwrap_or(1);
    not_too_deep(find::label(plan, item), depth_below(plan, place.parent) + height)?;
    if spot.after.is_none() && !spot.first {
        place.after = last(plan, Branch::Items(place.parent), Some(item.id()));
    }
    if parent_of(item) == Some(place.parent) && stands_after(plan, item, place.after) {
        return Err(Refusal::Already { item: find::label(plan, item), state: "there".to_owned() });
    }
    let item = item.id();
    Ok(batch.record(ItemMoved { after: place.after, item, under: place.under })?)
}

/// Whether an item comes right after this placement among its siblings, or is itself placed there.
fn stands_after(plan: &Plan, item: &Item, after: Option<EventId>) -> bool {
    let mut before = None;
    for (slot, sibling) in plan.standing(item.place.branch) {
        if sibling == item.id() {
            break;
        }
        before = Some(slot);
    }
    before == after || after == Some(item.place.slot)
}

/// Takes an item out, together with everything visible below it; says the ids of all of them.
///
/// # Errors
/// Where it is not there.
pub fn remove(batch: &mut Batch, kind: Kind, named: &str) -> Result<Vec<ItemId>, Refusal> {
    let plan = open(batch)?;
    let item = find::item(plan, kind, named)?;
    let items: Vec<ItemId> = subtree(plan, item.id()).into_iter().map(|(id, _)| id).collect();
    let gap = own::gap_kept(plan, &items)?;
    if gap.is_some() {
        batch.group();
    }
    batch.record(ItemRemoved { items: items.clone() })?;
    gap.into_iter().try_for_each(|change| batch.record(change).map(drop))?;
    Ok(items)
}

/// Takes a removed item back in, together with what was removed with it.
///
/// # Errors
/// Where it is not known, or not removed.
pub fn restore(batch: &mut Batch, kind: Kind, named: &str) -> Result<Vec<EventId>, Refusal> {
    let plan = open(batch)?;
    let item = find::any(plan, kind, named)?;
    if item.is_visible() {
        return Err(Refusal::NotRemoved { item: find::label(plan, item) });
    }
    let removals: Vec<EventId> = item.existence.removals().map(|stamp| stamp.id).collect();
    let with_it = |other: &&Item| {
        !other.is_visible()
            && is_below(plan, other, item.id())
            && other.existence.removals().any(|stamp| removals.contains(&stamp.id))
    };
    let below: Vec<ItemId> = plan.items().filter(with_it).map(Item::id).filter(|&id| id != item.id()).collect();
    let items: Vec<ItemId> = core::iter::once(item.id()).chain(below).collect();
    if items.len() > 1 {
        batch.group();
    }
    items.into_iter().map(|item| Ok(batch.record(ItemRestored { item })?)).collect()
}

/// Whether an item hangs somewhere below another.
fn is_below(plan: &Plan, item: &Item, above: ItemId) -> bool {
    let mut parent = parent_of(item);
    while let Some(Parent::Node(id)) = parent {
        if id == above {
            return true;
        }
        parent = plan.item(id).and_then(parent_of);
    }
    false
}
