//! FindAtCarrier: what the carriers still show of messages with a lead's reference, and whose each
//! is. Changes nothing.

use chassis::db::StoreError;
use chassis::fault::{Fault, Kind};
use chassis::mask;
use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::domain::search::Sighting;
use crate::provider::Unanswered;
use crate::store::{deliveries, reports};

use super::Notification;

/// More are not of one lead.
const MOST: usize = 100;

/// A message with the delivery that claims it.
pub struct Seen {
    pub sighting: Sighting,
    pub masked_address: String,
    pub delivery_id: Option<Uuid>,
    /// It is the operator's copy.
    pub to_operator: bool,
}

#[derive(Debug, thiserror::Error)]
pub enum FindError {
    #[error(transparent)]
    Carrier(#[from] Unanswered),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Fault for FindError {
    fn kind(&self) -> Kind {
        match self {
            Self::Carrier(_) => Kind::Unavailable,
            Self::Store(error) => error.kind(),
        }
    }

    fn reason(&self) -> &'static str {
        match self {
            Self::Carrier(_) => "CARRIER_UNANSWERED",
            Self::Store(error) => error.reason(),
        }
    }
}

/// Messages with that reference, oldest first. An answer names all that the asked carriers show, or
/// there is none: half of the truth would pass for the whole.
pub async fn find(
    service: &Notification,
    reference: &str,
    since: DateTime<Utc>,
    address: &str,
) -> Result<Vec<Seen>, FindError> {
    let to = Some(address).filter(|address| !address.is_empty());
    let is_mail = address.contains('@');
    let mut found = Vec::new();
    if !is_mail {
        found.extend(service.twilio.find(reference, since, to).await?);
    }
    if is_mail || to.is_none() {
        found.extend(service.mailgun.find(reference, since, to).await?);
    }
    found.sort_by_key(|sighting| sighting.sent);
    found.truncate(MOST);
    let mut tx = service.db.read().await?;
    let mut seen = Vec::with_capacity(found.len());
    for sighting in found {
        let mut owner = reports::owner(&mut tx, &sighting.carrier_id).await?;
        if owner.is_none() && sighting.mail {
            // Our own Message-Id begins with the delivery's id.
            let id = sighting.carrier_id.split(['@', '.']).next();
            if let Some(id) = id.and_then(|id| id.parse().ok()) {
                owner = deliveries::of_id(&mut tx, id).await?.map(|known| known.id);
            }
        }
        let masked_address = match sighting.mail {
            true => mask::email(&sighting.address),
            false => mask::phone(&sighting.address),
        };
        let operator = service.operator_email.trim();
        seen.push(Seen {
            to_operator: sighting.mail && sighting.address.eq_ignore_ascii_case(operator),
            sighting,
            masked_address,
            delivery_id: owner,
        });
    }
    Ok(seen)
}
