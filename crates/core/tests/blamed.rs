//! Blame, to the event: where history is a line and nothing is said twice, a line was not there before the event that is
//! blamed for it. (That it is there at that event is a law, held against any history in `laws.rs`.)

use git_plan_core::author::{self, NewPlan, Refusal, Spot};
use git_plan_core::{Actor, Batch, Context, Event, Kind, Layout, Plan, Timestamp, blame, view};
use proptest::prelude::*;

/// A line of events, as these choices make it; every text is new.
fn line(choices: &[(u8, u8)]) -> Result<Vec<Event>, Refusal> {
    let by = Actor { name: "Ada".into(), email: String::new() };
    let mut batch = Batch::new(Plan::default(), by, Timestamp::from_millis(0), Context::default());
    author::begin(&mut batch, &NewPlan { title: "A plan", nonce: "0", ..NewPlan::default() })?;
    let mut prose = String::new();
    for (nth, &(what, which)) in choices.iter().enumerate() {
        let text = format!("Text {nth}");
        let steps = batch.plan().steps().iter().map(|step| step.item.id().to_string()).collect::<Vec<_>>();
        let some = steps.get(usize::from(which) % steps.len().max(1)).cloned().unwrap_or_default();
        let named = [some.clone()];
        // From ten steps on, what hangs below one is indented by its number.
        let added = batch.plan().items().filter(|item| item.kind() == Kind::Step).count();
        if what % 12 <= 3 && added >= 9 {
            continue;
        }
        // What the plan does not allow is left out.
        let _ = match what % 12 {
            0 | 1 => author::step::add(&mut batch, &text, &Spot::default()).map(drop),
            2 => author::step::add(&mut batch, &text, &Spot { first: true, ..Spot::default() }).map(drop),
            3 => author::step::add(&mut batch, &text, &Spot { under: Some(&some), ..Spot::default() }).map(drop),
            4 => author::step::complete(&mut batch, &named, &[text]).map(drop),
            5 => author::step::reopen(&mut batch, &named).map(drop),
            6 => author::item::reword(&mut batch, Kind::Step, &some, &text).map(drop),
            7 => author::item::remove(&mut batch, Kind::Step, &some).map(drop),
            8 => author::step::claim(&mut batch, &some, &text, None).map(drop),
            9 => {
                prose = if which % 3 == 0 { format!("{text}\n{prose}") } else { format!("{prose}\n{text}") };
                author::section::write(&mut batch, "context", prose.trim()).map(drop)
            }
            10 => author::question::ask(&mut batch, &text, &[], None).map(drop),
            _ => author::record::discover(&mut batch, &text, &[], None).map(drop),
        };
    }
    Ok(batch.events().cloned().collect())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_line_was_not_there_before_the_event_that_is_blamed(
        choices in proptest::collection::vec((any::<u8>(), any::<u8>()), 0..30)
    ) {
        let events = line(&choices).expect("what is refused is left out");
        let plan = Plan::replay(&events);
        let all: Vec<&Event> = events.iter().collect();
        for layout in [Layout::Execplan, Layout::Cookbook] {
            let views: Vec<String> =
                (0..=events.len()).map(|upto| view::render(&Plan::replay(&events[..upto]), layout)).collect();
            let lines = blame::blame(&all, &plan, layout);
            let once = |text: &str| lines.iter().filter(|line| line.text == text).count() == 1;
            // A heading is blamed on the first of what is below it now; what was there before and went is forgotten.
            let is_heading = |text: &str| text.starts_with('#');
            for line in lines.iter().filter(|line| line.at > 0 && !line.text.trim().is_empty() && once(&line.text)) {
                if is_heading(&line.text) {
                    continue;
                }
                let has = |view: &String| view.lines().any(|other| other == line.text);
                prop_assert!(has(&views[line.at + 1]), "{:?} is there at event {}", line.text, line.at);
                prop_assert!(!has(&views[line.at]), "{:?} is not there before event {}", line.text, line.at);
            }
        }
    }
}
