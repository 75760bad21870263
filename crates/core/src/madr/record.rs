//! Recording: the decisions of a plan that begins with records.
//!
//! What may be relied on: decisions stand in the order of their numbers, then of their names; a record that another one
//! took the place of is superseded by it, and one whose successor is not among them is withdrawn, with the words that
//! said so in its body.

use super::read::Record;
use super::status::{self, Standing, Target};
use crate::change::*;
use crate::import::{ImportError, fits, parts};
use crate::prelude::*;
use crate::{Actor, Batch, EventId, Layout, Parent, Slug, State, Text, Title};

/// The plan that records become the decisions of.
#[derive(Debug, Clone)]
pub struct Options {
    /// The plan's title.
    pub title: Title,
    /// Its name.
    pub slug: Slug,
    /// How its view is written.
    pub layout: Layout,
    /// What makes this plan another than one with the same title, slug, author and time.
    pub nonce: Title,
}

/// What became of records.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// How many decisions were made.
    pub decisions: usize,
    /// How many of them gave way to another one.
    pub superseded: usize,
    /// The records that gave way to something that is not among them.
    pub unresolved: Vec<String>,
}

/// Makes the events of a plan whose decisions are these records, in a batch that is at the beginning of a plan.
///
/// # Errors
/// Where the batch does not take an event; it then holds those made so far, and is to be dropped.
pub fn record(records: &[Record], options: &Options, batch: &mut Batch) -> Result<Report, ImportError> {
    let Options { title, slug, layout, nonce } = options.clone();
    batch.record(PlanCreated { layout, nonce, slug, title })?;
    let mut records: Vec<&Record> = records.iter().collect();
    records.sort_by_key(|record| (record.number.unwrap_or(u64::MAX), record.name.as_str()));
    let standings: Vec<Standing> = records.iter().map(|record| status::read(&record.status)).collect();
    let links = links(&records, &standings);
    let mut report = Report { decisions: records.len(), ..Report::default() };
    let mut ids = Vec::new();
    for (at, (&record, standing)) in records.iter().zip(&standings).enumerate() {
        let successors = links.iter().filter(|(old, _)| *old == at).count();
        let is_lost = standing.gave_way && successors < standing.by.len().max(1);
        if is_lost {
            report.unresolved.push(record.name.clone());
        }
        let state = if standing.gave_way && successors == 0 { Some(State::Withdrawn) } else { standing.state };
        let id = decision(record, state, ids.last().copied(), batch)?;
        write_body(id, &record.body(standing.is_plain && !is_lost), batch)?;
        ids.push(id);
    }
    for (old, new) in links {
        if let (Some(&decision), Some(&by)) = (ids.get(old), ids.get(new)) {
            batch.record(DecisionSuperseded { by, decision })?;
            report.superseded += 1;
        }
    }
    Ok(report)
}

/// Which record gave way to which.
fn links(records: &[&Record], standings: &[Standing]) -> BTreeSet<(usize, usize)> {
    let find = |target: &Target| {
        let (name, number) = match target {
            Target::Name(name) => (Some(name), status::number(name)),
            Target::Number(number) => (None, Some(*number)),
        };
        let named = records.iter().position(|record| Some(&record.name) == name);
        named.or_else(|| records.iter().position(|record| number.is_some() && record.number == number))
    };
    let mut links = BTreeSet::new();
    for (at, standing) in standings.iter().enumerate() {
        links.extend(standing.by.iter().filter_map(find).map(|new| (at, new)));
        links.extend(standing.replaces.iter().filter_map(find).map(|old| (old, at)));
    }
    links.retain(|(old, new)| old != new);
    links
}

fn decision(
    record: &Record,
    state: Option<State>,
    after: Option<EventId>,
    batch: &mut Batch,
) -> Result<EventId, ImportError> {
    let texts = |texts: &[String]| texts.iter().map(Text::new).collect::<Result<Vec<_>, _>>();
    let change = DecisionRecorded {
        after,
        options: texts(&record.options)?,
        question: None,
        reason: Some(&record.reason).filter(|reason| !reason.is_empty()).map(Text::new).transpose()?,
        references: texts(&record.references)?,
        source: None,
        state,
        supersedes: Vec::new(),
        title: Text::new(&record.title)?,
        tradeoffs: texts(&record.tradeoffs)?,
        under: None,
    };
    let say = |context: &mut crate::Context| {
        context.occurred = record.date;
        context.attributed = record.deciders.clone().map(|name| Actor { email: String::new(), name });
    };
    let decision = batch.record_with(change, say)?;
    for text in &record.amendments {
        batch.record(DecisionAmended { decision, text: Text::new(text)? })?;
    }
    Ok(decision)
}

/// Writes a body: one text, and further blocks below where it is too long for one event.
fn write_body(id: EventId, body: &str, batch: &mut Batch) -> Result<(), ImportError> {
    debug_assert!(parts(body).into_iter().all(fits), "each part is within the limits");
    let mut after = None;
    for (at, part) in parts(body).into_iter().enumerate() {
        let text = Text::new(part)?;
        if at == 0 {
            batch.record(ProseSet { of: Parent::Node(id), text })?;
        } else {
            after = Some(batch.record(ProseAdded { after, source: None, text, under: Parent::Node(id) })?);
        }
    }
    Ok(())
}

impl Record {
    /// The body of its decision: what no field holds.
    fn body(&self, status_is_told: bool) -> String {
        let again = format!("## Status\n\n{}", self.status);
        // An export says a status in one word where the body says it in more.
        let said = self.status.trim().to_lowercase();
        let says = |part: &String| part.strip_prefix("## Status\n").is_some_and(|told| status::word(told) == said);
        let is_told = status_is_told || self.rest.iter().any(says);
        let mut parts = vec![self.context.as_str()];
        parts.extend(Some(again.as_str()).filter(|_| !is_told));
        parts.extend(self.rest.iter().map(String::as_str));
        parts.retain(|part| !part.is_empty());
        parts.join("\n\n")
    }
}
