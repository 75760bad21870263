//! Issue forms: the form in which a plan is asked for on GitHub, and the body that GitHub makes from what was filled in.
//!
//! What may be relied on: [`form`] is a form by GitHub's syntax; [`markdown`] takes any text and drops nothing but
//! fields that were left empty or as the form gave them. Its result is a plan in Markdown for [`import`](crate::import).

use crate::import::lines::{Class, Scanner, lines};
use crate::import::roles;
use crate::prelude::*;
use crate::text::{clipped, line};
use crate::words::Role;

/// Where a repository keeps the form, from the top of the work tree.
pub const PATH: &str = ".github/ISSUE_TEMPLATE/execplan.yml";

/// What GitHub writes for a field that was left empty.
const EMPTY: &str = "_No response_";

/// The most characters of a title that is taken from the objective.
const TITLE: usize = 72;

/// The fields: name, label, what it is for, and what it holds at first.
const FIELDS: &[(&str, &str, &str, &str)] = &[
    ("objective", "Objective", "What will be accomplished, in a few sentences", ""),
    ("context", "Context", "Background, current state, constraints and requirements", ""),
    (
        "success-criteria",
        "Success Criteria",
        "How success is told: one measurable outcome a line",
        "- [ ] Criterion 1\n- [ ] Criterion 2",
    ),
    ("technical-approach", "Technical Approach", "High-level strategy and key technical decisions", ""),
    (
        "execution-steps",
        "Execution Steps",
        "Clear actions in their order; five to ten at first",
        "1. [ ] Step 1\n2. [ ] Step 2",
    ),
    ("open-questions", "Open Questions", "What needs to be resolved: one question a line", "- [ ] Question 1"),
];

/// The form, as the file at [`PATH`].
#[must_use]
pub fn form() -> String {
    let mut out = "name: ExecPlan\ndescription: Create an execution plan\nlabels: [execplan]\nbody:\n".to_owned();
    for (id, label, description, value) in FIELDS {
        out.push_str(&format!("  - type: textarea\n    id: {id}\n    attributes:\n      label: {label}\n"));
        out.push_str(&format!("      description: \"{description}\"\n"));
        if !value.is_empty() {
            out.push_str("      value: |\n");
            value.lines().for_each(|line| out.push_str(&format!("        {line}\n")));
        }
        if *id == "objective" {
            out.push_str("    validations:\n      required: true\n");
        }
    }
    out
}

/// The plan that the body of an issue asks for, in Markdown with the headings of the house; without a title, the first
/// line of the objective is one.
#[must_use]
pub fn markdown(title: Option<&str>, body: &str) -> String {
    let body = body.replace("\r\n", "\n");
    let sections: Vec<(Option<&str>, String)> =
        sections(&body).into_iter().filter(|(label, text)| is_filled(*label, text)).collect();
    let objective = sections.iter().find(|(label, _)| label.is_some_and(|l| roles::of(l).role == Role::Objective));
    let first = objective.and_then(|(_, text)| text.lines().find(|line| !line.trim().is_empty()));
    let title = match title.map(line).filter(|title| !title.is_empty()) {
        Some(title) => title,
        None => first.map_or_else(|| "Plan of an issue".to_owned(), |first| clipped(first, TITLE)),
    };
    let mut out = format!("# {title}\n");
    for (label, text) in sections {
        let heading = label.map(|label| format!("\n## {label}\n")).unwrap_or_default();
        out.push_str(&format!("{heading}\n{}\n", text.trim_matches('\n')));
    }
    out
}

/// The fields of a body, each with its label, after what stands before them all.
fn sections(body: &str) -> Vec<(Option<&str>, String)> {
    let mut scanner = Scanner::default();
    let mut sections = vec![(None, String::new())];
    for one in lines(body, 1) {
        match scanner.class(one.text, false) {
            // What is a heading within a field, such as that of a phase, stays below it.
            Class::Heading(3, label) if roles::of(label).is_standing || roles::of(label).role == Role::Custom => {
                sections.push((Some(label), String::new()));
            }
            _ => {
                if let Some((_, text)) = sections.last_mut() {
                    text.push_str(one.text);
                    text.push('\n');
                }
            }
        }
    }
    sections
}

/// Whether somebody filled in a field.
fn is_filled(label: Option<&str>, text: &str) -> bool {
    let text = text.trim();
    let given = FIELDS.iter().find(|(_, known, ..)| Some(*known) == label).map_or("", |(.., value)| value);
    !text.is_empty() && text != EMPTY && text != given
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filled_form_is_a_plan_of_the_house() {
        let body = "### Objective\r\n\r\nAdd search.\r\n\r\n### Context\r\n\r\n_No response_\r\n\r\n### Success Criteria\r\n\r\n\
            - [ ] Criterion 1\r\n- [ ] Criterion 2\r\n\r\n### Execution Steps\r\n\r\n1. [x] Index\r\n\r\n### Phase 2\r\n\r\n- [ ] Query\r\n\r\n\
            ### Version\r\n\r\n```\n### no heading\n```\r\n";
        let expected = "# Add search.\n\n## Objective\n\nAdd search.\n\n## Execution Steps\n\n1. [x] Index\n\n### Phase 2\n\n- [ ] Query\n\n\
            ## Version\n\n```\n### no heading\n```\n";
        assert_eq!(markdown(None, body), expected, "what was left empty or as it was is left out, all else is there");
        assert!(markdown(Some("Search\nit"), body).starts_with("# Search it\n\n"), "a title is one line");
    }

    #[test]
    fn any_body_is_read() {
        for body in ["", "\n", "no form", "### ", "### Objective", "```\n### Objective", "# A\n## B\n### Goal\nx"] {
            assert!(markdown(None, body).starts_with("# "), "{body:?} has a title");
        }
    }

    #[test]
    fn the_form_asks_for_an_objective_and_shows_what_criteria_look_like() {
        let form = form();
        let objective = "  - type: textarea\n    id: objective\n    attributes:\n      label: Objective\n";
        assert!(form.contains(objective), "labels are attributes, as GitHub has it:\n{form}");
        assert_eq!(form.matches("required: true").count(), 1, "only the objective is required");
        assert!(form.contains("      value: |\n        - [ ] Criterion 1\n        - [ ] Criterion 2\n"), "{form}");
    }
}
