//! PauseProvider and ResumeProvider: out of matching and back. What the provider holds stays with
//! it. A repeat changes nothing.

use chassis::{clock, db};

use super::{Change, Error, Roster, publish};
use crate::domain::ids::ProviderId;
use crate::store::{providers, writes};

/// Who does it and why, for the record.
#[derive(Debug, Clone)]
pub struct Reason {
    pub actor: String,
    pub cause: String,
}

impl Roster {
    /// True when the provider was not paused before.
    pub async fn pause_provider(&self, id: ProviderId, reason: Reason) -> Result<bool, Error> {
        self.set_pause(id, reason, true).await
    }

    /// True when the provider was paused before.
    pub async fn resume_provider(&self, id: ProviderId, reason: Reason) -> Result<bool, Error> {
        self.set_pause(id, reason, false).await
    }

    async fn set_pause(&self, id: ProviderId, reason: Reason, pause: bool) -> Result<bool, Error> {
        let db = self.db.clone();
        db::unit(async move {
            let mut tx = db.begin().await?;
            let provider = providers::find_locked(&mut tx, &id).await?;
            let provider = provider.ok_or(Error::UnknownProvider)?;
            if provider.pause_actor.is_some() == pause {
                return Ok(false);
            }
            let Reason { actor, cause } = reason;
            let now = clock::now();
            let (kind, change, by) = if pause {
                ("paused", Change::Paused, Some(actor.as_str()))
            } else {
                ("resumed", Change::Resumed, None)
            };
            writes::set_pause(&mut tx, &id, by, now).await?;
            writes::record(&mut tx, &id, kind, &actor, &cause, now).await?;
            publish(&mut tx, change, &id, &provider.declared.country).await?;
            tx.commit().await?;
            Ok(true)
        })
        .await
    }
}
