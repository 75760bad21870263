//! A place to run the program in: an empty home, no configuration but its own, a fixed identity, and a clock that moves
//! one second for each command.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fmt;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;

use crate::schemas;

/// What a test returns.
pub type Outcome<T = ()> = Result<T, Box<dyn std::error::Error>>;

/// The program under test.
pub const PROGRAM: &str = env!("CARGO_BIN_EXE_git-plan");

/// 2026-11-22T10:00:00Z, when every world begins.
pub const BEGINNING: u64 = 1_795_341_600;

/// The tree that all commits of a plan have.
pub const EMPTY_TREE: &str = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";

/// Whether the long versions of races and crashes are wanted.
pub fn long() -> bool {
    std::env::var_os("GIT_PLAN_LONG").is_some_and(|value| value == "1")
}

/// One or the other, as [`long`] says.
pub fn short_or_long(short: usize, wanted: usize) -> usize {
    if long() { wanted } else { short }
}

/// How a command ended: what it wrote to either stream, and its exit status.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use = "either snapshot it or say how the command ended, with `done` or `ended`"]
pub struct Said {
    pub stdout: String,
    pub stderr: String,
    pub status: Option<i32>,
}

impl Said {
    /// What a process said that has ended.
    pub fn of(output: &Output) -> Self {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Self { stdout: text(&output.stdout), stderr: text(&output.stderr), status: output.status.code() }
    }

    /// Asserts success and gives what was written to stdout.
    #[track_caller]
    pub fn done(self) -> String {
        self.ended(0).stdout
    }

    /// Asserts an exit status; a failure must have said why, and nothing on stdout.
    #[track_caller]
    pub fn ended(self, status: i32) -> Self {
        assert_eq!(self.status, Some(status), "it ends with status {status}; it said:\n{self}");
        self
    }

    /// Asserts that it failed with this status, said something like this, and wrote no data; gives what it said.
    #[track_caller]
    pub fn failed(self, status: i32, words: &str) -> String {
        let said = self.ended(status);
        assert!(said.stderr.contains(words), "the failure says {words:?}:\n{said}");
        assert_eq!(said.stdout, "", "a failure writes no data:\n{said}");
        assert!(!said.stderr.contains("panicked"), "no panic:\n{said}");
        said.stderr
    }

    /// What was written to stdout, as one JSON value for each line, each as the specification has it.
    #[track_caller]
    pub fn json(self) -> Vec<Value> {
        let lines = self.done();
        let lines: Vec<Value> =
            lines.lines().map(|line| serde_json::from_str(line).expect("each line is JSON")).collect();
        lines.iter().filter(|line| line["schema_version"].is_u64()).for_each(schemas::hold);
        lines
    }
}

impl fmt::Display for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.stdout)?;
        for line in self.stderr.lines() {
            writeln!(f, "! {line}")?;
        }
        match self.status {
            Some(0) => Ok(()),
            Some(status) => writeln!(f, "[status {status}]"),
            None => writeln!(f, "[killed]"),
        }
    }
}

/// A directory with a home and mostly a repository in it, and the environment that all commands there see.
pub struct World {
    directory: tempfile::TempDir,
    pub env: BTreeMap<String, String>,
    clock: Cell<u64>,
    transcript: RefCell<String>,
}

