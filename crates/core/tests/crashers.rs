//! What fuzzing found, kept: each file is the input as the fuzzer wrote it, in a directory named after its target.

mod scripts;

use std::error::Error;
use std::fs;
use std::path::Path;

use git_plan_core::Plan;
use scripts::laws;

fn inputs(target: &str) -> Result<Vec<(String, Vec<u8>)>, Box<dyn Error>> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/crashers").join(target);
    let mut inputs = Vec::new();
    for entry in fs::read_dir(directory)? {
        let entry = entry?;
        inputs.push((entry.file_name().to_string_lossy().into_owned(), fs::read(entry.path())?));
    }
    inputs.sort();
    assert!(!inputs.is_empty(), "there is something to run");
    Ok(inputs)
}

#[test]
fn events_that_once_crashed() -> Result<(), Box<dyn Error>> {
    for (name, bytes) in inputs("event")? {
        println!("event/{name}");
        laws::reading(&bytes);
    }
    Ok(())
}

#[test]
fn scripts_that_once_crashed() -> Result<(), Box<dyn Error>> {
    for (name, script) in inputs("replay")? {
        println!("replay/{name}");
        let events = scripts::events(&script);
        laws::projection(&Plan::replay(&events));
        laws::all(&events);
    }
    Ok(())
}
