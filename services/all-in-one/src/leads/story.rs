//! A story is all that the services know of one lead: the lead, its event log, the candidates and
//! the page of each attempt, and every delivery.

use contracts::lead::v1 as lead;
use contracts::notification::v1 as notification;
use serde_json::Value;
use tonic::Code;

use crate::peers::{Peers, explain};

/// More attempts than this are shown without their pages.
const PAGES: i32 = 50;
/// Where an event carries the candidates of its match.
pub(super) const CANDIDATES: &str = "candidates";

/// One try to place the lead.
pub struct Attempt {
    pub number: i32,
    pub candidates: Vec<lead::MatchCandidate>,
    /// Where the provider's page stands; `None` when nobody was offered the lead.
    pub page: Option<lead::OfferState>,
}

pub struct Story {
    pub lead: lead::Lead,
    /// Of the attempt that stands.
    pub candidates: Vec<lead::MatchCandidate>,
    pub events: Vec<lead::LeadEvent>,
    pub deliveries: Vec<notification::Delivery>,
    /// Oldest first.
    pub attempts: Vec<Attempt>,
}

/// Reads a lead from the services that know of it.
///
/// # Errors
/// When the lead is unknown, or a service does not answer.
pub async fn read(peers: &mut Peers, id: &str) -> anyhow::Result<Story> {
    let found = peers
        .leads
        .get_lead(lead::GetLeadRequest {
            lead_id: id.to_owned(),
        })
        .await
        .map_err(|s| explain("the lead cannot be read", &s))?
        .into_inner();
    let lead = found
        .lead
        .ok_or_else(|| anyhow::anyhow!("the lead cannot be read: empty answer"))?;
    let events = events(peers, id).await?;
    let deliveries = deliveries(peers, id).await?;
    let mut attempts = Vec::new();
    for number in 1..=lead.attempt {
        let candidates = match number == lead.attempt {
            true if !found.candidates.is_empty() => found.candidates.clone(),
            _ => candidates_of(&events, number),
        };
        let page = match number <= PAGES {
            true => page(peers, id, number).await?,
            false => None,
        };
        attempts.push(Attempt {
            number,
            candidates,
            page,
        });
    }
    Ok(Story {
        lead,
        candidates: found.candidates,
        events,
        deliveries,
        attempts,
    })
}

async fn events(peers: &mut Peers, id: &str) -> anyhow::Result<Vec<lead::LeadEvent>> {
    let (mut found, mut token) = (Vec::new(), String::new());
    loop {
        let page = peers
            .leads
            .list_lead_events(lead::ListLeadEventsRequest {
                lead_id: id.to_owned(),
                page_size: 200,
                page_token: token,
            })
            .await
            .map_err(|s| explain("the lead's events cannot be listed", &s))?
            .into_inner();
        found.extend(page.events);
        token = page.next_page_token;
        if token.is_empty() {
            return Ok(found);
        }
    }
}

async fn deliveries(peers: &mut Peers, id: &str) -> anyhow::Result<Vec<notification::Delivery>> {
    let (mut found, mut token) = (Vec::new(), String::new());
    loop {
        let page = peers
            .notification
            .list_deliveries(notification::ListDeliveriesRequest {
                lead_id: id.to_owned(),
                page_size: 200,
                page_token: token,
                ..Default::default()
            })
            .await
            .map_err(|s| explain("the lead's messages cannot be listed", &s))?
            .into_inner();
        found.extend(page.deliveries);
        token = page.next_page_token;
        if token.is_empty() {
            return Ok(found);
        }
    }
}

/// Only where the page stands; what it shows is the provider's.
async fn page(
    peers: &mut Peers,
    id: &str,
    attempt: i32,
) -> anyhow::Result<Option<lead::OfferState>> {
    let asked = peers.leads.get_offer(lead::GetOfferRequest {
        lead_id: id.to_owned(),
        attempt,
    });
    match asked.await {
        Ok(found) => Ok(found.into_inner().offer.map(|offer| offer.state())),
        Err(status) if matches!(status.code(), Code::NotFound | Code::Unimplemented) => Ok(None),
        Err(status) => Err(explain("the offer's page cannot be read", &status)),
    }
}

/// What the last match of an attempt looked at, as its event says (B6).
fn candidates_of(events: &[lead::LeadEvent], attempt: i32) -> Vec<lead::MatchCandidate> {
    let number = attempt.to_string();
    let list = events
        .iter()
        .rev()
        .filter(|event| event.attributes.get("attempt") == Some(&number))
        .find_map(|event| event.attributes.get(CANDIDATES));
    let list = list.and_then(|text| serde_json::from_str::<Vec<Value>>(text).ok());
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let each = list.unwrap_or_default().into_iter();
    each.map(|one| lead::MatchCandidate {
        provider_id: text(&one["provider_id"]),
        rank: one["rank"]
            .as_i64()
            .and_then(|rank| i32::try_from(rank).ok())
            .unwrap_or_default(),
        removed_by: text(&one["removed_by"]),
        explanation: text(&one["explanation"]),
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// B6: an earlier attempt stays explained by its event.
    #[test]
    fn the_candidates_of_an_earlier_attempt_are_read_from_its_event() {
        let event = |attempt: &str, provider: &str| {
            lead::LeadEvent {
            attributes: [
                ("attempt".to_owned(), attempt.to_owned()),
                (
                    CANDIDATES.to_owned(),
                    format!(
                        r#"[{{"provider_id":"{provider}","rank":1,"removed_by":"","explanation":"first"}},
                            {{"provider_id":"b","rank":0,"removed_by":"PAUSED","explanation":"paused"}}]"#
                    ),
                ),
            ]
            .into(),
            ..Default::default()
        }
        };
        let events = [event("1", "a"), event("2", "c")];
        let first = candidates_of(&events, 1);
        assert_eq!((first[0].provider_id.as_str(), first[0].rank), ("a", 1));
        assert_eq!(first[1].removed_by, "PAUSED");
        assert_eq!(candidates_of(&events, 2)[0].provider_id, "c");
        assert!(candidates_of(&events, 3).is_empty());
    }
}
