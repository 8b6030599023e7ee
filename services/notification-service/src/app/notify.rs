//! Notify: one transaction writes the notice, its deliveries and what they say (I9), then the
//! workers are woken. A repeat writes nothing and answers what stands.

use std::sync::Arc;
use std::time::Duration;

use chassis::db::{StoreError, Tx, unit};
use chassis::{clock, ids, telemetry};
use chrono::{DateTime, Utc};
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::domain::delivery::{Delivery, Recipient, State};
use crate::domain::notice::Notice;
use crate::domain::plan::{self, Planned, Setting, Verdict};
use crate::domain::reference;
use crate::domain::rules::Rules;
use crate::store::messages::Message;
use crate::store::{deliveries, messages, notices, outcomes, rules};
use crate::text::{self, Rendered};

use super::Notification;

/// An offer is of no use to a provider later than this.
const OFFER_LIFE: Duration = Duration::from_secs(2 * 3600);
/// Every delivery ends within a day (I10).
const LIFE: Duration = Duration::from_secs(24 * 3600);

/// What Notify did.
pub struct Notified {
    pub deliveries: Vec<Delivery>,
    /// False for a repeat.
    pub created: bool,
}

/// Tells people what the notice says.
pub async fn notify(
    service: &Notification,
    key: String,
    not_after: Option<DateTime<Utc>>,
    notice: Notice,
) -> Result<Notified, StoreError> {
    let service = service.clone();
    unit(async move {
        let mut tx = service.db.begin().await?;
        if let Some(deliveries) = write(&service, &mut tx, &key, not_after, &notice).await? {
            tx.commit().await?;
            count(&deliveries);
            return Ok(Notified {
                deliveries,
                created: true,
            });
        }
        // The key stands, whatever this notice says: the first one counts (I9).
        let deliveries = deliveries::of_notice(&mut tx, &key).await?;
        Ok(Notified {
            deliveries,
            created: false,
        })
    })
    .await
}

/// Writes a notice with its plan into an open transaction; nothing when the key stands already.
pub(super) async fn write(
    service: &Notification,
    tx: &mut Tx,
    key: &str,
    not_after: Option<DateTime<Utc>>,
    notice: &Notice,
) -> Result<Option<Vec<Delivery>>, StoreError> {
    let now = clock::now();
    let Some(opened) = notices::open(tx, key, notice.kind(), notice.lead_id(), now).await? else {
        return Ok(None);
    };
    let rules = current_rules(service, tx, opened.rules_version).await?;
    let setting = Setting {
        rules: &rules,
        operator_email: &service.operator_email,
        operator_language: &service.operator_language,
        known: &text::LANGUAGES,
    };
    let plan = plan::of(notice, &setting);
    let written = texts(service, key, notice, &plan);
    let mut rows = Vec::with_capacity(plan.len());
    let mut contents = Vec::with_capacity(plan.len());
    for (planned, said) in plan.iter().zip(written) {
        rows.push(row(
            key,
            notice,
            planned,
            &said,
            opened.now_us,
            not_after,
            now,
        )?);
        contents.push(content(planned, said));
    }
    deliveries::insert(tx, &rows).await?;
    messages::insert(tx, &contents).await?;
    for row in &rows {
        let delivery = &row.delivery;
        if delivery.state == State::Queued {
            tx.wake_after_commit(&service.lane(delivery.channel).sends);
        } else {
            outcomes::publish(tx, delivery).await?;
        }
    }
    note_full_copy(service, tx, notice, &rows, now).await?;
    Ok(Some(rows.into_iter().map(|row| row.delivery).collect()))
}

/// The rules of that version: from memory, or read in this transaction.
async fn current_rules(
    service: &Notification,
    tx: &mut Tx,
    version: i64,
) -> Result<Arc<Rules>, StoreError> {
    let known = service.known_rules();
    if known.version == version {
        return Ok(known);
    }
    let read = Arc::new(rules::read(tx).await?);
    service.remember_rules(Arc::clone(&read));
    Ok(read)
}

struct Said {
    id: Uuid,
    reference: String,
    rendered: Rendered,
}

