//! What an edit adds to a view in a house layout.

use super::AbsorbError;
use super::align::New;
use super::house::{House, Spot, heading_spot};
use crate::change::*;
use crate::import::document::written;
use crate::import::record::{blocks, entries, own as record, prose::clean, prose::parts};
use crate::import::{labels, roles, times};
use crate::prelude::*;
use crate::state::Branch;
use crate::words::Rank;
use crate::{Change, EventId, Kind, Parent, Role, Text, Timestamp, Title, view};

impl House<'_, '_> {
    /// Records a part that the base does not have, and says what stands below it belongs to.
    pub(super) fn added(&mut self, new: &New<'_, '_>, above: Spot) -> Result<Spot, AbsorbError> {
        let (unit, line) = (&new.unit, new.unit.line);
        let parent = match above {
            Spot::Below(parent) => parent,
            Spot::Group(_) => Parent::Standing(Role::Results),
            Spot::Minute(_) => Parent::Standing(Role::Log),
        };
        match unit.kind {
            Kind::Section => self.section(new, above),
            Kind::Prose => {
                let text = clean(unit.source);
                let placeholder = text.trim_matches(['-', '*', '_', ' ', '\n']).is_empty();
                if !placeholder {
                    self.added_prose(parent, &text, line)?;
                }
                Ok(above)
            }
            Kind::Note => {
                let text = blocks::composed(unit.items);
                match above {
                    Spot::Group(group) => {
                        let after = self.end(Branch::Items(parent));
                        let change = ResultAdded { after, group, source: None, text: Text::new(text)?, under: None };
                        self.tell(change, Kind::Result, line)?;
                    }
                    Spot::Minute(at) => self.logged(&text, at, line)?,
                    Spot::Below(Parent::Standing(Role::Log)) => {
                        let claimed = times::leading(&text);
                        let rest = claimed.map_or(text.as_str(), |claimed| claimed.rest);
                        self.logged(rest, claimed.map(|claimed| claimed.at), line)?;
                    }
                    Spot::Below(_) => self.added_prose(parent, unit.source.trim_end(), line)?,
                }
                Ok(above)
            }
            kind => {
                // What hangs below a section is not at home there, but for a step or a criterion.
                let boxed = matches!(kind, Kind::Step | Kind::Criterion);
                let home = Parent::Standing(kind.home());
                let parent = match (boxed, parent) {
                    (true, _) => self.host(kind, new.parent),
                    (false, Parent::Node(_)) if self.hosts(kind, parent) => parent,
                    (false, _) => home,
                };
                let (list, after) = match (boxed, parent) {
                    (true, _) => self.emit.place(kind, parent),
                    _ => (Some(parent), self.end(Branch::Items(parent))),
                };
                let id = record::item(self.emit.batch, unit, parent, after, false, |_| {})?;
                self.emit.last.insert(list, id);
                if boxed && let Some((root, nested)) = unit.items.split_first() {
                    let list = written(nested);
                    let gap = if root.body.is_empty() || list.is_empty() { "" } else { "\n" };
                    let body = format!("{}{gap}{list}", root.body);
                    if !body.is_empty() {
                        self.emit.batch.record(ProseSet { of: Parent::Node(id), text: Text::new(body)? })?;
                    }
                }
                self.emit.found(line, "added", Some(id), kind, None);
                Ok(Spot::Below(Parent::Node(id)))
            }
        }
    }

    fn end(&self, branch: Branch) -> Option<EventId> {
        self.emit.batch.plan().last_slot(branch)
    }

    fn tell(&mut self, change: impl Into<Change>, kind: Kind, line: usize) -> Result<(), AbsorbError> {
        let id = self.emit.batch.record(change)?;
        self.emit.found(line, "added", Some(id), kind, None);
        Ok(())
    }

