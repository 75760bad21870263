//! The laws of plans, each a function that panics where a list of events breaks it.
//!
//! The lists hold each event after its parents, as [`super::events`] makes them. Who saw what is worked out here anew,
//! from the parents alone, so that a mistake of the library's own ancestry does not hide itself.

use std::collections::{BTreeMap, BTreeSet};

use git_plan_core::author::find;
use git_plan_core::state::{AddWins, Branch, Detail, Pages, Register, Shelf};
use git_plan_core::trail::{self, Subject, Trail};
use git_plan_core::{
    Change, Draft, Event, EventId, Field, ItemId, Kind, Layout, Parent, Plan, Role, canonical, order, view,
};

/// All laws.
pub fn all(events: &[Event]) {
    let plan = Plan::replay(events);
    projection(&plan);
    convergence(events, &plan);
    idempotence(events, &plan);
    prefix_consistency(events, &plan);
    increments(events, &plan);
    no_lost_edit(events, &plan);
    no_lost_member(events, &plan);
    removal(events, &plan);
    standing(&plan);
    numbers(&plan);
    trails(events, &plan);
}

/// An event that is read and takes effect is written as the same bytes, unless it says more than this version knows.
pub fn round_trip(event: &Event, bytes: &str) {
    let Ok(change) = &event.change else { return };
    if !event.unknown_members(bytes.as_bytes()).is_empty() {
        return;
    }
    let draft = Draft { change: change.clone(), context: (*event.context).clone() };
    let parents = event.parents.iter().copied().collect();
    let sealed = draft.seal(&event.by, event.at, &parents).expect("what was read can be written");
    assert_eq!(sealed.bytes, bytes, "an event is written as it was read");
}

/// Any bytes can be read; they are canonical exactly where writing what they parse to gives them back; and what is
/// wrong with an event keeps it from having any effect.
pub fn reading(bytes: &[u8]) {
    let event = Event::read(bytes, &[]);
    assert_eq!(event.id, EventId::of(bytes), "the id is that of the bytes");
    let written = serde_json::from_slice(bytes).ok().and_then(|value: serde_json::Value| {
        let mut written = String::new();
        canonical::write(&value, &mut written).ok().map(|()| (value.is_object(), written))
    });
    let fixed = written.is_some_and(|(object, written)| object && written.as_bytes() == bytes);
    match canonical::check(bytes) {
        Ok(_) => assert!(fixed, "what the check takes is written as it stands"),
        // Nesting is limited by the check alone.
        Err(e) => assert!(!fixed || e.expected.contains("nesting"), "the check takes what is written: {e}"),
    }
    if let (Ok(_), Ok(text)) = (&event.change, std::str::from_utf8(bytes)) {
        round_trip(&event, text);
    }
    let plan = Plan::replay(&[event]);
    projection(&plan);
}

/// Every view of a plan can be written, and its state has a canonical form.
pub fn projection(plan: &Plan) {
    for &layout in Layout::ALL {
        let view = view::render(plan, layout);
        assert!(layout == Layout::Own || view.ends_with('\n'), "a view of a house layout ends with a line end");
    }
    let mut bytes = String::new();
    canonical::write(&plan.to_json(), &mut bytes).expect("the state has a canonical form");
    let known: BTreeSet<ItemId> = plan.items().map(|item| item.id()).collect();
    assert!(plan.steps().iter().all(|step| known.contains(&step.item.id())), "the outline shows what is there");
    let _ = (plan.current_step(), plan.next_step(), plan.step_progress(), plan.criteria_progress());
    let inert: Vec<EventId> = plan.inert.iter().map(|event| event.stamp.id).collect();
    for stamp in plan.log.iter().map(|entry| entry.stamp) {
        assert!(!inert.contains(&stamp.id), "an event without effect has no entry in the log");
    }
}

/// *Convergence*: whatever the order of arrival, the state is the same.
pub fn convergence(events: &[Event], plan: &Plan) {
    let mut shuffled: Vec<Event> = events.iter().rev().cloned().collect();
    assert!(Plan::replay(&shuffled) == *plan, "the reversed list makes the same plan");
    let mut seed = 0x9e37_79b9_7f4a_7c15_u64;
    for at in (1..shuffled.len()).rev() {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        shuffled.swap(at, (seed >> 33) as usize % (at + 1));
    }
    assert!(Plan::replay(&shuffled) == *plan, "the shuffled list makes the same plan");
}

