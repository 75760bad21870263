//! The layout of a plan that keeps its own text.
//!
//! What may be relied on: the pieces, put together, are the view; a node that nothing touched since its source was
//! read is that source, byte for byte. Only what an event changed is written anew, in the style around it.
//!
//! How: the tree is walked in its order. `spelling.rs` writes changes into a source, `fresh.rs` writes what has none.

mod fresh;
mod spelling;

use super::sheet::Owner;
use crate::prelude::*;
use crate::state::{Branch, Item, Plan};
use crate::{ItemId, Kind, Parent, Role};
use fresh::Surroundings;
pub(crate) use fresh::line_end;

/// A part of the view.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Piece {
    /// The node that it shows; none where the layout wrote it by itself.
    pub(crate) node: Option<ItemId>,
    /// The section whose prose it is.
    prose: Option<Parent>,
    /// Its Markdown.
    pub(crate) text: String,
}

impl Piece {
    /// What it shows.
    pub(crate) fn owner(&self, plan: &Plan) -> Owner {
        match (self.node, self.prose) {
            (_, Some(section)) => Owner::Prose(section),
            (Some(id), None) if plan.item(id).is_some_and(|item| item.kind() == Kind::Section) => {
                Owner::Heading(Parent::Node(id))
            }
            (Some(id), None) => Owner::Item(id),
            (None, None) => Owner::Written,
        }
    }
}

/// The view of a plan, in the order of its pieces.
pub(crate) fn pieces(plan: &Plan) -> Vec<Piece> {
    let mut page = Page { plan, eol: fresh::line_end(plan), pieces: Vec::new(), trailing: false };
    if let Some(prose) = plan.prose(Role::Opening).filter(|prose| !prose.value().is_empty()) {
        page.block(None, prose.value());
        page.is_prose_of(Parent::Standing(Role::Opening));
    }
    page.items(Parent::Standing(Role::Opening));
    for follows in [None, Some(Role::Opening)] {
        for section in plan.children(Branch::Sections(follows)) {
            page.section(section);
        }
    }
    for &(role, heading) in super::standing(crate::Layout::Own) {
        page.standing(role, heading);
        for section in plan.children(Branch::Sections(Some(role))) {
            page.section(section);
        }
    }
    page.finished()
}

struct Page<'a> {
    plan: &'a Plan,
    eol: &'static str,
    pieces: Vec<Piece>,
    /// Whether the last piece is new, and ends with a blank line for whatever follows.
    trailing: bool,
}

impl<'a> Page<'a> {
    fn put(&mut self, node: Option<ItemId>, text: String) {
        self.pieces.push(Piece { node, prose: None, text });
        self.trailing = false;
    }

    /// Says whose prose the last piece is.
    fn is_prose_of(&mut self, section: Parent) {
        if let Some(last) = self.pieces.last_mut() {
            last.prose = Some(section);
        }
    }

    fn section(&mut self, section: &'a Item) {
        match &section.source {
            Some(_) => self.put(Some(section.id()), spelling::spelled(section, None).into_owned()),
            None => {
                let level = match section.detail {
                    crate::state::Detail::Section { level, .. } => level,
                    _ => 2,
                };
                self.heading(Some(section.id()), level, section.text());
            }
        }
        if let Some(body) = section.body() {
            self.block(None, body);
            self.is_prose_of(Parent::Node(section.id()));
        }
        self.items(Parent::Node(section.id()));
    }

    /// A heading that the plan's own text does not have.
    fn heading(&mut self, node: Option<ItemId>, level: u8, heading: &str) {
        self.apart();
        let marks = "#".repeat(usize::from(level));
        self.put(node, format!("{marks} {}{1}{1}", crate::text::line(heading), self.eol));
        self.trailing = true;
    }

    /// A block of prose that the plan's own text does not have.
    fn block(&mut self, node: Option<ItemId>, text: &str) {
        self.apart();
        let text = text.trim_end().lines().collect::<Vec<_>>().join(self.eol);
        self.put(node, format!("{text}{0}{0}", self.eol));
        self.trailing = true;
    }

