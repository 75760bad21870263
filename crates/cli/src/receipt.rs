//! Receipts: what a writing command says that it did.
//!
//! One line for each event. Its first word is the event's id, which for something that was added is the item's id too;
//! where an event is about another item, that one's id follows in brackets. Of the plan only what the events are about
//! is looked at.

use git_plan_core::text::clipped;
use git_plan_core::{Change, Event, EventId, ItemId, Kind, Parent, Plan};
use git_plan_store::Repository;
use serde_json::{Value, json};

use crate::conflicts;
use crate::exit::Failure;
use crate::ui::{Style, Ui};
use crate::write::Written;

/// The most characters of a text in a receipt.
const LONGEST: usize = 100;

/// Prints what was written.
pub fn print(written: &Written, repo: &Repository, ui: &mut Ui) -> Result<(), Failure> {
    let Written { slug, done, repeated, conflicts, dry_run, names, kept } = written;
    // Whoever wrote has seen what it wrote from, and its own events, not what these were joined with.
    if !dry_run {
        ui.saw(slug.as_str(), done.events.last().map(|event| &event.id));
    }
    if ui.json {
        let look = |plan: &Plan| -> (Vec<Value>, _) {
            (done.events.iter().map(|event| json(plan, event)).collect(), plan.heads().clone())
        };
        let (events, heads) = done.look(repo, look)?;
        let mut data = json!({ "events": events, "repeated": repeated });
        if !conflicts.is_empty() {
            data["conflicts"] = json!(conflicts);
        }
        if *dry_run {
            data["dry_run"] = json!(true);
        }
        if !kept.is_empty() {
            data["kept"] = json!(kept);
        }
        if !names.is_empty() {
            data["names"] = names.iter().map(|(name, id)| (name.clone(), Value::from(id.to_string()))).collect();
        }
        return Ok(ui.data("written", Some(slug.as_str()), &heads, data)?);
    }
    if *repeated {
        ui.say("recorded before, under the same key:");
    }
    let line = |plan: &Plan, event: &Event| (plan.short(event.id), phrase(plan, event));
    let lines: Vec<_> = done.look(repo, |plan| done.events.iter().map(|event| line(plan, event)).collect())?;
    let mut page = ui.page();
    for (id, phrase) in &lines {
        page.paint(Style::Id, id).put("  ").put(phrase).end();
    }
    if !names.is_empty() {
        let short: Vec<(&String, String)> =
            done.look(repo, |plan| names.iter().map(|(name, id)| (name, plan.short(*id))).collect())?;
        for (name, id) in short {
            page.put(&format!("@{name} is ")).paint(Style::Id, &id).end();
        }
    }
    ui.show(&page)?;
    let now = if *dry_run { "would be" } else { "now" };
    for conflict in conflicts {
        let line = done.look(repo, |plan| conflicts::line(plan, conflict, !dry_run))?;
        ui.say(&format!("warning: {now} in conflict: {line}"));
    }
    for kept in kept {
        ui.say(&format!("kept: {kept}"));
    }
    if *dry_run {
        ui.say("dry run: nothing was recorded");
    }
    Ok(())
}

/// The item that an event added or is about.
fn about(plan: &Plan, event: &Event) -> Option<ItemId> {
    let change = event.change.as_ref().ok()?;
    plan.item(event.id).map(git_plan_core::Item::id).or_else(|| change.mentions().first().copied())
}

fn json(plan: &Plan, event: &Event) -> Value {
    let mut written = json!({ "id": event.id.to_string(), "type": event.type_name });
    if let Some(item) = about(plan, event).and_then(|id| plan.item(id)) {
        written["item"] = item.id().to_string().into();
        written["kind"] = item.kind().as_str().into();
        written["text"] = item.text().into();
        if let Some(number) = plan.number(item) {
            written["number"] = number.into();
        }
    }
    if let Some(undoes) = event.context.undoes {
        written["undoes"] = undoes.to_string().into();
    }
    written
}

