//! Documents that run: what the README says that a command prints is what it prints.
//!
//! A block fenced as `console` is a session: lines that begin with `$ ` are commands (continued after a `\`), the lines
//! after each are what it prints; a line of `…` stands for any lines, and `…` within a line for any text. The blocks of a document run one after another in
//! one world, without building or installing anything: commands that begin with `cargo` or `./` are left out.

use std::path::Path;

use crate::world::{Outcome, World};

struct Step {
    command: String,
    expected: Vec<String>,
}

/// The commands of the `console` blocks of a document.
fn steps(document: &str) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    let (mut inside, mut continued) = (false, false);
    for line in document.lines() {
        if line.trim_start().starts_with("```") {
            inside = !inside && line.trim() == "```console";
            continued = false;
        } else if inside && continued {
            let step = steps.last_mut().expect("a command that goes on");
            step.command.push_str(&format!("\n{line}"));
            continued = line.ends_with('\\');
        } else if let Some(command) = line.strip_prefix("$ ").filter(|_| inside) {
            continued = command.ends_with('\\');
            steps.push(Step { command: command.to_owned(), expected: Vec::new() });
        } else if let Some(step) = steps.last_mut().filter(|_| inside) {
            step.expected.push(line.trim_end().to_owned());
        }
    }
    steps
}

/// Whether lines are as expected, where `…` stands for any number of them.
fn fits(expected: &[String], found: &[&str]) -> bool {
    match expected.split_first() {
        None => found.is_empty(),
        Some((first, rest)) if first == "…" => (0..=found.len()).any(|skipped| fits(rest, &found[skipped..])),
        Some((first, rest)) => {
            found.split_first().is_some_and(|(line, after)| fits_line(first, line) && fits(rest, after))
        }
    }
}

/// Whether a line is as expected, where `…` stands for any text unless the line has one there.
fn fits_line(expected: &str, found: &str) -> bool {
    match expected.split_once('…') {
        _ if expected == found => true,
        Some((before, after)) => found.starts_with(before) && found[before.len()..].ends_with(after),
        None => false,
    }
}

fn run(world: &World, document: &str) -> Outcome {
    for Step { command, mut expected } in steps(document) {
        if command.starts_with("cargo ") || command.starts_with("./") {
            continue;
        }
        let script = format!("exec 2>&1\n{command}");
        let output = world.command("sh", &world.repository()).args(["-c", &script]).output()?;
        let found = String::from_utf8(output.stdout)?;
        let mut lines: Vec<&str> = found.lines().map(str::trim_end).collect();
        // A blank line between two commands belongs to neither.
        while expected.last().is_some_and(String::is_empty) {
            expected.pop();
        }
        while lines.last().is_some_and(|line| line.is_empty()) {
            lines.pop();
        }
        assert!(
            fits(&expected, &lines),
            "$ {command}\nprints\n{}\nexpected\n{}",
            lines.join("\n"),
            expected.join("\n")
        );
    }
    Ok(())
}

#[test]
fn the_readme_says_what_happens() -> Outcome {
    let readme = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../README.md");
    match std::fs::read_to_string(&readme) {
        Ok(document) => run(&World::new(), &document),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error.into()),
    }
}

#[test]
fn a_secret_is_removed_as_the_guide_says() -> Outcome {
    let guide = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/removing-a-secret.md");
    run(&World::new(), &std::fs::read_to_string(&guide)?)
}

#[test]
fn sessions_are_read_as_they_are_written() -> Outcome {
    let document = "Text\n```sh\n$ false\n```\n```console\n$ git plan new Demo \\\n    --slug demo\n…\n\n$ git plan list\n\
        * demo  Demo  □□□□□□□□□□ 0/0      living      just now\n$ git plan show\n…\n# Demo ExecPlan\n…\n```\n";
    assert_eq!(steps(document).len(), 3, "one block of three commands");
    run(&World::new(), document)
}

#[test]
#[should_panic(expected = "prints")]
fn a_document_that_is_wrong_is_found_out() {
    let document = "```console\n$ echo one\ntwo\n```\n";
    let _ = run(&World::new(), document);
}
