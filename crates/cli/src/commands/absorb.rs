//! `git plan absorb`

use std::path::PathBuf;

use git_plan_core::text::clipped;
use git_plan_core::{EventId, Slug, bytes};
use serde_json::{Value, json};

use super::{Work, render, staged};
use crate::absorbing::{Edit, Taken};
use crate::args::Reason;
use crate::conflicts;
use crate::draft::Draft;
use crate::exit::{Failure, Status};
use crate::owner;
use crate::place::Place;
use crate::ui::Style;
use crate::versions::{Base, bytes_of};

/// Take the edits of a plan's file in
///
/// The file was edited by hand or by a tool; what was done to it since its version was written becomes events at that
/// version, which are joined with what came since. Then the file is written as the plan is now.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  git plan absorb
  git plan absorb --dry-run docs/plan.md
  git plan absorb docs/plan.md -m \"After the review\"")]
pub struct Absorb {
    /// The files [default: the plan's file]
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Take the file for an edit of this version, whatever it says
    #[arg(long, value_name = "EVENT", value_delimiter = ',')]
    base: Vec<String>,
    /// Say what would be recorded, and record nothing
    #[arg(long)]
    dry_run: bool,
    /// Record the edits even where they disagree with what was written since: both sides stay
    #[arg(long)]
    join: bool,
    /// Bring the file up to date even where there is nothing to absorb
    #[arg(long)]
    render: bool,
    /// Take the plan files in that are staged and edited, and stage them as they are written anew
    #[arg(long, conflicts_with_all = ["files", "base", "dry_run"])]
    staged: bool,
    /// Say why, for the log (can be repeated: one paragraph each)
    #[arg(short, long, value_name = "WHY")]
    message: Vec<String>,
}

/// A file that was edited.
pub struct File {
    /// Its plan.
    pub slug: Slug,
    /// Where it lies.
    pub place: Place,
    /// What is in it.
    pub found: Vec<u8>,
}

impl Absorb {
    pub fn run(self, work: &mut Work<'_>) -> Result<(), Failure> {
        if self.staged {
            return staged::absorb(&self, work);
        }
        if self.files.is_empty() {
            let slug = work.session.plan()?;
            let plan = work.session.repo.load(&slug, None)?.plan;
            let place = work.session.home(&slug, &plan)?;
            let found = found(&place)?;
            return self.one(work, &File { slug, place, found });
        }
        for named in &self.files {
            let place = work.session.named_file(named)?;
            let found = found(&place)?;
            let slug = owner::of(&work.session, &place, &bytes::text(&found))?;
            self.one(work, &File { slug, place, found })?;
        }
        Ok(())
    }

    /// Takes one file in.
    pub fn one(&self, work: &mut Work<'_>, file: &File) -> Result<(), Failure> {
        let (slug, text) = (&file.slug, bytes::text(&file.found));
        let base = match self.base.is_empty() {
            false => Base { heads: work.session.version(slug, &self.base)?, guessed: false },
            true => work.session.edited_at(slug, &file.place, &text)?,
        };
        if base.guessed {
            let name = file.place.name();
            work.ui.say(&format!("warning: nothing tells which version {name} was edited from; taken for the newest"));
            work.ui.hint("if it lacks what was written since, name the version with --base, and see --dry-run first");
        }
        let why = Reason { message: self.message.clone(), ..Reason::default() };
        let edit = Edit { slug, base: &base.heads, text: &text, why: &why, join: self.join, trial: self.dry_run };
        let taken = edit.take(&work.session)?;
        self.say(work, file, &base, &taken)?;
        if !self.dry_run && (self.render || taken.repeated || !taken.events.is_empty()) {
            settle(work, file, &taken)?;
        }
        Ok(())
    }

    fn say(&self, work: &mut Work<'_>, file: &File, base: &Base, taken: &Taken) -> Result<(), Failure> {
        let name = file.place.name();
        if work.ui.json {
            let mut data = taken.json(&base.heads);
            data["guessed"] = json!(base.guessed);
            data["file"] = json!(name);
            data["dry_run"] = json!(self.dry_run);
            return Ok(work.ui.data("absorbed", Some(file.slug.as_str()), taken.plan.heads(), data)?);
        }
        tell(work, taken, self.dry_run)?;
        if taken.repeated {
            work.ui.say(&format!("{name}: this edit was taken in before"));
        } else if taken.events.is_empty() {
            work.ui.say(&format!("{name}: nothing to absorb"));
        } else if self.dry_run {
            let events = if taken.events.len() == 1 { "event" } else { "events" };
            work.ui.say(&format!("{name}: {} {events} would be recorded; nothing was written", taken.events.len()));
        }
        Ok(())
    }
}

fn found(place: &Place) -> Result<Vec<u8>, Failure> {
    place.read()?.ok_or_else(|| {
        Failure::new(Status::NotFound, "no-such-file", format!("there is no file {}", place.name()))
            .hinted("`git plan render` writes the plan's file")
    })
}

/// Says what was understood of an edit, one line for each thing.
pub fn tell(work: &mut Work<'_>, taken: &Taken, trial: bool) -> Result<(), Failure> {
    let mut page = work.ui.page();
    for found in &taken.report.found {
        let id = found.item.map_or_else(|| " ".repeat(EventId::SHORTEST), |id| taken.plan.short(id));
        // What was settled says itself of which item.
        let kind = if found.what == "settled" { String::new() } else { format!(" {}", found.kind) };
        page.paint(Style::Id, &id).put(&format!("  {}{kind}", found.what));
        page.put(&format!(": {}", clipped(&found.text, 100)));
        if let Some(matched) = &found.matched {
            page.paint(Style::Faint, &format!(" ({}, {} %)", matched.how.as_str(), matched.score));
        }
        page.end();
    }
    for ignored in &taken.report.ignored {
        let text = clipped(&ignored.text, 60);
        page.put(&format!("line {} was not taken: {}: {text}", ignored.line, ignored.reason)).end();
    }
    work.ui.show(&page)?;
    if taken.report.anew {
        work.ui.say("warning: no smaller changes lead to this text, so all of it was taken for new");
    }
    let now = if trial { "would be" } else { "now" };
    for conflict in &taken.conflicts {
        work.ui.say(&format!("warning: {now} in conflict: {}", conflicts::line(&taken.plan, conflict, !trial)));
    }
    Ok(())
}

/// Writes a file anew after its edits were taken in, unless it has been edited again meanwhile.
fn settle(work: &Work<'_>, file: &File, taken: &Taken) -> Result<(), Failure> {
    let (place, view) = (&file.place, bytes_of(&taken.plan));
    if work.session.in_git(&place.file) {
        // An edit that was refused and kept has come in after all.
        let _ = std::fs::remove_file(&place.file);
        return Ok(());
    }
    if place.read()?.as_ref() != Some(&file.found) {
        work.ui.say(&format!("{} was edited again meanwhile, and was left so", place.name()));
        return Ok(());
    }
    if view != file.found {
        if taken.leaves_out() {
            Draft::new(&work.session, &file.slug, &file.found)?.settle(work, taken);
        }
        place.write(&view)?;
        work.ui.say(&format!("{} written", place.name()));
    }
    let home = work.session.home(&file.slug, &taken.plan);
    let copy = home.is_ok_and(|home| home.file != place.file && home.file.exists());
    render::note(work, (&file.slug, &taken.plan), &view, place, copy);
    Ok(())
}

/// What JSON says of an edit that changed nothing.
pub fn nothing() -> Value {
    json!({ "base": [], "found": [], "ignored": [], "events": [], "conflicts": [] })
}
