//! The lanes beside a log: which event follows which, newest first.
//!
//! A straight history is one column of `*`. Where events were made side by side, each line of events has a column, and
//! `/` and `\` show where lines part and meet. The drawing depends on the events and their order alone.

use git_plan_core::EventId;

/// The lanes between two rows: for each column, the event that it leads down to.
#[derive(Debug, Default)]
pub struct Graph {
    lanes: Vec<EventId>,
}

/// What to draw beside one event.
#[derive(Debug, PartialEq, Eq)]
pub struct Row {
    /// Lines to draw above the event, where lanes meet in it.
    pub above: Vec<String>,
    /// Beside the event's first line.
    pub mark: String,
    /// Beside its further lines.
    pub beside: String,
    /// Lines to draw below it, where lanes part.
    pub below: Vec<String>,
}

impl Graph {
    /// Draws the next event down.
    pub fn row(&mut self, id: EventId, parents: &[EventId]) -> Row {
        let mut above = Vec::new();
        let at = self.lanes.iter().position(|&lane| lane == id).unwrap_or_else(|| {
            self.lanes.push(id);
            self.lanes.len() - 1
        });
        // Several later events may follow this one: their lanes meet here.
        while let Some(other) = self.lanes.iter().rposition(|&lane| lane == id).filter(|&other| other > at) {
            above.push(self.draw(|column| if column == other { "/" } else { "|" }).replacen("| /", "|/", 1));
            self.lanes.remove(other);
        }
        let mark = self.draw(|column| if column == at { "*" } else { "|" });
        let mut below = Vec::new();
        match parents.split_first() {
            Some((first, others)) => {
                self.lanes[at] = *first;
                for (i, other) in others.iter().enumerate() {
                    self.lanes.insert(at + 1 + i, *other);
                    let opened = at + 1 + i;
                    below
                        .push(self.draw(|column| if column == opened { "\\" } else { "|" }).replacen("| \\", "|\\", 1));
                }
            }
            None => {
                self.lanes.remove(at);
            }
        }
        let beside = self.draw(|_| "|");
        Row { above, mark, beside, below }
    }

    fn draw(&self, lane: impl Fn(usize) -> &'static str) -> String {
        (0..self.lanes.len()).map(lane).collect::<Vec<_>>().join(" ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(name: &str) -> EventId {
        EventId::of(name.as_bytes())
    }

    fn drawn(events: &[(&str, &[&str])]) -> String {
        let mut graph = Graph::default();
        let mut lines = Vec::new();
        for (name, parents) in events {
            let parents: Vec<EventId> = parents.iter().map(|parent| id(parent)).collect();
            let row = graph.row(id(name), &parents);
            lines.extend(row.above);
            lines.push(format!("{} {name}", row.mark));
            lines.extend(row.below);
        }
        lines.join("\n")
    }

    #[test]
    fn a_straight_history_is_one_column() {
        assert_eq!(drawn(&[("c", &["b"]), ("b", &["a"]), ("a", &[])]), "* c\n* b\n* a");
    }

    #[test]
    fn a_fork_parts_above_and_meets_below() {
        let events: [(&str, &[&str]); 4] = [("d", &["b", "c"]), ("c", &["a"]), ("b", &["a"]), ("a", &[])];
        assert_eq!(drawn(&events), "* d\n|\\\n| * c\n* | b\n|/\n* a");
    }

    #[test]
    fn two_heads_have_two_columns() {
        assert_eq!(drawn(&[("c", &["a"]), ("b", &["a"]), ("a", &[])]), "* c\n| * b\n|/\n* a");
    }
}
