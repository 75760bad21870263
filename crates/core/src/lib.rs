//! Plans as append-only events.
#![no_std]
extern crate alloc;

mod id;
mod slug;
mod time;

pub use id::{EventId, ItemId, NotAnId};
pub use slug::{NotASlug, Slug};
pub use time::{NotATime, Timestamp};
