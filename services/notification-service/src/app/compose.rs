//! Composing: from a plan to the rows of its deliveries and what each of them says.

use chassis::db::StoreError;
use chassis::{ids, telemetry};
use chrono::{DateTime, Utc};
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::domain::delivery::{Channel, Delivery, Recipient, State};
use crate::domain::life;
use crate::domain::notice::Notice;
use crate::domain::plan::{Planned, Verdict};
use crate::domain::reference;
use crate::store::deliveries;
use crate::store::messages::Message;
use crate::text::{self, About, Answering, Rendered};

/// When a notice was opened, and when its offer ends.
pub(super) struct Times {
    /// The database's time.
    pub(super) now_us: i64,
    pub(super) now: DateTime<Utc>,
    pub(super) offer_end: Option<DateTime<Utc>>,
}

/// The deliveries of a notice with their contents, in the order of the plan.
pub(super) fn compose(
    key: &str,
    notice: &Notice,
    plan: Vec<Planned>,
    full_health_copy: bool,
    times: &Times,
) -> Result<(Vec<deliveries::New>, Vec<Message>), StoreError> {
    let reference = reference_of(key, notice);
    let said = texts(key, notice, &plan, &reference, full_health_copy);
    let traceparent = telemetry::current_traceparent();
    let mut rows = Vec::with_capacity(plan.len());
    let mut contents = Vec::with_capacity(plan.len());
    for (planned, said) in plan.into_iter().zip(said) {
        let (delivery, sender, content_sid) =
            delivery(key, notice, &planned, &said, &reference, times)?;
        rows.push(deliveries::New {
            not_after_us: delivery.not_after.timestamp_micros(),
            delivery,
            source_country: planned.source_country,
            recipient_country: planned.recipient_country,
            allowed_country: planned.allowed_country,
            sender,
            due_us: times.now_us,
            traceparent: traceparent.clone(),
        });
        contents.push(content(said, planned.address, content_sid));
    }
    Ok((rows, contents))
}

struct Said {
    id: Uuid,
    rendered: Rendered,
}

/// The reference that all texts of a notice show: the lead's own, whatever is told about it.
fn reference_of(key: &str, notice: &Notice) -> String {
    let told = notice.reference();
    if !told.is_empty() {
        return told.to_owned();
    }
    let subject = notice.lead_id();
    reference::of(subject.unwrap_or_else(|| ids::derive("notice", &[key])))
}

/// What every delivery says; the operator's last, since it holds a copy of the others (R51).
fn texts(key: &str, notice: &Notice, plan: &[Planned], reference: &str, full: bool) -> Vec<Said> {
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
        let others: Vec<(&Planned, &Rendered)> = if planned.recipient == Recipient::Operator {
            plan.iter()
                .zip(said.iter().map(|said| &said.rendered))
                .collect()
        } else {
            Vec::new()
        };
        let about = About {
            reference,
            answering: Answering::of(plan),
            others: &others,
            full,
        };
        let rendered = text::render(notice, planned, &about);
        said.push(Said { id, rendered });
    }
    said
}

fn delivery(
    key: &str,
    notice: &Notice,
    planned: &Planned,
    said: &Said,
    reference: &str,
    times: &Times,
) -> Result<(Delivery, String, String), StoreError> {
    let (state, reason, sender, content_sid) = match &planned.verdict {
        Verdict::Send { from, content_sid } => (State::Queued, "", &**from, &**content_sid),
        Verdict::Withheld(reason) => (State::Withheld, *reason, "", ""),
        Verdict::NotPossible(reason) => (State::NotPossible, *reason, "", ""),
    };
    let opened = DateTime::from_timestamp_micros(times.now_us)
        .ok_or_else(|| StoreError::Setup("the database's clock is beyond the calendar".into()))?;
    let delivery = Delivery {
        id: said.id,
        message_key: key.to_owned(),
        template: planned.template,
        recipient: planned.recipient,
        channel: planned.channel,
        lead_id: notice.lead_id(),
        state,
        masked_address: text::render::masked(planned),
        reference: reference.to_owned(),
        recipient_id: match planned.recipient {
            Recipient::Provider => notice.provider_id().to_owned(),
            _ => String::new(),
        },
        carrier_id: None,
        attempts: 0,
        ambiguous_attempts: 0,
        country: planned.address_country.clone(),
        segments: segments(planned.channel, &said.rendered.body),
        reason: reason.to_owned(),
        error_class: String::new(),
        create_time: times.now,
        accept_time: None,
        settle_time: state.is_settled().then_some(times.now),
        not_after: life::not_after(notice, planned.recipient, opened, times.offer_end),
    };
    Ok((delivery, sender.to_owned(), content_sid.to_owned()))
}

/// As carriers count them: only an SMS has any.
fn segments(channel: Channel, body: &str) -> i64 {
    if channel != Channel::Sms || body.is_empty() {
        return 0;
    }
    i64::try_from(text::segments::count(body)).unwrap_or(i64::MAX)
}

fn content(said: Said, address: String, content_sid: String) -> Message {
    let variables: Map<String, Value> = (1..)
        .zip(said.rendered.variables)
        .map(|(number, value): (u32, String)| (number.to_string(), Value::String(value)))
        .collect();
    Message {
        delivery_id: said.id,
        address,
        subject: said.rendered.subject,
        body: said.rendered.body,
        html: said.rendered.html,
        content_sid,
        variables: Value::Object(variables),
    }
}
