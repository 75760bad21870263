//! The store beside stock git, which is the oracle: what git says about a repository we wrote is what counts.

mod file_histories;
mod fixture;
mod forks;
mod intake;
mod killed;
mod newest;
mod objects;
mod opening;
mod plans;
mod refs;
mod reftable;
mod signing;
mod snapshots;
mod vectors;
mod verifying;
mod views;
