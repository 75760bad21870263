//! Entries: decisions and discoveries, with the time and the author that they claim.

use super::{ImportError, Recorder};
use crate::change::*;
use crate::import::labels::{self, Label};
use crate::import::marks;
use crate::import::times;
use crate::prelude::*;
use crate::{Actor, Context, EventId, Kind, Parent, State, Text, TextError, Timestamp, limits};

/// The time and the author that an entry claims.
#[derive(Default)]
pub(crate) struct Claim {
    occurred: Option<Timestamp>,
    author: Option<String>,
}

impl Claim {
    /// Takes what a label says; gives back what it says beyond a time and an author.
    fn take(&mut self, label: Label, text: &str) -> bool {
        let text = text.trim();
        if label != Label::Author
            && let Some(claimed) = times::leading(text)
        {
            self.occurred = self.occurred.or(Some(claimed.at));
            return claimed.rest != text && self.name(claimed.rest);
        }
        if let Some((name, time)) = text.rsplit_once('/').filter(|_| label == Label::DateAuthor)
            && let Some(claimed) = times::leading(time.trim()).filter(|claimed| claimed.rest.is_empty())
        {
            self.occurred = self.occurred.or(Some(claimed.at));
            return self.name(name);
        }
        label != Label::Date && self.name(text)
    }

    fn name(&mut self, text: &str) -> bool {
        let name = text.trim_start_matches(['/', ',', '-', '–', '—', '|', '·', ';', ' ']).trim();
        let name = name.strip_prefix("by ").unwrap_or(name);
        let name = name.strip_prefix('(').and_then(|name| name.strip_suffix(')')).unwrap_or(name);
        if name.is_empty() {
            return true;
        }
        let fits = self.author.is_none() && name.len() <= limits::TITLE && !name.contains(['\n', '\r']);
        if fits {
            self.author = Some(name.to_owned());
        }
        fits
    }

    /// Takes the time that a text begins with off it.
    fn lead<'t>(&mut self, text: &'t str) -> &'t str {
        let Some(claimed) = times::leading(text) else { return text };
        self.occurred = self.occurred.or(Some(claimed.at));
        claimed.rest
    }

    pub(crate) fn say(self, context: &mut Context) {
        context.occurred = self.occurred.or(context.occurred);
        if let Some(name) = self.author {
            context.attributed = Some(Actor { email: String::new(), name });
        }
    }
}

/// Appends to a text, with a separator where there is something on both sides.
pub(super) fn append(text: &mut String, separator: &str, more: &str) {
    if !text.is_empty() && !more.is_empty() {
        text.push_str(separator);
    }
    text.push_str(more);
}

/// Reads a decision, at home and first there, with what it claims.
pub(crate) fn decision(text: &str, occurred: Option<Timestamp>) -> Result<(DecisionRecorded, Claim), TextError> {
    let mut claim = Claim { occurred, author: None };
    let (mut title, mut reason, mut rest) = (String::new(), String::new(), String::new());
    let (mut tradeoffs, mut options, mut references) = (Vec::new(), Vec::new(), Vec::new());
    for part in labels::split(text) {
        match part.label {
            None => title.push_str(claim.lead(&part.text)),
            Some((Label::Decision, _)) => append(&mut title, " ", &part.text),
            Some((Label::Reason, _)) => append(&mut reason, "\n", &part.text),
            Some((Label::Tradeoff, _)) => tradeoffs.push(Text::new(part.text)?),
            Some((Label::Option, _)) => options.push(Text::new(part.text)?),
            Some((Label::Reference, _)) => references.push(Text::new(part.text)?),
            Some((label @ (Label::DateAuthor | Label::Date | Label::Author), _)) if claim.take(label, &part.text) => {}
            Some((_, name)) => append(&mut rest, "\n", &format!("{name}: {}", part.text)),
        }
    }
    append(if reason.is_empty() { &mut title } else { &mut reason }, "\n", &rest);
    let (title, state) = match marks::struck(&title) {
        Some((inside, "→ Withdrawn")) => (inside.to_owned(), Some(State::Withdrawn)),
        _ => match title.strip_suffix(" (proposed)") {
            Some(title) => (title.to_owned(), Some(State::Proposed)),
            None => (title, None),
        },
    };
    let decision = DecisionRecorded {
        after: None,
        options,
        question: None,
        reason: Some(reason).filter(|reason| !reason.is_empty()).map(Text::new).transpose()?,
        references,
        source: None,
        state,
        supersedes: Vec::new(),
        title: Text::new(title)?,
        tradeoffs,
        under: None,
    };
    Ok((decision, claim))
}

/// Reads a discovery, at home and first there, with what it claims.
pub(crate) fn discovery(text: &str, occurred: Option<Timestamp>) -> Result<(DiscoveryRecorded, Claim), TextError> {
    let mut claim = Claim { occurred, author: None };
    let (mut found, mut evidence) = (String::new(), Vec::new());
    for part in labels::split(text) {
        match part.label {
            None => found.push_str(claim.lead(&part.text)),
            Some((Label::Observation, _)) => append(&mut found, " ", &part.text),
            Some((Label::Evidence, _)) => evidence.push(Text::new(part.text)?),
            Some((label @ (Label::DateAuthor | Label::Date | Label::Author), _)) if claim.take(label, &part.text) => {}
            Some((_, name)) => append(&mut found, "\n", &format!("{name}: {}", part.text)),
        }
    }
    let text = Text::new(found)?;
    Ok((DiscoveryRecorded { after: None, corrects: None, evidence, source: None, text, under: None }, claim))
}

impl Recorder<'_> {
    /// Records a decision, at home where no parent is named.
    pub(super) fn decision(
        &mut self,
        parent: Option<Parent>,
        text: &str,
        occurred: Option<Timestamp>,
    ) -> Result<EventId, ImportError> {
        let home = Parent::Standing(Kind::Decision.home());
        let parent = parent.unwrap_or(home);
        let (decision, claim) = decision(text, occurred)?;
        let (after, under) = (self.after(parent), Some(parent).filter(|&p| p != home));
        let change = DecisionRecorded { after, under, ..decision };
        let id = self.batch.record_with(change, |context| claim.say(context))?;
        Ok(self.added(parent, id, Kind::Decision))
    }

    /// Records a discovery, at home where no parent is named.
    pub(super) fn discovery(
        &mut self,
        parent: Option<Parent>,
        text: &str,
        occurred: Option<Timestamp>,
    ) -> Result<EventId, ImportError> {
        let home = Parent::Standing(Kind::Discovery.home());
        let parent = parent.unwrap_or(home);
        let (discovery, claim) = discovery(text, occurred)?;
        let (after, under) = (self.after(parent), Some(parent).filter(|&p| p != home));
        let change = DiscoveryRecorded { after, under, ..discovery };
        let id = self.batch.record_with(change, |context| claim.say(context))?;
        Ok(self.added(parent, id, Kind::Discovery))
    }
}
