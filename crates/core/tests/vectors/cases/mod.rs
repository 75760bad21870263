//! What the vectors tell, by what they are about.

mod beside;
mod events;
mod items;
mod merge;
mod order;
mod own;
mod plans;

use super::script::Script;

/// All cases.
pub fn all() -> Vec<Script> {
    [plans::all(), items::all(), events::all(), order::all(), merge::all(), beside::all(), own::all()]
        .into_iter()
        .flatten()
        .collect()
}
