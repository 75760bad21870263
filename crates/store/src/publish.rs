//! Publishing: the views of the plans as files on a branch, for hosts that show branches and nothing else.
//!
//! What may be relied on: each publish is one commit, made of the plans alone, and none where nothing would change. A
//! branch that holds anything but what was published before is not written to, nor is one that is checked out. A copy at
//! a remote is built upon, so that whoever publishes there next can; plans that only others have stay on it.
//! Spec: spec/6-git.md, G36.

use std::collections::BTreeMap;

use git_plan_core::{Slug, Timestamp};
use gix::hash::ObjectId;
use gix::objs::Kind;

use crate::error::{Error, Result};
use crate::object::Durability;
use crate::refs;
use crate::remote::Remote;
use crate::repository::Repository;
use crate::sync::Watch;

/// The line that the list of plans begins with, by which a branch is known to be one that was published.
pub const MARK: &str = "<!-- git-plan publish -->\n";

/// The list of plans.
const LIST: &str = "README.md";

/// The folder that the views are in.
const FOLDER: &str = "plans";

/// How often a remote may be quicker.
const ATTEMPTS: usize = 8;

/// What is to be published.
#[derive(Debug, Clone)]
pub struct Publication<'p> {
    /// The branch.
    pub branch: &'p str,
    /// What the list of plans begins with.
    pub heading: &'p str,
    /// The plans: the row of each in the list, and its view.
    pub plans: BTreeMap<Slug, (String, Vec<u8>)>,
    /// Whether plans that are not here are taken off the branch.
    pub prune: bool,
    /// When.
    pub at: Timestamp,
    /// Whether it is only tried: no branch moves.
    pub rehearse: bool,
}

/// What became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Published {
    /// The commit that the branch is at.
    pub commit: ObjectId,
    /// Whether it is new.
    pub new: bool,
    /// The files that were added, changed or taken away.
    pub changed: Vec<String>,
}

impl Repository {
    /// Puts views on a branch here and, where that is asked for, at a remote.
    ///
    /// # Errors
    /// Where the branch is not one for that, somebody else is always quicker, or the remote does not take it.
    pub fn publish(
        &self,
        publication: &Publication<'_>,
        remote: Option<&Remote>,
        watch: Watch<'_>,
    ) -> Result<Published> {
        let name = format!("refs/heads/{}", publication.branch);
        let in_use =
            |reason: &str| Error::BranchInUse { name: publication.branch.to_owned(), reason: reason.to_owned() };
        refs::check_name(&name).map_err(|_| in_use("that is no name of a branch"))?;
        if self.is_checked_out(&name)? {
            return Err(in_use("it is checked out"));
        }
        let durability = self.durability()?;
        let mut last = String::new();
        for _ in 0..ATTEMPTS {
            let here = self.find_ref(&name)?;
            let there = match remote {
                Some(remote) => self.bring_branch(remote, publication.branch, watch)?,
                None => None,
            };
            let base = there.or(here);
            for tip in here.into_iter().chain(there) {
                self.list_at(tip)?.ok_or_else(|| in_use("it holds something else"))?;
            }
            let tree = self.tree_of(publication, base, durability)?;
            let changed = self.files_changed(base, tree)?;
            let published = match base {
                Some(base) if changed.is_empty() => Published { commit: base, new: false, changed },
                _ => {
                    let commit = self.commit_of(publication, tree, base, &changed, durability)?;
                    Published { commit, new: true, changed }
                }
            };
            if publication.rehearse {
                return Ok(published);
            }
            self.move_branch(&name, published.commit, here)?;
            match remote {
                Some(remote) if there != Some(published.commit) => {
                    match self.send_branch(remote, publication.branch, published.commit, watch)? {
                        None => return Ok(published),
                        Some(reason) => last = reason,
                    }
                }
                _ => return Ok(published),
            }
        }
        let remote = remote.map_or_else(String::new, ToString::to_string);
        Err(Error::Rejected { slug: format!("the branch {}", publication.branch), remote, reason: last })
    }

    fn is_checked_out(&self, name: &str) -> Result<bool> {
        let trees = self.git(["worktree", "list", "--porcelain"]).run()?;
        Ok(String::from_utf8_lossy(&trees).lines().any(|line| line.strip_prefix("branch ") == Some(name)))
    }

    /// The list of plans at a commit, without its mark; none where the commit is not one that was published.
    fn list_at(&self, tip: ObjectId) -> Result<Option<String>> {
        let list = self.git(["cat-file", "blob", "--end-of-options", &format!("{tip}:{LIST}")]).output()?;
        let list = String::from_utf8_lossy(&list.stdout).into_owned();
        Ok(list.strip_prefix(MARK).map(str::to_owned))
    }

