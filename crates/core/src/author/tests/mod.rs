//! What authoring allows, and what it refuses.

mod items;
mod undoing;

use std::boxed::Box;

use super::*;
use crate::{Actor, Context, Event, EventId, Kind, Layout, Timestamp, view};

type TestResult<T = ()> = Result<T, Box<dyn std::error::Error>>;

/// A plan in the making, one batch for each command, as a store would have it.
struct Desk {
    plan: Plan,
    events: Vec<Event>,
    minute: i64,
}

impl Desk {
    fn new() -> TestResult<Self> {
        let mut desk = Self { plan: Plan::default(), events: Vec::new(), minute: 0 };
        desk.act(|batch| begin(batch, &NewPlan { title: "Dark mode", nonce: "0", ..Default::default() }).map(drop))?;
        Ok(desk)
    }

    fn with_steps(texts: &[&str]) -> TestResult<Self> {
        let mut desk = Self::new()?;
        for text in texts {
            desk.act(|batch| step::add(batch, text, &Spot::default()).map(drop))?;
        }
        Ok(desk)
    }

    /// Carries out one command: all of it, or nothing where it is refused.
    fn act<T>(&mut self, command: impl FnOnce(&mut Batch) -> Result<T, Refusal>) -> Result<T, Refusal> {
        self.minute += 1;
        let by = Actor { name: "Ada".into(), email: "ada@example.org".into() };
        let at = Timestamp::from_millis(1_764_000_000_000 + self.minute * 60_000);
        let mut batch = Batch::new(self.plan.clone(), by, at, Context::default());
        let done = command(&mut batch)?;
        let (plan, sealed) = batch.into_parts();
        self.plan = plan;
        self.events.extend(sealed.into_iter().map(|sealed| sealed.event));
        Ok(done)
    }

    fn undo(&mut self) -> Result<Vec<EventId>, Refusal> {
        let events = self.events.clone();
        self.act(|batch| undo(batch, &events, &undoable(&events), Later::Refuse).map(|undone| undone.ids))
    }

    fn undo_one(&mut self, event: EventId) -> Result<Vec<EventId>, Refusal> {
        let events = self.events.clone();
        self.act(|batch| undo(batch, &events, &[event], Later::Refuse).map(|undone| undone.ids))
    }

    fn undo_with(&mut self, targets: &[EventId], later: Later) -> Result<Vec<EventId>, Refusal> {
        let events = self.events.clone();
        self.act(|batch| undo(batch, &events, targets, later).map(|undone| undone.ids))
    }

    /// The steps as `1 text`, `1.1 text`.
    fn steps(&self) -> Vec<String> {
        self.plan.steps().iter().map(|step| format!("{} {}", step.number, step.item.text())).collect()
    }

    /// The view without what changes with every event.
    fn view(&self) -> String {
        let view = view::render(&self.plan, Layout::Execplan);
        let from = view.find("\n# ").unwrap_or(0);
        let to = view.find("\n## Progress Log").or(view.find("\n<!-- git-plan")).unwrap_or(view.len());
        view[from..to].to_owned()
    }
}

fn code<T: core::fmt::Debug>(result: Result<T, Refusal>) -> &'static str {
    result.map_or_else(|refusal| refusal.code(), |_| "done")
}

fn named(names: &[&str]) -> Vec<String> {
    names.iter().map(|&name| name.to_owned()).collect()
}
