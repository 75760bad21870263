//! The files of a bundle that proves itself, and what their checksums say.
//!
//! What may be relied on: who writes a bundle and who checks it agree on its files and on how sums are written, because both
//! ask here. Spec: spec/10-exports.md, X26 to X30.

use git_plan_core::EventId;
use sha2::{Digest, Sha256};

/// The events, one a line.
pub const EVENTS: &str = "events.jsonl";
/// The commits, one a line.
pub const COMMITS: &str = "commits.jsonl";
/// What git takes in.
pub const BUNDLE: &str = "plan.bundle";
/// The view.
pub const VIEW: &str = "PLAN.md";
/// The state.
pub const STATE: &str = "state.json";
/// The page.
pub const REPORT: &str = "report.html";
/// What the history is, in a few lines.
pub const COMMITMENT: &str = "COMMITMENT";
/// BLAKE3 of all of these.
pub const B3SUMS: &str = "B3SUMS";
/// SHA-256 of all of these, and of the other sums.
pub const SHA256SUMS: &str = "SHA256SUMS";

/// The files that a bundle must have and that the sums are of.
pub const SUMMED: [&str; 7] = [EVENTS, COMMITS, BUNDLE, VIEW, STATE, REPORT, COMMITMENT];

/// A line of `SHA256SUMS`.
pub fn sha256_line(name: &str, bytes: &[u8]) -> String {
    format!("{}  {name}\n", EventId::from_bytes(Sha256::digest(bytes).into()))
}

/// A line of `B3SUMS`.
pub fn b3_line(name: &str, bytes: &[u8]) -> String {
    format!("{}  {name}\n", EventId::of(bytes))
}
