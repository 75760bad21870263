//! What lies beside the commits and makes somebody see another history: replace refs, grafts, a shallow boundary, a
//! snapshot that is not what the events make.

use std::fs;
use std::io::ErrorKind;

use git_plan_core::Slug;
use git_plan_core::audit::{Code, Finding, Place};
use gix::hash::ObjectId;

use super::Verified;
use crate::error::{At, Result};
use crate::repository::Repository;
use crate::snapshot::Snapshot;

impl Repository {
    /// Looks for what stands before or in place of the commits of a plan.
    pub(super) fn look_beside(&self, slug: &Slug, verified: &mut Verified) -> Result<()> {
        let mut findings = Vec::new();
        for listed in self.list_refs("refs/replace/")? {
            let replaced = listed.name.strip_prefix("refs/replace/").and_then(|hex| hex.parse::<ObjectId>().ok());
            if let Some(commit) = replaced.filter(|commit| verified.walked.nodes.contains_key(commit)) {
                let by = listed.tip.map_or_else(|e| e.to_string(), |tip| tip.to_string());
                findings.push(standing_before(
                    Code::Replaced,
                    commit,
                    format!("{} shows {by} in its place", listed.name),
                ));
            }
        }
        for commit in self.grafts()?.into_iter().filter(|commit| verified.walked.nodes.contains_key(commit)) {
            findings.push(standing_before(Code::Grafted, commit, "info/grafts gives it other parents".to_owned()));
        }
        for commit in self.shallow()?.into_iter().filter(|commit| verified.walked.nodes.contains_key(commit)) {
            findings.push(standing_before(Code::Shallow, commit, "the clone has nothing below it".to_owned()));
        }
        verified.audit.findings.append(&mut findings);
        let read = verified.walked.nodes.len();
        verified.audit.checked(
            "stand-ins",
            read,
            "commits looked up among replace refs, grafts and shallow boundaries",
        );
        if let Some(snapshot) = self.whole_snapshot(slug) {
            self.check_snapshot(slug, snapshot, verified)?;
        }
        Ok(())
    }

    /// Whether the state that is kept, with what came after it, is what all events make.
    fn check_snapshot(&self, slug: &Slug, snapshot: Snapshot, verified: &mut Verified) -> Result<()> {
        // One that is of another history is never used.
        if !verified.walked.nodes.contains_key(&snapshot.commit) {
            return Ok(());
        }
        let commit = snapshot.commit;
        let (loaded, _) = self.load_counting(verified.tip, Some(snapshot))?;
        if loaded.plan.to_json() != verified.plan.to_json() {
            let place = Place::File(format!("git-plan/snapshots/{slug}"));
            let found = format!("the state that is kept of commit {commit} differs");
            let expected = "the state that the events make";
            verified.audit.findings.push(Finding::new(Code::SnapshotDiffers, place, found, expected));
        }
        verified.audit.checked("snapshot", 1, "kept state compared with the replay of all events");
        Ok(())
    }

    /// The commits that `info/grafts` gives other parents.
    fn grafts(&self) -> Result<Vec<ObjectId>> {
        let path = self.common_dir().join("info/grafts");
        let list = match fs::read(&path) {
            Ok(list) => list,
            Err(e) if e.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
            Err(e) => return Err(e).at("read", &path),
        };
        let first = |line: &[u8]| ObjectId::from_hex(line.split(|&byte| byte == b' ').next()?).ok();
        Ok(list.split(|&byte| byte == b'\n').filter_map(first).collect())
    }
}

fn standing_before(code: Code, commit: ObjectId, found: String) -> Finding {
    Finding::new(code, Place::Commit(commit.to_string()), found, "the commit itself, and all below it")
}
