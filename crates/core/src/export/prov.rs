//! PROV-JSON: who and what brought each version of the plan and each item about.
//!
//! What may be relied on: every event is an activity, with the version of the plan that it made as an entity; whoever made
//! it is an agent, and a program that acted for somebody acted on their behalf. Spec: spec/10-exports.md, X16 to X18.

use serde_json::{Map, Value, json};

use super::{Export, Row, inert, summary};
use crate::event::{Actor, Agent};
use crate::prelude::*;
use crate::{Change, EventId, text};

/// The parts of a document, by the names that PROV-JSON gives them.
#[derive(Default)]
struct Document(BTreeMap<&'static str, Map<String, Value>>);

impl Document {
    fn put(&mut self, part: &'static str, id: String, record: Value) {
        self.0.entry(part).or_default().insert(id, record);
    }

    /// A relation, which has no name of its own.
    fn relate(&mut self, part: &'static str, record: Value) {
        let id = format!("_:{part}{}", self.0.get(part).map_or(0, Map::len) + 1);
        self.put(part, id, record);
    }
}

/// The document.
#[must_use]
pub fn document(export: &Export<'_>) -> Value {
    let mut out = Document::default();
    let inert = inert(export.plan);
    for row in &export.rows {
        event(&mut out, export, row, inert.contains_key(&row.event.id));
    }
    let plan = export.plan.id().map_or_else(|| export.slug.to_string(), |id| id.to_string());
    let mut document = Map::new();
    document.insert("prefix".into(), json!({ "plan": format!("urn:git-plan:{plan}:") }));
    document.extend(out.0.into_iter().map(|(part, records)| (part.to_owned(), Value::Object(records))));
    Value::Object(document)
}

fn event(out: &mut Document, export: &Export<'_>, row: &Row<'_>, is_inert: bool) {
    let event = row.event;
    let (activity, version) = (named("event", event.id), named("version", event.id));
    let mut said = json!({
        "prov:startTime": event.occurred().to_string(),
        "prov:endTime": event.occurred().to_string(),
        "prov:type": format!("git-plan:{}", event.type_name),
        "prov:label": summary(export.plan, event),
    });
    if let Some(why) = event.context.why.as_deref().filter(|why| !why.is_empty()) {
        said["plan:why"] = text::neutral(why).into();
    }
    out.put("activity", activity.clone(), said);
    let label = format!("{} at {}", text::line(export.plan.title()), event.id.short());
    out.put(
        "entity",
        version.clone(),
        json!({ "prov:type": word("prov:Plan"), "prov:label": label, "plan:commit": row.commit }),
    );
    out.relate("wasGeneratedBy", json!({ "prov:entity": version, "prov:activity": activity }));
    for &parent in &event.parents {
        let before = named("version", parent);
        out.relate("used", json!({ "prov:activity": activity, "prov:entity": before }));
        let derived = json!({ "prov:generatedEntity": version, "prov:usedEntity": before, "prov:activity": activity, "prov:type": word("prov:Revision") });
        out.relate("wasDerivedFrom", derived);
        out.relate("wasInformedBy", json!({ "prov:informed": activity, "prov:informant": named("event", parent) }));
    }
    agents(out, &activity, &event.by, event.context.agent.as_ref());
    if !is_inert {
        items(out, export, row, &activity);
    }
}

/// Who made the event.
fn agents(out: &mut Document, activity: &str, by: &Actor, agent: Option<&Agent>) {
    let id = format!("plan:person-{}", EventId::of(format!("{}\0{}", by.email, by.name).as_bytes()).prefix(16));
    let mut person = json!({ "prov:type": word("prov:Person"), "prov:label": text::line(&by.name) });
    if !by.email.is_empty() {
        person["plan:email"] = text::line(&by.email).into();
    }
    out.put("agent", id.clone(), person);
    let Some(agent) = agent else {
        return out.relate("wasAssociatedWith", json!({ "prov:activity": activity, "prov:agent": id }));
    };
    let model = agent.model.as_deref().unwrap_or_default();
    let program = format!("plan:agent-{}", EventId::of(format!("{}\0{model}", agent.name).as_bytes()).prefix(16));
    let mut said = json!({ "prov:type": word("prov:SoftwareAgent"), "prov:label": text::line(&agent.name) });
    if !model.is_empty() {
        said["plan:model"] = text::line(model).into();
    }
    out.put("agent", program.clone(), said);
    out.relate("wasAssociatedWith", json!({ "prov:activity": activity, "prov:agent": program }));
    out.relate(
        "actedOnBehalfOf",
        json!({ "prov:delegate": program, "prov:responsible": id, "prov:activity": activity }),
    );
}

/// The items that the event brought about, replaced or took away.
fn items(out: &mut Document, export: &Export<'_>, row: &Row<'_>, activity: &str) {
    let event = row.event;
    if let Some(item) = export.plan.item(event.id).filter(|item| item.id() == event.id) {
        let id = named("item", event.id);
        let said =
            json!({ "prov:type": format!("git-plan:{}", item.kind()), "prov:label": text::clipped(item.text(), 120) });
        out.put("entity", id.clone(), said);
        out.relate("wasGeneratedBy", json!({ "prov:entity": id, "prov:activity": activity }));
    }
    let Ok(change) = &event.change else { return };
    let (gone, instead) = match change {
        Change::ItemRemoved(removed) => (removed.items.clone(), None),
        Change::DecisionSuperseded(superseded) => (vec![superseded.decision], Some(superseded.by)),
        Change::DecisionRecorded(recorded) => (recorded.supersedes.clone(), Some(event.id)),
        Change::DecisionWithdrawn(withdrawn) => (vec![withdrawn.decision], None),
        _ => return,
    };
    for id in gone.into_iter().filter(|id| export.plan.item(*id).is_some()) {
        let gone = named("item", id);
        out.relate("wasInvalidatedBy", json!({ "prov:entity": gone, "prov:activity": activity }));
        if let Some(instead) = instead.filter(|id| export.plan.item(*id).is_some()) {
            let said = json!({ "prov:generatedEntity": named("item", instead), "prov:usedEntity": gone, "prov:type": word("prov:Revision") });
            out.relate("wasDerivedFrom", said);
        }
    }
}

fn named(what: &str, id: EventId) -> String {
    format!("plan:{what}-{id}")
}

/// A name that the vocabulary of PROV has.
fn word(name: &str) -> Value {
    json!({ "$": name, "type": "prov:QUALIFIED_NAME" })
}
