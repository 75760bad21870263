//! Transport: plans go to a remote and come from it by the user's own `git`.
//!
//! What may be relied on: what `git` did to each ref is read from its porcelain output, never from what it says to people;
//! a fetch writes below `refs/plan-remotes/` alone, and never over history that it does not contain; a push never forces.
//! Objects that come in are checked as `git fsck` checks them.

use std::collections::{BTreeMap, BTreeSet};

use git_plan_core::Slug;
use gix::hash::ObjectId;

use super::Watch;
use crate::child::Git;
use crate::error::{Error, Result};
use crate::remote::Remote;
use crate::repository::Repository;

/// How many refs go into one command line.
const TOGETHER: usize = 1_000;

/// What a remote has.
#[derive(Debug, Default)]
pub(crate) struct Brought {
    /// Its plans and their tips, now.
    pub(crate) plans: BTreeMap<Slug, ObjectId>,
    /// Those whose copies here could not be moved to that tip: their history was rewritten, or another process was at it.
    pub(crate) held: BTreeSet<Slug>,
    /// Those of which there is a copy here, and that it no longer has.
    pub(crate) gone: BTreeSet<Slug>,
    /// Refs below `refs/plans/` that no plan can have.
    pub(crate) strangers: Vec<String>,
}

/// What became of a ref that was pushed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Landing {
    /// The remote has it.
    Landed,
    /// The remote does not, and this is why, in git's words.
    Rejected(String),
}

impl Repository {
    /// Asks a remote for its plans: for all, or for some of them.
    pub(crate) fn bring(&self, remote: &Remote, only: Option<&BTreeSet<Slug>>, watch: Watch<'_>) -> Result<Brought> {
        let prefix = remote.prefix();
        let known = self.remote_plans(remote)?;
        // An exact name that the remote does not have would fail the whole fetch; a pattern does not.
        let refspec = |name: &str| format!("refs/plans/{name}*:{prefix}{name}*");
        let refspecs: Vec<String> = match only {
            Some(slugs) => slugs.iter().map(|slug| refspec(slug.as_str())).collect(),
            None => vec![refspec("")],
        };
        let mut brought = Brought::default();
        for refspecs in refspecs.chunks(TOGETHER) {
            let git = fetching(self.git(["-c", "fetch.fsckObjects=true", "fetch"]), watch);
            let git = git.args(["--end-of-options", remote.name()]).args(refspecs);
            self.run_transport(remote, git, watch, |line| brought.read(line, &prefix))?;
        }
        let asked = |slug: &&Slug| only.is_none_or(|only| only.contains(*slug));
        brought.plans.retain(|slug, _| asked(&slug));
        brought.gone = known.keys().filter(asked).filter(|slug| !brought.plans.contains_key(*slug)).cloned().collect();
        Ok(brought)
    }

    /// Sends tips of plans to a remote.
    pub(crate) fn send(
        &self,
        remote: &Remote,
        tips: &BTreeMap<Slug, ObjectId>,
        atomic: bool,
        watch: Watch<'_>,
    ) -> Result<BTreeMap<Slug, Landing>> {
        let refspecs: Vec<String> = tips.iter().map(|(slug, tip)| format!("{tip}:refs/plans/{slug}")).collect();
        let mut landings = BTreeMap::new();
        for refspecs in refspecs.chunks(if atomic { refspecs.len().max(1) } else { TOGETHER }) {
            let git = sending(self.git(["push"]), watch);
            let git = git.args(atomic.then_some("--atomic"));
            let git = git.args(["--end-of-options", remote.name()]).args(refspecs);
            self.run_transport(remote, git, watch, |line| {
                landing(line).map(|(slug, landing)| landings.insert(slug, landing)).is_some()
            })?;
        }
        let landed = tips.iter().filter(|(slug, _)| landings.get(*slug) == Some(&Landing::Landed));
        self.note_remote_plans(remote, landed.map(|(slug, tip)| (slug, *tip)));
        Ok(landings)
    }

    /// Brings a branch of a remote, and says where it is there; none where the remote has none.
    pub(crate) fn bring_branch(&self, remote: &Remote, branch: &str, watch: Watch<'_>) -> Result<Option<ObjectId>> {
        let copy = format!("refs/remotes/{remote}/{branch}");
        let git = fetching(self.git(["-c", "fetch.fsckObjects=true", "fetch"]), watch);
        let git = git.args(["--end-of-options", remote.name()]);
        // As a pattern, so that a remote without the branch is no failure.
        let git = git.arg(format!("+refs/heads/{branch}*:{copy}*"));
        let mut tip = None;
        self.run_transport(remote, git, watch, |line| {
            let mut words = line.get(1..).unwrap_or_default().split_whitespace().skip(1);
            let (new, name) = (words.next(), words.next());
            if name == Some(&copy) {
                tip = new.and_then(|new| ObjectId::from_hex(new.as_bytes()).ok());
            }
            name.is_some()
        })?;
        Ok(tip)
    }

