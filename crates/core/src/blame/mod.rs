//! Blame: which event made each line of a view stand as it does.
//!
//! What may be relied on: the events up to the one that is named, in the plan's order, show the line; it is the last of
//! those that wrote what the line shows. Where all of them saw each other, and none wrote what was there already, it is
//! the one without which the line was not there. Spec: spec/7-cli.md, C63.
//!
//! How: the view's own writer says what its lines show (`view::traced`), and `since.rs` when that was written last;
//! nothing is rendered twice.

mod since;

use crate::merge;
use crate::prelude::*;
use crate::state::{Branch, Conflict, Detail, Item, Plan, Target};
use crate::trail::Subject;
use crate::view::sheet::{Owner, Shows};
use crate::view::{self, Part, disputes, own};
use crate::{Event, Field, ItemId, Kind, Layout, Parent, Role};
use since::{Aspect, Since};

/// A line of a view.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The line, without its end.
    pub text: String,
    /// The place in the order of the event that made it so.
    pub at: usize,
}

/// The lines of a plan's view in a layout, each with its event; `events` are all events of the plan, in its order.
#[must_use]
pub fn blame(events: &[&Event], plan: &Plan, layout: Layout) -> Vec<Line> {
    let blaming = Blaming { since: Since::of(events, plan), plan, layout };
    let is_own = layout == Layout::Own && plan.has_own_text();
    let floor = if layout == Layout::Own { blaming.layout_floor() } else { 0 };
    let mut parts: Vec<(Owner, String)> = Vec::new();
    let mut blamed: Vec<Vec<Option<u32>>> = Vec::new();
    if is_own {
        for piece in own::pieces(plan) {
            let owner = piece.owner(plan);
            blamed.push(blaming.piece(owner, &piece.text));
            parts.push((owner, piece.text));
        }
    } else {
        for part in view::traced(plan, layout) {
            blamed.push(blaming.part(&part));
            parts.push((part.owner, part.text));
        }
    }
    let before: Vec<String> = parts.iter().map(|(_, text)| text.clone()).collect();
    let eol = if is_own { own::line_end(plan) } else { "\n" };
    let blocks = disputes::placed(plan, &mut parts, eol);
    blamed.resize(parts.len(), Vec::new());
    let mut conflicts = blocks.iter().map(|block| &block.conflict);
    let mut lines: Vec<(String, Option<u32>)> = Vec::new();
    let mut owners: Vec<Owner> = Vec::new();
    for (at, (owner, text)) in parts.iter().enumerate() {
        let old = before.get(at).map_or("", String::as_str);
        if let Owner::Item(id) = owner
            && text.is_empty()
        {
            // What has no text of its own holds the heading above it all the same.
            owners.push(*owner);
            lines.push((String::new(), Some(blaming.since.present(*id).max(blaming.since.item(*id, &[Aspect::Any])))));
        }
        let with_blocks = blaming.with_blocks(old, text, &blamed[at], &mut conflicts);
        owners.resize(owners.len() + with_blocks.len(), *owner);
        lines.extend(with_blocks);
    }
    blaming.derived(&owners, &mut lines);
    let (mut out, mut last, mut goes_on): (Vec<Line>, u32, bool) = (Vec::new(), 0, false);
    for (text, at) in lines.into_iter().filter(|(text, _)| !text.is_empty()) {
        last = at.unwrap_or(last).max(floor);
        let ended = text.ends_with('\n');
        let line = text.lines().next().unwrap_or_default();
        match out.last_mut().filter(|_| goes_on) {
            // A part that does not end with a line end shares its last line with the next.
            Some(begun) => {
                begun.text.push_str(line);
                begun.at = begun.at.max(last as usize);
            }
            None => out.push(Line { text: line.to_owned(), at: last as usize }),
        }
        goes_on = !ended;
    }
    out
}

struct Blaming<'a> {
    since: Since<'a>,
    plan: &'a Plan,
    layout: Layout,
}

