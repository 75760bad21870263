//! `git plan step`

use git_plan_core::author::{Spot, item, step};
use git_plan_core::{Batch, Kind};

use super::Work;
use crate::args::Why;
use crate::exit::{Failure, Status};
use crate::when;

/// What can be done to steps.
#[derive(Debug, clap::Subcommand)]
pub enum Step {
    Add(Add),
    /// Begin work on steps
    #[command(after_help = "Example:\n  git plan step start 2.1")]
    Start(Steps),
    Done(Done),
    /// Put steps back to be done
    #[command(after_help = "Example:\n  git plan step reopen 2.1 -m \"The fix broke the build\"")]
    Reopen(Steps),
    Edit(Edit),
    Move(Move),
    /// Remove a step and everything below it
    #[command(after_help = "Example:\n  git plan step rm 3 -m \"Covered by step 2\"")]
    Rm(One),
    /// Take a removed step back in, with what was removed together with it
    #[command(after_help = "Example:\n  git plan step restore 3f9c2a1")]
    Restore(One),
    /// Give steps up
    #[command(after_help = "Example:\n  git plan step drop 4 -m \"Out of scope\"")]
    Drop(Steps),
    Claim(Claim),
    Release(Release),
    Depend(Depend),
}

/// Add steps
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  git plan step add \"Create theme context\" \"Design color palette\"
  git plan step add \"Forms\" --under 3 --after 3.1")]
pub struct Add {
    /// What is to be done; `-` reads stdin (can be repeated: one step each)
    #[arg(required = true)]
    text: Vec<String>,
    /// Put them below this step or section
    #[arg(long, value_name = "STEP")]
    under: Option<String>,
    /// Put them right after this step
    #[arg(long, value_name = "STEP")]
    after: Option<String>,
    /// Put them before all others
    #[arg(long, conflicts_with = "after")]
    first: bool,
    #[command(flatten)]
    why: Why,
}

/// Some steps.
#[derive(Debug, clap::Args)]
pub struct Steps {
    /// The steps, by number or id
    #[arg(required = true, value_name = "STEP")]
    steps: Vec<String>,
    #[command(flatten)]
    why: Why,
}

/// One step.
#[derive(Debug, clap::Args)]
pub struct One {
    /// The step, by number or id
    step: String,
    #[command(flatten)]
    why: Why,
}

/// Complete steps
///
/// With `plan.requireEvidence` in git's configuration, something must show that a step is done: --evidence, --commit or --test.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  git plan step done 2.1 -m \"All carriers answer\" --evidence \"cargo test: 41 passed\"
  git plan step done 2.1 --commit HEAD --test \"cargo test\"")]
pub struct Done {
    /// The steps, by number or id
    #[arg(required = true, value_name = "STEP")]
    steps: Vec<String>,
    /// What shows that it is done (can be repeated)
    #[arg(long, value_name = "TEXT")]
    evidence: Vec<String>,
    /// The commit of the code that does it (can be repeated)
    #[arg(long, value_name = "REVISION")]
    commit: Vec<String>,
    /// The test that shows it (can be repeated)
    #[arg(long, value_name = "TEXT")]
    test: Vec<String>,
    /// Complete them although steps below are open
    #[arg(long)]
    force: bool,
    #[command(flatten)]
    why: Why,
}

/// Reword a step, or write the text that belongs to it
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  git plan step edit 2 \"Design the color palette\"
  git plan step edit 2 --body - < notes.md")]
pub struct Edit {
    /// The step, by number or id
    step: String,
    /// The new wording
    #[arg(required_unless_present = "body")]
    text: Option<String>,
    /// The text that belongs to the step, beyond its wording; `-` reads stdin, an empty one takes it away
    #[arg(long, value_name = "TEXT")]
    body: Option<String>,
    #[command(flatten)]
    why: Why,
}

/// Move a step, with everything below it
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  git plan step move 4 --after 1
  git plan step move 2.3 --top --first")]
pub struct Move {
    /// The step, by number or id
    step: String,
    /// Put it below this step or section
    #[arg(long, value_name = "STEP")]
    under: Option<String>,
    /// Put it right after this step
    #[arg(long, value_name = "STEP")]
    after: Option<String>,
    /// Put it before its siblings
    #[arg(long, conflicts_with = "after")]
    first: bool,
    /// Put it at the top level
    #[arg(long, conflicts_with = "under")]
    top: bool,
    #[command(flatten)]
    why: Why,
}

/// Take a step, so that others leave it alone
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:
  git plan step claim 2.1 --until 2h")]
pub struct Claim {
    /// The step, by number or id
    step: String,
    /// Who takes it [default: $GIT_PLAN_AGENT, or your name]
    #[arg(long = "as", value_name = "OWNER")]
    owner: Option<String>,
    /// When the claim ends by itself: a time, a date, or how long from now, as `30m`, `2h`, `1d`
    #[arg(long, value_name = "WHEN")]
    until: Option<String>,
    #[command(flatten)]
    why: Why,
}

/// Give a claimed step back
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:
  git plan step release 2.1")]
pub struct Release {
    /// The step, by number or id
    step: String,
    /// Whose claim ends [default: $GIT_PLAN_AGENT, or your name]
    #[arg(long = "as", value_name = "OWNER")]
    owner: Option<String>,
    /// End everybody's claims
    #[arg(long, conflicts_with = "owner")]
    all: bool,
    #[command(flatten)]
    why: Why,
}

