//! `git plan capabilities`

use clap::CommandFactory;
use git_plan_core::{Change, Kind, Layout, Role, event, limits};
use serde_json::{Value, json};

use crate::args::Args;
use crate::exit::{Failure, Status};
use crate::ui::Ui;

/// Tell what this program can do: commands, events, layouts, limits, exit statuses
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:
  git plan capabilities --json")]
pub struct Capabilities {}

impl Capabilities {
    pub fn run(self, ui: &mut Ui) -> Result<(), Failure> {
        let data = data();
        if ui.json {
            return Ok(ui.data("capabilities", None, [], data)?);
        }
        let mut page = ui.page();
        let words = |list: &Value| -> String {
            let words = list.as_array().into_iter().flatten().filter_map(Value::as_str);
            words.collect::<Vec<_>>().join(", ")
        };
        page.put(&format!("git-plan {}, format {}", env!("CARGO_PKG_VERSION"), event::VERSION)).end().end();
        for command in data["commands"].as_array().into_iter().flatten() {
            let text = |member: &str| command[member].as_str().unwrap_or_default().to_owned();
            let writes = if command["records"] == true { "  (records)" } else { "" };
            page.put(&format!("{:<18} {}{writes}", text("name"), text("about"))).end();
        }
        page.end();
        for (name, list) in [("Events", "events"), ("Kinds", "kinds"), ("Layouts", "layouts"), ("Roles", "roles")] {
            page.put(&format!("{name}: {}", words(&data[list]))).end();
        }
        for (name, limit) in data["limits"].as_object().into_iter().flatten() {
            page.put(&format!("At most {limit}: {name}")).end();
        }
        for status in data["exit_statuses"].as_array().into_iter().flatten() {
            page.put(&format!("Exit status {}: {}", status["status"], status["meaning"].as_str().unwrap_or_default()))
                .end();
        }
        Ok(ui.show(&page)?)
    }
}

fn data() -> Value {
    json!({
        "version": env!("CARGO_PKG_VERSION"),
        "schema_version": 1,
        "format": event::VERSION,
        "commands": commands(),
        "events": Change::TYPES,
        "kinds": Kind::ALL.iter().map(|kind| kind.as_str()).collect::<Vec<_>>(),
        "layouts": Layout::ALL.iter().map(|layout| layout.as_str()).collect::<Vec<_>>(),
        "roles": Role::ALL.iter().map(|role| role.as_str()).collect::<Vec<_>>(),
        "limits": {
            "event_bytes": limits::EVENT,
            "event_depth": limits::DEPTH,
            "event_parents": limits::PARENTS,
            "text_bytes": limits::TEXT,
            "title_bytes": limits::TITLE,
            "tag_bytes": limits::TAG,
            "step_depth": limits::TREE_DEPTH,
        },
        "exit_statuses": Status::TABLE
            .iter()
            .map(|&(status, meaning)| json!({ "status": status as u8, "meaning": meaning }))
            .collect::<Vec<_>>(),
    })
}

/// Every command, in the order of the help.
fn commands() -> Vec<Value> {
    let mut commands = Vec::new();
    let root = Args::command();
    let mut ahead: Vec<(String, &clap::Command)> = named("", &root);
    while let Some((name, command)) = ahead.pop() {
        if command.has_subcommands() {
            ahead.extend(named(&name, command));
            continue;
        }
        let options: Vec<String> = command
            .get_arguments()
            .filter(|argument| !argument.is_hide_set())
            .filter_map(|argument| argument.get_long().map(|long| format!("--{long}")))
            .collect();
        let arguments: Vec<String> =
            command.get_positionals().map(|argument| argument.get_id().as_str().to_uppercase()).collect();
        commands.push(json!({
            "name": name,
            "about": command.get_about().map(ToString::to_string),
            "arguments": arguments,
            "options": options,
            "records": options.iter().any(|option| option == "--key"),
        }));
    }
    commands
}

/// The commands right below one, last first.
fn named<'c>(above: &str, command: &'c clap::Command) -> Vec<(String, &'c clap::Command)> {
    let shown = command.get_subcommands().filter(|command| !command.is_hide_set() && command.get_name() != "help");
    let mut below: Vec<_> =
        shown.map(|command| (format!("{above} {}", command.get_name()).trim_start().to_owned(), command)).collect();
    below.reverse();
    below
}
