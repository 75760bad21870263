//! Pages: the parts of a state that grow with history, kept elsewhere until they are looked at.
//!
//! What may be relied on: a page that was stored is read when it is first touched, and only if its checksum holds; a
//! page that cannot be had reads as empty, makes [`Shelf::is_whole`] false, and nothing panics. Reading a page changes
//! nothing that can be seen; changing an element makes its page *changed*, to be stored anew.
//!
//! How: a [`Page`] knows where its bytes lie and holds its elements once they were needed. [`Paged`] is a vector of
//! pages that grows at its end; `table.rs` and `tree.rs` have the other shapes. What the bytes lie in is the caller's.

use alloc::sync::Arc;
use core::any::Any;
use core::cell::OnceCell;
use core::fmt;
use core::sync::atomic::{AtomicBool, Ordering};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize, Serializer, ser};

use crate::prelude::*;

/// How many elements a page has.
pub(super) const SIZE: usize = 32;

/// Where the bytes of pages lie.
pub trait Pages: Any + fmt::Debug + Send + Sync {
    /// Fills `bytes` with what lies at a place, or says that it cannot.
    fn read(&self, at: u64, bytes: &mut [u8]) -> bool;
}

/// What pages are read from, and whether that went well so far. Where a state is kept is no part of it: any two are
/// equal.
#[derive(Debug, Clone, Default)]
pub struct Shelf(Option<Arc<Inner>>);

#[derive(Debug)]
struct Inner {
    pages: Box<dyn Pages>,
    failed: AtomicBool,
}

impl Shelf {
    /// A shelf of these pages.
    pub fn new(pages: impl Pages) -> Self {
        Self(Some(Arc::new(Inner { pages: Box::new(pages), failed: AtomicBool::new(false) })))
    }

    /// Whether every page that was asked for could be had.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.0.as_ref().is_none_or(|inner| !inner.failed.load(Ordering::Relaxed))
    }

    /// What it was made of, if it is that.
    #[must_use]
    pub fn pages<P: Pages>(&self) -> Option<&P> {
        let pages: &dyn Any = &*self.0.as_ref()?.pages;
        pages.downcast_ref()
    }

    fn read(&self, at: u64, bytes: &mut [u8]) -> bool {
        self.0.as_ref().is_some_and(|inner| inner.pages.read(at, bytes))
    }

    fn fail(&self) {
        if let Some(inner) = &self.0 {
            inner.failed.store(true, Ordering::Relaxed);
        }
    }
}

impl PartialEq for Shelf {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Shelf {}

/// The first bytes of the BLAKE3 of a page's bytes.
type Check = [u8; 8];

fn check(bytes: &[u8]) -> Check {
    let [a, b, c, d, e, f, g, h, ..] = *blake3::hash(bytes).as_bytes();
    [a, b, c, d, e, f, g, h]
}

/// Where a page lies.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Stored {
    at: u64,
    len: u32,
    check: Check,
    #[serde(skip)]
    shelf: Shelf,
}

impl Stored {
    /// Adds the page's bytes to others, if they are what was stored.
    fn copy(&self, out: &mut Vec<u8>) -> bool {
        let start = out.len();
        out.resize(start + self.len as usize, 0);
        let sound = self.shelf.read(self.at, &mut out[start..]) && check(&out[start..]) == self.check;
        if !sound {
            out.truncate(start);
            self.shelf.fail();
        }
        sound
    }

    fn fetch<T: DeserializeOwned>(&self) -> Option<Vec<T>> {
        let mut bytes = Vec::new();
        let elements = self.copy(&mut bytes).then(|| postcard::from_bytes(&bytes).ok()).flatten();
        if elements.is_none() {
            self.shelf.fail();
        }
        elements
    }
}

/// Some elements that are stored, read and changed together.
#[derive(Clone)]
pub(super) struct Page<T> {
    /// Where it lies; `None` where it has changed since, or never was stored.
    stored: Option<Stored>,
    elements: OnceCell<Vec<T>>,
}

/// What can be asked of a page whatever its elements are.
pub(super) trait AnyPage {
    /// Says what the page is to be read from.
    fn attach(&mut self, shelf: &Shelf);
    /// Reads the page, and says whether that could be done.
    fn fetch(&self) -> bool;
    /// How many bytes it takes where it is stored.
    fn stored_bytes(&self) -> u64;
    /// Adds the page's bytes, which will lie from `base` on, where the page has changed or `anew` is set. Says whether
    /// that could be done.
    fn stow(&mut self, anew: bool, base: u64, shelf: &Shelf, out: &mut Vec<u8>) -> bool;
}

