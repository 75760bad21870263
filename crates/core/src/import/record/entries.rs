//! Entries: decisions, discoveries, questions and blockers.

use super::{ImportError, Place, Recorder};
use crate::change::*;
use crate::import::document::{ListItem, trees, written};
use crate::import::labels::{self, Label};
use crate::import::marks::{self, Asked};
use crate::import::times;
use crate::prelude::*;
use crate::{Actor, Context, EventId, Kind, Parent, State, Text, Timestamp, limits};

/// The time and the author that an entry claims.
#[derive(Default)]
struct Claim {
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

    fn say(self, context: &mut Context) {
        context.occurred = self.occurred;
        context.attributed = self.author.map(|name| Actor { email: String::new(), name });
    }
}

fn append(text: &mut String, separator: &str, more: &str) {
    if !text.is_empty() && !more.is_empty() {
        text.push_str(separator);
    }
    text.push_str(more);
}

impl Recorder<'_> {
    /// Records a decision, at home where no parent is named.
    pub(super) fn decision(
        &mut self,
        parent: Option<Parent>,
        text: &str,
        occurred: Option<Timestamp>,
    ) -> Result<EventId, ImportError> {
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
                Some((label @ (Label::DateAuthor | Label::Date | Label::Author), _))
                    if claim.take(label, &part.text) => {}
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
        let parent = parent.unwrap_or(Parent::Standing(Kind::Decision.home()));
        let change = DecisionRecorded {
            after: self.after(parent),
            options,
            question: None,
            reason: Some(reason).filter(|reason| !reason.is_empty()).map(Text::new).transpose()?,
            references,
            source: None,
            state,
            supersedes: Vec::new(),
            title: Text::new(title)?,
            tradeoffs,
            under: Some(parent).filter(|&p| p != Parent::Standing(Kind::Decision.home())),
        };
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
        let mut claim = Claim { occurred, author: None };
        let (mut found, mut evidence) = (String::new(), Vec::new());
        for part in labels::split(text) {
            match part.label {
                None => found.push_str(claim.lead(&part.text)),
                Some((Label::Observation, _)) => append(&mut found, " ", &part.text),
                Some((Label::Evidence, _)) => evidence.push(Text::new(part.text)?),
                Some((label @ (Label::DateAuthor | Label::Date | Label::Author), _))
                    if claim.take(label, &part.text) => {}
                Some((_, name)) => append(&mut found, "\n", &format!("{name}: {}", part.text)),
            }
        }
        let parent = parent.unwrap_or(Parent::Standing(Kind::Discovery.home()));
        let change = DiscoveryRecorded {
            after: self.after(parent),
            corrects: None,
            evidence,
            source: None,
            text: Text::new(found)?,
            under: Some(parent).filter(|&p| p != Parent::Standing(Kind::Discovery.home())),
        };
        let id = self.batch.record_with(change, |context| claim.say(context))?;
        Ok(self.added(parent, id, Kind::Discovery))
    }

    /// Records a question, and what blocks its answer; or a blocker that stands among the questions.
    pub(super) fn question(&mut self, place: Place, tree: &[ListItem<'_>]) -> Result<(), ImportError> {
        let Some((root, below)) = tree.split_first() else { return Ok(()) };
        let ticked = matches!(root.tick, Some('x' | 'X' | '✓' | '✔'));
        let asked = marks::question(&root.text);
        let mut parts = Parts { body: root.body.clone(), ..Parts::default() };
        trees(below).try_for_each(|branch| parts.take(branch))?;
        let body = core::mem::take(&mut parts.body);
        let (text, answer) = match asked {
            Asked::Open(text) => (text, ticked.then_some("")),
            Asked::Resolved(text, answer) => (text, Some(answer)),
            Asked::Blocked(text) => (text, None),
        };
        let raised = || self.log.has("Blocker", text);
        let is_blocker = match asked {
            Asked::Blocked(_) => !text.ends_with('?'),
            Asked::Resolved(..) => !text.ends_with('?') && raised(),
            Asked::Open(_) => false,
        };
        let id = if is_blocker {
            let id = self.blocker(place.parent, Raised { text, on: None, occurred: None }, parts)?;
            if let Some(how) = answer {
                let how = Some(how).filter(|how| !how.is_empty()).map(Text::new).transpose()?;
                self.add(BlockerResolved { blocker: id, how })?;
            }
            id
        } else {
            let reasons = core::mem::take(&mut parts.reasons);
            let need = parts.need.take();
            let blocked = matches!(asked, Asked::Blocked(_));
            let (question_need, blocker_need) = if blocked { (None, need) } else { (need, None) };
            let id = self.add(QuestionAsked {
                after: self.after(place.parent),
                need: question_need,
                options: parts.options,
                source: None,
                text: Text::new(text)?,
                under: Some(place.parent).filter(|&p| p != Parent::Standing(Kind::Question.home())),
            })?;
            self.added(place.parent, id, Kind::Question);
            if let Some(answer) = answer {
                self.add(QuestionAnswered { answer: Text::new(answer)?, question: id })?;
            }
            let mut need = blocker_need;
            let reasons = if blocked && reasons.is_empty() { vec![text.to_owned()] } else { reasons };
            for reason in reasons {
                let parts = Parts { need: need.take(), ..Parts::default() };
                self.blocker(place.parent, Raised { text: &reason, on: Some(id), occurred: None }, parts)?;
            }
            id
        };
        self.write_prose(Parent::Node(id), &body)
    }

    /// Raises a blocker, at the time that the log names.
    pub(super) fn blocker(&mut self, parent: Parent, raised: Raised<'_>, parts: Parts) -> Result<EventId, ImportError> {
        let Raised { text, on, occurred } = raised;
        let occurred = occurred.or_else(|| self.log.claim("Blocker", text));
        let (text, step) = match self.numbered_step(text) {
            Some((text, step)) => (text, Some(step)),
            None => (text, None),
        };
        let change = BlockerRaised {
            after: self.after(parent),
            need: parts.need,
            on: on.or(step),
            options: parts.options,
            source: None,
            text: Text::new(text)?,
            under: Some(parent).filter(|&p| p != Parent::Standing(Kind::Blocker.home())),
        };
        let id = self.batch.record_with(change, |context| context.occurred = occurred.or(context.occurred))?;
        Ok(self.added(parent, id, Kind::Blocker))
    }

    /// The step that a text names at its end, as `(step 2.1)`, and the text before it.
    fn numbered_step<'t>(&mut self, text: &'t str) -> Option<(&'t str, EventId)> {
        let (text, number) = text.strip_suffix(')')?.rsplit_once(" (step ")?;
        let plan = self.batch.plan();
        let numbers = self
            .numbers
            .get_or_insert_with(|| plan.steps().into_iter().map(|step| (step.number, step.item.id())).collect());
        numbers.get(number).map(|&id| (text, id))
    }
}

