//! Items: the nodes of a plan's document, each with what all kinds have and what its own kind adds.

use serde::{Deserialize, Serialize};

use super::register::{AddWins, Register};
use super::tree::{Place, Slot};
use super::{Existence, Stamp};
use crate::prelude::*;
use crate::{ItemId, Kind, ResultGroup, Role, State, Timestamp};

/// A node of the document: a section, a block of prose, or something that is tracked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// The event that added it, whose id is the item's id.
    pub added: Stamp,
    /// The time that this event speaks of.
    pub occurred: Timestamp,
    /// The author that an import found claimed.
    pub attributed: Option<String>,
    /// The wording: a step's text, a decision's title, a section's heading, a story's wish.
    pub text: Register<String>,
    /// How far it is; `None` for kinds without states.
    pub state: Option<Register<State>>,
    /// The prose that belongs to it, beyond its wording.
    pub body: Option<Box<Register<String>>>,
    /// The Markdown in which it is spelled, where it was read from some.
    pub source: Option<Box<Register<String>>>,
    /// The write of its wording that the source is known to spell.
    pub(crate) spells: u32,
    /// What was said of it since by commands, to be put below its source.
    pub unspelled: Vec<(Stamp, String)>,
    /// All surviving placements; [`Item::place`] is the one that applies.
    pub placements: Register<Place>,
    /// Where it stands.
    pub place: Place,
    /// The origin of the leaf in which that place is.
    pub(super) leaf: u32,
    /// Whether it is there.
    pub existence: Existence,
    /// Typed links to commits, addresses and other items: relation, then target.
    pub links: AddWins<(String, String)>,
    /// What its kind adds.
    pub detail: Detail,
    /// The slots of what ever hung below it.
    pub(super) children: Vec<Slot>,
}

/// What a kind of item has beyond the common.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Detail {
    /// A section: the heading's level, and what the section is for.
    Section {
        /// 1 to 6.
        level: u8,
        /// Its role.
        role: Role,
    },
    /// A block of prose.
    Prose,
    /// Something to be done.
    Step(Step),
    /// A test of success, with what shows that it is met.
    Criterion {
        /// What was given as evidence.
        evidence: Vec<String>,
    },
    /// A choice.
    Decision(Box<Decision>),
    /// A finding.
    Discovery {
        /// What shows it.
        evidence: Vec<String>,
        /// The discovery that it corrects.
        corrects: Option<ItemId>,
    },
    /// A question; open while its answer is `None` or in conflict.
    Question {
        /// What could be the answer.
        options: Vec<String>,
        /// What is needed to answer it.
        need: Option<String>,
        /// The answer.
        answer: Box<Register<Option<String>>>,
    },
    /// Something in the way.
    Blocker {
        /// The step or question that it stands before.
        on: Option<ItemId>,
        /// What could be done.
        options: Vec<String>,
        /// What is needed.
        need: Option<String>,
        /// How it was resolved; every resolution is kept.
        how: Vec<(Stamp, String)>,
    },
    /// A note.
    Note {
        /// What it is called: Test, Result, Root cause, Fix.
        label: String,
        /// The item that it is about.
        on: Option<ItemId>,
        /// The note that it corrects.
        corrects: Option<ItemId>,
    },
    /// A result.
    Result {
        /// The part of the results that it belongs to.
        group: ResultGroup,
    },
    /// A user story; its wish is the item's text.
    Story {
        /// Whose wish.
        as_a: Box<Register<String>>,
        /// To what end.
        so_that: Option<Box<Register<String>>>,
    },
}

/// What a step has beyond the common.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// Who took it, each perhaps until a time.
    pub owners: AddWins<Owner>,
    /// The steps that it waits for.
    pub depends: AddWins<ItemId>,
    /// What was given as evidence when it was completed.
    pub evidence: Vec<String>,
}

/// Somebody who took a step.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Owner {
    /// The name under which it was claimed.
    pub name: String,
    /// When the claim ends, if it does by itself.
    pub until: Option<Timestamp>,
}

