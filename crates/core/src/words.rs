//! The closed vocabularies of plans: layouts, roles, kinds, states, fields, and where a node hangs.
//!
//! Each word has one wire name, written in lower case, and an order that is part of the format where it says so.

use core::fmt;
use core::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::EventId;
use crate::prelude::*;

/// A word that is not in its vocabulary.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{found:?} is not a {kind}: expected one of {expected}")]
pub struct NotAWord {
    kind: &'static str,
    found: String,
    expected: String,
}

macro_rules! vocabulary {
    ($(#[$doc:meta])* $name:ident ($kind:literal) { $($(#[$word_doc:meta])* $word:ident = $wire:literal),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum $name {
            $($(#[$word_doc])* #[serde(rename = $wire)] $word),*
        }

        impl $name {
            /// All words of this vocabulary, in its order.
            pub const ALL: &'static [Self] = &[$(Self::$word),*];

            /// The word as it is written in events.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$word => $wire),* }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl FromStr for $name {
            type Err = NotAWord;
            fn from_str(text: &str) -> Result<Self, NotAWord> {
                Self::ALL.iter().copied().find(|word| word.as_str() == text).ok_or_else(|| NotAWord {
                    kind: $kind,
                    found: text.chars().take(80).collect(),
                    expected: Self::ALL.iter().map(|word| word.as_str()).collect::<Vec<_>>().join(", "),
                })
            }
        }
    };
}

vocabulary! {
    /// How the view of a plan is written.
    Layout ("layout") {
        /// The house layout.
        Execplan = "execplan",
        /// The headings of the Cookbook's ExecPlans.
        Cookbook = "cookbook",
        /// What an imported plan keeps: its own text.
        Own = "own",
    }
}

vocabulary! {
    /// What a section is for, whatever its heading says.
    Role ("role") {
        /// What stands before every heading.
        Opening = "opening",
        /// What will be accomplished.
        Objective = "objective",
        /// Background, present state, constraints.
        Context = "context",
        /// User stories.
        Stories = "stories",
        /// How success is told.
        Criteria = "criteria",
        /// Strategy and technical choices.
        Approach = "approach",
        /// What is to be done.
        Steps = "steps",
        /// What happened, by time.
        Log = "log",
        /// What is not known, and what stands in the way.
        Questions = "questions",
        /// What was decided, and why.
        Decisions = "decisions",
        /// What was found out.
        Discoveries = "discoveries",
        /// What was delivered, measured and learned.
        Results = "results",
        /// Anything else.
        Custom = "custom",
    }
}

vocabulary! {
    /// What a node of the document is.
    Kind ("kind") {
        /// A section with a heading.
        Section = "section",
        /// A block of prose.
        Prose = "prose",
        /// Something to be done.
        Step = "step",
        /// A test of success.
        Criterion = "criterion",
        /// A choice and its reason.
        Decision = "decision",
        /// Something found out.
        Discovery = "discovery",
        /// Something to be answered.
        Question = "question",
        /// Something in the way.
        Blocker = "blocker",
        /// Anything else worth writing down.
        Note = "note",
        /// Something delivered, measured or learned.
        Result = "result",
        /// A user story.
        Story = "story",
    }
}

vocabulary! {
    /// How far an item is. Which states a kind has: [`Kind::states`]. The order within a kind is the order of progress.
    State ("state") {
        /// A step that nobody began.
        Todo = "todo",
        /// A step that is being worked on.
        Doing = "doing",
        /// A completed step.
        Done = "done",
        /// A step that was given up.
        Dropped = "dropped",
        /// A criterion that is not met, a question without an answer, a blocker in the way.
        Open = "open",
        /// A criterion that is met.
        Met = "met",
        /// A question that has an answer.
        Answered = "answered",
        /// A blocker that is out of the way.
        Resolved = "resolved",
        /// A decision that was put forward.
        Proposed = "proposed",
        /// A decision that stands.
        Accepted = "accepted",
        /// A decision that was taken back.
        Withdrawn = "withdrawn",
    }
}

vocabulary! {
    /// A field of the plan that holds one text.
    Field ("field") {
        /// The plan's title.
        Title = "title",
        /// A word for where the plan stands, such as `living` or `done`.
        Status = "status",
        /// What the plan is about, in a sentence.
        Summary = "summary",
        /// How its view is written.
        Layout = "layout",
    }
}

vocabulary! {
    /// The part of the results that an entry belongs to.
    ResultGroup ("result group") {
        /// Something that now exists.
        Delivered = "delivered",
        /// Something that was measured.
        Metric = "metric",
        /// Something to do otherwise next time.
        Lesson = "lesson",
    }
}

impl Kind {
    /// The states that an item of this kind can be in, the first being the one it is born in; empty for kinds
    /// that have no state.
    #[must_use]
    pub const fn states(self) -> &'static [State] {
        match self {
            Self::Step => &[State::Todo, State::Doing, State::Done, State::Dropped],
            Self::Criterion => &[State::Open, State::Met],
            Self::Question => &[State::Open, State::Answered],
            Self::Blocker => &[State::Open, State::Resolved],
            Self::Decision => &[State::Accepted, State::Proposed, State::Withdrawn],
            Self::Section | Self::Prose | Self::Discovery | Self::Note | Self::Result | Self::Story => &[],
        }
    }

    /// Whether items of this kind are entries of a log: one that names no place comes last.
    #[must_use]
    pub const fn is_entry(self) -> bool {
        matches!(self, Self::Decision | Self::Discovery | Self::Blocker | Self::Note | Self::Result)
    }

    /// The standing section that an item of this kind hangs in where its event names no other.
    #[must_use]
    pub const fn home(self) -> Role {
        match self {
            Self::Step => Role::Steps,
            Self::Criterion => Role::Criteria,
            Self::Decision => Role::Decisions,
            Self::Discovery => Role::Discoveries,
            Self::Question | Self::Blocker => Role::Questions,
            Self::Note => Role::Log,
            Self::Result => Role::Results,
            Self::Story => Role::Stories,
            Self::Section | Self::Prose => Role::Custom,
        }
    }
}

/// The level of a heading, 1 to 6.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub struct Rank(u8);

impl Rank {
    /// The level of a section that names none.
    pub const SECTION: Self = Self(2);

    /// The level as a number.
    #[must_use]
    pub const fn get(self) -> u8 {
        self.0
    }
}

impl TryFrom<u8> for Rank {
    type Error = &'static str;
    fn try_from(level: u8) -> Result<Self, Self::Error> {
        if (1..=6).contains(&level) { Ok(Self(level)) } else { Err("expected a heading level from 1 to 6") }
    }
}

impl From<Rank> for u8 {
    fn from(rank: Rank) -> Self {
        rank.0
    }
}

/// What a node hangs below: a standing section, named by its role, or a node that an event added.
///
/// On the wire a role's word or an event id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Parent {
    /// A standing section. Every plan has one for each role, whether or not anything is in it.
    Standing(Role),
    /// A section or an item that an event added.
    Node(EventId),
}

impl fmt::Display for Parent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Standing(role) => role.fmt(f),
            Self::Node(id) => id.fmt(f),
        }
    }
}

impl FromStr for Parent {
    type Err = NotAWord;
    fn from_str(text: &str) -> Result<Self, NotAWord> {
        text.parse().map(Self::Node).or_else(|_| text.parse().map(Self::Standing))
    }
}

#[derive(Serialize, Deserialize)]
enum Compact {
    Standing(Role),
    Node(EventId),
}

impl Serialize for Parent {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            return serializer.collect_str(self);
        }
        match *self {
            Self::Standing(role) => Compact::Standing(role),
            Self::Node(id) => Compact::Node(id),
        }
        .serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Parent {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if deserializer.is_human_readable() {
            return String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom);
        }
        Compact::deserialize(deserializer).map(|parent| match parent {
            Compact::Standing(role) => Self::Standing(role),
            Compact::Node(id) => Self::Node(id),
        })
    }
}
