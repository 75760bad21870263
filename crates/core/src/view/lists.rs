//! Lists of items: steps, criteria, questions, stories, results, and the Cookbook's entries.

use super::blocks::{item, labelled};
use super::log;
use super::sheet::{Owner, Sheet, Shows};
use crate::prelude::*;
use crate::state::{Branch, Detail, Item, Outlined, Plan, Register, What, is_current};
use crate::{ItemId, Kind, Parent, ResultGroup, State, Timestamp};

/// Whether items of these kinds belong to one list.
pub(super) fn same_list(a: Kind, b: Kind) -> bool {
    let asked = |kind| matches!(kind, Kind::Question | Kind::Blocker);
    a == b || asked(a) && asked(b)
}

/// A plan with what many of its lines need, looked up once.
pub(super) struct Shown<'a> {
    pub(super) plan: &'a Plan,
    /// The number of each step.
    numbers: BTreeMap<ItemId, String>,
    /// When each step was last completed.
    completed: BTreeMap<ItemId, Timestamp>,
    /// The open blockers of each item.
    blockers: BTreeMap<ItemId, Vec<&'a Item>>,
}

impl<'a> Shown<'a> {
    pub(super) fn new(plan: &'a Plan) -> Self {
        let completions = plan.log.iter().filter(|entry| entry.what == What::Completed);
        let mut blockers: BTreeMap<ItemId, Vec<&'a Item>> = BTreeMap::new();
        for blocker in plan.items_of(Kind::Blocker).filter(|blocker| !blocker.is_ticked()) {
            if let Detail::Blocker { on: Some(on), .. } = blocker.detail {
                blockers.entry(on).or_default().push(blocker);
            }
        }
        Self {
            plan,
            numbers: plan.steps().into_iter().map(|step| (step.item.id(), step.number)).collect(),
            completed: completions.map(|entry| (entry.item, entry.occurred)).collect(),
            blockers,
        }
    }

    /// Those of an outline that stand below this run of its top items.
    fn outline(&self, parent: Parent, kind: Kind, run: &[&Item]) -> Vec<Outlined<'a>> {
        let tops: BTreeSet<ItemId> = run.iter().map(|item| item.id()).collect();
        let mut inside = false;
        let mut outline = self.plan.outline(parent, kind);
        outline.retain(|outlined| {
            if outlined.depth == 0 {
                inside = tops.contains(&outlined.item.id());
            }
            inside
        });
        outline
    }

    fn number(&self, step: ItemId) -> &str {
        self.numbers.get(&step).map_or("?", String::as_str)
    }

    /// The number of the step that a blocker stands before.
    pub(super) fn blocked_step(&self, blocker: &Item) -> Option<&str> {
        match blocker.detail {
            Detail::Blocker { on: Some(on), .. } => self.numbers.get(&on).map(String::as_str),
            _ => None,
        }
    }
}

fn tick(item: &Item) -> &'static str {
    if item.is_ticked() { "[x] " } else { "[ ] " }
}

/// The steps of the house layout: numbered at the top, bullets below.
pub(super) fn steps(shown: &Shown<'_>, parent: Parent, run: &[&Item], out: &mut Sheet) {
    let steps = shown.outline(parent, Kind::Step, run);
    let mut top = 0;
    for (at, step) in steps.iter().enumerate() {
        let (indent, marker) = if step.depth == 0 {
            let number = shown.number(step.item.id());
            top = number.len() + 2;
            (0, format!("{number}. "))
        } else {
            (top + 2 * (step.depth - 1), "- ".to_owned())
        };
        let text = step_text(shown, &steps, at);
        out.mark(Owner::Item(step.item.id()));
        item(indent, &format!("{marker}{}", tick(step.item)), &text, out);
        details(shown.plan, step.item, indent + marker.len(), out);
    }
}

