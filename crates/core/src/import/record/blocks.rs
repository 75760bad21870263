//! The blocks of a section: which of its lists hold items, and of what kind.

use super::{ImportError, Place, Recorder, fits};
use crate::change::*;
use crate::import::document::{Block, ListItem, Section, trees, written};
use crate::import::labels::{self, Label};
use crate::import::{marks, roles, times};
use crate::prelude::*;
use crate::{Kind, Parent, ResultGroup, Role, Text};

/// Why a list is no list of items; nothing where it was not expected to be one.
type NoItem = Option<&'static str>;

impl Recorder<'_> {
    pub(super) fn blocks(&mut self, place: Place, blocks: &[Block<'_>]) -> Result<(), ImportError> {
        let mut prose = String::new();
        let mut found = false;
        let mut paragraph = None;
        for block in blocks {
            if block.items.is_empty() {
                if place.role == Role::Stories && self.paragraphs(place, block, &mut prose)? {
                    found = true;
                    continue;
                }
                if block.source.trim_start().starts_with('|') && promises(place) {
                    self.report.keep(block.line, place.role, "a table");
                } else if !marks::is_placeholder(block.source) {
                    paragraph = paragraph.or(Some(block.line));
                }
                prose.push_str(block.source);
                continue;
            }
            let mut said = None;
            for tree in entries(&block.items, place.role) {
                let Some(root) = tree.first() else { continue };
                if self.log.has_entry(root.line) {
                    found = true;
                    continue;
                }
                match kind(place, tree) {
                    Ok(kind) => {
                        (found, said) = (true, None);
                        self.prose(place.parent, &core::mem::take(&mut prose))?;
                        self.item(place, kind, tree)?;
                    }
                    Err(reason) => {
                        // One run of a list is one place.
                        if let Some(reason) = reason.filter(|_| said != reason) {
                            self.report.keep(root.line, place.role, reason);
                        }
                        said = reason;
                        paragraph = paragraph.filter(|_| reason.is_none());
                        tree.iter().for_each(|item| prose.push_str(item.source));
                    }
                }
            }
        }
        if let Some(line) = paragraph.filter(|_| !found && holds_entries(place)) {
            self.report.keep(line, place.role, "text without a list");
        }
        self.prose(place.parent, &prose)
    }

    fn item(&mut self, place: Place, kind: Kind, tree: &[ListItem<'_>]) -> Result<(), ImportError> {
        match kind {
            Kind::Decision => self.decision(Some(place.parent), &composed(tree), None).map(drop),
            Kind::Discovery => self.discovery(Some(place.parent), &composed(tree), None).map(drop),
            Kind::Question => self.question(place, tree),
            Kind::Story => self.story(place, tree),
            Kind::Step if place.role == Role::Stories => self.acceptance(place, tree),
            kind => self.steps(place, kind, tree),
        }
    }

    /// Records a section as a group of the results, where it is one.
    pub(super) fn results(&mut self, outer: Place, section: &Section<'_>) -> Result<bool, ImportError> {
        let heading = section.heading.as_ref().map_or(String::new(), |heading| roles::normal(heading.text));
        let group = match heading.as_str() {
            "delivered" => ResultGroup::Delivered,
            "metrics" | "metric" => ResultGroup::Metric,
            "lessons learned" | "lessons" => ResultGroup::Lesson,
            _ => return Ok(false),
        };
        if outer.parent != Parent::Standing(Role::Results) || !is_plain_list(&section.blocks) {
            return Ok(false);
        }
        for tree in section.blocks.iter().flat_map(|block| trees(&block.items)) {
            let after = self.after(outer.parent);
            let text = Text::new(composed(tree))?;
            let id = self.add(ResultAdded { after, group, source: None, text, under: None })?;
            self.added(outer.parent, id, Kind::Result);
        }
        Ok(true)
    }
}

/// Whether blocks are lists without boxes, each entry short enough for one event.
pub(super) fn is_plain_list(blocks: &[Block<'_>]) -> bool {
    let is_list = |block: &Block<'_>| {
        let source = block.source.trim();
        let is_footer = source.starts_with("<!-- git-plan") && source.lines().all(|l| l.starts_with("<!-- git-plan"));
        is_footer || source.is_empty() || !block.items.is_empty()
    };
    blocks.iter().all(|block| is_list(block) && block.items.iter().all(|item| item.tick.is_none()))
        && blocks.iter().flat_map(|block| trees(&block.items)).all(|tree| fits(&composed(tree)))
}

/// What an entry says, with all that hangs below it.
pub(crate) fn composed(tree: &[ListItem<'_>]) -> String {
    let Some((root, below)) = tree.split_first() else { return String::new() };
    let mut text = root.text.clone();
    if !root.body.is_empty() {
        text.push_str("\n\n");
        text.push_str(&root.body);
    }
    if !below.is_empty() {
        text.push('\n');
        text.push_str(&written(below));
    }
    text
}

/// The entries of a list: its trees, with the parts of a decision or a discovery that stand beside it.
pub(crate) fn entries<'i, 'a>(items: &'i [ListItem<'a>], role: Role) -> impl Iterator<Item = &'i [ListItem<'a>]> {
    let top = items.iter().map(|item| item.depth).min().unwrap_or(0);
    let is_part = move |item: &ListItem<'_>| {
        matches!(role, Role::Decisions | Role::Discoveries)
            && item.tick.is_none()
            && labels::leading(&item.text).is_some_and(|(l, _)| !matches!(l, Label::Decision | Label::Observation))
    };
    items.chunk_by(move |_, next| next.depth > top || is_part(next))
}

