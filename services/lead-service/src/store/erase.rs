//! Emptying the personal columns of `personal`: for one caller (B10), and by age.
//!
//! Keys and event logs stay: the same need still meets the same lead (I2, I26).

use std::time::Duration;

use chassis::db::{StoreError, Tx};
use chassis::{clock, ids, on};
use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::ledger::clicks;
use super::queue::micros;

/// What an erasure needs to know of a lead.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Found {
    pub id: Uuid,
    pub state: String,
    pub settled: bool,
    pub conversation_id: String,
    pub call_sid: String,
    pub phone_e164: String,
    pub caller_id: String,
    pub phone_said: String,
    /// In which numbers are read as they are dialled at home.
    pub source_country: Option<String>,
}

/// Leads that may be a caller's: by the number, the caller id, or the digits of what was said.
/// `digits` are the last ones of the number; the caller compares the rest.
pub async fn leads(tx: &mut Tx, phone: &str, digits: &str) -> Result<Vec<Found>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(
        "SELECT id, state, settled, conversation_id, call_sid, phone_e164, caller_id, phone_said,
                source_country
           FROM lead
          WHERE phone_e164 = $1 OR caller_id = $1
             OR REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(phone_said, ' ', ''), '-', ''), '.', ''),
                        '/', ''), '(0)', '') LIKE '%' || $2 || '%'
          ORDER BY create_us, id")
        .bind(phone).bind(digits).fetch_all(c).await?))
}

/// Amendments in which the number may have been said.
pub async fn amended(tx: &mut Tx, digits: &str) -> Result<Vec<(Uuid, String)>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(
        "SELECT lead_id, phone_said FROM amendment
          WHERE REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(phone_said, ' ', ''), '-', ''), '.', ''),
                        '/', ''), '(0)', '') LIKE '%' || $1 || '%'")
        .bind(digits).fetch_all(c).await?))
}

/// One lead by its id.
pub async fn lead(tx: &mut Tx, id: Uuid) -> Result<Option<Found>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(
        "SELECT id, state, settled, conversation_id, call_sid, phone_e164, caller_id, phone_said,
                source_country
           FROM lead WHERE id = $1")
        .bind(id).fetch_optional(c).await?))
}

pub async fn count_replies(tx: &mut Tx, phone: &str) -> Result<i64, StoreError> {
    Ok(
        on!(tx, c => sqlx::query_scalar("SELECT COUNT(*) FROM reply WHERE sender = $1")
        .bind(phone).fetch_one(c).await?),
    )
}

pub async fn count_amendments(tx: &mut Tx, lead: Uuid) -> Result<i64, StoreError> {
    Ok(
        on!(tx, c => sqlx::query_scalar("SELECT COUNT(*) FROM amendment WHERE lead_id = $1")
        .bind(lead).fetch_one(c).await?),
    )
}

/// How many records of each kind were emptied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Emptied {
    pub leads: u64,
    pub amendments: u64,
    pub replies: u64,
    pub attempts: u64,
    pub alarms: u64,
    pub conversions: u64,
}

