//! `git plan init`

use git_plan_core::issue_form;
use serde_json::json;

use super::agents::{self, Client, Wanted};
use super::{Work, hook};
use crate::exit::Failure;
use crate::files;

/// Set up what goes with plans in this repository; only what is asked for
///
/// With `--github`, an issue form that asks for what a plan begins with. GitHub offers it under "New issue" once it is on
/// the default branch; `git plan import --issue-form` makes a plan of an issue. With `--hook`, a `pre-commit` hook that
/// takes the edits of plan files in when they are committed. With `--fetch`, plain `git fetch` brings the plans of a remote
/// too, into copies of their own; what plain `git push` does never changes. With `--agents`, a few lines in AGENTS.md, and in CLAUDE.md
/// where there is one, that tell coding agents how plans work here; `--agent-hook` prints what makes an agent's
/// session begin with `git plan prime`. With `--server-hook`, the hook of a server that takes sound plans alone.
#[derive(Debug, clap::Args)]
#[command(group(clap::ArgGroup::new("what").required(true).multiple(true).args(["github", "hook", "remove_hook", "fetch", "remove_fetch", "agents", "agent_hook", "server_hook"])))]
#[command(after_help = "Examples:
  git plan init --github
  git plan init --hook
  git plan init --remove-hook
  git plan init --fetch
  git plan init --agents
  git plan init --agents --check
  git plan init --agent-hook claude
  git plan init --server-hook > hub.git/hooks/pre-receive")]
pub struct Init {
    /// Write .github/ISSUE_TEMPLATE/execplan.yml
    #[arg(long)]
    github: bool,
    /// Overwrite a file that holds something else
    #[arg(long, requires = "github")]
    force: bool,
    /// Install a `pre-commit` hook that takes edited plan files in when they are committed
    #[arg(long)]
    hook: bool,
    /// Take that hook away again
    #[arg(long, conflicts_with = "hook")]
    remove_hook: bool,
    /// Let plain `git fetch` bring the plans of this remote too [default: the usual one]
    #[arg(long, value_name = "REMOTE", num_args = 0..=1)]
    fetch: Option<Option<String>>,
    /// Let plain `git fetch` bring the plans of this remote no longer
    #[arg(long, value_name = "REMOTE", num_args = 0..=1, conflicts_with = "fetch")]
    remove_fetch: Option<Option<String>>,
    /// Write how plans work here into the files that coding agents read, between marks
    #[arg(long)]
    agents: bool,
    /// With --agents, only say whether the lines are there and up to date; ends with 1 if not
    #[arg(long, requires = "agents")]
    check: bool,
    /// With --agents, take the lines out again
    #[arg(long, requires = "agents", conflicts_with = "check")]
    remove: bool,
    /// Print a hook with which sessions of an agent's client begin by reading the plan [default: for all known clients]
    #[arg(long, value_name = "CLIENT", num_args = 0..=1)]
    agent_hook: Option<Option<Client>>,
    /// Print the `pre-receive` hook with which a server refuses pushes that rewrite, delete or damage plans
    #[arg(long)]
    server_hook: bool,
}

impl Init {
    pub fn run(self, work: &mut Work<'_>) -> Result<(), Failure> {
        if self.github {
            let top = work.session.work_tree()?;
            let form = (issue_form::PATH.to_owned(), issue_form::form());
            files::put(&top, core::slice::from_ref(&form), self.force, work.ui)?;
        }
        if self.hook {
            hook::install(work, hook::PRE_COMMIT)?;
        }
        if self.remove_hook {
            hook::remove(work, hook::PRE_COMMIT)?;
        }
        if self.agents {
            let wanted = match (self.check, self.remove) {
                (true, _) => Wanted::Checked,
                (_, true) => Wanted::Gone,
                _ => Wanted::There,
            };
            agents::run(work, wanted)?;
        }
        if let Some(client) = self.agent_hook {
            agents::hooks(work, client)?;
        }
        if self.server_hook {
            hook::of_server(work)?;
        }
        let wanted = self.fetch.map(|remote| (remote, true)).or(self.remove_fetch.map(|remote| (remote, false)));
        wanted.map_or(Ok(()), |(remote, wanted)| fetches(work, remote.as_deref(), wanted))
    }
}

/// Lets plain `git fetch` bring plans, or no longer.
fn fetches(work: &mut Work<'_>, remote: Option<&str>, wanted: bool) -> Result<(), Failure> {
    let remote = work.session.repo.remote(remote)?;
    let changed = work.session.repo.set_fetches_plans(&remote, wanted)?;
    if work.ui.json {
        let data = json!({ "remote": remote.name(), "fetches_plans": wanted, "changed": changed });
        return Ok(work.ui.data("init", None, [], data)?);
    }
    let mut page = work.ui.page();
    page.put(&match (wanted, changed) {
        (true, true) => format!("`git fetch {remote}` brings its plans now, too; `git plan sync` takes them in"),
        (true, false) => format!("`git fetch {remote}` brings its plans already"),
        (false, true) => format!("`git fetch {remote}` brings no plans any more"),
        (false, false) => format!("`git fetch {remote}` brings no plans"),
    });
    page.end();
    Ok(work.ui.show(&page)?)
}
