//! Plan events as git commits.
//!
//! This crate is the only one that knows git, and gix in particular. It stands on two promises: a write that returned
//! is in the ref, and one that failed is not; and whatever it leaves behind when it is killed, stock git and the next
//! writer cope with.

mod append;
mod backoff;
mod bundle;
mod child;
mod code;
mod config;
mod entries;
mod env;
mod error;
mod file_history;
mod fork;
mod identity;
mod intake;
mod join;
mod list;
mod load;
mod newest;
mod news;
mod object;
mod point;
mod press;
mod publish;
mod record;
mod refs;
mod remote;
mod repository;
mod sharing;
mod sign;
mod snapshot;
mod store;
mod sync;
mod tape;
mod timespec;
mod verify;
mod views;
mod walk;

pub use append::{AppendError, Appended, Writer};
pub use bundle::{Opened, open_commit};
pub use child::Git;
pub use code::CodeCommit;
pub use config::Config;
pub use entries::Entry;
pub use env::Environment;
pub use error::{Error, Result};
pub use file_history::FileVersion;
pub use fork::Joining;
pub use gix::hash::{Kind as Hash, ObjectId};
pub use identity::Identity;
pub use intake::Intake;
pub use list::Summary;
pub use load::{History, Loaded};
pub use newest::Newest;
pub use news::News;
pub use object::{CommitReader, Durability, Malformed, RawCommit};
pub use point::Point;
pub use publish::{Publication, Published};
pub use refs::{Expected, Listed, PlanLock};
pub use remote::Remote;
pub use repository::{RefStorage, Repository};
pub use sign::Signer;
pub use sync::{Choice, Exchange, Exchanged, Outcome, Stand, Watch};
pub use verify::{Attested, Pushed, Verified, Verifier};
pub use views::{Noted, Views};
pub use walk::Damage;
