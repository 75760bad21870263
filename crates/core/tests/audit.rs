//! What is promised of checks: the table of what they find stands in the specification, and commitments read back.

use std::path::Path;

use git_plan_core::audit::{Code, Commitment, check_commitment, events, export};
use git_plan_core::audit::{Place, Severity};
use git_plan_core::{Event, Timestamp};

use proptest::prelude::*;

type Outcome = Result<(), Box<dyn std::error::Error>>;

fn spec(path: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../spec").join(path)
}

#[test]
fn the_specification_lists_what_a_check_may_find() -> Outcome {
    let path = spec("6-git.md");
    let text = std::fs::read_to_string(&path)?;
    let (begin, end) = ("<!-- codes: begin -->\n", "<!-- codes: end -->");
    let (head, rest) = text.split_once(begin).ok_or("the table begins")?;
    let (_, tail) = rest.split_once(end).ok_or("the table ends")?;
    let mut table = "\n| word | severity | what |\n|---|---|---|\n".to_owned();
    for code in Code::ALL {
        let (word, severity) = (code.as_str(), code.severity().as_str());
        table.push_str(&format!("| `{word}` | {severity} | {} |\n", code.about().trim_end_matches('.')));
    }
    let told = format!("{head}{begin}{table}\n{end}{tail}");
    if std::env::var_os("UPDATE_VECTORS").is_some() {
        std::fs::write(&path, &told)?;
    }
    assert!(std::fs::read_to_string(&path)? == told, "the table of G40 is up to date; UPDATE_VECTORS=1 writes it");
    let mut words: Vec<&str> = Code::ALL.iter().map(|code| code.as_str()).collect();
    words.sort_unstable();
    words.dedup();
    assert_eq!(words.len(), Code::ALL.len(), "each kind has a word of its own");
    Ok(())
}

#[test]
fn the_vectors_are_checked_without_a_panic_and_commitments_to_them_hold() -> Outcome {
    let now = Timestamp::parse_rfc3339("2040-01-01T00:00:00Z")?;
    let mut sound = 0;
    for vector in std::fs::read_dir(spec("vectors"))? {
        let bytes = std::fs::read(vector?.path().join("events.jsonl"))?;
        let exported = export(&bytes, now);
        let line = |at: usize| exported.lines[at];
        let Some(commitment) = Commitment::of(&exported.events, line, now) else { continue };
        let text = commitment.to_string();
        assert_eq!(Commitment::parse(&text).as_ref(), Ok(&commitment), "what is written is read back:\n{text}");
        for end in 0..text.len() {
            assert!(Commitment::parse(&text[..end]).is_err(), "no beginning of it is a commitment: {:?}", &text[..end]);
        }
        let found = check_commitment(&commitment, &exported.events, line, &Place::Plan);
        assert_eq!(found, [], "what was committed to just now is there");
        let lost: Vec<Event> = exported.events.iter().filter(|e| !commitment.heads.contains(&e.id)).cloned().collect();
        let found = check_commitment(&commitment, &lost, |_| b"", &Place::Plan);
        assert!(found.iter().any(|finding| finding.code == Code::CutBack), "what is gone is missed: {found:?}");
        sound += usize::from(exported.audit.is_sound());
        let (again, _) = events(&exported.events, &|at| Place::Line(at + 1), now);
        assert!(again.count(Severity::Error) <= exported.audit.count(Severity::Error), "an export asks for more");
    }
    assert!(sound > 20, "most vectors are sound: {sound}");
    Ok(())
}

proptest! {
    #[test]
    fn whatever_stands_in_an_export_or_a_commitment_is_read_without_a_panic(
        lines in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..60), 0..8),
        text in "(git-plan-commitment v1\n)?(plan [0-9a-f]{64}\n)?(heads [0-9a-f,]{0,130}\n)?.{0,40}",
    ) {
        let bytes = lines.join(&b'\n');
        let exported = export(&bytes, Timestamp::from_millis(0));
        prop_assert!(!exported.audit.is_sound(), "noise is no plan");
        prop_assert!(Commitment::parse(&text).is_err(), "and no commitment");
    }
}
