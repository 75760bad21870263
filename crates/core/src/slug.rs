//! Slugs: the names of plans.
//!
//! A [`Slug`] is always safe to put into a ref name, a file name and a command line: it starts with a letter or
//! a digit and holds nothing but `[a-z0-9-]`, so it is never an option, a path or a hidden file.

use alloc::borrow::ToOwned;
use alloc::string::String;
use core::fmt;
use core::str::FromStr;

use serde::{Deserialize, Serialize};

/// A plan's name: `[a-z0-9][a-z0-9-]{0,62}`; fixed when the plan is created.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Slug(String);

/// A text is not a slug.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a slug: expected 1 to 63 of a-z, 0-9 and '-', not starting with '-'")]
pub struct NotASlug(String);

impl Slug {
    /// The most characters that a slug has.
    pub const LONGEST: usize = 63;

    /// The slug that a title suggests, or nothing where no letter or digit of the title is ASCII.
    ///
    /// ```
    /// use git_plan_core::Slug;
    /// let slug = Slug::from_title("Dark Mode: Feature!").unwrap();
    /// assert_eq!(slug.as_str(), "dark-mode-feature");
    /// ```
    #[must_use]
    pub fn from_title(title: &str) -> Option<Self> {
        let mut slug = String::new();
        for c in title.chars() {
            if slug.len() == Self::LONGEST {
                break;
            }
            if c.is_ascii_alphanumeric() {
                slug.push(c.to_ascii_lowercase());
            } else if !slug.is_empty() && !slug.ends_with('-') {
                slug.push('-');
            }
        }
        while slug.ends_with('-') {
            slug.pop();
        }
        slug.parse().ok()
    }

    /// The slug as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Slug {
    type Err = NotASlug;

    fn from_str(text: &str) -> Result<Self, NotASlug> {
        let fits = (1..=Self::LONGEST).contains(&text.len());
        let plain = text.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'-'));
        if fits && plain && !text.starts_with('-') {
            Ok(Self(text.to_owned()))
        } else {
            Err(NotASlug(text.chars().take(80).collect()))
        }
    }
}

impl TryFrom<String> for Slug {
    type Error = NotASlug;

    fn try_from(text: String) -> Result<Self, NotASlug> {
        text.parse()
    }
}

impl From<Slug> for String {
    fn from(slug: Slug) -> Self {
        slug.0
    }
}

impl fmt::Display for Slug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
