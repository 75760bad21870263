//! What a check tells: what was checked, one line each, and what was found.

use std::path::PathBuf;

use git_plan_core::audit::{Audit, Finding, Place, Severity};
use git_plan_core::{Plan, Slug};
use serde_json::{Value, json};

use crate::exit::Failure;
use crate::ui::{Page, Style, Ui};

/// How many findings of one kind are told to a person.
const TOLD: usize = 10;

/// What was checked.
#[derive(Default)]
pub struct Subject<'s> {
    /// The plan's name.
    pub slug: Option<&'s Slug>,
    /// The plan.
    pub plan: Option<&'s Plan>,
    /// The file that it was read from.
    pub file: Option<&'s str>,
    /// The files that were written.
    pub written: Option<&'s [PathBuf]>,
}

/// Tells what a check found; says whether all is sound.
pub fn tell(subject: &Subject<'_>, audit: &Audit, ui: &mut Ui) -> Result<bool, Failure> {
    let sound = audit.is_sound();
    if ui.json {
        json_of(subject, audit, ui)?;
        return Ok(sound);
    }
    let mut page = ui.page();
    let name = subject.file.or(subject.slug.map(Slug::as_str)).unwrap_or_default();
    page.paint(Style::Heading, name).put(": ");
    let [errors, warnings, notices] = [Severity::Error, Severity::Warning, Severity::Notice].map(|s| audit.count(s));
    let many = |count: usize, what: &str| match count {
        0 => None,
        1 => Some(format!("1 {what}")),
        _ => Some(format!("{count} {what}s")),
    };
    let found: Vec<String> =
        [many(errors, "error"), many(warnings, "warning"), many(notices, "notice")].into_iter().flatten().collect();
    let found = if found.is_empty() { String::new() } else { format!(", {}", found.join(", ")) };
    match sound {
        true => page.paint(Style::Done, "sound").put(&found).end(),
        false => page.paint(Style::Blocked, "not sound").put(&found).end(),
    };
    for checked in &audit.checked {
        page.put(&format!("{:>7}  {}", checked.count, checked.words)).end();
    }
    findings(&mut page, &audit.findings);
    for path in subject.written.into_iter().flatten() {
        page.put(&format!("{} written", path.display())).end();
    }
    ui.show(&page)?;
    Ok(sound)
}

/// The findings, the serious ones first; of many of one kind, the first few.
pub fn findings(page: &mut Page, findings: &[Finding]) {
    let mut sorted: Vec<&Finding> = findings.iter().collect();
    sorted.sort_by_key(|finding| (std::cmp::Reverse(finding.severity), finding.code));
    for alike in sorted.chunk_by(|one, next| one.code == next.code && one.severity == next.severity) {
        for finding in alike.iter().take(TOLD) {
            one(page, finding);
        }
        if let Some(first) = alike.first() {
            if alike.len() > TOLD {
                page.put(&format!("  and {} more like this; --json has all", alike.len() - TOLD)).end();
            }
            page.paint(Style::Faint, &format!("  {}", first.code.advice())).end();
        }
    }
}

fn one(page: &mut Page, finding: &Finding) {
    let style = match finding.severity {
        Severity::Error => Style::Blocked,
        Severity::Warning => Style::Doing,
        Severity::Notice => Style::Faint,
    };
    page.paint(style, finding.severity.as_str()).put(" ").put(finding.code.as_str()).put(": ");
    page.put(&finding.place.to_string());
    if let Some(event) = finding.event {
        page.put(&format!(", event {}", event.prefix(12)));
    }
    page.end().put("  ").put(&one_line(&finding.found)).put("; expected ").put(&one_line(&finding.expected)).end();
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn json_of(subject: &Subject<'_>, audit: &Audit, ui: &mut Ui) -> Result<(), Failure> {
    let checked: Vec<Value> = audit
        .checked
        .iter()
        .map(|checked| json!({ "what": checked.what, "count": checked.count, "words": checked.words }))
        .collect();
    let mut data = json!({
        "sound": audit.is_sound(),
        "errors": audit.count(Severity::Error),
        "warnings": audit.count(Severity::Warning),
        "notices": audit.count(Severity::Notice),
        "checked": checked,
        "findings": audit.findings.iter().map(finding_json).collect::<Vec<_>>(),
    });
    if let Some(file) = subject.file {
        data["file"] = file.into();
    }
    if let Some(written) = subject.written {
        data["written"] = written.iter().map(|path| Value::from(path.display().to_string())).collect();
    }
    let heads = subject.plan.map(|plan| plan.heads().iter().collect::<Vec<_>>()).unwrap_or_default();
    Ok(ui.data("verify", subject.slug.map(Slug::as_str), heads, data)?)
}

/// A finding as JSON.
pub fn finding_json(finding: &Finding) -> Value {
    let mut value = json!({
        "code": finding.code.as_str(),
        "severity": finding.severity.as_str(),
        "found": finding.found,
        "expected": finding.expected,
        "advice": finding.code.advice(),
    });
    match &finding.place {
        Place::Plan => {}
        Place::Line(number) => value["line"] = (*number).into(),
        Place::Commit(id) => value["commit"] = id.as_str().into(),
        Place::Ref(name) => value["ref"] = name.as_str().into(),
        Place::File(name) => value["file"] = name.as_str().into(),
    }
    if let Some(event) = finding.event {
        value["event"] = event.to_string().into();
    }
    value
}