/// Empties one lead and all that hangs on it; nothing where it is open or empty already.
///
/// A need's key is kept as far as it is ids; the words of an unknown place become their
/// fingerprint, for the key must stay one of a kind.
pub async fn empty_lead(tx: &mut Tx, id: Uuid) -> Result<Emptied, StoreError> {
    let key: Option<(Option<String>, Option<String>)> = on!(tx, c => sqlx::query_as(
        "SELECT need_key, city FROM lead WHERE id = $1").bind(id).fetch_optional(c).await?);
    let need_key = match key {
        Some((Some(key), None)) => Some(ids::derive("erased need", &[&key]).to_string()),
        Some((key, _)) => key,
        None => None,
    };
    let leads = on!(tx, c => sqlx::query(
        "UPDATE lead SET customer_name = '', phone_said = '', language_said = '', service = '',
                location = '', urgency_said = '', caller_id = '', phone_e164 = '',
                arguments = $2, need_key = $3, erase_time = $4,
                lost_reason = CASE WHEN lost_reason IS NULL THEN NULL ELSE '' END,
                version = version + 1
          WHERE id = $1 AND state IN ('won', 'lost', 'cancelled') AND settled
            AND erase_time IS NULL")
        .bind(id).bind(Uuid::nil()).bind(need_key).bind(clock::now())
        .execute(c).await?.rows_affected());
    if leads == 0 {
        return Ok(Emptied::default());
    }
    let conversions = clicks::forget(tx, id).await?;
    let amendments = on!(tx, c => sqlx::query("DELETE FROM amendment WHERE lead_id = $1")
        .bind(id).execute(c).await?.rows_affected());
    let attempts = on!(tx, c => sqlx::query(
        "UPDATE lead_attempt SET reason = NULL WHERE lead_id = $1 AND reason IS NOT NULL")
        .bind(id).execute(c).await?.rows_affected());
    let replies = on!(tx, c => sqlx::query(
        "UPDATE reply SET sender = '', body = '', button_payload = ''
          WHERE lead_id = $1 AND due_us IS NULL
            AND (sender <> '' OR body <> '' OR button_payload <> '')")
        .bind(id).execute(c).await?.rows_affected());
    let alarms = on!(tx, c => sqlx::query(
        "UPDATE alarm SET text = '' WHERE subject = $1 AND due_us IS NULL AND text <> ''")
        .bind(id.to_string()).execute(c).await?.rows_affected());
    Ok(Emptied {
        leads,
        amendments,
        replies,
        attempts,
        alarms,
        conversions,
    })
}

/// Empties what a number wrote. What is still on its way to the operator ends here.
pub async fn empty_replies(tx: &mut Tx, phone: &str) -> Result<u64, StoreError> {
    Ok(on!(tx, c => sqlx::query(
        "UPDATE reply SET sender = '', body = '', button_payload = '', due_us = NULL,
                lease_until_us = NULL
          WHERE sender = $1")
        .bind(phone).execute(c).await?.rows_affected()))
}

/// Finished leads that changed last before `before`, the oldest first.
pub async fn old_leads(
    tx: &mut Tx,
    before: DateTime<Utc>,
    limit: i64,
) -> Result<Vec<Uuid>, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(
        "SELECT id FROM lead
          WHERE state IN ('won', 'lost', 'cancelled') AND settled AND erase_time IS NULL
            AND change_time < $1
          ORDER BY change_time, id LIMIT $2")
        .bind(before).bind(limit).fetch_all(c).await?))
}

/// Empties inbound messages and alarms that came before `before` and are done with; how many.
pub async fn empty_old(tx: &mut Tx, before: DateTime<Utc>, limit: i64) -> Result<u64, StoreError> {
    let replies = on!(tx, c => sqlx::query(
        "UPDATE reply SET sender = '', body = '', button_payload = ''
          WHERE message_sid IN (SELECT message_sid FROM reply
                 WHERE create_time < $1 AND due_us IS NULL
                   AND (sender <> '' OR body <> '' OR button_payload <> '') LIMIT $2)")
        .bind(before).bind(limit).execute(c).await?.rows_affected());
    let alarms = on!(tx, c => sqlx::query(
        "UPDATE alarm SET text = ''
          WHERE id IN (SELECT id FROM alarm
                 WHERE create_time < $1 AND due_us IS NULL AND text <> '' LIMIT $2)")
        .bind(before).bind(limit).execute(c).await?.rows_affected());
    Ok(replies + alarms)
}

/// A moment `age` before now, by the database's own clock (I18).
pub async fn before(tx: &mut Tx, age: Duration) -> Result<DateTime<Utc>, StoreError> {
    let now = super::now_us(tx).await?;
    Ok(DateTime::from_timestamp_micros(now - micros(age)).unwrap_or_default())
}
