//! Three-way merge of texts by lines.
//!
//! What may be relied on: a change of one side alone is taken; the same change on both sides is one; where both changed
//! the same lines, or lines with no unchanged one between them, differently, the merge says so and takes those lines from
//! the side that it is told to favour. The outcome depends on the three texts alone, in every version of this program: the
//! alignment is part of the format. Spec: spec/4-state.md, S37.
//!
//! How: both sides are aligned with the base (Myers 1986, the greedy algorithm of figure 2), and the lines of the base
//! that both sides kept cut the texts into parts, of which each is decided by itself (Khanna, Kunal and Pierce 2007).

use crate::prelude::*;

/// How many lines two texts may differ in to be aligned; more is a text written anew.
const DIFFERENCES: usize = 1_000;

/// Two texts merged into one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Merge {
    /// The text.
    pub text: String,
    /// Whether no lines had to be chosen.
    pub is_clean: bool,
}

/// From which side lines are taken that both changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Favour {
    /// The first.
    Ours,
    /// The second.
    Theirs,
}

/// Merges two texts that were made from one; `None` where one of them has too little in common with it.
#[must_use]
pub fn merge(base: &str, ours: &str, theirs: &str, favour: Favour) -> Option<Merge> {
    if ours == theirs || base == theirs {
        return Some(Merge { text: ours.to_owned(), is_clean: true });
    }
    if base == ours {
        return Some(Merge { text: theirs.to_owned(), is_clean: true });
    }
    let lines = |text| str::split(text, '\n').collect::<Vec<&str>>();
    let (base, ours, theirs) = (lines(base), lines(ours), lines(theirs));
    let (in_ours, in_theirs) = (align(&base, &ours)?, align(&base, &theirs)?);
    let (mut merged, mut is_clean) = (Vec::new(), true);
    let (mut b, mut o, mut t) = (0, 0, 0);
    loop {
        // The next line of the base that both kept, or the end.
        let both = |b: usize| Some((b, in_ours[b]?, in_theirs[b]?));
        let (next, o_end, t_end) = (b..base.len()).find_map(both).unwrap_or((base.len(), ours.len(), theirs.len()));
        let (was, left, right) = (&base[b..next], &ours[o..o_end], &theirs[t..t_end]);
        let disputed = left != right && left != was && right != was;
        is_clean &= !disputed;
        let takes_right = if disputed { favour == Favour::Theirs } else { left == was };
        merged.extend_from_slice(if takes_right { right } else { left });
        let Some(&kept) = base.get(next) else { break };
        merged.push(kept);
        (b, o, t) = (next + 1, o_end + 1, t_end + 1);
    }
    Some(Merge { text: merged.join("\n"), is_clean })
}

/// The lines in which a text differs from another, each after `-` or `+`, with `@@` between places that lie apart; all of
/// both where they have too little in common.
#[must_use]
pub fn changes(old: &str, new: &str) -> Vec<String> {
    let lines = |text| str::split(text, '\n').collect::<Vec<&str>>();
    let (old, new) = (lines(old), lines(new));
    let aligned = align(&old, &new).unwrap_or_else(|| vec![None; old.len()]);
    let (mut out, mut at, mut apart) = (Vec::new(), 0, false);
    let mut say = |sign: char, line: &str, apart: &mut bool| {
        if core::mem::take(apart) && !out.is_empty() {
            out.push("@@".to_owned());
        }
        out.push(format!("{sign}{}", line.trim_end_matches('\r')));
    };
    for (line, found) in old.iter().zip(&aligned) {
        match found {
            None => say('-', line, &mut apart),
            Some(found) => {
                new[at..*found].iter().for_each(|line| say('+', line, &mut apart));
                (at, apart) = (found + 1, true);
            }
        }
    }
    new[at..].iter().for_each(|line| say('+', line, &mut apart));
    out
}

/// For each line of the base, where it is in the other text.
pub(crate) fn align(base: &[&str], other: &[&str]) -> Option<Vec<Option<usize>>> {
    let head = base.iter().zip(other).take_while(|(a, b)| a == b).count();
    let (base_rest, other_rest) = (&base[head..], &other[head..]);
    let tail = base_rest.iter().rev().zip(other_rest.iter().rev()).take_while(|(a, b)| a == b).count();
    let (base_end, other_end) = (base.len() - tail, other.len() - tail);
    let mut aligned: Vec<Option<usize>> = (0..head).map(Some).collect();
    aligned.resize(base_end, None);
    for (at, found) in common(&base[head..base_end], &other[head..other_end])? {
        aligned[head + at] = Some(head + found);
    }
    aligned.extend((other_end..other.len()).map(Some));
    Some(aligned)
}

