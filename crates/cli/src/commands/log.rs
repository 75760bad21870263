//! `git plan log`
//!
//! What may be relied on: events come in the order of the state. Where nothing needs the whole of the history (no
//! `--reverse`, `--graph`, `--patch`, `--stat`, `--code` or `--at`, and no plan so small that it makes no difference) each event is
//! written as it is read, so that a long log begins at once and ends when its reader goes away.

use std::collections::BTreeSet;
use std::iter::Peekable;

use git_plan_core::{EventId, Slug};
use git_plan_store::{CodeCommit, Entry, Error, Loaded};
use serde_json::{Value, json};

use super::Work;
use crate::args::At;
use crate::exit::Failure;
use crate::graph::Graph;
use crate::log::changes::{self, Changed};
use crate::log::code::{self, Code};
use crate::log::drawing::{Drawing, Format, Names, Told, headline};
use crate::log::filter::Filter;
use crate::log::lanes::Lanes;

/// How many events are read before the first is written, so that ids can be as short as they may be.
const SMALL: u32 = 1_000;
/// How many characters are gathered before they are written; what comes first is written at once.
const GATHERED: usize = 16 << 10;

/// Show what happened to a plan, newest first
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  git plan log --oneline
  git plan log --type decision --since \"last friday\"
  git plan log --item 2.1 --patch
  git plan log --oneline --code")]
pub struct Log {
    /// How to write each event
    #[arg(long, value_enum, value_name = "FORMAT", default_value = "medium")]
    format: Format,
    /// Write one line for each command, the same as --format=oneline
    #[arg(long)]
    oneline: bool,
    /// Draw which event follows which
    #[arg(long, conflicts_with_all = ["reverse", "json"])]
    graph: bool,
    /// Show what each event changed in the view
    #[arg(short = 'u', long)]
    patch: bool,
    /// Show how many lines of the view each event changed
    #[arg(long)]
    stat: bool,
    /// Show the commits of the code between the events
    #[arg(long)]
    code: bool,
    /// Show at most this many events
    #[arg(short = 'n', long, value_name = "COUNT")]
    max_count: Option<usize>,
    /// The same, as `-3`
    #[arg(value_name = "-COUNT", allow_negative_numbers = true, conflicts_with = "max_count", value_parser = newest)]
    newest: Option<usize>,
    /// Show the oldest first
    #[arg(long)]
    reverse: bool,
    #[command(flatten)]
    filter: Filter,
    #[command(flatten)]
    at: At,
}

/// What stands beside the events.
#[derive(Default)]
struct Beside {
    changes: std::collections::BTreeMap<EventId, Changed>,
    code: Code,
}

/// The number in `-3`.
fn newest(text: &str) -> Result<usize, String> {
    let count = text.strip_prefix('-').and_then(|count| count.parse().ok());
    count.ok_or_else(|| "expected a count such as -3; -p names the plan, --item an item".to_owned())
}

impl Log {
    /// At most how many events are shown.
    fn most(&self) -> usize {
        self.max_count.or(self.newest).unwrap_or(usize::MAX)
    }

    pub fn run(self, work: &mut Work<'_>) -> Result<(), Failure> {
        let needs_all = self.reverse || self.graph || self.patch || self.stat || self.code || self.at.at.is_some();
        if !needs_all {
            let slug = work.session.plan()?;
            let loaded = work.session.repo.glance(&slug)?;
            if loaded.plan.count() > SMALL {
                return self.streamed(work, &slug, loaded);
            }
        }
        self.whole(work)
    }

    /// Writes events as they are read.
    fn streamed(&self, work: &mut Work<'_>, slug: &Slug, loaded: Loaded) -> Result<(), Failure> {
        work.met(slug, &loaded.plan, &loaded.damage, &self.at);
        let wanted = self.filter.wanted(&loaded.plan, &work.session.repo, work.session.now)?;
        work.page();
        let Work { session, ui, .. } = work;
        let mut newest = session.repo.newest(slug, loaded.tip)?;
        let fits = |entry: &Result<Entry, Error>| entry.as_ref().map_or(true, |entry| wanted.fits(entry));
        let shown = newest.by_ref().filter(fits).take(self.most());
        let mut output = Output { ui, slug, loaded, repo: &session.repo, oldest_first: false };
        self.write(&mut output, shown, Names::Long, None, &Beside::default())?;
        let damage = newest.damage().to_vec();
        work.damaged(slug, &damage);
        Ok(())
    }

