//! Drafts: edited texts on their way into a plan.
//!
//! What may be relied on: an edit that was refused, or of which a part was not taken, is in a file of the git directory that
//! the message names; none is written over.

use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::path::PathBuf;

use git_plan_core::{EventId, Slug, bytes};

use crate::absorbing::Taken;
use crate::commands::Work;
use crate::editor;
use crate::exit::{Failure, Status};
use crate::session::Session;

/// The file that is edited.
pub struct Draft(PathBuf);

impl Draft {
    /// A file of its own in the git directory, with these bytes.
    pub fn new(session: &Session, slug: &Slug, bytes: &[u8]) -> Result<Self, Failure> {
        let directory = session.repo.git_dir().join("git-plan").join("edits");
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
    pub fn edit(&self, session: &Session) -> Result<Vec<u8>, Failure> {
        if let Err(failure) = editor::open(session, &self.0) {
            self.remove();
            return Err(failure);
        }
        let name = self.0.display();
        fs::read(&self.0).map_err(|e| Failure::new(Status::Failed, "io", format!("cannot read {name}: {e}")))
    }

    /// Keeps a refused edit, whole, and says where.
    pub fn keep(&self, slug: &Slug, base: &BTreeSet<EventId>, text: &str, failure: Failure) -> Failure {
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

    /// Lets go of an edit that came in, unless something of it was not taken: then it is kept, and where is said.
    pub fn settle(&self, work: &Work<'_>, taken: &Taken) {
        if !taken.leaves_out() {
            return self.remove();
        }
        work.ui.say(&format!("what was edited is kept in {}", self.0.display()));
    }

    /// Lets go of it.
    pub fn remove(&self) {
        // What stays behind is a file of a few kilobytes in the git directory.
        let _ = fs::remove_file(&self.0);
    }
}