impl<T> Page<T> {
    pub(super) fn new(elements: Vec<T>) -> Self {
        Self { stored: None, elements: OnceCell::from(elements) }
    }

    pub(super) fn has_changed(&self) -> bool {
        self.stored.is_none()
    }
}

impl<T: DeserializeOwned> Page<T> {
    fn fetched(&self) -> Vec<T> {
        self.stored.as_ref().and_then(Stored::fetch).unwrap_or_default()
    }

    pub(super) fn get(&self) -> &[T] {
        self.elements.get_or_init(|| self.fetched())
    }

    /// Changes the page.
    pub(super) fn change<R>(&mut self, with: impl FnOnce(&mut Vec<T>) -> R) -> R {
        let mut elements = self.elements.take().unwrap_or_else(|| self.fetched());
        self.stored = None;
        let result = with(&mut elements);
        self.elements = OnceCell::from(elements);
        result
    }

    /// One element, to be changed.
    pub(super) fn get_mut(&mut self, at: usize) -> Option<&mut T> {
        self.get().get(at)?;
        self.stored = None;
        self.elements.get_mut()?.get_mut(at)
    }
}

impl<T: Serialize + DeserializeOwned> AnyPage for Page<T> {
    fn attach(&mut self, shelf: &Shelf) {
        if let Some(stored) = &mut self.stored {
            stored.shelf = shelf.clone();
        }
    }

    fn fetch(&self) -> bool {
        self.get();
        self.stored.as_ref().is_none_or(|stored| stored.shelf.is_whole())
    }

    fn stored_bytes(&self) -> u64 {
        self.stored.as_ref().map_or(0, |stored| stored.len.into())
    }

    fn stow(&mut self, anew: bool, base: u64, shelf: &Shelf, out: &mut Vec<u8>) -> bool {
        let start = out.len();
        let sound = match &self.stored {
            Some(_) if !anew => return true,
            Some(stored) => stored.copy(out),
            None => match postcard::to_extend(self.get(), core::mem::take(out)) {
                Ok(extended) => {
                    *out = extended;
                    true
                }
                Err(_) => false,
            },
        };
        let (at, Ok(len)) = (base + start as u64, u32::try_from(out.len() - start)) else { return false };
        self.stored = sound.then(|| Stored { at, len, check: check(&out[start..]), shelf: shelf.clone() });
        sound
    }
}

impl<T: DeserializeOwned + PartialEq> PartialEq for Page<T> {
    fn eq(&self, other: &Self) -> bool {
        self.get() == other.get()
    }
}

impl<T: DeserializeOwned + Eq> Eq for Page<T> {}

impl<T: DeserializeOwned + fmt::Debug> fmt::Debug for Page<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.get().fmt(f)
    }
}

/// A page is written as the place where it is stored.
impl<T> Serialize for Page<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.stored.as_ref().ok_or_else(|| ser::Error::custom("a page was not stored"))?.serialize(serializer)
    }
}

impl<'de, T> Deserialize<'de> for Page<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self { stored: Some(Stored::deserialize(deserializer)?), elements: OnceCell::new() })
    }
}

/// A vector in pages.
#[derive(Clone, Serialize, Deserialize)]
#[serde(bound = "")]
pub struct Paged<T> {
    pages: Vec<Page<T>>,
    len: usize,
}

impl<T> Paged<T> {
    /// How many elements there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }
}

impl<T: DeserializeOwned> Paged<T> {
    /// An element; `None` where there is none, or where its page cannot be had.
    #[must_use]
    pub fn get(&self, at: usize) -> Option<&T> {
        self.pages.get(at / SIZE)?.get().get(at % SIZE)
    }

    /// The same, to be changed.
    pub(super) fn get_mut(&mut self, at: usize) -> Option<&mut T> {
        self.pages.get_mut(at / SIZE)?.get_mut(at % SIZE)
    }

    pub(super) fn push(&mut self, element: T) {
        match self.pages.last_mut() {
            Some(page) if !self.len.is_multiple_of(SIZE) => page.change(|elements| elements.push(element)),
            _ => {
                let mut elements = Vec::with_capacity(SIZE);
                elements.push(element);
                self.pages.push(Page::new(elements));
            }
        }
        self.len += 1;
    }

    /// The elements in their order.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &T> {
        self.pages.iter().flat_map(Page::get)
    }

    /// Changes the elements of the pages that have changed since they were stored.
    pub(super) fn each_changed(&mut self, with: impl FnMut(&mut T)) {
        let changed = self.pages.iter_mut().filter(|page| page.has_changed());
        changed.filter_map(|page| page.elements.get_mut()).flatten().for_each(with);
    }
}

