//! `git plan init`

use git_plan_core::issue_form;

use super::{Work, hook};
use crate::exit::Failure;
use crate::files;

/// Set up what goes with plans in this repository; only what is asked for
///
/// With `--github`, an issue form that asks for what a plan begins with. GitHub offers it under "New issue" once it is on
/// the default branch; `git plan import --issue-form` makes a plan of an issue. With `--hook`, a `pre-commit` hook that
/// takes the edits of plan files in when they are committed.
#[derive(Debug, clap::Args)]
#[command(group(clap::ArgGroup::new("what").required(true).multiple(true).args(["github", "hook", "remove_hook"])))]
#[command(after_help = "Examples:
  git plan init --github
  git plan init --hook
  git plan init --remove-hook")]
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
}

impl Init {
    pub fn run(self, work: &mut Work<'_>) -> Result<(), Failure> {
        let top = work.session.work_tree()?;
        if self.github {
            let form = (issue_form::PATH.to_owned(), issue_form::form());
            files::put(&top, core::slice::from_ref(&form), self.force, work.ui)?;
        }
        if self.hook {
            hook::install(work)?;
        }
        if self.remove_hook {
            hook::remove(work)?;
        }
        Ok(())
    }
}
