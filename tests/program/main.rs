//! The program as it is used: processes, terminals, stock git beside it, and what a disk or a stranger may do to it.
//!
//! Each module is one promise. All run the built binary in a [`world::World`] that has nothing in it but what the test
//! put there, with a clock that moves a second for each command, so that ids in snapshots are real and stable.
//! Longer versions of the races and crashes run with `GIT_PLAN_LONG=1`.

mod applying;
mod bases;
mod caches;
mod checking;
mod claims;
mod commands;
mod conflicts;
mod damage;
mod documents;
mod editing;
mod examples;
mod exports;
mod faults;
mod files;
mod first_use;
mod fleet;
mod git_interop;
mod hooks;
mod hostile;
mod imports;
mod killed;
mod mcp;
mod primed;
mod python;
mod races;
mod receiving;
mod records;
mod schemas;
mod servers;
mod shell;
mod statuses;
mod syncing;
mod tampering;
mod terminal;
mod tools;
mod travel;
mod verifying;
mod watching;
mod why;
mod workers;
mod world;
