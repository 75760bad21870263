//! Any bytes as a file, and as an edit of one: the laws that import and absorb keep.
#![allow(dead_code, reason = "each test binary uses a part")]

use git_plan_core::import::{self, Options};
use git_plan_core::{Actor, Batch, Context, Layout, Plan, Title, absorb, bytes, view};

fn batch(plan: Plan, millis: i64) -> Batch {
    let by = Actor { name: "Ada".into(), email: "ada@example.org".into() };
    Batch::new(plan, by, git_plan_core::Timestamp::from_millis(millis), Context::default())
}

/// The plan that a text makes in a layout.
pub fn taken_in(text: &str, layout: Layout) -> Plan {
    let mut batch = batch(Plan::default(), 1_767_323_045_678);
    let nonce = Title::new("0").expect("a nonce");
    let options = Options { layout: Some(layout), slug: None, nonce };
    import::record(&import::read(text), &options, &mut batch).expect("any text is recorded");
    batch.plan().clone()
}

/// Any bytes are taken in and come back.
pub fn import(written: &[u8]) {
    let text = bytes::text(written);
    let plan = taken_in(&text, Layout::Own);
    let view = view::render(&plan, Layout::Own);
    assert_eq!(*bytes::bytes(&view), *written, "no byte is lost or changed");
    for layout in [Layout::Execplan, Layout::Cookbook] {
        let _ = view::render(&plan, layout);
        taken_in(&text, layout);
    }
}

/// Any file becomes any other by an edit; in the house layouts any edit is absorbed.
pub fn edit(before: &[u8], after: &[u8]) {
    let (before, after) = (bytes::text(before), bytes::text(after));
    let mut own = batch(taken_in(&before, Layout::Own), 1_767_323_145_678);
    absorb::absorb(&mut own, &after).expect("any edit is absorbed");
    assert_eq!(view::render(own.plan(), Layout::Own), *after, "the view is the edited text");
    for layout in [Layout::Execplan, Layout::Cookbook] {
        let plan = taken_in(&before, layout);
        let view = view::render(&plan, layout);
        let mut same = batch(plan.clone(), 1_767_323_145_678);
        absorb::absorb(&mut same, &view).expect("the view itself is absorbed");
        assert!(same.is_empty(), "what was not edited writes no event");
        let mut house = batch(plan, 1_767_323_145_678);
        absorb::absorb(&mut house, &after).expect("any edit is absorbed");
        let _ = view::render(house.plan(), layout);
    }
}

/// One input as two texts, cut at its first NUL.
pub fn halves(input: &[u8]) -> (&[u8], &[u8]) {
    let cut = input.iter().position(|&byte| byte == 0).unwrap_or(input.len() / 2);
    (&input[..cut], &input[(cut + 1).min(input.len())..])
}
