//! The commands, one file each, and what they share: reading a plan, writing to it, and taking text from stdin.

pub mod absorb;
pub mod agents;
pub mod apply;
pub mod archive;
pub mod ask;
pub mod blame;
pub mod block;
pub mod capabilities;
pub mod check;
pub mod completions;
pub mod conflicts;
pub mod criterion;
pub mod decide;
pub mod decision;
pub mod decisions;
pub mod diff;
pub mod discover;
pub mod edit;
pub mod export;
pub mod fetch;
pub mod hook;
pub mod import;
pub mod init;
pub mod list;
pub mod log;
pub mod man;
pub mod mcp;
pub mod new;
pub mod next;
pub mod note;
pub mod prime;
pub mod publish;
pub mod push;
pub mod render;
pub mod resolve;
pub mod result;
pub mod section;
pub mod set;
pub mod show;
pub mod staged;
pub mod status;
pub mod step;
pub mod story;
pub mod switch;
pub mod sync;
pub mod undo;
pub mod verify;
pub mod watch;
pub mod why;

use std::io::{IsTerminal, Read};
use std::path::Path;

use git_plan_core::{Batch, Plan, Slug};
use git_plan_store::{Damage, Environment, History};

use crate::args::{Args, At, Command, Why};
use crate::exit::{Failure, Status};
use crate::session::Session;
use crate::ui::Ui;
use crate::write::{self, Denied};
use crate::{pick, receipt, when};

/// What a command works with.
pub struct Work<'a> {
    /// The repository, the clock and the actor.
    pub session: Session,
    /// Where output goes.
    pub ui: &'a mut Ui,
    /// Damage that was met while reading: the rest is shown, and the command ends with this.
    damaged: Option<Failure>,
    /// What commands record into, where several are recorded as one.
    within: Option<Batch>,
}

/// Does what the command line asks.
pub fn run(args: Args, env: Environment, ui: &mut Ui) -> Result<(), Failure> {
    run_reading(args, env, ui, None)
}

/// The same with something on standard input that is not the process's own.
pub fn run_reading(args: Args, env: Environment, ui: &mut Ui, input: Option<String>) -> Result<(), Failure> {
    // These are about the program alone, and need no repository.
    match args.command {
        Command::Completions(command) => return command.run(ui),
        Command::Man(command) => return command.run(ui),
        Command::Capabilities(command) => return command.run(ui),
        // One is about a file, or stands outside of the repository's own bounds.
        Command::Verify(command) if command.is_apart() => {
            return command.run_apart(&args.global, &env, ui, input);
        }
        _ => {}
    }
    let mut session = Session::open(&args.global, env)?;
    session.input = input;
    pick::settle(&mut session, &args.command, ui.json)?;
    let mut work = Work { session, ui, damaged: None, within: None };
    match args.command {
        Command::New(command) => command.run(&mut work),
        Command::Init(command) => command.run(&mut work),
        Command::List(command) => command.run(&mut work),
        Command::Show(command) => command.run(&mut work),
        Command::Status(command) => command.run(&mut work),
        Command::Next(command) => command.run(&mut work),
        Command::Prime(command) => command.run(&mut work),
        Command::Log(command) => command.run(&mut work),
        Command::Diff(command) => command.run(&mut work),
        Command::Why(command) => command.run(&mut work),
        Command::Decisions(command) => command.run(&mut work),
        Command::Blame(command) => command.run(&mut work),
        Command::Watch(command) => command.run(&mut work),
        Command::Mcp(command) => command.run(&mut work),
        Command::Step(command) => command.run(&mut work),
        Command::Criterion(command) => command.run(&mut work),
        Command::Decide(command) => command.run(&mut work),
        Command::Decision(command) => command.run(&mut work),
        Command::Discover(command) => command.run(&mut work),
        Command::Block(command) => command.run(&mut work),
        Command::Unblock(command) => command.run(&mut work),
        Command::Ask(command) => command.run(&mut work),
        Command::Answer(command) => command.run(&mut work),
        Command::Note(command) => command.run(&mut work),
        Command::Result(command) => command.run(&mut work),
        Command::Story(command) => command.run(&mut work),
        Command::Set(command) => command.run(&mut work),
        Command::Section(command) => command.run(&mut work),
        Command::Conflicts(command) => command.run(&mut work),
        Command::Resolve(command) => command.run(&mut work),
        Command::Undo(command) => command.run(&mut work),
        Command::Apply(command) => command.run(&mut work),
        Command::Check(command) => command.run(&mut work),
        Command::Verify(command) => command.run(&mut work),
        Command::Switch(command) => command.run(&mut work),
        Command::Archive(command) => command.run(&mut work),
        Command::Import(command) => command.run(&mut work),
        Command::Export(command) => command.run(&mut work),
        Command::Render(command) => command.run(&mut work),
        Command::Absorb(command) => command.run(&mut work),
        Command::Edit(command) => command.run(&mut work),
        Command::Hook(command) => command.run(&mut work),
        Command::Fetch(command) => command.run(&mut work),
        Command::Push(command) => command.run(&mut work),
        Command::Publish(command) => command.run(&mut work),
        Command::Sync(command) => command.run(&mut work),
        Command::Completions(command) => command.run(work.ui),
        Command::Man(command) => command.run(work.ui),
        Command::Capabilities(command) => command.run(work.ui),
    }?;
    work.damaged.map_or(Ok(()), Err)
}

