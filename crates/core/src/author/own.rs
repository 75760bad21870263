//! A plan that keeps its own text says some things of itself there: its title in a heading, its fields in front matter.
//!
//! What may be relied on: one value of the text changes, where the text has it; otherwise nothing does.

use super::Refusal;
use crate::change::*;
use crate::import::{Value, read};
use crate::prelude::*;
use crate::state::{Branch, Detail};
use crate::view::own::pieces;
use crate::{Change, Field, ItemId, Kind, Layout, Parent, Plan, Role, Text, Title};

/// The change of the text that belongs to the change of a field.
pub(super) fn respelled(plan: &Plan, field: Field, value: &str) -> Result<Option<Change>, Refusal> {
    if field == Field::Title {
        let is_title = |section: &&crate::Item| {
            matches!(section.detail, Detail::Section { level: 1, .. }) && section.text() == plan.title()
        };
        if let Some(section) = plan.children(Branch::Sections(None)).into_iter().find(is_title) {
            let section = Parent::Node(section.id());
            return Ok(Some(SectionRetitled { heading: Title::new(value)?, section }.into()));
        }
    }
    let opening = plan.children(Branch::Items(Parent::Standing(Role::Opening)));
    let Some(front) = opening.into_iter().find(|block| block.kind() == Kind::Prose && block.text().starts_with("---"))
    else {
        return Ok(None);
    };
    let text = front.text();
    let document = read(text);
    let fields = document.front_matter.iter().flat_map(|front| &front.fields);
    let Some(written) = fields.into_iter().find(|written| written.name == field.as_str()) else { return Ok(None) };
    let Value::Scalar(_) = &written.value else { return Ok(None) };
    let line = written.source.trim_end();
    let Some((name, old)) = line.split_once(':') else { return Ok(None) };
    let space = old.len() - old.trim_start().len();
    let begin = (written.source.as_ptr() as usize) - (text.as_ptr() as usize) + name.len() + 1;
    let gap = if space == 0 { " " } else { "" };
    let scalar = crate::view::scalar(value);
    let after = &text[begin + old.len()..];
    let text = format!("{}{gap}{scalar}{after}", &text[..begin + space]);
    Ok(Some(ItemReworded { item: front.id(), text: Text::new(text)? }.into()))
}

/// The change that keeps the blank lines behind items that are taken out, where what stands before them has none.
pub(super) fn gap_kept(plan: &Plan, gone: &[ItemId]) -> Result<Option<Change>, Refusal> {
    if plan.layout() != Layout::Own {
        return Ok(None);
    }
    let pieces = pieces(plan);
    let is_gone = |piece: &&crate::view::own::Piece| piece.node.is_some_and(|id| gone.contains(&id));
    let Some(first) = pieces.iter().position(|piece| is_gone(&piece)) else { return Ok(None) };
    let last = first + pieces[first..].iter().take_while(is_gone).count();
    let Some(before) = first.checked_sub(1).and_then(|at| pieces.get(at)) else { return Ok(None) };
    let (Some(node), Some(end)) = (before.node, pieces.get(last - 1)) else { return Ok(None) };
    let blanks = &end.text[end.text.trim_end().len()..];
    let kept = before.text.trim_end();
    let line_ends = |text: &str| text.matches('\n').count();
    if last == pieces.len() || line_ends(blanks) <= line_ends(&before.text[kept.len()..]) {
        return Ok(None);
    }
    let text = Text::new(format!("{kept}{blanks}"))?;
    Ok(Some(match plan.item(node).map(crate::Item::kind) {
        Some(Kind::Prose) => ItemReworded { item: node, text }.into(),
        _ => ItemRespelled { item: node, source: text }.into(),
    }))
}
