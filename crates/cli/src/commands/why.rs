//! `git plan why`

use std::collections::BTreeMap;

use git_plan_core::author::find::Ids;
use git_plan_core::text::{clipped, line};
use git_plan_core::trail::{self, Mark, Said, Subject, Tie, Trail};
use git_plan_core::{Event, EventId, Plan, State, merge, view};
use git_plan_store::History;
use serde_json::{Value, json};

use super::Work;
use super::conflicts;
use crate::args::At;
use crate::exit::Failure;
use crate::ui::{Page, Style};

/// Show how something came to be: who added it, what led to it, and every change since
///
/// Oldest first: when it was added and by whom, in place of what, the causes that were named with `--caused-by`, each
/// rewording, move and change of state, the decisions before and after it, what stood in its way, what was undone, and what
/// is in conflict about it.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  git plan why 2.1
  git plan why \"decision 3\"
  git plan why objective --at 2026-11-20
  git plan why \"Use PostgreSQL\" --json")]
pub struct Why {
    /// A step's number, `question 2` and the like, an item's or an event's id, a section, a field of the plan, or how an
    /// item's text begins
    #[arg(value_name = "ITEM")]
    named: String,
    #[command(flatten)]
    at: At,
}

impl Why {
    pub fn run(self, work: &mut Work<'_>) -> Result<(), Failure> {
        let (slug, history) = work.read_history(&self.at)?;
        let plan = &history.plan;
        let events: Vec<&Event> = history.entries.iter().map(|entry| &entry.event).collect();
        let subject = trail::named(&events, plan, &self.named)?;
        let trail = Trail::of(&events, plan, subject);
        if work.ui.json {
            let data = json(&history, subject, &trail);
            return Ok(work.ui.data("why", Some(slug.as_str()), plan.heads(), data)?);
        }
        let mut page = work.ui.page();
        heading(&mut page, plan, subject);
        let ids: Ids = events.iter().map(|event| event.id).collect();
        let mut before: Option<&Mark<'_>> = None;
        for mark in &trail.marks {
            tell(&mut page, plan, &ids, mark, before.replace(mark));
        }
        if !trail.conflicts.is_empty() {
            page.end().put("In conflict:").end();
            trail.conflicts.iter().for_each(|conflict| conflicts::tell(&mut page, plan, conflict, Style::Blocked));
        }
        work.page();
        Ok(work.ui.show(&page)?)
    }
}

/// What the trail leads to, as it is now.
fn heading(page: &mut Page, plan: &Plan, subject: Subject) {
    let item = match subject {
        Subject::Item(id) => plan.item(id),
        _ => None,
    };
    page.paint(Style::Heading, &trail::label(plan, subject));
    let text = match (subject, item) {
        (_, Some(item)) => item.text(),
        (Subject::Plan, _) => plan.title(),
        (Subject::Field(field), _) => plan.field(field),
        (Subject::Section(role), _) => match plan.heading(role) {
            Some(heading) => heading.value(),
            None => view::heading(plan.layout(), role),
        },
        (Subject::Item(_), None) => "",
    };
    if !text.trim().is_empty() {
        page.put(&format!(": {}", clipped(text, 100)));
    }
    if let Some(item) = item {
        let is_gone = !item.is_visible();
        let state = item.state().map(standing(item));
        let state = if is_gone { Some("removed") } else { state };
        if let Some(state) = state {
            page.put(" ").paint(Style::Faint, &format!("({state})"));
        }
    }
    page.end();
}

/// The word for how an item stands: a decision with a successor is superseded.
fn standing(item: &git_plan_core::Item) -> impl Fn(State) -> &'static str {
    let replaced = match &item.detail {
        git_plan_core::state::Detail::Decision(decision) => !decision.superseded_by.is_empty(),
        _ => false,
    };
    move |state| if replaced && state != State::Withdrawn { "superseded" } else { state.as_str() }
}

