//! Plans over the Model Context Protocol.
//!
//! What may be relied on: every tool is a command of git-plan, so what a client can do and what a person can type are the
//! same; a tool that fails says so as a tool's error, with a code, a message and advice, and has written nothing. A write
//! names as its base the version that the client last saw of the plan, so nobody's edit is overwritten unseen. A call
//! that is cancelled may still have been recorded; what the plan says then is the answer. This crate knows neither git nor
//! plans: whoever serves gives it [`Plans`].
//!
//! How: `tools.rs` is the table of tools, `resources.rs` names plans by address, `prompts.rs` has the beginnings of
//! conversations, and `server.rs` speaks the protocol through the official SDK.

mod plans;
mod prompts;
mod resources;
mod server;
mod tools;

pub use plans::{Answer, Failed, Line, Listed, Plans, Progress};
pub use server::serve;
