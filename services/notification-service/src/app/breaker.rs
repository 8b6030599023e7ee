//! A breaker: after a carrier refused our credentials the channel pauses, since every further try
//! would be refused as well and may lock the account.

use std::sync::Mutex;
use std::time::{Duration, Instant};

/// Open until a moment, or closed.
#[derive(Default)]
pub struct Breaker(Mutex<Option<Instant>>);

impl Breaker {
    /// Pauses the channel from now on.
    pub fn open(&self, pause: Duration) {
        *self.held() = Some(Instant::now() + pause);
    }

    /// How long the channel still pauses.
    #[must_use]
    pub fn remaining(&self) -> Option<Duration> {
        let until = (*self.held())?;
        let left = until.saturating_duration_since(Instant::now());
        (!left.is_zero()).then_some(left)
    }

    fn held(&self) -> std::sync::MutexGuard<'_, Option<Instant>> {
        self.0
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_breaker_closes_by_itself() {
        let breaker = Breaker::default();
        assert_eq!(breaker.remaining(), None);
        breaker.open(Duration::from_secs(60));
        assert!(breaker.remaining().is_some());
        breaker.open(Duration::ZERO);
        assert_eq!(breaker.remaining(), None);
    }
}
