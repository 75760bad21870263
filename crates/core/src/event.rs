//! Events: one fact each, read from any bytes and written in one form.
//!
//! [`Event::read`] is total: whatever the bytes, there is an event with the id that is their BLAKE3. What is wrong
//! with it is its [`Inert`] reason; such an event is kept and listed, has no effect as a whole, and never hides what
//! follows it. [`Draft::seal`] is the one way to write an event, and refuses to write what `read` would not take.
//! Spec: spec/1-events.md.

use alloc::borrow::Cow;
use core::fmt;
use core::marker::PhantomData;

use serde::de::value::MapAccessDeserializer;
use serde::de::{DeserializeOwned, Error as _, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use crate::canonical::{self, NotCanonical};
use crate::prelude::*;
use crate::{Change, EventId, Tag, Text, Timestamp, Title, limits};

/// The version of the envelope that this library writes, and the newest that it reads.
pub const VERSION: i64 = 1;

/// Who made an event, by the name and address that git knows them by.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Actor {
    /// The e-mail address; may be empty, as in git.
    pub email: String,
    /// The name.
    pub name: String,
}

/// The program that acted for the actor.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Agent {
    /// What it is called.
    pub name: Title,
    /// The model that it ran on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<Title>,
    /// The run or session in which it acted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<Title>,
}

/// What an edit of a view, from which the event was read, says of the item that the event is mostly about.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Absorbed {
    /// How the edited line was found to be this item, where it was not the same to the letter.
    #[serde(default, rename = "match", deserialize_with = "some_object", skip_serializing_if = "Option::is_none")]
    pub matched: Option<Match>,
    /// The Markdown in which the item is spelled from now on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<Text>,
    /// The wording that it has from now on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<Text>,
}

/// How an item was recognised after an edit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Match {
    /// The rule that found it: `stripped`, `place`, `id`, `prefix`, `similar`, `moved`.
    pub how: Tag,
    /// How alike the two texts are, in percent.
    #[serde(deserialize_with = "percent")]
    pub score: u8,
}

/// What an event may say beside its mutation; every member is optional.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Context {
    /// What the edit says from which the event was read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub absorbed: Option<Box<Absorbed>>,
    /// The program that acted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent: Option<Agent>,
    /// The author that an import found claimed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attributed: Option<Actor>,
    /// What the events of one command share.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub batch: Option<Tag>,
    /// The commit that the work tree was at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<Tag>,
    /// The idempotency key: the same actor's same key with the same change is recorded once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<Title>,
    /// Features that a reader must know to read the plan rightly.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub needs: Vec<Tag>,
    /// The time that an import found claimed, or that the author claims.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub occurred: Option<Timestamp>,
    /// The event that this one undoes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undoes: Option<EventId>,
    /// Why: the reason of the one who acted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<Text>,
    /// Extensions; a reader that does not know them leaves them alone.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub x: Map<String, Value>,
}

/// Why an event has no effect.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Inert {
    /// The bytes are not canonical JSON.
    #[error("{0}")]
    NotCanonical(NotCanonical),
    /// The event is larger than a reader takes.
    #[error("an event of {0} bytes: expected at most {most}", most = limits::EVENT)]
    TooLarge(usize),
    /// The envelope's version is newer than this reader.
    #[error("format version {0}: this git-plan reads version {VERSION}; a newer one is needed")]
    FutureVersion(i64),
    /// The type is not in this reader's catalogue.
    #[error("unknown type {0:?}: a newer git-plan may know it")]
    UnknownType(String),
    /// The event needs a feature that this reader does not have.
    #[error("needs {0:?}: a newer git-plan may have it")]
    Needs(String),
    /// The envelope or the data is not as the specification says.
    #[error("malformed: {0}")]
    Malformed(String),
}