    fn added_prose(&mut self, parent: Parent, text: &str, line: usize) -> Result<(), AbsorbError> {
        let plan = self.emit.batch.plan();
        let is_free = match parent {
            Parent::Standing(role) => plan.prose(role).is_none_or(|prose| prose.value().is_empty()),
            Parent::Node(id) => plan.item(id).is_some_and(|item| item.body().is_none()),
        };
        for (i, part) in parts(text).into_iter().enumerate() {
            let text = Text::new(part)?;
            if i == 0 && is_free && self.written.insert(parent) {
                self.emit.batch.record(ProseSet { of: parent, text })?;
                self.emit.found(line, "written", None, Kind::Prose, None);
                continue;
            }
            let (list, after) = self.emit.place(Kind::Prose, parent);
            let id = self.emit.batch.record(ProseAdded { after, source: None, text, under: parent })?;
            self.emit.last.insert(list, id);
            self.emit.found(line, "added", Some(id), Kind::Prose, None);
        }
        Ok(())
    }

    /// An entry that somebody wrote into the log.
    fn logged(&mut self, text: &str, at: Option<Timestamp>, line: usize) -> Result<(), AbsorbError> {
        let (label, rest) = labels::any(text).unwrap_or(("Note", text));
        let after = |kind: Kind| self.end(Branch::Items(Parent::Standing(kind.home())));
        let (kind, change, claim): (Kind, Change, Option<entries::Claim>) = match label {
            "Decision" => {
                let (decision, claim) = entries::decision(rest, at)?;
                (Kind::Decision, DecisionRecorded { after: after(Kind::Decision), ..decision }.into(), Some(claim))
            }
            "Discovery" | "Observation" => {
                let (discovery, claim) = entries::discovery(rest, at)?;
                (Kind::Discovery, DiscoveryRecorded { after: after(Kind::Discovery), ..discovery }.into(), Some(claim))
            }
            "Blocker" => {
                let (after, text) = (after(Kind::Blocker), Text::new(rest)?);
                let raised =
                    BlockerRaised { after, need: None, on: None, options: vec![], source: None, text, under: None };
                (Kind::Blocker, raised.into(), None)
            }
            "Completed" | "Reopened" | "Dropped" | "Resolved" => {
                self.ignore(line, text, "tick the step instead: the log is written from the events");
                return Ok(());
            }
            label => {
                let (label, text) = (Title::new(label)?, Text::new(rest)?);
                let after = after(Kind::Note);
                let note = NoteAdded { after, corrects: None, label, on: None, source: None, text, under: None };
                (Kind::Note, note.into(), None)
            }
        };
        let id = self.emit.batch.record_with(change, |context| match claim {
            Some(claim) => claim.say(context),
            None => context.occurred = at,
        })?;
        self.emit.found(line, "added", Some(id), kind, None);
        Ok(())
    }

    fn section(&mut self, new: &New<'_, '_>, above: Spot) -> Result<Spot, AbsorbError> {
        let (level, heading) = new.unit.heading.unwrap_or((2, ""));
        let line = new.unit.line;
        let in_log = matches!(above, Spot::Minute(_)) || self.follows == Some(Role::Log);
        let in_results = matches!(above, Spot::Group(_)) || self.follows == Some(Role::Results);
        match heading_spot(new, Spot::Below(Parent::Standing(Role::Custom))) {
            spot @ Spot::Minute(_) if in_log && level > 2 => return Ok(spot),
            spot @ Spot::Group(_) if in_results && level > 2 => return Ok(spot),
            _ => {}
        }
        let reading = roles::of(heading);
        let standing = Parent::Standing(reading.role);
        let plan = self.emit.batch.plan();
        let is_shown = plan.prose(reading.role).is_some()
            || plan.heading(reading.role).is_some()
            || plan.standing(Branch::Items(standing)).next().is_some();
        if reading.is_standing && level <= 2 && !is_shown && reading.role != Role::Opening {
            if heading != view::heading(self.layout, reading.role) {
                self.emit.batch.record(SectionRetitled { heading: Title::new(heading)?, section: standing })?;
            }
            self.follows = Some(reading.role);
            return Ok(Spot::Below(standing));
        }
        let after = self.end(Branch::Sections(self.follows));
        let added = SectionAdded {
            after,
            follows: self.follows,
            heading: Title::new(heading)?,
            level: Rank::try_from(level).ok().filter(|&level| level != Rank::SECTION),
            role: Some(reading.role).filter(|&role| role != Role::Custom),
            source: None,
        };
        let id = self.emit.batch.record(added)?;
        self.emit.found(line, "added", Some(id), Kind::Section, None);
        Ok(Spot::Below(Parent::Node(id)))
    }
}
