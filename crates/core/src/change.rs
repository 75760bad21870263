//! The catalogue of event types: what can happen to a plan.
//!
//! Each type is a fact in the past tense with a frozen wire name. A new type is one entry in `catalogue!`, one arm
//! in `state/apply.rs`, one line in `subject.rs`, one row in spec/2-types.md and one vector. Types are never
//! redefined: a change of meaning gets a new name. Members that this version does not know are left in the event's
//! bytes and reported by [`Event::unknown_members`](crate::Event::unknown_members).

use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;

use crate::prelude::*;
use crate::words::{Field, Layout, Parent, Rank, ResultGroup, Role, State};
use crate::{EventId, ItemId, Slug, Tag, Text, Timestamp, Title};

macro_rules! catalogue {
    ($($(#[$doc:meta])* $wire:literal => $name:ident { $($(#[$meta:meta])* $field:ident: $type:ty),* $(,)? })*) => {
        $(
            $(#[$doc])*
            #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
            #[allow(missing_docs, reason = "the members are named as on the wire; spec/2-types.md explains each")]
            pub struct $name { $($(#[$meta])* pub $field: $type),* }

            impl From<$name> for Change {
                fn from(data: $name) -> Self {
                    Self::$name(data)
                }
            }
        )*

        /// One mutation of a plan: an event's type together with its data.
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub enum Change {
            $($(#[$doc])* $name($name)),*
        }

        impl Change {
            /// The wire names of all types, in the order of the catalogue.
            pub const TYPES: &'static [&'static str] = &[$($wire),*];

            /// The wire name of this change's type.
            #[must_use]
            pub fn type_name(&self) -> &'static str {
                match self { $(Self::$name(_) => $wire),* }
            }

            /// The data as JSON, ready for canonical writing.
            #[must_use]
            pub fn data(&self) -> Value {
                let value = match self { $(Self::$name(data) => serde_json::to_value(data)),* };
                value.unwrap_or_default()
            }

            /// Reads the data of a type; `None` where this version does not know the type.
            pub(crate) fn read(type_name: &str, data: &RawValue) -> Option<Result<Self, serde_json::Error>> {
                match type_name {
                    $($wire => Some(serde_json::from_str::<$name>(data.get()).map(Self::$name)),)*
                    _ => None,
                }
            }
        }
    };
}

catalogue! {
    /// The plan began; always its first event, and the only one without parents.
    "plan.created" => PlanCreated { layout: Layout, nonce: Title, slug: Slug, title: Title }
    /// A field of the plan took a value.
    "field.set" => FieldSet { field: Field, value: Text }
    /// A tag was put on the plan.
    "tag.added" => TagAdded { tag: Tag }
    /// A tag was taken off the plan.
    "tag.removed" => TagRemoved { tag: Tag }
    /// Somebody was named as an author.
    "author.added" => AuthorAdded { author: Title }
    /// Somebody is no longer named as an author.
    "author.removed" => AuthorRemoved { author: Title }
    /// A source was cited.
    "source.added" => SourceAdded {
        #[serde(default, skip_serializing_if = "Option::is_none")] accessed: Option<Tag>,
        id: Tag,
        #[serde(default, skip_serializing_if = "Option::is_none")] title: Option<Title>,
        #[serde(default, skip_serializing_if = "Option::is_none")] url: Option<Title>,
    }
    /// A source is no longer cited.
    "source.removed" => SourceRemoved { id: Tag }
    /// The plan was put away; it stays readable.
    "plan.archived" => PlanArchived {}
    /// An archived plan was taken up again.
    "plan.reactivated" => PlanReactivated {}

    /// A section was added beside the standing ones.
    "section.added" => SectionAdded {
        #[serde(default, skip_serializing_if = "Option::is_none")] after: Option<EventId>,
        #[serde(default, skip_serializing_if = "Option::is_none")] follows: Option<Role>,
        heading: Title,
        #[serde(default, skip_serializing_if = "Option::is_none")] level: Option<Rank>,
        #[serde(default, skip_serializing_if = "Option::is_none")] role: Option<Role>,
        #[serde(default, skip_serializing_if = "Option::is_none")] source: Option<Text>,
    }
    /// A section got another heading.
    "section.retitled" => SectionRetitled { heading: Title, section: Parent }
    /// The prose of a section or the body of an item took a text.
    "prose.set" => ProseSet { of: Parent, text: Text }
    /// A block of prose was added between other blocks.
    "prose.added" => ProseAdded {
        #[serde(default, skip_serializing_if = "Option::is_none")] after: Option<EventId>,
        #[serde(default, skip_serializing_if = "Option::is_none")] source: Option<Text>,
        text: Text,
        under: Parent,
    }

    /// An item took another wording.
    "item.reworded" => ItemReworded { item: ItemId, text: Text }
    /// An item or a section is spelled otherwise in Markdown, and says the same.
    "item.respelled" => ItemRespelled { item: ItemId, source: Text }
    /// An item or a section took another place: below `under` (its kind's home where absent), right after the
    /// placement `after` (first where absent).
    "item.moved" => ItemMoved {
        #[serde(default, skip_serializing_if = "Option::is_none")] after: Option<EventId>,
        item: ItemId,
        #[serde(default, skip_serializing_if = "Option::is_none")] under: Option<Parent>,
    }
    /// Items or sections were taken out, together with all that their remover saw below them.
    "item.removed" => ItemRemoved { items: Vec<ItemId> }
    /// A removed item or section was taken back in.
    "item.restored" => ItemRestored { item: ItemId }

    /// A step was added.
    "step.added" => StepAdded {
        #[serde(default, skip_serializing_if = "Option::is_none")] after: Option<EventId>,
        #[serde(default, skip_serializing_if = "Option::is_none")] source: Option<Text>,
        #[serde(default, skip_serializing_if = "Option::is_none")] state: Option<State>,
        text: Text,
        #[serde(default, skip_serializing_if = "Option::is_none")] under: Option<Parent>,
    }
    /// Work on a step began.
    "step.started" => StepStarted { step: ItemId }
    /// A step was completed.
    "step.completed" => StepCompleted {
        #[serde(default, skip_serializing_if = "Vec::is_empty")] evidence: Vec<Text>,
        step: ItemId,
    }
    /// A step went back to be done.
    "step.reopened" => StepReopened { step: ItemId }
    /// A step was given up.
    "step.dropped" => StepDropped { step: ItemId }
    /// Somebody took a step, perhaps until a time.
    "step.claimed" => StepClaimed {
        owner: Title,
        step: ItemId,
        #[serde(default, skip_serializing_if = "Option::is_none")] until: Option<Timestamp>,
    }
    /// Somebody gave a step back.
    "step.released" => StepReleased { owner: Title, step: ItemId }
    /// A step was made to wait for another.
    "step.depended" => StepDepended { on: ItemId, step: ItemId }
    /// A step no longer waits for another.
    "step.undepended" => StepUndepended { on: ItemId, step: ItemId }

    /// A criterion of success was added, to the plan or to a story.
    "criterion.added" => CriterionAdded {
        #[serde(default, skip_serializing_if = "Option::is_none")] after: Option<EventId>,
        #[serde(default, skip_serializing_if = "Option::is_none")] source: Option<Text>,
        #[serde(default, skip_serializing_if = "Option::is_none")] state: Option<State>,
        text: Text,
        #[serde(default, skip_serializing_if = "Option::is_none")] under: Option<Parent>,
    }
    /// A criterion was met.
    "criterion.met" => CriterionMet {
        criterion: ItemId,
        #[serde(default, skip_serializing_if = "Vec::is_empty")] evidence: Vec<Text>,
    }
    /// A criterion is no longer met.
    "criterion.unmet" => CriterionUnmet { criterion: ItemId }

    /// A decision was recorded.
    "decision.recorded" => DecisionRecorded {
        #[serde(default, skip_serializing_if = "Option::is_none")] after: Option<EventId>,
        #[serde(default, skip_serializing_if = "Vec::is_empty")] options: Vec<Text>,
        #[serde(default, skip_serializing_if = "Option::is_none")] question: Option<ItemId>,
        #[serde(default, skip_serializing_if = "Option::is_none")] reason: Option<Text>,
        #[serde(default, skip_serializing_if = "Vec::is_empty")] references: Vec<Text>,
        #[serde(default, skip_serializing_if = "Option::is_none")] source: Option<Text>,
        #[serde(default, skip_serializing_if = "Option::is_none")] state: Option<State>,
        #[serde(default, skip_serializing_if = "Vec::is_empty")] supersedes: Vec<ItemId>,
        title: Text,
        #[serde(default, skip_serializing_if = "Vec::is_empty")] tradeoffs: Vec<Text>,
        #[serde(default, skip_serializing_if = "Option::is_none")] under: Option<Parent>,
    }
    /// Something was added to a decision that stands.
    "decision.amended" => DecisionAmended { decision: ItemId, text: Text }
    /// A proposed decision was accepted.
    "decision.accepted" => DecisionAccepted { decision: ItemId }
    /// A decision was taken back, with nothing in its place.
    "decision.withdrawn" => DecisionWithdrawn { decision: ItemId }
    /// A decision gave way to another.
    "decision.superseded" => DecisionSuperseded { by: ItemId, decision: ItemId }

    /// Something was found out.
    "discovery.recorded" => DiscoveryRecorded {
        #[serde(default, skip_serializing_if = "Option::is_none")] after: Option<EventId>,
        #[serde(default, skip_serializing_if = "Option::is_none")] corrects: Option<ItemId>,
        #[serde(default, skip_serializing_if = "Vec::is_empty")] evidence: Vec<Text>,
        #[serde(default, skip_serializing_if = "Option::is_none")] source: Option<Text>,
        text: Text,
        #[serde(default, skip_serializing_if = "Option::is_none")] under: Option<Parent>,
    }

    /// A question was asked.
    "question.asked" => QuestionAsked {
        #[serde(default, skip_serializing_if = "Option::is_none")] after: Option<EventId>,
        #[serde(default, skip_serializing_if = "Option::is_none")] need: Option<Text>,
        #[serde(default, skip_serializing_if = "Vec::is_empty")] options: Vec<Text>,
        #[serde(default, skip_serializing_if = "Option::is_none")] source: Option<Text>,
        text: Text,
        #[serde(default, skip_serializing_if = "Option::is_none")] under: Option<Parent>,
    }
    /// A question was answered.
    "question.answered" => QuestionAnswered { answer: Text, question: ItemId }
    /// An answered question is open again.
    "question.reopened" => QuestionReopened { question: ItemId }

    /// Something stands in the way, of a step, of a question or of the plan.
    "blocker.raised" => BlockerRaised {
        #[serde(default, skip_serializing_if = "Option::is_none")] after: Option<EventId>,
        #[serde(default, skip_serializing_if = "Option::is_none")] need: Option<Text>,
        #[serde(default, skip_serializing_if = "Option::is_none")] on: Option<ItemId>,
        #[serde(default, skip_serializing_if = "Vec::is_empty")] options: Vec<Text>,
        #[serde(default, skip_serializing_if = "Option::is_none")] source: Option<Text>,
        text: Text,
        #[serde(default, skip_serializing_if = "Option::is_none")] under: Option<Parent>,
    }
    /// A blocker is out of the way.
    "blocker.resolved" => BlockerResolved {
        blocker: ItemId,
        #[serde(default, skip_serializing_if = "Option::is_none")] how: Option<Text>,
    }
    /// A resolved blocker is in the way again.
    "blocker.reopened" => BlockerReopened { blocker: ItemId }

    /// A note was taken under a label of the author's choice.
    "note.added" => NoteAdded {
        #[serde(default, skip_serializing_if = "Option::is_none")] after: Option<EventId>,
        #[serde(default, skip_serializing_if = "Option::is_none")] corrects: Option<ItemId>,
        label: Title,
        #[serde(default, skip_serializing_if = "Option::is_none")] on: Option<ItemId>,
        #[serde(default, skip_serializing_if = "Option::is_none")] source: Option<Text>,
        text: Text,
        #[serde(default, skip_serializing_if = "Option::is_none")] under: Option<Parent>,
    }

    /// A result was delivered, measured or learned.
    "result.added" => ResultAdded {
        #[serde(default, skip_serializing_if = "Option::is_none")] after: Option<EventId>,
        group: ResultGroup,
        #[serde(default, skip_serializing_if = "Option::is_none")] source: Option<Text>,
        text: Text,
        #[serde(default, skip_serializing_if = "Option::is_none")] under: Option<Parent>,
    }

    /// A user story was told.
    "story.added" => StoryAdded {
        #[serde(default, skip_serializing_if = "Option::is_none")] after: Option<EventId>,
        as_a: Text,
        i_want: Text,
        #[serde(default, skip_serializing_if = "Option::is_none")] so_that: Option<Text>,
        #[serde(default, skip_serializing_if = "Option::is_none")] source: Option<Text>,
        #[serde(default, skip_serializing_if = "Option::is_none")] under: Option<Parent>,
    }
    /// A user story was told in other words; the parts that are absent stay.
    "story.retold" => StoryRetold {
        #[serde(default, skip_serializing_if = "Option::is_none")] as_a: Option<Text>,
        #[serde(default, skip_serializing_if = "Option::is_none")] i_want: Option<Text>,
        #[serde(default, skip_serializing_if = "Option::is_none")] so_that: Option<Text>,
        story: ItemId,
    }

    /// An item was linked to something: a commit, an address, another item.
    "link.added" => LinkAdded { from: ItemId, rel: Tag, to: Title }
    /// A link was taken away.
    "link.removed" => LinkRemoved { from: ItemId, rel: Tag, to: Title }
}