fn step_text(shown: &Shown<'_>, steps: &[Outlined<'_>], at: usize) -> String {
    let step = &steps[at];
    let mut text = step.item.text().to_owned();
    if step.item.state() == Some(State::Dropped) {
        text = format!("~~{text}~~ → Dropped");
    }
    if step.item.is_doing() && (step.depth == 0 || step.has_children) {
        text = format!("**IN PROGRESS** {text}");
    }
    let mut remarks = Vec::new();
    if let Detail::Step(detail) = &step.item.detail {
        let owners: Vec<_> = detail.owners.by_age().into_iter().map(|owner| crate::text::line(&owner.name)).collect();
        if !owners.is_empty() && !step.item.is_ticked() {
            remarks.push(format!("owner: {}", owners.join(", ")));
        }
    }
    let awaited = shown.plan.waits_for(step.item);
    if !awaited.is_empty() && !step.item.is_ticked() {
        let numbers: Vec<&str> = awaited.iter().map(|step| shown.number(step.id())).collect();
        remarks.push(format!("after: {}", numbers.join(", ")));
    }
    if !remarks.is_empty() {
        text.push_str(&format!(" ({})", remarks.join("; ")));
    }
    if is_current(steps, at) {
        text.push_str(" ← CURRENT");
    }
    text
}

/// What belongs to an item beyond its wording: its prose, its evidence, and what hangs below it without being its like.
pub(super) fn details(plan: &Plan, about: &Item, indent: usize, out: &mut Sheet) {
    own_details(about, indent, out);
    for block in plan.children(Branch::Items(Parent::Node(about.id()))) {
        if block.kind() == Kind::Prose {
            out.mark(Owner::Item(block.id()));
            item(indent, "", block.text(), out);
        }
    }
    if about.kind() == Kind::Step {
        for criterion in plan.outline(Parent::Node(about.id()), Kind::Criterion) {
            let indent = indent + 2 * criterion.depth;
            out.mark(Owner::Item(criterion.item.id()));
            item(indent, &format!("- {}", tick(criterion.item)), criterion.item.text(), out);
            details(plan, criterion.item, indent + 2, out);
        }
    }
}

/// The item's own part of that: its prose and its evidence.
pub(super) fn own_details(about: &Item, indent: usize, out: &mut Sheet) {
    out.show(Shows::Body(about.id()));
    match (about.body(), &about.source) {
        (Some(body), _) => item(indent, "", body, out),
        // What its source says beyond the wording is its prose.
        (None, Some(source)) if matches!(about.kind(), Kind::Step | Kind::Criterion | Kind::Question) => {
            let items = crate::import::reading::items(source.value());
            if let Some((root, below)) = items.split_first() {
                let written = crate::import::written(below);
                let texts = [root.body.as_str(), &written];
                texts.into_iter().filter(|text| !text.is_empty()).for_each(|text| item(indent, "", text, out));
            }
        }
        _ => {}
    }
    let evidence = match &about.detail {
        Detail::Step(step) => &step.evidence,
        Detail::Criterion { evidence } => evidence,
        _ => &Vec::new(),
    };
    for (nth, text) in evidence.iter().enumerate() {
        out.show(Shows::Evidence(about.id(), nth));
        labelled(indent, "Evidence", [text], out);
    }
}

/// Criteria as boxes, nested.
pub(super) fn criteria(shown: &Shown<'_>, parent: Parent, run: &[&Item], out: &mut Sheet) {
    for criterion in shown.outline(parent, Kind::Criterion, run) {
        out.mark(Owner::Item(criterion.item.id()));
        item(2 * criterion.depth, &format!("- {}", tick(criterion.item)), criterion.item.text(), out);
        details(shown.plan, criterion.item, 2 * criterion.depth + 2, out);
    }
}