/// What a decision has beyond the common.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// Why.
    pub reason: Option<String>,
    /// What it costs.
    pub tradeoffs: Vec<String>,
    /// What else could have been chosen.
    pub options: Vec<String>,
    /// What it rests on.
    pub references: Vec<String>,
    /// The question that it settles.
    pub question: Option<ItemId>,
    /// What was added to it later.
    pub amendments: Vec<(Stamp, String)>,
    /// The decisions that took its place; more than one is a conflict.
    pub superseded_by: AddWins<ItemId>,
}

impl Item {
    /// The id: that of the event that added it.
    #[must_use]
    pub const fn id(&self) -> ItemId {
        self.added.id
    }

    /// What it is.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        match self.detail {
            Detail::Section { .. } => Kind::Section,
            Detail::Prose => Kind::Prose,
            Detail::Step(_) => Kind::Step,
            Detail::Criterion { .. } => Kind::Criterion,
            Detail::Decision(_) => Kind::Decision,
            Detail::Discovery { .. } => Kind::Discovery,
            Detail::Question { .. } => Kind::Question,
            Detail::Blocker { .. } => Kind::Blocker,
            Detail::Note { .. } => Kind::Note,
            Detail::Result { .. } => Kind::Result,
            Detail::Story { .. } => Kind::Story,
        }
    }

    /// How far it is, and whether writers disagree about that.
    ///
    /// Sides that all move forward from what they saw join to the furthest, without a conflict.
    #[must_use]
    pub fn progress(&self) -> Option<(State, bool)> {
        if let Detail::Question { answer, .. } = &self.detail {
            let open = answer.is_in_conflict() || answer.value().is_none();
            return Some((if open { State::Open } else { State::Answered }, answer.is_in_conflict()));
        }
        let register = self.state.as_ref()?;
        if !register.is_in_conflict() {
            return Some((*register.value(), false));
        }
        let forward = |write| {
            let &super::Write { value, .. } = write;
            value != State::Dropped && value != State::Withdrawn && register.replaced_by(write).all(|&old| old <= value)
        };
        if register.writes().all(forward) {
            let furthest = register.writes().map(|write| write.value).max();
            return furthest.map(|state| (state, false));
        }
        Some((*register.value(), true))
    }

    /// The state that is shown.
    #[must_use]
    pub fn state(&self) -> Option<State> {
        self.progress().map(|(state, _)| state)
    }

    /// Whether its box is ticked: it is done, met, answered or resolved, and nobody disagrees.
    #[must_use]
    pub fn is_ticked(&self) -> bool {
        use State::{Answered, Done, Met, Resolved};
        matches!(self.progress(), Some((Done | Met | Answered | Resolved, false)))
    }

    /// Whether it is a step that somebody works on.
    #[must_use]
    pub fn is_doing(&self) -> bool {
        self.state() == Some(State::Doing)
    }

    /// Whether it is there.
    #[must_use]
    pub fn is_visible(&self) -> bool {
        !self.existence.is_hidden()
    }

    /// The wording.
    #[must_use]
    pub fn text(&self) -> &str {
        self.text.value()
    }

    /// The prose that belongs to it.
    #[must_use]
    pub fn body(&self) -> Option<&str> {
        self.body.as_ref().map(|body| body.value().as_str()).filter(|body| !body.is_empty())
    }

    pub(crate) fn settle(&mut self) {
        self.text.settle();
        self.placements.settle();
        self.existence.settle();
        self.state.iter_mut().for_each(Register::settle);
        self.body.iter_mut().for_each(|body| body.settle());
        self.source.iter_mut().for_each(|source| source.settle());
        match &mut self.detail {
            Detail::Question { answer, .. } => answer.settle(),
            Detail::Story { as_a, so_that } => {
                as_a.settle();
                so_that.iter_mut().for_each(|end| end.settle());
            }
            _ => {}
        }
    }
}
