//! Finding what a person names: by number within its kind, or by id.
//!
//! What may be relied on: a name means one item or is refused; an id may be cut to any unique prefix of at least
//! [`SHORTEST`] digits; the kind may stand before either, as in `question 2`; removed items are found by id alone. Numbers
//! are those that the plan shows now. Only what is found is read, however large the plan is.

use super::Refusal;
use crate::prelude::*;
use crate::state::{Item, Outlined};
use crate::text::clipped;
use crate::{EventId, ItemId, Kind, Parent, Plan, Role};

/// The fewest digits by which an id can be named.
pub const SHORTEST: usize = 4;

/// A set of ids, to cut them short and to find them by what is left.
#[derive(Debug, Clone, Default)]
pub struct Ids(Vec<EventId>);

impl Ids {
    /// The shortest prefix that is unique among them, of at least [`EventId::SHORTEST`] digits.
    #[must_use]
    pub fn short(&self, id: EventId) -> String {
        let hex = id.to_string();
        let at = self.0.partition_point(|other| *other < id);
        let near = self.0[at.saturating_sub(1)..].iter().take(3).filter(|other| **other != id);
        let common = near.map(|other| other.to_string().bytes().zip(hex.bytes()).take_while(|(a, b)| a == b).count());
        id.prefix(common.max().map_or(EventId::SHORTEST, |common| EventId::SHORTEST.max(common + 1)))
    }

    /// Those that begin with these hex digits; none where there are too few digits or others among them.
    #[must_use]
    pub fn matching(&self, prefix: &str) -> Vec<EventId> {
        let Some(prefix) = digits(prefix) else { return Vec::new() };
        let at = self.0.partition_point(|id| id.prefix(prefix.len()) < prefix);
        self.0[at..].iter().copied().take_while(|id| id.prefix(prefix.len()) == prefix).collect()
    }
}

impl FromIterator<EventId> for Ids {
    fn from_iter<I: IntoIterator<Item = EventId>>(ids: I) -> Self {
        let mut ids: Vec<EventId> = ids.into_iter().collect();
        ids.sort_unstable();
        ids.dedup();
        Self(ids)
    }
}

/// What is to be the beginning of an id; `None` where there are too few digits or others among them.
fn digits(prefix: &str) -> Option<String> {
    let hex = prefix.bytes().all(|b| b.is_ascii_hexdigit()) && (SHORTEST..=64).contains(&prefix.len());
    hex.then(|| prefix.to_ascii_lowercase())
}

/// The items whose ids begin so, removed ones included.
fn by_id<'a>(plan: &'a Plan, prefix: &str) -> Vec<&'a Item> {
    let ids = digits(prefix).map(|prefix| plan.ids_with(&prefix)).unwrap_or_default();
    ids.into_iter().filter_map(|id| plan.item(id)).collect()
}

/// The visible items of a kind in the order in which they are numbered.
#[must_use]
pub fn listed(plan: &Plan, kind: Kind) -> Vec<Outlined<'_>> {
    plan.numbered(kind)
}

/// What a message calls an item: `step 2.1 (3f9c2a1)`.
#[must_use]
pub fn label(plan: &Plan, item: &Item) -> String {
    let number = plan.number(item).map(|number| format!(" {number}")).unwrap_or_default();
    format!("{}{number} ({})", item.kind(), item.id().short())
}

/// The visible item of a kind that a number or an id names.
///
/// # Errors
/// Where nothing or more than one thing goes by the name, or what does is of another kind or removed.
pub fn item<'a>(plan: &'a Plan, kind: Kind, named: &str) -> Result<&'a Item, Refusal> {
    let found = any(plan, kind, named)?;
    if found.is_visible() { Ok(found) } else { Err(Refusal::Removed { item: label(plan, found) }) }
}

