//! What the edit of an item in a house layout says of it.
//!
//! What may be relied on: what the layout puts around an item's wording (marks, owners, what it waits for) is taken off
//! before the wording is compared, so that it is never taken for something said.

use super::AbsorbError;
use super::align::{New, Old};
use super::emit::progress;
use super::house::House;
use crate::change::*;
use crate::event::Absorbed;
use crate::import::document::{ListItem, written};
use crate::import::record::{blocks, entries};
use crate::import::{marks, reading};
use crate::prelude::*;
use crate::state::{Detail, Item};
use crate::{Change, ItemId, Kind, Match, Parent, State, Text};

impl House<'_, '_> {
    pub(super) fn boxed(
        &mut self,
        id: ItemId,
        old: &Old,
        new: &New<'_, '_>,
        matched: Option<Match>,
    ) -> Result<Option<&'static str>, AbsorbError> {
        let (before, after) = (reading::items(&old.text), reading::items(new.unit.source));
        let mut after = after;
        let (Some(item), Some(was)) = (self.emit.batch.plan().item(id), before.first()) else { return Ok(None) };
        // The layout does not wrap: what stands on further lines is prose.
        if let Some(is) = after.first_mut()
            && is.text_lines > was.text_lines
            && let Some((text, more)) = split_lines(is, was.text_lines)
        {
            let gap = if is.body.is_empty() { "" } else { "\n" };
            (is.text, is.body) = (text, format!("{more}{gap}{}", is.body));
        }
        let Some(is) = after.first() else { return Ok(None) };
        let is_step = item.kind() == Kind::Step;
        let read = |root: &ListItem<'_>| {
            let read = marks::step(root.tick, &root.text);
            if is_step {
                return read;
            }
            // A criterion is met or it is not.
            let state = if read.state == State::Done { State::Done } else { State::Todo };
            marks::Marked { text: root.text.clone(), state, ..read }
        };
        let (was_read, is_read) = (read(was), read(is));
        let text = undecorated(&was_read.text, item.text(), &is_read.text);
        let body = |items: &[ListItem<'_>]| below(items, item);
        let new_body = Some(body(&after)).filter(|text| *text != body(&before));
        let wanted = if is.tick.is_none() { was_read.state } else { is_read.state };
        let change = (wanted != was_read.state).then(|| progress(is_step, wanted, id));
        let what = match (change, text) {
            (Some((what, change)), text) => {
                let text = text.map(Text::new).transpose()?;
                let absorbed = Some(Absorbed { matched, source: None, text })
                    .filter(|absorbed| absorbed.text.is_some() || absorbed.matched.is_some());
                let occurred = is_read.occurred.filter(|_| what == "completed" && was_read.occurred.is_none());
                self.emit.batch.record_with(change, |context| {
                    context.absorbed = absorbed.map(Box::new);
                    context.occurred = occurred.or(context.occurred);
                })?;
                Some(what)
            }
            (None, Some(text)) => {
                let change = ItemReworded { item: id, text: Text::new(text)? };
                self.emit.record(change, None, None, matched)?;
                Some("reworded")
            }
            (None, None) => None,
        };
        if let Some(body) = new_body {
            self.emit.batch.record(ProseSet { of: Parent::Node(id), text: Text::new(body)? })?;
            return Ok(what.or(Some("described")));
        }
        Ok(what)
    }

    /// Any other item, whose lines say several things.
    pub(super) fn said(
        &mut self,
        id: ItemId,
        old: &Old,
        new: &New<'_, '_>,
        matched: Option<Match>,
    ) -> Result<Option<&'static str>, AbsorbError> {
        let Some(item) = self.emit.batch.plan().item(id) else { return Ok(None) };
        let (before, after) = (reading::items(&old.text), reading::items(new.unit.source));
        let (old_text, new_text) = (blocks::composed(&before), blocks::composed(&after));
        let (Some(was), Some(is)) = (before.first(), after.first()) else { return Ok(None) };
        let ticked = |root: &ListItem<'_>| matches!(root.tick, Some('x' | 'X' | '✓' | '✔'));
        let (what, change): (&'static str, Change) = match &item.detail {
            Detail::Decision(_) => return self.decision(id, old, new, matched),
            Detail::Question { .. } => {
                let (asked, answered) = asked(&is.text);
                let answer = answered.map(str::to_owned).or_else(|| ticked(is).then(String::new));
                let was_answered = asked_before(&was.text, ticked(was));
                if answer != was_answered {
                    match answer {
                        Some(answer) => {
                            ("answered", QuestionAnswered { answer: Text::new(answer)?, question: id }.into())
                        }
                        None => ("reopened", QuestionReopened { question: id }.into()),
                    }
                } else if asked != item.text() {
                    ("reworded", ItemReworded { item: id, text: Text::new(asked)? }.into())
                } else {
                    return self.described(id, &old_text, &new_text);
                }
            }
            Detail::Blocker { .. } => match (ticked(was), ticked(is)) {
                (false, true) => {
                    let how = asked(&is.text).1.filter(|how| !how.is_empty()).map(Text::new).transpose()?;
                    ("resolved", BlockerResolved { blocker: id, how }.into())
                }
                (true, false) => ("reopened", BlockerReopened { blocker: id }.into()),
                _ => match undecorated(&was.text, item.text(), &is.text) {
                    Some(text) => ("reworded", ItemReworded { item: id, text: Text::new(text)? }.into()),
                    None => return self.described(id, &old_text, &new_text),
                },
            },
            Detail::Story { .. } => match marks::story(&is.text).filter(|_| was.text != is.text) {
                Some((who, wish, end)) => {
                    let (as_a, i_want) = (Some(Text::new(who)?), Some(Text::new(wish)?));
                    let so_that = end.map(Text::new).transpose()?;
                    ("retold", StoryRetold { as_a, i_want, so_that, story: id }.into())
                }
                None => return self.described(id, &old_text, &new_text),
            },
            Detail::Discovery { .. } => {
                let (was, is) = (entries::discovery(&old_text, None)?.0, entries::discovery(&new_text, None)?.0);
                if was.text == is.text {
                    return self.described(id, &old_text, &new_text);
                }
                ("reworded", ItemReworded { item: id, text: is.text }.into())
            }
            _ => {
                let text = undecorated(&old_text, item.text(), &new_text);
                let Some(text) = text else { return Ok(None) };
                ("reworded", ItemReworded { item: id, text: Text::new(text)? }.into())
            }
        };
        self.emit.record(change, None, None, matched)?;
        Ok(Some(what))
    }

    /// Lines that were added below an item belong to its prose.
    fn described(&mut self, id: ItemId, old: &str, new: &str) -> Result<Option<&'static str>, AbsorbError> {
        let known: BTreeSet<&str> = old.lines().map(str::trim).collect();
        let added: Vec<&str> = new.lines().filter(|line| !known.contains(line.trim())).collect();
        if added.is_empty() {
            return Ok(None);
        }
        let body = self.emit.batch.plan().item(id).and_then(|item| item.body()).unwrap_or_default();
        let separator = if body.is_empty() { "" } else { "\n" };
        let text = Text::new(format!("{body}{separator}{}", added.join("\n")))?;
        self.emit.batch.record(ProseSet { of: Parent::Node(id), text })?;
        Ok(Some("described"))
    }

    fn decision(
        &mut self,
        id: ItemId,
        old: &Old,
        new: &New<'_, '_>,
        matched: Option<Match>,
    ) -> Result<Option<&'static str>, AbsorbError> {
        let known: BTreeSet<&str> = old.text.lines().map(str::trim).collect();
        let added = new.unit.source.lines().map(str::trim).filter(|line| !line.is_empty() && !known.contains(line));
        let added: Vec<&str> = added.map(|line| line.trim_start_matches("- ")).collect();
        if added.is_empty() {
            return Ok(None);
        }
        let text = added.join("\n");
        let change = DecisionAmended { decision: id, text: Text::new(text)? };
        self.emit.record(change, None, None, matched)?;
        Ok(Some("amended"))
    }
}

