//! What all rules look at: the steps as they stand, what a role's sections say, and when something happened.

use crate::prelude::*;
use crate::state::{Branch, Detail, Outlined, Stamp};
use crate::trail::Subject;
use crate::{Field, Item, ItemId, Kind, Layout, Parent, Plan, Role, State, Timestamp};

/// The milliseconds of a day.
const DAY: i64 = 86_400_000;

/// The words by which a plan's status says that nothing is left to be done.
const ENDED: [&str; 12] = [
    "done",
    "complete",
    "completed",
    "finished",
    "shipped",
    "closed",
    "superseded",
    "abandoned",
    "cancelled",
    "canceled",
    "rejected",
    "obsolete",
];

/// A plan as the rules read it.
pub struct Reading<'p> {
    /// The plan.
    pub plan: &'p Plan,
    /// When.
    pub now: Timestamp,
    /// After how many days something counts as left lying.
    pub days: i64,
    /// The steps, in order.
    pub steps: Vec<Outlined<'p>>,
    /// The sections that events added, by what they are for.
    sections: BTreeMap<Role, Vec<&'p Item>>,
    /// The roles of those that are followed by a section of a lower rank.
    parted: BTreeSet<Role>,
}

/// The rank of a section's heading.
fn level(item: &Item) -> u8 {
    if let Detail::Section { level, .. } = item.detail { level } else { 0 }
}

impl<'p> Reading<'p> {
    /// Reads a plan.
    pub fn of(plan: &'p Plan, now: Timestamp, days: u32) -> Self {
        let mut sections: BTreeMap<Role, Vec<&Item>> = BTreeMap::new();
        let mut parted = BTreeSet::new();
        let all = plan.sections();
        for (at, section) in all.iter().enumerate() {
            if let Detail::Section { role, level: rank } = section.detail {
                sections.entry(role).or_default().push(section);
                if all.get(at + 1).is_some_and(|next| level(next) > rank) {
                    parted.insert(role);
                }
            }
        }
        Self { plan, now, days: i64::from(days), steps: plan.steps(), sections, parted }
    }

    /// Whether a step is still to be done.
    pub fn is_open(item: &Item) -> bool {
        matches!(item.state(), Some(State::Todo | State::Doing))
    }

