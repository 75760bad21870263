//! The events of an absorbed edit in the making: where a node goes, and what is told of it.
//!
//! What may be relied on: parts are taken in the order of the edited text, so each goes right behind the one before it
//! in its list, and a node is moved only where it hangs elsewhere.

use super::align::Old;
use super::{AbsorbError, Found, Report};
use crate::change::*;
use crate::event::Absorbed;
use crate::import::record::own as record;
use crate::import::units;
use crate::prelude::*;
use crate::state::Branch;
use crate::{Batch, Change, Context, EventId, ItemId, Kind, Match, Parent, State, Text};

/// The events in the making.
pub(super) struct Emit<'b, 'o> {
    pub(super) batch: &'b mut Batch,
    pub(super) olds: &'o [Old],
    pub(super) matches: &'o BTreeMap<usize, Match>,
    /// The last placement below each parent, and among the sections.
    pub(super) last: BTreeMap<Option<Parent>, EventId>,
    pub(super) report: Report,
    /// Parts of the base that were matched and are taken out all the same.
    pub(super) given_up: Vec<ItemId>,
}

impl<'b, 'o> Emit<'b, 'o> {
    pub(super) fn new(batch: &'b mut Batch, olds: &'o [Old], matches: &'o BTreeMap<usize, Match>) -> Self {
        Self { batch, olds, matches, last: BTreeMap::new(), report: Report::default(), given_up: Vec::new() }
    }

    pub(super) fn found(
        &mut self,
        line: usize,
        what: &'static str,
        item: Option<ItemId>,
        kind: Kind,
        matched: Option<Match>,
    ) {
        let text = item.and_then(|id| self.batch.plan().item(id)).map_or(String::new(), |item| item.text().to_owned());
        self.report.found.push(Found { line, what, item, kind, text, matched });
    }

    /// The list that a node of this kind hangs in, and what the next one in it comes after.
    pub(super) fn place(&self, kind: Kind, parent: Parent) -> (Option<Parent>, Option<EventId>) {
        let list = Some(parent).filter(|_| kind != Kind::Section);
        // Below a node, the node's own id names the place before everything else.
        let first = match list {
            Some(Parent::Node(id)) => Some(id),
            _ => None,
        };
        (list, self.last.get(&list).copied().or(first))
    }

    pub(super) fn add(&mut self, unit: &units::Unit<'_, '_>, parent: Parent) -> Result<Option<EventId>, AbsorbError> {
        let (list, after) = self.place(unit.kind, parent);
        let (list, after) = match unit.kind {
            Kind::Section if !record::carries(unit.source) => (Some(parent), self.place(Kind::Prose, parent).1),
            _ => (list, after),
        };
        let added = record::add(self.batch, unit, parent, after, |_| {}).map_err(AbsorbError::from)?;
        if let Some(last) = added.last {
            self.last.insert(list, last);
        }
        self.found(unit.line, "added", added.last, added.kind, None);
        Ok(added.node)
    }

    /// Puts a node in its place, where it is not there.
    pub(super) fn settle(
        &mut self,
        node: ItemId,
        parent: Parent,
        crosses: bool,
        line: usize,
    ) -> Result<(), AbsorbError> {
        let Some(item) = self.batch.plan().item(node) else { return Ok(()) };
        let (kind, now) = (item.kind(), item.place);
        let (list, after) = self.place(kind, parent);
        let stays = match now.branch {
            Branch::Items(above) => Some(above) == list,
            Branch::Sections(_) => list.is_none(),
        };
        let slot = if stays && !crosses {
            now.slot
        } else {
            let under = list.filter(|&list| list != Parent::Standing(kind.home()));
            let id = self.batch.record(ItemMoved { after, item: node, under })?;
            self.found(line, "moved", Some(node), kind, None);
            id
        };
        self.last.insert(list, slot);
        Ok(())
    }

    /// Records a change that was read from an edit.
    pub(super) fn record(
        &mut self,
        change: impl Into<Change>,
        source: Option<&str>,
        text: Option<&str>,
        matched: Option<Match>,
    ) -> Result<EventId, AbsorbError> {
        let absorbed =
            Absorbed { matched, source: source.map(Text::new).transpose()?, text: text.map(Text::new).transpose()? };
        let absorbed = Some(absorbed).filter(|absorbed| *absorbed != Absorbed::default()).map(Box::new);
        let say = |context: &mut Context| context.absorbed = absorbed;
        Ok(self.batch.record_with(change, say)?)
    }
}

/// The event that brings a step or a criterion to a state, and what the edit did in a word.
pub(super) fn progress(is_step: bool, state: State, id: ItemId) -> (&'static str, Change) {
    match (is_step, state) {
        (true, State::Done) => ("completed", StepCompleted { evidence: vec![], step: id }.into()),
        (true, State::Doing) => ("started", StepStarted { step: id }.into()),
        (true, State::Dropped) => ("dropped", StepDropped { step: id }.into()),
        (true, _) => ("reopened", StepReopened { step: id }.into()),
        (false, State::Done) => ("met", CriterionMet { criterion: id, evidence: vec![] }.into()),
        (false, _) => ("unmet", CriterionUnmet { criterion: id }.into()),
    }
}
