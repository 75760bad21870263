//! `git plan verify --pre-receive`: what a server runs to keep its plans from being rewritten.

use git_plan_core::Timestamp;
use git_plan_core::audit::Severity;
use git_plan_store::{Environment, Repository};
use serde_json::{Value, json};

use super::told;
use crate::exit::{Failure, Status};
use crate::session;
use crate::ui::Ui;

/// Judges what git gives its hook, one ref a line. What is said reaches whoever pushes.
pub fn run(env: &Environment, now: Timestamp, input: &[u8], ui: &mut Ui) -> Result<(), Failure> {
    let repo = Repository::open_receiving(&session::here()?, env)?;
    let mut refused = false;
    for line in String::from_utf8_lossy(input).lines() {
        let Some(pushed) = repo.judge_push(line, now)? else { continue };
        let errors = pushed.findings.iter().filter(|finding| finding.severity == Severity::Error).count();
        refused |= errors > 0;
        if ui.json {
            let findings: Vec<Value> = pushed.findings.iter().map(told::finding_json).collect();
            let data =
                json!({ "ref": pushed.name, "events": pushed.events, "taken": errors == 0, "findings": findings });
            ui.data("pre-receive", None, [], data)?;
        } else if !pushed.findings.is_empty() {
            let mut page = ui.page();
            let verdict = if errors > 0 { "refused" } else { "taken" };
            page.put(&format!("git-plan: {} is {verdict}", pushed.name)).end();
            told::findings(&mut page, &pushed.findings);
            ui.show(&page)?;
        }
    }
    if refused { Err(Failure::answered(Status::Refused)) } else { Ok(()) }
}
