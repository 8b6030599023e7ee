//! Notices to the provider of an offer after the offer itself, and taking them all back.

use chassis::client;
use chrono::{DateTime, Utc};
use contracts::notification::v1 as wire;
use wire::notify_request::Notice;

use super::facts::Told;
use super::notification::Notifications;
use super::{CallFailed, keys, timestamp};
use crate::domain::attempt::ReleaseCause;
use crate::domain::knowledge::Knowledge;
use crate::domain::lead::Lead;

impl Notifications {
    /// The provider is reminded, once, of an offer that it may answer until `until`.
    pub async fn reminder(
        &self,
        lead: &Lead,
        offer: Told<'_>,
        until: DateTime<Utc>,
        known: &Knowledge,
    ) -> Result<(), CallFailed> {
        let notice = Notice::OfferReminder(wire::OfferReminder {
            lead: Some(self.facts(lead, known)),
            provider: Some(self.provider(lead, offer)),
            answer_by_time: Some(timestamp(until)),
        });
        let key = keys::reminder(lead);
        // The deadline is the database's: this process's own clock may lie (I18).
        self.notify(key, Some(until), notice).await.map(|_| ())
    }

    /// The provider is told that its offer is over.
    pub async fn released(
        &self,
        lead: &Lead,
        offer: Told<'_>,
        cause: ReleaseCause,
        known: &Knowledge,
    ) -> Result<(), CallFailed> {
        let cause = match cause {
            ReleaseCause::Silent => wire::ReleaseCause::Silent,
            ReleaseCause::Declined => wire::ReleaseCause::Declined,
            ReleaseCause::Undeliverable => wire::ReleaseCause::Undeliverable,
            ReleaseCause::Operator => wire::ReleaseCause::Operator,
            ReleaseCause::Cancelled => wire::ReleaseCause::Cancelled,
        };
        let notice = Notice::LeadReleased(wire::LeadReleased {
            lead: Some(self.facts(lead, known)),
            provider: Some(self.provider(lead, offer)),
            cause: cause.into(),
        });
        self.notify(keys::released(lead), None, notice)
            .await
            .map(|_| ())
    }

    /// The provider has the lead, and gets what it needs to go (R49).
    pub async fn confirmed(
        &self,
        lead: &Lead,
        offer: Told<'_>,
        known: &Knowledge,
    ) -> Result<(), CallFailed> {
        let notice = Notice::LeadConfirmed(wire::LeadConfirmed {
            lead: Some(self.facts(lead, known)),
            provider: Some(self.provider(lead, offer)),
        });
        self.notify(keys::confirmed(lead), None, notice)
            .await
            .map(|_| ())
    }

    /// The provider is asked, once, what came of the lead.
    pub async fn result_reminder(
        &self,
        lead: &Lead,
        offer: Told<'_>,
        known: &Knowledge,
    ) -> Result<(), CallFailed> {
        let notice = Notice::ResultReminder(wire::ResultReminder {
            lead: Some(self.facts(lead, known)),
            provider: Some(self.provider(lead, offer)),
        });
        self.notify(keys::result(lead), None, notice)
            .await
            .map(|_| ())
    }

    /// Takes back whatever of the lead's attempt is not yet sent, and closes the keys of what was
    /// never planned (D8). Answers how many a worker is sending right now: ask again until none is.
    pub async fn cancel(&self, lead: &Lead) -> Result<i32, CallFailed> {
        let mut in_flight = 0;
        for message_key in keys::taken_back(lead) {
            let request = wire::CancelDeliveriesRequest {
                message_key,
                recipient: wire::RecipientKind::Unspecified.into(),
            };
            let mut client = self.client.clone();
            let call = Box::pin(client.cancel_deliveries(request));
            let answer = client::with_timeout(self.limit, call).await;
            let answer = answer.map_err(|status| CallFailed::new("CancelDeliveries", &status))?;
            in_flight += answer.into_inner().in_flight;
        }
        Ok(in_flight)
    }
}
