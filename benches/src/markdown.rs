//! Markdown: taking a file in, and absorbing one changed line of it, beside a CommonMark parser on the same text.

use std::fmt::Write;
use std::fs;
use std::hint::black_box;
use std::time::Duration;

use git_plan_core::import::{self, Options};
use git_plan_core::{Actor, Batch, Context, Layout, Plan, Timestamp, Title, absorb, view};
use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeVal;
use pulldown_cmark::{Options as Extensions, Parser};

use crate::Result;
use crate::measure::{Samples, cpu, in_turns};
use crate::scene::Scene;
use crate::table::{Goal, Row, Table};

/// A plan of sections with prose, and a checklist, both of about this many bytes.
const PLAN: usize = 460_000;
const CHECKLIST: usize = 1_200_000;

/// Reading, importing and absorbing in the library, then absorbing as a whole process.
pub fn measure(table: &mut Table, _long: bool) -> Result {
    for (what, text) in [("a plan of 460 KB", plan(PLAN)), ("a checklist of 1.2 MB", checklist(CHECKLIST))] {
        let mb = text.len() as f64 / 1_000_000.0;
        let taken = taken_in(&text)?;
        let items = taken.items().count();
        let changed = text.replacen("- [ ] ", "- [x] ", 1);
        let [parser, read, import, absorb] = in_turns(5, |which, _| {
            let before = own()?;
            match which {
                0 => drop(black_box(Parser::new_ext(&text, Extensions::ENABLE_TASKLISTS).count())),
                1 => drop(black_box(import::read(&text))),
                2 => drop(black_box(view::render(&taken_in(&text)?, Layout::Own))),
                _ => {
                    let mut batch = Batch::new(taken.clone(), by(), at(60_000), Context::default());
                    absorb::absorb(&mut batch, &changed)?;
                    assert_eq!(batch.events().count(), 1, "one ticked box is one event");
                }
            }
            Ok(own()? - before)
        })?;
        let mut row = |name: &str, samples: &Samples, goal: Goal| {
            table.row(&Row {
                what: &format!("{name}: {what}"),
                figure: samples.median(),
                unit: "ms",
                rival: parser.median(),
                beside: "parsing CommonMark",
                goal,
                remark: &format!(
                    "{:.0} ms per MB, {:.1} µs for each of {items} nodes",
                    samples.median() / mb,
                    samples.median() * 1000.0 / items as f64
                ),
            });
        };
        row("read", &read, Goal::None);
        row("import and view", &import, Goal::None);
        row("absorb one box", &absorb, Goal::AtMost(500.0));
        process(table, what, &text)?;
    }
    Ok(())
}

/// The same as a person does it: the file is changed, and one command takes the change in.
fn process(table: &mut Table, what: &str, text: &str) -> Result {
    let scene = Scene::new()?;
    let path = scene.path().join("plan.md");
    fs::write(&path, text)?;
    cpu(&mut scene.plan(&["import", "--slug", "big", "--layout", "own", "plan.md"]))?;
    let mut text = text.to_owned();
    let mut samples = Samples::default();
    for _ in 0..5 {
        text = text.replacen("- [ ] ", "- [x] ", 1);
        fs::write(&path, &text)?;
        samples.add(cpu(&mut scene.plan(&["absorb", "-p", "big", "plan.md"]))?);
    }
    table.row(&Row {
        what: &format!("git plan absorb: {what}, one box"),
        figure: samples.median(),
        unit: "ms",
        rival: f64::NAN,
        beside: "",
        goal: Goal::AtMost(1000.0),
        remark: "a whole process, durable",
    });
    Ok(())
}

fn by() -> Actor {
    Actor { name: "Ada".into(), email: "ada@example.org".into() }
}

fn at(later: i64) -> Timestamp {
    Timestamp::from_millis(1_767_323_045_678 + later)
}

fn taken_in(text: &str) -> Result<Plan> {
    let mut batch = Batch::new(Plan::default(), by(), at(0), Context::default());
    let options = Options { layout: Some(Layout::Own), slug: None, nonce: Title::new("0")? };
    import::record(&import::read(text), &options, &mut batch)?;
    Ok(batch.plan().clone())
}

fn plan(size: usize) -> String {
    let mut text = String::from("# A plan with a long life\n");
    for section in 0.. {
        if text.len() > size {
            break;
        }
        let _ = write!(text, "\n## Milestone {section}\n\nWhat is to be reached here, and how it is seen to work.\n\n");
        for item in 0..8 {
            let tick = if item < 5 { 'x' } else { ' ' };
            let _ = writeln!(
                text,
                "- [{tick}] Step {item} of {section}, in the words of somebody who\n  wraps at some width"
            );
        }
        let _ = write!(
            text,
            "\n```sh\ncargo test --package part-{section}\n```\n\n- Decision: Number {section}\n  Rationale: It fits\n"
        );
    }
    text
}

fn checklist(size: usize) -> String {
    let mut text = String::from("# A long list\n\n## Tasks\n\n");
    for item in 0.. {
        if text.len() > size {
            break;
        }
        let _ = writeln!(text, "- [ ] Task {item}: something that has to be done before the next one can be");
    }
    text
}

/// The CPU time of this process so far.
fn own() -> Result<Duration> {
    let usage = getrusage(UsageWho::RUSAGE_SELF)?;
    let time = |time: TimeVal| {
        Duration::from_secs(time.tv_sec().unsigned_abs()) + Duration::from_micros(time.tv_usec().unsigned_abs())
    };
    Ok(time(usage.user_time()) + time(usage.system_time()))
}