    /// Writes events of a history that was read before.
    fn whole(&self, work: &mut Work<'_>) -> Result<(), Failure> {
        let (slug, history) = work.read_history(&self.at)?;
        let wanted = self.filter.wanted(&history.plan, &work.session.repo, work.session.now)?;
        let newest_first = history.entries.iter().rev().filter(|entry| wanted.fits(entry));
        let mut shown: Vec<Entry> = newest_first.take(self.most()).cloned().collect();
        let ids: BTreeSet<EventId> = shown.iter().map(|entry| entry.event.id).collect();
        let mut beside = Beside::default();
        if self.patch || self.stat {
            beside.changes = changes::changes(&history.entries, &ids, self.patch);
        }
        if self.code {
            let head = if self.at.at.is_none() { work.session.repo.head_commit()? } else { None };
            beside.code = code::between(&work.session.repo, &history.entries, |id| ids.contains(&id), head)?;
        }
        let graph = self.graph.then(|| (Graph::default(), Lanes::new(&history.entries, &shown)));
        let names = Names::Exact(history.entries.iter().map(|entry| entry.event.id).collect());
        if self.reverse {
            shown.reverse();
        }
        work.page();
        let Work { session, ui, .. } = work;
        let loaded = Loaded { plan: history.plan, tip: history.tip, damage: Vec::new() };
        let mut output = Output { ui, slug: &slug, loaded, repo: &session.repo, oldest_first: self.reverse };
        self.write(&mut output, shown.into_iter().map(Ok), names, graph, &beside)
    }

    fn write(
        &self,
        out: &mut Output<'_>,
        shown: impl Iterator<Item = Result<Entry, Error>>,
        names: Names,
        graph: Option<(Graph, Lanes)>,
        beside: &Beside,
    ) -> Result<(), Failure> {
        let mut shown = shown.peekable();
        if shown.peek().is_none() {
            out.ui.say("no event fits");
        }
        let heads: Vec<String> = out.loaded.plan.heads().iter().map(EventId::short).collect();
        out.ui.say(&format!("{} at {}", out.slug, heads.join(" ")));
        if out.ui.json {
            return out.json(shown, beside);
        }
        let format = if self.oneline { Format::Oneline } else { self.format };
        let mut drawing = Drawing::new(out.ui.page(), names, graph, format);
        if !out.oldest_first {
            beside.code.above.iter().for_each(|commit| drawing.code(commit, ""));
        }
        let mut is_first = true;
        while let Some(group) = next(&mut shown, format == Format::Oneline && drawing.graph.is_none()) {
            let group = group?;
            // A command is known by its first event.
            let Some(entry) = (if out.oldest_first { group.first() } else { group.last() }) else { break };
            let headline = out.headline(entry)?;
            let none: &[CodeCommit] = &[];
            let below = group.iter().filter_map(|entry| beside.code.below.get(&entry.event.id));
            let code: Vec<CodeCommit> = below.flat_map(|commits| out.in_turn(commits)).cloned().collect();
            // In a folded command the commits stand together, where its first event is.
            let changed = merged(&group, beside);
            let told = Told {
                entry,
                headline: &headline,
                more: group.len() - 1,
                changed: changed.as_ref(),
                code: if out.oldest_first { [&code, none] } else { [none, &code] },
            };
            drawing.event(&told, shown.peek().is_none());
            if is_first || drawing.page.len() >= GATHERED {
                out.ui.show(&drawing.page)?;
                drawing.page = out.ui.page();
                is_first = false;
            }
        }
        if out.oldest_first {
            out.in_turn(&beside.code.above).into_iter().for_each(|commit| drawing.code(commit, ""));
        }
        Ok(out.ui.show(&drawing.page)?)
    }
}

