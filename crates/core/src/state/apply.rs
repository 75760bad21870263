//! The fold: what each type of event does to the state.
//!
//! Each arm first looks up everything that the event names, and only then changes anything, so an event takes effect
//! as a whole or not at all. Whether it does depends on the event and its ancestors alone.

use super::ancestry::Ancestry;
use super::item::Owner;
use super::plan::{Entry, What};
use super::prose::Prose;
use super::refs::{Rejection, Turn};
use super::register::Register;
use super::{Detail, Plan, Source, Stamp};
use crate::change::*;
use crate::event::Event;
use crate::prelude::*;
use crate::{Field, ItemId, Kind, Layout, Parent, State};

impl Plan {
    pub(super) fn apply(
        &mut self,
        event: &Event,
        change: &Change,
        stamp: Stamp,
        ancestry: &Ancestry,
    ) -> Result<(), Rejection> {
        let turn = Turn { stamp, ancestry };
        if let Change::PlanCreated(data) = change {
            return self.begin(data, event, turn);
        }
        if event.parents.is_empty() {
            return Err(Rejection::new("no-parents", "has no parents: only plan.created may begin a plan".into()));
        }
        let key = event.context.key.as_ref().map(|key| key.as_str());
        if let Some(first) = key.and_then(|key| self.recorded(&event.by, key, change)) {
            self.alias(first, change, turn);
            return Err(Rejection::new("duplicate", format!("repeats {first} under the same key")));
        }
        self.fold(event, change, turn)?;
        self.rival(change, turn);
        let absorbed = event.context.absorbed.as_deref();
        if let Some(absorbed) = absorbed {
            self.absorb(absorbed, change, turn);
        }
        if absorbed.is_none_or(|absorbed| absorbed.source.is_none()) {
            self.remark(change, turn);
        }
        self.updated = event.at;
        if let Some(key) = key {
            let key = Self::key(&event.by, key);
            let mut entries = self.keys.get(&key).cloned().unwrap_or_default();
            self.rival_keys(&entries, turn);
            entries.push((Self::digest(change), stamp));
            self.keys.insert(key, entries);
        }
        match change {
            Change::PlanArchived(_) => self.existence.remove(stamp, ancestry),
            Change::PlanReactivated(_) => self.existence.restore(stamp, ancestry),
            _ => self.existence.touch(stamp, ancestry),
        }
        Ok(())
    }

    fn begin(&mut self, data: &PlanCreated, event: &Event, turn: Turn<'_>) -> Result<(), Rejection> {
        if !event.parents.is_empty() || self.root.is_some() {
            return Err(Rejection::new("second-beginning", "begins a plan that has begun already".into()));
        }
        self.root = Some((turn.stamp, data.slug.clone()));
        self.updated = event.at;
        self.set_field(Field::Title, data.title.as_str(), turn);
        self.set_field(Field::Layout, data.layout.as_str(), turn);
        self.existence.touch(turn.stamp, turn.ancestry);
        Ok(())
    }

    fn fold(&mut self, event: &Event, change: &Change, turn: Turn<'_>) -> Result<(), Rejection> {
        let (stamp, ancestry) = (turn.stamp, turn.ancestry);
        match change {
            Change::PlanCreated(_) | Change::PlanArchived(_) | Change::PlanReactivated(_) => {}
            Change::FieldSet(data) => {
                if data.field == Field::Layout && data.value.parse::<Layout>().is_err() {
                    return Err(Rejection::new("unknown-word", format!("sets the layout {:?}", data.value.as_str())));
                }
                self.set_field(data.field, &data.value, turn);
            }
            Change::TagAdded(data) => self.tags.add(data.tag.clone().into(), stamp),
            Change::TagRemoved(data) => self.tags.remove(&data.tag.clone().into(), stamp.seq, ancestry),
            Change::AuthorAdded(data) => self.authors.add(data.author.clone().into(), stamp),
            Change::AuthorRemoved(data) => self.authors.remove(&data.author.clone().into(), stamp.seq, ancestry),
            Change::SourceAdded(data) => self.sources.add(Source::from(data), stamp),
            Change::SourceRemoved(data) => {
                let named: Vec<_> = self.sources.iter().filter(|source| source.id == *data.id).cloned().collect();
                named.iter().for_each(|source| self.sources.remove(source, stamp.seq, ancestry));
            }
            Change::SectionRetitled(data) => self.retitle(data, turn)?,
            Change::ProseSet(data) => self.set_prose(data, turn)?,
            Change::ItemReworded(_)
            | Change::ItemRespelled(_)
            | Change::ItemMoved(_)
            | Change::ItemRemoved(_)
            | Change::ItemRestored(_) => {
                self.fold_item(change, turn)?;
            }
            Change::LinkAdded(LinkAdded { from, rel, to }) => {
                let at = self.find(*from, turn)?;
                if let Some(item) = self.touch(at, turn) {
                    item.links.add((rel.clone().into(), to.clone().into()), stamp);
                }
            }
            Change::LinkRemoved(LinkRemoved { from, rel, to }) => {
                let at = self.find(*from, turn)?;
                if let Some(item) = self.touch(at, turn) {
                    item.links.remove(&(rel.clone().into(), to.clone().into()), stamp.seq, ancestry);
                }
            }
            Change::StoryRetold(data) => self.retell(data, turn)?,
            _ => match super::adding::addition(change, turn) {
                Some(addition) => self.add(addition, event, turn)?,
                None => self.fold_progress(event, change, turn)?,
            },
        }
        Ok(())
    }

