//! What changes a provider: its declared fields, coverage, pause, and the record of who did it. Cells are written in one order by everybody, so that two declarations never deadlock.

use std::collections::BTreeSet;

use chassis::db::{StoreError, Tx};
use chassis::on;
use chrono::{DateTime, Utc};
use sqlx::types::Json;

use super::rows::{Serves, Week};
use crate::domain::ids::{Category, City, ProviderId};
use crate::domain::provider::Declared;
use crate::domain::terms::Terms;

/// What is written beside the declared fields.
pub struct Stamp<'a> {
    pub content_hash: &'a str,
    /// Nothing leaves what the catalogue last wrote as it is.
    pub catalog_hash: Option<&'a str>,
    pub now: DateTime<Utc>,
}

/// Inserts the provider's row; false when another declaration was first.
///
/// No index is named: the row stands in two unique ones, and PostgreSQL raises an error for the
/// one that is not named when two declarations come at the same moment.
pub async fn insert(tx: &mut Tx, new: &Declared, stamp: &Stamp<'_>) -> Result<bool, StoreError> {
    const TEXT: &str = "INSERT INTO provider (provider_id, country, name, language, serves,
             priority, capacity, slot_limit, max_per_day, time_zone, hours, address,
             flat_amount_minor, flat_currency, percent_hundredths, content_hash, catalog_hash,
             create_time, change_time)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $17)
         ON CONFLICT DO NOTHING";
    let (amount, currency, share) = terms(&new.terms);
    let inserted = on!(tx, c => sqlx::query(TEXT)
        .bind(new.provider_id.as_str()).bind(new.country.as_str()).bind(&new.name)
        .bind(new.language.as_str()).bind(Json(serves(new)))
        .bind(new.priority).bind(new.capacity).bind(new.max_per_day)
        .bind(new.hours.zone().name()).bind(Json(Week::of(&new.hours))).bind(&new.address)
        .bind(amount).bind(currency).bind(share)
        .bind(stamp.content_hash).bind(stamp.catalog_hash).bind(stamp.now)
        .execute(c).await?.rows_affected());
    Ok(inserted == 1)
}

/// Writes the declared fields over a row that the caller holds. A capacity below what is held is
/// accepted: the enforced limit then follows as slots free (I5).
pub async fn update(tx: &mut Tx, new: &Declared, stamp: &Stamp<'_>) -> Result<(), StoreError> {
    const TEXT: &str = "UPDATE provider
            SET name = $2, language = $3, serves = $4, priority = $5, capacity = $6,
                slot_limit = CASE WHEN held > $6 THEN held ELSE $6 END,
                max_per_day = $7, time_zone = $8, hours = $9, address = $10,
                flat_amount_minor = $11, flat_currency = $12, percent_hundredths = $13,
                content_hash = $14, catalog_hash = COALESCE($15, catalog_hash),
                change_time = $16, version = version + 1
          WHERE provider_id = $1";
    let (amount, currency, share) = terms(&new.terms);
    on!(tx, c => sqlx::query(TEXT)
        .bind(new.provider_id.as_str()).bind(&new.name)
        .bind(new.language.as_str()).bind(Json(serves(new)))
        .bind(new.priority).bind(new.capacity).bind(new.max_per_day)
        .bind(new.hours.zone().name()).bind(Json(Week::of(&new.hours))).bind(&new.address)
        .bind(amount).bind(currency).bind(share)
        .bind(stamp.content_hash).bind(stamp.catalog_hash).bind(stamp.now)
        .execute(c).await?.rows_affected());
    Ok(())
}

/// The catalogue now says what stands already.
pub async fn adopt(tx: &mut Tx, id: &ProviderId, hash: &str) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query("UPDATE provider SET catalog_hash = $2 WHERE provider_id = $1")
        .bind(id.as_str()).bind(hash).execute(c).await?.rows_affected());
    Ok(())
}

fn serves(new: &Declared) -> Serves {
    Serves {
        categories: new.categories.iter().map(ToString::to_string).collect(),
        cities: new.cities.iter().map(ToString::to_string).collect(),
    }
}

fn terms(terms: &Terms) -> (Option<i64>, Option<String>, Option<i32>) {
    match terms {
        Terms::Flat {
            amount_minor,
            currency,
        } => (Some(*amount_minor), Some(currency.to_string()), None),
        Terms::Percent { hundredths } => (None, None, Some(*hundredths)),
    }
}

fn cells(of: &Declared) -> BTreeSet<(&Category, &City)> {
    let categories = of.categories.iter();
    categories
        .flat_map(|category| of.cities.iter().map(move |city| (category, city)))
        .collect()
}

/// Brings the coverage rows to what is declared. Rows that fell away stay, inactive.
pub async fn cover(
    tx: &mut Tx,
    before: Option<&Declared>,
    new: &Declared,
) -> Result<(), StoreError> {
    let wanted = cells(new);
    let had = before.map(cells).unwrap_or_default();
    for (category, city) in wanted.symmetric_difference(&had) {
        let active = wanted.contains(&(*category, *city));
        on!(tx, c => sqlx::query(
            "INSERT INTO coverage (provider_id, country, category, city, active)
             VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (provider_id, country, category, city)
             DO UPDATE SET active = excluded.active")
            .bind(new.provider_id.as_str()).bind(new.country.as_str())
            .bind(category.as_str()).bind(city.as_str()).bind(active)
            .execute(c).await?.rows_affected());
    }
    Ok(())
}

/// Pauses or resumes a row that the caller holds.
pub async fn set_pause(
    tx: &mut Tx,
    id: &ProviderId,
    actor: Option<&str>,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(
        "UPDATE provider SET paused = $2, pause_actor = $3, change_time = $4, version = version + 1
          WHERE provider_id = $1")
        .bind(id.as_str()).bind(actor.is_some()).bind(actor).bind(now)
        .execute(c).await?.rows_affected());
    Ok(())
}

/// Records who changed the row to its present version.
pub async fn record(
    tx: &mut Tx,
    id: &ProviderId,
    kind: &str,
    actor: &str,
    cause: &str,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(
        "INSERT INTO provider_change (provider_id, version, kind, actor, cause, change_time)
         SELECT provider_id, version, $2, $3, $4, $5 FROM provider WHERE provider_id = $1")
        .bind(id.as_str()).bind(kind).bind(actor).bind(cause).bind(now)
        .execute(c).await?.rows_affected());
    Ok(())
}
