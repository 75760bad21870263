//! What commands write as JSON, held against the schemas of the specification.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::LazyLock;

use jsonschema::Validator;
use serde_json::Value;

/// The schemas in `spec/json/`, by kind. Unlike for a reader, a member that no schema names is wrong here.
static SCHEMAS: LazyLock<BTreeMap<String, Validator>> = LazyLock::new(|| {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../spec/json");
    let mut known = BTreeMap::new();
    for entry in std::fs::read_dir(&folder).expect("spec/json is there").flatten() {
        let path = entry.path();
        if path.extension().is_none_or(|extension| extension != "json") {
            continue;
        }
        let text = std::fs::read_to_string(&path).expect("a schema is text");
        let mut schema: Value = serde_json::from_str(&text).expect("a schema is JSON");
        assert!(jsonschema::meta::is_valid(&schema), "{} is a JSON Schema", path.display());
        close(&mut schema);
        let kind = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        known.insert(kind, jsonschema::validator_for(&schema).expect("a schema can be used"));
    }
    known
});

/// Asserts that an answer is as the specification has it.
#[track_caller]
pub fn hold(answer: &Value) {
    let kind = answer["kind"].as_str().unwrap_or_default();
    let schema = SCHEMAS.get(kind).unwrap_or_else(|| panic!("spec/json/{kind}.json describes {answer}"));
    let wrong: Vec<String> =
        schema.iter_errors(answer).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(wrong.is_empty(), "spec/json/{kind}.json allows what is written:\n{}\n{answer}", wrong.join("\n"));
}

/// Allows no members but those that are named, wherever some are.
fn close(schema: &mut Value) {
    match schema {
        Value::Object(members) => {
            members.values_mut().for_each(close);
            if members.get("properties").is_some_and(Value::is_object) && members.contains_key("type") {
                members.entry("additionalProperties").or_insert(Value::Bool(false));
            }
        }
        Value::Array(values) => values.iter_mut().for_each(close),
        _ => {}
    }
}
