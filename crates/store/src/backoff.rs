//! Waits that grow, each of a random part of their length so that waiters do not march in step.

use std::time::{Duration, Instant};

use crate::object::random;

/// The next wait, and the longest.
#[derive(Debug)]
pub(crate) struct Backoff {
    next: Duration,
    most: Duration,
}

impl Backoff {
    /// Waits from `first` to `most`.
    pub(crate) const fn new(first: Duration, most: Duration) -> Self {
        Self { next: first, most }
    }

    /// Waits once, not beyond `deadline`.
    pub(crate) fn once(&mut self, deadline: Instant) {
        let most = u64::try_from(self.next.as_micros()).unwrap_or(u64::MAX).max(2);
        let wait = Duration::from_micros(most / 2 + random() % (most / 2));
        std::thread::sleep(wait.min(deadline.saturating_duration_since(Instant::now())));
        self.next = (self.next * 3 / 2).min(self.most);
    }
}
