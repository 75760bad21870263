//! `git plan mcp`

use std::collections::BTreeMap;
use std::sync::Arc;

use clap::Parser;
use git_plan_core::text::line;
use git_plan_mcp::{Answer, Failed, Line, Listed, Plans, Progress};
use git_plan_store::Environment;

use super::Work;
use crate::args::{Args, Colour, Command, Global};
use crate::exit::{Failure, Status};
use crate::session::Session;
use crate::ui::{Kept, Ui};

/// Serve plans over the Model Context Protocol, on standard input and output
///
/// For a client's configuration: the command `git`, the arguments `plan mcp`, run inside the repository. Eight tools reach all
/// commands; plans are resources, `plan://SLUG`, and prompts begin, resume, hand over and review. The client's name goes
/// into each event as its agent, unless $GIT_PLAN_AGENT says another.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:
  git plan mcp")]
pub struct Mcp {}

impl Mcp {
    pub fn run(self, work: &mut Work<'_>) -> Result<(), Failure> {
        let program = Program { env: work.session.env().clone() };
        git_plan_mcp::serve(Arc::new(program)).map_err(|e| Failure::new(Status::Failed, "mcp", e.to_string()))
    }
}

/// This program, for the server.
struct Program {
    env: Environment,
}

impl Program {
    /// A session as a command without words would have it.
    fn session(&self) -> Result<Session, Failure> {
        let (plan, directory) = (None, Vec::new());
        Session::open(&Global { plan, directory, json: true, color: Colour::Never, no_pager: true }, self.env.clone())
    }

    /// The environment of a call: the client acts, and nobody is there to edit.
    fn environment(&self, line: &Line) -> Environment {
        let env = self.env.clone().with("GIT_EDITOR", "false");
        match &line.agent {
            Some(agent) if env.non_empty("GIT_PLAN_AGENT").is_none() && !agent.trim().is_empty() => {
                env.with("GIT_PLAN_AGENT", git_plan_core::text::clipped(agent, 100))
            }
            _ => env,
        }
    }
}

impl Plans for Program {
    fn run(&self, line: &Line, progress: Progress) -> Result<Answer, Failed> {
        let words = std::iter::once("git-plan").chain(line.words.iter().map(String::as_str));
        let args = match Args::try_parse_from(words) {
            Ok(args) => args,
            Err(error) if !error.use_stderr() => {
                return Ok(Answer { text: error.render().to_string(), ..Answer::default() });
            }
            Err(error) => {
                let message = error.render().to_string();
                let message = message.strip_prefix("error: ").unwrap_or(&message).trim_end().to_owned();
                return Err(failed(&Failure::usage(message), String::new()));
            }
        };
        if let Some(reason) = unfit(&args) {
            return Err(failed(&Failure::usage(reason), String::new()));
        }
        let json = args.global.json;
        let (data_alone, cancelled) = (line.data_alone, Some(line.cancelled.clone()));
        let kept = Kept { data_alone, cancelled, progress: Some(progress), ..Kept::default() };
        let mut ui = Ui::keeping(json, kept);
        let ended = super::run_reading(args, self.environment(line), &mut ui, line.input.clone());
        let kept = ui.into_kept();
        let text = String::from_utf8_lossy(&kept.text.into_inner()).into_owned();
        match ended {
            Err(failure) if !failure.told => Err(failed(&failure, text)),
            // What was asked after is so; the answer has said it.
            _ => {
                let data =
                    if json { text.lines().next().and_then(|line| serde_json::from_str(line).ok()) } else { None };
                Ok(Answer { text, data, seen: kept.seen.into_inner() })
            }
        }
    }

    fn settle(&self, named: Option<&str>) -> Result<String, Failed> {
        let settled = || -> Result<String, Failure> {
            let session = self.session()?;
            match named {
                Some(named) => Ok(crate::choice::slug(named)?.to_string()),
                None => Ok(session.plan()?.to_string()),
            }
        };
        settled().map_err(|failure| failed(&failure, String::new()))
    }

    fn list(&self) -> BTreeMap<String, Listed> {
        let list = || -> Result<BTreeMap<String, Listed>, Failure> {
            let repo = self.session()?.repo;
            let mut listed = BTreeMap::new();
            for summary in repo.summaries()?.into_iter().filter(|summary| !summary.archived) {
                let tip = repo.tip(&summary.slug)?.map_or_else(String::new, |tip| tip.to_string());
                listed.insert(summary.slug.to_string(), Listed { title: line(&summary.title), tip });
            }
            Ok(listed)
        };
        // What cannot be read is told when it is asked for.
        list().unwrap_or_default()
    }
}

/// Why a command cannot be run for a client, if it cannot.
fn unfit(args: &Args) -> Option<&'static str> {
    match &args.command {
        Command::Mcp(_) => Some("the server cannot serve itself"),
        Command::Watch(_) => Some("`watch` does not end; subscribe to the resource plan://SLUG"),
        Command::Edit(_) => Some("there is no editor here; `absorb` takes in an edited file"),
        _ if !args.global.directory.is_empty() => Some("-C: the server stays in the repository that it was started in"),
        _ => None,
    }
}

fn failed(failure: &Failure, text: String) -> Failed {
    Failed {
        code: failure.code.clone(),
        message: failure.message.clone(),
        hint: failure.hint.clone(),
        retry: failure.status == Status::Busy,
        text,
    }
}