/// What an event did, after the fact: `step 2.1 added: Implement X`.
pub fn phrase(plan: &Plan, event: &Event) -> String {
    let said = |what: String, about: &str| {
        let about = clipped(about, LONGEST);
        if about.is_empty() { what } else { format!("{what}: {about}") }
    };
    let Ok(change) = &event.change else { return format!("{} has no effect", event.type_name) };
    let (noun, verb) = event.type_name.split_once('.').unwrap_or((&event.type_name, ""));
    let named = |id: ItemId| label(plan, id);
    match change {
        Change::PlanCreated(d) => said(format!("plan {} created", d.slug), &d.title),
        Change::PlanArchived(_) | Change::PlanReactivated(_) => said(format!("plan {verb}"), plan.title()),
        Change::FieldSet(d) => said(format!("{} set", d.field), &d.value),
        Change::TagAdded(d) => said("tag added".to_owned(), &d.tag),
        Change::TagRemoved(d) => said("tag removed".to_owned(), &d.tag),
        Change::AuthorAdded(d) => said("author added".to_owned(), &d.author),
        Change::AuthorRemoved(d) => said("author removed".to_owned(), &d.author),
        Change::SourceAdded(d) => said(format!("source {} added", &*d.id), d.title.as_deref().unwrap_or_default()),
        Change::SourceRemoved(d) => format!("source {} removed", &*d.id),
        Change::SectionRetitled(d) => said(format!("{} retitled", place(plan, d.section)), &d.heading),
        Change::ProseSet(d) => said(format!("{} written", place(plan, d.of)), &d.text),
        Change::ItemRemoved(d) => {
            let first = d.items.first().copied().unwrap_or(event.id);
            let below: Vec<String> = d.items.iter().skip(1).map(|&id| plan.short(id)).collect();
            let below = if below.is_empty() { String::new() } else { format!(", with {}", below.join(" ")) };
            said(format!("{} removed{below}", named(first)), text(plan, first))
        }
        Change::StepDepended(d) => said(format!("{} waits for {}", named(d.step), named(d.on)), text(plan, d.step)),
        Change::StepUndepended(d) => {
            said(format!("{} no longer waits for {}", named(d.step), named(d.on)), text(plan, d.step))
        }
        Change::StepClaimed(d) => said(format!("{} claimed by {}", named(d.step), &*d.owner), text(plan, d.step)),
        Change::StepReleased(d) => said(format!("{} released by {}", named(d.step), &*d.owner), text(plan, d.step)),
        Change::LinkAdded(d) => said(format!("{} linked: {}", named(d.from), &*d.rel), &target(plan, &d.to)),
        Change::LinkRemoved(d) => said(format!("{} unlinked: {}", named(d.from), &*d.rel), &target(plan, &d.to)),
        Change::QuestionAnswered(d) => said(format!("{} answered", named(d.question)), &d.answer),
        _ => match about(plan, event) {
            // What was added is named by the event itself.
            Some(id) if id == event.id => {
                let item = plan.item(id);
                let number = item.and_then(|item| plan.number(item)).map(|number| format!(" {number}"));
                let noun = item.map_or(noun, |item| item.kind().as_str());
                said(format!("{noun}{} {verb}", number.unwrap_or_default()), text(plan, id))
            }
            Some(id) => said(format!("{} {verb}", named(id)), text(plan, id)),
            None => format!("{noun} {verb}"),
        },
    }
}

/// What a link leads to: an item by its name, or what is written there.
fn target(plan: &Plan, to: &str) -> String {
    let item = to.parse::<ItemId>().ok().filter(|&id| plan.item(id).is_some());
    item.map_or_else(|| to.to_owned(), |id| label(plan, id))
}

fn text(plan: &Plan, id: ItemId) -> &str {
    plan.item(id).map_or("", git_plan_core::Item::text)
}

/// `step 2.1 [3f9c2a1]`.
fn label(plan: &Plan, id: EventId) -> String {
    let Some(item) = plan.item(id) else { return format!("item [{}]", id.short()) };
    let number = plan.number(item).map(|number| format!(" {number}")).unwrap_or_default();
    format!("{}{number} [{}]", item.kind(), plan.short(id))
}

fn place(plan: &Plan, parent: Parent) -> String {
    match parent {
        Parent::Standing(role) => role.to_string(),
        Parent::Node(id) if plan.item(id).is_some_and(|item| item.kind() == Kind::Section) => {
            format!("section [{}]", plan.short(id))
        }
        Parent::Node(id) => label(plan, id),
    }
}
