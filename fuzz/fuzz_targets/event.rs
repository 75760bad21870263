//! Any bytes as an event: reading never panics, and agrees with writing on what is canonical.
#![no_main]

#[path = "../../crates/core/tests/scripts/mod.rs"]
mod scripts;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| scripts::laws::reading(bytes));
