//! What roster and notification say of a batch of leads, for the ownership check (B1).

use std::collections::BTreeMap;

use chassis::client;
use chrono::{DateTime, Utc};
use contracts::notification::v1 as notice;
use contracts::roster::v1 as roster;
use uuid::Uuid;

use super::CallFailed;
use super::notification::Notifications;
use super::roster::Roster;
use crate::domain::ownership::{Assignment, Told};

const PAGE: i32 = 200;
/// Pages of one batch; more is a fault of the other side, which would page for ever.
const MOST_PAGES: usize = 200;

/// What a provider is and holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    pub country: String,
    pub held: i64,
}

impl Roster {
    /// All assignments of the leads, released ones too; the provider's country is not filled in.
    pub async fn assignments(&self, leads: &[Uuid]) -> Result<Vec<(Uuid, Assignment)>, CallFailed> {
        let lead_ids = leads.iter().map(ToString::to_string).collect();
        self.list(roster::ListAssignmentsRequest {
            lead_ids,
            page_size: PAGE,
            ..Default::default()
        })
        .await
    }

    /// How many slots a provider's assignments hold, counted one by one.
    pub async fn slots(&self, provider_id: &str) -> Result<i64, CallFailed> {
        let listed = self.list(roster::ListAssignmentsRequest {
            provider_id: provider_id.to_owned(),
            page_size: PAGE,
            ..Default::default()
        });
        let held = listed
            .await?
            .into_iter()
            .filter(|(_, a)| a.holds_slot)
            .count();
        Ok(i64::try_from(held).unwrap_or(i64::MAX))
    }

    async fn list(
        &self,
        mut request: roster::ListAssignmentsRequest,
    ) -> Result<Vec<(Uuid, Assignment)>, CallFailed> {
        const RPC: &str = "ListAssignments";
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
                let lead = lead.map_err(|_| CallFailed::empty(RPC))?;
                found.push((lead, assigned(assignment)));
            }
            if page.next_page_token.is_empty() {
                return Ok(found);
            }
            request.page_token = page.next_page_token;
        }
        Err(CallFailed::empty(RPC))
    }

    /// A provider's country and what it says to hold; none where it is unknown.
    pub async fn holder(&self, provider_id: &str) -> Result<Option<Holder>, CallFailed> {
        let request = roster::GetProviderRequest {
            provider_id: provider_id.to_owned(),
        };
        let mut client = self.client.clone();
        let call = Box::pin(client.get_provider(request));
        match client::with_timeout(self.limit, call).await {
            Ok(answer) => Ok(answer.into_inner().provider.map(|provider| Holder {
                country: provider.country,
                held: i64::from(provider.held),
            })),
            Err(status) if status.code() == tonic::Code::NotFound => Ok(None),
            Err(status) => Err(CallFailed::new("GetProvider", &status)),
        }
    }
}

fn assigned(assignment: roster::Assignment) -> Assignment {
    let state = assignment.state();
    Assignment {
        attempt: assignment.attempt,
        country: String::new(),
        released: state == roster::AssignmentState::Released,
        completed: state == roster::AssignmentState::Completed,
        holds_slot: assignment.holds_slot,
        change_time: instant(assignment.change_time.or(assignment.assign_time)),
        provider_id: assignment.provider_id,
    }
}

impl Notifications {
    /// Messages to providers about the leads' attempts; answers to what they wrote are none.
    pub async fn told(&self, leads: &[Uuid]) -> Result<BTreeMap<Uuid, Vec<Told>>, CallFailed> {
        const RPC: &str = "ListDeliveries";
        let mut request = notice::ListDeliveriesRequest {
            lead_ids: leads.iter().map(ToString::to_string).collect(),
            recipient: notice::RecipientKind::Provider.into(),
            page_size: PAGE,
            ..Default::default()
        };
        let mut found: BTreeMap<Uuid, Vec<Told>> = BTreeMap::new();
        for _ in 0..MOST_PAGES {
            let mut client = self.client.clone();
            let call = Box::pin(client.list_deliveries(request.clone()));
            let page = client::with_timeout(self.limit, call).await;
            let page = page
                .map_err(|status| CallFailed::new(RPC, &status))?
                .into_inner();
            for delivery in page.deliveries {
                if let Some((lead, told)) = told(&delivery) {
                    found.entry(lead).or_default().push(told);
                }
            }
            if page.next_page_token.is_empty() {
                return Ok(found);
            }
            request.page_token = page.next_page_token;
        }
        Err(CallFailed::empty(RPC))
    }
}

/// `lead:{id}:{attempt}` with or without what follows.
fn told(delivery: &notice::Delivery) -> Option<(Uuid, Told)> {
    use notice::DeliveryState::{Accepted, Delivered, Queued, Sending};
    let state = delivery.state();
    if delivery.recipient() != notice::RecipientKind::Provider {
        return None;
    }
    let mut parts = delivery.message_key.split(':');
    let ("lead", id, attempt) = (parts.next()?, parts.next()?, parts.next()?) else {
        return None;
    };
    let (lead, attempt) = (Uuid::try_parse(id).ok()?, attempt.parse().ok()?);
    let is_offer = matches!(parts.next(), None | Some("reminder"));
    let taken = matches!(state, Accepted | Delivered);
    let accepted = delivery.accept_time.or(delivery.settle_time);
    Some((
        lead,
        Told {
            attempt,
            is_offer,
            provider_id: delivery.recipient_id.clone(),
            create_time: instant(delivery.create_time),
            accept_time: accepted.filter(|_| taken).map(|time| instant(Some(time))),
            open: matches!(state, Queued | Sending),
            not_after: delivery.not_after.map(|time| instant(Some(time))),
        },
    ))
}

fn instant(time: Option<prost_types::Timestamp>) -> DateTime<Utc> {
    let time = time.unwrap_or_default();
    let nanos = u32::try_from(time.nanos).unwrap_or_default();
    DateTime::from_timestamp(time.seconds, nanos).unwrap_or_default()
}
