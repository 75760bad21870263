//! Settling conflicts: a choice becomes ordinary events, which have seen all sides.
//!
//! What may be relied on: afterwards the conflict is gone, or it is refused and nothing is recorded. A side that is taken
//! is taken as it was meant: of a text that was merged in part, the other side's lines stay where nobody disputes them;
//! of a place, the item goes to where that side put it; of several who took one step, the others give it back.

use super::placing::subtree;
use super::{Refusal, find, own, title};
use crate::change::*;
use crate::prelude::*;
use crate::state::{Branch, Conflict, ConflictKind, Detail, Item, Register, Side, Target};
use crate::{Batch, Change, EventId, Field, ItemId, Kind, Parent, Plan, State, Text, Title};

/// How a conflict is to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Choice<'a> {
    /// As one of its sides says, counted from 0.
    Side(usize),
    /// With this value.
    Value(&'a str),
    /// As the view shows it: with the text that stands there, in the place where it is, with all who took it.
    Shown,
}

/// The letter that a side goes by: A, B, … Z, AA.
#[must_use]
pub fn letter(side: usize) -> String {
    let last = char::from(b'A' + u8::try_from(side % 26).unwrap_or(0));
    let before = if side < 26 { String::new() } else { letter(side / 26 - 1) };
    format!("{before}{last}")
}

/// The conflict that a name means: its id, with or without `c-`, cut to any unique beginning; the only one, where no name
/// is given.
///
/// # Errors
/// Where there is none of that name, or several.
pub fn conflict(plan: &Plan, named: Option<&str>) -> Result<Conflict, Refusal> {
    let mut conflicts = plan.conflicts();
    let known = conflicts.len();
    let name = named.unwrap_or_default().trim().to_ascii_lowercase();
    conflicts.retain(|conflict| {
        let id = conflict.id();
        named.is_none() || (name.len() > 2 && (id.starts_with(&name) || id["c-".len()..].starts_with(&name)))
    });
    match (conflicts.pop(), conflicts.is_empty()) {
        (Some(conflict), true) => Ok(conflict),
        (None, _) if named.is_none() => {
            Err(Refusal::Unclear("this plan has no conflict, as `git plan conflicts` says".to_owned()))
        }
        (None, _) => {
            Err(Refusal::NotFound { what: "conflict", named: crate::text::line(named.unwrap_or_default()), known })
        }
        (Some(last), _) => {
            let candidates: Vec<String> = conflicts.iter().chain([&last]).map(|other| label(plan, other)).collect();
            Err(match named {
                Some(named) => Refusal::Ambiguous { named: crate::text::line(named), candidates },
                None => Refusal::Unclear(format!("which conflict? There are {}", candidates.join("; "))),
            })
        }
    }
}

/// What a message calls a conflict: `c-7f3a1b20, the state of step 2 (3f9c2a1)`.
#[must_use]
pub fn label(plan: &Plan, conflict: &Conflict) -> String {
    format!("{}, {}", conflict.id(), about(plan, conflict))
}

/// What a conflict is about: `the state of step 2 (3f9c2a1)`.
#[must_use]
pub fn about(plan: &Plan, conflict: &Conflict) -> String {
    let of = match conflict.target {
        Target::Plan => "the plan".to_owned(),
        Target::Section(role) => format!("the section {role}"),
        Target::Item(id) => plan.item(id).map_or_else(|| id.short(), |item| find::label(plan, item)),
    };
    match conflict.kind {
        ConflictKind::Existence => format!("whether {of} stays"),
        _ => format!("the {} of {of}", conflict.field.replace('_', " ")),
    }
}

/// Settles a conflict, and says the ids of the events.
///
/// # Errors
/// Where the choice is not one that the conflict has, or the plan does not allow what it leads to.
pub fn resolve(batch: &mut Batch, conflict: &Conflict, choice: Choice<'_>) -> Result<Vec<EventId>, Refusal> {
    let changes = changes(batch.plan(), conflict, choice)?;
    let mut trial = batch.trial();
    if changes.len() > 1 {
        trial.group();
    }
    let ids = changes.into_iter().map(|change| Ok(trial.record(change)?)).collect::<Result<Vec<_>, Refusal>>()?;
    // A move that would still put the item below itself only begins the same conflict anew.
    let is_new = |left: &Conflict| left.sides.iter().any(|side| ids.contains(&side.stamp.id));
    let still = |left: &Conflict| {
        let same = (left.kind, left.target, left.field) == (conflict.kind, conflict.target, conflict.field);
        left.id() == conflict.id() || (same && is_new(left))
    };
    if trial.plan().conflicts().iter().any(still) {
        return Err(Refusal::Unclear(format!("{} would still be there", label(batch.plan(), conflict))));
    }
    batch.take_over(trial);
    Ok(ids)
}

