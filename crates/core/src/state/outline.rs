//! The outline: the visible items of a list in their order, nested and numbered, and how far they are.
//!
//! Walking never recurses, so a tree of any depth can be walked.

use serde::{Deserialize, Serialize};

use super::{Branch, Detail, Item, Plan};
use crate::prelude::*;
use crate::{ItemId, Kind, Parent, Role, State};

/// An item in the outline of its list.
#[derive(Debug, Clone)]
pub struct Outlined<'a> {
    /// The item.
    pub item: &'a Item,
    /// How deep it is nested; 0 at the top of the list.
    pub depth: usize,
    /// Its number among the items of its kind, as `2.1`.
    pub number: String,
    /// Whether items of its kind hang below it.
    pub has_children: bool,
}

/// How many of something are done, and of how many.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Progress {
    /// Those done or met.
    pub done: usize,
    /// All that are to be done; dropped ones do not count.
    pub total: usize,
}

impl Plan {
    /// The items of a kind that hang below a parent, nested, in the order in which they are shown.
    #[must_use]
    pub fn outline(&self, parent: Parent, kind: Kind) -> Vec<Outlined<'_>> {
        self.outline_of(Branch::Items(parent), kind)
    }

    fn outline_of(&self, list: Branch, kind: Kind) -> Vec<Outlined<'_>> {
        let children = |list: Branch| {
            let mut items = self.children(list);
            items.retain(|item| item.kind() == kind);
            items
        };
        let mut outline: Vec<Outlined<'_>> = Vec::new();
        // What is still to be walked, last first: the item, its depth, and its number.
        let mut ahead: Vec<(&Item, usize, String)> = Vec::new();
        ahead.extend(numbered(children(list), 0, ""));
        while let Some((item, depth, number)) = ahead.pop() {
            let below = children(Branch::Items(Parent::Node(item.id())));
            let has_children = !below.is_empty();
            ahead.extend(numbered(below, depth + 1, &format!("{number}.")));
            outline.push(Outlined { item, depth, number, has_children });
        }
        outline
    }

    /// All steps: those of the standing section, then those of added sections in their order.
    ///
    /// Numbers go on from one section to the next, so each step of the plan has its own.
    #[must_use]
    pub fn steps(&self) -> Vec<Outlined<'_>> {
        self.numbered(Kind::Step)
    }

    /// All criteria that hang in sections, numbered like [`Plan::steps`]; those of stories are below their stories.
    #[must_use]
    pub fn criteria(&self) -> Vec<Outlined<'_>> {
        self.numbered(Kind::Criterion)
    }

    pub(crate) fn numbered(&self, kind: Kind) -> Vec<Outlined<'_>> {
        let mut all = Vec::new();
        let mut top = 0;
        for list in self.lists(kind) {
            let mut outline = self.outline_of(list, kind);
            let first = top;
            for outlined in &mut outline {
                if first > 0 {
                    let (head, rest) = outlined.number.split_once('.').unwrap_or((&outlined.number, ""));
                    let head = first + head.parse::<usize>().unwrap_or(0);
                    outlined.number = if rest.is_empty() { format!("{head}") } else { format!("{head}.{rest}") };
                }
                top += usize::from(outlined.depth == 0);
            }
            all.append(&mut outline);
        }
        all
    }

    /// The first section for a role in a plan that keeps its own text; none in any other.
    #[must_use]
    pub fn section_of(&self, role: Role) -> Option<&Item> {
        if self.layout() != crate::Layout::Own {
            return None;
        }
        let is_for = |item: &&Item| matches!(item.detail, Detail::Section { role: other, .. } if other == role);
        self.children(Branch::Sections(None)).into_iter().find(is_for)
    }

    /// The prose of the section for a role, wherever the plan has it; empty where it has none.
    #[must_use]
    pub fn prose_of(&self, role: Role) -> String {
        if let Some(prose) = self.prose(role).map(|prose| prose.value()).filter(|prose| !prose.is_empty()) {
            return prose.clone();
        }
        let Some(section) = self.section_of(role) else { return String::new() };
        let blocks = self.children(Branch::Items(Parent::Node(section.id()))).into_iter();
        let prose = blocks.filter(|item| item.kind() == Kind::Prose).map(|item| item.text().trim_end());
        let body = section.body().into_iter().chain(prose).collect::<Vec<_>>();
        body.join("\n\n").trim().to_owned()
    }

    /// The step that is being worked on: the first one that is begun and below which nothing is begun.
    #[must_use]
    pub fn current_step(&self) -> Option<Outlined<'_>> {
        let steps = self.steps();
        let at = (0..steps.len()).find(|&at| is_current(&steps, at))?;
        steps.into_iter().nth(at)
    }

    /// The steps that a step waits for: those it depends on that are neither done nor dropped nor gone.
    #[must_use]
    pub fn waits_for(&self, item: &Item) -> Vec<&Item> {
        let Detail::Step(step) = &item.detail else { return Vec::new() };
        let open = |item: &&Item| item.is_visible() && !item.is_ticked() && item.state() != Some(State::Dropped);
        step.depends.by_age().into_iter().filter_map(|&id| self.item(id)).filter(open).collect()
    }

    /// The open blockers of an item.
    #[must_use]
    pub fn blockers_of(&self, id: ItemId) -> Vec<&Item> {
        let on = |item: &&Item| matches!(item.detail, Detail::Blocker { on: Some(target), .. } if target == id);
        self.items_of(Kind::Blocker).filter(|item| !item.is_ticked()).filter(on).collect()
    }

    /// How far the leaves of the step tree are.
    #[must_use]
    pub fn step_progress(&self) -> Progress {
        progress(self.steps().iter().filter(|step| !step.has_children).map(|step| step.item))
    }

    /// How many criteria are met.
    #[must_use]
    pub fn criteria_progress(&self) -> Progress {
        progress(self.items_of(Kind::Criterion))
    }
}

/// Siblings with their depth and numbers, last first.
fn numbered<'a>(siblings: Vec<&'a Item>, depth: usize, prefix: &str) -> Vec<(&'a Item, usize, String)> {
    let numbered = siblings.into_iter().enumerate().rev();
    numbered.map(|(i, item)| (item, depth, format!("{prefix}{}", i + 1))).collect()
}

/// Whether the step at this place of an outline is begun, and none below it is.
#[must_use]
pub(crate) fn is_current(steps: &[Outlined<'_>], at: usize) -> bool {
    let below = steps[at + 1..].iter().take_while(|step| step.depth > steps[at].depth);
    steps[at].item.is_doing() && !below.into_iter().any(|step| step.item.is_doing())
}

fn progress<'a>(items: impl Iterator<Item = &'a Item>) -> Progress {
    let mut progress = Progress::default();
    for item in items {
        progress.total += usize::from(item.state() != Some(State::Dropped));
        progress.done += usize::from(item.is_ticked());
    }
    progress
}
