//! What a server needs of git-plan: to run a command line, and to know where the plans are.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::Value;

/// A command line, as a person would type it after `git plan`.
#[derive(Debug, Clone, Default)]
pub struct Line {
    /// The words.
    pub words: Vec<String>,
    /// What stands on its standard input, for words that are `-`.
    pub input: Option<String>,
    /// The program that acts, where the environment names none.
    pub agent: Option<String>,
    /// Whether its data alone is wanted, and no talk beside that.
    pub data_alone: bool,
    /// Whether the client has lost interest: what waits for others may stop waiting.
    pub cancelled: Arc<AtomicBool>,
}

impl Line {
    /// Whether the client has lost interest.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        self.cancelled.load(Ordering::Relaxed)
    }
}

/// What a command said.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Answer {
    /// What it wrote for people, talk included.
    pub text: String,
    /// What it wrote as JSON, where that was asked for.
    pub data: Option<Value>,
    /// The plan that it read or wrote, and the version that its reader has seen now.
    pub seen: Option<(String, Vec<String>)>,
}

/// Why a command did not do what it was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failed {
    /// A stable word for the kind of failure.
    pub code: String,
    /// What failed.
    pub message: String,
    /// What to do next.
    pub hint: Option<String>,
    /// Whether the same call may succeed later without a change.
    pub retry: bool,
    /// What was written before it failed.
    pub text: String,
}

/// Who is told how something that takes long gets on.
pub type Progress = Arc<dyn Fn(&str) + Send + Sync>;

/// The plans of a repository, for a server.
pub trait Plans: Send + Sync + 'static {
    /// Runs a command line. `progress` is told how something that takes long gets on.
    ///
    /// # Errors
    /// Where the command failed; then what it was to write is not written.
    fn run(&self, line: &Line, progress: Progress) -> Result<Answer, Failed>;

    /// The plan that a command is about which names this one, or none.
    ///
    /// # Errors
    /// Where nothing says which.
    fn settle(&self, named: Option<&str>) -> Result<String, Failed>;

    /// The plans, each with its title and what changes whenever it changes.
    fn list(&self) -> BTreeMap<String, Listed>;
}

/// A plan in a listing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Its title.
    pub title: String,
    /// Its newest commit.
    pub tip: String,
}
