//! The output edge: all that a person or a program gets to see goes through here.
//!
//! What may be relied on: no text of a plan reaches a terminal with its control characters active. A [`Page`] can only be
//! filled through the sanitiser; JSON escapes what is active; [`Ui::raw`] alone passes bytes as they are, for
//! `show --raw`. Colour is used on a terminal alone, unless forced. A closed pipe surfaces as `BrokenPipe`, which
//! `exit.rs` takes for success.

use std::cell::RefCell;
use std::io::{self, IsTerminal, Write};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use git_plan_core::{EventId, text};
use git_plan_store::{Environment, Watch};
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::{Value, json};

use crate::args::{Colour, Global};
use crate::exit::{Failure, Status};

/// What a piece of text is, from which its colour follows.
#[derive(Debug, Clone, Copy)]
pub enum Style {
    /// An id.
    Id,
    /// A heading or a title.
    Heading,
    /// Something done.
    Done,
    /// Something being worked on.
    Doing,
    /// Something in the way.
    Blocked,
    /// Something that may be overlooked.
    Faint,
}

impl Style {
    const fn code(self) -> &'static str {
        match self {
            Self::Id | Self::Doing => "33",
            Self::Heading => "1",
            Self::Done => "32",
            Self::Blocked => "31",
            Self::Faint => "2",
        }
    }
}

/// Text on its way out.
#[derive(Debug)]
pub struct Page {
    text: String,
    colour: bool,
}

impl Page {
    /// Adds text.
    pub fn put(&mut self, text: &str) -> &mut Self {
        self.text.push_str(&text::neutral(text));
        self
    }

    /// Adds text in a style.
    pub fn paint(&mut self, style: Style, text: &str) -> &mut Self {
        if !self.colour || text.is_empty() {
            return self.put(text);
        }
        self.text.push_str(&format!("\x1b[{}m", style.code()));
        self.put(text);
        self.text.push_str("\x1b[m");
        self
    }

    /// Adds text whose further lines begin with this indent.
    pub fn block(&mut self, indent: &str, text: &str) -> &mut Self {
        for line in text.trim_end().lines() {
            if !line.trim().is_empty() {
                self.put(indent).put(line.trim_end_matches('\r'));
            }
            self.end();
        }
        self
    }

    /// How many bytes there are.
    pub fn len(&self) -> usize {
        self.text.len()
    }

    /// Ends a line.
    pub fn end(&mut self) -> &mut Self {
        self.text.push('\n');
        self
    }
}

/// What a command said to a program that runs it in its own process.
#[derive(Default)]
pub struct Kept {
    /// Data and talk, in the order in which they came.
    pub text: RefCell<Vec<u8>>,
    /// The plan that was read or written, and the version that its reader has seen now.
    pub seen: RefCell<Option<(String, Vec<String>)>>,
    /// Whether talk is left out.
    pub data_alone: bool,
    /// Whether whoever asked has lost interest.
    pub cancelled: Option<Arc<AtomicBool>>,
    /// Who is told how something gets on that takes a while.
    pub progress: Option<git_plan_mcp::Progress>,
}

/// Where output goes.
pub struct Ui {
    /// Whether output is JSON.
    pub json: bool,
    colour: bool,
    colour_talk: bool,
    terminal: bool,
    pages: bool,
    pager: Option<Child>,
    kept: Option<Kept>,
}

impl Ui {
    /// Output that is kept instead of shown.
    pub fn keeping(json: bool, kept: Kept) -> Self {
        let (colour, colour_talk, terminal, pages) = (false, false, false, false);
        Self { json, colour, colour_talk, terminal, pages, pager: None, kept: Some(kept) }
    }

    /// What was kept.
    pub fn into_kept(self) -> Kept {
        self.kept.unwrap_or_default()
    }