/// Whether lists are expected to hold items here.
fn promises(place: Place) -> bool {
    place.named && matches!(place.role, Role::Criteria | Role::Steps) || holds_entries(place)
}

fn holds_entries(place: Place) -> bool {
    place.named && matches!(place.role, Role::Decisions | Role::Discoveries | Role::Questions)
}

/// The kind of item that a tree of list items is.
pub(crate) fn kind(place: Place, tree: &[ListItem<'_>]) -> Result<Kind, NoItem> {
    let Some(root) = tree.first() else { return Err(None) };
    let boxed = tree.iter().any(|item| item.tick.is_some());
    let placeholder = tree.len() == 1 && root.body.is_empty() && marks::is_placeholder(&root.text);
    match place.role {
        Role::Decisions | Role::Discoveries => entry(place, root, boxed, placeholder),
        Role::Questions if placeholder => Err(None),
        Role::Questions => Ok(Kind::Question),
        Role::Stories if marks::story(&root.text).is_some() => Ok(Kind::Story),
        Role::Criteria if boxed => Ok(Kind::Criterion),
        Role::Log | Role::Results if place.parent == Parent::Standing(place.role) => Err(None),
        _ if boxed => Ok(Kind::Step),
        Role::Steps | Role::Criteria if place.named && !placeholder => Err(Some("a list without boxes")),
        Role::Stories => Err(Some("not a story: expected As a …, I want …")),
        _ => Err(None),
    }
    .and_then(|kind| {
        let whole = matches!(kind, Kind::Decision | Kind::Discovery | Kind::Question | Kind::Story);
        if whole && !fits(&composed(tree)) { Err(Some("an entry too long for one event")) } else { Ok(kind) }
    })
}

fn entry(place: Place, root: &ListItem<'_>, boxed: bool, placeholder: bool) -> Result<Kind, NoItem> {
    let labelled = labels::split(&root.text).into_iter().filter_map(|part| part.label);
    for (label, _) in labelled {
        match label {
            Label::Decision => return Ok(Kind::Decision),
            Label::Observation => return Ok(Kind::Discovery),
            _ => {}
        }
    }
    let dated = times::leading(&root.text).is_some();
    match place.role {
        _ if boxed => Ok(Kind::Step),
        _ if placeholder => Err(None),
        // Below a heading of their own, lists are more often parts of one entry than entries.
        _ if place.level > 2 && !dated => Err(Some("a list without labels")),
        Role::Decisions => Ok(Kind::Decision),
        _ => Ok(Kind::Discovery),
    }
}