    /// Writes the files, and the trees that name them. What the branch has of plans that are not here is kept.
    fn tree_of(
        &self,
        publication: &Publication<'_>,
        base: Option<ObjectId>,
        durability: Durability,
    ) -> Result<ObjectId> {
        let mut written = Vec::new();
        let mut write = |kind, data: &[u8]| -> Result<ObjectId> {
            let id = self.write_object(kind, data, Durability::Unsynced)?;
            written.push(id);
            Ok(id)
        };
        let mut entries = match base.filter(|_| !publication.prune) {
            Some(base) => self.kept(base)?,
            None => BTreeMap::new(),
        };
        for (slug, (row, view)) in &publication.plans {
            entries.insert(file(slug), (row.clone(), write(Kind::Blob, view)?));
        }
        let (mut list, mut folder, mut top) = (format!("{MARK}{}", publication.heading), Vec::new(), Vec::new());
        for (file, (row, id)) in &entries {
            list.push_str(row);
            entry(&mut folder, "100644", file, *id);
        }
        entry(&mut top, "100644", LIST, write(Kind::Blob, list.as_bytes())?);
        if !folder.is_empty() {
            entry(&mut top, "40000", FOLDER, write(Kind::Tree, &folder)?);
        }
        let tree = write(Kind::Tree, &top)?;
        if durability == Durability::Synced {
            self.sync_objects(&written)?;
        }
        Ok(tree)
    }

    /// The files of plans that a commit has, each with its row in the list.
    fn kept(&self, base: ObjectId) -> Result<BTreeMap<String, (String, ObjectId)>> {
        let list = self.list_at(base)?.unwrap_or_default();
        let names = self.git(["ls-tree", "-z", "--end-of-options", &base.to_string(), &format!("{FOLDER}/")]).run()?;
        let names = String::from_utf8_lossy(&names).into_owned();
        let mut kept = BTreeMap::new();
        for line in names.split('\0') {
            let Some((about, path)) = line.split_once('\t') else { continue };
            let id = about.split_whitespace().nth(2).and_then(|id| ObjectId::from_hex(id.as_bytes()).ok());
            let (Some(id), Some(file)) = (id, path.strip_prefix("plans/")) else { continue };
            let row = list.lines().find(|row| row.contains(&format!("]({path})")));
            kept.insert(file.to_owned(), (row.map_or_else(String::new, |row| format!("{row}\n")), id));
        }
        Ok(kept)
    }

    /// The files that differ between a commit and a tree.
    fn files_changed(&self, base: Option<ObjectId>, tree: ObjectId) -> Result<Vec<String>> {
        let base = base.unwrap_or_else(|| self.empty_tree());
        let git = self.git(["diff-tree", "-r", "-z", "--name-only", "--no-renames", "--end-of-options"]);
        let names = git.arg(base.to_string()).arg(tree.to_string()).run()?;
        let names = String::from_utf8_lossy(&names).into_owned();
        Ok(names.split('\0').filter(|name| !name.is_empty()).map(str::to_owned).collect())
    }

    fn commit_of(
        &self,
        publication: &Publication<'_>,
        tree: ObjectId,
        base: Option<ObjectId>,
        changed: &[String],
        durability: Durability,
    ) -> Result<ObjectId> {
        let (author, committer) = (self.author()?, self.committer()?);
        let views: Vec<&str> =
            changed.iter().filter_map(|file| file.strip_prefix("plans/")?.strip_suffix(".md")).collect();
        let subject = match views.as_slice() {
            [] => "Publish the list of plans".to_owned(),
            few if few.len() <= 3 => format!("Publish {}", few.join(", ")),
            many => format!("Publish {} plans", many.len()),
        };
        let parent = base.map_or_else(String::new, |base| format!("parent {base}\n"));
        let (author, committer_line) = (author.line(publication.at), committer.line(publication.at));
        let raw =
            format!("tree {tree}\n{parent}author {author}\ncommitter {committer_line}\n\n{subject}\n").into_bytes();
        let raw = self.signer(&committer)?.map_or(Ok(raw.clone()), |signer| signer.sign(&raw))?;
        self.write_commit(&raw, durability)
    }

    fn move_branch(&self, name: &str, new: ObjectId, old: Option<ObjectId>) -> Result<()> {
        if old == Some(new) {
            return Ok(());
        }
        let old = old.unwrap_or_else(|| ObjectId::null(self.hash()));
        let git = self.git(["update-ref", "--create-reflog", "-m", "plan: publish", "--end-of-options", name]);
        git.arg(new.to_string()).arg(old.to_string()).run().map(drop)
    }
}

/// The file of a plan. In the order of trees, a name that goes on comes before one that ends in `.md` where it goes on with
/// `-`, as in the order of strings.
fn file(slug: &Slug) -> String {
    format!("{slug}.md")
}

/// Adds an entry to the bytes of a tree; they are to be added in the order of their names.
fn entry(tree: &mut Vec<u8>, mode: &str, name: &str, id: ObjectId) {
    tree.extend_from_slice(format!("{mode} {name}\0").as_bytes());
    tree.extend_from_slice(id.as_slice());
}
