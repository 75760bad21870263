//! Plans of any size, the same on every run.
//!
//! A fifth of the events add something, the rest works on it. Where texts are *varied*, they are random words, with
//! every twentieth event 2 to 6 KB of prose; where they are *alike*, they differ by a number only, as machine-written
//! ones do, and git packs them as deltas.

use git_plan_core::change::*;
use git_plan_core::event::Context;
use git_plan_core::{
    Actor, Batch, EventId, Layout, Parent, RecordError, Role, Slug, Text, TextError, Timestamp, Title,
};
use git_plan_store::{Repository, Writer};

use crate::Result;

/// What the texts are like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Texts {
    /// Random words of random length.
    Varied,
    /// One sentence with a number in it.
    Alike,
}

/// Milliseconds between two events.
const PACE: i64 = 97_000;
/// How many events are made at a time.
const BATCH: usize = 5_000;

/// Makes events.
#[derive(Debug)]
pub struct Maker {
    texts: Texts,
    random: Random,
    made: usize,
    steps: Vec<EventId>,
    only_steps: bool,
}

/// SplitMix64: small, and good enough to choose words.
#[derive(Debug)]
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) as usize % bound
    }
}

/// What stops a batch.
#[derive(Debug)]
pub struct Unfit(String);

impl From<RecordError> for Unfit {
    fn from(e: RecordError) -> Self {
        Self(e.to_string())
    }
}

impl From<TextError> for Unfit {
    fn from(e: TextError) -> Self {
        Self(e.to_string())
    }
}

impl std::fmt::Display for Unfit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Unfit {}

/// Makes a plan of `events` events; gives the steps at its top in their order.
pub fn plan(repo: &Repository, slug: &str, texts: Texts, events: usize) -> Result<Vec<EventId>> {
    make(repo, slug, texts, events, false)
}

/// Makes a plan of so many steps, one after the other, on which nothing was done; gives them in their order.
pub fn steps(repo: &Repository, slug: &str, texts: Texts, steps: usize) -> Result<Vec<EventId>> {
    make(repo, slug, texts, steps + 1, true)
}

/// Goes on with a plan that was made so, by so many events that are others with another seed.
pub fn go_on(repo: &Repository, slug: &str, texts: Texts, steps: &[EventId], seed: u64, events: usize) -> Result {
    let (slug, steps, made) = (slug.parse()?, steps.to_vec(), 10_000 * seed as usize);
    let maker = Maker { texts, random: Random(seed), made, steps, only_steps: false };
    maker.write(repo, &slug, events).map(drop)
}

fn make(repo: &Repository, slug: &str, texts: Texts, events: usize, only_steps: bool) -> Result<Vec<EventId>> {
    let slug: Slug = slug.parse()?;
    let maker = Maker { texts, random: Random(slug.as_str().len() as u64), made: 0, steps: Vec::new(), only_steps };
    maker.write(repo, &slug, events)
}

impl Maker {
    fn write(mut self, repo: &Repository, slug: &Slug, events: usize) -> Result<Vec<EventId>> {
        let by = Actor { name: "Ada".into(), email: "ada@example.org".into() };
        let mut left = events;
        while left > 0 {
            let now = left.min(BATCH);
            let at = Timestamp::from_millis(1_760_000_000_000 + PACE * self.made as i64);
            let writer = Writer { by: by.clone(), at, context: Context::default(), rehearse: false };
            if self.made == 0 {
                repo.create(slug, &writer, |batch| self.make(batch, slug, now))?;
            } else {
                repo.append(slug, &writer, |batch| self.make(batch, slug, now))?;
            }
            left -= now;
        }
        Ok(self.steps)
    }

    fn make(&mut self, batch: &mut Batch, slug: &Slug, events: usize) -> std::result::Result<(), Unfit> {
        for _ in 0..events {
            self.event(batch, slug)?;
            self.made += 1;
        }
        Ok(())
    }

    fn event(&mut self, batch: &mut Batch, slug: &Slug) -> std::result::Result<(), Unfit> {
        if self.made == 0 {
            let (nonce, title) = (Title::new("0")?, Title::new(format!("The plan {slug}"))?);
            let (slug, layout) = (slug.clone(), Layout::Execplan);
            batch.record(PlanCreated { layout, nonce, slug, title })?;
            return Ok(());
        }
        let turn = self.made % 20;
        if self.only_steps || self.steps.is_empty() || turn == 4 || turn == 14 {
            let text = self.text(20, 80)?;
            let after = self.steps.last().copied();
            self.steps.push(batch.record(StepAdded { after, source: None, state: None, text, under: None })?);
            return Ok(());
        }
        let step = self.steps[self.random.below(self.steps.len())];
        // Every other event says why.
        let why = if self.random.below(2) == 0 { None } else { Some(self.text(10, 260)?) };
        match turn {
            0 => {
                let text = self.text(2_000, 6_000)?;
                let of = Parent::Standing([Role::Context, Role::Approach, Role::Objective][self.random.below(3)]);
                batch.record(ProseSet { of, text })?
            }
            3 | 13 => {
                let (label, text) = (Title::new("Test")?, self.text(30, 200)?);
                batch.record(NoteAdded {
                    after: None,
                    corrects: None,
                    label,
                    on: None,
                    source: None,
                    text,
                    under: None,
                })?
            }
            7 => batch.record(DiscoveryRecorded {
                after: None,
                corrects: None,
                evidence: Vec::new(),
                source: None,
                text: self.text(30, 200)?,
                under: None,
            })?,
            11 => batch.record(ItemReworded { item: step, text: self.text(20, 80)? })?,
            17 => batch.record_with(StepReopened { step }, |context| context.why = why)?,
            n if n % 2 == 0 => batch.record_with(StepStarted { step }, |context| context.why = why)?,
            _ => batch.record_with(StepCompleted { evidence: Vec::new(), step }, |context| context.why = why)?,
        };
        Ok(())
    }

    /// A text of about so many bytes.
    fn text(&mut self, least: usize, most: usize) -> std::result::Result<Text, TextError> {
        if self.texts == Texts::Alike {
            return Text::new(format!("Carry out part {} of the work and look at what it gives", self.made));
        }
        let length = least + self.random.below(most - least);
        let mut text = String::with_capacity(length + 12);
        while text.len() < length {
            if !text.is_empty() {
                text.push(if self.random.below(12) == 0 { '\n' } else { ' ' });
            }
            for _ in 0..2 + self.random.below(8) {
                text.push(char::from(
                    b"etaoinshrdlucmfwypvbgkjqxz"[self.random.below(676) % 26 * self.random.below(26) / 25],
                ));
            }
        }
        Text::new(if most < 300 { text.replace('\n', " ") } else { text })
    }
}
