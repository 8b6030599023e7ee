//! One answer for each call in this process: the first request decides, all others wait for it and
//! get the same bytes, also while the database is down. Old answers make room for new ones.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::watch;

use crate::domain::call::Handling;

/// What a call is answered with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) twiml: Arc<str>,
    pub(crate) handling: Handling,
    pub(crate) conversation_id: Option<String>,
}

type Seat = watch::Receiver<Option<Answer>>;

/// A few KiB each: some ten MiB at the most, and hours of calls.
const KEPT: usize = 4_096;

#[derive(Default)]
pub(crate) struct Flights {
    inner: Mutex<Inner>,
}

#[derive(Default)]
struct Inner {
    known: HashMap<String, Seat>,
    order: VecDeque<String>,
}

/// Who is to decide.
pub(crate) enum Boarded {
    First(watch::Sender<Option<Answer>>),
    Waiting(Seat),
}

impl Flights {
    pub(crate) fn board(&self, call_sid: &str) -> Boarded {
        let mut inner = self.lock();
        if let Some(seat) = inner.known.get(call_sid) {
            return Boarded::Waiting(seat.clone());
        }
        let (sender, seat) = watch::channel(None);
        inner.known.insert(call_sid.to_owned(), seat);
        inner.order.push_back(call_sid.to_owned());
        while inner.order.len() > KEPT {
            if let Some(oldest) = inner.order.pop_front() {
                inner.known.remove(&oldest);
            }
        }
        Boarded::First(sender)
    }

    /// Forgets a call whose decision came to nothing, so that the next request decides anew.
    pub(crate) fn forget(&self, call_sid: &str) {
        let mut inner = self.lock();
        inner.known.remove(call_sid);
        inner.order.retain(|known| known != call_sid);
    }

    /// The answer that this process gave.
    pub(crate) fn answer(&self, call_sid: &str) -> Option<Answer> {
        self.lock().known.get(call_sid)?.borrow().clone()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
