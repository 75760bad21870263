//! Briefs, over random plans and budgets.

mod scripts;

use git_plan_core::brief::{self, Brief, TOKEN};
use git_plan_core::{Plan, Slug, Timestamp, text};
use proptest::prelude::*;

fn slug() -> Slug {
    "a-plan".parse().expect("a slug")
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_brief_keeps_its_budget_and_is_harmless(script in proptest::collection::vec(any::<u8>(), 0..400), budget in 0_usize..2000) {
        let (plan, slug) = (Plan::replay(&scripts::events(&script)), slug());
        let told = brief::write(&plan, Brief { slug: &slug, now: Timestamp::from_millis(0), reader: Some("Ada"), budget });
        assert!(told.len() <= budget * TOKEN, "{} bytes for {budget} tokens:\n{told}", told.len());
        assert_eq!(text::neutral(&told), told, "nothing in it acts on a terminal");
    }

    #[test]
    fn a_brief_with_more_room_says_no_less(script in proptest::collection::vec(any::<u8>(), 0..400)) {
        let (plan, slug) = (Plan::replay(&scripts::events(&script)), slug());
        let at = |budget| brief::write(&plan, Brief { slug: &slug, now: Timestamp::from_millis(0), reader: None, budget });
        let all = at(usize::MAX / TOKEN);
        assert!(!all.contains("and 1 more:") && !all.contains("more than there is room for"), "with room enough, all of it is told");
        let budget = all.len() / TOKEN + 400;
        assert_eq!(at(budget), all, "and no more room is used than that takes");
    }
}
