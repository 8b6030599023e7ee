//! A tally: how often each kind of fault was done to the system. Clones count together.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

#[derive(Clone, Default)]
pub struct Tally(Arc<Mutex<BTreeMap<String, u64>>>);

impl Tally {
    pub fn count(&self, kind: impl Into<String>) {
        self.add(kind, 1);
    }

    pub fn add(&self, kind: impl Into<String>, many: u64) {
        *self.lock().entry(kind.into()).or_default() += many;
    }

    #[must_use]
    pub fn of(&self, kind: &str) -> u64 {
        self.lock().get(kind).copied().unwrap_or(0)
    }

    #[must_use]
    pub fn all(&self) -> BTreeMap<String, u64> {
        self.lock().clone()
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, u64>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
