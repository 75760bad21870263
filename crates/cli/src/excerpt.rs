//! The lines of a view that show one section or one item.
//!
//! What may be relied on: an excerpt is whole lines, and what is around it is not touched; where the lines cannot be told
//! for certain, none are.

use std::ops::Range;

use git_plan_core::author::find;
use git_plan_core::{Item, Kind, Parent, Plan, view};

use crate::exit::{Failure, Status};

/// The bytes of a view that show what is named: a section by its role or heading, an item by its number or id.
pub fn find(plan: &Plan, view: &str, named: &str) -> Result<Range<usize>, Failure> {
    let (what, found) = match (find::visible(plan, named), find::section(plan, named)) {
        (Ok(item), _) if item.kind() != Kind::Section => (find::label(plan, item), of_item(view, item)),
        (_, Ok(section)) => (format!("section {named:?}"), of_section(view, &heading(plan, section))),
        // What begins with a digit was hardly meant for a heading.
        (Err(refusal), Err(_)) if named.starts_with(|c: char| c.is_ascii_digit()) => return Err(refusal.into()),
        (_, Err(refusal)) => return Err(refusal.into()),
    };
    found.ok_or_else(|| {
        let message = format!("it cannot be told which lines of the view show {what}");
        Failure::new(Status::NotFound, "no-lines", message)
            .hinted("`git plan edit` without a name opens the whole view")
    })
}

fn heading(plan: &Plan, section: Parent) -> String {
    match section {
        Parent::Standing(role) => match plan.heading(role) {
            Some(heading) => heading.value().clone(),
            None => view::heading(plan.layout(), role).to_owned(),
        },
        Parent::Node(id) => plan.item(id).map(|item| item.text().to_owned()).unwrap_or_default(),
    }
}

/// A line of a view.
struct Line<'a> {
    start: usize,
    text: &'a str,
    /// The rank of the heading that it is; 0 where it is none.
    level: usize,
}

/// The lines of a view; what stands between fences is no heading.
fn lines(view: &str) -> Vec<Line<'_>> {
    let (mut start, mut fenced, mut lines) = (0, false, Vec::new());
    for text in view.split_inclusive('\n') {
        let fence = text.trim_start().starts_with("```") || text.trim_start().starts_with("~~~");
        fenced ^= fence;
        let marks = text.bytes().take_while(|&byte| byte == b'#').count();
        let headed = !fenced && !fence && text[marks..].starts_with(' ');
        lines.push(Line { start, text, level: if headed { marks } else { 0 } });
        start += text.len();
    }
    lines
}

fn of_section(view: &str, heading: &str) -> Option<Range<usize>> {
    let lines = lines(view);
    let says = |line: &Line<'_>| line.level > 0 && line.text[line.level..].trim() == heading.trim();
    let at = only(lines.iter().enumerate().filter(|(_, line)| says(line)).map(|(at, _)| at))?;
    let level = lines[at].level;
    let ends = |line: &&Line<'_>| (line.level > 0 && line.level <= level) || line.text.starts_with("<!-- git-plan");
    let end = lines[at + 1..].iter().find(ends).map_or(view.len(), |line| line.start);
    Some(lines[at].start..end)
}

fn of_item(view: &str, item: &Item) -> Option<Range<usize>> {
    let first = item.text().lines().next().map(str::trim).filter(|first| !first.is_empty())?;
    let lines = lines(view);
    let listed = |text: &str| text.trim_start().starts_with(|c: char| c.is_ascii_digit() || "-*+#".contains(c));
    let shows = |line: &Line<'_>| listed(line.text) && line.text.contains(first);
    let mut showing: Vec<usize> = lines.iter().enumerate().filter(|(_, l)| shows(l)).map(|(at, _)| at).collect();
    if showing.len() > 1 {
        // The log tells of items too; the item itself is what stands at its home, as a line of its own.
        showing.retain(|&at| lines[at].text.trim_end().ends_with(first) && !lines[at].text.contains("Completed: "));
    }
    let at = only(showing.into_iter())?;
    let indent = |text: &str| text.len() - text.trim_start().len();
    let own = indent(lines[at].text);
    let below = |line: &&Line<'_>| line.text.trim().is_empty() || indent(line.text) > own;
    let mut end = at + 1 + lines[at + 1..].iter().take_while(below).count();
    while end > at + 1 && lines[end - 1].text.trim().is_empty() {
        end -= 1;
    }
    Some(lines[at].start..lines.get(end).map_or(view.len(), |line| line.start))
}

fn only<T>(mut all: impl Iterator<Item = T>) -> Option<T> {
    let first = all.next()?;
    all.next().is_none().then_some(first)
}

/// A view with other lines in the place of an excerpt.
pub fn put_back(view: &str, range: &Range<usize>, lines: &str) -> String {
    let end = if lines.is_empty() || lines.ends_with('\n') { "" } else { "\n" };
    format!("{}{lines}{end}{}", &view[..range.start], &view[range.end..])
}

#[cfg(test)]
mod tests {
    use super::*;

    const VIEW: &str = "# T\n\n## Steps\n1. [ ] One\n   more\n\n2. [ ] Two\n\n## Context\n```\n## Steps\n```\nText.\n\n\
        <!-- git-plan base: 1 -->\n";

    #[test]
    fn a_section_ends_at_the_next_heading_or_at_the_base() {
        let lines = of_section(VIEW, "Steps").map(|range| &VIEW[range]);
        assert_eq!(lines, Some("## Steps\n1. [ ] One\n   more\n\n2. [ ] Two\n\n"), "what is fenced is no heading");
        let last = of_section(VIEW, "Context").map(|range| &VIEW[range]);
        assert_eq!(last, Some("## Context\n```\n## Steps\n```\nText.\n\n"), "the base is not of the section");
        assert_eq!(of_section(VIEW, "Nowhere"), None, "a section that is not shown has no lines");
    }

    #[test]
    fn what_is_put_back_leaves_the_rest_as_it_was() {
        let range = of_section(VIEW, "Context").expect("the section");
        let same = put_back(VIEW, &range, &VIEW[range.clone()]);
        assert_eq!(same, VIEW, "an excerpt put back unchanged is the view");
    }
}
