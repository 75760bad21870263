//! What a plan says about itself: fields, tags, authors, sources, and whether it is put away.

use super::{Refusal, find, open, own, title, undisputed};
use crate::change::*;
use crate::prelude::*;
use crate::state::AddWins;
use crate::{Batch, EventId, Field, Layout, Tag, Text, Title};

/// Sets a field.
///
/// # Errors
/// Where it has that value already or is in conflict, the layout is none, or the title is empty.
pub fn set(batch: &mut Batch, field: Field, value: &str) -> Result<EventId, Refusal> {
    let plan = open(batch)?;
    let value = value.trim();
    match field {
        Field::Layout => drop(value.parse::<Layout>()?),
        Field::Title => drop(Title::new(value)?),
        Field::Status | Field::Summary => {}
    }
    undisputed(plan.field_register(field), "the plan", field.as_str())?;
    if plan.field(field) == value {
        return Err(Refusal::Already { item: format!("the {field}"), state: format!("{value:?}") });
    }
    let spelled = plan.layout() == Layout::Own && field != Field::Layout;
    let respelled = if spelled { own::respelled(plan, field, value)? } else { None };
    let change = FieldSet { field, value: Text::new(value)? };
    let Some(respelled) = respelled else { return Ok(batch.record(change)?) };
    batch.group();
    let id = batch.record(change)?;
    batch.record(respelled)?;
    Ok(id)
}

/// Whether something is put in or taken out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Membership {
    /// In.
    In,
    /// Out.
    Out,
}

/// Refuses to put in what is in, and to take out what is not.
fn differs(set: &AddWins<String>, value: &str, what: &'static str, wanted: Membership) -> Result<(), Refusal> {
    match (set.iter().any(|known| known == value), wanted) {
        (true, Membership::In) => {
            Err(Refusal::Already { item: format!("the {what} {value:?}"), state: "in this plan".to_owned() })
        }
        (false, Membership::Out) => Err(Refusal::NotFound { what, named: value.to_owned(), known: set.len() }),
        _ => Ok(()),
    }
}

/// Puts a tag on the plan, or takes it off.
///
/// # Errors
/// Where it is so already.
pub fn tag(batch: &mut Batch, tag: &str, wanted: Membership) -> Result<EventId, Refusal> {
    let plan = open(batch)?;
    let tag = Tag::new(tag.trim())?;
    differs(&plan.tags, &tag, "tag", wanted)?;
    Ok(match wanted {
        Membership::In => batch.record(TagAdded { tag })?,
        Membership::Out => batch.record(TagRemoved { tag })?,
    })
}

/// Names an author, or names them no longer.
///
/// # Errors
/// Where it is so already.
pub fn author(batch: &mut Batch, author: &str, wanted: Membership) -> Result<EventId, Refusal> {
    let plan = open(batch)?;
    let author = title(author)?;
    differs(&plan.authors, &author, "author", wanted)?;
    Ok(match wanted {
        Membership::In => batch.record(AuthorAdded { author })?,
        Membership::Out => batch.record(AuthorRemoved { author })?,
    })
}

/// A source as its author cites it.
#[derive(Debug, Clone, Copy, Default)]
pub struct NewSource<'a> {
    /// What the text calls it, such as `R1`.
    pub id: &'a str,
    /// Its title.
    pub title: Option<&'a str>,
    /// Where it is.
    pub url: Option<&'a str>,
    /// The day on which it was read.
    pub accessed: Option<&'a str>,
}

/// Cites a source.
///
/// # Errors
/// Where one of that id is cited already.
pub fn cite(batch: &mut Batch, new: &NewSource<'_>) -> Result<EventId, Refusal> {
    let plan = open(batch)?;
    let id = Tag::new(new.id.trim())?;
    if plan.sources.iter().any(|source| source.id == *id) {
        let item = format!("the source {:?}", id.as_str());
        return Err(Refusal::Already { item, state: "cited".to_owned() });
    }
    let accessed = new.accessed.map(|day| Tag::new(day.trim())).transpose()?;
    let (title, url) = (new.title.map(title).transpose()?, new.url.map(super::title).transpose()?);
    Ok(batch.record(SourceAdded { accessed, id, title, url })?)
}

/// Cites a source no longer.
///
/// # Errors
/// Where none of that id is cited.
pub fn uncite(batch: &mut Batch, id: &str) -> Result<EventId, Refusal> {
    let plan = open(batch)?;
    let id = Tag::new(id.trim())?;
    if !plan.sources.iter().any(|source| source.id == *id) {
        return Err(Refusal::NotFound { what: "source", named: id.into(), known: plan.sources.len() });
    }
    Ok(batch.record(SourceRemoved { id })?)
}

/// Puts the plan away.
///
/// # Errors
/// Where it is put away already.
pub fn archive(batch: &mut Batch) -> Result<EventId, Refusal> {
    if batch.plan().is_archived() {
        return Err(Refusal::Already { item: "this plan".to_owned(), state: "archived".to_owned() });
    }
    Ok(batch.record(PlanArchived {})?)
}

/// Takes an archived plan up again.
///
/// # Errors
/// Where it is not archived.
pub fn reactivate(batch: &mut Batch) -> Result<EventId, Refusal> {
    if !batch.plan().is_archived() {
        return Err(Refusal::Already { item: "this plan".to_owned(), state: "active".to_owned() });
    }
    Ok(batch.record(PlanReactivated {})?)
}

/// Links an item to something.
///
/// # Errors
/// Where the item is not there, or is so linked already.
pub fn link(batch: &mut Batch, from: &str, rel: &str, to: &str) -> Result<EventId, Refusal> {
    let plan = open(batch)?;
    let item = find::visible(plan, from)?;
    let (rel, to) = (Tag::new(rel.trim())?, title(to)?);
    if item.links.contains(&(rel.as_str().to_owned(), to.as_str().to_owned())) {
        return Err(Refusal::Already { item: find::label(plan, item), state: "linked so".to_owned() });
    }
    let from = item.id();
    Ok(batch.record(LinkAdded { from, rel, to })?)
}