    fn set_field(&mut self, field: Field, value: &str, turn: Turn<'_>) {
        write(&mut self.fields, field, value, turn);
    }

    fn retitle(&mut self, data: &SectionRetitled, turn: Turn<'_>) -> Result<(), Rejection> {
        match data.section {
            Parent::Standing(role) => write(&mut self.headings, role, &data.heading, turn),
            Parent::Node(id) => {
                let at = self.find_kind(id, &[Kind::Section], turn)?;
                if let Some(item) = self.touch(at, turn) {
                    item.text.write(turn.stamp, data.heading.clone().into(), turn.ancestry);
                }
            }
        }
        Ok(())
    }

    fn set_prose(&mut self, data: &ProseSet, turn: Turn<'_>) -> Result<(), Rejection> {
        let prose = match data.of {
            Parent::Standing(role) => {
                write(&mut self.prose, role, &data.text, turn);
                Prose::Standing(role)
            }
            Parent::Node(id) => {
                let (at, item) = self.found(id, turn)?;
                if item.kind() == Kind::Prose {
                    return Err(Rejection::new("wrong-kind", format!("gives a body to the prose {id}")));
                }
                let Some(item) = self.touch(at, turn) else { return Ok(()) };
                match &mut item.body {
                    Some(body) => body.write(turn.stamp, data.text.clone().into(), turn.ancestry),
                    None => item.body = Some(Box::new(Register::new(turn.stamp, data.text.clone().into()))),
                }
                Prose::Body(at)
            }
        };
        self.wrote(prose);
        Ok(())
    }

    fn retell(&mut self, data: &StoryRetold, turn: Turn<'_>) -> Result<(), Rejection> {
        let at = self.find_kind(data.story, &[Kind::Story], turn)?;
        let Some(item) = self.touch(at, turn) else { return Ok(()) };
        if let Some(wish) = &data.i_want {
            item.text.write(turn.stamp, wish.clone().into(), turn.ancestry);
        }
        if let Detail::Story { as_a, so_that } = &mut item.detail {
            if let Some(who) = &data.as_a {
                as_a.write(turn.stamp, who.clone().into(), turn.ancestry);
            }
            match (so_that, &data.so_that) {
                (_, None) => {}
                (Some(register), Some(end)) => register.write(turn.stamp, end.clone().into(), turn.ancestry),
                (empty, Some(end)) => *empty = Some(Box::new(Register::new(turn.stamp, end.clone().into()))),
            }
        }
        Ok(())
    }

