//! RecordReply: an inbound message, stored once and copied to the operator (R51), redacted where it
//! is or may be about a health-related lead (D10).

use std::sync::Arc;

use chassis::db::{self, Tx};
use uuid::Uuid;

use super::error::Failure;
use super::{Leads, prove};
use crate::domain::need::clean;
use crate::store::leads;
use crate::store::replies::{self, Reply};

impl Leads {
    /// False for a repeat.
    pub async fn record_reply(self: &Arc<Self>, mut reply: Reply) -> Result<bool, Failure> {
        reply.body = clean(&reply.body);
        reply.button_payload = clean(&reply.button_payload);
        let this = Arc::clone(self);
        db::unit(async move {
            let mut tx = this.db.begin().await?;
            let lead = probable_lead(&mut tx, &reply).await?;
            let stored = replies::insert(&mut tx, &reply, lead).await?;
            tx.wake_after_commit(&this.wake);
            tx.commit().await?;
            Ok(stored)
        })
        .await
    }

    /// Copies a stored message to the operator.
    pub(super) async fn copy_reply(&self, reply: &replies::Due) -> Result<(), Failure> {
        let known = self.knowledge().await?;
        let sender = prove::e164(&reply.sender).unwrap_or_default();
        let mut tx = self.db.read().await?;
        let categories = replies::categories(&mut tx, reply.lead_id, &sender).await?;
        drop(tx);
        let health = categories
            .iter()
            .any(|id| known.category(id).is_some_and(|category| category.health));
        Ok(self.notifications.reply(reply, health).await?)
    }
}

/// The lead that a button names, or the one open lead of the sender.
async fn probable_lead(tx: &mut Tx, reply: &Reply) -> Result<Option<Uuid>, Failure> {
    let mut parts = reply
        .button_payload
        .split(|c: char| !c.is_ascii_hexdigit() && c != '-');
    if let Some(named) = parts.find_map(|part| Uuid::try_parse(part).ok())
        && leads::find(tx, named).await?.is_some()
    {
        return Ok(Some(named));
    }
    let sender = prove::e164(&reply.sender).unwrap_or_default();
    if sender.is_empty() {
        return Ok(None);
    }
    match leads::open_of_phone(tx, &sender).await?[..] {
        [one] => Ok(Some(one)),
        _ => Ok(None),
    }
}
