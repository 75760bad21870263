//! `git plan decisions`

use std::collections::{BTreeMap, BTreeSet};

use clap::ValueEnum;
use git_plan_core::author::find;
use git_plan_core::state::{Conflict, Target};
use git_plan_core::text::clipped;
use git_plan_core::{ItemId, Kind, Plan};
use serde_json::Value;

use super::Work;
use crate::args::At;
use crate::exit::Failure;
use crate::ui::{Page, Style};

/// List the decisions, each with what came in its place below it
///
/// `git plan why "decision 2"` tells the whole story of one.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  git plan decisions
  git plan decisions --status accepted --status proposed --json")]
pub struct Decisions {
    /// Show only decisions that stand so (can be repeated)
    #[arg(long, value_enum, value_name = "STATUS")]
    status: Vec<Status>,
    #[command(flatten)]
    at: At,
}

/// How a decision stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Status {
    /// Put forward
    Proposed,
    /// Made
    Accepted,
    /// Another one came in its place
    Superseded,
    /// Taken back
    Withdrawn,
}

impl Status {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Proposed => "proposed",
            Self::Accepted => "accepted",
            Self::Superseded => "superseded",
            Self::Withdrawn => "withdrawn",
        }
    }
}

impl Decisions {
    pub fn run(self, work: &mut Work<'_>) -> Result<(), Failure> {
        let read = work.read(&self.at)?;
        let plan = &read.plan;
        let list = List::of(plan, &self.status);
        if list.order.is_empty() {
            work.ui.say("no decisions");
        }
        if work.ui.json {
            let decisions: Vec<Value> =
                list.order.iter().filter_map(|(_, id)| list.decisions.get(id).cloned()).collect();
            let data = serde_json::json!({ "decisions": decisions });
            return Ok(work.ui.data("decisions", Some(read.slug.as_str()), plan.heads(), data)?);
        }
        let mut page = work.ui.page();
        list.order.iter().for_each(|(depth, id)| list.tell(&mut page, plan, *depth, *id));
        work.page();
        Ok(work.ui.show(&page)?)
    }
}

/// The decisions of a plan as a tree.
struct List {
    /// Each decision as rule S29 has it, with its number and what is in conflict about it.
    decisions: BTreeMap<ItemId, Value>,
    /// The decisions in the order of the tree, each with its depth and once.
    order: Vec<(usize, ItemId)>,
}

impl List {
    fn of(plan: &Plan, wanted: &[Status]) -> Self {
        let conflicts = plan.conflicts();
        let mut state = plan.to_json();
        let all: Vec<Value> = state["decisions"].as_array_mut().map(std::mem::take).unwrap_or_default();
        let mut decisions = BTreeMap::new();
        for mut decision in all {
            let Some(id) = decision["id"].as_str().and_then(|id| id.parse::<ItemId>().ok()) else { continue };
            let status = decision["state"].as_str().unwrap_or_default();
            if !wanted.is_empty() && !wanted.iter().any(|wanted| wanted.as_str() == status) {
                continue;
            }
            if let Some(number) = plan.item(id).and_then(|item| plan.number(item)) {
                decision["number"] = number.into();
            }
            let names: Vec<String> = conflicts.iter().filter(|one| concerns(one, id)).map(Conflict::id).collect();
            if !names.is_empty() {
                decision["conflicts"] = names.into();
            }
            decisions.insert(id, decision);
        }
        let listed = find::listed(plan, Kind::Decision);
        let listed: Vec<ItemId> = listed.iter().map(|outlined| outlined.item.id()).collect();
        let mut list = Self { decisions, order: Vec::new() };
        let mut seen = BTreeSet::new();
        let is_shown = |id: &ItemId| list.decisions.contains_key(id);
        let is_root =
            |id: &ItemId| is_shown(id) && !list.named(*id, "supersedes").any(|old| list.decisions.contains_key(&old));
        // Those that came in the place of each other in a circle have no first one.
        let roots: Vec<ItemId> =
            listed.iter().copied().filter(is_root).chain(listed.iter().copied().filter(is_shown)).collect();
        for root in roots {
            let mut ahead = vec![(0, root)];
            while let Some((depth, id)) = ahead.pop() {
                if seen.insert(id) {
                    list.order.push((depth, id));
                    let next: Vec<ItemId> = list.named(id, "superseded_by").collect();
                    let there = next.into_iter().rev().filter(|next| list.decisions.contains_key(next));
                    ahead.extend(there.map(|next| (depth + 1, next)));
                }
            }
        }
        list
    }

    /// The decisions that a member of a decision names.
    fn named(&self, id: ItemId, member: &str) -> impl Iterator<Item = ItemId> {
        let ids = self.decisions.get(&id).and_then(|decision| decision[member].as_array());
        ids.into_iter().flatten().filter_map(|id| id.as_str()?.parse().ok())
    }

    fn tell(&self, page: &mut Page, plan: &Plan, depth: usize, id: ItemId) {
        let Some(decision) = self.decisions.get(&id) else { return };
        let text = |member: &str| decision[member].as_str().unwrap_or_default();
        let indent = if depth == 0 { String::new() } else { format!("{}└─ ", "   ".repeat(depth - 1)) };
        let status = text("state");
        let style = match status {
            "accepted" => Style::Done,
            "proposed" => Style::Doing,
            _ => Style::Faint,
        };
        page.put(&indent).put(&format!("{:3} ", text("number"))).paint(Style::Id, &plan.short(id)).put("  ");
        page.paint(style, status).put("  ").put(&clipped(text("title"), 90));
        for conflict in decision["conflicts"].as_array().into_iter().flatten().filter_map(Value::as_str) {
            page.put("  ").paint(Style::Blocked, &format!("in conflict: {conflict}"));
        }
        page.end();
        let below = " ".repeat(indent.chars().count() + 4);
        if !text("reason").trim().is_empty() {
            page.put(&below).paint(Style::Faint, &format!("because {}", clipped(text("reason"), 100))).end();
        }
        // One that came in the place of several stands below the first of them.
        let olds: Vec<ItemId> = self.named(id, "supersedes").filter(|old| self.decisions.contains_key(old)).collect();
        if olds.len() > 1 {
            let names: Vec<String> = olds.into_iter().map(|old| plan.short(old)).collect();
            page.put(&below).paint(Style::Faint, &format!("in place of {}", names.join(", "))).end();
        }
    }
}

fn concerns(conflict: &Conflict, id: ItemId) -> bool {
    conflict.target == Target::Item(id) || conflict.sides.iter().any(|side| side.of == Some(id))
}
