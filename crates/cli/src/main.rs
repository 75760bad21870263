//! The `git-plan` program.
fn main() {}
