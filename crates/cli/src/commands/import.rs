//! `git plan import`

mod records;

use std::io::Read;
use std::path::{Path, PathBuf};

use clap::ValueEnum;
use git_plan_core::import::{self, Options, Report};
use git_plan_core::issue_form;
use git_plan_core::{Batch, Kind, Layout, Plan, Slug, Title};
use serde_json::{Value, json};

use super::Work;
use crate::args::Reason;
use crate::choice;
use crate::exit::{Failure, Status};
use crate::ui::Style;

/// Take a Markdown plan in: the events that make it, without losing a word
///
/// Headings of the house and of the Cookbook's ExecPlans are understood, with their steps, decisions, discoveries,
/// questions and times. What is not understood is kept as prose in its place, and named.
///
/// With `--format madr`, decision records (MADR, Nygard's form, log4brains) become the decisions of one plan, in the order
/// of their numbers; a folder stands for its records. With `--issue-form`, the body that GitHub made of an issue form
/// begins a plan.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  git plan import docs/plan.md
  git plan import --slug storage --layout execplan docs/plan.md
  cat plan.md | git plan import --slug pasted -
  git plan import --format madr docs/decisions
  gh issue view 12 --json body --jq .body | git plan import --issue-form --title \"Search\" -")]
pub struct Import {
    /// The files to take in; `-` is stdin
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// The plan's name in commands and refs [default: from the front matter, else the title]
    #[arg(long)]
    slug: Option<String>,
    /// How the plan is written as Markdown from now on [default: as its headings suggest]
    #[arg(long, value_enum)]
    layout: Option<ImportLayout>,
    /// What the files hold
    #[arg(long, value_enum, default_value = "plan")]
    format: Format,
    /// Read the body of an issue that was made with the form of `git plan init --github`
    #[arg(long, conflicts_with = "format")]
    issue_form: bool,
    /// The plan's title, with `--format madr` or `--issue-form` [default: from the files]
    #[arg(long)]
    title: Option<String>,
    #[command(flatten)]
    why: Reason,
}

/// What files of an import hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// A plan each
    Plan,
    /// A decision record each, or a folder of them
    Madr,
}

/// A layout that an imported plan can be written in.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum ImportLayout {
    /// The house layout
    Execplan,
    /// The headings of the Cookbook's ExecPlans
    Cookbook,
    /// The file's own text, byte for byte
    Own,
}

impl Import {
    pub fn run(self, work: &mut Work<'_>) -> Result<(), Failure> {
        if self.slug.is_some() && self.files.len() > 1 {
            return Err(Failure::usage("--slug names one plan, and there are several files"));
        }
        if self.format == Format::Madr {
            return records::run(&self, work);
        }
        if self.title.is_some() && !self.issue_form {
            return Err(Failure::usage("--title goes with --format madr or --issue-form: a plan's file has its own"));
        }
        // All files are read before any is taken in, so that a name that is wrong takes nothing in.
        let texts: Vec<String> = self.files.iter().map(|file| read(file)).collect::<Result<_, _>>()?;
        self.files.iter().zip(&texts).try_for_each(|(file, text)| self.one(work, file, text))
    }

    fn layout(&self) -> Option<Layout> {
        self.layout.map(|layout| match layout {
            ImportLayout::Execplan => Layout::Execplan,
            ImportLayout::Cookbook => Layout::Cookbook,
            ImportLayout::Own => Layout::Own,
        })
    }

