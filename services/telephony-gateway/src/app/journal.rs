//! The journal: calls that were answered while the database was down, kept in memory up to a bound
//! and written as soon as it answers again.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::Notify;

use super::Telephony;
use super::settle::{self, Settled};

/// Some KiB each. Beyond it the oldest is dropped: the carrier's list still shows that call.
const BOUND: usize = 10_000;

#[derive(Default)]
pub(crate) struct Journal {
    waiting: Mutex<VecDeque<Settled>>,
    pub(crate) wake: Arc<Notify>,
}

impl Journal {
    pub(super) fn keep(&self, settled: Settled) {
        let mut waiting = self.lock();
        if waiting.len() >= BOUND {
            waiting.pop_front();
            metrics::counter!("telephony_journal_dropped_total").increment(1);
        }
        waiting.push_back(settled);
        #[expect(clippy::cast_precision_loss, reason = "the bound is small")]
        metrics::gauge!("telephony_journal_waiting").set(waiting.len() as f64);
        drop(waiting);
        self.wake.notify_one();
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, VecDeque<Settled>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Writes what waits, oldest first, until the database fails again.
pub(super) async fn flush(telephony: &Telephony) {
    loop {
        let Some(next) = telephony.journal.lock().front().cloned() else {
            return;
        };
        let sid = next.call.sid.clone();
        if settle::write(&telephony.db, next).await.is_err() {
            return;
        }
        let mut waiting = telephony.journal.lock();
        if waiting.front().is_some_and(|front| front.call.sid == sid) {
            waiting.pop_front();
        }
        #[expect(clippy::cast_precision_loss, reason = "the bound is small")]
        metrics::gauge!("telephony_journal_waiting").set(waiting.len() as f64);
    }
}
