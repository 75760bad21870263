//! `git plan check`

mod sarif;

use git_plan_core::check::{self, Code, Finding, Options, Severity};
use git_plan_core::text::line;
use git_plan_core::trail::{self, Subject};
use git_plan_core::{Plan, Slug};
use git_plan_store::Error;
use serde_json::{Value, json};

use super::{Reading, Work};
use crate::args::At;
use crate::exit::{Failure, Status};
use crate::ui::Style;

/// How many findings of one rule are told to a person.
const TOLD: usize = 10;

/// Check whether a plan is clear, complete, current, traceable, and says what to do next
///
/// Each finding has the word of a rule, a place, a reason and what to type. Ends with 1 where one of them is an error.
/// `git config plan.check.RULE error|warning|notice|off` says how much a rule matters, `plan.check.days` after how many
/// days something counts as left lying.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  git plan check
  git plan check --all --strict
  git plan check --rules
  git plan check --all --sarif > plans.sarif
  git config plan.check.criteria-missing warning")]
pub struct Check {
    /// Check all plans that are not archived
    #[arg(long)]
    all: bool,
    /// Write SARIF 2.1.0, for code hosts
    #[arg(long)]
    sarif: bool,
    /// Let warnings count as errors do for the exit status
    #[arg(long)]
    strict: bool,
    /// List the rules, and how much each matters here
    #[arg(long, conflicts_with_all = ["all", "sarif", "strict", "at"])]
    rules: bool,
    #[command(flatten)]
    at: At,
}

/// A plan and what was found in it.
struct Checked {
    read: Reading,
    findings: Vec<Finding>,
}

impl Check {
    /// Whether the command line says what is meant, so that nobody need be asked for a plan.
    pub fn says_which(&self) -> bool {
        self.all || self.rules
    }

    pub fn run(self, work: &mut Work<'_>) -> Result<(), Failure> {
        let options = options(work)?;
        if self.rules {
            return rules(work, &options);
        }
        if self.sarif && work.ui.json {
            return Err(Failure::usage("--sarif is JSON of another form: leave one of --sarif and --json out"));
        }
        let mut checked = Vec::new();
        for read in self.plans(work)? {
            // A plan as it was is judged by the time that it had then.
            let now = if self.at.at.is_some() { read.plan.updated() } else { work.session.now };
            let findings = check::check(&read.plan, now, &options);
            checked.push(Checked { read, findings });
        }
        if self.sarif {
            let log = sarif::log(&work.session, &checked);
            work.ui.line(&log)?;
        } else {
            checked.iter().try_for_each(|one| self.tell(work, one))?;
            if checked.is_empty() {
                work.ui.say("there is no plan to check");
            }
        }
        let mut findings = checked.iter().flat_map(|one| &one.findings);
        match findings.any(|finding| self.fails(finding)) {
            true => Err(Failure::answered(Status::Refused)),
            false => Ok(()),
        }
    }

    fn fails(&self, finding: &Finding) -> bool {
        finding.severity == Severity::Error || (self.strict && finding.severity == Severity::Warning)
    }

    /// The plans that are meant, at the point that is asked for; those that had not begun are left out.
    fn plans(&self, work: &mut Work<'_>) -> Result<Vec<Reading>, Failure> {
        if !self.all {
            return Ok(vec![work.read(&self.at)?]);
        }
        let mut plans = Vec::new();
        for slug in work.session.repo.plans()? {
            let loaded = match work.session.repo.load(&slug, self.at.point(work.session.now)) {
                Err(Error::NoSuchPoint { .. }) => continue,
                loaded => loaded?,
            };
            if !loaded.plan.is_archived() {
                work.met(&slug, &loaded.plan, &loaded.damage, &self.at);
                plans.push(Reading { slug, plan: loaded.plan });
            }
        }
        Ok(plans)
    }

