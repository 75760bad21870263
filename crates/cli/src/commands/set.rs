//! `git plan set`

use git_plan_core::author::field::{self, Membership, NewSource};
use git_plan_core::author::section;
use git_plan_core::{Batch, Field, Role};

use super::Work;
use crate::args::Plainly;
use crate::exit::Failure;
use crate::write::Denied;

/// Set what a plan says about itself, or the text of one of its sections
#[derive(Debug, clap::Args)]
#[command(after_help = "Fields: title, status, summary, layout; tags, author, source; and the text of a section:
objective, context, stories, criteria, approach, steps, log, questions, decisions, discoveries, results, custom

Examples:
  git plan set objective \"Add dark mode support across the web application\"
  git plan set context < context.md
  git plan set tags ui web --remove draft
  git plan set source R1 --title \"Exec Plans\" --url https://example.org/plans")]
pub struct Set {
    /// What to set
    field: String,
    /// Its value; none or `-` reads stdin; tags, authors and sources are added, one for each value
    value: Vec<String>,
    /// Remove this tag, author or source (can be repeated)
    #[arg(short, long, value_name = "VALUE")]
    remove: Vec<String>,
    /// The title of a source
    #[arg(long, value_name = "TEXT")]
    title: Option<String>,
    /// The address of a source
    #[arg(long, value_name = "URL")]
    url: Option<String>,
    /// The day on which a source was read
    #[arg(long, value_name = "DAY")]
    accessed: Option<String>,
    #[command(flatten)]
    why: Plainly,
}

impl Set {
    pub fn run(self, work: &mut Work<'_>) -> Result<(), Failure> {
        let cites = self.title.is_some() || self.url.is_some() || self.accessed.is_some();
        let field = self.field.as_str();
        if cites && !matches!(field, "source" | "sources") {
            return Err(Failure::usage("--title, --url and --accessed belong to `set source`"));
        }
        let listed = matches!(field, "tag" | "tags" | "author" | "authors" | "source" | "sources");
        if !self.remove.is_empty() && !listed {
            return Err(Failure::usage("--remove belongs to `set tags`, `set author` and `set source`"));
        }
        match field {
            "tags" | "tag" => self.each(work, |batch, value, wanted| Ok(field::tag(batch, value, wanted).map(drop)?)),
            "authors" | "author" => {
                self.each(work, |batch, value, wanted| Ok(field::author(batch, value, wanted).map(drop)?))
            }
            "sources" | "source" => {
                let (title, url) = (self.title.as_deref(), self.url.as_deref());
                let accessed = self.accessed.as_deref();
                self.each(work, |batch, id, wanted| {
                    let done = match wanted {
                        Membership::In => field::cite(batch, &NewSource { id, title, url, accessed }),
                        Membership::Out => field::uncite(batch, id),
                    };
                    Ok(done.map(drop)?)
                })
            }
            _ => self.one(work),
        }
    }

    /// Puts each value in, or takes it out.
    fn each(
        &self,
        work: &mut Work<'_>,
        mut change: impl FnMut(&mut Batch, &str, Membership) -> Result<(), Denied>,
    ) -> Result<(), Failure> {
        if self.value.is_empty() && self.remove.is_empty() {
            return Err(Failure::usage(format!("`set {}` needs a value to add, or one to --remove", self.field)));
        }
        work.write(&self.why.why(), |batch| {
            if self.value.len() + self.remove.len() > 1 {
                batch.group();
            }
            let added = |value: &String| value.strip_prefix('+').unwrap_or(value).to_owned();
            self.value.iter().try_for_each(|value| change(batch, &added(value), Membership::In))?;
            self.remove.iter().try_for_each(|value| change(batch, value, Membership::Out))
        })
    }

    /// Sets a field or the text of a section.
    fn one(&self, work: &mut Work<'_>) -> Result<(), Failure> {
        let (field, role) = (self.field.parse::<Field>(), self.field.parse::<Role>());
        if field.is_err() && role.is_err() {
            let fields = Field::ALL.iter().map(|field| field.as_str()).chain(["tags", "author", "source"]);
            let known: Vec<&str> = fields.chain(Role::ALL.iter().map(|role| role.as_str())).collect();
            let message = format!("there is no field {:?}: expected one of {}", self.field, known.join(", "));
            return Err(Failure::usage(message).hinted("`git plan section edit` writes the text of an added section"));
        }
        let value = match self.value.as_slice() {
            [] => work.text("-")?,
            [one] => work.text(one)?,
            several => {
                let message = format!("{} values for {}: expected one; quote it", several.len(), self.field);
                return Err(Failure::usage(message));
            }
        };
        work.write(&self.why.why(), |batch| {
            let done = match field {
                Ok(field) => field::set(batch, field, &value),
                Err(_) => section::write(batch, &self.field, &value),
            };
            Ok(done.map(drop)?)
        })
    }
}
