//! How each kind of item is written.

use serde_json::{Map, Value};

use super::{Object, nested, words};
use crate::prelude::*;
use crate::state::{Branch, Decision, Detail, Entry, Item, Outlined, Plan, Stamp, Step, What};
use crate::{ItemId, Kind, Parent, State};

/// A plan with what many items need, looked up once.
pub(super) struct Written<'a> {
    plan: &'a Plan,
    /// The last completion of each step.
    completed: BTreeMap<ItemId, &'a Entry>,
    /// The open blockers of each item.
    blockers: BTreeMap<ItemId, Vec<ItemId>>,
    /// The decisions whose place each decision took.
    superseded: BTreeMap<ItemId, Vec<ItemId>>,
}

impl<'a> Written<'a> {
    pub(super) fn new(plan: &'a Plan) -> Self {
        let completions = plan.log.iter().filter(|entry| entry.what == What::Completed);
        let mut blockers: BTreeMap<ItemId, Vec<ItemId>> = BTreeMap::new();
        for blocker in plan.items_of(Kind::Blocker).filter(|blocker| !blocker.is_ticked()) {
            if let Detail::Blocker { on: Some(on), .. } = blocker.detail {
                blockers.entry(on).or_default().push(blocker.id());
            }
        }
        let mut superseded: BTreeMap<ItemId, Vec<ItemId>> = BTreeMap::new();
        for decision in plan.items().filter(|item| item.kind() == Kind::Decision) {
            if let Detail::Decision(detail) = &decision.detail {
                detail.superseded_by.iter().for_each(|&by| superseded.entry(by).or_default().push(decision.id()));
            }
        }
        Self { plan, completed: completions.map(|entry| (entry.item, entry)).collect(), blockers, superseded }
    }

    pub(super) fn step(&self, step: &Outlined<'_>) -> Object {
        let mut object = self.item(step.item);
        object.put("number", step.number.as_str());
        if let Some(entry) = self.completed.get(&step.item.id()).filter(|_| step.item.is_ticked()) {
            object.put("completed", self.plan.stamp_json(entry.stamp));
        }
        object
    }

    pub(super) fn criterion(&self, criterion: &Outlined<'_>) -> Object {
        let mut object = self.item(criterion.item);
        object.put("number", criterion.number.as_str());
        object
    }

    pub(super) fn section(&self, section: &Item) -> Value {
        let mut object = self.common(section, "heading", "prose");
        if let Detail::Section { level, role } = section.detail {
            object.put("level", level).put("role", role.as_str());
        }
        if let Branch::Sections(Some(follows)) = section.place.branch {
            object.put("follows", follows.as_str());
        }
        object.into()
    }

    pub(super) fn removed(&self, item: &Item) -> Value {
        let mut object = Object::default();
        object.put("id", item.id().to_string()).put("kind", item.kind().as_str()).put("text", item.text());
        object.into()
    }

    /// An item of any kind but a section.
    pub(super) fn item(&self, item: &Item) -> Object {
        let text = match item.kind() {
            Kind::Decision => "title",
            Kind::Story => "i_want",
            _ => "text",
        };
        let mut object = self.common(item, text, "body");
        if let Branch::Items(under) = item.place.branch
            && under != Parent::Standing(item.kind().home())
        {
            object.put("under", under.to_string());
        }
        object.put("blockers", words(self.blockers.get(&item.id()).into_iter().flatten()));
        self.detail(item, &mut object);
        object
    }

    /// What all kinds have; the wording and the prose under the names given.
    fn common(&self, item: &Item, text: &str, body: &str) -> Object {
        let mut object = Object::default();
        object
            .put("id", item.id().to_string())
            .put(text, item.text())
            .put(body, item.body().unwrap_or_default())
            .put("state", item.state().map_or("", State::as_str))
            .put("shown", if item.is_visible() { "" } else { "for what is below it" })
            .put("source", item.source.as_ref().map_or("", |source| source.value()))
            .put("added", self.plan.stamp_json(item.added));
        if item.occurred != item.added.at {
            object.put("occurred", item.occurred.to_string());
        }
        let link = |(rel, to): &(String, String)| -> Value {
            let members = [("rel", rel), ("to", to)];
            Value::Object(members.into_iter().map(|(name, value)| (name.to_owned(), value.as_str().into())).collect())
        };
        object.put("links", item.links.by_age().into_iter().map(link).collect::<Vec<_>>());
        object
    }

