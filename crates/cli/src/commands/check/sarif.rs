//! Findings as SARIF 2.1.0, the form in which code hosts take what linters find.
//!
//! The file is that of the plan, whether or not it is there; the line is that of its view, or 1 where the view does not
//! show the place or shows several that look the same.

use git_plan_core::check::{Code, Severity};
use git_plan_core::trail::Subject;
use git_plan_core::{Plan, view};
use serde_json::{Value, json};

use super::{Checked, parts, place, target};
use crate::excerpt;
use crate::session::Session;

/// The log of one run over these plans.
pub fn log(session: &Session, checked: &[Checked]) -> Value {
    let rules: Vec<Value> = Code::ALL.iter().map(rule).collect();
    let results: Vec<Value> = checked.iter().flat_map(|one| results(session, one)).collect();
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "git-plan",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": rules,
            } },
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    })
}

const fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Notice => "note",
    }
}

fn rule(code: &Code) -> Value {
    json!({
        "id": code.as_str(),
        "shortDescription": { "text": code.about() },
        "defaultConfiguration": { "level": level(code.severity()) },
        "properties": { "group": code.group().as_str() },
    })
}

fn results(session: &Session, checked: &Checked) -> Vec<Value> {
    let (slug, plan) = parts(&checked.read);
    let home = session.home(slug, plan).ok().and_then(|place| place.inside);
    let file = address(&home.unwrap_or_else(|| session.usual(slug)).to_string_lossy().replace('\\', "/"));
    let view = view::render(plan, plan.layout());
    let result = |finding: &git_plan_core::check::Finding| {
        let rule = Code::ALL.iter().position(|code| *code == finding.code);
        let about = place(plan, finding);
        json!({
            "ruleId": finding.code.as_str(),
            "ruleIndex": rule,
            "level": level(finding.severity),
            "message": { "text": format!("{about}: {}. To mend it: {}", finding.reason, finding.fix) },
            "locations": [{
                "physicalLocation": {
                    "artifactLocation": { "uri": file, "uriBaseId": "%SRCROOT%" },
                    "region": { "startLine": line(plan, &view, finding.place) },
                },
                "logicalLocations": [{ "name": about, "fullyQualifiedName": format!("{slug}/{}", target(finding.place)) }],
            }],
            "partialFingerprints": { "gitPlan/v1": format!("{slug}/{}/{}", finding.code.as_str(), target(finding.place)) },
        })
    };
    checked.findings.iter().map(result).collect()
}

/// The line of the view that shows a place.
fn line(plan: &Plan, view: &str, place: Subject) -> usize {
    let named = match place {
        Subject::Plan | Subject::Field(_) => return 1,
        Subject::Section(_) | Subject::Item(_) => target(place),
    };
    let start = excerpt::find(plan, view, &named).map_or(0, |range| range.start);
    1 + view.bytes().take(start).filter(|&byte| byte == b'\n').count()
}

/// A path as a relative URI.
fn address(path: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte);
    path.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}
