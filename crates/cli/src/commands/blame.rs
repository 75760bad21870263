//! `git plan blame`

use std::ops::Range;

use git_plan_core::author::find::Ids;
use git_plan_core::text::{clipped, line};
use git_plan_core::{Event, Layout, blame};
use serde_json::{Value, json};

use super::Work;
use crate::args::At;
use crate::exit::Failure;
use crate::ui::Style;

/// The most characters of an author's name.
const WIDEST: usize = 24;

/// Show for each line of a plan which event made it so, by whom and when
///
/// A line is blamed on the last event that wrote what it shows: the wording of a step, its state, the place that gives it its
/// number. Of text, each line is blamed on the event that brought it. Where an import claims an author or a time, these are shown.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  git plan blame
  git plan blame -L 10,20
  git plan blame -L 12,+3 --at 2026-11-20 --json")]
pub struct Blame {
    /// Show only these lines: the first and the last, or how many: `10,20`, `10,+5`, `10`
    #[arg(short = 'L', long, value_name = "LINES")]
    lines: Option<String>,
    /// Take the view in this layout: execplan, cookbook or own [default: the plan's]
    #[arg(long)]
    layout: Option<Layout>,
    #[command(flatten)]
    at: At,
}

impl Blame {
    pub fn run(self, work: &mut Work<'_>) -> Result<(), Failure> {
        let (slug, history) = work.read_history(&self.at)?;
        let plan = &history.plan;
        let events: Vec<&Event> = history.entries.iter().map(|entry| &entry.event).collect();
        let lines = blame::blame(&events, plan, self.layout.unwrap_or(plan.layout()));
        let range = self.lines.as_deref().map_or(Ok(0..lines.len()), |named| range(named, lines.len()))?;
        let shown = || lines.iter().zip(1_usize..).skip(range.start).take(range.len());
        if work.ui.json {
            let lines: Vec<Value> = shown()
                .filter_map(|(line, number)| Some(json(history.entries.get(line.at)?, number, &line.text)))
                .collect();
            let data = json!({ "lines": lines });
            return Ok(work.ui.data("blame", Some(slug.as_str()), plan.heads(), data)?);
        }
        let ids: Ids = events.iter().map(|event| event.id).collect();
        let widest = shown().filter_map(|(line, _)| Some(who(events.get(line.at)?).chars().count())).max().unwrap_or(0);
        let digits = range.end.to_string().len();
        let mut page = work.ui.page();
        for (line, number) in shown() {
            let Some(event) = events.get(line.at) else { continue };
            let time = event.occurred().minute();
            page.paint(Style::Id, &ids.short(event.id));
            page.paint(Style::Faint, &format!(" ({:widest$} {time} {number:digits$}) ", who(event)));
            page.put(&line.text).end();
        }
        work.page();
        Ok(work.ui.show(&page)?)
    }
}

/// Who is said to have made it so: the author that an import found, else the agent, else the author.
fn who(event: &Event) -> String {
    let agent = event.context.agent.as_ref().map(|agent| agent.name.as_str());
    let claimed = event.context.attributed.as_ref().map(|by| by.name.as_str()).filter(|name| !name.trim().is_empty());
    clipped(&line(claimed.or(agent).unwrap_or(&event.by.name)), WIDEST)
}

/// The lines that are meant, counted from 0.
fn range(named: &str, all: usize) -> Result<Range<usize>, Failure> {
    let unfit = || Failure::usage(format!("{:?} names no lines: expected 10,20 or 10,+5 or 10", clipped(named, 40)));
    let number = |text: &str| text.trim().parse::<usize>().ok().filter(|&number| number > 0).ok_or_else(unfit);
    let (first, last) = match named.split_once(',') {
        None => (number(named)?, number(named)?),
        Some((first, "")) => (number(first)?, all),
        Some((first, count)) if count.starts_with('+') => {
            let (first, count) = (number(first)?, number(count.trim_start_matches('+'))?);
            (first, first.saturating_add(count - 1))
        }
        Some((first, last)) => (number(first)?, number(last)?),
    };
    if first > last {
        return Err(unfit());
    }
    if first > all {
        return Err(Failure::usage(format!("the view has {all} lines: there is no line {first}")));
    }
    Ok(first - 1..last.min(all))
}

fn json(entry: &git_plan_store::Entry, number: usize, text: &str) -> Value {
    let event = &entry.event;
    let mut value = json!({
        "line": number,
        "text": text,
        "event": event.id.to_string(),
        "commit": entry.commit.to_string(),
        "type": event.type_name,
        "at": event.at.to_string(),
        "by": { "name": event.by.name, "email": event.by.email },
    });
    let context = &event.context;
    let optional = [
        ("agent", context.agent.as_ref().map(|agent| agent.name.as_str().to_owned())),
        ("occurred", context.occurred.map(|at| at.to_string())),
        ("attributed", context.attributed.as_ref().map(|by| by.name.clone())),
    ];
    optional.into_iter().filter_map(|(name, text)| Some((name, text?))).for_each(|(n, t)| value[n] = t.into());
    value
}
