//! What is promised of the rules of `check`: their table stands in the specification, and any plan can be checked.

mod scripts;

use std::path::Path;

use git_plan_core::check::{Code, Options, Severity, check};
use git_plan_core::{Plan, Timestamp};
use proptest::prelude::*;

type Outcome = Result<(), Box<dyn std::error::Error>>;

#[test]
fn the_specification_lists_the_rules() -> Outcome {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../spec/11-check.md");
    let text = std::fs::read_to_string(&path)?;
    let (begin, end) = ("<!-- codes: begin -->\n", "<!-- codes: end -->");
    let (head, rest) = text.split_once(begin).ok_or("the table begins")?;
    let (_, tail) = rest.split_once(end).ok_or("the table ends")?;
    let mut table = "\n| word | group | severity | what is found |\n|---|---|---|---|\n".to_owned();
    for code in Code::ALL {
        let (word, group, severity) = (code.as_str(), code.group().as_str(), code.severity().as_str());
        table.push_str(&format!("| `{word}` | {group} | {severity} | {} |\n", code.about().trim_end_matches('.')));
    }
    let told = format!("{head}{begin}{table}\n{end}{tail}");
    if std::env::var_os("UPDATE_VECTORS").is_some() {
        std::fs::write(&path, &told)?;
    }
    assert!(std::fs::read_to_string(&path)? == told, "the table of K4 is up to date; UPDATE_VECTORS=1 writes it");
    let mut words: Vec<&str> = Code::ALL.iter().map(|code| code.as_str()).collect();
    words.sort_unstable();
    words.dedup();
    assert_eq!(words.len(), Code::ALL.len(), "each rule has a word of its own");
    assert!(Code::ALL.is_sorted_by_key(|code| code.group()), "the rules of a group stand together");
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_plan_is_checked_at_any_time_and_a_rule_that_is_off_finds_nothing(
        script in proptest::collection::vec(any::<u8>(), 0..400),
        now in any::<i64>(),
        days in any::<u32>(),
    ) {
        let (plan, now) = (Plan::replay(&scripts::events(&script)), Timestamp::from_millis(now));
        let mut options = Options { days, ..Options::default() };
        let findings = check(&plan, now, &options);
        prop_assert!(findings.is_sorted_by(|a, b| a.severity >= b.severity), "what matters most comes first");
        prop_assert_eq!(&findings, &check(&plan, now, &options), "a check is a function of the plan and the time");
        if let Some(first) = findings.first() {
            options.severities.insert(first.code, None);
            let left = check(&plan, now, &options);
            prop_assert!(left.iter().all(|finding| finding.code != first.code), "a rule that is off is silent");
            options.severities.insert(first.code, Some(Severity::Notice));
            let lowered = check(&plan, now, &options);
            prop_assert_eq!(lowered.len(), findings.len(), "another severity changes nothing else");
        }
    }
}