/// What every delivery says; the operator's last, since it holds a copy of the others (R51).
fn texts(service: &Notification, key: &str, notice: &Notice, plan: &[Planned]) -> Vec<Said> {
    let offer = match notice {
        Notice::LeadAssigned { lead, .. } | Notice::LeadUnmatched { lead, .. } => ids::derive(
            "offer",
            &[&lead.lead_id.to_string(), &lead.attempt.to_string()],
        ),
        _ => ids::derive("notice", &[key]),
    };
    let mut said: Vec<Said> = Vec::with_capacity(plan.len());
    for planned in plan {
        let id = ids::derive(
            "delivery",
            &[
                key,
                planned.template.name(),
                planned.recipient.name(),
                planned.channel.name(),
            ],
        );
        let reference = reference::of(offer, id);
        let others: Vec<(&Planned, &Rendered)> = if planned.recipient == Recipient::Operator {
            plan.iter()
                .zip(said.iter().map(|said| &said.rendered))
                .collect()
        } else {
            Vec::new()
        };
        let full = service.operator_full_health_copy;
        let rendered = text::render(notice, planned, &reference, &others, full);
        said.push(Said {
            id,
            reference,
            rendered,
        });
    }
    said
}

fn row(
    key: &str,
    notice: &Notice,
    planned: &Planned,
    said: &Said,
    now_us: i64,
    not_after: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Result<deliveries::New, StoreError> {
    let (state, reason) = match &planned.verdict {
        Verdict::Send { .. } => (State::Queued, ""),
        Verdict::Withheld(reason) => (State::Withheld, *reason),
        Verdict::NotPossible(reason) => (State::NotPossible, *reason),
    };
    let life = if planned.recipient == Recipient::Provider {
        OFFER_LIFE
    } else {
        LIFE
    };
    let not_after_us = match not_after {
        Some(at) => at.timestamp_micros(),
        None => now_us.saturating_add(i64::try_from(life.as_micros()).unwrap_or(i64::MAX)),
    };
    let not_after = DateTime::from_timestamp_micros(not_after_us)
        .ok_or_else(|| StoreError::Setup("not_after is beyond the calendar".into()))?;
    let sender = match &planned.verdict {
        Verdict::Send { from, .. } => from.clone(),
        _ => String::new(),
    };
    Ok(deliveries::New {
        delivery: Delivery {
            id: said.id,
            message_key: key.to_owned(),
            template: planned.template,
            recipient: planned.recipient,
            channel: planned.channel,
            lead_id: notice.lead_id(),
            state,
            masked_address: text::render::masked(planned),
            reference: said.reference.clone(),
            carrier_id: None,
            attempts: 0,
            reason: reason.to_owned(),
            error_class: String::new(),
            create_time: now,
            accept_time: None,
            settle_time: state.is_settled().then_some(now),
            not_after,
        },
        source_country: planned.source_country.clone(),
        address_country: planned.address_country.clone(),
        recipient_country: planned.recipient_country.clone(),
        allowed_country: planned.allowed_country.clone(),
        sender,
        due_us: now_us,
        not_after_us,
        traceparent: telemetry::current_traceparent(),
    })
}

fn content(planned: &Planned, said: Said) -> Message {
    let content_sid = match &planned.verdict {
        Verdict::Send { content_sid, .. } => content_sid.clone(),
        _ => String::new(),
    };
    let variables: Map<String, Value> = (1..)
        .zip(said.rendered.variables)
        .map(|(number, value): (u32, String)| (number.to_string(), Value::String(value)))
        .collect();
    Message {
        delivery_id: said.id,
        address: planned.address.clone(),
        subject: said.rendered.subject,
        body: said.rendered.body,
        html: said.rendered.html,
        content_sid,
        variables: Value::Object(variables),
    }
}

/// D10: a full copy of a health-related lead is a setting whose use is recorded.
async fn note_full_copy(
    service: &Notification,
    tx: &mut Tx,
    notice: &Notice,
    rows: &[deliveries::New],
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let (Notice::LeadAssigned { lead, .. } | Notice::LeadUnmatched { lead, .. }) = notice else {
        return Ok(());
    };
    if !lead.health || !service.operator_full_health_copy {
        return Ok(());
    }
    for row in rows
        .iter()
        .filter(|row| row.delivery.recipient == Recipient::Operator)
    {
        messages::note_full_health_copy(tx, row.delivery.id, now).await?;
        tracing::info!(
            delivery.id = %row.delivery.id,
            lead.id = %lead.lead_id,
            "full copy of a health-related lead for the operator"
        );
    }
    Ok(())
}

fn count(deliveries: &[Delivery]) {
    for delivery in deliveries {
        super::settle::count(delivery);
    }
}
