//! Putting a plan away in pages, and taking it out again without reading them all.
//!
//! What may be relied on: a plan that was stowed and opened again is equal to what it was; what is not looked at is not
//! read. Whoever opened a plan and did something with it asks [`Plan::is_whole`] before relying on what came out: if it
//! is not, some page could not be read, and the plan has to be made from its events.
//!
//! The caller keeps the bytes: those of [`Plan::stow`] at the place that it named, and those of [`Plan::head`], which
//! say where the pages are.

use super::paged::{AnyPage, Shelf};
use super::{Item, Plan, Register};
use crate::prelude::*;

impl Plan {
    /// Opens a plan whose head this is and whose pages are on this shelf.
    #[must_use]
    pub fn open(head: &[u8], shelf: Shelf) -> Option<Self> {
        let mut plan: Self = postcard::from_bytes(head).ok()?;
        plan.pages_mut().for_each(|page| page.attach(&shelf));
        plan.shelf = shelf;
        Some(plan)
    }

    /// The plan but for its pages; `None` where some of them have not been stowed.
    #[must_use]
    pub fn head(&self) -> Option<Vec<u8>> {
        postcard::to_allocvec(self).ok()
    }

    /// The bytes of the pages that have changed, or of all where `anew` is set, which the caller puts at `base`.
    ///
    /// With `anew`, only what was looked at before can be looked at afterwards: the plan is for its head to be taken.
    pub fn stow(&mut self, base: u64, anew: bool) -> Option<Vec<u8>> {
        let (shelf, mut bytes) = (self.shelf.clone(), Vec::new());
        self.pages_mut().all(|page| page.stow(anew, base, &shelf, &mut bytes)).then_some(bytes)
    }

    /// How many bytes the pages take that are stored.
    pub fn stored_bytes(&mut self) -> u64 {
        self.pages_mut().map(|page| page.stored_bytes()).sum()
    }

    /// What the plan was opened from.
    #[must_use]
    pub fn shelf(&self) -> &Shelf {
        &self.shelf
    }

    /// Whether everything that was looked at so far could be read.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.shelf.is_whole()
    }

    /// Reads everything, and says whether that could be done.
    pub fn fetch_all(&mut self) -> bool {
        self.pages_mut().all(|page| page.fetch())
    }

    /// Forgets what only an event concurrent with the past could need. Afterwards [`Plan::extend`] takes only events
    /// that descend from everything so far, as it always does.
    ///
    /// What was stowed is settled already.
    pub fn settle(&mut self) {
        self.existence.settle();
        self.fields.values_mut().for_each(Register::settle);
        self.prose.values_mut().for_each(Register::settle);
        self.headings.values_mut().for_each(Register::settle);
        self.items.each_changed(Item::settle);
    }

    fn pages_mut(&mut self) -> impl Iterator<Item = &mut dyn AnyPage> {
        let items = self.items.pages_mut().chain(self.log.pages_mut()).chain(self.tree.pages_mut());
        items.chain(self.index.pages_mut()).chain(self.keys.pages_mut())
    }
}