/// *Idempotence*: an event that comes twice counts once.
pub fn idempotence(events: &[Event], plan: &Plan) {
    let twice: Vec<Event> = events.iter().chain(events).cloned().collect();
    assert!(Plan::replay(&twice) == *plan, "the list said twice makes the same plan");
}

/// *Prefix consistency*: whether an event takes effect depends on its ancestors alone, and so does the state at it.
///
/// Two reasons are about the set by their nature: a repetition under a key, and a second beginning.
pub fn prefix_consistency(events: &[Event], plan: &Plan) {
    let saw = below(events);
    let code =
        |plan: &Plan, id: EventId| plan.inert.iter().find(|inert| inert.stamp.id == id).map(|inert| inert.code.clone());
    let of_the_set = |code: &Option<String>| matches!(code.as_deref(), Some("duplicate" | "second-beginning"));
    // A plan with repetitions has items by two names, and what names the second one depends on there being a first.
    if plan.inert.iter().any(|inert| matches!(inert.code.as_str(), "duplicate" | "second-beginning")) {
        return;
    }
    for (at, event) in events.iter().enumerate() {
        let alone: Vec<Event> = within(events, saw[at]).cloned().collect();
        let prefix = Plan::replay(&alone);
        let (here, there) = (code(plan, event.id), code(&prefix, event.id));
        if !of_the_set(&here) && !of_the_set(&there) {
            assert_eq!(here, there, "event {at}, {}, has the effect that its ancestors give it", event.type_name);
        }
        assert_eq!(prefix.last().map(|last| last.id), Some(event.id), "an event is the last of its own prefix");
    }
}

/// *Incremental = rebuild = no cache*: where an event precedes all that follow, folding in the rest gives the whole, be
/// the state at that event kept in memory or read back from a snapshot.
pub fn increments(events: &[Event], plan: &Plan) {
    let saw = below(events);
    for at in 0..events.len() {
        let settled = (0..events.len()).all(|other| saw[at] >> other & 1 == 1 || saw[other] >> at & 1 == 1);
        if !settled {
            continue;
        }
        let before: Vec<Event> = within(events, saw[at]).cloned().collect();
        let after: Vec<Event> = within(events, !saw[at]).cloned().collect();
        let base = Plan::replay(&before);
        let mut extended = base.clone();
        extended.extend(&after);
        assert!(extended == *plan, "the state at event {at} and the rest make the whole");
        let mut kept = put_away_and_taken_out(&base);
        kept.extend(&after);
        assert!(kept.fetch_all(), "all of a kept state can be read");
        assert_eq!(kept.to_json(), plan.to_json(), "a settled state at event {at} and the rest make the whole");
        for &layout in Layout::ALL {
            assert_eq!(view::render(&kept, layout), view::render(plan, layout), "and show it");
        }
    }
}

#[derive(Debug)]
struct Memory(Vec<u8>);

impl Pages for Memory {
    fn read(&self, at: u64, out: &mut [u8]) -> bool {
        let at = at as usize;
        self.0.get(at..at + out.len()).map(|found| out.copy_from_slice(found)).is_some()
    }
}

/// A state as a snapshot gives it back.
fn put_away_and_taken_out(plan: &Plan) -> Plan {
    let mut plan = plan.clone();
    plan.settle();
    let pages = plan.stow(0, true).expect("a state can be kept");
    let head = plan.head().expect("then it has a head");
    Plan::open(&head, Shelf::new(Memory(pages))).expect("a kept state can be read")
}

/// Something that is written, and written again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Thing {
    Field(Field),
    Prose(Role),
    Heading(Role),
    Text(ItemId),
    Body(ItemId),
    State(ItemId),
    Place(ItemId),
    Answer(ItemId),
    AsA(ItemId),
    SoThat(ItemId),
}

/// *No lost edit*: each valid write is there unless a later write of the same thing saw it; nothing else is there.
pub fn no_lost_edit(events: &[Event], plan: &Plan) {
    let saw = below(events);
    let mut writes: BTreeMap<Thing, Vec<usize>> = BTreeMap::new();
    for (at, event) in valid(events, plan) {
        for thing in written(event, plan) {
            writes.entry(thing).or_default().push(at);
        }
    }
    for (thing, writes) in writes {
        let seen = |&write: &usize| writes.iter().any(|&other| other != write && saw[other] >> write & 1 == 1);
        let expected: BTreeSet<EventId> =
            writes.iter().copied().filter(|write| !seen(write)).map(|write| events[write].id).collect();
        assert_eq!(kept(plan, thing), expected, "{thing:?} keeps the writes that no other saw");
    }
}

