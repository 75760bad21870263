//! Numbers: what people call an item by, such as `2.1`.
//!
//! What may be relied on: a number counts the nodes of one kind that stand in a list. Finding an item by its number, or
//! its number, reads what is above it and a page or a few of its list, and nothing of the items beside it.

use super::{Branch, Item, Place, Plan, tree};
use crate::prelude::*;
use crate::{ItemId, Kind, Parent, Role};

impl Plan {
    /// The item of a kind with this number, such as `2.1`.
    #[must_use]
    pub fn by_number(&self, kind: Kind, number: &str) -> Option<&Item> {
        let parse = |part: &str| {
            let plain = !part.starts_with('0') && part.bytes().all(|byte| byte.is_ascii_digit());
            plain.then(|| part.parse::<usize>().ok()?.checked_sub(1)).flatten()
        };
        let mut parts = number.split('.').map(parse);
        let mut n = parts.next()??;
        let top = self.lists(kind).find(|&list| {
            let count = self.count_in(list, kind);
            let here = n < count;
            n -= if here { 0 } else { count };
            here
        });
        let mut id = self.nth(top?, kind, n)?;
        for part in parts {
            id = self.nth(Branch::Items(Parent::Node(id)), kind, part?)?;
        }
        self.item(id)
    }

    /// An item's number among those of its kind; `None` where it has none, as a criterion below a story or what is
    /// removed.
    #[must_use]
    pub fn number(&self, item: &Item) -> Option<String> {
        let kind = item.kind();
        let mut number = String::new();
        let mut item = Some(item).filter(|item| item.stands())?;
        // A node is never below itself, so the way up ends.
        loop {
            let Place { branch, slot } = item.place;
            let before = match self.tree.list(branch) {
                Some(list) => list.count_before(item.leaf, slot, kind)?,
                None => {
                    let (slots, at) = (self.below(branch), tree::last_with(self.below(branch), slot)?);
                    tree::standing(slots, kind).take_while(|&(found, _)| found < at).count()
                }
            };
            match self.parent(branch).and_then(|at| self.items.get(at)) {
                Some(parent) if parent.kind() == kind => {
                    number = format!(".{}{number}", before + 1);
                    item = parent;
                }
                _ if self.lists(kind).any(|list| list == branch) => {
                    let earlier = self.lists(kind).take_while(|&list| list != branch);
                    let first: usize = earlier.map(|list| self.count_in(list, kind)).sum();
                    return Some(format!("{}{number}", first + before + 1));
                }
                _ => return None,
            }
        }
    }

    /// How many nodes of a kind stand in a list.
    fn count_in(&self, branch: Branch, kind: Kind) -> usize {
        let own = self.tree.list(branch).map_or(0, |list| list.count(kind));
        own + tree::standing(self.below(branch), kind).count()
    }

    /// The nth node of a kind that stands in a list, counted from 0.
    fn nth(&self, branch: Branch, kind: Kind, n: usize) -> Option<ItemId> {
        match self.tree.list(branch) {
            Some(list) => list.nth(kind, n),
            None => tree::standing(self.below(branch), kind).nth(n).map(|(_, node)| node),
        }
    }

    /// The lists at whose top items of a kind are numbered, in the order in which they are: those of its home first.
    pub(crate) fn lists(&self, kind: Kind) -> impl Iterator<Item = Branch> {
        let (home, roles) = (kind.home(), Role::ALL.iter().copied());
        let others = roles.clone().filter(move |&role| role != home);
        let standing = core::iter::once(home).chain(others).map(|role| Branch::Items(Parent::Standing(role)));
        let sections = core::iter::once_with(|| self.sections()).flatten();
        let items = standing.chain(sections.map(|section| Branch::Items(Parent::Node(section.id()))));
        let sections = core::iter::once(None).chain(roles.map(Some)).map(Branch::Sections);
        let (items, sections) = if kind == Kind::Section { (None, Some(sections)) } else { (Some(items), None) };
        items.into_iter().flatten().chain(sections.into_iter().flatten())
    }

    /// The added sections, in the order in which a layout without standing sections shows them.
    #[must_use]
    pub fn sections(&self) -> Vec<&Item> {
        self.lists(Kind::Section).flat_map(|list| self.children(list)).collect()
    }
}
