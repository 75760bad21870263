//! Recording: the events that a document makes.
//!
//! What may be relied on: every word of the document goes into an event or is the heading of a standing section; a text
//! too long for one event is spread over several. Items come out in the order and the nesting that they had.
//!
//! How: sections are taken in their order. The first for a role becomes that standing section, any other is added after
//! the last standing one. The log is read before any, because its entries tell when steps were completed and
//! blockers raised; what no step and no blocker has claimed of it is recorded at the end.

mod beginning;
mod blocks;
mod entries;
mod log;
mod report;
mod steps;

use super::document::{Document, Section};
use super::roles;
use crate::change::*;
use crate::prelude::*;
use crate::words::Rank;
use crate::{Batch, Change, EventId, Kind, Layout, Parent, RecordError, Role, Slug, Text, TextError, Title, view};
pub use report::{Kept, Report};

/// What an importer says beside the document.
#[derive(Debug, Clone)]
pub struct Options {
    /// How the plan's view is written; as the headings suggest where absent.
    pub layout: Option<Layout>,
    /// The name of the plan where its front matter gives none; as the title suggests where absent.
    pub slug: Option<Slug>,
    /// What makes this plan another than one with the same title, slug, author and time.
    pub nonce: Title,
}

/// Why a document cannot be recorded.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ImportError {
    /// The batch does not take an event: most likely, it is not at the beginning of a plan.
    #[error(transparent)]
    Record(#[from] RecordError),
    /// A text breaks a limit.
    #[error(transparent)]
    Text(#[from] TextError),
}

/// Makes the events of a document, in a batch that is at the beginning of a plan.
///
/// # Errors
/// Where the batch does not take an event; it then holds those made so far, and is to be dropped.
pub fn record(document: &Document<'_>, options: &Options, batch: &mut Batch) -> Result<Report, ImportError> {
    let layout = options.layout.unwrap_or_else(|| suggested(document));
    let mut recorder = Recorder {
        report: Report::new(layout),
        batch,
        last: BTreeMap::new(),
        last_section: BTreeMap::new(),
        follows: None,
        claimed: BTreeSet::new(),
        within: Vec::new(),
        prose: BTreeMap::new(),
        log: log::Log::read(document),
        numbers: None,
    };
    recorder.begin(document, options)?;
    for section in &document.sections {
        recorder.section(section)?;
    }
    recorder.record_log(true)?;
    recorder.set_gathered()?;
    Ok(recorder.report)
}

/// The layout whose headings the document has.
fn suggested(document: &Document<'_>) -> Layout {
    let own = |layout, roles: &[Role]| {
        let names: Vec<String> = roles.iter().map(|&role| roles::normal(view::heading(layout, role))).collect();
        document.headings().filter(|heading| names.contains(&roles::normal(heading.text))).count()
    };
    use Role::{Approach, Context, Criteria, Decisions, Discoveries, Log, Objective, Results, Steps};
    let house = own(Layout::Execplan, &[Objective, Criteria, Approach, Steps, Log, Results]);
    let cookbook =
        own(Layout::Cookbook, &[Objective, Steps, Discoveries, Decisions, Results, Context, Approach, Criteria]);
    if cookbook > house { Layout::Cookbook } else { Layout::Execplan }
}

/// Whether a section can be the plan's one section for its role.
///
/// The log and the results hold entries of their own, and no boxes.
fn can_stand(section: &Section<'_>) -> bool {
    let Some(heading) = &section.heading else { return false };
    let reading = roles::of(heading.text);
    let boxes = || section.blocks.iter().flat_map(|block| &block.items).any(|item| item.tick.is_some());
    reading.is_standing && heading.level <= 2 && !(matches!(reading.role, Role::Log | Role::Results) && boxes())
}

/// The events in the making.
struct Recorder<'b> {
    batch: &'b mut Batch,
    report: Report,
    /// The last node below each parent.
    last: BTreeMap<Parent, EventId>,
    /// The last section added after each standing one.
    last_section: BTreeMap<Option<Role>, EventId>,
    /// The standing section that came last.
    follows: Option<Role>,
    /// The standing sections that have their section.
    claimed: BTreeSet<Role>,
    /// The sections that the next one may stand within: level, role, and the place of their items.
    within: Vec<Place>,
    /// Prose that is set once all of it is known.
    prose: BTreeMap<Role, String>,
    log: log::Log,
    /// The steps by number, once something names one.
    numbers: Option<BTreeMap<String, EventId>>,
}

/// A section's place.
#[derive(Debug, Clone, Copy)]
struct Place {
    level: u8,
    role: Role,
    /// Whether its own heading says what it is for.
    named: bool,
    parent: Parent,
}

