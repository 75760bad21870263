//! Absorbing an edit of a plan that keeps its own text.
//!
//! What may be relied on: the view afterwards is the edited text. Where the fitting events would not bring that about,
//! which no edit is known to do, everything is taken out and the edited text is recorded anew.

use super::align::{self, New, Old};
use super::emit::{Emit, progress};
use super::{AbsorbError, Report, front, matching};
use crate::change::*;
use crate::event::Absorbed;
use crate::import::document::Document;
use crate::import::record::{blocks, entries, own as record, prose};
use crate::import::{self, marks, reading, units};
use crate::prelude::*;
use crate::state::{Branch, Detail, Item};
use crate::view::{self, own::pieces, sheet::Owner};
use crate::{Batch, Change, EventId, Field, ItemId, Kind, Layout, Match, Parent, Role, State, Text, Title};

/// The most items that one event takes out.
const MOST_REMOVED: usize = 1000;

pub(super) fn absorb(batch: &mut Batch, edited: &str) -> Result<Report, AbsorbError> {
    let base: String = pieces(batch.plan()).into_iter().map(|piece| piece.text).collect();
    if base == edited {
        return Ok(Report::default());
    }
    let document = import::read(edited);
    for prepare in [adopt, freeze] {
        let mut trial = batch.trial();
        trial.group();
        prepare(&mut trial)?;
        if let Ok(report) = gently(&mut trial, &base, edited, &document)
            && shows(&trial, edited)
        {
            batch.take_over(trial);
            return Ok(report);
        }
    }
    batch.group();
    anew(batch, edited, &document)
}

/// Gives what hangs in standing sections sections of its own, which the view shows already and an edit may change.
fn adopt(batch: &mut Batch) -> Result<(), AbsorbError> {
    let slots = |batch: &Batch, branch| -> Vec<(ItemId, EventId)> {
        batch.plan().children(branch).into_iter().map(|item| (item.id(), item.place.slot)).collect()
    };
    let opening = Parent::Standing(Role::Opening);
    if let Some(text) = batch.plan().prose(Role::Opening).map(|prose| prose.value().clone()).filter(|p| !p.is_empty()) {
        // As the view shows it: what stands before every heading is text as it is.
        let text = pieces(batch.plan()).into_iter().next().map_or(text, |piece| piece.text);
        batch.record(ProseAdded { after: None, source: None, text: Text::new(text)?, under: opening })?;
        batch.record(ProseSet { of: opening, text: Text::new("")? })?;
    }
    let mut after = slots(batch, Branch::Sections(None)).last().map(|&(_, slot)| slot);
    for (section, _) in slots(batch, Branch::Sections(Some(Role::Opening))) {
        after = Some(batch.record(ItemMoved { after, item: section, under: None })?);
    }
    for &(role, heading) in view::standing(Layout::Own) {
        let parent = Parent::Standing(role);
        let items = slots(batch, Branch::Items(parent));
        let prose = batch.plan().prose(role).map(|prose| prose.value().clone()).filter(|prose| !prose.is_empty());
        if prose.is_some() || !items.is_empty() {
            let given =
                batch.plan().heading(role).and_then(|heading| Title::new(crate::text::line(heading.value())).ok());
            let heading = given.map_or_else(|| Title::new(heading), Ok)?;
            let role = Some(role).filter(|&role| role != Role::Custom);
            let added = SectionAdded { after, follows: None, heading, level: None, role, source: None };
            let section = batch.record(added)?;
            after = Some(section);
            if let Some(prose) = prose {
                batch.record(ProseSet { of: Parent::Node(section), text: Text::new(prose)? })?;
                batch.record(ProseSet { of: parent, text: Text::new("")? })?;
            }
            let mut last = section;
            for (item, _) in items {
                let under = Some(Parent::Node(section));
                last = batch.record(ItemMoved { after: Some(last), item, under })?;
            }
        }
        for (section, _) in slots(batch, Branch::Sections(Some(role))) {
            after = Some(batch.record(ItemMoved { after, item: section, under: None })?);
        }
    }
    for (section, _) in slots(batch, Branch::Sections(None)) {
        let body = batch.plan().item(section).and_then(|section| section.body()).map(Text::new).transpose()?;
        if let Some(text) = body {
            let under = Parent::Node(section);
            batch.record(ProseAdded { after: Some(section), source: None, text, under })?;
            batch.record(ProseSet { of: under, text: Text::new("")? })?;
        }
    }
    Ok(())
}

