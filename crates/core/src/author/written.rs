//! Changes that somebody wrote by hand, as an event's `type` and `data`.

use serde_json::{Map, Value};

use crate::Change;
use crate::event::{Inert, malformed};
use crate::prelude::*;

/// Reads a change. Unlike a reader of events, it knows no member that may be passed over: it would be lost without a word.
///
/// # Errors
/// Where the type is unknown, or the data is not as it asks for, or has members that it does not know.
pub fn written(type_name: &str, data: &Map<String, Value>) -> Result<Change, Inert> {
    let raw = serde_json::value::to_raw_value(data).map_err(|e| malformed(&e))?;
    let change = Change::read(type_name, &raw).ok_or_else(|| Inert::UnknownType(type_name.to_owned()))?;
    let change = change.map_err(|e| malformed(&e))?;
    let known = change.data();
    // A writer leaves empty lists out.
    let is_stray = |(name, value): &(&String, &Value)| {
        known.get(name.as_str()).is_none() && !value.as_array().is_some_and(Vec::is_empty)
    };
    match data.iter().find(is_stray) {
        Some((name, _)) => Err(Inert::Malformed(format!("data.{name}: {type_name} has no such member"))),
        None => Ok(change),
    }
}
