//! `git plan export --format audit`: a folder that proves itself.

use std::collections::BTreeMap;
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use git_plan_core::audit::{Commitment, state_text};
use git_plan_core::export::{self, jsonl};
use git_plan_core::{Event, EventId, Slug, bytes, view};
use git_plan_store::History;
use serde_json::json;

use super::Work;
use crate::bundle::{self, b3_line, sha256_line};
use crate::exit::{Failure, Status};
use crate::files;

/// Writes the folder.
pub fn run(
    folder: &Path,
    force: bool,
    work: &mut Work<'_>,
    (slug, history): (&Slug, &History),
    export: &export::Export<'_>,
) -> Result<(), Failure> {
    if let Some(damage) = history.damage.first() {
        let message =
            format!("plan {slug} is damaged at commit {}: {}; nothing was written", damage.commit, damage.reason);
        return Err(Failure::new(Status::Damaged, "plan-damaged", message).hinted("`git plan verify` tells all of it"));
    }
    let events: Vec<Event> = export.rows.iter().map(|row| row.event.clone()).collect();
    let commitment = Commitment::of(&events, |at| export.rows[at].bytes, work.session.now);
    let commitment =
        commitment.ok_or_else(|| Failure::new(Status::Damaged, "no-beginning", "the plan has no beginning"))?;
    let commitment = commitment.to_string().into_bytes();
    let repo = &work.session.repo;
    let reference = format!("refs/plans/{slug}");
    let plan = &history.plan;
    let texts = [
        (bundle::EVENTS, jsonl::write(export)),
        (bundle::COMMITS, commits(work, history)?),
        (bundle::BUNDLE, repo.git(["bundle", "create", "--quiet", "-", &reference]).run()?),
        (bundle::VIEW, bytes::bytes(&view::render(plan, plan.layout())).into_owned()),
        (bundle::STATE, state_text(plan).into_bytes()),
        (bundle::REPORT, git_plan_web::page(export).into_bytes()),
    ];
    let mut all: Vec<(String, Vec<u8>)> = texts.into_iter().map(|(name, bytes)| (name.to_owned(), bytes)).collect();
    let signature = repo.attest(&commitment)?;
    all.push((bundle::COMMITMENT.to_owned(), commitment));
    let sums = |line: fn(&str, &[u8]) -> String, all: &[(String, Vec<u8>)]| -> Vec<u8> {
        all.iter().map(|(name, bytes)| line(name, bytes)).collect::<String>().into_bytes()
    };
    let b3 = sums(b3_line, &all);
    all.push((bundle::B3SUMS.to_owned(), b3));
    let sha256 = sums(sha256_line, &all);
    let sums_signature = repo.attest(&sha256)?;
    all.push((bundle::SHA256SUMS.to_owned(), sha256));
    let signatures = [(bundle::COMMITMENT, signature), (bundle::SHA256SUMS, sums_signature)];
    for (name, signature) in signatures {
        all.extend(signature.map(|signature| (format!("{name}.sig"), signature)));
    }
    files::put(folder, &all, force, work.ui)
}

/// Each commit with its bytes, and the event that it carries.
fn commits(work: &Work<'_>, history: &History) -> Result<Vec<u8>, Failure> {
    let carries: BTreeMap<_, EventId> = history.entries.iter().map(|entry| (entry.commit, entry.event.id)).collect();
    let mut out = Vec::new();
    for (id, raw) in work.session.repo.commits_below(history.tip)? {
        let mut line = json!({ "commit": id.to_string(), "raw": STANDARD.encode(&raw) });
        if let Some(event) = carries.get(&id) {
            line["event"] = event.to_string().into();
        }
        out.extend_from_slice(format!("{line}\n").as_bytes());
    }
    Ok(out)
}
