//! Notices: one row for each business key. Whoever writes it first writes the whole plan, or closes
//! the key before a plan was written.

use chassis::on;
use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::domain::delivery::Recipient;
use crate::domain::notice::Notice;

use super::{StoreError, Tx};

/// What a new notice meets: the version of the rules and the database's time.
pub struct Opened {
    pub rules_version: i64,
    pub now_us: i64,
}

/// Writes the notice; nothing when the key stands already. A concurrent repeat waits for the
/// first one's commit and then finds it.
pub async fn open(
    tx: &mut Tx,
    key: &str,
    notice: &Notice,
    now: DateTime<Utc>,
) -> Result<Option<Opened>, StoreError> {
    let row: Option<(i64, i64)> = on!(tx, c => sqlx::query_as(
        "INSERT INTO notices (message_key, kind, lead_id, health, create_time)
         VALUES ($1, $2, $3, $4, $5) ON CONFLICT (message_key) DO NOTHING
         RETURNING (SELECT version FROM rules WHERE id = 1), (SELECT us FROM clock)")
        .bind(key).bind(notice.kind()).bind(notice.lead_id()).bind(notice.health()).bind(now)
        .fetch_optional(c).await?);
    Ok(row.map(|(rules_version, now_us)| Opened {
        rules_version,
        now_us,
    }))
}

/// Closes a key to one kind of recipient or to all: nothing of it is sent to them again, and where it
/// has no notice yet, one that comes later writes nothing. Run first in its transaction: it waits for
/// a notice that is being written, and for a retry, which then stand.
pub async fn close(
    tx: &mut Tx,
    key: &str,
    recipient: Option<Recipient>,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let to = |kind| recipient.is_none_or(|recipient| recipient == kind);
    on!(tx, c => sqlx::query(
        "INSERT INTO notices (message_key, kind, health, create_time, closed_to_provider,
                              closed_to_customer, closed_to_operator)
         VALUES ($1, 'cancelled', FALSE, $2, $3, $4, $5)
         ON CONFLICT (message_key) DO UPDATE
            SET closed_to_provider = notices.closed_to_provider OR excluded.closed_to_provider,
                closed_to_customer = notices.closed_to_customer OR excluded.closed_to_customer,
                closed_to_operator = notices.closed_to_operator OR excluded.closed_to_operator")
        .bind(key).bind(now).bind(to(Recipient::Provider)).bind(to(Recipient::Customer))
        .bind(to(Recipient::Operator)).execute(c).await?.rows_affected());
    Ok(())
}

/// Whether a key is closed to a kind of recipient; locks the key against `close` until the
/// transaction ends.
pub async fn is_closed(tx: &mut Tx, key: &str, recipient: Recipient) -> Result<bool, StoreError> {
    let sql = if tx.is_postgres() {
        "SELECT closed_to_provider, closed_to_customer, closed_to_operator FROM notices
          WHERE message_key = $1 FOR UPDATE"
    } else {
        "SELECT closed_to_provider, closed_to_customer, closed_to_operator FROM notices
          WHERE message_key = $1"
    };
    let (provider, customer, operator): (bool, bool, bool) =
        on!(tx, c => sqlx::query_as(sql).bind(key).fetch_one(c).await?);
    Ok(match recipient {
        Recipient::Provider => provider,
        Recipient::Customer => customer,
        Recipient::Operator => operator,
    })
}

/// Where messages of a lead may go.
pub struct Countries {
    pub source: String,
    /// As `border::list` spells it.
    pub allowed: String,
}

/// Fixes the countries of a lead, or answers those that it has.
pub async fn fix_countries(
    tx: &mut Tx,
    lead_id: Uuid,
    told: Countries,
) -> Result<Countries, StoreError> {
    // Without naming an index: whoever comes at the same moment may meet either of the two.
    let first = on!(tx, c => sqlx::query(
        "INSERT INTO lead_countries (lead_id, source_country, allowed_countries)
         VALUES ($1, $2, $3) ON CONFLICT DO NOTHING")
        .bind(lead_id).bind(&told.source).bind(&told.allowed).execute(c).await?.rows_affected());
    if first == 1 {
        return Ok(told);
    }
    let (source, allowed): (String, String) = on!(tx, c => sqlx::query_as(
        "SELECT source_country, allowed_countries FROM lead_countries WHERE lead_id = $1")
        .bind(lead_id).fetch_one(c).await?);
    Ok(Countries { source, allowed })
}

/// Whether somebody was written to, or was to be, about a health-related lead.
pub async fn told_of_health(tx: &mut Tx, address: &str) -> Result<bool, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM messages m
           JOIN deliveries d ON d.id = m.delivery_id
           JOIN notices n ON n.message_key = d.message_key
          WHERE m.address = $1 AND n.health AND d.recipient <> 'operator')")
        .bind(address).fetch_one(c).await?))
}

/// Whether something health-related was told of one of these leads.
pub async fn are_of_health(tx: &mut Tx, lead_ids: &[Uuid]) -> Result<bool, StoreError> {
    for lead_id in lead_ids {
        let health: bool = on!(tx, c => sqlx::query_scalar(
            "SELECT EXISTS (SELECT 1 FROM deliveries d JOIN notices n ON n.message_key = d.message_key
              WHERE d.lead_id = $1 AND n.health)")
            .bind(*lead_id).fetch_one(c).await?);
        if health {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Notes every lead that a notice tells of.
pub async fn link(tx: &mut Tx, key: &str, lead_ids: &[Uuid]) -> Result<(), StoreError> {
    for lead_id in lead_ids {
        on!(tx, c => sqlx::query(
            "INSERT INTO notice_leads (message_key, lead_id) VALUES ($1, $2) ON CONFLICT DO NOTHING")
            .bind(key).bind(*lead_id).execute(c).await?.rows_affected());
    }
    Ok(())
}

/// Whether a notice of that key exists.
pub async fn exists(tx: &mut Tx, key: &str) -> Result<bool, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM notices WHERE message_key = $1 AND kind <> 'cancelled')")
        .bind(key).fetch_one(c).await?))
}
