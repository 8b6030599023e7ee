//! The host under a process, as far as it matters: it must not sleep (R71).
//!
//! While a host sleeps its boot-time clock goes on and its monotonic clock stands. A process that
//! finds the first ahead by more than half a minute shows HOST_SLEPT in its metrics and its health
//! answer, and tells its services through their [`Life`], so that one of them mails the operator.

use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, SecondsFormat, Utc};
use rustix::time::{ClockId, clock_gettime};

use crate::clock;
use crate::run::Life;

/// The kind of the operator's alarm.
pub const ALARM: &str = "HOST_SLEPT";
/// Shorter naps are added up.
const MOST: Duration = Duration::from_secs(30);
const EVERY: Duration = Duration::from_secs(5);

static LAST: Mutex<Option<Slept>> = Mutex::new(None);

/// What both clocks show at a moment.
#[derive(Debug, Clone, Copy)]
pub struct Reading {
    pub boottime: Duration,
    pub monotonic: Duration,
}

impl Reading {
    #[must_use]
    pub fn now() -> Self {
        let read = |id| Duration::try_from(clock_gettime(id)).unwrap_or_default();
        Self {
            boottime: read(ClockId::Boottime),
            monotonic: read(ClockId::Monotonic),
        }
    }

    fn ahead(self) -> Duration {
        self.boottime.saturating_sub(self.monotonic)
    }
}

/// Compares one reading with those before it.
#[derive(Debug)]
pub struct Watch {
    ahead: Duration,
}

impl Watch {
    /// What the host slept before `start` is not this process' matter.
    #[must_use]
    pub fn new(start: Reading) -> Self {
        Self {
            ahead: start.ahead(),
        }
    }

    /// How long the host slept since it was told last, when that is over half a minute.
    pub fn look(&mut self, now: Reading) -> Option<Duration> {
        let slept = now.ahead().saturating_sub(self.ahead);
        if slept <= MOST {
            return None;
        }
        self.ahead = now.ahead();
        Some(slept)
    }
}

/// A sleep that was noticed. Its text is for health answers and logs: no personal data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slept {
    /// The process that noticed, which may be several services.
    pub process: &'static str,
    pub lasted: Duration,
    pub notice_time: DateTime<Utc>,
}

impl Slept {
    /// The slot of the alarm: of one sleep the same, whoever raises it.
    #[must_use]
    pub fn slot(&self) -> String {
        self.notice_time.to_rfc3339_opts(SecondsFormat::Secs, true)
    }

    /// What the operator is told.
    #[must_use]
    pub fn advice(&self) -> String {
        format!(
            "The host of {process} slept for {seconds} s until {time}. While it sleeps no call is \
             answered there and nothing goes on. Run bord on a server that never sleeps; on a \
             personal computer it may only be tried out. What happened meanwhile is caught up by \
             polling and by the next scan; start one now with `bord scan`.",
            process = self.process,
            seconds = self.lasted.as_secs(),
            time = self.slot(),
        )
    }
}

impl fmt::Display for Slept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.lasted.as_secs();
        write!(f, "{ALARM} {} for {seconds} s", self.slot())
    }
}

/// The last sleep that this process noticed.
#[must_use]
pub fn last() -> Option<Slept> {
    LAST.lock().unwrap_or_else(PoisonError::into_inner).clone()
}

/// Looks at the clocks until `life` stops.
pub(crate) async fn watch(process: &'static str, life: Life) {
    let mut watch = Watch::new(Reading::now());
    loop {
        tokio::select! {
            () = tokio::time::sleep(EVERY) => {}
            () = life.stopping() => return,
        }
        if let Some(lasted) = watch.look(Reading::now()) {
            noticed(process, lasted, &life);
        }
    }
}

fn noticed(process: &'static str, lasted: Duration, life: &Life) {
    let slept = Slept {
        process,
        lasted,
        notice_time: clock::now(),
    };
    ::metrics::counter!("bord_host_slept_total").increment(1);
    ::metrics::gauge!("bord_host_slept_seconds").set(lasted.as_secs_f64());
    tracing::error!(alarm = ALARM, seconds = lasted.as_secs(), "the host slept");
    *LAST.lock().unwrap_or_else(PoisonError::into_inner) = Some(slept.clone());
    life.tell_slept(slept);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reading(boottime: u64, monotonic: u64) -> Reading {
        Reading {
            boottime: Duration::from_secs(boottime),
            monotonic: Duration::from_secs(monotonic),
        }
    }

    #[test]
    fn a_host_that_slept_over_half_a_minute_is_noticed_once() {
        // It slept 1000 s before the process began.
        let mut watch = Watch::new(reading(2_000, 1_000));
        assert_eq!(watch.look(reading(2_500, 1_500)), None, "awake");
        assert_eq!(watch.look(reading(2_535, 1_505)), None, "30 s exactly");
        assert_eq!(
            watch.look(reading(2_541, 1_510)),
            Some(Duration::from_secs(31)),
            "naps are added up"
        );
        assert_eq!(watch.look(reading(2_546, 1_515)), None, "told already");
        assert_eq!(
            watch.look(reading(9_746, 1_520)),
            Some(Duration::from_secs(7_195))
        );
    }

    #[test]
    fn clocks_that_are_read_in_turn_are_no_sleep() {
        let mut watch = Watch::new(Reading::now());
        for _ in 0..100 {
            assert_eq!(watch.look(Reading::now()), None);
        }
        // Boot time counts what monotonic time counts, and more.
        let now = Reading::now();
        assert!(now.monotonic > Duration::ZERO);
        assert!(now.boottime + Duration::from_millis(10) >= now.monotonic);
    }

    #[tokio::test]
    async fn a_sleep_is_shown_in_health_and_metrics_and_told_to_the_services() {
        crate::metrics::install();
        assert_eq!(crate::metrics::health(), "ok");
        let life = Life::for_test();
        let child = life.child();
        let mut sleeps = child.sleeps();
        noticed("bord", Duration::from_secs(7_195), &life);
        let slept = sleeps.next().await.unwrap();
        assert_eq!(slept.process, "bord");
        assert_eq!(
            crate::metrics::health(),
            format!("ok; HOST_SLEPT {} for 7195 s", slept.slot())
        );
        let shown = crate::metrics::render();
        assert!(shown.contains("bord_host_slept_total 1"), "{shown}");
        assert!(shown.contains("bord_host_slept_seconds 7195"), "{shown}");
        assert!(slept.advice().contains("slept for 7195 s"));
    }
}