/// The things that a valid event writes.
fn written(event: &Event, plan: &Plan) -> Vec<Thing> {
    let Ok(change) = &event.change else { return Vec::new() };
    let named = |id: ItemId| plan.item(id).map_or(id, |item| item.id());
    let of = |parent: Parent, standing: fn(Role) -> Thing, node: fn(ItemId) -> Thing| match parent {
        Parent::Standing(role) => standing(role),
        Parent::Node(id) => node(named(id)),
    };
    if let Some(item) = plan.item(event.id).filter(|item| item.id() == event.id) {
        let id = item.id();
        let mut things = vec![Thing::Text(id), Thing::Place(id)];
        things.extend(item.state.is_some().then_some(Thing::State(id)));
        things.extend((item.kind() == Kind::Question).then_some(Thing::Answer(id)));
        if let Change::StoryAdded(data) = change {
            things.push(Thing::AsA(id));
            things.extend(data.so_that.is_some().then_some(Thing::SoThat(id)));
        }
        return things;
    }
    match change {
        Change::PlanCreated(_) => vec![Thing::Field(Field::Title), Thing::Field(Field::Layout)],
        Change::FieldSet(d) => vec![Thing::Field(d.field)],
        Change::SectionRetitled(d) => vec![of(d.section, Thing::Heading, Thing::Text)],
        Change::ProseSet(d) => vec![of(d.of, Thing::Prose, Thing::Body)],
        Change::ItemReworded(d) => vec![Thing::Text(named(d.item))],
        Change::ItemMoved(d) => vec![Thing::Place(named(d.item))],
        Change::StoryRetold(d) => {
            let id = named(d.story);
            let parts = [
                d.i_want.is_some().then_some(Thing::Text(id)),
                d.as_a.is_some().then_some(Thing::AsA(id)),
                d.so_that.is_some().then_some(Thing::SoThat(id)),
            ];
            parts.into_iter().flatten().collect()
        }
        Change::QuestionAnswered(d) => vec![Thing::Answer(named(d.question))],
        Change::QuestionReopened(d) => vec![Thing::Answer(named(d.question))],
        _ => state_of(change).map(|id| Thing::State(named(id))).into_iter().collect(),
    }
}

/// The item whose state a change writes.
fn state_of(change: &Change) -> Option<ItemId> {
    Some(match change {
        Change::StepStarted(d) => d.step,
        Change::StepCompleted(d) => d.step,
        Change::StepReopened(d) => d.step,
        Change::StepDropped(d) => d.step,
        Change::CriterionMet(d) => d.criterion,
        Change::CriterionUnmet(d) => d.criterion,
        Change::BlockerResolved(d) => d.blocker,
        Change::BlockerReopened(d) => d.blocker,
        Change::DecisionAccepted(d) => d.decision,
        Change::DecisionWithdrawn(d) => d.decision,
        _ => return None,
    })
}

/// The writes that a plan keeps of a thing.
fn kept(plan: &Plan, thing: Thing) -> BTreeSet<EventId> {
    fn of<T: Clone + PartialEq>(register: Option<&Register<T>>) -> BTreeSet<EventId> {
        let Some(register) = register else { return BTreeSet::new() };
        let writes: Vec<_> = register.writes().map(|write| write.stamp).collect();
        assert!(writes.is_sorted_by_key(|stamp| stamp.seq), "writes are kept in order");
        assert_eq!(writes.last(), Some(&register.latest().stamp), "the last one is shown");
        writes.into_iter().map(|stamp| stamp.id).collect()
    }
    let item = |id: ItemId| plan.item(id).expect("a valid event names an item that is there");
    match thing {
        Thing::Field(field) => of(plan.field_register(field)),
        Thing::Prose(role) => of(plan.prose(role)),
        Thing::Heading(role) => of(plan.heading(role)),
        Thing::Text(id) => of(Some(&item(id).text)),
        Thing::Body(id) => of(item(id).body.as_deref()),
        Thing::State(id) => of(item(id).state.as_ref()),
        Thing::Place(id) => of(Some(&item(id).placements)),
        Thing::Answer(id) => match &item(id).detail {
            Detail::Question { answer, .. } => of(Some(answer)),
            _ => BTreeSet::new(),
        },
        Thing::AsA(id) | Thing::SoThat(id) => match (&item(id).detail, thing) {
            (Detail::Story { as_a, .. }, Thing::AsA(_)) => of(Some(as_a)),
            (Detail::Story { so_that, .. }, _) => of(so_that.as_deref()),
            _ => BTreeSet::new(),
        },
    }
}

