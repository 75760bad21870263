//! User stories: list items or paragraphs, with the boxes that say when each is fulfilled.

use super::{ImportError, Place, Recorder};
use crate::change::*;
use crate::import::document::{Block, ListItem, trees, written};
use crate::import::{marks, times};
use crate::prelude::*;
use crate::{Kind, Parent, Text};

impl Recorder<'_> {
    /// Records the paragraphs of a block that are stories; says whether there was one. The others are added to the prose,
    /// which is recorded where it stands.
    pub(super) fn paragraphs(
        &mut self,
        place: Place,
        block: &Block<'_>,
        prose: &mut String,
    ) -> Result<bool, ImportError> {
        let paragraphs = || block.source.split_inclusive("\n\n");
        let told = |paragraph: &str| !paragraph.contains("```") && marks::story(&joined(paragraph)).is_some();
        if !paragraphs().any(told) {
            return Ok(false);
        }
        for paragraph in paragraphs() {
            if told(paragraph) {
                self.prose(place.parent, &core::mem::take(prose))?;
                let item = ListItem { line: block.line, text: joined(paragraph), ..ListItem::default() };
                self.story(place, &[item])?;
            } else {
                prose.push_str(paragraph);
            }
        }
        Ok(true)
    }

    /// Records boxes that stand beside stories: as the criteria of the last one, else as steps.
    pub(super) fn acceptance(&mut self, place: Place, tree: &[ListItem<'_>]) -> Result<(), ImportError> {
        match self.told.get(&place.parent) {
            Some(&story) => self.steps(Place { parent: Parent::Node(story), ..place }, Kind::Criterion, tree),
            None => self.steps(place, Kind::Step, tree),
        }
    }

    /// Records a story; the boxes below it are its criteria.
    pub(super) fn story(&mut self, place: Place, tree: &[ListItem<'_>]) -> Result<(), ImportError> {
        let Some(root) = tree.first() else { return Ok(()) };
        let Some((who, wish, end)) = marks::story(&root.text) else { return Ok(()) };
        let change = StoryAdded {
            after: self.after(place.parent),
            as_a: Text::new(who)?,
            i_want: Text::new(wish)?,
            so_that: end.map(Text::new).transpose()?,
            source: None,
            under: Some(place.parent).filter(|&parent| parent != Parent::Standing(Kind::Story.home())),
        };
        let occurred = times::leading(&root.text).map(|claimed| claimed.at);
        let id = self.batch.record_with(change, |context| context.occurred = occurred)?;
        self.added(place.parent, id, Kind::Story);
        self.told.insert(place.parent, id);
        let mut body = root.body.clone();
        let below = Place { parent: Parent::Node(id), ..place };
        let mut boxes: Vec<&[ListItem<'_>]> = Vec::new();
        for branch in trees(&tree[1..]) {
            if branch.iter().any(|item| item.tick.is_some()) {
                boxes.push(branch);
            } else {
                body.push_str(if body.is_empty() { "" } else { "\n" });
                body.push_str(&written(branch));
            }
        }
        self.write_prose(Parent::Node(id), &body)?;
        boxes.into_iter().try_for_each(|branch| self.steps(below, Kind::Criterion, branch))
    }
}

/// A paragraph on one line.
fn joined(paragraph: &str) -> String {
    paragraph.split_whitespace().collect::<Vec<_>>().join(" ")
}
