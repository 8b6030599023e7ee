//! QuarantineChannel: an operator takes a channel out of use until it is proven (B4).

use chassis::{clock, db};

use super::pause_provider::Reason;
use super::standing::{By, change};
use super::{Error, Roster};
use crate::domain::channel::Kind;
use crate::domain::ids::ProviderId;
use crate::domain::standing::Sign;
use crate::store::providers;

impl Roster {
    /// True when the channel was not out of use for a fault before.
    pub async fn quarantine_channel(
        &self,
        id: ProviderId,
        kind: Kind,
        reason: Reason,
    ) -> Result<bool, Error> {
        let db = self.db.clone();
        db::unit(async move {
            let mut tx = db.begin().await?;
            let provider = providers::find_locked(&mut tx, &id).await?;
            let provider = provider.ok_or(Error::UnknownProvider)?;
            let channel = provider.channel(kind).ok_or(Error::UnknownChannel)?;
            let Reason { actor, cause } = reason;
            let now = clock::now();
            // What was declared by a clock ahead of ours is still what stands.
            let at = now.max(channel.standing.declared_time);
            let next = channel.standing.weigh(Sign::Withdrawn, at, &actor, now);
            let Some(next) = next else { return Ok(false) };
            let by = By {
                actor: &actor,
                cause: &cause,
            };
            change(&mut tx, &provider, channel, next, &by, now).await?;
            tx.commit().await?;
            Ok(true)
        })
        .await
    }
}