    /// Notes which version of a plan whoever asked has seen now.
    pub fn saw<'a>(&self, plan: &str, version: impl IntoIterator<Item = &'a EventId>) {
        if let Some(kept) = &self.kept {
            let version = version.into_iter().map(ToString::to_string).collect();
            *kept.seen.borrow_mut() = Some((plan.to_owned(), version));
        }
    }

    /// The output that the command line and the environment ask for.
    pub fn new(global: &Global, env: &Environment) -> Self {
        let terminal = io::stdout().is_terminal();
        Self {
            json: global.json,
            colour: colour(global.color, env, terminal),
            colour_talk: colour(global.color, env, io::stderr().is_terminal()),
            terminal: terminal && env.get("TERM").is_none_or(|term| term != "dumb"),
            pages: terminal && !global.no_pager && !global.json,
            pager: None,
            kept: None,
        }
    }

    /// An empty page.
    pub fn page(&self) -> Page {
        Page { text: String::new(), colour: self.colour }
    }

    /// Sends what follows through a pager, if a person is looking.
    pub fn page_through(&mut self, pager: &str, env: &Environment) {
        if !self.pages || pager.is_empty() || pager == "cat" {
            return;
        }
        let mut command = Command::new("sh");
        command.arg("-c").arg(pager).stdin(Stdio::piped());
        for (name, value) in [("LESS", "FRX"), ("LV", "-c")] {
            if env.get(name).is_none() {
                command.env(name, value);
            }
        }
        self.pager = command.spawn().ok();
    }

    /// Writes a page.
    pub fn show(&mut self, page: &Page) -> io::Result<()> {
        self.raw(page.text.as_bytes())
    }

    /// Whether somebody watches a terminal that can be written anew.
    pub fn is_live(&self) -> bool {
        !self.json && self.terminal
    }

    /// Writes a page in place of what is on the screen.
    pub fn redraw(&mut self, page: &Page) -> io::Result<()> {
        self.raw(format!("\x1b[H\x1b[2J{}", page.text).as_bytes())
    }

    /// Writes bytes as they are.
    pub fn raw(&mut self, bytes: &[u8]) -> io::Result<()> {
        if let Some(kept) = &self.kept {
            kept.text.borrow_mut().extend_from_slice(bytes);
            return Ok(());
        }
        match self.pager.as_mut().and_then(|pager| pager.stdin.as_mut()) {
            Some(pager) => pager.write_all(bytes),
            None => {
                let mut out = io::stdout().lock();
                out.write_all(bytes)?;
                out.flush()
            }
        }
    }

    /// Writes data as one line of JSON, in the envelope that all JSON output has.
    pub fn data<'a>(
        &mut self,
        kind: &str,
        plan: Option<&str>,
        version: impl IntoIterator<Item = &'a EventId>,
        data: Value,
    ) -> io::Result<()> {
        let version: Vec<String> = version.into_iter().map(ToString::to_string).collect();
        let plan = plan.map(|plan| format!(r#""plan":{},"version":{},"#, json!(plan), json!(version)));
        let (kind, plan, data) = (json!(kind), plan.unwrap_or_default(), escaped(&data));
        self.raw(format!("{{\"schema_version\":1,\"kind\":{kind},{plan}\"data\":{data}}}\n").as_bytes())
    }

    /// Writes a line of JSON that is not in the envelope, where the form is somebody else's.
    pub fn line(&mut self, value: &Value) -> io::Result<()> {
        self.raw(format!("{}\n", escaped(value)).as_bytes())
    }

    /// Says something to whoever is looking, beside the data.
    pub fn say(&self, what: &str) {
        if self.json {
            return;
        }
        if self.kept.as_ref().is_some_and(|kept| kept.data_alone) {
            return;
        }
        if let Some(kept) = &self.kept {
            kept.text.borrow_mut().extend_from_slice(format!("{}\n", text::neutral(what)).as_bytes());
        } else {
            // Talk is a courtesy: where nobody listens, nothing is lost.
            let _ = writeln!(io::stderr(), "{}", text::neutral(what));
        }
    }

    /// Gives advice.
    pub fn hint(&self, hint: &str) {
        self.say(&format!("hint: {hint}"));
    }

    /// Tells of a failure.
    pub fn fail(&self, failure: &Failure) {
        if self.json {
            return fail_json(failure);
        }
        let error = if self.colour_talk { "\x1b[31merror:\x1b[m" } else { "error:" };
        let _ = writeln!(io::stderr(), "{error} {}", text::neutral(&failure.message));
        if let Some(hint) = &failure.hint {
            self.hint(hint);
        }
    }

    /// How far something is that takes a while, shown on a terminal while it lasts.
    pub fn progress(&self, of: usize) -> ProgressBar {
        if self.json || self.kept.is_some() {
            return ProgressBar::hidden();
        }
        let bar = ProgressBar::new(of as u64);
        // Where there is no such style, the usual one does.
        if let Ok(style) = ProgressStyle::with_template("{pos}/{len} {wide_msg}") {
            bar.set_style(style);
        }
        bar
    }

    /// Passes on what another program says of its progress, if a person is looking; it comes in pieces that end with a line
    /// feed or a carriage return.
    pub fn relay(&self) -> Watch<'_> {
        if let Some(kept) = &self.kept {
            let told = kept.progress.as_ref().map(|progress| &**progress as &dyn Fn(&str));
            return Watch { told, stop: kept.cancelled.as_deref() };
        }
        let watched = !self.json && io::stderr().is_terminal();
        let told: Option<&dyn Fn(&str)> = watched.then_some(&|piece: &str| {
            let (said, end) = piece.split_at(piece.trim_end_matches(['\r', '\n']).len());
            let _ = write!(io::stderr(), "{}{end}", text::neutral(said));
        });
        Watch { told, stop: None }
    }

    /// Waits for the pager, if there is one.
    pub fn close(&mut self) {
        if let Some(mut pager) = self.pager.take() {
            drop(pager.stdin.take());
            let _ = pager.wait();
        }
    }
}

