//! How conflicts and notices are written.

use serde_json::Value;

use super::Object;
use crate::prelude::*;
use crate::state::{Conflict, Plan};

impl Plan {
    /// A conflict as JSON, as the state has it.
    #[must_use]
    pub fn conflict_json(&self, conflict: &Conflict) -> Value {
        let side = |side: &super::super::Side| -> Value {
            let mut written = self.stamp_json(side.stamp);
            let of = side.of.map(|of| of.to_string()).unwrap_or_default();
            written.put("value", side.value.as_str()).put("item", of);
            written.into()
        };
        let mut written = Object::default();
        written
            .put("id", conflict.id())
            .put("kind", conflict.kind.as_str())
            .put("target", conflict.target.to_string())
            .put("field", conflict.field)
            .put("base", conflict.base.as_deref().unwrap_or_default())
            .put("sides", conflict.sides.iter().map(side).collect::<Vec<_>>());
        written.into()
    }
}
