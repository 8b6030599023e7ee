//! Reading leads and their event logs.

use chassis::db::Tx;
use uuid::Uuid;

use super::Leads;
use super::error::Failure;
use crate::domain::lead::Lead;
use crate::store::events::{self, Recorded};
use crate::store::leads::{self, Filter};

impl Leads {
    pub async fn get_lead(&self, id: Uuid) -> Result<Lead, Failure> {
        let mut tx = self.db.read().await?;
        leads::find(&mut tx, id).await?.ok_or(Failure::UnknownLead)
    }

    /// One more than asked for tells whether another page follows.
    pub async fn list_leads(&self, filter: &Filter) -> Result<Vec<Lead>, Failure> {
        let mut tx = self.db.read().await?;
        Ok(leads::list(&mut tx, filter).await?)
    }

    pub async fn list_lead_events(
        &self,
        id: Uuid,
        after: i32,
        limit: i64,
    ) -> Result<Vec<Recorded>, Failure> {
        let mut tx: Tx = self.db.read().await?;
        leads::find(&mut tx, id)
            .await?
            .ok_or(Failure::UnknownLead)?;
        Ok(events::list(&mut tx, id, after, limit).await?)
    }
}
