//! The decisions, each with those that it took the place of below it.

use std::collections::BTreeSet;

use git_plan_core::state::{Decision, Detail};
use git_plan_core::text::{line, neutral};
use git_plan_core::{Item, ItemId, Kind, Plan};
use maud::{Markup, html};

/// The tree of decisions.
pub fn tree(plan: &Plan) -> Markup {
    let all: Vec<(&Item, &Decision)> = plan.items_of(Kind::Decision).filter_map(decision).collect();
    let mut shown = BTreeSet::new();
    let stands = |(_, detail): &&(&Item, &Decision)| detail.superseded_by.by_age().is_empty();
    let roots: Vec<ItemId> = all.iter().filter(stands).map(|(item, _)| item.id()).collect();
    // Where each of several gave way to another of them, none stands.
    let ids: Vec<ItemId> = roots.into_iter().chain(all.iter().map(|(item, _)| item.id())).collect();
    html! {
        @if all.is_empty() { p .none { "No decision was recorded." } }
        ul .tree { @for id in ids { (branch(plan, &all, id, &mut shown, 0)) } }
    }
}

/// Below how many the tree is cut.
const DEPTH: usize = 64;

fn branch(plan: &Plan, all: &[(&Item, &Decision)], id: ItemId, shown: &mut BTreeSet<ItemId>, depth: usize) -> Markup {
    let Some((item, detail)) =
        all.iter().find(|(item, _)| item.id() == id).filter(|_| depth < DEPTH && shown.insert(id))
    else {
        return html! {};
    };
    let replaced = |other: &&(&Item, &Decision)| other.1.superseded_by.by_age().into_iter().any(|by| *by == id);
    let older: Vec<ItemId> = all.iter().filter(replaced).map(|(item, _)| item.id()).collect();
    let by = item.attributed.clone().or_else(|| Some(plan.person(item.added)?.actor.name.clone())).unwrap_or_default();
    let is_superseded = !detail.superseded_by.by_age().is_empty();
    let state = if is_superseded { "superseded" } else { item.state().map_or("accepted", |state| state.as_str()) };
    html! {
        li {
            article .decision {
                h3 dir="auto" { (line(item.text())) }
                p .meta {
                    span class={ "state " (state) } { (state) } " · " bdi { (line(&by)) } " · "
                    time { (item.occurred.to_string()) } " · " code { (plan.short(id)) }
                }
                @if let Some(reason) = &detail.reason { p dir="auto" { (neutral(reason)) } }
                (list("Options", &detail.options))
                (list("Trade-offs", &detail.tradeoffs))
                (list("References", &detail.references))
            }
            @if !older.is_empty() {
                p .replaces { "in place of" }
                ul { @for id in older { (branch(plan, all, id, shown, depth + 1)) } }
            }
        }
    }
}

fn list(name: &str, texts: &[String]) -> Markup {
    html! {
        @if !texts.is_empty() {
            p .label { (name) }
            ul { @for text in texts { li dir="auto" { (neutral(text)) } } }
        }
    }
}

fn decision(item: &Item) -> Option<(&Item, &Decision)> {
    match &item.detail {
        Detail::Decision(detail) => Some((item, detail)),
        _ => None,
    }
}
