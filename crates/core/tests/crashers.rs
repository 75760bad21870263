//! What fuzzing found, kept: each file is the input as the fuzzer wrote it, in a directory named after its target.

mod edits;
mod scripts;

use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::path::Path;

use git_plan_core::Plan;
use scripts::laws;

type TestResult<T = ()> = Result<T, Box<dyn Error>>;

/// The files of a target by name.
type Inputs = BTreeMap<String, Vec<u8>>;

fn inputs(target: &str) -> TestResult<Inputs> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/crashers").join(target);
    let mut inputs = Inputs::new();
    for entry in fs::read_dir(directory)? {
        let entry = entry?;
        inputs.insert(entry.file_name().to_string_lossy().into_owned(), fs::read(entry.path())?);
    }
    assert!(!inputs.is_empty(), "there is something to run");
    Ok(inputs)
}

#[test]
fn events_that_once_crashed() -> TestResult {
    for (name, bytes) in inputs("event")? {
        println!("event/{name}");
        laws::reading(&bytes);
    }
    Ok(())
}

#[test]
fn scripts_that_once_crashed() -> TestResult {
    for (name, script) in inputs("replay")? {
        println!("replay/{name}");
        let events = scripts::events(&script);
        laws::projection(&Plan::replay(&events));
        laws::all(&events);
    }
    Ok(())
}

#[test]
fn files_that_once_crashed() -> TestResult {
    for (name, written) in inputs("markdown")? {
        println!("markdown/{name}");
        edits::import(&written);
    }
    Ok(())
}

#[test]
fn edits_that_once_crashed() -> TestResult {
    for (name, input) in inputs("absorb")? {
        println!("absorb/{name}");
        let (before, after) = edits::halves(&input);
        edits::edit(before, after);
    }
    Ok(())
}
