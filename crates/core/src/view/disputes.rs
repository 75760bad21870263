//! Conflicts in a view: a block for each, right below what it is about, in any layout.
//!
//! What may be relied on: a view without its blocks is the view of the same plan if nobody disagreed about how things are
//! shown; each conflict has one block; taking the blocks out of an edited view again finds what its author did to each. A
//! block is a quotation, which renders as a warning where alerts are known, and never changes what stands around it.
//! Spec: spec/5-view.md, V37 to V39.
//!
//! How: the parts of a view know what they show; a block goes behind the first part that shows its target.

use super::sheet::Owner;
use crate::author::find;
use crate::author::resolve::letter;
use crate::import::markers;
use crate::merge;
use crate::prelude::*;
use crate::state::{Conflict, ConflictKind, Detail, Plan, Side, Target};
use crate::text::{clipped, line};
use crate::{ItemId, Parent};

/// The line that a block begins with.
pub(crate) const OPENS: &str = "> [!WARNING]";
/// How its second line begins, up to the conflict's id.
const NAMES: &str = "> **Conflict ";

/// A block as it stands in a view.
#[derive(Debug, Clone)]
pub(crate) struct Block {
    pub(crate) conflict: Conflict,
    /// Its lines, without indentation and line ends.
    lines: Vec<String>,
    /// Whether what stands before it had no line end, and got one, as the view has none at its end.
    ends_line: bool,
    /// Whether a blank line was put before it, and behind it.
    blank: (bool, bool),
}

/// Puts the blocks behind the parts of a view that they are about, and says which there are, in the order of the view.
pub(crate) fn placed(plan: &Plan, parts: &mut Vec<(Owner, String)>, eol: &str) -> Vec<Block> {
    let mut homes: BTreeMap<usize, Vec<Block>> = BTreeMap::new();
    for conflict in plan.conflicts() {
        let at = home(plan, &conflict, parts).unwrap_or_else(|| last(parts));
        let block = Block { lines: lines(plan, &conflict), conflict, ends_line: false, blank: (false, false) };
        homes.entry(at).or_default().push(block);
    }
    for (&at, blocks) in &mut homes {
        let next = parts[at + 1..].iter().map(|(_, text)| text.as_str()).find(|text| !text.is_empty());
        let goes_on = next.is_some_and(goes_on);
        if let Some((owner, text)) = parts.get_mut(at) {
            let is_item = matches!(owner, Owner::Item(_) | Owner::Entry(..));
            *text = behind(text, is_item, goes_on, blocks, eol);
        }
    }
    homes.into_values().flatten().collect()
}

/// A part with blocks behind it, before the blank lines that it ends with.
fn behind(part: &str, is_item: bool, goes_on: bool, blocks: &mut [Block], eol: &str) -> String {
    let kept = part.trim_end_matches(['\n', '\r', ' ', '\t']).len();
    let end = part[kept..].find('\n').map_or(part.len(), |at| kept + at + 1);
    let (before, blanks) = part.split_at(end);
    let first = before.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let marker = markers::marker(first).filter(|_| is_item);
    let column = match &marker {
        Some(marker) => marker.content,
        None if is_item => first.len() - first.trim_start().len(),
        None => 0,
    };
    let unended = !before.is_empty() && !before.ends_with('\n');
    let mut text = before.to_owned();
    if unended {
        text.push_str(eol);
    }
    let count = blocks.len();
    for (nth, block) in blocks.iter_mut().enumerate() {
        let is_last = nth + 1 == count;
        // A list item needs no blank line before a quotation, and would be set apart by one.
        block.blank.0 = nth > 0 || (marker.is_none() && !before.is_empty());
        block.blank.1 = is_last && blanks.is_empty() && goes_on;
        block.ends_line = is_last && unended;
        if block.blank.0 {
            text.push_str(eol);
        }
        for line in &block.lines {
            text.push_str(&format!("{:column$}{line}{eol}", ""));
        }
        if block.ends_line {
            text.truncate(text.len() - eol.len());
        }
        if block.blank.1 {
            text.push_str(eol);
        }
    }
    text + blanks
}

/// Whether a text that follows a quotation without a blank line would be read as part of it.
fn goes_on(next: &str) -> bool {
    let first = next.lines().next().unwrap_or_default();
    let breaks = first.trim().is_empty() || markers::marker(first).is_some();
    !breaks && !first.trim_start().starts_with(['#', '`', '~', '<', '|'])
}

/// The part behind which the block of a conflict goes.
fn home(plan: &Plan, conflict: &Conflict, parts: &[(Owner, String)]) -> Option<usize> {
    let first = |wanted: &dyn Fn(&Owner) -> bool| parts.iter().position(|(owner, _)| wanted(owner));
    let shows = |id: ItemId| {
        first(&|owner| *owner == Owner::Item(id))
            .or_else(|| of_section(conflict, Parent::Node(id), parts))
            .or_else(|| first(&|owner| *owner == Owner::Entry(id, id)))
    };
    match conflict.target {
        Target::Plan => first(&|owner| *owner == Owner::Title),
        Target::Section(role) => of_section(conflict, Parent::Standing(role), parts),
        // A blocker on a question is shown there.
        Target::Item(id) => shows(id).or_else(|| match plan.item(id).map(|item| &item.detail) {
            Some(Detail::Blocker { on: Some(on), .. }) => shows(*on),
            _ => None,
        }),
    }
}

