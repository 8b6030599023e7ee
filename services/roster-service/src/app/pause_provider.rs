//! PauseProvider and ResumeProvider: out of matching and back. What the provider holds stays with
//! it. A repeat changes nothing, but a person's pause takes the place of the catalogue's.

use chassis::{clock, db};

use super::{Change, Error, Roster, publish};
use crate::domain::ids::ProviderId;
use crate::domain::provenance::yields_pause;
use crate::store::{providers, writes};

/// Who does it and why, for the record.
#[derive(Debug, Clone)]
pub struct Reason {
    pub actor: String,
    pub cause: String,
}

impl Roster {
    /// True when the provider was not paused before, or only by the catalogue.
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
            let Reason { actor, cause } = reason;
            let stands = match (&provider.pause_actor, pause) {
                (Some(standing), true) => !yields_pause(standing, &actor),
                (standing, _) => standing.is_some() == pause,
            };
            if stands {
                return Ok(false);
            }
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
