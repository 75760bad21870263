//! What is blamed for the lines of a view.

use std::collections::BTreeMap;

use git_plan_core::{Event, Kind, Layout, Plan, blame as blaming, order, view};

/// *Blame*: the events up to the one that is named for a line, in the plan's order, show that line.
pub fn blame(events: &[Event], plan: &Plan) {
    let order = order::arrange(events, order::Floor::NONE);
    let ordered: Vec<&Event> = order.iter().map(|placed| &events[placed.index]).collect();
    // A block of a plan's own text that does not end its last line shares it with whatever comes to stand behind it.
    let is_unended = |text: &str| !text.is_empty() && !text.ends_with('\n');
    let shares = plan.items().any(|item| {
        is_unended(item.source.as_ref().map_or_else(|| item.text(), |source| source.value()))
            && (item.source.is_some() || item.kind() == Kind::Prose)
    });
    for &layout in Layout::ALL {
        let view = view::render(plan, layout);
        let blamed = blaming::blame(&ordered, plan, layout);
        let lines: Vec<&str> = blamed.iter().map(|line| line.text.as_str()).collect();
        assert_eq!(lines, view.lines().collect::<Vec<_>>(), "the lines are those of the view");
        let mut views: BTreeMap<usize, String> = BTreeMap::new();
        if layout == Layout::Own && plan.has_own_text() && shares {
            continue;
        }
        for line in blamed.iter().filter(|line| !line.text.trim().is_empty()) {
            let at_that_time = views.entry(line.at).or_insert_with(|| {
                let first: Vec<Event> = ordered[..=line.at].iter().map(|&event| event.clone()).collect();
                view::render(&Plan::replay(&first), layout)
            });
            let is_there = at_that_time.lines().any(|other| other.trim_end() == line.text.trim_end());
            let event = ordered[line.at];
            assert!(
                is_there,
                "{layout}: {:?} stands at event {} ({})\n{at_that_time}",
                line.text, line.at, event.type_name
            );
        }
    }
}