/// The same, and gives everything the spelling that the view shows, so that nothing depends on what stands around it.
fn freeze(batch: &mut Batch) -> Result<(), AbsorbError> {
    adopt(batch)?;
    for piece in pieces(batch.plan()) {
        let Some(item) = piece.node.and_then(|id| batch.plan().item(id)) else { continue };
        let id = item.id();
        if item.kind() == Kind::Prose {
            if item.text() != piece.text {
                batch.record(ItemReworded { item: id, text: Text::new(piece.text)? })?;
            }
        } else if item.source.as_ref().is_none_or(|source| *source.value() != piece.text) {
            batch.record(ItemRespelled { item: id, source: Text::new(piece.text)? })?;
        }
    }
    Ok(())
}

fn shows(batch: &Batch, edited: &str) -> bool {
    let mut rest = edited;
    pieces(batch.plan()).iter().all(|piece| match rest.strip_prefix(piece.text.as_str()) {
        Some(after) => {
            rest = after;
            true
        }
        None => false,
    }) && rest.is_empty()
}

/// Takes everything out and records the edited text.
fn anew(batch: &mut Batch, edited: &str, document: &Document<'_>) -> Result<Report, AbsorbError> {
    let plan = batch.plan();
    let gone: Vec<ItemId> = plan.items().filter(|item| item.is_visible()).map(Item::id).collect();
    let prose: Vec<Role> = Role::ALL.iter().copied().filter(|&role| plan.prose(role).is_some()).collect();
    for items in gone.chunks(MOST_REMOVED) {
        batch.record(ItemRemoved { items: items.to_vec() })?;
    }
    for role in prose {
        batch.record(ProseSet { of: Parent::Standing(role), text: Text::new("")? })?;
    }
    let units = units::of(document, edited, units::Lists::Prose);
    let none = BTreeMap::new();
    let mut emit = Emit::new(batch, &[], &none);
    let mut parents: Vec<Parent> = Vec::with_capacity(units.len());
    for unit in &units {
        let parent = unit.parent.map_or(Parent::Standing(Role::Opening), |above| parents[above]);
        let node = emit.add(unit, parent)?;
        parents.push(node.map_or(parent, Parent::Node));
    }
    Ok(Report { anew: true, ..emit.report })
}

fn gently(batch: &mut Batch, base: &str, edited: &str, document: &Document<'_>) -> Result<Report, AbsorbError> {
    let old_document = import::read(base);
    let old_atoms: Vec<&str> = old_document.atoms().collect();
    let owner = |node: Option<ItemId>| node.map_or(Owner::Written, Owner::Item);
    let parts: Vec<(Owner, String)> =
        pieces(batch.plan()).into_iter().map(|piece| (owner(piece.node), piece.text)).collect();
    let mut olds = align::olds(batch.plan(), &parts, &old_atoms);
    let mut news = align::align(&mut olds, &old_atoms, document, edited, units::Lists::Prose);
    align::number_gaps(&mut olds);
    let matches = matching::pair(&olds, &mut news);
    let mut emit = Emit::new(batch, &olds, &matches);
    let mut nodes: Vec<Option<EventId>> = Vec::with_capacity(news.len());
    let mut parents: Vec<Parent> = Vec::with_capacity(news.len());
    for (at, new) in news.iter().enumerate() {
        let parent = new.parent.map_or(Parent::Standing(Role::Opening), |above| parents[above]);
        let node = match new.old {
            Some(old) if new.is_kept => emit.keep(&olds[old], parent)?,
            Some(old) => emit.change(at, &olds[old], new, parent)?,
            None => emit.add(&new.unit, parent)?,
        };
        nodes.push(node);
        parents.push(node.map_or(parent, Parent::Node));
    }
    emit.remove(&news)?;
    Ok(emit.report)
}

impl Emit<'_, '_> {
    /// Leaves a part of the base as it is, below its parent.
    fn keep(&mut self, old: &Old, parent: Parent) -> Result<Option<EventId>, AbsorbError> {
        for &node in &old.nodes {
            self.settle(node, parent, false, 0)?;
        }
        Ok(old.nodes.first().copied())
    }

