//! Sections: added ones beside those that every plan has, and their headings.

use super::{Refusal, find, open, placing, title};
use crate::change::*;
use crate::prelude::*;
use crate::state::Branch;
use crate::{Batch, EventId, Parent, Role, Text};

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
/// Where the section is not there, or has that heading already.
pub fn retitle(batch: &mut Batch, named: &str, heading: &str) -> Result<EventId, Refusal> {
    let plan = open(batch)?;
    let (section, heading) = (find::section(plan, named)?, title(heading)?);
    if current_heading(batch.plan(), section) == &*heading {
        return Err(Refusal::Already { item: format!("the section {named:?}"), state: "headed so".to_owned() });
    }
    Ok(batch.record(SectionRetitled { heading, section })?)
}

/// Writes the prose of a section; an empty text takes it away.
///
/// # Errors
/// Where the section is not there, or has that prose already.
pub fn write(batch: &mut Batch, named: &str, text: &str) -> Result<EventId, Refusal> {
    let plan = open(batch)?;
    let of = find::section(plan, named)?;
    let text = text.trim_end();
    let (now, disputed) = match of {
        Parent::Standing(role) => {
            plan.prose(role).map_or(("", false), |prose| (prose.value().as_str(), prose.is_in_conflict()))
        }
        Parent::Node(id) => (plan.item(id).and_then(crate::state::Item::body).unwrap_or_default(), false),
    };
    if now == text && !disputed {
        let item = format!("the section {:?}", current_heading(plan, of));
        return Err(Refusal::Already { item, state: "written so".to_owned() });
    }
    Ok(batch.record(ProseSet { of, text: Text::new(text)? })?)
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
