//! The limits that writers keep and readers enforce, unless one says otherwise; spec/1-events.md states them.

/// The most bytes of an event's canonical form.
pub const EVENT: usize = 256 * 1024;
/// The deepest nesting of objects and arrays in an event.
pub const DEPTH: usize = 16;
/// The most parents of an event.
pub const PARENTS: usize = 64;
/// The most bytes of one text.
pub const TEXT: usize = 128 * 1024;
/// The most bytes of a title, a heading, a name or a label.
pub const TITLE: usize = 1024;
/// The most bytes of one tag.
pub const TAG: usize = 64;
/// The deepest nesting of steps that a writer makes. A reader takes any, since two moves that each keep the limit may
/// break it together.
pub const TREE_DEPTH: usize = 32;
