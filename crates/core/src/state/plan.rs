//! The plan as a whole, and how it grows from events.

use serde::{Deserialize, Serialize};

use super::ancestry::Ancestry;
use super::paged::{Paged, Shelf};
use super::prose::Prose;
use super::register::{AddWins, Register};
use super::rivals::Rival;
use super::table::Table;
use super::{Existence, Item, Stamp, Tree};
use crate::event::{Actor, Agent, Event};
use crate::order::{self, Floor};
use crate::prelude::*;
use crate::{EventId, Field, ItemId, Kind, Layout, Role, Slug, Timestamp};

/// A plan: the fold of a set of events.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    pub(super) root: Option<(Stamp, Slug)>,
    pub(super) fields: BTreeMap<Field, Register<String>>,
    /// The tags, sorted where shown by age.
    pub tags: AddWins<String>,
    /// Those named as authors.
    pub authors: AddWins<String>,
    /// The sources cited.
    pub sources: AddWins<Source>,
    pub(super) existence: Existence,
    pub(super) prose: BTreeMap<Role, Register<String>>,
    pub(super) headings: BTreeMap<Role, Register<String>>,
    pub(super) items: Paged<Item>,
    /// The items by their names.
    pub(super) index: Table<Name>,
    pub(super) tree: Tree,
    /// What happened, in order.
    pub log: Paged<Entry>,
    /// What was recorded under a key of an actor: the digest of each change, and its event.
    pub(super) keys: Table<Vec<(EventId, Stamp)>>,
    people: Vec<Person>,
    /// Events that have no effect, in order, each with its reason.
    pub inert: Vec<InertEvent>,
    /// Events that stand against each other.
    pub(super) rivals: Vec<Rival>,
    /// The prose that several wrote since it was last merged.
    #[serde(skip)]
    pub(super) unmerged: BTreeSet<Prose>,
    heads: BTreeSet<EventId>,
    last: Option<Stamp>,
    count: u32,
    time: i64,
    pub(super) updated: Timestamp,
    #[serde(skip)]
    pub(super) shelf: Shelf,
}

/// What an id is the name of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Name {
    /// The item's place among the items.
    pub(super) at: u32,
    /// Where the id is that of an event that repeated the adding of the item: its number in the order.
    pub(super) repeated: Option<u32>,
}

/// A work that the plan rests on.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Source {
    /// What the text calls it, such as `R1`.
    pub id: String,
    /// Its title.
    pub title: Option<String>,
    /// Where it is.
    pub url: Option<String>,
    /// The day on which it was read.
    pub accessed: Option<String>,
}

/// Who made an event, and the program that acted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// The author by name and address.
    pub actor: Actor,
    /// The agent's name, where a program acted.
    pub agent: Option<String>,
}

/// One entry of the progress log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// The event.
    pub stamp: Stamp,
    /// The time that it speaks of.
    pub occurred: Timestamp,
    /// What happened to the item.
    pub what: What,
    /// The item.
    pub item: ItemId,
    /// Why, where the author said so.
    pub why: Option<String>,
}

/// What a log entry says of its item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum What {
    /// A decision, discovery, blocker or note was recorded.
    Recorded,
    /// A step was completed.
    Completed,
    /// A completed step is to be done again.
    Reopened,
    /// A step was given up.
    Dropped,
    /// A blocker was resolved.
    Resolved,
}

/// An event that has no effect.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InertEvent {
    /// The event.
    pub stamp: Stamp,
    /// Its type, as written.
    pub type_name: String,
    /// A stable word for the reason.
    pub code: String,
    /// The reason.
    pub reason: String,
    /// Whether a newer reader may well take it.
    pub from_the_future: bool,
}

impl Plan {
    /// The plan that a set of events makes.
    #[must_use]
    pub fn replay(events: &[Event]) -> Self {
        let mut plan = Self { time: i64::MIN, ..Self::default() };
        plan.extend(events);
        plan
    }

    /// Folds in events that all descend from every event so far.
    ///
    /// The result is that of replaying everything, provided that the caller keeps to this condition.
    pub fn extend(&mut self, events: &[Event]) {
        let arrangement = order::arrange(events, self.floor());
        let ancestry = Ancestry::of(&arrangement, self.count);
        for place in arrangement.iter() {
            self.take(&events[place.index], place.time, &ancestry);
        }
        self.merge_prose();
    }

