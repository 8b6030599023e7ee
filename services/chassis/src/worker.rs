//! A worker does what is due, woken by a signal and by a timer.
//!
//! It takes no input and reads the state anew each time, so it may be woken twice or for nothing,
//! and a lost wake-up only costs the interval.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use rand::Rng as _;
use tokio::sync::{Notify, Semaphore};

use crate::run::Life;

/// The longest pause after errors.
const MOST: Duration = Duration::from_secs(30);

/// Runs `work` until `life` stops: at once again after `Ok(true)`, else at the next wake-up or
/// after `interval`; after errors with a growing, jittered pause. Stopping lets it finish.
pub async fn run<W>(
    name: &'static str,
    life: Life,
    wake: Arc<Notify>,
    interval: Duration,
    mut work: W,
) where
    W: AsyncFnMut() -> anyhow::Result<bool>,
{
    let mut failures = 0u32;
    let failed = ::metrics::counter!("worker_failures_total", "worker" => name);
    failed.increment(0);
    while !life.is_stopping() {
        // Registered before the state is read, so that a wake-up in between is not lost.
        let woken = wake.notified();
        tokio::pin!(woken);
        woken.as_mut().enable();
        // No span: a look that finds nothing is no trace, and what is found is done in its own.
        match work().await {
            Ok(true) => {
                failures = 0;
                // A worker that always finds work must still let others run.
                tokio::task::yield_now().await;
            }
            Ok(false) => {
                failures = 0;
                tokio::select! {
                    () = &mut woken => {}
                    () = tokio::time::sleep(interval) => {}
                    () = life.stopping() => {}
                }
            }
            Err(error) => {
                failures = failures.saturating_add(1);
                failed.increment(1);
                tracing::warn!(worker = name, failures, causes = %causes(&error), "worker failed");
                tokio::select! {
                    () = tokio::time::sleep(pause(failures)) => {}
                    () = life.stopping() => {}
                }
            }
        }
    }
}

/// Runs `claim` as [`run`] does, with the number of free places, and does what it gives side by
/// side: slow work takes its own place and holds up nobody else. What is under way when `life` stops
/// is among the tasks that [`Life::drained`] waits for.
pub async fn side_by_side<C, W>(
    name: &'static str,
    life: Life,
    wake: Arc<Notify>,
    interval: Duration,
    places: usize,
    mut claim: C,
) where
    C: AsyncFnMut(usize) -> anyhow::Result<Vec<W>>,
    W: Future<Output = ()> + Send + 'static,
{
    let gate = Arc::new(Semaphore::new(places));
    // The last claim took all that it could: more may be due when a place becomes free.
    let full = Arc::new(AtomicBool::new(false));
    let (tasks, again) = (life.clone(), Arc::clone(&wake));
    run(name, life, wake, interval, async move || {
        let free = gate.available_permits();
        full.store(free == 0, Ordering::SeqCst);
        // A place may have become free in between, with nobody told of it.
        if free == 0 {
            return Ok(gate.available_permits() > 0);
        }
        let found = claim(free).await?;
        full.store(found.len() >= free, Ordering::SeqCst);
        let some = !found.is_empty();
        for work in found {
            // A claim gives no more than the free places, so this does not wait.
            let Ok(place) = Arc::clone(&gate).acquire_owned().await else {
                break;
            };
            let (full, again) = (Arc::clone(&full), Arc::clone(&again));
            tasks.spawn(async move {
                work.await;
                drop(place);
                if full.load(Ordering::SeqCst) {
                    again.notify_one();
                }
            });
        }
        Ok(some && gate.available_permits() > 0)
    })
    .await;
}

/// 100 ms doubled for each failure up to 30 s, and up to half of that on top, so that replicas
/// that failed together do not return together.
pub(crate) fn pause(failures: u32) -> Duration {
    let base = Duration::from_millis(100) * 2u32.saturating_pow(failures.clamp(1, 10) - 1);
    base.min(MOST)
        .mul_f64(1.0 + rand::rng().random_range(0.0..0.5))
}

pub(crate) fn causes(error: &anyhow::Error) -> String {
    let texts: Vec<String> = error.chain().map(ToString::to_string).collect();
    texts.join(": ")
}
