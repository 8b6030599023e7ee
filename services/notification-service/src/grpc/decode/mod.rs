//! From the wire to domain values. Each message is taken apart by naming every field, and every
//! fault of a request is told at once.

mod answer;
mod facts;
mod fields;
mod hand;
mod kind;
mod notice;
mod rules;
mod summary;

use chassis::fault::Violations;
use chrono::DateTime;
use contracts::notification::v1 as wire;
use tonic::Status;
use uuid::Uuid;

use crate::app::record_report::Incoming;
use crate::domain::delivery::{Recipient, State};
use crate::domain::mail_errors::MailEvent;
use crate::store::deliveries::{After, Which};

use fields::{id, key, optional_id, required};
pub(super) use hand::{erase, find, retry};
pub(super) use notice::notify;
pub(super) use rules::rules;

const PAGE_SIZE: usize = 50;
const LARGEST_PAGE: usize = 200;

pub(super) fn cancel(
    request: wire::CancelDeliveriesRequest,
) -> Result<(String, Option<Recipient>), Status> {
    let wire::CancelDeliveriesRequest {
        message_key,
        recipient,
    } = request;
    let mut faults = Violations::new();
    let key = key(&mut faults, message_key);
    let recipient = kind::recipient(&mut faults, "recipient", recipient);
    faults.finish()?;
    Ok((key, recipient))
}

pub(super) fn message_key(value: String) -> Result<String, Status> {
    let mut faults = Violations::new();
    let key = key(&mut faults, value);
    faults.finish()?;
    Ok(key)
}

pub(super) struct List {
    pub(super) which: Which,
    pub(super) after: Option<After>,
    pub(super) size: usize,
}

pub(super) fn list(request: wire::ListDeliveriesRequest) -> Result<List, Status> {
    let wire::ListDeliveriesRequest {
        lead_id,
        state: kind,
        page_size,
        page_token,
        lead_ids,
        recipient,
    } = request;
    let mut faults = Violations::new();
    if lead_ids.len() > LARGEST_PAGE {
        faults.add("lead_ids", "are more than 200");
    }
    let lead_id = optional_id(&mut faults, "lead_id", &lead_id);
    let mut leads: Vec<Uuid> = lead_ids
        .iter()
        .filter_map(|lead| id(&mut faults, "lead_ids", lead))
        .collect();
    // Both together: what is in both.
    match lead_id {
        Some(lead_id) if leads.is_empty() || leads.contains(&lead_id) => leads = vec![lead_id],
        Some(_) => {
            faults.add("lead_id", "is not among lead_ids");
        }
        None => {}
    }
    let recipient = kind::recipient(&mut faults, "recipient", recipient);
    let state = match wire::DeliveryState::try_from(kind) {
        Ok(kind) => state(kind),
        Err(_) => {
            faults.add("state", "is no state of a delivery");
            None
        }
    };
    let size = match usize::try_from(page_size) {
        Ok(0) => PAGE_SIZE,
        Ok(size) => size.min(LARGEST_PAGE),
        Err(_) => {
            faults.add("page_size", "is negative");
            PAGE_SIZE
        }
    };
    let after = match page_token.as_str() {
        "" => None,
        token => {
            let parsed = parse_token(token);
            if parsed.is_none() {
                faults.add("page_token", "is not a token of ours");
            }
            parsed
        }
    };
    faults.finish()?;
    Ok(List {
        which: Which {
            lead_ids: leads,
            state,
            recipient,
        },
        after,
        size,
    })
}

fn parse_token(token: &str) -> Option<After> {
    let (micros, id) = token.split_once(':')?;
    let create_time = DateTime::from_timestamp_micros(micros.parse().ok()?)?;
    Some(After {
        create_time,
        id: id.parse().ok()?,
    })
}

fn state(kind: wire::DeliveryState) -> Option<State> {
    use wire::DeliveryState as W;
    Some(match kind {
        W::Unspecified => return None,
        W::Queued => State::Queued,
        W::Sending => State::Sending,
        W::Accepted => State::Accepted,
        W::Delivered => State::Delivered,
        W::Failed => State::Failed,
        W::Dead => State::Dead,
        W::Expired => State::Expired,
        W::Withheld => State::Withheld,
        W::NotPossible => State::NotPossible,
        W::Unknown => State::Unknown,
        W::Cancelled => State::Cancelled,
    })
}

pub(super) fn report(request: wire::RecordDeliveryReportRequest) -> Result<Incoming, Status> {
    use wire::record_delivery_report_request::Report as R;
    let wire::RecordDeliveryReportRequest { report } = request;
    let mut faults = Violations::new();
    let incoming = match report {
        None => {
            faults.add("report", "is required: twilio or mailgun");
            None
        }
        Some(R::Twilio(wire::TwilioReport {
            delivery_id,
            message_sid,
            status,
            error_code,
        })) => {
            Some(Incoming::Twilio {
                // A foreign id in a callback is no fault of the carrier's: it finds nothing.
                delivery_id: delivery_id.parse().ok(),
                message_sid: required(&mut faults, "twilio.message_sid", message_sid),
                status: required(&mut faults, "twilio.status", status),
                code: u32::try_from(error_code).unwrap_or(0),
            })
        }
        Some(R::Mailgun(wire::MailgunReport {
            token,
            event_key,
            event,
            severity,
            reason,
            code,
            message_id,
            delivery_id,
        })) => Some(Incoming::Mailgun {
            token: required(&mut faults, "mailgun.token", token),
            event_key: required(&mut faults, "mailgun.event_key", event_key),
            event: MailEvent {
                event: required(&mut faults, "mailgun.event", event),
                severity,
                reason,
                code,
            },
            message_id: message_id.trim_matches(['<', '>']).to_owned(),
            delivery_id: delivery_id.parse().ok(),
        }),
    };
    faults.finish()?;
    incoming.ok_or_else(|| Status::invalid_argument("report is required"))
}
