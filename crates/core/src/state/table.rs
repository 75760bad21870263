//! A table by id, in pages: one page is read to find an entry, and one is changed to enter it.
//!
//! Ids are hashes, so their leading bits spread them evenly over as many pages as there are entries for. The pages
//! follow each other in the order of ids.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::paged::{AnyPage, Page, SIZE};
use crate::EventId;
use crate::prelude::*;

/// Values by id.
#[derive(Clone, Serialize, Deserialize)]
#[serde(bound = "")]
pub(super) struct Table<V> {
    /// As many as a power of two, or none.
    pages: Vec<Page<(EventId, V)>>,
    len: usize,
}

impl<V> Table<V> {
    /// The page of an id, given how many there are.
    fn page_of(id: &EventId, pages: usize) -> usize {
        let [a, b, c, d, ..] = *id.as_bytes();
        // The leading bits, as many as it takes to tell the pages apart.
        (u64::from(u32::from_be_bytes([a, b, c, d])) >> (32 - pages.trailing_zeros().min(32))) as usize
    }
}

impl<V: DeserializeOwned> Table<V> {
    pub(super) fn get(&self, id: &EventId) -> Option<&V> {
        let entries = self.pages.get(Self::page_of(id, self.pages.len()))?.get();
        let at = entries.binary_search_by_key(id, |entry| entry.0).ok()?;
        entries.get(at).map(|entry| &entry.1)
    }

    /// Enters a value, in the place of one that was there under the same id.
    pub(super) fn insert(&mut self, id: EventId, value: V) {
        if self.len >= self.pages.len() * SIZE {
            self.grow();
        }
        let page = Self::page_of(&id, self.pages.len());
        let Some(page) = self.pages.get_mut(page) else { return };
        self.len += page.change(|entries| match entries.binary_search_by_key(&id, |entry| entry.0) {
            Ok(at) => {
                entries[at].1 = value;
                0
            }
            Err(at) => {
                entries.insert(at, (id, value));
                1
            }
        });
    }

    /// The ids from this one on, in their order.
    pub(super) fn from(&self, first: EventId) -> impl Iterator<Item = (EventId, &V)> {
        let pages = self.pages.iter().skip(Self::page_of(&first, self.pages.len()));
        pages.flat_map(Page::get).map(|(id, value)| (*id, value)).skip_while(move |(id, _)| *id < first)
    }

    /// Twice as many pages.
    fn grow(&mut self) {
        let pages = (self.pages.len() * 2).max(1);
        let mut grown: Vec<Page<(EventId, V)>> = Vec::with_capacity(pages);
        for page in &mut self.pages {
            let mut lower = page.change(core::mem::take);
            let first = grown.len();
            let upper = lower.split_off(lower.partition_point(|(id, _)| Self::page_of(id, pages) <= first));
            grown.extend([Page::new(lower), Page::new(upper)]);
        }
        if grown.is_empty() {
            grown.push(Page::new(Vec::new()));
        }
        self.pages = grown;
    }
}

impl<V: Serialize + DeserializeOwned> Table<V> {
    pub(super) fn pages_mut(&mut self) -> impl Iterator<Item = &mut dyn AnyPage> {
        self.pages.iter_mut().map(|page| page as &mut dyn AnyPage)
    }
}

impl<V> Default for Table<V> {
    fn default() -> Self {
        Self { pages: Vec::new(), len: 0 }
    }
}

impl<V: DeserializeOwned + PartialEq> PartialEq for Table<V> {
    fn eq(&self, other: &Self) -> bool {
        self.len == other.len && self.pages == other.pages
    }
}

impl<V: DeserializeOwned + Eq> Eq for Table<V> {}

impl<V: DeserializeOwned + core::fmt::Debug> core::fmt::Debug for Table<V> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_map().entries(self.pages.iter().flat_map(Page::get).map(|(id, value)| (id, value))).finish()
    }
}
