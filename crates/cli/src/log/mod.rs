//! What `git plan log` is made of: which events are shown, what stands beside them, and how they are written.

pub mod changes;
pub mod code;
pub mod drawing;
pub mod filter;
pub mod lanes;