/// One event and what it says. What one command says of one thing, it says together.
fn tell(page: &mut Page, plan: &Plan, ids: &Ids, mark: &Mark<'_>, before: Option<&Mark<'_>>) {
    let event = mark.event;
    let batch = |mark: &Mark<'_>| mark.event.context.batch.clone();
    let goes_on = |before: &Mark<'_>| {
        let is_plain = mark.undone.is_none() && event.context.undoes.is_none() && before.undone.is_none();
        is_plain && before.about == mark.about && batch(mark).is_some() && batch(before) == batch(mark)
    };
    if before.is_some_and(goes_on) {
        return mark.said.iter().for_each(|said| says(page, said));
    }
    page.end();
    page.paint(Style::Id, &ids.short(event.id)).put("  ").put(&event.at.minute()).put("  ").put(&who(event));
    if let Some(claimed) = claimed(event) {
        page.paint(Style::Faint, &format!("  (claimed: {claimed})"));
    }
    if let Some(undone) = event.context.undoes {
        page.put(&format!("  undoes {}", ids.short(undone)));
    }
    if let Some(by) = mark.undone {
        page.paint(Style::Blocked, &format!("  undone by {}", ids.short(by)));
    }
    page.end();
    if let (Subject::Item(_), tie) = (mark.about, mark.tie)
        && !matches!(tie, Tie::Itself | Tie::Part)
    {
        page.put("    ").paint(Style::Faint, &format!("{}, {}", trail::label(plan, mark.about), relation(tie))).end();
    }
    for said in &mark.said {
        says(page, said);
    }
    if let Some(why) = &event.context.why {
        page.paint(Style::Faint, "    why: ").put(&indented(why)).end();
    }
    let is_evidence = mark.said.iter().any(|said| matches!(said.to.as_deref(), Some("done" | "met")));
    if let Some(code) = event.context.code.as_ref().filter(|_| is_evidence) {
        page.paint(Style::Faint, "    code: ").put(&code.as_str().chars().take(12).collect::<String>()).end();
    }
}

const fn relation(tie: Tie) -> &'static str {
    match tie {
        Tie::Itself | Tie::Part => "itself",
        Tie::Cause => "a cause",
        Tie::Replaced => "which gave way",
        Tie::Replacing => "which came in its place",
        Tie::Question => "the question",
        Tie::Decision => "which settles it",
        Tie::Blocker => "in the way",
        Tie::Note => "a note on it",
    }
}

/// Who made an event, and through which agent.
pub fn who(event: &Event) -> String {
    let agent = event.context.agent.as_ref().map(|agent| format!(" through {}", line(&agent.name)));
    format!("{}{}", line(&event.by.name), agent.unwrap_or_default())
}

/// When, and by whom, an import or the author says that it was done.
fn claimed(event: &Event) -> Option<String> {
    let at = event.context.occurred.map(|at| at.minute());
    let by = event.context.attributed.as_ref().map(|by| line(&by.name));
    let said: Vec<String> = at.into_iter().chain(by).collect();
    Some(said.join(", ")).filter(|said| !said.is_empty())
}

/// A text whose further lines stand below its first one.
fn indented(text: &str) -> String {
    let lines: Vec<String> = text.trim_end().lines().map(line).collect();
    lines.join("\n      ")
}

fn says(page: &mut Page, said: &Said) {
    page.put("    ").put(said.what);
    match (&said.from, &said.to) {
        (Some(old), Some(new)) if said.is_prose() => {
            page.put(":").end();
            for changed in merge::changes(old.trim_end(), new.trim_end()) {
                page.put("      ").put(&neutral_line(&changed)).end();
            }
        }
        (None, Some(new)) if said.is_prose() => {
            page.put(":").end();
            page.block("      ", new);
        }
        (Some(old), Some(new)) if old.chars().count() + new.chars().count() > 70 => {
            page.put(":").end().put("      from ").put(&line(old)).end().put("      to   ").put(&line(new)).end();
        }
        (Some(old), Some(new)) => drop(page.put(": ").put(&line(old)).put(" → ").put(&line(new)).end()),
        (None, Some(new)) => drop(page.put(": ").put(&line(new)).end()),
        (Some(old), None) => drop(page.put(": no longer ").put(&line(old)).end()),
        (None, None) => drop(page.end()),
    }
}