fn of_section(conflict: &Conflict, section: Parent, parts: &[(Owner, String)]) -> Option<usize> {
    let last = |wanted: Owner| parts.iter().rposition(|(owner, _)| *owner == wanted);
    let heading = last(Owner::Heading(section));
    if matches!(conflict.field, "prose" | "body") { last(Owner::Prose(section)).or(heading) } else { heading }
}

/// The part behind which goes what is about nothing that is shown: the last that is not the layout's own.
fn last(parts: &mut Vec<(Owner, String)>) -> usize {
    if parts.is_empty() {
        parts.push((Owner::Written, String::new()));
    }
    parts.iter().rposition(|(owner, _)| *owner != Owner::Written).unwrap_or(parts.len() - 1)
}

/// A side of a conflict as a person is told of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// The letter that it goes by.
    pub letter: String,
    /// What it says, on one line; empty where `changed` says it.
    pub value: String,
    /// Who, when, and in which event.
    pub by: String,
    /// Of a text, the lines in which it differs from what is shown, as a diff has them.
    pub changed: Vec<String>,
}

/// The sides of a conflict as a person is told of them, in order.
#[must_use]
pub fn sides(plan: &Plan, conflict: &Conflict) -> Vec<Told> {
    let told = |(at, side): (usize, &Side)| {
        let person = plan.person(side.stamp);
        let who = person.map_or("", |person| person.agent.as_deref().unwrap_or(&person.actor.name));
        let by = format!("{}, {}, {}", line(who), side.stamp.at.minute(), side.stamp.id.short());
        let changed = if conflict.kind == ConflictKind::Text { changed(plan, conflict, side) } else { None };
        let value = match &changed {
            None => value(plan, conflict, side),
            Some(changed) if changed.is_empty() => "as it stands here".to_owned(),
            Some(_) => String::new(),
        };
        Told { letter: letter(at), value, by, changed: changed.unwrap_or_default() }
    };
    conflict.sides.iter().enumerate().map(told).collect()
}

/// What a conflict is, and what was there before: `the state was changed differently (before: doing)`.
#[must_use]
pub fn headline(plan: &Plan, conflict: &Conflict) -> String {
    let before = conflict.base.as_deref().filter(|_| conflict.kind != ConflictKind::Text);
    let before = before.map(|base| format!(" (before: {})", said(plan, conflict.kind, base)));
    what(conflict) + &before.unwrap_or_default()
}

/// The lines of a block.
fn lines(plan: &Plan, conflict: &Conflict) -> Vec<String> {
    let mut lines = vec![OPENS.to_owned(), format!("{NAMES}{}**: {}", conflict.id(), headline(plan, conflict))];
    for Told { letter, value, by, changed } in sides(plan, conflict) {
        let space = if value.is_empty() { "" } else { " " };
        lines.push(format!("> - {letter}: {value}{space}({by})"));
        if !changed.is_empty() {
            let fence = fence(&changed);
            lines.push(format!(">   {fence}diff"));
            lines.extend(changed.into_iter().map(|line| format!(">   {line}")));
            lines.push(format!(">   {fence}"));
        }
    }
    lines.push(">".to_owned());
    lines.push("> To settle it, edit what stands here and delete this block, or leave one side in it.".to_owned());
    lines
}

fn what(conflict: &Conflict) -> String {
    match (conflict.kind, conflict.field) {
        (ConflictKind::Text, _) => "the same lines were changed differently".to_owned(),
        (ConflictKind::Place, _) => "it was moved to different places".to_owned(),
        (ConflictKind::Cycle, _) => "it was moved below something that was moved below it".to_owned(),
        (ConflictKind::Succession, _) => "several decisions took its place".to_owned(),
        (ConflictKind::Existence, "archived") => {
            "the plan was archived, and changed by who did not see that".to_owned()
        }
        (ConflictKind::Existence, _) => "it was removed, and changed by who did not see that".to_owned(),
        (ConflictKind::Claim, "state") => "several began it".to_owned(),
        (ConflictKind::Claim, _) => "several took it".to_owned(),
        (ConflictKind::Choice, _) => "several decisions settle it".to_owned(),
        (_, field) => format!("the {} was changed differently", field.replace('_', " ")),
    }
}

/// What a side says, on one line.
fn value(plan: &Plan, conflict: &Conflict, side: &Side) -> String {
    match (conflict.kind, side.of.and_then(|id| plan.item(id))) {
        (ConflictKind::Cycle, Some(item)) => {
            format!("{} {}", find::label(plan, item), said(plan, conflict.kind, &side.value))
        }
        (ConflictKind::Choice, Some(item)) => format!("{} ({})", line(item.text()), item.id().short()),
        (ConflictKind::Value, None) if side.value.is_empty() => "nothing".to_owned(),
        (kind, _) => said(plan, kind, &side.value),
    }
}

