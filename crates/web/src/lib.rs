//! A plan as one page: the view, a timeline that shows it at any event, its decisions, its events and who did what.
//!
//! What may be relied on: the page is one file that asks the network for nothing and can be read without its script. What a
//! plan says is never markup: the templates escape, raw HTML in Markdown is text, links lead to the web or are text, and a
//! Content-Security-Policy lets nothing run but the page's own script, which it names by digest. Control characters and
//! bidirectional overrides are shown, not obeyed. The page is a pure function of the events. Spec: spec/10-exports.md, X21
//! to X26; ADR 0014.

mod decisions;
mod graph;
mod history;
mod markdown;
mod page;
mod people;

pub use page::page;
