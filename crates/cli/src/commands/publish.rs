//! `git plan publish`

use std::collections::BTreeMap;

use git_plan_core::state::Progress;
use git_plan_core::{Field, Plan, Slug, bytes, text, view};
use git_plan_store::Publication;
use serde_json::json;

use super::Work;
use crate::exit::{Failure, Status};

/// Put the Markdown of all plans on a branch, for hosts that show branches and nothing else
///
/// The branch has a list of the plans and a file for each, and belongs to this command alone. Each time is one commit; where
/// nothing has changed, there is none. Plans that only others have stay on the branch.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  git plan publish
  git plan publish --push
  git plan publish --branch docs-plans --push origin")]
pub struct Publish {
    /// The branch
    #[arg(long, value_name = "NAME", default_value = "plans")]
    branch: String,
    /// Push the branch to this remote too [default: the usual one]
    #[arg(long, value_name = "REMOTE", num_args = 0..=1)]
    push: Option<Option<String>>,
    /// Take plans off the branch that are not here
    #[arg(long)]
    prune: bool,
    /// Say what would be published, and move no branch
    #[arg(long)]
    dry_run: bool,
}

/// What the list of plans begins with.
const HEADING: &str = "# Plans\n\n| Plan | Steps | Criteria | Status | Changed |\n|---|---|---|---|---|\n";

impl Publish {
    pub fn run(self, work: &mut Work<'_>) -> Result<(), Failure> {
        let repo = &work.session.repo;
        let remote = self.push.as_ref().map(|named| repo.remote(named.as_deref())).transpose()?;
        let mut plans = BTreeMap::new();
        for slug in repo.plans()? {
            let loaded = repo.load(&slug, None)?;
            if let Some(damage) = loaded.damage.first() {
                let message = format!("plan {slug} is damaged at commit {}: {}", damage.commit, damage.reason);
                return Err(Failure::new(Status::Damaged, "plan-damaged", message).hinted("nothing was published"));
            }
            let plan = loaded.plan;
            let view = bytes::bytes(&view::render(&plan, plan.layout())).into_owned();
            plans.insert(slug.clone(), (row(&slug, &plan), view));
        }
        let count = plans.len();
        let (branch, prune, at) = (self.branch.as_str(), self.prune, work.session.now);
        let publication = Publication { branch, heading: HEADING, plans, prune, at, rehearse: self.dry_run };
        let published = repo.publish(&publication, remote.as_ref(), work.ui.relay())?;
        if work.ui.json {
            let data = json!({
                "branch": self.branch,
                "commit": published.commit.to_string(),
                "dry_run": self.dry_run,
                "new": published.new,
                "changed": published.changed,
                "remote": remote.as_ref().map(git_plan_store::Remote::name),
            });
            return Ok(work.ui.data("published", None, [], data)?);
        }
        let at = remote.map_or_else(String::new, |remote| format!(" and at {remote}"));
        let plans = if count == 1 { "1 plan".to_owned() } else { format!("{count} plans") };
        let mut page = work.ui.page();
        page.put(&match published.new {
            true if self.dry_run => {
                format!("{plans} would be published on the branch {}: {}", self.branch, published.changed.join(", "))
            }
            true => format!("{plans} published on the branch {} here{at}: {}", self.branch, published.commit),
            false => format!("the branch {} has {plans} as they are", self.branch),
        });
        page.end();
        Ok(work.ui.show(&page)?)
    }
}

/// A plan's row in the list.
fn row(slug: &Slug, plan: &Plan) -> String {
    let progress = |Progress { done, total }: Progress| format!("{done}/{total}");
    let status = if plan.is_archived() { "archived" } else { plan.field(Field::Status) };
    let changed = plan.last().map(|last| last.at.to_string().chars().take(10).collect::<String>());
    format!(
        "| [{}](plans/{slug}.md) | {} | {} | {} | {} |\n",
        cell(plan.title()),
        progress(plan.step_progress()),
        progress(plan.criteria_progress()),
        cell(if status.is_empty() { "living" } else { status }),
        changed.unwrap_or_default(),
    )
}

/// Text as it can stand in a table's cell, with nothing that Markdown or HTML would act on.
fn cell(text: &str) -> String {
    let mut cell = String::new();
    for c in text::neutral(&text::line(text)).chars() {
        match c {
            '<' => cell.push_str("&lt;"),
            '>' => cell.push_str("&gt;"),
            '&' => cell.push_str("&amp;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '~' | '!' | '#' => cell.extend(['\\', c]),
            _ => cell.push(c),
        }
    }
    cell
}

#[cfg(test)]
mod tests {
    use super::cell;

    #[test]
    fn a_cell_of_the_list_can_break_out_of_nothing() {
        assert_eq!(cell("a|b](x)\n<img> `c`"), "a\\|b\\](x) &lt;img&gt; \\`c\\`", "what acts is escaped");
    }
}
