//! Rivals: events that did not see each other and cannot both have been meant, although no register holds both.
//!
//! What may be relied on: whether two events are rivals depends on what they say and on who saw whom; whether that still
//! matters is asked when it is shown (`conflict.rs`), so a pair may stay here for ever. Where history is a line, nothing
//! is looked for. Spec: spec/4-state.md, S38.

use serde::{Deserialize, Serialize};

use super::refs::Turn;
use super::{Branch, ConflictKind, Detail, Item, Plan, Stamp, Target};
use crate::change::*;
use crate::prelude::*;
use crate::{EventId, ItemId, Kind, Parent, State};

/// Two events that stand against each other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Rival {
    pub(super) kind: ConflictKind,
    /// What they are about.
    pub(super) target: Target,
    /// Another item that one of them is about.
    pub(super) other: Option<ItemId>,
    /// Of a completion and a child, the completion; of two alike, the earlier.
    pub(super) first: Stamp,
    pub(super) second: Stamp,
}

impl Plan {
    /// Looks for what stands against an event that has just taken effect.
    pub(super) fn rival(&mut self, change: &Change, turn: Turn<'_>) {
        if self.sees_all(turn) {
            return;
        }
        let found = match change {
            Change::StepClaimed(data) => self.claims(data, turn),
            Change::StepCompleted(data) => self.unseen_children(data.step, turn),
            Change::StepAdded(StepAdded { under: Some(Parent::Node(above)), .. }) => {
                self.unseen_completion(*above, turn.stamp.id, turn)
            }
            Change::ItemMoved(ItemMoved { item, under: Some(Parent::Node(above)), .. }) => {
                self.unseen_completion(*above, *item, turn)
            }
            Change::DecisionRecorded(DecisionRecorded { question: Some(question), .. }) => {
                self.choices(*question, turn)
            }
            Change::BlockerRaised(_) => self.twins(turn),
            Change::CriterionMet(data) => self.position(data.criterion).map_or(vec![], |at| self.wordings(at, turn)),
            _ => Vec::new(),
        };
        self.rivals.extend(found);
    }

    /// Looks for other changes that somebody made under the same key without having seen this one.
    pub(super) fn rival_keys(&mut self, known: &[(EventId, Stamp)], turn: Turn<'_>) {
        let unseen = known.iter().filter(|(_, other)| turn.misses(*other));
        let found = unseen.map(|&(_, first)| turn.against(first, ConflictKind::Key, Target::Plan, None));
        self.rivals.extend(found.collect::<Vec<_>>());
    }

    /// Looks for those who met a criterion in another wording than the one that it has just been given.
    pub(super) fn rival_wordings(&mut self, at: usize, turn: Turn<'_>) {
        let found = self.wordings(at, turn);
        self.rivals.extend(found);
    }

    /// Looks for the placements that a move did not see, and for which it would put an item below itself.
    pub(super) fn rival_places(&mut self, branch: Branch, node: ItemId, turn: Turn<'_>) {
        let (mut found, mut above) = (Vec::new(), branch);
        // A node is never below itself, so the way up ends.
        while let Branch::Items(Parent::Node(id)) = above {
            let Some(item) = self.item(id).filter(|item| item.id() != node) else { break };
            let unseen = item.placements.writes().map(|write| write.stamp).filter(|stamp| turn.misses(*stamp));
            let kind = ConflictKind::Cycle;
            found.extend(unseen.map(|first| turn.against(first, kind, Target::Item(node), Some(item.id()))));
            above = item.place.branch;
        }
        self.rivals.extend(found);
    }

    /// Whether an event saw every event before it, as it does where history is a line.
    fn sees_all(&self, turn: Turn<'_>) -> bool {
        turn.stamp.seq.checked_sub(1).is_none_or(|last| turn.ancestry.is_settled(last, turn.stamp.seq))
    }

    /// The items that were added by events that this one did not see.
    fn unseen_items(&self, turn: Turn<'_>) -> impl Iterator<Item = &Item> {
        let items = (0..self.items.len()).rev().filter_map(|at| self.items.get(at));
        let recent = items.take_while(move |item| !turn.ancestry.is_settled(item.added.seq, turn.stamp.seq));
        recent.filter(move |item| turn.misses(item.added))
    }

