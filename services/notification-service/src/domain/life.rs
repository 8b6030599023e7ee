//! The life of a message: beyond its end it is never sent. Offers end with themselves; what else
//! people are told has a life of its own.

use std::time::Duration;

use chrono::{DateTime, Utc};

use super::delivery::{Recipient, Template};
use super::notice::Notice;

/// An offer that names no end is of no use to a provider later than this.
const OFFER_LIFE: Duration = Duration::from_secs(2 * 3600);
/// A confirmation that comes a day late helps no customer.
const CUSTOMER_LIFE: Duration = Duration::from_secs(24 * 3600);
/// The operator must hear of everything (R51), for as long as a delivery may live (I10).
pub const OPERATOR_LIFE: Duration = Duration::from_secs(24 * 3600);

/// An answer belongs to the moment in which somebody wrote.
const ANSWER_LIFE: Duration = Duration::from_secs(3600);
/// How long a provider is told that an offer is over, or theirs.
const TOLD_LIFE: Duration = Duration::from_secs(24 * 3600);
const PROOF_LIFE: Duration = Duration::from_secs(24 * 3600);
const RESULT_LIFE: Duration = Duration::from_secs(48 * 3600);

/// Beyond it a delivery is never sent. Messages to the provider of an offer end with it; what else
/// people are told has a life of its own, since it stays true when the offer is over.
#[must_use]
pub fn not_after(
    notice: &Notice,
    recipient: Recipient,
    now: DateTime<Utc>,
    offer_end: Option<DateTime<Utc>>,
) -> DateTime<Utc> {
    if let Notice::ReplyAnswer(_) = notice {
        return now + ANSWER_LIFE;
    }
    match recipient {
        Recipient::Customer => return now + CUSTOMER_LIFE,
        Recipient::Operator => return now + OPERATOR_LIFE,
        Recipient::Provider => {}
    }
    let life = match notice {
        Notice::OfferReminder { answer_by, .. } => *answer_by,
        Notice::LeadReleased { .. } | Notice::LeadConfirmed { .. } => now + TOLD_LIFE,
        Notice::ChannelProof { .. } => now + PROOF_LIFE,
        Notice::ResultReminder { .. } => now + RESULT_LIFE,
        _ => return offer_end.unwrap_or(now + OFFER_LIFE),
    };
    offer_end.map_or(life, |end| end.min(life))
}

/// The end of a message that the operator has sent again; nothing for an offer, which keeps its own.
#[must_use]
pub fn again(
    template: Template,
    recipient: Recipient,
    now: DateTime<Utc>,
) -> Option<DateTime<Utc>> {
    let life = match template {
        Template::ProviderOffer | Template::ProviderReminder => return None,
        Template::ProviderAnswer | Template::CustomerAnswer => ANSWER_LIFE,
        Template::ProviderResult => RESULT_LIFE,
        Template::ChannelProof => PROOF_LIFE,
        _ if recipient == Recipient::Provider => TOLD_LIFE,
        _ if recipient == Recipient::Customer => CUSTOMER_LIFE,
        _ => OPERATOR_LIFE,
    };
    Some(now + life)
}
