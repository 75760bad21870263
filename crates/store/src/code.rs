//! The commits of the code that events were recorded at.
//!
//! What may be relied on: what an event names as its commit may be any text, and goes to git only where it is a whole id;
//! a commit that is not in this clone is passed over, and never fetched.

use std::collections::{BTreeMap, BTreeSet};

use git_plan_core::{Actor, Event, Timestamp};
use gix::hash::ObjectId;

use crate::error::Result;
use crate::repository::Repository;

/// A commit of the code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeCommit {
    /// Its id.
    pub id: ObjectId,
    /// Who wrote it.
    pub author: Actor,
    /// When it was committed.
    pub at: Timestamp,
    /// The first line of its message.
    pub subject: String,
    parents: Vec<ObjectId>,
}

/// How many fields git prints of a commit.
const FIELDS: usize = 6;

impl Repository {
    /// The commit of the code that an event names.
    #[must_use]
    pub fn code_of(&self, event: &Event) -> Option<ObjectId> {
        let code = event.context.code.as_ref()?.as_str();
        ObjectId::from_hex(code.as_bytes()).ok().filter(|id| id.kind() == self.hash())
    }

    /// Those of these that are commits in this clone.
    pub(crate) fn commits_here(&self, ids: &BTreeSet<ObjectId>) -> Result<BTreeSet<ObjectId>> {
        let input: String = ids.iter().map(|id| format!("{id}\n")).collect();
        let git = self.git(["cat-file", "--batch-check=%(objectname) %(objecttype)"]).input(input);
        let said = git.env("GIT_NO_LAZY_FETCH", "1").run()?;
        let commit = |line: &[u8]| ObjectId::from_hex(line.strip_suffix(b" commit")?).ok();
        Ok(said.split(|&byte| byte == b'\n').filter_map(commit).collect())
    }

    /// What each of these commits brings in that those before it do not have, newest first; the first brings nothing.
    ///
    /// # Errors
    /// Where git cannot read the history.
    pub fn code_between(&self, codes: &[ObjectId]) -> Result<Vec<Vec<CodeCommit>>> {
        let mut brought = vec![Vec::new(); codes.len()];
        let here = if codes.len() > 1 { self.commits_here(&codes.iter().copied().collect())? } else { BTreeSet::new() };
        let mut known = codes.iter().filter(|code| here.contains(*code));
        let Some(first) = known.next() else { return Ok(brought) };
        let wanted: Vec<String> = known.map(|code| format!("{code}\n")).collect();
        if wanted.is_empty() {
            return Ok(brought);
        }
        let git = self.git(["log", "--stdin", "--topo-order", "-z", "--encoding=UTF-8", "--no-show-signature"]);
        let git = git.arg("--format=%H%x00%P%x00%ct%x00%an%x00%ae%x00%s").env("GIT_NO_LAZY_FETCH", "1");
        let said = git.input(format!("{}^{first}\n", wanted.concat())).run()?;
        let fields: Vec<&[u8]> = said.split(|&byte| byte == 0).collect();
        let mut commits: Vec<Option<CodeCommit>> = fields.chunks_exact(FIELDS).map(read).collect();
        let at: BTreeMap<ObjectId, usize> =
            commits.iter().enumerate().filter_map(|(at, commit)| Some((commit.as_ref()?.id, at))).collect();
        for (code, brought) in codes.iter().zip(&mut brought) {
            let (mut ahead, mut found) = (vec![*code], BTreeMap::new());
            while let Some(id) = ahead.pop() {
                let Some((&at, commit)) = at.get(&id).and_then(|at| Some((at, commits[*at].take()?))) else { continue };
                ahead.extend(&commit.parents);
                found.insert(at, commit);
            }
            brought.extend(found.into_values());
        }
        Ok(brought)
    }
}

fn read(fields: &[&[u8]]) -> Option<CodeCommit> {
    let text = |at: usize| String::from_utf8_lossy(fields[at]).into_owned();
    let seconds: i64 = text(2).parse().ok()?;
    Some(CodeCommit {
        id: ObjectId::from_hex(fields[0]).ok()?,
        parents: fields[1].split(|&byte| byte == b' ').filter_map(|id| ObjectId::from_hex(id).ok()).collect(),
        at: Timestamp::from_millis(seconds.saturating_mul(1000)),
        author: Actor { name: text(3), email: text(4) },
        subject: text(5),
    })
}
