//! Trails: how something in a plan came to be as it is.
//!
//! What may be relied on: a trail has an event for everything that was ever said of its subject, in the order of the
//! state, undone or not, and of what led to it: the items that are named as its causes, the decisions that it replaced or
//! that replaced it, the question it settles, what stood in its way. What an event replaced is what its author saw.
//! An event that has no effect is not in it. Spec: spec/7-cli.md, C60.
//!
//! How: `related.rs` says which items belong to the trail, `said.rs` what each event says of them, `name.rs` what a name
//! means.

mod name;
mod related;
mod said;

use alloc::borrow::Cow;

pub use name::{about, named};
pub(crate) use said::state_written;
pub use said::{Said, said_of};

use crate::change::*;
use crate::prelude::*;
use crate::state::{Ancestry, Conflict, Plan, Target};
use crate::{Change, Event, EventId, Field, ItemId, Kind, Parent, Role, order};

/// The relation of a link whose target, an item of the plan, is why the item is there or is as it is.
pub const CAUSED_BY: &str = "caused-by";

/// What a trail leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subject {
    /// The plan as a whole.
    Plan,
    /// A field of the plan.
    Field(Field),
    /// A standing section.
    Section(Role),
    /// An item, or an added section.
    Item(ItemId),
}

/// Why an event is in a trail: what the thing that it is about has to do with the subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tie {
    /// It is the subject.
    Itself,
    /// A block of prose of the section.
    Part,
    /// It is named as a cause.
    Cause,
    /// A decision, discovery or note in the place of which the subject came.
    Replaced,
    /// What came in its place.
    Replacing,
    /// The question that it settles.
    Question,
    /// A decision that settles it.
    Decision,
    /// A blocker on it.
    Blocker,
    /// A note on it.
    Note,
}

impl Tie {
    /// The word for it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Itself => "itself",
            Self::Part => "part",
            Self::Cause => "cause",
            Self::Replaced => "replaced",
            Self::Replacing => "replacing",
            Self::Question => "question",
            Self::Decision => "decision",
            Self::Blocker => "blocker",
            Self::Note => "note",
        }
    }

    /// Whether all that is said of the thing belongs to the trail, and not only what became of it.
    const fn is_whole(self) -> bool {
        matches!(self, Self::Itself | Self::Part)
    }
}

/// One event of a trail.
#[derive(Debug, Clone)]
pub struct Mark<'a> {
    /// The event.
    pub event: &'a Event,
    /// What it is told of.
    pub about: Subject,
    /// What that has to do with the subject.
    pub tie: Tie,
    /// What it says.
    pub said: Vec<Said>,
    /// The event that undid it.
    pub undone: Option<EventId>,
}

/// The way to a subject.
#[derive(Debug, Clone)]
pub struct Trail<'a> {
    /// The events, in order.
    pub marks: Vec<Mark<'a>>,
    /// What is in conflict about the subject.
    pub conflicts: Vec<Conflict>,
}

impl<'a> Trail<'a> {
    /// The trail of a subject; `events` are all events of the plan, in its order.
    #[must_use]
    pub fn of(events: &[&'a Event], plan: &Plan, subject: Subject) -> Self {
        let related = related::related(plan, subject);
        let inert: BTreeSet<EventId> = plan.inert.iter().map(|inert| inert.stamp.id).collect();
        let undone = undone(events.iter().copied());
        let mut telling = said::Telling::new(plan, ancestry(events));
        let mut marks: Vec<Mark<'a>> = Vec::new();
        for (at, &event) in events.iter().enumerate() {
            let Ok(change) = &event.change else { continue };
            if inert.contains(&event.id) {
                continue;
            }
            let Some((about, tie)) = told_of(plan, event, change, subject, &related) else { continue };
            let mut said = telling.said(at, event, change, about);
            if !tie.is_whole() {
                said.retain(|said| said.is_lasting());
            }
            if !said.is_empty() {
                marks.push(Mark { event, about, tie, said, undone: undone.get(&event.id).copied() });
            }
        }
        replaced(&mut marks, events, plan);
        let concerns = |conflict: &Conflict| match (subject, conflict.target) {
            (Subject::Item(id), Target::Item(of)) if of == id => true,
            (Subject::Item(id), _) => conflict.sides.iter().any(|side| side.of == Some(id)),
            (Subject::Section(role), Target::Section(of)) => of == role,
            (Subject::Field(field), Target::Plan) => conflict.field == field.as_str(),
            (Subject::Plan, Target::Plan) => true,
            _ => false,
        };
        Self { marks, conflicts: plan.conflicts().into_iter().filter(concerns).collect() }
    }
}

/// Each event that was undone and whose undoing stands, with the event that undid it. `events` are in the plan's order.
pub(crate) fn undone<'a>(events: impl DoubleEndedIterator<Item = &'a Event>) -> BTreeMap<EventId, EventId> {
    let mut undone = BTreeMap::new();
    // Latest first: whether an undo counts is known before what it undoes comes up.
    for event in events.rev() {
        if let Some(target) = event.context.undoes
            && !undone.contains_key(&event.id)
        {
            undone.insert(target, event.id);
        }
    }
    undone
}

