//! The tools: a table of what a client can call, and which command line each call is.
//!
//! What may be relied on: whatever a client sends, no word of it is taken for an option that it does not name: values
//! follow the option that they belong to, and everything else follows `--`. The schemas cost every client's context, so a
//! test holds them all together below 2,000 tokens.

use serde_json::{Map, Value, json};

/// What a client sent with a call.
pub(crate) type Given = Map<String, Value>;

/// A tool.
pub(crate) struct Tool {
    pub(crate) name: &'static str,
    pub(crate) about: &'static str,
    /// Whether it changes nothing.
    pub(crate) reads: bool,
    /// Whether what it changes may take something from view.
    pub(crate) destructive: bool,
    /// Whether calling it again changes nothing more.
    pub(crate) idempotent: bool,
    /// Whether it speaks to another machine.
    pub(crate) open_world: bool,
    /// Whether the command takes the version that its author saw.
    pub(crate) based: bool,
    /// The properties of its arguments, and which of them must be there.
    pub(crate) properties: fn() -> Value,
    pub(crate) required: &'static [&'static str],
    /// The words of the command line, the plan left out.
    pub(crate) words: fn(&Given) -> Result<Vec<String>, String>,
}

impl Tool {
    /// The JSON Schema of its arguments.
    pub(crate) fn schema(&self) -> Given {
        let mut properties = (self.properties)();
        if self.name != "run" && self.name != "sync" {
            properties["plan"] =
                json!({ "type": "string", "description": "Slug; needed only where several plans are active" });
        }
        if self.based {
            properties["why"] = json!({ "type": "string", "description": "Reason, for the log" });
            properties["key"] =
                json!({ "type": "string", "description": "Idempotency key: a retry records nothing twice" });
        }
        let schema = json!({ "type": "object", "properties": properties, "required": self.required, "additionalProperties": false });
        if let Value::Object(schema) = schema { schema } else { Given::new() }
    }
}