/// *No lost edit*, for sets: an element stays unless a removal of it saw the add, and goes with the last such add.
pub fn no_lost_member(events: &[Event], plan: &Plan) {
    let saw = below(events);
    // What each event adds and removes, by the name of the set and of the element.
    type Named = (String, String);
    let mut adds: Vec<(usize, Named)> = Vec::new();
    let mut removes: Vec<(usize, Named)> = Vec::new();
    for (at, event) in valid(events, plan) {
        let named = |id: ItemId| plan.item(id).map_or(id, |item| item.id()).to_string();
        match &event.change {
            Ok(Change::TagAdded(d)) => adds.push((at, ("tags".into(), d.tag.to_string()))),
            Ok(Change::TagRemoved(d)) => removes.push((at, ("tags".into(), d.tag.to_string()))),
            Ok(Change::AuthorAdded(d)) => adds.push((at, ("authors".into(), d.author.to_string()))),
            Ok(Change::AuthorRemoved(d)) => removes.push((at, ("authors".into(), d.author.to_string()))),
            Ok(Change::SourceAdded(d)) => adds.push((at, ("sources".into(), d.id.to_string()))),
            Ok(Change::SourceRemoved(d)) => removes.push((at, ("sources".into(), d.id.to_string()))),
            Ok(Change::LinkAdded(d)) => adds.push((at, (named(d.from), format!("{:?} {:?}", &*d.rel, &*d.to)))),
            Ok(Change::LinkRemoved(d)) => removes.push((at, (named(d.from), format!("{:?} {:?}", &*d.rel, &*d.to)))),
            Ok(Change::StepDepended(d)) => adds.push((at, (named(d.step), named(d.on)))),
            Ok(Change::StepUndepended(d)) => removes.push((at, (named(d.step), named(d.on)))),
            _ => {}
        }
    }
    let mut held: BTreeSet<EventId> = BTreeSet::new();
    fn hold<T: Ord>(set: &AddWins<T>, held: &mut BTreeSet<EventId>) {
        held.extend(set.entries().flat_map(|(_, adds)| adds.iter().map(|add| add.id)));
    }
    hold(&plan.tags, &mut held);
    hold(&plan.authors, &mut held);
    hold(&plan.sources, &mut held);
    for item in plan.items() {
        hold(&item.links, &mut held);
        if let Detail::Step(step) = &item.detail {
            hold(&step.depends, &mut held);
        }
    }
    for (at, element) in &adds {
        let removed = removes.iter().any(|(remove, other)| other == element && saw[*remove] >> at & 1 == 1);
        assert_eq!(!removed, held.contains(&events[*at].id), "{element:?} stays unless a removal saw it added");
    }
}

/// An item is hidden if and only if a removal stands that saw every touch of it, or was seen by those that it did not.
pub fn removal(events: &[Event], plan: &Plan) {
    let saw = below(events);
    let sees = |later: usize, earlier: usize| saw[later] >> earlier & 1 == 1;
    let mut touches: BTreeMap<ItemId, Vec<usize>> = BTreeMap::new();
    let mut removals: BTreeMap<ItemId, Vec<usize>> = BTreeMap::new();
    let mut restorations: BTreeMap<ItemId, Vec<usize>> = BTreeMap::new();
    let named = |id: ItemId| plan.item(id).map_or(id, |item| item.id());
    for (at, event) in valid(events, plan) {
        for id in touched(event, plan) {
            touches.entry(named(id)).or_default().push(at);
        }
        match &event.change {
            Ok(Change::ItemRemoved(d)) => {
                d.items.iter().for_each(|&id| removals.entry(named(id)).or_default().push(at))
            }
            Ok(Change::ItemRestored(d)) => restorations.entry(named(d.item)).or_default().push(at),
            _ => {}
        }
    }
    for item in plan.items() {
        let of = |map: &BTreeMap<ItemId, Vec<usize>>| map.get(&item.id()).cloned().unwrap_or_default();
        let (touches, removals, restorations) = (of(&touches), of(&removals), of(&restorations));
        let stands = |&&removal: &&usize| {
            let later = |&by: &usize| by != removal && sees(by, removal);
            !restorations.iter().any(later) && !removals.iter().any(later)
        };
        let hides = |&removal: &usize| touches.iter().all(|&by| sees(removal, by) || sees(by, removal));
        let hidden = removals.iter().filter(stands).any(hides);
        assert_eq!(!item.is_visible(), hidden, "the {} {:?} is hidden as its removals say", item.kind(), item.id());
    }
}

