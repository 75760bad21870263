//! Files as plans: one plan each, in one append.
//!
//! What may be relied on: a plan is there with all versions of its file or not at all; a file that cannot be taken in is
//! named, and stands in no other's way.

use git_plan_core::import::{self, Kept, Options};
use git_plan_core::{Batch, Plan, Title, absorb, issue_form};
use git_plan_store::Writer;

use super::naming::{Names, Target};
use super::sources::{self, Source};
use super::told::{self, Told};
use super::versions::{self, Version};
use super::{Failure, Import, Status, Work};
use crate::choice;
use crate::commands::render;

/// Takes all files in.
pub(super) fn run(import: &Import, work: &mut Work<'_>) -> Result<(), Failure> {
    let sources = sources::read_all(work, &import.files, import.history)?;
    let several = sources.len() > 1;
    if import.slug.is_some() && several {
        return Err(Failure::usage(format!("--slug names one plan, and there are {} files", sources.len())));
    }
    if !several {
        let mut names = Names::default();
        return sources.iter().try_for_each(|source| one(import, work, source, &mut names, false)?.say(work));
    }
    let (mut names, mut sum, mut failed) = (Names::default(), told::Sum::default(), None);
    let progress = work.ui.progress(sources.len());
    for source in &sources {
        progress.set_message(source.name());
        let done = one(import, work, source, &mut names, true);
        progress.suspend(|| match done {
            Ok(told) => {
                sum.add(&told);
                told.say_in_a_line(work)
            }
            Err(failure) => {
                sum.failed += 1;
                let message = format!("{}: {}", source.name(), failure.message);
                work.ui.fail(&Failure { message, ..failure.clone() });
                failed.get_or_insert(failure);
                Ok(())
            }
        })?;
        progress.inc(1);
    }
    progress.finish_and_clear();
    work.ui.say(&sum.to_string());
    match failed {
        Some(first) => {
            let message = format!("{} of {} files were not imported; the others were", sum.failed, sources.len());
            Err(Failure::new(first.status, "import", message).hinted("each is named above, with what to do"))
        }
        None => Ok(()),
    }
}

/// Takes one file in.
fn one(
    import: &Import,
    work: &mut Work<'_>,
    source: &Source,
    names: &mut Names,
    several: bool,
) -> Result<Told, Failure> {
    let mut versions = versions::of(work, source, import.history)?;
    if import.issue_form {
        for version in &mut versions {
            version.text = issue_form::markdown(import.title.as_deref(), &version.text);
        }
    }
    let Some(last) = versions.last() else {
        let message = format!("cannot find {}, and no commit has it; nothing was imported", source.name());
        return Err(Failure::new(Status::NotFound, "no-such-file", message).hinted("check the path"));
    };
    if import.history && versions.iter().all(|version| version.commit.is_none()) {
        work.ui.say(&format!("{} has no history in git: it is taken in as it is", source.name()));
    }
    let document = import::read(&last.text);
    let slug = import.slug.as_deref().map(choice::slug).transpose()?;
    let slug = match names.target(work, source, &document, slug.as_ref(), several)? {
        Target::New(slug) => slug,
        Target::There(slug) => return Ok(Told::there(source, slug)),
    };
    let nonce = Title::new(work.session.nonce()?).map_err(|e| Failure::usage(format!("the nonce is {e}")))?;
    let options = Options { layout: Some(import.layout()), slug: Some(slug.clone()), nonce };
    let writer = work.session.writer(&import.why)?;
    let mut kept = Vec::new();
    let mut make = |batch: &mut Batch| -> Result<(), Failure> {
        kept = record(batch, &versions, &options, &writer).map_err(|e| {
            let message = format!("{} cannot be taken in: {e}", source.name());
            Failure::new(Status::Refused, "import", message).hinted("this is a limit of a plan; divide the file")
        })?;
        Ok(())
    };
    let plan = if import.why.dry_run {
        let mut trial = Batch::new(Plan::default(), writer.by.clone(), writer.at, writer.context.clone());
        make(&mut trial)?;
        trial.into_parts().0
    } else {
        let plan = work.session.repo.create(&slug, &writer, &mut make)?.into_whole(&work.session.repo)?.0;
        if let Some(bytes) = &source.bytes {
            render::imported(work, &slug, &plan, &source.file, bytes);
        }
        plan
    };
    Ok(Told {
        source: source.name(),
        slug,
        plan: Some(plan),
        kept,
        versions: versions.len(),
        trial: import.why.dry_run,
    })
}

/// Records all versions, and says what of the first was kept as prose though it promised more.
fn record(
    batch: &mut Batch,
    versions: &[Version],
    options: &Options,
    writer: &Writer,
) -> Result<Vec<Kept>, Box<dyn std::error::Error>> {
    let mut kept = Vec::new();
    for (at, version) in versions.iter().enumerate() {
        batch.say(|context| *context = version.say(&writer.context, at == 0));
        if at == 0 {
            batch.group();
            kept = import::record(&import::read(&version.text), options, batch)?.kept;
        } else {
            absorb::absorb(batch, &version.text)?;
        }
    }
    Ok(kept)
}
