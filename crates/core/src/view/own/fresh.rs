//! What has no source: written in the style of what stands around it.

use crate::import::times::Form;
use crate::import::{markers, reading};
use crate::prelude::*;
use crate::state::{Branch, Detail, Item, Plan};
use crate::{Kind, Layout, Parent, State};

use super::super::{lists, sheet::Owner};
use super::spelling::indented;

/// What stands around an item in its list.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Surroundings<'a> {
    /// The nearest sibling of its kind that has a source, the one before rather than the one after.
    sample: Option<&'a Item>,
    /// The nearest such sibling that is done.
    done: Option<&'a Item>,
    /// The item that it hangs below.
    above: Option<&'a Item>,
    /// Its place among the siblings of its kind.
    place: usize,
    /// Whether a list item stands right before it.
    follows: bool,
    /// Whether blank lines stand between the siblings.
    loose: bool,
}

impl<'a> Surroundings<'a> {
    pub(super) fn of(
        siblings: &[&'a Item],
        above: Option<&'a Item>,
    ) -> impl DoubleEndedIterator<Item = (&'a Item, Self)> + use<'a> {
        let mut all: Vec<(&'a Item, Self)> = Vec::with_capacity(siblings.len());
        let spelled = |item: &Item| item.source.is_some();
        let ends_blank = |item: &&&Item| {
            let source = item.source.as_ref().map_or("", |source| source.value());
            source.ends_with("\n\n") || source.ends_with("\n\r\n")
        };
        let last = siblings.iter().rposition(|item| item.kind() != Kind::Prose && spelled(item)).unwrap_or(0);
        let loose = siblings.iter().take(last).filter(|item| item.kind() != Kind::Prose).any(|item| ends_blank(&item));
        let (mut samples, mut done, mut places) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        let mut follows = above.is_some();
        for &item in siblings {
            let kind = item.kind();
            let place = places.entry(kind).or_insert(0_usize);
            let (sample, done_sample) = (samples.get(&kind).copied(), done.get(&kind).copied());
            all.push((item, Self { sample, done: done_sample, above, place: *place, follows, loose }));
            *place += 1;
            follows = kind != Kind::Prose;
            if spelled(item) {
                samples.insert(kind, item);
                if matches!(item.state(), Some(State::Done)) && is_read_done(item) {
                    done.insert(kind, item);
                }
            }
        }
        samples.clear();
        done.clear();
        for (item, around) in all.iter_mut().rev() {
            let kind = item.kind();
            around.sample = around.sample.or_else(|| samples.get(&kind).copied());
            around.done = around.done.or_else(|| done.get(&kind).copied());
            if spelled(item) {
                samples.insert(kind, item);
                if matches!(item.state(), Some(State::Done)) && is_read_done(item) {
                    done.insert(kind, item);
                }
            }
        }
        all.into_iter()
    }

    pub(super) const fn follows_sibling(&self) -> bool {
        self.follows
    }

    pub(super) const fn is_loose(&self) -> bool {
        self.loose
    }

    /// How the time is written at which a step was completed; none where its list names no times.
    pub(super) fn time_form(&self, item: &Item) -> Option<Form> {
        if item.kind() != Kind::Step || item.state() != Some(State::Done) {
            return None;
        }
        let source = self.done?.source.as_ref()?.value();
        let items = reading::items(source);
        Form::of(&items.first()?.text)
    }
}

/// Whether the source itself says that the item is done.
fn is_read_done(item: &Item) -> bool {
    let Some(source) = &item.source else { return false };
    let first = source.value().lines().next().unwrap_or_default();
    let tick = markers::marker(first).and_then(|marker| markers::tick(marker.rest));
    matches!(tick, Some(('x' | 'X' | '✓' | '✔', _)))
}

/// The line end that the plan's own text has.
pub(crate) fn line_end(plan: &Plan) -> &'static str {
    let prose = || plan.children(Branch::Items(Parent::Standing(crate::Role::Opening)));
    let first = plan.children(Branch::Sections(None)).into_iter().chain(prose()).find_map(|node| {
        let text = node.source.as_ref().map_or_else(|| node.text(), |source| source.value());
        text.contains('\n').then(|| super::spelling::eol(text))
    });
    first.unwrap_or("\n")
}

/// Writes an item that has no source, with an end of line.
pub(super) fn written(plan: &Plan, item: &Item, around: &Surroundings<'_>, eol: &str) -> String {
    let mut out = super::super::Sheet::default();
    let text = match &item.detail {
        Detail::Step(_) | Detail::Criterion { .. } => return boxed(plan, item, around, eol),
        Detail::Result { .. } => {
            out.push_str(&format!("- {}\n", indented(item.text(), 2, "\n").trim_start()));
            lists::own_details(item, 2, &mut out);
            out.text
        }
        Detail::Story { as_a, so_that } => {
            lists::story(item, as_a, so_that.as_deref(), &mut out);
            lists::own_details(item, 2, &mut out);
            out.text
        }
        detail => {
            let page = super::super::Page::of(plan, Layout::Cookbook);
            let parent = match item.place.branch {
                Branch::Items(parent) => parent,
                Branch::Sections(_) => Parent::Standing(item.kind().home()),
            };
            match detail {
                // A question that has a source does not show what blocks it.
                Detail::Blocker { on, .. } if on.and_then(|id| plan.item(id)).is_some_and(|on| on.source.is_some()) => {
                    lists::blocker(&page.shown, item, &mut out);
                }
                _ => page.write_blocks(parent, &[item], &mut out),
            }
            // What hangs below it is shown after it, piece by piece.
            let below = out.marks.iter().find(|(_, owner)| *owner != Owner::Item(item.id())).map(|&(at, _)| at);
            out.text.truncate(below.unwrap_or(out.text.len()));
            out.text
        }
    };
    if eol == "\n" { text } else { text.replace('\n', eol) }
}

fn boxed(plan: &Plan, item: &Item, around: &Surroundings<'_>, eol: &str) -> String {
    let first_line = |item: &'_ Item| {
        let source = item.source.as_ref().map_or("", |source| source.value().as_str());
        source.lines().next().unwrap_or_default().to_owned()
    };
    let (mut indent, mut bullet) = (String::new(), "-".to_owned());
    let line = around.sample.map(first_line);
    let above = around.above.map(first_line);
    if let Some((line, marker)) = line.as_deref().and_then(|line| Some((line, markers::marker(line)?))) {
        indent = line[..line.len() - line.trim_start().len()].to_owned();
        bullet = marker.text.to_owned();
        if let Some(close) =
            marker.text.strip_prefix(|c: char| c.is_ascii_digit()).and_then(|_| marker.text.chars().last())
        {
            bullet = format!("{}{close}", around.place + 1);
        }
    } else if let Some(marker) = above.as_deref().and_then(markers::marker) {
        indent = " ".repeat(marker.content);
        if !marker.text.starts_with(|c: char| c.is_ascii_digit()) {
            bullet = marker.text.to_owned();
        }
    } else if let Some(above) = around.above {
        let depth = core::iter::successors(Some(above), |item| match item.place.branch {
            Branch::Items(Parent::Node(id)) => plan.item(id).filter(|item| item.kind() != Kind::Section),
            _ => None,
        });
        indent = " ".repeat(2 * depth.count());
    }
    let state = match item.progress() {
        Some((State::Done | State::Met, false)) => 'x',
        Some((State::Doing, _)) => '~',
        Some((State::Dropped, _)) => '-',
        _ => ' ',
    };
    let time = match (around.time_form(item), &item.state) {
        (Some(form), Some(state)) => form.write(state.latest().stamp.at),
        _ => String::new(),
    };
    let column = indent.len() + bullet.len() + 1;
    let text = indented(item.text(), column, eol);
    let mut out = format!("{indent}{bullet} [{state}] {time}{}{eol}", text.trim_start());
    let mut sheet = super::super::Sheet::default();
    lists::own_details(item, column, &mut sheet);
    let below = sheet.text;
    out.push_str(&if eol == "\n" { below } else { below.replace('\n', eol) });
    out
}