impl Inert {
    /// A stable word for the reason.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotCanonical(_) => "not-canonical",
            Self::TooLarge(_) => "too-large",
            Self::FutureVersion(_) => "future-version",
            Self::UnknownType(_) => "unknown-type",
            Self::Needs(_) => "needs",
            Self::Malformed(_) => "malformed",
        }
    }

    /// Whether a newer reader may well take the event: it is unknown rather than wrong.
    #[must_use]
    pub const fn is_from_the_future(&self) -> bool {
        matches!(self, Self::FutureVersion(_) | Self::UnknownType(_) | Self::Needs(_))
    }
}

/// One event, as read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// BLAKE3 of its canonical bytes.
    pub id: EventId,
    /// When its author's clock says that it was made.
    pub at: Timestamp,
    /// Who made it.
    pub by: Actor,
    /// The heads that its author had seen, sorted.
    pub parents: Vec<EventId>,
    /// What its author said beside the mutation.
    pub context: Box<Context>,
    /// The type as written, known or not.
    pub type_name: Cow<'static, str>,
    /// The mutation, or why there is none.
    pub change: Result<Change, Inert>,
}

#[derive(Deserialize)]
struct Envelope<'a> {
    v: i64,
    #[serde(rename = "type", borrow)]
    type_name: Cow<'a, str>,
    at: Timestamp,
    #[serde(deserialize_with = "object")]
    by: Actor,
    parents: Vec<EventId>,
    #[serde(borrow)]
    data: &'a RawValue,
    #[serde(default, deserialize_with = "some_object")]
    absorbed: Option<Box<Absorbed>>,
    #[serde(default, deserialize_with = "some_object")]
    agent: Option<Agent>,
    #[serde(default, deserialize_with = "some_object")]
    attributed: Option<Actor>,
    #[serde(default)]
    batch: Option<Tag>,
    #[serde(default)]
    code: Option<Tag>,
    #[serde(default)]
    key: Option<Title>,
    #[serde(default)]
    needs: Vec<Tag>,
    #[serde(default)]
    occurred: Option<Timestamp>,
    #[serde(default)]
    undoes: Option<EventId>,
    #[serde(default)]
    why: Option<Text>,
    #[serde(default)]
    x: Map<String, Value>,
}

/// Reads a structure from an object alone: serde would take an array of its members too.
fn object<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<T, D::Error> {
    struct Members<T>(PhantomData<T>);
    impl<'de, T: Deserialize<'de>> Visitor<'de> for Members<T> {
        type Value = T;
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an object")
        }
        fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<T, A::Error> {
            T::deserialize(MapAccessDeserializer::new(members))
        }
    }
    deserializer.deserialize_map(Members(PhantomData))
}

fn some_object<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    object(deserializer).map(Some)
}

fn percent<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u8, D::Error> {
    let score = u8::deserialize(deserializer)?;
    if score > 100 { Err(D::Error::custom("score: expected at most 100")) } else { Ok(score) }
}

/// What little of an envelope is read when the rest cannot be: each member by itself, so that one that is wrong
/// hides no other.
#[derive(Default, Deserialize)]
struct Outline<'a> {
    #[serde(default, rename = "type", borrow)]
    type_name: Option<&'a RawValue>,
    #[serde(default, borrow)]
    at: Option<&'a RawValue>,
    #[serde(default, borrow)]
    by: Option<&'a RawValue>,
    #[serde(default, borrow)]
    parents: Option<&'a RawValue>,
    #[serde(default, borrow)]
    v: Option<&'a RawValue>,
}

impl<'a> Outline<'a> {
    /// The outline of canonical bytes; of any others nothing is believed, since readers differ on what they say.
    fn of(bytes: &'a [u8]) -> Self {
        match canonical::check(bytes) {
            Ok(text) => serde_json::from_str(text).unwrap_or_default(),
            Err(_) => Self::default(),
        }
    }

    fn member<T: DeserializeOwned>(member: Option<&RawValue>) -> Option<T> {
        member.and_then(|written| serde_json::from_str(written.get()).ok())
    }
}

