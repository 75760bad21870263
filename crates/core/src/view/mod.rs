//! The projector: a plan's Markdown, byte for byte the same from the same state.
//!
//! What may be relied on: [`render`] depends on the plan and the layout alone; it writes `\n` line ends and ends
//! with one; a text of several lines never leaves the item that it belongs to. Times are UTC, by the minute.
//!
//! How: a layout is a list of standing sections with their headings; `blocks.rs` writes prose and items, `log.rs` the
//! progress log of the house layout, `disputes.rs` what writers disagree about. Spec: spec/5-view.md.

mod blocks;
pub(crate) mod disputes;
pub(crate) mod front_matter;
mod lists;
mod log;
pub(crate) mod own;
pub(crate) mod sheet;

pub use disputes::{Told, headline, sides};
pub(crate) use front_matter::scalar;

use crate::prelude::*;
use crate::state::{Branch, Item, Plan};
use crate::{Kind, Layout, Parent, Role};
use lists::Shown;
use sheet::{Owner, Sheet, Shows};

/// Writes the view of a plan in a layout.
#[must_use]
pub fn render(plan: &Plan, layout: Layout) -> String {
    let (mut parts, eol) = undisputed(plan, layout);
    disputes::placed(plan, &mut parts, eol);
    parts.into_iter().map(|(_, text)| text).collect()
}

/// The parts of a view without the blocks of conflicts, and its line end.
pub(crate) fn undisputed(plan: &Plan, layout: Layout) -> (Vec<(Owner, String)>, &'static str) {
    if layout == Layout::Own && plan.has_own_text() {
        let pieces = own::pieces(plan).into_iter().map(|piece| (piece.owner(plan), piece.text));
        return (pieces.collect(), own::line_end(plan));
    }
    (parts(plan, layout), "\n")
}

/// The view of a plan in a house layout, in parts, each with what it shows.
pub(crate) fn parts(plan: &Plan, layout: Layout) -> Vec<(Owner, String)> {
    traced(plan, layout).into_iter().map(|part| (part.owner, part.text)).collect()
}

/// A part of a view, with what its lines say.
pub(crate) struct Part {
    /// What it shows.
    pub(crate) owner: Owner,
    /// Its Markdown.
    pub(crate) text: String,
    /// From where on which lines say what.
    pub(crate) shows: Vec<(usize, Shows)>,
}

/// The same, with what the lines of each part say.
pub(crate) fn traced(plan: &Plan, layout: Layout) -> Vec<Part> {
    let mut page = Page::of(plan, layout);
    page.write();
    let Sheet { text, marks, shows } = page.out;
    let ends = marks.iter().map(|mark| mark.0).skip(1).chain([text.len()]);
    let mut parts: Vec<Part> = Vec::with_capacity(marks.len());
    let mut shows = shows.into_iter().peekable();
    for (&(at, owner), end) in marks.iter().zip(ends) {
        let part = &text[at..end];
        let own = part.trim_start_matches('\n');
        let blank = part.len() - own.len();
        // A blank line belongs to what stands before it.
        if let Some(before) = parts.last_mut() {
            before.text.push_str(&part[..blank]);
        }
        let begin = at + blank;
        let mut here = Vec::new();
        while let Some((at, what)) = shows.next_if(|(from, _)| *from < end || end == text.len()) {
            here.push((at.saturating_sub(begin), what));
        }
        if !own.is_empty() {
            parts.push(Part { owner, text: own.to_owned(), shows: here });
        }
    }
    parts
}

/// The heading that a layout gives to a standing section.
#[must_use]
pub fn heading(layout: Layout, role: Role) -> &'static str {
    standing(layout).iter().find(|(other, _)| *other == role).map_or("Notes", |(_, heading)| heading)
}

