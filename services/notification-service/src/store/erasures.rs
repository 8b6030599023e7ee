//! Erasures (B10): which messages name a person, emptying them, and the jobs by which the carrier's
//! copies go. Rows, keys and masked forms stay, so that nothing is said twice.

use std::time::Duration;

use chassis::on;
use chrono::{DateTime, Utc};
use sqlx::QueryBuilder;
use uuid::Uuid;

use super::claims::micros;
use super::{StoreError, Tx};

/// Whom to look for: by number as address or caller, by leads, and by the forms in which texts show it.
pub struct Person<'a> {
    pub phone: &'a str,
    pub shown: &'a str,
    pub lead_ids: &'a [Uuid],
}

/// A message that names a person.
#[derive(sqlx::FromRow)]
pub struct Named {
    pub id: Uuid,
    pub channel: String,
    pub state: String,
}

/// The messages that name a person and still say something. Those to a provider's own number count
/// only when they tell of the person.
pub async fn naming(tx: &mut Tx, person: &Person<'_>) -> Result<Vec<Named>, StoreError> {
    let like = |text: &str| format!("%{text}%");
    let lock = if tx.is_postgres() {
        " FOR UPDATE OF d"
    } else {
        ""
    };
    Ok(on!(tx, c => {
        let mut query = QueryBuilder::new(
            "SELECT d.id, d.channel, d.state FROM deliveries d JOIN messages m ON m.delivery_id = d.id
              WHERE m.emptied = '' AND NOT m.erase_due AND (
                    (d.recipient <> 'provider' AND m.address = ");
        query.push_bind(person.phone.to_owned()).push(") OR m.caller = ");
        query.push_bind(person.phone.to_owned());
        for shown in [person.phone, person.shown] {
            for column in ["m.subject", "m.body", "m.html"] {
                query.push(" OR ").push(column).push(" LIKE ").push_bind(like(shown));
            }
        }
        // What tells of several leads stands under each of them.
        for (of_leads, end) in [
            (" OR d.lead_id IN (", ")"),
            (" OR d.message_key IN (SELECT message_key FROM notice_leads WHERE lead_id IN (", "))"),
        ] {
            if person.lead_ids.is_empty() {
                break;
            }
            query.push(of_leads);
            let mut ids = query.separated(", ");
            for id in person.lead_ids {
                ids.push_bind(*id);
            }
            query.push(end);
        }
        query.push(") ORDER BY d.id").push(lock);
        query.build_query_as().fetch_all(c).await?
    }))
}

/// Whether a number is a provider's too, who is told of others' leads.
pub async fn is_a_providers(tx: &mut Tx, phone: &str) -> Result<bool, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM messages m JOIN deliveries d ON d.id = m.delivery_id
          WHERE m.address = $1 AND d.recipient = 'provider')")
        .bind(phone.to_owned()).fetch_one(c).await?))
}

/// Takes back what has not left, and asks workers not to repeat what they hold.
pub async fn take_back(
    tx: &mut Tx,
    erasure: Uuid,
    id: Uuid,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    on!(tx, c => sqlx::query(
        "UPDATE messages SET erase_due = TRUE, erasure_id = $2 WHERE delivery_id = $1")
        .bind(id).bind(erasure).execute(c).await?.rows_affected());
    on!(tx, c => sqlx::query(
        "UPDATE deliveries SET cancel_requested = TRUE WHERE id = $1 AND state = 'sending'")
        .bind(id).execute(c).await?.rows_affected());
    let taken = on!(tx, c => sqlx::query(
        "UPDATE deliveries SET state = 'cancelled', task = NULL, settle_time = $2, reason = 'ERASED'
          WHERE id = $1 AND state = 'queued'")
        .bind(id).bind(now).execute(c).await?.rows_affected());
    Ok(taken == 1)
}

/// The ids of messages that are to be emptied and that no worker holds any more.
pub async fn due(tx: &mut Tx, limit: i64) -> Result<Vec<Uuid>, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(
        "SELECT m.delivery_id FROM messages m JOIN deliveries d ON d.id = m.delivery_id
          WHERE m.erase_due AND d.state NOT IN ('queued', 'sending')
          ORDER BY m.delivery_id LIMIT $1")
        .bind(limit).fetch_all(c).await?))
}