/// All tools.
pub(crate) const TOOLS: &[Tool] = &[
    Tool {
        name: "prime",
        about: "Where the plan stands: in progress, blockers, next steps, newest decisions. Call first.",
        reads: true,
        destructive: false,
        idempotent: true,
        open_world: false,
        based: false,
        properties: || json!({ "budget": { "type": "integer", "minimum": 0, "description": "Most tokens (default 1500)" } }),
        required: &[],
        words: |given| Words::of("prime").option(given, "budget", "--budget")?.done(),
    },
    Tool {
        name: "read",
        about: "Read a plan. view: Markdown; why/blame/log/diff: how it came about; items: numbers and ids.",
        reads: true,
        destructive: false,
        idempotent: true,
        open_world: false,
        based: false,
        properties: || {
            json!({
                "what": { "enum": READS.map(|(what, _)| what) },
                "of": { "type": "array", "items": { "type": "string" }, "description": "why: an item (`4`, `decision 2`, an id) or section; diff: one or two points" },
                "at": { "type": "string", "description": "Point in time: event id, -N events, commit, branch, date, `2 hours ago`" },
                "json": { "type": "boolean" },
            })
        },
        required: &["what"],
        words: read,
    },
    Tool {
        name: "next",
        about: "The step to work on, with what it needs. claim: take it, so that no other agent gets it.",
        reads: false,
        destructive: false,
        idempotent: false,
        open_world: true,
        based: false,
        properties: || {
            json!({
                "claim": { "type": "boolean" },
                "until": { "type": "string", "description": "Lease, as `30m` or `2h`" },
                "remote": { "type": "string", "description": "Claim across clones: counts once it has landed there" },
            })
        },
        required: &[],
        words: |given| {
            Words::of("next")
                .flag(given, "claim", "--claim")?
                .option(given, "until", "--until")?
                .option(given, "remote", "--remote")?
                .done()
        },
    },
    Tool {
        name: "step",
        about: "Add, start, complete and arrange steps. A step is named by number (2.1) or id; prefer ids.",
        reads: false,
        destructive: true,
        idempotent: false,
        open_world: false,
        based: true,
        properties: || {
            json!({
                "do": { "enum": ["add", "start", "done", "reopen", "edit", "move", "drop", "rm", "restore", "claim", "release", "depend"] },
                "steps": { "type": "array", "items": { "type": "string" }, "description": "Which; not for add" },
                "texts": { "type": "array", "items": { "type": "string" }, "description": "add: one step each; edit: the new text" },
                "under": { "type": "string" },
                "after": { "type": "string" },
                "on": { "type": "string", "description": "depend: what it waits for" },
                "until": { "type": "string", "description": "claim: lease" },
                "evidence": { "type": "array", "items": { "type": "string" }, "description": "done: what shows it" },
            })
        },
        required: &["do"],
        words: step,
    },
    Tool {
        name: "record",
        about: "Record at once what you decide, find, run into, ask, note or deliver.",
        reads: false,
        destructive: false,
        idempotent: false,
        open_world: false,
        based: true,
        properties: || {
            json!({
                "kind": { "enum": ["decide", "discover", "block", "unblock", "ask", "answer", "note", "result", "criterion", "met"] },
                "text": { "type": "string", "description": "What; for answer and unblock, how" },
                "of": { "type": "string", "description": "answer/unblock/met: which item" },
                "because": { "type": "string", "description": "decide: the reason" },
                "options": { "type": "array", "items": { "type": "string" } },
                "supersedes": { "type": "string", "description": "decide: the decision that gives way" },
                "on": { "type": "string", "description": "block: the step or question" },
                "evidence": { "type": "string", "description": "discover: what shows it" },
            })
        },
        required: &["kind"],
        words: record,
    },
    Tool {
        name: "apply",
        about: "Many changes at once, all or none. Lines as `git plan apply` reads them; give a key, so that a retry is safe.",
        reads: false,
        destructive: true,
        idempotent: true,
        open_world: false,
        based: true,
        properties: || json!({ "lines": { "type": "array", "items": { "type": "object" } } }),
        required: &["lines"],
        words: |_| Ok(vec!["apply".to_owned(), "-".to_owned()]),
    },
    Tool {
        name: "sync",
        about: "Share plans through a git remote: take in, join, send until it has landed.",
        reads: false,
        destructive: false,
        idempotent: true,
        open_world: true,
        based: false,
        properties: || {
            json!({
                "do": { "enum": ["sync", "fetch", "push"] },
                "remote": { "type": "string" },
                "plans": { "type": "array", "items": { "type": "string" } },
                "all": { "type": "boolean" },
            })
        },
        required: &[],
        words: |given| {
            let command = Words::chosen(given, "do", &["sync", "fetch", "push"], Some("sync"))?;
            let words = Words::of(&command).flag(given, "all", "--all")?;
            let plans = texts(given, "plans")?;
            let remote = text(given, "remote")?;
            if remote.is_none() && !plans.is_empty() {
                return Err("plans: expected remote too".to_owned());
            }
            words.rest(remote.into_iter().chain(plans)).done()
        },
    },
    Tool {
        name: "run",
        about: "Any other command line of `git plan`, as words. [\"--help\"] lists the commands, [\"set\",\"--help\"] explains one.",
        reads: false,
        destructive: true,
        idempotent: false,
        open_world: true,
        based: false,
        properties: || {
            json!({
                "words": { "type": "array", "items": { "type": "string" } },
                "input": { "type": "string", "description": "Standard input" },
            })
        },
        required: &["words"],
        words: |given| texts(given, "words"),
    },
];

/// Whether a call is about the plan as it is now, whatever its client has seen of it: whoever begins, completes or claims a
/// step is told if somebody else has, instead of doing it beside them.
pub(crate) fn is_of_now(tool: &Tool, given: &Given) -> bool {
    let verb = given.get("do").and_then(Value::as_str);
    tool.name == "step" && matches!(verb, Some("start" | "done" | "claim" | "release"))
}

/// What can be read: the word, and the command line that it stands for.
const READS: [(&str, &[&str]); 13] = [
    ("view", &["show", "--raw"]),
    ("items", &["show", "--ids"]),
    ("list", &["list"]),
    ("status", &["status"]),
    ("log", &["log", "--oneline"]),
    ("decisions", &["decisions"]),
    ("conflicts", &["conflicts"]),
    ("why", &["why"]),
    ("blame", &["blame"]),
    ("diff", &["diff"]),
    ("check", &["check"]),
    ("verify", &["verify"]),
    ("capabilities", &["capabilities"]),
];