    /// Folds in one event that names the heads as its parents, all of them and nothing else, as every event does where
    /// history is a line. Where this one does not, the plan stays as it was; the answer says whether it did.
    ///
    /// The result is that of [`Plan::extend`].
    pub fn follow(&mut self, event: &Event) -> bool {
        let follows = event.parents.iter().eq(&self.heads);
        if follows {
            let time = event.at.millis().max(self.time.saturating_add(1));
            self.take(event, time, &Ancestry::default());
        }
        follows
    }

    /// Folds in one event that follows all heads, unless it would have no effect: then the plan stays as it was and
    /// the reason is returned.
    pub(crate) fn try_extend(&mut self, event: &Event) -> Option<InertEvent> {
        let (before, inert) = (self.heads.clone(), self.inert.len());
        let (count, time, last, people) = (self.count, self.time, self.last, self.people.len());
        self.follow(event);
        let rejected = if self.inert.len() > inert { self.inert.pop() } else { None };
        if rejected.is_some() {
            (self.heads, self.count, self.time, self.last) = (before, count, time, last);
            self.people.truncate(people);
        }
        rejected
    }

    fn take(&mut self, event: &Event, time: i64, ancestry: &Ancestry) {
        let stamp = Stamp { seq: self.count, id: event.id, at: event.at, by: self.person_index(event) };
        for parent in &event.parents {
            self.heads.remove(parent);
        }
        self.heads.insert(event.id);
        self.count += 1;
        self.time = time;
        self.last = Some(stamp);
        let applied = match &event.change {
            Ok(change) => self.apply(event, change, stamp, ancestry),
            Err(reason) => Err(super::refs::Rejection::from(reason)),
        };
        if let Err(rejection) = applied {
            self.inert.push(rejection.into_inert(stamp, &event.type_name));
        }
    }

    fn person_index(&mut self, event: &Event) -> u32 {
        let agent = event.context.agent.as_ref().map(|Agent { name, .. }| name.as_str());
        let is_known = |known: &Person| known.actor == event.by && known.agent.as_deref() == agent;
        // The one who acts is most often the one who acted last.
        let at = self.people.iter().rposition(is_known).unwrap_or_else(|| {
            self.people.push(Person { actor: event.by.clone(), agent: agent.map(str::to_owned) });
            self.people.len() - 1
        });
        u32::try_from(at).unwrap_or(u32::MAX)
    }

    /// The plan's id: that of its first event. `None` where that event is missing.
    #[must_use]
    pub fn id(&self) -> Option<EventId> {
        self.root.as_ref().map(|(stamp, _)| stamp.id)
    }

    /// The event that began the plan.
    #[must_use]
    pub fn created(&self) -> Option<Stamp> {
        self.root.as_ref().map(|(stamp, _)| *stamp)
    }

    /// The slug under which the plan was created.
    #[must_use]
    pub fn slug(&self) -> Option<&Slug> {
        self.root.as_ref().map(|(_, slug)| slug)
    }

    /// A field's value; empty where it was never set.
    #[must_use]
    pub fn field(&self, field: Field) -> &str {
        self.fields.get(&field).map_or("", |register| register.value())
    }

    /// A field with all that was written to it.
    #[must_use]
    pub fn field_register(&self, field: Field) -> Option<&Register<String>> {
        self.fields.get(&field)
    }

    /// The title.
    #[must_use]
    pub fn title(&self) -> &str {
        self.field(Field::Title)
    }

    /// How the view is written.
    #[must_use]
    pub fn layout(&self) -> Layout {
        self.field(Field::Layout).parse().unwrap_or(Layout::Execplan)
    }

    /// Whether the plan was begun in the layout of its own text, or has parts that carry theirs.
    #[must_use]
    pub fn has_own_text(&self) -> bool {
        let layout = self.field_register(Field::Layout);
        let was_begun_so = layout.is_some_and(|layout| {
            *layout.value() == *Layout::Own.as_str() && Some(layout.latest().stamp.id) == self.id()
        });
        was_begun_so || self.children(super::Branch::Sections(None)).iter().any(|section| section.source.is_some())
    }

    /// Whether the plan was put away.
    #[must_use]
    pub fn is_archived(&self) -> bool {
        self.existence.is_hidden()
    }

    /// The prose of a standing section.
    #[must_use]
    pub fn prose(&self, role: Role) -> Option<&Register<String>> {
        self.prose.get(&role)
    }