impl<T: Serialize + DeserializeOwned> Paged<T> {
    pub(super) fn pages_mut(&mut self) -> impl Iterator<Item = &mut dyn AnyPage> {
        self.pages.iter_mut().map(|page| page as &mut dyn AnyPage)
    }
}

impl<T> Default for Paged<T> {
    fn default() -> Self {
        Self { pages: Vec::new(), len: 0 }
    }
}

impl<T: DeserializeOwned + PartialEq> PartialEq for Paged<T> {
    fn eq(&self, other: &Self) -> bool {
        self.len == other.len && self.iter().eq(other.iter())
    }
}

impl<T: DeserializeOwned + Eq> Eq for Paged<T> {}

impl<T: DeserializeOwned + fmt::Debug> fmt::Debug for Paged<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Bytes in memory, of which those from `end` on cannot be had.
    #[derive(Debug)]
    struct Memory {
        bytes: Vec<u8>,
        end: usize,
    }

    impl Pages for Memory {
        fn read(&self, at: u64, out: &mut [u8]) -> bool {
            let at = at as usize;
            let found = self.bytes[..self.end].get(at..at + out.len());
            found.map(|found| out.copy_from_slice(found)).is_some()
        }
    }

    fn stow(paged: &mut Paged<String>, anew: bool, shelf: &Shelf, bytes: &mut Vec<u8>) -> bool {
        let base = bytes.len() as u64;
        let mut more = Vec::new();
        let sound = paged.pages_mut().all(|page| page.stow(anew, base, shelf, &mut more));
        bytes.extend(more);
        sound
    }

    fn reopen(paged: &Paged<String>, bytes: &[u8], end: usize) -> Paged<String> {
        let directory = postcard::to_allocvec(paged).unwrap();
        let mut opened: Paged<String> = postcard::from_bytes(&directory).unwrap();
        let shelf = Shelf::new(Memory { bytes: bytes.to_vec(), end });
        opened.pages_mut().for_each(|page| page.attach(&shelf));
        opened
    }

    #[derive(Debug, Clone)]
    enum Do {
        Push(String),
        Change(usize, String),
        Clone,
        StowAndReopen,
    }

    fn actions() -> impl Strategy<Value = Vec<Do>> {
        let action = prop_oneof![
            8 => "[a-z]{0,9}".prop_map(Do::Push),
            3 => (any::<usize>(), "[a-z]{0,9}").prop_map(|(at, text)| Do::Change(at, text)),
            1 => Just(Do::Clone),
            1 => Just(Do::StowAndReopen),
        ];
        proptest::collection::vec(action, 0..300)
    }

    proptest! {
        #[test]
        fn a_paged_vector_is_a_vector_however_often_it_is_stowed(actions in actions()) {
            let (mut plain, mut paged, mut bytes) = (Vec::<String>::new(), Paged::<String>::default(), Vec::new());
            for action in actions {
                match action {
                    Do::Push(text) => {
                        plain.push(text.clone());
                        paged.push(text);
                    }
                    Do::Change(at, text) => {
                        let at = at % (plain.len() + 1);
                        let changed = paged.get_mut(at).map(|element| *element = text.clone()).is_some();
                        prop_assert_eq!(changed, plain.get_mut(at).map(|element| *element = text).is_some());
                    }
                    Do::Clone => paged = paged.clone(),
                    Do::StowAndReopen => {
                        let shelf = Shelf::default();
                        prop_assert!(stow(&mut paged, false, &shelf, &mut bytes), "changed pages can be stowed");
                        paged = reopen(&paged, &bytes, bytes.len());
                    }
                }
                prop_assert_eq!(paged.len(), plain.len(), "the length is that of the vector");
                prop_assert_eq!(paged.get(plain.len() / 2), plain.get(plain.len() / 2), "so is each element");
            }
            prop_assert!(paged.iter().eq(plain.iter()), "the elements come in their order");
            prop_assert!(paged.iter().rev().eq(plain.iter().rev()), "and backwards");
        }
    }

    #[test]
    fn a_page_that_cannot_be_had_reads_as_absent_and_is_told() {
        let mut paged = Paged::default();
        (0..100).for_each(|i| paged.push(format!("{i}")));
        let mut bytes = Vec::new();
        assert!(stow(&mut paged, true, &Shelf::default(), &mut bytes), "all pages are stowed");
        let opened = reopen(&paged, &bytes, bytes.len() - 1);
        let whole = || opened.pages[0].stored.as_ref().is_some_and(|stored| stored.shelf.is_whole());
        assert_eq!(opened.get(5).map(String::as_str), Some("5"), "what can be read is read");
        assert!(whole(), "nothing that was looked at is missing");
        assert_eq!(opened.get(99), None, "what cannot be read is absent");
        assert!(!whole(), "and that is told");
    }
}
