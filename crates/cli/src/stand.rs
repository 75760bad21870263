//! How a file stands to its plan.
//!
//! What may be relied on: a file is only called a view of the plan, as it is or as it was, where it is that byte for byte;
//! all else counts as edited, and is not written over unasked.

use std::collections::BTreeSet;

use git_plan_core::{EventId, Plan, Slug, bytes};

use crate::exit::Failure;
use crate::place::Place;
use crate::session::Session;
use crate::versions::{bytes_of, named_in, named_version, scan};

/// How a file stands to its plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stand {
    /// There is no such file.
    Missing,
    /// It is the view of the plan as it is.
    Current,
    /// It is the view of an earlier version.
    Behind(BTreeSet<EventId>),
    /// It is no view that is known: it was edited.
    Edited,
}

impl Stand {
    /// A stable word for it.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Current => "current",
            Self::Behind(_) => "behind",
            Self::Edited => "edited",
        }
    }
}

impl Session {
    /// How a file stands to its plan. A thorough look goes through the plan's history where nothing else is known.
    pub fn stand(&self, slug: &Slug, plan: &Plan, place: &Place, thorough: bool) -> Result<Stand, Failure> {
        match place.read()? {
            Some(found) => self.stand_of(slug, plan, place, &found, thorough),
            None => Ok(Stand::Missing),
        }
    }

    /// The same of a file with these bytes.
    pub fn stand_of(
        &self,
        slug: &Slug,
        plan: &Plan,
        place: &Place,
        found: &[u8],
        thorough: bool,
    ) -> Result<Stand, Failure> {
        let digest = EventId::of(found);
        let noted = self.repo.views().of(slug).into_iter().rfind(|noted| noted.digest == digest);
        // A note spares writing the view only to compare it; before a file is written, it is not relied on.
        let same = !thorough && noted.as_ref().is_some_and(|noted| noted.heads == *plan.heads());
        if same || found == bytes_of(plan) {
            return Ok(Stand::Current);
        }
        if let Some(noted) = noted {
            return Ok(Stand::Behind(noted.heads));
        }
        let text = bytes::text(found);
        let named = named_in(plan, &text);
        let committed = || place.inside.as_deref().and_then(|path| self.blob("HEAD", path)).is_some_and(|b| b == found);
        if named.is_empty() && !thorough && !committed() {
            return Ok(Stand::Edited);
        }
        let history = self.repo.history(slug, None)?;
        if named.is_empty() {
            let known = scan(&history, &[digest].into()).remove(&digest);
            return Ok(known.map_or(Stand::Edited, Stand::Behind));
        }
        let Ok(heads) = named_version(slug, &history, &named) else { return Ok(Stand::Edited) };
        let was = Plan::replay(&history.below(&heads));
        Ok(if bytes_of(&was) == found { Stand::Behind(heads) } else { Stand::Edited })
    }
}
