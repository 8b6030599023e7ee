//! Providers as read: one, a page, and one under lock for whoever changes it.

use chassis::db::{StoreError, Tx};
use chassis::on;

use super::channels::{self, ChannelRow};
use super::rows::ProviderRow;
use crate::domain::channel::AddressKey;
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
    let channels = channels::declared(tx, id).await?;
    Ok(Some(row.into_provider(channels)?))
}

/// Which providers a list holds.
#[derive(Debug, Default)]
pub struct Filter {
    pub country: Option<Country>,
    /// Those who have this address, or had it.
    pub contact: Option<AddressKey>,
}

/// Providers by id after `after`.
pub async fn page(
    tx: &mut Tx,
    filter: &Filter,
    after: &str,
    limit: i64,
) -> Result<Vec<Provider>, StoreError> {
    macro_rules! page {
        ($filter:literal) => {
            concat!(
                "SELECT ",
                provider_columns!(),
                " FROM provider WHERE provider_id > $1",
                $filter,
                " ORDER BY provider_id LIMIT $2"
            )
        };
    }
    const OF_ALL: &str = page!("");
    const OF_COUNTRY: &str = page!(" AND country = $3");
    const OF_CONTACT: &str = page!(
        " AND provider_id IN (SELECT provider_id FROM channel WHERE address_key = $4)
          AND (country = $3 OR $3 = '')"
    );
    let country = filter.country.as_ref().map_or("", Country::as_str);
    let rows: Vec<ProviderRow> = match (&filter.contact, country) {
        (None, "") => on!(tx, c => sqlx::query_as(OF_ALL)
            .bind(after).bind(limit).fetch_all(c).await?),
        (None, country) => on!(tx, c => sqlx::query_as(OF_COUNTRY)
            .bind(after).bind(limit).bind(country).fetch_all(c).await?),
        (Some(contact), country) => on!(tx, c => sqlx::query_as(OF_CONTACT)
            .bind(after).bind(limit).bind(country).bind(contact.as_str()).fetch_all(c).await?),
    };
    let (Some(first), Some(last)) = (rows.first(), rows.last()) else {
        return Ok(Vec::new());
    };
    let ends = (first.provider_id.as_str(), last.provider_id.as_str());
    let mut channels: Vec<ChannelRow> = match &filter.contact {
        Some(contact) => channels::rows_of_contact(tx, ends, contact).await?,
        None => channels::rows_between(tx, ends, country).await?,
    };
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
