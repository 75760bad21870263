//! Absorbing an edit of a view in a house layout.
//!
//! What may be relied on: each edited part of the view becomes an event or is named as ignored, with the reason; what
//! the layout writes by itself (the base, the times of the log, numbers, marks) is never taken for something said.
//!
//! How: the view of the base is made again, with what each part of it shows, and aligned with the edited text. Added
//! parts are in `house_added.rs`.

use super::align::{self, New, Old};
use super::emit::Emit;
use super::{AbsorbError, Ignored, Report, front, matching};
use crate::change::*;
use crate::event::Absorbed;
use crate::import::document::{ListItem, written};
use crate::import::record::{blocks, entries, prose::clean};
use crate::import::{self, labels, marks, reading, units};
use crate::prelude::*;
use crate::state::{Detail, Item};
use crate::view::{self, sheet::Owner};
use crate::{Batch, Change, Field, ItemId, Kind, Match, Parent, ResultGroup, Role, State, Text, Timestamp, Title};

/// What what stands below a part of the text belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Spot {
    /// A section or an item.
    Below(Parent),
    /// A group of the results.
    Group(ResultGroup),
    /// A minute of the log.
    Minute(Option<Timestamp>),
}

pub(super) fn absorb(batch: &mut Batch, edited: &str) -> Result<Report, AbsorbError> {
    let layout = batch.plan().layout();
    let parts = view::parts(batch.plan(), layout);
    let base: String = parts.iter().map(|(_, text)| text.as_str()).collect();
    // A file with other line ends says the same.
    let edited = edited.strip_prefix('\u{feff}').unwrap_or(edited).replace("\r\n", "\n");
    if base == edited {
        return Ok(Report::default());
    }
    let (old_document, document) = (import::read(&base), import::read(&edited));
    let old_atoms: Vec<&str> = old_document.atoms().collect();
    let mut olds = align::olds(batch.plan(), &parts, &old_atoms);
    let mut news = align::align(&mut olds, &old_atoms, &document, &edited, units::Lists::Notes);
    align::number_gaps(&mut olds);
    let matches = matching::pair(&olds, &mut news);
    batch.group();
    let mut house = House {
        layout,
        emit: Emit::new(batch, &olds, &matches),
        spots: Vec::with_capacity(news.len()),
        above: news.iter().map(|new| new.parent).collect(),
        follows: None,
        written: BTreeSet::new(),
    };
    for (at, new) in news.iter().enumerate() {
        let spot = house.take(at, new)?;
        house.spots.push(spot);
    }
    house.remove(&news)?;
    Ok(house.emit.report)
}

/// The events in the making.
pub(super) struct House<'b, 'o> {
    pub(super) layout: crate::Layout,
    pub(super) emit: Emit<'b, 'o>,
    spots: Vec<Spot>,
    /// The part that each part hangs below.
    above: Vec<Option<usize>>,
    /// The standing section that came last.
    pub(super) follows: Option<Role>,
    /// The sections whose prose was written.
    pub(super) written: BTreeSet<Parent>,
}

impl House<'_, '_> {
    fn take(&mut self, at: usize, new: &New<'_, '_>) -> Result<Spot, AbsorbError> {
        let above = new.parent.map_or(Spot::Below(Parent::Standing(Role::Opening)), |above| self.spots[above]);
        let Some(old) = new.old.map(|old| &self.emit.olds[old]) else { return self.added(new, above) };
        let line = new.unit.line;
        let is_changed = !new.is_kept && old.text.trim_end() != new.unit.source.trim_end();
        let matched = self.emit.matches.get(&at).cloned();
        match old.owner {
            Owner::FrontMatter if is_changed => {
                let before = self.emit.batch.events().count();
                front::absorb(self.emit.batch, &old.text, new.unit.source, |_| {})?;
                if self.emit.batch.events().count() > before {
                    self.emit.found(line, "fields set", None, Kind::Prose, None);
                } else {
                    self.ignore(line, new.unit.source, "these fields are written from the events");
                }
                Ok(above)
            }
            Owner::Title => {
                if is_changed {
                    self.title(new)?;
                }
                Ok(Spot::Below(Parent::Standing(Role::Opening)))
            }
            Owner::Heading(section) => {
                if let Parent::Standing(role) = section {
                    self.follows = Some(role);
                }
                if is_changed && let Some((_, heading)) = new.unit.heading {
                    self.emit.batch.record(SectionRetitled { heading: Title::new(heading)?, section })?;
                    self.emit.found(line, "retitled", node(section), Kind::Section, matched);
                }
                Ok(Spot::Below(section))
            }
            Owner::Prose(of) => {
                self.written.insert(of);
                if is_changed {
                    self.prose(of, old, new)?;
                }
                Ok(above)
            }
            Owner::Item(id) => {
                let kind = old.kind.unwrap_or(Kind::Prose);
                if let Spot::Below(parent) = above
                    && self.hosts(kind, parent)
                    && self.emit.batch.plan().item(id).is_some_and(|item| hangs_in_place(item, parent))
                {
                    let crosses = matched.as_ref().is_some_and(|matched| &*matched.how == "moved");
                    self.emit.settle(id, parent, crosses, line)?;
                }
                if is_changed {
                    self.item(id, kind, old, new, matched)?;
                }
                Ok(if kind == Kind::Prose { above } else { Spot::Below(Parent::Node(id)) })
            }
            Owner::Entry(_, item) => {
                if is_changed {
                    self.entry(item, old, new, matched)?;
                }
                Ok(above)
            }
            Owner::Written => {
                let spot = heading_spot(new, above);
                if is_changed && !clean(new.unit.source).is_empty() {
                    self.ignore(line, new.unit.source, "the layout writes this line by itself");
                }
                Ok(spot)
            }
            Owner::FrontMatter => Ok(above),
        }
    }