/// The pairs of a longest common subsequence, last first.
fn common(old: &[&str], new: &[&str]) -> Option<Vec<(usize, usize)>> {
    // For each number of differences, how far each diagonal (from -d to d, by twos) gets in the old text.
    let mut reached: Vec<Vec<usize>> = Vec::new();
    let furthest = |row: &[usize], d: usize, k: isize| row.get((k + d as isize) as usize / 2).copied();
    'search: for d in 0..=DIFFERENCES {
        let mut row = Vec::with_capacity(d + 1);
        for k in (-(d as isize)..=d as isize).step_by(2) {
            let mut x = match reached.last() {
                None => 0,
                Some(before) => begin(before, d, k).0,
            };
            while let Some(y) = x.checked_add_signed(-k)
                && x < old.len()
                && new.get(y).is_some_and(|line| *line == old[x])
            {
                x += 1;
            }
            row.push(x);
            if x == old.len() && x.checked_add_signed(-k) == Some(new.len()) {
                reached.push(row);
                break 'search;
            }
        }
        if d == DIFFERENCES {
            return None;
        }
        reached.push(row);
    }
    // Back along the way.
    let (mut pairs, mut k) = (Vec::new(), old.len() as isize - new.len() as isize);
    for d in (0..reached.len()).rev() {
        let mut x = furthest(&reached[d], d, k)?;
        let (from, before) = match d.checked_sub(1).and_then(|before| reached.get(before)) {
            Some(row) => begin(row, d, k),
            None => (0, 0),
        };
        while x > from {
            x -= 1;
            pairs.push((x, x.checked_add_signed(-k)?));
        }
        k = before;
    }
    Some(pairs)
}

/// Where diagonal `k` begins with `d` differences, given how far those with one less got, and the diagonal that it
/// comes from: down, a line more in the new text, where that gets further, else right, a line less of the old.
fn begin(before: &[usize], d: usize, k: isize) -> (usize, isize) {
    let at = |k: isize| before.get(((k + d as isize - 1) / 2).max(0) as usize).copied().unwrap_or(0);
    let ends = d as isize;
    if k == -ends || (k != ends && at(k - 1) < at(k + 1)) { (at(k + 1), k + 1) } else { (at(k - 1) + 1, k - 1) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn merged(base: &str, ours: &str, theirs: &str) -> (String, bool) {
        let merge = merge(base, ours, theirs, Favour::Theirs).expect("the texts are alike enough");
        (merge.text, merge.is_clean)
    }

    #[test]
    fn changes_of_lines_that_lie_apart_are_both_taken() {
        let base = "one\n\ntwo\n\nthree";
        assert_eq!(merged(base, "ONE\n\ntwo\n\nthree", "one\n\ntwo\n\nTHREE"), ("ONE\n\ntwo\n\nTHREE".into(), true));
        assert_eq!(merged(base, "zero\none\n\ntwo\n\nthree", "one\n\nthree"), ("zero\none\n\nthree".into(), true));
    }

    #[test]
    fn changes_of_neighbouring_lines_are_disputed() {
        assert_eq!(merged("1\n2\n3", "A\n2\n3", "1\nB\n3"), ("1\nB\n3".into(), false));
        let ours = merge("1\n2\n3", "A\n2\n3", "1\nB\n3", Favour::Ours);
        assert_eq!(ours, Some(Merge { text: "A\n2\n3".into(), is_clean: false }));
    }

    #[test]
    fn two_additions_at_the_end_are_disputed_and_the_same_one_is_not() {
        assert!(!merged("- a", "- a\n- b", "- a\n- c").1, "nobody knows which comes first");
        assert_eq!(merged("- a", "- a\n- b", "- a\n- b"), ("- a\n- b".into(), true));
    }

    #[test]
    fn a_text_written_anew_is_not_aligned() {
        let text = |word: &str| (0..700).map(|i| format!("{word} {i}")).collect::<Vec<_>>().join("\n");
        assert_eq!(merge(&text("a"), &text("b"), &text("c"), Favour::Ours), None, "1,400 lines differ");
    }

    #[test]
    fn an_alignment_is_a_longest_common_subsequence() {
        // Every pair of short texts over three lines, against the table of lengths.
        let text = |mut n: usize, len: usize| -> Vec<&str> {
            let mut lines = Vec::new();
            for _ in 0..len {
                lines.push(["a", "b", "c"][n % 3]);
                n /= 3;
            }
            lines
        };
        for (old, new) in (0..243).flat_map(|a| (0..81).map(move |b| (a, b))) {
            let (old, new) = (text(old, 5), text(new, 4));
            let mut table = vec![vec![0; new.len() + 1]; old.len() + 1];
            for i in 0..old.len() {
                for j in 0..new.len() {
                    table[i + 1][j + 1] =
                        if old[i] == new[j] { table[i][j] + 1 } else { table[i][j + 1].max(table[i + 1][j]) };
                }
            }
            let aligned = align(&old, &new).expect("short texts are aligned");
            let pairs: Vec<(usize, usize)> =
                aligned.iter().enumerate().filter_map(|(at, found)| Some((at, (*found)?))).collect();
            assert!(pairs.iter().all(|&(a, b)| old[a] == new[b]), "{old:?} {new:?}: pairs are of equal lines");
            assert!(pairs.windows(2).all(|w| w[0].1 < w[1].1), "{old:?} {new:?}: and in order");
            assert_eq!(pairs.len(), table[old.len()][new.len()], "{old:?} {new:?}: and as many as there can be");
        }
    }
}
