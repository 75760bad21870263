//! `git plan edit`

use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::path::PathBuf;

use git_plan_core::{EventId, Slug, bytes, view};

use super::{Work, absorb};
use crate::absorbing::{self, Taken};
use crate::args::Reason;
use crate::exit::{Failure, Status};
use crate::{editor, excerpt};

/// Edit a plan in the editor that git uses
///
/// The view is opened as a file; what was done to it when the editor is closed becomes events at the version that was
/// opened. Where nothing was changed, or nothing is left, nothing is recorded.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  git plan edit
  git plan edit approach
  git plan edit 2.1 -m \"Says what it is for\"")]
pub struct Edit {
    /// Only this section (a role such as `approach`, or a heading) or this item (a step's number, or an id)
    #[arg(value_name = "SECTION|ITEM")]
    part: Option<String>,
    /// Record the edit even where it disagrees with what was written since: both sides stay
    #[arg(long)]
    join: bool,
    /// Say why, for the log (can be repeated: one paragraph each)
    #[arg(short, long, value_name = "WHY")]
    message: Vec<String>,
}

impl Edit {
    pub fn run(self, work: &mut Work<'_>) -> Result<(), Failure> {
        let slug = work.session.plan()?;
        let loaded = work.session.repo.load(&slug, None)?;
        if let Some(damage) = loaded.damage.first() {
            let message = format!("plan {slug} is damaged at commit {}: {}", damage.commit, damage.reason);
            return Err(Failure::new(Status::Damaged, "plan-damaged", message));
        }
        let (plan, base) = (&loaded.plan, loaded.plan.heads());
        let whole = view::render(plan, plan.layout());
        let range = match &self.part {
            Some(part) => excerpt::find(plan, &whole, part)?,
            None => 0..whole.len(),
        };
        let opened = bytes::bytes(&whole[range.clone()]).into_owned();
        let draft = Draft::new(work, &slug, &opened)?;
        let edited = draft.edit(work)?;
        if edited == opened {
            draft.remove();
            return say_nothing(work, &slug, base, "nothing was changed");
        }
        if edited.trim_ascii().is_empty() {
            draft.remove();
            return Err(Failure::new(Status::Refused, "emptied", "nothing was left of it: the edit was given up")
                .hinted("`git plan step rm` and `git plan archive` take things away"));
        }
        let text = excerpt::put_back(&whole, &range, &bytes::text(&edited));
        let why = Reason { message: self.message.clone(), key: None };
        let edit = absorbing::Edit { slug: &slug, base, text: &text, why: &why, join: self.join, trial: false };
        match edit.take(&work.session) {
            Ok(taken) => {
                draft.remove();
                self.say(work, &slug, base, &taken)
            }
            Err(failure) => Err(draft.keep(&slug, base, &text, failure)),
        }
    }

    fn say(&self, work: &mut Work<'_>, slug: &Slug, base: &BTreeSet<EventId>, taken: &Taken) -> Result<(), Failure> {
        if work.ui.json {
            return Ok(work.ui.data("absorbed", Some(slug.as_str()), taken.plan.heads(), taken.json(base))?);
        }
        if taken.events.is_empty() {
            work.ui.say("nothing was recorded");
        }
        absorb::tell(work, taken, false)
    }
}

fn say_nothing(work: &mut Work<'_>, slug: &Slug, base: &BTreeSet<EventId>, what: &str) -> Result<(), Failure> {
    if work.ui.json {
        return Ok(work.ui.data("absorbed", Some(slug.as_str()), base, absorb::nothing())?);
    }
    work.ui.say(what);
    Ok(())
}

/// The file that is edited.
struct Draft(PathBuf);

impl Draft {
    /// A file of its own in the git directory, with these bytes.
    fn new(work: &Work<'_>, slug: &Slug, bytes: &[u8]) -> Result<Self, Failure> {
        let directory = work.session.repo.git_dir().join("git-plan").join("edits");
        let failed = |path: &PathBuf, e: std::io::Error| {
            Failure::new(Status::Failed, "io", format!("cannot write {}: {e}", path.display()))
        };
        fs::create_dir_all(&directory).map_err(|e| failed(&directory, e))?;
        // An edit that was kept earlier is not written over.
        let mut number = 1;
        loop {
            let name = if number == 1 { format!("{slug}.md") } else { format!("{slug}.{number}.md") };
            let path = directory.join(name);
            match fs::File::create_new(&path) {
                Ok(mut file) => {
                    file.write_all(bytes).map_err(|e| failed(&path, e))?;
                    return Ok(Self(path));
                }
                Err(e) if e.kind() == std::io::ErrorKind::AlreadyExists && number < 1000 => number += 1,
                Err(e) => return Err(failed(&path, e)),
            }
        }
    }

    /// What is in it after the editor was closed.
    fn edit(&self, work: &Work<'_>) -> Result<Vec<u8>, Failure> {
        if let Err(failure) = editor::open(&work.session, &self.0) {
            self.remove();
            return Err(failure);
        }
        let name = self.0.display();
        fs::read(&self.0).map_err(|e| Failure::new(Status::Failed, "io", format!("cannot read {name}: {e}")))
    }

    /// Keeps a refused edit, whole, and says where.
    fn keep(&self, slug: &Slug, base: &BTreeSet<EventId>, text: &str, failure: Failure) -> Failure {
        let path = self.0.display();
        let kept = fs::write(&self.0, bytes::bytes(text));
        let message = match kept {
            Ok(()) => format!("{}\nthe edit is kept in {path}", failure.message),
            Err(e) => format!("{}\nonly what was edited is kept in {path}: {e}", failure.message),
        };
        let base: Vec<String> = base.iter().map(|head| head.prefix(12)).collect();
        let join = if failure.status == Status::Conflict { " --join" } else { "" };
        let again = format!("git plan absorb -p {slug} --base {}{join} {path}", base.join(","));
        Failure { message, ..failure }.hinted(format!("`{again}` takes it in"))
    }

    fn remove(&self) {
        // What stays behind is a file of a few kilobytes in the git directory.
        let _ = fs::remove_file(&self.0);
    }
}
