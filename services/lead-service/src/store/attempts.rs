//! Attempts: who was offered a lead, and how each offer ended. Moved forward, never deleted.

use chassis::db::{CorruptRow, StoreError, Tx};
use chassis::{clock, on};
use chrono::{DateTime, Utc};
use sqlx::types::Json;
use uuid::Uuid;

use crate::domain::attempt::{Attempt, AttemptState, ReleaseCause};
use crate::domain::deadline::AnswerRule;

#[derive(sqlx::FromRow)]
struct Row {
    lead_id: Uuid,
    attempt: i32,
    provider_id: String,
    provider_country: String,
    state: String,
    cause: Option<String>,
    actor: Option<String>,
    reason: Option<String>,
    answer_rule: Json<AnswerRule>,
    offer_us: i64,
    offer_time: DateTime<Utc>,
    answer_time: Option<DateTime<Utc>>,
    release_time: Option<DateTime<Utc>>,
}

macro_rules! select_attempt {
    ($tail:literal) => {
        concat!(
            "SELECT lead_id, attempt, provider_id, provider_country, state, cause, actor, reason,
                    answer_rule, offer_us, offer_time, answer_time, release_time
               FROM lead_attempt ",
            $tail
        )
    };
}

impl TryFrom<Row> for Attempt {
    type Error = CorruptRow;

    fn try_from(row: Row) -> Result<Self, CorruptRow> {
        let corrupt = |column| CorruptRow::new("lead_attempt", column, row.lead_id);
        let cause = row.cause.as_deref().map(str::parse).transpose();
        Ok(Self {
            lead_id: row.lead_id,
            attempt: row.attempt,
            state: row.state.parse().map_err(|_| corrupt("state"))?,
            cause: cause.map_err(|_| corrupt("cause"))?,
            provider_id: row.provider_id,
            provider_country: row.provider_country,
            actor: row.actor,
            reason: row.reason,
            answer_rule: row.answer_rule.0,
            offer_us: row.offer_us,
            offer_time: row.offer_time,
            answer_time: row.answer_time,
            release_time: row.release_time,
        })
    }
}

/// A provider has the lead now. A repeat changes nothing; a second open one is refused (I4).
pub async fn open(tx: &mut Tx, attempt: &Attempt) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(
        "INSERT INTO lead_attempt (lead_id, attempt, provider_id, provider_country, state,
                                   answer_rule, offer_us, offer_time)
         VALUES ($1, $2, $3, $4, 'offered', $5, $6, $7) ON CONFLICT (lead_id, attempt) DO NOTHING")
        .bind(attempt.lead_id).bind(attempt.attempt).bind(&attempt.provider_id)
        .bind(&attempt.provider_country).bind(Json(&attempt.answer_rule)).bind(attempt.offer_us)
        .bind(attempt.offer_time)
        .execute(c).await?.rows_affected());
    Ok(())
}

/// An ended attempt that roster remembers and a loss took from here: its provider is left out.
pub async fn restore(tx: &mut Tx, attempt: &Attempt) -> Result<(), StoreError> {
    let cause = attempt.cause.map(ReleaseCause::name);
    on!(tx, c => sqlx::query(
        "INSERT INTO lead_attempt (lead_id, attempt, provider_id, provider_country, state, cause,
                                   answer_rule, offer_us, offer_time, release_time)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
         ON CONFLICT (lead_id, attempt) DO NOTHING")
        .bind(attempt.lead_id).bind(attempt.attempt).bind(&attempt.provider_id)
        .bind(&attempt.provider_country).bind(attempt.state.name()).bind(cause)
        .bind(Json(&attempt.answer_rule)).bind(attempt.offer_us).bind(attempt.offer_time)
        .bind(attempt.release_time)
        .execute(c).await?.rows_affected());
    Ok(())
}

pub async fn find(tx: &mut Tx, lead: Uuid, attempt: i32) -> Result<Option<Attempt>, StoreError> {
    let row: Option<Row> = on!(tx, c => sqlx::query_as(
        select_attempt!("WHERE lead_id = $1 AND attempt = $2"))
        .bind(lead).bind(attempt).fetch_optional(c).await?);
    Ok(row.map(Attempt::try_from).transpose()?)
}

/// All attempts of a lead, the first one first.
pub async fn of_lead(tx: &mut Tx, lead: Uuid) -> Result<Vec<Attempt>, StoreError> {
    let rows: Vec<Row> = on!(tx, c => sqlx::query_as(
        select_attempt!("WHERE lead_id = $1 ORDER BY attempt")).bind(lead).fetch_all(c).await?);
    attempts(rows)
}

