//! Exchanges with a remote: what `fetch`, `push` and `sync` share.
//!
//! What may be relied on: each plan is told of by itself, and one with which it did not work keeps none of the others from
//! being told; the exit status is then that of the first that failed, by name.

use std::collections::BTreeSet;
use std::time::Duration;

use git_plan_core::Slug;
use git_plan_store::{Choice, Exchange, Exchanged, Outcome, Remote, Stand};
use serde_json::{Value, json};

use crate::choice;
use crate::commands::Work;
use crate::exit::Failure;
use crate::ui::{Page, Style};

/// With whom, and which plans.
#[derive(Debug, clap::Args)]
pub struct With {
    /// The remote [default: plan.remote, the branch's remote, the only one, or `origin`]
    remote: Option<String>,
    /// Only these plans [default: all that are shared with the remote, and the plan that commands are about here]
    #[arg(value_name = "PLAN", conflicts_with = "all")]
    plans: Vec<String>,
    /// All plans, also those that were never shared
    #[arg(long)]
    all: bool,
}

impl With {
    /// The remote that is meant.
    pub fn remote(&self, work: &Work<'_>) -> Result<Remote, Failure> {
        Ok(work.session.repo.remote(self.remote.as_deref())?)
    }

    /// The plans that are meant.
    pub fn choice(&self, work: &Work<'_>) -> Result<Choice, Failure> {
        let named = self.plans.iter().chain(&work.session.flagged);
        let named = named.map(|named| choice::slug(named)).collect::<Result<BTreeSet<Slug>, Failure>>()?;
        Ok(match named.is_empty() {
            _ if self.all => Choice::All,
            false => Choice::Only(named),
            // Where several could be meant, those that are not shared yet wait until they are named.
            true => Choice::Shared(work.session.plan().ok().into_iter().collect()),
        })
    }
}

/// An exchange with this remote, now.
pub fn with<'e>(work: &Work<'_>, remote: &'e Remote, choice: &'e Choice) -> Exchange<'e> {
    let patience = Duration::from_secs(60);
    Exchange { remote, choice, atomic: false, restore: false, patience, at: work.session.now }
}

/// Asks a remote, and tells what there is to take in and to send; no plan changes.
pub fn look(work: &mut Work<'_>, remote: &Remote, choice: &Choice) -> Result<(), Failure> {
    let outcome = work.session.repo.fetch_plans(&with(work, remote, choice), work.ui.relay())?;
    tell(work, "fetch", remote, &outcome, Told::ToDo)
}

/// Whether an exchange changed something, or was only to find out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Told {
    /// What happened.
    Done,
    /// What there is to do.
    ToDo,
}

/// Tells what became of each plan.
pub fn tell(work: &mut Work<'_>, kind: &str, remote: &Remote, outcome: &Outcome, told: Told) -> Result<(), Failure> {
    if work.ui.json {
        let plans: Vec<Value> = outcome.plans.iter().map(|(slug, exchanged)| plan(work, slug, exchanged)).collect();
        let failed = outcome.failed.iter().map(|(slug, error)| {
            let failure = Failure::from(error);
            json!({ "plan": slug.as_str(), "code": failure.code, "message": failure.message, "hint": failure.hint })
        });
        let data = json!({
            "remote": remote.name(),
            "rounds": outcome.rounds,
            "plans": plans,
            "failed": failed.collect::<Vec<Value>>(),
            "not_plans": outcome.strangers,
        });
        work.ui.data(kind, None, [], data)?;
    } else {
        let mut page = work.ui.page();
        let width = outcome.plans.keys().map(|slug| slug.as_str().len()).max().unwrap_or(0);
        for (slug, exchanged) in &outcome.plans {
            let said = phrases(exchanged, remote, told).join(", ");
            if !said.is_empty() {
                line(&mut page, slug, width, &said, exchanged);
            }
        }
        work.ui.show(&page)?;
        summary(work, remote, outcome, told);
    }
    let mut failed = outcome.failed.values().map(Failure::from).collect::<Vec<_>>().into_iter();
    let Some(first) = failed.next() else { return Ok(()) };
    for other in failed {
        work.ui.say(&format!("error: {}", other.message));
        other.hint.iter().for_each(|hint| work.ui.hint(hint));
    }
    Err(if work.ui.json { Failure { told: true, ..first } } else { first })
}

fn line(page: &mut Page, slug: &Slug, width: usize, said: &str, exchanged: &Exchanged) {
    page.paint(Style::Id, &format!("{:width$}", slug.as_str())).put("  ").put(said);
    if !exchanged.arisen.is_empty() {
        let count = counted(exchanged.arisen.len(), "new conflict");
        page.put(", ").paint(Style::Blocked, &count);
        page.put(&format!(": git plan -p {slug} conflicts"));
    }
    page.end();
}

