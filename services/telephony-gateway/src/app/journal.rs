//! The journal: what calls came to while the database was down, kept in memory up to a bound and
//! written in its order as soon as the database answers again.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::Notify;

use super::Telephony;
use super::resume_call::{self, Left};
use super::settle::{self, Settled};

/// Some KiB each. Beyond it the oldest is dropped: the carrier's list still shows that call.
const BOUND: usize = 10_000;

/// What waits to be written of a call.
#[derive(Debug, Clone)]
pub(super) enum Entry {
    Answered(Box<Settled>),
    Left(Left),
}

impl Entry {
    fn sid(&self) -> &str {
        match self {
            Self::Answered(settled) => &settled.call.sid,
            Self::Left(left) => &left.call_sid,
        }
    }
}

#[derive(Default)]
pub(crate) struct Journal {
    waiting: Mutex<VecDeque<Entry>>,
    pub(crate) wake: Arc<Notify>,
}

impl Journal {
    pub(super) fn keep(&self, entry: Entry) {
        let mut waiting = self.lock();
        if waiting.len() >= BOUND {
            waiting.pop_front();
            metrics::counter!("telephony_journal_dropped_total").increment(1);
        }
        waiting.push_back(entry);
        #[expect(clippy::cast_precision_loss, reason = "the bound is small")]
        metrics::gauge!("telephony_journal_waiting").set(waiting.len() as f64);
        drop(waiting);
        self.wake.notify_one();
    }

    /// Whether anything of this call still waits.
    pub(super) fn holds(&self, call_sid: &str) -> bool {
        self.lock().iter().any(|entry| entry.sid() == call_sid)
    }

    /// The caller's calls that still wait.
    pub(super) fn sids_of(&self, caller: &str) -> Vec<String> {
        let of_caller = |entry: &Entry| match entry {
            Entry::Answered(settled) if settled.call.caller.as_deref() == Some(caller) => {
                Some(settled.call.sid.clone())
            }
            _ => None,
        };
        self.lock().iter().filter_map(of_caller).collect()
    }

    /// Takes an erased caller's number from what still waits (B10).
    pub(super) fn forget_caller(&self, caller: &str) {
        for entry in self.lock().iter_mut() {
            if let Entry::Answered(settled) = entry
                && settled.call.caller.as_deref() == Some(caller)
            {
                settled.call.caller = None;
            }
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, VecDeque<Entry>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Writes what waits, oldest first, until the database fails again.
pub(super) async fn flush(telephony: &Telephony) {
    loop {
        let Some(next) = telephony.journal.lock().front().cloned() else {
            return;
        };
        let sid = next.sid().to_owned();
        let written = match next {
            Entry::Answered(settled) => settle::write(telephony, *settled).await.map(|_| ()),
            Entry::Left(left) => resume_call::write(&telephony.db, left).await.map(|_| ()),
        };
        if written.is_err() {
            return;
        }
        let mut waiting = telephony.journal.lock();
        if waiting.front().is_some_and(|front| front.sid() == sid) {
            waiting.pop_front();
        }
        #[expect(clippy::cast_precision_loss, reason = "the bound is small")]
        metrics::gauge!("telephony_journal_waiting").set(waiting.len() as f64);
    }
}