    fn one(&self, work: &mut Work<'_>, file: &Path, text: &str) -> Result<(), Failure> {
        let form = self.issue_form.then(|| issue_form::markdown(self.title.as_deref(), text));
        let document = import::read(form.as_deref().unwrap_or(text));
        let nonce = Title::new(work.session.nonce()?).map_err(|e| Failure::usage(format!("the nonce is {e}")))?;
        let options = Options {
            layout: self.layout().or(self.issue_form.then_some(Layout::Execplan)),
            slug: self.slug.as_deref().map(choice::slug).transpose()?,
            nonce,
        };
        let writer = work.session.writer(&self.why)?;
        let mut report = None;
        let mut record = |batch: &mut Batch| -> Result<(), Failure> {
            batch.group();
            let unfit = |e: import::ImportError| {
                Failure::new(Status::Refused, "import", format!("{} cannot be taken in: {e}", file.display()))
            };
            report = Some(import::record(&document, &options, batch).map_err(unfit)?);
            Ok(())
        };
        // The document may name its plan, so its events are made once to learn the name.
        let mut trial = Batch::new(Plan::default(), writer.by.clone(), writer.at, writer.context.clone());
        record(&mut trial)?;
        let slug = trial.plan().slug().cloned().ok_or_else(|| Failure::usage("no name for the plan; give --slug"))?;
        let done = work.session.repo.create(&slug, &writer, &mut record)?;
        match report {
            Some(report) => {
                let (plan, _) = done.into_whole(&work.session.repo)?;
                super::render::imported(work, &slug, &plan, file, text);
                say(work, &slug, &plan, &report)
            }
            None => Ok(()),
        }
    }
}

fn read(file: &Path) -> Result<String, Failure> {
    let mut bytes = Vec::new();
    let read = if file.as_os_str() == "-" {
        std::io::stdin().read_to_end(&mut bytes)
    } else {
        std::fs::File::open(file).and_then(|mut file| file.read_to_end(&mut bytes))
    };
    let name = file.display();
    read.map_err(|e| {
        let failure = Failure::new(Status::NotFound, "no-such-file", format!("cannot read {name}: {e}"));
        let hint = format!("`git plan import --format madr {name}` takes in a folder of decision records");
        if file.is_dir() { failure.hinted(hint) } else { failure }
    })?;
    String::from_utf8(bytes).map_err(|e| {
        let at = e.utf8_error().valid_up_to();
        Failure::new(Status::Refused, "not-utf-8", format!("{name} is not UTF-8 at byte {at}; nothing was imported"))
            .hinted("convert it first, for example with `iconv -t UTF-8`")
    })
}

/// Says what was understood, and what was kept as prose.
fn say(work: &mut Work<'_>, slug: &Slug, plan: &Plan, report: &Report) -> Result<(), Failure> {
    let counted = |kind: &Kind| (*kind, report.of(*kind));
    let counts: Vec<(Kind, usize)> = Kind::ALL.iter().map(counted).filter(|(_, count)| *count > 0).collect();
    if work.ui.json {
        let kept: Vec<Value> = report
            .kept
            .iter()
            .map(|kept| json!({ "line": kept.line, "role": kept.role.as_str(), "reason": kept.reason }))
            .collect();
        let counts: Value = counts.iter().map(|(kind, count)| (kind.to_string(), json!(count))).collect();
        let id = plan.id().map(|id| id.to_string());
        let data = json!({ "id": id, "events": plan.count(), "layout": report.layout, "items": counts, "kept": kept });
        return Ok(work.ui.data("imported", Some(slug.as_str()), plan.heads(), data)?);
    }
    let counts: Vec<String> = counts.iter().map(|(kind, count)| format!("{count} {}", plural(*kind, *count))).collect();
    let mut page = work.ui.page();
    let id = plan.id().map_or_else(String::new, |id| id.short());
    page.paint(Style::Id, &id).put(&format!("  plan {slug} imported: {}", plan.title())).end();
    page.put(&format!("         {} events, {} layout", plan.count(), report.layout));
    page.put(&if counts.is_empty() { String::new() } else { format!(": {}", counts.join(", ")) }).end();
    for kept in &report.kept {
        page.put(&format!("         line {}: kept as prose in {}: {}", kept.line, kept.role, kept.reason)).end();
    }
    Ok(work.ui.show(&page)?)
}

fn plural(kind: Kind, count: usize) -> String {
    match (kind, count) {
        (_, 1) => kind.to_string(),
        (Kind::Story, _) => "stories".to_owned(),
        (Kind::Discovery, _) => "discoveries".to_owned(),
        (Kind::Criterion, _) => "criteria".to_owned(),
        (Kind::Prose, _) => "blocks of prose".to_owned(),
        _ => format!("{kind}s"),
    }
}