/// Tells of a failure in JSON.
pub fn fail_json(failure: &Failure) {
    let error = json!({
        "code": failure.code,
        "message": failure.message,
        "hint": failure.hint,
        "retry": failure.status == Status::Busy,
    });
    let _ = writeln!(io::stderr(), r#"{{"schema_version":1,"kind":"error","error":{}}}"#, escaped(&error));
}

/// JSON in which every character that could act on a terminal is escaped; it means the same.
pub fn escaped(value: &Value) -> String {
    let plain = value.to_string();
    let mut out = String::with_capacity(plain.len());
    for c in plain.chars() {
        // JSON has escaped the controls below U+0020 already.
        if text::neutral(c.encode_utf8(&mut [0; 4])).len() == c.len_utf8() {
            out.push(c);
        } else {
            c.encode_utf16(&mut [0; 2]).iter().for_each(|unit| out.push_str(&format!("\\u{unit:04x}")));
        }
    }
    out
}

fn colour(wanted: Colour, env: &Environment, terminal: bool) -> bool {
    let set = |name: &str| env.get(name).filter(|value| !value.is_empty());
    match wanted {
        Colour::Always => true,
        Colour::Never => false,
        Colour::Auto if set("NO_COLOR").is_some() => false,
        Colour::Auto if set("CLICOLOR_FORCE").is_some_and(|value| value != "0") => true,
        Colour::Auto => terminal && set("TERM").is_none_or(|term| term != "dumb"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_shows_no_active_character_and_means_the_same() {
        let value = json!("a\u{202e}b\u{1b}[31m\u{e0041}\u{9b}");
        let shown = escaped(&value);
        assert!(shown.is_ascii(), "what is active is escaped: {shown}");
        assert_eq!(serde_json::from_str::<Value>(&shown).ok(), Some(value), "and reads back as it was");
    }

    #[test]
    fn a_page_holds_no_escape_sequence_of_a_text() {
        let mut page = Page { text: String::new(), colour: true };
        page.paint(Style::Id, "\u{1b}]0;title\u{7}");
        assert_eq!(page.text, "\u{1b}[33m␛]0;title␇\u{1b}[m", "only the page's own colours are sequences");
    }
}