/// Make a step wait for others
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  git plan step depend 4 --on 2 --on 3
  git plan step depend 4 --on 2 --remove")]
pub struct Depend {
    /// The step that waits, by number or id
    step: String,
    /// The step that it waits for (can be repeated)
    #[arg(long, required = true, value_name = "STEP")]
    on: Vec<String>,
    /// Wait no longer
    #[arg(long)]
    remove: bool,
    #[command(flatten)]
    why: Why,
}

impl Step {
    pub fn run(self, work: &mut Work<'_>) -> Result<(), Failure> {
        match self {
            Self::Add(args) => args.run(work),
            Self::Start(args) => work.write(&args.why, |batch| Ok(step::start(batch, &args.steps).map(drop)?)),
            Self::Done(args) => args.run(work),
            Self::Reopen(args) => work.write(&args.why, |batch| Ok(step::reopen(batch, &args.steps).map(drop)?)),
            Self::Drop(args) => work.write(&args.why, |batch| Ok(step::abandon(batch, &args.steps).map(drop)?)),
            Self::Edit(args) => args.run(work),
            Self::Move(args) => args.run(work),
            Self::Rm(args) => work.write(&args.why, |batch| Ok(item::remove(batch, Kind::Step, &args.step).map(drop)?)),
            Self::Restore(args) => {
                work.write(&args.why, |batch| Ok(item::restore(batch, Kind::Step, &args.step).map(drop)?))
            }
            Self::Claim(args) => args.run(work),
            Self::Release(args) => {
                let owner = args.owner.map_or_else(|| work.session.claimant(), Ok)?;
                let owner = Some(owner.as_str()).filter(|_| !args.all);
                work.write(&args.why, |batch| Ok(step::release(batch, &args.step, owner).map(drop)?))
            }
            Self::Depend(args) => work.write(&args.why, |batch| {
                let change = if args.remove { step::undepend } else { step::depend };
                Ok(change(batch, &args.step, &args.on).map(drop)?)
            }),
        }
    }
}

impl Add {
    fn run(self, work: &mut Work<'_>) -> Result<(), Failure> {
        let texts: Vec<String> = self.text.iter().map(|text| work.text(text)).collect::<Result<_, _>>()?;
        let (under, after) = (self.under.as_deref(), self.after.as_deref());
        work.write(&self.why, |batch: &mut Batch| {
            if texts.len() > 1 {
                batch.group();
            }
            let mut last: Option<String> = None;
            for text in &texts {
                let spot = match &last {
                    Some(last) => Spot { after: Some(last), ..Spot::default() },
                    None => Spot { under, after, first: self.first, top: false },
                };
                last = Some(step::add(batch, text, &spot)?.to_string());
            }
            Ok(())
        })
    }
}

impl Done {
    fn run(self, work: &mut Work<'_>) -> Result<(), Failure> {
        let repo = &work.session.repo;
        let mut evidence = self.evidence;
        for revision in &self.commit {
            let commit = repo.rev_parse(&format!("{revision}^{{commit}}"))?.ok_or_else(|| {
                Failure::new(
                    Status::NotFound,
                    "no-commit",
                    format!("there is no commit {revision:?} in this repository"),
                )
                .hinted("commit first, then complete the step")
            })?;
            evidence.push(format!("commit {commit}"));
        }
        evidence.extend(self.test.iter().map(|test| format!("test: {test}")));
        if evidence.is_empty() && repo.config().boolean("plan.requireEvidence")? == Some(true) {
            let message = "nothing shows that the step is done, which plan.requireEvidence asks for";
            return Err(Failure::new(Status::Refused, "no-evidence", message)
                .hinted("say what shows it: --commit REVISION, --test TEXT or --evidence TEXT"));
        }
        work.write(&self.why, |batch| {
            if !self.force {
                step::nothing_open_below(batch.plan(), &self.steps)?;
            }
            Ok(step::complete(batch, &self.steps, &evidence).map(drop)?)
        })
    }
}

impl Edit {
    fn run(self, work: &mut Work<'_>) -> Result<(), Failure> {
        let (text, body) = (work.optional(self.text.as_deref())?, work.optional(self.body.as_deref())?);
        work.write(&self.why, |batch| {
            if text.is_some() && body.is_some() {
                batch.group();
            }
            if let Some(text) = &text {
                item::reword(batch, Kind::Step, &self.step, text)?;
            }
            if let Some(body) = &body {
                item::write(batch, Kind::Step, &self.step, body)?;
            }
            Ok(())
        })
    }
}

impl Move {
    fn run(self, work: &mut Work<'_>) -> Result<(), Failure> {
        let (under, after) = (self.under.as_deref(), self.after.as_deref());
        let spot = Spot { under, after, first: self.first, top: self.top };
        work.write(&self.why, |batch| Ok(item::relocate(batch, Kind::Step, &self.step, &spot).map(drop)?))
    }
}

impl Claim {
    fn run(self, work: &mut Work<'_>) -> Result<(), Failure> {
        let owner = self.owner.map_or_else(|| work.session.claimant(), Ok)?;
        let until = self.until.as_deref().map(|text| when::until(text, work.session.now)).transpose()?;
        work.write(&self.why, |batch| Ok(step::claim(batch, &self.step, &owner, until).map(drop)?))
    }
}
