//! Prose: what it leaves out, and how a text too long for one event is spread over several.

use super::{ImportError, Recorder};
use crate::change::*;
use crate::prelude::*;
use crate::{Kind, Parent, Role, Text, limits};

impl Recorder<'_> {
    /// Adds prose to a place: as its one text where it is the first there, else as a block.
    pub(super) fn prose(&mut self, parent: Parent, text: &str) -> Result<(), ImportError> {
        let text = clean(text);
        if text.is_empty() {
            return Ok(());
        }
        if let Parent::Standing(role @ (Role::Log | Role::Results | Role::Custom)) = parent {
            let gathered = self.prose.entry(role).or_default();
            gathered.push_str(if gathered.is_empty() { "" } else { "\n\n" });
            gathered.push_str(&text);
            return Ok(());
        }
        self.write_prose(parent, &text)
    }

    pub(super) fn write_prose(&mut self, parent: Parent, text: &str) -> Result<(), ImportError> {
        let is_first = self.after(parent).is_none();
        for (i, part) in parts(text).into_iter().enumerate() {
            let text = Text::new(part)?;
            if i == 0 && is_first {
                self.add(ProseSet { of: parent, text })?;
                self.report.count(Kind::Prose);
            } else {
                let change = ProseAdded { after: self.after(parent), source: None, text, under: parent };
                let id = self.add(change)?;
                self.added(parent, id, Kind::Prose);
            }
        }
        Ok(())
    }

    /// Sets the prose that was gathered for sections that hold one text.
    pub(super) fn set_gathered(&mut self) -> Result<(), ImportError> {
        for (role, text) in core::mem::take(&mut self.prose) {
            let parent = Parent::Standing(role);
            self.last.remove(&parent);
            self.write_prose(parent, &text)?;
        }
        Ok(())
    }
}

/// A text without the lines that a view adds, and with `\n` line ends.
pub(crate) fn clean(text: &str) -> String {
    let lines = text.lines().filter(|line| !line.starts_with("<!-- git-plan"));
    let text = lines.map(|line| line.trim_end_matches('\r')).collect::<Vec<_>>().join("\n");
    text.trim_start_matches('\n').trim_end().to_owned()
}

/// Whether a text is within the limits of one event, however its characters are written there.
pub(crate) fn fits(text: &str) -> bool {
    text.len() <= limits::TEXT && written(text) <= limits::EVENT * 3 / 4
}

/// How many bytes a text takes in an event.
pub(crate) fn written(text: &str) -> usize {
    let written = |byte: u8| match byte {
        b'"' | b'\\' | b'\n' | b'\t' | b'\r' => 2,
        0..=0x1f => 6,
        _ => 1,
    };
    text.bytes().map(written).sum()
}

/// A text in parts that fit, cut at line ends where there are any.
pub(crate) fn parts(text: &str) -> Vec<&str> {
    const MOST: usize = limits::EVENT / 8;
    let (mut parts, mut rest) = (Vec::new(), text);
    while !fits(rest) {
        let most = (0..=MOST).rev().find(|&at| rest.is_char_boundary(at)).unwrap_or(0);
        let at = rest[..most].rfind('\n').map_or(most, |at| at + 1);
        parts.push(&rest[..at]);
        rest = &rest[at..];
    }
    if !rest.is_empty() {
        parts.push(rest);
    }
    parts
}
