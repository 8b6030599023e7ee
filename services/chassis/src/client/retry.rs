//! When a call may be repeated: once, when no service took it, within a budget of 10 %.
//!
//! The budget keeps a failing service from being asked twice as often by everybody at once.

use std::pin::Pin;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http_body::{Frame, SizeHint};
use rand::Rng as _;
use tonic::Status;
use tonic::body::Body;

use crate::server::MESSAGE_LIMIT;

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

/// A request body that can be given to another attempt from its start: it keeps what it gave out.
pub(super) struct Recoverable {
    kept: Arc<Mutex<Kept>>,
    /// Frames that this attempt has got.
    at: usize,
}

struct Kept {
    body: Body,
    frames: Vec<Bytes>,
    bytes: usize,
    touched: bool,
    whole: bool,
}

impl Recoverable {
    pub(super) fn new(body: Body) -> Self {
        let kept = Kept {
            body,
            frames: Vec::new(),
            bytes: 0,
            touched: false,
            whole: true,
        };
        Self {
            kept: Arc::new(Mutex::new(kept)),
            at: 0,
        }
    }

    /// The body for the next attempt; the one before has ended.
    pub(super) fn anew(&self) -> Self {
        self.kept().touched = false;
        Self {
            kept: Arc::clone(&self.kept),
            at: 0,
        }
    }

    /// True while the present attempt has asked for nothing.
    pub(super) fn is_untouched(&self) -> bool {
        !self.kept().touched
    }

    /// False when it was too long, or of too strange a kind, to be kept.
    pub(super) fn is_whole(&self) -> bool {
        self.kept().whole
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl http_body::Body for Recoverable {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        let at = self.at;
        let mut kept = self.kept();
        kept.touched = true;
        if let Some(frame) = kept.frames.get(at).cloned() {
            drop(kept);
            self.at += 1;
            return Poll::Ready(Some(Ok(Frame::data(frame))));
        }
        let polled = Pin::new(&mut kept.body).poll_frame(cx);
        let Poll::Ready(Some(Ok(frame))) = &polled else {
            return polled;
        };
        kept.keep(frame.data_ref());
        let frames = kept.frames.len();
        drop(kept);
        self.at = frames;
        polled
    }

    fn is_end_stream(&self) -> bool {
        let kept = self.kept();
        self.at == kept.frames.len() && kept.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        let kept = self.kept();
        if kept.frames.is_empty() {
            kept.body.size_hint()
        } else {
            SizeHint::default()
        }
    }
}

impl Kept {
    /// Bytes are shared, not copied; the limit is for bodies that stream without end.
    fn keep(&mut self, data: Option<&Bytes>) {
        let length = data.map_or(0, Bytes::len);
        match data {
            Some(data) if self.whole && self.bytes + length <= MESSAGE_LIMIT + 5 => {
                self.bytes += length;
                self.frames.push(data.clone());
            }
            _ => {
                self.whole = false;
                self.frames.clear();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use http_body_util::{BodyExt as _, StreamBody};

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

    #[tokio::test]
    async fn a_body_is_given_to_the_next_attempt_from_its_start() {
        let frames =
            [Bytes::from("take "), Bytes::from("it once")].map(|data| Ok(Frame::data(data)));
        let body = Recoverable::new(Body::new(StreamBody::new(futures::stream::iter(
            frames.map(|frame: Result<_, Status>| frame),
        ))));
        assert!(body.is_untouched());
        let mut first = body.anew();
        let taken = first.frame().await.unwrap().unwrap().into_data().unwrap();
        assert_eq!(taken, "take ");
        assert!(!body.is_untouched() && body.is_whole());
        let second = body.anew();
        assert!(body.is_untouched());
        let again = second.collect().await.unwrap().to_bytes();
        assert_eq!(again, "take it once");
    }
}