/// The same, removed items included.
///
/// # Errors
/// As for [`item`], but for removed items.
pub fn any<'a>(plan: &'a Plan, kind: Kind, named: &str) -> Result<&'a Item, Refusal> {
    let named = match with_kind(named) {
        Some((other, _)) if other != kind => {
            return Err(Refusal::WrongKind {
                named: shown(named),
                found: format!("a {other}"),
                expected: kind.as_str(),
            });
        }
        Some((_, rest)) => rest,
        None => named.trim(),
    };
    let (numbered, by_id) = (plan.by_number(kind, named), by_id(plan, named));
    let mut fitting: Vec<&Item> = by_id.iter().copied().filter(|item| item.kind() == kind).collect();
    if let Some(numbered) = numbered
        && !fitting.iter().any(|item| item.id() == numbered.id())
    {
        fitting.insert(0, numbered);
    }
    match (fitting.as_slice(), by_id.first()) {
        ([one], _) => Ok(one),
        ([], None) => {
            Err(Refusal::NotFound { what: kind.as_str(), named: shown(named), known: listed(plan, kind).len() })
        }
        ([], Some(other)) => {
            Err(Refusal::WrongKind { named: shown(named), found: label(plan, other), expected: kind.as_str() })
        }
        (several, _) => Err(ambiguous(plan, named, several)),
    }
}

/// The item of whatever kind that is named: a step by its number, one of any kind as `question 2` or by its id; removed
/// items included.
///
/// # Errors
/// Where nothing or more than one thing goes by the name.
pub fn whatever<'a>(plan: &'a Plan, named: &str) -> Result<&'a Item, Refusal> {
    if let Some((kind, _)) = with_kind(named) {
        return any(plan, kind, named);
    }
    match any(plan, Kind::Step, named) {
        Err(Refusal::WrongKind { .. }) => {
            let found = by_id(plan, named.trim());
            if let [one] = found.as_slice() { Ok(one) } else { Err(ambiguous(plan, named, &found)) }
        }
        step => step,
    }
}

/// The same among visible items.
///
/// # Errors
/// As for [`whatever`], and where the item is removed.
pub fn visible<'a>(plan: &'a Plan, named: &str) -> Result<&'a Item, Refusal> {
    let found = whatever(plan, named)?;
    if found.is_visible() { Ok(found) } else { Err(Refusal::Removed { item: label(plan, found) }) }
}

/// A kind's word and what follows it, as in `question 2`.
fn with_kind(named: &str) -> Option<(Kind, &str)> {
    let (word, rest) = named.trim().split_once(' ')?;
    Some((word.parse().ok()?, rest.trim()))
}

/// The section that a role's word, a heading or an id names.
///
/// # Errors
/// Where nothing or more than one section goes by the name.
pub fn section(plan: &Plan, named: &str) -> Result<Parent, Refusal> {
    if let Ok(role) = named.parse::<Role>() {
        return Ok(plan.section_of(role).map_or(Parent::Standing(role), |section| Parent::Node(section.id())));
    }
    let same = |a: &str, b: &str| a.trim().to_lowercase() == b.trim().to_lowercase();
    let headed: Vec<&Item> = plan.sections().into_iter().filter(|section| same(section.text(), named)).collect();
    match headed.as_slice() {
        [one] => return Ok(Parent::Node(one.id())),
        [_, ..] => return Err(ambiguous(plan, named, &headed)),
        [] => {}
    }
    let heading = |role: Role| plan.heading(role).map_or(crate::view::heading(plan.layout(), role), |h| h.value());
    if let Some(&role) = Role::ALL.iter().find(|&&role| same(heading(role), named)) {
        return Ok(Parent::Standing(role));
    }
    item(plan, Kind::Section, named).map(|section| Parent::Node(section.id()))
}

/// Finds several items of a kind, each once, in the order in which they are named.
///
/// # Errors
/// As for [`item`].
pub fn items(plan: &Plan, kind: Kind, named: &[String]) -> Result<Vec<ItemId>, Refusal> {
    let mut ids = Vec::new();
    for named in named {
        let id = item(plan, kind, named)?.id();
        if !ids.contains(&id) {
            ids.push(id);
        }
    }
    Ok(ids)
}

fn ambiguous(plan: &Plan, named: &str, items: &[&Item]) -> Refusal {
    let candidate = |item: &&Item| format!("{} {}, {}", item.kind(), plan.short(item.id()), clipped(item.text(), 40));
    Refusal::Ambiguous { named: shown(named), candidates: items.iter().map(candidate).collect() }
}

/// What was named, cut to what a message can hold.
fn shown(named: &str) -> String {
    named.chars().take(80).collect()
}
