//! Inverses: the changes that lead from the plan as it stands back to what was before an event.
//!
//! A value goes back only if nobody else wrote it; an added item goes only if nothing was done to it. "Since" means by an
//! event that stands and that the undone one had not seen: what was undone itself does not count.

use super::placing::subtree;
use super::undo::Past;
use super::{Refusal, section};
use crate::change::*;
use crate::prelude::*;
use crate::state::{AddWins, Branch, Detail, Item, Place, Register, Source};
use crate::{Change, Event, EventId, ItemId, Kind, Parent, Plan, Role, State, Tag, Text, Title};

/// The changes that undo an event, given the state before it and the state now.
///
/// With `force`, what was written since to the same thing goes with it.
pub(super) fn inverse(
    event: &Event,
    before: &Plan,
    now: &Plan,
    past: &Past<'_>,
    force: bool,
) -> Result<Vec<Change>, Refusal> {
    let since = if force { Vec::new() } else { past.standing_since(event) };
    let undoing = Undoing { event, before, now, past, since };
    let change = event.change.as_ref().map_err(|reason| undoing.cannot(&reason.to_string(), None))?;
    undoing.unwritten(change)?;
    let mut changes = match undoing.of_plan(change) {
        Some(changes) => changes,
        None => match undoing.of_item(change) {
            Some(changes) => changes,
            None => undoing.of_progress(change),
        },
    }?;
    changes.extend(undoing.of_edit(change)?);
    Ok(changes)
}

/// The value that a change writes, where it writes one, such that changes with one of these write the same.
fn thing_written(change: &Change) -> Option<(&'static str, String)> {
    let about = || change.mentions().first().map(ToString::to_string).unwrap_or_default();
    Some(match change {
        Change::FieldSet(d) => ("field", d.field.to_string()),
        Change::TagAdded(TagAdded { tag }) | Change::TagRemoved(TagRemoved { tag }) => ("tag", tag.to_string()),
        Change::AuthorAdded(AuthorAdded { author }) | Change::AuthorRemoved(AuthorRemoved { author }) => {
            ("author", author.to_string())
        }
        Change::SourceAdded(SourceAdded { id, .. }) | Change::SourceRemoved(SourceRemoved { id }) => {
            ("source", id.to_string())
        }
        Change::PlanArchived(_) | Change::PlanReactivated(_) => ("archive", String::new()),
        Change::SectionRetitled(d) => ("heading", d.section.to_string()),
        Change::ProseSet(d) => ("prose", d.of.to_string()),
        Change::ItemReworded(_) | Change::StoryRetold(_) => ("text", about()),
        Change::ItemMoved(_) => ("place", about()),
        Change::ItemRespelled(_) => ("source", about()),
        Change::StepClaimed(StepClaimed { owner, step, .. }) | Change::StepReleased(StepReleased { owner, step }) => {
            ("claim", format!("{step} {owner}"))
        }
        Change::StepDepended(StepDepended { on, step }) | Change::StepUndepended(StepUndepended { on, step }) => {
            ("dependency", format!("{step} {on}"))
        }
        Change::LinkAdded(LinkAdded { from, rel, to }) | Change::LinkRemoved(LinkRemoved { from, rel, to }) => {
            ("link", format!("{from} {rel} {to}"))
        }
        Change::StepStarted(_)
        | Change::StepCompleted(_)
        | Change::StepReopened(_)
        | Change::StepDropped(_)
        | Change::CriterionMet(_)
        | Change::CriterionUnmet(_)
        | Change::QuestionAnswered(_)
        | Change::QuestionReopened(_)
        | Change::BlockerResolved(_)
        | Change::BlockerReopened(_)
        | Change::DecisionAccepted(_)
        | Change::DecisionWithdrawn(_) => ("state", about()),
        _ => return None,
    })
}

struct Undoing<'a> {
    event: &'a Event,
    before: &'a Plan,
    now: &'a Plan,
    past: &'a Past<'a>,
    /// The events that stand and that the event had not seen.
    since: Vec<&'a Event>,
}

type Changes = Result<Vec<Change>, Refusal>;

fn one(change: impl Into<Change>) -> Changes {
    Ok(vec![change.into()])
}

