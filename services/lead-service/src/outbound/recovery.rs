//! What roster, notification-service and the carriers show of a lead from before a loss (B3).

use chassis::{client, mask};
use chrono::{DateTime, Utc};
use contracts::notification::v1 as notice;
use contracts::roster::v1 as roster;
use uuid::Uuid;

use super::notification::Notifications;
use super::roster::Roster;
use super::{CallFailed, instant, timestamp};
use crate::domain::recovery::{About, Held, HeldState, Kept, Sighting};

const PAGE: i32 = 200;
/// Pages of one list; more is a fault of the other side, which would page for ever.
const MOST_PAGES: usize = 500;

/// A provider by all addresses that it ever served with here, whatever their health.
#[derive(Clone, PartialEq, Eq)]
pub struct Reachable {
    pub provider_id: String,
    pub categories: Vec<String>,
    pub addresses: Vec<String>,
}

impl Reachable {
    /// An address as notification-service masks it.
    #[must_use]
    pub fn masked(address: &str) -> String {
        match address.contains('@') {
            true => mask::email(address),
            false => mask::phone(address),
        }
    }
}

impl Roster {
    /// All assignments of the leads, released ones too.
    pub async fn held(&self, leads: &[Uuid]) -> Result<Vec<(Uuid, Held)>, CallFailed> {
        const RPC: &str = "ListAssignments";
        let mut request = roster::ListAssignmentsRequest {
            lead_ids: leads.iter().map(ToString::to_string).collect(),
            page_size: PAGE,
            ..Default::default()
        };
        let mut found = Vec::new();
        for _ in 0..MOST_PAGES {
            let mut client = self.client.clone();
            let call = Box::pin(client.list_assignments(request.clone()));
            let page = client::with_timeout(self.limit, call).await;
            let page = page
                .map_err(|status| CallFailed::new(RPC, &status))?
                .into_inner();
            for assignment in page.assignments {
                let lead = Uuid::try_parse(&assignment.lead_id);
                found.push((lead.map_err(|_| CallFailed::empty(RPC))?, held(assignment)));
            }
            if page.next_page_token.is_empty() {
                return Ok(found);
            }
            request.page_token = page.next_page_token;
        }
        Err(CallFailed::empty(RPC))
    }

    /// Every provider of a country, by its addresses.
    pub async fn reachable(&self, country: &str) -> Result<Vec<Reachable>, CallFailed> {
        const RPC: &str = "ListProviders";
        let mut request = roster::ListProvidersRequest {
            country: country.to_owned(),
            page_size: PAGE,
            ..Default::default()
        };
        let mut found = Vec::new();
        for _ in 0..MOST_PAGES {
            let mut client = self.client.clone();
            let call = Box::pin(client.list_providers(request.clone()));
            let page = client::with_timeout(self.limit, call).await;
            let page = page
                .map_err(|status| CallFailed::new(RPC, &status))?
                .into_inner();
            let at_home = page.providers.into_iter().filter(|p| p.country == country);
            found.extend(at_home.map(|provider| Reachable {
                addresses: provider.channels.into_iter().map(|c| c.address).collect(),
                provider_id: provider.provider_id,
                categories: provider.categories,
            }));
            if page.next_page_token.is_empty() {
                return Ok(found);
            }
            request.page_token = page.next_page_token;
        }
        Err(CallFailed::empty(RPC))
    }
}

fn held(assignment: roster::Assignment) -> Held {
    use roster::AssignmentState::{Completed, Confirmed, Released};
    Held {
        state: match assignment.state() {
            Released => HeldState::Released,
            Completed => HeldState::Completed,
            Confirmed => HeldState::Confirmed,
            _ => HeldState::Reserved,
        },
        attempt: assignment.attempt,
        provider_id: assignment.provider_id,
        cause: assignment.release_cause,
    }
}

impl Notifications {
    /// Messages to providers about the lead, and what anybody was told of an offer's end, as far as
    /// notification-service kept them.
    pub async fn kept(&self, lead: Uuid) -> Result<Vec<Kept>, CallFailed> {
        const RPC: &str = "ListDeliveries";
        let mut request = notice::ListDeliveriesRequest {
            lead_ids: vec![lead.to_string()],
            page_size: PAGE,
            ..Default::default()
        };
        let mut found = Vec::new();
        for _ in 0..MOST_PAGES {
            let mut client = self.client.clone();
            let call = Box::pin(client.list_deliveries(request.clone()));
            let page = client::with_timeout(self.limit, call).await;
            let page = page
                .map_err(|status| CallFailed::new(RPC, &status))?
                .into_inner();
            found.extend(page.deliveries.iter().filter_map(|d| kept(d, lead)));
            if page.next_page_token.is_empty() {
                return Ok(found);
            }
            request.page_token = page.next_page_token;
        }
        Err(CallFailed::empty(RPC))
    }

    /// Messages with a lead's reference at the carriers, to one address or, where it is empty, to
    /// any. An answer names all that they show, or there is none.
    pub async fn at_carriers(
        &self,
        reference: &str,
        since: DateTime<Utc>,
        address: &str,
    ) -> Result<Vec<Sighting>, CallFailed> {
        let request = notice::FindAtCarrierRequest {
            reference: reference.to_owned(),
            since_time: Some(timestamp(since)),
            address: address.to_owned(),
        };
        let mut client = self.client.clone();
        let call = Box::pin(client.find_at_carrier(request));
        let answer = client::with_timeout(self.limit, call).await;
        let answer = answer
            .map_err(|status| CallFailed::new("FindAtCarrier", &status))?
            .into_inner();
        let sighting = |message: notice::CarrierMessage| Sighting {
            masked_address: message.masked_address,
            to_operator: message.to_operator,
            send_us: message
                .send_time
                .and_then(instant)
                .map(|at| at.timestamp_micros()),
        };
        Ok(answer.messages.into_iter().map(sighting).collect())
    }
}

/// `lead:{id}:{attempt}` with or without what follows.
fn kept(delivery: &notice::Delivery, lead: Uuid) -> Option<Kept> {
    use notice::DeliveryState::{Accepted, Delivered, Queued, Sending, Unknown};
    let mut parts = delivery.message_key.split(':');
    let ("lead", id, attempt) = (parts.next()?, parts.next()?, parts.next()?) else {
        return None;
    };
    if Uuid::try_parse(id).ok()? != lead {
        return None;
    }
    let about = match parts.next() {
        None => About::Offer,
        Some("confirmed") => About::Confirmed,
        Some("released") => About::Released,
        Some(_) => About::Other,
    };
    // The end of an offer that its provider declined is told to the operator alone.
    if delivery.recipient() != notice::RecipientKind::Provider && about != About::Released {
        return None;
    }
    Some(Kept {
        attempt: attempt.parse().ok()?,
        provider_id: delivery.recipient_id.clone(),
        about,
        live: matches!(
            delivery.state(),
            Queued | Sending | Unknown | Accepted | Delivered
        ),
    })
}
