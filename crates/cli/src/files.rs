//! Files of the work tree that a command writes beside the plan.
//!
//! What may be relied on: a file that holds something else is not overwritten unless that was asked for, and where one
//! is in the way none is written. A file is there whole or not at all.

use std::fs;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::exit::{Failure, Status};
use crate::ui::Ui;

/// What became of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Done {
    Written,
    Overwritten,
    Unchanged,
}

impl Done {
    const fn word(self) -> &'static str {
        match self {
            Self::Written => "written",
            Self::Overwritten => "overwritten",
            Self::Unchanged => "unchanged",
        }
    }
}

/// Writes files below a folder, which is made where it is not there, and says what became of each.
pub fn put<T: AsRef<[u8]>>(folder: &Path, files: &[(String, T)], force: bool, ui: &mut Ui) -> Result<(), Failure> {
    let mut ahead: Vec<(PathBuf, &[u8], Done)> = Vec::new();
    for (name, text) in files {
        let text = text.as_ref();
        let path = folder.join(name);
        let done = match fs::read(&path) {
            Ok(held) if held == text => Done::Unchanged,
            Ok(_) => Done::Overwritten,
            Err(e) if e.kind() == ErrorKind::NotFound => Done::Written,
            Err(e) => return Err(failed("read", &path, &e)),
        };
        ahead.push((path, text, done));
    }
    let in_the_way: Vec<&PathBuf> =
        ahead.iter().filter(|file| file.2 == Done::Overwritten).map(|file| &file.0).collect();
    if let Some(first) = in_the_way.first().filter(|_| !force) {
        let more = if in_the_way.len() > 1 { format!(" and {} more", in_the_way.len() - 1) } else { String::new() };
        let message =
            format!("{}{more} would be overwritten with something else; nothing was written", first.display());
        return Err(Failure::new(Status::Refused, "file-differs", message)
            .hinted("compare them, then give --force to overwrite, or move them away"));
    }
    for (path, text, _) in ahead.iter().filter(|file| file.2 != Done::Unchanged) {
        replace(path, text).map_err(|e| failed("write", path, &e))?;
    }
    say(&ahead, ui)
}

/// Replaces a file whole or not at all; it keeps its mode, and its folder is made where it is not there.
pub fn replace(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut name = std::ffi::OsString::from(".");
    name.push(path.file_name().unwrap_or_default());
    name.push(format!(".{}", std::process::id()));
    let beside = path.with_file_name(name);
    let written = path.parent().map_or(Ok(()), fs::create_dir_all).and_then(|()| {
        let mut file = fs::File::create_new(&beside)?;
        file.write_all(bytes)?;
        if let Ok(known) = fs::metadata(path) {
            file.set_permissions(known.permissions())?;
        }
        file.sync_all()?;
        fs::rename(&beside, path)
    });
    written.inspect_err(|_| {
        // What is left beside it is in nobody's way; the failure is what counts.
        let _ = fs::remove_file(&beside);
    })
}

fn failed(what: &str, path: &Path, error: &std::io::Error) -> Failure {
    Failure::new(Status::Failed, "io", format!("cannot {what} {}: {error}", path.display()))
        .hinted("check that the folder is there and may be written to, then try again")
}

fn say(files: &[(PathBuf, &[u8], Done)], ui: &mut Ui) -> Result<(), Failure> {
    if ui.json {
        let file = |(path, _, done): &(PathBuf, &[u8], Done)| json!({ "path": path.display().to_string(), "done": done.word() });
        let files: Vec<Value> = files.iter().map(file).collect();
        return Ok(ui.data("files", None, [], json!({ "files": files }))?);
    }
    let mut page = ui.page();
    for (path, _, done) in files {
        page.put(&format!("{:<11}  {}", done.word(), path.display())).end();
    }
    Ok(ui.show(&page)?)
}
