//! Evidence as it was told, once for each key, with the answer that was given: a repeat gets it again.

use chassis::db::{CorruptRow, StoreError, Tx};
use chassis::on;
use chrono::{DateTime, Utc};
use sqlx::types::Json;

use crate::domain::channel::{Health, Kind};
use crate::domain::evidence::Report;
use crate::domain::ids::ProviderId;

/// A channel whose health was changed, and how many of the provider's still serve.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changed {
    pub provider_id: ProviderId,
    pub kind: Kind,
    pub health: Health,
    pub serving: i32,
}

/// Provider, kind, health, serving.
type Kept = (String, String, String, i32);

/// The database's own time.
pub async fn now(tx: &mut Tx) -> Result<DateTime<Utc>, StoreError> {
    let us: i64 = on!(tx, c => sqlx::query_scalar("SELECT us FROM clock").fetch_one(c).await?);
    let corrupt = || CorruptRow::new("clock", "us", us);
    Ok(DateTime::from_timestamp_micros(us).ok_or_else(corrupt)?)
}

/// False when the key is known; it then waited for whoever brought it first.
pub async fn insert(tx: &mut Tx, report: &Report) -> Result<bool, StoreError> {
    let provider = report.provider_id.as_ref().map(ProviderId::as_str);
    let inserted = on!(tx, c => sqlx::query(
        "INSERT INTO evidence (evidence_key, evidence, kind, provider_id, masked_address, reason,
             observe_time, changes, record_us)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, (SELECT us FROM clock))
         ON CONFLICT (evidence_key) DO NOTHING")
        .bind(&report.evidence_key).bind(report.kind.name()).bind(report.channel.name())
        .bind(provider).bind(&report.masked_address).bind(&report.reason)
        .bind(report.observe_time).bind(Json(Vec::<Kept>::new()))
        .execute(c).await?.rows_affected());
    Ok(inserted == 1)
}

/// Keeps the answer.
pub async fn answer(tx: &mut Tx, key: &str, changes: &[Changed]) -> Result<(), StoreError> {
    let kept: Vec<Kept> = changes.iter().map(kept).collect();
    on!(tx, c => sqlx::query("UPDATE evidence SET changes = $2 WHERE evidence_key = $1")
        .bind(key).bind(Json(kept)).execute(c).await?.rows_affected());
    Ok(())
}

fn kept(changed: &Changed) -> Kept {
    (
        changed.provider_id.to_string(),
        changed.kind.name().to_owned(),
        changed.health.name().to_owned(),
        changed.serving,
    )
}

/// The answer that was given.
pub async fn answered(tx: &mut Tx, key: &str) -> Result<Vec<Changed>, StoreError> {
    let Json(kept): Json<Vec<Kept>> = on!(tx, c => sqlx::query_scalar(
        "SELECT changes FROM evidence WHERE evidence_key = $1")
        .bind(key).fetch_one(c).await?);
    let corrupt = || CorruptRow::new("evidence", "changes", key);
    let changed = |(provider_id, kind, health, serving): Kept| {
        Ok(Changed {
            provider_id: provider_id.parse().map_err(|_| corrupt())?,
            kind: Kind::named(&kind).ok_or_else(corrupt)?,
            health: Health::named(&health).ok_or_else(corrupt)?,
            serving,
        })
    };
    Ok(kept
        .into_iter()
        .map(changed)
        .collect::<Result<_, CorruptRow>>()?)
}
