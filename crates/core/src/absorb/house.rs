//! Absorbing an edit of a view in a house layout.
//!
//! What may be relied on: each edited part of the view becomes an event or is named as ignored, with the reason; what
//! the layout writes by itself (the base, the times of the log, numbers, marks) is never taken for something said.
//!
//! How: the view of the base is made again, with what each part of it shows, and aligned with the edited text. Added
//! parts are in `house_added.rs`, and what the edit of an item says in `house_items.rs`.

use super::align::{self, New, Old};
use super::emit::Emit;
use super::{AbsorbError, Ignored, Report, front, matching};
use crate::change::*;
use crate::import::record::prose::clean;
use crate::import::{self, labels, reading, units};
use crate::prelude::*;
use crate::state::Item;
use crate::view::{self, sheet::Owner};
use crate::{Batch, Field, ItemId, Kind, Match, Parent, ResultGroup, Role, Text, Timestamp, Title};

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
                    let known: BTreeSet<&str> = old.text.lines().collect();
                    let changed = new.unit.source.lines().find(|line| !known.contains(line)).unwrap_or("---");
                    self.ignore(line, changed, "this field is written from the events");
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
