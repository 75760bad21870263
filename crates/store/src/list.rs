//! Listing plans: a few facts about each, from a cache where its tip has not moved.
//!
//! What may be relied on: one damaged plan does not hide the others; the cache is bound to each plan's tip and to its
//! own checksum, and may be deleted at any moment.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use git_plan_core::state::Progress;
use git_plan_core::{Field, Kind, Plan, Slug, Timestamp};
use gix::hash::ObjectId;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::load::Loaded;
use crate::point::Point;
use crate::repository::Repository;

/// Changed with every change of [`Summary`].
const FORMAT: &str = concat!("git-plan list 1 ", env!("CARGO_PKG_VERSION"), "\n");

/// What a list shows of a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// The name under which it is kept.
    pub slug: Slug,
    /// Its title.
    pub title: String,
    /// Its status, empty where none was set.
    pub status: String,
    /// Whether it was put away.
    pub archived: bool,
    /// How far its steps are.
    pub steps: Progress,
    /// How far its criteria are.
    pub criteria: Progress,
    /// How many blockers are open.
    pub blockers: usize,
    /// When it last changed.
    pub updated: Option<Timestamp>,
    /// The step that is being worked on.
    pub current: Option<String>,
    /// What is wrong with it, where something is.
    pub damaged: Option<String>,
}

impl Repository {
    /// The plans, by name, each with a few facts.
    ///
    /// # Errors
    /// Where the refs cannot be listed. What is wrong with one plan is said in its summary.
    pub fn summaries(&self) -> Result<Vec<Summary>> {
        let mut cached = self.cached_summaries();
        let mut summaries = BTreeMap::new();
        let mut changed = false;
        for listed in self.list_refs("refs/plans/")? {
            let name = listed.name.trim_start_matches("refs/plans/");
            let Ok(slug) = name.parse::<Slug>() else { continue };
            let (key, known) = match &listed.tip {
                Ok(tip) => (tip.as_slice().to_vec(), cached.remove(&(slug.clone(), tip.as_slice().to_vec()))),
                Err(_) => (Vec::new(), None),
            };
            changed |= known.is_none();
            let summary = known.unwrap_or_else(|| match listed.tip {
                Ok(tip) => self.summary(&slug, tip),
                Err(e) => damaged(&slug, e.to_string()),
            });
            summaries.insert((slug, key), summary);
        }
        if changed || !cached.is_empty() {
            self.cache_summaries(&summaries);
        }
        Ok(summaries.into_values().collect())
    }

    /// The plans as they were at a point, by name; those that have no such point are left out.
    ///
    /// # Errors
    /// Where the refs cannot be listed, or the point is ambiguous.
    pub fn summaries_at(&self, point: Point<'_>) -> Result<Vec<Summary>> {
        let mut summaries = Vec::new();
        for slug in self.plans()? {
            match self.load(&slug, Some(point)) {
                Ok(loaded) => summaries.push(summary(&slug, loaded)),
                Err(Error::NoSuchPoint { .. }) => {}
                Err(e @ Error::AmbiguousPoint { .. }) => return Err(e),
                Err(e) => summaries.push(damaged(&slug, e.to_string())),
            }
        }
        Ok(summaries)
    }

    /// The names of the plans that were not put away, by name. One that cannot be read is among them.
    ///
    /// Of a plan that has changed since it was last listed, no more is read than it takes to know that.
    ///
    /// # Errors
    /// Where the refs cannot be listed.
    pub fn active_plans(&self) -> Result<Vec<Slug>> {
        let cached = self.cached_summaries();
        let is_archived = |slug: &Slug, tip: ObjectId| match cached.get(&(slug.clone(), tip.as_slice().to_vec())) {
            Some(summary) => summary.archived,
            None => self.look_at(slug, tip, Plan::is_archived).unwrap_or(false),
        };
        let mut active = Vec::new();
        for listed in self.list_refs("refs/plans/")? {
            let Ok(slug) = listed.name.trim_start_matches("refs/plans/").parse::<Slug>() else { continue };
            if listed.tip.is_err() || listed.tip.is_ok_and(|tip| !is_archived(&slug, tip)) {
                active.push(slug);
            }
        }
        Ok(active)
    }

    fn summary(&self, slug: &Slug, tip: ObjectId) -> Summary {
        match self.load_commit(slug, tip, self.whole_snapshot(slug)) {
            Ok(loaded) => summary(slug, loaded),
            Err(e) => damaged(slug, e.to_string()),
        }
    }

    fn summaries_path(&self) -> PathBuf {
        self.common_dir().join("git-plan").join("list")
    }

    fn cached_summaries(&self) -> Cache {
        let read = || -> Option<Cache> {
            let bytes = fs::read(self.summaries_path()).ok()?;
            let (checksum, body) = bytes.strip_prefix(FORMAT.as_bytes())?.split_at_checked(32)?;
            let sound = *blake3::hash(body).as_bytes() == *checksum;
            let entries: Vec<(Vec<u8>, Summary)> = sound.then(|| postcard::from_bytes(body).ok()).flatten()?;
            Some(entries.into_iter().map(|(tip, summary)| ((summary.slug.clone(), tip), summary)).collect())
        };
        read().unwrap_or_default()
    }

    fn cache_summaries(&self, summaries: &Cache) {
        // What is damaged is looked at anew each time: it may have been mended without its ref moving.
        let sound = summaries.iter().filter(|(_, summary)| summary.damaged.is_none());
        let entries: Vec<(&Vec<u8>, &Summary)> = sound.map(|((_, tip), summary)| (tip, summary)).collect();
        let Ok(body) = postcard::to_allocvec(&entries) else { return };
        let mut bytes = FORMAT.as_bytes().to_vec();
        bytes.extend_from_slice(blake3::hash(&body).as_bytes());
        bytes.extend_from_slice(&body);
        self.replace_cache(&self.summaries_path(), &bytes);
    }
}

fn summary(slug: &Slug, loaded: Loaded) -> Summary {
    let plan = loaded.plan;
    Summary {
        slug: slug.clone(),
        title: plan.title().to_owned(),
        status: plan.field(Field::Status).to_owned(),
        archived: plan.is_archived(),
        steps: plan.step_progress(),
        criteria: plan.criteria_progress(),
        blockers: plan.items_of(Kind::Blocker).filter(|blocker| !blocker.is_ticked()).count(),
        updated: plan.last().map(|last| last.at),
        current: plan.current_step().map(|step| step.item.text().to_owned()),
        damaged: loaded.damage.first().map(|damage| format!("{}: {}", damage.commit, damage.reason)),
    }
}

type Cache = BTreeMap<(Slug, Vec<u8>), Summary>;

fn damaged(slug: &Slug, reason: String) -> Summary {
    Summary {
        slug: slug.clone(),
        title: String::new(),
        status: String::new(),
        archived: false,
        steps: Progress::default(),
        criteria: Progress::default(),
        blockers: 0,
        updated: None,
        current: None,
        damaged: Some(reason),
    }
}
