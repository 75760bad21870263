//! Where a plan's file lies, and how it is written.
//!
//! What may be relied on: nothing is written outside the work tree, whatever symbolic links or configuration say, unless
//! the command line itself names a file there; a file is replaced whole or not at all, and keeps its mode.
//!
//! The plan's file: for the layout `own`, the one that it was imported from; for the others, and where that is not known,
//! what `plan.view` says, with `%s` or `{slug}` for the slug, else `plans/<slug>.md`.

use std::fs;
use std::io::ErrorKind;
use std::path::{Component, Path, PathBuf};

use git_plan_core::{Layout, Plan, Slug};

use crate::exit::{Failure, Status};
use crate::files;
use crate::session::Session;

/// A file that is, or will be, the view of a plan.
#[derive(Debug, Clone)]
pub struct Place {
    /// The file, all symbolic links resolved.
    pub file: PathBuf,
    /// The same from the top of the work tree, as git knows it; `None` outside.
    pub inside: Option<PathBuf>,
}

impl Place {
    /// What messages call it.
    pub fn name(&self) -> String {
        self.inside.as_ref().unwrap_or(&self.file).display().to_string()
    }

    /// The file's bytes; `None` where there is no such file.
    pub fn read(&self) -> Result<Option<Vec<u8>>, Failure> {
        match fs::read(&self.file) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(e) if e.kind() == ErrorKind::NotFound => Ok(None),
            Err(e) => Err(Failure::new(Status::Failed, "io", format!("cannot read {}: {e}", self.name()))),
        }
    }

    /// Replaces the file, whole or not at all.
    pub fn write(&self, bytes: &[u8]) -> Result<(), Failure> {
        let failed = |e| Failure::new(Status::Failed, "io", format!("cannot write {}: {e}", self.name()));
        files::replace(&self.file, bytes).map_err(failed)
    }
}

impl Session {
    /// The top of the work tree, all symbolic links resolved.
    pub fn work_tree(&self) -> Result<PathBuf, Failure> {
        let unfit = |what: String| Failure::new(Status::Environment, "no-work-tree", what);
        let top = self.repo.work_dir().ok_or_else(|| {
            unfit("this repository is bare: it has no work tree that a plan's file could lie in".to_owned())
                .hinted("`git plan show --raw` writes the view to standard output")
        })?;
        fs::canonicalize(top).map_err(|e| unfit(format!("cannot resolve the work tree {}: {e}", top.display())))
    }

    /// The plan's file.
    pub fn home(&self, slug: &Slug, plan: &Plan) -> Result<Place, Failure> {
        let noted = if plan.layout() == Layout::Own { self.repo.views().home(slug) } else { None };
        self.inside(&noted.unwrap_or_else(|| self.usual(slug)))
    }

    /// Where the files of plans lie that were not imported from one.
    pub fn usual(&self, slug: &Slug) -> PathBuf {
        let pattern = self.repo.config().string("plan.view").filter(|pattern| !pattern.is_empty());
        let pattern = pattern.unwrap_or_else(|| "plans/{slug}.md".to_owned());
        pattern.replace("%s", slug.as_str()).replace("{slug}", slug.as_str()).into()
    }

    /// A file by its path from the top of the work tree, which it must not lead out of.
    pub fn inside(&self, path: &Path) -> Result<Place, Failure> {
        let plain = path.components().all(|part| matches!(part, Component::Normal(_)));
        if !plain || path.file_name().is_none() {
            let message = format!("{} is no path of a file below the top of the work tree", path.display());
            return Err(Failure::new(Status::Environment, "config", message).hinted("see `git config plan.view`"));
        }
        let top = self.work_tree()?;
        self.settled(&top, &top.join(path))
    }

    /// A file as the command line names it.
    pub fn named_file(&self, named: &Path) -> Result<Place, Failure> {
        let unfit = |e: std::io::Error| {
            Failure::new(Status::NotFound, "no-such-file", format!("cannot resolve {}: {e}", named.display()))
        };
        let whole = std::path::absolute(named).map_err(unfit)?;
        let Ok(top) = self.work_tree() else {
            return Ok(Place { file: resolved(&whole).map_err(unfit)?, inside: None });
        };
        let climbs = whole.components().any(|part| part == Component::ParentDir);
        let within = |top: &Path| !climbs && whole.starts_with(top);
        let file = resolved(&whole).map_err(unfit)?;
        if self.in_git(&file) {
            return Ok(Place { file, inside: None });
        }
        if within(&top) || self.repo.work_dir().is_some_and(within) {
            return self.settled(&top, &whole);
        }
        let inside = file.strip_prefix(&top).ok().map(Path::to_owned);
        Ok(Place { file, inside })
    }

    /// Whether a file lies in the git directory.
    pub fn in_git(&self, file: &Path) -> bool {
        let holds = |directory: &Path| fs::canonicalize(directory).is_ok_and(|directory| file.starts_with(directory));
        holds(self.repo.git_dir()) || holds(self.repo.common_dir())
    }

    /// Resolves a path below the top of the work tree, and refuses one that leads out of it.
    fn settled(&self, top: &Path, path: &Path) -> Result<Place, Failure> {
        let refuse = |why: String| {
            Failure::new(Status::Refused, "outside", format!("{} {why}", path.display()))
                .hinted("nothing is written outside the work tree; name another file with -o")
        };
        let file = resolved(path).map_err(|e| refuse(format!("cannot be resolved: {e}")))?;
        match file.strip_prefix(top) {
            Ok(inside) if !self.in_git(&file) => Ok(Place { inside: Some(inside.to_owned()), file }),
            Ok(_) => Err(refuse("lies in the git directory".to_owned())),
            Err(_) => Err(refuse(format!("leads out of the work tree, to {}", file.display()))),
        }
    }
}

/// A path with all symbolic links resolved, whose end need not exist.
fn resolved(path: &Path) -> std::io::Result<PathBuf> {
    match fs::canonicalize(path) {
        Err(e) if e.kind() == ErrorKind::NotFound && fs::symlink_metadata(path).is_err() => {
            match (path.parent(), path.file_name()) {
                (Some(parent), Some(name)) => Ok(resolved(parent)?.join(name)),
                _ => Err(e),
            }
        }
        resolved => resolved,
    }
}
