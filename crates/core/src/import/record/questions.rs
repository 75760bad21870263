//! Questions and blockers, with what hangs below them.

use super::entries::append;
use super::{ImportError, Place, Recorder};
use crate::change::*;
use crate::import::document::{ListItem, trees, written};
use crate::import::labels::{self, Label};
use crate::import::marks::{self, Asked};
use crate::prelude::*;
use crate::{EventId, Kind, Parent, Text, Timestamp};

impl Recorder<'_> {
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