    fn detail(&self, item: &Item, object: &mut Object) {
        match &item.detail {
            Detail::Section { .. } | Detail::Prose => {}
            Detail::Step(step) => {
                put_step(step, object);
                object.put("criteria", self.criteria_below(item.id()));
            }
            Detail::Criterion { evidence } => {
                object.put("evidence", words(evidence));
            }
            Detail::Decision(decision) => self.decision(item, decision, object),
            Detail::Discovery { evidence, corrects } => {
                object.put("evidence", words(evidence)).put("corrects", id(*corrects));
            }
            Detail::Question { options, need, answer } => {
                object.put("options", words(options)).put("need", need.as_deref().unwrap_or_default());
                if item.is_ticked() {
                    object.put("answer", answer.value().as_deref().unwrap_or_default());
                }
            }
            Detail::Blocker { on, options, need, how } => {
                object
                    .put("on", id(*on))
                    .put("options", words(options))
                    .put("need", need.as_deref().unwrap_or_default())
                    .put("how", self.said(how));
            }
            Detail::Note { label, on, corrects } => {
                object.put("label", label.as_str()).put("on", id(*on)).put("corrects", id(*corrects));
            }
            Detail::Result { group } => {
                object.put("group", group.as_str());
            }
            Detail::Story { as_a, so_that } => {
                object
                    .put("as_a", as_a.value().as_str())
                    .put("so_that", so_that.as_ref().map_or("", |end| end.value()))
                    .put("criteria", self.criteria_below(item.id()));
            }
        }
    }

    fn decision(&self, item: &Item, decision: &Decision, object: &mut Object) {
        if !decision.superseded_by.is_empty() && item.state() != Some(State::Withdrawn) {
            object.put("state", "superseded");
        }
        object
            .put("reason", decision.reason.as_deref().unwrap_or_default())
            .put("tradeoffs", words(&decision.tradeoffs))
            .put("options", words(&decision.options))
            .put("references", words(&decision.references))
            .put("question", id(decision.question))
            .put("superseded_by", words(decision.superseded_by.by_age()))
            .put("supersedes", words(self.superseded.get(&item.id()).into_iter().flatten()))
            .put("amendments", self.said(&decision.amendments));
    }

    fn criteria_below(&self, parent: ItemId) -> Vec<Value> {
        let outline = self.plan.outline(Parent::Node(parent), Kind::Criterion);
        nested(outline, |criterion| self.criterion(criterion))
    }

    /// Texts that were added one by one, each with who added it.
    fn said(&self, texts: &[(Stamp, String)]) -> Vec<Value> {
        let said = |(stamp, text): &(Stamp, String)| {
            let mut object = self.plan.stamp_json(*stamp);
            object.put("text", text.as_str());
            object.into()
        };
        texts.iter().map(said).collect()
    }
}

fn put_step(step: &Step, object: &mut Object) {
    let owner = |owner: &crate::state::Owner| -> Value {
        let mut members = Map::new();
        members.insert("name".into(), owner.name.as_str().into());
        if let Some(until) = owner.until {
            members.insert("until".into(), until.to_string().into());
        }
        members.into()
    };
    object
        .put("owners", step.owners.by_age().into_iter().map(owner).collect::<Vec<_>>())
        .put("depends", words(step.depends.by_age()))
        .put("evidence", words(&step.evidence));
}

fn id(id: Option<ItemId>) -> String {
    id.map_or_else(String::new, |id| id.to_string())
}