fn changes(plan: &Plan, conflict: &Conflict, choice: Choice<'_>) -> Result<Vec<Change>, Refusal> {
    let side = match choice {
        Choice::Side(at) => Some(conflict.sides.get(at).ok_or_else(|| {
            let last = letter(conflict.sides.len().saturating_sub(1));
            Refusal::Unclear(format!("{} has the sides A to {last}", label(plan, conflict)))
        })?),
        _ => None,
    };
    let given = match choice {
        Choice::Value(value) => Some(value),
        _ => None,
    };
    match (conflict.kind, conflict.target) {
        (ConflictKind::Value | ConflictKind::Text, _) => written(plan, conflict, side, given),
        (ConflictKind::Status, Target::Item(id)) => status(plan, id, side, given).map(|change| vec![change]),
        (ConflictKind::Place | ConflictKind::Cycle, Target::Item(id)) => place(plan, conflict, id, side, given),
        (ConflictKind::Existence, target) => existence(plan, target, side, given),
        (ConflictKind::Claim, Target::Item(id)) if conflict.field == "state" => begun(plan, id, side, given),
        (ConflictKind::Claim, Target::Item(id)) => claimed(plan, conflict, id, side, given),
        (ConflictKind::Succession, Target::Item(id)) => {
            let by = chosen_decision(plan, conflict, side, given)?;
            Ok(vec![DecisionSuperseded { by, decision: id }.into()])
        }
        (ConflictKind::Choice, _) => {
            let by = chosen_decision(plan, conflict, side, given)?;
            let others = conflict.sides.iter().filter_map(|side| side.of).filter(|&decision| decision != by);
            Ok(others.map(|decision| DecisionSuperseded { by, decision }.into()).collect())
        }
        _ => Err(Refusal::Unclear(format!("{} needs no decision", label(plan, conflict)))),
    }
}

/// Writes a value again: that of a side, the given one, or the one that is shown.
fn written(plan: &Plan, conflict: &Conflict, side: Option<&Side>, given: Option<&str>) -> Result<Vec<Change>, Refusal> {
    let of = |register: &Register<String>| -> String {
        let taken = side.and_then(|side| register.writes().find(|write| write.stamp == side.stamp));
        match (given, taken) {
            (Some(given), _) => given.to_owned(),
            (_, Some(write)) if conflict.kind == ConflictKind::Text => register.following(write).into_owned(),
            (_, Some(write)) => write.value.clone(),
            _ => register.value().clone(),
        }
    };
    let gone = || Refusal::Unclear(format!("{} is gone", label(plan, conflict)));
    let change: Change = match (conflict.target, conflict.field) {
        (Target::Plan, field) => {
            let field: Field = field.parse()?;
            let value = of(plan.field_register(field).ok_or_else(gone)?);
            if field == Field::Layout {
                value.parse::<crate::Layout>()?;
            }
            FieldSet { field, value: Text::new(value)? }.into()
        }
        (Target::Section(role), field) => {
            let section = Parent::Standing(role);
            if field == "heading" {
                SectionRetitled { heading: title(&of(plan.heading(role).ok_or_else(gone)?))?, section }.into()
            } else {
                ProseSet { of: section, text: Text::new(of(plan.prose(role).ok_or_else(gone)?))? }.into()
            }
        }
        (Target::Item(id), field) => {
            let item = plan.item(id).ok_or_else(gone)?;
            match (field, &item.detail) {
                ("body", _) => {
                    let text = Text::new(of(item.body.as_deref().ok_or_else(gone)?))?;
                    ProseSet { of: Parent::Node(id), text }.into()
                }
                ("answer", Detail::Question { answer, .. }) => answered(id, answer, side, given)?,
                ("as_a", Detail::Story { as_a, .. }) => retold(id, Some(of(as_a)), None, None)?,
                ("so_that", Detail::Story { so_that: Some(end), .. }) => retold(id, None, None, Some(of(end)))?,
                (_, Detail::Story { .. }) => retold(id, None, Some(of(&item.text)), None)?,
                (_, Detail::Section { .. }) => {
                    SectionRetitled { heading: title(&of(&item.text))?, section: Parent::Node(id) }.into()
                }
                _ => ItemReworded { item: id, text: Text::new(of(&item.text))? }.into(),
            }
        }
    };
    Ok(vec![change])
}

