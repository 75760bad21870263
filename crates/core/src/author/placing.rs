//! Where in a list something goes: below what, and after which sibling.
//!
//! A sibling is named on the wire by its placement, the slot that it stands at now, so that what is put after it stays
//! there when the sibling itself moves on.

use super::{Refusal, find};
use crate::prelude::*;
use crate::state::{Branch, Detail, Item};
use crate::{EventId, ItemId, Kind, Layout, Parent, Plan, limits};

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
        let home = home(plan, kind);
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
            None => last_like(plan, branch, kind),
        };
        Ok(Placed { parent, under: under(kind, parent), after })
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

/// The end of the list that items of a kind hang in: below what, and after which placement.
pub(super) fn end(plan: &Plan, kind: Kind) -> (Option<Parent>, Option<EventId>) {
    let home = home(plan, kind);
    (under(kind, home), last_like(plan, Branch::Items(home), kind))
}

/// A parent in the words of the wire: absent for a kind's standing section.
fn under(kind: Kind, parent: Parent) -> Option<Parent> {
    Some(parent).filter(|&parent| parent != Parent::Standing(kind.home()))
}

/// The placement that something new of a kind comes after: behind the last of its like, or else at the end.
fn last_like(plan: &Plan, branch: Branch, kind: Kind) -> Option<EventId> {
    if plan.layout() != Layout::Own {
        return last(plan, branch, None);
    }
    let is_like = |&(_, node): &(EventId, ItemId)| plan.item(node).is_some_and(|item| item.kind() == kind);
    plan.standing(branch).rev().find(is_like).map_or_else(|| last(plan, branch, None), |(slot, _)| Some(slot))
}

/// Where items of a kind hang that are put nowhere else: in a plan that keeps its own text, the section of its own that
/// is for them, one that has some rather than one that has none.
pub(super) fn home(plan: &Plan, kind: Kind) -> Parent {
    let standing = Parent::Standing(kind.home());
    if plan.layout() != Layout::Own {
        return standing;
    }
    let sections = plan.children(Branch::Sections(None));
    let is_for = |section: &&&Item| matches!(section.detail, Detail::Section { role, .. } if role == kind.home());
    let has = |section: &&&Item| {
        let mut below = plan.standing(Branch::Items(Parent::Node(section.id())));
        below.any(|(_, node)| plan.item(node).is_some_and(|item| item.kind() == kind))
    };
    let of_role = || sections.iter().filter(is_for);
    let found = of_role().find(has).or_else(|| of_role().next()).or_else(|| sections.iter().rev().find(|s| has(s)));
    found.map_or(standing, |section| Parent::Node(section.id()))
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
