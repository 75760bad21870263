//! Import: the first reading of a Markdown plan, and the events that it makes.
//!
//! What may be relied on: [`read`] takes any text and never fails; [`record`] loses no word of it. What was not
//! understood is kept as prose in its place and listed in the [`Report`]. Times and authors that the text claims go
//! into the events as `occurred` and `attributed`, never as the events' own.
//!
//! How: `lines.rs` and `markers.rs` say what a line is, `reading.rs` builds the [`Document`], which keeps the source of
//! each part beside what was read in it; `roles.rs`, `times.rs`, `labels.rs` and `marks.rs` read headings and texts;
//! `record/` makes the events.

pub(crate) mod document;
pub(crate) mod front_matter;
pub(crate) mod labels;
pub(crate) mod lines;
pub(crate) mod markers;
pub(crate) mod marks;
pub(crate) mod reading;
pub(crate) mod record;
pub(crate) mod roles;
pub(crate) mod times;
pub(crate) mod units;

pub(crate) use document::written;
pub use document::{Block, Document, Heading, ListItem, Section};
pub use front_matter::{FrontField, FrontMatter, Value};
pub use reading::read;
pub use record::{ImportError, Kept, Options, Report, record};
pub(crate) use record::{fits, parts};
