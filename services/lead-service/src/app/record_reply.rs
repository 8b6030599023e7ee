//! RecordReply: an inbound message, stored once, understood, and copied to the operator (R51),
//! redacted where it is or may be about a health-related lead (D10).

use std::sync::Arc;

use chassis::db::{self, Tx};
use uuid::Uuid;

use super::error::Failure;
use super::{Leads, prove, worker};
use crate::domain::need::clean;
use crate::store::leads;
use crate::store::replies::{self, Reply};

/// What is known of a message when its carrier is answered.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Recorded {
    /// False for a repeat.
    pub stored: bool,
    /// Empty while it is not yet understood.
    pub understood_as: String,
    pub lead_id: Option<Uuid>,
}

impl Leads {
    /// Stored first; then whoever stored it goes on with it, and the caller waits for as long as
    /// for a dispatch. What does not end by then, or crashes, is taken up by the worker.
    pub async fn record_reply(self: &Arc<Self>, mut reply: Reply) -> Result<Recorded, Failure> {
        reply.body = clean(&reply.body);
        reply.button_payload = clean(&reply.button_payload);
        let sid = reply.message_sid.clone();
        let this = Arc::clone(self);
        let stored = db::unit(async move {
            let mut tx = this.db.begin().await?;
            let lead = probable_lead(&mut tx, &reply).await?;
            let lease = this.settings.lease;
            let stored = replies::insert(&mut tx, &reply, lead, lease).await?;
            tx.commit().await?;
            Ok::<_, Failure>(stored)
        })
        .await?;
        if stored && let Some(due) = self.reply(&sid).await? {
            let this = Arc::clone(self);
            let under_way = self.life.spawn(async move {
                worker::take_up(this, due).await;
            });
            let _ = tokio::time::timeout(self.settings.budget, under_way).await;
        }
        let found = self.reply(&sid).await?;
        Ok(found.map_or_else(Recorded::default, |found| Recorded {
            stored,
            understood_as: found.understood_as.unwrap_or_default(),
            lead_id: found.lead_id,
        }))
    }

    async fn reply(&self, message_sid: &str) -> Result<Option<replies::Due>, Failure> {
        let mut tx = self.db.read().await?;
        Ok(replies::find(&mut tx, message_sid).await?)
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
