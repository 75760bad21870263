//! Reading: from lines to sections, blocks and list items.
//!
//! What may be relied on: any text is read, in one pass, without recursion and in time linear in its length.
//!
//! How: a [`Scanner`](super::lines::Scanner) says what each line is; here it is put into the block that is open, or
//! opens the next. A block ends where another begins, so sources are slices of the text and leave nothing out.

use super::document::{Block, Document, Heading, ListItem, Section};
use super::lines::{Class, Fence, Line, Scanner, dedent, indent, is_break, lines};
use super::markers::{Marker, marker, tick};
use super::{front_matter, roles};
use crate::prelude::*;

/// Reads a Markdown plan. Whatever the text, there is a document.
#[must_use]
pub fn read(markdown: &str) -> Document<'_> {
    let (opening, plan, closing) = unwrapped(markdown);
    let (front_matter, text) = front_matter::split(plan);
    let before = &markdown[..opening.len() + plan.len() - text.len()];
    let mut reader = Reader { text, ..Reader::default() };
    for line in lines(text, 1 + before.matches('\n').count()) {
        reader.take(line);
    }
    reader.close_block(text.len());
    reader.close_section();
    Document { opening, front_matter, sections: reader.sections, closing }
}

/// Reads the list items of a text that begins with one, however far it is indented; none where it does not.
pub(crate) fn items(source: &str) -> Vec<ListItem<'_>> {
    let (mut list, mut scanner) = (List::default(), Scanner::default());
    for line in lines(source, 1) {
        match (scanner.class(line.text, true), marker(line.text)) {
            (Class::Blank, _) => list.blanks += 1,
            (Class::Text, Some(marker)) if list.items.is_empty() || list.begins(&marker) => list.push(marker, line),
            _ if list.items.is_empty() => return Vec::new(),
            (class, _) => drop(list.takes(line.text, class)),
        }
    }
    let ends: Vec<usize> = list.starts.iter().copied().skip(1).chain([source.len()]).collect();
    for ((item, &start), end) in list.items.iter_mut().zip(&list.starts).zip(ends) {
        item.source = &source[start..end];
    }
    list.items
}

/// The plan without a byte order mark and without one fence of Markdown around it all.
fn unwrapped(markdown: &str) -> (&str, &str, &str) {
    let bare = markdown.strip_prefix('\u{feff}').unwrap_or(markdown);
    let inside = || {
        let begin = bare.trim_start();
        let (first, inner) = begin.split_once('\n')?;
        let (fence, info) = Fence::opened(first.trim_end())?;
        let inner = inner.trim_end();
        let cut = inner.rfind('\n')? + 1;
        let fits = matches!(info, "md" | "markdown") && fence.is_closed_by(&inner[cut..]);
        fits.then(|| (begin.len() - first.len() - 1, cut))
    };
    match inside() {
        Some((after, length)) => {
            let start = markdown.len() - after;
            (&markdown[..start], &markdown[start..start + length], &markdown[start + length..])
        }
        None => (&markdown[..markdown.len() - bare.len()], bare, ""),
    }
}

#[derive(Default)]
struct Reader<'a> {
    text: &'a str,
    scanner: Scanner,
    sections: Vec<Section<'a>>,
    section: Section<'a>,
    /// Where the open heading begins, while nothing but blank lines follows it.
    heading: Option<usize>,
    block: Option<Open<'a>>,
}

/// The block that is being read.
struct Open<'a> {
    start: usize,
    line: usize,
    /// The list, where it is one.
    list: Option<List<'a>>,
    /// Whether the line before was text of a paragraph.
    in_paragraph: bool,
}

#[derive(Default)]
struct List<'a> {
    items: Vec<ListItem<'a>>,
    starts: Vec<usize>,
    /// The items that the next line may belong to, outermost first: place, and column of the text.
    open: Vec<(usize, usize)>,
    /// Blank lines before the next line.
    blanks: usize,
    /// Whether the last item's text may go on.
    wraps: bool,
}

impl<'a> Reader<'a> {
    fn take(&mut self, line: Line<'a>) {
        let in_list = self.block.as_ref().is_some_and(|block| block.list.is_some());
        match self.scanner.class(line.text, in_list) {
            Class::Blank => self.blank(line),
            Class::Heading(level, text) => self.open_heading(level, text, line),
            Class::Text => match marker(line.text) {
                Some(marker) if self.begins_item(&marker) => self.item(marker, line),
                _ => self.place(line, Class::Text),
            },
            class => self.place(line, class),
        }
    }

    fn blank(&mut self, line: Line<'a>) {
        match &mut self.block {
            Some(block) => {
                block.in_paragraph = false;
                if let Some(list) = &mut block.list {
                    list.blanks += 1;
                }
            }
            None if self.heading.is_none() => self.open_block(line, None),
            None => {}
        }
    }

