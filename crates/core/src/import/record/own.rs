//! Recording a document that keeps its own text: each unit becomes one node that carries its source.
//!
//! What may be relied on: every byte of the document is in the source of a node, or is the text of a block of prose.

use super::blocks::composed;
use super::prose::{parts, written};
use super::{ImportError, Recorder, entries};
use crate::change::*;
use crate::import::document::Document;
use crate::import::marks::{self, Asked};
use crate::import::units::{self, Unit};
use crate::prelude::*;
use crate::words::Rank;
use crate::{Batch, Change, Context, EventId, Kind, Parent, Role, State, Text, Timestamp, Title, limits};

/// A unit in the plan.
pub(crate) struct Added {
    /// The node that units below it hang below; none where it became plain prose.
    pub(crate) node: Option<EventId>,
    /// The placement that the next sibling comes after.
    pub(crate) last: Option<EventId>,
    /// What it became.
    pub(crate) kind: Kind,
}

impl Recorder<'_> {
    /// Records all of a document.
    pub(super) fn own(&mut self, document: &Document<'_>) -> Result<(), ImportError> {
        let text: String = document.pieces().collect();
        let units = units::of(document, &text, units::Lists::Prose);
        let mut parents: Vec<Parent> = Vec::with_capacity(units.len());
        let mut section = None;
        for unit in &units {
            let parent = unit.parent.map_or(Parent::Standing(Role::Opening), |above| parents[above]);
            let after = if unit.kind == Kind::Section { section } else { self.after(parent) };
            let added = add(self.batch, unit, parent, after, |_| {})?;
            self.report.count(added.kind);
            match added.last {
                Some(last) if unit.kind == Kind::Section => section = Some(last),
                Some(last) => drop(self.last.insert(parent, last)),
                None => {}
            }
            parents.push(added.node.map_or(parent, Parent::Node));
        }
        Ok(())
    }
}

/// Whether an item can carry this source beside what is read from it.
pub(crate) fn carries(source: &str) -> bool {
    source.len() <= limits::TEXT && written(source) <= limits::EVENT * 3 / 8
}

/// Adds a unit below a parent, after a placement. `say` may say more in each event's context.
pub(crate) fn add(
    batch: &mut Batch,
    unit: &Unit<'_, '_>,
    parent: Parent,
    after: Option<EventId>,
    say: impl Fn(&mut Context),
) -> Result<Added, ImportError> {
    if unit.kind == Kind::Prose || !carries(unit.source) {
        let mut last = after;
        for part in parts(unit.source) {
            let change = ProseAdded { after: last, source: None, text: Text::new(part)?, under: parent };
            last = Some(batch.record_with(change, &say)?);
        }
        return Ok(Added { node: None, last, kind: Kind::Prose });
    }
    let id = item(batch, unit, parent, after, true, say)?;
    Ok(Added { node: Some(id), last: Some(id), kind: unit.kind })
}

/// Adds a unit that is no prose, with its source or without.
pub(crate) fn item(
    batch: &mut Batch,
    unit: &Unit<'_, '_>,
    parent: Parent,
    after: Option<EventId>,
    spelled: bool,
    say: impl Fn(&mut Context),
) -> Result<EventId, ImportError> {
    let source = spelled.then(|| Text::new(unit.source)).transpose()?;
    let Read { change, occurred, claim } = read(unit, parent, after, source)?;
    let id = batch.record_with(change, |context| {
        if let Some(claim) = claim {
            claim.say(context);
        }
        context.occurred = occurred.or(context.occurred);
        say(context);
    })?;
    if let Some(answer) = answer(unit) {
        batch.record_with(QuestionAnswered { answer: Text::new(answer)?, question: id }, &say)?;
    }
    Ok(id)
}

/// What a unit says.
struct Read {
    change: Change,
    occurred: Option<Timestamp>,
    claim: Option<entries::Claim>,
}

fn read(
    unit: &Unit<'_, '_>,
    parent: Parent,
    after: Option<EventId>,
    source: Option<Text>,
) -> Result<Read, ImportError> {
    let under = Some(parent).filter(|&parent| parent != Parent::Standing(unit.kind.home()));
    let root = unit.items.first();
    let text = root.map_or("", |item| item.text.as_str());
    let (mut occurred, mut claims) = (None, None);
    let change: Change = match unit.kind {
        Kind::Section => {
            let (level, heading) = unit.heading.unwrap_or((2, ""));
            SectionAdded {
                after,
                follows: None,
                heading: Title::new(heading)?,
                level: Rank::try_from(level).ok().filter(|&level| level != Rank::SECTION),
                role: Some(unit.role).filter(|&role| role != Role::Custom),
                source,
            }
            .into()
        }
        Kind::Criterion => {
            let state = unit.state().filter(|&state| state == State::Met);
            CriterionAdded { after, source, state, text: Text::new(text)?, under }.into()
        }
        Kind::Decision => {
            let (decision, claim) = entries::decision(&composed(unit.items), None)?;
            claims = Some(claim);
            DecisionRecorded { after, source, under, ..decision }.into()
        }
        Kind::Discovery => {
            let (discovery, claim) = entries::discovery(&composed(unit.items), None)?;
            claims = Some(claim);
            DiscoveryRecorded { after, source, under, ..discovery }.into()
        }
        Kind::Question => {
            let (Asked::Open(asked) | Asked::Resolved(asked, _) | Asked::Blocked(asked)) = marks::question(text);
            let text = Text::new(asked)?;
            QuestionAsked { after, need: None, options: Vec::new(), source, text, under }.into()
        }
        Kind::Story => {
            let (who, wish, end) = marks::story(text).unwrap_or(("", text, None));
            let (as_a, i_want) = (Text::new(who)?, Text::new(wish)?);
            StoryAdded { after, as_a, i_want, so_that: end.map(Text::new).transpose()?, source, under }.into()
        }
        _ => {
            let read = marks::step(root.and_then(|item| item.tick), text);
            let state = unit.state().filter(|&state| state != State::Todo);
            occurred = read.occurred;
            StepAdded { after, source, state, text: Text::new(read.text)?, under }.into()
        }
    };
    Ok(Read { change, occurred, claim: claims })
}

/// What a question was answered, where it was.
pub(crate) fn answer<'u>(unit: &'u Unit<'_, '_>) -> Option<&'u str> {
    let item = unit.items.first().filter(|_| unit.kind == Kind::Question)?;
    match marks::question(&item.text) {
        Asked::Resolved(_, answer) => Some(answer),
        _ => matches!(item.tick, Some('x' | 'X' | '✓' | '✔')).then_some(""),
    }
}
