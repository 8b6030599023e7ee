//! How long to wait before the next try: doubling from a base, capped so that the queue drains
//! soon after a carrier heals, and jittered so that the tries of many do not fall together.

use std::time::Duration;

/// The limits of waiting.
#[derive(Clone, Copy, Debug)]
pub struct Backoff {
    pub base: Duration,
    pub cap: Duration,
}

impl Backoff {
    /// The wait after the `tries`-th failure. `chance` lies in [0, 1) and adds up to half.
    #[must_use]
    pub fn after(self, tries: i64, chance: f64) -> Duration {
        let doublings = u32::try_from(tries.clamp(1, 20) - 1).unwrap_or(0);
        let plain = self.base.saturating_mul(1_u32 << doublings).min(self.cap);
        plain.mul_f64(1.0 + chance.clamp(0.0, 1.0) / 2.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_the_cap_and_spread_by_half() {
        let backoff = Backoff {
            base: Duration::from_secs(1),
            cap: Duration::from_secs(30),
        };
        assert_eq!(backoff.after(1, 0.0), Duration::from_secs(1));
        assert_eq!(backoff.after(4, 0.0), Duration::from_secs(8));
        assert_eq!(backoff.after(9, 0.0), Duration::from_secs(30));
        assert_eq!(backoff.after(1_000_000, 1.0), Duration::from_secs(45));
    }
}
