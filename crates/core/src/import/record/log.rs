//! The log: entries below headings that are times, or lists whose entries begin with one.
//!
//! It is read before anything is recorded, because it says when steps were completed and blockers raised. An entry
//! that speaks of an item with an event of its own gives that event its time; every other becomes an event. Those of
//! one minute come out in the order of the house format: completions, what was decided and found, blockers.

use alloc::collections::VecDeque;

use super::blocks::{composed, is_plain_list};
use super::questions::{Parts, Raised};
use super::{ImportError, Recorder, can_stand, fits};
use crate::change::*;
use crate::import::document::{Document, ListItem, Section, trees};
use crate::import::{labels, roles, times};
use crate::prelude::*;
use crate::{Kind, Parent, Role, Text, Timestamp, Title};

/// An entry of the log.
#[derive(Debug, Default)]
struct Entry {
    occurred: Option<Timestamp>,
    label: String,
    text: String,
    /// Whether another event has taken its time.
    taken: bool,
}

/// What the log says.
#[derive(Debug, Default)]
pub(super) struct Log {
    entries: Vec<Entry>,
    /// The entries by label and text.
    claims: BTreeMap<(String, String), VecDeque<usize>>,
    /// The lines of the headings that are times.
    groups: BTreeSet<usize>,
    /// The lines of the items that are entries.
    lines: BTreeSet<usize>,
}

impl Log {
    /// Reads the log of a document.
    pub(super) fn read(document: &Document<'_>) -> Self {
        let mut log = Self::default();
        let is_log = |section: &&Section<'_>| {
            can_stand(section) && section.heading.as_ref().is_some_and(|h| roles::of(h.text).role == Role::Log)
        };
        let mut sections = document.sections.iter().skip_while(|section| !is_log(section));
        let Some(main) = sections.next() else { return log };
        let level = main.heading.as_ref().map_or(2, |heading| heading.level);
        for tree in main.blocks.iter().flat_map(|block| trees(&block.items)) {
            if let Some(claimed) = tree.first().and_then(|root| times::leading(&root.text)) {
                let text = composed(tree);
                let rest = times::leading(&text).map_or(text.as_str(), |claimed| claimed.rest).to_owned();
                if fits(&text) && !rest.is_empty() {
                    log.enter(claimed.at, tree, &rest);
                }
            }
        }
        for section in sections {
            let Some(heading) = section.heading.as_ref().filter(|heading| heading.level > level) else { break };
            let Some(claimed) = times::leading(heading.text).filter(|claimed| claimed.rest.is_empty()) else {
                continue;
            };
            if heading.level != level + 1 || !is_plain_list(&section.blocks) {
                continue;
            }
            log.groups.insert(heading.line);
            for tree in section.blocks.iter().flat_map(|block| trees(&block.items)) {
                log.enter(claimed.at, tree, &composed(tree));
            }
        }
        log
    }

    fn enter(&mut self, occurred: Timestamp, tree: &[ListItem<'_>], text: &str) {
        let (label, text) = labels::any(text).unwrap_or(("Note", text));
        self.claims.entry((label.to_owned(), text.to_owned())).or_default().push_back(self.entries.len());
        self.lines.extend(tree.first().map(|root| root.line));
        self.entries.push(Entry {
            occurred: Some(occurred),
            label: label.to_owned(),
            text: text.to_owned(),
            taken: false,
        });
    }

    pub(super) fn has_group(&self, line: usize) -> bool {
        self.groups.contains(&line)
    }

    pub(super) fn has_entry(&self, line: usize) -> bool {
        self.lines.contains(&line)
    }

    /// Whether there is an entry with this label and text that nothing has taken.
    pub(super) fn has(&self, label: &str, text: &str) -> bool {
        self.claims.get(&(label.to_owned(), text.to_owned())).is_some_and(|entries| !entries.is_empty())
    }

    /// Takes the time of the first entry with this label and text.
    pub(super) fn claim(&mut self, label: &str, text: &str) -> Option<Timestamp> {
        let at = self.claims.get_mut(&(label.to_owned(), text.to_owned()))?.pop_front()?;
        let entry = self.entries.get_mut(at)?;
        entry.taken = true;
        entry.occurred
    }
}

impl Recorder<'_> {
    /// Records the entries of the log that no other event stands for or, before `all` is recorded, will.
    pub(super) fn record_log(&mut self, all: bool) -> Result<(), ImportError> {
        for at in 0..self.log.entries.len() {
            let entry = &mut self.log.entries[at];
            if entry.taken || !all && matches!(entry.label.as_str(), "Completed" | "Blocker") {
                continue;
            }
            let entry = core::mem::take(entry);
            self.log.entries[at].taken = true;
            let occurred = entry.occurred;
            match entry.label.as_str() {
                "Decision" => self.decision(None, &entry.text, occurred).map(drop)?,
                "Discovery" => self.discovery(None, &entry.text, occurred).map(drop)?,
                "Blocker" => {
                    let home = Parent::Standing(Kind::Blocker.home());
                    let raised = Raised { text: &entry.text, on: None, occurred };
                    self.blocker(home, raised, Parts::default()).map(drop)?;
                }
                _ => self.note(&entry)?,
            }
        }
        Ok(())
    }

    fn note(&mut self, entry: &Entry) -> Result<(), ImportError> {
        let home = Parent::Standing(Kind::Note.home());
        let change = NoteAdded {
            after: self.after(home),
            corrects: None,
            label: Title::new(entry.label.as_str())?,
            on: None,
            source: None,
            text: Text::new(entry.text.as_str())?,
            under: None,
        };
        let id = self.batch.record_with(change, |context| context.occurred = entry.occurred)?;
        self.added(home, id, Kind::Note);
        Ok(())
    }
}
