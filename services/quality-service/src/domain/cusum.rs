//! A falling dispatch rate, found as early as few calls allow (B13): the one-sided cumulative sum of
//! log-likelihood ratios over an agent's real calls in order, "as good as before" against "a third
//! worse".
//!
//! A dispatched call takes ln(p1/p0) from the sum, one that was not adds ln((1-p1)/(1-p0)); the sum
//! never falls below zero, and an alarm is raised where it reaches the limit. With a limit of ln(n)
//! a false alarm comes at most every n calls in the mean (Lorden 1971), whatever the rate is, while
//! it is not below the baseline.
//!
//! Worked example, baseline 0.9, limit ln(400) = 5.99: a call that was not dispatched adds
//! ln(0.4/0.1) = 1.386, a dispatched one takes 0.405 away. Five failures in a row reach 6.93 and
//! alarm; four do not (5.55). At a true rate of 0.6 each call adds 0.31 in the mean, so that the
//! alarm comes after about twenty calls.

/// What an agent of ours is expected to dispatch before it has a history.
pub const DEFAULT_RATE: f64 = 0.9;
/// How many calls the default weighs beside the agent's own.
const PRIOR_CALLS: f64 = 10.0;
/// What the test looks for: this part of the baseline.
const WORSE: f64 = 2.0 / 3.0;
/// Calls in a row without a dispatch after which an agent is said to be silent (R68).
pub const SILENT_CALLS: usize = 3;

/// A test of a sequence of real calls: dispatched or not.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cusum {
    hit: f64,
    miss: f64,
    limit: f64,
}

/// Where and how a rate fell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Alarm {
    /// Index of the call that raised it.
    pub at: usize,
    /// The how manieth of the sequence, from 1; after each the sum begins anew.
    pub number: usize,
}

/// The rate that calls are held against: an agent's own history, shrunk to the default.
#[must_use]
pub fn baseline(history: &[bool]) -> f64 {
    let dispatched = history.iter().filter(|dispatched| **dispatched).count();
    let rate =
        (to_f64(dispatched) + DEFAULT_RATE * PRIOR_CALLS) / (to_f64(history.len()) + PRIOR_CALLS);
    // Beyond these one call would decide, or none could.
    rate.clamp(0.3, 0.97)
}

fn to_f64(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}

impl Cusum {
    /// Against `baseline`, with a false alarm at most every `calls` calls in the mean.
    #[must_use]
    pub fn against(baseline: f64, calls: u32) -> Self {
        let worse = baseline * WORSE;
        Self {
            hit: (worse / baseline).ln(),
            miss: ((1.0 - worse) / (1.0 - baseline)).ln(),
            limit: f64::from(calls.max(2)).ln(),
        }
    }

    /// Every alarm of the sequence.
    #[must_use]
    pub fn alarms(&self, calls: &[bool]) -> Vec<Alarm> {
        let mut sum = 0.0_f64;
        let mut found = Vec::new();
        for (at, dispatched) in calls.iter().enumerate() {
            let step = if *dispatched { self.hit } else { self.miss };
            sum = (sum + step).max(0.0);
            if sum >= self.limit {
                sum = 0.0;
                let number = found.len() + 1;
                found.push(Alarm { at, number });
            }
        }
        found
    }
}

/// Index of the first of the calls at the end of which none was dispatched, where they are enough to
/// say that the agent never fires its tool (R68).
#[must_use]
pub fn silent_since(calls: &[bool]) -> Option<usize> {
    let silent = calls
        .iter()
        .rev()
        .take_while(|dispatched| !**dispatched)
        .count();
    (silent >= SILENT_CALLS).then_some(calls.len() - silent)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A repeatable stream of calls at a rate.
    fn calls(rate: f64, count: usize, seed: u64) -> Vec<bool> {
        let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
        let mut next = || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            f64::from(u32::try_from(state >> 40).unwrap()) / f64::from(1_u32 << 24)
        };
        (0..count).map(|_| next() < rate).collect()
    }

    #[test]
    fn at_a_baseline_of_nine_in_ten_five_failures_in_a_row_alarm_and_four_do_not_b13() {
        let test = Cusum::against(0.9, 400);
        assert_eq!(test.alarms(&[false; 4]), []);
        assert_eq!(test.alarms(&[false; 5]), [Alarm { at: 4, number: 1 }]);
        // The rollback of a release asks for less: three.
        let quick = Cusum::against(0.9, 50);
        assert_eq!(quick.alarms(&[false; 2]), []);
        assert_eq!(quick.alarms(&[false; 3]), [Alarm { at: 2, number: 1 }]);
    }

    #[test]
    fn a_fall_to_six_in_ten_is_found_in_about_twenty_calls_b13() {
        let test = Cusum::against(0.9, 400);
        let delays: Vec<usize> = (1..=400)
            .map(|seed| test.alarms(&calls(0.6, 400, seed))[0].at + 1)
            .collect();
        let mean = to_f64(delays.iter().sum()) / 400.0;
        assert!((10.0..30.0).contains(&mean), "{mean}");
        let late = delays.iter().filter(|delay| **delay > 60).count();
        assert!(late <= 20, "{late} of 400 took more than 60 calls");
    }

    #[test]
    fn a_steady_rate_alarms_at_most_once_in_four_hundred_calls_b13() {
        let test = Cusum::against(0.9, 400);
        let alarms: usize = (1..=200)
            .map(|seed| test.alarms(&calls(0.9, 1_000, seed)).len())
            .sum();
        assert!(alarms <= 200 * 1_000 / 400, "{alarms} in 200,000 calls");
    }

    #[test]
    fn a_history_is_shrunk_to_the_default() {
        assert!((baseline(&[]) - DEFAULT_RATE).abs() < 1e-9);
        assert!(baseline(&[false; 2]) > 0.7, "two calls say little");
        assert!(baseline(&[false; 100]) < 0.35);
        assert!(baseline(&[true; 1_000]) <= 0.97);
    }

    #[test]
    fn three_calls_without_a_dispatch_are_silence_r68() {
        assert_eq!(silent_since(&[true, false, false]), None);
        assert_eq!(silent_since(&[true, false, false, false]), Some(1));
        assert_eq!(silent_since(&[false, false, true]), None);
        assert_eq!(silent_since(&[]), None);
    }

    proptest! {
        #[test]
        fn one_more_failure_never_silences_an_alarm(
            calls in proptest::collection::vec(any::<bool>(), 1..80), at in 0_usize..80, rate in 0.3..0.97,
        ) {
            let test = Cusum::against(rate, 400);
            let before = test.alarms(&calls).first().map(|alarm| alarm.at);
            let mut worse = calls.clone();
            let at = at % worse.len();
            worse[at] = false;
            let after = test.alarms(&worse).first().map(|alarm| alarm.at);
            if let Some(before) = before {
                prop_assert!(after.is_some_and(|after| after <= before));
            }
            prop_assert!(test.alarms(&vec![true; calls.len()]).is_empty());
        }
    }
}
