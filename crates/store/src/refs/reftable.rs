//! Any ref backend but files, through git.
//!
//! A failure of `git update-ref` is never understood from its text: the tip is read again and compared.

use gix::hash::ObjectId;

use super::{Listed, parse_id, reflog::Entry};
use crate::error::{Error, Result};
use crate::repository::Repository;

pub(super) fn find(repository: &Repository, name: &str) -> Result<Option<ObjectId>> {
    // Unlike rev-parse, this tells a symbolic ref from any other and never falls back to another name.
    show(repository, name)?.into_iter().find(|listed| listed.name == name).map(|listed| listed.tip).transpose()
}

pub(super) fn list(repository: &Repository, prefix: &str) -> Result<Vec<Listed>> {
    show(repository, prefix)
}

/// The full name of the branch that `HEAD` is at.
pub(crate) fn head(repository: &Repository) -> Result<Option<String>> {
    let output = repository.git(["symbolic-ref", "--quiet", "HEAD"]).output()?;
    let name = String::from_utf8_lossy(output.stdout.trim_ascii()).into_owned();
    Ok(output.status.success().then_some(name))
}

/// Moves a ref and writes its reflog.
pub(super) fn update(repository: &Repository, name: &str, entry: &Entry<'_>) -> Result<()> {
    let old = entry.old.unwrap_or_else(|| ObjectId::null(repository.hash()));
    let (name_of, email, date) = signature(entry.committer);
    repository
        .git(["update-ref", "--create-reflog", "-m", entry.message, "--stdin"])
        .env("GIT_COMMITTER_NAME", name_of)
        .env("GIT_COMMITTER_EMAIL", email)
        .env("GIT_COMMITTER_DATE", format!("@{date}"))
        .input(format!("update {name} {} {old}\n", entry.new))
        .run()
        .map(drop)
}

fn show(repository: &Repository, pattern: &str) -> Result<Vec<Listed>> {
    let format = "--format=%(objectname) %(refname) %(symref)";
    let output = repository.git(["for-each-ref", format, "--end-of-options", pattern]).run()?;
    let lines = String::from_utf8_lossy(&output);
    let listed = lines.lines().filter_map(|line| {
        let mut words = line.splitn(3, ' ');
        let (hex, name, symbolic) = (words.next()?, words.next()?.to_owned(), words.next().unwrap_or_default());
        let reason = match symbolic {
            "" => "expected an object id".to_owned(),
            other => format!("it is a symbolic ref to {other}, which a plan may not be"),
        };
        let id = parse_id(repository, hex.as_bytes()).filter(|_| symbolic.is_empty());
        let tip = id.ok_or_else(|| Error::RefDamaged { name: name.clone(), reason });
        Some(Listed { name, tip })
    });
    Ok(listed.collect())
}

/// Takes `Name <email> date` apart.
fn signature(line: &str) -> (&str, &str, &str) {
    let (name, rest) = line.split_once(" <").unwrap_or((line, ""));
    let (email, date) = rest.split_once("> ").unwrap_or((rest, "0 +0000"));
    (name, email, date)
}
