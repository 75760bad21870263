//! How the events of a log are written.

use clap::ValueEnum;
use git_plan_core::author::find::Ids;
use git_plan_core::{Event, EventId, Plan, subject, text};
use git_plan_store::{CodeCommit, Entry};

use super::changes::Changed;
use super::lanes::Lanes;
use crate::differences;
use crate::graph::{Graph, Row};
use crate::ui::{Page, Style};

/// How an event is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// One line for each command
    Oneline,
    /// Who, and what
    Short,
    /// As `git log` does
    Medium,
    /// All that is said beside the change itself
    Full,
}

/// How events are named: by the shortest unique beginning of their ids, or in a large plan by one that is long enough.
#[derive(Debug)]
pub enum Names {
    /// All ids are known.
    Exact(Ids),
    /// They are too many to be read before the first is shown.
    Long,
}

impl Names {
    fn short(&self, id: EventId) -> String {
        match self {
            Self::Exact(ids) => ids.short(id),
            Self::Long => id.prefix(12),
        }
    }
}

/// A log that is being written.
pub struct Drawing {
    pub page: Page,
    pub names: Names,
    pub graph: Option<(Graph, Lanes)>,
    pub format: Format,
    /// Whether anything was written.
    begun: bool,
    /// The lanes that lead from what was written last to what comes next.
    between: String,
}

/// An event with what is said of it.
pub struct Told<'a> {
    pub entry: &'a Entry,
    /// What a person reads of it.
    pub headline: &'a str,
    /// How many more events the same command made.
    pub more: usize,
    /// What it changed in the view.
    pub changed: Option<&'a Changed>,
    /// The commits of the code right before it, and right after it.
    pub code: [&'a [CodeCommit]; 2],
}

impl Drawing {
    /// A log of which nothing was written yet.
    pub fn new(page: Page, names: Names, graph: Option<(Graph, Lanes)>, format: Format) -> Self {
        Self { page, names, graph, format, begun: false, between: String::new() }
    }

    /// Writes an event.
    pub fn event(&mut self, told: &Told<'_>, last: bool) {
        let id = told.entry.event.id;
        let row = self.graph.as_mut().map(|(graph, lanes)| graph.row(id, &lanes.below(&told.entry.event)));
        let beside = row.as_ref().map(|row| {
            // Below the last event no lane goes on, but its lines keep their column.
            let lanes = if last { "" } else { &row.beside };
            format!("{lanes:width$}", width = row.mark.chars().count())
        });
        let beside = beside.map_or_else(String::new, |lanes| format!("{lanes} "));
        let [above, below] = told.code;
        let lanes_above = self.graph.as_ref().map_or_else(String::new, |_| beside.clone());
        above.iter().for_each(|commit| self.code(commit, &lanes_above));
        if self.format != Format::Oneline && self.begun {
            // One blank line between two, with whatever lanes lead from one to the other.
            self.page.put(&self.between).end();
        }
        self.begun = true;
        match self.format {
            Format::Oneline => self.oneline(told, row.as_ref()),
            _ => self.long(told, row.as_ref(), &beside),
        }
        if let Some(changed) = told.changed {
            self.changed(changed, &beside);
        }
        below.iter().for_each(|commit| self.code(commit, &beside));
        beside.trim_end().clone_into(&mut self.between);
    }

    fn draw(&mut self, lines: &[String]) {
        for line in lines {
            self.page.put(line).end();
        }
    }

    fn oneline(&mut self, told: &Told<'_>, row: Option<&Row>) {
        if let Some(row) = row {
            self.draw(&row.above);
            self.page.put(&row.mark).put(" ");
        }
        self.page.paint(Style::Id, &self.names.short(told.entry.event.id)).put(" ").put(told.headline);
        if told.more > 0 {
            self.page.paint(Style::Faint, &format!(" (and {} more)", told.more));
        }
        self.page.end();
        if let Some(row) = row {
            self.draw(&row.below);
        }
    }