impl Event {
    /// Reads an event from any bytes.
    ///
    /// `contained` names the parents that the container (the commit) shows; they stand in where the bytes are too
    /// damaged to name any, so that what follows a damaged event still has its ancestors.
    #[must_use]
    pub fn read(bytes: &[u8], contained: &[EventId]) -> Self {
        let id = EventId::of(bytes);
        let sound = || -> Result<Envelope<'_>, Inert> {
            if bytes.len() > limits::EVENT {
                return Err(Inert::TooLarge(bytes.len()));
            }
            let text = canonical::check(bytes).map_err(Inert::NotCanonical)?;
            serde_json::from_str(text).map_err(|e| match Outline::member(Outline::of(bytes).v) {
                Some(v) if v > VERSION => Inert::FutureVersion(v),
                _ => malformed(&e),
            })
        };
        match sound() {
            Ok(envelope) => envelope.into_event(id),
            Err(reason) => Self::inert(id, bytes, contained, reason),
        }
    }

    fn inert(id: EventId, bytes: &[u8], contained: &[EventId], reason: Inert) -> Self {
        let outline = Outline::of(bytes);
        let parents = Outline::member(outline.parents).filter(|parents: &Vec<_>| parents.len() <= limits::PARENTS);
        Self {
            id,
            at: Outline::member(outline.at).unwrap_or(Timestamp::from_millis(0)),
            by: Outline::member(outline.by.filter(|by| by.get().starts_with('{')))
                .unwrap_or(Actor { email: String::new(), name: String::new() }),
            parents: parents.unwrap_or_else(|| contained.to_vec()),
            context: Box::default(),
            type_name: Cow::Owned(Outline::member(outline.type_name).unwrap_or_default()),
            change: Err(reason),
        }
    }

    /// The time that the event speaks of: the claimed one where there is one, else its own.
    #[must_use]
    pub fn occurred(&self) -> Timestamp {
        self.context.occurred.unwrap_or(self.at)
    }

    /// Members of the envelope or the data that this version does not know, as paths such as `data.colour`.
    ///
    /// `bytes` are the event's canonical bytes.
    #[must_use]
    pub fn unknown_members(&self, bytes: &[u8]) -> Vec<String> {
        let (Ok(change), Ok(Value::Object(written))) = (&self.change, serde_json::from_slice(bytes)) else {
            return Vec::new();
        };
        let known = self.envelope(change);
        let mut unknown = Vec::new();
        for (name, value) in &written {
            match (known.get(name), value) {
                (None, Value::Array(list)) if list.is_empty() => {}
                (None, Value::Object(members)) if members.is_empty() => {}
                (None, _) => unknown.push(name.clone()),
                (Some(Value::Object(known)), Value::Object(written)) if name != "x" => {
                    let extra = |(name, value): &(&String, &Value)| {
                        !known.contains_key(*name) && !value.as_array().is_some_and(Vec::is_empty)
                    };
                    unknown.extend(written.iter().filter(extra).map(|(inner, _)| format!("{name}.{inner}")));
                }
                _ => {}
            }
        }
        unknown
    }

    fn envelope(&self, change: &Change) -> Map<String, Value> {
        envelope(change, &self.context, &self.by, self.at, &self.parents)
    }
}

