//! The events as a graph: who saw what.

use std::collections::BTreeMap;
use std::fmt::Write;

use git_plan_core::EventId;
use git_plan_core::export::Export;
use maud::{Markup, PreEscaped, html};

/// How far events and lanes are apart.
const STEP: usize = 12;

/// The graph, oldest event on the left. It holds numbers alone, so nothing of a plan can be in it.
pub fn svg(export: &Export<'_>) -> Markup {
    // In each lane, the event that stands last in it.
    let mut lanes: Vec<Option<EventId>> = Vec::new();
    let mut places: BTreeMap<EventId, (usize, usize)> = BTreeMap::new();
    let mut children: BTreeMap<EventId, usize> = BTreeMap::new();
    for parent in export.rows.iter().flat_map(|row| &row.event.parents) {
        *children.entry(*parent).or_default() += 1;
    }
    let (mut lines, mut dots) = (String::new(), String::new());
    for (at, row) in export.rows.iter().enumerate() {
        let event = row.event;
        let own = lanes.iter().position(|last| last.is_some_and(|last| event.parents.contains(&last)));
        let free = own.or_else(|| lanes.iter().position(Option::is_none));
        let lane = free.unwrap_or_else(|| {
            lanes.push(None);
            lanes.len() - 1
        });
        for parent in &event.parents {
            if let Some(left) = children.get_mut(parent) {
                *left -= 1;
            }
            // A lane that nothing goes on from is free again.
            for last in lanes.iter_mut().filter(|last| **last == Some(*parent)) {
                if children.get(parent) == Some(&0) {
                    *last = None;
                }
            }
        }
        lanes[lane] = Some(event.id);
        let (x, y) = (STEP + at * STEP, STEP + lane * STEP);
        for (px, py) in event.parents.iter().filter_map(|parent| places.get(parent)) {
            // Writing to a string cannot fail.
            let _ = write!(lines, "M{px} {py}L{} {y}L{x} {y}", (px + STEP).min(x));
        }
        let _ = write!(dots, r#"<circle cx="{x}" cy="{y}" r="4" data-n="{}"/>"#, at + 1);
        places.insert(event.id, (x, y));
    }
    let (width, height) = ((export.rows.len() + 2) * STEP, (lanes.len() + 1) * STEP);
    html! {
        div .graph tabindex="0" role="region" aria-label="Event graph" {
            svg #dots width=(width) height=(height) viewBox={ "0 0 " (width) " " (height) } role="img" aria-label="Each event is a dot, with lines to the events that its author had seen" {
                path d=(lines) {}
                (PreEscaped(dots))
            }
        }
    }
}
