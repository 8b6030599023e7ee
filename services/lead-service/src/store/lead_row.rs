//! The row of a lead, and how it becomes the lead of the domain.

use std::str::FromStr;

use chassis::db::CorruptRow;
use chrono::{DateTime, Utc};
use sqlx::types::Json;
use uuid::Uuid;

use crate::domain::attempt::LeadResult;
use crate::domain::lead::{Aftercare, Before, Lead, Offer, Origin, Source};
use crate::domain::need::{Field, Need};
use crate::domain::provider::Candidate;
use crate::domain::state::LeadState;

#[derive(sqlx::FromRow)]
pub(super) struct LeadRow {
    id: Uuid,
    conversation_key: String,
    need_number: i32,
    need_key: Option<String>,
    conversation_id: String,
    call_sid: String,
    origin: String,
    state: String,
    verified: bool,
    site_id: Option<String>,
    site_url: String,
    source_country: Option<String>,
    customer_name: String,
    phone_said: String,
    language_said: String,
    service: String,
    location: String,
    urgency_said: String,
    arguments: Uuid,
    caller_id: String,
    recording_sid: String,
    phone_e164: String,
    language: String,
    category: String,
    city: Option<String>,
    urgency: String,
    missing_fields: String,
    attempt: i32,
    provider_id: Option<String>,
    provider_country: Option<String>,
    match_reason: String,
    candidates: Json<Vec<Candidate>>,
    told: bool,
    wanted_provider_id: Option<String>,
    recover_since_us: Option<i64>,
    before_provider_id: Option<String>,
    before_told_us: Option<i64>,
    before_confirmed: bool,
    repeat_of: Option<Uuid>,
    deadline_us: Option<i64>,
    reminder_us: Option<i64>,
    watch_us: Option<i64>,
    unreached: bool,
    settled: bool,
    confirm_time: Option<DateTime<Utc>>,
    free_us: Option<i64>,
    ask_us: Option<i64>,
    no_result_us: Option<i64>,
    won_amount_minor: Option<i64>,
    won_currency: Option<String>,
    lost_reason: Option<String>,
    erase_time: Option<DateTime<Utc>>,
    operator_owned: bool,
    tries: i32,
    due_us: Option<i64>,
    retry_us: Option<i64>,
    wake_count: i64,
    assumed_end_us: i64,
    call_end_us: Option<i64>,
    traceparent: Option<String>,
    version: i64,
    create_us: i64,
    create_time: DateTime<Utc>,
    change_time: DateTime<Utc>,
}

/// Every column of the row, in a SELECT that ends as told.
macro_rules! select_lead {
    ($tail:literal) => {
        concat!(
            "SELECT id, conversation_key, need_number, need_key, conversation_id, call_sid, origin,
                    state, verified, site_id, site_url, source_country, customer_name, phone_said,
                    language_said, service, location, urgency_said, arguments, caller_id,
                    recording_sid, phone_e164, language, category, city, urgency, missing_fields,
                    attempt, provider_id, provider_country, match_reason, candidates, told,
                    wanted_provider_id, repeat_of, deadline_us, reminder_us, watch_us, unreached,
                    settled, confirm_time, free_us, ask_us, no_result_us, won_amount_minor,
                    won_currency, lost_reason, erase_time, operator_owned, tries, due_us, retry_us,
                    wake_count, assumed_end_us, recover_since_us, before_provider_id,
                    before_told_us, before_confirmed, call_end_us, traceparent, version, create_us, create_time, change_time
               FROM lead ",
            $tail
        )
    };
}
pub(super) use select_lead;

/// Missing fields as one column: names with a space between.
pub(super) fn join(fields: &[Field]) -> String {
    fields
        .iter()
        .map(|field| field.name())
        .collect::<Vec<_>>()
        .join(" ")
}

impl TryFrom<LeadRow> for Lead {
    type Error = CorruptRow;

    fn try_from(row: LeadRow) -> Result<Self, CorruptRow> {
        let id = row.id;
        let corrupt = |column| CorruptRow::new("lead", column, id);
        let field = |name: &str| Field::ALL.into_iter().find(|field| field.name() == name);
        let missing: Option<Vec<Field>> = row
            .missing_fields
            .split(' ')
            .filter(|n| !n.is_empty())
            .map(field)
            .collect();
        let source = match (row.site_id, row.source_country) {
            (Some(site_id), Some(country)) => Some(Source {
                site_id,
                url: row.site_url,
                country,
            }),
            _ => None,
        };
        let result = match (row.won_amount_minor, row.won_currency, row.lost_reason) {
            (Some(amount_minor), Some(currency), _) => Some(LeadResult::Won {
                amount_minor,
                currency,
            }),
            (_, _, Some(reason)) => Some(LeadResult::Lost { reason }),
            _ => None,
        };
        Ok(Self {
            id,
            conversation_key: row.conversation_key,
            need_number: row.need_number,
            need: Need {
                customer_name: row.customer_name,
                phone: row.phone_said,
                language: row.language_said,
                service: row.service,
                location: row.location,
                urgency: row.urgency_said,
                another_need: row.need_key.is_some(),
            },
            need_key: row.need_key,
            conversation_id: row.conversation_id,
            call_sid: row.call_sid,
            origin: Origin::ALL
                .into_iter()
                .find(|origin| origin.name() == row.origin)
                .ok_or_else(|| corrupt("origin"))?,
            state: LeadState::from_str(&row.state).map_err(|_| corrupt("state"))?,
            verified: row.verified,
            source,
            arguments: row.arguments,
            caller_id: row.caller_id,
            recording_sid: row.recording_sid,
            phone: row.phone_e164,
            language: row.language,
            category: row.category,
            city: row.city,
            urgency: row.urgency.parse().ok(),
            missing: missing.ok_or_else(|| corrupt("missing_fields"))?,
            attempt: row.attempt,
            provider_id: row.provider_id,
            provider_country: row.provider_country,
            match_reason: row.match_reason,
            candidates: row.candidates.0,
            told: row.told,
            wanted: row.wanted_provider_id,
            before: Before {
                ask_since_us: row.recover_since_us,
                provider_id: row.before_provider_id,
                told_us: row.before_told_us,
                confirmed: row.before_confirmed,
            },
            repeat_of: row.repeat_of,
            offer: Offer {
                deadline_us: row.deadline_us,
                reminder_us: row.reminder_us,
                watch_us: row.watch_us,
                unreached: row.unreached,
            },
            aftercare: Aftercare {
                settled: row.settled,
                free_us: row.free_us,
                ask_us: row.ask_us,
                no_result_us: row.no_result_us,
            },
            confirm_time: row.confirm_time,
            result,
            erase_time: row.erase_time,
            operator_owned: row.operator_owned,
            tries: row.tries,
            due_us: row.due_us,
            retry_us: row.retry_us,
            wake_count: row.wake_count,
            assumed_end_us: row.assumed_end_us,
            call_end_us: row.call_end_us,
            traceparent: row.traceparent,
            version: row.version,
            create_us: row.create_us,
            create_time: row.create_time,
            change_time: row.change_time,
        })
    }
}
