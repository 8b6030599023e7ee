//! When a call may be repeated: once, when nothing of it was sent, within a budget of 10 %.
//!
//! The budget keeps a failing service from being asked twice as often by everybody at once.

use std::pin::Pin;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http_body::{Frame, SizeHint};
use rand::Rng as _;
use tonic::Status;
use tonic::body::Body;

/// Tenths of a retry in hand. Each call adds one, each retry takes ten.
#[derive(Debug)]
pub(super) struct Budget(AtomicI64);

const RETRY: i64 = 10;
/// Ten retries may be saved up, so that a restart of the other side under load is covered.
const MOST: i64 = 10 * RETRY;

impl Default for Budget {
    /// One retry in hand, for the first call after a start.
    fn default() -> Self {
        Self(AtomicI64::new(RETRY))
    }
}

impl Budget {
    pub(super) fn deposit(&self) {
        let add = |tenths: i64| (tenths < MOST).then_some(tenths + 1);
        let _ = self
            .0
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, add);
    }

    pub(super) fn withdraw(&self) -> bool {
        let take = |tenths: i64| (tenths >= RETRY).then_some(tenths - RETRY);
        self.0
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, take)
            .is_ok()
    }
}

pub(super) fn jitter() -> Duration {
    Duration::from_millis(rand::rng().random_range(5..40))
}

/// A request body that can be given to a second attempt while the first has not asked for it.
#[derive(Clone)]
pub(super) struct Recoverable(Arc<Mutex<Inner>>);

struct Inner {
    body: Body,
    touched: bool,
}

impl Recoverable {
    pub(super) fn new(body: Body) -> Self {
        Self(Arc::new(Mutex::new(Inner {
            body,
            touched: false,
        })))
    }

    pub(super) fn is_untouched(&self) -> bool {
        !self
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .touched
    }
}

impl http_body::Body for Recoverable {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        let mut inner = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        inner.touched = true;
        Pin::new(&mut inner.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .body
            .is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .body
            .size_hint()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retries_stay_within_a_tenth_of_the_calls() {
        let budget = Budget::default();
        let mut retries = 0;
        for _ in 0..1000 {
            budget.deposit();
            retries += i32::from(budget.withdraw());
        }
        assert!((95..=101).contains(&retries), "{retries}");
    }
}
