//! Two texts compared by lines, as a unified diff, which `patch` and `git apply` take.
//!
//! A line ends with a line feed and with nothing else, as it does for these.

use similar::{Algorithm, DiffTag, capture_diff_slices, group_diff_ops};

use crate::prelude::*;

/// How many lines are shown around what differs.
const CONTEXT: usize = 3;

/// The patch that makes the old text the new one, under the names of the two; empty where there is nothing to do.
#[must_use]
pub fn patch(old: &str, new: &str, names: [&str; 2]) -> String {
    let [old, new] = [old, new].map(lines);
    let mut out = String::new();
    for group in group_diff_ops(capture_diff_slices(Algorithm::Histogram, &old, &new), CONTEXT) {
        let (Some(first), Some(last)) = (group.first(), group.last()) else { continue };
        if out.is_empty() {
            out.push_str(&format!("--- {}\n+++ {}\n", names[0], names[1]));
        }
        let from = range(first.old_range().start, last.old_range().end);
        let to = range(first.new_range().start, last.new_range().end);
        out.push_str(&format!("@@ -{from} +{to} @@\n"));
        for op in group {
            if op.tag() == DiffTag::Equal {
                put(' ', &old[op.old_range()], &mut out);
            } else {
                put('-', &old[op.old_range()], &mut out);
                put('+', &new[op.new_range()], &mut out);
            }
        }
    }
    out
}

/// How many lines the new text has that the old one has not, and the other way round.
#[must_use]
pub fn counts(old: &str, new: &str) -> (usize, usize) {
    let [old, new] = [old, new].map(lines);
    let ops = capture_diff_slices(Algorithm::Histogram, &old, &new);
    let differing = ops.iter().filter(|op| op.tag() != DiffTag::Equal);
    differing.fold((0, 0), |(more, less), op| (more + op.new_range().len(), less + op.old_range().len()))
}

fn lines(text: &str) -> Vec<&str> {
    text.split_inclusive('\n').collect()
}

/// Where lines begin, counted from 1, and how many they are; where there are none, the line before.
fn range(start: usize, end: usize) -> String {
    match end - start {
        0 => format!("{start},0"),
        1 => format!("{}", start + 1),
        count => format!("{},{count}", start + 1),
    }
}

fn put(mark: char, lines: &[&str], out: &mut String) {
    for line in lines {
        out.push(mark);
        out.push_str(line);
        if !line.ends_with('\n') {
            out.push_str("\n\\ No newline at end of file\n");
        }
    }
}