/// A plan as a reading command sees it.
pub struct Reading {
    /// Its name.
    pub slug: Slug,
    /// Its state.
    pub plan: Plan,
}

impl Work<'_> {
    /// Records what `make` says and prints the receipt; as a part of something larger, records it there.
    fn write(&mut self, why: &Why, mut make: impl FnMut(&mut Batch) -> Result<(), Denied>) -> Result<(), Failure> {
        if let Some(batch) = &mut self.within {
            let Why { reason, seen, caused_by: _ } = why;
            if reason.key.is_some() || reason.dry_run || !seen.base.is_empty() || !seen.if_head.is_empty() {
                return Err(Failure::usage(
                    "--key, --base, --if-head and --dry-run belong to the whole, not to a part",
                ));
            }
            let own = self.session.writer(reason)?.context.why;
            return batch.because(own.as_ref(), |batch| write::record(batch, why, &mut make)).map_err(Failure::from);
        }
        let written = write::append(&self.session, why, make)?;
        receipt::print(&written, &self.session.repo, self.ui)
    }

    /// What a program sends, in a file or, as `-` says, on stdin.
    fn sent(&self, file: &Path) -> Result<String, Failure> {
        if file.as_os_str() == "-" {
            return self.text("-");
        }
        let failed = |e| {
            Failure::new(Status::Failed, "io", format!("cannot read {}: {e}", file.display()))
                .hinted("give the path of a file from here, or `-` for stdin")
        };
        std::fs::read_to_string(file).map_err(failed)
    }

    /// Reads the plan at a point.
    fn read(&mut self, at: &At) -> Result<Reading, Failure> {
        let slug = self.session.plan()?;
        let loaded = self.session.repo.load(&slug, at.point(self.session.now))?;
        self.met(&slug, &loaded.plan, &loaded.damage, at);
        Ok(Reading { slug, plan: loaded.plan })
    }

    /// Reads the plan with its events at a point.
    fn read_history(&mut self, at: &At) -> Result<(Slug, History), Failure> {
        let slug = self.session.plan()?;
        let history = self.session.repo.history(&slug, at.point(self.session.now))?;
        self.met(&slug, &history.plan, &history.damage, at);
        Ok((slug, history))
    }

    /// Says what a reader should know of what was read.
    fn met(&mut self, slug: &Slug, plan: &Plan, damage: &[Damage], at: &At) {
        if at.at.is_none() {
            self.ui.saw(slug.as_str(), plan.heads());
        }
        if let (Some(_), Some(last)) = (&at.at, plan.last()) {
            self.ui.say(&format!("as of event {}, {}", last.id.short(), last.at));
        }
        // A command that was tried twice under one key is no cause for concern.
        let inert = plan.inert.iter().filter(|event| event.code != "duplicate");
        let (unknown, invalid): (Vec<_>, Vec<_>) = inert.partition(|event| event.from_the_future);
        if !unknown.is_empty() {
            self.ui.say(&format!("warning: {} events need a newer git-plan and are left out", unknown.len()));
        }
        if !invalid.is_empty() {
            self.ui.say(&format!("warning: {} events have no effect; `git plan log` says why", invalid.len()));
        }
        self.damaged(slug, damage);
    }

    /// Notes damage: what can be read is shown, and the command ends with it.
    fn damaged(&mut self, slug: &Slug, damage: &[Damage]) {
        if let Some(first) = damage.first() {
            let message = format!("plan {slug} is damaged at commit {}: {}", first.commit, first.reason);
            self.damaged = Some(Failure::new(Status::Damaged, "plan-damaged", message).hinted(
                "what can be read is shown; `git plan verify` tells all that is wrong, and a clone may have the rest",
            ));
        }
    }

    /// The text that an argument gives, which `-` says to read from stdin.
    fn text(&self, given: &str) -> Result<String, Failure> {
        if given != "-" {
            return Ok(given.to_owned());
        }
        if let Some(input) = &self.session.input {
            return Ok(input.clone());
        }
        if std::io::stdin().is_terminal() {
            self.ui.say("reading from the terminal; end with Ctrl-D");
        }
        let mut text = String::new();
        std::io::stdin()
            .read_to_string(&mut text)
            .map_err(|e| Failure::new(Status::Failed, "io", format!("cannot read stdin: {e}")))?;
        Ok(text)
    }

    /// The same for an argument that may be absent.
    fn optional(&self, given: Option<&str>) -> Result<Option<String>, Failure> {
        given.map(|given| self.text(given)).transpose()
    }

    /// Sends what follows through the pager, if a person is looking.
    fn page(&mut self) {
        let pager = self.session.pager();
        self.ui.page_through(&pager, self.session.env());
    }

    /// How long ago something was.
    fn ago(&self, then: git_plan_core::Timestamp) -> String {
        when::ago(then, self.session.now)
    }
}
