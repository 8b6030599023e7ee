//! Leads: stored, read, and changed under their version.

use chassis::db::{StoreError, Tx};
use chassis::{clock, on};
use chrono::{DateTime, Utc};
use sqlx::types::Json;
use uuid::Uuid;

use super::lead_row::{LeadRow, join, select_lead};
use crate::domain::attempt::LeadResult;
use crate::domain::lead::Lead;

/// Stores a new lead with its conversion record (R35); false when its key is taken.
///
/// `lease_us` keeps the worker away while whoever stored it goes on with it.
pub async fn insert(tx: &mut Tx, lead: &Lead, lease_us: Option<i64>) -> Result<bool, StoreError> {
    let (site_id, site_url, country) = match &lead.source {
        Some(source) => (
            Some(&source.site_id),
            source.url.as_str(),
            Some(&source.country),
        ),
        None => (None, "", None),
    };
    let stored = on!(tx, c => sqlx::query(
        "INSERT INTO lead (id, conversation_key, need_number, need_key, conversation_id, call_sid,
             origin, state, verified, site_id, site_url, source_country, customer_name, phone_said,
             language_said, service, location, urgency_said, arguments, caller_id, recording_sid,
             phone_e164, language, category, city, urgency, missing_fields, attempt, provider_id,
             match_reason, candidates, told, operator_owned, tries, due_us, retry_us,
             assumed_end_us, call_end_us, traceparent, version, create_us, create_time,
             change_time, lease_until_us, recover_since_us)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18,
             $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33, $34, $35,
             $36, $37, $38, $39, $40, $41, $42, $43, $44, $45)
         ON CONFLICT DO NOTHING")
        .bind(lead.id).bind(&lead.conversation_key).bind(lead.need_number).bind(&lead.need_key)
        .bind(&lead.conversation_id).bind(&lead.call_sid).bind(lead.origin.name())
        .bind(lead.state.name()).bind(lead.verified).bind(site_id).bind(site_url).bind(country)
        .bind(&lead.need.customer_name).bind(&lead.need.phone).bind(&lead.need.language)
        .bind(&lead.need.service).bind(&lead.need.location).bind(&lead.need.urgency)
        .bind(lead.arguments).bind(&lead.caller_id).bind(&lead.recording_sid).bind(&lead.phone)
        .bind(&lead.language).bind(&lead.category).bind(&lead.city)
        .bind(lead.urgency.map_or("", |u| u.name())).bind(join(&lead.missing)).bind(lead.attempt)
        .bind(&lead.provider_id).bind(&lead.match_reason).bind(Json(&lead.candidates))
        .bind(lead.told).bind(lead.operator_owned).bind(lead.tries).bind(lead.due_us)
        .bind(lead.retry_us).bind(lead.assumed_end_us).bind(lead.call_end_us)
        .bind(&lead.traceparent).bind(lead.version).bind(lead.create_us).bind(lead.create_time)
        .bind(lead.change_time).bind(lease_us).bind(lead.before.ask_since_us)
        .execute(c).await?.rows_affected());
    if stored == 0 {
        return Ok(false);
    }
    on!(tx, c => sqlx::query(
        "INSERT INTO conversion (lead_id, site_id, create_time) VALUES ($1, $2, $3)")
        .bind(lead.id).bind(site_id).bind(lead.create_time)
        .execute(c).await?.rows_affected());
    Ok(true)
}

