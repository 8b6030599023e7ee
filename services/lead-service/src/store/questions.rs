//! Questions that were asked back to a sender: each once, so that nobody is asked in circles.

use std::time::Duration;

use chassis::db::{StoreError, Tx};
use chassis::on;
use uuid::Uuid;

use super::queue::micros;
use crate::domain::reply::Word;

/// Asks a provider about its open offers; false when these very ones were asked about before.
pub async fn ask_provider(
    tx: &mut Tx,
    kind: &str,
    offers: Uuid,
    word: Option<Word>,
    message_sid: &str,
) -> Result<bool, StoreError> {
    let word = word.and_then(|word| match word {
        Word::Yes => Some("yes"),
        Word::No => Some("no"),
        Word::Unclear => None,
    });
    let asked = on!(tx, c => sqlx::query(
        "INSERT INTO reply_question (kind, subject, message_sid, word, ask_us, closed)
         VALUES ($1, $2, $3, $4, (SELECT us FROM clock), FALSE) ON CONFLICT DO NOTHING")
        .bind(kind).bind(offers).bind(message_sid).bind(word)
        .execute(c).await?.rows_affected());
    Ok(asked == 1)
}

/// What was asked about these open offers: kind and the answer that it was about.
pub async fn of_offers(
    tx: &mut Tx,
    offers: Uuid,
) -> Result<Vec<(String, Option<String>)>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(
        "SELECT kind, word FROM reply_question
          WHERE subject = $1 AND kind IN ('which_offer', 'unclear')")
        .bind(offers).fetch_all(c).await?))
}

/// Asks a customer whether a lead shall be cancelled; false while that question is open.
pub async fn ask_customer(
    tx: &mut Tx,
    lead: Uuid,
    message_sid: &str,
    valid: Duration,
) -> Result<bool, StoreError> {
    let asked = on!(tx, c => sqlx::query(
        "INSERT INTO reply_question (kind, subject, message_sid, ask_us, expire_us, closed)
         VALUES ('cancel', $1, $2, (SELECT us FROM clock), (SELECT us FROM clock) + $3, FALSE)
         ON CONFLICT (kind, subject) DO UPDATE
            SET message_sid = excluded.message_sid, ask_us = excluded.ask_us,
                expire_us = excluded.expire_us, closed = FALSE
          WHERE reply_question.closed OR reply_question.expire_us <= (SELECT us FROM clock)")
        .bind(lead).bind(message_sid).bind(micros(valid))
        .execute(c).await?.rows_affected());
    Ok(asked == 1)
}

/// Since when the question whether to cancel the lead is open, in microseconds; none when it is not.
pub async fn open_for(tx: &mut Tx, lead: Uuid) -> Result<Option<i64>, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(
        "SELECT (SELECT us FROM clock) - ask_us FROM reply_question
          WHERE kind = 'cancel' AND subject = $1 AND NOT closed
            AND expire_us > (SELECT us FROM clock)")
        .bind(lead).fetch_optional(c).await?))
}

/// The customer answered it; false when somebody's answer closed it before.
pub async fn close(tx: &mut Tx, lead: Uuid) -> Result<bool, StoreError> {
    let closed = on!(tx, c => sqlx::query(
        "UPDATE reply_question SET closed = TRUE
          WHERE kind = 'cancel' AND subject = $1 AND NOT closed
            AND expire_us > (SELECT us FROM clock)")
        .bind(lead).execute(c).await?.rows_affected());
    Ok(closed == 1)
}

/// A customer's leads, the newest first: id and state.
pub async fn leads_of(tx: &mut Tx, phone: &str) -> Result<Vec<(Uuid, String)>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(
        "SELECT id, state FROM lead WHERE phone_e164 = $1 AND phone_e164 <> ''
          ORDER BY create_us DESC, id LIMIT 20")
        .bind(phone).fetch_all(c).await?))
}
