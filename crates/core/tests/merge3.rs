//! The three-way merge of texts: what may be relied on, whatever the texts are.

use std::collections::BTreeMap;

use git_plan_core::merge::{Favour, Merge, merge};
use proptest::prelude::*;

/// Texts of few different lines, so that they have much in common and often more than one alignment.
fn text() -> impl Strategy<Value = String> {
    let line = prop_oneof![
        4 => Just(String::new()),
        8 => prop::sample::select(vec!["a", "b", "c", "- [ ] d", "```", "# e"]).prop_map(str::to_owned),
        1 => ".{0,8}",
    ];
    prop::collection::vec(line, 0..14).prop_map(|lines| lines.join("\n"))
}

/// A text with some of its lines changed.
fn edited(base: &str, edits: &[(u8, u8)]) -> String {
    let mut lines: Vec<String> = base.split('\n').map(str::to_owned).collect();
    for &(at, how) in edits {
        let at = usize::from(at) % (lines.len() + 1);
        match how % 4 {
            0 => lines.insert(at, format!("new {}", how % 8)),
            1 if at < lines.len() => drop(lines.remove(at)),
            2 if at < lines.len() => lines[at] = format!("new {}", how % 8),
            _ => lines.insert(at, "a".to_owned()),
        }
    }
    lines.join("\n")
}

/// A base and two that were made of it.
fn three() -> impl Strategy<Value = [String; 3]> {
    let edits = || prop::collection::vec(any::<(u8, u8)>(), 0..5);
    let made = (text(), edits(), edits()).prop_map(|(base, ours, theirs)| {
        let (ours, theirs) = (edited(&base, &ours), edited(&base, &theirs));
        [base, ours, theirs]
    });
    prop_oneof![4 => made, 1 => [text(), text(), text()]]
}

fn merged([base, ours, theirs]: &[String; 3], favour: Favour) -> Merge {
    merge(base, ours, theirs, favour).expect("short texts can be aligned")
}

fn count(text: &str) -> BTreeMap<&str, usize> {
    let mut lines = BTreeMap::new();
    text.split('\n').for_each(|line| *lines.entry(line).or_default() += 1);
    lines
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_side_that_changed_nothing_leaves_the_other_as_it_is(base in text(), other in text()) {
        for favour in [Favour::Ours, Favour::Theirs] {
            let expected = Some(Merge { text: other.clone(), is_clean: true });
            prop_assert_eq!(merge(&base, &base, &other, favour), expected.clone());
            prop_assert_eq!(merge(&base, &other, &base, favour), expected.clone());
            prop_assert_eq!(merge(&base, &other, &other, favour), expected);
        }
    }

    #[test]
    fn which_side_is_called_ours_decides_nothing_but_whose_lines_are_taken(texts in three()) {
        let [base, ours, theirs] = texts.clone();
        let turned = [base, theirs, ours];
        prop_assert_eq!(merged(&texts, Favour::Ours), merged(&turned, Favour::Theirs));
        let (one, other) = (merged(&texts, Favour::Ours), merged(&texts, Favour::Theirs));
        prop_assert_eq!(one.is_clean, other.is_clean);
        prop_assert!(!one.is_clean || one.text == other.text, "a clean merge favours nobody");
    }

    #[test]
    fn every_line_that_a_side_wrote_is_in_the_merge_that_favours_it(texts in three()) {
        let [base, ours, theirs] = &texts;
        let before = count(base);
        for (side, favour) in [(ours, Favour::Ours), (theirs, Favour::Theirs)] {
            let merge = merged(&texts, favour);
            let there = count(&merge.text);
            for (line, times) in count(side).into_iter().filter(|(line, _)| !before.contains_key(line)) {
                let found = there.get(line).copied().unwrap_or_default();
                prop_assert!(found >= times, "{line:?} is in {:?} as often as in {side:?}", merge.text);
            }
        }
        let known = |line: &&str| [base, ours, theirs].into_iter().any(|text| text.split('\n').any(|l| l == *line));
        let merge = merged(&texts, Favour::Theirs);
        prop_assert!(merge.text.split('\n').all(|line| known(&line)), "no line is made up");
    }

    #[test]
    fn changes_with_an_unchanged_line_between_them_are_all_made(
        parts in prop::collection::vec((0_u8..5, 0_u8..5), 1..8),
    ) {
        // Part by part at most one side changes something, and a line that both keep stands after each.
        let (mut base, mut ours, mut theirs, mut both) = (vec![], vec![], vec![], vec![]);
        for (at, &(how, whose)) in parts.iter().enumerate() {
            let was: Vec<String> = (0..2).map(|n| format!("part {at} line {n}")).collect();
            let new: Vec<String> = match how {
                0 => was.clone(),
                1 => vec![],
                2 => vec![was[0].clone()],
                3 => vec![format!("new {at}")],
                _ => vec![was[0].clone(), format!("new {at}"), was[1].clone()],
            };
            let (left, right) = if whose % 2 == 0 { (new.clone(), was.clone()) } else { (was.clone(), new.clone()) };
            for (text, part) in [(&mut base, was), (&mut ours, left), (&mut theirs, right), (&mut both, new)] {
                text.extend(part);
                text.push(format!("after {at}"));
            }
        }
        let texts = [base.join("\n"), ours.join("\n"), theirs.join("\n")];
        let expected = Merge { text: both.join("\n"), is_clean: true };
        prop_assert_eq!(merged(&texts, Favour::Ours), expected);
    }

    #[test]
    fn any_texts_can_be_merged_or_are_left_alone(base in any::<String>(), ours in any::<String>(), theirs in any::<String>()) {
        prop_assert!(merge(&base, &ours, &theirs, Favour::Ours).is_some(), "few lines are always aligned");
    }
}

#[test]
fn the_merge_of_hostile_texts_ends() {
    let lines = |many: usize, line: fn(usize) -> String| (0..many).map(line).collect::<Vec<_>>().join("\n");
    let texts = [
        String::new(),
        "\n".repeat(60_000),
        lines(30_000, |_| "a".into()),
        lines(30_000, |n| ["a", "b"][n % 2].into()),
        lines(30_000, |n| ["b", "a", "a"][n % 3].into()),
        lines(20_000, |n| n.to_string()),
        lines(20_000, |n| (20_000 - n).to_string()),
        "a".repeat(128 * 1024),
        "\u{0}\r\n\u{2028}\u{1b}[31m\r".repeat(10_000),
    ];
    for (n, base) in texts.iter().enumerate() {
        let (ours, theirs) = (&texts[(n + 1) % texts.len()], &texts[(n + 4) % texts.len()]);
        assert_eq!(merge(base, ours, theirs, Favour::Theirs), None, "text {n} has too little in common with others");
        let changed = format!("{base}\nlast");
        let both = merge(base, &changed, &format!("first\n{base}"), Favour::Ours);
        assert!(both.is_some(), "a line at either end of text {n} is aligned at once");
    }
}
