//! Writing how a channel stands: the row, the record of it, and, where the channel starts or stops to
//! serve, the word to followers, all in the transaction of the cause.

use chassis::db::{StoreError, Tx};
use chrono::{DateTime, Utc};

use super::{Change, publish};
use crate::domain::channel::Channel;
use crate::domain::provider::Provider;
use crate::domain::standing::Standing;
use crate::store::channels;
use crate::store::evidence::Changed;

/// Who changes a channel, and why.
pub(super) struct By<'a> {
    pub actor: &'a str,
    pub cause: &'a str,
}

/// Writes `next` over the channel of a provider that the caller holds. The answer names the change
/// where the health is news.
pub(super) async fn change(
    tx: &mut Tx,
    provider: &Provider,
    before: &Channel,
    next: Standing,
    by: &By<'_>,
    now: DateTime<Utc>,
) -> Result<Option<Changed>, StoreError> {
    let id = &provider.declared.provider_id;
    channels::write(tx, id, &before.contact, &next).await?;
    let fault_moved = next.faulty != before.standing.faulty;
    let news = next.is_news_after(&before.standing);
    let after = Channel {
        contact: before.contact.clone(),
        standing: next,
    };
    if news || fault_moved {
        channels::record(tx, id, &after, by.actor, by.cause, now).await?;
    }
    let (had, has) = (before.standing.health, after.standing.health);
    if had.serves() != has.serves() {
        publish(tx, Change::Channel, id, &provider.declared.country).await?;
    }
    if !news {
        return Ok(None);
    }
    Ok(Some(Changed {
        provider_id: id.clone(),
        kind: after.contact.kind,
        health: has,
        serving: channels::serving(tx, id).await?,
    }))
}
