//! Since when: the last event that wrote each part of each thing.
//!
//! Events count by their place in the order. A write that changes nothing is passed over, where its author saw all that
//! was written before.

use alloc::rc::Rc;
use core::cell::RefCell;

use crate::merge;
use crate::prelude::*;
use crate::state::{Ancestry, Branch, Detail, Item, Plan};
use crate::trail::{self, Subject};
use crate::{Change, Event, EventId, Field, ItemId, Kind, Parent};

/// A part of a thing that events write.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Aspect {
    /// Anything at all.
    Any,
    Text,
    State,
    Body,
    Source,
    /// Below which parent it hangs.
    Parent,
    /// Where it stands in a list.
    Slot,
    /// Removals, and what takes them back.
    Exists,
    Owners,
    Depends,
    Successors,
    Amended,
    Tags,
    Authors,
    Sources,
}

/// The writes of one aspect.
#[derive(Debug, Default)]
struct Writes {
    last: u32,
    value: Option<String>,
    /// Whether there was a write that did not see an earlier one.
    contested: bool,
    /// For each line of the value, the write since which it is there; of texts alone.
    lines: Vec<u32>,
}

/// What is known of when things were written.
pub(super) struct Since<'a> {
    pub(super) plan: &'a Plan,
    ancestry: Ancestry,
    writes: BTreeMap<(Subject, Aspect), Writes>,
    evidence: BTreeMap<ItemId, Vec<u32>>,
    /// Items that some event removed.
    removed: BTreeSet<ItemId>,
    /// Items about which somebody wrote who had not seen all that was written about them.
    contested: BTreeSet<ItemId>,
    /// The last event of all.
    pub(super) last: u32,
    /// Since when the day of the last event is that of the last event.
    pub(super) day: u32,
    /// How many steps were ever added.
    pub(super) steps: usize,
    is_line: bool,
    places: BTreeMap<EventId, u32>,
    blockers: BTreeMap<ItemId, Vec<ItemId>>,
    /// For each list and kind, by slot, the last move of a node of the kind that was put before it, and that of all.
    moves: RefCell<BTreeMap<(Branch, Kind), Rc<Moves>>>,
}

type Moves = (BTreeMap<EventId, u32>, u32);

impl<'a> Since<'a> {
    pub(super) fn of(events: &[&Event], plan: &'a Plan) -> Self {
        let is_line = events.windows(2).all(|pair| matches!(pair, [before, next] if next.parents == [before.id]));
        let mut since = Self {
            plan,
            ancestry: trail::ancestry(events),
            writes: BTreeMap::new(),
            evidence: BTreeMap::new(),
            removed: BTreeSet::new(),
            contested: BTreeSet::new(),
            last: u32::try_from(events.len().saturating_sub(1)).unwrap_or(u32::MAX),
            day: 0,
            steps: plan.items().filter(|item| item.kind() == Kind::Step).count(),
            is_line,
            places: events.iter().map(|event| event.id).zip(0..).collect(),
            blockers: BTreeMap::new(),
            moves: RefCell::default(),
        };
        for blocker in plan.items() {
            if let Detail::Blocker { on: Some(on), .. } = blocker.detail {
                since.blockers.entry(on).or_default().push(blocker.id());
            }
        }
        let inert: BTreeSet<EventId> = plan.inert.iter().map(|inert| inert.stamp.id).collect();
        let mut day = String::new();
        for (at, event) in (0_u32..).zip(events) {
            let Ok(change) = &event.change else { continue };
            if inert.contains(&event.id) {
                continue;
            }
            since.take(at, event, change);
            let date = event.at.date();
            if date != day {
                (day, since.day) = (date, at);
            }
        }
        since
    }

