//! The laws of comparing, held against plans of all events, with forks and joins.

mod scripts;

use git_plan_core::diff::{self, Piece, Same};
use git_plan_core::state::versions;
use git_plan_core::{Plan, view};
use proptest::prelude::*;
use serde_json::Value;

/// Applies a patch as strictly as can be: every line that it says is there must be there, and it must say each change.
fn apply(old: &str, patch: &str) -> String {
    let lines: Vec<&str> = old.split_inclusive('\n').collect();
    let (mut at, mut out) = (0, String::new());
    let mut said = patch.split_inclusive('\n').skip(2).peekable();
    while let Some(line) = said.next() {
        if let Some(header) = line.strip_prefix("@@ -") {
            let (from, _) = header.split_once(" +").expect("a header has two ranges");
            let (start, count) = from.split_once(',').unwrap_or((from, "1"));
            let start: usize = start.parse().expect("a number");
            let start = if count == "0" { start } else { start - 1 };
            out.push_str(&lines[at..start].concat());
            at = start;
            continue;
        }
        let (mark, rest) = line.split_at(1);
        let is_cut = said.next_if(|next| next.starts_with("\\ No newline")).is_some();
        let text = if is_cut { rest.strip_suffix('\n').expect("it is cut by the mark alone") } else { rest };
        if mark != "+" {
            assert_eq!(lines[at], text, "what the patch says is there is there");
            at += 1;
        }
        if mark != "-" {
            out.push_str(text);
        }
    }
    out.push_str(&lines[at..].concat());
    out
}

/// What a state means: all but which version it is, and what is no longer there.
fn meaning(plan: &Plan) -> Value {
    let mut state = plan.to_json();
    for member in ["events", "heads", "removed"] {
        state.as_object_mut().expect("a state is an object").remove(member);
    }
    state
}

fn holds(old: &Plan, new: &Plan) {
    let found = diff::between(old, new, Same::ById);
    assert_eq!(found.is_empty(), meaning(old) == meaning(new), "empty exactly where both mean the same: {found:?}");
    for difference in &found {
        assert!(
            difference.old != difference.new || difference.what == "moved",
            "what is named differs: {difference:?}"
        );
        assert!(difference.of.kind == "plan" || !difference.of.id.is_empty(), "each is named: {difference:?}");
    }
    let [was, is] = [old, new].map(|plan| view::render(plan, plan.layout()));
    let patch = diff::patch(&was, &is, ["a", "b"]);
    assert_eq!(apply(&was, &patch), is, "the patch of the views makes the old view the new one:\n{patch}");
    let [old, new] = [old, new].map(Plan::items);
    let ids = |items: Vec<&git_plan_core::Item>| -> Vec<String> {
        items.into_iter().filter(|item| item.is_visible()).map(|item| item.id().to_string()).collect()
    };
    let (was, is) = (ids(old.collect()), ids(new.collect()));
    for id in is.iter().filter(|id| !was.contains(id)) {
        assert!(found.iter().any(|d| d.of.id == *id), "an item that was added is named: {id}");
    }
    for id in was.iter().filter(|id| !is.contains(id)) {
        assert!(found.iter().any(|d| d.of.id == *id), "an item that was removed is named: {id}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_difference_is_told_exactly_where_there_is_one(
        script in proptest::collection::vec(any::<u8>(), 0..400), cut in any::<proptest::sample::Index>(),
    ) {
        let events = scripts::events(&script);
        let (new, old) = (Plan::replay(&events), Plan::replay(&events[..=cut.index(events.len())]));
        holds(&old, &new);
        holds(&new, &old);
        prop_assert!(diff::between(&new, &new, Same::ByText).is_empty(), "a plan is like itself");
    }

    #[test]
    fn a_version_is_the_fold_of_its_events(script in proptest::collection::vec(any::<u8>(), 0..300), first in 0_usize..20) {
        let events = scripts::events(&script);
        let order = git_plan_core::order::arrange(&events, git_plan_core::order::Floor::NONE);
        let events: Vec<_> = order.iter().map(|placed| events[placed.index].clone()).collect();
        let mut seen = Vec::new();
        versions(&events, first, &mut |count, plan| {
            assert_eq!(*plan, Plan::replay(&events[..count]), "after {count} events");
            seen.push(count);
        });
        prop_assert_eq!(seen, (first..=events.len()).collect::<Vec<_>>(), "each from the first on, once");
    }

    #[test]
    fn a_patch_makes_the_old_text_the_new_one(old in "([ab\r]{0,2}\n?){0,30}", new in "([ab\r]{0,2}\n?){0,30}") {
        let patch = diff::patch(&old, &new, ["a", "b"]);
        prop_assert_eq!(apply(&old, &patch), new, "{}", patch);
    }

    #[test]
    fn the_pieces_of_two_texts_make_both(old in "([abé .\n]{0,3}){0,20}", new in "([abé .\n]{0,3}){0,20}") {
        let pieces = diff::words(&old, &new);
        let text = |of: fn(&Piece<'_>) -> bool| -> String {
            let text = |piece: &Piece<'_>| match *piece { Piece::Same(t) | Piece::Old(t) | Piece::New(t) => t.to_owned() };
            pieces.iter().filter(|piece| of(piece)).map(text).collect()
        };
        prop_assert_eq!(text(|piece| !matches!(piece, Piece::New(_))), old.as_str());
        prop_assert_eq!(text(|piece| !matches!(piece, Piece::Old(_))), new.as_str());
    }
}
