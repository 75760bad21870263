//! `git plan init`

use git_plan_core::issue_form;

use super::Work;
use crate::exit::{Failure, Status};
use crate::files;

/// Write files into the work tree that help others to begin plans
///
/// With `--github`, an issue form that asks for what a plan begins with. GitHub offers it under "New issue" once it is on
/// the default branch; `git plan import --issue-form` makes a plan of an issue.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:
  git plan init --github")]
pub struct Init {
    /// Write .github/ISSUE_TEMPLATE/execplan.yml
    #[arg(long, required = true)]
    github: bool,
    /// Overwrite a file that holds something else
    #[arg(long)]
    force: bool,
}

impl Init {
    pub fn run(self, work: &mut Work<'_>) -> Result<(), Failure> {
        let Some(top) = work.session.repo.work_dir().map(std::path::Path::to_owned) else {
            let failure =
                Failure::new(Status::Environment, "no-work-tree", "a bare repository has no files to write to");
            return Err(failure.hinted("run this in a clone with a work tree"));
        };
        let form = (issue_form::PATH.to_owned(), issue_form::form());
        files::put(&top, core::slice::from_ref(&form), self.force, work.ui)
    }
}