    /// Whether an item is shown by the log alone.
    fn is_entry(&self, item: ItemId) -> bool {
        self.emit.batch.plan().item(item).is_some_and(|item| item.kind().is_entry())
    }

    /// Whether items of a kind can hang below a parent.
    pub(super) fn hosts(&self, kind: Kind, parent: Parent) -> bool {
        let Parent::Node(id) = parent else { return true };
        let host = self.emit.batch.plan().item(id).map(Item::kind);
        match kind {
            Kind::Step => matches!(host, Some(Kind::Step | Kind::Section)),
            Kind::Criterion => {
                matches!(host, Some(Kind::Criterion | Kind::Story | Kind::Section | Kind::Step))
            }
            kind => host == Some(Kind::Section) || kind == Kind::Prose,
        }
    }

    /// The nearest place above a part where items of a kind can hang.
    pub(super) fn host(&self, kind: Kind, news: Option<usize>) -> Parent {
        let mut above = news;
        while let Some(at) = above {
            if let Spot::Below(parent) = self.spots[at]
                && self.hosts(kind, parent)
            {
                return parent;
            }
            above = self.above[at];
        }
        Parent::Standing(kind.home())
    }

    pub(super) fn ignore(&mut self, line: usize, text: &str, reason: &'static str) {
        let text = text.trim().lines().next().unwrap_or_default().to_owned();
        self.emit.report.ignored.push(Ignored { line, text, reason });
    }

    fn title(&mut self, new: &New<'_, '_>) -> Result<(), AbsorbError> {
        let heading = new.unit.heading.map_or("", |(_, heading)| heading);
        let bare = heading.strip_suffix("ExecPlan").map(str::trim_end).filter(|bare| !bare.is_empty());
        let title = bare.filter(|_| self.layout == crate::Layout::Execplan).unwrap_or(heading);
        let now = crate::text::line(self.emit.batch.plan().title());
        if now != title && now != heading {
            let value = Title::new(title)?;
            self.emit.batch.record(FieldSet { field: Field::Title, value: Text::new(value.as_str())? })?;
            self.emit.found(new.unit.line, "title set", None, Kind::Section, None);
        }
        Ok(())
    }

    fn prose(&mut self, of: Parent, old: &Old, new: &New<'_, '_>) -> Result<(), AbsorbError> {
        let (before, text) = (clean(&old.text), clean(new.unit.source));
        if before != text {
            self.emit.batch.record(ProseSet { of, text: Text::new(text)? })?;
            // Blocks that stood below it are part of it now.
            self.emit.given_up.extend(old.nodes.iter().copied());
            self.emit.found(new.unit.line, "rewritten", node(of), Kind::Prose, None);
        }
        Ok(())
    }

    fn item(
        &mut self,
        id: ItemId,
        kind: Kind,
        old: &Old,
        new: &New<'_, '_>,
        matched: Option<Match>,
    ) -> Result<(), AbsorbError> {
        let what = match kind {
            Kind::Prose => {
                let (before, text) = (clean(&old.text), clean(new.unit.source));
                if before == text {
                    return Ok(());
                }
                self.emit.batch.record(ItemReworded { item: id, text: Text::new(text)? })?;
                self.emit.given_up.extend(old.nodes.iter().copied().filter(|&other| other != id));
                Some("rewritten")
            }
            Kind::Step | Kind::Criterion => self.boxed(id, old, new, matched.clone())?,
            _ => self.said(id, old, new, matched.clone())?,
        };
        match what {
            Some(what) => self.emit.found(new.unit.line, what, Some(id), kind, matched),
            None => self.ignore(new.unit.line, new.unit.source, "it says the same"),
        }
        Ok(())
    }