/// Offers of a provider that wait for its answer, the newest first: what an answer by SMS may mean.
pub async fn open_of_provider(tx: &mut Tx, provider: &str) -> Result<Vec<Attempt>, StoreError> {
    let rows: Vec<Row> = on!(tx, c => sqlx::query_as(
        select_attempt!("WHERE provider_id = $1 AND state = 'offered'
                         ORDER BY offer_us DESC, lead_id"))
        .bind(provider).fetch_all(c).await?);
    attempts(rows)
}

/// The newest attempts of a provider, ended ones too: what a late answer may mean.
pub async fn latest_of_provider(
    tx: &mut Tx,
    provider: &str,
    limit: i64,
) -> Result<Vec<Attempt>, StoreError> {
    let rows: Vec<Row> = on!(tx, c => sqlx::query_as(
        select_attempt!("WHERE provider_id = $1 ORDER BY offer_us DESC, lead_id LIMIT $2"))
        .bind(provider).bind(limit).fetch_all(c).await?);
    attempts(rows)
}

/// Who had the lead before and is left out.
pub async fn earlier_providers(tx: &mut Tx, lead: Uuid) -> Result<Vec<String>, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(
        "SELECT DISTINCT provider_id FROM lead_attempt WHERE lead_id = $1 AND state = 'released'
          ORDER BY provider_id")
        .bind(lead).fetch_all(c).await?))
}

/// The earlier lead of the same customer, trade and place since `since_us`, and its provider, who
/// confirmed or won it or holds it still (D13); the newest.
pub async fn provider_of_same_need(
    tx: &mut Tx,
    lead: &crate::domain::lead::Lead,
    since_us: i64,
) -> Result<Option<(Uuid, String)>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(
        "SELECT l.id, a.provider_id FROM lead l
           JOIN lead_attempt a ON a.lead_id = l.id AND a.state IN ('offered', 'confirmed', 'completed')
          WHERE l.phone_e164 = $1 AND l.phone_e164 <> '' AND l.category = $2 AND l.city = $3
            AND l.id <> $4 AND l.create_us >= $5 AND l.create_us <= $6
            AND l.state NOT IN ('lost', 'cancelled')
          ORDER BY l.create_us DESC, l.id LIMIT 1")
        .bind(&lead.phone).bind(&lead.category).bind(&lead.city).bind(lead.id).bind(since_us)
        .bind(lead.create_us)
        .fetch_optional(c).await?))
}

/// The provider answered: it has the lead, or finished it.
pub async fn answered(
    tx: &mut Tx,
    lead: Uuid,
    attempt: i32,
    state: AttemptState,
    actor: &str,
) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(
        "UPDATE lead_attempt SET state = $3, actor = $4, answer_time = COALESCE(answer_time, $5)
          WHERE lead_id = $1 AND attempt = $2 AND state IN ('offered', 'confirmed')")
        .bind(lead).bind(attempt).bind(state.name()).bind(actor).bind(clock::now())
        .execute(c).await?.rows_affected());
    Ok(())
}

/// The offer is to be taken back; the first cause stands.
pub async fn releasing(
    tx: &mut Tx,
    lead: Uuid,
    attempt: i32,
    cause: ReleaseCause,
    actor: &str,
    reason: Option<&str>,
) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(
        "UPDATE lead_attempt SET state = 'releasing', cause = $3, actor = $4, reason = $5
          WHERE lead_id = $1 AND attempt = $2 AND state IN ('offered', 'confirmed')")
        .bind(lead).bind(attempt).bind(cause.name()).bind(actor).bind(reason)
        .execute(c).await?.rows_affected());
    Ok(())
}

/// The roster has closed it, and the provider is told.
pub async fn released(tx: &mut Tx, lead: Uuid, attempt: i32) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(
        "UPDATE lead_attempt SET state = 'released', release_time = $3
          WHERE lead_id = $1 AND attempt = $2 AND state = 'releasing'")
        .bind(lead).bind(attempt).bind(clock::now()).execute(c).await?.rows_affected());
    Ok(())
}

fn attempts(rows: Vec<Row>) -> Result<Vec<Attempt>, StoreError> {
    rows.into_iter()
        .map(|row| Ok(Attempt::try_from(row)?))
        .collect()
}