    fn claims(&self, data: &StepClaimed, turn: Turn<'_>) -> Vec<Rival> {
        let Some((id, Detail::Step(step))) = self.item(data.step).map(|item| (item.id(), &item.detail)) else {
            return Vec::new();
        };
        let others = step.owners.entries().filter(|(owner, _)| owner.name != *data.owner);
        let unseen = others.flat_map(|(_, adds)| adds).filter(|add| turn.misses(**add));
        unseen.map(|&first| turn.against(first, ConflictKind::Claim, Target::Item(id), None)).collect()
    }

    fn choices(&self, question: ItemId, turn: Turn<'_>) -> Vec<Rival> {
        let question = self.first_name(question);
        let settles = |item: &&Item| matches!(&item.detail, Detail::Decision(d) if d.question == Some(question));
        let others = self.unseen_items(turn).filter(settles);
        others.map(|other| turn.against(other.added, ConflictKind::Choice, Target::Item(question), None)).collect()
    }

    fn twins(&self, turn: Turn<'_>) -> Vec<Rival> {
        let Some(on) = self.item(turn.stamp.id).and_then(raised_on) else { return Vec::new() };
        let others = self.unseen_items(turn).filter(|other| raised_on(other) == Some(on));
        others.map(|other| turn.against(other.added, ConflictKind::Twin, Target::Item(other.id()), None)).collect()
    }

    /// Steps that were put below a step by others when it was completed.
    fn unseen_children(&self, step: ItemId, turn: Turn<'_>) -> Vec<Rival> {
        let step = self.first_name(step);
        let children = self.children(Branch::Items(Parent::Node(step)));
        let steps = children.into_iter().filter(|child| child.kind() == Kind::Step);
        let placed = steps.flat_map(|child| child.placements.writes().map(move |write| (child.id(), write.stamp)));
        let unseen = placed.filter(|&(_, placed)| turn.misses(placed));
        let rival = |(child, second)| Rival { first: turn.stamp, second, ..turn.child(step, child) };
        unseen.map(rival).collect()
    }

    /// Completions of a step that were not seen when something was put below it.
    fn unseen_completion(&self, above: ItemId, child: ItemId, turn: Turn<'_>) -> Vec<Rival> {
        let is_step = |item: &&Item| item.kind() == Kind::Step;
        let (Some(step), Some(child)) = (self.item(above).filter(is_step), self.item(child).filter(is_step)) else {
            return Vec::new();
        };
        let writes = step.state.iter().flat_map(|state| state.writes());
        let unseen = writes.filter(|write| write.value == State::Done && turn.misses(write.stamp));
        let rival = |first| Rival { first, second: turn.stamp, ..turn.child(step.id(), child.id()) };
        unseen.map(|write| rival(write.stamp)).collect()
    }

    /// A criterion that was met in another wording than the one that it has.
    fn wordings(&self, at: usize, turn: Turn<'_>) -> Vec<Rival> {
        let Some(item) = self.items.get(at).filter(|item| item.kind() == Kind::Criterion) else { return Vec::new() };
        let target = Target::Item(item.id());
        let rival =
            |first: Stamp, second: Stamp| Rival { kind: ConflictKind::Reworded, target, other: None, first, second };
        let met = item.state.iter().flat_map(|state| state.writes()).filter(|write| write.value == State::Met);
        if item.text.latest().stamp.seq == turn.stamp.seq {
            return met.filter(|met| turn.misses(met.stamp)).map(|met| rival(met.stamp, turn.stamp)).collect();
        }
        let texts = item.text.writes().filter(|text| turn.misses(text.stamp));
        texts.map(|text| rival(turn.stamp, text.stamp)).collect()
    }
}

impl Turn<'_> {
    /// Whether the event did not see another, earlier one.
    fn misses(self, other: Stamp) -> bool {
        other.seq != self.stamp.seq && !self.ancestry.sees(self.stamp.seq, other.seq)
    }

    fn against(self, first: Stamp, kind: ConflictKind, target: Target, other: Option<ItemId>) -> Rival {
        Rival { kind, target, other, first, second: self.stamp }
    }

    fn child(self, step: ItemId, child: ItemId) -> Rival {
        self.against(self.stamp, ConflictKind::Child, Target::Item(step), Some(child))
    }
}

/// What a blocker stands before, if the item is one.
fn raised_on(item: &Item) -> Option<Option<ItemId>> {
    match item.detail {
        Detail::Blocker { on, .. } => Some(on),
        _ => None,
    }
}