    fn long(&mut self, told: &Told<'_>, row: Option<&Row>, beside: &str) {
        let event = &told.entry.event;
        if let Some(row) = row {
            self.draw(&row.above);
            self.page.put(&format!("{} ", row.mark));
        }
        self.page.paint(Style::Id, &format!("event {}", event.id)).put(&format!(" {}", event.type_name)).end();
        if let Some(row) = row {
            self.draw(&row.below);
        }
        for (name, value) in self.facts(told) {
            self.page.put(beside).put(&format!("{name:8}")).put(&value).end();
        }
        self.page.put(beside.trim_end()).end();
        self.page.block(&format!("{beside}    "), told.headline);
        if let Some(why) = event.context.why.as_ref().filter(|_| self.format != Format::Short) {
            self.page.put(beside.trim_end()).end();
            self.page.block(&format!("{beside}    "), why);
        }
    }

    /// What is said of an event beside its change.
    fn facts(&self, told: &Told<'_>) -> Vec<(&'static str, String)> {
        let Event { at, by, parents, context, .. } = &told.entry.event;
        let agent = context.agent.as_ref().map(|agent| format!(" through {}", text::line(&agent.name)));
        let by = format!("{} <{}>{}", text::line(&by.name), text::line(&by.email), agent.unwrap_or_default());
        let mut facts = vec![("Author:", by)];
        if self.format == Format::Short {
            return facts;
        }
        facts.push(("Date:", at.to_string()));
        facts.extend(claimed(&told.entry.event).map(|claimed| ("Claims:", claimed)));
        facts.extend(context.undoes.map(|undone| ("Undoes:", self.names.short(undone))));
        if self.format == Format::Full {
            let parents: Vec<String> = parents.iter().map(|parent| self.names.short(*parent)).collect();
            let agent = context.agent.as_ref();
            let text = |text: Option<&str>| text.map(text::line);
            facts.push(("After:", parents.join(" ")));
            facts.push(("Commit:", told.entry.commit.to_string()));
            let more = [
                ("Code:", text(context.code.as_ref().map(|code| code.as_str()))),
                ("Model:", text(agent.and_then(|agent| agent.model.as_ref()).map(|model| model.as_str()))),
                ("Run:", text(agent.and_then(|agent| agent.run.as_ref()).map(|run| run.as_str()))),
                ("Batch:", text(context.batch.as_ref().map(|batch| batch.as_str()))),
                ("Key:", text(context.key.as_ref().map(|key| key.as_str()))),
            ];
            facts.extend(more.into_iter().filter_map(|(name, value)| Some((name, value?))));
            facts.retain(|(_, value)| !value.is_empty());
        }
        facts
    }

    /// What an event changed in the view.
    fn changed(&mut self, changed: &Changed, beside: &str) {
        let (more, less) = changed.lines;
        if more + less == 0 {
            return;
        }
        if self.format != Format::Oneline {
            self.page.put(beside.trim_end()).end();
        }
        if changed.patch.is_empty() {
            self.page.put(&format!("{beside} view "));
            self.page.paint(Style::Done, &format!("+{more}")).put(" ").paint(Style::Blocked, &format!("-{less}")).end();
        } else {
            differences::patch(&mut self.page, &changed.patch, beside);
        }
    }

    /// A commit of the code.
    pub fn code(&mut self, commit: &CodeCommit, beside: &str) {
        if self.format != Format::Oneline && self.begun {
            self.page.put(beside.trim_end()).end();
        }
        self.begun = true;
        self.page.put(beside).paint(Style::Faint, "code ");
        self.page.paint(Style::Id, &commit.id.to_hex_with_len(12).to_string());
        self.page.put(&format!(" {} ({})", text::line(&commit.subject), text::line(&commit.author.name))).end();
    }
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
pub fn headline(plan: &Plan, event: &Event) -> String {
    let inert = plan.inert.iter().find(|inert| inert.stamp.id == event.id);
    match (&event.change, inert) {
        (_, Some(inert)) => format!("{} has no effect: {}", inert.type_name, text::line(&inert.reason)),
        (Ok(change), None) => subject(change, plan),
        (Err(reason), None) => format!("{} has no effect: {reason}", event.type_name),
    }
}
