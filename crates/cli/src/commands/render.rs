//! `git plan render`

use std::path::{Path, PathBuf};

use git_plan_core::{EventId, Plan, Slug};
use git_plan_store::Error;
use serde_json::json;

use super::Work;
use crate::exit::{Failure, Status};
use crate::place::Place;
use crate::stand::Stand;
use crate::versions::bytes_of;

/// Write a plan's view to its file
///
/// The file is the one that the plan was imported from where it keeps that one's text (layout `own`), else what
/// `plan.view` of git's configuration says, with `%s` or `{slug}` for the slug, else `plans/<slug>.md`. A file with edits
/// that were not absorbed is not written over.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  git plan render
  git plan render --all
  git plan render --check || echo \"the file is not what the plan says\"
  git plan render -o docs/plan.md")]
pub struct Render {
    /// Write the files of all active plans
    #[arg(long, conflicts_with = "output")]
    all: bool,
    /// Write nothing; status 0 says that the file is up to date, 1 that it is not, 3 that it has edits
    #[arg(long)]
    check: bool,
    /// Write to this file instead
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Write over edits that were not absorbed
    #[arg(long)]
    force: bool,
}

impl Render {
    pub fn run(self, work: &mut Work<'_>) -> Result<(), Failure> {
        if !self.all {
            let slug = work.session.plan()?;
            return self.one(work, &slug);
        }
        work.session.work_tree()?;
        let mut failed = None;
        for summary in work.session.repo.summaries()?.into_iter().filter(|summary| !summary.archived) {
            // One plan that cannot be written does not keep the others from it.
            if let Err(failure) = self.one(work, &summary.slug)
                && let Some(earlier) = failed.replace(failure)
            {
                work.ui.fail(&earlier);
            }
        }
        failed.map_or(Ok(()), Err)
    }

    fn one(&self, work: &mut Work<'_>, slug: &Slug) -> Result<(), Failure> {
        let loaded = work.session.repo.load(slug, None)?;
        if let Some(damage) = loaded.damage.first() {
            let message = format!("plan {slug} is damaged at commit {}: {}", damage.commit, damage.reason);
            return Err(Failure::new(Status::Damaged, "plan-damaged", message)
                .hinted("its file was not written; `git plan show` shows what can be read"));
        }
        let plan = loaded.plan;
        let place = match &self.output {
            Some(file) => work.session.named_file(file)?,
            None => work.session.home(slug, &plan)?,
        };
        let stand = work.session.stand(slug, &plan, &place, true)?;
        let name = place.name();
        if work.session.in_git(&place.file) {
            let message = format!("{name} lies in the git directory: a view is not written there");
            return Err(Failure::new(Status::Refused, "outside", message).hinted("name another file with -o"));
        }
        match &stand {
            Stand::Edited if !self.force && self.output.is_some() => {
                let message = format!("{name} exists, and is no view of plan {slug} as it is or was");
                return Err(Failure::new(Status::Conflict, "unabsorbed", message).hinted("--force writes over it"));
            }
            Stand::Edited if !self.force => {
                let message = format!("{name} has edits that are not in plan {slug}");
                let hint = format!("`git plan absorb {name}` takes them in, `git plan render --force` drops them");
                return Err(Failure::new(Status::Conflict, "unabsorbed", message).hinted(hint));
            }
            Stand::Current => {}
            _ if self.check => {
                let message = match stand {
                    Stand::Missing => format!("{name} does not exist"),
                    _ => format!("{name} is not up to date with plan {slug}"),
                };
                return Err(Failure::new(Status::Refused, "not-current", message).hinted("`git plan render` writes it"));
            }
            _ => {}
        }
        if !self.check {
            let view = bytes_of(&plan);
            if stand != Stand::Current {
                place.write(&view)?;
            }
            note(work, (slug, &plan), &view, &place, self.output.is_some());
        }
        let did = if stand == Stand::Current { "current" } else { "written" };
        if work.ui.json {
            let data = json!({ "file": name, "was": stand.word(), "did": did });
            return Ok(work.ui.data("rendered", Some(slug.as_str()), plan.heads(), data)?);
        }
        let mut page = work.ui.page();
        page.put(&name).put(if stand == Stand::Current { " is up to date" } else { " written" }).end();
        Ok(work.ui.show(&page)?)
    }
}

/// Notes that a file is the view of a plan. What cannot be noted is traced by other means later, at greater cost.
pub fn note(work: &Work<'_>, (slug, plan): (&Slug, &Plan), view: &[u8], place: &Place, copy: bool) {
    let (Some(path), views) = (&place.inside, work.session.repo.views()) else { return };
    let digest = EventId::of(view);
    let noted = match copy {
        true => views.note_copy(slug, path, digest, plan.heads()),
        false => views.note(slug, path, digest, plan.heads()),
    };
    warn(work, noted, place);
}

/// Notes which file a plan was imported from, where that is one of the work tree.
pub fn imported(work: &Work<'_>, slug: &Slug, plan: &Plan, file: &Path, bytes: &[u8]) {
    if file.as_os_str() == "-" {
        return;
    }
    if let Ok(place) = work.session.named_file(file)
        && let Some(path) = &place.inside
    {
        let digest = EventId::of(bytes);
        warn(work, work.session.repo.views().note(slug, path, digest, plan.heads()), &place);
    }
}

fn warn(work: &Work<'_>, noted: Result<(), Error>, place: &Place) {
    if let Err(e) = noted {
        work.ui.say(&format!("warning: the version of {} was not noted: {e}", place.name()));
    }
}