/// Who saw what among events in their order.
pub(crate) fn ancestry(events: &[&Event]) -> Ancestry {
    let is_line = events.windows(2).all(|pair| matches!(pair, [before, next] if next.parents == [before.id]));
    if is_line {
        return Ancestry::default();
    }
    let events: Vec<Event> = events.iter().map(|&event| event.clone()).collect();
    Ancestry::of(&order::arrange(&events, order::Floor::NONE), 0)
}

/// Of what an event is told in the trail of a subject; none where it does not belong there.
fn told_of(
    plan: &Plan,
    event: &Event,
    change: &Change,
    subject: Subject,
    related: &BTreeMap<Subject, Tie>,
) -> Option<(Subject, Tie)> {
    let mentioned = match change {
        // These say one thing of each item that they name.
        Change::ItemRemoved(ItemRemoved { items }) => items.clone(),
        _ => Vec::new(),
    };
    let named = |id: ItemId| Subject::Item(plan.item(id).map_or(id, crate::Item::id));
    let own = match (change, subject) {
        // The beginning writes these fields, too.
        (Change::PlanCreated(_), Subject::Field(Field::Title | Field::Layout)) => subject,
        _ => about(plan, event),
    };
    let mut about = core::iter::once(own).chain(mentioned.into_iter().map(named));
    if let Some(found) =
        about.clone().find(|&about| about == subject).or_else(|| about.find(|of| related.contains_key(of)))
    {
        return Some((found, related.get(&found).copied().unwrap_or(Tie::Itself)));
    }
    // What comes and goes in a section is no part of how the section came to be.
    let is_section = |id| plan.item(id).is_some_and(|item| item.kind() == Kind::Section);
    let is_mentioned = matches!(subject, Subject::Item(id) if !is_section(id))
        && change.mentions().into_iter().any(|id| named(id) == subject);
    is_mentioned.then_some((subject, Tie::Itself))
}

/// Says of what was added which items of its kind the same command took out.
fn replaced(marks: &mut [Mark<'_>], events: &[&Event], plan: &Plan) {
    for mark in marks {
        let (Subject::Item(id), Some(batch)) = (mark.about, &mark.event.context.batch) else { continue };
        if mark.event.id != id || !mark.tie.is_whole() {
            continue;
        }
        let kind = plan.item(id).map(crate::Item::kind);
        let same = events.iter().filter(|event| event.context.batch.as_ref() == Some(batch));
        let gone = same.filter_map(|event| match &event.change {
            Ok(Change::ItemRemoved(ItemRemoved { items })) => Some(items.iter().copied()),
            _ => None,
        });
        let gone = gone.flatten().filter(|&gone| plan.item(gone).map(crate::Item::kind) == kind && gone != id);
        let said: Vec<Said> = gone.map(|gone| Said::of_item("replaces", gone, plan)).collect();
        mark.said.extend(said);
    }
}

/// The parent that is a section of its own kind: a standing one, or a node.
pub(crate) fn subject_of(plan: &Plan, parent: Parent) -> Subject {
    match parent {
        Parent::Standing(role) => Subject::Section(role),
        Parent::Node(id) => Subject::Item(plan.item(id).map_or(id, crate::Item::id)),
    }
}

/// What a person calls a subject: `step 2.1 (3f9c2a1)`, `the section objective`, `the title of the plan`.
#[must_use]
pub fn label(plan: &Plan, subject: Subject) -> Cow<'static, str> {
    match subject {
        Subject::Plan => "the plan".into(),
        Subject::Field(field) => format!("the {field} of the plan").into(),
        Subject::Section(role) => format!("the section {role}").into(),
        Subject::Item(id) => match plan.item(id) {
            Some(item) if item.kind() == Kind::Section => format!("the section {}", plan.short(id)).into(),
            Some(item) => crate::author::find::label(plan, item).into(),
            None => id.short().into(),
        },
    }
}
