//! Configuration as git reads it.
//!
//! System, global, repository and work tree files with their includes, then `GIT_CONFIG_COUNT` and what `git -c`
//! passes on in `GIT_CONFIG_PARAMETERS`; the last value wins. All of it is read once, when the repository is opened.
//! A file that does not parse is an error, as it is for git. Not read: the configuration that some installations of
//! git carry outside `/etc/gitconfig`, because finding it takes a git process; and `includeIf "onbranch:…"` in a
//! repository with reftables, for the same reason.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use gix::bstr::BString;
use gix::config::{File, KeyRef, Source, file::Metadata};

use crate::env::Environment;
use crate::error::{Error, Result};

/// The values that git would see.
#[derive(Debug)]
pub struct Config {
    file: File,
    home: Option<PathBuf>,
}

/// Where a repository's configuration lies.
pub(crate) struct Place<'a> {
    pub git_dir: &'a Path,
    pub branch: Option<&'a str>,
}

impl Config {
    /// Reads a repository's own file and nothing else: no includes, as for the format and its extensions.
    pub(crate) fn of_repository(common_dir: &Path) -> Result<Self> {
        let path = common_dir.join("config");
        let meta = Metadata::from(Source::Local).at(&path).with(gix::sec::Trust::Full);
        let file = read([meta].into_iter())?;
        Ok(Self { file, home: None })
    }

    /// Reads everything that applies to this repository.
    pub(crate) fn load(own: Self, place: &Place<'_>, env: &Environment) -> Result<Self> {
        let home = env.non_empty("HOME").map(PathBuf::from);
        let mut variable = |name: &str| env.get(name).map(OsStr::to_os_string);
        let global = [Source::System, Source::Git, Source::User].into_iter().filter_map(|source| {
            let path = source.storage_location(&mut variable)?;
            Some(Metadata::from(source).at(path).with(gix::sec::Trust::Full))
        });
        let mut file = read(global)?;
        let per_work_tree = own.boolean("extensions.worktreeConfig")?.unwrap_or(false);
        file.append(own.file).map_err(|e| Error::config("of the repository", &e))?;
        if per_work_tree {
            let path = place.git_dir.join("config.worktree");
            let meta = Metadata::from(Source::Worktree).at(path).with(gix::sec::Trust::Full);
            file.append(read([meta].into_iter())?).map_err(|e| Error::config("of the work tree", &e))?;
        }
        file.append(from_environment(env)?).map_err(|e| Error::config("from the environment", &e))?;
        let branch = place.branch.and_then(|name| gix::refs::FullName::try_from(name).ok());
        let conditional = gix::config::file::includes::conditional::Context {
            git_dir: Some(place.git_dir),
            branch_name: branch.as_ref().map(|name| name.as_ref()),
        };
        let mut includes = gix::config::file::includes::Options::follow(interpolation(home.as_deref()), conditional);
        includes.err_on_missing_config_path = false;
        file.resolve_includes(gix::config::file::init::Options { includes, ..Default::default() })
            .map_err(|e| Error::config("includes", &e))?;
        Ok(Self { file, home })
    }

    /// The last value of a key such as `user.name`; `None` where it is not set.
    #[must_use]
    pub fn string(&self, key: &str) -> Option<String> {
        self.bytes(key).map(|value| String::from_utf8_lossy(&value).into_owned())
    }

    /// The last value of a key, as it is.
    #[must_use]
    pub fn bytes(&self, key: &str) -> Option<Vec<u8>> {
        self.file.string(key).map(Vec::from)
    }

    /// All values of a key, earliest first.
    #[must_use]
    pub fn strings(&self, key: &str) -> Vec<String> {
        let values = self.file.strings(key).unwrap_or_default();
        values.into_iter().map(|value| String::from_utf8_lossy(&value).into_owned()).collect()
    }

    /// The names of the subsections of a section in which a key is set.
    pub(crate) fn subsections(&self, section: &str, key: &str) -> Vec<String> {
        let sections = self.file.sections_by_name(section).into_iter().flatten();
        let named = sections.filter(|section| section.value(key).is_some());
        named.filter_map(|section| Some(section.header().subsection_name()?.to_string())).collect()
    }

    /// The last value of a key as a boolean in git's spelling.
    ///
    /// # Errors
    /// Where the value is none.
    pub fn boolean(&self, key: &str) -> Result<Option<bool>> {
        self.file.boolean(key).map_err(|e| Error::config(key, &e))
    }

    /// The last value of a key as a path, with `~/` and `~user/` resolved.
    ///
    /// # Errors
    /// Where there is no such home directory.
    pub fn path(&self, key: &str) -> Result<Option<PathBuf>> {
        let Some(path) = self.file.path(key) else { return Ok(None) };
        path.interpolate(interpolation(self.home.as_deref())).map(Some).map_err(|e| Error::config(key, &e))
    }

    /// The home directory, for paths that begin with `~/`.
    pub(crate) fn home(&self) -> Option<&Path> {
        self.home.as_deref()
    }

    /// All values of a key that do not come from the repository itself, earliest first.
    pub(crate) fn protected(&self, key: &str) -> Vec<Vec<u8>> {
        let trusted = |meta: &Metadata| !matches!(meta.source, Source::Local | Source::Worktree);
        self.file.strings_filter(key, trusted).unwrap_or_default().into_iter().map(Vec::from).collect()
    }

