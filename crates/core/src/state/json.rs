//! The whole state as JSON: what `--json` prints, what tests compare, and what other readers can be held to.
//!
//! What may be relied on: strings, integers, arrays and objects only, so the value has a canonical form; the same
//! state gives the same value; a member that would be empty is left out of an item, while the lists of the plan itself
//! are always there. Steps nest down to [`limits::TREE_DEPTH`]; what is deeper is listed in order at that depth, and its
//! number says where it belongs. So no depth of nesting overflows whoever walks or drops the value.
//!
//! How: `items.rs` says how each kind of item is written, `conflicts.rs` what is in conflict. Spec: spec/4-state.md.

mod conflicts;
mod items;

use serde_json::{Map, Value};

use super::{Branch, InertEvent, Item, Outlined, Plan, Stamp};
use crate::prelude::*;
use crate::{Field, Kind, Parent, Role, limits};
use items::Written;

/// An object in the making.
#[derive(Default)]
struct Object(Map<String, Value>);

impl Object {
    /// Puts a member in, unless it is empty.
    fn put(&mut self, name: &str, value: impl Into<Value>) -> &mut Self {
        let value = value.into();
        let empty = match &value {
            Value::Null => true,
            Value::String(text) => text.is_empty(),
            Value::Array(values) => values.is_empty(),
            Value::Object(members) => members.is_empty(),
            _ => false,
        };
        if !empty {
            self.0.insert(name.to_owned(), value);
        }
        self
    }

    /// Puts a list in, even if it is empty.
    fn list(&mut self, name: &str, values: Vec<Value>) {
        self.0.insert(name.to_owned(), values.into());
    }
}

impl From<Object> for Value {
    fn from(object: Object) -> Self {
        Self::Object(object.0)
    }
}

/// Each value as a string.
fn words<T: ToString>(values: impl IntoIterator<Item = T>) -> Vec<Value> {
    values.into_iter().map(|value| value.to_string().into()).collect()
}

impl Plan {
    /// The whole state as JSON, of strings, integers, arrays and objects alone.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let written = Written::new(self);
        let mut plan = Object::default();
        plan.put("id", self.id().map_or_else(String::new, |id| id.to_string()))
            .put("slug", self.slug().map_or("", |slug| slug.as_str()))
            .put("title", self.title())
            .put("status", self.field(Field::Status))
            .put("summary", self.field(Field::Summary))
            .put("layout", self.layout().as_str())
            .put("archived", if self.is_archived() { "yes" } else { "" })
            .put("events", self.count());
        plan.list("heads", words(self.heads()));
        plan.list("tags", words(self.tags.by_age()));
        plan.list("authors", words(self.authors.by_age()));
        plan.list("sources", self.sources.by_age().into_iter().map(source).collect());
        let standing = Role::ALL.iter().filter_map(|&role| Some((role.to_string(), self.standing_json(role)?)));
        plan.0.insert("standing".into(), Value::Object(standing.collect()));
        plan.list("sections", self.sections().into_iter().map(|section| written.section(section)).collect());
        plan.list("steps", nested(self.steps(), |step| written.step(step)));
        plan.list("criteria", nested(self.criteria(), |criterion| written.criterion(criterion)));
        for kind in LISTED {
            let items = self.in_document_order(*kind);
            plan.list(plural(*kind), items.into_iter().map(|item| written.item(item).into()).collect());
        }
        let hidden = self.items().filter(|item| !item.is_visible());
        plan.list("removed", hidden.map(|item| written.removed(item)).collect());
        plan.list("inert", self.inert.iter().map(inert).collect());
        let (notices, conflicts): (Vec<_>, _) = self.disagreements().into_iter().partition(|c| c.kind.is_notice());
        plan.list("conflicts", conflicts.iter().map(|conflict| self.conflict_json(conflict)).collect());
        plan.list("notices", notices.iter().map(|notice| self.conflict_json(notice)).collect());
        plan.into()
    }

    fn standing_json(&self, role: Role) -> Option<Value> {
        let mut section = Object::default();
        section.put("heading", self.heading(role).map_or("", |heading| heading.value()));
        section.put("prose", self.prose(role).map_or("", |prose| prose.value()));
        (!section.0.is_empty()).then(|| section.into())
    }

    /// The shown items of a kind as the document has them: by standing section, then by added section, then those below
    /// items, by the age of these.
    fn in_document_order(&self, kind: Kind) -> Vec<&Item> {
        let standing = Role::ALL.iter().map(|&role| Parent::Standing(role));
        let sections = self.sections().into_iter().map(|section| Parent::Node(section.id()));
        let others = self.items().filter(|item| item.kind() != Kind::Section).map(|item| Parent::Node(item.id()));
        let lists = standing.chain(sections).chain(others).map(Branch::Items);
        lists.flat_map(|list| self.children(list)).filter(|item| item.kind() == kind).collect()
    }

    fn stamp_json(&self, stamp: Stamp) -> Object {
        let mut object = Object::default();
        object.put("event", stamp.id.to_string()).put("at", stamp.at.to_string());
        if let Some(person) = self.person(stamp) {
            let mut by = Map::new();
            by.insert("email".into(), person.actor.email.as_str().into());
            by.insert("name".into(), person.actor.name.as_str().into());
            object.put("by", by).put("agent", person.agent.as_deref().unwrap_or_default());
        }
        object
    }
}

