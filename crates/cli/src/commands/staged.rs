//! `git plan absorb --staged`: what the `pre-commit` hook does.
//!
//! What may be relied on: only files that are known to be those of plans are looked at, and of these only such whose staged
//! text is no view of the plan as it is or was. A file of which only a part is staged is not taken in, because the rest
//! would be committed with it.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use super::Work;
use super::absorb::{Absorb, File};
use crate::exit::{Failure, Status};
use crate::owner::Owners;
use crate::stand::Stand;

/// Takes in what is about to be committed, and stages it as it is written anew.
pub fn absorb(command: &Absorb, work: &mut Work<'_>) -> Result<(), Failure> {
    work.session.work_tree()?;
    let owners = Owners::read(&work.session)?;
    let listed = work.session.repo.git(["diff", "--cached", "--name-only", "--diff-filter=d", "-z"]).run()?;
    for name in listed.split(|&byte| byte == 0).filter(|name| !name.is_empty()) {
        let path = Path::new(OsStr::from_bytes(name));
        let Some(slug) = owners.of(path)? else { continue };
        let Some(staged) = work.session.blob("", path) else { continue };
        let (place, plan) = (work.session.inside(path)?, work.session.repo.load(&slug, None)?.plan);
        if work.session.stand_of(&slug, &plan, &place, &staged, true)? != Stand::Edited {
            continue;
        }
        if place.read()?.as_ref() != Some(&staged) {
            let message = format!("{} is staged in part, so its edits cannot be taken in", place.name());
            return Err(Failure::new(Status::Refused, "staged-in-part", message)
                .hinted("stage all of it or none; `git commit --no-verify` commits it as it is"));
        }
        command.one(work, &File { slug, place, found: staged })?;
        work.session.repo.git(["--literal-pathspecs", "add", "--"]).arg(path).run()?;
    }
    Ok(())
}