    fn write(&mut self, at: u32, of: Subject, aspect: Aspect, value: Option<String>) {
        let writes = self.writes.entry((of, aspect)).or_insert_with(|| Writes { last: u32::MAX, ..Writes::default() });
        let is_first = writes.last == u32::MAX;
        writes.contested |= !is_first && writes.last != at && !self.ancestry.sees(at, writes.last);
        if !is_first && !writes.contested && value.is_some() && writes.value == value {
            return;
        }
        if matches!(aspect, Aspect::Body | Aspect::Source | Aspect::Text)
            && let Some(new) = &value
        {
            let (old, new): (Vec<&str>, Vec<&str>) =
                (writes.value.iter().flat_map(|old| old.split('\n')).collect(), new.split('\n').collect());
            let mut lines = vec![at; new.len()];
            if !writes.contested {
                let aligned = merge::align(&old, &new).unwrap_or_default();
                for (was, now) in writes.lines.iter().zip(&aligned) {
                    if let Some(line) = now.and_then(|now| lines.get_mut(now)) {
                        *line = *was;
                    }
                }
            }
            writes.lines = lines;
        }
        (writes.last, writes.value) = (at, value);
    }

    fn touch(&mut self, at: u32, of: Subject, aspects: &[Aspect]) {
        aspects.iter().for_each(|&aspect| self.write(at, of, aspect, None));
    }

    fn take(&mut self, at: u32, event: &Event, change: &Change) {
        use Aspect::{Amended, Any, Authors, Depends, Exists, Owners, Slot, Sources, State, Successors, Tags};
        let about = trail::about(self.plan, event);
        for id in change.mentions().into_iter().chain([event.id]) {
            let Some(id) = self.plan.item(id).map(Item::id) else { continue };
            let of = Subject::Item(id);
            if self.writes.get(&(of, Any)).is_some_and(|any| !self.ancestry.sees(at, any.last)) {
                self.contested.insert(id);
            }
            self.touch(at, of, &[Any]);
        }
        if !self.is_line {
            // Whatever is said of an archived plan takes part in whether it stays so.
            self.touch(at, Subject::Plan, &[Exists]);
        }
        let text = |text: &str| Some(text.to_owned());
        match change {
            Change::PlanCreated(data) => {
                self.write(at, Subject::Field(Field::Title), Aspect::Text, text(&data.title));
                self.write(at, Subject::Field(Field::Layout), Aspect::Text, text(data.layout.as_str()));
            }
            Change::FieldSet(data) => self.write(at, about, Aspect::Text, text(&data.value)),
            Change::TagAdded(_) | Change::TagRemoved(_) => self.touch(at, Subject::Plan, &[Tags]),
            Change::AuthorAdded(_) | Change::AuthorRemoved(_) => self.touch(at, Subject::Plan, &[Authors]),
            Change::SourceAdded(_) | Change::SourceRemoved(_) => self.touch(at, Subject::Plan, &[Sources]),
            Change::PlanArchived(_) | Change::PlanReactivated(_) => self.touch(at, Subject::Plan, &[Exists]),
            Change::SectionRetitled(data) => self.write(at, about, Aspect::Text, text(&data.heading)),
            Change::ProseSet(data) => self.write(at, about, Aspect::Body, text(&data.text)),
            Change::ItemReworded(data) => self.write(at, about, Aspect::Text, text(&data.text)),
            Change::StoryRetold(_) => self.touch(at, about, &[Aspect::Text]),
            Change::ItemRespelled(data) => self.write(at, about, Aspect::Source, text(&data.source)),
            Change::ItemMoved(data) => {
                self.write(at, about, Aspect::Parent, Some(format!("{:?}", data.under)));
                self.touch(at, about, &[Slot]);
            }
            Change::ItemRemoved(data) => {
                for &id in &data.items {
                    let Some(id) = self.plan.item(id).map(Item::id) else { continue };
                    self.removed.insert(id);
                    self.touch(at, Subject::Item(id), &[Exists]);
                }
            }
            Change::ItemRestored(_) => self.touch(at, about, &[Exists]),
            Change::StepClaimed(_) | Change::StepReleased(_) => self.touch(at, about, &[Owners]),
            Change::StepDepended(_) | Change::StepUndepended(_) => self.touch(at, about, &[Depends]),
            Change::QuestionAnswered(data) => self.write(at, about, State, Some(format!("={}", data.answer.as_str()))),
            Change::QuestionReopened(_) => self.write(at, about, State, text("")),
            Change::DecisionAmended(_) => self.touch(at, about, &[Amended]),
            Change::LinkAdded(_) | Change::LinkRemoved(_) => {}
            Change::DecisionSuperseded(_) => self.touch(at, about, &[Successors]),
            _ if self.plan.item(event.id).is_some() => self.added(at, event, change),
            _ => self.state(at, about, change),
        }
        if let Some(absorbed) = &event.context.absorbed {
            if let Some(new) = &absorbed.text {
                self.write(at, about, Aspect::Text, text(new));
            }
            if let Some(new) = &absorbed.source {
                self.write(at, about, Aspect::Source, text(new));
            }
        }
    }

