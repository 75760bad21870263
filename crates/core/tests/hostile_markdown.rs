//! Hostile files: huge, deep, or made to deceive. Each is a faithful plan, in time linear in its size.

mod edits;

use edits::taken_in;
use git_plan_core::{Layout, absorb, view};

fn comes_back(text: &str) {
    let plan = taken_in(text, Layout::Own);
    assert!(view::render(&plan, Layout::Own) == text, "the view is the file");
}

#[test]
fn ten_thousand_items_each_below_the_last_are_taken_in() {
    let mut text = String::from("# Deep\n\n## Progress\n");
    for depth in 0..10_000 {
        text.push_str(&" ".repeat(2 * (depth % 500)));
        text.push_str("- [ ] box\n");
    }
    comes_back(&text);
}

#[test]
fn a_line_of_a_megabyte_is_taken_in() {
    comes_back(&format!("# Long\n\n## Progress\n- [ ] {}\n- [x] after\n", "word ".repeat(200_000)));
    comes_back(&format!("# {}\n", "heading ".repeat(130_000)));
}

#[test]
fn what_looks_like_our_own_marks_is_text() {
    let heading =
        "# <!-- git-plan base: 0123456789ab -->\n\n- [ ] box\n\n```\n<!-- git-plan base: 0123456789ab -->\n```\n";
    comes_back(heading);
    assert!(absorb::base(heading).is_empty(), "neither a heading nor what stands in a fence names a version");
    let footer = "```\n<!-- git-plan base: 0123456789ab -->\n```\n\n<!-- git-plan base: cafe cafd -->\nappended\n";
    assert_eq!(absorb::base(footer), ["cafe", "cafd"], "the line of the view counts, wherever something was appended");
    let open = "```\nnever closed\n\n<!-- git-plan base: cafe -->\n";
    assert_eq!(absorb::base(open), ["cafe"], "a fence that was left open does not hide the last line");
    comes_back("\u{202e}# Bidi\u{2066}\n\n- [ ] \u{200b}box\u{1b}[31m\n");
}

#[test]
fn a_file_of_fifty_megabytes_is_taken_in() {
    if std::env::var_os("GIT_PLAN_LONG").is_none() {
        eprintln!("SKIPPED: set GIT_PLAN_LONG to take in a file of 50 MB");
        return;
    }
    let mut text = String::from("# Huge\n\n## Progress\n\n");
    while text.len() < 50_000_000 {
        text.push_str("A paragraph of the size that people write, with some words in it to fill the line.\n\n");
    }
    comes_back(&text);
}
