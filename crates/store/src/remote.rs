//! Remotes: where plans are shared, and what was last known of their plans.
//!
//! What may be relied on: a [`Remote`] is one that git's configuration has, so its name is no option, no address and no
//! path out of the refs. Nothing here speaks to the network.

use std::collections::{BTreeMap, BTreeSet};

use git_plan_core::Slug;
use gix::hash::ObjectId;

use crate::error::{Error, Result};
use crate::refs;
use crate::repository::Repository;

/// A remote of the repository, by its name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Remote(String);

impl Remote {
    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.0
    }

    /// Where copies of its plans lie.
    pub(crate) fn prefix(&self) -> String {
        format!("refs/plan-remotes/{}/", self.0)
    }

    /// Where the copy of one of its plans lies.
    pub(crate) fn copy_of(&self, slug: &Slug) -> String {
        format!("{}{slug}", self.prefix())
    }

    /// What `git fetch` is told in the configuration to bring, so that plain `git fetch` brings plans.
    fn refspec(&self) -> String {
        format!("+refs/plans/*:{}*", self.prefix())
    }
}

impl std::fmt::Display for Remote {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl Repository {
    /// The remotes that the configuration has, by name.
    #[must_use]
    pub fn remotes(&self) -> Vec<Remote> {
        let names: BTreeSet<String> = self.config().subsections("remote", "url").into_iter().collect();
        let plain = |name: &String| refs::check_name(&format!("refs/plan-remotes/{name}/x")).is_ok();
        names.into_iter().filter(|name| !name.starts_with('-')).filter(plain).map(Remote).collect()
    }

    /// The remote of this name; without a name, the one that `plan.remote` says, else that of the branch, else the only
    /// one, else `origin`.
    ///
    /// # Errors
    /// Where there is none of this name, or nothing says which.
    pub fn remote(&self, named: Option<&str>) -> Result<Remote> {
        let remotes = self.remotes();
        let known = || remotes.iter().map(Remote::name).collect::<Vec<_>>().join(", ");
        let find = |name: &str| remotes.iter().find(|remote| remote.0 == name).cloned();
        let configured = || self.config().string("plan.remote").filter(|name| !name.is_empty());
        if let Some(name) = named.map(str::to_owned).or_else(configured) {
            return find(&name).ok_or_else(|| Error::NoSuchRemote { name, known: known() });
        }
        let of_branch = self.head_branch()?.and_then(|branch| self.config().string(&format!("branch.{branch}.remote")));
        let usual = of_branch.as_deref().and_then(find);
        let only = || remotes.first().filter(|_| remotes.len() == 1).cloned();
        usual.or_else(only).or_else(|| find("origin")).ok_or_else(|| Error::WhichRemote { known: known() })
    }

    /// The plans of a remote, as it had them when it was last asked.
    ///
    /// # Errors
    /// Where the refs cannot be listed.
    pub fn remote_plans(&self, remote: &Remote) -> Result<BTreeMap<Slug, ObjectId>> {
        let prefix = remote.prefix();
        let plan = |listed: refs::Listed| Some((listed.name.strip_prefix(&prefix)?.parse().ok()?, listed.tip.ok()?));
        Ok(self.list_refs(&prefix)?.into_iter().filter_map(plan).collect())
    }

    /// Whether plain `git fetch` brings the plans of a remote.
    #[must_use]
    pub fn fetches_plans(&self, remote: &Remote) -> bool {
        let brings = |refspec: &String| refspec.trim_start_matches('+') == remote.refspec().trim_start_matches('+');
        self.config().strings(&format!("remote.{remote}.fetch")).iter().any(brings)
    }

    /// Lets plain `git fetch` bring the plans of a remote, or no longer. Says whether that changed anything.
    ///
    /// # Errors
    /// Where git cannot write its configuration.
    pub fn set_fetches_plans(&self, remote: &Remote, wanted: bool) -> Result<bool> {
        if self.fetches_plans(remote) == wanted {
            return Ok(false);
        }
        let key = format!("remote.{remote}.fetch");
        let git = match wanted {
            true => self.git(["config", "--local", "--add", &key, &remote.refspec()]),
            false => self.git(["config", "--local", "--fixed-value", "--unset-all", &key, &remote.refspec()]),
        };
        git.run().map(|_| true)
    }

    /// Notes what a remote has now. Another process may note the same at once, so a failure is none of the caller's
    /// concern: the next fetch finds out.
    pub(crate) fn note_remote_plans<'s>(&self, remote: &Remote, plans: impl Iterator<Item = (&'s Slug, ObjectId)>) {
        let lines: String = plans.map(|(slug, tip)| format!("update {} {tip}\n", remote.copy_of(slug))).collect();
        if !lines.is_empty() {
            let _ = self.git(["update-ref", "--stdin"]).input(lines).run();
        }
    }
}