    fn state(&mut self, at: u32, about: Subject, change: &Change) {
        let evidence = match change {
            Change::StepCompleted(data) => data.evidence.len(),
            Change::CriterionMet(data) => data.evidence.len(),
            _ => 0,
        };
        if let Subject::Item(id) = about {
            self.evidence.entry(id).or_default().extend(core::iter::repeat_n(at, evidence));
        }
        let state = trail::state_written(change).map(|state| state.to_string());
        // Of a blocker each resolution says how.
        let state = state.filter(|_| !matches!(change, Change::BlockerResolved(_)));
        self.write(at, about, Aspect::State, state);
    }

    fn added(&mut self, at: u32, event: &Event, change: &Change) {
        let of = Subject::Item(event.id);
        let data = change.data();
        let text = |member: &str| data.get(member).and_then(|value| value.as_str()).map(ToOwned::to_owned);
        let wording = ["text", "title", "heading", "i_want"].into_iter().find_map(text);
        self.write(at, of, Aspect::Text, wording);
        self.write(at, of, Aspect::Source, text("source"));
        let under = text("under").or_else(|| text("follows")).and_then(|under| under.parse::<Parent>().ok());
        self.write(at, of, Aspect::Parent, Some(format!("{under:?}")));
        self.touch(at, of, &[Aspect::State, Aspect::Slot]);
        if let Change::DecisionRecorded(data) = change {
            for &old in &data.supersedes {
                self.touch(at, trail::subject_of(self.plan, Parent::Node(old)), &[Aspect::Successors]);
            }
        }
    }

    /// The last event that wrote something of a thing; the first event where none did.
    pub(super) fn at(&self, of: Subject, aspect: Aspect) -> u32 {
        self.writes.get(&(of, aspect)).map_or(0, |writes| writes.last)
    }

    pub(super) fn item(&self, id: ItemId, aspects: &[Aspect]) -> u32 {
        aspects.iter().map(|&aspect| self.at(Subject::Item(id), aspect)).max().unwrap_or(0)
    }

    /// Since when the nth line of a text is there.
    pub(super) fn line(&self, of: Subject, aspect: Aspect, nth: usize) -> u32 {
        let Some(writes) = self.writes.get(&(of, aspect)) else { return 0 };
        let contested = matches!(of, Subject::Item(id) if self.is_contested(id));
        if writes.contested || contested { writes.last } else { writes.lines.get(nth).copied().unwrap_or(writes.last) }
    }

    pub(super) fn evidence(&self, id: ItemId, nth: usize) -> u32 {
        self.evidence.get(&id).and_then(|all| all.get(nth)).copied().unwrap_or_else(|| self.item(id, &[Aspect::Any]))
    }

    /// Whether somebody wrote about an item who had not seen all that was written about it.
    pub(super) fn is_contested(&self, id: ItemId) -> bool {
        self.contested.contains(&id)
    }

    /// Since when an item is there or gone. One that was ever removed may be held by whatever is below it.
    pub(super) fn exists(&self, id: ItemId) -> u32 {
        if !self.removed.contains(&id) {
            return 0;
        }
        let mut latest = 0;
        let (mut ahead, mut seen) = (vec![id], BTreeSet::new());
        while let Some(id) = ahead.pop() {
            if seen.insert(id) {
                latest = latest.max(self.item(id, &[Aspect::Any, Aspect::Exists]));
                ahead.extend(self.plan.all_slots(Branch::Items(Parent::Node(id))).map(|(_, node)| node));
            }
        }
        latest
    }

