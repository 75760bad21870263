//! Which plan a command is about.
//!
//! The order: `--plan`, `$GIT_PLAN`, the plan chosen by `switch` for this branch, the only active plan. Where that leaves
//! a choice, it is not guessed but refused, with the plans to choose from. What `switch` chose lies in a file of the
//! common git directory and is never shared: one line for each branch, its plan, a tab, the branch.

use std::path::PathBuf;
use std::{fs, io};

use git_plan_core::Slug;

use crate::exit::{Failure, Status};
use crate::session::Session;

impl Session {
    /// The plan that this command is about.
    pub fn plan(&self) -> Result<Slug, Failure> {
        if let Some(named) = &self.named {
            return slug(named);
        }
        if let Some(chosen) = self.chosen()? {
            return Ok(chosen);
        }
        let mut plans = self.repo.plans()?;
        if plans.len() > 1 {
            plans = self.repo.active_plans()?;
            if plans.is_empty() {
                return Err(Failure::new(
                    Status::NotFound,
                    "no-active-plan",
                    "all plans of this repository are archived",
                )
                .hinted("name one with -p; `git plan list --all` shows them"));
            }
        }
        match plans.as_slice() {
            [only] => Ok(only.clone()),
            [] => Err(Failure::new(Status::NotFound, "no-plan", "this repository has no plan")
                .hinted("`git plan new \"Title\"` makes one")),
            several => {
                let names = several.iter().take(10).map(Slug::as_str).collect::<Vec<_>>().join(", ");
                let more = several.len().saturating_sub(10);
                let more = if more > 0 { format!(" and {more} more") } else { String::new() };
                let message = format!("which plan? {} are active: {names}{more}", several.len());
                Err(Failure::new(Status::Ambiguous, "which-plan", message)
                    .hinted("name one with -p, or choose one for this branch with `git plan switch`"))
            }
        }
    }

    /// The plan that `switch` chose for this branch.
    pub fn chosen(&self) -> Result<Option<Slug>, Failure> {
        let branch = self.branch()?;
        let of_branch = |line: &&str| line.split_once('\t').is_some_and(|(_, of)| of == branch);
        let choices = self.choices()?;
        Ok(choices.lines().find(of_branch).and_then(|line| line.split_once('\t')?.0.parse().ok()))
    }

    /// Chooses a plan for this branch.
    pub fn choose(&self, plan: &Slug) -> Result<(), Failure> {
        let branch = self.branch()?;
        let mut choices = String::new();
        for line in self.choices()?.lines().filter(|line| line.split_once('\t').is_none_or(|(_, of)| of != branch)) {
            choices.push_str(line);
            choices.push('\n');
        }
        choices.push_str(&format!("{plan}\t{branch}\n"));
        self.write_choices(&choices)
    }

    /// Where a plan was chosen, chooses it by the name that it has now.
    pub fn rename_choices(&self, was: &Slug, now: &Slug) -> Result<(), Failure> {
        let of = |line: &str| line.strip_prefix(was.as_str()).filter(|rest| rest.starts_with('\t')).map(str::to_owned);
        let known = self.choices()?;
        let renamed = known.lines().map(|line| of(line).map_or(line.to_owned(), |rest| format!("{now}{rest}")) + "\n");
        let renamed: String = renamed.collect();
        if renamed == known { Ok(()) } else { self.write_choices(&renamed) }
    }

    fn write_choices(&self, choices: &str) -> Result<(), Failure> {
        let path = self.choices_path();
        let beside = path.with_extension(format!("new.{}", std::process::id()));
        let written = fs::create_dir_all(self.repo.common_dir().join("git-plan"))
            .and_then(|()| fs::write(&beside, choices))
            .and_then(|()| fs::rename(&beside, &path));
        written.map_err(|e| Failure::new(Status::Failed, "io", format!("cannot write {}: {e}", path.display())))
    }

    fn choices(&self) -> Result<String, Failure> {
        let path = self.choices_path();
        match fs::read_to_string(&path) {
            Ok(choices) => Ok(choices),
            Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(String::new()),
            Err(e) => Err(Failure::new(Status::Failed, "io", format!("cannot read {}: {e}", path.display()))),
        }
    }

    fn choices_path(&self) -> PathBuf {
        self.repo.common_dir().join("git-plan").join("switch")
    }

    /// The branch, or `HEAD` where none is checked out.
    fn branch(&self) -> Result<String, Failure> {
        Ok(self.repo.head_branch()?.unwrap_or_else(|| "HEAD".to_owned()))
    }
}

/// A plan's name, as it was given.
pub fn slug(named: &str) -> Result<Slug, Failure> {
    named.parse().map_err(|e: git_plan_core::NotASlug| {
        let fit = Slug::from_title(named).map(|slug| format!("that would be `{slug}`; ")).unwrap_or_default();
        Failure::usage(e.to_string()).hinted(format!("{fit}`git plan list` shows the plans by their names"))
    })
}