/// A layout's standing sections in their order.
pub(crate) fn standing(layout: Layout) -> &'static [(Role, &'static str)] {
    match layout {
        Layout::Execplan | Layout::Own => &[
            (Role::Objective, "Objective"),
            (Role::Context, "Context"),
            (Role::Stories, "User Stories"),
            (Role::Criteria, "Success Criteria"),
            (Role::Approach, "Technical Approach"),
            (Role::Steps, "Execution Steps"),
            (Role::Log, "Progress Log"),
            (Role::Decisions, "Decisions"),
            (Role::Discoveries, "Discoveries"),
            (Role::Questions, "Open Questions"),
            (Role::Results, "Results"),
            (Role::Custom, "Notes"),
        ],
        Layout::Cookbook => &[
            (Role::Objective, "Purpose / Big Picture"),
            (Role::Steps, "Progress"),
            (Role::Discoveries, "Surprises & Discoveries"),
            (Role::Decisions, "Decision Log"),
            (Role::Results, "Outcomes & Retrospective"),
            (Role::Context, "Context and Orientation"),
            (Role::Stories, "User Stories"),
            (Role::Approach, "Plan of Work"),
            (Role::Criteria, "Validation and Acceptance"),
            (Role::Custom, "Notes"),
            (Role::Questions, "Open Questions"),
            (Role::Log, "Revision Notes"),
        ],
    }
}

/// The paragraph that stands below the title of every Cookbook plan.
const LIVING: &str = "This ExecPlan is a living document. The sections `Progress`, `Surprises & Discoveries`, \
    `Decision Log` and `Outcomes & Retrospective` are kept up to date as work proceeds.";

struct Page<'a> {
    plan: &'a Plan,
    shown: Shown<'a>,
    layout: Layout,
    out: Sheet,
}

impl<'a> Page<'a> {
    fn of(plan: &'a Plan, layout: Layout) -> Self {
        Self { plan, shown: Shown::new(plan), layout, out: Sheet::default() }
    }

    fn write(&mut self) {
        self.out.mark(Owner::FrontMatter);
        self.front_matter();
        let title = crate::text::line(self.plan.title());
        let suffix = if self.layout != Layout::Execplan || title.ends_with("ExecPlan") { "" } else { " ExecPlan" };
        self.out.mark(Owner::Title);
        self.out.push_str(&format!("\n# {}\n", format!("{title}{suffix}").trim_start()));
        if self.layout == Layout::Cookbook {
            self.out.mark(Owner::Written);
            self.out.push_str(&format!("\n{LIVING}\n"));
        }
        self.opening();
        self.added_sections(None);
        self.added_sections(Some(Role::Opening));
        for &(role, name) in standing(self.layout) {
            self.standing_section(role, name);
            self.added_sections(Some(role));
        }
        self.footer();
    }

    /// What a plan that keeps its own text has before its first heading.
    fn opening(&mut self) {
        let (mut body, parent) = (Sheet::default(), Parent::Standing(Role::Opening));
        if let Some(prose) = self.plan.prose(Role::Opening) {
            body.mark(Owner::Prose(parent));
            blocks::prose(prose.value(), &mut body);
        }
        self.write_blocks(parent, &self.blocks(parent), &mut body);
        if !body.text.trim().is_empty() {
            self.out.push('\n');
            self.out.append(&body);
        }
    }

    fn standing_section(&mut self, role: Role, name: &str) {
        let mut body = Sheet::default();
        let parent = Parent::Standing(role);
        if let Some(prose) = self.plan.prose(role) {
            body.mark(Owner::Prose(parent));
            blocks::prose(prose.value(), &mut body);
        }
        self.list(role, &mut body);
        let heading = self.plan.heading(role).map(|heading| heading.value().clone());
        let always = self.layout == Layout::Cookbook
            && !matches!(role, Role::Stories | Role::Custom | Role::Questions | Role::Log);
        if !body.is_empty() || heading.is_some() || always {
            self.section(parent, 2, heading.as_deref().unwrap_or(name), &body);
        }
    }