/// Questions and blockers as boxes; a blocker on a question is shown at the question.
pub(super) fn questions(shown: &Shown<'_>, run: &[&Item], out: &mut Sheet) {
    for about in run {
        out.mark(Owner::Item(about.id()));
        match &about.detail {
            Detail::Question { options, need, answer } => {
                let blockers = shown.blockers.get(&about.id()).map_or(&[][..], Vec::as_slice);
                let mut given: Vec<String> = answer.writes().filter_map(|write| write.value.clone()).collect();
                given.dedup();
                let text = if about.is_ticked() {
                    format!("~~{}~~ → Resolved: {}", about.text(), given.join(" / "))
                } else if blockers.is_empty() {
                    about.text().to_owned()
                } else {
                    format!("{} → **BLOCKER**", about.text())
                };
                item(0, &format!("- {}", tick(about)), &text, out);
                let mut all_options = options.clone();
                let mut needs: Vec<String> = need.iter().cloned().collect();
                let mut reasons = Vec::new();
                for blocker in blockers {
                    if let Detail::Blocker { options, need, .. } = &blocker.detail {
                        all_options.extend(options.iter().cloned());
                        needs.extend(need.iter().cloned());
                    }
                    if blocker.text() != about.text() {
                        reasons.push(blocker.text().to_owned());
                    }
                }
                out.show(Shows::Asked(about.id()));
                labelled(2, "Blocker", &reasons, out);
                choices(&all_options, &needs, out);
                details(shown.plan, about, 2, out);
            }
            Detail::Blocker { on, .. } => {
                let on_question =
                    on.and_then(|id| shown.plan.item(id)).is_some_and(|item| item.kind() == Kind::Question);
                if !on_question {
                    blocker(shown, about, out);
                }
            }
            _ => {}
        }
    }
}

/// A blocker in the list of the questions.
pub(super) fn blocker(shown: &Shown<'_>, about: &Item, out: &mut Sheet) {
    let Detail::Blocker { options, need, how, .. } = &about.detail else { return };
    let text = if about.is_ticked() {
        let how: Vec<&str> = how.iter().map(|(_, how)| how.as_str()).collect();
        let how = if how.is_empty() { String::new() } else { format!(": {}", how.join(" / ")) };
        format!("~~{}~~ → Resolved{how}", about.text())
    } else {
        let step = shown.blocked_step(about).map(|number| format!(" (step {number})"));
        format!("{}{} → **BLOCKER**", about.text(), step.unwrap_or_default())
    };
    item(0, &format!("- {}", tick(about)), &text, out);
    out.show(Shows::Added(about.id()));
    choices(options, need.as_slice(), out);
    details(shown.plan, about, 2, out);
}

fn choices(options: &[String], needs: &[String], out: &mut Sheet) {
    for (i, option) in options.iter().enumerate() {
        let letter = char::from(b'A' + u8::try_from(i % 26).unwrap_or(0));
        item(2, "- ", &format!("Option {letter}: {option}"), out);
    }
    labelled(2, "Need", needs, out);
}

/// User stories with their acceptance criteria.
pub(super) fn stories(plan: &Plan, run: &[&Item], out: &mut Sheet) {
    for story in run {
        let Detail::Story { as_a, so_that } = &story.detail else { continue };
        out.mark(Owner::Item(story.id()));
        self::story(story, as_a, so_that.as_deref(), out);
        for criterion in plan.outline(Parent::Node(story.id()), Kind::Criterion) {
            let indent = 2 * criterion.depth + 2;
            out.mark(Owner::Item(criterion.item.id()));
            item(indent, &format!("- {}", tick(criterion.item)), criterion.item.text(), out);
            details(plan, criterion.item, indent + 2, out);
        }
        details(plan, story, 2, out);
    }
}

/// The line that tells a story.
pub(super) fn story(story: &Item, as_a: &Register<String>, so_that: Option<&Register<String>>, out: &mut Sheet) {
    item(0, "- ", &told(story.text(), as_a, so_that), out);
}

