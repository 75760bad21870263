//! Absorbing what an edit did to the blocks of conflicts.
//!
//! What may be relied on: an edit that leaves a block as it is settles nothing; one that takes it out settles the
//! conflict with what stands in the view then, and one that leaves a single side settles it with that side. What cannot
//! be settled so is named in the report, and stays in conflict.

use super::{AbsorbError, Found, Ignored, Report};
use crate::author::resolve::{self, Choice};
use crate::state::Target;
use crate::view::disputes::{Block, Left, placed, strip};
use crate::view::undisputed;
use crate::{Batch, Kind};

/// Absorbs an edit: what `text` makes of the text without its blocks, then what became of the blocks.
pub(super) fn absorb(
    batch: &mut Batch,
    edited: &str,
    text: impl FnOnce(&mut Batch, &str) -> Result<Report, AbsorbError>,
) -> Result<Report, AbsorbError> {
    let (mut parts, eol) = undisputed(batch.plan(), batch.plan().layout());
    let blocks = placed(batch.plan(), &mut parts, eol);
    if blocks.is_empty() {
        return text(batch, edited);
    }
    let stripped = strip(edited, &blocks);
    let mut report = text(batch, &stripped.text)?;
    let line = |line: usize| line.checked_sub(1).and_then(|at| stripped.lines.get(at)).copied().unwrap_or(line);
    report.found.iter_mut().for_each(|found| found.line = line(found.line));
    report.ignored.iter_mut().for_each(|ignored| ignored.line = line(ignored.line));
    for (line, text) in stripped.strange {
        let reason = "a conflict is settled by what stands outside its block, or by one side that is left in it";
        report.ignored.push(Ignored { line, text, reason });
    }
    for (block, left) in blocks.iter().zip(stripped.left) {
        settle(batch, block, left, &mut report);
    }
    Ok(report)
}

fn settle(batch: &mut Batch, block: &Block, left: Left, report: &mut Report) {
    let conflict = &block.conflict;
    let choice = match left {
        Left::Whole => return,
        Left::Gone => Choice::Shown,
        Left::Side(side) => Choice::Side(side),
    };
    let id = conflict.id();
    // What the edit says of the text may have settled it already.
    let is_open = batch.plan().conflicts().iter().any(|open| open.id() == id);
    if is_open && resolve::resolve(batch, conflict, choice).is_err() {
        let reason = "taking the block out does not say which side counts: leave one side in it";
        report.ignored.push(Ignored { line: 0, text: resolve::label(batch.plan(), conflict), reason });
        return;
    }
    let item = match conflict.target {
        Target::Item(id) => Some(id),
        _ => None,
    };
    let kind = item.and_then(|id| batch.plan().item(id)).map_or(Kind::Section, crate::Item::kind);
    let text = resolve::label(batch.plan(), conflict);
    report.found.push(Found { line: 0, what: "settled", item, kind, text, matched: None });
}
