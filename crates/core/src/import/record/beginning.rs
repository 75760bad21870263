//! The beginning of a plan: its title and name, and what its front matter says.

use super::{ImportError, Options, Recorder};
use crate::change::*;
use crate::import::document::Document;
use crate::import::front_matter::Value;
use crate::prelude::*;
use crate::{Field, Layout, Parent, Role, Slug, Tag, Text, Title};

impl Recorder<'_> {
    pub(super) fn begin(&mut self, document: &Document<'_>, options: &Options) -> Result<(), ImportError> {
        let heading = document.title().map(|title| bare(title, self.report.layout));
        let named = document.field("title").map(str::trim);
        let given = options.slug.clone().or_else(|| document.slug());
        let title = match [heading, named].into_iter().flatten().find_map(|title| Title::new(title).ok()) {
            Some(title) => title,
            None => Title::new(given.as_ref().map_or("Untitled plan", Slug::as_str))?,
        };
        let slug = match given.or_else(|| Slug::from_title(&title)) {
            Some(slug) => slug,
            None => Slug::from_title("plan").ok_or(crate::TextError::Empty("slug"))?,
        };
        let created =
            PlanCreated { layout: self.report.layout, nonce: options.nonce.clone(), slug: slug.clone(), title };
        let title = created.title.clone();
        self.add(created)?;
        self.front_matter(document, &slug, &title)
    }

    fn front_matter(&mut self, document: &Document<'_>, slug: &Slug, title: &Title) -> Result<(), ImportError> {
        let Some(front) = &document.front_matter else { return Ok(()) };
        let mut rest = String::new();
        let mut seen = BTreeSet::new();
        for field in &front.fields {
            let taken = seen.insert(field.name)
                && match (field.name, &field.value) {
                    ("title", Value::Scalar(text)) => text.trim() == title.as_str(),
                    ("slug", Value::Scalar(text)) => text == slug.as_str(),
                    // It is the time of the last event.
                    ("last_updated", Value::Scalar(_)) => true,
                    ("status", Value::Scalar(text)) => self.field(Field::Status, text)?,
                    ("summary", Value::Scalar(text)) => self.field(Field::Summary, text)?,
                    ("tags", Value::List(tags)) => self.tags(tags)?,
                    ("authors", Value::List(authors)) => self.authors(authors)?,
                    ("sources", Value::List(none)) => none.is_empty(),
                    ("sources", Value::Maps(sources)) => self.sources(sources)?,
                    _ => false,
                };
            if !taken {
                rest.push_str(field.source);
            }
        }
        if rest.trim().is_empty() || self.report.layout == Layout::Own {
            return Ok(());
        }
        let fence = if rest.contains("```") { "~~~~" } else { "```" };
        self.prose(Parent::Standing(Role::Custom), &format!("{fence}yaml\n{}\n{fence}", rest.trim_end()))
    }

    fn field(&mut self, field: Field, text: &str) -> Result<bool, ImportError> {
        if !super::fits(text) {
            return Ok(false);
        }
        if !text.trim().is_empty() {
            self.add(FieldSet { field, value: Text::new(text)? })?;
        }
        Ok(true)
    }

    fn tags(&mut self, tags: &[String]) -> Result<bool, ImportError> {
        let Ok(tags) = tags.iter().map(Tag::new).collect::<Result<Vec<_>, _>>() else { return Ok(false) };
        tags.into_iter().try_for_each(|tag| self.add(TagAdded { tag }).map(drop))?;
        Ok(true)
    }

    fn authors(&mut self, authors: &[String]) -> Result<bool, ImportError> {
        let Ok(authors) = authors.iter().map(Title::new).collect::<Result<Vec<_>, _>>() else { return Ok(false) };
        authors.into_iter().try_for_each(|author| self.add(AuthorAdded { author }).map(drop))?;
        Ok(true)
    }

    fn sources(&mut self, sources: &[Vec<(String, String)>]) -> Result<bool, ImportError> {
        let Some(sources) = sources.iter().map(|members| source(members)).collect::<Option<Vec<_>>>() else {
            return Ok(false);
        };
        sources.into_iter().try_for_each(|source| self.add(source).map(drop))?;
        Ok(true)
    }
}

impl Document<'_> {
    /// What a field of the front matter says, where it is one text.
    fn field(&self, name: &str) -> Option<&str> {
        let fields = self.front_matter.iter().flat_map(|front| &front.fields);
        fields.filter(|field| field.name == name).find_map(|field| match &field.value {
            Value::Scalar(text) => Some(text.as_str()),
            _ => None,
        })
    }

    /// The name that the document suggests for its plan: that of its front matter, else one from its title.
    #[must_use]
    pub fn slug(&self) -> Option<Slug> {
        let title = self.title().map(|title| bare(title, Layout::Execplan));
        let named = self.field("slug").and_then(|slug| slug.parse().ok());
        named.or_else(|| [title, self.field("title")].into_iter().flatten().find_map(Slug::from_title))
    }
}

/// The title of a house plan, without the word that its layout adds.
fn bare(title: &str, layout: Layout) -> &str {
    let bare = title.strip_suffix("ExecPlan").map(str::trim_end).filter(|bare| !bare.is_empty());
    bare.filter(|_| layout == Layout::Execplan).unwrap_or(title)
}

fn source(members: &[(String, String)]) -> Option<SourceAdded> {
    let mut added = SourceAdded {
        accessed: None,
        id: Tag::new(members.iter().find(|m| m.0 == "id")?.1.as_str()).ok()?,
        title: None,
        url: None,
    };
    for (name, value) in members {
        match name.as_str() {
            "id" => {}
            "title" => added.title = Some(Title::new(value.as_str()).ok()?),
            "url" => added.url = Some(Title::new(value.as_str()).ok()?),
            "accessed" => added.accessed = Some(Tag::new(value.as_str()).ok()?),
            _ => return None,
        }
    }
    Some(added)
}