impl Envelope<'_> {
    fn into_event(self, id: EventId) -> Event {
        let change = self.change();
        let type_name = match &change {
            Ok(change) => Cow::Borrowed(change.type_name()),
            Err(_) => Cow::Owned(self.type_name.into_owned()),
        };
        Event {
            id,
            at: self.at,
            by: self.by,
            parents: self.parents,
            context: Box::new(Context {
                absorbed: self.absorbed,
                agent: self.agent,
                attributed: self.attributed,
                batch: self.batch,
                code: self.code,
                key: self.key,
                needs: self.needs,
                occurred: self.occurred,
                undoes: self.undoes,
                why: self.why,
                x: self.x,
            }),
            type_name,
            change,
        }
    }

    fn change(&self) -> Result<Change, Inert> {
        if self.v > VERSION {
            return Err(Inert::FutureVersion(self.v));
        }
        if self.v < VERSION {
            return Err(Inert::Malformed(format!("version {}: expected {VERSION}", self.v)));
        }
        if self.parents.len() > limits::PARENTS || !self.parents.is_sorted_by(|a, b| a < b) {
            let most = limits::PARENTS;
            return Err(Inert::Malformed(format!("parents: expected at most {most}, sorted, each once")));
        }
        let unfit = |text: &String| text.len() > limits::TITLE || text.contains(['\0', '\n', '<', '>']);
        if unfit(&self.by.name) || unfit(&self.by.email) {
            let most = limits::TITLE;
            return Err(Inert::Malformed(format!("by: expected at most {most} bytes of what a git author can hold")));
        }
        if self.attributed.as_ref().is_some_and(|actor| actor.name.len().max(actor.email.len()) > limits::TITLE) {
            return Err(Inert::Malformed(format!("attributed: expected at most {} bytes", limits::TITLE)));
        }
        if let Some(feature) = self.needs.first() {
            return Err(Inert::Needs(feature.as_str().to_owned()));
        }
        match Change::read(&self.type_name, self.data) {
            Some(_) if !self.data.get().starts_with('{') => Err(Inert::Malformed("data: expected an object".into())),
            Some(change) => change.map_err(|e| malformed(&e)),
            None => Err(Inert::UnknownType(self.type_name.clone().into_owned())),
        }
    }
}

pub(crate) fn malformed(e: &serde_json::Error) -> Inert {
    let text = e.to_string();
    Inert::Malformed(text.rfind(" at line ").map_or(text.as_str(), |end| &text[..end]).to_owned())
}

fn envelope(change: &Change, context: &Context, by: &Actor, at: Timestamp, parents: &[EventId]) -> Map<String, Value> {
    let mut members = match serde_json::to_value(context) {
        Ok(Value::Object(members)) => members,
        _ => Map::new(),
    };
    let parents = parents.iter().map(|id| Value::from(id.to_string())).collect::<Vec<_>>();
    members.insert("at".into(), at.to_string().into());
    members.insert("by".into(), serde_json::to_value(by).unwrap_or_default());
    members.insert("data".into(), change.data());
    members.insert("parents".into(), parents.into());
    members.insert("type".into(), change.type_name().into());
    members.insert("v".into(), VERSION.into());
    members
}

/// An event that is not yet written: what is to happen, and what is said about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// The mutation.
    pub change: Change,
    /// What is said beside it.
    pub context: Context,
}

/// An event together with its canonical bytes. It exists nowhere until a store publishes it.
#[derive(Debug, Clone)]
#[must_use = "a sealed event is not in the plan until it is published"]
pub struct Sealed {
    /// The canonical bytes.
    pub bytes: String,
    /// The event that they are.
    pub event: Event,
}

/// A draft that cannot become an event.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// Something in it has no canonical form.
    #[error("the event cannot be written: {0}")]
    NoCanonicalForm(#[from] canonical::NoCanonicalForm),
    /// A reader would not take it.
    #[error("the event would not be read back: {0}")]
    Inert(Inert),
}

impl Draft {
    /// A draft of this change, with nothing said beside it.
    #[must_use]
    pub fn new(change: impl Into<Change>) -> Self {
        Self { change: change.into(), context: Context::default() }
    }

    /// Writes the event in its canonical form, with the parents that its author had seen.
    ///
    /// # Errors
    /// Where a reader would not take the event: a limit is broken, or an extension has no canonical form.
    pub fn seal(&self, by: &Actor, at: Timestamp, parents: &BTreeSet<EventId>) -> Result<Sealed, SealError> {
        let parents: Vec<_> = parents.iter().copied().collect();
        let members = envelope(&self.change, &self.context, by, at, &parents);
        let mut bytes = String::with_capacity(512);
        canonical::write(&Value::Object(members), &mut bytes)?;
        let event = Event::read(bytes.as_bytes(), &parents);
        match event.change {
            Ok(_) => Ok(Sealed { bytes, event }),
            Err(reason) => Err(SealError::Inert(reason)),
        }
    }
}