    /// The steps that are to be done, those that hold others included.
    pub fn open_steps(&self) -> impl Iterator<Item = &Outlined<'p>> {
        self.steps.iter().filter(|step| Self::is_open(step.item))
    }

    /// Whether there was something to be done, and nothing is left.
    pub fn is_over(&self) -> bool {
        self.steps.iter().any(|step| step.item.is_ticked()) && self.open_steps().next().is_none()
    }

    /// Whether the plan's status says that it has come to an end.
    pub fn is_ended(&self) -> bool {
        let status = self.plan.field(Field::Status).trim().to_lowercase();
        self.plan.is_archived() || ENDED.contains(&status.as_str())
    }

    /// Whether there is a section for a role, whatever is in it.
    pub fn has_section(&self, role: Role) -> bool {
        self.sections.contains_key(&role)
    }

    /// Whether the heading of a section for a role has a word in it.
    pub fn is_headed(&self, role: Role, word: &str) -> bool {
        let sections = self.sections.get(&role).into_iter().flatten();
        sections.into_iter().any(|section| section.text().to_lowercase().contains(word))
    }

    /// The headings of a plan that keeps its own text, in lower case.
    fn headings(&self) -> impl Iterator<Item = String> {
        let own = self.plan.layout() == Layout::Own;
        self.sections.values().flatten().filter(move |_| own).map(|section| section.text().to_lowercase())
    }

    /// Whether headings such as `Phase 1` say what is to be done, in a plan that keeps its own text.
    pub fn is_parted(&self) -> bool {
        let parts = [
            "step",
            "phase",
            "milestone",
            "stage",
            "task",
            "session",
            "workstream",
            "lane",
            "m1",
            "m2",
            "pr-1",
            "pr-2",
        ];
        let is_part = |heading: &String| {
            let first = heading.split(|c: char| !c.is_alphanumeric() && c != '-').find(|word| !word.is_empty());
            first.is_some_and(|first| parts.contains(&first.trim_end_matches('s')))
        };
        self.headings().any(|heading| is_part(&heading))
    }

    /// Whether a heading speaks of how success is told, in a plan that keeps its own text.
    pub fn is_validated(&self) -> bool {
        let signs =
            ["validation", "verification", "acceptance", "success", "definition of done", "exit criteria", "evidence"];
        self.headings().any(|heading| signs.iter().any(|sign| heading.contains(sign)))
    }

    /// Whether text stands below the first heading, before any other; of a plan that keeps its own text.
    pub fn is_introduced(&self) -> bool {
        let first = self.plan.sections().into_iter().next().filter(|_| self.plan.layout() == Layout::Own);
        first.is_some_and(|first| {
            let below = self.plan.children(Branch::Items(Parent::Node(first.id())));
            first.body().is_some() || below.iter().any(|item| item.kind() == Kind::Prose)
        })
    }

    /// Whether the plan records decisions, as an item or in a section of its own.
    pub fn is_record(&self) -> bool {
        let headed = |role: &Role| self.is_headed(*role, "decision");
        self.plan.items_of(Kind::Decision).next().is_some()
            || self.says(Role::Decisions)
            || self.sections.keys().any(headed)
    }

    /// Whether the plan has the Cookbook's layout, or looks as if it had.
    pub fn is_cookbook(&self) -> bool {
        let living = [Role::Steps, Role::Discoveries, Role::Decisions, Role::Results];
        match self.plan.layout() {
            Layout::Cookbook => true,
            Layout::Own => {
                living.into_iter().all(|role| self.has_section(role)) && self.is_headed(Role::Steps, "progress")
            }
            Layout::Execplan => false,
        }
    }

    /// The prose of all sections for a role.
    pub fn prose(&self, role: Role) -> String {
        let standing = self.plan.prose(role).map(|prose| prose.value().as_str());
        let added = self.sections.get(&role).into_iter().flatten().flat_map(|section| {
            let below = self.plan.children(Branch::Items(Parent::Node(section.id()))).into_iter();
            section.body().into_iter().chain(below.filter(|item| item.kind() == Kind::Prose).map(Item::text))
        });
        let prose: Vec<&str> =
            standing.into_iter().chain(added).map(str::trim).filter(|text| !text.is_empty()).collect();
        prose.join("\n\n")
    }

    /// Whether anything stands in a section for a role: prose, an item, or a section of a lower rank.
    pub fn says(&self, role: Role) -> bool {
        let holds = |parent: Parent| !self.plan.children(Branch::Items(parent)).is_empty();
        let below = self.plan.children(Branch::Sections(Some(role))).into_iter();
        !self.prose(role).is_empty()
            || holds(Parent::Standing(role))
            || below.map(level).any(|level| level > 2)
            || self.sections.get(&role).into_iter().flatten().any(|section| holds(Parent::Node(section.id())))
            || self.parted.contains(&role)
    }

    /// The place of a role: its first section.
    pub fn place(&self, role: Role) -> Subject {
        let first = self.sections.get(&role).and_then(|sections| sections.first());
        match first {
            Some(section) if self.plan.layout() == Layout::Own => Subject::Item(section.id()),
            _ => Subject::Section(role),
        }
    }

    /// All texts of the plan that are in a person's words, with their places, in order.
    pub fn texts(&self) -> Vec<(Subject, &'p str)> {
        let standing = Role::ALL.iter().filter_map(|&role| Some((Subject::Section(role), self.plan.prose(role)?)));
        let standing = standing.map(|(place, prose)| (place, prose.value().as_str()));
        let items = self.plan.items().filter(|item| item.is_visible());
        let items = items.flat_map(|item| {
            [Some(item.text()), item.body()].into_iter().flatten().map(|text| (Subject::Item(item.id()), text))
        });
        standing.chain(items).collect()
    }

    /// What a command calls an item: its number, or else its id.
    pub fn name(&self, item: &Item) -> String {
        self.plan.number(item).unwrap_or_else(|| self.plan.short(item.id()))
    }

    /// What a command that takes any item calls one, such as `decision 2`.
    pub fn full_name(&self, item: &Item) -> String {
        match self.plan.number(item) {
            Some(number) if item.kind() == Kind::Step => number,
            Some(number) => format!("\"{} {number}\"", item.kind()),
            None => self.plan.short(item.id()),
        }
    }

    /// How many whole days ago something was.
    pub fn days_since(&self, then: Timestamp) -> i64 {
        self.now.millis().saturating_sub(then.millis()).div_euclid(DAY)
    }

    /// Whether a decision was recorded after something, or on the day before it.
    pub fn is_decided(&self, change: Stamp) -> bool {
        let near = |item: &Item| {
            item.added.seq > change.seq || change.at.millis().saturating_sub(item.added.at.millis()) <= DAY
        };
        self.plan.items_of(Kind::Decision).any(near)
    }

    /// The items that notes, blockers and decisions were recorded on, and those that have links.
    pub fn noted(&self) -> BTreeSet<ItemId> {
        let mut noted = BTreeSet::new();
        for item in self.plan.items().filter(|item| item.is_visible()) {
            if let Detail::Note { on: Some(on), .. } | Detail::Blocker { on: Some(on), .. } = item.detail {
                noted.insert(on);
            }
            if !item.links.is_empty() {
                noted.insert(item.id());
            }
        }
        noted
    }

    /// Whether something hangs below an item, or its own Markdown says more than its first line.
    pub fn says_more(&self, item: &Item) -> bool {
        let source = item.source.as_ref().map_or("", |source| source.value().as_str());
        item.body().is_some()
            || source.trim().lines().filter(|line| !line.trim().is_empty()).nth(1).is_some()
            || !item.unspelled.is_empty()
            || !self.plan.children(Branch::Items(Parent::Node(item.id()))).is_empty()
    }
}
