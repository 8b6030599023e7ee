//! Delivery reports as the store meets them: whose they are, and whether their token is used up.

use chassis::on;
use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{StoreError, Tx};

/// What a Mailgun token meets.
#[derive(Debug, PartialEq, Eq)]
pub enum Token {
    New,
    /// Came before with the same event.
    Repeated,
    /// Came before with another event.
    Reused,
}

/// Stores a token with the event that it came with, in the transaction of the event's effect.
pub async fn use_token(
    tx: &mut Tx,
    token: &str,
    event_key: &str,
    now: DateTime<Utc>,
) -> Result<Token, StoreError> {
    let written = on!(tx, c => sqlx::query(
        "INSERT INTO report_tokens (token, event_key, receive_time) VALUES ($1, $2, $3)
         ON CONFLICT (token) DO NOTHING")
        .bind(token).bind(event_key).bind(now).execute(c).await?.rows_affected());
    if written == 1 {
        return Ok(Token::New);
    }
    let first: String = on!(tx, c => sqlx::query_scalar(
        "SELECT event_key FROM report_tokens WHERE token = $1")
        .bind(token).fetch_one(c).await?);
    Ok(if first == event_key {
        Token::Repeated
    } else {
        Token::Reused
    })
}

/// The delivery that a carrier's id belongs to.
pub async fn owner(tx: &mut Tx, carrier_id: &str) -> Result<Option<Uuid>, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(
        "SELECT id FROM deliveries WHERE carrier_id = $1
         UNION SELECT delivery_id FROM attempts WHERE carrier_id = $1 LIMIT 1")
        .bind(carrier_id).fetch_optional(c).await?))
}
