//! Steps and criteria: trees of boxes, and stories with theirs.

use super::{ImportError, Place, Recorder, fits, parts};
use crate::change::*;
use crate::import::document::{ListItem, written};
use crate::import::marks;
use crate::prelude::*;
use crate::{Context, EventId, ItemId, Kind, Parent, State, Text, limits};

/// An item of a tree of boxes.
#[derive(Default, Clone)]
pub(crate) struct Node {
    /// Whether it or something below it has a box.
    pub(crate) boxed: bool,
    /// Whether a box below it is not ticked.
    pub(crate) unfinished: bool,
    parent: Option<usize>,
    body: String,
}

/// The nodes of a tree; lists without boxes are in the bodies of what they hang below.
pub(crate) fn nodes(tree: &[ListItem<'_>]) -> Vec<Node> {
    let mut nodes = vec![Node::default(); tree.len()];
    let mut open: Vec<usize> = Vec::new();
    for (at, item) in tree.iter().enumerate() {
        while open.last().is_some_and(|&outer| tree[outer].depth >= item.depth) {
            open.pop();
        }
        nodes[at].parent = open.last().copied();
        nodes[at].body.clone_from(&item.body);
        open.push(at);
        let Some(tick) = item.tick else { continue };
        let unfinished = !matches!(tick, 'x' | 'X' | '✓' | '✔');
        nodes[at].boxed = true;
        let mut above = nodes[at].parent;
        // Each node is marked once for each of the two.
        while let Some(outer) = above.filter(|&o| !nodes[o].boxed || unfinished && !nodes[o].unfinished) {
            nodes[outer].boxed = true;
            nodes[outer].unfinished |= unfinished;
            above = nodes[outer].parent;
        }
    }
    let mut at = 0;
    while at < tree.len() {
        let below = tree[at + 1..].iter().take_while(|item| item.depth > tree[at].depth).count();
        if let (false, Some(parent)) = (nodes[at].boxed, nodes[at].parent) {
            let body = &mut nodes[parent].body;
            body.push_str(if body.is_empty() {
                ""
            } else {
                "
"
            });
            body.push_str(&written(&tree[at..=at + below]));
            at += below;
        }
        at += 1;
    }
    nodes
}

impl Recorder<'_> {
    /// Records a tree of steps or of criteria.
    pub(super) fn steps(&mut self, place: Place, kind: Kind, tree: &[ListItem<'_>]) -> Result<(), ImportError> {
        let nodes = nodes(tree);
        // The items that the next one may hang below: place in the tree, and id.
        let mut open: Vec<(usize, EventId)> = Vec::new();
        for (at, (item, node)) in tree.iter().zip(&nodes).enumerate().filter(|(_, (_, node))| node.boxed) {
            while open.last().is_some_and(|&(outer, _)| tree[outer].depth >= item.depth) {
                open.pop();
            }
            let depth = open.len().min(limits::TREE_DEPTH - 1);
            let parent = depth.checked_sub(1).map_or(place.parent, |outer| Parent::Node(open[outer].1));
            let tick = item.tick.or_else(|| (!node.unfinished).then_some('x'));
            self.doubts(place, item);
            let id = self.boxed(parent, kind, tick, &item.text, &node.body)?;
            open.push((at, id));
        }
        Ok(())
    }

    fn doubts(&mut self, place: Place, item: &ListItem<'_>) {
        match item.tick {
            None => self.report.keep(item.line, place.role, "no box, but boxes below it: read as one more item"),
            Some('!') => self.report.keep(item.line, place.role, "the box [!] was read as not ticked"),
            Some('-') => self.report.keep(item.line, place.role, "the box [-] may mean begun or given up"),
            _ => {}
        }
    }

    fn boxed(
        &mut self,
        parent: Parent,
        kind: Kind,
        tick: Option<char>,
        text: &str,
        body: &str,
    ) -> Result<ItemId, ImportError> {
        let mut read = marks::step(tick, text);
        if kind == Kind::Criterion {
            read.text = text.to_owned();
        } else if read.state == State::Done {
            read.occurred = self.log.claim("Completed", &read.text).or(read.occurred);
        }
        let (after, under) = (self.after(parent), Some(parent).filter(|&p| p != Parent::Standing(kind.home())));
        let mut body = body.to_owned();
        if !fits(&read.text) {
            let first = parts(&read.text).first().map_or(0, |part| part.len());
            body.insert_str(0, "\n\n");
            body.insert_str(0, &read.text.split_off(first));
        }
        let text = Text::new(read.text)?;
        let say = |context: &mut Context| context.occurred = read.occurred;
        let id = if kind == Kind::Criterion {
            let state = (read.state == State::Done).then_some(State::Met);
            self.batch.record_with(CriterionAdded { after, source: None, state, text, under }, say)?
        } else {
            let state = Some(read.state).filter(|&state| state != State::Todo);
            self.batch.record_with(StepAdded { after, source: None, state, text, under }, say)?
        };
        self.added(parent, id, kind);
        self.write_prose(Parent::Node(id), body.trim_end())?;
        Ok(id)
    }
}
