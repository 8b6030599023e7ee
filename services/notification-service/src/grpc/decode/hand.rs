//! Requests of the operator's hand: find at the carrier, send again, erase.

use chassis::fault::Violations;
use chrono::{DateTime, Utc};
use contracts::notification::v1 as wire;
use tonic::Status;
use uuid::Uuid;

use crate::domain::clean;
use crate::domain::phone::Phone;
use crate::domain::reference;

use super::fields::{id, required, time};

/// Longer causes are not words of one person.
const CAUSE_LIMIT: usize = 500;
const MOST_LEADS: usize = 1_000;

pub(crate) struct Find {
    pub(crate) reference: String,
    pub(crate) since: DateTime<Utc>,
    pub(crate) address: String,
}

pub(crate) fn find(request: wire::FindAtCarrierRequest) -> Result<Find, Status> {
    let wire::FindAtCarrierRequest {
        reference,
        since_time,
        address,
    } = request;
    let mut faults = Violations::new();
    if !reference::is_one(&reference) {
        faults.add("reference", "is required, of the form K7-3F9AQ");
    }
    let since = match since_time {
        Some(since) => time(&mut faults, "since_time", since),
        None => {
            faults.add("since_time", "is required");
            None
        }
    };
    let address = address.trim().to_owned();
    if !address.is_empty() && !clean::is_email(&address) && Phone::parse(&address).is_none() {
        faults.add(
            "address",
            "is a number in E.164, an email address, or empty",
        );
    }
    faults.finish()?;
    let since = since.ok_or_else(|| Status::invalid_argument("since_time is required"))?;
    Ok(Find {
        reference,
        since,
        address,
    })
}

pub(crate) struct Retry {
    pub(crate) delivery_id: Uuid,
    pub(crate) actor: String,
    pub(crate) cause: String,
}

pub(crate) fn retry(request: wire::RetryDeliveryRequest) -> Result<Retry, Status> {
    let wire::RetryDeliveryRequest {
        delivery_id,
        actor,
        cause,
    } = request;
    let mut faults = Violations::new();
    let delivery_id = id(&mut faults, "delivery_id", &delivery_id);
    let actor = required(&mut faults, "actor", actor);
    let cause = required(&mut faults, "cause", cause);
    faults.finish()?;
    let delivery_id =
        delivery_id.ok_or_else(|| Status::invalid_argument("delivery_id is required"))?;
    Ok(Retry {
        delivery_id,
        actor: clean::line(&actor, 80),
        cause: clean::line(&cause, CAUSE_LIMIT),
    })
}

pub(crate) struct Erase {
    pub(crate) phone: String,
    pub(crate) actor: String,
    pub(crate) dry_run: bool,
    pub(crate) lead_ids: Vec<Uuid>,
}

pub(crate) fn erase(request: wire::EraseRequest) -> Result<Erase, Status> {
    let wire::EraseRequest {
        phone_e164,
        actor,
        dry_run,
        lead_ids,
    } = request;
    let mut faults = Violations::new();
    let phone = Phone::parse(&phone_e164);
    if phone.is_none() {
        faults.add("phone_e164", "is required, a number in E.164");
    }
    let actor = required(&mut faults, "actor", actor);
    if lead_ids.len() > MOST_LEADS {
        faults.add("lead_ids", "are more than 1,000");
    }
    let lead_ids = lead_ids
        .iter()
        .filter_map(|lead| id(&mut faults, "lead_ids", lead))
        .collect();
    faults.finish()?;
    let phone = phone.ok_or_else(|| Status::invalid_argument("phone_e164 is required"))?;
    Ok(Erase {
        phone: phone.e164().to_owned(),
        actor: clean::line(&actor, 80),
        dry_run,
        lead_ids,
    })
}
