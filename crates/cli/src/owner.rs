//! Which plan a file is the view of.
//!
//! The order: `--plan`; the plan whose file it is known to be; the slug in its front matter; the version that it names. What
//! could be several plans is not guessed.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use git_plan_core::{Slug, absorb, import};

use crate::choice;
use crate::exit::{Failure, Status};
use crate::place::Place;
use crate::session::Session;

/// The plan that a file is the view of.
pub fn of(session: &Session, place: &Place, text: &str) -> Result<Slug, Failure> {
    if let Some(named) = &session.flagged {
        return choice::slug(named);
    }
    if let Some(path) = &place.inside
        && let Some(slug) = Owners::read(session)?.of(path)?
    {
        return Ok(slug);
    }
    let plans = session.repo.plans()?;
    let base = absorb::base(text);
    let has_base = |slug: &Slug| -> Result<bool, Failure> {
        let Some(name) = base.first() else { return Ok(false) };
        Ok(session.repo.history(slug, None)?.event(name)?.is_some())
    };
    // A plan that gave its name to another one of a remote still has that name in its text.
    if let Some(slug) = front_slug(text).filter(|slug| plans.contains(slug))
        && (base.is_empty() || has_base(&slug)?)
    {
        return Ok(slug);
    }
    let mut naming = Vec::new();
    for slug in plans {
        if has_base(&slug)? {
            naming.push(slug);
        }
    }
    one_of(&place.name(), naming)?.ok_or_else(|| {
        let message = format!("nothing tells which plan {} is the view of", place.name());
        Failure::new(Status::NotFound, "whose-file", message)
            .hinted("name the plan with -p, or make one of the file with `git plan import`")
    })
}

/// Which files are known to be those of which plans.
pub struct Owners {
    own: BTreeMap<PathBuf, Vec<Slug>>,
    copies: BTreeMap<PathBuf, Vec<Slug>>,
    usual: BTreeMap<PathBuf, Vec<Slug>>,
}

impl Owners {
    /// Reads what was noted of all plans.
    pub fn read(session: &Session) -> Result<Self, Failure> {
        let mut owners = Self { own: BTreeMap::new(), copies: BTreeMap::new(), usual: BTreeMap::new() };
        for slug in session.repo.plans()? {
            let noted = session.repo.views().of(&slug);
            if let Some(home) = noted.iter().rfind(|noted| !noted.copy) {
                owners.own.entry(home.path.clone()).or_default().push(slug.clone());
            }
            for path in noted.into_iter().map(|noted| noted.path).collect::<BTreeSet<_>>() {
                owners.copies.entry(path).or_default().push(slug.clone());
            }
            owners.usual.entry(session.usual(&slug)).or_default().push(slug);
        }
        Ok(owners)
    }

    /// The plan whose file this path, from the top of the work tree, is known to be.
    pub fn of(&self, path: &Path) -> Result<Option<Slug>, Failure> {
        let several = [&self.own, &self.copies, &self.usual].into_iter().find_map(|known| known.get(path));
        one_of(&path.display().to_string(), several.cloned().unwrap_or_default())
    }
}

fn one_of(name: &str, mut slugs: Vec<Slug>) -> Result<Option<Slug>, Failure> {
    if slugs.len() > 1 {
        let names = slugs.iter().map(Slug::as_str).collect::<Vec<_>>().join(", ");
        let message = format!("{name} could be the view of several plans: {names}");
        return Err(Failure::new(Status::Ambiguous, "whose-file", message).hinted("name the plan with -p"));
    }
    Ok(slugs.pop())
}

/// The slug that a text's front matter names.
fn front_slug(text: &str) -> Option<Slug> {
    let front = import::read(text).front_matter?;
    let field = front.fields.into_iter().find(|field| field.name == "slug")?;
    match field.value {
        import::Value::Scalar(slug) => slug.parse().ok(),
        _ => None,
    }
}