impl Undoing<'_> {
    fn cannot(&self, reason: &str, instead: Option<&'static str>) -> Refusal {
        Refusal::CannotUndo { event: self.past.label(self.event.id), reason: reason.to_owned(), instead }
    }

    fn later(&self, later: EventId) -> Refusal {
        Refusal::LaterWrite { event: self.past.label(self.event.id), later: self.past.label(later) }
    }

    /// Refuses where the same thing was written since.
    fn unwritten(&self, change: &Change) -> Result<(), Refusal> {
        let Some(thing) = thing_written(change) else { return Ok(()) };
        let same =
            |event: &&&Event| event.change.as_ref().is_ok_and(|other| thing_written(other).as_ref() == Some(&thing));
        self.since.iter().find(same).map_or(Ok(()), |event| Err(self.later(event.id)))
    }

    /// Refuses where something was done since to one of these items.
    fn untouched(&self, items: &[ItemId]) -> Result<(), Refusal> {
        // A cause that the same command named goes with what it was named for.
        let is_own = |event: &Event| {
            let same = event.context.batch.is_some() && event.context.batch == self.event.context.batch;
            same && matches!(event.change, Ok(Change::LinkAdded(_)))
        };
        let touches = |event: &&&Event| {
            let touches = |change: &Change| change.mentions().iter().any(|id| items.contains(id));
            event.change.as_ref().is_ok_and(touches) && !is_own(event)
        };
        self.since.iter().find(touches).map_or(Ok(()), |event| Err(self.later(event.id)))
    }

    /// Refuses where putting an element in changed nothing, or it is out again.
    fn added<T: Ord>(&self, before: &AddWins<T>, now: &AddWins<T>, value: &T) -> Result<(), Refusal> {
        if !before.contains(value) && now.contains(value) { Ok(()) } else { Err(self.idle()) }
    }

    /// Refuses where taking an element out changed nothing, or it is in again.
    fn removed<T: Ord>(&self, before: &AddWins<T>, now: &AddWins<T>, value: &T) -> Result<(), Refusal> {
        if before.contains(value) && !now.contains(value) { Ok(()) } else { Err(self.idle()) }
    }

    fn idle(&self) -> Refusal {
        self.cannot("it changes nothing as the plan stands", None)
    }

    fn items(&self, id: ItemId) -> Result<(&Item, &Item), Refusal> {
        self.before.item(id).zip(self.now.item(id)).ok_or_else(|| self.cannot("its item is not known", None))
    }

    /// What concerns the plan as a whole, its fields, sets and sections.
    fn of_plan(&self, change: &Change) -> Option<Changes> {
        let (before, now) = (self.before, self.now);
        Some(match change {
            Change::PlanCreated(_) => {
                Err(self.cannot("every plan has a beginning", Some("`git plan archive` puts the plan away")))
            }
            Change::PlanArchived(_) if now.is_archived() => one(PlanReactivated {}),
            Change::PlanReactivated(_) if !now.is_archived() => one(PlanArchived {}),
            Change::PlanArchived(_) | Change::PlanReactivated(_) => Err(self.idle()),
            Change::FieldSet(FieldSet { field, .. }) => Text::new(before.field(*field))
                .map_err(Refusal::from)
                .and_then(|value| one(FieldSet { field: *field, value })),
            Change::TagAdded(TagAdded { tag }) => self
                .added(&before.tags, &now.tags, &tag.as_str().to_owned())
                .and_then(|()| one(TagRemoved { tag: tag.clone() })),
            Change::TagRemoved(TagRemoved { tag }) => self
                .removed(&before.tags, &now.tags, &tag.as_str().to_owned())
                .and_then(|()| one(TagAdded { tag: tag.clone() })),
            Change::AuthorAdded(AuthorAdded { author }) => self
                .added(&before.authors, &now.authors, &author.as_str().to_owned())
                .and_then(|()| one(AuthorRemoved { author: author.clone() })),
            Change::AuthorRemoved(AuthorRemoved { author }) => self
                .removed(&before.authors, &now.authors, &author.as_str().to_owned())
                .and_then(|()| one(AuthorAdded { author: author.clone() })),
            Change::SourceAdded(added) => self
                .added(&before.sources, &now.sources, &Source::from(added))
                .and_then(|()| one(SourceRemoved { id: added.id.clone() })),
            Change::SourceRemoved(SourceRemoved { id }) => self.cite_again(id),
            Change::SectionRetitled(SectionRetitled { section, .. }) => {
                Title::new(section::current_heading(before, *section))
                    .map_err(Refusal::from)
                    .and_then(|heading| one(SectionRetitled { heading, section: *section }))
            }
            Change::ProseSet(ProseSet { of, .. }) => {
                let prose = match of {
                    Parent::Standing(role) => before.prose(*role).map(Register::value),
                    Parent::Node(id) => before.item(*id).and_then(|item| item.body.as_deref()).map(Register::value),
                };
                Text::new(prose.cloned().unwrap_or_default())
                    .map_err(Refusal::from)
                    .and_then(|text| one(ProseSet { of: *of, text }))
            }
            _ => return None,
        })
    }

    fn cite_again(&self, id: &Tag) -> Changes {
        let optional = |text: &Option<String>| text.clone().map(Title::new).transpose();
        let mut changes = Vec::new();
        for source in self.before.sources.iter().filter(|source| source.id == **id) {
            self.removed(&self.before.sources, &self.now.sources, source)?;
            let accessed = source.accessed.clone().map(Tag::new).transpose()?;
            let (title, url) = (optional(&source.title)?, optional(&source.url)?);
            changes.push(SourceAdded { accessed, id: id.clone(), title, url }.into());
        }
        Ok(changes)
    }

    /// What adds an item, or concerns its wording, place, existence or links.
    fn of_item(&self, change: &Change) -> Option<Changes> {
        Some(match change {
            Change::ItemReworded(ItemReworded { item, .. }) => self
                .items(*item)
                .and_then(|(before, _)| one(ItemReworded { item: *item, text: Text::new(before.text())? })),
            Change::ItemMoved(ItemMoved { item, .. }) => self.items(*item).and_then(|(before, _)| {
                // The slot where it stood before is still there, so it goes back to exactly that place.
                let Place { branch, slot } = before.place;
                let under = match branch {
                    Branch::Items(parent) => Some(parent),
                    Branch::Sections(role) => role.map(Parent::Standing),
                };
                one(ItemMoved { after: Some(slot), item: *item, under })
            }),
            Change::ItemRespelled(ItemRespelled { item, .. }) => {
                self.items(*item).and_then(|(before, _)| match &before.source {
                    Some(source) => one(ItemRespelled { item: *item, source: Text::new(source.value().as_str())? }),
                    None => Err(self.cannot("the item had no source before", None)),
                })
            }
            Change::ItemRemoved(ItemRemoved { items }) => self.put_back(items),
            Change::ItemRestored(ItemRestored { item }) => {
                self.untouched(&[*item]).and_then(|()| one(ItemRemoved { items: vec![*item] }))
            }
            Change::LinkAdded(LinkAdded { from, rel, to }) => self.items(*from).and_then(|(before, now)| {
                self.added(&before.links, &now.links, &(rel.clone().into(), to.clone().into()))?;
                one(LinkRemoved { from: *from, rel: rel.clone(), to: to.clone() })
            }),
            Change::LinkRemoved(LinkRemoved { from, rel, to }) => self.items(*from).and_then(|(before, now)| {
                self.removed(&before.links, &now.links, &(rel.clone().into(), to.clone().into()))?;
                one(LinkAdded { from: *from, rel: rel.clone(), to: to.clone() })
            }),
            _ if self.now.item(self.event.id).is_some() => self.take_out(change),
            _ => return None,
        })
    }

    fn put_back(&self, items: &[ItemId]) -> Changes {
        self.untouched(items)?;
        let there = |plan: &Plan, id: ItemId| plan.item(id).is_some_and(Item::is_visible);
        let gone: Vec<_> = items.iter().filter(|&&id| there(self.before, id) && !there(self.now, id)).collect();
        if gone.is_empty() {
            return Err(self.idle());
        }
        Ok(gone.into_iter().map(|&item| ItemRestored { item }.into()).collect())
    }

    fn take_out(&self, change: &Change) -> Changes {
        let id = self.event.id;
        if let Change::DecisionRecorded(DecisionRecorded { supersedes, .. }) = change
            && !supersedes.is_empty()
        {
            let instead = "record another decision, with --supersedes";
            return Err(self.cannot("it took the place of another decision", Some(instead)));
        }
        if !self.now.item(id).is_some_and(Item::is_visible) {
            return Err(self.cannot("its item was removed", None));
        }
        self.untouched(&[id])?;
        // With it goes whatever was put below it since, where that is what is wanted.
        let items = subtree(self.now, id).into_iter().map(|(id, _)| id).collect();
        one(ItemRemoved { items })
    }

    /// What an edit of a view said besides, of the item that it was about: its wording, and how it is spelled.
    fn of_edit(&self, change: &Change) -> Changes {
        let Some(absorbed) = &self.event.context.absorbed else { return Ok(Vec::new()) };
        let Some(&id) = change.mentions().first() else { return Ok(Vec::new()) };
        let (Some(before), Some(now)) = (self.before.item(id), self.now.item(id)) else { return Ok(Vec::new()) };
        let mut changes = Vec::new();
        let is_worded = !matches!(now.kind(), Kind::Decision | Kind::Section);
        let rewords = |change: &Change| matches!(change, Change::ItemReworded(_) | Change::StoryRetold(_));
        let since = |write: EventId| self.since.iter().any(|event| event.id == write);
        if absorbed.text.is_some() && is_worded && !rewords(change) && before.text() != now.text() {
            if since(now.text.latest().stamp.id) {
                return Err(self.later(now.text.latest().stamp.id));
            }
            changes.push(ItemReworded { item: id, text: Text::new(before.text())? }.into());
        }
        if let (Some(_), Some(was), Some(is)) = (&absorbed.source, &before.source, &now.source)
            && was.value() != is.value()
        {
            if since(is.latest().stamp.id) {
                return Err(self.later(is.latest().stamp.id));
            }
            changes.push(ItemRespelled { item: id, source: Text::new(was.value().as_str())? }.into());
        }
        Ok(changes)
    }

    /// What moves an item forward or back, or ties it to somebody or something.
    fn of_progress(&self, change: &Change) -> Changes {
        let Some(&id) = change.mentions().first() else { return Err(self.cannot("it names no item", None)) };
        let (before, now) = self.items(id)?;
        match change {
            Change::StepClaimed(StepClaimed { owner, .. }) | Change::StepReleased(StepReleased { owner, .. }) => {
                self.of_claim(before, now, owner)
            }
            Change::StepDepended(StepDepended { step, on }) => {
                let (Detail::Step(was), Detail::Step(is)) = (&before.detail, &now.detail) else { return Ok(vec![]) };
                self.added(&was.depends, &is.depends, on)?;
                one(StepUndepended { on: *on, step: *step })
            }
            Change::StepUndepended(StepUndepended { step, on }) => {
                let (Detail::Step(was), Detail::Step(is)) = (&before.detail, &now.detail) else { return Ok(vec![]) };
                self.removed(&was.depends, &is.depends, on)?;
                one(StepDepended { on: *on, step: *step })
            }
            Change::DecisionAmended(_) | Change::DecisionSuperseded(_) => {
                let instead = "amend the decision again, or record one with --supersedes";
                Err(self.cannot("what was said of a decision stays", Some(instead)))
            }
            Change::QuestionAnswered(_) | Change::QuestionReopened(_) => {
                let Detail::Question { answer: was, .. } = &before.detail else { return Ok(vec![]) };
                match was.value() {
                    Some(answer) => one(QuestionAnswered { answer: Text::new(answer.as_str())?, question: id }),
                    None => one(QuestionReopened { question: id }),
                }
            }
            Change::StoryRetold(retold) => self.of_story(before, retold),
            _ => self.back_to(id, before.state()),
        }
    }

    fn back_to(&self, id: ItemId, state: Option<State>) -> Changes {
        match state {
            Some(State::Todo) => one(StepReopened { step: id }),
            Some(State::Doing) => one(StepStarted { step: id }),
            Some(State::Done) => one(StepCompleted { evidence: vec![], step: id }),
            Some(State::Dropped) => one(StepDropped { step: id }),
            Some(State::Met) => one(CriterionMet { criterion: id, evidence: vec![] }),
            Some(State::Resolved) => one(BlockerResolved { blocker: id, how: None }),
            Some(State::Accepted) => one(DecisionAccepted { decision: id }),
            Some(State::Withdrawn) => one(DecisionWithdrawn { decision: id }),
            Some(State::Open) if self.now.item(id).is_some_and(|item| item.kind().home() == Role::Criteria) => {
                one(CriterionUnmet { criterion: id })
            }
            Some(State::Open) => one(BlockerReopened { blocker: id }),
            Some(State::Proposed) => {
                let instead = "`git plan decision withdraw` takes it back, or supersede it";
                Err(self.cannot("a decision that was accepted is not proposed again", Some(instead)))
            }
            Some(State::Answered) | None => Err(self.cannot("nothing is known of what was before", None)),
        }
    }

    fn of_claim(&self, before: &Item, now: &Item, owner: &Title) -> Changes {
        let (Detail::Step(was), Detail::Step(is)) = (&before.detail, &now.detail) else { return Ok(vec![]) };
        let (owner, step) = (owner.clone(), now.id());
        match was.owners.iter().find(|held| held.name == *owner) {
            Some(held) => one(StepClaimed { owner, step, until: held.until }),
            None if is.owners.iter().any(|held| held.name == *owner) => one(StepReleased { owner, step }),
            None => Err(self.idle()),
        }
    }

    fn of_story(&self, before: &Item, retold: &StoryRetold) -> Changes {
        let Detail::Story { as_a, so_that } = &before.detail else { return Ok(vec![]) };
        let again = |told: &Option<Text>, text: &str| told.as_ref().map(|_| Text::new(text)).transpose();
        let end = so_that.as_ref().map_or("", |end| end.value());
        if retold.so_that.is_some() && so_that.is_none() {
            return Err(self.cannot("the story had no end before", None));
        }
        one(StoryRetold {
            as_a: again(&retold.as_a, as_a.value())?,
            i_want: again(&retold.i_want, before.text())?,
            so_that: again(&retold.so_that, end)?,
            story: before.id(),
        })
    }
}
