//! Which version of a plan a text is, or was edited from.
//!
//! What may be relied on: a text that names its version is of that version; any other is traced by what is known to have
//! been a view: the files that were rendered, absorbed or imported here, and what git has of the file in `HEAD` and in the
//! index. Of those the nearest by changed lines counts, the newest where several are as near. So a file from an older
//! branch is compared with the older version, and nothing that it lacks is taken for removed.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use git_plan_core::{EventId, Layout, Plan, Slug, absorb, bytes, view};
use git_plan_store::{Error, History};
use similar::{Algorithm, DiffOp, capture_diff_slices};

use crate::exit::Failure;
use crate::place::Place;
use crate::session::Session;

/// How many of the newest versions are looked through for one whose view has a digest.
const SCANNED: usize = 500;
/// How many of the newest noted versions a text is compared with.
const COMPARED: usize = 40;
/// How many versions beside the line of the newest are folded anew.
const REFOLDED: usize = 60;

/// The bytes of a plan's view.
pub fn bytes_of(plan: &Plan) -> Vec<u8> {
    bytes::bytes(&view::render(plan, plan.layout())).into_owned()
}

/// The version that an edit was made at.
#[derive(Debug)]
pub struct Base {
    /// Its heads.
    pub heads: BTreeSet<EventId>,
    /// Whether it is no more than a guess: nothing was known of the file.
    pub guessed: bool,
}

impl Session {
    /// The version that a text was edited from.
    pub fn edited_at(&self, slug: &Slug, place: &Place, text: &str) -> Result<Base, Failure> {
        let tip = self.repo.load(slug, None)?.plan;
        let sure = |heads| Ok(Base { heads, guessed: false });
        let named = named_in(&tip, text);
        // Most files are of the newest version, which takes no look at the history.
        if named.len() == tip.heads().len() && tip.heads().iter().zip(&named).all(|(head, name)| is_named(head, name)) {
            return sure(tip.heads().clone());
        }
        let history = self.repo.history(slug, None)?;
        if !named.is_empty() {
            return sure(named_version(slug, &history, &named)?);
        }
        let candidates = self.candidates(slug, &history, place, &EventId::of(&bytes::bytes(text)));
        let lines: Vec<&str> = text.split_inclusive('\n').collect();
        let mut distances: BTreeMap<BTreeSet<EventId>, usize> = BTreeMap::new();
        let wanted: BTreeSet<&BTreeSet<EventId>> = candidates.iter().collect();
        visit(&history, 0, &|heads| wanted.contains(heads), &mut |plan| {
            let was = view::render(plan, plan.layout());
            let distance = changed(&was.split_inclusive('\n').collect::<Vec<_>>(), &lines);
            distances.insert(plan.heads().clone(), distance);
        });
        // The first of the nearest is the newest.
        let near = candidates.into_iter().filter(|heads| distances.contains_key(heads));
        match near.min_by_key(|heads| distances[heads]) {
            Some(heads) => sure(heads),
            None => Ok(Base { heads: history.plan.heads().clone(), guessed: true }),
        }
    }

    /// The versions that a file may have been edited from, newest first.
    fn candidates(&self, slug: &Slug, history: &History, place: &Place, own: &EventId) -> Vec<BTreeSet<EventId>> {
        let noted = self.repo.views().of(slug);
        let mut digests: BTreeSet<EventId> = BTreeSet::new();
        for at in ["HEAD", ""] {
            let blob = place.inside.as_deref().and_then(|path| self.blob(at, path));
            digests.extend(blob.map(|blob| EventId::of(&blob)));
        }
        let known = |digest: &EventId| noted.iter().rfind(|noted| noted.digest == *digest).map(|n| n.heads.clone());
        let mut unknown: BTreeSet<EventId> = digests.iter().filter(|digest| known(digest).is_none()).copied().collect();
        if noted.is_empty() && unknown.is_empty() {
            unknown.insert(*own);
        }
        let found = if unknown.is_empty() { BTreeMap::new() } else { scan(history, &unknown) };
        let order: BTreeMap<EventId, usize> =
            history.entries.iter().enumerate().map(|(at, entry)| (entry.event.id, at)).collect();
        let age =
            |heads: &BTreeSet<EventId>| heads.iter().map(|head| order.get(head).copied()).collect::<Option<Vec<_>>>();
        let newest = |heads: &BTreeSet<EventId>| age(heads).and_then(|places| places.into_iter().max());
        // What git has of the file always counts, and a view that was not edited at all; of the rest, the newest.
        digests.insert(*own);
        let of_git: Vec<BTreeSet<EventId>> = digests.iter().filter_map(known).chain(found.into_values()).collect();
        let mut of_notes: Vec<BTreeSet<EventId>> = noted.iter().map(|noted| noted.heads.clone()).collect();
        of_notes.retain(|heads| newest(heads).is_some());
        of_notes.sort_by_key(|heads| std::cmp::Reverse(newest(heads)));
        of_notes.dedup();
        of_notes.truncate(COMPARED);
        let mut all: Vec<BTreeSet<EventId>> = of_git.into_iter().chain(of_notes).collect();
        all.retain(|heads| newest(heads).is_some());
        all.sort_by_key(|heads| std::cmp::Reverse(newest(heads)));
        all.dedup();
        all
    }

