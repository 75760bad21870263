//! Recording: the events that a document makes.
//!
//! What may be relied on: every word of the document goes into an event or is the heading of a standing section; a text
//! too long for one event is spread over several. Items come out in the order and the nesting that they had.
//!
//! How: sections are taken in their order. The first for a role becomes that standing section, any other is added after
//! the last standing one. The log is read before any, because its entries tell when steps were completed and
//! blockers raised; what no step and no blocker has claimed of it is recorded at the end.

mod beginning;
pub(crate) mod blocks;
pub(crate) mod entries;
mod log;
pub(crate) mod own;
pub(crate) mod prose;
mod questions;
mod report;
pub(crate) mod steps;
mod stories;

use super::document::{Document, Section};
use super::roles;
use crate::change::*;
use crate::prelude::*;
use crate::words::Rank;
use crate::{Batch, Change, EventId, Kind, Layout, Parent, RecordError, Role, Slug, TextError, Title, view};
pub(crate) use prose::{fits, parts};
pub use report::{Kept, Report};

/// What an importer says beside the document.
#[derive(Debug, Clone)]
pub struct Options {
    /// How the plan's view is written; as the headings suggest where absent.
    pub layout: Option<Layout>,
    /// The name of the plan; as the front matter says where absent, else as the title suggests.
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
        told: BTreeMap::new(),
    };
    recorder.begin(document, options)?;
    if layout == Layout::Own {
        recorder.own(document)?;
        return Ok(recorder.report);
    }
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
    /// The last story below each parent.
    told: BTreeMap<Parent, EventId>,
}

/// A section's place.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place {
    pub(crate) level: u8,
    pub(crate) role: Role,
    /// Whether its own heading says what it is for.
    pub(crate) named: bool,
    pub(crate) parent: Parent,
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
}
