//! How a vector is told: events one after the other, with fixed authors and times.

use git_plan_core::canonical;
use git_plan_core::{EventId, Layout};
use serde_json::{Map, Value, json};

/// A vector in the making.
pub struct Script {
    /// Its directory.
    pub name: &'static str,
    /// What it shows.
    pub about: &'static str,
    /// The rules that it shows, as `E8 S6`.
    pub rules: &'static str,
    /// The layouts in which the view is compared.
    pub layouts: Vec<Layout>,
    /// The events in the order in which they arrive.
    pub events: Vec<Told>,
    seen: Vec<String>,
    by: &'static str,
    at: Option<String>,
    minute: u32,
    said: Map<String, Value>,
}

/// One event as it is stored.
pub struct Told {
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Whether the bytes are one line of `events.jsonl`.
    pub line: bool,
    /// The parents that its container shows, for bytes that name none.
    pub contained: Vec<String>,
}

pub fn script(name: &'static str, rules: &'static str, about: &'static str) -> Script {
    Script {
        name,
        about,
        rules,
        layouts: vec![Layout::Execplan],
        events: Vec::new(),
        seen: Vec::new(),
        by: "Ada",
        at: None,
        minute: 0,
        said: Map::new(),
    }
}

impl Script {
    /// The first event.
    pub fn root(&mut self, title: &str) -> String {
        let slug = title.to_lowercase().replace(' ', "-");
        self.add("plan.created", json!({"layout": "execplan", "nonce": "0", "slug": slug, "title": title}))
    }

    /// The author of the events from here on.
    pub fn by(&mut self, name: &'static str) -> &mut Self {
        self.by = name;
        self
    }

    /// The time of the next event, as `10:05` or in full.
    pub fn at(&mut self, time: &str) -> &mut Self {
        self.at = Some(if time.len() == 5 { format!("2026-11-22T{time}:00.000Z") } else { time.to_owned() });
        self
    }

    /// What the author of the next event has seen.
    pub fn on(&mut self, seen: &[&str]) -> &mut Self {
        self.seen = seen.iter().map(|id| (*id).to_owned()).collect();
        self
    }

    /// Another member of the next event's envelope.
    pub fn say(&mut self, name: &str, value: Value) -> &mut Self {
        self.said.insert(name.to_owned(), value);
        self
    }

    /// Shows the view in the Cookbook's layout too.
    pub fn cookbook(&mut self) {
        self.layouts.push(Layout::Cookbook);
    }

    /// The envelope of the next event.
    pub fn envelope(&mut self, type_name: &str, data: Value) -> Value {
        let minute = self.minute;
        self.minute += 1;
        let at =
            self.at.take().unwrap_or_else(|| format!("2026-11-22T{:02}:{:02}:00.000Z", 10 + minute / 60, minute % 60));
        let email = format!("{}@example.org", self.by.to_lowercase());
        self.seen.sort();
        let mut envelope = json!({
            "at": at, "by": {"email": email, "name": self.by}, "data": data,
            "parents": self.seen, "type": type_name, "v": 1,
        });
        for (name, value) in core::mem::take(&mut self.said) {
            envelope[&name] = value;
        }
        envelope
    }

    /// The next event; the one after it follows it.
    pub fn add(&mut self, type_name: &str, data: Value) -> String {
        let envelope = self.envelope(type_name, data);
        self.push(&envelope)
    }

    /// The next event with this envelope.
    pub fn push(&mut self, envelope: &Value) -> String {
        let mut bytes = String::new();
        canonical::write(envelope, &mut bytes).expect("the envelope has a canonical form");
        self.tell(bytes.into_bytes(), true, Vec::new())
    }

    /// An event of any bytes, in a container that shows what was seen.
    pub fn raw(&mut self, bytes: impl Into<Vec<u8>>) -> String {
        let contained = self.seen.clone();
        self.tell(bytes.into(), false, contained)
    }

    fn tell(&mut self, bytes: Vec<u8>, line: bool, contained: Vec<String>) -> String {
        let id = EventId::of(&bytes).to_string();
        self.events.push(Told { bytes, line, contained });
        self.seen = vec![id.clone()];
        id
    }

    pub fn step(&mut self, text: &str, after: &str) -> String {
        let mut data = json!({"text": text});
        if !after.is_empty() {
            data["after"] = after.into();
        }
        self.add("step.added", data)
    }

    pub fn child(&mut self, text: &str, under: &str, after: &str) -> String {
        let mut data = json!({"text": text, "under": under});
        if !after.is_empty() {
            data["after"] = after.into();
        }
        self.add("step.added", data)
    }

    /// The events arrive the other way round.
    pub fn backwards(mut self) -> Self {
        self.events.reverse();
        self
    }
}
