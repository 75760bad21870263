//! Conflicts: what writers disagree about, computed from the state and never stored.
//!
//! What may be relied on: a conflict names what it is about, the field, and its sides, which are events that did not see
//! each other, in the plan's order. It is gone when a later write has seen all of them, whatever that write says. A
//! *notice* is of the same form; nothing needs to be decided, but somebody may want to look: texts that were merged, a
//! state that both moved forward, a step that was done before its author saw what was put below it.
//!
//! How: registers, sets and existences know their sides; `rivals.rs` holds what stands against each other elsewhere.
//! Spec: spec/4-state.md, S30 and S38.

use serde::{Deserialize, Serialize};

use super::rivals::Rival;
use super::{Branch, Detail, Existence, Item, Plan, Register, Stamp};
use crate::prelude::*;
use crate::{EventId, Field, ItemId, Kind, Role, State};

/// What sort of disagreement it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum ConflictKind {
    /// Values that differ.
    Value,
    /// States of which not all move forward.
    Status,
    /// Texts that changed the same lines.
    Text,
    /// Places below different parents.
    Place,
    /// A move that would put an item below itself.
    Cycle,
    /// Several successors of one decision.
    Succession,
    /// A removal against an edit.
    Existence,
    /// Several who took or began one step.
    Claim,
    /// Several decisions on one question.
    Choice,
    /// Notice: states that all moved forward; the furthest counts.
    Joined,
    /// Notice: texts that were merged.
    Merged,
    /// Notice: several places below one parent; the last counts.
    Order,
    /// Notice: a step was done by somebody who had not seen what was put below it.
    Child,
    /// Notice: a criterion was met in another wording than it has.
    Reworded,
    /// Notice: two raised one blocker.
    Twin,
    /// Notice: one key was used for different changes.
    Key,
}

impl ConflictKind {
    /// Every kind: first those that have to be decided, then the notices.
    pub const ALL: &'static [Self] = &[
        Self::Value,
        Self::Status,
        Self::Text,
        Self::Place,
        Self::Cycle,
        Self::Succession,
        Self::Existence,
        Self::Claim,
        Self::Choice,
        Self::Joined,
        Self::Merged,
        Self::Order,
        Self::Child,
        Self::Reworded,
        Self::Twin,
        Self::Key,
    ];

    /// The word for it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Value => "value",
            Self::Status => "status",
            Self::Text => "text",
            Self::Place => "place",
            Self::Cycle => "cycle",
            Self::Succession => "succession",
            Self::Existence => "existence",
            Self::Claim => "claim",
            Self::Choice => "choice",
            Self::Joined => "joined",
            Self::Merged => "merged",
            Self::Order => "order",
            Self::Child => "child",
            Self::Reworded => "reworded",
            Self::Twin => "twin",
            Self::Key => "key",
        }
    }

    /// Whether nothing needs to be decided.
    #[must_use]
    pub const fn is_notice(self) -> bool {
        matches!(
            self,
            Self::Joined | Self::Merged | Self::Order | Self::Child | Self::Reworded | Self::Twin | Self::Key
        )
    }
}

/// What a conflict is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Target {
    /// The plan itself.
    Plan,
    /// A standing section.
    Section(Role),
    /// An item.
    Item(ItemId),
}

impl core::fmt::Display for Target {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Plan => f.write_str("plan"),
            Self::Section(role) => role.fmt(f),
            Self::Item(id) => id.fmt(f),
        }
    }
}

/// One side of a conflict.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Side {
    /// The event.
    pub stamp: Stamp,
    /// What it says; empty where it takes something back.
    pub value: String,
    /// The item that it is about, where that is not the conflict's.
    pub of: Option<ItemId>,
}

/// Something about which writers disagree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict {
    /// The sort of it.
    pub kind: ConflictKind,
    /// What it is about.
    pub target: Target,
    /// What of it.
    pub field: &'static str,
    /// What all sides replaced, where that was one value.
    pub base: Option<String>,
    /// The sides, in order.
    pub sides: Vec<Side>,
}

impl Conflict {
    /// Its name, which the same sides always have: `c-7f3a1b20`.
    #[must_use]
    pub fn id(&self) -> String {
        let mut events: Vec<String> = self.sides.iter().map(|side| side.stamp.id.to_string()).collect();
        events.sort();
        let seed = format!("{}|{}|{}|{}", self.kind.as_str(), self.target, self.field, events.join(","));
        format!("c-{}", EventId::of(seed.as_bytes()).prefix(8))
    }
}

