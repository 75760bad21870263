//! Under which name a file becomes a plan, or that it is one already.
//!
//! What may be relied on: the names of the same files in the same repository are the same, so that an import that is
//! tried again finds what it took in. A file's own plan is never taken in twice under two names without being asked for.

use std::collections::BTreeMap;
use std::path::Path;

use git_plan_core::import::Document;
use git_plan_core::{EventId, Layout, Slug, bytes, view};

use super::sources::Source;
use super::{Failure, Status, Work};

/// What a file without any words that make a name is called.
const NAMELESS: &str = "untitled-plan";

/// How much of a name stays in front of what tells it from another.
const KEPT: usize = 24;

/// What is to become of a file.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// A plan of this name.
    New(Slug),
    /// Nothing: it is this plan already.
    There(Slug),
}

/// The names that were given so far.
#[derive(Debug, Default)]
pub(super) struct Names {
    given: BTreeMap<Slug, String>,
}

impl Names {
    /// Says what becomes of a file. `slug` is the name that the user wants, `several` whether there are other files.
    pub fn target(
        &mut self,
        work: &Work<'_>,
        source: &Source,
        document: &Document<'_>,
        slug: Option<&Slug>,
        several: bool,
    ) -> Result<Target, Failure> {
        let stem = source.below.file_stem().map(|stem| stem.to_string_lossy());
        let suggested = || document.slug().or_else(|| Slug::from_title(stem.as_deref()?));
        let first = slug.cloned().or_else(suggested).or_else(|| NAMELESS.parse().ok());
        let first = first.ok_or_else(|| Failure::usage("no name for the plan; give --slug"))?;
        let mut taken = None;
        for name in std::iter::once(first.clone()).chain(suffixed(&first, &source.below)) {
            let by = match self.given.get(&name) {
                Some(file) => Some(file.clone()),
                None => match held(work, source, &name)? {
                    Held::Free => None,
                    Held::Same => {
                        self.given.insert(name.clone(), source.name());
                        return Ok(Target::There(name));
                    }
                    Held::Other(by) if several => Some(by),
                    Held::Other(_) | Held::Older => return Err(refused(source, &name)),
                },
            };
            let Some(by) = by else {
                if let Some(by) = taken {
                    let file = source.name();
                    work.ui.say(&format!("{file} becomes plan {name}: {first} is {by}"));
                }
                self.given.insert(name.clone(), source.name());
                return Ok(Target::New(name));
            };
            taken = taken.or(Some(by));
        }
        Err(refused(source, &first))
    }
}

/// What is under a name.
enum Held {
    /// Nothing.
    Free,
    /// What this file says, or said when it was taken in or written.
    Same,
    /// What this file, or nobody knows which, said at another time.
    Older,
    /// The plan of something else.
    Other(String),
}

fn held(work: &Work<'_>, source: &Source, name: &Slug) -> Result<Held, Failure> {
    let repo = &work.session.repo;
    let plan = match repo.load(name, None) {
        Ok(loaded) => loaded.plan,
        Err(git_plan_store::Error::NoSuchPlan { .. }) => return Ok(Held::Free),
        Err(e) => return Err(e.into()),
    };
    let view = view::render(&plan, plan.layout());
    if source.bytes.as_deref() == Some(&*bytes::bytes(&view)) {
        return Ok(Held::Same);
    }
    let (views, own) = (repo.views(), source.inside.as_ref());
    let digest = source.bytes.as_deref().map(EventId::of);
    if views.of(name).iter().any(|noted| Some(&noted.path) == own && Some(noted.digest) == digest) {
        return Ok(Held::Same);
    }
    if let Some(home) = views.home(name) {
        return Ok(if Some(&home) == own { Held::Older } else { Held::Other(home.display().to_string()) });
    }
    // What keeps its own text was imported, and this file may be where from.
    Ok(if plan.layout() == Layout::Own || own == Some(&work.session.usual(name)) {
        Held::Older
    } else {
        Held::Other(format!("a plan in the layout {}", plan.layout()))
    })
}

/// Names with more and more of the file's path at their end, the last with a digest of all of it.
fn suffixed<'a>(name: &'a Slug, below: &'a Path) -> impl Iterator<Item = Slug> + 'a {
    let folder = below.parent().into_iter().flat_map(Path::components);
    let stem = below.file_stem().map(|stem| stem.to_string_lossy().into_owned());
    let mut words: Vec<String> =
        folder.map(|part| part.as_os_str().to_string_lossy().into_owned()).chain(stem).collect();
    words.retain(|word| Slug::from_title(word).is_some_and(|word| word != *name));
    let endings = (0..words.len()).rev().map(move |from| words[from..].join("-"));
    let digest = EventId::of(below.as_os_str().as_encoded_bytes()).prefix(8);
    endings.chain([digest]).filter_map(move |ending| {
        let ending = Slug::from_title(&ending)?;
        let room = Slug::LONGEST
            .checked_sub(ending.as_str().len() + 1)
            .filter(|&room| room >= KEPT.min(name.as_str().len()))?;
        let kept = &name.as_str()[..name.as_str().len().min(room)];
        format!("{kept}-{ending}").parse().ok()
    })
}

fn refused(source: &Source, slug: &Slug) -> Failure {
    let message = format!("there is a plan {slug}, which is not what {} says; it was not imported", source.name());
    Failure::new(Status::Refused, "plan-exists", message)
        .hinted("`git plan absorb` takes the edits of a plan's file in; --slug makes another plan of it")
}
