//! Front matter: what an edit of it says of the plan's fields.

use super::AbsorbError;
use crate::change::*;
use crate::import::document::Document;
use crate::import::{Value, read};
use crate::prelude::*;
use crate::{Batch, Change, Context, Field, Tag, Text, Title};

/// Records what differs between two texts that begin with front matter, where the plan has fields for it.
pub(super) fn absorb(batch: &mut Batch, old: &str, new: &str, say: impl Fn(&mut Context)) -> Result<(), AbsorbError> {
    let (old, new) = (read(old), read(new));
    let mut changes: Vec<Change> = Vec::new();
    for (name, field) in [("status", Field::Status), ("summary", Field::Summary)] {
        if let Some(value) = scalar(&new, name).filter(|value| scalar(&old, name) != Some(value))
            && batch.plan().field(field) != value
        {
            changes.push(FieldSet { field, value: Text::new(value)? }.into());
        }
    }
    let has_heading = new.title().is_some();
    if let Some(title) = scalar(&new, "title").filter(|title| scalar(&old, "title") != Some(title) && !has_heading)
        && let Ok(value) = Text::new(title)
        && Title::new(title).is_ok()
    {
        changes.push(FieldSet { field: Field::Title, value }.into());
    }
    for (name, is_tag) in [("tags", true), ("authors", false)] {
        let (before, after) = (list(&old, name), list(&new, name));
        for gone in before.iter().filter(|value| !after.contains(value)) {
            match is_tag {
                true if batch.plan().tags.contains(gone) => {
                    changes.extend(Tag::new(*gone).map(|tag| TagRemoved { tag }.into()))
                }
                false if batch.plan().authors.contains(gone) => {
                    changes.extend(Title::new(*gone).map(|author| AuthorRemoved { author }.into()));
                }
                _ => {}
            }
        }
        for come in after.iter().filter(|value| !before.contains(value)) {
            match is_tag {
                true if !batch.plan().tags.contains(come) => {
                    changes.extend(Tag::new(*come).map(|tag| TagAdded { tag }.into()))
                }
                false if !batch.plan().authors.contains(come) => {
                    changes.extend(Title::new(*come).map(|author| AuthorAdded { author }.into()));
                }
                _ => {}
            }
        }
    }
    changes.into_iter().try_for_each(|change| batch.record_with(change, &say).map(drop)).map_err(AbsorbError::from)
}

fn value<'d>(document: &'d Document<'_>, name: &str) -> Option<&'d Value> {
    let fields = document.front_matter.as_ref().map_or(&[][..], |front| &front.fields);
    fields.iter().find(|field| field.name == name).map(|field| &field.value)
}

fn scalar<'d>(document: &'d Document<'_>, name: &str) -> Option<&'d String> {
    match value(document, name) {
        Some(Value::Scalar(text)) => Some(text),
        _ => None,
    }
}

fn list<'d>(document: &'d Document<'_>, name: &str) -> Vec<&'d String> {
    match value(document, name) {
        Some(Value::List(values)) => values.iter().collect(),
        _ => Vec::new(),
    }
}