    fn change(
        &mut self,
        at: usize,
        old: &Old,
        new: &New<'_, '_>,
        parent: Parent,
    ) -> Result<Option<EventId>, AbsorbError> {
        let matched = self.matches.get(&at).cloned();
        let Some(&node) = old.nodes.first() else { return self.add(&new.unit, parent) };
        let (kind, source) = (old.kind.unwrap_or(Kind::Prose), new.unit.source);
        if kind != Kind::Prose && !record::carries(source) {
            self.given_up.push(node);
            return self.add(&new.unit, parent);
        }
        let crosses = matched.as_ref().is_some_and(|matched| &*matched.how == "moved");
        self.settle(node, parent, crosses, new.unit.line)?;
        if kind == Kind::Prose {
            self.prose(old, source, parent, new.unit.line)?;
            return Ok(Some(node));
        }
        if old.text != source {
            let what = match kind {
                Kind::Section => self.section(node, new, source)?,
                Kind::Step | Kind::Criterion => self.boxed(node, new, source, matched.clone())?,
                _ => self.entry(node, old, new, source, matched.clone())?,
            };
            self.found(new.unit.line, what, Some(node), kind, matched);
        }
        Ok(Some(node))
    }

    fn prose(&mut self, old: &Old, source: &str, parent: Parent, line: usize) -> Result<(), AbsorbError> {
        if old.text == source {
            return Ok(());
        }
        let mut nodes = old.nodes.iter().copied();
        for part in prose::parts(source) {
            match nodes.next() {
                Some(item) => {
                    let is_same = self.batch.plan().item(item).is_some_and(|item| item.text() == part);
                    self.settle(item, parent, false, line)?;
                    if !is_same {
                        self.batch.record(ItemReworded { item, text: Text::new(part)? })?;
                        self.found(line, "rewritten", Some(item), Kind::Prose, None);
                    }
                }
                None => {
                    let (list, after) = self.place(Kind::Prose, parent);
                    let change = ProseAdded { after, source: None, text: Text::new(part)?, under: parent };
                    let id = self.batch.record(change)?;
                    self.last.insert(list, id);
                    self.found(line, "added", Some(id), Kind::Prose, None);
                }
            }
        }
        self.given_up.extend(nodes);
        if parent == Parent::Standing(Role::Opening) {
            front::absorb(self.batch, &old.text, source, |_| {})?;
        }
        Ok(())
    }