    fn open_heading(&mut self, level: u8, text: &'a str, line: Line<'a>) {
        self.close_block(line.start);
        self.close_section();
        let role = roles::of(text).role;
        self.section.heading = Some(Heading { level, text, role, line: line.number, source: "" });
        self.heading = Some(line.start);
    }

    fn begins_item(&self, marker: &Marker<'_>) -> bool {
        let Some(block) = &self.block else { return marker.indent < 4 };
        match &block.list {
            None => marker.indent < 4 && !(block.in_paragraph && marker.is_later_number()),
            Some(list) => list.begins(marker),
        }
    }

    fn item(&mut self, marker: Marker<'a>, line: Line<'a>) {
        if self.block.as_ref().is_none_or(|block| block.list.is_none()) {
            self.open_block(line, Some(List::default()));
        }
        if let Some(Open { list: Some(list), .. }) = &mut self.block {
            list.push(marker, line);
        }
    }

    /// Puts a line into the open block, or into one that it opens.
    fn place(&mut self, line: Line<'a>, class: Class<'_>) {
        if let Some(Open { list: Some(list), .. }) = &mut self.block
            && list.takes(line.text, class)
        {
            return;
        }
        match &mut self.block {
            Some(block) if block.list.is_none() => block.in_paragraph = class == Class::Text,
            _ => self.open_block(line, None),
        }
    }

    fn open_block(&mut self, line: Line<'a>, list: Option<List<'a>>) {
        self.close_block(line.start);
        let in_paragraph = !line.text.trim().is_empty();
        self.block = Some(Open { start: line.start, line: line.number, list, in_paragraph });
    }

    /// Ends the open heading and the open block here.
    fn close_block(&mut self, end: usize) {
        if let (Some(start), Some(heading)) = (self.heading.take(), &mut self.section.heading) {
            heading.source = &self.text[start..end];
        }
        let Some(open) = self.block.take() else { return };
        let mut items = Vec::new();
        if let Some(list) = open.list {
            items = list.items;
            let ends = list.starts.iter().copied().skip(1).chain([end]);
            for ((item, &start), end) in items.iter_mut().zip(&list.starts).zip(ends) {
                item.source = &self.text[start..end];
            }
        }
        self.section.blocks.push(Block { line: open.line, source: &self.text[open.start..end], items });
    }

    fn close_section(&mut self) {
        let section = core::mem::take(&mut self.section);
        if section != Section::default() {
            self.sections.push(section);
        }
    }
}

impl<'a> List<'a> {
    /// Whether a marker begins a further item.
    fn begins(&self, marker: &Marker<'_>) -> bool {
        let Some(&(last, content)) = self.open.last() else { return false };
        if self.blanks > 0 {
            return marker.indent < content + 4;
        }
        // Deeper than the last item, a number goes on with no list: it is a word of the wrapped text.
        !(self.wraps && marker.is_later_number() && self.items[last].indent < marker.indent)
    }

    /// Adds an item below the nearest one that it is indented against.
    fn push(&mut self, marker: Marker<'a>, line: Line<'a>) {
        while let Some(&(at, content)) = self.open.last()
            && marker.indent < content.min(self.items[at].indent + 2)
        {
            self.open.pop();
        }
        let (tick, text) = match tick(marker.rest) {
            Some((tick, text)) => (Some(tick), text),
            None => (None, marker.rest),
        };
        let depth = self.open.last().map_or(0, |&(at, _)| self.items[at].depth + 1);
        self.open.push((self.items.len(), marker.content));
        self.starts.push(line.start);
        self.items.push(ListItem {
            line: line.number,
            depth,
            indent: marker.indent,
            marker: marker.text,
            tick,
            text: text.trim_end().to_owned(),
            text_lines: 1,
            ..ListItem::default()
        });
        (self.blanks, self.wraps) = (0, true);
    }

    /// Takes a line that begins no item, if it belongs to one.
    fn takes(&mut self, line: &str, class: Class<'_>) -> bool {
        let (column, at) = indent(line);
        let wraps = self.blanks == 0 && self.wraps && class == Class::Text && !line[at..].starts_with(['|', '>']);
        if wraps && !(column == 0 && is_break(line)) {
            if let Some(item) = self.items.last_mut() {
                item.text.push_str(if item.text.is_empty() { "" } else { " " });
                item.text.push_str(line.trim());
                item.text_lines += 1;
            }
            return true;
        }
        while class != Class::Inside
            && let Some(&(at, _)) = self.open.last()
            && self.items[at].indent >= column
        {
            self.open.pop();
        }
        let Some(&(at, content)) = self.open.last() else { return false };
        let blanks = if at + 1 == self.items.len() { self.blanks } else { self.blanks.max(1) };
        let body = &mut self.items[at].body;
        if !body.is_empty() {
            body.extend(core::iter::repeat_n('\n', blanks + 1));
        }
        body.push_str(dedent(line, content).trim_end());
        (self.blanks, self.wraps) = (0, false);
        true
    }
}
