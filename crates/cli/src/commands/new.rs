//! `git plan new`

use clap::ValueEnum;
use git_plan_core::author::{self, NewPlan};
use git_plan_core::{Change, Kind, Layout, Slug};
use git_plan_store::{AppendError, Error, Writer};

use super::Work;
use crate::args::Reason;
use crate::choice;
use crate::exit::Failure;
use crate::receipt;
use crate::write::{self, Written};

/// Begin a plan
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  git plan new \"Dark mode\" --objective \"Add dark mode support across the web application\"
  git plan new \"Memory leak\" --template bug --slug leak")]
pub struct New {
    /// What the plan is called
    title: String,
    /// The plan's name in commands and refs [default: from the title]
    #[arg(long)]
    slug: Option<String>,
    /// How the plan is written as Markdown [default: that of the template]
    #[arg(long, value_enum)]
    layout: Option<NewLayout>,
    /// What the plan begins with
    #[arg(long, value_enum)]
    template: Option<Template>,
    /// What will be accomplished; `-` reads stdin
    #[arg(long, value_name = "TEXT")]
    objective: Option<String>,
    #[command(flatten)]
    why: Reason,
}

/// A layout that a plan can begin in.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum NewLayout {
    /// The house layout
    Execplan,
    /// The headings of the Cookbook's ExecPlans
    Cookbook,
}

/// A template.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Template {
    /// The steps of a feature
    Feature,
    /// What to find out about a bug, and the steps to its end
    Bug,
    /// The Cookbook's headings
    Cookbook,
}

impl New {
    pub fn run(self, work: &mut Work<'_>) -> Result<(), Failure> {
        let (nonce, objective) = (work.session.nonce()?, work.optional(self.objective.as_deref())?);
        let new = NewPlan {
            title: &self.title,
            slug: self.slug.as_deref().map(choice::slug).transpose()?,
            nonce: &nonce,
            layout: self.layout.map(|layout| match layout {
                NewLayout::Execplan => Layout::Execplan,
                NewLayout::Cookbook => Layout::Cookbook,
            }),
            template: match self.template {
                None => author::Template::Empty,
                Some(Template::Feature) => author::Template::Feature,
                Some(Template::Bug) => author::Template::Bug,
                Some(Template::Cookbook) => author::Template::Cookbook,
            },
            objective: objective.as_deref(),
        };
        let (slug, writer) = (new.slug()?, work.session.writer(&self.why)?);
        let created = work.session.repo.create(&slug, &writer, |batch| author::begin(batch, &new).map(drop));
        let written = match created {
            Ok(done) => Written { dry_run: self.why.dry_run, ..Written::of(slug, done) },
            Err(AppendError::Store(error @ Error::PlanExists { .. })) => self.again(work, slug, &writer, new, error)?,
            Err(error) => return Err(error.into()),
        };
        receipt::print(&written, &work.session.repo, work.ui)?;
        if self.why.dry_run {
            return Ok(());
        }
        let has_steps = written.done.look(&work.session.repo, |plan| plan.by_number(Kind::Step, "1").is_some())?;
        next_moves(work, &written.slug, has_steps)
    }
}

impl New {
    /// Finds the plan where this command was recorded before under the same key.
    fn again(
        &self,
        work: &Work<'_>,
        slug: Slug,
        writer: &Writer,
        new: NewPlan<'_>,
        exists: Error,
    ) -> Result<Written, Failure> {
        let history = work.session.repo.history(&slug, None)?;
        let root = history.plan.id().and_then(|id| history.find(id)).map(|entry| &entry.event);
        let began = root.filter(|root| {
            let key = root.context.key.as_ref().map(|key| key.as_str());
            root.by == writer.by && key.is_some() && key == self.why.key.as_deref()
        });
        let (Some(Ok(Change::PlanCreated(created))), Some(key)) = (began.map(|root| &root.change), &self.why.key)
        else {
            return Err(exists.into());
        };
        let new = NewPlan { nonce: &created.nonce, ..new };
        write::repeated(&work.session, slug, writer, key, |batch| Ok(author::begin(batch, &new).map(drop)?))
    }
}

/// Tells a newcomer what comes next, and everybody where the plan is not the one that commands take by themselves.
fn next_moves(work: &Work<'_>, slug: &Slug, has_steps: bool) -> Result<(), Failure> {
    match work.session.plan() {
        Ok(taken) if taken == *slug => {
            if !has_steps {
                work.ui.hint("`git plan step add TEXT…` adds steps, `git plan show` shows the plan");
            }
        }
        _ => work.ui.hint(&format!("`git plan switch {slug}` makes it the plan of this branch")),
    }
    Ok(())
}