    fn section(&mut self, node: ItemId, new: &New<'_, '_>, source: &str) -> Result<&'static str, AbsorbError> {
        let (level, heading) = new.unit.heading.unwrap_or((2, ""));
        let plan = self.batch.plan();
        let Some(before) = plan.item(node).map(|item| item.text().to_owned()) else { return Ok("respelled") };
        if before == heading {
            self.batch.record(ItemRespelled { item: node, source: Text::new(source)? })?;
            return Ok("respelled");
        }
        let retitles_plan = level == 1 && plan.title() == crate::text::line(&before);
        let change = SectionRetitled { heading: Title::new(heading)?, section: Parent::Node(node) };
        self.record(change, Some(source), None, None)?;
        if retitles_plan {
            self.batch.record(FieldSet { field: Field::Title, value: Text::new(heading)? })?;
        }
        Ok("retitled")
    }

    fn boxed(
        &mut self,
        node: ItemId,
        new: &New<'_, '_>,
        source: &str,
        matched: Option<Match>,
    ) -> Result<&'static str, AbsorbError> {
        let items = reading::items(source);
        let (Some(item), Some(root)) = (self.batch.plan().item(node), items.first()) else { return Ok("kept") };
        let is_step = item.kind() == Kind::Step;
        let read = marks::step(root.tick, &root.text);
        let text = if is_step { read.text.as_str() } else { root.text.as_str() };
        let text = Some(text).filter(|&text| text != item.text() || item.text.is_in_conflict());
        let shown = match item.progress() {
            Some((_, true)) | None => State::Todo,
            Some((State::Met, _)) => State::Done,
            Some((State::Open, _)) => State::Todo,
            Some((state, _)) => state,
        };
        let wanted = match root.tick {
            Some(_) if is_step || read.state == State::Done => read.state,
            Some(_) => State::Todo,
            // Without a box it is as far as what hangs below it, or as it was.
            None => new.unit.state().map_or(shown, |state| match state {
                State::Met => State::Done,
                State::Open => State::Todo,
                state => state,
            }),
        };
        let body = item.body.as_ref().is_some_and(|body| *body.value() != root.body);
        let change = (wanted != shown).then(|| progress(is_step, wanted, node));
        let what = match (change, text) {
            (Some((what, change)), text) => {
                let absorbed =
                    Absorbed { matched, source: Some(Text::new(source)?), text: text.map(Text::new).transpose()? };
                let occurred = read.occurred.filter(|_| what == "completed");
                self.batch.record_with(change, |context| {
                    context.absorbed = Some(Box::new(absorbed));
                    context.occurred = occurred.or(context.occurred);
                })?;
                what
            }
            (None, Some(text)) => {
                let change = ItemReworded { item: node, text: Text::new(text)? };
                self.record(change, Some(source), None, matched)?;
                "reworded"
            }
            (None, None) => {
                self.batch.record(ItemRespelled { item: node, source: Text::new(source)? })?;
                "respelled"
            }
        };
        if body {
            self.batch.record(ProseSet { of: Parent::Node(node), text: Text::new(root.body.as_str())? })?;
        }
        Ok(what)
    }

    fn entry(
        &mut self,
        node: ItemId,
        old: &Old,
        new: &New<'_, '_>,
        source: &str,
        matched: Option<Match>,
    ) -> Result<&'static str, AbsorbError> {
        let items = reading::items(source);
        let Some(item) = self.batch.plan().item(node) else { return Ok("kept") };
        let composed = blocks::composed(&items);
        match &item.detail {
            Detail::Decision(_) => {
                let before: BTreeSet<&str> = old.text.lines().map(str::trim).collect();
                let added = source.lines().map(str::trim).filter(|line| !line.is_empty() && !before.contains(line));
                let added = added.collect::<Vec<_>>().join("\n");
                if !added.is_empty() {
                    let change = DecisionAmended { decision: node, text: Text::new(added)? };
                    self.record(change, Some(source), None, matched)?;
                    return Ok("amended");
                }
            }
            Detail::Question { answer, .. } => {
                let now = record::answer(&new.unit).filter(|_| new.unit.kind == Kind::Question).map(str::to_owned);
                let before = if answer.is_in_conflict() { None } else { answer.value().clone() };
                let root = items.first().map_or("", |root| root.text.as_str());
                let (marks::Asked::Open(asked) | marks::Asked::Resolved(asked, _) | marks::Asked::Blocked(asked)) =
                    marks::question(root);
                let text = Some(asked).filter(|&asked| asked != item.text());
                if now != before {
                    let (what, change): (_, Change) = match now {
                        Some(answer) => {
                            ("answered", QuestionAnswered { answer: Text::new(answer)?, question: node }.into())
                        }
                        None => ("reopened", QuestionReopened { question: node }.into()),
                    };
                    self.record(change, Some(source), text, matched)?;
                    return Ok(what);
                }
                if let Some(text) = text {
                    let change = ItemReworded { item: node, text: Text::new(text)? };
                    self.record(change, Some(source), None, matched)?;
                    return Ok("reworded");
                }
            }
            Detail::Story { so_that, .. } => {
                let root = items.first().map_or("", |root| root.text.as_str());
                if let Some((who, wish, end)) = marks::story(root) {
                    // An end that is no longer there is told as an empty one.
                    let end = end.or_else(|| so_that.as_ref().map(|_| ""));
                    let change = StoryRetold {
                        as_a: Some(Text::new(who)?),
                        i_want: Some(Text::new(wish)?),
                        so_that: end.map(Text::new).transpose()?,
                        story: node,
                    };
                    self.record(change, Some(source), None, matched)?;
                    return Ok("retold");
                }
            }
            _ => {
                let text = match item.kind() {
                    Kind::Discovery => entries::discovery(&composed, None)?.0.text,
                    _ => Text::new(composed)?,
                };
                if &*text != item.text() {
                    let change = ItemReworded { item: node, text };
                    self.record(change, Some(source), None, matched)?;
                    return Ok("reworded");
                }
            }
        }
        self.batch.record(ItemRespelled { item: node, source: Text::new(source)? })?;
        Ok("respelled")
    }

    /// Takes out what the edited text no longer has.
    fn remove(&mut self, news: &[New<'_, '_>]) -> Result<(), AbsorbError> {
        let there: BTreeSet<usize> = news.iter().filter_map(|new| new.old).collect();
        let olds = self.olds;
        let gone = olds.iter().enumerate().filter(|(at, _)| !there.contains(at)).flat_map(|(_, old)| &old.nodes);
        let gone: Vec<ItemId> = gone.copied().chain(core::mem::take(&mut self.given_up)).collect();
        for items in gone.chunks(MOST_REMOVED) {
            self.batch.record(ItemRemoved { items: items.to_vec() })?;
        }
        for id in gone {
            let kind = self.batch.plan().item(id).map_or(Kind::Prose, Item::kind);
            self.found(0, "removed", Some(id), kind, None);
        }
        Ok(())
    }
}
