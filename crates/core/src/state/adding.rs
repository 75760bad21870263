//! Adding, wording, placing and removing items: what all kinds have in common.

use super::plan::Name;
use super::prose::Prose;
use super::refs::{Rejection, Turn};
use super::register::{AddWins, Register};
use super::{Branch, Decision, Detail, Existence, Item, Place, Plan, Step, What};
use crate::change::*;
use crate::event::{Absorbed, Event};
use crate::prelude::*;
use crate::words::Rank;
use crate::{EventId, ItemId, Kind, Parent, Role, State, Text};

/// An item as its event describes it.
pub(super) struct Addition {
    after: Option<EventId>,
    under: Option<Parent>,
    text: String,
    state: Option<State>,
    source: Option<String>,
    detail: Detail,
    /// Items that the event names, with the kinds that they must be of.
    names: Vec<(ItemId, &'static [Kind])>,
    /// Decisions that the new one takes the place of.
    supersedes: Vec<ItemId>,
}

const ANY: &[Kind] = Kind::ALL;

/// The item that a change adds; `None` where it adds none.
pub(super) fn addition(change: &Change, turn: Turn<'_>) -> Option<Addition> {
    let stamp = turn.stamp;
    let mut supersedes = Vec::new();
    let mut names: Vec<(ItemId, &'static [Kind])> = Vec::new();
    let (after, under, text, state, source, detail) = match change {
        Change::SectionAdded(d) => {
            let detail =
                Detail::Section { level: d.level.unwrap_or(Rank::SECTION).get(), role: d.role.unwrap_or(Role::Custom) };
            (d.after, d.follows.map(Parent::Standing), &*d.heading, None, &d.source, detail)
        }
        Change::ProseAdded(d) => (d.after, Some(d.under), &*d.text, None, &d.source, Detail::Prose),
        Change::StepAdded(d) => (d.after, d.under, &*d.text, d.state, &d.source, Detail::Step(Step::default())),
        Change::CriterionAdded(d) => {
            (d.after, d.under, &*d.text, d.state, &d.source, Detail::Criterion { evidence: Vec::new() })
        }
        Change::DecisionRecorded(d) => {
            supersedes.clone_from(&d.supersedes);
            names.extend(d.supersedes.iter().map(|&id| (id, &[Kind::Decision][..])));
            names.extend(d.question.map(|id| (id, &[Kind::Question][..])));
            let decision = Decision {
                reason: owned(&d.reason),
                tradeoffs: list(&d.tradeoffs),
                options: list(&d.options),
                references: list(&d.references),
                question: d.question,
                amendments: Vec::new(),
                superseded_by: AddWins::default(),
            };
            (d.after, d.under, &*d.title, d.state, &d.source, Detail::Decision(Box::new(decision)))
        }
        Change::DiscoveryRecorded(d) => {
            names.extend(d.corrects.map(|id| (id, &[Kind::Discovery][..])));
            let detail = Detail::Discovery { evidence: list(&d.evidence), corrects: d.corrects };
            (d.after, d.under, &*d.text, None, &d.source, detail)
        }
        Change::QuestionAsked(d) => {
            let answer = Box::new(Register::new(stamp, None));
            let detail = Detail::Question { options: list(&d.options), need: owned(&d.need), answer };
            (d.after, d.under, &*d.text, None, &d.source, detail)
        }
        Change::BlockerRaised(d) => {
            names.extend(d.on.map(|id| (id, &[Kind::Step, Kind::Question, Kind::Criterion][..])));
            let detail = Detail::Blocker { on: d.on, options: list(&d.options), need: owned(&d.need), how: Vec::new() };
            (d.after, d.under, &*d.text, None, &d.source, detail)
        }
        Change::NoteAdded(d) => {
            names.extend(d.corrects.map(|id| (id, &[Kind::Note][..])));
            names.extend(d.on.map(|id| (id, ANY)));
            let detail = Detail::Note { label: d.label.clone().into(), on: d.on, corrects: d.corrects };
            (d.after, d.under, &*d.text, None, &d.source, detail)
        }
        Change::ResultAdded(d) => (d.after, d.under, &*d.text, None, &d.source, Detail::Result { group: d.group }),
        Change::StoryAdded(d) => {
            let so_that = d.so_that.as_ref().map(|end| Box::new(Register::new(stamp, end.clone().into())));
            let detail = Detail::Story { as_a: Box::new(Register::new(stamp, d.as_a.clone().into())), so_that };
            (d.after, d.under, &*d.i_want, None, &d.source, detail)
        }
        _ => return None,
    };
    let text = text.to_owned();
    Some(Addition { after, under, text, state, source: owned(source), detail, names, supersedes })
}

fn owned(text: &Option<Text>) -> Option<String> {
    text.clone().map(String::from)
}

fn list(texts: &[Text]) -> Vec<String> {
    texts.iter().cloned().map(String::from).collect()
}

impl Plan {
    pub(super) fn add(&mut self, addition: Addition, event: &Event, turn: Turn<'_>) -> Result<(), Rejection> {
        let stamp = turn.stamp;
        for &(id, kinds) in &addition.names {
            self.find_kind(id, kinds, turn)?;
        }
        let mut item = Item {
            added: stamp,
            occurred: event.occurred(),
            attributed: event.context.attributed.as_ref().map(|author| author.name.clone()),
            text: Register::new(stamp, addition.text),
            state: None,
            body: None,
            source: addition.source.map(|source| Box::new(Register::new(stamp, source))),
            spells: stamp.seq,
            unspelled: Vec::new(),
            placements: Register::new(stamp, Place { branch: Branch::Sections(None), slot: stamp.id }),
            place: Place { branch: Branch::Sections(None), slot: stamp.id },
            leaf: 0,
            existence: Existence::default(),
            links: AddWins::default(),
            detail: addition.detail,
            children: Vec::new(),
        };
        let kind = item.kind();
        let first = match (addition.state, kind.states()) {
            (None, states) => states.first().copied(),
            (Some(state), states) if states.contains(&state) => Some(state),
            (Some(state), _) => return Err(Rejection::new("unknown-word", format!("a {kind} cannot be {state}"))),
        };
        item.state = first.filter(|_| kind != Kind::Question).map(|state| Register::new(stamp, state));
        match &mut item.detail {
            Detail::Decision(decision) => decision.question = decision.question.map(|id| self.first_name(id)),
            Detail::Discovery { corrects: named, .. } | Detail::Blocker { on: named, .. } => {
                *named = named.map(|id| self.first_name(id));
            }
            Detail::Note { on, corrects, .. } => {
                (*on, *corrects) = (on.map(|id| self.first_name(id)), corrects.map(|id| self.first_name(id)));
            }
            _ => {}
        }
        item.place.branch = self.branch(kind, addition.under, turn)?;
        item.placements = Register::new(stamp, item.place);

        item.leaf = self.insert_slot(item.place, addition.after, stamp.id, kind);
        self.touch_parent(item.place.branch, turn);
        item.existence.touch(stamp, turn.ancestry);
        let at = self.items.len();
        self.index.insert(stamp.id, Name { at: at as u32, repeated: None });
        self.items.push(item);
        self.stand(at, true);
        for old in addition.supersedes {
            let at = self.find(old, turn)?;
            self.supersede(at, stamp.id, turn);
        }
        if matches!(kind, Kind::Decision | Kind::Discovery | Kind::Blocker | Kind::Note) {
            self.enter(event, stamp, What::Recorded, stamp.id);
        }
        // A step that was done before the plan knew of it was completed when its event says, if it says so.
        if kind == Kind::Step && first == Some(State::Done) && event.context.occurred.is_some() {
            self.enter(event, stamp, What::Completed, stamp.id);
        }
        Ok(())
    }

    /// Makes an event that repeats the adding of an item another name of that item, so that what was said of it under
    /// this name, by somebody who saw only the repetition, is not lost.
    pub(super) fn alias(&mut self, first: EventId, change: &Change, turn: Turn<'_>) {
        let (Some(&first), Some(addition)) = (self.index.get(&first), addition(change, turn)) else { return };
        let Some(item) = self.items.get(first.at as usize) else { return };
        let (node, kind) = (item.id(), item.kind());
        self.index.insert(turn.stamp.id, Name { repeated: Some(turn.stamp.seq), ..first });
        // The list that the first one named, whether or not the repetition saw all of it.
        let branch = match (kind, addition.under.unwrap_or(Parent::Standing(kind.home()))) {
            (Kind::Section, Parent::Standing(role)) => Branch::Sections(addition.under.map(|_| role)),
            (_, Parent::Node(id)) => Branch::Items(Parent::Node(self.first_name(id))),
            (_, standing) => Branch::Items(standing),
        };
        self.insert_slot(Place { branch, slot: turn.stamp.id }, Some(node), node, kind);
    }

    /// Wording, place and existence of any item.
    pub(super) fn fold_item(&mut self, change: &Change, turn: Turn<'_>) -> Result<(), Rejection> {
        match change {
            Change::ItemReworded(data) => {
                let (at, item) = self.found(data.item, turn)?;
                let kind = item.kind();
                if matches!(kind, Kind::Decision | Kind::Section) {
                    return Err(Rejection::new("wrong-kind", format!("rewords the {kind} {}", data.item)));
                }
                self.reword(at, &data.text, turn);
            }
            Change::ItemRespelled(data) => {
                let at = self.find(data.item, turn)?;
                self.respell(at, &data.source, turn);
            }
            Change::ItemMoved(data) => self.place(data, turn)?,
            Change::ItemRemoved(data) => {
                let found: Result<Vec<_>, _> = data.items.iter().map(|&id| self.find(id, turn)).collect();
                for at in found? {
                    self.exist(at, |existence| existence.remove(turn.stamp, turn.ancestry));
                }
            }
            Change::ItemRestored(data) => {
                let at = self.find(data.item, turn)?;
                self.exist(at, |existence| existence.restore(turn.stamp, turn.ancestry));
            }
            _ => {}
        }
        Ok(())
    }

    /// Takes what the edit of a view says beside the change that was read from it.
    pub(super) fn absorb(&mut self, absorbed: &Absorbed, change: &Change, turn: Turn<'_>) {
        let Some(at) = change.mentions().first().and_then(|&item| self.position(item)) else { return };
        if let Some(text) = &absorbed.text
            && !self.items.get(at).is_some_and(|item| matches!(item.kind(), Kind::Decision | Kind::Section))
        {
            self.reword(at, text, turn);
        }
        if let Some(source) = &absorbed.source {
            self.respell(at, source, turn);
        }
    }

    fn reword(&mut self, at: usize, text: &Text, turn: Turn<'_>) {
        let Some(item) = self.touch(at, turn) else { return };
        item.text.write(turn.stamp, text.clone().into(), turn.ancestry);
        match item.kind() {
            Kind::Prose => self.wrote(Prose::Block(at)),
            Kind::Criterion => self.rival_wordings(at, turn),
            _ => {}
        }
    }

    /// Takes note of what a command says of an item that has a source, so that it is put below it.
    pub(super) fn remark(&mut self, change: &Change, turn: Turn<'_>) {
        let labelled = |label: &str, texts: &[Text]| texts.iter().map(|text| format!("{label}: {}", &**text)).collect();
        let (id, said): (ItemId, Vec<String>) = match change {
            Change::StepCompleted(d) => (d.step, labelled("- Evidence", &d.evidence)),
            Change::CriterionMet(d) => (d.criterion, labelled("- Evidence", &d.evidence)),
            Change::DecisionAmended(d) => (d.decision, labelled("Amended", core::slice::from_ref(&d.text))),
            Change::BlockerResolved(d) => (
                d.blocker,
                match &d.how {
                    Some(how) => labelled("Resolved", core::slice::from_ref(how)),
                    None => vec!["Resolved".to_owned()],
                },
            ),
            _ => return,
        };
        if let Some(at) = self.position(id)
            && let Some(item) = self.items.get_mut(at).filter(|item| item.source.is_some())
        {
            item.unspelled.extend(said.into_iter().map(|said| (turn.stamp, said)));
        }
    }

    fn respell(&mut self, at: usize, source: &Text, turn: Turn<'_>) {
        let Some(item) = self.touch(at, turn) else { return };
        if let Detail::Section { level, .. } = &mut item.detail {
            let marks = source.trim_start().bytes().take_while(|&byte| byte == b'#').count();
            *level = u8::try_from(marks).ok().filter(|marks| (1..=6).contains(marks)).unwrap_or(*level);
        }
        if turn.stamp.seq == item.text.latest().stamp.seq
            || turn.ancestry.sees(turn.stamp.seq, item.text.latest().stamp.seq)
        {
            item.spells = item.text.latest().stamp.seq;
        }
        item.unspelled.retain(|(said, _)| !turn.ancestry.sees(turn.stamp.seq, said.seq));
        match &mut item.source {
            Some(spelling) => spelling.write(turn.stamp, source.clone().into(), turn.ancestry),
            None => item.source = Some(Box::new(Register::new(turn.stamp, source.clone().into()))),
        }
    }

    fn place(&mut self, data: &ItemMoved, turn: Turn<'_>) -> Result<(), Rejection> {
        let (at, item) = self.found(data.item, turn)?;
        let (kind, node) = (item.kind(), item.id());
        let branch = self.branch(kind, data.under, turn)?;
        let place = Place { branch, slot: turn.stamp.id };
        // The slot is there even where the move is skipped, so that what was put after it finds its place.
        let leaf = self.insert_slot(place, data.after, node, kind);
        let cycle = matches!(branch, Branch::Items(parent) if self.is_within(parent, node));
        if cycle {
            self.rival_places(branch, node, turn);
        }
        let stands = self.touch(at, turn).is_some_and(|item| {
            item.placements.write(turn.stamp, place, turn.ancestry);
            item.stands()
        });
        if !cycle {
            self.stand(at, false);
            if let Some(item) = self.items.get_mut(at) {
                (item.place, item.leaf) = (place, leaf);
            }
            self.stand(at, stands);
        }
        self.touch_parent(branch, turn);
        Ok(())
    }
}