/// A blocker: what it says, what it stands before, and when it was raised.
pub(super) struct Raised<'t> {
    pub(super) text: &'t str,
    pub(super) on: Option<EventId>,
    pub(super) occurred: Option<Timestamp>,
}

/// What hangs below a question or a blocker.
#[derive(Default)]
pub(super) struct Parts {
    options: Vec<Text>,
    need: Option<Text>,
    reasons: Vec<String>,
    body: String,
}

impl Parts {
    fn take(&mut self, branch: &[ListItem<'_>]) -> Result<(), ImportError> {
        let Some(root) = branch.first() else { return Ok(()) };
        if branch.len() == 1 && root.body.is_empty() && root.tick.is_none() {
            let letter = u8::try_from(self.options.len()).ok().filter(|&n| n < 26).map(|n| char::from(b'A' + n));
            let option = letter.and_then(|letter| root.text.strip_prefix(&format!("Option {letter}: ")));
            if let Some(option) = option {
                self.options.push(Text::new(option)?);
                return Ok(());
            }
            match labels::leading(&root.text) {
                Some((Label::Need, text)) if self.need.is_none() => {
                    self.need = Some(Text::new(text)?);
                    return Ok(());
                }
                Some((Label::Blocker, text)) => {
                    self.reasons.push(text.to_owned());
                    return Ok(());
                }
                _ => {}
            }
        }
        append(&mut self.body, "\n", &written(branch));
        Ok(())
    }
}