impl Blaming<'_> {
    /// What stands because something stands below it, such as a heading, stands since the first of that.
    fn derived(&self, owners: &[Owner], lines: &mut [(String, Option<u32>)]) {
        let is_listed = |owner: Owner| match owner {
            Owner::Entry(..) => true,
            Owner::Item(id) => self.plan.item(id).is_some_and(|item| item.kind() == Kind::Result),
            _ => false,
        };
        let (mut first, mut first_listed): (Option<u32>, Option<u32>) = (None, None);
        for (owner, (text, since)) in owners.iter().zip(lines).rev() {
            if text.trim().is_empty() && matches!(owner, Owner::Heading(_) | Owner::Written) {
                continue;
            }
            let is_section =
                matches!(owner, Owner::Heading(_)) || (*owner == Owner::Written && text.starts_with("## "));
            if is_section {
                *since = since.or(first);
                (first, first_listed) = (None, None);
            } else if *owner == Owner::Written && text.starts_with("### ") {
                *since = first_listed.take();
            } else if let Some(since) = *since {
                // That an item is there at all is older than how it is shown.
                let since = match *owner {
                    Owner::Item(id) => self.since.present(id),
                    Owner::Entry(event, id) => self.entry(event, id),
                    _ => since,
                };
                first = Some(first.map_or(since, |first| first.min(since)));
                if is_listed(*owner) {
                    first_listed = Some(first_listed.map_or(since, |first| first.min(since)));
                }
            }
        }
    }

    /// Since when the layout of a plan's own text is as it is.
    fn layout_floor(&self) -> u32 {
        let layout = self.since.at(Subject::Field(Field::Layout), Aspect::Text);
        let top = self.plan.all_slots(Branch::Sections(None)).map(|(_, section)| section);
        let spelled = top.filter(|&id| self.plan.item(id).is_some_and(|section| section.source.is_some()));
        let first = spelled.map(|id| self.since.present(id).max(self.since.item(id, &[Aspect::Source]))).min();
        layout.max(first.unwrap_or(0))
    }

    /// The lines of a part of a house layout.
    fn part(&self, part: &Part) -> Vec<Option<u32>> {
        let (mut at, mut line, mut blamed) = (0, 0, Vec::new());
        let (mut now, mut nth) = (Shows::Itself, 0);
        let mut shows = part.shows.iter().peekable();
        for text in part.text.split_inclusive('\n') {
            while let Some(&(_, next)) = shows.next_if(|(from, _)| *from <= at) {
                (now, nth) = (next, 0);
            }
            blamed.push(self.line(part.owner, now, nth, line, text.trim_end_matches('\n')));
            at += text.len();
            nth += 1;
            line += 1;
        }
        blamed
    }

    fn line(&self, owner: Owner, shows: Shows, nth: usize, line: usize, text: &str) -> Option<u32> {
        let since = &self.since;
        let there = match owner {
            Owner::Item(id) => since.present(id).max(self.width(id)),
            Owner::Entry(event, id) => self.entry(event, id),
            _ => 0,
        };
        Some(match shows {
            Shows::Itself => return self.itself(owner, nth, line, text),
            Shows::Body(id) => there.max(self.body(id, nth)),
            Shows::Added(id) => there.max(self.added(id)),
            Shows::Asked(id) => there.max(self.added(id)).max(since.blockers(id)).max(since.item(id, &[Aspect::Text])),
            Shows::Evidence(id, nth) => there.max(since.evidence(id, nth)),
            Shows::Said(seq) => there.max(seq),
            Shows::Wording(id) => there.max(since.item(id, &[Aspect::Text])),
        })
    }

    /// The place of the event that added an item.
    fn added(&self, id: ItemId) -> u32 {
        self.plan.item(id).map_or(0, |item| item.added.seq)
    }

    fn body(&self, id: ItemId, nth: usize) -> u32 {
        let of = Subject::Item(id);
        match self.plan.item(id) {
            Some(item) if item.body().is_some() => self.since.line(of, Aspect::Body, nth),
            _ => self.since.item(id, &[Aspect::Source, Aspect::Body]),
        }
    }

    /// An entry of the log, as far as it is there: since its event, and since its item is where the log shows it.
    fn entry(&self, event: crate::EventId, id: ItemId) -> u32 {
        let seq = self.since.place(event);
        if event == id { seq.max(self.since.present(id)) } else { seq }
    }

    /// What a part shows itself.
    fn itself(&self, owner: Owner, nth: usize, line: usize, text: &str) -> Option<u32> {
        let since = &self.since;
        Some(match owner {
            Owner::Written if text.starts_with("<!-- git-plan") => since.last,
            // A heading of results, or of a minute, is there with the first below it.
            Owner::Written if text.starts_with("### ") => return None,
            Owner::Written => 0,
            Owner::FrontMatter => self.front_matter(line, text),
            Owner::Title => since.at(Subject::Field(Field::Title), Aspect::Text),
            Owner::Heading(Parent::Standing(role)) => {
                let always = self.layout == Layout::Cookbook
                    && !matches!(role, Role::Stories | Role::Custom | Role::Questions | Role::Log);
                match self.plan.heading(role) {
                    Some(_) => since.at(Subject::Section(role), Aspect::Text),
                    None if always => 0,
                    None => return None,
                }
            }
            Owner::Heading(Parent::Node(id)) => since.present(id).max(since.item(id, &[Aspect::Text, Aspect::Source])),
            Owner::Prose(Parent::Standing(role)) => since.line(Subject::Section(role), Aspect::Body, nth),
            Owner::Prose(Parent::Node(id)) => since.present(id).max(since.line(Subject::Item(id), Aspect::Body, nth)),
            Owner::Item(id) => self.head(id, nth).max(since.present(id)),
            Owner::Entry(event, id) => {
                let is_decision = self.plan.item(id).is_some_and(|item| item.kind() == Kind::Decision);
                let told = if event == id { self.before(id) } else { 0 };
                let told = if is_decision { self.told(id) } else { told.max(since.item(id, &[Aspect::Text])) };
                self.entry(event, id).max(told)
            }
        })
    }

    fn front_matter(&self, line: usize, text: &str) -> u32 {
        let since = &self.since;
        let field = |field| since.at(Subject::Field(field), Aspect::Text);
        let name = text.split(':').next().unwrap_or_default();
        let sources = self.plan.sources.entries().filter_map(|(_, adds)| adds.iter().map(|add| add.seq).min());
        match name {
            "title" => field(Field::Title),
            "slug" => self.plan.created().map_or(0, |created| created.seq),
            "status" => field(Field::Status).max(since.at(Subject::Plan, Aspect::Exists)),
            "last_updated" => since.day,
            "tags" => since.at(Subject::Plan, Aspect::Tags),
            "summary" => field(Field::Summary),
            "authors" => since.at(Subject::Plan, Aspect::Authors),
            "sources" => sources.min().unwrap_or_else(|| since.at(Subject::Plan, Aspect::Sources)),
            _ if text.starts_with("  - {") => {
                // The lines before the sources are nine.
                let nth = line.saturating_sub(9);
                let mut adds: Vec<u32> = sources.collect();
                adds.sort_unstable();
                adds.get(nth).copied().unwrap_or_else(|| since.at(Subject::Plan, Aspect::Sources))
            }
            _ => 0,
        }
    }

    /// How wide the number is below which an item is indented.
    fn width(&self, id: ItemId) -> u32 {
        if self.layout == Layout::Cookbook {
            return 0;
        }
        let mut top = None;
        let mut next = self.plan.item(id);
        while let Some(item) = next {
            top = Some(item).filter(|item| item.kind() == Kind::Step).or(top);
            next = match item.place.branch {
                Branch::Items(Parent::Node(above)) => self.plan.item(above),
                _ => None,
            };
        }
        let Some(top) = top else { return 0 };
        if self.since.steps <= 9 || top.id() == id { 0 } else { self.since.number(top.id()) }
    }

    /// The own line of an item in its list.
    fn head(&self, id: ItemId, nth: usize) -> u32 {
        let since = &self.since;
        let Some(item) = self.plan.item(id) else { return 0 };
        if item.kind() == Kind::Prose {
            return since.line(Subject::Item(id), Aspect::Text, nth).max(self.width(id));
        }
        let mut latest = self.told(id).max(self.width(id));
        match &item.detail {
            Detail::Step(step) => {
                if self.layout != Layout::Cookbook {
                    latest = latest.max(self.numbered(item));
                }
                if item.is_doing() {
                    latest = latest.max(since.below(id));
                }
                if !item.is_ticked() {
                    latest = latest.max(since.item(id, &[Aspect::Owners, Aspect::Depends]));
                    for &on in step.depends.iter() {
                        latest = latest.max(since.item(on, &[Aspect::State])).max(since.exists(on));
                        let is_awaited = self.plan.waits_for(item).iter().any(|awaited| awaited.id() == on);
                        latest = if is_awaited { latest.max(since.number(on)) } else { latest };
                    }
                }
            }
            Detail::Question { .. } if !item.is_ticked() => latest = latest.max(since.blockers(id)),
            Detail::Result { .. } => latest = latest.max(self.numbered(item)),
            _ => {}
        }
        latest
    }

    /// Since when an item at the top of a list has its number.
    fn numbered(&self, item: &Item) -> u32 {
        let is_below = match item.place.branch {
            Branch::Items(Parent::Node(above)) => {
                self.plan.item(above).is_some_and(|above| above.kind() == item.kind())
            }
            _ => false,
        };
        if is_below { 0 } else { self.since.number(item.id()) }
    }

    /// What an item says of itself wherever it is told of.
    fn told(&self, id: ItemId) -> u32 {
        let since = &self.since;
        let Some(item) = self.plan.item(id) else { return 0 };
        let mut latest = since.item(id, &[Aspect::Text, Aspect::State]);
        match &item.detail {
            Detail::Decision(decision) => {
                latest = latest.max(since.item(id, &[Aspect::Successors, Aspect::Amended]));
                let successors = decision.superseded_by.iter().map(|&by| since.item(by, &[Aspect::Text]));
                latest = successors.fold(latest, u32::max);
            }
            Detail::Blocker { .. } if !item.is_ticked() => latest = latest.max(self.before(id)),
            _ => {}
        }
        latest
    }

    /// Since when the step that a blocker stands before has its number.
    fn before(&self, id: ItemId) -> u32 {
        match self.plan.item(id).map(|item| &item.detail) {
            Some(Detail::Blocker { on: Some(on), .. }) => match self.plan.item(*on) {
                Some(on) if on.kind() == Kind::Step => self.since.number(on.id()).max(self.since.exists(on.id())),
                _ => 0,
            },
            _ => 0,
        }
    }

    /// The lines of a piece of a plan's own text.
    fn piece(&self, owner: Owner, text: &str) -> Vec<Option<u32>> {
        let since = &self.since;
        let lines: Vec<&str> = text.split_inclusive('\n').map(|line| line.trim_end_matches(['\n', '\r'])).collect();
        let (id, aspect) = match owner {
            Owner::Item(id) | Owner::Heading(Parent::Node(id)) => (id, Aspect::Source),
            Owner::Prose(Parent::Node(id)) => {
                let there = since.present(id);
                let at = |nth| Some(there.max(since.line(Subject::Item(id), Aspect::Body, nth)));
                return (0..lines.len()).map(at).collect();
            }
            Owner::Prose(Parent::Standing(role)) => {
                return (0..lines.len())
                    .map(|nth| Some(since.line(Subject::Section(role), Aspect::Body, nth)))
                    .collect();
            }
            // A heading that was given is that; any other is there with the first below it.
            _ => return lines.iter().map(|_| None).collect(),
        };
        let Some(item) = self.plan.item(id) else { return lines.iter().map(|_| Some(since.last)).collect() };
        let there = since.present(id);
        if item.kind() == Kind::Prose {
            let at = |nth| Some(there.max(since.line(Subject::Item(id), Aspect::Text, nth)));
            return (0..lines.len()).map(at).collect();
        }
        let all = || there.max(since.item(id, &[Aspect::Any])).max(self.around(item));
        let Some(source) = item.source.as_ref().filter(|_| !since.is_contested(id)) else {
            let latest = all().max(self.head(id, 0));
            return lines.iter().map(|_| Some(latest)).collect();
        };
        let raw: Vec<&str> = source.value().split('\n').map(|line| line.trim_end_matches('\r')).collect();
        let mut at = vec![None; lines.len()];
        for (nth, line) in merge::align(&raw, &lines).unwrap_or_default().into_iter().enumerate() {
            if let Some(line) = line.and_then(|line| at.get_mut(line)) {
                *line = Some(there.max(since.line(Subject::Item(id), aspect, nth)));
            }
        }
        if at.contains(&None) {
            let latest = Some(all());
            at.iter_mut().filter(|line| line.is_none()).for_each(|line| *line = latest);
        }
        at
    }

    /// Since when the neighbours are there in the style of which an item of a plan's own text is written: of one that has
    /// a source, those that are or were done; of any other, those before it, and those behind it that have a source.
    fn around(&self, item: &Item) -> u32 {
        let since = &self.since;
        let (mut latest, mut is_before) = (0, true);
        for (slot, node) in self.plan.all_slots(item.place.branch) {
            is_before &= slot != item.place.slot;
            let Some(sibling) = self.plan.item(node).filter(|other| other.id() != item.id()) else { continue };
            let was_done = sibling.is_ticked() || since.item(node, &[Aspect::State]) > sibling.added.seq;
            let matters = if item.source.is_some() { was_done } else { is_before || sibling.source.is_some() };
            if matters && sibling.kind() == item.kind() {
                let aspects = [Aspect::Slot, Aspect::Source, Aspect::State];
                latest = latest.max(since.item(sibling.id(), &aspects)).max(since.exists(sibling.id()));
            }
        }
        latest
    }

    /// The lines of a part into which the blocks of conflicts were put.
    fn with_blocks<'c>(
        &self,
        old: &str,
        text: &str,
        blamed: &[Option<u32>],
        conflicts: &mut impl Iterator<Item = &'c Conflict>,
    ) -> Vec<(String, Option<u32>)> {
        fn bare(line: &str) -> &str {
            line.trim_end_matches(['\n', '\r'])
        }
        let (was, lines): (Vec<&str>, Vec<&str>) =
            (old.split_inclusive('\n').collect(), text.split_inclusive('\n').collect());
        let added = lines.len().saturating_sub(was.len());
        let same = if added == 0 {
            lines.len()
        } else {
            was.iter().zip(&lines).take_while(|(a, b)| bare(a) == bare(b)).count()
        };
        let tail = lines.len() - was.len().saturating_sub(same).min(lines.len());
        let mut conflict: Option<u32> = None;
        let mut out = Vec::with_capacity(lines.len());
        for (at, line) in lines.iter().enumerate() {
            let blame = if at < same {
                blamed.get(at).copied().flatten()
            } else if at >= tail {
                blamed.get(at - added).copied().flatten()
            } else {
                if line.trim() == disputes::OPENS {
                    conflict = conflicts.next().map(|conflict| self.conflict(conflict));
                }
                conflict
            };
            out.push(((*line).to_owned(), blame));
        }
        out
    }

    /// Since when a conflict is told of as it is.
    fn conflict(&self, conflict: &Conflict) -> u32 {
        let since = &self.since;
        let about = |id: ItemId| since.item(id, &[Aspect::Any]).max(since.number(id)).max(since.exists(id));
        let mut latest = conflict.sides.iter().map(|side| side.stamp.seq).max().unwrap_or(0);
        let named = conflict.sides.iter().filter_map(|side| side.value.parse::<ItemId>().ok());
        let named = named.chain(conflict.base.iter().filter_map(|base| base.parse().ok()));
        latest = named.chain(conflict.sides.iter().filter_map(|side| side.of)).map(about).fold(latest, u32::max);
        match conflict.target {
            Target::Plan => latest,
            Target::Section(role) => {
                let of = Subject::Section(role);
                latest.max(since.at(of, Aspect::Text)).max(since.at(of, Aspect::Body))
            }
            Target::Item(id) => latest.max(about(id)),
        }
    }
}
