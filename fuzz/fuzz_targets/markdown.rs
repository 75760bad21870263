//! Any bytes as a file: it is imported, and comes back.
#![no_main]

#[path = "../../crates/core/tests/edits/mod.rs"]
mod edits;

libfuzzer_sys::fuzz_target!(|written: &[u8]| edits::import(written));
