//! The versions of a file that the user's own commits hold.
//!
//! What may be relied on: versions come oldest first, from the first commit of the file to `HEAD`, renames followed; the
//! text of each came from the one before it, so that no version looks like a reversal of another. `HEAD` is followed
//! along first parents. Where a merge brought in a line of commits that leads from the file before it to the file after
//! it, these stand in its place; where both sides changed the file, the merge is one version.

use git_plan_core::{Actor, Timestamp};
use gix::hash::ObjectId;

use crate::error::{Error, Result};
use crate::repository::Repository;

/// How many merges within merges are taken apart.
const DEEPEST: usize = 16;

/// A file as a commit has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileVersion {
    /// The commit.
    pub commit: ObjectId,
    /// Who wrote it.
    pub author: Actor,
    /// When it was written, as its author's clock said.
    pub at: Timestamp,
    /// The file's content; `None` where the commit took it away.
    pub bytes: Option<Vec<u8>>,
}

/// A commit that changed the file.
#[derive(Debug)]
struct Change {
    commit: ObjectId,
    parents: Vec<ObjectId>,
    author: Actor,
    at: Timestamp,
    before: Option<ObjectId>,
    after: Option<ObjectId>,
    path: Vec<u8>,
}

impl Repository {
    /// The versions of a file, given by its path from the top of the work tree; none where no commit has it.
    ///
    /// # Errors
    /// Where git cannot read the history, or a version is not there, as in a partial clone without a network.
    pub fn file_history(&self, path: &[u8]) -> Result<Vec<FileVersion>> {
        let Some(head) = self.head_commit()? else { return Ok(Vec::new()) };
        let changes = self.changes(&[head.to_string()], path, 0)?;
        let wanted: Vec<ObjectId> = changes.iter().filter_map(|change| change.after).collect();
        let mut contents = self.contents(&wanted)?.into_iter();
        let version = |Change { commit, author, at, after, .. }| {
            let bytes = after.and_then(|_| contents.next());
            FileVersion { commit, author, at, bytes }
        };
        Ok(changes.into_iter().map(version).collect())
    }

    /// The commits of a range that changed a file, oldest first.
    fn changes(&self, range: &[String], path: &[u8], depth: usize) -> Result<Vec<Change>> {
        let options = ["--literal-pathspecs", "log", "--root", "--follow", "--first-parent"];
        let shape = ["--diff-merges=first-parent", "--no-relative", "--no-ext-diff", "--raw", "--no-abbrev", "-z"];
        let words = ["--encoding=UTF-8", "--format=%x01%H%x00%P%x00%at%x00%an%x00%ae"];
        let git = self.git(options).args(shape).args(words).args(range).arg("--").arg(os(path));
        let line = git.line();
        let said = git.run()?;
        let mut found = read(&said).ok_or_else(|| Error::GitFailed {
            command: line,
            status: "exit status: 0".to_owned(),
            stderr: "what it printed is not understood".to_owned(),
        })?;
        found.reverse();
        let mut changes = Vec::with_capacity(found.len());
        for change in found {
            match self.brought_in(&change, depth)? {
                Some(line) => changes.extend(line),
                None => changes.push(change),
            }
        }
        Ok(changes)
    }

    /// The line of commits that a merge brought in, where it leads from the file before the merge to that after it.
    fn brought_in(&self, merge: &Change, depth: usize) -> Result<Option<Vec<Change>>> {
        let Some((first, others)) = merge.parents.split_first().filter(|_| depth < DEEPEST) else { return Ok(None) };
        for other in others {
            let changes = self.changes(&[other.to_string(), format!("^{first}")], &merge.path, depth + 1)?;
            let begins = changes.first().is_some_and(|change| change.before == merge.before);
            let ends = changes.last().is_some_and(|change| change.after == merge.after);
            if begins && ends && changes.windows(2).all(|pair| pair[0].after == pair[1].before) {
                return Ok(Some(changes));
            }
        }
        Ok(None)
    }

    /// The contents of these blobs.
    fn contents(&self, ids: &[ObjectId]) -> Result<Vec<Vec<u8>>> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let names: Vec<String> = ids.iter().map(|id| format!("{id}\n")).collect();
        let said = self.git(["cat-file", "--batch"]).input(names.concat()).run()?;
        let mut rest = said.as_slice();
        ids.iter().map(|id| blob(&mut rest).ok_or(Error::ObjectMissing { id: *id })).collect()
    }
}

/// Takes one blob of what `git cat-file --batch` prints.
fn blob(rest: &mut &[u8]) -> Option<Vec<u8>> {
    let end = rest.iter().position(|&byte| byte == b'\n')?;
    let size = std::str::from_utf8(&rest[..end]).ok()?.split_once(" blob ")?.1.parse().ok()?;
    let (bytes, after) = rest[end + 1..].split_at_checked(size)?;
    *rest = after.strip_prefix(b"\n")?;
    Some(bytes.to_vec())
}

/// Reads what `git log` prints: after each commit's line the file's, with its modes, blobs, and path or two.
fn read(said: &[u8]) -> Option<Vec<Change>> {
    let mut changes: Vec<Change> = Vec::new();
    let mut words = said.split(|&byte| byte == 0).peekable();
    while let Some(word) = words.next().filter(|word| !word.is_empty()) {
        let commit = ObjectId::from_hex(word.strip_prefix(b"\x01")?).ok()?;
        let parents = words.next()?.split(|&byte| byte == b' ').filter_map(|id| ObjectId::from_hex(id).ok()).collect();
        let seconds: i64 = std::str::from_utf8(words.next()?).ok()?.parse().ok()?;
        let mut text = || words.next().map(|word| String::from_utf8_lossy(word).into_owned());
        let author = Actor { name: text()?, email: text()? };
        let Some(raw) = words.next_if(|word| word.starts_with(b"\n:")) else { continue };
        let mut fields = raw[2..].split(|&byte| byte == b' ');
        let modes = [fields.next()?, fields.next()?];
        let ids = [fields.next()?, fields.next()?].map(|id| ObjectId::from_hex(id).ok());
        let is_file = modes.map(|mode| mode.starts_with(b"100"));
        let moved = matches!(fields.next()?.first(), Some(b'R' | b'C'));
        let mut path = words.next()?;
        if moved {
            path = words.next()?;
        }
        changes.push(Change {
            commit,
            parents,
            author,
            at: Timestamp::from_millis(seconds.saturating_mul(1000)),
            before: ids[0].filter(|_| is_file[0]),
            after: ids[1].filter(|_| is_file[1]),
            path: path.to_vec(),
        });
    }
    Some(changes)
}

fn os(path: &[u8]) -> &std::ffi::OsStr {
    std::os::unix::ffi::OsStrExt::from_bytes(path)
}
