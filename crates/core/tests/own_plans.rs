//! The project's own plans: their events, replayed, give their views.

use std::path::Path;

use git_plan_core::{Event, Plan, view};

#[test]
fn the_events_of_our_own_plans_give_the_views_in_the_tree() -> Result<(), Box<dyn std::error::Error>> {
    let plans = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../plans");
    let mut replayed = 0;
    for entry in std::fs::read_dir(&plans)? {
        let path = entry?.path();
        let Some(name) = path.file_name().and_then(|name| name.to_str()?.strip_suffix(".events.jsonl")) else {
            continue;
        };
        let lines = std::fs::read_to_string(&path)?;
        let events: Vec<Event> = lines.lines().map(|line| Event::read(line.as_bytes(), &[])).collect();
        let plan = Plan::replay(&events);
        assert_eq!(plan.inert, vec![], "{name}: every event has its effect");
        let expected = std::fs::read_to_string(plans.join(format!("{name}.md")))?;
        assert_eq!(view::render(&plan, plan.layout()), expected, "{name}: the view is what the events make");
        replayed += 1;
    }
    assert!(replayed > 0, "there is a plan to replay");
    Ok(())
}