    /// A standing section with what hangs there although no section of the plan's own is for it.
    fn standing(&mut self, role: Role, heading: &str) {
        let prose = self.plan.prose(role).map(|prose| prose.value().as_str()).filter(|prose| !prose.is_empty());
        let parent = Parent::Standing(role);
        if prose.is_none() && self.plan.children(Branch::Items(parent)).is_empty() {
            return;
        }
        let given = self.plan.heading(role).map(|heading| heading.value().as_str());
        self.heading(None, 2, given.unwrap_or(heading));
        if let Some(prose) = prose {
            self.block(None, prose);
            self.is_prose_of(parent);
        }
        self.items(parent);
    }

    /// What hangs below a parent, each node before what hangs below it.
    fn items(&mut self, parent: Parent) {
        let mut ahead = self.below(parent);
        while let Some((item, around)) = ahead.pop() {
            self.item(item, &around);
            ahead.extend(self.below(Parent::Node(item.id())));
        }
    }

    /// The children of a parent with what stands around each, last first.
    fn below(&self, parent: Parent) -> Vec<(&'a Item, Surroundings<'a>)> {
        let siblings = self.plan.children(Branch::Items(parent));
        let above = match parent {
            Parent::Node(id) => self.plan.item(id).filter(|item| item.kind() != Kind::Section),
            Parent::Standing(_) => None,
        };
        Surroundings::of(&siblings, above).rev().collect()
    }

    fn item(&mut self, item: &'a Item, around: &Surroundings<'a>) {
        if item.kind() == Kind::Prose {
            // A block that was read keeps its own end, blank lines and all.
            let above = match item.place.branch {
                Branch::Items(Parent::Node(id)) => self.plan.item(id).is_some_and(|above| above.source.is_some()),
                branch => branch == Branch::Items(Parent::Standing(Role::Opening)),
            };
            return match above || item.text().ends_with('\n') {
                true => self.put(Some(item.id()), item.text().to_owned()),
                false => self.block(Some(item.id()), item.text()),
            };
        }
        if item.source.is_some() {
            let text = spelling::spelled(item, around.time_form(item));
            return self.put(Some(item.id()), text.into_owned());
        }
        let text = fresh::written(self.plan, item, around, self.eol);
        if text.is_empty() {
            return;
        }
        if around.follows_sibling() {
            self.end_line();
            let blanks = self.take_blanks();
            if let Some(last) = self.pieces.last_mut().filter(|_| around.is_loose()) {
                last.text.push_str(self.eol);
            }
            let trailing = self.trailing;
            self.put(Some(item.id()), format!("{text}{blanks}"));
            self.trailing = trailing;
        } else {
            self.apart();
            self.put(Some(item.id()), format!("{text}{}", self.eol));
            self.trailing = true;
        }
    }

    fn end_line(&mut self) {
        if let Some(last) = self.pieces.last_mut()
            && !last.text.is_empty()
            && !last.text.ends_with('\n')
        {
            last.text.push_str(self.eol);
        }
    }

    /// Makes sure that a blank line stands before what comes next.
    fn apart(&mut self) {
        self.end_line();
        let is_blank = |text: &str| text.lines().next_back().is_none_or(|line| line.trim().is_empty());
        if let Some(last) = self.pieces.last_mut()
            && !is_blank(&last.text)
        {
            last.text.push_str(self.eol);
        }
    }

    /// Takes the blank lines off the end of the last piece.
    fn take_blanks(&mut self) -> String {
        let Some(last) = self.pieces.last_mut() else { return String::new() };
        let kept = last.text.trim_end_matches(['\n', '\r', ' ', '\t']).len();
        let end = last.text[kept..].find('\n').map_or(last.text.len(), |at| kept + at + 1);
        last.text.split_off(end)
    }

    fn finished(mut self) -> Vec<Piece> {
        if self.trailing {
            self.take_blanks();
        }
        self.pieces
    }
}
