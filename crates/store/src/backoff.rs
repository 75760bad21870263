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
        let half = self.next / 2;
        pause(half, half, deadline);
        self.next = (self.next * 3 / 2).min(self.most);
    }
}

/// The longest wait of somebody who came too late for the `lost`th time, in a round that took so long.
///
/// What one of many loses is decided within a round, so a wait of a few rounds leaves the others room, and a longer one
/// only costs turns. It does not grow: whoever has lost often must not be the one who tries least.
pub(crate) fn after_losing(lost: u32, round: Duration) -> Duration {
    (round * 4).min(Duration::from_secs(8)) / 2_u32.saturating_pow(lost.saturating_sub(4))
}

/// Waits for `least` and a random part of `more`, not beyond `deadline`.
pub(crate) fn pause(least: Duration, more: Duration, deadline: Instant) {
    let more = u64::try_from(more.as_micros()).unwrap_or(u64::MAX).max(1);
    let wait = least + Duration::from_micros(random() % more);
    std::thread::sleep(wait.min(deadline.saturating_duration_since(Instant::now())));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_has_lost_more_often_waits_less() {
        let round = Duration::from_millis(200);
        let waits: Vec<Duration> = (1..44).map(|lost| after_losing(lost, round)).collect();
        assert_eq!(waits.first(), Some(&Duration::from_millis(800)), "others get room");
        assert!(
            waits.windows(2).all(|pair| pair[1] <= pair[0]),
            "each wait is no longer than the one before: {waits:?}"
        );
        assert!(waits.last() < Some(&Duration::from_millis(1)), "in the end nobody waits: {waits:?}");
    }
}
