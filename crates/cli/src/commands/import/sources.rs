//! What is to be taken in: files, the Markdown files of folders, and stdin.
//!
//! What may be relied on: all is read before anything is taken in, so that a name that is wrong takes nothing in. The
//! files of a folder come in the order of their paths; symbolic links in it are not followed, so that none leads out.

use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

use super::Work;
use crate::exit::{Failure, Status};

/// Folders that hold other people's Markdown.
const FOREIGN: [&str; 2] = ["node_modules", "target"];

/// One file, or stdin.
#[derive(Debug)]
pub(super) struct Source {
    /// The file as it was named, or found; `-` for stdin.
    pub file: PathBuf,
    /// Its path below the folder that was named.
    pub below: PathBuf,
    /// Its path from the top of the work tree, where it is in it.
    pub inside: Option<PathBuf>,
    /// Its bytes; `None` for a file that is no longer there, whose history is wanted.
    pub bytes: Option<Vec<u8>>,
}

impl Source {
    /// What messages call it.
    pub fn name(&self) -> String {
        if self.is_stdin() { "stdin".to_owned() } else { self.file.display().to_string() }
    }

    /// Whether it is no file.
    pub fn is_stdin(&self) -> bool {
        self.file.as_os_str() == "-"
    }
}

/// Reads what the command line names; a file that is gone may be named where its history is wanted.
pub(super) fn read_all(work: &Work<'_>, named: &[PathBuf], history: bool) -> Result<Vec<Source>, Failure> {
    let mut sources = Vec::new();
    for named in named {
        if !named.is_dir() {
            let gone = || history && named.as_os_str() != "-" && !named.exists();
            let bytes = if gone() { None } else { Some(read(named)?) };
            let below = named.file_name().map(PathBuf::from).unwrap_or_default();
            sources.push(Source { file: named.clone(), below, inside: inside(work, named), bytes });
            continue;
        }
        let files = markdown_below(named)?;
        if files.is_empty() {
            let message = format!("there is no Markdown file below {}; nothing was imported", named.display());
            return Err(Failure::new(Status::NotFound, "no-such-file", message)
                .hinted("files that end in .md are taken in; name others by themselves"));
        }
        for file in files {
            let below = file.strip_prefix(named).unwrap_or(&file).to_owned();
            sources.push(Source { inside: inside(work, &file), bytes: Some(read(&file)?), below, file });
        }
    }
    Ok(sources)
}

/// Reads a file, or stdin for `-`.
pub(super) fn read(file: &Path) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    let read = if file.as_os_str() == "-" {
        std::io::stdin().read_to_end(&mut bytes)
    } else {
        std::fs::File::open(file).and_then(|mut file| file.read_to_end(&mut bytes))
    };
    match read {
        Ok(_) => Ok(bytes),
        Err(e) => Err(unread(file, &e)),
    }
}

/// The Markdown files below a folder, by path.
fn markdown_below(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let (mut files, mut ahead) = (Vec::new(), vec![folder.to_owned()]);
    while let Some(folder) = ahead.pop() {
        for entry in std::fs::read_dir(&folder).map_err(|e| unread(&folder, &e))? {
            let entry = entry.map_err(|e| unread(&folder, &e))?;
            let (path, name) = (entry.path(), entry.file_name());
            let kind = entry.file_type().map_err(|e| unread(&path, &e))?;
            let name = name.to_string_lossy();
            if kind.is_dir() && !name.starts_with('.') && !FOREIGN.contains(&&*name) {
                ahead.push(path);
            } else if kind.is_file() && path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("md")) {
                files.push(path);
            }
        }
    }
    files.sort();
    Ok(files)
}

/// A file's path from the top of the work tree.
fn inside(work: &Work<'_>, file: &Path) -> Option<PathBuf> {
    if file.as_os_str() == "-" { None } else { work.session.named_file(file).ok()?.inside }
}

fn unread(path: &Path, error: &std::io::Error) -> Failure {
    let message = format!("cannot read {}: {error}; nothing was imported", path.display());
    match error.kind() {
        ErrorKind::NotFound => Failure::new(Status::NotFound, "no-such-file", message)
            .hinted("give the path of a file or a folder from here, or `-` for stdin"),
        _ => Failure::new(Status::NotFound, "no-such-file", message)
            .hinted("check that it is a file and that it may be read, then try again"),
    }
}
