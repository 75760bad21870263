//! The example in Python, as a program of many threads would use it.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Stdio;

use crate::world::{Outcome, World};

/// Runs a script with the example at hand; none where there is no Python.
fn python(world: &World, script: &str) -> Outcome<Option<String>> {
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/examples");
    let mut command = world.command("python3", &world.repository());
    command.args(["-c", script]).env("PYTHONPATH", examples).env("PYTHONDONTWRITEBYTECODE", "1").stderr(Stdio::piped());
    match command.output() {
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
            println!("SKIPPED: there is no python3 here");
            Ok(None)
        }
        Err(e) => Err(e.into()),
        Ok(output) => {
            assert!(output.status.success(), "the script ends well:\n{}", String::from_utf8_lossy(&output.stderr));
            Ok(Some(String::from_utf8(output.stdout)?))
        }
    }
}

#[test]
fn a_plan_is_loaded_and_eight_threads_record_at_once_each_once() -> Outcome {
    let world = World::with_plan(&["One", "Two"]);
    world.plan(&["set", "objective", "Try it"]).done();
    world.plan(&["step", "start", "2"]).done();
    world.plan(&["block", "No token"]).done();
    world.plan(&["decide", "Use it", "--because", "It is there"]).done();
    let script = r#"
from concurrent.futures import ThreadPoolExecutor
from execplan import PlanError, load_execplan, update_progress
plan = load_execplan("p")
print(plan["objective"], plan["current_step"]["text"], plan["blockers"][0]["text"], plan["decisions"][0]["title"], sep="; ")
record = lambda n: update_progress("p", f"--update {n}", key=f"run/{n}", seen=plan["version"] if n % 2 else None)
with ThreadPoolExecutor(8) as pool:
    first = list(pool.map(record, range(24)))
    again = list(pool.map(record, range(24)))
assert first == again, "tried again, nothing is recorded twice"
assert len(set(first)) == 24, "each update is an entry of its own"
try:
    load_execplan("nope")
except PlanError as error:
    print(error.code, error.retry)
"#;
    let Some(said) = python(&world, script)? else { return Ok(()) };
    assert_eq!(said, "Try it; Two; No token; Use it\nno-such-plan False\n");
    let shown = world.plan(&["show", "--json"]).json();
    let notes = shown[0]["data"]["notes"].as_array().cloned().unwrap_or_default();
    let texts: BTreeSet<&str> = notes.iter().filter_map(|note| note["text"].as_str()).collect();
    assert_eq!((notes.len(), texts.len()), (24, 24), "all of them are in the plan, each once: {texts:?}");
    world.assert_sound(&world.repository());
    Ok(())
}