    fn tell(&self, work: &mut Work<'_>, checked: &Checked) -> Result<(), Failure> {
        let Checked { read: Reading { slug, plan }, findings } = checked;
        let [errors, warnings, notices] = [Severity::Error, Severity::Warning, Severity::Notice]
            .map(|severity| findings.iter().filter(|finding| finding.severity == severity).count());
        let passed = !findings.iter().any(|finding| self.fails(finding));
        if work.ui.json {
            let findings: Vec<Value> = findings.iter().map(|finding| json(plan, finding)).collect();
            let data = json!({
                "passed": passed,
                "errors": errors,
                "warnings": warnings,
                "notices": notices,
                "findings": findings,
            });
            return Ok(work.ui.data("check", Some(slug.as_str()), plan.heads(), data)?);
        }
        let many = |count: usize, what: &str| match count {
            0 => None,
            1 => Some(format!("1 {what}")),
            _ => Some(format!("{count} {what}s")),
        };
        let found = [many(errors, "error"), many(warnings, "warning"), many(notices, "notice")];
        let found: Vec<String> = found.into_iter().flatten().collect();
        let found = if found.is_empty() { "nothing found".to_owned() } else { found.join(", ") };
        let mut page = work.ui.page();
        page.paint(Style::Heading, slug.as_str()).put(": ");
        page.paint(if passed { Style::Done } else { Style::Blocked }, &found).end();
        for alike in findings.chunk_by(|one, next| one.code == next.code && one.severity == next.severity) {
            for finding in alike.iter().take(TOLD) {
                let style = match finding.severity {
                    Severity::Error => Style::Blocked,
                    Severity::Warning => Style::Doing,
                    Severity::Notice => Style::Faint,
                };
                page.paint(style, finding.severity.as_str()).put(" ").put(finding.code.as_str()).put(": ");
                page.put(&place(plan, finding)).end();
                page.put("  ").put(&line(&finding.reason)).end();
                page.paint(Style::Faint, &format!("  {}", finding.fix)).end();
            }
            if alike.len() > TOLD {
                page.put(&format!("  and {} more like this; --json has all", alike.len() - TOLD)).end();
            }
        }
        Ok(work.ui.show(&page)?)
    }
}

/// What git's configuration asks for.
fn options(work: &Work<'_>) -> Result<Options, Failure> {
    let config = work.session.repo.config();
    let unfit = |key: &str, value: &str, expected: &str| {
        let message = format!("{key} is {:?}: expected {expected}", line(value));
        Failure::new(Status::Environment, "config", message).hinted(format!("see `git config {key}`"))
    };
    let mut options = Options::default();
    if let Some(value) = config.string("plan.check.days") {
        options.days = value.parse().map_err(|_| unfit("plan.check.days", &value, "a number of days"))?;
    }
    for &code in Code::ALL {
        let key = format!("plan.check.{}", code.as_str());
        let Some(value) = config.string(&key) else { continue };
        let severity = match value.to_lowercase().as_str() {
            "error" => Some(Severity::Error),
            "warning" => Some(Severity::Warning),
            "notice" => Some(Severity::Notice),
            "off" => None,
            _ => return Err(unfit(&key, &value, "error, warning, notice or off")),
        };
        options.severities.insert(code, severity);
    }
    Ok(options)
}

/// Lists the rules.
fn rules(work: &mut Work<'_>, options: &Options) -> Result<(), Failure> {
    let word = |severity: Option<Severity>| severity.map_or("off", Severity::as_str);
    if work.ui.json {
        let rule = |code: &Code| {
            json!({
                "code": code.as_str(),
                "group": code.group().as_str(),
                "severity": word(options.severity(*code)),
                "default": code.severity().as_str(),
                "about": code.about(),
            })
        };
        let rules: Vec<Value> = Code::ALL.iter().map(rule).collect();
        return Ok(work.ui.data("check-rules", None, [], json!({ "days": options.days, "rules": rules }))?);
    }
    let mut page = work.ui.page();
    for alike in Code::ALL.chunk_by(|one, next| one.group() == next.group()) {
        if let Some(first) = alike.first() {
            page.paint(Style::Heading, first.group().as_str()).end();
        }
        for code in alike {
            page.put("  ").paint(Style::Id, &format!("{:24}", code.as_str()));
            page.put(&format!(" {:8} {}", word(options.severity(*code)), code.about())).end();
        }
    }
    work.page();
    Ok(work.ui.show(&page)?)
}

/// What a finding's place is called.
fn place(plan: &Plan, finding: &Finding) -> String {
    trail::label(plan, finding.place).into_owned()
}

/// A place by its name: `plan`, a field, a role, or an id.
fn target(place: Subject) -> String {
    match place {
        Subject::Plan => "plan".to_owned(),
        Subject::Field(field) => field.to_string(),
        Subject::Section(role) => role.to_string(),
        Subject::Item(id) => id.to_string(),
    }
}

fn json(plan: &Plan, finding: &Finding) -> Value {
    json!({
        "code": finding.code.as_str(),
        "group": finding.code.group().as_str(),
        "severity": finding.severity.as_str(),
        "target": target(finding.place),
        "about": place(plan, finding),
        "reason": finding.reason,
        "fix": finding.fix,
    })
}

/// The slug and the plan of what was read.
fn parts(read: &Reading) -> (&Slug, &Plan) {
    (&read.slug, &read.plan)
}