/// Writes what changed if the lead still has `version`; false when somebody else moved it.
///
/// The saved answer is not touched: it is written once, by `answers`.
pub async fn update(
    tx: &mut Tx,
    lead: &Lead,
    version: i64,
    lease_us: Option<i64>,
) -> Result<bool, StoreError> {
    let (site_id, site_url, country) = match &lead.source {
        Some(source) => (
            Some(&source.site_id),
            source.url.as_str(),
            Some(&source.country),
        ),
        None => (None, "", None),
    };
    let (amount, currency, lost) = match &lead.result {
        None => (None, None, None),
        Some(LeadResult::Won {
            amount_minor,
            currency,
        }) => (Some(*amount_minor), Some(currency), None),
        Some(LeadResult::Lost { reason }) => (None, None, Some(reason)),
    };
    let changed = on!(tx, c => sqlx::query(
        "UPDATE lead SET need_key = $3, state = $4, verified = $5, site_id = $6, site_url = $7,
                source_country = $8, customer_name = $9, phone_said = $10, language_said = $11,
                service = $12, location = $13, urgency_said = $14, phone_e164 = $15,
                language = $16, category = $17, city = $18, urgency = $19, missing_fields = $20,
                attempt = $21, provider_id = $22, match_reason = $23, candidates = $24, told = $25,
                operator_owned = $26, tries = $27, due_us = $28, retry_us = $29,
                assumed_end_us = $30, call_end_us = $31, change_time = $32, lease_until_us = $33,
                provider_country = $34, wanted_provider_id = $35, repeat_of = $36,
                deadline_us = $37, reminder_us = $38, watch_us = $39, unreached = $40,
                settled = $41, confirm_time = $42, free_us = $43, ask_us = $44, no_result_us = $45,
                won_amount_minor = $46, won_currency = $47, lost_reason = $48,
                recover_since_us = $49, before_provider_id = $50, before_told_us = $51,
                before_confirmed = $52, version = version + 1
          WHERE id = $1 AND version = $2")
        .bind(lead.id).bind(version).bind(&lead.need_key).bind(lead.state.name())
        .bind(lead.verified).bind(site_id).bind(site_url).bind(country)
        .bind(&lead.need.customer_name).bind(&lead.need.phone).bind(&lead.need.language)
        .bind(&lead.need.service).bind(&lead.need.location).bind(&lead.need.urgency)
        .bind(&lead.phone).bind(&lead.language).bind(&lead.category).bind(&lead.city)
        .bind(lead.urgency.map_or("", |u| u.name())).bind(join(&lead.missing)).bind(lead.attempt)
        .bind(&lead.provider_id).bind(&lead.match_reason).bind(Json(&lead.candidates))
        .bind(lead.told).bind(lead.operator_owned).bind(lead.tries).bind(lead.due_us)
        .bind(lead.retry_us).bind(lead.assumed_end_us).bind(lead.call_end_us).bind(clock::now())
        .bind(lease_us).bind(&lead.provider_country).bind(&lead.wanted).bind(lead.repeat_of)
        .bind(lead.offer.deadline_us).bind(lead.offer.reminder_us).bind(lead.offer.watch_us)
        .bind(lead.offer.unreached).bind(lead.aftercare.settled).bind(lead.confirm_time)
        .bind(lead.aftercare.free_us).bind(lead.aftercare.ask_us).bind(lead.aftercare.no_result_us)
        .bind(amount).bind(currency).bind(lost).bind(lead.before.ask_since_us)
        .bind(&lead.before.provider_id).bind(lead.before.told_us).bind(lead.before.confirmed)
        .execute(c).await?.rows_affected());
    Ok(changed == 1)
}

pub async fn find(tx: &mut Tx, id: Uuid) -> Result<Option<Lead>, StoreError> {
    let row: Option<LeadRow> = on!(tx, c => sqlx::query_as(select_lead!("WHERE id = $1"))
        .bind(id).fetch_optional(c).await?);
    Ok(row.map(Lead::try_from).transpose()?)
}

/// The trace of the lead's call.
pub async fn traceparent(tx: &mut Tx, id: Uuid) -> Result<Option<String>, StoreError> {
    let found: Option<Option<String>> = on!(tx, c => sqlx::query_scalar(
        "SELECT traceparent FROM lead WHERE id = $1")
        .bind(id).fetch_optional(c).await?);
    Ok(found.flatten())
}

/// The lead, kept from other writers until the transaction ends: what is read stays true.
pub async fn lock(tx: &mut Tx, id: Uuid) -> Result<Option<Lead>, StoreError> {
    let sql = if tx.is_postgres() {
        select_lead!("WHERE id = $1 FOR NO KEY UPDATE")
    } else {
        select_lead!("WHERE id = $1")
    };
    let row: Option<LeadRow> = on!(tx, c => sqlx::query_as(sql).bind(id).fetch_optional(c).await?);
    Ok(row.map(Lead::try_from).transpose()?)
}

/// The proven and complete lead that a conversation's question with these arguments made, and its
/// language.
pub async fn asked(
    tx: &mut Tx,
    key: &str,
    arguments: Uuid,
) -> Result<Option<(Uuid, String)>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(
        "SELECT id, language FROM lead
          WHERE conversation_key = $1 AND arguments = $2 AND verified AND state <> 'incomplete'
          ORDER BY need_number LIMIT 1")
        .bind(key).bind(arguments).fetch_optional(c).await?))
}

/// All needs of a conversation, the first one first.
pub async fn of_conversation(tx: &mut Tx, key: &str) -> Result<Vec<Lead>, StoreError> {
    let rows: Vec<LeadRow> = on!(tx, c => sqlx::query_as(
        select_lead!("WHERE conversation_key = $1 ORDER BY need_number"))
        .bind(key).fetch_all(c).await?);
    leads(rows)
}

/// The leads of a call: by either id, whichever is told.
pub async fn of_call(
    tx: &mut Tx,
    conversation_id: &str,
    call_sid: &str,
) -> Result<Vec<Lead>, StoreError> {
    let rows: Vec<LeadRow> = on!(tx, c => sqlx::query_as(
        select_lead!("WHERE (conversation_id = $1 AND $1 <> '') OR (call_sid = $2 AND $2 <> '')
                      ORDER BY id"))
        .bind(conversation_id).bind(call_sid).fetch_all(c).await?);
    leads(rows)
}

/// Open leads of a customer's number; two are enough to know that it is not just one.
pub async fn open_of_phone(tx: &mut Tx, phone: &str) -> Result<Vec<Uuid>, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(
        "SELECT id FROM lead WHERE phone_e164 = $1 AND state NOT IN ('won', 'lost', 'cancelled')
          LIMIT 2")
        .bind(phone).fetch_all(c).await?))
}

