//! A deadline is the moment at which the caller stops waiting.
//!
//! The server sets it from `grpc-timeout`, the client passes on what remains of it, and work asks
//! `remaining` before it starts something that needs time (I14).

use std::future::Future;
use std::time::{Duration, Instant};

use crate::context;

/// The time limit of a unit of work was reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the deadline passed")]
pub struct Passed;

/// What is left until the caller stops waiting; `None` when nobody set a limit.
#[must_use]
pub fn remaining() -> Option<Duration> {
    context::current()
        .deadline
        .map(|at| at.saturating_duration_since(Instant::now()))
}

/// Runs `future` for at most `limit`, or less when the caller's own deadline is nearer.
///
/// Calls made inside carry the shorter deadline. The future is dropped when the time is over, so
/// database work belongs into `db::unit`.
pub async fn within<F: Future>(limit: Duration, future: F) -> Result<F::Output, Passed> {
    let at = nearer(limit);
    let mut inner = context::current();
    inner.deadline = Some(at);
    tokio::time::timeout_at(at.into(), context::scope(inner, future))
        .await
        .map_err(|_| Passed)
}

/// Runs `future` with a deadline for the calls made inside, without ending the future itself.
pub async fn passing_on<F: Future>(limit: Duration, future: F) -> F::Output {
    let mut inner = context::current();
    inner.deadline = Some(nearer(limit));
    context::scope(inner, future).await
}

/// Runs `future` without the caller's deadline: for work that goes on after the answer.
pub async fn without<F: Future>(future: F) -> F::Output {
    let mut inner = context::current();
    inner.deadline = None;
    context::scope(inner, future).await
}

fn nearer(limit: Duration) -> Instant {
    let mine = Instant::now() + limit;
    context::current()
        .deadline
        .map_or(mine, |outer| outer.min(mine))
}

/// The duration that a `grpc-timeout` value names; `None` when it is malformed.
///
/// The gRPC wire format allows one to eight digits and a unit.
#[must_use]
pub(crate) fn parse_grpc_timeout(value: &str) -> Option<Duration> {
    let unit = value.chars().next_back()?;
    let digits = value.strip_suffix(unit)?;
    if digits.is_empty() || digits.len() > 8 || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let amount: u64 = digits.parse().ok()?;
    Some(match unit {
        'H' => Duration::from_secs(amount * 3600),
        'M' => Duration::from_secs(amount * 60),
        'S' => Duration::from_secs(amount),
        'm' => Duration::from_millis(amount),
        'u' => Duration::from_micros(amount),
        'n' => Duration::from_nanos(amount),
        _ => return None,
    })
}

/// Writes `left` as a `grpc-timeout` value, rounded down so that a hop never gains time.
#[must_use]
pub(crate) fn format_grpc_timeout(left: Duration) -> String {
    let micros = left.as_micros();
    if micros < 100_000_000 {
        format!("{micros}u")
    } else {
        let millis = left.as_millis();
        if millis < 100_000_000 {
            format!("{millis}m")
        } else {
            "99999999S".to_owned()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_timeout_survives_the_wire_and_never_grows() {
        for micros in [
            0u64,
            1,
            999,
            1_000_000,
            99_999_999,
            100_000_001,
            3_600_000_000,
        ] {
            let before = Duration::from_micros(micros);
            let after = parse_grpc_timeout(&format_grpc_timeout(before)).unwrap();
            assert!(after <= before && before - after < Duration::from_millis(1));
        }
    }

    #[test]
    fn malformed_timeouts_are_none() {
        for bad in [
            "",
            "S",
            "5",
            "5s",
            "-1S",
            "+1S",
            "123456789S",
            "1.5S",
            "５S",
            " 5S",
            "5é",
        ] {
            assert_eq!(parse_grpc_timeout(bad), None, "{bad}");
        }
    }
}
