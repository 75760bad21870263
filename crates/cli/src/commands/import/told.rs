//! What an import says that it did.

use git_plan_core::import::Kept;
use git_plan_core::{Kind, Plan, Slug};
use serde_json::{Value, json};
use std::fmt;

use super::sources::Source;
use super::{Failure, Work};
use crate::ui::{Page, Style};

/// What became of a file.
#[derive(Debug)]
pub(super) struct Told {
    /// The file.
    pub source: String,
    /// The plan's name.
    pub slug: Slug,
    /// The plan; none where it was there already.
    pub plan: Option<Plan>,
    /// What was kept as prose.
    pub kept: Vec<Kept>,
    /// How many versions of the file it has.
    pub versions: usize,
    /// Whether nothing was written.
    pub trial: bool,
}

impl Told {
    /// Of a file that is a plan already.
    pub fn there(source: &Source, slug: Slug) -> Self {
        Self { source: source.name(), slug, plan: None, kept: Vec::new(), versions: 0, trial: false }
    }

    /// Says it at length.
    pub fn say(&self, work: &mut Work<'_>) -> Result<(), Failure> {
        let Some(plan) = self.plan.as_ref().filter(|_| !work.ui.json) else { return self.say_in_a_line(work) };
        let mut page = work.ui.page();
        self.begin(&mut page, plan);
        page.put(&format!(": {}", plan.title())).end();
        page.put(&format!("         {}", counted(plan, self.versions))).end();
        for kept in &self.kept {
            page.put(&format!("         line {}: kept as prose in {}: {}", kept.line, kept.role, kept.reason)).end();
        }
        Ok(work.ui.show(&page)?)
    }

    /// Says it in a line, of several.
    pub fn say_in_a_line(&self, work: &mut Work<'_>) -> Result<(), Failure> {
        if work.ui.json {
            let heads = self.plan.iter().flat_map(Plan::heads);
            return Ok(work.ui.data("imported", Some(self.slug.as_str()), heads, self.json())?);
        }
        let mut page = work.ui.page();
        match &self.plan {
            Some(plan) => {
                self.begin(&mut page, plan);
                page.put(&format!(" from {}: {}", self.source, counted(plan, self.versions))).end();
            }
            None => {
                page.put(&format!("         {} is plan {} already: nothing to import", self.source, self.slug)).end();
            }
        }
        Ok(work.ui.show(&page)?)
    }

    fn begin(&self, page: &mut Page, plan: &Plan) {
        let id = plan.id().map_or_else(String::new, |id| id.short());
        let done = if self.trial { "would be imported" } else { "imported" };
        page.paint(Style::Id, if self.trial { "       " } else { &id }).put(&format!("  plan {} {done}", self.slug));
    }

    fn json(&self) -> Value {
        let Some(plan) = &self.plan else { return json!({ "file": self.source, "imported": false }) };
        let kept = self.kept.iter();
        let kept = kept.map(|kept| json!({ "line": kept.line, "role": kept.role.as_str(), "reason": kept.reason }));
        let items: Value = counts(plan).into_iter().map(|(kind, count)| (kind.to_string(), json!(count))).collect();
        json!({
            "id": plan.id().map(|id| id.to_string()),
            "file": self.source,
            "imported": !self.trial,
            "events": plan.count(),
            "versions": self.versions,
            "layout": plan.layout(),
            "items": items,
            "kept": kept.collect::<Vec<_>>(),
        })
    }
}

/// How many plans there were.
#[derive(Debug, Default)]
pub(super) struct Sum {
    imported: usize,
    there: usize,
    trial: bool,
    /// How many files failed.
    pub failed: usize,
}

impl Sum {
    /// Adds what became of a file.
    pub fn add(&mut self, told: &Told) {
        self.trial |= told.trial;
        if told.plan.is_some() { self.imported += 1 } else { self.there += 1 }
    }
}

impl fmt::Display for Sum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plans = if self.imported == 1 { "plan" } else { "plans" };
        write!(f, "{} {plans} {}", self.imported, if self.trial { "would be imported" } else { "imported" })?;
        if self.there > 0 {
            write!(f, ", {} there already", self.there)?;
        }
        if self.failed > 0 {
            write!(f, ", {} failed", self.failed)?;
        }
        Ok(())
    }
}

fn counts(plan: &Plan) -> Vec<(Kind, usize)> {
    let counted = Kind::ALL.iter().map(|&kind| (kind, plan.items_of(kind).count()));
    counted.filter(|(_, count)| *count > 0).collect()
}

fn counted(plan: &Plan, versions: usize) -> String {
    let mut said = format!("{} events", plan.count());
    if versions > 1 {
        said.push_str(&format!(" from {versions} versions"));
    }
    said.push_str(&format!(", {} layout", plan.layout()));
    for (at, (kind, count)) in counts(plan).into_iter().enumerate() {
        said.push_str(&format!("{} {count} {}", if at == 0 { ":" } else { "," }, plural(kind, count)));
    }
    said
}

fn plural(kind: Kind, count: usize) -> String {
    match (kind, count) {
        (_, 1) => kind.to_string(),
        (Kind::Story, _) => "stories".to_owned(),
        (Kind::Discovery, _) => "discoveries".to_owned(),
        (Kind::Criterion, _) => "criteria".to_owned(),
        (Kind::Prose, _) => "blocks of prose".to_owned(),
        _ => format!("{kind}s"),
    }
}