/// A line of a diff, with its indentation.
fn neutral_line(text: &str) -> String {
    text.trim_end_matches('\r').to_owned()
}

fn json(history: &History, subject: Subject, trail: &Trail<'_>) -> Value {
    let plan = &history.plan;
    let commits: BTreeMap<EventId, String> =
        history.entries.iter().map(|entry| (entry.event.id, entry.commit.to_string())).collect();
    let events: Vec<Value> = trail.marks.iter().map(|mark| event(mark, &commits)).collect();
    let conflicts: Vec<Value> = trail.conflicts.iter().map(|conflict| conflicts::json(plan, conflict)).collect();
    json!({ "about": about(plan, subject), "events": events, "conflicts": conflicts })
}

fn about(plan: &Plan, subject: Subject) -> Value {
    let item = match subject {
        Subject::Item(id) => plan.item(id),
        _ => None,
    };
    let mut about = json!({ "target": target(subject) });
    if let Some(item) = item {
        about["kind"] = item.kind().as_str().into();
        about["text"] = item.text().into();
        let optional = [
            ("number", plan.number(item)),
            ("state", item.state().map(|state| standing(item)(state).to_owned())),
            ("removed", (!item.is_visible()).then(|| "yes".to_owned())),
        ];
        optional.into_iter().filter_map(|(name, value)| Some((name, value?))).for_each(|(n, v)| about[n] = v.into());
    }
    about
}

/// A subject by its name: `plan`, a field, a role, or an id.
fn target(subject: Subject) -> String {
    match subject {
        Subject::Plan => "plan".to_owned(),
        Subject::Field(field) => field.to_string(),
        Subject::Section(role) => role.to_string(),
        Subject::Item(id) => id.to_string(),
    }
}

fn event(mark: &Mark<'_>, commits: &BTreeMap<EventId, String>) -> Value {
    let event = mark.event;
    let context = &event.context;
    let said: Vec<Value> = mark
        .said
        .iter()
        .map(|said| {
            let mut value = json!({ "what": said.what });
            let members =
                [("from", said.from.clone()), ("to", said.to.clone()), ("item", said.item.map(|id| id.to_string()))];
            members.into_iter().filter_map(|(name, text)| Some((name, text?))).for_each(|(n, t)| value[n] = t.into());
            value
        })
        .collect();
    let mut value = json!({
        "event": event.id.to_string(),
        "commit": commits.get(&event.id),
        "type": event.type_name,
        "at": event.at.to_string(),
        "by": { "name": event.by.name, "email": event.by.email },
        "about": target(mark.about),
        "tie": mark.tie.as_str(),
        "said": said,
    });
    let optional = [
        ("agent", context.agent.as_ref().map(|agent| agent.name.as_str().to_owned())),
        ("occurred", context.occurred.map(|at| at.to_string())),
        ("attributed", context.attributed.as_ref().map(|by| by.name.clone())),
        ("code", context.code.as_ref().map(|code| code.as_str().to_owned())),
        ("why", context.why.as_ref().map(|why| why.as_str().to_owned())),
        ("batch", context.batch.as_ref().map(|batch| batch.as_str().to_owned())),
        ("undoes", context.undoes.map(|id| id.to_string())),
        ("undone_by", mark.undone.map(|id| id.to_string())),
    ];
    optional.into_iter().filter_map(|(name, text)| Some((name, text?))).for_each(|(n, t)| value[n] = t.into());
    value
}
