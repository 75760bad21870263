//! `git plan diff`

use std::path::PathBuf;

use git_plan_core::diff::{self, Difference, Same};
use git_plan_core::{Actor, Batch, Context, EventId, Plan, Slug, absorb, bytes, view};
use git_plan_store::Point;
use serde_json::json;

use super::Work;
use crate::differences;
use crate::exit::{Failure, Status};

/// Show what changed between two points of a plan
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  git plan diff
  git plan diff yesterday
  git plan diff main feature --patch
  git plan diff --file --exit-code")]
pub struct Diff {
    /// From this point, as --at takes it [default: $GIT_PLAN_BASE, else what was there before the last command]
    #[arg(value_name = "FROM", allow_negative_numbers = true)]
    from: Option<String>,
    /// To this point [default: the newest version]
    #[arg(value_name = "TO", allow_negative_numbers = true)]
    to: Option<String>,
    /// Compare with another plan, in which TO is a point; FROM is the newest version by default
    #[arg(long, value_name = "SLUG")]
    with: Option<String>,
    /// Compare the version that a file was made from with what the file says [default: the plan's file]
    #[arg(long, value_name = "FILE", num_args = 0..=1, conflicts_with_all = ["from", "to", "with"])]
    file: Option<Option<PathBuf>>,
    /// Write the difference of the views, as `patch` takes it
    #[arg(long)]
    patch: bool,
    /// Write exactly the patch's bytes, whatever the terminal
    #[arg(long, requires = "patch")]
    raw: bool,
    /// Write how much changed
    #[arg(long)]
    stat: bool,
    /// End with status 1 where something changed
    #[arg(long)]
    exit_code: bool,
}

/// What is compared.
struct Compared {
    slug: Slug,
    old: Plan,
    new: Plan,
    same: Same,
    /// What stands for the views, and what the two are called.
    views: [String; 2],
    names: [String; 2],
    /// What the new side is called, where it is no version of the plan.
    file: Option<String>,
}

impl Diff {
    pub fn run(self, work: &mut Work<'_>) -> Result<(), Failure> {
        let compared = match &self.file {
            Some(file) => of_file(work, file.as_deref())?,
            None => self.of_points(work)?,
        };
        let found = diff::between(&compared.old, &compared.new, compared.same);
        self.show(work, &compared, &found)?;
        let [old, new] = &compared.views;
        if self.exit_code && (!found.is_empty() || old != new) {
            return Err(Failure::answered(Status::Refused));
        }
        Ok(())
    }

    fn of_points(&self, work: &mut Work<'_>) -> Result<Compared, Failure> {
        let slug = work.session.plan()?;
        // `FROM..TO`, as git has it.
        let range = self.from.as_deref().filter(|_| self.to.is_none()).and_then(|from| from.split_once(".."));
        let [from, to] = range.map_or([self.from.as_deref(), self.to.as_deref()], |(from, to)| [Some(from), Some(to)]);
        let [from, to] = [from, to].map(|name| name.filter(|name| !name.is_empty()));
        let other = self.with.as_ref().map(|with| with.parse::<Slug>()).transpose();
        let other = other.map_err(|e| Failure::usage(format!("--with: {e}")))?;
        let new = work.version(other.as_ref().unwrap_or(&slug), to)?;
        let old = match (from, &other) {
            (Some(_), _) | (None, Some(_)) => work.version(&slug, from)?,
            (None, None) => work.before(&slug, &new)?,
        };
        let names = [("a", &slug), ("b", other.as_ref().unwrap_or(&slug))];
        let same = if old.id() == new.id() || old.id().is_none() { Same::ById } else { Same::ByText };
        Ok(Compared {
            views: [&old, &new].map(|plan| view::render(plan, plan.layout())),
            names: names.map(|(side, slug)| format!("{side}/{slug}.md")),
            file: None,
            same,
            slug,
            old,
            new,
        })
    }

