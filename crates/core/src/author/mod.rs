//! Authoring: what a person says about a plan, turned into events.
//!
//! What may be relied on: each function either records what was meant or returns a [`Refusal`] that says why the plan
//! as it stands does not allow it; items are named as people name them, by number or by the beginning of an id. This is
//! where writing validates: the fold takes any history, a writer only what makes sense now.
//!
//! How: every function takes the [`Batch`] that it records into, looks up what is named in
//! [`Batch::plan`](crate::Batch::plan) (`find.rs`), checks it, and records one event or a few. One file per kind of
//! item; `resolve.rs` settles conflicts, `placing.rs` decides where in a list something goes, `undo.rs` and `inverse.rs`
//! take events back.
//!
//! ```
//! # use git_plan_core::{author, Actor, Batch, Context, Plan, Timestamp};
//! # let by = Actor { name: "Ada".into(), email: "ada@example.org".into() };
//! let mut batch = Batch::new(Plan::default(), by, Timestamp::from_millis(0), Context::default());
//! author::begin(&mut batch, &author::NewPlan { title: "Dark mode", nonce: "0", ..Default::default() })?;
//! author::step::add(&mut batch, "Create theme context", &author::Spot::default())?;
//! author::step::complete(&mut batch, &["1".into()], &[])?;
//! assert_eq!(batch.plan().step_progress().done, 1);
//! # Ok::<(), author::Refusal>(())
//! ```

mod beginning;
pub mod blocker;
pub mod cause;
pub mod criterion;
pub mod decision;
pub mod field;
pub mod find;
mod inverse;
pub mod item;
mod mentions;
mod own;
mod placing;
pub mod question;
pub mod record;
mod refusal;
pub mod resolve;
pub mod section;
pub mod step;
#[cfg(test)]
mod tests;
mod undo;
mod written;

pub use beginning::{NewPlan, Template, begin};
pub use placing::Spot;
pub use refusal::{Category, Refusal};
pub use undo::{Later, Undone, undo, undoable};
pub use written::written;

use crate::prelude::*;
use crate::state::{Item, Register};
use crate::{Batch, Plan, State, Text, TextError, Title};

/// The plan, if it takes changes.
fn open(batch: &Batch) -> Result<&Plan, Refusal> {
    if batch.plan().is_archived() { Err(Refusal::Archived) } else { Ok(batch.plan()) }
}

/// The wording of an item: without white space around it, and not empty.
fn wording(text: &str) -> Result<Text, Refusal> {
    match text.trim() {
        "" => Err(TextError::Empty("text").into()),
        text => Ok(Text::new(text)?),
    }
}

fn wordings(texts: &[String]) -> Result<Vec<Text>, Refusal> {
    texts.iter().map(|text| wording(text)).collect()
}

fn perhaps(text: Option<&str>) -> Result<Option<Text>, Refusal> {
    text.map(wording).transpose()
}

/// A name, a label, a heading: one line, without white space around it.
fn title(text: &str) -> Result<Title, Refusal> {
    Ok(Title::new(text.trim())?)
}

/// Refuses to write over what writers disagree about: who does that without saying so may not know of it.
fn undisputed(register: Option<&Register<String>>, item: &str, field: &'static str) -> Result<(), Refusal> {
    let Some(disputed) = register.filter(|register| register.is_in_conflict()) else { return Ok(()) };
    let sides = disputed.writes().map(|write| format!("{:?}", crate::text::clipped(&write.value, 60))).collect();
    Err(Refusal::InConflict { item: item.to_owned(), field, sides })
}

/// Refuses an item that is in this state already, or about whose state writers disagree.
fn not_yet(plan: &Plan, item: &Item, state: State, field: &'static str) -> Result<(), Refusal> {
    match item.progress() {
        Some((_, true)) => {
            let sides = match &item.state {
                Some(register) => register.writes().map(|write| write.value.to_string()).collect(),
                None => Vec::new(),
            };
            Err(Refusal::InConflict { item: find::label(plan, item), field, sides })
        }
        Some((now, false)) if now == state => {
            Err(Refusal::Already { item: find::label(plan, item), state: state.to_string() })
        }
        _ => Ok(()),
    }
}
