//! `git plan log`

use std::collections::{BTreeMap, BTreeSet};

use clap::ValueEnum;
use git_plan_core::author::find::{self, Ids};
use git_plan_core::{Event, EventId, Item, ItemId, Plan, subject, text};
use git_plan_store::{Entry, History};
use serde_json::{Value, json};

use super::Work;
use crate::args::At;
use crate::exit::Failure;
use crate::graph::{Graph, Row};
use crate::ui::{Page, Style};
use crate::when;

/// Show what happened to a plan, newest first
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  git plan log --oneline
  git plan log --type decision --since 2026-11-01
  git plan log --item 2.1 --json")]
pub struct Log {
    /// How to write each event
    #[arg(long, value_enum, value_name = "FORMAT", default_value = "medium")]
    format: Format,
    /// Write one line for each command, the same as --format=oneline
    #[arg(long)]
    oneline: bool,
    /// Draw which event follows which
    #[arg(long, conflicts_with_all = ["reverse", "json"])]
    graph: bool,
    /// Show at most this many events
    #[arg(short = 'n', long, value_name = "COUNT")]
    max_count: Option<usize>,
    /// Show the oldest first
    #[arg(long)]
    reverse: bool,
    /// Show only events of this type, such as `step.completed`, or of a group of types, such as `step`
    #[arg(long = "type", value_name = "TYPE")]
    of_type: Option<String>,
    /// Show only events that concern this item: a step's number, `question 2` and the like, or an id
    #[arg(long, value_name = "ITEM")]
    item: Option<String>,
    /// Show only events by somebody whose name, address or agent contains this, or that are said to be
    #[arg(long, value_name = "TEXT")]
    actor: Option<String>,
    /// Show only events from this time or day on
    #[arg(long, value_name = "TIME")]
    since: Option<String>,
    /// Show only events up to this time or day
    #[arg(long, value_name = "TIME")]
    until: Option<String>,
    #[command(flatten)]
    at: At,
}

/// How an event is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// As `git log` does
    Medium,
    /// One line for each command
    Oneline,
}

impl Log {
    pub fn run(self, work: &mut Work<'_>) -> Result<(), Failure> {
        let (slug, history) = work.read_history(&self.at)?;
        let mut shown = self.select(&history)?;
        if self.reverse {
            shown.reverse();
        }
        if shown.is_empty() {
            work.ui.say("no event fits");
        }
        work.page();
        if work.ui.json {
            let heads = history.plan.heads();
            for entry in shown {
                work.ui.data("event", Some(slug.as_str()), heads, json(&history.plan, entry))?;
            }
            return Ok(());
        }
        let heads: Vec<String> = history.plan.heads().iter().map(EventId::short).collect();
        work.ui.say(&format!("{slug} at {}", heads.join(" ")));
        let ids: Ids = history.entries.iter().map(|entry| entry.event.id).collect();
        let lanes = Lanes::new(&history, &shown);
        let mut drawing = Drawing { page: work.ui.page(), plan: &history.plan, ids, graph: Graph::default(), lanes };
        let oneline = self.oneline || self.format == Format::Oneline;
        let mut rest = shown.as_slice();
        while let Some((entry, after)) = rest.split_first() {
            // The events of one command make one line, unless their lanes are to be drawn.
            let same = |other: &&&Entry| batch(entry).is_some() && batch(other) == batch(entry);
            let folded = if oneline && !self.graph { after.iter().take_while(same).count() } else { 0 };
            let row = self.graph.then(|| drawing.row(entry));
            if oneline {
                drawing.oneline(&rest[..=folded], row.as_ref(), self.reverse);
            } else {
                drawing.medium(entry, row.as_ref(), after.is_empty());
            }
            rest = &rest[folded + 1..];
        }
        let page = drawing.page;
        Ok(work.ui.show(&page)?)
    }

    /// The entries to show, newest first.
    fn select<'a>(&self, history: &'a History) -> Result<Vec<&'a Entry>, Failure> {
        let since = self.since.as_deref().map(|text| when::point(text, false)).transpose()?;
        let until = self.until.as_deref().map(|text| when::point(text, true)).transpose()?;
        let item = self.item.as_deref().map(|named| find::whatever(&history.plan, named).map(Item::id)).transpose()?;
        let actor = self.actor.as_ref().map(|actor| actor.to_lowercase());
        let fits = |event: &Event| {
            self.of_type.as_ref().is_none_or(|wanted| is_of_type(&event.type_name, wanted))
                && item.is_none_or(|item| concerns(event, item))
                && actor.as_ref().is_none_or(|actor| is_by(event, actor))
                && since.is_none_or(|since| event.at >= since)
                && until.is_none_or(|until| event.at <= until)
        };
        let newest_first = history.entries.iter().rev().filter(|entry| fits(&entry.event));
        Ok(newest_first.take(self.max_count.unwrap_or(usize::MAX)).collect())
    }
}

fn batch(entry: &Entry) -> Option<&str> {
    entry.event.context.batch.as_ref().map(|batch| batch.as_str())
}

fn is_of_type(type_name: &str, wanted: &str) -> bool {
    type_name == wanted || type_name.strip_prefix(wanted).is_some_and(|rest| rest.starts_with('.'))
}

fn concerns(event: &Event, item: ItemId) -> bool {
    event.id == item || event.change.as_ref().is_ok_and(|change| change.mentions().contains(&item))
}

