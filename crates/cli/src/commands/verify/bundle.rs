//! A bundle that proves itself, checked alone: each file against its sums, and what is derived against the events.

use std::collections::BTreeSet;
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use git_plan_core::audit::{Audit, Code, Exported, Finding, Place, state_text};
use git_plan_core::{EventId, bytes, view};
use git_plan_store::{Attested, Verifier, open_commit};
use serde_json::Value;

use crate::bundle::{self, b3_line, sha256_line};
use crate::exit::Failure;

/// Whether a folder is a bundle, or was one.
pub fn is_one(folder: &Path) -> bool {
    [bundle::SHA256SUMS, bundle::B3SUMS, bundle::COMMITS].iter().any(|name| folder.join(name).exists())
}

/// Checks the files of a folder beside the events.
pub fn check(folder: &Path, read: &Exported<'_>, verifier: &Verifier) -> Result<Audit, Failure> {
    let mut audit = Audit::default();
    let held = |name: &str| std::fs::read(folder.join(name)).ok();
    let mut present = Vec::new();
    for name in bundle::SUMMED.into_iter().chain([bundle::B3SUMS, bundle::SHA256SUMS]) {
        match held(name) {
            Some(bytes) => present.push((name, bytes)),
            None => audit.findings.push(file(Code::FileMissing, name, "there is no such file", "a file of the bundle")),
        }
    }
    let of = |name: &str| present.iter().find(|(known, _)| *known == name).map_or(&[][..], |(_, bytes)| bytes);
    sums(&mut audit, &present, bundle::B3SUMS, b3_line);
    sums(&mut audit, &present, bundle::SHA256SUMS, sha256_line);
    let plan = &read.plan;
    let derived = [
        (bundle::STATE, state_text(plan).into_bytes()),
        (bundle::VIEW, bytes::bytes(&view::render(plan, plan.layout())).into_owned()),
    ];
    for (name, expected) in derived {
        if of(name) != expected {
            audit.findings.push(file(Code::FileDiffers, name, "it is not what the events make", "what they make"));
        }
    }
    audit.checked("files", present.len(), "files compared with their sums; state and view with the events");
    let tips = commits(&mut audit, of(bundle::COMMITS), read);
    if !tips
        .iter()
        .any(|tip| of(bundle::BUNDLE).split(|&b| b == b'\n').take(8).any(|line| line.starts_with(tip.as_bytes())))
    {
        let expected = "a bundle of the commit that has all others below it";
        audit.findings.push(file(Code::FileDiffers, bundle::BUNDLE, "it is of something else", expected));
    }
    let signature = folder.join(format!("{}.sig", bundle::SHA256SUMS));
    if signature.exists() {
        let place = Place::File(signature.display().to_string());
        let fits = "a signature over the sums by one who is trusted";
        match verifier.check(of(bundle::SHA256SUMS), &signature)? {
            Attested::Good(_) => {}
            Attested::Untrusted(said) => {
                audit.findings.push(Finding::new(Code::CommitmentUntrusted, place, said, fits))
            }
            Attested::Bad(said) => audit.findings.push(Finding::new(Code::CommitmentBadSignature, place, said, fits)),
        }
    }
    Ok(audit)
}

/// Holds a file of sums against the files before it, and against the form that it is written in.
fn sums(audit: &mut Audit, present: &[(&str, Vec<u8>)], sums: &str, line: fn(&str, &[u8]) -> String) {
    let Some(at) = present.iter().position(|(name, _)| *name == sums) else { return };
    let expected: Vec<(&str, String)> = present[..at].iter().map(|(name, bytes)| (*name, line(name, bytes))).collect();
    let text = String::from_utf8_lossy(&present[at].1).into_owned();
    let written: BTreeSet<&str> = text.split_inclusive('\n').collect();
    for (name, line) in &expected {
        if !written.contains(line.as_str()) {
            audit.findings.push(file(
                Code::FileDiffers,
                name,
                &format!("its digest is not that of {sums}"),
                "the file that was summed",
            ));
        }
    }
    if text != expected.iter().map(|(_, line)| line.as_str()).collect::<String>() {
        audit.findings.push(file(
            Code::FileDiffers,
            sums,
            "it is not the sums of these files",
            "a line for each, in order",
        ));
    }
}

/// Opens each commit and holds its event against the lines; gives the commits that no other has as a parent.
fn commits(audit: &mut Audit, text: &[u8], read: &Exported<'_>) -> BTreeSet<String> {
    let (mut carried, mut known, mut parents) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    for (number, line) in (1..).zip(text.split(|&byte| byte == b'\n').filter(|line| !line.is_empty())) {
        let said: Value = serde_json::from_slice(line).unwrap_or_default();
        let member = |name: &str| said.get(name).and_then(Value::as_str).unwrap_or_default();
        let raw = STANDARD.decode(member("raw")).unwrap_or_default();
        let mut wrong = |found: String| {
            let place = format!("{}, line {number}", bundle::COMMITS);
            audit.findings.push(file(Code::FileDiffers, &place, &found, "a commit of the plan, and its event"));
        };
        match open_commit(member("commit"), &raw) {
            Err(reason) => wrong(reason),
            Ok(opened) => {
                let event = opened.event.map(EventId::of);
                if event.map(|id| id.to_string()).unwrap_or_default() != member("event") {
                    wrong("it carries another event than it is said to".to_owned());
                }
                carried.extend(event);
                known.insert(member("commit").to_owned());
                parents.extend(opened.parents);
            }
        }
    }
    let lines: BTreeSet<EventId> = read.events.iter().map(|event| event.id).collect();
    if carried != lines || !parents.is_subset(&known) {
        let found = "the commits are not all that carry the events, or carry others";
        audit.findings.push(file(Code::FileDiffers, bundle::COMMITS, found, "a commit for each event, and the joins"));
    }
    audit.checked("commits", known.len(), "commits compared with their ids and events");
    known.difference(&parents).cloned().collect()
}

fn file(code: Code, name: &str, found: &str, expected: &str) -> Finding {
    Finding::new(code, Place::File(name.to_owned()), found, expected)
}
