//! A commit taken apart in place.

use gix::bstr::ByteSlice;
use gix::hash::ObjectId;

/// The parts of a commit, borrowed from its bytes.
///
/// ```
/// # let oid = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";
/// let raw = format!("tree {oid}\nauthor A <a@x> 1 +0000\ncommitter C <c@x> 2 +0000\n\nSubject\n");
/// let commit = git_plan_store::RawCommit::parse(raw.as_bytes()).unwrap();
/// assert_eq!(commit.author, b"A <a@x> 1 +0000");
/// assert_eq!(commit.message, b"Subject\n");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RawCommit<'a> {
    /// The tree that it records.
    pub tree: ObjectId,
    /// Its parents, in order.
    pub parents: Vec<ObjectId>,
    /// `Name <email> seconds zone`, as stored.
    pub author: &'a [u8],
    /// `Name <email> seconds zone`, as stored.
    pub committer: &'a [u8],
    /// Whether it carries a `gpgsig` or `gpgsig-sha256` header; nothing is said about who made it.
    pub signed: bool,
    /// Everything after the first blank line.
    pub message: &'a [u8],
}

/// Bytes are not a commit; says what was expected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a commit: {0} expected")]
pub struct Malformed(&'static str);

impl<'a> RawCommit<'a> {
    /// Takes the bytes of a commit apart; whatever they are, it never panics.
    ///
    /// # Errors
    /// Where a header is missing or out of git's order.
    pub fn parse(raw: &'a [u8]) -> Result<Self, Malformed> {
        let mut rest = raw;
        let tree = header(&mut rest, b"tree ").and_then(id).ok_or(Malformed("a tree"))?;
        let mut parents = Vec::with_capacity(1);
        while let Some(parent) = header(&mut rest, b"parent ") {
            parents.push(id(parent).ok_or(Malformed("a parent's id"))?);
        }
        let author = header(&mut rest, b"author ").ok_or(Malformed("an author"))?;
        let committer = header(&mut rest, b"committer ").ok_or(Malformed("a committer"))?;
        let mut signed = false;
        loop {
            let line = line(&mut rest).ok_or(Malformed("a blank line before the message"))?;
            if line.is_empty() {
                return Ok(Self { tree, parents, author, committer, signed, message: rest });
            }
            signed |= line.starts_with(b"gpgsig ") || line.starts_with(b"gpgsig-sha256 ");
        }
    }
}

fn header<'a>(rest: &mut &'a [u8], name: &[u8]) -> Option<&'a [u8]> {
    rest.starts_with(name).then(|| line(rest)).flatten().map(|line| &line[name.len()..])
}

fn line<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let end = rest.find_byte(b'\n')?;
    let (line, after) = (&rest[..end], &rest[end + 1..]);
    *rest = after;
    Some(line)
}

fn id(hex: &[u8]) -> Option<ObjectId> {
    ObjectId::from_hex(hex).ok()
}

#[cfg(test)]
mod tests {
    use super::RawCommit;

    #[test]
    fn no_prefix_of_a_commit_and_no_flipped_byte_makes_the_parser_panic() {
        let id = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";
        let raw = format!(
            "tree {id}\nparent {id}\nparent {id}\nauthor A <a@x> 1 +0000\ncommitter C <c@x> 2 +0000\n\
             gpgsig -----BEGIN\n x\n -----END\nencoding UTF-8\n\nSubject\n\nBody\n"
        );
        let commit = RawCommit::parse(raw.as_bytes());
        assert!(
            commit.is_ok_and(|c| c.signed && c.parents.len() == 2 && c.message == b"Subject\n\nBody\n"),
            "all headers are found and the message starts after the first blank line"
        );
        for end in 0..raw.len() {
            let _ = RawCommit::parse(&raw.as_bytes()[..end]);
            let mut flipped = raw.clone().into_bytes();
            flipped[end] ^= 0x0a;
            let _ = RawCommit::parse(&flipped);
        }
    }
}
