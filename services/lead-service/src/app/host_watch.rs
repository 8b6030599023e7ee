//! A host that slept is an alarm for the operator (R71), whichever process of it noticed.

use std::sync::Arc;

use chassis::fault;
use chassis::host::{self, Slept};
use chassis::run::Sleeps;

use super::Leads;
use crate::store::alarms::Alarm;

/// Runs until the process stops.
pub async fn run(app: Arc<Leads>, mut sleeps: Sleeps) {
    let life = app.life.clone();
    loop {
        let slept = tokio::select! {
            slept = sleeps.next() => slept,
            () = life.stopping() => None,
        };
        let Some(slept) = slept else { return };
        if let Err(error) = app.raise_alarm(alarm(&slept)).await {
            tracing::error!(causes = %fault::causes(&error), "HOST_SLEPT could not be stored");
        }
    }
}

/// The same for everybody who noticed the same sleep in the same process, so it is mailed once.
fn alarm(slept: &Slept) -> Alarm {
    Alarm {
        kind: host::ALARM.to_owned(),
        subject: slept.process.to_owned(),
        slot: slept.slot(),
        text: slept.advice(),
    }
}
