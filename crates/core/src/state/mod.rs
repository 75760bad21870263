//! State: what a set of events says of a plan.
//!
//! What may be relied on: [`Plan::replay`] is a pure function of the *set* of events, so it does not matter in which
//! order they arrive. It takes any events and never fails: one that has no effect is listed in [`Plan::inert`] with
//! the reason, and hides nothing that follows. [`Plan::extend`] with the rest gives what replaying all would give.
//!
//! How: `order.rs` puts the events in order, `ancestry.rs` answers who saw what, `apply.rs` folds one event at a time.
//! Merge rules live in the data: `register.rs` (values), `prose.rs` (texts), `existence.rs` (removal), `tree.rs`
//! (places), `rivals.rs` (whatever else stands against each other). `conflict.rs` says what is in conflict,
//! `standing.rs` what is to be seen, `numbers.rs` numbers it, `outline.rs` walks it, `next.rs` says what can be worked on. `versions.rs` looks at it after each event. `adding.rs` has what all kinds of
//! items share, `refs.rs` what an event may name. `stow.rs` puts a state away so that only what is looked at need be
//! read back; `paged.rs`, `table.rs` and `leaf.rs` are what it is made of.

mod adding;
mod ancestry;
mod apply;
mod conflict;
mod existence;
mod item;
mod json;
mod leaf;
mod next;
mod numbers;
mod outline;
mod paged;
mod plan;
mod prose;
mod refs;
mod register;
mod rivals;
mod standing;
mod stow;
mod table;
mod tree;
mod versions;

pub(crate) use ancestry::Ancestry;
pub use conflict::{Conflict, ConflictKind, Side, Target};
pub use existence::Existence;
pub use item::{Decision, Detail, Item, Owner, Step};
pub use next::Worker;
pub(crate) use outline::is_current;
pub use outline::{Outlined, Progress};
pub use paged::{Paged, Pages, Shelf};
pub use plan::{Entry, InertEvent, Person, Plan, Source, What};
pub use register::{AddWins, Register, Write};
pub use tree::{Branch, Place, Tree};
pub use versions::versions;

use serde::{Deserialize, Serialize};

use crate::{EventId, Timestamp};

/// Which event did something, when, and by whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Stamp {
    /// The event's number in the plan's order.
    pub seq: u32,
    /// The event.
    pub id: EventId,
    /// When its author's clock says that it was made.
    pub at: Timestamp,
    /// Its author: an index for [`Plan::person`].
    pub by: u32,
}