/// Which leads a list shows; empty means all.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    pub state: String,
    pub site_id: String,
    pub conversation_id: String,
    pub call_sid: String,
    /// Only older than this one.
    pub before: Option<(i64, Uuid)>,
    pub limit: i64,
}

/// Newest first.
pub async fn list(tx: &mut Tx, filter: &Filter) -> Result<Vec<Lead>, StoreError> {
    let (before_us, before_id) = filter.before.unwrap_or((i64::MAX, Uuid::max()));
    let rows: Vec<LeadRow> = on!(tx, c => sqlx::query_as(
        select_lead!("WHERE ($1 = '' OR state = $1) AND ($2 = '' OR site_id = $2)
                        AND ($3 = '' OR conversation_id = $3) AND ($4 = '' OR call_sid = $4)
                        AND (create_us, id) < ($5, $6)
                      ORDER BY create_us DESC, id DESC LIMIT $7"))
        .bind(&filter.state).bind(&filter.site_id).bind(&filter.conversation_id)
        .bind(&filter.call_sid).bind(before_us).bind(before_id).bind(filter.limit)
        .fetch_all(c).await?);
    leads(rows)
}

/// Leads by state, for the metrics.
pub async fn count(tx: &mut Tx) -> Result<Vec<(String, i64)>, StoreError> {
    Ok(
        on!(tx, c => sqlx::query_as("SELECT state, COUNT(*) FROM lead GROUP BY state")
        .fetch_all(c).await?),
    )
}

/// How long ago the oldest lead that waits for a provider came in; 0 where none waits.
pub async fn oldest_unmatched_us(tx: &mut Tx) -> Result<i64, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(
        "SELECT COALESCE((SELECT us FROM clock) - MIN(create_us), 0) FROM lead
          WHERE state = 'unmatched'").fetch_one(c).await?))
}

/// Makes the unmatched leads of a country due, oldest first (D7): the older, the earlier due.
///
/// Leads whose match is under way are marked first, so that the answer "nobody" that they may
/// already have is not believed (`heed_wake`); one that becomes unmatched in between is seen by
/// the second statement.
pub async fn wake_unmatched(tx: &mut Tx, country: &str) -> Result<u64, StoreError> {
    on!(tx, c => sqlx::query(
        "UPDATE lead SET wake_count = wake_count + 1
          WHERE state = 'pending' AND verified AND ($1 = '' OR source_country = $1)")
        .bind(country).execute(c).await?.rows_affected());
    // Who is not told yet is told first: that is due already, and the retry follows it. Such a
    // step is disturbed, for it would write back the time of the retry that it read.
    Ok(on!(tx, c => sqlx::query(
        "UPDATE lead SET retry_us = create_us,
                due_us = CASE WHEN told THEN create_us ELSE due_us END,
                lease_until_us = CASE WHEN told THEN lease_until_us ELSE NULL END,
                version = CASE WHEN told THEN version ELSE version + 1 END
          WHERE state = 'unmatched' AND NOT operator_owned
            AND ($1 = '' OR source_country = $1)")
        .bind(country).execute(c).await?.rows_affected()))
}

/// The roster changed while this lead was matched: it is tried again at once.
pub async fn heed_wake(tx: &mut Tx, lead: &Lead) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(
        "UPDATE lead SET retry_us = create_us,
                due_us = CASE WHEN told THEN create_us ELSE due_us END
          WHERE id = $1 AND state = 'unmatched' AND NOT operator_owned AND wake_count <> $2")
        .bind(lead.id).bind(lead.wake_count).execute(c).await?.rows_affected());
    Ok(())
}

/// Leads with a provider that changed since, after `after` by id.
pub async fn with_provider(
    tx: &mut Tx,
    after: Uuid,
    since: DateTime<Utc>,
    limit: i64,
) -> Result<Vec<Lead>, StoreError> {
    let rows: Vec<LeadRow> = on!(tx, c => sqlx::query_as(
        select_lead!("WHERE id > $1 AND state IN ('assigned', 'notified', 'confirmed')
                        AND change_time >= $2 ORDER BY id LIMIT $3"))
        .bind(after).bind(since).bind(limit).fetch_all(c).await?);
    leads(rows)
}

fn leads(rows: Vec<LeadRow>) -> Result<Vec<Lead>, StoreError> {
    rows.into_iter()
        .map(|row| Ok(Lead::try_from(row)?))
        .collect()
}