    /// The heading that a standing section was given.
    #[must_use]
    pub fn heading(&self, role: Role) -> Option<&Register<String>> {
        self.headings.get(&role)
    }

    /// The item with this id, whether or not it is hidden. An event that repeated the adding of an item under one
    /// idempotency key is another name of that item.
    #[must_use]
    pub fn item(&self, id: ItemId) -> Option<&Item> {
        self.items.get(self.position(id)?)
    }

    /// The place of an item among the items.
    pub(super) fn position(&self, id: ItemId) -> Option<usize> {
        self.index.get(&id).map(|name| name.at as usize)
    }

    /// The ids of the items that begin with these hex digits, sorted, removed items included.
    #[must_use]
    pub fn ids_with(&self, prefix: &str) -> Vec<ItemId> {
        let Ok(first) = format!("{prefix:0<64}").parse::<ItemId>() else { return Vec::new() };
        let names = self.index.from(first).take_while(|(id, _)| id.prefix(prefix.len()) == prefix);
        names.filter(|(_, name)| name.repeated.is_none()).map(|(id, _)| id).collect()
    }

    /// The shortest beginning of an id that no other item's id has, of at least [`EventId::SHORTEST`] digits.
    #[must_use]
    pub fn short(&self, id: EventId) -> String {
        let hex = id.to_string();
        let shared = |other: ItemId| other.to_string().bytes().zip(hex.bytes()).take_while(|(a, b)| a == b).count();
        let near = self.ids_with(&id.short()).into_iter().filter(|other| *other != id);
        id.prefix(near.map(shared).max().map_or(EventId::SHORTEST, |shared| shared + 1))
    }

    /// All items in the order in which they were added, hidden ones included.
    pub fn items(&self) -> impl Iterator<Item = &Item> {
        self.items.iter()
    }

    /// The visible items of a kind, in the order in which they were added.
    pub fn items_of(&self, kind: Kind) -> impl Iterator<Item = &Item> {
        self.items.iter().filter(move |item| item.kind() == kind && item.is_visible())
    }

    /// Who a stamp's author is.
    #[must_use]
    pub fn person(&self, stamp: Stamp) -> Option<&Person> {
        self.people.get(stamp.by as usize)
    }

    /// The events that no event follows, sorted: the parents of whatever is written next.
    #[must_use]
    pub fn heads(&self) -> &BTreeSet<EventId> {
        &self.heads
    }

    /// The last event in order.
    #[must_use]
    pub fn last(&self) -> Option<Stamp> {
        self.last
    }

    /// The time of the last event in order that has an effect: a damaged one says nothing of when it was made.
    #[must_use]
    pub fn updated(&self) -> Timestamp {
        self.updated
    }

    /// What lies below an event that has seen all of these: where its own order begins.
    #[must_use]
    pub fn floor(&self) -> Floor {
        Floor { events: self.count, time: self.time }
    }

    /// How many events the plan has, inert ones included.
    #[must_use]
    pub fn count(&self) -> u32 {
        self.count
    }

    /// Whether this event of an actor repeats one with the same idempotency key and the same change.
    #[must_use]
    pub fn recorded(&self, actor: &Actor, key: &str, change: &crate::Change) -> Option<EventId> {
        let digest = Self::digest(change);
        let known = self.keys.get(&Self::key(actor, key))?;
        known.iter().find(|(change, _)| *change == digest).map(|(_, stamp)| stamp.id)
    }

    /// Under what the changes of an actor's key are found.
    pub(super) fn key(actor: &Actor, key: &str) -> EventId {
        // None of the three has a NUL in it, or what has one is told apart by its lengths.
        let (email, name) = (&actor.email, &actor.name);
        EventId::of(format!("{} {} {email}\0{name}\0{key}", email.len(), name.len()).as_bytes())
    }

    /// The events that this actor made under an idempotency key, in order.
    #[must_use]
    pub fn keyed(&self, actor: &Actor, key: &str) -> Vec<EventId> {
        let known = self.keys.get(&Self::key(actor, key));
        known.into_iter().flatten().map(|(_, stamp)| stamp.id).collect()
    }

    pub(super) fn digest(change: &crate::Change) -> EventId {
        let mut text = change.type_name().to_owned();
        text.push(' ');
        // A change that was read has a canonical form; one that has none is told apart by its type alone.
        let _ = crate::canonical::write(&change.data(), &mut text);
        EventId::of(text.as_bytes())
    }
}
