//! Decision records: a plan's decisions as MADR files, and records of others as decisions.
//!
//! What may be relied on: [`files`] is a pure function of the plan, its file names are safe on any file system, and
//! whatever a decision says, its file has one front matter and one title. [`read`] takes any text and loses no word of
//! it: what has no field of a decision goes into its body. Decisions that were written and read again are the same
//! decisions, to the day. Spec: spec/8-records.md.
//!
//! How: `parts.rs` cuts a record at its headings, `naming.rs` and `status.rs` read lines of it, `read.rs` fills a [`Record`],
//! `record.rs` makes the events of several; `write.rs` and `texts.rs` go the other way.

mod naming;
mod parts;
mod read;
mod record;
mod status;
mod texts;
mod write;

pub use read::{Record, read};
pub use record::{Options, Report, record};
pub use write::{File, files};