/// A story in one sentence.
pub(super) fn told(wish: &str, as_a: &Register<String>, so_that: Option<&Register<String>>) -> String {
    let end = so_that.map(|end| end.value()).filter(|end| !end.is_empty());
    let end = end.map(|end| format!(", so that {end}")).unwrap_or_default();
    format!("As a {}, I want {wish}{end}", as_a.value())
}

/// Results by group: delivered, metrics, lessons.
pub(super) fn results(plan: &Plan, items: &[&Item], out: &mut Sheet) {
    let groups = [
        (ResultGroup::Delivered, "Delivered"),
        (ResultGroup::Metric, "Metrics"),
        (ResultGroup::Lesson, "Lessons Learned"),
    ];
    for (group, heading) in groups {
        let of_group = |item: &&&Item| matches!(item.detail, Detail::Result { group: other } if other == group);
        let mut number = 0;
        for result in items.iter().filter(of_group) {
            if number == 0 {
                out.push_str(if out.is_empty() { "" } else { "\n" });
                out.mark(Owner::Written);
                out.push_str(&format!("### {heading}\n"));
            }
            number += 1;
            out.mark(Owner::Item(result.id()));
            let marker = if group == ResultGroup::Lesson { format!("{number}. ") } else { "- ".to_owned() };
            item(0, &marker, result.text(), out);
            details(plan, result, marker.len(), out);
        }
    }
}

/// The Cookbook's Progress: boxes, each with the time at which it was done.
pub(super) fn progress(shown: &Shown<'_>, parent: Parent, run: &[&Item], out: &mut Sheet) {
    let steps = shown.outline(parent, Kind::Step, run);
    for (at, step) in steps.iter().enumerate() {
        let time = shown.completed.get(&step.item.id()).filter(|_| step.item.is_ticked());
        let time = time.map(|time| format!("({}Z) ", time.minute())).unwrap_or_default();
        let text = step_text(shown, &steps, at);
        out.mark(Owner::Item(step.item.id()));
        item(2 * step.depth, &format!("- {}", tick(step.item)), &format!("{time}{text}"), out);
        details(shown.plan, step.item, 2 * step.depth + 2, out);
    }
}

/// The Cookbook's Decision Log.
pub(super) fn decisions(plan: &Plan, run: &[&Item], out: &mut Sheet) {
    for about in run {
        let Detail::Decision(detail) = &about.detail else { continue };
        out.mark(Owner::Item(about.id()));
        item(0, "- ", &format!("Decision: {}", log::standing(plan, about, detail)), out);
        out.show(Shows::Added(about.id()));
        let lines = [
            ("Rationale", detail.reason.iter().collect::<Vec<_>>()),
            ("Trade-off", detail.tradeoffs.iter().collect()),
            ("Alternative", detail.options.iter().collect()),
            ("Reference", detail.references.iter().collect()),
        ];
        for (label, texts) in lines {
            texts.into_iter().for_each(|text| item(2, "", &format!("{label}: {text}"), out));
        }
        for (stamp, text) in &detail.amendments {
            out.show(Shows::Said(stamp.seq));
            item(2, "", &format!("Amended: {text}"), out);
        }
        out.show(Shows::Added(about.id()));
        let recorder = plan.person(about.added).map_or("", |person| &person.actor.name);
        let author = about.attributed.as_deref().unwrap_or(recorder);
        let date = about.occurred.date();
        item(2, "", &format!("Date/Author: {date} / {}", crate::text::line(author)), out);
        details(plan, about, 2, out);
    }
}

/// The Cookbook's Surprises & Discoveries.
pub(super) fn discoveries(plan: &Plan, run: &[&Item], out: &mut Sheet) {
    for about in run {
        out.mark(Owner::Item(about.id()));
        item(0, "- ", &format!("Observation: {}", about.text()), out);
        if let Detail::Discovery { evidence, .. } = &about.detail {
            out.show(Shows::Added(about.id()));
            evidence.iter().for_each(|text| item(2, "", &format!("Evidence: {text}"), out));
        }
        details(plan, about, 2, out);
    }
}
