//! Signatures, as git judges them: by the user's own keys, allowed signers and trust.
//!
//! One `git log` is asked about all signed commits at once, with what `git verify-commit` uses; git starts a process or two
//! for each. Joins are not signed (spec/6-git.md, G10): they say nothing.

use std::collections::BTreeSet;

use git_plan_core::audit::{Code, Finding};
use gix::hash::ObjectId;
use gix::hashtable::HashMap;

use super::Verified;
use crate::error::Result;
use crate::repository::Repository;
use crate::walk;

/// What git says of a signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Signature {
    /// Good, and made with a key that is trusted; by whom.
    Good(String),
    /// Made with a key that is not trusted, has expired or was revoked; which.
    Untrusted(String),
    /// It cannot be checked here.
    Unchecked,
    /// It does not fit the commit.
    Bad,
}

impl Repository {
    /// Whether events must be signed here.
    ///
    /// # Errors
    /// Where the setting is no boolean.
    pub fn requires_signatures(&self) -> Result<bool> {
        Ok(self.config().boolean("plan.requireSigned")?.unwrap_or(false))
    }

    /// What git says of the signatures of these commits.
    pub(crate) fn signatures(&self, commits: &[ObjectId]) -> Result<HashMap<ObjectId, Signature>> {
        let mut signatures = HashMap::default();
        if commits.is_empty() {
            return Ok(signatures);
        }
        let least = rank(&self.config().string("gpg.minTrustLevel").unwrap_or_default());
        let names: String = commits.iter().map(|commit| format!("{commit}\n")).collect();
        let git = self.git(["log", "--no-walk=unsorted", "--stdin", "-z", "--format=%H%n%G?%n%GF%n%GT%n%GS"]);
        let said = git.input(names).run()?;
        for record in said.split(|&byte| byte == 0).filter(|record| !record.is_empty()) {
            let record = String::from_utf8_lossy(record);
            let mut fields = record.splitn(5, '\n');
            let mut field = || fields.next().unwrap_or_default();
            let (Ok(commit), result, key, trust, signer) = (field().parse(), field(), field(), field(), field()) else {
                continue;
            };
            // An unknown key is refused by git where it is SSH's, and taken where it is OpenPGP's.
            let known = result == "G" || (result == "U" && !key.starts_with("SHA256:"));
            let signature = match result {
                "G" | "U" if known && rank(trust) >= least => Signature::Good(signer.trim().to_owned()),
                "G" | "U" => Signature::Untrusted(format!("the key {key} is not trusted here")),
                "X" => Signature::Untrusted("the signature has expired".to_owned()),
                "Y" => Signature::Untrusted(format!("the key {key} has expired")),
                "R" => Signature::Untrusted(format!("the key {key} was revoked")),
                "B" => Signature::Bad,
                _ => Signature::Unchecked,
            };
            signatures.insert(commit, signature);
        }
        Ok(signatures)
    }

    /// The first commit below a tip, and not below another, that nobody vouches for who is trusted here, and why; looked
    /// for where signatures are asked for alone.
    pub(crate) fn unvouched(&self, known: Option<ObjectId>, tip: ObjectId) -> Result<Option<(ObjectId, String)>> {
        if known == Some(tip) || !self.requires_signatures()? {
            return Ok(None);
        }
        let mut signed = BTreeSet::new();
        let above = walk::walk_seeing(self, tip, None, &mut |id, _, commit| {
            if commit.signed {
                signed.insert(id);
            }
        })?;
        let below = known.map(|known| walk::walk(self, known, None)).transpose()?;
        let is_new = |id: &ObjectId| below.as_ref().is_none_or(|below| !below.nodes.contains_key(id));
        let new: Vec<ObjectId> = above.found.iter().map(|found| found.commit).filter(is_new).collect();
        let (signed, unsigned): (Vec<_>, Vec<_>) = new.into_iter().partition(|id| signed.contains(id));
        if let Some(&first) = unsigned.first() {
            return Ok(Some((first, "it is not signed".to_owned())));
        }
        let signatures = self.signatures(&signed)?;
        let fault = |id: &ObjectId| match signatures.get(id).unwrap_or(&Signature::Unchecked) {
            Signature::Good(_) => None,
            Signature::Untrusted(why) => Some((*id, why.clone())),
            Signature::Unchecked => Some((*id, "git cannot check its signature here".to_owned())),
            Signature::Bad => Some((*id, "its signature is not of this commit".to_owned())),
        };
        Ok(signed.iter().find_map(fault))
    }

    /// Checks the signatures of these events.
    pub(super) fn check_signatures(&self, verified: &mut Verified, which: &[usize]) -> Result<()> {
        let required = self.requires_signatures()?;
        let is_signed = |at: &usize| {
            let header = verified.headers.get(&verified.walked.found[*at].commit);
            header.is_some_and(|header| header.signed)
        };
        let (signed, unsigned): (Vec<usize>, Vec<usize>) = which.iter().copied().partition(is_signed);
        let commits: Vec<ObjectId> = signed.iter().map(|&at| verified.walked.found[at].commit).collect();
        let signatures = self.signatures(&commits)?;
        let (mut findings, mut good) = (Vec::new(), 0);
        for at in signed {
            let signature = signatures.get(&verified.walked.found[at].commit).unwrap_or(&Signature::Unchecked);
            good += usize::from(matches!(signature, Signature::Good(_)));
            findings.extend(verified.judge(at, signature).map(|finding| match required {
                true if finding.code != Code::OtherSigner => finding.serious(),
                _ => finding,
            }));
        }
        if required {
            let found = "the event is not signed";
            findings.extend(unsigned.iter().map(|&at| verified.finding(at, Code::Unsigned, found, "a signature")));
        }
        verified.audit.findings.append(&mut findings);
        let asked = if required { ", and plan.requireSigned asks for it" } else { "" };
        let words =
            format!("good signatures of {} that were made; {} events unsigned{asked}", commits.len(), unsigned.len());
        verified.audit.checked("signatures", good, words);
        Ok(())
    }
}

impl Verified {
    fn judge(&self, at: usize, signature: &Signature) -> Option<Finding> {
        let finding = |code, found: &str, expected: &str| Some(self.finding(at, code, found, expected));
        match signature {
            Signature::Good(signer) => {
                let email = &self.events[at].by.email;
                let other = signer.contains('@') && !signer.to_lowercase().contains(&email.to_lowercase());
                let (found, expected) = (format!("signed by {signer}"), format!("by {email}, as the event"));
                if other { finding(Code::OtherSigner, &found, &expected) } else { None }
            }
            Signature::Untrusted(why) => finding(Code::UntrustedSignature, why, "a key that is trusted"),
            Signature::Unchecked => {
                finding(Code::UncheckedSignature, "git cannot check the signature here", "a key that git knows")
            }
            Signature::Bad => finding(Code::BadSignature, "the signature is not of this commit", "a good signature"),
        }
    }
}

/// How much a key is trusted, in git's words, which come in any case.
fn rank(trust: &str) -> usize {
    let levels = ["undefined", "never", "marginal", "fully", "ultimate"];
    levels.iter().position(|level| trust.eq_ignore_ascii_case(level)).unwrap_or(0)
}
