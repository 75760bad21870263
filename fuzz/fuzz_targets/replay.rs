//! Any bytes as a script of events: the plan that they make keeps all laws.
#![no_main]

#[path = "../../crates/core/tests/scripts/mod.rs"]
mod scripts;

libfuzzer_sys::fuzz_target!(|script: &[u8]| {
    let events = scripts::events(script);
    scripts::laws::projection(&git_plan_core::Plan::replay(&events));
    scripts::laws::all(&events);
});