impl Plan {
    /// What has to be decided: of the plan itself, of its standing sections, then of its items by age.
    #[must_use]
    pub fn conflicts(&self) -> Vec<Conflict> {
        self.disagreements().into_iter().filter(|conflict| !conflict.kind.is_notice()).collect()
    }

    /// What somebody may want to look at, in the same order.
    #[must_use]
    pub fn notices(&self) -> Vec<Conflict> {
        self.disagreements().into_iter().filter(|conflict| conflict.kind.is_notice()).collect()
    }

    pub(super) fn disagreements(&self) -> Vec<Conflict> {
        let mut rivals: BTreeMap<Target, Vec<&Rival>> = BTreeMap::new();
        for rival in self.rivals.iter().filter(|rival| self.matters(rival)) {
            rivals.entry(rival.target).or_default().push(rival);
        }
        let mut found = Found { plan: self, target: Target::Plan, conflicts: Vec::new(), rivals };
        for &field in Field::ALL {
            if let Some(register) = self.field_register(field) {
                found.value(field.as_str(), register, Clone::clone);
            }
        }
        found.existence("archived", &self.existence, "archived");
        found.rivals("key", ConflictKind::Key);
        for &role in Role::ALL {
            found.target = Target::Section(role);
            if let Some(heading) = self.heading(role) {
                found.value("heading", heading, Clone::clone);
            }
            if let Some(prose) = self.prose(role) {
                found.prose("prose", prose);
            }
        }
        for item in self.items().filter(|item| item.is_visible()) {
            found.target = Target::Item(item.id());
            found.item(item);
        }
        found.conflicts
    }

    /// Whether what two events say still stands, and still stands against each other.
    fn matters(&self, rival: &Rival) -> bool {
        let item = |id: Option<ItemId>| id.and_then(|id| self.item(id)).filter(|item| item.is_visible());
        let writes = |item: &Item, stamp: Stamp| {
            item.state.as_ref().is_some_and(|state| state.writes().any(|write| write.stamp == stamp))
        };
        let placed = |item: &Item, stamp: Stamp| item.placements.writes().any(|write| write.stamp == stamp);
        let target = match rival.target {
            Target::Item(id) => item(Some(id)),
            _ => None,
        };
        let of = |stamp: Stamp| item(Some(stamp.id));
        match (rival.kind, target) {
            (ConflictKind::Key, _) => true,
            (ConflictKind::Choice, Some(_)) => [rival.first, rival.second].into_iter().all(|stamp| {
                of(stamp).is_some_and(|decision| match &decision.detail {
                    Detail::Decision(detail) => {
                        detail.superseded_by.is_empty() && decision.state() != Some(State::Withdrawn)
                    }
                    _ => false,
                })
            }),
            (ConflictKind::Twin, Some(_)) => match (of(rival.first), of(rival.second)) {
                (Some(one), Some(other)) => {
                    let is_open = |blocker: &Item| blocker.state() == Some(State::Open);
                    is_open(one) && is_open(other) && one.text() == other.text()
                }
                _ => false,
            },
            (ConflictKind::Claim, Some(step)) => {
                let Detail::Step(detail) = &step.detail else { return false };
                let holds = |stamp: Stamp| detail.owners.entries().any(|(_, adds)| adds.contains(&stamp));
                let is_open = !step.is_ticked() && step.state() != Some(State::Dropped);
                is_open && holds(rival.first) && holds(rival.second)
            }
            (ConflictKind::Child, Some(step)) => item(rival.other).is_some_and(|child| {
                let below = child.place.branch == Branch::Items(crate::Parent::Node(step.id()));
                let is_open = !child.is_ticked() && child.state() != Some(State::Dropped);
                step.is_ticked() && writes(step, rival.first) && below && is_open && placed(child, rival.second)
            }),
            (ConflictKind::Reworded, Some(criterion)) => {
                let worded = criterion.text.writes().any(|write| write.stamp == rival.second);
                criterion.is_ticked() && writes(criterion, rival.first) && worded
            }
            (ConflictKind::Cycle, Some(moved)) => {
                let is_skipped = moved.placements.latest().stamp == rival.second;
                is_skipped && item(rival.other).is_some_and(|other| placed(other, rival.first))
            }
            _ => false,
        }
    }
}

