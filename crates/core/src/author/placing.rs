//! Where in a list something goes: below what, and after which sibling.
//!
//! A sibling is named on the wire by its placement, the slot that it stands at now, so that what is put after it stays
//! there when the sibling itself moves on.

use super::{Refusal, find};
use crate::prelude::*;
use crate::state::{Branch, Item};
use crate::{EventId, ItemId, Kind, Parent, Plan, limits};

/// A place as a person names it. The default is the end of the list that items of the kind hang in.
#[derive(Debug, Clone, Copy, Default)]
pub struct Spot<'a> {
    /// Below this item or section.
    pub under: Option<&'a str>,
    /// Right after this sibling.
    pub after: Option<&'a str>,
    /// Before all siblings.
    pub first: bool,
    /// At the top level, below no item.
    pub top: bool,
}

impl Spot<'_> {
    /// Whether it names any place.
    #[must_use]
    pub const fn is_named(&self) -> bool {
        self.under.is_some() || self.after.is_some() || self.first || self.top
    }

    /// The place in the words of the wire: `under`, which is absent for a kind's home, and `after`, absent for first.
    pub(super) fn find(&self, plan: &Plan, kind: Kind) -> Result<Placed, Refusal> {
        if self.first && self.after.is_some() {
            return Err(Refusal::Unclear("first and after another item: expected one of the two".to_owned()));
        }
        if self.top && self.under.is_some() {
            return Err(Refusal::Unclear("at the top and under something: expected one of the two".to_owned()));
        }
        let home = Parent::Standing(kind.home());
        let sibling = self.after.map(|named| find::item(plan, kind, named)).transpose()?;
        let parent = match (self.under, sibling) {
            (Some(named), _) => Some(parent(plan, kind, named)?),
            (None, _) if self.top => Some(home),
            (None, Some(sibling)) => parent_of(sibling),
            (None, None) => Some(home),
        };
        let parent = parent.unwrap_or(home);
        if let Some(sibling) = sibling
            && parent_of(sibling) != Some(parent)
        {
            let label = find::label(plan, sibling);
            return Err(Refusal::Unclear(format!("{label} does not hang there: name a sibling to come after")));
        }
        let branch = Branch::Items(parent);
        let after = match sibling {
            Some(sibling) => Some(sibling.place.slot),
            None if self.first => None,
            None => last(plan, branch, None),
        };
        Ok(Placed { parent, under: Some(parent).filter(|&parent| parent != home), after })
    }
}

/// A place in the words of the wire.
pub(super) struct Placed {
    pub(super) parent: Parent,
    pub(super) under: Option<Parent>,
    pub(super) after: Option<EventId>,
}

/// The placement at the end of a list, not counting one item.
pub(super) fn last(plan: &Plan, branch: Branch, but: Option<ItemId>) -> Option<EventId> {
    plan.standing(branch).rev().find(|&(_, node)| Some(node) != but).map(|(slot, _)| slot)
}

/// The end of the list that items of a kind hang in.
pub(super) fn end(plan: &Plan, kind: Kind) -> Option<EventId> {
    last(plan, Branch::Items(Parent::Standing(kind.home())), None)
}

/// What an item hangs below.
pub(super) fn parent_of(item: &Item) -> Option<Parent> {
    match item.place.branch {
        Branch::Items(parent) => Some(parent),
        Branch::Sections(_) => None,
    }
}

/// What an item of this kind may hang below, by its name: an item, or a section.
fn parent(plan: &Plan, kind: Kind, named: &str) -> Result<Parent, Refusal> {
    let hosts: &[Kind] = match kind {
        Kind::Step => &[Kind::Step],
        Kind::Criterion => &[Kind::Criterion, Kind::Story, Kind::Step],
        _ => &[],
    };
    let mut refusal = None;
    for &host in hosts {
        match find::item(plan, host, named) {
            Ok(item) => return Ok(Parent::Node(item.id())),
            Err(refused @ (Refusal::NotFound { .. } | Refusal::WrongKind { .. })) => {
                refusal.get_or_insert(refused);
            }
            Err(refused) => return Err(refused),
        }
    }
    find::section(plan, named).map_err(|refused| refusal.unwrap_or(refused))
}

/// How many items are above something that hangs below `parent`.
pub(super) fn depth_below(plan: &Plan, parent: Parent) -> usize {
    let mut depth = 0;
    let mut above = parent;
    while let Parent::Node(id) = above
        && let Some(item) = plan.item(id)
        && item.kind() != Kind::Section
    {
        depth += 1;
        match parent_of(item) {
            Some(next) => above = next,
            None => break,
        }
    }
    depth
}

/// An item and everything visible below it, parents first.
pub(super) fn subtree(plan: &Plan, top: ItemId) -> Vec<(ItemId, usize)> {
    let mut all = Vec::new();
    let mut ahead = vec![(top, 1)];
    while let Some((id, depth)) = ahead.pop() {
        all.push((id, depth));
        let below = plan.children(Branch::Items(Parent::Node(id)));
        ahead.extend(below.into_iter().rev().map(|item| (item.id(), depth + 1)));
    }
    all
}

/// Refuses what would be nested deeper than readers take.
pub(super) fn not_too_deep(item: String, depth: usize) -> Result<(), Refusal> {
    if depth > limits::TREE_DEPTH { Err(Refusal::TooDeep { item, depth }) } else { Ok(()) }
}