    /// What git has of a file: in a commit, or in the index where none is named.
    pub fn blob(&self, at: &str, path: &Path) -> Option<Vec<u8>> {
        let mut name = std::ffi::OsString::from(format!("{at}:"));
        name.push(path);
        self.repo.git(["cat-file", "blob"]).arg(name).run().ok()
    }
}

/// The version that a view names, which must be one of the plan's.
pub fn named_version(slug: &Slug, history: &History, named: &[&str]) -> Result<BTreeSet<EventId>, Failure> {
    let mut heads = BTreeSet::new();
    for &name in named {
        let Some(event) = history.event(name)? else {
            let unknown = Error::no_such_event(slug, name);
            let failure = Failure::from(unknown);
            let message = format!("the file says that it shows a version that is not here: {}", failure.message);
            let hint = "fetch the plan from where the file comes from, or name the version that was edited with --base";
            return Err(Failure { message, ..failure }.hinted(hint));
        };
        heads.insert(event);
    }
    Ok(heads)
}

/// The version that a text names as its own; a plan that keeps its own text names none there.
pub fn named_in<'t>(plan: &Plan, text: &'t str) -> Vec<&'t str> {
    if plan.layout() == Layout::Own && plan.has_own_text() { Vec::new() } else { absorb::base(text) }
}

fn is_named(head: &EventId, name: &str) -> bool {
    name.len() >= EventId::SHORTEST && head.to_string().starts_with(name)
}

/// The newest versions whose views have these digests, among the last few hundred.
pub fn scan(history: &History, digests: &BTreeSet<EventId>) -> BTreeMap<EventId, BTreeSet<EventId>> {
    let mut found = BTreeMap::new();
    let first = history.entries.len().saturating_sub(SCANNED);
    visit(history, first, &|_| true, &mut |plan| {
        if let Some(digest) = digests.get(&EventId::of(&bytes_of(plan))) {
            found.insert(*digest, plan.heads().clone());
        }
    });
    found
}

/// Looks at the plan at each version that is wanted, from the entry `first` on, oldest first: each event with all below
/// it, what a join of several brings together, and the newest.
///
/// A line of events is folded once. Where lines lie beside each other, a version that is wanted is folded from its
/// beginning, and only so many are.
fn visit(history: &History, first: usize, is_wanted: &dyn Fn(&BTreeSet<EventId>) -> bool, look: &mut dyn FnMut(&Plan)) {
    let mut refolded = 0;
    let mut below = |heads: &BTreeSet<EventId>| {
        refolded += 1;
        (refolded <= REFOLDED).then(|| Plan::replay(&history.below(heads)))
    };
    let mut line: Option<Plan> = Some(Plan::replay(&[]));
    for (at, entry) in history.entries.iter().enumerate() {
        let event = &entry.event;
        let parents: BTreeSet<EventId> = event.parents.iter().copied().collect();
        let heads = BTreeSet::from([event.id]);
        line = line.filter(|plan| *plan.heads() == parents);
        if let Some(plan) = &mut line {
            plan.extend(std::slice::from_ref(event));
        }
        if at < first {
            continue;
        }
        if parents.len() > 1 && is_wanted(&parents) {
            below(&parents).iter().for_each(&mut *look);
        }
        if is_wanted(&heads) {
            line = line.or_else(|| below(&heads));
            line.iter().for_each(&mut *look);
        }
    }
    if history.plan.heads().len() > 1 && is_wanted(history.plan.heads()) {
        look(&history.plan);
    }
}

/// How many lines were taken away or added.
fn changed(old: &[&str], new: &[&str]) -> usize {
    let ops = capture_diff_slices(Algorithm::Myers, old, new);
    let size = |op: &DiffOp| match *op {
        DiffOp::Equal { .. } => 0,
        DiffOp::Delete { old_len, .. } => old_len,
        DiffOp::Insert { new_len, .. } => new_len,
        DiffOp::Replace { old_len, new_len, .. } => old_len + new_len,
    };
    ops.iter().map(size).sum()
}