/// What is said to whoever looks on, below the plans.
fn summary(work: &Work<'_>, remote: &Remote, outcome: &Outcome, told: Told) {
    let changed = outcome.plans.values().filter(|plan| !phrases(plan, remote, told).is_empty()).count();
    let same = outcome.plans.len() - changed;
    if same > 0 && outcome.failed.is_empty() {
        work.ui.say(&match (changed, same) {
            (0, 1) => format!("the plan is the same here and at {remote}"),
            (0, _) => format!("all {same} plans are the same here and at {remote}"),
            _ => format!(
                "{} the same here and at {remote}",
                if same == 1 { "1 plan is".to_owned() } else { format!("{same} plans are") }
            ),
        });
    }
    if outcome.plans.is_empty() && outcome.failed.is_empty() {
        work.ui.say(&format!("there is no plan to share, neither here nor at {remote}"));
    }
    if !outcome.strangers.is_empty() {
        let names = outcome.strangers.iter().take(5).map(String::as_str).collect::<Vec<_>>().join(", ");
        work.ui.say(&format!("warning: {remote} has refs below refs/plans/ that no plan can have: {names}"));
    }
}

/// What became of a plan, or what there is to do; nothing where it is and was the same.
fn phrases(exchanged: &Exchanged, remote: &Remote, told: Told) -> Vec<String> {
    let Exchanged { ours, theirs, .. } = *exchanged;
    let events = |count: usize| counted(count, "event");
    let mut said = Vec::new();
    if let Some(was) = &exchanged.was {
        said.push(format!("was {was} here, a name that {remote} has for another plan"));
    }
    match exchanged.stand {
        Stand::OnlyHere if told == Told::ToDo || !exchanged.published => {
            said.push(format!("only here; `git plan push {remote} PLAN` publishes it"));
            return said;
        }
        Stand::OnlyThere => {
            said.push(format!("only at {remote}, {}; `git plan sync {remote}` brings it", events(theirs)))
        }
        Stand::Deleted => said.push(format!("deleted at {remote}, kept here; `git plan sync --restore` gives it back")),
        Stand::Unrelated => said.push(format!("another plan than the one of this name at {remote}")),
        _ => {}
    }
    let (took, sent) = match told {
        Told::Done => ("took in", "sent"),
        Told::ToDo => ("to take in:", "to send:"),
    };
    if exchanged.stand == Stand::OnlyThere {
        return said;
    }
    if exchanged.new {
        said.push(format!("new here, {}", events(theirs)));
    } else if theirs > 0 {
        said.push(format!("{took} {}", events(theirs)));
    }
    if exchanged.published && exchanged.stand == Stand::InStep {
        said.push(format!("published, {}", events(ours)));
    } else if ours > 0 && (told == Told::ToDo || exchanged.stand == Stand::InStep) {
        said.push(format!("{sent} {}", events(ours)));
    } else if ours > 0 {
        said.push(format!("{} could not be sent", events(ours)));
    }
    said
}

fn counted(count: usize, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}

/// The word for how a plan stands.
pub fn word(stand: Stand) -> &'static str {
    match stand {
        Stand::InStep => "in-step",
        Stand::OnlyHere => "only-here",
        Stand::OnlyThere => "only-there",
        Stand::Deleted => "deleted",
        Stand::Ahead => "ahead",
        Stand::Behind => "behind",
        Stand::Diverged => "diverged",
        Stand::Unrelated => "unrelated",
    }
}

fn plan(work: &Work<'_>, slug: &Slug, exchanged: &Exchanged) -> Value {
    json!({
        "plan": slug.as_str(),
        "stand": word(exchanged.stand),
        "theirs": exchanged.theirs,
        "ours": exchanged.ours,
        "new": exchanged.new,
        "published": exchanged.published,
        "joined": exchanged.joined,
        "was": exchanged.was.as_ref().map(Slug::as_str),
        "conflicts": exchanged.conflicts,
        "arisen": exchanged.arisen,
        "commit": work.session.repo.tip(slug).ok().flatten().map(|tip| tip.to_string()),
    })
}

/// How a plan stands to what a remote had when it was last asked.
pub fn standing(remote: &Remote, exchanged: &Exchanged) -> String {
    let said = phrases(exchanged, remote, Told::ToDo).join(", ");
    match exchanged.stand {
        Stand::InStep => format!("{remote} has the same"),
        Stand::Ahead | Stand::Behind | Stand::Diverged => format!("{remote}: {said}; `git plan sync`"),
        _ => format!("{remote}: {said}"),
    }
}

/// The same for programs.
pub fn json(remote: &Remote, exchanged: &Exchanged) -> Value {
    let stand = word(exchanged.stand);
    json!({ "remote": remote.name(), "stand": stand, "theirs": exchanged.theirs, "ours": exchanged.ours })
}
