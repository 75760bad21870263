//! The beginning of a plan, and the templates that it may begin from.

use super::{Refusal, perhaps, section, step, title};
use crate::change::*;
use crate::prelude::*;
use crate::{Batch, EventId, Layout, Role, Slug};

/// A plan as its author begins it.
#[derive(Debug, Clone, Default)]
pub struct NewPlan<'a> {
    /// Its title.
    pub title: &'a str,
    /// Its name; what the title suggests where it is absent.
    pub slug: Option<Slug>,
    /// Random text, so that two plans of one title, author and time are two plans.
    pub nonce: &'a str,
    /// How its view is written; the template's layout where it is absent.
    pub layout: Option<Layout>,
    /// What it begins with.
    pub template: Template,
    /// What will be accomplished.
    pub objective: Option<&'a str>,
}

impl NewPlan<'_> {
    /// The plan's name.
    ///
    /// # Errors
    /// Where none is given and the title suggests none.
    pub fn slug(&self) -> Result<Slug, Refusal> {
        self.slug.clone().or_else(|| Slug::from_title(self.title)).ok_or_else(|| {
            Refusal::Unclear(format!("the title {:?} suggests no name for the plan: give one with --slug", self.title))
        })
    }
}

/// What a new plan begins with.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Template {
    /// Nothing.
    #[default]
    Empty,
    /// The steps of a feature.
    Feature,
    /// What to find out about a bug, and the steps from reproducing it to preventing its return.
    Bug,
    /// The headings of the Cookbook's ExecPlans.
    Cookbook,
}

impl Template {
    const fn layout(self) -> Layout {
        match self {
            Self::Cookbook => Layout::Cookbook,
            _ => Layout::Execplan,
        }
    }

    const fn context(self) -> &'static str {
        match self {
            Self::Feature => "- Current: …\n- Users: …\n- Constraints: …",
            Self::Bug => "- Symptom: …\n- Started: …\n- Impact: …",
            Self::Empty | Self::Cookbook => "",
        }
    }

    const fn steps(self) -> &'static [&'static str] {
        match self {
            Self::Feature => &[
                "Agree on the success criteria",
                "Design the change",
                "Implement it",
                "Test it against the criteria",
                "Document and release it",
            ],
            Self::Bug => &[
                "Reproduce the symptom",
                "Find the root cause",
                "Write a failing test",
                "Fix the cause",
                "Verify the fix and watch for the symptom",
            ],
            Self::Empty | Self::Cookbook => &[],
        }
    }
}

/// Begins a plan; says the id of its first event, which is the plan's.
///
/// # Errors
/// Where the title is empty or suggests no name.
pub fn begin(batch: &mut Batch, new: &NewPlan<'_>) -> Result<EventId, Refusal> {
    let (template, layout) = (new.template, new.layout.unwrap_or(new.template.layout()));
    let created = PlanCreated { layout, nonce: title(new.nonce)?, slug: new.slug()?, title: title(new.title)? };
    let objective = perhaps(new.objective)?;
    let more = objective.is_some() || !template.context().is_empty() || !template.steps().is_empty();
    if more {
        batch.group();
    }
    let id = batch.record(created)?;
    if let Some(objective) = objective {
        section::write(batch, Role::Objective.as_str(), &objective)?;
    }
    if !template.context().is_empty() {
        section::write(batch, Role::Context.as_str(), template.context())?;
    }
    for text in template.steps() {
        step::add(batch, text, &super::Spot::default())?;
    }
    Ok(id)
}