fn is_by(event: &Event, actor: &str) -> bool {
    let agent = event.context.agent.as_ref().map_or("", |agent| agent.name.as_str());
    let claimed = event.context.attributed.iter().flat_map(|by| [by.name.as_str(), &by.email]);
    let all = [event.by.name.as_str(), &event.by.email, agent].into_iter().chain(claimed);
    all.map(str::to_lowercase).any(|text| text.contains(actor))
}

/// When, and by whom, an import or the author says that it was done.
fn claimed(event: &Event) -> Option<String> {
    let at = event.context.occurred.map(|at| at.to_string());
    let by = event.context.attributed.as_ref().map(|by| match by.email.as_str() {
        "" => format!("by {}", text::line(&by.name)),
        email => format!("by {} <{}>", text::line(&by.name), text::line(email)),
    });
    let said: Vec<String> = at.into_iter().chain(by).collect();
    Some(said.join(" ")).filter(|said| !said.is_empty())
}

/// What a person reads of an event.
fn headline(plan: &Plan, event: &Event) -> String {
    let inert = plan.inert.iter().find(|inert| inert.stamp.id == event.id);
    match (&event.change, inert) {
        (_, Some(inert)) => format!("{} has no effect: {}", inert.type_name, text::line(&inert.reason)),
        (Ok(change), None) => subject(change, plan),
        (Err(reason), None) => format!("{} has no effect: {reason}", event.type_name),
    }
}

fn json(plan: &Plan, entry: &Entry) -> Value {
    json!({
        "id": entry.event.id.to_string(),
        "commit": entry.commit.to_string(),
        "subject": headline(plan, &entry.event),
        "event": serde_json::from_slice::<Value>(&entry.bytes).ok(),
    })
}

/// Which of the shown events come next below each.
struct Lanes<'a> {
    events: BTreeMap<EventId, &'a Event>,
    shown: BTreeSet<EventId>,
}

impl<'a> Lanes<'a> {
    fn new(history: &'a History, shown: &[&Entry]) -> Self {
        Self {
            events: history.entries.iter().map(|entry| (entry.event.id, &entry.event)).collect(),
            shown: shown.iter().map(|entry| entry.event.id).collect(),
        }
    }

    /// The nearest ancestors that are shown.
    fn below(&self, event: &Event) -> Vec<EventId> {
        let (mut below, mut seen) = (Vec::new(), BTreeSet::new());
        let mut ahead: Vec<EventId> = event.parents.iter().rev().copied().collect();
        while let Some(id) = ahead.pop() {
            match self.events.get(&id) {
                _ if !seen.insert(id) => {}
                _ if self.shown.contains(&id) => below.push(id),
                Some(event) => ahead.extend(event.parents.iter().rev()),
                None => {}
            }
        }
        below
    }
}

struct Drawing<'a> {
    page: Page,
    plan: &'a Plan,
    ids: Ids,
    graph: Graph,
    lanes: Lanes<'a>,
}

impl Drawing<'_> {
    fn row(&mut self, entry: &Entry) -> Row {
        self.graph.row(entry.event.id, &self.lanes.below(&entry.event))
    }

    fn draw(&mut self, lines: &[String]) {
        for line in lines {
            self.page.put(line).end();
        }
    }

    fn oneline(&mut self, entries: &[&Entry], row: Option<&Row>, oldest_first: bool) {
        // A command is known by its first event.
        let first = if oldest_first { entries.first() } else { entries.last() };
        let Some(entry) = first else { return };
        if let Some(row) = row {
            self.draw(&row.above);
            self.page.put(&row.mark).put(" ");
        }
        self.page.paint(Style::Id, &self.ids.short(entry.event.id)).put(" ");
        self.page.put(&headline(self.plan, &entry.event));
        if entries.len() > 1 {
            self.page.paint(Style::Faint, &format!(" (and {} more)", entries.len() - 1));
        }
        self.page.end();
        if let Some(row) = row {
            self.draw(&row.below);
        }
    }

    fn medium(&mut self, entry: &Entry, row: Option<&Row>, last: bool) {
        let event = &entry.event;
        let (mark, beside) = match row {
            Some(row) => {
                self.draw(&row.above);
                // Below the last event no lane goes on, but its lines keep their column.
                let beside = if last { " ".repeat(row.mark.chars().count()) } else { row.beside.clone() };
                (format!("{} ", row.mark), format!("{beside} "))
            }
            None => (String::new(), String::new()),
        };
        let id = event.id.to_string();
        self.page.put(&mark).paint(Style::Id, &format!("event {id}")).put(&format!(" {}", event.type_name)).end();
        if let Some(row) = row {
            self.draw(&row.below);
        }
        let agent = event.context.agent.as_ref().map(|agent| format!(" through {}", text::line(&agent.name)));
        let by =
            format!("{} <{}>{}", text::line(&event.by.name), text::line(&event.by.email), agent.unwrap_or_default());
        self.page.put(&beside).put("Author: ").put(&by).end();
        self.page.put(&beside).put(&format!("Date:   {}", event.at)).end();
        if let Some(claimed) = claimed(event) {
            self.page.put(&beside).put(&format!("Claims: {claimed}")).end();
        }
        if let Some(undone) = event.context.undoes {
            self.page.put(&beside).put(&format!("Undoes: {}", self.ids.short(undone))).end();
        }
        self.page.put(beside.trim_end()).end();
        self.page.block(&format!("{beside}    "), &headline(self.plan, event));
        if let Some(why) = &event.context.why {
            self.page.put(beside.trim_end()).end();
            self.page.block(&format!("{beside}    "), why);
        }
        if !last {
            self.page.put(beside.trim_end()).end();
        }
    }
}