/// What is left of all erasures of a number.
#[derive(Clone, Copy, Default, PartialEq, Eq, sqlx::FromRow)]
pub struct Left {
    /// Messages that a worker still holds.
    pub held: i64,
    /// Copies that the carrier has not deleted yet.
    pub copies: i64,
    /// Searches that the carrier has not answered yet.
    pub searches: i64,
}

pub async fn left(tx: &mut Tx, phone: &str) -> Result<Left, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(
        "SELECT (SELECT count(*) FROM messages m JOIN erasures e ON e.id = m.erasure_id
                  WHERE m.erase_due AND e.phone = $1 AND e.phone <> '') AS held,
                (SELECT count(*) FROM carrier_erasures x JOIN erasures e ON e.id = x.erasure_id
                  WHERE x.end_time IS NULL AND e.phone = $1 AND e.phone <> '') AS copies,
                (SELECT count(*) FROM erasures
                  WHERE search AND phone = $1 AND phone <> '') AS searches")
        .bind(phone.to_owned()).fetch_one(c).await?))
}

/// Takes the number out of erasures of which nothing is left.
pub async fn close(tx: &mut Tx) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(
        "UPDATE erasures SET phone = ''
          WHERE phone <> '' AND NOT search
            AND NOT EXISTS (SELECT 1 FROM messages m
                             WHERE m.erase_due AND m.erasure_id = erasures.id)
            AND NOT EXISTS (SELECT 1 FROM carrier_erasures x
                             WHERE x.end_time IS NULL AND x.erasure_id = erasures.id)")
        .execute(c).await?.rows_affected());
    Ok(())
}

/// Empties a message, with what was said when it was sent again, and makes a job of each copy that
/// the carrier has. `why` is "erasure" or "retention".
pub async fn empty(
    tx: &mut Tx,
    id: Uuid,
    why: &'static str,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    on!(tx, c => {
        sqlx::query(
            "UPDATE messages SET address = '', subject = '', body = '', html = '', variables = $3,
                    caller = '', emptied = $2, erase_due = FALSE WHERE delivery_id = $1")
            .bind(id).bind(why).bind(serde_json::json!({})).execute(&mut *c).await?;
        sqlx::query("UPDATE retries SET cause = '' WHERE delivery_id = $1")
            .bind(id).execute(&mut *c).await?.rows_affected()
    });
    on!(tx, c => sqlx::query(
        "INSERT INTO carrier_erasures (carrier_id, erasure_id, tries, due_us, reason, create_time)
         SELECT carrier_id, (SELECT erasure_id FROM messages WHERE delivery_id = $1), 0,
                (SELECT us FROM clock), '', $2 FROM (
             SELECT carrier_id FROM deliveries WHERE id = $1 AND channel <> 'email'
              UNION
             SELECT a.carrier_id FROM attempts a JOIN deliveries d ON d.id = a.delivery_id
              WHERE a.delivery_id = $1 AND d.channel <> 'email') ids
          WHERE carrier_id IS NOT NULL
         ON CONFLICT (carrier_id) DO UPDATE SET erasure_id = excluded.erasure_id
          WHERE carrier_erasures.end_time IS NULL AND excluded.erasure_id IS NOT NULL")
        .bind(id).bind(now).execute(c).await?.rows_affected());
    Ok(())
}

/// Ids of a carrier's copies of a delivery.
pub async fn copies(tx: &mut Tx, id: Uuid) -> Result<Vec<String>, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(
        "SELECT carrier_id FROM deliveries WHERE id = $1 AND carrier_id IS NOT NULL
          UNION SELECT carrier_id FROM attempts WHERE delivery_id = $1 AND carrier_id IS NOT NULL")
        .bind(id).fetch_all(c).await?))
}

