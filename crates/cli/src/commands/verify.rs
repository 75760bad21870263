//! `git plan verify`

mod bundle;
mod file;
mod receive;
mod told;

use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

use git_plan_core::Slug;
use git_plan_core::audit::{Audit, Code, Commitment, Finding, Place};
use git_plan_store::{Attested, Environment, Verified, Verifier};

use super::Work;
use crate::args::Global;
use crate::exit::{Failure, Status};
use crate::session;
use crate::ui::Ui;
use told::Subject;

/// Check that a plan, or an export of one, is what it claims to be
///
/// Every commit and every event is read and held against what the format says: ids, form, order, the chain, authors, times,
/// signatures, joins, and what stock git would show instead. Ends with 7 where anything is wrong. A file of an export
/// is checked alone; no repository is needed for it.
///
/// A commitment says in nine lines what the history is now. Kept elsewhere, it shows later that nothing below it was cut
/// back or rewritten, whatever came since.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  git plan verify
  git plan verify dark-mode --commit-to ../audit/dark-mode.commitment
  git plan verify dark-mode --against ../audit/dark-mode.commitment
  git plan verify --all --json
  git plan verify ./plan.events.jsonl

Of a name with a slash or a dot, a file or a folder is meant, of any other a plan.")]
pub struct Verify {
    /// A plan, or the file of an export (`-` reads it from stdin), or the folder of one
    #[arg(value_name = "PLAN|FILE")]
    subject: Option<String>,
    /// Check all plans
    #[arg(long, conflicts_with_all = ["subject", "against", "commit_to"])]
    all: bool,
    /// Check that everything is still there that this commitment was made to, and its signature, FILE.sig
    #[arg(long, value_name = "FILE")]
    against: Option<PathBuf>,
    /// Where nothing is wrong, write a commitment to a new file, and FILE.sig where git signs with an SSH key
    #[arg(long, value_name = "FILE")]
    commit_to: Option<PathBuf>,
    /// Who may sign commitments [default: git's gpg.ssh.allowedSignersFile]
    #[arg(long, value_name = "FILE")]
    allowed_signers: Option<PathBuf>,
    /// Do not ask git about signatures, which takes a process or two for each
    #[arg(long)]
    no_signatures: bool,
    /// Judge a push, as git's `pre-receive` hook
    #[arg(long, conflicts_with_all = ["subject", "all", "against", "commit_to", "no_signatures"])]
    pre_receive: bool,
}

impl Verify {
    /// Whether this is about a file, or runs as a hook, so that there is no session to open.
    pub fn is_apart(&self) -> bool {
        self.pre_receive || self.subject.as_deref().is_some_and(file::is_meant)
    }

    /// Whether the command line names what is meant.
    pub fn says_which(&self) -> bool {
        self.all || self.subject.is_some()
    }

    /// Does its work without a session.
    pub fn run_apart(
        self,
        global: &Global,
        env: &Environment,
        ui: &mut Ui,
        input: Option<String>,
    ) -> Result<(), Failure> {
        session::enter(global)?;
        let now = session::now(env)?;
        if self.pre_receive {
            return receive::run(env, now, &stdin(input)?, ui);
        }
        if self.commit_to.is_some() {
            return Err(Failure::usage("--commit-to is for a plan; an export is committed to where the plan is"));
        }
        let subject = self.subject.as_deref().unwrap_or_default();
        let verifier = self.verifier(Verifier::alone(env));
        let given = if subject == "-" { Some(stdin(input)?) } else { None };
        file::run(subject, given, self.against.as_deref(), (&verifier, now), ui)
    }

    pub fn run(self, work: &mut Work<'_>) -> Result<(), Failure> {
        let slugs = match &self.subject {
            _ if self.all => work.session.repo.plans()?,
            Some(name) => vec![name.parse::<Slug>().map_err(|e| Failure::usage(format!("{name:?}: {e}")))?],
            None => vec![work.session.plan()?],
        };
        let mut sound = true;
        for slug in &slugs {
            sound &= self.one(work, slug)?;
        }
        if slugs.is_empty() {
            work.ui.say("this repository has no plan");
        }
        if sound { Ok(()) } else { Err(Failure::answered(Status::Damaged)) }
    }

