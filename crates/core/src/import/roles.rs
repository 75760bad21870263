//! What a heading says that its section is for.
//!
//! The heading is compared by its words alone: case, marks, pictures, numbers in front and words of progress at the end
//! do not count. A heading that is not in the table has no role; it is never rewritten.

use crate::Role;
use crate::prelude::*;

/// What a heading says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Reading {
    /// What the section is for.
    pub(crate) role: Role,
    /// Whether the section can be the plan's one section for this role.
    pub(crate) is_standing: bool,
}

/// The headings of each role.
const SYNONYMS: &[(Role, &[&str])] = &[
    (
        Role::Objective,
        &[
            "purpose big picture",
            "context and problem statement",
            "description",
            "purpose",
            "objective",
            "objectives",
            "overview",
            "goal",
            "goals",
            "original request",
            "why",
            "what",
            "summary",
            "problem",
            "problem statement",
            "目的",
            "big picture",
            "goal description",
        ],
    ),
    (
        Role::Context,
        &[
            "context and orientation",
            "context",
            "background",
            "starting state",
            "current state",
            "orientation",
            "dev notes",
            "現状",
            "背景",
        ],
    ),
    (Role::Stories, &["user stories", "user story", "stories", "story"]),
    (
        Role::Criteria,
        &[
            "validation and acceptance",
            "acceptance criteria",
            "definition of done",
            "success criteria",
            "exit criteria",
            "desired end state",
            "done checklist",
            "受け入れ条件",
            "done when",
            "acceptance",
            "requirements coverage",
            "acceptance checklist",
        ],
    ),
    (
        Role::Approach,
        &["plan of work", "technical approach", "approach", "proposed approach", "implementation approach"],
    ),
    (
        Role::Steps,
        &[
            "progress",
            "execution steps",
            "steps",
            "implementation plan",
            "milestones",
            "tasks subtasks",
            "tasks",
            "lane checklists",
            "progress tracking",
            "implementation steps",
            "plan",
            "to do",
            "todo",
            "todos",
            "implementation phases",
            "実装フェーズ",
            "task list",
            "checklist",
            "work items",
            "進捗",
        ],
    ),
    (
        Role::Log,
        &[
            "progress log",
            "revision note",
            "revision notes",
            "change log",
            "changelog",
            "update log",
            "revision history",
            "execution log",
            "work log",
            "log",
            "drift log",
        ],
    ),
    (
        Role::Decisions,
        &["decision log", "decisions", "locked decisions", "key decisions", "design decisions", "決定ログ"],
    ),
    (
        Role::Discoveries,
        &[
            "surprises and discoveries",
            "surprises discoveries",
            "discoveries",
            "surprises",
            "findings",
            "discoveries and surprises",
        ],
    ),
    (
        Role::Questions,
        &["open questions", "questions", "outstanding decisions", "resolved questions", "unresolved questions"],
    ),
    (
        Role::Results,
        &[
            "outcomes and retrospective",
            "outcomes retrospective",
            "outcomes",
            "results",
            "outcome",
            "retrospective",
            "final summary",
            "qa results",
            "retrospective and outcomes",
            "consequences",
        ],
    ),
    (Role::Custom, &["notes"]),
];

/// Reads a heading.
pub(crate) fn of(heading: &str) -> Reading {
    let words = normal(heading);
    let found = SYNONYMS.iter().find(|(_, headings)| headings.contains(&words.as_str()));
    if let Some(&(role, _)) = found {
        return Reading { role, is_standing: true };
    }
    let mut words = words.split(' ');
    let counted = matches!(words.next(), Some("phase" | "milestone" | "task" | "step" | "stage" | "フェーズ"))
        && words.next().is_some_and(|word| word.len() <= 3 && word.bytes().any(|byte| byte.is_ascii_digit()));
    Reading { role: if counted { Role::Steps } else { Role::Custom }, is_standing: false }
}

/// The words that a heading is compared by.
pub(crate) fn normal(heading: &str) -> String {
    let mut text = heading.trim_end();
    // What stands in brackets at the end says how far the section is, or refers to something.
    while let Some(open) =
        text.strip_suffix(']').and_then(|t| t.rfind('[')).or_else(|| text.strip_suffix(')')?.rfind('('))
    {
        text = text[..open].trim_end();
    }
    let lower = text.to_lowercase().replace('&', " and ");
    let mut words: Vec<&str> = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    while words.len() > 1
        && words.last().is_some_and(|last| matches!(*last, "complete" | "completed" | "done" | "passed"))
    {
        if words == ["definition", "of", "done"] {
            break;
        }
        words.pop();
    }
    let numbers = words.iter().take_while(|word| word.bytes().all(|byte| byte.is_ascii_digit())).count();
    if numbers < words.len() {
        words.drain(..numbers);
    }
    words.join(" ")
}
