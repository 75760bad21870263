//! The page.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use git_plan_core::audit::Commitment;
use git_plan_core::export::{Export, Row};
use git_plan_core::text::{line, neutral};
use git_plan_core::{Event, EventId, Field, Plan, Timestamp, subject, view};
use maud::{DOCTYPE, Markup, PreEscaped, html};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::{decisions, graph, history, markdown, people};

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// The page of a plan.
#[must_use]
pub fn page(export: &Export<'_>) -> String {
    let plan = export.plan;
    let title = if plan.title().trim().is_empty() { export.slug.to_string() } else { line(plan.title()) };
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(policy());
                meta name="referrer" content="no-referrer";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="generator" content="git-plan";
                title { (title) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                a .skip href="#plan" { "Skip to the plan" }
                header {
                    h1 dir="auto" { (title) }
                    (headline(export))
                }
                (navigation())
                main {
                    section #plan aria-labelledby="h-plan" {
                        h2 #h-plan { "Plan" }
                        div .view-of { (markdown::render(&view::render(plan, plan.layout()))) }
                    }
                    (timeline(export))
                    section #decisions aria-labelledby="h-decisions" {
                        h2 #h-decisions { "Decisions" }
                        (decisions::tree(plan))
                    }
                    section #graph aria-labelledby="h-graph" {
                        h2 #h-graph { "Event graph" }
                        p .meta { "Oldest on the left. An event stands to the right of what its author had seen." }
                        (graph::svg(export))
                    }
                    section #people aria-labelledby="h-people" {
                        h2 #h-people { "Who did what" }
                        (people::table(export))
                    }
                    (check(export))
                }
                footer { p .meta { "Written by git-plan. This page loads nothing and sends nothing." } }
                script type="application/json" id="history" { (PreEscaped(json(&history::changes(export)))) }
                script { (PreEscaped(SCRIPT)) }
            }
        }
    };
    page.into_string()
}

/// What a browser may do with the page: run its one script and use its one style, and nothing else.
fn policy() -> String {
    let digest = |text: &str| format!("'sha256-{}'", STANDARD.encode(Sha256::digest(text)));
    let (script, style) = (digest(SCRIPT), digest(STYLE));
    format!("default-src 'none'; script-src {script}; style-src {style}; base-uri 'none'; form-action 'none'")
}

/// JSON that can stand in a page: nothing in it ends a script or begins a comment.
fn json(values: &[Value]) -> String {
    let lines: Vec<String> = values.iter().map(Value::to_string).collect();
    let text = format!("[{}]", lines.join(",\n"));
    text.replace('<', "\\u003c").replace('>', "\\u003e").replace('&', "\\u0026")
}

fn headline(export: &Export<'_>) -> Markup {
    let plan = export.plan;
    let (steps, criteria) = (plan.step_progress(), plan.criteria_progress());
    let conflicts = plan.conflicts().len();
    let status = if plan.is_archived() { "archived" } else { plan.field(Field::Status) };
    html! {
        p .meta {
            code { (export.slug) } " · " bdi { (line(if status.is_empty() { "living" } else { status })) }
            " · " (steps.done) " of " (steps.total) " steps done"
            @if criteria.total > 0 { " · " (criteria.done) " of " (criteria.total) " criteria met" }
            @if conflicts > 0 { " · " strong { (conflicts) @if conflicts == 1 { " conflict" } @else { " conflicts" } } }
            " · " (export.rows.len()) " events · version "
            @for (at, head) in plan.heads().iter().enumerate() { @if at > 0 { ", " } code { (head.short()) } }
        }
    }
}

fn navigation() -> Markup {
    html! {
        nav aria-label="Parts of this page" { div {
            a href="#plan" { "Plan" } a href="#timeline" { "Timeline" } a href="#decisions" { "Decisions" }
            a href="#graph" { "Graph" } a href="#people" { "People" } a href="#check" { "Check" }
            input #search type="search" placeholder="Search ( / )" aria-label="Search events, plan and decisions" aria-describedby="search-said" hidden;
            span #search-said .meta role="status" {}
        } }
    }
}

fn timeline(export: &Export<'_>) -> Markup {
    let count = export.rows.len();
    html! {
        section #timeline aria-labelledby="h-timeline" {
            h2 #h-timeline { "Timeline" }
            div #scripted hidden {
                p .meta { "The plan as it was after any event, with what the event changed. Arrow keys move the slider." }
                div .slider {
                    button #earlier type="button" aria-label="Earlier event" { "‹" }
                    input #slider type="range" min="1" max=(count.max(1)) value=(count.max(1)) aria-label="Event";
                    button #later type="button" aria-label="Later event" { "›" }
                    output #place for="slider" {}
                }
                div #now .now aria-live="polite" {}
                div #view .view tabindex="0" role="region" aria-label="The plan after this event" {}
                h3 { "All events" }
            }
            ol #events {
                @for (row, number) in export.rows.iter().zip(1_usize..) { (event(export.plan, row, number)) }
            }
        }
    }
}

fn event(plan: &Plan, row: &Row<'_>, number: usize) -> Markup {
    let event = row.event;
    let what = match &event.change {
        Ok(change) => subject(change, plan),
        Err(reason) => line(&format!("No effect: {reason}")),
    };
    let agent = event.context.agent.as_ref();
    html! {
        li id={ "e" (number) } {
            p { bdi .what dir="auto" { (what) } }
            @if let Some(why) = event.context.why.as_deref().filter(|why| !why.trim().is_empty()) {
                p .why dir="auto" { (neutral(why)) }
            }
            p .meta {
                a href={ "#e" (number) } { time { (event.at.to_string()) } } " · " bdi { (line(&event.by.name)) }
                @if let Some(agent) = agent { " with " bdi { (line(&agent.name)) } }
                " · " code { (event.id.short()) } " · " (line(&event.type_name))
            }
        }
    }
}

fn check(export: &Export<'_>) -> Markup {
    let events: Vec<Event> = export.rows.iter().map(|row| row.event.clone()).collect();
    let last: Timestamp = events.iter().map(|event| event.at).max().unwrap_or_default();
    let commitment = Commitment::of(&events, |at| export.rows[at].bytes, last);
    html! {
        section #check aria-labelledby="h-check" {
            h2 #h-check { "How to check this" }
            p { "This page is derived. What counts are the events: " code { "git plan export" } " writes them, one a line, and the BLAKE3 of a line is the event's id. "
                code { "git plan verify" } " checks them and their commits. The plan's id is " code { (export.plan.id().as_ref().map(EventId::to_string).unwrap_or_default()) } "." }
            @if let Some(commitment) = commitment {
                p { "These lines fix everything above; " code { "git plan verify --against FILE" } " holds a plan against them:" }
                pre { (commitment.to_string()) }
            }
        }
    }
}