/// The kinds that are listed flat, in the order of the document.
const LISTED: &[Kind] = &[
    Kind::Prose,
    Kind::Decision,
    Kind::Discovery,
    Kind::Question,
    Kind::Blocker,
    Kind::Note,
    Kind::Result,
    Kind::Story,
];

const fn plural(kind: Kind) -> &'static str {
    match kind {
        Kind::Section => "sections",
        Kind::Prose => "prose",
        Kind::Step => "steps",
        Kind::Criterion => "criteria",
        Kind::Decision => "decisions",
        Kind::Discovery => "discoveries",
        Kind::Question => "questions",
        Kind::Blocker => "blockers",
        Kind::Note => "notes",
        Kind::Result => "results",
        Kind::Story => "stories",
    }
}

fn source(source: &super::Source) -> Value {
    let mut object = Object::default();
    object.put("id", source.id.as_str());
    for (name, value) in [("title", &source.title), ("url", &source.url), ("accessed", &source.accessed)] {
        object.put(name, value.as_deref().unwrap_or_default());
    }
    object.into()
}

fn inert(event: &InertEvent) -> Value {
    let mut object = Object::default();
    object
        .put("event", event.stamp.id.to_string())
        .put("type", event.type_name.as_str())
        .put("code", event.code.as_str())
        .put("reason", event.reason.as_str());
    object.into()
}

/// An outline as a tree: each item with its `children`. Iterative, and no deeper than the limit.
fn nested<'a>(outline: Vec<Outlined<'a>>, write: impl Fn(&Outlined<'a>) -> Object) -> Vec<Value> {
    // The items that may still get children, each with its depth and the children so far.
    let mut open: Vec<(Object, Vec<Value>)> = Vec::new();
    let mut top = Vec::new();
    let mut close = |open: &mut Vec<(Object, Vec<Value>)>| {
        if let Some((mut object, children)) = open.pop() {
            object.put("children", children);
            open.last_mut().map_or(&mut top, |(_, siblings)| siblings).push(object.into());
        }
    };
    for outlined in &outline {
        let depth = outlined.depth.min(limits::TREE_DEPTH - 1);
        while open.len() > depth {
            close(&mut open);
        }
        open.push((write(outlined), Vec::new()));
    }
    while !open.is_empty() {
        close(&mut open);
    }
    top
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::change::{FieldSet, PlanCreated, StepAdded, StepCompleted};
    use crate::{Actor, Batch, Context, Layout, Slug, Text, Title};

    type TestResult<T = ()> = Result<T, std::boxed::Box<dyn std::error::Error>>;

    fn batch() -> TestResult<Batch> {
        let by = Actor { name: "Ada".into(), email: String::new() };
        let mut batch = Batch::new(Plan::default(), by, "2026-11-22T10:00:00.000Z".parse()?, Context::default());
        let slug: Slug = "a-plan".parse()?;
        let (nonce, title) = (Title::new("0")?, Title::new("A plan")?);
        batch.record(PlanCreated { layout: Layout::Execplan, nonce, slug, title })?;
        Ok(batch)
    }

    fn step(text: &str, under: Option<crate::EventId>) -> TestResult<StepAdded> {
        let under = under.map(Parent::Node);
        Ok(StepAdded { after: None, source: None, state: None, text: Text::new(text)?, under })
    }

    #[test]
    fn the_state_has_a_canonical_form_and_says_who_did_what() -> TestResult {
        let mut batch = batch()?;
        let parent = batch.record(step("Build", None)?)?;
        let child = batch.record(step("Lay the floor", Some(parent))?)?;
        batch.record(StepCompleted { evidence: vec![Text::new("It holds")?], step: child })?;
        batch.record(FieldSet { field: Field::Status, value: Text::new("living")? })?;
        let state = batch.plan().to_json();
        let mut bytes = String::new();
        crate::canonical::write(&state, &mut bytes)?;
        let inner = &state["steps"][0]["children"][0];
        assert_eq!(inner["number"], "1.1", "a child is numbered below its parent");
        assert_eq!(inner["completed"]["by"]["name"], "Ada", "a completed step says who completed it");
        assert_eq!(inner["completed"]["by"]["email"], "", "an address may be empty, as in git");
        assert_eq!(inner["evidence"][0], "It holds");
        assert_eq!(state["status"], "living");
        assert!(state.get("archived").is_none(), "what is not so is left out");
        Ok(())
    }

    #[test]
    fn nesting_of_any_depth_takes_no_stack() -> TestResult {
        let mut batch = batch()?;
        let mut under = None;
        for _ in 0..500 {
            under = Some(batch.record(step("Deeper", under)?)?);
        }
        let state = batch.plan().to_json();
        let mut depth = 0;
        let mut at = &state["steps"];
        while let Some(first) = at.get(0) {
            depth += 1;
            at = &first["children"];
        }
        assert_eq!(depth, limits::TREE_DEPTH, "nesting is cut at the limit");
        Ok(())
    }
}