/// A copy of a message that was erased came to light: it goes as well. False for all others.
pub async fn follow(tx: &mut Tx, id: Uuid, carrier_id: &str) -> Result<bool, StoreError> {
    let erased = on!(tx, c => sqlx::query(
        "INSERT INTO carrier_erasures (carrier_id, erasure_id, tries, due_us, reason, create_time)
         SELECT $2, m.erasure_id, 0, (SELECT us FROM clock), '', d.create_time
           FROM deliveries d JOIN messages m ON m.delivery_id = d.id
          WHERE d.id = $1 AND m.emptied = 'erasure' AND d.channel <> 'email'
         ON CONFLICT (carrier_id) DO NOTHING")
        .bind(id).bind(carrier_id.to_owned()).execute(c).await?.rows_affected());
    Ok(erased > 0)
}

/// Makes jobs of messages that the carrier named; what is still open is this erasure's from now on.
pub async fn add(
    tx: &mut Tx,
    erasure: Uuid,
    ids: &[String],
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    for id in ids {
        on!(tx, c => sqlx::query(
            "INSERT INTO carrier_erasures (carrier_id, erasure_id, tries, due_us, reason, create_time)
             VALUES ($1, $2, 0, (SELECT us FROM clock), '', $3)
             ON CONFLICT (carrier_id) DO UPDATE SET erasure_id = excluded.erasure_id
              WHERE carrier_erasures.end_time IS NULL")
            .bind(id.clone()).bind(erasure).bind(now).execute(c).await?.rows_affected());
    }
    Ok(())
}

/// Writes an erasure; with `search` the carrier is asked what else it holds of the phone.
pub async fn open(
    tx: &mut Tx,
    id: Uuid,
    actor: &str,
    phone: &str,
    search: bool,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(
        "INSERT INTO erasures (id, actor, phone, search, tries, due_us, create_time)
         VALUES ($1, $2, $3, $4, 0, (SELECT us FROM clock), $5)")
        .bind(id).bind(actor.to_owned()).bind(phone.to_owned()).bind(search).bind(now)
        .execute(c).await?.rows_affected());
    Ok(())
}

/// A search that is due: the erasure and its number.
pub type Search = (Uuid, String, i64);

/// Takes searches that are due, for the length of a lease.
pub async fn searches(tx: &mut Tx, lease: Duration) -> Result<Vec<Search>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(
        "UPDATE erasures SET tries = tries + 1, due_us = (SELECT us FROM clock) + $1
          WHERE search AND due_us <= (SELECT us FROM clock)
         RETURNING id, phone, tries")
        .bind(micros(lease)).fetch_all(c).await?))
}

/// Ends a search.
pub async fn searched(tx: &mut Tx, id: Uuid) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query("UPDATE erasures SET search = FALSE WHERE id = $1")
        .bind(id).execute(c).await?.rows_affected());
    Ok(())
}

/// Takes deletions that are due, for the length of a lease.
pub async fn deletions(
    tx: &mut Tx,
    lease: Duration,
    limit: i64,
) -> Result<Vec<(String, i64)>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(
        "UPDATE carrier_erasures SET tries = tries + 1, due_us = (SELECT us FROM clock) + $1
          WHERE carrier_id IN (SELECT carrier_id FROM carrier_erasures
                WHERE end_time IS NULL AND due_us <= (SELECT us FROM clock)
                ORDER BY due_us LIMIT $2)
            AND end_time IS NULL AND due_us <= (SELECT us FROM clock)
         RETURNING carrier_id, tries")
        .bind(micros(lease)).bind(limit).fetch_all(c).await?))
}

/// What a deletion came to: gone, or due again after a wait, with the reason.
pub async fn settle(
    tx: &mut Tx,
    carrier_id: &str,
    refused: Option<(&str, Duration)>,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let (reason, wait) = refused.unwrap_or_default();
    on!(tx, c => sqlx::query(
        "UPDATE carrier_erasures SET reason = $2, due_us = (SELECT us FROM clock) + $3, end_time = $4
          WHERE carrier_id = $1 AND end_time IS NULL")
        .bind(carrier_id.to_owned()).bind(reason.to_owned()).bind(micros(wait))
        .bind(refused.is_none().then_some(now)).execute(c).await?.rows_affected());
    Ok(())
}

/// Puts a search off.
pub async fn put_off(tx: &mut Tx, id: Uuid, wait: Duration) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(
        "UPDATE erasures SET due_us = (SELECT us FROM clock) + $2 WHERE id = $1 AND search")
        .bind(id).bind(micros(wait)).execute(c).await?.rows_affected());
    Ok(())
}

/// Messages that are to be erased or searched for and are not yet, as a count for the operator.
pub async fn open_jobs(tx: &mut Tx) -> Result<i64, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(
        "SELECT (SELECT count(*) FROM carrier_erasures WHERE end_time IS NULL)
              + (SELECT count(*) FROM erasures WHERE search)
              + (SELECT count(*) FROM messages WHERE erase_due)").fetch_one(c).await?))
}