impl Recorder<'_> {
    fn section(&mut self, section: &Section<'_>) -> Result<(), ImportError> {
        let is_title = |level| level == 1 && !self.report.has_title;
        let Some(heading) = section.heading.as_ref().filter(|heading| !is_title(heading.level)) else {
            self.report.has_title |= section.heading.is_some();
            self.within.clear();
            return self.preamble(section);
        };
        while self.within.last().is_some_and(|outer| outer.level >= heading.level) {
            self.within.pop();
        }
        let outer = self.within.last().copied();
        if let Some(outer) = outer
            && (self.log.has_group(heading.line) || self.results(outer, section)?)
        {
            return Ok(());
        }
        let reading = roles::of(heading.text);
        let role = match (reading.role, outer) {
            (Role::Custom, Some(outer)) => outer.role,
            (role, _) => role,
        };
        let stands = can_stand(section) && self.claimed.insert(role);
        let parent = if stands {
            self.follows = Some(role);
            if heading.text != view::heading(self.report.layout, role) {
                let section = Parent::Standing(role);
                self.add(SectionRetitled { heading: Title::new(heading.text)?, section })?;
            }
            Parent::Standing(role)
        } else {
            let change = SectionAdded {
                after: self.last_section.get(&self.follows).copied(),
                follows: self.follows,
                heading: Title::new(heading.text)?,
                level: Rank::try_from(heading.level).ok().filter(|&level| level != Rank::SECTION),
                role: (role != Role::Custom).then_some(role),
                source: None,
            };
            let id = self.add(change)?;
            self.last_section.insert(self.follows, id);
            self.report.count(Kind::Section);
            Parent::Node(id)
        };
        if parent == Parent::Standing(Role::Log) {
            self.record_log(false)?;
        }
        let place = Place { level: heading.level, role, named: reading.is_standing, parent };
        self.within.push(place);
        self.blocks(place, &section.blocks)
    }

    /// What stands before the sections: it has no heading, so its place is among the notes.
    fn preamble(&mut self, section: &Section<'_>) -> Result<(), ImportError> {
        if section.blocks.iter().any(|block| !block.source.trim().is_empty()) {
            let parent = Parent::Standing(Role::Custom);
            self.blocks(Place { level: 1, role: Role::Custom, named: false, parent }, &section.blocks)?;
        }
        Ok(())
    }

    fn add(&mut self, change: impl Into<Change>) -> Result<EventId, ImportError> {
        Ok(self.batch.record(change)?)
    }

    /// The node that the next one below this parent comes after.
    fn after(&self, parent: Parent) -> Option<EventId> {
        self.last.get(&parent).copied()
    }

    /// Takes note of a node that was added below a parent.
    fn added(&mut self, parent: Parent, id: EventId, kind: Kind) -> EventId {
        self.last.insert(parent, id);
        self.report.count(kind);
        id
    }

    /// Adds prose to a place: as its one text where it is the first there, else as a block.
    fn prose(&mut self, parent: Parent, text: &str) -> Result<(), ImportError> {
        let text = clean(text);
        if text.is_empty() {
            return Ok(());
        }
        if let Parent::Standing(role @ (Role::Log | Role::Results | Role::Custom)) = parent {
            let gathered = self.prose.entry(role).or_default();
            gathered.push_str(if gathered.is_empty() { "" } else { "\n\n" });
            gathered.push_str(&text);
            return Ok(());
        }
        self.write_prose(parent, &text)
    }

    fn write_prose(&mut self, parent: Parent, text: &str) -> Result<(), ImportError> {
        let is_first = self.after(parent).is_none();
        for (i, part) in parts(text).into_iter().enumerate() {
            let text = Text::new(part)?;
            if i == 0 && is_first {
                self.add(ProseSet { of: parent, text })?;
                self.report.count(Kind::Prose);
            } else {
                let change = ProseAdded { after: self.after(parent), source: None, text, under: parent };
                let id = self.add(change)?;
                self.added(parent, id, Kind::Prose);
            }
        }
        Ok(())
    }

    /// Sets the prose that was gathered for sections that hold one text.
    fn set_gathered(&mut self) -> Result<(), ImportError> {
        for (role, text) in core::mem::take(&mut self.prose) {
            let parent = Parent::Standing(role);
            self.last.remove(&parent);
            self.write_prose(parent, &text)?;
        }
        Ok(())
    }
}

/// A text without the lines that a view adds, and with `\n` line ends.
fn clean(text: &str) -> String {
    let lines = text.lines().filter(|line| !line.starts_with("<!-- git-plan"));
    let text = lines.map(|line| line.trim_end_matches('\r')).collect::<Vec<_>>().join("\n");
    text.trim_start_matches('\n').trim_end().to_owned()
}

/// Whether a text is within the limits of one event, however its characters are written there.
fn fits(text: &str) -> bool {
    let written = |byte: u8| match byte {
        b'"' | b'\\' | b'\n' | b'\t' | b'\r' => 2,
        0..=0x1f => 6,
        _ => 1,
    };
    text.len() <= crate::limits::TEXT && text.bytes().map(written).sum::<usize>() <= crate::limits::EVENT * 3 / 4
}

/// A text in parts that fit, cut at line ends where there are any.
fn parts(text: &str) -> Vec<&str> {
    const MOST: usize = crate::limits::EVENT / 8;
    let (mut parts, mut rest) = (Vec::new(), text);
    while !fits(rest) {
        let most = (0..=MOST).rev().find(|&at| rest.is_char_boundary(at)).unwrap_or(0);
        let at = rest[..most].rfind('\n').map_or(most, |at| at + 1);
        parts.push(&rest[..at]);
        rest = &rest[at..];
    }
    if !rest.is_empty() {
        parts.push(rest);
    }
    parts
}
