//! Briefs: what somebody needs to know who takes a plan up now, in as many words as there is room for.
//!
//! What may be relied on: a brief is never longer than its budget; what comes first matters most (what is disputed, what is
//! under way, what is in the way, what is next, what was decided last), and what is left out is counted, with the
//! command that shows it. Text of the plan stands on lines of its own items, made harmless, and is cut rather than
//! spread. A pure function: the time comes in as an argument, to tell which claims have run out.
//!
//! A token is taken for three bytes, which is less than models make of English prose: a budget is kept, not used up.

use crate::author::resolve;
use crate::prelude::*;
use crate::state::{Detail, Entry, Item, Outlined, What};
use crate::text::{clipped, line};
use crate::{Field, Kind, Plan, Role, Slug, State, Timestamp, view};

/// The bytes that a token is taken for.
pub const TOKEN: usize = 3;

/// The most characters of an item's text.
const LONGEST: usize = 160;

/// What is said where a part has no room at all.
const CUT: &str = "\n(There is more than there is room for: `git plan status`.)\n";

/// What a brief is told with.
#[derive(Debug, Clone, Copy)]
pub struct Brief<'b> {
    /// The plan's name.
    pub slug: &'b Slug,
    /// When.
    pub now: Timestamp,
    /// The name under which whoever reads it claims steps.
    pub reader: Option<&'b str>,
    /// The most tokens.
    pub budget: usize,
}

/// A part of a brief: its heading, its lines, most important first, and the command that shows all of them.
struct Part {
    heading: &'static str,
    lines: Vec<String>,
    all: &'static str,
}

/// Writes the brief of a plan.
#[must_use]
pub fn write(plan: &Plan, brief: Brief<'_>) -> String {
    let mut out = Room { text: String::new(), left: brief.budget.saturating_mul(TOKEN) };
    out.line(&headline(plan, brief));
    let mut reserved = if out.left > 2 * CUT.len() { CUT.len() } else { 0 };
    let objective = clipped(&plan.prose_of(Role::Objective), 400);
    if !objective.is_empty() {
        out.line(&format!("Objective: {objective}"));
    }
    let how = how(brief);
    // Whoever is new here must learn what to type, unless there is hardly room for the plan.
    let teaches = out.left > 2 * how.len() + reserved;
    reserved += if teaches { how.len() } else { 0 };
    out.left -= reserved.min(out.left);
    let mut told = true;
    for part in parts(plan, brief) {
        told &= out.part(&part);
    }
    if !told && reserved >= CUT.len() {
        out.text.push_str(CUT);
    }
    if teaches {
        out.text.push_str(&how);
    }
    out.text
}

/// What is left of a budget.
struct Room {
    text: String,
    left: usize,
}

impl Room {
    /// Adds a line if there is room for it.
    fn line(&mut self, line: &str) -> bool {
        let fits = line.len() < self.left;
        if fits {
            self.left -= line.len() + 1;
            self.text.push_str(line);
            self.text.push('\n');
        }
        fits
    }

    /// Adds as much of a part as there is room for, and says how much is not there; says whether there was room for that.
    fn part(&mut self, part: &Part) -> bool {
        let Some(first) = part.lines.first() else { return true };
        let heading = format!("\n{}:", part.heading);
        let more = |left: usize| format!("- and {left} more: `{}`", part.all);
        let ending = if part.lines.len() > 1 { more(part.lines.len()).len() + 1 } else { 0 };
        if self.left <= heading.len() + first.len() + ending + 2 {
            return self.line(&format!("\n{}: {}, see `{}`", part.heading, part.lines.len(), part.all));
        }
        self.line(&heading);
        for (at, line) in part.lines.iter().enumerate() {
            let rest = part.lines.len() - at;
            let ending = if rest > 1 { more(rest).len() + 1 } else { 0 };
            if self.left <= line.len() + ending + 1 {
                return self.line(&more(rest));
            }
            self.line(line);
        }
        true
    }
}

fn headline(plan: &Plan, brief: Brief<'_>) -> String {
    let status = if plan.is_archived() { "archived" } else { plan.field(Field::Status) };
    let version = plan.heads().iter().map(crate::EventId::short).collect::<Vec<_>>().join(",");
    let (steps, criteria) = (plan.step_progress(), plan.criteria_progress());
    let mut headline = format!(
        "Plan {}: {} ({}), version {version}, {} of {} steps done",
        brief.slug,
        clipped(plan.title(), 80),
        clipped(if status.is_empty() { "living" } else { status }, 20),
        steps.done,
        steps.total,
    );
    if criteria.total > 0 {
        headline.push_str(&format!(", {} of {} criteria met", criteria.done, criteria.total));
    }
    headline
}

/// What to type, for somebody who has never seen a plan here.
fn how(brief: Brief<'_>) -> String {
    let slug = brief.slug;
    format!(
        "\nHow to work with it (`git plan -p {slug} …`):\n\
         - take a step: `next --claim`; done: `step done ID -m WHY`; split: `step add TEXT --under ID`\n\
         - say at once what you decide, find or run into: `decide TITLE --because WHY`, `discover TEXT`, `block TEXT --on ID`\n\
         - look: `show`, `status`, `why ID`, `log`; share: `sync`; all commands: `git plan --help`\n"
    )
}