    fn show(&self, work: &mut Work<'_>, compared: &Compared, found: &[Difference]) -> Result<(), Failure> {
        let Compared { slug, old, new, views: [was, is], names, file, .. } = compared;
        let patch = || diff::patch(was, is, [&names[0], &names[1]]);
        let (more, less) = if self.stat || work.ui.json { diff::counts(was, is) } else { (0, 0) };
        if work.ui.json {
            let changes: Vec<_> = found.iter().map(Difference::to_json).collect();
            let mut data = json!({
                "from": old.heads().iter().map(ToString::to_string).collect::<Vec<_>>(),
                "to": file.is_none().then(|| new.heads().iter().map(ToString::to_string).collect::<Vec<_>>()),
                "file": file,
                "changes": changes,
                "stat": { "kinds": differences::tally(found), "lines_added": more, "lines_removed": less },
            });
            if self.patch {
                data["patch"] = patch().into();
            }
            let version = if file.is_some() { old.heads() } else { new.heads() };
            return Ok(work.ui.data("diff", Some(slug.as_str()), version, data)?);
        }
        if self.patch && self.raw {
            return Ok(work.ui.raw(&bytes::bytes(&patch()))?);
        }
        let heads = |plan: &Plan| plan.heads().iter().map(EventId::short).collect::<Vec<_>>().join(" ");
        let to = file.clone().unwrap_or_else(|| heads(new));
        work.ui.say(&format!("{slug}: from {} to {to}", heads(old)));
        if found.is_empty() && was == is {
            work.ui.say("nothing differs");
        }
        let mut page = work.ui.page();
        if self.stat {
            differences::stat(&mut page, found, (more, less));
        }
        if self.patch {
            differences::patch(&mut page, &patch(), "");
        }
        if !self.stat && !self.patch {
            found.iter().for_each(|difference| differences::tell(&mut page, [old, new], difference));
        }
        work.page();
        Ok(work.ui.show(&page)?)
    }
}

/// The version that a file was made from, and what the file says.
fn of_file(work: &mut Work<'_>, file: Option<&std::path::Path>) -> Result<Compared, Failure> {
    let slug = work.session.plan()?;
    let tip = work.version(&slug, None)?;
    let place = match file {
        Some(file) => work.session.named_file(file)?,
        None => work.session.home(&slug, &tip)?,
    };
    let missing = || Failure::new(Status::NotFound, "no-such-file", format!("there is no file {}", place.name()));
    let found = place.read()?.ok_or_else(|| missing().hinted("`git plan render` writes the plan's file"))?;
    let text = bytes::text(&found).into_owned();
    let base = work.session.edited_at(&slug, &place, &text)?;
    let old = if base.heads == *tip.heads() { tip } else { work.at_heads(&slug, &base.heads)? };
    if base.guessed {
        work.ui
            .say(&format!("warning: nothing tells which version {} was made from; taken for the newest", place.name()));
    }
    // What absorbing it would record, by nobody and never written.
    let nobody = || Actor { name: String::new(), email: String::new() };
    let now = work.session.now;
    let mut batch = Batch::new(old.clone(), nobody(), now, Context::default());
    let was = view::render(&old, old.layout());
    if let Err(e) = absorb::absorb(&mut batch, &text) {
        work.ui.say(&format!("warning: the edit cannot be taken in, so only --patch shows it: {e}"));
        batch = Batch::new(old.clone(), nobody(), now, Context::default());
    }
    let (new, _) = batch.into_parts();
    let names = ["a", "b"].map(|side| format!("{side}/{}", place.name().trim_start_matches('/')));
    let file = Some(place.name());
    Ok(Compared { slug, old, new, same: Same::ById, views: [was, text], names, file })
}

impl Work<'_> {
    /// The plan at a point, or as it is now.
    fn version(&mut self, slug: &Slug, name: Option<&str>) -> Result<Plan, Failure> {
        let point = name.map(|name| Point { name, now: self.session.now });
        let loaded = self.session.repo.load(slug, point)?;
        self.damaged(slug, &loaded.damage);
        Ok(loaded.plan)
    }

    /// The plan at these heads.
    fn at_heads(&self, slug: &Slug, heads: &std::collections::BTreeSet<EventId>) -> Result<Plan, Failure> {
        Ok(Plan::replay(&self.session.repo.history(slug, None)?.below(heads)))
    }

    /// What whoever asks has seen last, if that is known, or what was there before the last command.
    fn before(&self, slug: &Slug, new: &Plan) -> Result<Plan, Failure> {
        if let Some(seen) = self.session.base(slug, &crate::args::Seen::default())? {
            return self.at_heads(slug, &seen);
        }
        let history = self.session.repo.history(slug, None)?;
        let events = history.below(new.heads());
        let batch = |event: &git_plan_core::Event| event.context.batch.clone();
        let last = events.last().and_then(batch);
        let count = events.iter().rev().take_while(|event| last.is_some() && batch(event) == last).count().max(1);
        Ok(Plan::replay(&events[..events.len().saturating_sub(count)]))
    }
}
