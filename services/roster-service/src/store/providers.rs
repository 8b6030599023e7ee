//! Providers as read: one, a page, and one under lock for whoever changes it.

use chassis::db::{StoreError, Tx};
use chassis::on;

use super::rows::{ChannelRow, ProviderRow};
use crate::domain::ids::{Country, ProviderId};
use crate::domain::provider::Provider;

macro_rules! provider_columns {
    () => {
        "provider_id, country, name, language, serves, priority, capacity, held, max_per_day,
         time_zone, hours, address, flat_amount_minor, flat_currency, percent_hundredths,
         pause_actor, catalog_hash, last_assign_time, version"
    };
}

const FIND: &str = concat!(
    "SELECT ",
    provider_columns!(),
    " FROM provider WHERE provider_id = $1"
);
/// NO KEY UPDATE, so that nobody's foreign key check waits for it.
const FIND_LOCKED: &str = concat!(
    "SELECT ",
    provider_columns!(),
    " FROM provider WHERE provider_id = $1 FOR NO KEY UPDATE"
);

pub async fn find(tx: &mut Tx, id: &ProviderId) -> Result<Option<Provider>, StoreError> {
    read(tx, id, FIND).await
}

/// The provider, which nobody else changes before this transaction ends.
pub async fn find_locked(tx: &mut Tx, id: &ProviderId) -> Result<Option<Provider>, StoreError> {
    let text = if tx.is_postgres() { FIND_LOCKED } else { FIND };
    read(tx, id, text).await
}

async fn read(
    tx: &mut Tx,
    id: &ProviderId,
    text: &'static str,
) -> Result<Option<Provider>, StoreError> {
    let row: Option<ProviderRow> = on!(tx, c => sqlx::query_as(text)
        .bind(id.as_str()).fetch_optional(c).await?);
    let Some(row) = row else { return Ok(None) };
    let rows: Vec<ChannelRow> = on!(tx, c => sqlx::query_as(
        "SELECT provider_id, kind, address, health FROM channel
          WHERE provider_id = $1 AND declared")
        .bind(id.as_str()).fetch_all(c).await?);
    let channels = rows
        .into_iter()
        .map(ChannelRow::into_channel)
        .collect::<Result<_, _>>()?;
    Ok(Some(row.into_provider(channels)?))
}

/// Providers by id after `after`, of one country or of all.
pub async fn page(
    tx: &mut Tx,
    country: Option<&Country>,
    after: &str,
    limit: i64,
) -> Result<Vec<Provider>, StoreError> {
    const OF_ALL: &str = concat!(
        "SELECT ",
        provider_columns!(),
        " FROM provider WHERE provider_id > $1 ORDER BY provider_id LIMIT $2"
    );
    const OF_COUNTRY: &str = concat!(
        "SELECT ",
        provider_columns!(),
        " FROM provider WHERE country = $3 AND provider_id > $1 ORDER BY provider_id LIMIT $2"
    );
    let rows: Vec<ProviderRow> = match country {
        None => on!(tx, c => sqlx::query_as(OF_ALL).bind(after).bind(limit).fetch_all(c).await?),
        Some(country) => on!(tx, c => sqlx::query_as(OF_COUNTRY)
            .bind(after).bind(limit).bind(country.as_str()).fetch_all(c).await?),
    };
    let (Some(first), Some(last)) = (rows.first(), rows.last()) else {
        return Ok(Vec::new());
    };
    let (first, last) = (first.provider_id.clone(), last.provider_id.clone());
    const CHANNELS: &str = "SELECT c.provider_id, c.kind, c.address, c.health
           FROM channel c JOIN provider p ON p.provider_id = c.provider_id
          WHERE c.provider_id >= $1 AND c.provider_id <= $2 AND c.declared
            AND (p.country = $3 OR $3 = '')";
    let country = country.map_or("", Country::as_str);
    let mut channels: Vec<ChannelRow> = on!(tx, c => sqlx::query_as(CHANNELS)
        .bind(first).bind(last).bind(country).fetch_all(c).await?);
    let mut providers = Vec::with_capacity(rows.len());
    for row in rows {
        let (own, rest): (Vec<_>, Vec<_>) = channels
            .into_iter()
            .partition(|channel| channel.provider_id == row.provider_id);
        channels = rest;
        let own = own
            .into_iter()
            .map(ChannelRow::into_channel)
            .collect::<Result<_, _>>()?;
        providers.push(row.into_provider(own)?);
    }
    Ok(providers)
}