fn parts(plan: &Plan, brief: Brief<'_>) -> Vec<Part> {
    let steps = plan.steps();
    let newest_first = |kind| {
        let mut items: Vec<&Item> = plan.items_of(kind).collect();
        items.reverse();
        items
    };
    let open = |kind| newest_first(kind).into_iter().filter(|item| item.state() == Some(State::Open));
    let told = |item: &Item| format!("- {} {}", named(plan, item), clipped(item.text(), LONGEST));
    let part = |heading, lines, all| Part { heading, lines, all };
    vec![
        part("In conflict", conflicts(plan), "git plan conflicts"),
        part("In progress", under_way(plan, &steps, brief), "git plan status"),
        part("Blockers", open(Kind::Blocker).map(|item| blocker(plan, item)).collect(), "git plan status"),
        part("Next", takeable(plan, brief), "git plan show --ids"),
        part("Open questions", open(Kind::Question).map(told).collect(), "git plan status"),
        part(
            "Decisions, newest first",
            newest_first(Kind::Decision).into_iter().filter_map(|item| decision(plan, item)).collect(),
            "git plan decisions",
        ),
        part(
            "Criteria not met",
            plan.criteria().iter().filter(|c| !c.item.is_ticked()).map(|c| told(c.item)).collect(),
            "git plan show",
        ),
        part(
            "Discoveries, newest first",
            newest_first(Kind::Discovery).into_iter().map(told).collect(),
            "git plan show",
        ),
        part("Lately", lately(plan), "git plan log"),
    ]
}

/// `step 2.1 [3f9c2a1]`.
fn named(plan: &Plan, item: &Item) -> String {
    let number = plan.number(item).map(|number| format!(" {number}")).unwrap_or_default();
    format!("{}{number} [{}]", item.kind(), plan.short(item.id()))
}

fn conflicts(plan: &Plan) -> Vec<String> {
    let tell = |conflict: &crate::state::Conflict| {
        let sides: Vec<String> = view::sides(plan, conflict)
            .into_iter()
            .map(|side| format!("{}: {}", side.letter, clipped(&side.value, 60)))
            .collect();
        format!("- {} {}: {}", conflict.id(), resolve::about(plan, conflict), sides.join(" | "))
    };
    plan.conflicts().iter().map(tell).collect()
}

/// The steps that are begun or claimed, those of the reader first.
fn under_way(plan: &Plan, steps: &[Outlined<'_>], brief: Brief<'_>) -> Vec<String> {
    let (mut own, mut others) = (Vec::new(), Vec::new());
    for step in steps.iter().filter(|step| matches!(step.item.state(), Some(State::Todo | State::Doing))) {
        let owners = step.item.owners();
        if !step.item.is_doing() && owners.is_empty() {
            continue;
        }
        let claims = owners.iter().map(|owner| match owner.until {
            Some(until) if !owner.is_good(brief.now) => {
                format!("{} (claim ran out {})", line(&owner.name), until.minute())
            }
            Some(until) => format!("{} until {}", line(&owner.name), until.minute()),
            None => line(&owner.name),
        });
        let claims = claims.collect::<Vec<_>>().join(", ");
        let who = if claims.is_empty() { String::new() } else { format!(" ({claims})") };
        let told = format!("- {} {}{who}", named(plan, step.item), clipped(step.item.text(), LONGEST));
        let is_own = brief.reader.is_some_and(|reader| owners.iter().any(|owner| owner.name == reader));
        if is_own { own.push(format!("{told}, yours")) } else { others.push(told) }
    }
    own.append(&mut others);
    own
}

fn blocker(plan: &Plan, item: &Item) -> String {
    let Detail::Blocker { on, need, .. } = &item.detail else { return String::new() };
    let on = on.and_then(|id| plan.item(id)).map(|on| format!(", before {}", named(plan, on)));
    let need = need.as_ref().map(|need| format!("; needs: {}", clipped(need, 80)));
    let text = clipped(item.text(), LONGEST);
    format!("- {} {text}{}{}", named(plan, item), on.unwrap_or_default(), need.unwrap_or_default())
}

/// The steps that can be taken, in order.
fn takeable(plan: &Plan, brief: Brief<'_>) -> Vec<String> {
    let told = |step: &Outlined<'_>| format!("- {} {}", named(plan, step.item), clipped(step.item.text(), LONGEST));
    plan.claimables(brief.now).iter().map(told).collect()
}

/// A decision that stands, with its reason.
fn decision(plan: &Plan, item: &Item) -> Option<String> {
    let Detail::Decision(detail) = &item.detail else { return None };
    if !detail.superseded_by.is_empty() || item.state() == Some(State::Withdrawn) {
        return None;
    }
    let proposed = if item.state() == Some(State::Proposed) { " (proposed)" } else { "" };
    let because = detail.reason.as_ref().map(|reason| format!(", because {}", clipped(reason, LONGEST)));
    let text = clipped(item.text(), LONGEST);
    Some(format!("- {} {text}{proposed}{}", named(plan, item), because.unwrap_or_default()))
}

/// What happened last, newest first.
fn lately(plan: &Plan) -> Vec<String> {
    let tell = |entry: &Entry| {
        let item = plan.item(entry.item)?;
        let what = match entry.what {
            What::Recorded => return None,
            What::Completed => "completed",
            What::Reopened => "reopened",
            What::Dropped => "dropped",
            What::Resolved => "resolved",
        };
        let why = entry.why.as_ref().map(|why| format!(", because {}", clipped(why, LONGEST)));
        let text = clipped(item.text(), 80);
        Some(format!("- {} {what} {} {text}{}", entry.occurred.minute(), named(plan, item), why.unwrap_or_default()))
    };
    plan.log.iter().rev().filter_map(tell).collect()
}