/// The wording in an edited line, without what the layout puts around it; none where it is the item's.
fn undecorated(was: &str, text: &str, is: &str) -> Option<String> {
    let joined = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let (was, text, is) = (joined(was), joined(text), joined(is));
    if was == is {
        return None;
    }
    let bare = match was.split_once(text.as_str()).filter(|_| !text.is_empty()) {
        Some((before, after)) => {
            let is = is.strip_prefix(before).unwrap_or(&is);
            is.strip_suffix(after).unwrap_or(is).trim().to_owned()
        }
        None => is,
    };
    (bare != text).then_some(bare)
}

/// The text of an item on its first lines, and on the others.
fn split_lines(item: &ListItem<'_>, lines: usize) -> Option<(String, String)> {
    let written: Vec<&str> = item.source.lines().take(item.text_lines).collect();
    let more: Vec<&str> = written.get(lines..)?.iter().map(|line| line.trim()).collect();
    let text = item.text.strip_suffix(more.join(" ").as_str())?.trim_end();
    Some((text.to_owned(), more.join("\n")))
}

/// What stands below a box beyond its evidence: its prose.
fn below(items: &[ListItem<'_>], item: &Item) -> String {
    let evidence = match &item.detail {
        Detail::Step(step) => &step.evidence[..],
        Detail::Criterion { evidence } => evidence,
        _ => &[],
    };
    let Some((root, nested)) = items.split_first() else { return String::new() };
    let is_evidence = |item: &&ListItem<'_>| {
        item.text.strip_prefix("Evidence: ").is_some_and(|text| evidence.iter().any(|known| known == text))
    };
    let nested: Vec<ListItem<'_>> = nested.iter().filter(|item| !is_evidence(item)).cloned().collect();
    let mut text = root.body.clone();
    let list = written(&nested);
    if !text.is_empty() && !list.is_empty() {
        text.push('\n');
    }
    text.push_str(&list);
    text
}

/// What a question asks, and its answer.
fn asked(text: &str) -> (&str, Option<&str>) {
    match marks::question(text) {
        marks::Asked::Resolved(asked, answer) => (asked, Some(answer)),
        marks::Asked::Open(asked) | marks::Asked::Blocked(asked) => (asked, None),
    }
}

fn asked_before(text: &str, ticked: bool) -> Option<String> {
    asked(text).1.map(str::to_owned).or_else(|| ticked.then(String::new))
}
