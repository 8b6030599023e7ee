//! What is read at the moment of a scrape, such as the state of a pool: it costs nothing in between.
//! A list of weak references, so that being shown keeps nothing alive.

use std::sync::{Arc, Mutex, PoisonError, Weak};

/// Sets its gauges to what is so now. It must not wait.
pub(crate) trait Sampled: Send + Sync {
    fn sample(&self);
}

static SAMPLED: Mutex<Vec<Weak<dyn Sampled>>> = Mutex::new(Vec::new());

/// Has `one` sampled at each scrape for as long as somebody holds it.
pub(crate) fn sample_at_scrape<S: Sampled + 'static>(one: &Arc<S>) {
    let weak = Arc::downgrade(one);
    list().push(weak);
}

pub(super) fn sample() {
    let mut alive = Vec::new();
    list().retain(|weak| {
        let one = weak.upgrade();
        let keep = one.is_some();
        alive.extend(one);
        keep
    });
    // The list is free by now: what is dropped here may be the last of its kind.
    for one in alive {
        one.sample();
    }
}

fn list() -> std::sync::MutexGuard<'static, Vec<Weak<dyn Sampled>>> {
    SAMPLED.lock().unwrap_or_else(PoisonError::into_inner)
}