    /// Checks a plan; says whether it is sound.
    fn one(&self, work: &mut Work<'_>, slug: &Slug) -> Result<bool, Failure> {
        let (repo, now) = (&work.session.repo, work.session.now);
        let mut verified = match repo.verify(slug, now, !self.no_signatures) {
            Ok(verified) => verified,
            // One ref that cannot be read does not keep the others from being checked.
            Err(e) if self.all => {
                let place = Place::Ref(format!("refs/plans/{slug}"));
                let finding = Finding::new(Code::RefDamaged, place, e.to_string(), "the last commit of the plan");
                let audit = Audit { findings: vec![finding], ..Audit::default() };
                return told::tell(&Subject { slug: Some(slug), ..Subject::default() }, &audit, work.ui);
            }
            Err(e) => return Err(e.into()),
        };
        if let Some(path) = &self.against {
            let verifier = self.verifier(repo.verifier()?);
            let (commitment, findings) = read_commitment(path, &verifier)?;
            verified.check_against(&commitment, &Place::File(path.display().to_string()));
            verified.audit.findings.extend(findings);
        }
        let written = match &self.commit_to {
            Some(path) if verified.audit.is_sound() => Some(commit_to(work, &verified, path)?),
            _ => None,
        };
        let subject = Subject { slug: Some(slug), plan: Some(&verified.plan), written: written.as_deref(), file: None };
        let sound = told::tell(&subject, &verified.audit, work.ui)?;
        if !sound && self.commit_to.is_some() {
            work.ui.say("no commitment was written: it would be to what is not sound");
        }
        Ok(sound)
    }

    fn verifier(&self, usual: Verifier) -> Verifier {
        match &self.allowed_signers {
            Some(signers) => usual.allowing(signers.clone()),
            None => usual,
        }
    }
}

/// Writes a commitment to a new file, and its signature beside it; gives the files.
fn commit_to(work: &Work<'_>, verified: &Verified, path: &Path) -> Result<Vec<PathBuf>, Failure> {
    let commitment = verified.commitment(work.session.now);
    let text = commitment.map(|commitment| commitment.to_string()).unwrap_or_default();
    let signature = work.session.repo.attest(text.as_bytes())?;
    let mut written = vec![path.to_owned()];
    put_new(path, text.as_bytes())?;
    if let Some(signature) = signature {
        let path = beside(path);
        put_new(&path, &signature)?;
        written.push(path);
    }
    Ok(written)
}

/// Writes a file that was not there: an older commitment is evidence, and is never written over.
fn put_new(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let write = || std::io::Write::write_all(&mut std::fs::File::create_new(path)?, bytes);
    write().map_err(|e| match e.kind() {
        ErrorKind::AlreadyExists => {
            let message = format!("{} is there already; a commitment is never written over", path.display());
            Failure::new(Status::Refused, "file-exists", message)
                .hinted("give it a name of its own, such as one with the date")
        }
        _ => Failure::new(Status::Failed, "io", format!("cannot write {}: {e}", path.display())),
    })
}

/// Where the signature of a commitment lies.
fn beside(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".sig");
    name.into()
}

/// Reads a commitment and says what is to be said of its signature.
fn read_commitment(path: &Path, verifier: &Verifier) -> Result<(Commitment, Vec<Finding>), Failure> {
    let bytes = read(path)?;
    let unfit = |e: &dyn std::fmt::Display| {
        Failure::new(Status::Damaged, "not-a-commitment", format!("{}: {e}", path.display()))
            .hinted("`git plan verify --commit-to FILE` writes one")
    };
    let text = std::str::from_utf8(&bytes).map_err(|e| unfit(&e))?;
    let commitment = Commitment::parse(text).map_err(|e| unfit(&e))?;
    let signature = beside(path);
    let place = Place::File(signature.display().to_string());
    let finding = if !signature.exists() {
        Some(Finding::new(Code::CommitmentUnsigned, place, "there is no such file", "a signature over the commitment"))
    } else {
        let fits = "a signature over the commitment by one who is trusted";
        match verifier.check(&bytes, &signature)? {
            Attested::Good(_) => None,
            Attested::Untrusted(said) => Some(Finding::new(Code::CommitmentUntrusted, place, said, fits)),
            Attested::Bad(said) => Some(Finding::new(Code::CommitmentBadSignature, place, said, fits)),
        }
    };
    Ok((commitment, finding.into_iter().collect()))
}

/// What stands on standard input, or was given in its place.
fn stdin(given: Option<String>) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    match given {
        Some(given) => bytes = given.into_bytes(),
        None => drop(std::io::stdin().lock().read_to_end(&mut bytes)?),
    }
    Ok(bytes)
}

fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    std::fs::read(path).map_err(|e| {
        let (status, code) = match e.kind() {
            ErrorKind::NotFound => (Status::NotFound, "no-such-file"),
            _ => (Status::Failed, "io"),
        };
        Failure::new(status, code, format!("cannot read {}: {e}", path.display()))
    })
}
