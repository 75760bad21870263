//! What the vectors tell, by what they are about.

mod events;
mod items;
mod merge;
mod order;
mod own;
mod plans;

use super::script::Script;

/// All cases.
pub fn all() -> Vec<Script> {
    [plans::all(), items::all(), events::all(), order::all(), merge::all(), own::all()].into_iter().flatten().collect()
}