    /// The names and values in a section of the form `[name]`, as they were written.
    pub(crate) fn section(&self, name: &str) -> Vec<(String, Vec<u8>)> {
        let mut values = Vec::new();
        for section in self.file.sections_by_name(name).into_iter().flatten() {
            for key in section.value_names() {
                let value = section.value(&key).unwrap_or_default();
                values.push((key.to_ascii_lowercase(), value.into()));
            }
        }
        values
    }
}

fn interpolation(home: Option<&Path>) -> gix::config::path::interpolate::Context<'_> {
    gix::config::path::interpolate::Context {
        git_install_dir: None,
        home_dir: home,
        home_for_user: Some(gix::config::path::interpolate::home_for_user),
    }
}

fn read(files: impl Iterator<Item = Metadata>) -> Result<File> {
    let mut last = String::new();
    let mut files = files.inspect(|meta| {
        last = meta.path.as_ref().map_or_else(String::new, |path| path.display().to_string());
    });
    let read = File::from_paths_metadata_buf(&mut files, &mut Vec::with_capacity(512), false, Default::default());
    drop(files);
    read.map(Option::unwrap_or_default).map_err(|e| Error::config(last, &e))
}

fn from_environment(env: &Environment) -> Result<File> {
    let mut file = File::new(Metadata::from(Source::Env));
    let text = |name: &str| env.get(name).map(|value| value.as_bytes().to_vec());
    if let Some(count) = text("GIT_CONFIG_COUNT").filter(|count| !count.is_empty()) {
        let count = std::str::from_utf8(&count).ok().and_then(|count| count.parse::<u16>().ok());
        let missing = |what: String| Error::Config { what, reason: "not set, or not a number".to_owned() };
        for i in 0..count.ok_or_else(|| missing("GIT_CONFIG_COUNT".to_owned()))? {
            let [key, value] = ["KEY", "VALUE"].map(|part| format!("GIT_CONFIG_{part}_{i}"));
            let key = text(&key).ok_or_else(|| missing(key))?;
            let value = text(&value).ok_or_else(|| missing(value))?;
            push(&mut file, &key, Some(value))?;
        }
    }
    if let Some(parameters) = text("GIT_CONFIG_PARAMETERS") {
        for (key, value) in parameters_of(&parameters).ok_or_else(|| Error::Config {
            what: "GIT_CONFIG_PARAMETERS".to_owned(),
            reason: "its quoting is not git's".to_owned(),
        })? {
            push(&mut file, &key, value)?;
        }
    }
    Ok(file)
}

fn push(file: &mut File, key: &[u8], value: Option<Vec<u8>>) -> Result<()> {
    let what = || String::from_utf8_lossy(key).into_owned();
    let parsed = KeyRef::parse_unvalidated(key.into())
        .ok_or_else(|| Error::Config { what: what(), reason: "not a key".to_owned() })?;
    let value = value.map(BString::from);
    file.section_mut_or_create_new(parsed.section_name, parsed.subsection_name)
        .and_then(|mut section| section.push(parsed.value_name, value.as_ref().map(|v| v.as_ref())).map(drop))
        .map_err(|e| Error::config(what(), &e))
}

type Parameter = (Vec<u8>, Option<Vec<u8>>);

/// Takes `'key'='value'`, `'key'=` (implicit true) and the older `'key=value'` apart.
fn parameters_of(mut rest: &[u8]) -> Option<Vec<Parameter>> {
    let mut parameters = Vec::new();
    loop {
        rest = rest.trim_ascii_start();
        if rest.is_empty() {
            return Some(parameters);
        }
        let key = unquote(&mut rest)?;
        match rest.first() {
            Some(b'=') => {
                rest = &rest[1..];
                let value = if rest.first() == Some(&b'\'') { Some(unquote(&mut rest)?) } else { None };
                parameters.push((key, value));
            }
            _ => match key.iter().position(|&byte| byte == b'=') {
                Some(at) => parameters.push((key[..at].to_vec(), Some(key[at + 1..].to_vec()))),
                None => parameters.push((key, None)),
            },
        }
    }
}

/// Takes one word in single quotes, in which `'\''` and `'\!'` stand for a quote and an exclamation mark.
fn unquote(rest: &mut &[u8]) -> Option<Vec<u8>> {
    let mut word = Vec::new();
    *rest = rest.strip_prefix(b"'")?;
    loop {
        let end = rest.iter().position(|&byte| byte == b'\'')?;
        word.extend_from_slice(&rest[..end]);
        *rest = &rest[end + 1..];
        match *rest {
            [b'\\', escaped @ (b'\'' | b'!'), b'\'', ..] => {
                word.push(*escaped);
                *rest = &rest[3..];
            }
            _ => return Some(word),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::parameters_of;

    #[test]
    fn git_parameters_are_unquoted_as_git_quotes_them() {
        let parameters = parameters_of(br"'user.name'='O'\''Hara'\!'' 'a.b=c=d' 'x.y'= 'x.z'").unwrap_or_default();
        let expected: Vec<super::Parameter> = vec![
            (b"user.name".to_vec(), Some(b"O'Hara!".to_vec())),
            (b"a.b".to_vec(), Some(b"c=d".to_vec())),
            (b"x.y".to_vec(), None),
            (b"x.z".to_vec(), None),
        ];
        assert_eq!(parameters, expected, "each of git's three spellings gives its key and value");
        assert_eq!(parameters_of(b"'a"), None, "an open quote is refused, not guessed at");
    }
}