struct Found<'a> {
    plan: &'a Plan,
    target: Target,
    conflicts: Vec<Conflict>,
    rivals: BTreeMap<Target, Vec<&'a Rival>>,
}

impl Found<'_> {
    fn item(&mut self, item: &Item) {
        if item.kind() == Kind::Prose {
            self.prose("text", &item.text);
        } else {
            self.value("text", &item.text, Clone::clone);
        }
        self.rivals("text", ConflictKind::Reworded);
        self.rivals("text", ConflictKind::Twin);
        if let Some(body) = &item.body {
            self.prose("body", body);
        }
        if let Some(state) = &item.state {
            self.state(item, state);
        }
        match &item.detail {
            Detail::Question { answer, .. } => {
                self.value("answer", answer, |value| value.clone().unwrap_or_default());
                self.rivals("choice", ConflictKind::Choice);
            }
            Detail::Story { as_a, so_that } => {
                self.value("as_a", as_a, Clone::clone);
                so_that.iter().for_each(|end| self.value("so_that", end, Clone::clone));
            }
            Detail::Decision(decision) if decision.superseded_by.len() > 1 => {
                let named = decision.superseded_by.entries();
                let sides = named.flat_map(|(by, adds)| adds.iter().map(|add| side(*add, by.to_string())));
                self.push(ConflictKind::Succession, "superseded_by", None, sides.collect());
            }
            Detail::Step(_) => {
                self.rivals("owners", ConflictKind::Claim);
                self.rivals("children", ConflictKind::Child);
            }
            _ => {}
        }
        self.place(item);
        self.existence("existence", &item.existence, "removed");
    }

    fn value<T: Clone + PartialEq>(
        &mut self,
        field: &'static str,
        register: &Register<T>,
        shown: impl Fn(&T) -> String,
    ) {
        if register.is_contested() {
            self.register(ConflictKind::Value, field, register, shown);
        }
    }

    fn prose(&mut self, field: &'static str, register: &Register<String>) {
        if register.is_contested() {
            let kind = if register.is_in_conflict() { ConflictKind::Text } else { ConflictKind::Merged };
            self.register(kind, field, register, Clone::clone);
        }
    }

    fn state(&mut self, item: &Item, state: &Register<State>) {
        let shown = |state: &State| state.to_string();
        match item.progress() {
            Some((_, true)) => self.register(ConflictKind::Status, "state", state, shown),
            Some(_) if state.is_contested() => self.register(ConflictKind::Joined, "state", state, shown),
            // Several began it, each of whom will think that the work is theirs.
            Some((State::Doing, _)) if state.writes().any(|write| write.stamp.by != state.latest().stamp.by) => {
                self.register(ConflictKind::Claim, "state", state, shown);
            }
            _ => {}
        }
    }

    fn register<T: Clone + PartialEq>(
        &mut self,
        kind: ConflictKind,
        field: &'static str,
        register: &Register<T>,
        shown: impl Fn(&T) -> String,
    ) {
        let sides = register.writes().map(|write| side(write.stamp, shown(&write.value))).collect();
        self.push(kind, field, register.base().map(shown), sides);
    }

    /// Placements that disagree, and the one that was skipped because it would put the item below itself.
    fn place(&mut self, item: &Item) {
        let latest = item.placements.latest();
        let differ = |other: &super::Write<super::Place>| other.value.branch != latest.value.branch;
        if latest.value.slot != item.place.slot {
            let writes = item.placements.writes().map(|write| side(write.stamp, below(write.value.branch)));
            let mut sides: Vec<Side> = writes.collect();
            for rival in self.rivals.get(&self.target).into_iter().flatten() {
                let other = rival.other.filter(|_| rival.kind == ConflictKind::Cycle);
                let Some(other) = other.and_then(|id| self.plan.item(id)) else { continue };
                let written = other.placements.writes().find(|write| write.stamp == rival.first);
                let value = written.map_or_else(String::new, |write| below(write.value.branch));
                sides.push(Side { of: Some(other.id()), ..side(rival.first, value) });
            }
            self.push(ConflictKind::Cycle, "place", None, sides);
        } else if item.placements.writes().any(differ) {
            self.register(ConflictKind::Place, "place", &item.placements, |place| below(place.branch));
        } else if item.placements.writes().count() > 1 {
            self.register(ConflictKind::Order, "place", &item.placements, |place| below(place.branch));
        }
    }

    fn existence(&mut self, field: &'static str, existence: &Existence, value: &str) {
        let (removals, touches) = existence.contested();
        if !removals.is_empty() {
            let removals = removals.into_iter().map(|stamp| side(stamp, value.to_owned()));
            let touches = touches.into_iter().map(|stamp| side(stamp, "edited".to_owned()));
            self.push(ConflictKind::Existence, field, None, removals.chain(touches).collect());
        }
    }

    /// What stands against each other about the target, in this way.
    fn rivals(&mut self, field: &'static str, kind: ConflictKind) {
        let of_kind = self.rivals.get(&self.target).into_iter().flatten().filter(|rival| rival.kind == kind);
        let sides: Vec<Side> =
            of_kind.flat_map(|rival| [rival.first, rival.second].map(|stamp| self.side(rival, stamp))).collect();
        if !sides.is_empty() {
            self.push(kind, field, None, sides);
        }
    }

    fn side(&self, rival: &Rival, stamp: Stamp) -> Side {
        let text = |id: ItemId| self.plan.item(id).map_or_else(String::new, |item| item.text().to_owned());
        match rival.kind {
            ConflictKind::Claim => {
                let owner = match self.plan.item_of(rival.target).map(|item| &item.detail) {
                    Some(Detail::Step(step)) => step.owners.entries().find(|(_, adds)| adds.contains(&stamp)),
                    _ => None,
                };
                side(stamp, owner.map_or_else(String::new, |(owner, _)| owner.name.clone()))
            }
            ConflictKind::Choice | ConflictKind::Twin => Side { of: Some(stamp.id), ..side(stamp, text(stamp.id)) },
            ConflictKind::Child if stamp == rival.first => side(stamp, State::Done.to_string()),
            ConflictKind::Child => Side { of: rival.other, ..side(stamp, rival.other.map(text).unwrap_or_default()) },
            ConflictKind::Reworded if stamp == rival.first => side(stamp, State::Met.to_string()),
            ConflictKind::Reworded => {
                let item = self.plan.item_of(rival.target);
                let written = item.and_then(|item| item.text.writes().find(|write| write.stamp == stamp));
                side(stamp, written.map_or_else(String::new, |write| write.value.clone()))
            }
            _ => side(stamp, String::new()),
        }
    }

    fn push(&mut self, kind: ConflictKind, field: &'static str, base: Option<String>, mut sides: Vec<Side>) {
        sides.sort_by_key(|side| side.stamp.seq);
        sides.dedup();
        self.conflicts.push(Conflict { kind, target: self.target, field, base, sides });
    }
}