/// A node stands in the list and at the slot of its place if it is there, or something that stands hangs below it.
pub fn standing(plan: &Plan) {
    let mut standing: BTreeSet<ItemId> = BTreeSet::new();
    for item in plan.items().filter(|item| item.is_visible()) {
        let mut above = Some(item);
        // What stands already stands with all that is above it.
        while let Some(item) = above.filter(|item| standing.insert(item.id())) {
            above = match item.place.branch {
                Branch::Items(Parent::Node(parent)) => plan.item(parent),
                _ => None,
            };
        }
    }
    for item in plan.items() {
        let entries = plan.standing(item.place.branch).filter(|&(_, node)| node == item.id());
        let expected = standing.contains(&item.id()).then_some((item.place.slot, item.id()));
        assert!(entries.eq(expected), "the {} {:?} stands at its place, once, or nowhere", item.kind(), item.id());
    }
}

/// The number of an item is that which the outline shows, and leads back to it.
pub fn numbers(plan: &Plan) {
    for &kind in Kind::ALL {
        let listed = find::listed(plan, kind);
        let mut shown: BTreeMap<ItemId, &str> = listed.iter().map(|o| (o.item.id(), o.number.as_str())).collect();
        assert_eq!(shown.len(), listed.len(), "each {kind} is shown once");
        for item in plan.items().filter(|item| item.kind() == kind) {
            let number = plan.number(item);
            assert_eq!(number.as_deref(), shown.remove(&item.id()), "the {kind} {:?} has its number", item.id());
            let found = number.as_deref().map(|number| plan.by_number(kind, number).map(|found| found.id()));
            assert!(found.is_none_or(|found| found == Some(item.id())), "the number {number:?} leads to its {kind}");
        }
        let beyond = listed.iter().filter(|o| o.depth == 0).count() + 1;
        assert_eq!(plan.by_number(kind, &beyond.to_string()), None, "the numbers of a {kind} end with the last");
    }
}

/// The items of which an event says something.
fn touched(event: &Event, plan: &Plan) -> Vec<ItemId> {
    let Ok(change) = &event.change else { return Vec::new() };
    let mut touched: Vec<ItemId> = Vec::new();
    for thing in written(event, plan) {
        match thing {
            Thing::Text(id) | Thing::Body(id) | Thing::State(id) | Thing::Place(id) => touched.push(id),
            Thing::Answer(id) | Thing::AsA(id) | Thing::SoThat(id) => touched.push(id),
            Thing::Field(_) | Thing::Prose(_) | Thing::Heading(_) => {}
        }
    }
    // The item that it was put below, if it was put anywhere.
    let mut put = |branch: Branch| {
        if let Branch::Items(Parent::Node(id)) = branch {
            touched.push(id);
        }
    };
    if let Some(item) = plan.item(event.id).filter(|item| item.id() == event.id)
        && let Some(under) = under(change, item.kind())
    {
        put(under);
    }
    match change {
        Change::ItemMoved(d) => d.under.iter().for_each(|&under| put(Branch::Items(under))),
        Change::ItemRestored(d) => touched.push(d.item),
        Change::StepClaimed(d) => touched.push(d.step),
        Change::StepReleased(d) => touched.push(d.step),
        Change::StepDepended(d) => touched.push(d.step),
        Change::StepUndepended(d) => touched.push(d.step),
        Change::DecisionAmended(d) => touched.push(d.decision),
        Change::DecisionSuperseded(d) => touched.push(d.decision),
        Change::DecisionRecorded(d) => touched.extend(&d.supersedes),
        Change::LinkAdded(d) => touched.push(d.from),
        Change::LinkRemoved(d) => touched.push(d.from),
        Change::StoryRetold(d) => touched.push(d.story),
        _ => {}
    }
    touched
}

