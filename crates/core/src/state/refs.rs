//! References: what an event may name, and how the fold looks it up.
//!
//! An event is valid only if every item that it names was added by one of its ancestors and is of the right kind. That
//! depends on the event and its ancestors alone, never on what else is in the set.

use super::ancestry::Ancestry;
use super::{Branch, Item, Plan, Stamp};
use crate::event::Inert;
use crate::prelude::*;
use crate::{ItemId, Kind, Parent};

/// Why a well-formed event has no effect.
#[derive(Debug)]
pub(super) struct Rejection {
    pub(super) code: &'static str,
    pub(super) reason: String,
    pub(super) from_the_future: bool,
}

impl Rejection {
    pub(super) fn new(code: &'static str, reason: String) -> Self {
        Self { code, reason, from_the_future: false }
    }

    pub(super) fn into_inert(self, stamp: Stamp, type_name: &str) -> super::InertEvent {
        super::InertEvent {
            stamp,
            type_name: type_name.to_owned(),
            code: self.code.to_owned(),
            reason: self.reason,
            from_the_future: self.from_the_future,
        }
    }
}

impl From<&Inert> for Rejection {
    fn from(inert: &Inert) -> Self {
        Self { code: inert.code(), reason: inert.to_string(), from_the_future: inert.is_from_the_future() }
    }
}

/// The event that is being folded in, with what it takes to judge it.
#[derive(Clone, Copy)]
pub(super) struct Turn<'a> {
    pub(super) stamp: Stamp,
    pub(super) ancestry: &'a Ancestry,
}

impl Plan {
    /// The place among the items of one that this event may name.
    pub(super) fn find(&self, id: ItemId, turn: Turn<'_>) -> Result<usize, Rejection> {
        self.found(id, turn).map(|(at, _)| at)
    }

    /// The same, with the item.
    pub(super) fn found(&self, id: ItemId, turn: Turn<'_>) -> Result<(usize, &Item), Rejection> {
        let found = self.index.get(&id).and_then(|name| Some((name, self.items.get(name.at as usize)?)));
        match found {
            Some((name, item)) if turn.ancestry.sees(turn.stamp.seq, name.repeated.unwrap_or(item.added.seq)) => {
                Ok((name.at as usize, item))
            }
            _ => Err(Rejection::new("unknown-item", format!("names {id}, which none of its ancestors added"))),
        }
    }

    /// The same for an item of one of these kinds.
    pub(super) fn find_kind(&self, id: ItemId, kinds: &[Kind], turn: Turn<'_>) -> Result<usize, Rejection> {
        let (at, item) = self.found(id, turn)?;
        let kind = item.kind();
        if kinds.contains(&kind) {
            return Ok(at);
        }
        let expected = kinds.iter().map(|kind| kind.as_str()).collect::<Vec<_>>().join(" or ");
        Err(Rejection::new("wrong-kind", format!("names the {kind} {id}: expected a {expected}")))
    }

    /// The list in which a node of this kind hangs below `under`.
    pub(super) fn branch(&self, kind: Kind, under: Option<Parent>, turn: Turn<'_>) -> Result<Branch, Rejection> {
        if kind == Kind::Section {
            return match under {
                None => Ok(Branch::Sections(None)),
                Some(Parent::Standing(role)) => Ok(Branch::Sections(Some(role))),
                Some(Parent::Node(id)) => {
                    Err(Rejection::new("wrong-parent", format!("puts a section below {id}: expected a role")))
                }
            };
        }
        let mut under = under.unwrap_or(Parent::Standing(kind.home()));
        if let Parent::Node(id) = under {
            let (_, item) = self.found(id, turn)?;
            under = Parent::Node(item.id());
            let parent = item.kind();
            let fits = match kind {
                Kind::Step => matches!(parent, Kind::Step | Kind::Section),
                Kind::Criterion => matches!(parent, Kind::Criterion | Kind::Story | Kind::Section | Kind::Step),
                _ => parent == Kind::Section || kind == Kind::Prose,
            };
            if !fits {
                return Err(Rejection::new("wrong-parent", format!("puts a {kind} below the {parent} {id}")));
            }
        }
        Ok(Branch::Items(under))
    }

    /// The id under which the item with this name was first added.
    pub(super) fn first_name(&self, id: ItemId) -> ItemId {
        self.item(id).map_or(id, Item::id)
    }

    /// Whether `below` is `above` or hangs somewhere below it.
    pub(super) fn is_within(&self, below: Parent, above: ItemId) -> bool {
        let mut parent = below;
        // A node is never below itself, so the way up ends.
        while let Parent::Node(id) = parent {
            if id == above {
                return true;
            }
            match self.item(id).map(|item| item.place.branch) {
                Some(Branch::Items(next)) => parent = next,
                _ => return false,
            }
        }
        false
    }
}
