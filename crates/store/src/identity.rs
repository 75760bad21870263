//! Who is writing, read as git reads it.
//!
//! Author and committer come from `GIT_AUTHOR_NAME`, `author.name`, `user.name` and so on, in git's order. What git
//! strips is stripped, what git refuses is refused, and nothing is ever guessed from the name of the host. There is no
//! time in here: a line is built from an identity and a given time.

use git_plan_core::{Actor, Timestamp};

use crate::error::{Error, Result};
use crate::repository::Repository;

/// A name and an e-mail address, free of anything that would break a commit's header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    name: String,
    email: String,
}

impl Identity {
    /// An identity, stripped as git strips it.
    ///
    /// # Errors
    /// Where nothing of the name remains.
    pub fn new(name: &str, email: &str) -> Result<Self> {
        let identity = Self { name: strip(name), email: strip(email) };
        if identity.name.is_empty() {
            let reason = match name {
                "" => format!("empty name (for <{}>) is not allowed", identity.email),
                _ => format!("the name {name:?} has nothing but characters that git strips"),
            };
            return Err(missing(reason, "user.name", "Your Name"));
        }
        Ok(identity)
    }

    /// The author that an event names, to the byte: it was stripped when the event was made. What a header cannot hold is
    /// left out, which only an event of a newer version can have.
    pub(crate) fn of(actor: &Actor) -> Self {
        let held = |text: &str| text.chars().filter(|c| !matches!(c, '<' | '>' | '\n' | '\0')).collect();
        Self { name: held(&actor.name), email: held(&actor.email) }
    }

    /// The name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The e-mail address; may be empty, as git allows.
    #[must_use]
    pub fn email(&self) -> &str {
        &self.email
    }

    /// `Name <email> seconds +0000`, as commits and reflogs have it; 0 for times before 1970, which git cannot hold.
    #[must_use]
    pub fn line(&self, at: Timestamp) -> String {
        format!("{} <{}> {} +0000", self.name, self.email, at.seconds().max(0))
    }
}

impl Repository {
    /// Who writes what is written now.
    ///
    /// # Errors
    /// Where no name or e-mail address is set; says which command sets it.
    pub fn author(&self) -> Result<Identity> {
        self.identity(["GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL"], "author")
    }

    /// Who puts it into the repository.
    ///
    /// # Errors
    /// Where no name or e-mail address is set; says which command sets it.
    pub fn committer(&self) -> Result<Identity> {
        self.identity(["GIT_COMMITTER_NAME", "GIT_COMMITTER_EMAIL"], "committer")
    }

    fn identity(&self, [name, email]: [&str; 2], role: &str) -> Result<Identity> {
        let env = self.environment();
        let configured = |key: &str| {
            let set = |section: &str| self.config().bytes(&format!("{section}.{key}")).filter(|v| !v.is_empty());
            set(role).or_else(|| set("user"))
        };
        let given = |variable: &str| env.get(variable).map(|value| value.as_encoded_bytes().to_vec());
        let fallback = || env.non_empty("EMAIL").map(|value| value.as_encoded_bytes().to_vec());
        let name = given(name).or_else(|| configured("name"));
        let email = given(email).or_else(|| configured("email")).or_else(fallback);
        let unset = |what: &str| format!("the {role}'s {what} is not known");
        let name = name.ok_or_else(|| missing(unset("name"), "user.name", "Your Name"))?;
        let email = email.ok_or_else(|| missing(unset("e-mail address"), "user.email", "you@example.com"))?;
        let utf8 = |bytes: Vec<u8>, what: &str, key: &str, example: &str| {
            String::from_utf8(bytes).map_err(|_| missing(format!("the {role}'s {what} is not UTF-8"), key, example))
        };
        Identity::new(
            &utf8(name, "name", "user.name", "Your Name")?,
            &utf8(email, "e-mail address", "user.email", "you@example.com")?,
        )
    }
}

fn missing(reason: String, key: &str, example: &str) -> Error {
    Error::MissingIdentity { reason, command: format!("git config --global {key} {example:?}") }
}

/// What git's `strbuf_addstr_without_crud` leaves; older gits take a final full stop away as well.
fn strip(text: &str) -> String {
    let crud = |c: char| c <= ' ' || matches!(c, ',' | ':' | ';' | '<' | '>' | '"' | '\\' | '\'');
    text.trim_matches(crud).chars().filter(|c| !matches!(c, '<' | '>' | '\n' | '\0')).collect()
}
