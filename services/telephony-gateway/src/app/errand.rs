//! An errand at a vendor: look first, then create. One replica at a time runs it, under a lease, so
//! that two never create or buy the same.

use std::time::{Duration, Instant};

use super::{Error, Telephony, lease};

/// What one replica at a time does at a vendor that has no idempotency key.
#[derive(Debug, Clone, Copy)]
pub(super) enum Errand {
    /// Tools, secrets, tests and agents at ElevenLabs.
    Agents,
    /// Numbers at Twilio.
    Numbers,
}

/// The longest that one may take, however often its lease is renewed.
const LIMIT: Duration = Duration::from_secs(80);
const PATIENCE: Duration = Duration::from_secs(8);

impl Errand {
    fn name(self) -> &'static str {
        match self {
            Self::Agents => "vendor writes",
            Self::Numbers => "number purchases",
        }
    }
}

/// Runs `work` while no other replica and no other task writes at the vendor.
pub(super) async fn alone<T>(
    telephony: &Telephony,
    errand: Errand,
    work: impl Future<Output = Result<T, Error>>,
) -> Result<T, Error> {
    let (db, name) = (&telephony.db, errand.name());
    let started = Instant::now();
    let held = loop {
        if let Some(held) = lease::take(db, name).await? {
            break held;
        }
        if started.elapsed() > PATIENCE {
            return Err(Error::Busy);
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    };
    let limited = tokio::time::timeout(LIMIT, work);
    let renew = lease::renewal(db, name, held);
    let outcome = lease::while_held(renew, limited).await;
    lease::give_back(db, name, held, Duration::ZERO, None).await?;
    match outcome {
        Some(Ok(outcome)) => outcome,
        Some(Err(_)) | None => Err(Error::Stopped),
    }
}