fn read(given: &Given) -> Result<Vec<String>, String> {
    let what = Words::chosen(given, "what", &READS.map(|(what, _)| what), None)?;
    let line = READS.iter().find(|(word, _)| *word == what).map_or(&[][..], |(_, line)| line);
    let mut words = Words(line.iter().map(|&word| word.to_owned()).collect());
    if given.get("json").is_some_and(|json| *json == Value::Bool(true)) {
        words.0.retain(|word| word != "--raw" && word != "--ids" && word != "--oneline");
        words.0.push("--json".to_owned());
    }
    if what != "list" && what != "capabilities" {
        words = words.option(given, "at", "--at")?;
    }
    words.rest(texts(given, "of")?).done()
}

fn step(given: &Given) -> Result<Vec<String>, String> {
    let all = ["add", "start", "done", "reopen", "edit", "move", "drop", "rm", "restore", "claim", "release", "depend"];
    let verb = Words::chosen(given, "do", &all, None)?;
    let words = Words(vec!["step".to_owned(), verb.clone()]);
    let (steps, texts) = (texts(given, "steps")?, texts(given, "texts")?);
    let words = match verb.as_str() {
        "add" | "move" => words.option(given, "under", "--under")?.option(given, "after", "--after")?,
        "depend" => words.option(given, "on", "--on")?,
        "claim" => words.option(given, "until", "--until")?,
        "done" => words.options(given, "evidence", "--evidence")?,
        _ => words,
    };
    match verb.as_str() {
        "add" if texts.is_empty() => Err("texts: expected at least one".to_owned()),
        "add" => words.rest(texts).done(),
        _ if steps.is_empty() => Err("steps: expected at least one".to_owned()),
        "edit" if texts.len() != 1 => Err("texts: expected exactly one".to_owned()),
        "edit" => words.rest(steps.into_iter().chain(texts)).done(),
        _ => words.rest(steps).done(),
    }
}

fn record(given: &Given) -> Result<Vec<String>, String> {
    let all = ["decide", "discover", "block", "unblock", "ask", "answer", "note", "result", "criterion", "met"];
    let kind = Words::chosen(given, "kind", &all, None)?;
    let said = text(given, "text")?;
    let of = text(given, "of")?;
    let expected = |value: Option<String>, name: &str| value.ok_or_else(|| format!("{name}: expected for {kind}"));
    match kind.as_str() {
        "criterion" => Words(vec!["criterion".to_owned(), "add".to_owned()]).rest([expected(said, "text")?]).done(),
        "met" => Words(vec!["criterion".to_owned(), "met".to_owned()]).rest([expected(of, "of")?]).done(),
        "answer" => Words::of("answer").rest([expected(of, "of")?, expected(said, "text")?]).done(),
        "unblock" => {
            let words = Words::of("unblock");
            let words = if said.is_some() { words.option(given, "text", "--how")? } else { words };
            words.rest([expected(of, "of")?]).done()
        }
        _ => {
            let words = Words::of(&kind);
            let words = match kind.as_str() {
                "decide" => words
                    .option(given, "because", "--because")?
                    .options(given, "options", "--option")?
                    .option(given, "supersedes", "--supersedes")?,
                "discover" => words.option(given, "evidence", "--evidence")?,
                "block" => words.option(given, "on", "--on")?.options(given, "options", "--option")?,
                "ask" => words.options(given, "options", "--option")?,
                _ => words,
            };
            words.rest([expected(said, "text")?]).done()
        }
    }
}

/// The words of a command line in the making.
struct Words(Vec<String>);

impl Words {
    fn of(command: &str) -> Self {
        Self(vec![command.to_owned()])
    }

    /// One of these words, which the client has to choose.
    fn chosen(given: &Given, name: &str, among: &[&str], default: Option<&str>) -> Result<String, String> {
        let chosen = text(given, name)?.or_else(|| default.map(str::to_owned));
        chosen
            .filter(|word| among.contains(&word.as_str()))
            .ok_or_else(|| format!("{name}: expected one of {}", among.join(", ")))
    }

    fn flag(mut self, given: &Given, name: &str, option: &str) -> Result<Self, String> {
        match given.get(name) {
            None | Some(Value::Bool(false) | Value::Null) => Ok(self),
            Some(Value::Bool(true)) => {
                self.0.push(option.to_owned());
                Ok(self)
            }
            Some(_) => Err(format!("{name}: expected true or false")),
        }
    }

