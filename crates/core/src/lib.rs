//! Plans as append-only events: ids, order, state and projection, without any I/O.
//!
//! What may be relied on: everything here is a pure function of its arguments. No clock, no files, no environment, no
//! git; the same events give the same state and the same bytes on any machine and in any order of arrival; no input
//! makes it panic. The crate is `no_std`, so that the compiler holds it to this.
//!
//! The way through: [`Draft::seal`] makes an event's bytes, [`Event::read`] reads any bytes, [`Plan::replay`] puts a
//! set of events in order and folds them into a [`Plan`], and [`view::render`] writes the Markdown. [`author`] turns what
//! a person says into events, and refuses what the plan does not allow. [`import`] reads Markdown, [`madr`] decision
//! records. [`trail`] tells how something came to be as it is, and [`export`] writes a history for other tools.
//!
//! What it does not do: it stores nothing, sends nothing, and knows no commit.
#![no_std]
#![cfg_attr(test, allow(clippy::unwrap_used, reason = "a failed test may say so"))]
extern crate alloc;
#[cfg(test)]
extern crate std;

pub mod absorb;
pub mod audit;
pub mod author;
mod batch;
pub mod blame;
pub mod brief;
pub mod bytes;
pub mod canonical;
pub mod change;
pub mod check;
pub mod diff;
pub mod event;
pub mod export;
mod id;
pub mod import;
pub mod issue_form;
pub mod limits;
pub mod madr;
pub mod merge;
pub mod order;
mod prelude;
mod slug;
pub mod state;
mod subject;
pub mod text;
mod time;
pub mod trail;
pub mod view;
pub mod words;

pub use batch::{Batch, RecordError};
pub use change::Change;
pub use event::{Absorbed, Actor, Agent, Context, Draft, Event, Inert, Match, SealError, Sealed};
pub use id::{EventId, ItemId, NotAnId};
pub use slug::{NotASlug, Slug};
pub use state::{Item, Plan};
pub use subject::subject;
pub use text::{Tag, Text, TextError, Title};
pub use time::{NotATime, Timestamp};
pub use words::{Field, Kind, Layout, NotAWord, Parent, ResultGroup, Role, State};