    /// What moves an item forward or back.
    fn fold_progress(&mut self, event: &Event, change: &Change, turn: Turn<'_>) -> Result<(), Rejection> {
        let (stamp, ancestry) = (turn.stamp, turn.ancestry);
        match change {
            Change::StepStarted(data) => self.set_state(data.step, Kind::Step, State::Doing, turn)?,
            Change::StepCompleted(data) => {
                self.set_state(data.step, Kind::Step, State::Done, turn)?;
                if let Some(Detail::Step(step)) = self.detail_mut(data.step) {
                    step.evidence.extend(data.evidence.iter().cloned().map(String::from));
                }
                self.enter(event, stamp, What::Completed, data.step);
            }
            Change::StepReopened(data) => {
                self.set_state(data.step, Kind::Step, State::Todo, turn)?;
                self.enter(event, stamp, What::Reopened, data.step);
            }
            Change::StepDropped(data) => {
                self.set_state(data.step, Kind::Step, State::Dropped, turn)?;
                self.enter(event, stamp, What::Dropped, data.step);
            }
            Change::CriterionMet(data) => {
                self.set_state(data.criterion, Kind::Criterion, State::Met, turn)?;
                if let Some(Detail::Criterion { evidence }) = self.detail_mut(data.criterion) {
                    evidence.extend(data.evidence.iter().cloned().map(String::from));
                }
            }
            Change::CriterionUnmet(data) => self.set_state(data.criterion, Kind::Criterion, State::Open, turn)?,
            Change::BlockerResolved(data) => {
                self.set_state(data.blocker, Kind::Blocker, State::Resolved, turn)?;
                if let Some(Detail::Blocker { how, .. }) = self.detail_mut(data.blocker) {
                    how.extend(data.how.iter().map(|text| (stamp, text.clone().into())));
                }
                self.enter(event, stamp, What::Resolved, data.blocker);
            }
            Change::BlockerReopened(data) => self.set_state(data.blocker, Kind::Blocker, State::Open, turn)?,
            Change::DecisionAccepted(data) => self.set_state(data.decision, Kind::Decision, State::Accepted, turn)?,
            Change::DecisionWithdrawn(data) => self.set_state(data.decision, Kind::Decision, State::Withdrawn, turn)?,
            Change::QuestionAnswered(data) => self.answer(data.question, Some(data.answer.clone().into()), turn)?,
            Change::QuestionReopened(data) => self.answer(data.question, None, turn)?,
            Change::StepClaimed(data) => {
                let at = self.find_kind(data.step, &[Kind::Step], turn)?;
                let owner = Owner { name: data.owner.clone().into(), until: data.until };
                if let Some(Detail::Step(step)) = self.touch_detail(at, turn) {
                    // A new claim of the same owner renews the old one.
                    let renewed: Vec<_> = step.owners.iter().filter(|o| o.name == owner.name).cloned().collect();
                    renewed.iter().for_each(|old| step.owners.remove(old, stamp.seq, ancestry));
                    step.owners.add(owner, stamp);
                }
            }
            Change::StepReleased(data) => {
                let at = self.find_kind(data.step, &[Kind::Step], turn)?;
                if let Some(Detail::Step(step)) = self.touch_detail(at, turn) {
                    let given: Vec<_> = step.owners.iter().filter(|o| o.name == *data.owner).cloned().collect();
                    given.iter().for_each(|owner| step.owners.remove(owner, stamp.seq, ancestry));
                }
            }
            Change::StepDepended(StepDepended { step, on }) => {
                self.find_kind(*on, &[Kind::Step], turn)?;
                let at = self.find_kind(*step, &[Kind::Step], turn)?;
                let on = self.first_name(*on);
                if let Some(Detail::Step(step)) = self.touch_detail(at, turn) {
                    step.depends.add(on, stamp);
                }
            }
            Change::StepUndepended(StepUndepended { step, on }) => {
                let at = self.find_kind(*step, &[Kind::Step], turn)?;
                let on = self.first_name(*on);
                if let Some(Detail::Step(step)) = self.touch_detail(at, turn) {
                    step.depends.remove(&on, stamp.seq, ancestry);
                }
            }
            Change::DecisionAmended(data) => {
                let at = self.find_kind(data.decision, &[Kind::Decision], turn)?;
                if let Some(Detail::Decision(decision)) = self.touch_detail(at, turn) {
                    decision.amendments.push((stamp, data.text.clone().into()));
                }
            }
            Change::DecisionSuperseded(data) => {
                self.find_kind(data.by, &[Kind::Decision], turn)?;
                let at = self.find_kind(data.decision, &[Kind::Decision], turn)?;
                self.supersede(at, data.by, turn);
            }
            _ => {}
        }
        Ok(())
    }

    fn set_state(&mut self, id: ItemId, kind: Kind, state: State, turn: Turn<'_>) -> Result<(), Rejection> {
        let at = self.find_kind(id, &[kind], turn)?;
        let Some(item) = self.touch(at, turn) else { return Ok(()) };
        match &mut item.state {
            Some(register) => register.write(turn.stamp, state, turn.ancestry),
            None => item.state = Some(Register::new(turn.stamp, state)),
        }
        Ok(())
    }

    fn answer(&mut self, id: ItemId, text: Option<String>, turn: Turn<'_>) -> Result<(), Rejection> {
        let at = self.find_kind(id, &[Kind::Question], turn)?;
        if let Some(Detail::Question { answer, .. }) = self.touch_detail(at, turn) {
            answer.write(turn.stamp, text, turn.ancestry);
        }
        Ok(())
    }

    /// Names the successor of a decision. The successors that this event saw named give way, so that whoever saw two
    /// can settle on one.
    pub(super) fn supersede(&mut self, at: usize, by: ItemId, turn: Turn<'_>) {
        let by = self.first_name(by);
        if let Some(Detail::Decision(decision)) = self.touch_detail(at, turn) {
            let named: Vec<_> = decision.superseded_by.iter().copied().collect();
            named.iter().for_each(|old| decision.superseded_by.remove(old, turn.stamp.seq, turn.ancestry));
            decision.superseded_by.add(by, turn.stamp);
        }
    }

    fn detail_mut(&mut self, id: ItemId) -> Option<&mut Detail> {
        let at = self.position(id)?;
        self.items.get_mut(at).map(|item| &mut item.detail)
    }

    /// Enters something in the progress log.
    pub(super) fn enter(&mut self, event: &Event, stamp: Stamp, what: What, item: ItemId) {
        let (item, why) = (self.first_name(item), event.context.why.clone().map(String::from));
        self.log.push(Entry { stamp, occurred: event.occurred(), what, item, why });
    }
}

/// Writes one of a family of registers.
fn write<K: Ord>(registers: &mut BTreeMap<K, Register<String>>, key: K, value: &str, turn: Turn<'_>) {
    match registers.get_mut(&key) {
        Some(register) => register.write(turn.stamp, value.to_owned(), turn.ancestry),
        None => {
            registers.insert(key, Register::new(turn.stamp, value.to_owned()));
        }
    }
}

impl From<&SourceAdded> for Source {
    fn from(data: &SourceAdded) -> Self {
        Self {
            id: data.id.clone().into(),
            title: data.title.clone().map(String::from),
            url: data.url.clone().map(String::from),
            accessed: data.accessed.clone().map(String::from),
        }
    }
}