    /// Sends a branch to a remote; gives the remote's words where it does not take it.
    pub(crate) fn send_branch(
        &self,
        remote: &Remote,
        branch: &str,
        tip: ObjectId,
        watch: Watch<'_>,
    ) -> Result<Option<String>> {
        let git = sending(self.git(["push"]), watch).args(["--end-of-options", remote.name()]);
        let git = git.arg(format!("{tip}:refs/heads/{branch}"));
        let mut turned_down = None;
        self.run_transport(remote, git, watch, |line| match landed(line) {
            Some((_, landing)) => {
                turned_down = if let Landing::Rejected(reason) = landing { Some(reason) } else { None };
                true
            }
            None => false,
        })?;
        Ok(turned_down)
    }

    /// Runs a transport command. Where git fails, but said of at least one ref what became of it, it is for the caller to
    /// look at the refs.
    fn run_transport(
        &self,
        remote: &Remote,
        git: Git,
        watch: Watch<'_>,
        mut read: impl FnMut(&str) -> bool,
    ) -> Result<()> {
        let command = git.line();
        let output = match watch {
            Watch { told: None, stop: None } => git.output()?,
            watch => git.watched(watch)?,
        };
        let told = String::from_utf8_lossy(&output.stdout).lines().filter(|line| read(line)).count();
        if output.status.success() || told > 0 {
            return Ok(());
        }
        if watch.is_over() {
            return Err(Error::Stopped { remote: remote.to_string() });
        }
        let stderr = String::from_utf8_lossy(&output.stderr).trim().to_owned();
        Err(Error::TransportFailed { remote: remote.to_string(), command, status: output.status.to_string(), stderr })
    }
}

impl Brought {
    /// Reads `FLAG OLD NEW REF`; says whether it is such a line.
    fn read(&mut self, line: &str, prefix: &str) -> bool {
        let Some((flag, rest)) = line.split_at_checked(1) else { return false };
        let mut words = rest.split_whitespace();
        let (Some(_), Some(new), Some(name)) = (words.next(), words.next(), words.next()) else { return false };
        let (Some(name), Ok(tip)) = (name.strip_prefix(prefix), ObjectId::from_hex(new.as_bytes())) else {
            return false;
        };
        match name.parse::<Slug>() {
            Ok(slug) => {
                if flag == "!" {
                    self.held.insert(slug.clone());
                }
                self.plans.insert(slug, tip);
            }
            Err(_) => self.strangers.push(name.to_owned()),
        }
        true
    }
}

/// What every fetch is told.
fn fetching(git: Git, watch: Watch<'_>) -> Git {
    let git = git.args(["--porcelain", "--verbose", "--no-tags", "--no-write-fetch-head", "--no-auto-maintenance"]);
    git.args([
        "--no-recurse-submodules",
        "--no-prune",
        if watch.told.is_some() { "--progress" } else { "--no-progress" },
    ])
}

/// What every push is told.
fn sending(git: Git, watch: Watch<'_>) -> Git {
    let git = git.args(["--porcelain", "--no-verify", "--no-follow-tags", "--recurse-submodules=no"]);
    git.arg(if watch.told.is_some() { "--progress" } else { "--no-progress" })
}

/// Reads `FLAG<tab>FROM:TO<tab>SUMMARY`: which ref, and what became of it.
fn landed(line: &str) -> Option<(&str, Landing)> {
    let mut parts = line.splitn(3, '\t');
    let (flag, refs, summary) = (parts.next()?, parts.next()?, parts.next()?);
    let name = &refs[refs.find(":refs/")? + 1..];
    Some((name, if flag == "!" { Landing::Rejected(summary.to_owned()) } else { Landing::Landed }))
}

fn landing(line: &str) -> Option<(Slug, Landing)> {
    let (name, landing) = landed(line)?;
    Some((name.strip_prefix("refs/plans/")?.parse().ok()?, landing))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_became_of_each_ref_is_read_from_the_porcelain() {
        let id = "193fb8c236c094b754a41a0974672ec4bf7af438";
        let mut brought = Brought::default();
        for (flag, name) in [("=", "same"), ("!", "rewritten"), ("*", "-x"), (" ", "moved")] {
            assert!(
                brought.read(&format!("{flag} {id} {id} refs/plan-remotes/origin/{name}"), "refs/plan-remotes/origin/")
            );
        }
        assert!(!brought.read("fatal: something else", "refs/plan-remotes/origin/"), "talk is no ref");
        assert_eq!(brought.plans.len(), 3, "each plan is known with its tip");
        assert_eq!(brought.held.iter().map(Slug::as_str).collect::<Vec<_>>(), ["rewritten"], "one could not be moved");
        assert_eq!(brought.strangers, ["-x"], "and one is no plan");
        let rejected = landing(&format!("!\t{id}:refs/plans/x\t[remote rejected] (hook declined)"));
        let reason = rejected.map(|(_, landing)| landing);
        assert_eq!(reason, Some(Landing::Rejected("[remote rejected] (hook declined)".to_owned())));
        assert_eq!(landing("To ../hub"), None, "the address is no ref");
    }
}