fn retold(
    story: ItemId,
    as_a: Option<String>,
    i_want: Option<String>,
    so_that: Option<String>,
) -> Result<Change, Refusal> {
    let text = |text: Option<String>| text.map(Text::new).transpose();
    Ok(StoryRetold { as_a: text(as_a)?, i_want: text(i_want)?, so_that: text(so_that)?, story }.into())
}

fn answered(
    question: ItemId,
    answer: &Register<Option<String>>,
    side: Option<&Side>,
    given: Option<&str>,
) -> Result<Change, Refusal> {
    let taken = side.and_then(|side| answer.writes().find(|write| write.stamp == side.stamp));
    // A question in conflict is shown as open.
    let value = given.map(str::to_owned).or_else(|| taken.and_then(|write| write.value.clone()));
    Ok(match value {
        Some(answer) => QuestionAnswered { answer: Text::new(answer)?, question }.into(),
        None => QuestionReopened { question }.into(),
    })
}

fn status(plan: &Plan, id: ItemId, side: Option<&Side>, given: Option<&str>) -> Result<Change, Refusal> {
    let item = item_of(plan, id)?;
    let word = side.map(|side| side.value.as_str()).or(given);
    // A box that was read from a text is empty while there is a conflict, whatever its state.
    let own = plan.layout() == crate::Layout::Own && plan.has_own_text();
    let spelled = own && matches!(item.kind(), Kind::Step | Kind::Criterion) && item.source.is_some();
    let shown = if spelled { item.kind().states().first().copied() } else { item.state() };
    let state = match (word, shown) {
        (Some(word), _) => word.trim().parse::<State>()?,
        // Any other box is at least not ticked.
        (None, Some(State::Done)) => State::Todo,
        (None, Some(State::Met | State::Resolved)) => State::Open,
        (None, Some(state)) => state,
        (None, None) => State::Todo,
    };
    Ok(match (item.kind(), state) {
        (Kind::Step, State::Todo) => StepReopened { step: id }.into(),
        (Kind::Step, State::Doing) => StepStarted { step: id }.into(),
        (Kind::Step, State::Done) => StepCompleted { evidence: vec![], step: id }.into(),
        (Kind::Step, State::Dropped) => StepDropped { step: id }.into(),
        (Kind::Criterion, State::Met) => CriterionMet { criterion: id, evidence: vec![] }.into(),
        (Kind::Criterion, State::Open) => CriterionUnmet { criterion: id }.into(),
        (Kind::Blocker, State::Resolved) => BlockerResolved { blocker: id, how: None }.into(),
        (Kind::Blocker, State::Open) => BlockerReopened { blocker: id }.into(),
        (Kind::Decision, State::Accepted) => DecisionAccepted { decision: id }.into(),
        (Kind::Decision, State::Withdrawn) => DecisionWithdrawn { decision: id }.into(),
        (kind, state) => {
            let states = kind.states().iter().map(|state| state.as_str()).collect::<Vec<_>>().join(", ");
            return Err(Refusal::Unclear(format!("a {kind} cannot be set {state}: expected one of {states}")));
        }
    })
}

fn place(
    plan: &Plan,
    conflict: &Conflict,
    id: ItemId,
    side: Option<&Side>,
    given: Option<&str>,
) -> Result<Vec<Change>, Refusal> {
    if given.is_some() {
        let hint = "take a side, or move it with `git plan step move`";
        return Err(Refusal::Unclear(format!("{} has no value of its own: {hint}", label(plan, conflict))));
    }
    let moved = item_of(plan, id)?;
    let placement = side.and_then(|side| moved.placements.writes().find(|write| write.stamp == side.stamp));
    let place = placement.map_or(moved.place, |write| write.value);
    if let Branch::Items(Parent::Node(parent)) = place.branch
        && subtree(plan, id).iter().any(|&(below, _)| below == parent)
        && let Some(parent) = plan.item(parent)
    {
        let (item, other) = (find::label(plan, moved), find::label(plan, parent));
        return Err(Refusal::Cycle { item, what: "move below", other, already: "hangs below it now" });
    }
    let under = match place.branch {
        Branch::Items(parent) => Some(parent),
        Branch::Sections(follows) => follows.map(Parent::Standing),
    };
    Ok(vec![ItemMoved { after: Some(place.slot), item: id, under }.into()])
}

