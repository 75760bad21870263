//! Any two texts, cut at the first NUL: an edit that makes the second of the first is absorbed.
#![no_main]

#[path = "../../crates/core/tests/edits/mod.rs"]
mod edits;

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    let (before, after) = edits::halves(input);
    edits::edit(before, after);
});
