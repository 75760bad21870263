//! Plan events as git commits.