    /// The blocks of a standing section below its prose.
    fn list(&self, role: Role, out: &mut Sheet) {
        let house = self.layout != Layout::Cookbook;
        let mut items = self.blocks(Parent::Standing(role));
        match role {
            Role::Log if house => log::write(&self.shown, out),
            Role::Results => {
                let (results, others): (Vec<_>, _) = items.into_iter().partition(|item| item.kind() == Kind::Result);
                lists::results(self.plan, &results, out);
                items = others;
            }
            _ => {}
        }
        if house {
            // The place of those at home is the progress log.
            let logged = |kind| matches!(kind, Kind::Decision | Kind::Discovery | Kind::Note) && kind.home() == role;
            items.retain(|item| !logged(item.kind()));
        }
        self.write_blocks(Parent::Standing(role), &items, out);
    }

    fn added_sections(&mut self, follows: Option<Role>) {
        for section in self.plan.children(Branch::Sections(follows)) {
            let mut body = Sheet::default();
            let parent = Parent::Node(section.id());
            if let Some(prose) = section.body() {
                body.mark(Owner::Prose(parent));
                blocks::prose(prose, &mut body);
            }
            self.write_blocks(parent, &self.blocks(parent), &mut body);
            let level = match section.detail {
                crate::state::Detail::Section { level, .. } => level,
                _ => 2,
            };
            self.section(parent, level, section.text(), &body);
        }
    }

    fn section(&mut self, parent: Parent, level: u8, heading: &str, body: &Sheet) {
        self.out.mark(Owner::Heading(parent));
        let marks = "#".repeat(usize::from(level));
        self.out.push_str(&format!("\n{marks} {}\n", crate::text::line(heading)));
        // The house format sets a list right below its heading, and a heading of lower rank apart.
        if !body.is_empty()
            && (self.layout == Layout::Cookbook
                || body.text.starts_with("### Delivered")
                || body.text.starts_with("### Metrics")
                || body.text.starts_with("### Lessons"))
        {
            self.out.push('\n');
        }
        self.out.append(body);
    }

    fn blocks(&self, parent: Parent) -> Vec<&'a Item> {
        self.plan.children(Branch::Items(parent))
    }

    /// Blocks in their order; neighbours of one kind make one list.
    fn write_blocks(&self, parent: Parent, items: &[&Item], out: &mut Sheet) {
        for run in items.chunk_by(|a, b| lists::same_list(a.kind(), b.kind())) {
            let Some(first) = run.first() else { continue };
            if !out.is_empty() {
                out.push('\n');
            }
            match first.kind() {
                Kind::Prose => run.iter().for_each(|item| {
                    out.mark(Owner::Item(item.id()));
                    blocks::prose(item.text(), out);
                }),
                Kind::Step if self.layout == Layout::Cookbook => lists::progress(&self.shown, parent, run, out),
                Kind::Step => lists::steps(&self.shown, parent, run, out),
                Kind::Criterion => lists::criteria(&self.shown, parent, run, out),
                Kind::Question | Kind::Blocker => lists::questions(&self.shown, run, out),
                Kind::Story => lists::stories(self.plan, run, out),
                Kind::Result => lists::results(self.plan, run, out),
                Kind::Decision => lists::decisions(self.plan, run, out),
                Kind::Discovery => lists::discoveries(self.plan, run, out),
                Kind::Note => run.iter().for_each(|note| {
                    out.mark(Owner::Item(note.id()));
                    log::note(self.plan, note, out);
                }),
                Kind::Section => {}
            }
        }
    }

    /// Names the version that the view shows, so that an edit of the file can be traced to what its author saw.
    fn footer(&mut self) {
        self.out.mark(Owner::Written);
        let heads: Vec<String> = self.plan.heads().iter().map(|id| id.prefix(12)).collect();
        self.out.push_str(&format!("\n{}{} -->\n", crate::absorb::BASE, heads.join(" ")));
        let unread = self.plan.inert.iter().filter(|event| event.from_the_future).count();
        if unread > 0 {
            self.out.push_str(&format!("<!-- git-plan: partial: {unread} events need a newer git-plan -->\n"));
        }
    }
}