    fn boxed(
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
        let change: Option<(&'static str, Change)> = (wanted != was_read.state).then(|| match (is_step, wanted) {
            (true, State::Done) => ("completed", StepCompleted { evidence: vec![], step: id }.into()),
            (true, State::Doing) => ("started", StepStarted { step: id }.into()),
            (true, State::Dropped) => ("dropped", StepDropped { step: id }.into()),
            (true, _) => ("reopened", StepReopened { step: id }.into()),
            (false, State::Done) => ("met", CriterionMet { criterion: id, evidence: vec![] }.into()),
            (false, _) => ("unmet", CriterionUnmet { criterion: id }.into()),
        });
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
    fn said(
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

    /// An entry of the log.
    fn entry(&mut self, id: ItemId, old: &Old, new: &New<'_, '_>, matched: Option<Match>) -> Result<(), AbsorbError> {
        let line = new.unit.line;
        let Some(item) = self.emit.batch.plan().item(id) else { return Ok(()) };
        let kind = item.kind();
        let recorded = matches!(kind, Kind::Decision | Kind::Discovery | Kind::Note | Kind::Blocker);
        let label = reading::items(&old.text)
            .first()
            .and_then(|root| labels::any(&root.text).map(|(label, _)| label.to_owned()));
        if !recorded || matches!(label.as_deref(), Some("Completed" | "Reopened" | "Dropped" | "Resolved")) {
            self.ignore(line, new.unit.source, "the log says when this happened, and is written from the events");
            return Ok(());
        }
        match self.said(id, old, new, matched.clone())? {
            Some(what) => self.emit.found(line, what, Some(id), kind, matched),
            None => self.ignore(line, new.unit.source, "it says the same"),
        }
        Ok(())
    }

    /// Takes out what the edited text no longer has.
    fn remove(&mut self, news: &[New<'_, '_>]) -> Result<(), AbsorbError> {
        let there: BTreeSet<usize> = news.iter().filter_map(|new| new.old).collect();
        let olds = self.emit.olds;
        let mut items = core::mem::take(&mut self.emit.given_up);
        for old in olds.iter().enumerate().filter(|(at, _)| !there.contains(at)).map(|(_, old)| old) {
            match old.owner {
                Owner::Item(_) => items.extend(old.nodes.iter().copied()),
                Owner::Prose(of) if !self.written.contains(&of) && !clean(&old.text).is_empty() => {
                    self.emit.batch.record(ProseSet { of, text: Text::new("")? })?;
                    self.emit.found(0, "removed", node(of), Kind::Prose, None);
                    items.extend(old.nodes.iter().copied());
                }
                Owner::Heading(Parent::Node(section)) => items.push(section),
                Owner::Entry(event, item) if event == item && self.is_entry(item) => items.push(item),
                Owner::Entry(..) => self.ignore(0, &old.text, "the log is written from the events"),
                Owner::Title | Owner::FrontMatter => self.ignore(0, &old.text, "the layout writes this by itself"),
                Owner::Heading(Parent::Standing(_)) | Owner::Prose(_) | Owner::Written => {}
            }
        }
        items.dedup();
        for chunk in items.chunks(1000) {
            self.emit.batch.record(ItemRemoved { items: chunk.to_vec() })?;
        }
        for id in items {
            let kind = self.emit.batch.plan().item(id).map_or(Kind::Prose, Item::kind);
            self.emit.found(0, "removed", Some(id), kind, None);
        }
        Ok(())
    }
}

/// The node that a parent is.
fn node(parent: Parent) -> Option<ItemId> {
    match parent {
        Parent::Node(id) => Some(id),
        Parent::Standing(_) => None,
    }
}

/// What a heading that the layout writes stands for.
pub(super) fn heading_spot(new: &New<'_, '_>, above: Spot) -> Spot {
    let Some((_, heading)) = new.unit.heading else { return above };
    match import::roles::normal(heading).as_str() {
        "delivered" => Spot::Group(ResultGroup::Delivered),
        "metrics" | "metric" => Spot::Group(ResultGroup::Metric),
        "lessons learned" | "lessons" => Spot::Group(ResultGroup::Lesson),
        _ => match import::times::leading(heading).filter(|claimed| claimed.rest.is_empty()) {
            Some(claimed) => Spot::Minute(Some(claimed.at)),
            None => above,
        },
    }
}

/// Whether the item stands in the view where it hangs, so that its place there says where it hangs.
fn hangs_in_place(item: &Item, parent: Parent) -> bool {
    matches!(item.kind(), Kind::Step | Kind::Criterion | Kind::Prose)
        && match parent {
            Parent::Node(_) => true,
            Parent::Standing(role) => {
                item.kind() == Kind::Prose || role == item.kind().home() || {
                    item.place.branch == crate::state::Branch::Items(parent)
                }
            }
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
