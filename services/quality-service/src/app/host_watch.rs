//! A host that slept is an alarm for the operator, whom lead-service mails (R71).

use std::time::Duration;

use chassis::host;
use chassis::run::Life;

use crate::outbound::{Alarm, Leads};

const TRIES: u32 = 10;
const PAUSE: Duration = Duration::from_secs(3);

/// Runs until the process stops.
pub(crate) async fn run(leads: Leads, life: Life) {
    let mut sleeps = life.sleeps();
    loop {
        let slept = tokio::select! {
            slept = sleeps.next() => slept,
            () = life.stopping() => None,
        };
        let Some(slept) = slept else { return };
        let (text, slot) = (slept.advice(), slept.slot());
        for attempt in 1..=TRIES {
            let alarm = Alarm {
                kind: host::ALARM,
                subject: slept.process,
                text: &text,
                slot: &slot,
            };
            let Err(failed) = leads.raise_alarm(alarm).await else {
                break;
            };
            tracing::warn!(attempt, %failed, "HOST_SLEPT could not be told");
            metrics::counter!("alarms_failed_total", "kind" => host::ALARM).increment(1);
            tokio::select! {
                () = tokio::time::sleep(PAUSE * attempt) => {}
                () = life.stopping() => return,
            }
        }
    }
}
