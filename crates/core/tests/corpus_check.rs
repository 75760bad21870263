//! Every plan of a corpus is checked, in each layout, without a panic; what was found is told for each rule.
//!
//! The corpus is a folder with `plans/<dialect>/*.md`, named by `GIT_PLAN_CORPUS`. Without it the test is skipped, and
//! says so. With `GIT_PLAN_CORPUS_DETAIL`, every finding is told.

mod words;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Instant;

use git_plan_core::check::{Code, Options, check};
use git_plan_core::trail::{Subject, label};
use git_plan_core::{Layout, import, text};
use words::{TestResult, imported, list};

#[test]
fn every_plan_of_the_corpus_is_checked() -> TestResult {
    let Some(corpus) = std::env::var_os("GIT_PLAN_CORPUS").map(PathBuf::from) else {
        eprintln!("SKIPPED: set GIT_PLAN_CORPUS to a folder with plans/<dialect>/*.md to check a corpus");
        return Ok(());
    };
    let detail = std::env::var_os("GIT_PLAN_CORPUS_DETAIL").is_some();
    let mut rules: BTreeMap<Code, (usize, usize)> = BTreeMap::new();
    let (mut files, mut clean, mut time) = (0, 0, 0);
    for dialect in list(&corpus.join("plans"))? {
        for file in list(&dialect)? {
            let written = String::from_utf8_lossy(&std::fs::read(&file)?).into_owned();
            let document = import::read(&written);
            for layout in [Layout::Own, Layout::Execplan, Layout::Cookbook] {
                let (batch, _) = imported(&document, Some(layout))?;
                let start = Instant::now();
                let findings = check(batch.plan(), batch.at(), &Options::default());
                // The table is that of the plans as they are.
                if layout != Layout::Own {
                    continue;
                }
                time += start.elapsed().as_micros();
                files += 1;
                clean += usize::from(findings.is_empty());
                let mut alike: BTreeMap<Code, usize> = BTreeMap::new();
                for finding in &findings {
                    *alike.entry(finding.code).or_default() += 1;
                    if detail {
                        let about = match finding.place {
                            Subject::Item(id) => batch.plan().item(id).map_or("", |item| item.text()),
                            _ => "",
                        };
                        let (name, place) = (file.display(), label(batch.plan(), finding.place));
                        let code = finding.code.as_str();
                        println!(
                            "{name}\t{code}\t{place}\t{}\t{}",
                            text::clipped(&text::line(about), 90),
                            finding.reason
                        );
                    }
                }
                for (code, count) in alike {
                    let tally = rules.entry(code).or_default();
                    *tally = (tally.0 + count, tally.1 + 1);
                }
            }
        }
    }
    println!("{files} plans, {clean} without a finding, {} ms", time / 1000);
    println!("{:<26}{:<10}{:>9}{:>7}", "rule", "severity", "findings", "plans");
    for code in Code::ALL {
        let (findings, plans) = rules.get(code).copied().unwrap_or_default();
        println!("{:<26}{:<10}{findings:>9}{plans:>7}", code.as_str(), code.severity().as_str());
    }
    Ok(())
}
