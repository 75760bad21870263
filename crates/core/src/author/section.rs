//! Sections: added ones beside those that every plan has, and their headings.

use super::{Refusal, find, open, placing, title, undisputed};
use crate::change::*;
use crate::prelude::*;
use crate::state::{Branch, Item};
use crate::{Batch, EventId, ItemId, Kind, Layout, Parent, Role, Text};

/// Adds a section with a heading and perhaps a text: after another section, or at the end.
///
/// # Errors
/// Where the other section is not there, or the heading is empty.
pub fn add(batch: &mut Batch, heading: &str, after: Option<&str>, text: Option<&str>) -> Result<Vec<EventId>, Refusal> {
    let plan = open(batch)?;
    let (follows, after) = match after.map(|named| find::section(plan, named)).transpose()? {
        Some(Parent::Standing(role)) => (Some(role), None),
        Some(Parent::Node(id)) => match plan.item(id).map(|item| item.place) {
            Some(place) => match place.branch {
                Branch::Sections(follows) => (follows, Some(place.slot)),
                Branch::Items(_) => (Some(Role::Results), Some(place.slot)),
            },
            None => (Some(Role::Results), None),
        },
        None if plan.layout() == Layout::Own => (None, placing::last(plan, Branch::Sections(None), None)),
        None => (Some(Role::Results), placing::last(plan, Branch::Sections(Some(Role::Results)), None)),
    };
    let added = SectionAdded { after, follows, heading: title(heading)?, level: None, role: None, source: None };
    let Some(text) = text else { return Ok(vec![batch.record(added)?]) };
    batch.group();
    let section = batch.record(added)?;
    let prose = batch.record(ProseSet { of: Parent::Node(section), text: Text::new(text.trim_end())? })?;
    Ok(vec![section, prose])
}

/// Gives a section another heading.
///
/// # Errors
/// Where the section is not there, or has that heading already, or writers disagree about it.
pub fn retitle(batch: &mut Batch, named: &str, heading: &str) -> Result<EventId, Refusal> {
    let plan = open(batch)?;
    let (section, heading) = (find::section(plan, named)?, title(heading)?);
    let register = match section {
        Parent::Standing(role) => plan.heading(role),
        Parent::Node(id) => plan.item(id).map(|section| &section.text),
    };
    undisputed(register, &format!("the section {named:?}"), "heading")?;
    if current_heading(batch.plan(), section) == &*heading {
        return Err(Refusal::Already { item: format!("the section {named:?}"), state: "headed so".to_owned() });
    }
    Ok(batch.record(SectionRetitled { heading, section })?)
}

/// Writes the prose of a section; an empty text takes it away.
///
/// # Errors
/// Where the section is not there, or has that prose already, or writers disagree about it.
pub fn write(batch: &mut Batch, named: &str, text: &str) -> Result<EventId, Refusal> {
    let plan = open(batch)?;
    let of = find::section(plan, named)?;
    let text = text.trim_end();
    let register = match of {
        Parent::Standing(role) => plan.prose(role),
        Parent::Node(id) => plan.item(id).and_then(|section| section.body.as_deref()),
    };
    let item = format!("the section {:?}", current_heading(plan, of));
    undisputed(register, &item, "prose")?;
    if register.map_or("", |prose| prose.value()) == text {
        return Err(Refusal::Already { item, state: "written so".to_owned() });
    }
    if let Parent::Node(id) = of
        && plan.item(id).is_some_and(|section| section.source.is_some())
    {
        return write_own(batch, id, text);
    }
    Ok(batch.record(ProseSet { of, text: Text::new(text)? })?)
}

/// Writes the prose of a section that came with its own text: its first block, in the place of all its blocks.
fn write_own(batch: &mut Batch, section: ItemId, text: &str) -> Result<EventId, Refusal> {
    let under = Parent::Node(section);
    let is_prose = |item: &&Item| item.kind() == Kind::Prose;
    let blocks: Vec<&Item> = batch.plan().children(Branch::Items(under)).into_iter().filter(is_prose).collect();
    let Some((first, others)) = blocks.split_first() else {
        let text = Text::new(format!("{text}\n\n"))?;
        return Ok(batch.record(ProseAdded { after: Some(section), source: None, text, under })?);
    };
    // The blank lines behind the block set off what follows it.
    let end = &first.text()[first.text().trim_end().len()..];
    let (item, text) = (first.id(), Text::new(format!("{text}{end}"))?);
    let items: Vec<ItemId> = others.iter().map(|block| block.id()).collect();
    if items.is_empty() {
        return Ok(batch.record(ItemReworded { item, text })?);
    }
    batch.group();
    let id = batch.record(ItemReworded { item, text })?;
    batch.record(ItemRemoved { items })?;
    Ok(id)
}

/// The heading that a section has in the plan's layout.
pub(super) fn current_heading(plan: &crate::Plan, section: Parent) -> &str {
    match section {
        Parent::Standing(role) => {
            plan.heading(role).map_or(crate::view::heading(plan.layout(), role), |heading| heading.value())
        }
        Parent::Node(id) => plan.item(id).map_or("", crate::state::Item::text),
    }
}