fn said(plan: &Plan, kind: ConflictKind, value: &str) -> String {
    let item = value.parse::<ItemId>().ok().and_then(|id| plan.item(id));
    match (kind, item) {
        (ConflictKind::Place | ConflictKind::Cycle | ConflictKind::Order, Some(item)) => {
            format!("below {}: {}", find::label(plan, item), clipped(item.text(), 60))
        }
        (ConflictKind::Place | ConflictKind::Cycle | ConflictKind::Order, None) => format!("in {}", line(value)),
        (ConflictKind::Succession, Some(item)) => format!("{} ({})", line(item.text()), item.id().short()),
        _ => line(value),
    }
}

/// The lines in which a side of a text differs from what is shown; none where it cannot be told by lines.
fn changed(plan: &Plan, conflict: &Conflict, side: &Side) -> Option<Vec<String>> {
    let register = match (conflict.target, conflict.field) {
        (Target::Section(role), _) => plan.prose(role)?,
        (Target::Item(id), "body") => plan.item(id)?.body.as_deref()?,
        (Target::Item(id), _) => &plan.item(id)?.text,
        (Target::Plan, _) => return None,
    };
    let write = register.writes().find(|write| write.stamp == side.stamp)?;
    Some(merge::changes(register.value(), &register.following(write)))
}

fn fence(lines: &[String]) -> String {
    let run = |line: &String| line.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    "`".repeat(lines.iter().map(run).max().unwrap_or(0).max(2) + 1)
}

/// What the author of an edit did to a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Left {
    /// Nothing.
    Whole,
    /// It is gone.
    Gone,
    /// One side was left in it.
    Side(usize),
}

/// An edited view without its blocks.
#[derive(Debug, Default)]
pub(crate) struct Stripped {
    pub(crate) text: String,
    /// For each line of the text, its number in the edited view, counted from 1.
    pub(crate) lines: Vec<usize>,
    /// What became of each block, in order.
    pub(crate) left: Vec<Left>,
    /// Lines in blocks that are none of theirs.
    pub(crate) strange: Vec<(usize, String)>,
}

/// Takes the blocks out of an edited view.
pub(crate) fn strip(edited: &str, blocks: &[Block]) -> Stripped {
    let lines: Vec<&str> = edited.split_inclusive('\n').collect();
    let quoted = |at: usize| lines.get(at).map(|line| line.trim()).filter(|line| line.starts_with('>'));
    let named = |at: usize| -> Option<usize> {
        let id = quoted(at)?.strip_prefix(NAMES)?.split('*').next()?;
        blocks.iter().position(|block| block.conflict.id() == id)
    };
    let mut out = Stripped { left: vec![Left::Gone; blocks.len()], ..Stripped::default() };
    let mut kept: Vec<(usize, &str)> = Vec::with_capacity(lines.len());
    let mut at = 0;
    while at < lines.len() {
        let opens = usize::from(quoted(at) == Some(OPENS));
        let Some(which) = named(at + opens) else {
            kept.push((at + 1, lines[at]));
            at += 1;
            continue;
        };
        let block = &blocks[which];
        let begin = at;
        at += opens + 1;
        while quoted(at).is_some_and(|line| line != OPENS) && named(at).is_none() {
            at += 1;
        }
        let found: Vec<&str> = lines[begin..at].iter().map(|line| line.trim()).collect();
        out.left[which] = block.left(&found);
        let known: BTreeSet<&str> = block.lines.iter().map(|line| line.trim()).collect();
        let strange = found.iter().enumerate().filter(|(_, line)| !known.contains(**line));
        out.strange.extend(strange.map(|(nth, line)| (begin + nth + 1, (*line).to_owned())));
        let is_blank = |line: &str| line.trim().is_empty();
        if block.blank.0 && kept.last().is_some_and(|(_, line)| is_blank(line)) {
            kept.pop();
        }
        if block.blank.1 && lines.get(at).is_some_and(|line| is_blank(line)) {
            at += 1;
        }
        if block.ends_line
            && at >= lines.len()
            && let Some((_, last)) = kept.last_mut()
        {
            *last = last.strip_suffix('\n').map_or(*last, |line| line.strip_suffix('\r').unwrap_or(line));
        }
    }
    out.lines = kept.iter().map(|(number, _)| *number).collect();
    out.text = kept.into_iter().map(|(_, line)| line).collect();
    out
}

impl Block {
    /// What is left of it.
    fn left(&self, found: &[&str]) -> Left {
        let has = |side: usize| found.iter().any(|line| line.starts_with(&format!("> - {}: ", letter(side))));
        let sides: Vec<usize> = (0..self.conflict.sides.len()).filter(|&side| has(side)).collect();
        match sides.as_slice() {
            [one] => Left::Side(*one),
            [] => Left::Gone,
            _ => Left::Whole,
        }
    }
}
