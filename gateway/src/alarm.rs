//! Telling the operator that a service behind the gateway failed a caller.
//!
//! The caller never waits for it. Alarms under way are bounded, and lead-service mails the same
//! kind once for each quarter of an hour, so a flood of calls makes one mail.

use std::sync::Arc;
use std::time::Duration;

use chassis::run::Life;
use chassis::{clock, host};
use contracts::lead::v1::RaiseAlarmRequest;
use tokio::sync::Semaphore;

use crate::clients::{self, Clients};

const AT_ONCE: usize = 16;
const LIMIT: Duration = Duration::from_secs(5);
const TRIES: u32 = 4;
const SLOT_S: i64 = 15 * 60;

/// Raises alarms in the background.
#[derive(Clone)]
pub struct Alarms {
    clients: Clients,
    life: Life,
    free: Arc<Semaphore>,
}

impl Alarms {
    #[must_use]
    pub fn new(clients: Clients, life: Life) -> Self {
        Self {
            clients,
            life,
            free: Arc::new(Semaphore::new(AT_ONCE)),
        }
    }

    /// Starts telling the operator and returns at once. `text` holds no personal data.
    pub fn raise(&self, kind: &'static str, subject: &'static str, text: &'static str) {
        let slot = (clock::now().timestamp() / SLOT_S).to_string();
        self.raise_in(slot, kind, subject, text.to_owned());
    }

    fn raise_in(&self, slot: String, kind: &'static str, subject: &'static str, text: String) {
        let Ok(permit) = Arc::clone(&self.free).try_acquire_owned() else {
            metrics::counter!("alarms_dropped_total", "kind" => kind).increment(1);
            return;
        };
        let request = RaiseAlarmRequest {
            kind: kind.to_owned(),
            subject: subject.to_owned(),
            text,
            slot,
        };
        let (clients, life) = (self.clients.clone(), self.life.clone());
        self.life.spawn(async move {
            for attempt in 1..=TRIES {
                let mut leads = clients.leads.clone();
                let raised = clients::within(LIMIT, leads.raise_alarm(request.clone())).await;
                let Err(problem) = raised else { break };
                let reason = problem.reason.into_owned();
                tracing::warn!(kind, attempt, reason, "the operator could not be told");
                metrics::counter!("alarms_failed_total", "kind" => kind).increment(1);
                tokio::select! {
                    () = tokio::time::sleep(Duration::from_secs(1) * attempt) => {}
                    () = life.stopping() => break,
                }
            }
            drop(permit);
        });
    }
}

/// A host that slept is an alarm (R71). Runs until `life` stops.
pub(crate) async fn watch_host(alarms: Alarms, life: Life) {
    let mut sleeps = life.sleeps();
    loop {
        let slept = tokio::select! {
            slept = sleeps.next() => slept,
            () = life.stopping() => None,
        };
        let Some(slept) = slept else { return };
        alarms.raise_in(slept.slot(), host::ALARM, slept.process, slept.advice());
    }
}