    /// Since when an item stands where it does, and so does all that it hangs below.
    pub(super) fn present(&self, id: ItemId) -> u32 {
        let (mut latest, mut next) = (0, Some(id));
        // A node is never below itself, so the way up ends.
        while let Some(item) = next.and_then(|id| self.plan.item(id)) {
            latest = latest.max(self.item(item.id(), &[Aspect::Parent])).max(self.exists(item.id()));
            next = match item.place.branch {
                Branch::Items(Parent::Node(above)) => Some(above),
                _ => None,
            };
        }
        latest
    }

    /// Since when as many of its kind stand before an item in the lists of that kind as do now.
    pub(super) fn number(&self, id: ItemId) -> u32 {
        let mut latest = self.present(id);
        let Some(mut item) = self.plan.item(id) else { return latest };
        let kind = item.kind();
        loop {
            let branch = item.place.branch;
            latest = latest.max(self.item(item.id(), &[Aspect::Slot]));
            latest = latest.max(self.moves(branch, kind).0.get(&item.place.slot).copied().unwrap_or(0));
            match branch {
                Branch::Items(Parent::Node(above))
                    if self.plan.item(above).is_some_and(|above| above.kind() == kind) =>
                {
                    let Some(above) = self.plan.item(above) else { return latest };
                    item = above;
                }
                _ => {
                    for list in self.plan.lists(kind).take_while(|&list| list != branch) {
                        latest = latest.max(self.moves(list, kind).1);
                    }
                    // The order of sections is that of the steps in them.
                    let is_apart = matches!(branch, Branch::Items(Parent::Standing(_)));
                    let sections = self.plan.items().filter(|item| item.kind() == Kind::Section && !is_apart);
                    let placed = |id| self.item(id, &[Aspect::Slot]).max(self.exists(id));
                    return sections.map(|section| placed(section.id())).fold(latest, u32::max);
                }
            }
        }
    }

    fn moves(&self, list: Branch, kind: Kind) -> Rc<Moves> {
        let known = self.moves.borrow().get(&(list, kind)).cloned();
        known.unwrap_or_else(|| {
            let (mut before, mut latest) = (BTreeMap::new(), 0);
            for (slot, node) in self.plan.all_slots(list) {
                before.insert(slot, latest);
                if let Some(item) = self.plan.item(node).filter(|item| item.kind() == kind) {
                    latest = latest.max(self.item(item.id(), &[Aspect::Slot])).max(self.exists(item.id()));
                }
            }
            let moves = Rc::new((before, latest));
            self.moves.borrow_mut().insert((list, kind), Rc::clone(&moves));
            moves
        })
    }

    /// Since when what hangs below a step is as far as it is.
    pub(super) fn below(&self, id: ItemId) -> u32 {
        let (mut latest, mut seen, mut ahead) = (0, BTreeSet::new(), vec![id]);
        while let Some(above) = ahead.pop() {
            for (_, node) in self.plan.all_slots(Branch::Items(Parent::Node(above))) {
                if seen.insert(node) {
                    let aspects = [Aspect::State, Aspect::Slot, Aspect::Parent];
                    latest = latest.max(self.item(node, &aspects)).max(self.exists(node));
                    ahead.push(node);
                }
            }
        }
        latest
    }

    /// Since when the blockers on an item are as they are.
    pub(super) fn blockers(&self, id: ItemId) -> u32 {
        let aspects = [Aspect::Slot, Aspect::State, Aspect::Text];
        let blockers = self.blockers.get(&id).into_iter().flatten();
        blockers.map(|&id| self.item(id, &aspects).max(self.exists(id))).max().unwrap_or(0)
    }

    /// The place of an event in the order.
    pub(super) fn place(&self, event: EventId) -> u32 {
        self.places.get(&event).copied().unwrap_or(0)
    }
}