/// Where an added item was put when it was added.
fn under(change: &Change, kind: Kind) -> Option<Branch> {
    let data = change.data();
    let under: Parent = data.get("under")?.as_str()?.parse().ok()?;
    (kind != Kind::Section).then_some(Branch::Items(under))
}

/// *No lost trail*: whatever an event says of an item is in the item's trail, in the plan's order.
pub fn trails(events: &[Event], plan: &Plan) {
    let order = order::arrange(events, order::Floor::NONE);
    let ordered: Vec<&Event> = order.iter().map(|placed| &events[placed.index]).collect();
    let effective: BTreeSet<EventId> = valid(events, plan).into_iter().map(|(_, event)| event.id).collect();
    for item in plan.items() {
        let subject = Subject::Item(item.id());
        let trail = Trail::of(&ordered, plan, subject);
        let told: Vec<EventId> = trail.marks.iter().map(|mark| mark.event.id).collect();
        let in_order: Vec<EventId> = ordered.iter().map(|event| event.id).filter(|id| told.contains(id)).collect();
        assert_eq!(told, in_order, "a trail is in the plan's order and has no event twice");
        for event in ordered.iter().filter(|event| effective.contains(&event.id)) {
            let says_nothing = match &event.change {
                Ok(Change::StoryRetold(d)) => [&d.as_a, &d.i_want, &d.so_that].into_iter().all(Option::is_none),
                _ => false,
            };
            if trail::about(plan, event) == subject && !says_nothing {
                assert!(told.contains(&event.id), "the trail of {:?} has {}", item.text(), event.type_name);
            }
        }
    }
}

/// *Blame*: the events up to the one that is named for a line, in the plan's order, show that line.
pub fn blame(events: &[Event], plan: &Plan) {
    let order = order::arrange(events, order::Floor::NONE);
    let ordered: Vec<&Event> = order.iter().map(|placed| &events[placed.index]).collect();
    // A block of a plan's own text that does not end its last line shares it with whatever comes to stand behind it.
    let is_unended = |text: &str| !text.is_empty() && !text.ends_with('\n');
    let shares = plan.items().any(|item| {
        is_unended(item.source.as_ref().map_or_else(|| item.text(), |source| source.value()))
            && (item.source.is_some() || item.kind() == Kind::Prose)
    });
    for &layout in Layout::ALL {
        let view = view::render(plan, layout);
        let blamed = git_plan_core::blame::blame(&ordered, plan, layout);
        let lines: Vec<&str> = blamed.iter().map(|line| line.text.as_str()).collect();
        assert_eq!(lines, view.lines().collect::<Vec<_>>(), "the lines are those of the view");
        let mut views: BTreeMap<usize, String> = BTreeMap::new();
        for line in blamed.iter().filter(|line| !line.text.trim().is_empty()) {
            let at_that_time = views.entry(line.at).or_insert_with(|| {
                let first: Vec<Event> = ordered[..=line.at].iter().map(|&event| event.clone()).collect();
                view::render(&Plan::replay(&first), layout)
            });
            let is_there = at_that_time.lines().any(|other| other.trim_end() == line.text.trim_end());
            let event = ordered[line.at];
            assert!(
                is_there,
                "{layout}: {:?} stands at event {} ({})\n{at_that_time}",
                line.text, line.at, event.type_name
            );
        }
    }
}

/// The events that take effect, with their places in the list.
fn valid<'a>(events: &'a [Event], plan: &Plan) -> Vec<(usize, &'a Event)> {
    let inert: BTreeSet<EventId> = plan.inert.iter().map(|event| event.stamp.id).collect();
    events.iter().enumerate().filter(|(_, event)| !inert.contains(&event.id)).collect()
}

/// For each event, itself and its ancestors, as bits.
fn below(events: &[Event]) -> Vec<u128> {
    let places: BTreeMap<EventId, usize> = events.iter().enumerate().map(|(at, event)| (event.id, at)).collect();
    let mut below: Vec<u128> = Vec::with_capacity(events.len());
    for (at, event) in events.iter().enumerate() {
        let parents = event.parents.iter().filter_map(|parent| places.get(parent));
        below.push(parents.fold(1 << at, |seen, &parent| seen | below[parent]));
    }
    below
}

fn within(events: &[Event], chosen: u128) -> impl Iterator<Item = &Event> {
    events.iter().enumerate().filter(move |(at, _)| chosen >> at & 1 == 1).map(|(_, event)| event)
}