/// The next event, or, where they are to be folded, the next events of one command.
fn next(
    shown: &mut Peekable<impl Iterator<Item = Result<Entry, Error>>>,
    folded: bool,
) -> Option<Result<Vec<Entry>, Error>> {
    let mut group = match shown.next()? {
        Ok(entry) => vec![entry],
        Err(e) => return Some(Err(e)),
    };
    let batch = |entry: &Entry| entry.event.context.batch.as_ref().map(|batch| batch.as_str().to_owned());
    let of = batch(&group[0]).filter(|_| folded);
    while let Some(of) = &of
        && let Some(Ok(entry)) =
            shown.next_if(|entry| entry.as_ref().is_ok_and(|entry| batch(entry).as_ref() == Some(of)))
    {
        group.push(entry);
    }
    Some(Ok(group))
}

/// What the events of a group changed, one after the other.
fn merged(group: &[Entry], beside: &Beside) -> Option<Changed> {
    let mut all = group.iter().filter_map(|entry| beside.changes.get(&entry.event.id)).peekable();
    all.peek()?;
    Some(all.fold(Changed::default(), |sum, one| Changed {
        patch: sum.patch + &one.patch,
        lines: (sum.lines.0 + one.lines.0, sum.lines.1 + one.lines.1),
    }))
}

/// Where a log goes.
struct Output<'a> {
    ui: &'a mut crate::ui::Ui,
    slug: &'a Slug,
    loaded: Loaded,
    repo: &'a git_plan_store::Repository,
    oldest_first: bool,
}

impl Output<'_> {
    /// What a person reads of an event.
    fn headline(&mut self, entry: &Entry) -> Result<String, Failure> {
        let said = headline(&self.loaded.plan, &entry.event);
        if self.loaded.mend(self.repo)? { Ok(headline(&self.loaded.plan, &entry.event)) } else { Ok(said) }
    }

    /// Commits, which are listed newest first, as this log has them.
    fn in_turn<'c>(&self, commits: &'c [CodeCommit]) -> Vec<&'c CodeCommit> {
        if self.oldest_first { commits.iter().rev().collect() } else { commits.iter().collect() }
    }

    fn json(&mut self, shown: impl Iterator<Item = Result<Entry, Error>>, beside: &Beside) -> Result<(), Failure> {
        if !self.oldest_first {
            self.code(&beside.code.above)?;
        }
        for entry in shown {
            let entry = entry?;
            let none = Vec::new();
            let code = beside.code.below.get(&entry.event.id).unwrap_or(&none);
            if self.oldest_first {
                self.code(code)?;
            }
            let mut data = json!({
                "id": entry.event.id.to_string(),
                "commit": entry.commit.to_string(),
                "subject": self.headline(&entry)?,
                "event": serde_json::from_slice::<Value>(&entry.bytes).ok(),
            });
            if let Some(Changed { patch, lines: (more, less) }) = beside.changes.get(&entry.event.id) {
                data["view"] = json!({ "lines_added": more, "lines_removed": less });
                if !patch.is_empty() {
                    data["view"]["patch"] = patch.as_str().into();
                }
            }
            self.ui.data("event", Some(self.slug.as_str()), self.loaded.plan.heads(), data)?;
            if !self.oldest_first {
                self.code(code)?;
            }
        }
        if self.oldest_first { self.code(&beside.code.above) } else { Ok(()) }
    }

    fn code(&mut self, commits: &[CodeCommit]) -> Result<(), Failure> {
        for CodeCommit { id, author, at, subject, .. } in self.in_turn(commits) {
            let by = json!({ "email": author.email, "name": author.name });
            let data = json!({ "commit": id.to_string(), "at": at.to_string(), "by": by, "subject": subject });
            self.ui.data("code", Some(self.slug.as_str()), self.loaded.plan.heads(), data)?;
        }
        Ok(())
    }
}