impl World {
    /// A world without a repository.
    pub fn empty() -> Self {
        let directory = tempfile::Builder::new().prefix("git-plan-").tempdir().expect("a temporary directory");
        let home = directory.path().join("home");
        std::fs::create_dir(&home).expect("a home");
        let mut env: BTreeMap<String, String> = [
            ("GIT_CONFIG_NOSYSTEM", "1"),
            ("GIT_PLAN_NONCE", "nonce"),
            ("TZ", "UTC"),
            ("COLUMNS", "100"),
            ("GIT_AUTHOR_NAME", "Ada"),
            ("GIT_AUTHOR_EMAIL", "ada@example.org"),
            ("GIT_COMMITTER_NAME", "Ada"),
            ("GIT_COMMITTER_EMAIL", "ada@example.org"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into();
        env.insert("PATH".to_owned(), search_path());
        env.insert("HOME".to_owned(), home.display().to_string());
        env.insert("GIT_CEILING_DIRECTORIES".to_owned(), directory.path().display().to_string());
        Self { directory, env, clock: Cell::new(BEGINNING), transcript: RefCell::default() }
    }

    /// A world with an empty repository, in which nothing is synced: what is tested here outlives no power cut.
    pub fn new() -> Self {
        let world = Self::with_repository(&[]);
        world.git(&["config", "plan.fsync", "false"]);
        world
    }

    /// A world with an empty repository made by `git init` with these options.
    pub fn with_repository(options: &[&str]) -> Self {
        let world = Self::empty();
        std::fs::create_dir(world.repository()).expect("a directory for the repository");
        world.git(&[&["init", "--quiet", "--initial-branch=main"], options].concat());
        world
    }

    /// A world with a plan `p` of these steps.
    pub fn with_plan(steps: &[&str]) -> Self {
        let world = Self::new();
        world.begin("p", steps);
        world
    }

    /// Begins a plan with these steps.
    pub fn begin(&self, slug: &str, steps: &[&str]) {
        self.plan(&["new", &format!("Plan {slug}"), "--slug", slug]).done();
        if !steps.is_empty() {
            self.plan(&[&["-p", slug, "step", "add"], steps].concat()).done();
        }
    }

    /// The directory that everything is in.
    pub fn path(&self) -> &Path {
        self.directory.path()
    }

    /// The repository's work tree.
    pub fn repository(&self) -> PathBuf {
        self.path().join("repository")
    }

    /// Sets the clock; the next command runs a second later.
    pub fn set_clock(&self, date: &str) {
        let mut command = self.command("date", self.path());
        let output = command.args(["-u", "-d", date, "+%s"]).output().expect("date runs");
        let seconds = String::from_utf8_lossy(&output.stdout).trim().parse().expect("a date");
        self.clock.set(seconds);
    }

    /// A command that sees this world's environment only.
    pub fn command(&self, program: impl AsRef<OsStr>, directory: &Path) -> Command {
        let mut command = Command::new(program);
        command.env_clear().envs(&self.env).env("GIT_PLAN_NOW", self.tick()).current_dir(directory);
        command.stdin(Stdio::null());
        command
    }

    fn tick(&self) -> String {
        self.clock.set(self.clock.get() + 1);
        date(self.clock.get())
    }

    /// Runs the program in the repository.
    pub fn plan(&self, arguments: &[&str]) -> Said {
        self.plan_in(&self.repository(), arguments)
    }

    /// Runs the program somewhere.
    pub fn plan_in(&self, directory: &Path, arguments: &[&str]) -> Said {
        let output = self.command(PROGRAM, directory).args(arguments).output().expect("the program runs");
        Said::of(&output)
    }

    /// Runs the program in the repository with something on its stdin.
    pub fn plan_reading(&self, input: &[u8], arguments: &[&str]) -> Said {
        let mut command = self.command(PROGRAM, &self.repository());
        Said::of(&feed(command.args(arguments), input))
    }

    /// Runs the program as [`World::plan`] does, and writes the command line and what it said into the transcript.
    pub fn tell(&self, arguments: &[&str]) {
        let said = self.plan(arguments);
        // Where what was asked after is so, the status says it and the data shows it.
        let answers = ["conflicts", "--check", "verify", "check"].iter().any(|asks| arguments.contains(asks));
        let is_clean = said.status == Some(0) || said.stdout.is_empty() || answers;
        assert!(is_clean, "{arguments:?}: a failure writes no data:\n{said}");
        let line: Vec<String> = arguments.iter().map(|argument| quoted(argument)).collect();
        let mut transcript = self.transcript.borrow_mut();
        transcript.push_str(&format!("$ git plan {}\n{said}\n", line.join(" ")));
    }

    /// The same in a clone of this name, beside the repository.
    pub fn tell_in(&self, clone: &str, arguments: &[&str]) {
        let said = self.plan_in(&self.path().join(clone), arguments);
        let line: Vec<String> = arguments.iter().map(|argument| quoted(argument)).collect();
        self.transcript.borrow_mut().push_str(&format!("{clone}$ git plan {}\n{said}\n", line.join(" ")));
    }

    /// A world with a bare repository `hub` and clones of it.
    pub fn with_clones(clones: &[&str]) -> Self {
        let world = Self::empty();
        world.git_in(world.path(), &["init", "--quiet", "--bare", "--initial-branch=main", "hub"]);
        for clone in clones {
            world.git_in(world.path(), &["clone", "--quiet", "hub", clone]);
            world.git_in(&world.path().join(clone), &["config", "plan.fsync", "false"]);
        }
        world
    }

    /// All that was told, with the world's own path made `/world`.
    pub fn transcript(&self) -> String {
        self.transcript.borrow().replace(&self.path().display().to_string(), "/world")
    }

    /// Runs git in the repository.
    pub fn try_git(&self, arguments: &[&str]) -> Said {
        self.try_git_in(&self.repository(), arguments)
    }

    /// Runs git somewhere.
    pub fn try_git_in(&self, directory: &Path, arguments: &[&str]) -> Said {
        Said::of(&self.command("git", directory).args(arguments).output().expect("git runs"))
    }

    /// What git prints in the repository; it must succeed.
    #[track_caller]
    pub fn git(&self, arguments: &[&str]) -> String {
        self.git_in(&self.repository(), arguments)
    }

    /// What git prints somewhere; it must succeed.
    #[track_caller]
    pub fn git_in(&self, directory: &Path, arguments: &[&str]) -> String {
        let said = self.try_git_in(directory, arguments);
        assert_eq!(said.status, Some(0), "git {arguments:?} succeeds:\n{said}");
        said.stdout.trim_end().to_owned()
    }

    /// Joins a plan with another head of it, by a commit such as the specification has it: of its parents alone.
    pub fn join(&self, slug: &str, other: &str) {
        let mut heads = [self.git(&["rev-parse", &format!("plans/{slug}")]), other.to_owned()];
        heads.sort();
        let join = self.git(&["commit-tree", "-p", &heads[0], "-p", &heads[1], "-m", "Join", EMPTY_TREE]);
        self.git(&["update-ref", &format!("refs/plans/{slug}"), &join]);
    }

    /// Puts a commit with this message on top of a plan, past the program, and gives its id.
    pub fn forge(&self, slug: &str, message: &[u8]) -> String {
        let reference = format!("refs/plans/{slug}");
        let mut command = self.command("git", &self.repository());
        let output = feed(command.args(["commit-tree", "-p", &reference, EMPTY_TREE]), message);
        let commit = Said::of(&output).done().trim().to_owned();
        self.git(&["update-ref", &reference, &commit]);
        commit
    }

    /// Writes an object of a type with `git hash-object` and gives its id.
    pub fn object(&self, kind: &str, content: &[u8]) -> String {
        let mut command = self.command("git", &self.repository());
        let output = feed(command.args(["hash-object", "-w", "--literally", "--stdin", "-t", kind]), content);
        Said::of(&output).done().trim().to_owned()
    }

    /// Asserts that git finds nothing wrong, strictly.
    #[track_caller]
    pub fn assert_sound(&self, directory: &Path) {
        let said = self.try_git_in(directory, &["fsck", "--strict", "--no-dangling"]);
        let noise = |line: &&str| !line.starts_with("notice: ") && !line.starts_with("Checking ");
        let found: Vec<&str> = said.stdout.lines().chain(said.stderr.lines()).filter(noise).collect();
        assert!(said.status == Some(0) && found.is_empty(), "git fsck --strict finds nothing:\n{said}");
    }

    /// The events of a plan, oldest first, as `log --json` gives them.
    #[track_caller]
    pub fn events(&self, directory: &Path, slug: &str) -> Vec<Value> {
        let lines = self.plan_in(directory, &["-p", slug, "log", "--reverse", "--json"]).json();
        lines.into_iter().map(|line| line["data"].clone()).collect()
    }

    /// The payloads of the events below these refs, the oldest first, as git has them.
    #[track_caller]
    pub fn payloads(&self, directory: &Path, refs: &str) -> Vec<String> {
        let format = "--format=%(trailers:key=Plan-Event,valueonly,unfold)%x00";
        let log = self.git_in(directory, &["log", "--reverse", "--topo-order", format, refs]);
        log.split('\0').map(str::trim).filter(|payload| !payload.is_empty()).map(str::to_owned).collect()
    }

    /// Asserts that what git says is the history of a plan is a chain in which every payload hashes to the id that
    /// its follower names, and gives those payloads, oldest first. Only `git` and BLAKE3 are trusted here.
    #[track_caller]
    pub fn assert_chained(&self, directory: &Path, slug: &str) -> Vec<Value> {
        let mut before: Option<String> = None;
        let mut events = Vec::new();
        for payload in self.payloads(directory, &format!("refs/plans/{slug}")) {
            let payload = payload.as_str();
            let event: Value = serde_json::from_str(payload).expect("the payload is JSON");
            let parents: Vec<&str> =
                event["parents"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
            assert_eq!(parents, before.as_deref().into_iter().collect::<Vec<_>>(), "each event names the one before");
            before = Some(blake3::hash(payload.as_bytes()).to_hex().to_string());
            events.push(event);
        }
        events
    }
}

/// Runs a command with something on its stdin.
fn feed(command: &mut Command, input: &[u8]) -> Output {
    let piped = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = piped.spawn().expect("it starts");
    // A program that reads nothing closes its end early, which is its right.
    let _ = child.stdin.take().expect("its stdin").write_all(input);
    child.wait_with_output().expect("it ends")
}

/// The caller's search path with the program's own directory in front, so that `git plan` finds it.
fn search_path() -> String {
    let own = Path::new(PROGRAM).parent().expect("the program lies in a directory").display();
    format!("{own}:{}", std::env::var("PATH").unwrap_or_default())
}

/// An argument as one would type it.
fn quoted(argument: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=+@~,".contains(c);
    if !argument.is_empty() && argument.chars().all(plain) {
        return argument.to_owned();
    }
    format!("{argument:?}")
}

/// The time so many seconds after 1970 began.
pub fn date(seconds: u64) -> String {
    let (year, month, day) = civil(seconds / 86_400);
    let seconds = seconds % 86_400;
    format!("{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}Z", seconds / 3600, seconds / 60 % 60, seconds % 60)
}

/// Year, month and day of a day counted from 1970-01-01, after Howard Hinnant's `civil_from_days`.
fn civil(days: u64) -> (u64, u64, u64) {
    let z = days + 719_468;
    let (era, doe) = (z / 146_097, z % 146_097);
    let yoe = (doe - doe / 1_460 + doe / 36_524 - doe / 146_096) / 365;
    let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    let mp = (5 * doy + 2) / 153;
    let month = if mp < 10 { mp + 3 } else { mp - 9 };
    (yoe + era * 400 + u64::from(month <= 2), month, doy - (153 * mp + 2) / 5 + 1)
}

/// A small random number generator (xorshift), so that a run can be repeated.
#[derive(Debug)]
pub struct Random(pub u64);

impl Random {
    /// Any number.
    pub fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    /// A number below this one.
    pub fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }
}