impl Plan {
    /// The text that is shown while there is a conflict about it; none where it is about something else.
    #[must_use]
    pub fn disputed_text(&self, conflict: &Conflict) -> Option<&str> {
        let item = self.item_of(conflict.target);
        let register = match (conflict.target, conflict.field, item.map(|item| &item.detail)) {
            (Target::Plan, field, _) => self.field_register(field.parse().ok()?)?,
            (Target::Section(role), "heading", _) => self.heading(role)?,
            (Target::Section(role), _, _) => self.prose(role)?,
            (Target::Item(_), "text", _) => &item?.text,
            (Target::Item(_), "body", _) => item?.body.as_deref()?,
            (Target::Item(_), "as_a", Some(Detail::Story { as_a, .. })) => as_a,
            (Target::Item(_), "so_that", Some(Detail::Story { so_that, .. })) => so_that.as_deref()?,
            _ => return None,
        };
        Some(register.value())
    }

    /// The item that a conflict is about.
    #[must_use]
    pub fn item_of(&self, target: Target) -> Option<&Item> {
        match target {
            Target::Item(id) => self.item(id),
            _ => None,
        }
    }
}

fn side(stamp: Stamp, value: String) -> Side {
    Side { stamp, value, of: None }
}

/// What a list hangs below; for a section, what it follows.
fn below(branch: Branch) -> String {
    match branch {
        Branch::Items(parent) => parent.to_string(),
        Branch::Sections(follows) => follows.map_or_else(String::new, |role| role.to_string()),
    }
}
