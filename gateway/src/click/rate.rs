//! How fast clicks may come: some at once from one client and then one a second, and so many of all.
//!
//! A client is known by a hash whose key dies with the process, so no address is kept; entries of
//! clients that could again send all at once are dropped when the table grows. Memory is bounded without a cap that an attacker
//! could fill: an entry is made only for what the limit over all lets in.
//!
//! Our own dozen lines instead of `governor`: its keyed store grows with the keys that come, and is
//! shrunk only when somebody calls for it.

use std::collections::HashMap;
use std::collections::hash_map::RandomState;
use std::hash::BuildHasher as _;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::client;

/// So many at once, then one each `every`.
#[derive(Debug, Clone, Copy)]
pub struct Rate {
    pub at_once: u32,
    pub every: Duration,
}

/// Of one client: a person who looks through a site's pages sends far fewer.
pub const OF_ONE: Rate = Rate {
    at_once: 10,
    every: Duration::from_secs(1),
};
/// Of all clients: each is a committed write at lead-service, which has leads to care for.
pub const OF_ALL: Rate = Rate {
    at_once: 100,
    every: Duration::from_millis(50),
};
/// Entries above which those of rested clients are dropped. Of clients that are not rested there are
/// at most as many as come in while one rests: 10 s of 20, and 100 at once.
const SWEEP: usize = 1_024;

/// The limit, shared by all requests.
#[derive(Debug)]
pub struct Clicks {
    one: Rate,
    all: Rate,
    key: RandomState,
    seen: Mutex<Seen>,
}

/// When each is rested: it may then send all at once again.
#[derive(Debug, Default)]
struct Seen {
    all: Option<Instant>,
    each: HashMap<u64, Instant>,
}

impl Default for Clicks {
    fn default() -> Self {
        Self::new(OF_ONE, OF_ALL)
    }
}

impl Rate {
    /// When it is rested after one more, or how long to wait for one.
    fn one_more(self, rested: Option<Instant>, now: Instant) -> Result<Instant, Duration> {
        let rested = rested.map_or(now, |rested| rested.max(now));
        let most = self.every * self.at_once.saturating_sub(1);
        match (rested - now).checked_sub(most) {
            Some(wait) if !wait.is_zero() => Err(wait),
            _ => Ok(rested + self.every),
        }
    }
}

impl Clicks {
    #[must_use]
    pub fn new(one: Rate, all: Rate) -> Self {
        Self {
            one,
            all,
            key: RandomState::new(),
            seen: Mutex::default(),
        }
    }

    /// Counts a click of `client`, or says how long to wait. What is refused counts for nobody: a
    /// client that floods uses up its own share alone.
    pub fn admit(&self, client: IpAddr, now: Instant) -> Result<(), Duration> {
        let client = self.key.hash_one(client::network(client));
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let one = self.one.one_more(seen.each.get(&client).copied(), now)?;
        let all = self.all.one_more(seen.all, now)?;
        if seen.each.len() >= SWEEP {
            seen.each.retain(|_, rested| *rested > now);
        }
        seen.each.insert(client, one);
        seen.all = Some(all);
        Ok(())
    }

    /// Clients that are not rested, as far as they were not forgotten yet.
    #[cfg(test)]
    fn entries(&self) -> usize {
        self.seen.lock().unwrap().each.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(number: u32) -> IpAddr {
        IpAddr::V4(number.into())
    }

    fn taken(clicks: &Clicks, client: u32, now: Instant, tries: usize) -> usize {
        (0..tries)
            .filter(|_| clicks.admit(address(client), now).is_ok())
            .count()
    }

    #[test]
    fn one_address_has_ten_at_once_and_then_one_a_second() {
        let (clicks, start) = (Clicks::default(), Instant::now());
        assert_eq!(taken(&clicks, 1, start, 12), 10);
        assert_eq!(clicks.admit(address(1), start), Err(Duration::from_secs(1)));
        let near = start + Duration::from_millis(999);
        assert_eq!(
            clicks.admit(address(1), near),
            Err(Duration::from_millis(1))
        );
        assert_eq!(taken(&clicks, 1, start + Duration::from_secs(1), 5), 1);
        assert_eq!(taken(&clicks, 1, start + Duration::from_secs(3), 5), 2);
        assert_eq!(taken(&clicks, 1, start + Duration::from_secs(60), 20), 10);
    }

    #[test]
    fn the_limit_of_one_address_does_not_touch_another() {
        let (clicks, start) = (Clicks::default(), Instant::now());
        // A flood, far beyond what all may send.
        assert_eq!(taken(&clicks, 1, start, 10_000), 10);
        assert_eq!(taken(&clicks, 2, start, 10), 10);
    }

    #[test]
    fn all_together_have_a_hundred_at_once_and_then_twenty_a_second() {
        let (clicks, start) = (Clicks::default(), Instant::now());
        let at = |now| {
            (0..1_000)
                .filter(|it| clicks.admit(address(*it), now).is_ok())
                .count()
        };
        assert_eq!(at(start), 100);
        let wait = clicks.admit(address(5_000), start).unwrap_err();
        assert_eq!(wait, Duration::from_millis(50));
        assert_eq!(at(start + Duration::from_secs(1)), 20);
    }

    #[test]
    fn memory_stays_bounded_whoever_sends_how_much() {
        let (clicks, start) = (Clicks::default(), Instant::now());
        let mut most = 0;
        for second in 0..60u32 {
            let now = start + Duration::from_secs(second.into());
            for number in 0..1_000 {
                let _ = clicks.admit(address(second * 1_000 + number), now);
            }
            most = most.max(clicks.entries());
        }
        assert!(most <= SWEEP, "{most}");
    }

    #[test]
    fn a_clock_that_steps_back_refuses_and_never_breaks() {
        let clicks = Clicks::default();
        let now = Instant::now() + Duration::from_secs(100);
        assert_eq!(taken(&clicks, 1, now, 10), 10);
        assert!(
            clicks
                .admit(address(1), now - Duration::from_secs(50))
                .is_err()
        );
    }
}
