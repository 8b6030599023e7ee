//! The neighbours' Erase, each in its own words on the wire.

use chassis::client::{self, Channel};
use contracts::notification::v1 as notification;
use contracts::notification::v1::notification_service_client::NotificationServiceClient;
use contracts::roster::v1 as roster;
use contracts::roster::v1::roster_service_client::RosterServiceClient;
use contracts::{lead::v1 as lead, telephony::v1 as telephony};

use super::{Failed, Leads, Telephony};
use crate::domain::erasure::{Erased, Erasure, Hooks};

/// notification-service; clones share the connection.
#[derive(Clone)]
pub(crate) struct Notification(pub(super) NotificationServiceClient<Channel>);

/// roster-service; clones share the connection.
#[derive(Clone)]
pub(crate) struct Roster(pub(super) RosterServiceClient<Channel>);

fn line(store: String, count: i64, kept: String, due: bool) -> Erased {
    Erased {
        store,
        count,
        kept,
        due,
        failure: String::new(),
    }
}

impl Telephony {
    pub(crate) async fn erase(
        &self,
        erasure: &Erasure,
        hooks: &Hooks,
    ) -> Result<Vec<Erased>, Failed> {
        let request = telephony::EraseRequest {
            phone_e164: erasure.phone.as_str().to_owned(),
            actor: erasure.actor.clone(),
            dry_run: erasure.dry_run,
            conversation_ids: hooks.conversation_ids.clone(),
            call_sids: hooks.call_sids.clone(),
        };
        let answer = self.0.clone().erase(request).await;
        let answer = answer.map_err(|status| Failed::new("telephony Erase", status))?;
        let stores = answer.into_inner().stores.into_iter();
        Ok(stores
            .map(|done| line(done.store, done.count, done.kept, done.due))
            .collect())
    }
}

impl Notification {
    pub(crate) fn new(url: &str) -> anyhow::Result<Self> {
        Ok(Self(NotificationServiceClient::new(client::channel(url)?)))
    }

    pub(crate) async fn erase(
        &self,
        erasure: &Erasure,
        hooks: &Hooks,
    ) -> Result<Vec<Erased>, Failed> {
        let request = notification::EraseRequest {
            phone_e164: erasure.phone.as_str().to_owned(),
            actor: erasure.actor.clone(),
            dry_run: erasure.dry_run,
            lead_ids: hooks.lead_ids.clone(),
        };
        let answer = self.0.clone().erase(request).await;
        let answer = answer.map_err(|status| Failed::new("notification Erase", status))?;
        let stores = answer.into_inner().stores.into_iter();
        Ok(stores
            .map(|done| line(done.store, done.count, done.kept, done.due))
            .collect())
    }
}

impl Roster {
    pub(crate) fn new(url: &str) -> anyhow::Result<Self> {
        Ok(Self(RosterServiceClient::new(client::channel(url)?)))
    }

    pub(crate) async fn erase(&self, erasure: &Erasure) -> Result<Vec<Erased>, Failed> {
        let request = roster::EraseRequest {
            phone_e164: erasure.phone.as_str().to_owned(),
            actor: erasure.actor.clone(),
            dry_run: erasure.dry_run,
        };
        let answer = self.0.clone().erase(request).await;
        let answer = answer.map_err(|status| Failed::new("roster Erase", status))?;
        let stores = answer.into_inner().stores.into_iter();
        Ok(stores
            .map(|done| line(done.store, done.count, done.kept, done.due))
            .collect())
    }
}

impl Leads {
    /// What was erased, or with `dry_run` would be, and what hangs on it elsewhere.
    pub(crate) async fn erase(
        &self,
        erasure: &Erasure,
        dry_run: bool,
    ) -> Result<(Vec<Erased>, Hooks), Failed> {
        let request = lead::EraseRequest {
            phone_e164: erasure.phone.as_str().to_owned(),
            actor: erasure.actor.clone(),
            dry_run,
        };
        let answer = self.0.clone().erase(request).await;
        let answer = answer.map_err(|status| Failed::new("lead Erase", status))?;
        let lead::EraseResponse {
            stores,
            lead_ids,
            conversation_ids,
            call_sids,
        } = answer.into_inner();
        let hooks = Hooks {
            lead_ids,
            conversation_ids,
            call_sids,
        };
        let erased = stores
            .into_iter()
            .map(|done| line(done.store, done.count, String::new(), false))
            .collect();
        Ok((erased, hooks))
    }
}
