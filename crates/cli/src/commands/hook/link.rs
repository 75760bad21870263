//! `git plan hook link`: what the `post-commit` hook does.

use git_plan_core::author::{field, find};
use git_plan_core::{Kind, Slug};
use serde_json::{Value, json};

use crate::args::Why;
use crate::choice;
use crate::commands::Work;
use crate::exit::{Failure, Status};
use crate::write::{self, Denied};

/// Link a commit to the steps that its trailers name
///
/// Linking a commit again records nothing.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:
  git plan hook link HEAD")]
pub struct Link {
    /// The commit
    #[arg(default_value = "HEAD")]
    commit: String,
}

impl Link {
    pub fn run(self, work: &mut Work<'_>) -> Result<(), Failure> {
        let commit = work.session.repo.rev_parse(&format!("{}^{{commit}}", self.commit))?.ok_or_else(|| {
            Failure::new(
                Status::NotFound,
                "no-commit",
                format!("there is no commit {:?} in this repository", self.commit),
            )
        })?;
        let mut linked: Vec<Value> = Vec::new();
        for (plan, step) in named(work, &commit.to_string())? {
            let slug = plan.map_or_else(|| work.session.plan(), Ok)?;
            let mut session = work.session.again()?;
            session.named = Some(slug.to_string());
            let mut id = None;
            let written = write::append(&session, &Why::default(), |batch| -> Result<(), Denied> {
                let (found, to) = (find::item(batch.plan(), Kind::Step, &step)?, commit.to_string());
                id = Some(found.id());
                if !found.links.contains(&("commit".to_owned(), to.clone())) {
                    let from = found.id().to_string();
                    field::link(batch, &from, "commit", &to)?;
                }
                Ok(())
            })?;
            let step = id.map(|id| id.to_string());
            let number = written.done.look(&session.repo, |plan| id.and_then(|id| plan.number(plan.item(id)?)))?;
            linked.push(json!({ "plan": slug.as_str(), "step": step, "number": number, "new": !written.done.events.is_empty() }));
        }
        if work.ui.json {
            return Ok(work.ui.data("linked", None, [], json!({ "commit": commit.to_string(), "links": linked }))?);
        }
        let mut page = work.ui.page();
        for link in &linked {
            let text = |member: &str| link[member].as_str().unwrap_or_default().to_owned();
            let already = if link["new"] == true { "linked to" } else { "is linked already to" };
            page.put(&format!("{:.7} {already} step {} of {}", commit.to_string(), text("number"), text("plan"))).end();
        }
        Ok(work.ui.show(&page)?)
    }
}

/// The steps that a commit's trailers name, each with its plan where that is named before it.
fn named(work: &Work<'_>, commit: &str) -> Result<Vec<(Option<Slug>, String)>, Failure> {
    let format = "--format=%(trailers:only,unfold)";
    let said = work.session.repo.git(["log", "-1", "--no-show-signature", format, "--end-of-options", commit]).run()?;
    let (mut plan, mut steps) = (None, Vec::new());
    for line in String::from_utf8_lossy(&said).lines() {
        let Some((key, value)) = line.split_once(':') else { continue };
        if key.eq_ignore_ascii_case("plan") {
            plan = Some(choice::slug(value.trim())?);
        } else if key.eq_ignore_ascii_case("plan-step") {
            let all = value.split([',', ' ']).map(str::trim).filter(|step| !step.is_empty());
            steps.extend(all.map(|step| (plan.clone(), step.to_owned())));
        }
    }
    Ok(steps)
}
