//! Any bytes as a commit: taking it apart never panics, and loses no byte of the message.
#![no_main]

use git_plan_store::RawCommit;

libfuzzer_sys::fuzz_target!(|raw: &[u8]| {
    if let Ok(commit) = RawCommit::parse(raw) {
        assert!(raw.ends_with(commit.message), "the message is the end of the commit");
        let headers = &raw[..raw.len() - commit.message.len()];
        assert!(headers.ends_with(b"\n\n"), "a blank line comes before the message");
    }
});