    fn option(mut self, given: &Given, name: &str, option: &str) -> Result<Self, String> {
        // One word, so that a value that begins with a dash is none of its own.
        self.0.extend(text(given, name)?.map(|value| format!("{option}={value}")));
        Ok(self)
    }

    fn options(mut self, given: &Given, name: &str, option: &str) -> Result<Self, String> {
        self.0.extend(texts(given, name)?.into_iter().map(|value| format!("{option}={value}")));
        Ok(self)
    }

    fn rest(mut self, values: impl IntoIterator<Item = String>) -> Self {
        let mut values = values.into_iter().peekable();
        if values.peek().is_some() {
            self.0.push("--".to_owned());
            self.0.extend(values);
        }
        self
    }

    fn done(self) -> Result<Vec<String>, String> {
        Ok(self.0)
    }
}

/// A text that may be there; a number counts as its digits.
pub(crate) fn text(given: &Given, name: &str) -> Result<Option<String>, String> {
    match given.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(Value::Number(number)) => Ok(Some(number.to_string())),
        Some(_) => Err(format!("{name}: expected a text")),
    }
}

/// Texts that may be there; one alone counts as a list of one.
pub(crate) fn texts(given: &Given, name: &str) -> Result<Vec<String>, String> {
    match given.get(name) {
        Some(Value::Array(values)) => {
            let text = |value: &Value| match value {
                Value::String(text) => Ok(text.clone()),
                Value::Number(number) => Ok(number.to_string()),
                _ => Err(format!("{name}: expected texts")),
            };
            values.iter().map(text).collect()
        }
        _ => Ok(text(given, name)?.into_iter().collect()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given(value: Value) -> Given {
        if let Value::Object(given) = value { given } else { Given::new() }
    }

    fn words(tool: &str, value: Value) -> Result<Vec<String>, String> {
        let tool = TOOLS.iter().find(|other| other.name == tool).expect("a tool of this name");
        (tool.words)(&given(value))
    }

    #[test]
    fn the_schemas_of_all_tools_cost_less_than_2000_tokens() {
        let all: usize = TOOLS
            .iter()
            .map(|tool| {
                tool.name.len()
                    + tool.about.len()
                    + serde_json::to_string(&tool.schema()).map_or(0, |schema| schema.len())
            })
            .sum();
        assert!(TOOLS.len() <= 8, "at most eight tools");
        assert!(all / 3 < 2_000, "{all} bytes, a token taken for three");
    }

    #[test]
    fn no_word_of_a_client_is_taken_for_an_option() {
        let done = words("step", json!({ "do": "done", "steps": ["--help"], "evidence": ["--oops"] }));
        assert_eq!(done, Ok(["step", "done", "--evidence=--oops", "--", "--help"].map(str::to_owned).to_vec()));
        let record = words("record", json!({ "kind": "decide", "text": "-x", "because": "--json" }));
        assert_eq!(record, Ok(["decide", "--because=--json", "--", "-x"].map(str::to_owned).to_vec()));
        let read = words("read", json!({ "what": "why", "of": ["--at=x"], "at": "-3" }));
        assert_eq!(read, Ok(["why", "--at=-3", "--", "--at=x"].map(str::to_owned).to_vec()));
    }

    #[test]
    fn what_makes_no_call_is_refused_with_what_was_expected() {
        for (tool, value, reason) in [
            ("read", json!({ "what": "nonsense" }), "what: expected one of"),
            ("step", json!({ "do": "add" }), "texts: expected at least one"),
            ("step", json!({ "do": "edit", "steps": ["1"] }), "texts: expected exactly one"),
            ("record", json!({ "kind": "answer", "text": "x" }), "of: expected for answer"),
            ("record", json!({ "kind": "note", "text": {} }), "text: expected a text"),
            ("sync", json!({ "plans": ["p"] }), "plans: expected remote too"),
            ("next", json!({ "claim": "yes" }), "claim: expected true or false"),
        ] {
            let refused = words(tool, value).expect_err("it is refused");
            assert!(refused.starts_with(reason), "{tool}: {refused}");
        }
    }
}
