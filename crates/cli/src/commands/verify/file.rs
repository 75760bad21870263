//! An export, checked alone: no repository is opened.

use std::path::{Path, PathBuf};

use git_plan_core::Timestamp;
use git_plan_core::audit::{self, Place};
use git_plan_store::Verifier;

use super::bundle as folder;
use super::told::{self, Subject};
use crate::bundle::{COMMITMENT, EVENTS};
use crate::exit::{Failure, Status};
use crate::ui::Ui;

/// Whether a name is that of a file or a folder, and not of a plan: no plan's name has a slash or a dot.
pub fn is_meant(name: &str) -> bool {
    name == "-" || name.contains(['/', '.']) || Path::new(name).join(EVENTS).is_file()
}

/// Checks the file or the folder of this name, or what is given in its place.
pub fn run(
    name: &str,
    given: Option<Vec<u8>>,
    against: Option<&Path>,
    (verifier, now): (&Verifier, Timestamp),
    ui: &mut Ui,
) -> Result<(), Failure> {
    let path = Path::new(name);
    let mut against: Option<PathBuf> = against.map(Path::to_owned);
    let bytes = if let Some(given) = given {
        given
    } else if path.is_dir() {
        let commitment = path.join(COMMITMENT);
        against = against.or(commitment.is_file().then_some(commitment));
        super::read(&path.join(EVENTS))?
    } else {
        super::read(path)?
    };
    let exported = audit::export(&bytes, now);
    let beside = if folder::is_one(path) { Some(folder::check(path, &exported, verifier)?) } else { None };
    let audit::Exported { events, lines, plan, mut audit } = exported;
    if let Some(beside) = beside {
        audit.extend(beside);
    }
    if let Some(path) = &against {
        let (commitment, findings) = super::read_commitment(path, verifier)?;
        let place = Place::File(path.display().to_string());
        audit.findings.extend(audit::check_commitment(&commitment, &events, |at| lines[at], &place));
        audit.findings.extend(findings);
        let events = usize::try_from(commitment.events).unwrap_or(usize::MAX);
        audit.checked("commitment", events, format!("events looked for that were committed to at {}", commitment.at));
    }
    let subject = Subject { slug: plan.slug(), plan: Some(&plan), file: Some(name), written: None };
    if told::tell(&subject, &audit, ui)? { Ok(()) } else { Err(Failure::answered(Status::Damaged)) }
}
