//! What the author of a write had seen: `--base`, `$GIT_PLAN_BASE` and `--if-head`.
//!
//! What may be relied on: a version that is named is one of the plan's own, or the command fails; the environment's
//! word gives way to the command line's.

use std::collections::BTreeSet;

use git_plan_core::{EventId, Plan, Slug};
use git_plan_store::Error;

use crate::args::Seen;
use crate::exit::{Failure, Status};
use crate::session::Session;

impl Session {
    /// The version that the author of what is written now saw, where it was said.
    pub fn base(&self, slug: &Slug, seen: &Seen) -> Result<Option<BTreeSet<EventId>>, Failure> {
        if !seen.base.is_empty() {
            return self.version(slug, &seen.base).map(Some);
        }
        let given = self.env().non_empty("GIT_PLAN_BASE").filter(|_| seen.if_head.is_empty());
        let Some(given) = given.map(|given| given.to_string_lossy().into_owned()) else { return Ok(None) };
        let names: Vec<&str> = given.split(',').map(str::trim).filter(|name| !name.is_empty()).collect();
        self.version(slug, &names).map(Some).map_err(|failure| {
            let hint = "$GIT_PLAN_BASE names the version that was seen: set it anew, or unset it";
            Failure { message: format!("$GIT_PLAN_BASE: {}", failure.message), ..failure }.hinted(hint)
        })
    }

    /// The events of a plan that these ids, or beginnings of ids, name.
    pub fn version(&self, slug: &Slug, names: &[impl AsRef<str>]) -> Result<BTreeSet<EventId>, Failure> {
        let whole = names.iter().map(|name| name.as_ref().parse().ok()).collect::<Option<BTreeSet<EventId>>>();
        if let Some(ids) = whole {
            return Ok(ids);
        }
        let history = self.repo.history(slug, None)?;
        let mut heads = BTreeSet::new();
        for name in names {
            let unknown = || Error::no_such_event(slug, name.as_ref());
            heads.insert(history.event(name.as_ref())?.ok_or_else(unknown)?);
        }
        Ok(heads)
    }
}

/// Refuses where the plan is not at the version that `--if-head` names.
pub fn unmoved(plan: &Plan, seen: &Seen) -> Result<(), Failure> {
    if seen.if_head.is_empty() {
        return Ok(());
    }
    let named = |head: &EventId| {
        let head = head.to_string();
        seen.if_head.iter().any(|name| name.len() >= 4 && head.starts_with(&name.to_ascii_lowercase()))
    };
    if seen.if_head.len() == plan.heads().len() && plan.heads().iter().all(named) {
        return Ok(());
    }
    let found = plan.heads().iter().map(EventId::short).collect::<Vec<_>>().join(",");
    let message = format!("the plan has moved: expected it at {}, found it at {found}", seen.if_head.join(","));
    Err(Failure::new(Status::Conflict, "moved", message)
        .hinted("look at it again, then write with the version that it shows; or write at the one you saw with --base"))
}