fn existence(plan: &Plan, target: Target, side: Option<&Side>, given: Option<&str>) -> Result<Vec<Change>, Refusal> {
    let removes = match (side.map(|side| side.value.as_str()), given.map(str::trim)) {
        (Some(value), _) => value != "edited",
        (_, Some("remove" | "removed" | "archive" | "archived")) => true,
        (_, None | Some("keep" | "kept" | "edited")) => false,
        (_, Some(other)) => {
            return Err(Refusal::Unclear(format!("{:?}: expected keep or remove", crate::text::line(other))));
        }
    };
    Ok(match target {
        Target::Item(item) if removes => {
            let items: Vec<ItemId> = subtree(plan, item).into_iter().map(|(id, _)| id).collect();
            let gap = own::gap_kept(plan, &items)?;
            core::iter::once(ItemRemoved { items }.into()).chain(gap).collect()
        }
        Target::Item(item) => vec![ItemRestored { item }.into()],
        _ if removes => vec![PlanArchived {}.into()],
        _ => vec![PlanReactivated {}.into()],
    })
}

/// Somebody of those who began a step goes on with it, and has it; or nobody in particular.
fn begun(plan: &Plan, step: ItemId, side: Option<&Side>, given: Option<&str>) -> Result<Vec<Change>, Refusal> {
    let started: Change = StepStarted { step }.into();
    let person = side.and_then(|side| plan.person(side.stamp));
    let name = person.map(|person| person.agent.as_deref().unwrap_or(&person.actor.name)).or(given);
    let Some(name) = name else { return Ok(vec![started]) };
    Ok(vec![started, StepClaimed { owner: title(name)?, step, until: None }.into()])
}

fn claimed(
    plan: &Plan,
    conflict: &Conflict,
    step: ItemId,
    side: Option<&Side>,
    given: Option<&str>,
) -> Result<Vec<Change>, Refusal> {
    let Detail::Step(detail) = &item_of(plan, step)?.detail else { return Ok(Vec::new()) };
    let names: BTreeSet<&str> = conflict.sides.iter().map(|side| side.value.as_str()).collect();
    let kept = side.map(|side| side.value.as_str()).or(given.map(str::trim));
    if let Some(kept) = kept {
        if !names.contains(kept) {
            let names = names.into_iter().map(crate::text::line).collect::<Vec<_>>().join(", ");
            return Err(Refusal::Unclear(format!(
                "{:?} did not take it: expected one of {names}",
                crate::text::line(kept)
            )));
        }
        let others = names.into_iter().filter(|name| *name != kept);
        return others.map(|name| Ok(StepReleased { owner: Title::new(name)?, step }.into())).collect();
    }
    // All keep it, and now know of each other.
    let owners = detail.owners.iter().filter(|owner| names.contains(owner.name.as_str()));
    let again = |owner: &crate::state::Owner| {
        Ok(StepClaimed { owner: Title::new(owner.name.as_str())?, step, until: owner.until }.into())
    };
    owners.map(again).collect()
}

fn chosen_decision(
    plan: &Plan,
    conflict: &Conflict,
    side: Option<&Side>,
    given: Option<&str>,
) -> Result<ItemId, Refusal> {
    let one = || Refusal::Unclear(format!("{} cannot stay as it is: take one of its sides", label(plan, conflict)));
    match (side, given) {
        (Some(side), _) => side.of.or_else(|| side.value.parse().ok()).ok_or_else(one),
        (None, Some(named)) => find::item(plan, Kind::Decision, named).map(Item::id),
        (None, None) => Err(one()),
    }
}

fn item_of(plan: &Plan, id: ItemId) -> Result<&Item, Refusal> {
    let gone = || Refusal::NotFound { what: "item", named: id.short(), known: 0 };
    plan.item(id).ok_or_else(gone)
}
